"""Programs that tell of parcels: each by a key of its own, of which only the hash is kept."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass, field

from sqlalchemy import Connection, select, update

from gateway.core.authority import Actor, Right, Role
from gateway.core.errors import Refused
from gateway.core.ids import new_id
from gateway.core.text import person_key
from gateway.parcels.tables import feeds
from gateway.store.schema import AnyRow
from gateway.store.unit import Unit

PREFIX = "kvitparcels_"  # lets a secret scanner recognise a key that leaked into a page
_LONGEST_NAME = 80
_LONGEST_SHOP = 60


@dataclass(frozen=True, slots=True)
class Given:
    """A key as it is shown once."""

    id: str
    key: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Entrant:
    """Which program came in by a key.

    Attributes:
        actor: its name, and the shop whose parcels it tells of; "" for ours.
    """

    feed_id: str
    actor: Actor


def give(unit: Unit, name: str, shop: str = "") -> Given:
    """Let a program in.

    Args:
        name: as it will stand in the journal; no two that look alike.
        shop: key of the shop or agent whose parcels it tells of; "" ours.

    Raises:
        Refused: `authority.missing`, `parcel.feed_name`, `parcel.feed_taken`.
    """
    unit.actor.require(Right.USERS_MANAGE)
    name, shop = name.strip(), shop.strip()
    if not name or len(name) > _LONGEST_NAME or not name.isprintable() or len(shop) > _LONGEST_SHOP:
        raise Refused("parcel.feed_name")
    if _named(unit, name) is not None:
        raise Refused("parcel.feed_taken", name=name)
    given = Given(new_id(), PREFIX + secrets.token_urlsafe(32))
    unit.insert(
        feeds,
        {
            "id": given.id,
            "company": unit.company,
            "name": name,
            "shop": shop,
            "key_hash": _hash(given.key),
            "made_at": unit.at,
            "made_by": str(unit.actor),
            "revoked_at": None,
            "revoked_by": None,
        },
    )
    unit.journal("parcel.feed_given", f"feed:{given.id}", name=name, shop=shop)
    return given


def revoke(unit: Unit, name: str) -> None:
    """Take a program's key back; the very next request is refused.

    Raises:
        Refused: `authority.missing`, `parcel.feed_unknown` (also when revoked before).
    """
    unit.actor.require(Right.USERS_MANAGE)
    row = _named(unit, name)
    if row is None:
        raise Refused("parcel.feed_unknown", name=name[:_LONGEST_NAME])
    unit.connection.execute(
        update(feeds).where(feeds.c.id == row.id).values(revoked_at=unit.at, revoked_by=str(unit.actor))
    )
    unit.journal("parcel.feed_revoked", f"feed:{row.id}", name=row.name)


def enter(connection: Connection, company: str, key: str) -> Entrant | None:
    """Whose key this is; None for an unknown or revoked one."""
    row = connection.execute(
        select(feeds).where(feeds.c.key_hash == _hash(key), feeds.c.company == company, feeds.c.revoked_at.is_(None))
    ).one_or_none()
    return None if row is None else Entrant(row.id, Actor(row.name, Role.PARCEL_FEED, party=row.shop))


def listed(connection: Connection, company: str) -> list[dict[str, str]]:
    """Which programs may come in now: id, name, shop, made_at, made_by; never a key."""
    names = ("id", "name", "shop", "made_at", "made_by")
    rows = connection.execute(
        select(feeds).where(feeds.c.company == company, feeds.c.revoked_at.is_(None)).order_by(feeds.c.name)
    )
    return [{name: row._mapping[name] for name in names} for row in rows]


def _named(unit: Unit, name: str) -> AnyRow | None:
    rows = unit.connection.execute(
        select(feeds).where(feeds.c.company == unit.company, feeds.c.revoked_at.is_(None))
    ).all()
    key = person_key(name)
    return next((row for row in rows if person_key(row.name) == key), None)


def _hash(key: str) -> str:
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()
