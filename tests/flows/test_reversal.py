"""The bank takes money back."""

from __future__ import annotations

from gateway.flows import picking
from gateway.flows.by_hand import ship_order
from gateway.orders.tables import invoices, orders, releases
from gateway.payments.tables import payments
from gateway.tasks.tables import tasks
from gateway.warehouse.tables import pick_lists, reservations, stock
from tests.flows.shop import MANAGER, STOREMAN, TERMS, Shop
from tests.flows.test_paid_to_pick import one


def paid_order(shop: Shop, number: str = "СР-101") -> str:
    shop.goods("a4", main=10)
    order_id = shop.order(number, {"a4": 2})
    shop.deliver(shop.line(200_000, f"По счету {number}", ref="GOOD"))
    return order_id


def act(shop: Shop, event: str, *lines) -> None:
    pick = shop.rows(pick_lists)[-1]
    with shop.store.unit(STOREMAN) as unit:
        picking.act(unit, TERMS, pick.id, event, lines)
        unit.commit()


def test_before_anybody_touched_the_goods_everything_is_taken_back(shop: Shop) -> None:
    paid_order(shop)
    shop.deliver(shop.line(200_000, "Сторно", reversal_of="GOOD"))
    assert one(shop.rows(payments)).state == "reversed"
    assert one(shop.rows(invoices)).rest == 200_000
    order = one(shop.rows(orders))
    assert (order.headline, order.paid) == ("unpaid", 0)
    assert one(shop.rows(pick_lists)).state == "cancelled"
    assert one(shop.rows(stock, product_id="a4", warehouse_id="main")).reserved == 0
    assert one(shop.rows(releases)).withdrawn_reason == "reversed"
    assert one(shop.rows(tasks, kind="call")).state == "cancelled"
    assert one(shop.rows(tasks, kind="stop")).role == "warehouse"
    assert one(shop.rows(tasks, reason="task.reversed")).role == "accountant"


def test_a_list_in_work_is_stopped_and_comes_back_to_the_shelf(shop: Shop) -> None:
    paid_order(shop)
    act(shop, "start")
    shop.deliver(shop.line(200_000, "Сторно", reversal_of="GOOD"))
    assert one(shop.rows(orders)).headline == "on_hold"
    assert one(shop.rows(pick_lists)).state == "picking"
    act(shop, "cancel")
    order = one(shop.rows(orders))
    assert (order.headline, order.hold_reason) == ("unpaid", "")
    assert one(shop.rows(reservations)).state == "released"
    assert one(shop.rows(tasks, kind="stop")).state == "done"


def test_money_that_comes_again_releases_again(shop: Shop) -> None:
    paid_order(shop)
    shop.deliver(shop.line(200_000, "Сторно", reversal_of="GOOD"))
    shop.deliver(shop.line(200_000, "Повторно по счету СР-101"))
    assert [row.state for row in shop.rows(pick_lists)] == ["cancelled", "new"]
    assert one(shop.rows(orders)).headline == "picking"


def test_after_shipping_people_are_told_and_nothing_is_pretended(shop: Shop) -> None:
    order_id = paid_order(shop)
    act(shop, "pick")
    act(shop, "close")
    with shop.store.unit(MANAGER) as unit:
        ship_order(unit, TERMS, order_id)
        unit.commit()
    shop.deliver(shop.line(200_000, "Сторно", reversal_of="GOOD"))
    assert one(shop.rows(orders)).headline == "shipped"
    assert one(shop.rows(tasks, reason="task.reversed_shipped")).role == "manager"
    assert one(shop.rows(payments)).state == "reversed"


def test_a_storno_that_comes_before_its_payment_still_stops_it(shop: Shop) -> None:
    shop.goods("a4", main=10)
    shop.order("СР-101", {"a4": 2})
    shop.deliver(shop.line(200_000, "Сторно", reversal_of="LATE"))
    assert one(shop.rows(tasks, reason="task.reversal_unknown")).role == "accountant"
    shop.deliver(shop.line(200_000, "По счету СР-101", ref="LATE"))
    assert one(shop.rows(payments)).state == "reversed"
    assert shop.rows(pick_lists) == []


def test_the_same_storno_twice_is_one_storno(shop: Shop) -> None:
    paid_order(shop)
    storno = shop.line(200_000, "Сторно", reversal_of="GOOD")
    shop.deliver(storno)
    shop.deliver(storno, message="again")
    assert len(shop.rows(tasks, reason="task.reversed")) == 1
