"""The row of a parcel: read for whoever may see it, and changed by whoever saw it last."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, bindparam, select

from gateway.core.authority import OUTSIDE, Actor
from gateway.core.errors import Conflict, Refused
from gateway.parcels.model import CarrierKey
from gateway.parcels.tables import old_tracks, parcels
from gateway.store.driver import Query
from gateway.store.schema import AnyRow
from gateway.store.unit import Unit

_BY_ID = Query(select(parcels).where(parcels.c.id == bindparam("id"), parcels.c.company == bindparam("of")))
_BY_TRACK = Query(
    select(parcels).where(
        parcels.c.company == bindparam("of"),
        parcels.c.carrier == bindparam("by"),
        parcels.c.track == bindparam("number"),
    )
)
_BY_OLD_TRACK = Query(
    select(parcels).where(
        parcels.c.id == old_tracks.c.parcel_id,
        old_tracks.c.company == bindparam("of"),
        old_tracks.c.carrier == bindparam("by"),
        old_tracks.c.track == bindparam("number"),
    )
)


def read(connection: Connection, company: str, parcel_id: str) -> AnyRow:
    """A parcel's row.

    Raises:
        Refused: `parcel.not_found`.
    """
    row = _BY_ID.one_or_none(connection, id=parcel_id, of=company)
    if row is None:
        raise Refused("parcel.not_found")
    return row


def find(connection: Connection, company: str, carrier: CarrierKey, track: str) -> AnyRow | None:
    """The parcel with this number, or which had it before it was registered anew."""
    given = {"of": company, "by": carrier.value, "number": track}
    return _BY_TRACK.one_or_none(connection, **given) or _BY_OLD_TRACK.one_or_none(connection, **given)


def visible(actor: Actor, row: AnyRow | None) -> AnyRow:
    """`row`, when it is this actor's to see: who is not ours sees his own shop's only.

    Raises:
        Refused: `parcel.not_found`.
    """
    if row is None or (actor.role in OUTSIDE and row.shop != actor.party):
        raise Refused("parcel.not_found")
    return row


def open_for(unit: Unit, parcel_id: str, expected_version: int | None = None) -> AnyRow:
    """The parcel a use case works on.

    Args:
        expected_version: as the caller saw it; None for callers that saw none.

    Raises:
        Refused: `parcel.not_found`, also another shop's.
        Conflict: `parcel.changed`.
    """
    row = visible(unit.actor, read(unit.connection, unit.company, parcel_id))
    if expected_version is not None and row.version != expected_version:
        raise Conflict("parcel.changed")
    return row


def put(unit: Unit, row: AnyRow, **values: Any) -> AnyRow:
    """Change columns of a row read in this unit, and count its version up; returns it as it is now."""
    unit.update(parcels, row.id, **values, version=row.version + 1)
    unit.changed("parcels", row.id)
    return read(unit.connection, unit.company, row.id)


def cleared(names: Iterable[str]) -> dict[str, Any]:
    """What these columns hold when there is nothing to say: what a transition's `clears` sets."""
    return {name: None if parcels.c[name].nullable else "" for name in names}
