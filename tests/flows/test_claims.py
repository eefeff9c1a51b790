"""What a lender or a shop owes us becomes a claim, and its money is found in the bank's statement like everybody's."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import select

from gateway.core.authority import SERVICE
from gateway.core.errors import Refused
from gateway.core.money import Money
from gateway.flows import loan_to_payout
from gateway.loans import dated, payees, shops
from gateway.loans.shops import ShopEvent
from gateway.loans.tables import shops as shop_rows
from gateway.loans.tariffs import FeePayer, Tariff
from gateway.orders import service as orders
from gateway.orders.tables import invoices
from gateway.settlement import claims, corrections, queries, statements
from gateway.settlement.model import LineKind, Party, PartyKind
from gateway.settlement.tables import lines
from gateway.settlement.tables import statements as rows
from gateway.store.schema import AnyRow
from tests.flows.loan_books import LENDERS_ACCOUNT, Books
from tests.flows.loans import LENDER
from tests.flows.shop import ACCOUNTANT
from tests.flows.test_loan_to_payout import SPACE, left_for_1c
from tests.loans.house import COMPANY, DIRECTOR

T = 4_099_000
FEE = 122_970  # 3 % of it
REST = Party(PartyKind.LENDER, "rest")


@pytest.fixture
def books(tmp_path: Path) -> Iterator[Books]:
    made = Books(tmp_path)
    made.house.do(SERVICE, lambda u: orders.put_buyer(u, LENDER))  # as the service names them at its start
    yield made
    made.house.close()


def of_party(books: Books, kind: PartyKind) -> list[AnyRow]:
    return books.every_row(select(rows).where(rows.c.party_kind == kind.value).order_by(rows.c.until, rows.c.id))


def month_end(books: Books) -> None:
    """A day later, so that the parties' periods may end anew."""
    books.house.clock.advance(timedelta(days=1))
    books.month_end()


def pays(books: Books, text: str, kopecks: int) -> str:
    """The lender pays us something that is no lump of transfers; returns the payment's id."""
    books.deliver(books.desk.line(kopecks, text, payer=LENDER))
    return str(books.last_payment().id)


def borne_by_the_lender(books: Books) -> AnyRow:
    tariff = Tariff(percent=Decimal(3), payer=FeePayer.LENDER)
    books.house.do(DIRECTOR, lambda u: dated.set_tariff(u, books.house.shop, "", date(2026, 1, 1), tariff))
    row = books.loan("КД-101")
    books.paid_for(("КД-101", T))
    return row


def test_a_lender_pays_our_fee_by_statement_and_the_shop_gets_the_whole_transfer(books: Books, tmp_path: Path) -> None:
    borne_by_the_lender(books)
    assert books.told() == [(T, 0, T), (0, FEE, -FEE)]
    month_end(books)
    [mine] = of_party(books, PartyKind.LENDER)
    assert (mine.party_id, mine.state, mine.net, mine.vat) == (
        "rest",
        "claimed",
        -FEE,
        Money(FEE).vat_inside(22).kopecks,
    )
    number = claims.number_of(mine)
    due = books.one(select(invoices).where(invoices.c.number == number))
    assert (due.rest, due.buyer_inn) == (FEE, LENDER.inn)

    files = left_for_1c(books, tmp_path / "1c")
    told = {one.get("party"): one for root in files for one in root.iterfind("k:statement", SPACE)}
    assert told.keys() == {"lender:rest", books.house.shop} and told["lender:rest"].get("claim") == number
    assert told["lender:rest"].findtext("k:act/k:amount", namespaces=SPACE) == Money(FEE).decimal_text()

    payment = pays(books, f"Агентское вознаграждение по требованию {number}, в т.ч. НДС 22%", FEE)
    books.round()
    [paid] = of_party(books, PartyKind.LENDER)
    assert (paid.state, paid.paid_entry_id) == ("paid", payment)
    with books.house.store.reading() as connection:
        balance = queries.balance(connection, COMPANY, SERVICE, REST)
        assert (balance.owed.kopecks, balance.paid.kopecks) == (0, -FEE)

    books.taken_back(payment)
    books.round()
    [again] = of_party(books, PartyKind.LENDER)
    assert (again.state, again.paid_entry_id) == ("claimed", None)
    before = books.told()
    assert books.round() == 0 and books.told() == before


def test_of_goods_that_came_back_the_lender_bears_no_fee(books: Books) -> None:
    row = borne_by_the_lender(books)
    back = books.returned(books.gives_back(row, 1_000_000))
    assert books.sum_of(lines.c.net, lines.c.party_kind == "lender") == -(
        (2 * FEE * (T - back.to_lender) + T) // (2 * T)
    )
    books.taken_back(str(books.last_payment().id))
    assert books.sum_of(lines.c.net, lines.c.party_kind == "lender") == 0


def owes(books: Books, kopecks: int) -> None:
    shop = Party(PartyKind.SHOP, books.house.shop)
    key = f"k{len(books.lines())}"
    books.house.do(
        ACCOUNTANT, lambda u: corrections.correct(u, shop, Money(-kopecks), "Акт 3", key, "Возврат после выплаты")
    )


def test_a_shop_that_works_carries_its_debt_and_one_that_was_closed_gets_a_claim(books: Books) -> None:
    owes(books, 500_00)
    month_end(books)
    assert [row.state for row in of_party(books, PartyKind.SHOP)] == ["carried"]
    month_end(books)
    assert len(of_party(books, PartyKind.SHOP)) == 1  # a debt alone makes no statement
    books.house.do(DIRECTOR, lambda u: shops.move(u, books.house.shop, ShopEvent.CLOSE))
    month_end(books)
    _, claimed = of_party(books, PartyKind.SHOP)
    assert (claimed.state, claimed.net) == ("claimed", -500_00)
    due = books.one(select(invoices).where(invoices.c.number == claims.number_of(claimed)))
    shop = books.one(select(shop_rows).where(shop_rows.c.id == books.house.shop))
    assert (due.rest, due.buyer_inn, due.buyer_name) == (500_00, shop.inn, shop.name)

    books.house.do(ACCOUNTANT, lambda u: statements.carry(u, claimed.id))
    assert books.one(select(invoices).where(invoices.c.id == due.id)).state == "cancelled"
    assert [(row.kind, row.net) for row in books.lines()][-1] == (LineKind.CARRIED, -500_00)


def test_a_person_may_claim_what_a_working_shop_owes_and_of_points_nobody(books: Books) -> None:
    owes(books, 70_00)
    books.house.clock.advance(timedelta(days=1))
    shop, point = Party(PartyKind.SHOP, books.house.shop), Party(PartyKind.POINT, "P1")
    until = books.house.clock.now().date()
    made = books.house.do(ACCOUNTANT, lambda u: statements.open_period(u, shop, "Магазин", until))
    for step in (statements.send, statements.accept):
        books.house.do(ACCOUNTANT, lambda u, step=step: step(u, made))
    books.house.do(ACCOUNTANT, lambda u: claims.claim(u, payees.debtor_of, made))
    assert [row.state for row in of_party(books, PartyKind.SHOP)] == ["claimed"]
    with books.house.store.unit() as unit:
        assert payees.debtor_of(unit, point) is None
    with pytest.raises(Refused) as caught:
        books.house.do(ACCOUNTANT, lambda u: claims.claim(u, lambda unit, party: None, made))
    assert caught.value.code == "settlement.no_debtor"
    loan_to_payout.settle_loans(books.house.store, books.flow, books.terms, books.money)
    assert [row.state for row in of_party(books, PartyKind.SHOP)] == ["claimed"]  # nothing has come


def test_what_a_lender_has_paid_too_much_goes_to_his_own_account(books: Books) -> None:
    borne_by_the_lender(books)
    much = Money(2 * FEE)
    books.house.do(ACCOUNTANT, lambda u: corrections.correct(u, REST, much, "Акт 4", "k", "Оплачено дважды"))
    month_end(books)
    [mine] = of_party(books, PartyKind.LENDER)
    assert (mine.state, mine.net) == ("drafted", FEE)
    order = books.order(mine.payment_order_id)
    assert (order.payee_account, order.amount) == (LENDERS_ACCOUNT, FEE)
    with books.house.store.unit() as unit, pytest.raises(Refused) as caught:
        payees.payee_of_any({})(unit, REST)
    assert caught.value.code == "loan.lender_no_account"
