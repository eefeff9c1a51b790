"""The story from a proved line to a pick list and a call."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from gateway.core.clock import from_text
from gateway.matching.tables import allocations, decisions
from gateway.orders.model import Delivery
from gateway.orders.tables import invoices, orders, releases, timelines
from gateway.payments.tables import deliveries, entries, payments
from gateway.store import journal
from gateway.store.schema import outbox
from gateway.tasks.tables import tasks
from gateway.warehouse.tables import backorders, pick_lines, pick_lists, reservations, stock
from tests.flows.shop import BUYER, MORNING, OTHER, TERMS, Shop


def one(rows: list) -> object:
    assert len(rows) == 1, rows
    return rows[0]


def test_a_small_paid_order_is_reserved_and_listed_at_once(shop: Shop) -> None:
    shop.goods("a4", main=10)
    order_id = shop.order("СР-101", {"a4": 2})
    taken = shop.deliver(shop.line(200_000, "Оплата по счету № СР-101 от 20.11.2026"))
    assert (taken.payments, taken.released, taken.failed) == (1, 1, 0)
    payment = one(shop.rows(payments))
    assert (payment.state, payment.outcome, payment.allocated) == ("auto", "exact", 200_000)
    assert one(shop.rows(invoices)).state == "paid"
    order = one(shop.rows(orders))
    assert (order.pay_state, order.stock_state, order.ship_state, order.headline) == (
        "paid", "reserved", "picking", "picking",
    )  # fmt: skip
    pick = one(shop.rows(pick_lists))
    assert (pick.state, pick.warehouse_id, pick.order_id, pick.qty_total) == ("new", "main", order_id, 2000)
    assert one(shop.rows(pick_lines)).qty == 2000
    balance = one(shop.rows(stock, product_id="a4", warehouse_id="main"))
    assert (balance.on_hand, balance.reserved) == (10_000, 2000)
    assert {row.topic for row in shop.rows(outbox)} == {
        "onec.payments", "onec.order_status", "onec.pick_list", "onec.call_task",
    }  # fmt: skip


def test_the_call_is_due_fifteen_minutes_after_the_banks_own_time(shop: Shop) -> None:
    shop.goods("a4", main=10)
    shop.order("СР-101", {"a4": 1}, delivery=Delivery.DELIVERY)
    line = shop.line(100_000, "По счету СР-101")
    shop.clock.advance(timedelta(minutes=4))
    shop.deliver(line)
    call = one(shop.rows(tasks, kind="call"))
    assert line.bank_time is not None
    assert from_text(call.due_at) == line.bank_time + timedelta(minutes=15)
    assert (call.reason, call.role, call.phone, call.delivery) == (
        "task.call_delivery", "manager", BUYER.phone, "delivery",
    )  # fmt: skip
    clock = one(shop.rows(timelines))
    assert from_text(clock.bank_time) == line.bank_time
    assert clock.bank_time < clock.received_at <= clock.allocated_at <= clock.pick_list_at <= clock.call_task_at


def test_money_that_comes_at_night_is_called_about_in_the_morning(shop: Shop) -> None:
    shop.goods("a4", main=10)
    shop.order("СР-101", {"a4": 1})
    shop.clock.advance(timedelta(hours=14))  # midnight in Moscow
    shop.deliver(shop.line(100_000, "По счету СР-101"))
    due = from_text(one(shop.rows(tasks, kind="call")).due_at)
    assert due == MORNING + timedelta(days=1, minutes=-45)  # 09:15 next day


def test_a_line_delivered_ten_times_counts_once(shop: Shop) -> None:
    shop.goods("a4", main=10)
    shop.order("СР-101", {"a4": 1})
    line = shop.line(100_000, "По счету СР-101")
    for number in range(10):
        shop.deliver(line, message=f"M{number}")
    assert len(shop.rows(payments)) == len(shop.rows(pick_lists)) == len(shop.rows(allocations)) == 1
    assert len(shop.rows(deliveries)) == 9


def test_the_same_message_taken_again_changes_nothing(shop: Shop) -> None:
    shop.goods("a4", main=10)
    shop.order("СР-101", {"a4": 1})
    line = shop.line(100_000, "По счету СР-101")
    shop.deliver(line, message="M1")
    with shop.store.reading() as connection:
        before = journal.head(connection)
    shop.deliver(line, message="M1")
    with shop.store.reading() as connection:
        assert journal.head(connection) == before
    assert shop.rows(deliveries) == []


def test_two_real_equal_payments_in_one_statement_both_survive(shop: Shop) -> None:
    twins = [shop.line(55_500, "Аванс", ref="", doc_no="7") for _ in range(2)]
    shop.deliver(*twins)
    assert len(shop.rows(entries)) == 2
    assert sorted(row.state for row in shop.rows(payments)) == ["duplicate", "needs_person"]
    shop.deliver(*twins, message="again")
    assert len(shop.rows(entries)) == 2


def test_the_same_document_on_another_line_goes_to_a_person(shop: Shop) -> None:
    shop.goods("a4", main=10)
    shop.order("СР-101", {"a4": 1})
    shop.deliver(shop.line(100_000, "По счету СР-101", doc_no="55"))
    shop.deliver(shop.line(100_000, "По счету СР-101", doc_no="55"))
    states = sorted(row.state for row in shop.rows(payments))
    assert states == ["auto", "duplicate"]
    assert one(shop.rows(tasks, reason="task.review_duplicate")).role == "accountant"
    assert len(shop.rows(pick_lists)) == 1


def test_a_pending_line_becomes_a_payment_when_it_is_booked(shop: Shop) -> None:
    shop.goods("a4", main=10)
    shop.order("СР-101", {"a4": 1})
    shop.deliver(shop.line(100_000, "По счету СР-101", ref="R-9", doc_no="9", status="PDNG"))
    assert shop.rows(payments) == []
    shop.deliver(shop.line(100_000, "По счету СР-101", ref="R-9", doc_no="9"))
    assert one(shop.rows(entries)).status == "BOOK"
    assert one(shop.rows(payments)).state == "auto"


def test_money_in_another_currency_is_kept_and_never_becomes_roubles(shop: Shop) -> None:
    shop.goods("a4", main=10)
    shop.order("СР-101", {"a4": 1})
    shop.deliver(shop.line(100_000, "По счету СР-101", currency="EUR"))
    assert one(shop.rows(entries)).currency == "EUR"
    assert shop.rows(payments) == []


def test_a_short_payment_is_credited_and_releases_nothing(shop: Shop) -> None:
    shop.goods("a4", main=10)
    shop.order("СР-101", {"a4": 2})
    shop.deliver(shop.line(120_000, "По счету СР-101"))
    assert one(shop.rows(payments)).outcome == "partial"
    assert one(shop.rows(invoices)).rest == 80_000
    assert one(shop.rows(orders)).headline == "part_paid"
    assert one(shop.rows(tasks, reason="task.underpaid")).role == "manager"
    assert shop.rows(pick_lists) == []
    shop.deliver(shop.line(80_000, "Доплата по счету СР-101"))
    assert one(shop.rows(pick_lists)).state == "new"
    release = one(shop.rows(releases))
    assert len(json.loads(release.payment_ids)) == 2
    assert {row.state for row in shop.rows(tasks, reason="task.underpaid")} == {"done"}


def test_an_overpayment_releases_and_the_rest_is_asked_about(shop: Shop) -> None:
    shop.goods("a4", main=10)
    shop.order("СР-101", {"a4": 2})
    shop.deliver(shop.line(230_000, "По счету СР-101"))
    payment = one(shop.rows(payments))
    assert (payment.outcome, payment.allocated, payment.amount) == ("overpaid", 200_000, 230_000)
    assert one(shop.rows(pick_lists)).state == "new"
    assert json.loads(one(shop.rows(tasks, reason="task.overpaid"))._mapping["values"])["advance"] == "300.00"


def test_an_unknown_payer_is_a_persons_business(shop: Shop) -> None:
    shop.goods("a4", main=10)
    shop.order("СР-101", {"a4": 2})
    shop.deliver(shop.line(200_000, "за товар", payer=OTHER))
    assert one(shop.rows(payments)).state == "needs_person"
    assert one(shop.rows(tasks)).reason == "task.review_payment"
    assert shop.rows(pick_lists) == []


def test_a_large_order_waits_for_the_warehouses_word(shop: Shop) -> None:
    shop.goods("a4", main=20)
    shop.order("СР-101", {"a4": 6})
    shop.deliver(shop.line(600_000, "По счету СР-101"))
    assert one(shop.rows(pick_lists)).state == "to_confirm"
    assert one(shop.rows(orders)).stock_state == "to_confirm"
    assert one(shop.rows(tasks, kind="confirm_stock")).role == "warehouse"
    assert "onec.pick_list" not in {row.topic for row in shop.rows(outbox)}


def test_a_small_order_split_over_two_warehouses_waits_too(shop: Shop) -> None:
    shop.goods("a4", main=1)
    shop.goods("a3", shop=1)
    shop.order("СР-101", {"a4": 1, "a3": 1})
    shop.deliver(shop.line(200_000, "По счету СР-101"))
    lists = shop.rows(pick_lists)
    assert [(row.state, row.warehouse_id) for row in lists] == [("to_confirm", "main"), ("to_confirm", "shop")]


def test_what_no_warehouse_has_is_put_on_back_order_and_told(shop: Shop) -> None:
    shop.goods("a4", main=1)
    shop.order("СР-101", {"a4": 3})
    shop.deliver(shop.line(300_000, "По счету СР-101"))
    assert one(shop.rows(orders)).stock_state == "short"
    assert one(shop.rows(backorders)).qty == 2000
    assert one(shop.rows(reservations)).qty == 1000
    assert one(shop.rows(tasks, kind="short")).role == "manager"
    assert one(shop.rows(tasks, kind="call")).reason == "task.call_short"


def test_the_last_piece_goes_to_one_order_only(shop: Shop) -> None:
    shop.goods("a4", main=1)
    shop.order("СР-101", {"a4": 1})
    shop.order("СР-102", {"a4": 1}, price=110_000)
    shop.deliver(shop.line(100_000, "По счету СР-101"), shop.line(110_000, "По счету СР-102"))
    assert one(shop.rows(stock, product_id="a4", warehouse_id="main")).reserved == 1000
    assert one(shop.rows(reservations)).qty == one(shop.rows(backorders)).qty == 1000


@pytest.mark.parametrize(("evidence", "released"), [("signed", 1), ("channel", 0), ("file", 0)])
def test_only_a_signature_releases_by_itself(shop: Shop, evidence: str, released: int) -> None:
    shop.goods("a4", main=10)
    shop.order("СР-101", {"a4": 1})
    taken = shop.deliver(shop.line(100_000, "По счету СР-101"), evidence=evidence)
    assert taken.released == released
    assert len(shop.rows(pick_lists)) == released
    waiting = shop.rows(tasks, reason="task.confirm_release")
    assert len(waiting) == 1 - released


def test_an_unsigned_channel_releases_where_the_banks_profile_says_so(shop: Shop) -> None:
    from dataclasses import replace

    shop.goods("a4", main=10)
    shop.order("СР-101", {"a4": 1})
    terms = replace(TERMS, accepts_channel=True)
    assert shop.deliver(shop.line(100_000, "По счету СР-101"), evidence="channel", terms=terms).released == 1


def test_nothing_is_released_until_somebody_switches_it_on(tmp_path) -> None:
    shop = Shop(tmp_path, automatic=False)
    shop.goods("a4", main=10)
    shop.order("СР-101", {"a4": 1})
    assert shop.deliver(shop.line(100_000, "По счету СР-101")).released == 0
    assert one(shop.rows(payments)).state == "auto"
    task = one(shop.rows(tasks, reason="task.confirm_release"))
    assert json.loads(task._mapping["values"])["failed"] == "switched_on"
    shop.close()


def test_every_decision_keeps_its_reasons(shop: Shop) -> None:
    shop.goods("a4", main=10)
    shop.order("СР-101", {"a4": 1})
    shop.deliver(shop.line(100_000, "По счету СР-101"))
    decision = one(shop.rows(decisions))
    reasons = json.loads(decision.reasons)
    assert reasons and all(r["code"].startswith("matching.") for r in reasons)
    assert any(r["span"] for r in reasons)


def test_an_order_is_told_to_1c_once_a_unit_as_it_stands_at_the_end(shop: Shop) -> None:
    shop.goods("a4", main=10)
    shop.order("СР-101", {"a4": 2})
    shop.deliver(shop.line(120_000, "По счету СР-101"), shop.line(80_000, "Доплата по счету СР-101"))
    told = [json.loads(r.payload) for r in shop.rows(outbox, topic="onec.order_status")]
    assert [t["order"]["headline"] for t in told] == ["picking"]
    assert sum(p["kopecks"] for p in told[0]["payments"]) == 200_000


def test_a_broken_line_does_not_hold_up_its_neighbours(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    from gateway.core.errors import Refused
    from gateway.flows import paid_to_pick
    from gateway.store.schema import alarms

    shop.goods("a4", main=10)
    shop.order("СР-101", {"a4": 1})
    real = paid_to_pick.decide_payment

    def breaks_once(unit, terms, payment_id):
        monkeypatch.setattr(paid_to_pick, "decide_payment", real)
        raise Refused("order.unknown", id="x")

    monkeypatch.setattr(paid_to_pick, "decide_payment", breaks_once)
    first, second = shop.line(70_000, "непонятно"), shop.line(100_000, "По счету СР-101")
    taken = shop.deliver(first, second, message="M1")
    assert (taken.failed, taken.released) == (1, 1)
    assert len(shop.rows(payments)) == 1
    assert one(shop.rows(alarms, code="line.failed")).state == "open"
    shop.deliver(first, second, message="M1")
    assert len(shop.rows(payments)) == 2
