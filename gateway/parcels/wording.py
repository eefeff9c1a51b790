"""What a message about a parcel says, put into the queue: at most once for each thing that happens to it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import select

from gateway.core.catalogue import sentence
from gateway.core.money import Money
from gateway.notify import queue
from gateway.notify.model import NotificationChannel
from gateway.notify.queue import NewNotification
from gateway.notify.tables import notifications
from gateway.notify.templates import TextEvent
from gateway.notify.terms import NotifyTerms
from gateway.parcels import links, timeline
from gateway.parcels.meaning import WaitingPlace
from gateway.parcels.model import Watch
from gateway.parcels.tables import events
from gateway.parcels.terms import ParcelTerms
from gateway.store.schema import AnyRow
from gateway.store.unit import Unit

_WAYS = (NotificationChannel.SMS, NotificationChannel.EMAIL)


@dataclass(frozen=True, slots=True)
class Message:
    """One thing to be told.

    Attributes:
        event: which time it happens, "ready.170100#1"; text: what it is told by.
        place: what kind of place it waits at. office_index, office: which one.
        keep_until: the last day it is kept. days_left: until then.
    """

    event: str
    text: TextEvent
    place: WaitingPlace | None = None
    office_index: str = ""
    office: str = ""
    keep_until: date | None = None
    days_left: int | None = None


def about(parcel_id: str) -> str:
    """What the messages of a parcel are kept under."""
    return f"parcel:{parcel_id}"


def tell(unit: Unit, terms: ParcelTerms, notify: NotifyTerms, row: AnyRow, message: Message) -> str | None:
    """Put a message to a parcel's buyer into the queue, for the morning while it is night.

    Why he cannot be told is written into the parcel's timeline, once for each reason.

    Returns:
        Its id when it is new; None when it was told before, or he may not or cannot be written to.
    """
    if row.no_messages or row.watch != Watch.ACTIVE or _told(unit, row.id, message):
        return None
    new = NewNotification(
        about=about(row.id),
        shop=row.shop,
        event=message.event,
        template=message.text.value,
        channels=_WAYS,
        phone=row.phone,
        email=row.email,
        values=_values(terms, row, message),
        offset_minutes=row.offset_minutes,
        earliest=terms.not_before_morning(unit.now),
        made_by=str(unit.actor),
        language=terms.language,
    )
    code = queue.obstacle(unit.connection, unit.company, notify, new)
    if code:
        _untold(unit, row.id, code)
        return None
    link = links.make(unit, terms, row.id)
    return queue.write(unit, notify, replace(new, values={**new.values, "link": link, "unsubscribe": link}))


def _values(terms: ParcelTerms, row: AnyRow, message: Message) -> dict[str, str]:
    place = sentence(f"parcel.place.{message.place.value}", terms.language, {}) if message.place else ""
    return {
        "order": row.order_no or row.track,
        "order_sum": _sum(row.order_sum),
        "name": row.name,
        "track": row.track,
        "cod": _sum(0 if row.cod_collected_at or row.cod_arrived_at else row.cod),
        "place": place,
        "office_index": message.office_index,
        "office": message.office,
        "keep_until": f"{message.keep_until:%d.%m.%Y}" if message.keep_until else "",
        "days_left": "" if message.days_left is None else str(message.days_left),
    }


def _sum(kopecks: int) -> str:
    return Money(kopecks).screen_text() if kopecks else ""


def _told(unit: Unit, parcel_id: str, message: Message) -> bool:
    """Asked before a link is made, which would be one more for nothing."""
    there = select(notifications.c.id).where(
        notifications.c.company == unit.company,
        notifications.c.about == about(parcel_id),
        notifications.c.event == message.event,
        notifications.c.template == message.text.value,
    )
    return unit.connection.execute(there.limit(1)).first() is not None


def _untold(unit: Unit, parcel_id: str, code: str) -> None:
    kind = f"untold_{code.removeprefix('notify.')}"
    known = select(events.c.id).where(events.c.parcel_id == parcel_id, events.c.kind == kind)
    if unit.connection.execute(known.limit(1)).first() is None:
        timeline.write(unit, parcel_id, kind)
