"""Messages, gateways and glances at the tables for the notify room's tests."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from gateway.core.money import Money
from gateway.notify import queue
from gateway.notify.gateways.ports import Answer, Fate, News, Outgoing, Watched
from gateway.notify.model import NotificationChannel
from gateway.notify.queue import NewNotification
from gateway.notify.tables import notifications
from gateway.notify.terms import NotifyTerms
from gateway.store import Store
from gateway.store.schema import AnyRow

SMS, EMAIL = NotificationChannel.SMS, NotificationChannel.EMAIL
PHONE, MAIL = "+79161234567", "anna@example.ru"
TERMS = NotifyTerms("Рога и копыта", sender="ROGA", segment_price=Money(350), consent_needed=False)
VALUES = {
    "order": "СР-12",
    "track": "14102192069353",
    "office_index": "443001",
    "keep_until": "05.12.2026",
    "link": "https://shop.example/t/7Yk2mQ",
    "unsubscribe": "https://shop.example/u/7Yk2mQ",
}


def new(about: str = "parcel:1", event: str = "ready.1", **changed: Any) -> NewNotification:
    """The news that a parcel waits, by SMS, else by letter."""
    usual = NewNotification(
        about=about, shop="roga", event=event, template="ready", channels=(SMS, EMAIL), phone="8 916 123-45-67",
        email="", values=VALUES, offset_minutes=180, earliest=None, made_by="service",
    )  # fmt: skip
    return replace(usual, **changed)


def queued(store: Store, message: NewNotification, terms: NotifyTerms = TERMS) -> str:
    with store.unit() as unit:
        written = queue.write(unit, terms, message)
        unit.commit()
    assert written is not None
    return written


def row(store: Store, notification_id: str) -> AnyRow:
    with store.reading() as connection:
        return connection.execute(select(notifications).where(notifications.c.id == notification_id)).one()


def all_rows(store: Store) -> Sequence[AnyRow]:
    with store.reading() as connection:
        return connection.execute(select(notifications).order_by(notifications.c.id)).all()


def outgoing(number: int = 1, **changed: Any) -> Outgoing:
    usual = Outgoing(f"01JD{number:022d}", number, PHONE, "", "Ваш заказ ждёт", "", timedelta(hours=48))
    return replace(usual, **changed)


def eventually(happens: Callable[[], bool], seconds: float = 8.0) -> None:
    """Wait until it does."""
    until = time.monotonic() + seconds
    while not happens():
        assert time.monotonic() < until, "it never happened"
        time.sleep(0.01)


class Scripted:
    """A gateway that answers as told, by message body or else as `usual`; what it was handed is in `seen`."""

    asks = False

    def __init__(self, name: str = "smpp", at_once: int = 10, usual: Answer | None = None) -> None:
        self.name = name
        self.at_once = at_once
        self.seen: list[Outgoing] = []
        self.usual = usual or Answer("", Fate.TAKEN)
        self.coming: list[News] = []
        self.acknowledged = 0
        self.why_not = ""
        self.during: Callable[[], None] = lambda: None

    def trouble(self) -> str:
        return self.why_not

    def send(self, messages: Sequence[Outgoing]) -> Iterator[Sequence[Answer]]:
        for message in messages:
            self.seen.append(message)
            self.during()
            outer = (f"{message.number}",) if self.usual.fate is Fate.TAKEN and not self.usual.outer else ()
            yield [replace(self.usual, id=message.id, outer=self.usual.outer or outer)]

    def news(self, watched: Sequence[Watched] = ()) -> Sequence[News]:
        return tuple(self.coming)

    def acknowledge(self, count: int) -> None:
        del self.coming[:count]
        self.acknowledged += count

    def close(self) -> None:
        pass


def values_of(row: AnyRow, *names: str) -> Mapping[str, Any]:
    return {name: row._mapping[name] for name in names}
