"""Orders that were stopped: what may go on, what comes back, and that nothing is held or promised twice."""

from __future__ import annotations

import json

from gateway.flows import by_hand, picking
from gateway.orders.tables import orders, releases
from gateway.payments.tables import entries, payments
from gateway.tasks.tables import tasks
from gateway.warehouse.tables import pick_lists, stock
from tests.flows.shop import ACCOUNTANT, MANAGER, STOREMAN, TERMS, Shop
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
