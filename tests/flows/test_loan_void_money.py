"""A lender's money for an agreement that came to nothing goes back by a payment order two people sign."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import select

from gateway.core.authority import SERVICE
from gateway.flows import loan_release
from gateway.loans import ending, returns, signing
from gateway.loans.ending import By
from gateway.loans.reasons import EndReason
from gateway.loans.tables import returns as return_rows
from gateway.payments.outgoing.model import OrderEvent
from gateway.store import Unit
from gateway.store.schema import AnyRow
from tests.flows.loan_books import Books
from tests.flows.shop import ACCOUNTANT
from tests.flows.test_loan_money import T
from tests.loans.house import MANAGER

VOID_TASK = "task.loan_money_void"


@pytest.fixture
def books(tmp_path: Path) -> Iterator[Books]:
    made = Books(tmp_path)
    yield made
    made.house.close()


def called_off(books: Books, number: str = "КД-101", pays: int = T) -> tuple[AnyRow, str]:
    """An agreement that came to nothing after money had come for it; with the payment's id."""
    row = books.loan(number, handed_over=False)
    payment_id = books.paid_for((number, pays))

    def work(unit: Unit) -> None:
        ending.cancel(unit, row.application_id, By.BUYER, EndReason.CHANGED_MIND)
        loan_release.settle_application(unit, books.flow, books.terms, row.application_id)

    books.house.do(MANAGER, work)
    return books.row(row.id), payment_id


def look_again(books: Books, row: AnyRow) -> None:
    """Everything that runs by itself, twice."""
    for _ in range(2):
        books.house.do(
            SERVICE, lambda u: loan_release.settle_application(u, books.flow, books.terms, row.application_id)
        )
        books.due()
        books.round()


def rows(books: Books) -> list[tuple[int, bool]]:
    """(what goes back, whether it has) of everything that ever was to."""
    return [
        (one.to_lender, bool(one.executed_at))
        for one in books.every_row(select(return_rows).order_by(return_rows.c.id))
    ]


@pytest.mark.parametrize("pays", [T, T - 100])
def test_an_order_is_drafted_once_signed_by_two_and_closed_by_the_debit(books: Books, pays: int) -> None:
    row, _ = called_off(books, pays=pays)
    look_again(books, row)
    [order_id] = books.orders()
    order = books.order(order_id)
    assert (order.state, order.approvals, order.amount, order.payee_inn) == ("draft", "[]", pays, "7702070139")
    assert order.purpose == (
        "Возврат средств, поступивших по недействующему кредитному договору № КД-101 от 23.11.2026. НДС не облагается"
    )
    assert len(books.tasks(VOID_TASK)) == 1
    books.sign_order(order_id)
    look_again(books, row)
    assert rows(books) == [(pays, False)]
    books.debited(order_id)
    look_again(books, row)
    assert (rows(books), books.orders(), books.tasks(VOID_TASK)) == ([(pays, True)], [order_id], [])
    assert books.kinds(row)[-2:] == ["void_money", "void_paid"] and books.alarms() == []
    assert sum(net for _, _, net in books.told()) == 0


def test_what_the_bank_takes_back_before_two_have_signed_does_not_leave(books: Books) -> None:
    row, payment_id = called_off(books)
    look_again(books, row)
    [order_id] = books.orders("draft")
    books.taken_back(payment_id)
    look_again(books, row)
    assert (books.order(order_id).state, rows(books), books.tasks(VOID_TASK)) == ("withdrawn", [(0, True)], [])
    assert books.alarms() == []


def test_what_was_sent_back_and_is_taken_back_besides_is_told_of(books: Books) -> None:
    row, payment_id = called_off(books)
    look_again(books, row)
    books.paid_out()
    books.taken_back(payment_id)
    look_again(books, row)
    assert (books.alarms(), rows(books), len(books.orders())) == (["loan.void_money_gone"], [(T, True)], 1)


@pytest.mark.parametrize("end", ["carried out", "refused"])
@pytest.mark.parametrize("gone", [T, T // 2])
def test_an_order_on_its_way_when_money_goes_counts_as_sent_until_it_came_to_nothing(
    books: Books, gone: int, end: str
) -> None:
    row, payment_id = called_off(books, pays=gone)
    if gone < T:
        books.paid_for(("КД-101", T - gone))
    look_again(books, row)
    for order_id in books.orders("draft"):
        books.sign_order(order_id)
        books.moved(order_id, OrderEvent.PREPARE)
    sent = books.orders()
    books.taken_back(payment_id)
    look_again(books, row)
    assert (books.orders(), books.alarms()) == (sent, ["loan.void_money_gone"])
    for order_id in sent:
        if end == "carried out":
            books.moved(order_id, OrderEvent.EXECUTE, entry_id=order_id, executed_at="2026-11-24T07:00:00Z")
        else:
            books.moved(order_id, OrderEvent.REFUSE)
    look_again(books, row)
    drafted = [books.order(one).amount for one in books.orders("draft")]
    if end == "carried out":
        assert (drafted, books.alarms(), books.tasks(VOID_TASK)) == ([], ["loan.void_money_gone"], [])
    else:
        assert (drafted, books.alarms()) == ([T - gone] if gone < T else [], [])


def test_goods_that_all_came_back_are_no_void_agreement_besides(books: Books) -> None:
    """Their money goes to the lender once, for the return."""
    row = books.loan("КД-101")
    books.paid_for(("КД-101", T))
    books.gives_back(row, books.application(row).goods)
    ending_it = partial(ending.cancel, application_id=row.application_id, by=By.US, reason=EndReason.OTHER)
    assert books.house.refused(MANAGER, ending_it).code == "loan.goods_left"
    look_again(books, row)
    books.paid_out()
    assert [books.order(one).amount for one in books.orders()] == [T]
    assert (books.application(row).state, rows(books)) == ("returned", [(T, True)])


def test_nor_where_the_buyer_will_not_sign_a_faulty_paper_anew(books: Books) -> None:
    row = books.loan("КД-101")
    books.paid_for(("КД-101", T))
    books.gives_back(row, books.application(row).goods)
    books.put(row.id, signing="faulty")
    boss = books.boss_of(row)
    books.house.do(boss, lambda u: signing.refuse(u, books.terms, row.application_id, EndReason.CHANGED_MIND))
    look_again(books, row)
    books.paid_out()
    assert ([books.order(one).amount for one in books.orders()], rows(books)) == ([T], [(T, True)])
    assert books.application(row).state == "returned"


def test_what_the_lender_got_for_returned_goods_is_not_sent_again(books: Books) -> None:
    """He got half back, the bank then took his payment back, and nobody wants the rest: he pays all the same."""
    row = books.loan("КД-101")
    payment_id = books.paid_for(("КД-101", T))
    price = books.application(row).goods
    books.gives_back(row, price // 2)
    books.round()
    books.paid_out()
    [half] = [books.order(one).amount for one in books.orders()]
    books.taken_back(payment_id)
    rest = books.gives_back(row, price - price // 2)
    books.house.do(ACCOUNTANT, lambda u: returns.waive(u, rest, "he wants nothing"))
    assert (books.row(row.id).funding, books.application(row).state) == ("void", "returned")
    books.paid_for(("КД-101", T))
    look_again(books, row)
    assert [books.order(one).amount for one in books.orders("draft")] == [T - half]


def test_a_loan_is_given_up_only_with_its_last_return(books: Books) -> None:
    row = books.loan("КД-101")
    price = books.application(row).goods
    first, second = books.gives_back(row, price // 2), books.gives_back(row, price - price // 2)
    books.house.do(ACCOUNTANT, lambda u: returns.waive(u, second, "he wants nothing"))
    assert books.row(row.id).funding == "expected"
    books.paid_for(("КД-101", T))
    look_again(books, row)
    assert sum(books.order(one).amount for one in books.orders("draft")) == T
    assert not books.returned(first).executed_at and not books.returned(second).executed_at


def test_the_lender_may_keep_it_from_his_next_payment(books: Books) -> None:
    row, _ = called_off(books)
    look_again(books, row)
    [order_id] = books.orders("draft")
    for number in ("КД-102", "КД-103"):
        books.loan(number)
    books.paid_for(("КД-102", T), ("КД-103", T), ("КД-101", -T))
    look_again(books, row)
    assert (rows(books), books.order(order_id).state, books.tasks(VOID_TASK)) == ([(T, True)], "withdrawn", [])
    assert books.kinds(row)[-1] == "void_kept"
