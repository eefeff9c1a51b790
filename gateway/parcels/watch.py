"""Parcels somebody should look at: conditions for lists and counts, in one place.

No parcel is in two of the groups for the same reason: what was never heard of is not stuck, and what waits for its
buyer is stuck only once the carrier should have sent it back and said nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType

from sqlalchemy import ColumnElement, Connection, and_, case, func, or_, select

from gateway.core.authority import Right
from gateway.core.clock import business_date, to_text
from gateway.parcels import ending
from gateway.parcels.guess import may_wait
from gateway.parcels.model import AT_BUYER, OVER, CodState, EndedHow, Stage, Watch
from gateway.parcels.tables import parcels
from gateway.parcels.terms import ParcelTerms
from gateway.store import alarms
from gateway.store.schema import AnyRow
from gateway.store.unit import Unit

STUCK_ALARM = "parcels.stuck"
_SUBJECT = "parcels"
_UNKNOWN_STORAGE = timedelta(days=30)  # where the carrier does not say until when it is kept
_AT_ONCE = 200

_WATCHED = parcels.c.watch == Watch.ACTIVE.value
_MOVING = frozenset(Stage) - AT_BUYER - OVER - {Stage.REGISTERED}
_AT_BUYER = [stage.value for stage in sorted(AT_BUYER)]
_WAITS = parcels.c.stage.in_(_AT_BUYER)


class Trouble(StrEnum):
    """Why somebody should look."""

    STUCK = "stuck"  # nothing new for so many days
    STORAGE_ENDS = "storage_ends"  # goes back in a few days
    RETURNING = "returning"
    MAYBE_WAITING = "maybe_waiting"  # an arrival may have been forgotten
    NEVER_SEEN = "never_seen"  # the carrier never had it: a slip in the number, or never handed in
    COD_MISSING = "cod_missing"


def condition(trouble: Trouble, terms: ParcelTerms, now: datetime) -> ColumnElement[bool]:
    """What makes a parcel one of that group; of all companies."""
    return _CONDITIONS[trouble](terms, now)


def stuck(terms: ParcelTerms, now: datetime) -> ColumnElement[bool]:
    """What a list shows in red: stuck, or never seen."""
    return _unheard(terms, now, _MOVING | AT_BUYER | {Stage.REGISTERED})


def is_stuck(row: AnyRow, terms: ParcelTerms, now: datetime) -> bool:
    """The same of one row."""
    if row.watch != Watch.ACTIVE or row.moved_at >= _ago(now, terms.stuck_days):
        return False
    if row.stage not in AT_BUYER:
        return row.stage not in OVER
    if row.keep_until is None:
        return bool(row.moved_at < to_text(now - _UNKNOWN_STORAGE))
    return bool(row.keep_until < business_date(now, terms.zone).isoformat())


def counts(connection: Connection, company: str, terms: ParcelTerms, now: datetime) -> dict[Trouble, int]:
    """How many parcels are in each group."""
    counted = [func.sum(case((condition(trouble, terms, now), 1), else_=0)) for trouble in Trouble]
    troubled = or_(_WATCHED, _cod_missing(terms, now))
    found = connection.execute(select(*counted).where(parcels.c.company == company, troubled)).one()
    return {trouble: int(count or 0) for trouble, count in zip(Trouble, found, strict=True)}


def end_silent(unit: Unit, terms: ParcelTerms) -> int:
    """End the watch of parcels nothing at all was heard of for `silent_days`, at most 200 in one go; call again until
    it returns 0.

    Raises:
        Refused: `authority.missing`.
    """
    unit.actor.require(Right.PARCELS_WORK)
    silent = parcels.c.moved_at < _ago(unit.now, terms.silent_days)
    found = unit.connection.execute(
        select(parcels.c.id)
        .where(parcels.c.company == unit.company, _WATCHED, silent)
        .order_by(parcels.c.moved_at, parcels.c.id)
        .limit(_AT_ONCE)
    ).all()
    for row in found:
        ending.end(unit, row.id, EndedHow.SILENT)
    return len(found)


def alarm(unit: Unit, terms: ParcelTerms) -> None:
    """One alarm while parcels are stuck or have never been heard of; cleared when none is."""
    found = counts(unit.connection, unit.company, terms, unit.now)
    values = {"stuck": found[Trouble.STUCK], "unknown": found[Trouble.NEVER_SEEN], "days": terms.stuck_days}
    if values["stuck"] or values["unknown"]:
        alarms.raise_alarm(unit, STUCK_ALARM, _SUBJECT, values, severity="warning")
    else:
        alarms.clear(unit, STUCK_ALARM, _SUBJECT)


def _stuck(terms: ParcelTerms, now: datetime) -> ColumnElement[bool]:
    return _unheard(terms, now, _MOVING | AT_BUYER)


def _storage_ends(terms: ParcelTerms, now: datetime) -> ColumnElement[bool]:
    today = business_date(now, terms.zone)
    last = today + timedelta(days=max(terms.reminders.days_left, default=0))
    return and_(_WATCHED, _WAITS, parcels.c.keep_until.between(today.isoformat(), last.isoformat()))


def _returning(_terms: ParcelTerms, _now: datetime) -> ColumnElement[bool]:
    partly = and_(parcels.c.stage == Stage.PARTIAL.value, parcels.c.returned_at.is_(None))
    return and_(_WATCHED, or_(parcels.c.stage == Stage.RETURN_STARTED.value, partly))


def _maybe_waiting(_terms: ParcelTerms, now: datetime) -> ColumnElement[bool]:
    return may_wait(to_text(now))


def _never_seen(terms: ParcelTerms, now: datetime) -> ColumnElement[bool]:
    return _unheard(terms, now, frozenset({Stage.REGISTERED}))


def _unheard(terms: ParcelTerms, now: datetime, stages: frozenset[Stage]) -> ColumnElement[bool]:
    """Watched, in one of these stages, and nothing new for `stuck_days`; what waits for its buyer may wait longer.

    Each stage is a range of the index of lists, which holds every column asked for here.
    """
    today = business_date(now, terms.zone).isoformat()
    unknown_for_long = and_(parcels.c.keep_until.is_(None), parcels.c.moved_at < to_text(now - _UNKNOWN_STORAGE))
    return and_(
        _WATCHED,
        parcels.c.stage.in_([stage.value for stage in sorted(stages)]),
        parcels.c.moved_at < _ago(now, terms.stuck_days),
        or_(parcels.c.stage.not_in(_AT_BUYER), parcels.c.keep_until < today, unknown_for_long),
    )


def _cod_missing(_terms: ParcelTerms, _now: datetime) -> ColumnElement[bool]:
    return parcels.c.cod_state.in_((CodState.MISSING.value, CodState.CLAIMED.value))


def _ago(now: datetime, days: int) -> str:
    return to_text(now - timedelta(days=days))


_CONDITIONS: Mapping[Trouble, Callable[[ParcelTerms, datetime], ColumnElement[bool]]] = MappingProxyType(
    {
        Trouble.STUCK: _stuck,
        Trouble.STORAGE_ENDS: _storage_ends,
        Trouble.RETURNING: _returning,
        Trouble.MAYBE_WAITING: _maybe_waiting,
        Trouble.NEVER_SEEN: _never_seen,
        Trouble.COD_MISSING: _cod_missing,
    }
)
