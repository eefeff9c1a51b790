"""A loan was closed, and its money goes: the application waits for it again, and the shop pays back what it has had."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from gateway.flows import by_hand
from gateway.loans import ageing, funding
from gateway.loans.ageing import Gap
from gateway.matching import service as matching
from gateway.store.schema import AnyRow
from tests.flows.loan_books import Books
from tests.flows.shop import ACCOUNTANT
from tests.flows.test_loan_money import FEE, T
from tests.loans.house import COMPANY

Goes = Callable[[Books, str], None]


@pytest.fixture
def books(tmp_path: Path) -> Iterator[Books]:
    made = Books(tmp_path)
    yield made
    made.house.close()


def closed(books: Books) -> tuple[AnyRow, str]:
    """A loan whose shop has its money; with the lender's payment."""
    row = books.loan("КД-101")
    books.paper_accepted(row)
    payment_id = books.paid_for(("КД-101", T))
    books.month_end()
    books.paid_out()
    assert (books.application(row).state, books.application(row).stage) == ("closed", "done")
    return row, payment_id


def taken_back(books: Books, payment_id: str) -> None:
    books.taken_back(payment_id)


def undone(books: Books, payment_id: str) -> None:
    last = books.house.do(ACCOUNTANT, lambda u: matching.last_decision(u, payment_id))
    assert last is not None
    books.house.do(ACCOUNTANT, lambda u: by_hand.undo(u, books.flow, last.id))


def without_money(books: Books) -> list[str]:
    with books.house.store.reading() as connection:
        now = books.house.clock.now()
        return [one.number for one in ageing.listed(connection, COMPANY, books.terms, now, Gap.MONEY).items]


@pytest.mark.parametrize("goes", [taken_back, undone])
def test_a_closed_application_waits_for_its_money_again(books: Books, goes: Goes) -> None:
    row, payment_id = closed(books)
    assert without_money(books) == []
    goes(books, payment_id)
    now = books.application(row)
    assert (now.state, now.stage, now.ended_at) == ("active", "money", None)
    assert (books.kinds(row)[-2:], without_money(books)) == (["reopened", "shop_not_due"], ["КД-101"])
    assert [task.role for task in books.tasks(funding.REVERSED_PAID_TASK)] == ["accountant"]
    assert books.told() == [(T, FEE, T - FEE), (-T, -FEE, FEE - T)]
    books.round()
    assert books.application(row).state == "active"


def test_what_the_shop_was_paid_is_carried_into_its_next_statement_and_kept_from_the_next_loan(books: Books) -> None:
    row, payment_id = closed(books)
    other = books.loan("КД-102")
    books.paper_accepted(other)
    books.taken_back(payment_id)
    books.house.later(days=1)
    assert books.month_end() == []  # the shop owes: nothing is paid, the sum is carried
    books.house.later(days=1)
    for number in ("КД-102", "КД-101"):
        books.paid_for((number, T))
    books.round()
    again = books.application(row)
    assert (again.state, again.stage, books.tasks(funding.REVERSED_PAID_TASK)) == ("active", "shop", [])
    [order_id] = books.month_end()
    assert books.order(order_id).amount == T - FEE  # two loans, less what it has had
    books.paid_out()
    assert {books.application(one).state for one in (row, other)} == {"closed"}
    assert books.paid_to_shops() == 2 * (T - FEE)


def test_a_part_that_goes_opens_it_too(books: Books) -> None:
    row = books.loan("КД-101")
    books.paper_accepted(row)
    books.paid_for(("КД-101", T - 500))
    last = books.paid_for(("КД-101", 500))
    books.month_end()
    books.paid_out()
    books.taken_back(last)
    now = books.application(row)
    assert (now.state, now.stage, books.row(row.id).funding) == ("active", "money", "partly")
    books.paid_for(("КД-101", 500))
    assert books.application(row).stage == "shop"


def test_our_own_shops_loan_opens_and_closes_with_its_money(books: Books) -> None:
    books.shop_may(own=1)
    row = books.loan("КД-101")
    books.paper_accepted(row)
    payment_id = books.paid_for(("КД-101", T))
    assert books.application(row).state == "closed"
    books.taken_back(payment_id)
    assert (books.application(row).state, books.application(row).stage) == ("active", "money")
    books.paid_for(("КД-101", T))
    assert books.application(row).state == "closed"
