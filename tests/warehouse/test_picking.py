"""Pick lists: their life, and demand that is never lost."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from gateway.core.errors import Conflict, Refused
from gateway.core.quantity import Quantity
from gateway.flows import picking
from gateway.flows.by_hand import cancel_order, ship_order
from gateway.flows.picking import PickedLine
from gateway.orders.tables import order_lines, orders
from gateway.tasks.tables import tasks
from gateway.warehouse.model import PICK_LIST, PickEvent, PickState
from gateway.warehouse.tables import backorders, pick_lines, pick_lists, reservations, stock
from tests.flows.shop import MANAGER, STOREMAN, TERMS, Shop


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    made = Shop(tmp_path)
    yield made
    made.close()


def released(shop: Shop, pieces: int = 3, *, main: int = 10, other: int = 0) -> str:
    shop.goods("a4", main=main, shop=other)
    order_id = shop.order("СР-101", {"a4": pieces})
    shop.deliver(shop.line(100_000 * pieces, "По счету СР-101"))
    return order_id


def act(shop: Shop, event: str, lines: list[PickedLine] = [], pick: str = "", version: int | None = None) -> None:  # noqa: B006
    with shop.store.unit(STOREMAN) as unit:
        picking.act(unit, TERMS, pick or shop.rows(pick_lists)[-1].id, event, lines, version)
        unit.commit()


def short(shop: Shop, found: int, reason: str = "missing") -> None:
    line = shop.rows(pick_lines)[-1]
    act(shop, "pick", [PickedLine(line.id, Quantity.of(found), reason)])


def order(shop: Shop):
    return shop.rows(orders)[0]


def test_the_whole_way_to_the_customer(shop: Shop) -> None:
    order_id = released(shop)
    act(shop, "take")
    assert shop.rows(pick_lists)[0].taken_by == "petrov"
    act(shop, "start")
    act(shop, "pick")
    assert order(shop).headline == "picking"
    act(shop, "close")
    assert (order(shop).headline, order(shop).stock_state) == ("ready", "picked")
    with shop.store.unit(MANAGER) as unit:
        ship_order(unit, TERMS, order_id)
        unit.commit()
    assert order(shop).headline == "shipped"
    balance = shop.rows(stock, product_id="a4", warehouse_id="main")[0]
    assert (balance.on_hand, balance.reserved) == (7000, 0)


def test_a_short_pick_is_completed_from_the_other_warehouse(shop: Shop) -> None:
    released(shop, main=10, other=5)
    short(shop, 1)
    first, second = shop.rows(pick_lists)
    assert (first.state, second.state, second.warehouse_id, second.qty_total) == ("short", "new", "shop", 2000)
    assert shop.rows(backorders) == []


def test_a_short_pick_nobody_can_complete_is_a_back_order_and_a_task(shop: Shop) -> None:
    released(shop)
    short(shop, 1)
    assert shop.rows(backorders)[0].qty == 2000
    assert order(shop).stock_state == "short"
    assert [t.reason for t in shop.rows(tasks, kind="short")] == ["task.short"]
    act(shop, "close")
    assert order(shop).headline == "picking"  # not ready: two pieces are still owed


def test_a_short_pick_needs_a_reason(shop: Shop) -> None:
    released(shop)
    with pytest.raises(Refused) as caught:
        short(shop, 1, reason=" ")
    assert caught.value.code == "pick_list.reason_missing"
    assert shop.rows(pick_lists)[0].state == "new"


@pytest.mark.parametrize("found", [4, -1])
def test_no_more_than_wanted_and_no_less_than_nothing(shop: Shop, found: int) -> None:
    released(shop)
    with pytest.raises(Refused) as caught:
        short(shop, found)
    assert caught.value.code == "pick_list.too_much"


def test_the_warehouse_confirms_a_large_order(shop: Shop) -> None:
    released(shop, 6)
    act(shop, "confirm")
    assert shop.rows(pick_lists)[0].state == "new"
    assert (order(shop).stock_state, order(shop).ship_state) == ("reserved", "picking")
    assert shop.rows(tasks, kind="confirm_stock")[0].state == "done"


def test_a_list_the_warehouse_gives_back_stays_wanted(shop: Shop) -> None:
    released(shop, 6)
    act(shop, "cancel")
    assert shop.rows(pick_lists)[0].state == "cancelled"
    assert shop.rows(backorders)[0].qty == 6000
    assert shop.rows(stock, product_id="a4", warehouse_id="main")[0].reserved == 0


def test_a_cancelled_order_stops_a_list_in_work(shop: Shop) -> None:
    order_id = released(shop)
    act(shop, "start")
    with shop.store.unit(MANAGER) as unit:
        cancel_order(unit, TERMS, order_id)
        unit.commit()
    assert shop.rows(tasks, kind="stop")[0].state == "new"
    act(shop, "cancel")
    assert shop.rows(reservations)[0].state == "released"
    assert order(shop).headline == "cancelled"
    assert shop.rows(backorders) == []


def test_nothing_is_shipped_before_it_is_picked(shop: Shop) -> None:
    order_id = released(shop)
    with shop.store.unit(MANAGER) as unit, pytest.raises(Refused) as caught:
        ship_order(unit, TERMS, order_id)
    assert caught.value.code == "order.cannot_ship"


def test_two_people_on_one_list_get_a_named_conflict(shop: Shop) -> None:
    released(shop)
    act(shop, "take", version=1)
    with pytest.raises(Conflict) as caught:
        act(shop, "take", version=1)
    assert (caught.value.code, caught.value.values["by"]) == ("pick_list.changed", "petrov")


def test_an_unknown_action_is_refused(shop: Shop) -> None:
    released(shop)
    with pytest.raises(Refused) as caught:
        act(shop, "juggle")
    assert caught.value.code == "pick_list.event_unknown"


@pytest.mark.parametrize("state", [*PickState])
@pytest.mark.parametrize("event", [*PickEvent])
def test_every_pair_moves_as_the_table_says_or_raises(state: PickState, event: PickEvent) -> None:
    if (state, event) in PICK_LIST.table:
        assert PICK_LIST.step(state, event, True).to in PickState
    else:
        with pytest.raises(Refused) as caught:
            PICK_LIST.step(state, event)
        assert caught.value.code == "state.illegal"


def test_order_lines_are_untouched_by_picking(shop: Shop) -> None:
    released(shop)
    short(shop, 1)
    assert shop.rows(order_lines)[0].qty == 3000
