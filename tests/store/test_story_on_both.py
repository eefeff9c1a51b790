"""The story itself on both databases: the same payments end in the same rows."""

from __future__ import annotations

from itertools import count
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from gateway.core.quantity import Quantity
from gateway.flows import by_hand, picking
from gateway.flows.leaving import drain, onec_sinks
from gateway.matching.tables import allocations
from gateway.orders.tables import invoices, orders, releases
from gateway.payments.tables import deliveries, entries, payments
from gateway.store import Store, alarms, journal, outbox
from gateway.tasks.tables import tasks
from gateway.warehouse import stock
from gateway.warehouse.tables import backorders, pick_lines, pick_lists, reservations
from gateway.warehouse.tables import stock as balances
from tests.flows.shop import ACCOUNTANT, DIRECTOR, MORNING, OTHER, STOREMAN, TERMS, Shop
from tests.store.conftest import MovableClock


class ShopOn(Shop):
    """The flow tests' shop on a database that is there already."""

    def __init__(self, url: str) -> None:
        self.clock = MovableClock(MORNING)
        self.store = Store(url, self.clock, "test")
        self._messages = count(1)
        self._refs = count(1)
        with self.store.unit(DIRECTOR) as unit:
            stock.put_warehouse(unit, "main", "Основной")
            stock.put_warehouse(unit, "shop", "Магазин")
            by_hand.set_release_mode(unit, "automatic")
            unit.commit()


@pytest.fixture
def shop(url: str) -> Any:
    shop = ShopOn(url)
    yield shop
    shop.close()


def test_a_morning_of_payments(shop: ShopOn, tmp_path: Path) -> None:
    shop.goods("frame", main=10, shop=4)
    small, large, partial, over, back = (
        shop.order(number, {"frame": pieces})
        for number, pieces in (("101", 2), ("102", 6), ("103", 1), ("104", 1), ("105", 1))
    )
    clean = shop.line(200_000, "Оплата по счету № 101")
    storno_of = shop.line(100_000, "Оплата по счету № 105")
    shop.deliver(
        clean,
        shop.line(600_000, "Оплата по счету № 102"),
        shop.line(50_000, "Оплата по счету № 103"),
        shop.line(100_500, "Оплата по счету № 104"),
        shop.line(31_415, "За товар", payer=OTHER),
        storno_of,
    )
    shop.deliver(clean, shop.line(100_000, "Сторно", reversal_of=storno_of.ref))

    def state(table: Any, column: str = "state") -> list[Any]:
        return [getattr(row, column) for row in shop.rows(table)]

    assert state(payments) == ["auto", "auto", "auto", "auto", "needs_person", "reversed"]
    assert state(invoices, "rest") == [0, 0, 50_000, 0, 100_000]
    assert len(shop.rows(deliveries)) == 1
    assert len(shop.rows(entries)) == 7
    assert {row.order_id for row in shop.rows(releases, withdrawn_at=None)} == {small, large, over}
    assert {row.id: row.pay_state for row in shop.rows(orders)} == {
        small: "paid", large: "paid", partial: "part_paid", over: "paid", back: "unpaid"
    }  # fmt: skip
    held = sum(row.qty for row in shop.rows(reservations, state="hard"))
    assert held == 9000 == sum(row.reserved for row in shop.rows(balances))
    assert {"task.underpaid", "task.overpaid", "task.review_payment", "task.reversed"} <= set(state(tasks, "reason"))

    # people: the unknown payment goes to the open invoice, the warehouse picks short, everything leaves
    unknown = shop.rows(payments, state="needs_person")[0]
    (rest,) = [row for row in shop.rows(invoices) if row.rest == 50_000]
    with shop.store.unit(ACCOUNTANT) as unit:
        decision = by_hand.allocate(unit, TERMS, unknown.id, [(rest.id, by_hand.Money(31_415))], "звонили")
        unit.commit()
    with shop.store.unit(ACCOUNTANT) as unit:
        by_hand.undo(unit, TERMS, decision)
        unit.commit()
    assert [row.amount for row in shop.rows(allocations, payment_id=unknown.id)] == [31_415, -31_415]
    first = shop.rows(pick_lists, state="new")[0]
    line = shop.rows(pick_lines, pick_list_id=first.id)[0]
    found = picking.PickedLine(line.id, Quantity(line.qty - 1000), "missing")
    with shop.store.unit(STOREMAN) as unit:
        picking.act(unit, TERMS, first.id, "pick", [found])
        unit.commit()
    assert len(shop.rows(pick_lists, order_id=first.order_id)) == 2 or shop.rows(backorders)

    sinks = onec_sinks(shop.store, TERMS, tmp_path)
    while drain(shop.store, sinks, "w").done:
        pass
    with shop.store.reading() as connection:
        assert outbox.counts(connection, "test") == (0, 0)
        assert journal.verify(connection).ok
        assert alarms.open_alarms(connection, "test") == []
    assert len(list(tmp_path.iterdir())) > 8


def test_five_hundred_lines_in_one_message(shop: ShopOn) -> None:
    shop.goods("frame", main=1000)
    for number in range(1, 41):
        shop.order(str(number), {"frame": 1})
    lines = [shop.line(100_000, f"Оплата по счету № {1 + n % 40}") for n in range(500)]
    taken = shop.deliver(*lines)
    assert (taken.lines, taken.fresh, taken.failed) == (500, 500, 0)
    again = shop.deliver(*lines)
    assert (again.lines, again.fresh, again.failed) == (500, 0, 0)
    with shop.store.reading() as connection:
        assert connection.execute(select(balances.c.reserved).where(balances.c.reserved > 0)).scalars().all() == [
            40_000
        ]
        assert journal.verify(connection).ok
