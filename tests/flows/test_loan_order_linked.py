"""An order of our own shop that 1C tells of after its buyer has applied for a loan."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select

from gateway.flows.from_1c import take_file
from gateway.flows.terms import Terms
from gateway.loans.applying import NewApplication, apply
from gateway.loans.model import SigningWay
from gateway.onec import read_file
from gateway.orders.model import ShipState
from gateway.orders.tables import orders
from tests.flows.loans import ORDER, Trade
from tests.flows.shop import TERMS
from tests.flows.test_from_1c import HEAD, document, line
from tests.loans.house import MANAGER, PHONE


@pytest.fixture
def trade(tmp_path: Path) -> Iterator[Trade]:
    made = Trade(tmp_path)
    yield made
    made.house.close()


def tell(trade: Trade, terms: Terms, *, keys: tuple[str, ...] = ("o-1",)) -> None:
    """1C's file with the fridge's order, once for each key of 1C's."""
    told = "".join(document(ORDER, "45990.00", key=key, lines=line("fridge", 1, 45990)) for key in keys)
    take_file(
        trade.house.store, terms, read_file((HEAD + told + "</КоммерческаяИнформация>").encode(), "f.xml").content
    )


def linked(trade: Trade, application_id: str) -> str | None:
    order_id: str | None = trade.house.row(application_id).order_id
    return order_id


def test_it_is_tied_to_its_application_once(trade: Trade) -> None:
    trade.shop_may(own=1)
    trade.desk.goods("fridge", main=10)
    row, brokering = trade.signed(SigningWay.CLERK, order=ORDER), replace(TERMS, loans=trade.terms)
    assert linked(trade, row.application_id) is None
    for _ in range(3):
        tell(trade, brokering)
    with trade.house.store.reading() as connection:
        order = connection.execute(select(orders)).one()
    assert linked(trade, row.application_id) == order.id
    assert trade.house.history(row.application_id).count("order_linked") == 1
    assert [one.subject for one in trade.house.journalled("loan.order_linked")] == [f"loan:{row.application_id}"]
    assert [one.order_id for one in trade.releases()] == [order.id], "and its goods go, as if it had come first"


@pytest.mark.parametrize("why", ["a shop not ours", "two orders of that number", "gone", "over", "no loans here"])
def test_what_is_not_surely_meant_is_left_alone(trade: Trade, why: str) -> None:
    trade.shop_may(own=int(why != "a shop not ours"))
    row, brokering = trade.signed(SigningWay.CLERK, order=ORDER), replace(TERMS, loans=trade.terms)
    if why == "gone":
        trade.put(row.id, goods="delivered")
    if why == "over":
        trade.house.force(row.application_id, state="cancelled", stage="ended")
    keys = ("o-1", "o-2") if why == "two orders of that number" else ("o-1",)
    if len(keys) > 1:
        tell(trade, TERMS, keys=keys)  # before loans were brokered here
    tell(trade, TERMS if why == "no loans here" else brokering, keys=keys)
    assert linked(trade, row.application_id) is None
    assert trade.releases() == []


def test_last_years_order_of_the_same_number_is_another_one(trade: Trade) -> None:
    """It has left long ago: the goods of this loan have not."""
    earlier = trade.own_order()
    with trade.house.store.unit() as unit:
        unit.update(orders, earlier, ship_state=ShipState.SHIPPED)
        unit.commit()
    row, brokering = trade.settled(SigningWay.CLERK, own=True), replace(TERMS, loans=trade.terms)
    assert (row.goods, linked(trade, row.application_id)) == ("released", None)
    tell(trade, brokering, keys=("o-2",))
    with trade.house.store.reading() as connection:
        order = connection.execute(select(orders).where(orders.c.id != earlier)).one()
    assert (linked(trade, row.application_id), order.number) == (order.id, ORDER)
    assert [one.order_id for one in trade.releases()] == [order.id]


def test_an_order_is_bought_by_one_loan(trade: Trade) -> None:
    """Two shops of our own name the same order."""
    order_id = trade.own_order()
    first = trade.settled(SigningWay.CLERK, own=True)
    other = trade.house.open_shop("second", own=True)
    applied = trade.house.do(MANAGER, lambda u: apply(u, trade.terms, NewApplication(other, ORDER, PHONE)))
    tell(trade, replace(TERMS, loans=trade.terms), keys=("o-2",))
    assert linked(trade, first.application_id) == order_id != linked(trade, applied.id)
