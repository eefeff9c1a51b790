"""Goods come back before the lender's money: he pays all of it, less by a line below zero, or less in one sum."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from gateway.core.money import Money
from gateway.flows import by_hand
from gateway.loans import returns
from gateway.loans.tables import events as loan_events
from gateway.loans.tables import returns as return_rows
from gateway.matching import service as matching
from gateway.orders.tables import invoices
from gateway.store.schema import AnyRow
from tests.flows.loan_books import Books
from tests.flows.loan_totals import loan_totals
from tests.flows.shop import ACCOUNTANT
from tests.flows.test_loan_money import FEE, T
from tests.loans.house import COMPANY

PRICE = 1_000_000
"""Of the goods that come back."""
BACK = returns.share(Money(PRICE), Money(T), Money(500_000), Money.zero()).to_lender.kopecks
NET = T - BACK


@pytest.fixture
def books(tmp_path: Path) -> Iterator[Books]:
    made = Books(tmp_path)
    yield made
    made.house.close()


def owes(books: Books, row: AnyRow) -> tuple[int, int, str]:
    """What the lender owes, what of it he has not paid, and the state of that."""
    found = books.one(select(invoices).where(invoices.c.id == row.invoice_id))
    return found.amount, found.rest, found.state


def adds_up(books: Books, row: AnyRow) -> None:
    """The register holds the transfer less what came back with its fee, and so much of the lender's money is here."""
    back = books.every_row(select(return_rows).where(return_rows.c.agreement_id == row.id))
    fee_back = sum(one.fee_back for one in back)
    lines = [line for line in books.lines() if line.document == row.number]
    assert sum(line.gross for line in lines) == NET == T - sum(one.to_lender for one in back)
    assert sum(line.fee for line in lines) == FEE - fee_back > 0
    assert sum(line.net for line in lines) == NET - (FEE - fee_back)
    apart = sum(one.to_lender for one in back if not one.netted)
    assert books.row(row.id).received - apart == NET
    with books.house.store.reading() as connection:
        assert loan_totals(connection, COMPANY).add_up


def last_event(books: Books, row: AnyRow, kind: str) -> dict[str, str]:
    query = select(loan_events).where(loan_events.c.application_id == row.application_id, loan_events.c.kind == kind)
    told: dict[str, str] = json.loads(books.every_row(query.order_by(loan_events.c.id))[-1]._mapping["values"])
    return told


@pytest.mark.parametrize("when", ["before the money", "between two parts", "after the money"])
@pytest.mark.parametrize("how", ["in one sum", "by a line below zero", "in full"])
def test_what_came_back_is_the_lenders_once_however_he_takes_it(books: Books, how: str, when: str) -> None:
    row = books.loan("КД-101")
    books.paper_accepted(row)
    left = T
    if when == "between two parts":
        books.paid_for(("КД-101", T // 2))
        left -= T // 2
    if when == "after the money":
        books.paid_for(("КД-101", NET if how == "in one sum" else T))
    one = books.gives_back(row, PRICE)
    lines = {"in one sum": [left - BACK], "by a line below zero": [left, -BACK], "in full": [left]}[how]
    if when != "after the money":
        books.paid_for(*(("КД-101", kopecks) for kopecks in lines))
    elif how == "by a line below zero":
        books.loan("КД-102")
        books.paid_for(("КД-102", T), ("КД-101", -BACK))
    books.round()
    assert len(books.orders("draft")) == (how == "in full")
    books.paid_out()
    told = books.returned(one)
    assert (books.row(row.id).funding, told.to_lender, bool(told.executed_at)) == ("received", BACK, True)
    assert (bool(told.kept_by), bool(told.payment_order_id)) == (how != "in full", how == "in full")
    assert owes(books, row) == ((NET if how == "in one sum" else T), 0, "paid")
    assert not books.tasks("task.underpaid") and books.alarms() == []
    adds_up(books, row)
    books.month_end()
    books.paid_out()
    assert books.application(row).state == "closed"


@pytest.mark.parametrize("off", [-1, 1, -PRICE, BACK - 1])
def test_a_sum_that_is_neither_all_nor_less_the_returns_is_held_with_the_difference(books: Books, off: int) -> None:
    row = books.loan("КД-101")
    one = books.gives_back(row, PRICE)
    books.paid_for(("КД-101", NET + off))
    books.round()
    assert (books.row(row.id).funding, books.lines(), books.orders()) == ("partly", [], [])
    assert books.returned(one).executed_at is None and owes(books, row) == (T, BACK - off, "open")
    told = last_event(books, row, "money_neither")
    assert (told["short"], told["back"], told["differs"]) == tuple(str(Money(k)) for k in (BACK - off, BACK, off))
    books.paid_for(("КД-101", -off if off < 0 else BACK - off))
    books.round()
    books.paid_out()
    assert bool(books.returned(one).netted) == (off < 0)
    adds_up(books, row)


def test_of_two_returns_he_keeps_the_one_he_knew_of(books: Books) -> None:
    row = books.loan("КД-101")
    first = books.gives_back(row, PRICE)
    books.paid_for(("КД-101", NET))
    second = books.gives_back(row, PRICE // 3)
    books.round()
    assert [books.returned(one).netted for one in (first, second)] == [1, 0]
    [order_id] = books.orders("draft")
    assert books.order(order_id).amount == books.returned(second).to_lender
    assert sum(gross for gross, _, _ in books.told()) == NET - books.returned(second).to_lender


def test_he_does_not_keep_it_twice(books: Books) -> None:
    """A line less by the return, and a line below zero for it besides: what is missing then is shown."""
    row = books.loan("КД-101")
    one = books.gives_back(row, PRICE)
    books.paid_for(("КД-101", NET), ("КД-101", -BACK))
    books.round()
    assert (books.row(row.id).funding, books.lines()) == ("partly", [])
    assert (bool(books.returned(one).kept_by), books.returned(one).netted) == (True, 0)


def test_the_bank_takes_the_lesser_sum_back_and_he_pays_all(books: Books) -> None:
    row = books.loan("КД-101")
    one = books.gives_back(row, PRICE)
    books.taken_back(books.paid_for(("КД-101", NET)))
    told = books.returned(one)
    assert (books.row(row.id).funding, owes(books, row)) == ("reversed", (T, T, "open"))
    assert (told.executed_at, told.kept_by, told.netted) == (None, None, 0)
    assert sum(net for _, _, net in books.told()) == 0
    books.paid_for(("КД-101", T))
    books.round()
    assert len(books.orders("draft")) == 1
    adds_up(books, row)


def test_a_person_credits_the_lesser_sum_and_takes_it_back(books: Books) -> None:
    row = books.loan("КД-101")
    one = books.gives_back(row, PRICE)
    payment = books.lump(99, NET)
    pairs = [(row.invoice_id, Money(NET))]
    books.house.do(ACCOUNTANT, lambda u: by_hand.allocate(u, books.flow, payment, pairs, "звонил банк"))
    assert books.row(row.id).funding == "received" and books.returned(one).kept_by == payment
    adds_up(books, row)
    last = books.house.do(ACCOUNTANT, lambda u: matching.last_decision(u, payment))
    assert last is not None
    books.house.do(ACCOUNTANT, lambda u: by_hand.undo(u, books.flow, last.id))
    assert books.returned(one).executed_at is None and owes(books, row) == (T, T, "open")


@pytest.mark.parametrize("pays", [NET, T])
def test_a_person_says_nothing_goes_back_and_the_lender_pays(books: Books, pays: int) -> None:
    row = books.loan("КД-101")
    one = books.gives_back(row, PRICE)
    books.house.do(ACCOUNTANT, lambda u: returns.waive(u, one, "банк заплатит меньше"))
    assert books.returned(one).executed_at is not None and books.row(row.id).funding == "expected"
    books.paid_for(("КД-101", pays))
    books.round()
    told = books.returned(one)
    assert (told.netted, bool(told.executed_at)) == ((1, True) if pays == NET else (0, False))
    assert len(books.orders("draft")) == (pays == T)
    adds_up(books, row)
