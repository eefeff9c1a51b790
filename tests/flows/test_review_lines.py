"""Odd lines of a statement: each keeps its own proof, and none passes unseen."""

from __future__ import annotations

from dataclasses import replace

from gateway.core.money import Money
from gateway.orders.tables import orders
from gateway.payments.tables import entries, payments
from gateway.tasks.tables import tasks
from gateway.warehouse.tables import pick_lists
from tests.flows.shop import Shop
from tests.flows.test_paid_to_pick import one


def test_a_line_is_proved_by_the_message_that_booked_it(shop: Shop) -> None:
    shop.goods("a4", main=10)
    shop.order("СР-101", {"a4": 1})
    early = shop.line(100_000, "По счету СР-101", ref="R-9", doc_no="9", status="PDNG")
    shop.deliver(early, evidence="signed")
    booked = replace(early, status="BOOK", warnings=("date_unreadable",))
    shop.deliver(booked, evidence="file", message="FILE")
    entry = one(shop.rows(entries))
    assert (entry.message_id, entry.evidence, entry.warnings) == ("FILE", "file", '["date_unreadable"]')
    assert one(shop.rows(orders)).headline == "paid"
    assert shop.rows(pick_lists) == []


def test_incoming_money_that_is_no_payment_is_shown_to_a_person(shop: Shop) -> None:
    foreign = shop.line(100_000, "Invoice 7", currency="EUR")
    unreadable = replace(shop.line(1, "По счету СР-101"), amount=Money(0), warnings=("amount_unreadable",))
    early = shop.line(55_500, "Аванс", status="PDNG")
    shop.deliver(foreign, unreadable, early)
    shop.deliver(foreign, unreadable, early, message="again")
    assert shop.rows(payments) == []
    assert [row.role for row in shop.rows(tasks, reason="task.strange_money")] == ["accountant", "accountant"]
