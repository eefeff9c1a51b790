"""A lender's lump payment funds its agreements to the kopeck, and what takes it back unfunds them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from gateway.core.money import Money
from gateway.core.vat import VatKind
from gateway.flows import by_hand, loan_release
from gateway.loans.model import SigningWay
from gateway.loans.papers import GoodsState
from gateway.loans.terms import ShopDue
from gateway.matching import service as matching
from gateway.payments.tables import payments
from tests.flows.loan_books import Books
from tests.flows.shop import ACCOUNTANT

T = 4_099_000  # transfer of one loan; the fee is 2.5 % of it
FEE = 102_475
TOMORROW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


@pytest.fixture
def books(tmp_path: Path) -> Iterator[Books]:
    made = Books(tmp_path)
    yield made
    made.house.close()


def funding(books: Books, agreement_id: str) -> tuple[str, int]:
    row = books.row(agreement_id)
    return row.funding, row.received


def test_one_lump_payment_funds_every_agreement_of_its_registry(books: Books) -> None:
    first, second = books.loan("КД-101"), books.loan("КД-102", view={"discount": Money(99_000)})
    payment = books.paid_for(("КД-101", T), ("КД-102", T - 99_000))
    assert funding(books, first.id) == ("received", T)
    assert funding(books, second.id) == ("received", T - 99_000)
    assert books.told() == [(T, FEE, T - FEE), (T - 99_000, FEE - 2475, T - FEE - 96_525)]
    line, _ = books.lines()
    assert (line.source_event, line.payment_id, line.document) == (f"loan:{first.id}:funded", payment, "КД-101")
    assert line.vat == Money(FEE).vat_inside(22).kopecks
    assert books.application(first).stage == "original"
    assert books.kinds(first)[-2:] == ["money_received", "shop_due"]
    assert first.funded_at is None and books.row(first.id).funded_at is not None


def test_the_registry_may_come_after_the_money(books: Books) -> None:
    row = books.loan("КД-101")
    payment = books.lump(1, T)
    assert funding(books, row.id) == ("expected", 0)
    books.announced(("КД-101", T))
    assert funding(books, row.id) == ("received", T)
    assert books.lines()[0].payment_id == payment


@pytest.mark.parametrize(
    ("rows", "paid", "reason"),
    [
        ((("КД-101", T),), T - 1, "matching.registry_differs"),
        ((("КД-101", T + 1),), T + 1, "matching.registry_above"),
        ((("КД-101", T), ("КД-909", 100)), T + 100, "matching.registry_line"),
        ((("КД-101", T), ("КД-101", -100)), T - 100, "matching.registry_refund"),
    ],
    ids=["another sum", "a line above the transfer", "an unknown agreement", "kept for no return"],
)
def test_what_does_not_add_up_waits_with_the_difference(
    books: Books, rows: tuple[tuple[str, int], ...], paid: int, reason: str
) -> None:
    row = books.loan("КД-101")
    payment = books.lump(books.announced(*rows), paid)
    assert books.last_payment().state == "needs_person"
    assert reason in books.reasons(payment)
    assert funding(books, row.id) == ("expected", 0) and books.lines() == []


def test_a_line_below_the_transfer_is_part_of_it_and_shows_what_is_missing(books: Books) -> None:
    row = books.loan("КД-101")
    books.paid_for(("КД-101", T - 500))
    assert funding(books, row.id) == ("partly", T - 500) and books.lines() == []
    assert books.kinds(row)[-1] == "money_partly"
    assert books.tasks("task.underpaid")
    last = books.paid_for(("КД-101", 500))
    assert funding(books, row.id) == ("received", T)
    assert [line.payment_id for line in books.lines()] == [last]


def test_money_a_file_tells_of_is_shown_and_owes_the_shop_nothing_until_it_is_proved(books: Books) -> None:
    row = books.loan("КД-101")
    number = books.announced(("КД-101", T))
    books.lump(number, T, evidence="file")
    assert funding(books, row.id) == ("received", T)
    assert books.lines() == []
    payment = books.last_payment()
    books.house.do(ACCOUNTANT, lambda u: by_hand.confirm_release(u, books.flow, payment.id, "видела в банке"))
    assert books.told() == [(T, FEE, T - FEE)]


def test_a_storno_takes_back_funding_goods_and_the_shops_share(books: Books) -> None:
    row = books.loan("КД-101", SigningWay.BRANCH, handed_over=False)
    books.house.later(days=3)
    payment = books.paid_for(("КД-101", T))
    assert books.row(row.id).goods == GoodsState.RELEASED
    assert books.told() == [(T, FEE, T - FEE)]
    books.taken_back(payment)
    assert funding(books, row.id) == ("reversed", 0)
    assert books.row(row.id).goods == GoodsState.HELD and books.row(row.id).funded_at is None
    assert books.told()[1:] == [(-T, -FEE, FEE - T)]
    assert [task.role for task in books.tasks("task.loan_money_reversed")] == ["accountant"]
    again = books.paid_for(("КД-101", T))
    assert funding(books, row.id) == ("received", T)
    assert [line.source_event for line in books.lines()] == [
        f"loan:{row.id}:funded", f"loan:{row.id}:unfunded:1", f"loan:{row.id}:funded:2",
    ]  # fmt: skip
    assert books.lines()[-1].payment_id == again and not books.tasks("task.loan_money_reversed")


def test_a_person_assigns_takes_back_and_assigns_anew(books: Books) -> None:
    first, second = books.loan("КД-101"), books.loan("КД-102")
    payment = books.paid_for(("КД-101", T))
    decision = books.one(select(payments).where(payments.c.id == payment))
    assert decision.state == "auto"
    pairs = [(second.invoice_id, Money(T))]
    books.house.do(ACCOUNTANT, lambda u: by_hand.allocate(u, books.flow, payment, pairs, "перепутал номер"))
    assert (funding(books, first.id), funding(books, second.id)) == (("reversed", 0), ("received", T))
    assert sum(net for _, _, net in books.told()) == T - FEE
    assert books.lines()[-1].subject == f"loan_agreement:{second.id}"


def test_what_was_decided_is_taken_back(books: Books) -> None:
    row = books.loan("КД-101")
    payment = books.paid_for(("КД-101", T))
    last = books.house.do(ACCOUNTANT, lambda u: matching.last_decision(u, payment))
    assert last is not None
    books.house.do(ACCOUNTANT, lambda u: by_hand.undo(u, books.flow, last.id))
    assert funding(books, row.id) == ("reversed", 0) and sum(net for _, _, net in books.told()) == 0


def test_money_within_the_cooling_off_period_waits_for_its_end(books: Books) -> None:
    """The buyer may still decline at no cost, and the lender would want his money back."""
    row = books.loan("КД-101", SigningWay.BRANCH, handed_over=False, view={"cooling_until": TOMORROW})
    books.paid_for(("КД-101", T))
    assert funding(books, row.id) == ("received", T) and books.lines() == []
    books.house.later(days=2)
    loan_release.release_due(books.house.store, books.flow, books.terms)
    assert books.told() == [(T, FEE, T - FEE)] and books.round() == 0


@pytest.mark.parametrize("due", list(ShopDue))
def test_the_moment_a_share_is_owed_is_the_companys_to_choose(books: Books, due: ShopDue) -> None:
    books.with_terms(replace(books.terms, shop_due=due))
    row = books.loan("КД-101", handed_over=False)
    books.paid_for(("КД-101", T))
    assert len(books.lines()) == (due is ShopDue.FUNDED)
    assert books.round() == 0
    books.hand_over(row)
    books.round()
    assert len(books.lines()) == 1


def test_a_rate_nobody_has_chosen_holds_up_the_share_and_not_the_money(books: Books) -> None:
    simplified = replace(books.terms, vat=VatKind.SIMPLIFIED)
    books.with_terms(simplified)
    row = books.loan("КД-101")
    books.paid_for(("КД-101", T))
    assert funding(books, row.id) == ("received", T)
    assert (books.lines(), books.alarms()) == ([], ["loan.shop_not_settled"])
    books.with_terms(replace(simplified, vat_percent=5))
    books.round()
    assert [line.vat for line in books.lines()] == [Money(FEE).vat_inside(5).kopecks] and books.alarms() == []


def test_our_own_shop_is_owed_nothing_and_its_loan_ends_with_the_money(books: Books) -> None:
    books.shop_may(own=1)
    row = books.loan("КД-101")
    books.paper_accepted(row)
    books.paid_for(("КД-101", T))
    assert books.lines() == [] and books.application(row).state == "closed"


def test_without_loans_among_the_terms_nothing_is_looked_at(books: Books) -> None:
    row = books.loan("КД-101")
    books.flow = replace(books.flow, loans=None)
    books.paid_for(("КД-101", T))
    assert funding(books, row.id) == ("expected", 0)
