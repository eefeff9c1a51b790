"""Who of a shop may come in: people, and the programs of its site; each by a token only its hash of which is kept."""

from __future__ import annotations

import hashlib
import json
import secrets
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, delete, select, update

from gateway.core.authority import Actor, Right, Role
from gateway.core.clock import to_text
from gateway.core.errors import Refused
from gateway.core.ids import new_id
from gateway.core.text import person_key
from gateway.loans import shops
from gateway.loans.shops import ShopState
from gateway.loans.tables import session_ends, shop_access
from gateway.loans.tables import shops as shop_rows
from gateway.store.schema import AnyRow
from gateway.store.unit import Unit

PREFIX = "kvitshop_"  # lets a secret scanner recognise a token that leaked into a page
KINDS = (Role.SHOP_MANAGER, Role.SHOP_CLERK, Role.SHOP_SITE)
_LONGEST_NAME = 80


@dataclass(frozen=True, slots=True)
class Given:
    """An access as it is shown once.

    Attributes:
        token: it cannot be shown again.
    """

    id: str
    token: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Entrant:
    """Who came in by a token.

    Attributes:
        access_id: the row, to ask again whether it still holds.
        actor: name, role and shop.
        sites: the shop's origins, where the button may stand.
    """

    access_id: str
    actor: Actor
    shop_key: str
    shop_name: str
    sites: tuple[str, ...]


def give(unit: Unit, shop_id: str, kind: Role, name: str) -> Given:
    """Let a person of a shop in, or its site.

    Args:
        kind: one of KINDS.
        name: as it will stand in the journal; no two of a shop that look alike.

    Raises:
        Refused: `authority.missing`, `shop.unknown`, `shop.access_kind`, `shop.access_name`, `shop.access_taken`,
            `shop.closed`.
    """
    unit.actor.require(Right.SHOPS_MANAGE)
    shop = shops.load(unit, shop_id)
    name = name.strip()
    if kind not in KINDS:
        raise Refused("shop.access_kind", kind=str(kind)[:40])
    if not name or len(name) > _LONGEST_NAME or not name.isprintable():
        raise Refused("shop.access_name")
    if shop.state == ShopState.CLOSED:
        raise Refused("shop.closed", name=shop.name)
    if any(person_key(row.name) == person_key(name) for row in _standing(unit.connection, unit.company, shop_id)):
        raise Refused("shop.access_taken", name=name)
    given = Given(new_id(), PREFIX + secrets.token_urlsafe(32))
    unit.insert(
        shop_access,
        {
            "id": given.id,
            "company": unit.company,
            "shop_id": shop_id,
            "kind": kind.value,
            "name": name,
            "token_hash": token_hash(given.token),
            "made_at": unit.at,
            "made_by": str(unit.actor),
            "revoked_at": None,
            "revoked_by": None,
        },
    )
    unit.journal("shop.access_given", f"shop:{shop_id}", access=given.id, role=kind.value, name=name)
    unit.changed("shops", shop_id)
    return given


def revoke(unit: Unit, access_id: str) -> None:
    """Take an access back; the very next request is refused.

    Raises:
        Refused: `authority.missing`, `shop.access_unknown` (also when revoked before).
    """
    unit.actor.require(Right.SHOPS_MANAGE)
    row = unit.connection.execute(
        select(shop_access).where(
            shop_access.c.id == access_id, shop_access.c.company == unit.company, shop_access.c.revoked_at.is_(None)
        )
    ).one_or_none()
    if row is None:
        raise Refused("shop.access_unknown")
    unit.connection.execute(
        update(shop_access).where(shop_access.c.id == access_id).values(revoked_at=unit.at, revoked_by=str(unit.actor))
    )
    unit.journal("shop.access_revoked", f"shop:{row.shop_id}", access=access_id, name=row.name)
    unit.changed("shops", row.shop_id)


def enter(connection: Connection, company: str, token: str) -> Entrant | None:
    """Whose token this is; None for an unknown or revoked one, and for those of a closed shop."""
    return _entrant(connection, company, shop_access.c.token_hash == token_hash(token))


def _entrant(connection: Connection, company: str, by: ColumnElement[bool]) -> Entrant | None:
    row = connection.execute(
        select(shop_access, shop_rows.c.key, shop_rows.c.name.label("shop_name"), shop_rows.c.sites)
        .join(shop_rows, shop_rows.c.id == shop_access.c.shop_id)
        .where(
            by,
            shop_access.c.company == company,
            shop_access.c.revoked_at.is_(None),
            shop_rows.c.state != ShopState.CLOSED.value,
        )
    ).one_or_none()
    if row is None:
        return None
    actor = Actor(row.name, Role(row.kind), party=row.shop_id)
    return Entrant(row.id, actor, row.key, row.shop_name, tuple(json.loads(row.sites)))


def enter_again(connection: Connection, company: str, access_id: str, session: str) -> Entrant | None:
    """Who came in before and goes on: None once the access was revoked, the shop closed, or the session left.

    Args:
        session: hash of the session's random part.
    """
    left = connection.execute(
        select(session_ends.c.id).where(session_ends.c.id == session, session_ends.c.company == company)
    ).first()
    return None if left else _entrant(connection, company, shop_access.c.id == access_id)


def leave(unit: Unit, session: str, until: datetime) -> None:
    """Nobody goes on by this session, wherever a copy of it may be; forgotten when it would have ended anyway.

    Args:
        session: hash of the session's random part.
        until: when it ends by itself.
    """
    over = (session_ends.c.company == unit.company) & (session_ends.c.until < unit.at)
    unit.connection.execute(delete(session_ends).where(over | (session_ends.c.id == session)))
    unit.insert(session_ends, {"id": session, "company": unit.company, "until": to_text(until)})


def listed(connection: Connection, company: str, shop_id: str) -> list[dict[str, str]]:
    """Who of a shop may come in now: id, kind, name, made_at, made_by; never a token."""
    names = ("id", "kind", "name", "made_at", "made_by")
    return [{name: row._mapping[name] for name in names} for row in _standing(connection, company, shop_id)]


def token_hash(token: str) -> str:
    """What is stored of a token: with 256 random bits in it a plain hash cannot be searched backwards."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def _standing(connection: Connection, company: str, shop_id: str) -> list[AnyRow]:
    return list(
        connection.execute(
            select(shop_access)
            .where(
                shop_access.c.company == company,
                shop_access.c.shop_id == shop_id,
                shop_access.c.revoked_at.is_(None),
            )
            .order_by(shop_access.c.name, shop_access.c.id)
        )
    )
