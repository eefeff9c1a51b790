"""What a buyer is told when his carrier has said something new of his parcel.

* Accepted: once, while it is news. A parcel first heard of at its office, or long on its way, is not said to be posted.
* Ready: once for each place it waits at, in the words of that place. Sent on to another office, what was about to be
  said of the first one is taken back, and the next arrival is told anew.
* With a courier: once a day he carries it.
* Collected, on its way back, lost, or watched no more: everything that was not sent is taken back.

Buyers of the control group are told these like everybody; what they do not get are reminders and guesses.
"""

from __future__ import annotations

from datetime import timedelta

from gateway.core.clock import business_date
from gateway.notify import queue
from gateway.notify.templates import TextEvent
from gateway.notify.terms import NotifyTerms
from gateway.parcels import wording
from gateway.parcels.guess import EVENT as MAYBE_READY
from gateway.parcels.guess import ON_ITS_WAY
from gateway.parcels.model import Stage, Watch
from gateway.parcels.terms import ParcelTerms
from gateway.parcels.tracking import Taken
from gateway.parcels.wording import Message
from gateway.store.unit import Unit

NO_LONGER_TRUE = "parcel.message.no_longer_true"
_ACCEPTED = "accepted"
_EVERY = ("",)
_NEWS_FOR = timedelta(days=7)


def tell(unit: Unit, terms: ParcelTerms, notify: NotifyTerms, taken: Taken) -> None:
    """Queue what is to be told now, and take back what is true no more."""
    row, stands = taken.row_after, taken.standing_after
    if row.watch != Watch.ACTIVE or row.back or stands.over:
        queue.withdraw(unit, wording.about(row.id), _EVERY, NO_LONGER_TRUE)
        return
    _take_back(unit, taken)
    message = _message(unit, terms, taken)
    if message is not None:
        wording.tell(unit, terms, notify, row, message)


def _take_back(unit: Unit, taken: Taken) -> None:
    """What was about to be said of a place it has left, or of the way it has come to the end of."""
    row, stood, stands = taken.row_after, taken.standing_before, taken.standing_after
    false: list[str] = []
    if stood.arrival_key and (stood.arrival_key != stands.arrival_key or row.stage in ON_ITS_WAY):
        false += [f"ready.{stood.arrival_key}", f"reminder.{stood.arrival_key}."]
    if row.stage == Stage.WITH_COURIER:
        false.append("reminder.")
    if row.stage not in ON_ITS_WAY:
        false += [_ACCEPTED, MAYBE_READY]
    queue.withdraw(unit, wording.about(row.id), tuple(false), NO_LONGER_TRUE)


def _message(unit: Unit, terms: ParcelTerms, taken: Taken) -> Message | None:
    row, stands = taken.row_after, taken.standing_after
    if row.stage in ON_ITS_WAY:
        is_news = taken.accepted_anew and stands.accepted_at and unit.now - stands.accepted_at < _NEWS_FOR
        return Message(_ACCEPTED, TextEvent.ACCEPTED) if is_news else None
    today = business_date(unit.now, terms.zone)
    if row.stage == Stage.WITH_COURIER:
        since = business_date(stands.since or unit.now, terms.zone)
        return Message(f"courier.{since}", TextEvent.COURIER) if since == today else None
    if row.stage != Stage.READY or not stands.arrival_key or (stands.keep_until and stands.keep_until < today):
        return None
    return Message(
        event=f"ready.{stands.arrival_key}",
        text=TextEvent.READY,
        place=stands.waits_at,
        office_index=stands.office_index,
        office=stands.office_name,
        keep_until=stands.keep_until,
        days_left=(stands.keep_until - today).days if stands.keep_until else None,
    )
