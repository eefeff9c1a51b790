"""What a carrier says of a parcel becomes its row: operations kept, standing reckoned anew from all of them.

A history that says the very same as the last one costs next to nothing: most parcels of most nights are such.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter
from typing import Any

from sqlalchemy import select

from gateway.core.authority import Right
from gateway.core.clock import from_text, to_text
from gateway.core.errors import Refused
from gateway.parcels import barcodes, operations, rows, timeline
from gateway.parcels.carriers.ports import History
from gateway.parcels.cod_steps import CodMove, moved
from gateway.parcels.history import Standing, standing
from gateway.parcels.model import AT_BUYER, WATCH, CarrierKey, CodEvent, EndedHow, Stage, Watch, WatchEvent
from gateway.parcels.operations import Known
from gateway.parcels.parcels import search_text
from gateway.parcels.tables import events, old_tracks, parcels
from gateway.parcels.terms import ParcelTerms
from gateway.parcels.zones import region_of
from gateway.store.schema import AnyRow
from gateway.store.unit import Unit

TOLD_ENDS = frozenset({EndedHow.BUYER, EndedHow.CLERK, EndedHow.MONEY})
"""Ends by somebody's word that the buyer has it, before the carrier says so."""

_TOLD = attrgetter(
    "at", "offset_minutes", "place", "code", "text", "office_index", "office", "country", "mass", "cod.kopecks",
    "declared.kopecks", "mail_type", "index_to", "keep_until",
)  # fmt: skip
_TOLD_OF_MONEY = attrgetter("at", "kind", "text", "amount.kopecks", "collected")
_ENDS_BY_NEWS = frozenset({EndedHow.CARRIER, EndedHow.SILENT})
_DOUBTED_BY_RETURN = frozenset({EndedHow.BUYER, EndedHow.CLERK})
_COD_LINES = {
    CodEvent.EXPECT: "cod_expected",
    CodEvent.COLLECT: "cod_collected",
    CodEvent.CALL_OFF: "cod_called_off",
}


@dataclass(frozen=True, slots=True)
class Taken:
    """What a carrier's history changed.

    Attributes:
        row_before, row_after: of `parcels`.
        arrived_anew: it waits for the buyer at a place it did not wait at before; `standing_after.arrival_key` names
            this arrival.
        accepted_anew, collected_anew, returned_anew: the carrier has it, the buyer has it or a part of it, the sender
            has it back; since now.
        cod_collected_anew: the buyer has paid, by the carrier's word.
    """

    row_before: AnyRow
    row_after: AnyRow
    standing_before: Standing
    standing_after: Standing
    arrived_anew: bool
    accepted_anew: bool
    collected_anew: bool
    returned_anew: bool
    cod_collected_anew: bool


def take(unit: Unit, terms: ParcelTerms, parcel_id: str, history: History, reply_id: str) -> Taken | None:
    """Take in what a carrier says of a parcel; None when nothing of it is new.

    When it is asked about next is put down in either case.

    Args:
        reply_id: of the raw reply it was read from.

    Raises:
        Refused: `authority.missing`, `parcel.not_found`.
    """
    unit.actor.require(Right.PARCELS_WORK)
    row = rows.read(unit.connection, unit.company, parcel_id)
    digest = history_hash(history)
    answered: dict[str, Any] = {
        "answered_at": unit.at,
        "ask_at": to_text(terms.next_night(unit.now)),
        "failures": 0,
        "history_hash": digest or row.history_hash,
    }
    if history.new_track:
        row = _renumber(unit, row, history.new_track)
    if digest == row.history_hash or not (history.records or history.money):
        unit.update(parcels, row.id, **answered)
        return None
    before = operations.read(unit.connection, row.id)
    after = operations.keep(unit, row.id, history, before, reply_id)
    stood, stands = _standing(unit, row, before), _standing(unit, row, after)
    if stands == stood and row.known and len(after.money) == len(before.money):
        unit.update(parcels, row.id, **answered)
        return None
    return _move(unit, terms, row, stood, stands, answered)


def reckon(unit: Unit, terms: ParcelTerms, row: AnyRow) -> AnyRow:
    """Put the row where its stored operations say, after something else than a history has changed it."""
    known = operations.read(unit.connection, row.id)
    stands = _standing(unit, row, known)
    return _move(unit, terms, row, stands, stands, {"history_hash": ""}).row_after


def history_hash(history: History) -> str:
    """What tells whether a history says the same as the last; "" for one with nothing but money records."""
    if history.money and not history.records:
        return ""
    # Plain values: what a dataclass writes of itself takes many times as long.
    told = f"{history.new_track!r} {[*map(_TOLD, history.records)]} {[*map(_TOLD_OF_MONEY, history.money)]}"
    meant = ",".join([record.effect for record in history.records])
    return hashlib.blake2b(f"{meant} {told}".encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def _standing(unit: Unit, row: AnyRow, known: Known) -> Standing:
    return standing(known.records, now=unit.now, carrier=CarrierKey(row.carrier), mail_type=row.mail_type)


def _move(
    unit: Unit, terms: ParcelTerms, row: AnyRow, stood: Standing, stands: Standing, answered: dict[str, Any]
) -> Taken:
    values = answered | _filled_in(row, stands) | _watched(unit, row, stands)
    values |= _stands(row, stands, told=values.get("ended_how", row.ended_how) in TOLD_ENDS)
    cod = moved(row, stands, terms, now=unit.now, delivered_at=_instant(values["delivered_at"]))
    after = rows.put(unit, row, **values, **cod.values)
    arrived_anew = _waits(stands) and (not _waits(stood) or stands.arrival_key != stood.arrival_key)
    taken = Taken(
        row_before=row,
        row_after=after,
        standing_before=stood,
        standing_after=stands,
        arrived_anew=arrived_anew,
        accepted_anew=stands.accepted_at is not None and stood.accepted_at is None,
        collected_anew=bool(after.delivered_at) and not row.delivered_at,
        returned_anew=bool(after.returned_at) and not row.returned_at,
        cod_collected_anew=CodEvent.COLLECT in cod.events,
    )
    _tell(unit, taken, cod)
    return taken


def _filled_in(row: AnyRow, stands: Standing) -> dict[str, Any]:
    """What the sender did not say and the carrier does."""
    found: dict[str, Any] = {"known": 1}
    if stands.index_to and not row.index_to:
        found["index_to"] = stands.index_to
        region = region_of(stands.index_to)
        found["region"] = region.number if region else row.region
    if stands.mail_type and not row.mail_type:
        found["mail_type"] = stands.mail_type
    if stands.declared and not row.declared:
        found["declared"] = stands.declared.kopecks
    return found


def _stands(row: AnyRow, stands: Standing, *, told: bool) -> dict[str, Any]:
    """The columns a history decides.

    Args:
        told: somebody said that the buyer has it; that stands until somebody signs for it, and finds what was lost.
    """
    said = told and (not stands.over or stands.stage is Stage.LOST)
    return {
        "stage": Stage.DELIVERED.value if said else stands.stage.value,
        "stage_since": row.stage_since if said else to_text(stands.since) if stands.since else row.stage_since,
        "moved_at": to_text(stands.moved_at) if stands.moved_at else row.moved_at,
        "back": int(stands.back),
        "accepted_at": _text(stands.accepted_at),
        "arrived_at": _text(stands.arrived_at),
        "delivered_at": row.delivered_at if said else _text(stands.delivered_at),
        "returned_at": _text(stands.returned_at),
        "office_index": stands.office_index,
        "office_name": stands.office_name,
        "offset_minutes": row.offset_minutes if stands.offset_minutes is None else stands.offset_minutes,
        "keep_until": stands.keep_until.isoformat() if stands.keep_until and not said else None,
        "last_code": stands.last_code,
    }


def _watched(unit: Unit, row: AnyRow, stands: Standing) -> dict[str, Any]:
    """Whether the carrier is asked on: no more once he has nothing to say, again when that was a slip."""
    if row.watch == Watch.ACTIVE:
        if not stands.over:
            return {}
        ended = WATCH.step(Watch.ACTIVE, WatchEvent.END)
        how = {"ended_at": unit.at, "ended_how": EndedHow.CARRIER.value, "ended_by": str(unit.actor)}
        return {"watch": ended.to.value, **how}
    goes_on = row.ended_how in _ENDS_BY_NEWS or (row.ended_how in _DOUBTED_BY_RETURN and stands.back)
    if stands.over or not goes_on:
        return {}
    again = WATCH.step(Watch.ENDED, WatchEvent.REOPEN)
    return {"watch": again.to.value, **rows.cleared(again.clears)}


def _tell(unit: Unit, taken: Taken, cod: CodMove) -> None:
    before, after, stands = taken.row_before, taken.row_after, taken.standing_after
    if after.stage != before.stage or taken.arrived_anew:
        place = " ".join(filter(None, (after.office_index, after.office_name)))
        timeline.write(unit, after.id, after.stage, at=after.stage_since, place=place or "—")
    for event in cod.events:
        unit.journal(f"parcel.{_COD_LINES[event]}", f"parcel:{after.id}", amount=after.cod)
        timeline.write(unit, after.id, _COD_LINES[event])
    stood = taken.standing_before
    if stands.cod and not stood.cod and before.cod not in (0, stands.cod.kopecks):
        timeline.write(unit, after.id, "cod_differs", amount=stands.cod.decimal_text())
    if after.watch != before.watch and after.watch == Watch.ACTIVE:
        timeline.write(unit, after.id, "reopened", note="—")


def _renumber(unit: Unit, row: AnyRow, number: str) -> AnyRow:
    """It is watched under its new number from now on; the old one still finds it."""
    try:
        checked = barcodes.check(number)
    except Refused:
        return row
    track = checked.track
    holder = rows.find(unit.connection, unit.company, CarrierKey(row.carrier), track)
    if holder is not None:
        return row if holder.id == row.id else _one_thing_twice(unit, row, holder, track)
    former = {"company": unit.company, "carrier": row.carrier, "track": row.track, "parcel_id": row.id}
    unit.insert(old_tracks, {**former, "until": unit.at})
    old = unit.connection.execute(select(old_tracks.c.track).where(old_tracks.c.parcel_id == row.id)).scalars()
    found = search_text({**row._mapping, "track": track}, *old)
    unit.journal("parcel.renumbered", f"parcel:{row.id}", old=row.track, new=track)
    timeline.write(unit, row.id, "renumbered", old=row.track, new=track)
    return rows.put(unit, row, track=track, search=found)


def _one_thing_twice(unit: Unit, row: AnyRow, holder: AnyRow, track: str) -> AnyRow:
    """The number it goes under now was entered as a parcel of its own. Of one thing the buyer is told once and pays
    once: it is watched on under the number it has now, where that one is known to be of the same order."""
    _tell_once(unit, row.id, "renumber_taken", track)
    same = row.order_no and (holder.shop, holder.order_no) == (row.shop, row.order_no)
    if row.watch == Watch.ENDED or not same or row.cod not in (0, holder.cod):
        return row
    unit.journal("parcel.ended", f"parcel:{row.id}", how=EndedHow.REMOVED.value)
    timeline.write(unit, row.id, "removed", note=track)
    ended = WATCH.step(Watch.ACTIVE, WatchEvent.END)
    how = {"ended_at": unit.at, "ended_how": EndedHow.REMOVED.value, "ended_by": str(unit.actor)}
    return rows.put(unit, row, watch=ended.to.value, remind_at=None, **how)


def _tell_once(unit: Unit, parcel_id: str, kind: str, track: str) -> None:
    told = select(events.c.id).where(events.c.parcel_id == parcel_id, events.c.kind == kind).limit(1)
    if unit.connection.execute(told).first() is None:
        timeline.write(unit, parcel_id, kind, new=track)


def _waits(stands: Standing) -> bool:
    return stands.stage in AT_BUYER and stands.arrival_key != ""


def _text(at: datetime | None) -> str | None:
    return to_text(at) if at else None


def _instant(text: str | None) -> datetime | None:
    return from_text(text) if text else None
