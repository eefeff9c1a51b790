"""The buyer's own page, found by a link nobody can guess: 128 random bits, of which only the hash is kept.

Each message carries a link of its own; all of them lead to the same page until the parcel's links end or are revoked.
"""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta

from sqlalchemy import Connection, bindparam, select, update

from gateway.core.authority import Right
from gateway.core.clock import to_text
from gateway.parcels import rows, timeline
from gateway.parcels.tables import links, parcels
from gateway.parcels.terms import ParcelTerms
from gateway.store.driver import Query
from gateway.store.schema import AnyRow
from gateway.store.unit import Unit

PATH = "/t/"
_BYTES = 16
_LONGEST = 64

_BY_TOKEN = Query(
    select(parcels).where(
        links.c.token_hash == bindparam("token"),
        links.c.company == bindparam("of"),
        links.c.until > bindparam("at"),
        links.c.revoked_at.is_(None),
        parcels.c.id == links.c.parcel_id,
    )
)


def make(unit: Unit, terms: ParcelTerms, parcel_id: str) -> str:
    """A new link to a parcel's page; "" where there is no public port. It cannot be shown again.

    Who calls has seen to it that the parcel may be written about.
    """
    if not terms.url:
        return ""
    token = secrets.token_urlsafe(_BYTES)
    unit.insert(
        links,
        {
            "token_hash": _hash(token),
            "company": unit.company,
            "parcel_id": parcel_id,
            "made_at": unit.at,
            "until": to_text(unit.now + timedelta(days=terms.link_days)),
            "revoked_at": None,
        },
    )
    return f"{terms.url.rstrip('/')}{PATH}{token}"


def follow(connection: Connection, company: str, token: str, at: str) -> AnyRow | None:
    """The parcel a link leads to; None for an unknown, ended or revoked one.

    Args:
        at: the instant now, as stored text.
    """
    if len(token) > _LONGEST:
        return None
    return _BY_TOKEN.one_or_none(connection, token=_hash(token), of=company, at=at)


def revoke(unit: Unit, parcel_id: str) -> int:
    """End all links of a parcel: somebody has one who should not.

    Returns:
        How many there were.

    Raises:
        Refused: `authority.missing`, `parcel.not_found`.
    """
    unit.actor.require(Right.PARCELS_WORK)
    rows.open_for(unit, parcel_id)
    ended = unit.connection.execute(
        update(links)
        .where(links.c.parcel_id == parcel_id, links.c.revoked_at.is_(None), links.c.until > unit.at)
        .values(revoked_at=unit.at)
    ).rowcount
    if ended:
        unit.journal("parcel.links_revoked", f"parcel:{parcel_id}", count=ended)
        timeline.write(unit, parcel_id, "links_revoked", count=ended)
    return ended


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
