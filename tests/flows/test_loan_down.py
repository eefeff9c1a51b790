"""Our own shop asks for the down payment by an invoice: the goods wait for that money too."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import select

from gateway.core.authority import SERVICE
from gateway.core.money import Money
from gateway.flows import by_hand, reversal
from gateway.orders.model import InvoiceIn
from gateway.orders.service import put_invoice
from gateway.orders.tables import invoices
from gateway.store import Unit
from gateway.store.schema import AnyRow
from tests.flows.loan_books import Books
from tests.flows.loans import ORDER, PRICE
from tests.flows.shop import ACCOUNTANT, BUYER
from tests.loans.paperwork import offer

DOWN = 500_000


@pytest.fixture
def books(tmp_path: Path) -> Iterator[Books]:
    made = Books(tmp_path)
    yield made
    made.house.close()


def invoiced(books: Books, kopecks: int) -> None:
    """The order's one invoice is for so much."""

    def work(unit: Unit) -> None:
        whole = InvoiceIn(f"i-{ORDER}", ORDER, date(2026, 11, 20), BUYER, Money(PRICE), order_outer_id=f"o-{ORDER}")
        put_invoice(unit, replace(whole, cancelled=True))
        put_invoice(unit, replace(whole, outer_id="i-down", number=f"{ORDER}/1", amount=Money(kopecks)))

    books.house.do(SERVICE, work)


def bought(books: Books) -> AnyRow:
    return books.settled(own=True)


def pays(books: Books, kopecks: int, evidence: str = "signed") -> str:
    """The buyer pays the down payment's invoice; returns the payment's id."""
    books.deliver(books.desk.line(kopecks, f"Оплата по счету № {ORDER}/1"), evidence=evidence)
    payment = books.last_payment()
    if payment.state == "needs_person":
        invoice = books.one(select(invoices).where(invoices.c.outer_id == "i-down"))
        pairs = [(invoice.id, Money(kopecks))]
        books.house.do(ACCOUNTANT, lambda u: by_hand.allocate(u, books.flow, payment.id, pairs, "взнос"))
    return str(payment.id)


def test_the_goods_wait_for_the_down_payment_an_invoice_asks_for(books: Books) -> None:
    books.own_order()
    invoiced(books, DOWN)
    row = bought(books)
    assert (row.goods, row.hold_reasons, books.lists()) == ("held", '["loan_down_paid"]', [])
    pays(books, DOWN - 1)
    books.due()
    assert books.row(row.id).goods == "held"
    pays(books, 1)
    books.due()
    assert (books.row(row.id).goods, len(books.lists())) == ("released", 1)


def test_a_down_payment_a_file_tells_of_is_no_proof(books: Books) -> None:
    books.own_order()
    invoiced(books, DOWN)
    row = bought(books)
    payment_id = pays(books, DOWN, evidence="file")
    books.due()
    assert books.row(row.id).goods == "held"
    vouched = books.house.do(ACCOUNTANT, lambda u: by_hand.confirm_release(u, books.flow, payment_id, "видела в банке"))
    assert books.row(row.id).goods == "released"
    books.house.do(ACCOUNTANT, lambda u: by_hand.undo(u, books.flow, vouched))
    assert (books.row(row.id).goods, books.row(row.id).hold_reasons) == ("held", '["loan_down_paid"]')


def test_a_down_payment_that_is_taken_back_stops_the_goods(books: Books) -> None:
    books.own_order()
    invoiced(books, DOWN)
    row = bought(books)
    payment_id = pays(books, DOWN)
    assert books.row(row.id).goods == "released"
    books.house.do(SERVICE, lambda u: reversal.reverse_payment(u, books.flow, payment_id, "storno"))
    assert (books.row(row.id).goods, books.row(row.id).hold_reasons) == ("held", '["loan_down_paid"]')
    assert [one.state for one in books.lists()].count("new") == 0


def test_an_invoice_of_the_whole_order_asks_for_no_down_payment(books: Books) -> None:
    """The lender pays the most of it, and the shop takes the rest at the counter."""
    books.own_order()
    assert bought(books).goods == "released"


def test_without_a_down_payment_none_is_asked_for(books: Books) -> None:
    books.own_order()
    invoiced(books, DOWN)
    all_of_it = Money(PRICE)
    row = books.settled(own=True, down=Money.zero(), offers=(offer(loan=all_of_it),), view={"loan": all_of_it})
    assert row.goods == "released"
