"""A shop in a temporary database, and statement lines to pay its orders with."""

from __future__ import annotations

import atexit
import functools
import shutil
import sqlite3
import tempfile
from datetime import UTC, date, datetime, timedelta
from itertools import count
from pathlib import Path

from gateway.bank.statement import Entry, Party, StatementHead
from gateway.core.authority import Actor, Role
from gateway.core.clock import FixedClock
from gateway.core.money import Money
from gateway.core.quantity import Quantity
from gateway.flows.by_hand import set_release_mode
from gateway.flows.paid_to_pick import Taken, take_lines
from gateway.flows.terms import OwnCompany, Terms
from gateway.matching.decision import Policy
from gateway.orders import service as orders
from gateway.orders.model import Buyer, Delivery, InvoiceIn, OrderIn, OrderLine
from gateway.payments.model import Source
from gateway.store import Store
from gateway.store.engine import sqlite_url
from gateway.store.migrate import upgrade
from gateway.warehouse import stock

ACCOUNT = "40702810900000000001"
BUYER = Buyer("b-1", "ul", "ООО «Вернисаж»", "7705123453", "770501001", "+7 900 000-00-01")
OTHER = Buyer("b-2", "ul", "ООО «Берег Света»", "7709876540", "770901001", "+7 900 000-00-02")
MORNING = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)  # a Monday, 10:00 in Moscow
TERMS = Terms(own=OwnCompany("ООО «Светорама»", "7701234560"), policy=Policy(own_inns=frozenset({"7701234560"})))
ACCOUNTANT = Actor("ivanova", Role.ACCOUNTANT)
STOREMAN = Actor("petrov", Role.WAREHOUSE)
MANAGER = Actor("orlova", Role.MANAGER)
DIRECTOR = Actor("zimin", Role.DIRECTOR)


@functools.cache
def _empty_database() -> Path:
    """A database with its tables, made once in a process and copied for each shop."""
    folder = Path(tempfile.mkdtemp(prefix="kvit-shop-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    upgrade(sqlite_url(folder / "empty.db"))
    with sqlite3.connect(folder / "empty.db") as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    return folder / "empty.db"


class Shop:
    """Orders and stock in a fresh database, automatic release switched on.

    Attributes:
        clock: stands still until told to move.
    """

    def __init__(self, folder: Path, *, automatic: bool = True) -> None:
        shutil.copyfile(_empty_database(), folder / "shop.db")
        url = sqlite_url(folder / "shop.db")
        self.clock = FixedClock(MORNING)
        self.store = Store(url, self.clock, "test")
        self._messages = count(1)
        self._refs = count(1)
        with self.store.unit() as unit:
            stock.put_warehouse(unit, "main", "Основной")
            stock.put_warehouse(unit, "shop", "Магазин")
            unit.commit()
        if automatic:
            with self.store.unit(DIRECTOR) as unit:
                set_release_mode(unit, "automatic")
                unit.commit()

    def close(self) -> None:
        self.store.close()

    def goods(self, product: str, main: int = 0, shop: int = 0) -> None:
        with self.store.unit() as unit:
            stock.put_products(unit, [stock.Product(product, product.upper(), f"Рама {product}", "шт")])
            rows = [stock.Count(product, "main", Quantity.of(main)), stock.Count(product, "shop", Quantity.of(shop))]
            stock.count(unit, rows, unit.now, "test")
            unit.commit()

    def order(
        self,
        number: str,
        lines: dict[str, int],
        *,
        price: int = 100_000,
        buyer: Buyer = BUYER,
        delivery: Delivery = Delivery.PICKUP,
    ) -> str:
        """An order and its invoice of the same number; returns the order's id. `price` is kopecks a piece."""
        amount = Money(price * sum(lines.values()))
        day = date(2026, 11, 20)
        order = OrderIn(
            outer_id=f"o-{number}",
            number=number,
            date=day,
            buyer=buyer,
            lines=tuple(
                OrderLine(product, f"Рама {product}", "шт", Quantity.of(n), Money(price), Money(price * n))
                for product, n in lines.items()
            ),
            amount=amount,
            delivery=delivery,
            phone=buyer.phone,
        )
        with self.store.unit() as unit:
            order_id, _ = orders.put_order(unit, order)
            orders.put_invoice(
                unit,
                InvoiceIn(f"i-{number}", number, day, buyer, amount, order_outer_id=f"o-{number}", order_number=number),
            )
            unit.commit()
        return order_id

    def line(
        self,
        kopecks: int,
        purpose: str,
        *,
        payer: Buyer = BUYER,
        ref: str | None = None,
        doc_no: str | None = None,
        reversal_of: str = "",
        status: str = "BOOK",
        currency: str = "RUB",
    ) -> Entry:
        """A statement line; a reversal when `reversal_of` names a reference."""
        number = next(self._refs)
        return Entry(
            ref=f"R{number:06d}" if ref is None else ref,
            entry_ref=str(number),
            e2e="",
            tx_id="",
            amount=Money(kopecks),
            incoming=not reversal_of,
            reversal=bool(reversal_of),
            status=status,
            booked=date(2026, 11, 23),
            value=date(2026, 11, 23),
            bank_time=self.clock.now() - timedelta(seconds=40),
            counterparty=Party(payer.name, payer.inn, payer.kpp, "40702810500000000077", "044525225", "Банк"),
            purpose=purpose,
            doc_no=str(number) if doc_no is None else doc_no,
            doc_date=date(2026, 11, 23),
            code="PMNT/RCDT/DMCT",
            original_ref=reversal_of,
            detail_index=0,
            occurrence=0,
            warnings=(),
            currency=currency,
        )

    def deliver(self, *lines: Entry, evidence: str = "signed", message: str = "", terms: Terms = TERMS) -> Taken:
        """Take lines as one proved message."""
        number = next(self._messages)
        head = StatementHead("camt.054", f"S{number}", "", None, ACCOUNT, "", "", "RUB", None, None, ())
        source = Source(message or f"M{number:06d}", evidence, self.clock.now())
        return take_lines(self.store, terms, source, [head, *lines])

    def rows(self, table: object, **where: object) -> list[object]:
        """Rows of a table by equal columns."""
        from sqlalchemy import Table, select

        assert isinstance(table, Table)
        query = select(table).where(*(table.c[name] == value for name, value in where.items()))
        with self.store.reading() as connection:
            return list(connection.execute(query.order_by(*table.primary_key)).all())
