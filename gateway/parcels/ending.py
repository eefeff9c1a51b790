"""The end of a parcel's watch by somebody's word, and its beginning again.

Once it has ended nobody is asked about it and its buyer is not written to; what was about to be sent is taken back.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from gateway.core.authority import Right
from gateway.core.clock import business_date
from gateway.core.errors import Refused
from gateway.core.text import one_line
from gateway.notify import queue
from gateway.parcels import reminders, rows, timeline
from gateway.parcels.model import COD, WATCH, CodEvent, CodState, EndedHow, Stage, Watch, WatchEvent
from gateway.parcels.terms import ParcelTerms
from gateway.parcels.tracking import TOLD_ENDS, reckon
from gateway.store.schema import AnyRow
from gateway.store.unit import Unit

_EVERY = ("",)  # prefix of every message's event
_LONGEST_NOTE = 500
_PUT_AWAY = frozenset({EndedHow.REMOVED, EndedHow.SILENT})


def mark_delivered(
    unit: Unit,
    terms: ParcelTerms,
    parcel_id: str,
    by: EndedHow,
    note: str = "",
    expected_version: int | None = None,
) -> AnyRow:
    """The buyer has it, whatever the carrier wrote down. A parcel that is delivered already stays as it is.

    Args:
        by: whose word it is: BUYER, CLERK or MONEY.

    Raises:
        ValueError: `by` is nobody's word.
        Refused: `authority.missing`, `parcel.not_found`, `parcel.came_back` when the sender has signed for it.
        Conflict: `parcel.changed`.
    """
    if by not in TOLD_ENDS:
        raise ValueError(f"{by} is nobody's word that a parcel is delivered")
    if by is not EndedHow.MONEY:  # what the bank's statement shows needs nobody's right to be said
        unit.actor.require(Right.PARCELS_WORK)
    row = rows.open_for(unit, parcel_id, expected_version)
    if row.stage == Stage.DELIVERED:
        return row
    if row.stage == Stage.RETURNED:
        raise Refused("parcel.came_back", track=row.track)
    values: dict[str, Any] = {
        "stage": Stage.DELIVERED.value,
        "stage_since": unit.at,
        "delivered_at": unit.at,
        "keep_until": None,
        **_due(unit, terms, row),
    }
    return _end(unit, row, by, note, f"told_{by.value}", values)


def end(
    unit: Unit,
    parcel_id: str,
    how: EndedHow = EndedHow.REMOVED,
    note: str = "",
    expected_version: int | None = None,
) -> AnyRow:
    """Watch a parcel no longer: it was entered by mistake, is not wanted any more, or nothing is heard of it.

    Args:
        how: REMOVED or SILENT.

    Raises:
        ValueError: `how` is another end.
        Refused: `authority.missing`, `parcel.not_found`, `parcel.ended`.
        Conflict: `parcel.changed`.
    """
    if how not in _PUT_AWAY:
        raise ValueError(f"{how} ends a watch elsewhere")
    unit.actor.require(Right.PARCELS_WORK)
    row = rows.open_for(unit, parcel_id, expected_version)
    if row.watch == Watch.ENDED:
        raise Refused("parcel.ended", track=row.track)
    return _end(unit, row, how, note, how.value, {})


def reopen(
    unit: Unit, terms: ParcelTerms, parcel_id: str, note: str = "", expected_version: int | None = None
) -> AnyRow:
    """Watch a parcel again, from where its carrier's records say it is.

    Raises:
        Refused: `authority.missing`, `parcel.not_found`, `parcel.watched` when it is, `parcel.over` when the carrier
            has nothing more to say of it.
        Conflict: `parcel.changed`.
    """
    unit.actor.require(Right.PARCELS_WORK)
    row = rows.open_for(unit, parcel_id, expected_version)
    if row.watch == Watch.ACTIVE:
        raise Refused("parcel.watched", track=row.track)
    if row.ended_how == EndedHow.CARRIER:
        raise Refused("parcel.over", track=row.track)
    return watch_again(unit, terms, row, note)


def watch_again(unit: Unit, terms: ParcelTerms, row: AnyRow, note: str = "") -> AnyRow:
    """Watch an ended parcel again because what its end rested on is gone: nobody's right is asked for."""
    step = WATCH.step(Watch.ENDED, WatchEvent.REOPEN)
    row = rows.put(unit, row, watch=step.to.value, ask_at=unit.at, **rows.cleared(step.clears))
    unit.journal("parcel.reopened", f"parcel:{row.id}")
    timeline.write(unit, row.id, "reopened", note=one_line(note, _LONGEST_NOTE) or "—")
    return reminders.plan_again(unit, terms, reckon(unit, terms, row))


def _end(unit: Unit, row: AnyRow, how: EndedHow, note: str, kind: str, values: dict[str, Any]) -> AnyRow:
    if row.watch == Watch.ACTIVE:
        values["watch"] = WATCH.step(Watch.ACTIVE, WatchEvent.END).to.value
        values["ended_at"] = unit.at
    ended = rows.put(unit, row, **values, ended_how=how.value, ended_by=str(unit.actor), remind_at=None)
    queue.withdraw(unit, f"parcel:{row.id}", _EVERY, "parcel.no_longer_watched")
    unit.journal("parcel.ended", f"parcel:{row.id}", how=how.value)
    timeline.write(unit, row.id, kind, note=one_line(note, _LONGEST_NOTE) or "—")
    return ended


def _due(unit: Unit, terms: ParcelTerms, row: AnyRow) -> dict[str, Any]:
    """From now on its money is due, also that of a parcel that seemed to go back."""
    state = CodState(row.cod_state)
    values: dict[str, Any] = {}
    if state is CodState.VOID:
        state = COD.step(state, CodEvent.EXPECT).to
        values["cod_state"] = state.value
    if state in (CodState.EXPECTED, CodState.COLLECTED) and not row.cod_due:
        values["cod_due"] = (business_date(unit.now, terms.zone) + timedelta(days=terms.cod_days)).isoformat()
    return values
