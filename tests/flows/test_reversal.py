"""The bank takes money back."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from gateway.flows import picking
from gateway.flows.by_hand import ship_order
from gateway.matching.tables import decisions
from gateway.orders.tables import invoices, orders, releases
from gateway.payments.tables import entries, payments
from gateway.store.schema import journal
from gateway.tasks import service as task_service
from gateway.tasks.tables import tasks
from gateway.warehouse.tables import pick_lists, reservations, stock
from tests.flows.shop import ACCOUNTANT, MANAGER, STOREMAN, TERMS, Shop
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


def acts_of(shop: Shop, storno_id: str) -> list[str]:
    """Payments a storno took back, by its own journal rows."""
    rows = shop.rows(journal, subject=f"entry:{storno_id}", kind="entry.took_back")
    return [json.loads(row.body)["payment"] for row in rows]


def named_storno(shop: Shop) -> str:
    """The storno the payment's own history names."""
    (reason,) = json.loads(one(shop.rows(decisions, kind="reversal")).reasons)
    return str(reason["values"]["entry"])


def test_a_storno_and_its_payment_know_each_other_whichever_came_first(shop: Shop) -> None:
    shop.order("СР-101", {"a4": 2})
    lines = [shop.line(200_000, "Сторно", ref="BACK", reversal_of="LATE"), shop.line(200_000, "СР-101", ref="LATE")]
    for line in lines:
        shop.deliver(line)
    storno, payment = one(shop.rows(entries, reversal=1)), one(shop.rows(payments))
    assert payment.state == "reversed"
    assert (named_storno(shop), acts_of(shop, storno.id)) == (storno.id, [payment.id])


def test_a_storno_in_its_order_knows_its_payment_too(shop: Shop) -> None:
    paid_order(shop)
    shop.deliver(shop.line(200_000, "Сторно", reversal_of="GOOD"))
    storno, payment = one(shop.rows(entries, reversal=1)), one(shop.rows(payments))
    assert (named_storno(shop), acts_of(shop, storno.id)) == (storno.id, [payment.id])


def test_two_stornos_before_two_payments_of_one_reference_take_one_each(shop: Shop) -> None:
    for number, doc in enumerate(("1", "2")):
        shop.deliver(shop.line(200_000, "Сторно", ref=f"BACK{number}", reversal_of="LATE", doc_no=doc))
    stornos = [row.id for row in shop.rows(entries, reversal=1)]
    shop.deliver(*(shop.line(200_000, "По счету", ref="LATE", doc_no=doc) for doc in ("1", "2")))
    taken = [acts_of(shop, storno) for storno in stornos]
    assert sorted(payment for one_of in taken for payment in one_of) == sorted(r.id for r in shop.rows(payments))
    assert [len(one_of) for one_of in taken] == [1, 1]


def test_a_storno_that_came_first_and_is_proved_later_tells_nothing_new(shop: Shop) -> None:
    shop.order("СР-101", {"a4": 2})
    storno = shop.line(200_000, "Сторно", ref="BACK", reversal_of="LATE")
    shop.deliver(storno, evidence="channel")
    shop.deliver(shop.line(200_000, "По счету СР-101", ref="LATE"), evidence="channel")
    before = len(shop.rows(tasks))
    shop.deliver(storno, evidence="signed")
    assert len(shop.rows(tasks)) == before


@pytest.mark.parametrize("done", [False, True], ids=["open", "done"])
def test_a_files_storno_of_nothing_is_one_task_however_often_it_is_proved(shop: Shop, done: bool) -> None:
    storno = shop.line(200_000, "Сторно", ref="BACK", reversal_of="GONE")
    shop.deliver(storno, evidence="file")
    task = one(shop.rows(tasks, reason="task.reversal_unknown"))
    if done:
        with shop.store.unit(ACCOUNTANT) as unit:
            task_service.done(unit, task.id, "resolved")
            unit.commit()
    for evidence in ("channel", "signed", "signed"):
        shop.deliver(storno, evidence=evidence)
    assert len(shop.rows(tasks)) == 1


@pytest.mark.parametrize("first", ["file", "channel", "signed"])
def test_the_storno_of_a_debit_that_is_no_order_of_ours_is_the_accountants_business(shop: Shop, first: str) -> None:
    """Somebody paid by the bank's own client program, or the bank took a fee and gave it back."""
    back = replace(shop.line(9_900, "Сторно комиссии", ref="BACK", reversal_of="FEE"), incoming=True)
    for evidence in (first, "signed"):
        shop.deliver(back, evidence=evidence)
    task = one(shop.rows(tasks))
    assert (task.reason, task.role, task.amount) == ("task.debit_reversed", "accountant", 9_900)
    assert shop.rows(payments) == []


def test_a_storno_that_is_only_announced_asks_for_nothing_yet_where_the_money_is_ours(shop: Shop) -> None:
    pending = replace(shop.line(9_900, "Сторно", ref="B", reversal_of="FEE", status="PDNG"), incoming=True)
    shop.deliver(pending)
    assert shop.rows(tasks) == []
    shop.deliver(replace(pending, status="BOOK"))
    assert one(shop.rows(tasks)).reason == "task.debit_reversed"
