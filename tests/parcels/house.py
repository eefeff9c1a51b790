"""A company that watches its parcels: its people, a clock, and what carriers say."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Table, func, select

from gateway.core.authority import SERVICE, Actor, Role
from gateway.core.clock import FixedClock
from gateway.core.money import Money
from gateway.orders.tables import invoices
from gateway.parcels import rows, timeline, tracking
from gateway.parcels.carriers.ports import History, MoneyRecord, Record
from gateway.parcels.model import Source
from gateway.parcels.parcels import NewParcel, Put, put
from gateway.parcels.tables import parcels
from gateway.parcels.terms import ParcelTerms
from gateway.parcels.tracking import Taken
from gateway.store import Store, Unit
from gateway.store.engine import sqlite_url
from gateway.store.schema import AnyRow, journal
from tests.parcels.histories import record

T = TypeVar("T")
COMPANY = "test"
NOW = datetime(2026, 10, 5, 6, 0, tzinfo=UTC)
TRACK, OTHER, THIRD = "14102192069353", "62009147017544", "LK035658376US"
CDEK = "1106321646"
MANAGER = Actor("Мария", Role.MANAGER)
PACKER = Actor("Пётр", Role.WAREHOUSE)
FEED = Actor("shop.example", Role.PARCEL_FEED, party="mebel")
TERMS = ParcelTerms(url="https://parcels.example")


class House:
    """One company's parcels."""

    def __init__(self, folder: Path, terms: ParcelTerms = TERMS) -> None:
        self.clock = FixedClock(NOW)
        self.terms = terms
        self.store = Store(sqlite_url(folder / "kvit.db"), self.clock, COMPANY)

    def close(self) -> None:
        self.store.close()

    def do(self, actor: Actor, work: Callable[[Unit], T]) -> T:
        """One unit of work."""
        with self.store.unit(actor) as unit:
            result = work(unit)
            unit.commit()
        return result

    def put(self, track: str = TRACK, actor: Actor = PACKER, **differently: Any) -> Put:
        """A parcel of an order, told of by a file."""
        told: dict[str, Any] = {
            "order_no": "К-17",
            "name": "Иванова Анна",
            "phone": "8 (916) 123-45-67",
            "email": "anna@example.ru",
            "order_sum": Money(250_000),
            "index_to": "170100",
        }
        new = NewParcel(track, differently.pop("source", Source.FILE), **(told | differently))
        return self.do(actor, lambda unit: put(unit, self.terms, new))

    def take(self, parcel_id: str, *said: Record, money: tuple[MoneyRecord, ...] = (), **more: Any) -> Taken | None:
        """What a carrier says of a parcel."""
        history = History(TRACK, bool(said), said, money, **more)
        return self.do(SERVICE, lambda unit: tracking.take(unit, self.terms, parcel_id, history, "R-1"))

    def tell(self, parcel_id: str, *steps: tuple[str, float, str]) -> Taken | None:
        """What the Post says of it: (code, day, office)."""
        return self.take(
            parcel_id, *(record(code, day, office, place=n) for n, (code, day, office) in enumerate(steps))
        )

    def row(self, parcel_id: str) -> AnyRow:
        with self.store.reading() as connection:
            return rows.read(connection, COMPANY, parcel_id)

    def story(self, parcel_id: str) -> list[str]:
        """Kinds of the lines of its timeline."""
        with self.store.reading() as connection:
            return [line["code"].partition(".")[2] for line in timeline.read(connection, parcel_id)]

    def count(self, table: Table = parcels) -> int:
        with self.store.reading() as connection:
            return connection.execute(select(func.count()).select_from(table)).scalar_one()

    def debts(self) -> list[tuple[str, str, int]]:
        """Number, state and rest of every invoice."""
        with self.store.reading() as connection:
            return [(row.number, row.state, row.rest) for row in connection.execute(select(invoices))]

    def journalled(self) -> list[AnyRow]:
        """Rows of the journal, oldest first."""
        with self.store.reading() as connection:
            return list(connection.execute(select(journal).order_by(journal.c.seq)))
