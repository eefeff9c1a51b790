"""Loans that leave the straight way: called off with the money here, of another sum than their order, paid besides."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from gateway.core.authority import SERVICE
from gateway.core.money import Money
from gateway.flows import by_hand, loan_release, reversal
from gateway.loans import ending, returns
from gateway.loans.ending import By
from gateway.loans.lenders.decisions import take_view
from gateway.loans.lenders.ports import LenderStatus, LenderView
from gateway.loans.model import SigningWay
from gateway.loans.reasons import EndReason
from gateway.matching import service as matching
from gateway.orders.model import Buyer, InvoiceIn
from gateway.orders.references import put_references
from gateway.orders.service import put_buyer, put_invoice
from gateway.orders.tables import invoices, orders
from gateway.store import Unit
from gateway.store.schema import AnyRow
from tests.flows.loan_books import LENDERS_ACCOUNT, Books
from tests.flows.loans import LENDER, ORDER, PRICE
from tests.flows.shop import ACCOUNTANT
from tests.flows.test_loan_money import T
from tests.loans.house import FRIDGE, MANAGER
from tests.loans.paperwork import offer

Gone = Callable[[Books, str], None]
VOID_TASK = "task.loan_money_void"


@pytest.fixture
def books(tmp_path: Path) -> Iterator[Books]:
    made = Books(tmp_path)
    yield made
    made.house.close()


def call_off(books: Books, row: AnyRow) -> None:
    def work(unit: Unit) -> None:
        ending.cancel(unit, row.application_id, By.BUYER, EndReason.CHANGED_MIND)
        loan_release.settle_application(unit, books.flow, books.terms, row.application_id)

    books.house.do(MANAGER, work)


@pytest.mark.parametrize("way", [SigningWay.CLERK, SigningWay.BRANCH])
def test_the_shop_is_owed_nothing_for_a_loan_called_off_with_the_money_here(books: Books, way: SigningWay) -> None:
    row = books.loan("КД-101", way, handed_over=False)
    payment_id = books.paid_for(("КД-101", T))
    books.round()
    assert sum(net for _, _, net in books.told()) > 0
    call_off(books, row)
    assert sum(net for _, _, net in books.told()) == 0
    assert len(books.tasks(VOID_TASK)) == 1
    books.due()
    books.round()
    [back] = books.month_end()
    assert books.order(back).payee_account == LENDERS_ACCOUNT  # to him alone, nothing to the shop
    assert len(books.tasks(VOID_TASK)) == 1
    books.taken_back(payment_id)
    assert books.tasks(VOID_TASK) == []


def test_money_for_an_agreement_nobody_signed_in_time_is_told_of(books: Books) -> None:
    row = books.agreed(number="КД-101", order="КД-101")
    books.paid_for(("КД-101", T))
    books.house.later(days=20)
    assert books.house.do(SERVICE, lambda u: ending.expire_due(u, books.terms)) == 1
    assert (books.application(row).state, books.told()) == ("expired", [])
    assert len(books.tasks(VOID_TASK)) == 1


def test_a_lender_who_pays_a_loan_he_had_waived_is_told_of(books: Books) -> None:
    row = books.loan("КД-101")
    return_id = books.gives_back(row, PRICE)
    books.house.do(ACCOUNTANT, lambda u: returns.waive(u, return_id, "банк не платит"))
    books.paid_for(("КД-101", T))
    assert (books.row(row.id).funding, books.row(row.id).received) == ("void", T)
    assert len(books.tasks(VOID_TASK)) == 1


def test_a_loan_for_less_than_the_order_costs_releases_nothing(books: Books) -> None:
    books.own_order()
    price = Money(1_000_000)
    cheap = replace(FRIDGE, price=price, amount=price)
    terms: dict[str, Any] = {
        "basket": (cheap,),
        "down": Money.zero(),
        "offers": (offer(loan=price),),
        "view": {"loan": price},
    }
    row = books.settled(own=True, **terms)
    assert (row.goods, row.hold_reasons) == ("held", '["loan_amounts_fit"]')
    assert books.lists() == []
    books.desk.order(ORDER, {"fridge": 1}, price=price.kopecks)  # put right in 1C
    books.due()
    assert books.row(row.id).goods == "released"
    assert len(books.lists()) == 1


def besides(books: Books) -> tuple[AnyRow, str]:
    """A loan whose goods are let go, and its buyer's own payment for the order, by its id."""
    books.own_order()
    row = books.settled(own=True)
    books.deliver(books.desk.line(500_000, f"Оплата по счету № {ORDER}"))
    payment_id = str(books.last_payment().id)
    invoice = books.one(select(invoices).where(invoices.c.order_id.is_not(None)))
    books.house.do(
        ACCOUNTANT, lambda u: by_hand.allocate(u, books.flow, payment_id, [(invoice.id, Money(500_000))], "взнос")
    )
    return row, payment_id


def undone(books: Books, payment_id: str) -> None:
    last = books.house.do(ACCOUNTANT, lambda u: matching.last_decision(u, payment_id))
    assert last is not None
    books.house.do(ACCOUNTANT, lambda u: by_hand.undo(u, books.flow, last.id))


def taken_back(books: Books, payment_id: str) -> None:
    books.house.do(SERVICE, lambda u: reversal.reverse_payment(u, books.flow, payment_id, "storno"))


@pytest.mark.parametrize("gone", [undone, taken_back])
def test_what_the_buyer_paid_besides_takes_nothing_back_of_what_the_loan_allows(books: Books, gone: Gone) -> None:
    row, payment_id = besides(books)
    gone(books, payment_id)
    assert books.row(row.id).goods == "released"
    [release] = books.releases()
    assert (release.agreement_id, release.withdrawn_at) == (row.id, None)
    assert [one.state for one in books.lists()] == ["new"]


@pytest.mark.parametrize("gone", [undone, taken_back])
def test_an_order_that_loses_its_payment_goes_on_by_its_loan(books: Books, gone: Gone) -> None:
    order_id = books.own_order()
    books.deliver(books.desk.line(PRICE, f"Оплата по счету № {ORDER}"))
    payment_id = str(books.last_payment().id)
    invoice = books.one(select(invoices).where(invoices.c.order_id == order_id))
    if invoice.state != "paid":
        books.house.do(
            ACCOUNTANT, lambda u: by_hand.allocate(u, books.flow, payment_id, [(invoice.id, Money(PRICE))], "всё")
        )
    assert [one.agreement_id for one in books.releases()] == [None]
    row = books.settled(own=True)
    assert row.goods == "released"
    gone(books, payment_id)
    books.due()
    standing = [one.agreement_id for one in books.releases() if one.withdrawn_at is None]
    assert (books.row(row.id).goods, standing) == ("released", [row.id])
    assert [one.state for one in books.lists()].count("new") == 1


def test_what_was_signed_on_the_last_day_cools_off_and_does_not_lapse(books: Books) -> None:
    house, cooling = books.house, "2026-11-25T08:00:00.000000Z"
    row = books.agreed(SigningWay.BRANCH, view={"sign_by": house.clock.now().date()})
    books.put(row.id, lender_cooling_until=cooling)
    assert books.check(row.application_id).ok
    signed = books.sign(row.application_id)
    assert (signed.cooling_until, books.application(row).state) == (cooling, "agreed")
    house.later(days=1)
    assert house.do(SERVICE, lambda u: ending.expire_due(u, books.terms)) == 0
    house.later(days=2)
    books.due()
    assert books.application(row).state == "active"


def test_a_lender_who_pays_and_takes_his_yes_back_is_not_paid_on_while_the_goods_are_here(books: Books) -> None:
    row = books.loan("КД-101", SigningWay.BRANCH, handed_over=False)
    books.paid_for(("КД-101", T))
    before = books.told()
    view = LenderView(
        external_id="R-1", version=9, status=LenderStatus.REVOKED, status_text="revoked", raw=b"{}", reason="отзыв"
    )

    def revoked(unit: Unit) -> None:
        decision = books.house.decisions(row.application_id)["rest"]
        take_view(unit, books.terms, decision.id, view)
        loan_release.settle_application(unit, books.flow, books.terms, row.application_id)

    books.house.do(SERVICE, revoked)
    assert books.row(row.id).goods == "held"
    assert (len(before), sum(net for _, _, net in books.told())) == (1, 0)
    assert books.month_end() == []


def test_goods_that_left_before_the_lender_took_his_yes_back_are_paid_for(books: Books) -> None:
    row = books.loan("КД-101")
    books.paid_for(("КД-101", T))
    books.lender_says(row.application_id, state="revoked")
    books.settle(row)
    assert sum(net for _, _, net in books.told()) > 0


def known(books: Books) -> None:
    """The lender's ИНН is on record, as the configuration names it."""
    books.house.do(SERVICE, lambda u: put_buyer(u, LENDER))


def invoice_in_1c(books: Books, number: str) -> None:
    """Our own order's invoice bears the agreement's number, as 1C writes it."""
    order = books.one(select(orders))
    books.house.do(SERVICE, lambda u: put_references(u, order.id, number, ""))


def test_a_lender_pays_his_agreement_and_not_the_order_that_bears_its_number(books: Books) -> None:
    known(books)
    books.own_order()
    row = books.agreed(SigningWay.BRANCH, number="КД-101", order=ORDER)
    invoice_in_1c(books, "КД-101")
    books.paid_for(("КД-101", T))
    assert books.row(row.id).funding == "received"
    assert books.one(select(invoices.c.rest).where(invoices.c.order_id.is_not(None))).rest == PRICE
    assert books.lists() == []


def test_a_void_agreements_money_does_not_pay_its_order(books: Books) -> None:
    known(books)
    books.own_order()
    row = books.agreed(SigningWay.BRANCH, number="КД-101", order=ORDER)
    invoice_in_1c(books, "КД-101")
    call_off(books, row)
    books.paid_for(("КД-101", T))
    assert books.last_payment().state == "needs_person"
    assert books.one(select(invoices.c.rest).where(invoices.c.order_id.is_not(None))).rest == PRICE


def test_two_lenders_with_one_number_are_paid_each_by_his_own(books: Books) -> None:
    known(books)
    row = books.loan("КД-101")
    other = Buyer("lender:soap", "ul", "ПАО «Мыло»", "7702070139")
    theirs = InvoiceIn("loan:other", "КД-101", date(2026, 11, 23), other, Money(T), loan_no="КД-101")
    books.house.do(SERVICE, lambda u: put_invoice(u, theirs))
    books.paid_for(("КД-101", T))
    assert books.row(row.id).funding == "received"
