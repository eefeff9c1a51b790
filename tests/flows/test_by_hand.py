"""What people decide, who may decide it, and what a run leaves alone."""

from __future__ import annotations

import json

import pytest

from gateway.core.authority import RIGHTS, SERVICE, Actor, Right, Role
from gateway.core.errors import Conflict, Refused
from gateway.core.money import Money
from gateway.flows import by_hand, picking
from gateway.flows.second_look import decide_again
from gateway.matching.tables import allocations, decisions
from gateway.orders.tables import invoices, orders, releases
from gateway.payments.tables import payments
from gateway.store import marks
from gateway.tasks import service as task_service
from gateway.tasks.tables import tasks
from gateway.warehouse.tables import pick_lists, stock
from tests.flows.shop import ACCOUNTANT, DIRECTOR, MANAGER, OTHER, STOREMAN, TERMS, Shop
from tests.flows.test_paid_to_pick import one


def unclear_payment(shop: Shop) -> tuple[str, str]:
    """A payment nobody can match, and the invoice it is for."""
    shop.goods("a4", main=10)
    shop.order("СР-101", {"a4": 2})
    shop.deliver(shop.line(200_000, "за товар", payer=OTHER))
    return one(shop.rows(payments)).id, one(shop.rows(invoices)).id


def allocate(shop: Shop, payment: str, *pairs: tuple[str, int], version: int | None = None, actor: Actor = ACCOUNTANT):
    with shop.store.unit(actor) as unit:
        event = by_hand.allocate(unit, TERMS, payment, [(i, Money(k)) for i, k in pairs], "звонил", version)
        unit.commit()
    return event


def undo(shop: Shop, event: str) -> list[str]:
    with shop.store.unit(ACCOUNTANT) as unit:
        changed = by_hand.undo(unit, TERMS, event)
        unit.commit()
    return changed


def test_a_person_assigns_a_payment_and_the_goods_are_released(shop: Shop) -> None:
    payment, invoice = unclear_payment(shop)
    allocate(shop, payment, (invoice, 200_000))
    assert one(shop.rows(payments)).state == "manual"
    assert one(shop.rows(pick_lists)).state == "new"
    assert one(shop.rows(tasks, reason="task.review_payment")).state == "done"
    assert one(shop.rows(decisions, kind="manual")).by == "accountant:ivanova"


def test_undo_is_one_event_and_puts_everything_back(shop: Shop) -> None:
    payment, invoice = unclear_payment(shop)
    event = allocate(shop, payment, (invoice, 200_000))
    changed = undo(shop, event)
    assert changed[0] == f"payment:{payment}"
    row = one(shop.rows(payments))
    assert (row.state, row.allocated) == ("needs_person", 0)
    assert one(shop.rows(invoices)).rest == 200_000
    assert one(shop.rows(orders)).headline == "unpaid"
    assert one(shop.rows(pick_lists)).state == "cancelled"
    assert one(shop.rows(stock, product_id="a4", warehouse_id="main")).reserved == 0
    assert sum(row.amount for row in shop.rows(allocations)) == 0


def test_an_automatic_allocation_can_be_undone_and_stays_a_suggestion(shop: Shop) -> None:
    shop.goods("a4", main=10)
    shop.order("СР-101", {"a4": 2})
    shop.deliver(shop.line(200_000, "По счету СР-101"))
    undo(shop, one(shop.rows(decisions)).id)
    last = shop.rows(decisions)[-1]
    invoice = one(shop.rows(invoices)).id
    assert json.loads(last.suggestions)[0]["allocations"] == [[invoice, 200_000]]
    with shop.store.unit() as unit:
        assert decide_again(unit, TERMS) == 0
        unit.commit()
    assert one(shop.rows(payments)).state == "needs_person"


def test_after_a_persons_decision_is_undone_the_automatic_one_it_replaced_is_the_first_suggestion(shop: Shop) -> None:
    shop.goods("a4", main=10)
    shop.order("СР-101", {"a4": 2})
    shop.order("СР-102", {"a4": 2})
    shop.deliver(shop.line(200_000, "По счету СР-101"))
    payment = one(shop.rows(payments)).id
    right, wrong = (row.id for row in shop.rows(invoices))
    undo(shop, allocate(shop, payment, (wrong, 200_000)))
    first, *others = json.loads(shop.rows(decisions)[-1].suggestions)
    assert first["allocations"] == [[right, 200_000]]
    assert first["reasons"][0]["code"] == "matching.own_answer"
    assert not any(r["code"] == "matching.own_answer" for s in others for r in s["reasons"])
    assert [row.headline for row in shop.rows(orders)] == ["unpaid", "unpaid"]
    assert {row.state for row in shop.rows(pick_lists)} == {"cancelled"}
    allocate(shop, payment, (right, 200_000))
    assert [row.headline for row in shop.rows(orders)] == ["picking", "unpaid"]


def test_an_automatic_answer_that_holds_no_more_is_not_suggested_after_an_undo(shop: Shop) -> None:
    shop.goods("a4", main=10)
    shop.order("СР-101", {"a4": 2})
    shop.order("СР-102", {"a4": 3})
    shop.deliver(shop.line(200_000, "По счету СР-101"))
    payment = one(shop.rows(payments)).id
    right, wrong = (row.id for row in shop.rows(invoices))
    event = allocate(shop, payment, (wrong, 200_000))
    shop.deliver(shop.line(200_000, "за товар", payer=OTHER))
    allocate(shop, shop.rows(payments)[-1].id, (right, 200_000))
    undo(shop, event)
    offered = json.loads(shop.rows(decisions)[-1].suggestions)
    assert not any(r["code"] == "matching.own_answer" for s in offered for r in s["reasons"])


def test_only_the_last_decision_can_be_undone(shop: Shop) -> None:
    payment, invoice = unclear_payment(shop)
    first = allocate(shop, payment, (invoice, 100_000))
    allocate(shop, payment, (invoice, 200_000))
    assert sum(row.amount for row in shop.rows(allocations)) == 200_000
    with pytest.raises(Conflict, match="last"):
        undo(shop, first)


def test_undo_is_too_late_once_somebody_is_picking(shop: Shop) -> None:
    payment, invoice = unclear_payment(shop)
    event = allocate(shop, payment, (invoice, 200_000))
    with shop.store.unit(STOREMAN) as unit:
        picking.act(unit, TERMS, one(shop.rows(pick_lists)).id, "take")
        unit.commit()
    with pytest.raises(Refused) as caught:
        undo(shop, event)
    assert caught.value.code == "undo.too_late"
    assert one(shop.rows(payments)).state == "manual"


def test_a_stale_screen_gets_a_named_conflict(shop: Shop) -> None:
    payment, invoice = unclear_payment(shop)
    version = one(shop.rows(payments)).version
    allocate(shop, payment, (invoice, 100_000), version=version)
    with pytest.raises(Conflict) as caught:
        allocate(shop, payment, (invoice, 200_000), version=version)
    assert caught.value.code == "payment.changed"


@pytest.mark.parametrize(
    ("kopecks", "code"),
    [(0, "payment.nothing_to_allocate"), (-5, "payment.nothing_to_allocate"), (200_001, "payment.too_much_allocated")],
)
def test_impossible_sums_are_refused(shop: Shop, kopecks: int, code: str) -> None:
    payment, invoice = unclear_payment(shop)
    with pytest.raises(Refused) as caught:
        allocate(shop, payment, (invoice, kopecks))
    assert caught.value.code == code


def test_an_invoice_never_gets_more_than_it_asks_for(shop: Shop) -> None:
    payment, invoice = unclear_payment(shop)
    allocate(shop, payment, (invoice, 150_000))
    shop.deliver(shop.line(90_000, "ещё", payer=OTHER))
    second = shop.rows(payments)[-1].id
    with pytest.raises(Conflict) as caught:
        allocate(shop, second, (invoice, 90_000))
    assert caught.value.code == "invoice.not_so_much_due"


def test_money_that_is_not_for_goods_is_set_aside_and_can_come_back(shop: Shop) -> None:
    payment, _ = unclear_payment(shop)
    with shop.store.unit(ACCOUNTANT) as unit:
        event = by_hand.mark_not_ours(unit, TERMS, payment, "refund", "возврат поставщика")
        unit.commit()
    assert one(shop.rows(payments)).state == "not_ours"
    undo(shop, event)
    assert one(shop.rows(payments)).state == "needs_person"


def test_a_named_person_can_vouch_for_a_file(shop: Shop) -> None:
    shop.goods("a4", main=10)
    shop.order("СР-101", {"a4": 1})
    shop.deliver(shop.line(100_000, "По счету СР-101"), evidence="file")
    payment = one(shop.rows(payments)).id
    with shop.store.unit(ACCOUNTANT) as unit:
        event = by_hand.confirm_release(unit, TERMS, payment, "видел в банке")
        unit.commit()
    assert one(shop.rows(payments)).confirmed_by == "ivanova"
    assert one(shop.rows(pick_lists)).state == "new"
    undo(shop, event)
    assert one(shop.rows(payments)).confirmed_by is None
    assert one(shop.rows(pick_lists)).state == "cancelled"


def test_nobody_can_vouch_for_money_allocated_to_nothing(shop: Shop) -> None:
    payment, _ = unclear_payment(shop)
    with shop.store.unit(ACCOUNTANT) as unit, pytest.raises(Refused) as caught:
        by_hand.confirm_release(unit, TERMS, payment)
    assert caught.value.code == "payment.not_paid_for"


def test_a_run_never_touches_what_a_person_decided(shop: Shop) -> None:
    payment, invoice = unclear_payment(shop)
    allocate(shop, payment, (invoice, 50_000))
    with shop.store.unit() as unit:
        decide_again(unit, TERMS)
        unit.commit()
    assert one(shop.rows(payments)).state == "manual"
    assert one(shop.rows(payments)).allocated == 50_000


def test_a_cancelled_order_frees_its_goods(shop: Shop) -> None:
    shop.goods("a4", main=10)
    order_id = shop.order("СР-101", {"a4": 2})
    shop.deliver(shop.line(200_000, "По счету СР-101"))
    with shop.store.unit(MANAGER) as unit:
        by_hand.cancel_order(unit, TERMS, order_id, "передумал")
        unit.commit()
    assert one(shop.rows(orders)).headline == "cancelled"
    assert one(shop.rows(stock, product_id="a4", warehouse_id="main")).reserved == 0
    assert one(shop.rows(tasks, kind="call")).state == "cancelled"


USE_CASES = {
    "allocate": (
        Right.PAYMENTS_DECIDE,
        lambda u, i: by_hand.allocate(u, TERMS, i["payment"], [(i["invoice"], Money(1))]),
    ),
    "not_ours": (Right.PAYMENTS_DECIDE, lambda u, i: by_hand.mark_not_ours(u, TERMS, i["payment"], "refund")),
    "confirm": (Right.PAYMENTS_DECIDE, lambda u, i: by_hand.confirm_release(u, TERMS, i["payment"])),
    "undo": (Right.PAYMENTS_DECIDE, lambda u, i: by_hand.undo(u, TERMS, i["decision"])),
    "cancel": (Right.ORDERS_WORK, lambda u, i: by_hand.cancel_order(u, TERMS, i["order"])),
    "ship": (Right.ORDERS_WORK, lambda u, i: by_hand.ship_order(u, TERMS, i["order"])),
    "mode": (Right.RELEASE_SWITCH, lambda u, i: by_hand.set_release_mode(u, "automatic")),
    "pick": (Right.PICKS_WORK, lambda u, i: picking.act(u, TERMS, "none", "take")),
    "task": (Right.TASKS_WORK, lambda u, i: task_service.take(u, i["task"])),
}


@pytest.mark.parametrize("role", [*Role])
@pytest.mark.parametrize("name", USE_CASES)
def test_every_use_case_asks_for_its_right(shop: Shop, role: Role, name: str) -> None:
    payment, invoice = unclear_payment(shop)
    ids = {
        "payment": payment,
        "invoice": invoice,
        "decision": one(shop.rows(decisions)).id,
        "order": one(shop.rows(orders)).id,
        "task": one(shop.rows(tasks)).id,
    }
    right, use = USE_CASES[name]
    actor = SERVICE if role is Role.SERVICE else Actor("somebody", role)
    with shop.store.unit(actor) as unit:
        try:
            use(unit, ids)
            refused = ""
        except Refused as error:
            refused = error.code
    assert (refused == "authority.missing") == (right not in RIGHTS[role])


def test_automatic_release_is_switched_by_the_director_only(shop: Shop) -> None:
    with shop.store.unit(DIRECTOR) as unit:
        by_hand.set_release_mode(unit, "manual", "склад на инвентаризации")
        unit.commit()
    with shop.store.reading() as connection:
        assert by_hand.release_mode(connection, "test") == "manual"
        assert marks.get(connection, "test", "release.mode") == "manual"
    with shop.store.unit(DIRECTOR) as unit, pytest.raises(Refused):
        by_hand.set_release_mode(unit, "sometimes")


def test_one_payment_over_invoices_of_several_buyers_with_the_rest_as_advance(shop: Shop) -> None:
    shop.goods("a4", main=10)
    shop.order("СР-101", {"a4": 2})
    shop.order("СР-102", {"a4": 1})
    shop.order("СР-201", {"a4": 1}, buyer=OTHER)
    shop.deliver(shop.line(450_000, "за товар", payer=OTHER))
    payment = one(shop.rows(payments)).id
    first, second, others = (row.id for row in shop.rows(invoices))
    allocate(shop, payment, (first, 200_000), (second, 40_000), (others, 100_000))
    assert [row.rest for row in shop.rows(invoices)] == [0, 60_000, 0]
    row = one(shop.rows(payments))
    assert (row.state, row.allocated, row.amount - row.allocated) == ("manual", 340_000, 110_000)
    assert [row.headline for row in shop.rows(orders)] == ["picking", "part_paid", "picking"]


def standing(shop: Shop) -> dict[str, object]:
    """Money, orders and goods as they stand, without what only counts how often they were touched."""
    return {
        "invoices": [(r.id, r.state, r.rest) for r in shop.rows(invoices)],
        "orders": [
            (r.id, r.paid, r.pay_state, r.stock_state, r.ship_state, r.headline, r.hold_reason, r.bank_time)
            for r in shop.rows(orders)
        ],
        "goods": [(r.product_id, r.warehouse_id, r.on_hand, r.reserved) for r in shop.rows(stock)],
        "picking": [r.id for r in shop.rows(pick_lists) if r.state != "cancelled"],
        "released": [r.id for r in shop.rows(releases) if r.withdrawn_at is None],
        "paid for": [r.id for r in shop.rows(allocations) if not r.undone],
        "calls": [r.id for r in shop.rows(tasks, kind="call") if r.state in ("new", "taken", "snoozed")],
    }


def test_undo_gives_back_the_state_before_also_of_an_automatic_decision_that_released_goods(shop: Shop) -> None:
    shop.goods("a4", main=2, shop=3)
    shop.order("СР-101", {"a4": 4})
    shop.order("СР-102", {"a4": 2})
    before = standing(shop)
    shop.deliver(shop.line(400_000, "По счету СР-101"))
    released = standing(shop)
    assert released["released"] and released["picking"] and released["goods"] != before["goods"]
    undo(shop, shop.rows(decisions)[-1].id)
    assert standing(shop) == before
    assert one(shop.rows(payments)).state == "needs_person"


def test_undo_of_what_a_person_split_gives_back_the_state_before(shop: Shop) -> None:
    shop.goods("a4", main=10)
    shop.order("СР-101", {"a4": 2})
    shop.order("СР-201", {"a4": 3}, buyer=OTHER)
    shop.deliver(shop.line(100_000, "Оплата по счету СР-101, часть"), shop.line(450_000, "за товар", payer=OTHER))
    second = shop.rows(payments)[-1].id
    before = standing(shop)
    pairs = [(row.id, row.rest) for row in shop.rows(invoices)]
    event = allocate(shop, second, *pairs)
    assert standing(shop) != before
    undo(shop, event)
    assert standing(shop) == before


def test_a_conflict_names_the_colleague_what_he_decided_and_when(shop: Shop) -> None:
    payment, invoice = unclear_payment(shop)
    version = one(shop.rows(payments)).version
    with shop.store.unit(Actor("sidorova", Role.ACCOUNTANT)) as unit:
        by_hand.mark_not_ours(unit, TERMS, payment, "refund", expected_version=version)
        unit.commit()
    acts = {
        "allocate": lambda unit: by_hand.allocate(unit, TERMS, payment, [(invoice, Money(1))], "", version),
        "not_ours": lambda unit: by_hand.mark_not_ours(unit, TERMS, payment, "refund", "", version),
        "confirm": lambda unit: by_hand.confirm_release(unit, TERMS, payment, "", version),
    }
    for act in acts.values():
        with shop.store.unit(ACCOUNTANT) as unit, pytest.raises(Conflict) as caught:
            act(unit)
        assert caught.value.text("ru") == (
            "Поступление от «ООО «Берег Света»» тем временем изменилось — sidorova, 23.11.2026 10:00: "
            "«Отмечено: не за товар»."
        )
