"""Banks' ids: made anew, used again, shared by several payments, or the same for all."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from gateway.flows.terms import Terms
from gateway.payments.tables import entries, payments
from gateway.tasks.tables import tasks
from tests.flows.desk import DAY, Desk, camt, ntry, tx
from tests.flows.shop import TERMS, Shop
from tests.flows.test_paid_to_pick import one

UNSTABLE = replace(TERMS, ids_unstable=True)
YEARLY = replace(TERMS, ids_restart_yearly=True)
LAST_YEAR, THIS_YEAR = date(2025, 12, 29), date(2026, 11, 23)


def test_a_bank_that_makes_new_ids_doubles_nothing(shop: Shop) -> None:
    """actual #8830: the bank re-issued the ids of a whole month."""
    desk = Desk(shop, UNSTABLE)
    first = [ntry(10_000 * n, ref=f"OLD{n}", doc_no=str(n)) for n in range(1, 6)]
    again = [ntry(10_000 * n, ref=f"NEW{n}", doc_no=str(n)) for n in range(1, 6)]
    desk.send(camt("camt.053", *first, id="S1"))
    desk.send(camt("camt.053", *again, id="S1"))
    assert len(desk.entries()) == len(desk.payments()) == 5


def test_new_ids_of_two_equal_payments_leave_two(shop: Shop) -> None:
    desk = Desk(shop, UNSTABLE)
    desk.send(camt("camt.053", ntry(10_000, ref="OLD1"), ntry(10_000, ref="OLD2"), id="S1"))
    desk.send(camt("camt.053", ntry(10_000, ref="NEW1"), ntry(10_000, ref="NEW2"), id="S1"))
    assert [amount for amount, _ in desk.payments()] == [10_000, 10_000]


def test_new_ids_from_a_bank_that_keeps_its_ids_go_to_a_person(shop: Shop) -> None:
    """The profile promised otherwise, so these are two lines; but one order pays once."""
    desk = Desk(shop)
    desk.send(camt("camt.053", ntry(10_000, ref="OLD", doc_no="7"), id="S1"))
    desk.send(camt("camt.053", ntry(10_000, ref="NEW", doc_no="7"), id="S1"))
    assert desk.payments() == [(10_000, "needs_person"), (10_000, "duplicate")]
    assert desk.credited() == 10_000


def test_one_id_for_all_operations_loses_none(shop: Shop) -> None:
    """Banks whose AcctSvcrRef is a constant, or the day's number: equal sums of two days are two payments."""
    desk = Desk(shop, UNSTABLE)
    for day in (21, 22, 23):
        on = date(2026, 11, day)
        for _ in range(2):  # each told twice
            desk.send(camt("camt.053", ntry(10_000, ref="0", day=on, doc_no=str(day)), id=f"S{day}", on=on))
    assert [amount for amount, _ in desk.payments()] == [10_000] * 3


def test_several_payments_under_one_id_are_all_there(shop: Shop) -> None:
    """OCA bank-statement-import #475: several TxDtls share one AcctSvcrRef."""
    desk = Desk(shop)
    details = "".join(tx(k, ref="SAME", purpose=f"часть {i}") for i, k in enumerate((5_000, 7_000, 5_000)))
    for number in range(2):
        desk.send(camt("camt.053", ntry(17_000, ref="SAME", details=details), id=f"S{number}"))
    assert sorted(amount for amount, _ in desk.payments()) == [5_000, 5_000, 7_000]


def test_a_statement_id_that_comes_back_next_year_hides_nothing(shop: Shop) -> None:
    """OCA bank-statement-import #65: a statement of an id seen before was skipped whole."""
    desk = Desk(shop)
    for day, ref in ((LAST_YEAR, "A"), (THIS_YEAR, "B")):
        desk.send(camt("camt.053", ntry(10_000, ref=ref, day=day), id="001", number="1", on=day))
    assert len(desk.payments()) == 2


def test_ids_used_again_each_year_are_two_payments(shop: Shop) -> None:
    desk = Desk(shop, YEARLY)
    for day in (LAST_YEAR, THIS_YEAR, THIS_YEAR):
        desk.send(camt("camt.053", ntry(10_000, ref="5", day=day), id="S", on=day))
    assert len(desk.payments()) == 2


def storno(day: date, *, original: str = "5", payer: str = "40702810500000000077") -> str:
    return ntry(10_000, ref="ST", day=day, incoming=False, reversal=True, original=original, payer=payer)


@pytest.mark.parametrize("terms", [TERMS, YEARLY], ids=["stable", "yearly"])
def test_a_storno_of_last_year_takes_nothing_back_this_year(shop: Shop, terms: Terms) -> None:
    desk = Desk(shop, terms)
    desk.send(camt("camt.053", storno(date(2025, 12, 30)), id="S1", on=date(2025, 12, 30)))
    desk.send(camt("camt.053", ntry(10_000, ref="5", day=THIS_YEAR), id="S2", on=THIS_YEAR))
    assert desk.payments() == [(10_000, "needs_person")]


def test_a_storno_finds_the_payment_of_its_own_year(shop: Shop) -> None:
    desk = Desk(shop, YEARLY)
    for day in (LAST_YEAR, THIS_YEAR):
        desk.send(camt("camt.053", ntry(10_000, ref="5", day=day), id="S", on=day))
    desk.send(camt("camt.053", storno(date(2026, 11, 24)), id="S3", on=date(2026, 11, 24)))
    states = {entry.booked: row.state for entry in shop.rows(entries) for row in shop.rows(payments, id=entry.id)}
    assert states == {"2025-12-29": "needs_person", "2026-11-23": "reversed"}


def test_a_storno_that_may_mean_either_of_two_goes_to_a_person(shop: Shop) -> None:
    desk = Desk(shop)
    details = tx(5_000, ref="SAME") + tx(5_000, ref="SAME")
    desk.send(camt("camt.053", ntry(10_000, ref="SAME", details=details), id="S1"))
    desk.send(camt("camt.054", ntry(5_000, incoming=False, reversal=True, original="SAME"), id="N1"))
    assert [state for _, state in desk.payments()].count("reversed") == 0
    assert one(shop.rows(tasks, reason="task.reversal_unknown")).role == "accountant"


def test_each_storno_takes_back_one_payment_only(shop: Shop) -> None:
    """A storno that has done its work does not reach for the next payment under the same id."""
    desk = Desk(shop)
    desk.send(camt("camt.053", ntry(10_000, ref="5"), id="S1"))
    desk.send(camt("camt.053", storno(DAY), id="S2"))
    twin = ntry(10_000, ref="5")
    desk.send(camt("camt.053", twin, twin, id="S3"))
    assert [state for _, state in desk.payments()] == ["reversed", "needs_person"]
