"""Orders that were stopped: what may go on, what comes back, and that nothing is held or promised twice."""

from __future__ import annotations

import json

import pytest

from gateway.core.errors import Refused
from gateway.core.quantity import Quantity
from gateway.flows import by_hand, picking
from gateway.flows.picking import PickedLine
from gateway.orders.tables import invoices, orders, releases
from gateway.payments.tables import entries, payments
from gateway.store.schema import outbox
from gateway.tasks.tables import tasks
from gateway.warehouse.tables import backorders, pick_lines, pick_lists, reservations, stock
from tests.flows.shop import ACCOUNTANT, MANAGER, STOREMAN, TERMS, Shop
from tests.flows.test_by_hand import allocate
from tests.flows.test_paid_to_pick import one


def act(shop: Shop, pick_id: str, *events: str) -> None:
    for event in events:
        with shop.store.unit(STOREMAN) as unit:
            picking.act(unit, TERMS, pick_id, event)
            unit.commit()


def confirm(shop: Shop, payment_id: str) -> None:
    with shop.store.unit(ACCOUNTANT) as unit:
        by_hand.confirm_release(unit, TERMS, payment_id, "проверила")
        unit.commit()


def cancel(shop: Shop, order_id: str) -> None:
    with shop.store.unit(MANAGER) as unit:
        by_hand.cancel_order(unit, TERMS, order_id)
        unit.commit()


def held_order(shop: Shop, *events: str) -> str:
    """Paid in two parts, in work, and the second part taken back."""
    shop.goods("a4", main=10)
    order_id = shop.order("СР-101", {"a4": 2})
    shop.deliver(shop.line(120_000, "По счету СР-101", ref="FIRST"))
    shop.deliver(shop.line(80_000, "Доплата по счету СР-101", ref="SECOND"))
    act(shop, one(shop.rows(pick_lists)).id, *events)
    shop.deliver(shop.line(80_000, "Сторно", reversal_of="SECOND"))
    assert one(shop.rows(orders)).headline == "on_hold"
    return order_id


def free(shop: Shop, product: str = "a4") -> int:
    return sum(row.on_hand - row.reserved for row in shop.rows(stock, product_id=product))


def test_vouching_for_what_is_left_does_not_free_an_order_that_is_not_paid(shop: Shop) -> None:
    held_order(shop, "pick", "close")
    confirm(shop, shop.rows(payments)[0].id)
    order = one(shop.rows(orders))
    assert (order.headline, order.hold_reason, order.pay_state) == ("on_hold", "reversed", "part_paid")


def test_a_held_order_that_is_paid_again_is_asked_about_and_goes_on_by_the_new_proof(shop: Shop) -> None:
    held_order(shop, "start")
    old = one(shop.rows(releases))
    shop.deliver(shop.line(80_000, "Повторно по счету СР-101", ref="THIRD"))
    assert one(shop.rows(orders)).headline == "on_hold"
    asked = one(shop.rows(tasks, reason="task.confirm_release", state="new"))
    assert json.loads(asked._mapping["values"])["failed"] == "not_on_hold"
    third = one(shop.rows(entries, ref="THIRD"))
    confirm(shop, third.id)
    assert one(shop.rows(orders)).headline == "picking"
    new = one(shop.rows(releases, withdrawn_at=None))
    assert third.message_id in json.loads(new.message_ids)
    assert one(shop.rows(entries, ref="SECOND")).message_id not in json.loads(new.message_ids)
    assert one(shop.rows(releases, id=old.id)).withdrawn_reason == "renewed"
    assert one(shop.rows(pick_lists)).release_id == new.id
    assert one(shop.rows(tasks, kind="stop")).state == "cancelled"
    act(shop, one(shop.rows(pick_lists)).id, "pick", "close")
    assert one(shop.rows(orders)).headline == "ready"


def test_closed_goods_of_a_stopped_order_come_back_to_the_shelf(shop: Shop) -> None:
    shop.goods("a4", main=10)
    order_id = shop.order("СР-101", {"a4": 2})
    shop.deliver(shop.line(200_000, "По счету СР-101"))
    pick = one(shop.rows(pick_lists)).id
    act(shop, pick, "pick", "close")
    with pytest.raises(Refused) as caught:
        act(shop, pick, "cancel")
    assert caught.value.code == "state.not_yet"
    cancel(shop, order_id)
    assert one(shop.rows(tasks, kind="stop")).reason == "task.stop_cancelled"
    assert free(shop) == 8000
    act(shop, pick, "cancel")
    assert free(shop) == 10_000
    assert one(shop.rows(reservations)).state == "released"
    assert one(shop.rows(orders)).stock_state == "none"
    assert one(shop.rows(tasks, kind="stop")).state == "done"


def two_lists_one_closed(shop: Shop) -> tuple[str, str, str]:
    """An order from two warehouses; the first list is closed, the second is only confirmed."""
    shop.goods("a4", main=3, shop=3)
    order_id = shop.order("СР-101", {"a4": 6})
    shop.deliver(shop.line(600_000, "По счету СР-101", ref="GOOD"))
    first, second = (row.id for row in shop.rows(pick_lists))
    act(shop, first, "confirm", "pick", "close")
    act(shop, second, "confirm")
    return order_id, first, second


def test_a_held_order_is_over_only_when_closed_goods_are_back_too(shop: Shop) -> None:
    _, first, second = two_lists_one_closed(shop)
    shop.deliver(shop.line(600_000, "Сторно", reversal_of="GOOD"))
    act(shop, second, "cancel")
    assert one(shop.rows(orders)).headline == "on_hold"
    assert one(shop.rows(tasks, kind="stop")).state == "new"
    act(shop, first, "cancel")
    assert one(shop.rows(orders)).headline == "unpaid"
    shop.deliver(shop.line(600_000, "Повторно по счету СР-101"))
    assert sum(row.qty for row in shop.rows(reservations) if row.state in ("hard", "picked")) == 6000


def test_money_that_came_again_while_goods_were_put_back_releases_again(shop: Shop) -> None:
    held_order(shop, "start")
    shop.deliver(shop.line(80_000, "Повторно по счету СР-101"))
    act(shop, one(shop.rows(pick_lists)).id, "cancel")
    assert [row.state for row in shop.rows(pick_lists)] == ["cancelled", "new"]
    assert one(shop.rows(orders)).headline == "picking"


@pytest.mark.parametrize("event", ["confirm", "take", "start", "pick", "close"])
def test_nobody_works_on_a_stopped_order(shop: Shop, event: str) -> None:
    _, first, second = two_lists_one_closed(shop)
    shop.deliver(shop.line(600_000, "Сторно", reversal_of="GOOD"))
    for pick in (first, second):
        with pytest.raises(Refused) as caught:
            act(shop, pick, event)
        assert caught.value.code == "pick_list.stopped"


def test_a_cancelled_order_frees_at_once_what_nobody_has_touched(shop: Shop) -> None:
    order_id, first, second = two_lists_one_closed(shop)
    cancel(shop, order_id)
    assert {row.id: row.state for row in shop.rows(pick_lists)} == {first: "closed", second: "cancelled"}
    assert free(shop) == 3000
    act(shop, first, "cancel")
    assert free(shop) == 6000


def test_the_later_word_on_a_line_counts_and_makes_the_list_short(shop: Shop) -> None:
    shop.goods("a4", main=10)
    shop.order("СР-101", {"a4": 2})
    shop.deliver(shop.line(200_000, "По счету СР-101"))
    pick, line = one(shop.rows(pick_lists)), one(shop.rows(pick_lines))
    found = [PickedLine(line.id, Quantity.of(2)), PickedLine(line.id, Quantity.of(1), "missing")]
    with shop.store.unit(STOREMAN) as unit:
        picking.act(unit, TERMS, pick.id, "pick", found)
        unit.commit()
    assert one(shop.rows(pick_lists)).state == "short"
    assert one(shop.rows(backorders)).qty == 1000


def test_1c_hears_of_a_storno_of_part_of_the_money(shop: Shop) -> None:
    shop.goods("a4", main=10)
    shop.order("СР-101", {"a4": 2})
    shop.deliver(shop.line(120_000, "По счету СР-101", ref="FIRST"))
    shop.deliver(shop.line(120_000, "Сторно", reversal_of="FIRST"))
    told = json.loads(shop.rows(outbox, topic="onec.order_status")[-1].payload)
    assert told["order"]["pay_state"] == "unpaid"


def test_the_money_of_a_cancelled_order_is_asked_about_once(shop: Shop) -> None:
    order_id, first, _ = two_lists_one_closed(shop)
    cancel(shop, order_id)
    cancel(shop, order_id)
    asked = one(shop.rows(tasks, reason="task.cancelled_paid"))
    assert (asked.role, asked.amount, asked.state) == ("accountant", 600_000, "new")
    act(shop, first, "cancel")
    paid = one(shop.rows(payments))
    shop.order("СР-102", {"a4": 6})
    other = shop.rows(invoices)[-1].id
    allocate(shop, paid.id, (other, 600_000))
    assert [row.headline for row in shop.rows(orders)] == ["cancelled", "released"]
