"""Decisions taken back in every order: money can always be moved, and nobody's word outlives what it was about."""

from __future__ import annotations

from gateway.flows import by_hand
from gateway.matching.tables import decisions
from gateway.orders.tables import invoices, orders
from gateway.payments.tables import payments
from gateway.tasks.tables import tasks
from gateway.warehouse.tables import pick_lists
from tests.flows.shop import ACCOUNTANT, TERMS, Shop
from tests.flows.test_by_hand import allocate, undo
from tests.flows.test_from_1c import document, line, take
from tests.flows.test_paid_to_pick import one


def confirm(shop: Shop, payment: str) -> str:
    with shop.store.unit(ACCOUNTANT) as unit:
        event = by_hand.confirm_release(unit, TERMS, payment)
        unit.commit()
    return event


def paid_by_file(shop: Shop) -> str:
    shop.goods("a4", main=10)
    shop.order("СР-101", {"a4": 1})
    shop.deliver(shop.line(100_000, "По счету СР-101"), evidence="file")
    return one(shop.rows(payments)).id


def test_after_a_confirmation_is_taken_back_the_allocation_can_be_too(shop: Shop) -> None:
    payment = paid_by_file(shop)
    allocated = one(shop.rows(decisions)).id
    undo(shop, confirm(shop, payment))
    undo(shop, confirm(shop, payment))
    undo(shop, allocated)
    row = one(shop.rows(payments))
    assert (row.state, row.allocated) == ("needs_person", 0)
    assert one(shop.rows(invoices)).rest == 100_000


def test_nobody_vouches_for_an_order_he_never_saw(shop: Shop) -> None:
    payment = paid_by_file(shop)
    confirm(shop, payment)
    shop.order("СР-102", {"a4": 1})
    other = shop.rows(invoices)[1].id
    allocate(shop, payment, (other, 100_000))
    assert one(shop.rows(payments)).confirmed_by is None
    assert [row.state for row in shop.rows(pick_lists)] == ["cancelled"]
    confirm(shop, payment)
    assert [row.state for row in shop.rows(pick_lists)] == ["cancelled", "new"]


def test_what_was_asked_about_an_allocation_ends_with_it(shop: Shop) -> None:
    shop.goods("a4", main=10)
    shop.order("СР-101", {"a4": 2})
    shop.deliver(shop.line(120_000, "По счету СР-101"))
    undo(shop, one(shop.rows(decisions)).id)
    assert one(shop.rows(tasks, reason="task.underpaid")).state == "cancelled"


def test_a_change_in_1c_is_not_settled_by_the_rest_of_the_money(shop: Shop) -> None:
    shop.goods("a4", main=10)
    take(shop, document("СР-101"))
    shop.deliver(shop.line(120_000, "По счету СР-101"))
    take(shop, document("СР-101", "3000.00", lines=line("a4", 3)))
    shop.deliver(shop.line(80_000, "Доплата по счету СР-101"))
    assert one(shop.rows(orders)).headline == "picking"
    assert one(shop.rows(tasks, reason="task.order_touched")).state == "new"
