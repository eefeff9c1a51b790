"""One line for many payments: with sums, without, with charges, and told twice."""

from __future__ import annotations

import pytest

from gateway.matching.tables import decisions
from gateway.orders.tables import orders
from gateway.payments.tables import entries, payments
from tests.flows.desk import Desk, camt, ntry, tx
from tests.flows.shop import Shop
from tests.flows.test_paid_to_pick import one

DETAILS = tx(32_956, ref="D1", purpose="По счету СР-1", payer="40702810500000000001") + tx(
    10_000, ref="D2", purpose="По счету СР-2", payer="40702810500000000002"
)
WHOLE = ntry(42_956, ref="BATCH", purpose="Реестр")
DETAILED = ntry(42_956, ref="BATCH", details=DETAILS)
SUMS = [32_956, 10_000]


def test_the_total_repeated_in_each_payment_is_no_sum_of_theirs(shop: Shop) -> None:
    """OCA bank-statement-import #157: 429.56 twice instead of 329.56 and 100."""
    desk = Desk(shop)
    repeated = tx(42_956, purpose="раз") + tx(42_956, purpose="два")
    desk.send(camt("camt.053", ntry(42_956, ref="BATCH", details=repeated), id="S1"))
    assert desk.payments() == [(42_956, "needs_person")]
    assert "details_unbalanced" in one(shop.rows(entries)).warnings


def test_payments_without_sums_stay_one_line_for_a_person(shop: Shop) -> None:
    desk = Desk(shop)
    silent = tx(None, purpose="раз") + tx(None, purpose="два")
    desk.send(camt("camt.053", ntry(42_956, ref="BATCH", details=silent), id="S1"))
    assert desk.payments() == [(42_956, "needs_person")]
    assert "details_without_amounts" in one(shop.rows(entries)).warnings


def test_charges_taken_out_of_a_batch_do_not_make_money(shop: Shop) -> None:
    """OCA bank-statement-import #976: the payments add up to more than the line."""
    desk = Desk(shop)
    desk.send(camt("camt.053", ntry(42_900, ref="BATCH", details=DETAILS), id="S1"))
    assert desk.payments() == [(42_900, "needs_person")]


@pytest.mark.parametrize("order", [(WHOLE, DETAILED), (DETAILED, WHOLE)], ids=["whole first", "payments first"])
def test_a_batch_and_its_payments_are_the_same_money(shop: Shop, order: tuple[str, str]) -> None:
    """alyf banking #332: the notification with the payments came after the statement."""
    desk = Desk(shop)
    for number, line in enumerate(order * 2):
        kind = "camt.053" if line is WHOLE else "camt.054"
        desk.send(camt(kind, line, id=f"M{number}"))
    assert desk.credited() == 42_956
    counted = [row.amount for row in shop.rows(payments) if row.outcome != "detailed"]
    assert sorted(counted) == sorted(SUMS)


def test_the_payments_of_a_batch_pay_their_orders_when_they_come(shop: Shop) -> None:
    shop.goods("a4", main=10)
    shop.order("СР-1", {"a4": 1}, price=32_956)
    desk = Desk(shop)
    desk.send(camt("camt.053", WHOLE, id="S1"))
    assert one(shop.rows(orders)).headline == "unpaid"
    desk.send(camt("camt.054", DETAILED, id="N1"))
    assert one(shop.rows(orders)).headline == "picking"
    whole = one([row for row in shop.rows(payments) if row.amount == 42_956])
    assert (whole.state, whole.outcome) == ("not_ours", "detailed")
    assert [row.outcome for row in shop.rows(decisions, payment_id=whole.id)][-1] == "detailed"


def test_payments_of_a_batch_somebody_has_worked_on_are_kept_and_no_money(shop: Shop) -> None:
    """The whole was matched already; its payments, coming later, are lines to look at."""
    shop.goods("a4", main=10)
    shop.order("СР-1", {"a4": 1}, price=42_956)
    desk = Desk(shop)
    desk.send(camt("camt.053", ntry(42_956, ref="BATCH", purpose="По счету СР-1"), id="S1"))
    assert one(shop.rows(payments)).state == "auto"
    desk.send(camt("camt.054", DETAILED, id="N1"))
    assert desk.payments() == [(42_956, "auto")]
    assert len(desk.entries()) == 3


def test_money_in_and_out_is_told_by_the_indicator_and_nothing_else(shop: Shop) -> None:
    """firefly-iii data importer #10498: every row became a withdrawal."""
    desk = Desk(shop)
    desk.send(camt("camt.053", ntry(100, ref="in"), ntry(200, ref="out", incoming=False), id="S1"))
    directions = {row.ref: row.direction for row in shop.rows(entries)}
    assert directions == {"in": "in", "out": "out"}
    assert desk.payments() == [(100, "needs_person")]


def test_a_reversal_has_the_sign_of_the_money_it_moves(shop: Shop) -> None:
    """OCA bank-statement-import #375: RvslInd turned the sign round a second time."""
    desk = Desk(shop)
    received, sent = ntry(100, ref="A"), ntry(300, ref="B", incoming=False)
    undone = ntry(100, ref="C", incoming=False, reversal=True, original="A")
    returned = ntry(300, ref="D", incoming=True, reversal=True, original="B")
    desk.send(camt("camt.053", received, sent, undone, returned, id="S1", opening=0, closing=0))
    rows = {row.ref: (row.direction, row.reversal) for row in shop.rows(entries)}
    assert rows == {"A": ("in", 0), "B": ("out", 0), "C": ("out", 1), "D": ("in", 1)}
    assert desk.payments() == [(100, "reversed")]
