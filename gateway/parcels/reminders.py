"""Reminders of parcels that wait: every few days from the arrival, and when few days of storage are left.

Each is reckoned from the arrival it is about: a parcel sent on to another office and arrived there has reminders of its
own. One that fell into a time the service stood still is sent when it stands no longer, and those it should have been
followed by meanwhile are not: nobody is written to twice a day. Buyers of the control group get none, which is what
measures what reminders are worth; that their parcel was posted and that it has arrived they are told like everybody.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone

from sqlalchemy import select

from gateway.core.authority import Right
from gateway.core.clock import from_text, to_text
from gateway.notify.templates import TextEvent
from gateway.notify.terms import NotifyTerms
from gateway.parcels import operations, rows, wording
from gateway.parcels.history import Standing, standing
from gateway.parcels.model import CarrierKey, Stage, Watch
from gateway.parcels.storage import reminder_dates
from gateway.parcels.tables import parcels
from gateway.parcels.terms import ParcelTerms
from gateway.parcels.tracking import Taken
from gateway.parcels.wording import Message
from gateway.store.schema import AnyRow
from gateway.store.unit import Unit

_AT_ONCE = 200


def plan(unit: Unit, terms: ParcelTerms, taken: Taken) -> None:
    """Put down when the buyer is reminded next, after the carrier has told something new."""
    row = taken.row_after
    sent = 0 if taken.arrived_anew else row.reminders
    remind_at = row.remind_at
    if not _reminded(row):
        remind_at = None
    elif taken.arrived_anew or remind_at is None or remind_at > unit.at:  # one that is due stays due
        remind_at = _next(terms, row, unit.now)
    if (remind_at, sent) != (row.remind_at, row.reminders):
        unit.update(parcels, row.id, remind_at=remind_at, reminders=sent)


def plan_again(unit: Unit, terms: ParcelTerms, row: AnyRow) -> AnyRow:
    """Put down when the buyer is reminded next, of a parcel that is watched or written about again; returns its row."""
    if row.remind_at is not None or not _reminded(row):
        return row
    unit.update(parcels, row.id, remind_at=_next(terms, row, unit.now))
    return rows.read(unit.connection, unit.company, row.id)


def remind_due(unit: Unit, terms: ParcelTerms, notify: NotifyTerms) -> int:
    """Write the reminders that are due, at most 200 in one go; call again until it returns 0.

    Returns:
        How many parcels were gone through.

    Raises:
        Refused: `authority.missing`.
    """
    unit.actor.require(Right.PARCELS_WORK)
    due = unit.connection.execute(
        select(parcels)
        .where(parcels.c.company == unit.company, parcels.c.remind_at <= unit.at)
        .order_by(parcels.c.remind_at, parcels.c.id)
        .limit(_AT_ONCE)
    ).all()
    for row in due:
        _remind(unit, terms, notify, row)
    return len(due)


def _remind(unit: Unit, terms: ParcelTerms, notify: NotifyTerms, row: AnyRow) -> None:
    stands = _standing(unit, row)
    today = _there(terms, row, unit.now)
    over = stands.keep_until is not None and today > stands.keep_until
    if over or not _reminded(row) or stands.stage is not Stage.READY:
        unit.update(parcels, row.id, remind_at=None)
        return
    number = row.reminders + 1
    left = (stands.keep_until - today).days if stands.keep_until else None
    ends_soon = left is not None and left <= max(terms.reminders.days_left, default=-1)
    wording.tell(
        unit,
        terms,
        notify,
        row,
        Message(
            event=f"reminder.{stands.arrival_key}.{number}",
            text=TextEvent.LAST_DAYS if ends_soon else TextEvent.REMINDER,
            place=stands.waits_at,
            office_index=stands.office_index,
            office=stands.office_name,
            keep_until=stands.keep_until,
            days_left=left,
        ),
    )
    rows.put(unit, row, reminders=number, remind_at=_next(terms, row, unit.now))


def _reminded(row: AnyRow) -> bool:
    """Whether its buyer is one who is reminded, and there is something to remind of."""
    told = row.watch == Watch.ACTIVE and not (row.no_messages or row.control)
    return told and row.stage == Stage.READY and not (row.cod_collected_at or row.cod_arrived_at)


def _next(terms: ParcelTerms, row: AnyRow, now: datetime) -> str | None:
    """The first morning after `now` the buyer is to be reminded."""
    if not row.arrived_at:
        return None
    arrived = _there(terms, row, from_text(row.arrived_at))
    kept = date.fromisoformat(row.keep_until) if row.keep_until else None
    mornings = (terms.morning_of(day) for day in reminder_dates(arrived, kept, terms.reminders))
    return next((to_text(morning) for morning in mornings if morning > now), None)


def _there(terms: ParcelTerms, row: AnyRow, at: datetime) -> date:
    """The date by the clock of the office."""
    if row.offset_minutes is None:
        return at.astimezone(terms.zone).date()
    return at.astimezone(timezone(timedelta(minutes=row.offset_minutes))).date()


def _standing(unit: Unit, row: AnyRow) -> Standing:
    """Reckoned anew, so that nobody is reminded of what the operations do not say."""
    known = operations.read(unit.connection, row.id)
    return standing(known.records, now=unit.now, carrier=CarrierKey(row.carrier), mail_type=row.mail_type)
