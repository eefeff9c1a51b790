"""Parcels that carriers are asked about, and a carrier whose answers a test lays out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Table, select, update

from gateway.core.authority import SERVICE
from gateway.core.clock import FixedClock
from gateway.core.errors import KvitError
from gateway.core.money import Money
from gateway.parcels import parcels as intake
from gateway.parcels import tracking
from gateway.parcels.asking import Asking
from gateway.parcels.carriers.ports import Answer, BatchRules, Carrier, History, MoneyRecord, Ticket
from gateway.parcels.model import CarrierKey, Source
from gateway.parcels.parcels import NewParcel
from gateway.parcels.tables import parcels, tickets
from gateway.parcels.terms import ParcelTerms
from gateway.store import Store, Unit
from gateway.store.engine import sqlite_url
from gateway.store.schema import AnyRow
from tests.parcels.histories import record

MINUTES = timedelta(minutes=1)
NIGHT = datetime(2026, 11, 23, 23, 5, tzinfo=UTC)  # five past two in Moscow
RULES = BatchRules(3, timedelta(minutes=15), timedelta(minutes=15), timedelta(hours=32))


def number(n: int) -> str:
    """A domestic number whose check digit fits."""
    digits = [int(d) for d in f"8008{n:09d}"]
    return "".join(map(str, digits)) + str(-(3 * sum(digits[0::2]) + sum(digits[1::2])) % 10)


@dataclass
class FakeCarrier:
    """Answers from `known`; what is not there it has not heard of.

    Attributes:
        asked: every call, with what it was about. errors: raised by the next calls, one each.
        ready: tickets answered at once. before: done when a call arrives.
    """

    daily: int | None = None
    batches: BatchRules | None = None
    key: CarrierKey = CarrierKey.POST
    money_apart: bool = True
    known: dict[str, History] = field(default_factory=dict)
    paid: dict[str, tuple[MoneyRecord, ...]] = field(default_factory=dict)
    asked: list[tuple[str, Any]] = field(default_factory=list)
    errors: list[BaseException] = field(default_factory=list)
    ready: bool = True
    before: Callable[[], None] = lambda: None
    orders: dict[str, list[str]] = field(default_factory=dict)

    def history(self, track: str) -> Answer:
        self._called("history", track)
        return Answer("history", track, b"<raw/>", (self._history(track),))

    def money(self, track: str) -> Answer:
        self._called("money", track)
        events = self.paid.get(track, ())
        return Answer("money", track, b"<money/>", (History(track, bool(events), money=events),))

    def order(self, tracks: Sequence[str]) -> Ticket:
        self._called("order", list(tracks))
        name = f"T{len(self.orders) + 1}"
        self.orders[name] = list(tracks)
        return Ticket(name, b"<ticket/>")

    def collect(self, ticket: str) -> Answer | None:
        self._called("collect", ticket)
        if not self.ready:
            return None
        return Answer("batch", ticket, b"<batch/>", tuple(self._history(track) for track in self.orders[ticket]))

    def close(self) -> None:
        pass

    def calls(self, name: str) -> list[Any]:
        return [about for call, about in self.asked if call == name]

    def _history(self, track: str) -> History:
        return self.known.get(track, History(track, known=False))

    def _called(self, name: str, about: Any) -> None:
        self.asked.append((name, about))
        self.before()
        if self.errors:
            raise self.errors.pop(0)


class Desk:
    """A store, a clock and one or more carriers."""

    def __init__(self, database: Path, *carriers: Carrier, terms: ParcelTerms | None = None) -> None:
        self.clock = FixedClock(NIGHT)
        self.terms = terms or ParcelTerms()
        self.store = Store(sqlite_url(database), self.clock, "firm")
        self.carriers = carriers
        self.fails_on: set[str] = set()
        self.asking = self.anew()

    def anew(self) -> Asking:
        """As after a restart."""
        return Asking(self.store, self.terms, self.carriers, self._take)

    def _take(self, unit: Unit, parcel_id: str, history: History, reply_id: str) -> object:
        taken = tracking.take(unit, self.terms, parcel_id, history, reply_id)
        if history.track in self.fails_on:
            raise ValueError("a fault of ours")
        return taken

    def enter(self, *tracks: str, cod: int = 0) -> list[str]:
        """Parcels; their ids."""
        with self.store.unit(SERVICE) as unit:
            made = [
                intake.put(unit, self.terms, NewParcel(track=track, source=Source.HAND, cod=Money(cod))).id
                for track in tracks
            ]
            unit.commit()
        return made

    def put(self, parcel_id: str, **values: Any) -> None:
        """Bring a row to where a test wants it."""
        with self.store.unit() as unit:
            unit.connection.execute(update(parcels).where(parcels.c.id == parcel_id).values(**values))
            unit.commit()

    def rows(self, table: Table) -> list[AnyRow]:
        with self.store.reading() as connection:
            return list(connection.execute(select(table)))

    def parcel(self, parcel_id: str) -> AnyRow:
        return next(row for row in self.rows(parcels) if row.id == parcel_id)

    def tickets(self) -> list[tuple[str, str]]:
        """Number and state of each, in the order they were made."""
        return [(row.ticket, row.state) for row in sorted(self.rows(tickets), key=lambda row: row.id)]

    def close(self) -> None:
        self.store.close()


def arrived(track: str, at_days: float = 0.0) -> History:
    """It waits at an office."""
    return History(track, True, (record("1:1", at_days, "443063"), record("8:2", at_days + 3, "170100", place=2)))


def code_of(call: Callable[[], object]) -> str:
    """The code of the error a call raises; "" for none."""
    try:
        call()
    except KvitError as error:
        return error.code
    return ""
