"""Which people are let in now, and in which role: what signatures of earlier are held against."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, select

from gateway.core.authority import Actor, Role
from gateway.core.text import person_key
from gateway.store.schema import users

LOCAL_USER = "tray"
"""The user of whoever sits at the service's own machine."""


def actor_of(name: str, role: str) -> Actor:
    """A user as use cases see him; the machine's own is nobody in person."""
    return Actor(name, Role(role), personal=name != LOCAL_USER)


def let_in(connection: Connection, company: str, name: str) -> Sequence[Actor]:
    """Users who may come in now under this name or a spelling of it that an eye cannot tell apart."""
    rows = connection.execute(
        select(users.c.name, users.c.role).where(users.c.company == company, users.c.revoked_at.is_(None))
    )
    key = person_key(name)
    return [actor_of(row.name, row.role) for row in rows if person_key(row.name) == key]
