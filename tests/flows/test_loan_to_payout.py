"""The whole way of a loan's money to the shop, and the sums that add up on it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace

import pytest
from lxml import etree
from sqlalchemy import select

from gateway.core import ids
from gateway.core.money import Money
from gateway.flows import loan_to_payout, settlement_to_1c
from gateway.flows.leaving import drain, onec_sinks
from gateway.loans import agreement_rows, dated, visits
from gateway.loans.model import SigningWay
from gateway.loans.tariffs import FeeBase, Tariff
from gateway.loans.visits import NewVisit
from gateway.onec.settlement_acts import NAMESPACE
from gateway.settlement.model import LineKind
from gateway.settlement.tables import events as history
from gateway.settlement.tables import statements
from gateway.store.schema import outbox
from tests.flows.loan_books import Books
from tests.flows.test_loan_money import FEE, T
from tests.loans.house import DIRECTOR, MANAGER
from tests.loans.paperwork import VISIT_COST
from tests.onec.test_loans import schema

LENDER_TOPICS = tuple(f"loan.{verb}" for verb in ("submit", "accept", "signed", "commit", "returned", "fetch_document"))


@pytest.fixture
def books(tmp_path: Path) -> Iterator[Books]:
    made = Books(tmp_path)
    yield made
    made.house.close()


def funded_loan(books: Books, number: str = "КД-101") -> tuple[str, str]:
    """(agreement, payment) of a loan that has only its money to the shop before it."""
    row = books.loan(number)
    books.paper_accepted(row)
    return row.id, books.paid_for((number, row.transfer))


def statement_states(books: Books) -> list[tuple[str, int]]:
    return [(row.state, row.net) for row in books.every_row(select(statements).order_by(statements.c.number))]


def test_from_the_lump_payment_to_the_shops_account(books: Books) -> None:
    agreement_id, _ = funded_loan(books)
    row = books.row(agreement_id)
    assert books.application(row).stage == "shop"
    [order_id] = books.month_end()
    order = books.order(order_id)
    assert (order.amount, order.payee_name) == (T - FEE, "Магазин mebel")
    books.round()
    assert books.application(row).state == "active"
    books.sign_order(order_id)
    books.round()
    assert (books.order(order_id).state, books.application(row).state) == ("approved", "active")
    books.debited(order_id)
    books.round()
    assert statement_states(books) == [("paid", T - FEE)]
    assert (books.application(row).state, books.application(row).stage) == ("closed", "done")
    assert books.round() == 0


def test_the_fee_is_of_the_agreements_day_and_the_vat_of_the_shares(books: Books) -> None:
    shop = books.house.shop
    dear = Tariff(base=FeeBase.GOODS, percent=Decimal("4"), fixed=Money(100_00), most=Money(1_500_00))
    books.house.do(DIRECTOR, lambda u: dated.set_tariff(u, shop, "rest", date(2026, 11, 1), dear))
    row = books.loan("КД-101")
    books.house.do(DIRECTOR, lambda u: dated.set_tariff(u, shop, "rest", date(2026, 11, 24), Tariff()))
    books.house.later(days=3)
    books.paid_for(("КД-101", T))
    [line] = books.lines()
    assert (line.fee, line.net, line.vat) == (1_500_00, T - 1_500_00, Money(1_500_00).vat_inside(22).kopecks)
    assert books.application(row).fee == 1_500_00


def test_couriers_visits_are_charged_where_the_tariff_says_so(books: Books) -> None:
    bears = Tariff(percent=Decimal("2.5"), visits=True)
    books.house.do(DIRECTOR, lambda u: dated.set_tariff(u, books.house.shop, "", date(2026, 1, 2), bears))
    row = books.agreed(SigningWay.COURIER, number="КД-101", order="КД-101")
    application = row.application_id
    visit = NewVisit(books.house.clock.now().date(), "10-14")
    books.house.do(MANAGER, lambda u: visits.order(u, books.terms, application, visit))
    books.house.do(MANAGER, lambda u: visits.depart(u, application))
    books.house.do(MANAGER, lambda u: visits.come_back_empty(u, application, "никого нет дома"))
    assert books.round() == 1
    books.courier_meets(application)
    assert books.round() == 0  # while it lasts it costs nothing yet
    assert books.check(application).ok
    books.sign(application)
    assert books.round() == 1 and books.round() == 0
    cost = VISIT_COST.kopecks
    charged = books.lines(LineKind.CHARGE)
    assert [(line.gross, line.fee, line.net) for line in charged] == [(0, cost, -cost)] * 2
    assert {line.vat for line in charged} == {VISIT_COST.vat_inside(22).kopecks}
    assert {line.subject for line in charged} == {agreement_rows.subject(row.id)}


def test_visits_are_ours_to_bear_where_the_tariff_says_nothing(books: Books) -> None:
    books.loan("КД-101", SigningWay.COURIER, handed_over=False)
    assert books.round() == 0 and books.lines() == []


def test_what_the_bank_took_back_after_the_shop_was_paid_is_kept_from_its_next_statement(books: Books) -> None:
    agreement_id, payment = funded_loan(books)
    books.month_end()
    books.paid_out()
    books.taken_back(payment)
    row = books.row(agreement_id)
    assert (row.funding, books.told()) == ("reversed", [(T, FEE, T - FEE), (-T, -FEE, FEE - T)])
    assert len(books.tasks("task.loan_money_reversed_paid")) == 1
    books.house.later(days=1)
    funded_loan(books, "КД-102")
    books.month_end()
    assert statement_states(books) == [("paid", T - FEE), ("carried", 0)]
    assert books.paid_to_shops() == T - FEE


def test_a_storno_before_the_statement_leaves_nothing_to_pay(books: Books) -> None:
    agreement_id, payment = funded_loan(books)
    books.taken_back(payment)
    assert books.month_end() == []
    assert statement_states(books) == [("carried", 0)]
    assert len(books.tasks("task.loan_money_reversed")) == 1
    assert books.application(books.row(agreement_id)).state == "active"


def test_the_shops_money_comes_back_and_the_order_is_made_again(books: Books) -> None:
    agreement_id, _ = funded_loan(books)
    [order_id] = books.month_end()
    books.paid_out()
    books.bounced(order_id)
    books.round()
    assert statement_states(books) == [("payable", T - FEE)] and books.alarms() == ["settlement.bounced"]
    assert books.paid_to_shops() == 0 and books.row(agreement_id).funding == "received"


def test_a_round_that_is_stopped_does_nothing(books: Books) -> None:
    books.loan("КД-101")
    books.paid_for(("КД-101", T))
    args = (books.house.store, books.flow, books.terms, books.money)
    assert loan_to_payout.settle_loans(*args, stopped=lambda: True) == 0


def test_two_shops_of_one_lump_payment_get_a_statement_each(books: Books) -> None:
    one = books.loan("КД-101")
    other = books.loan("КД-201", shop=books.house.other)
    books.paid_for(("КД-101", one.transfer), ("КД-201", other.transfer))
    orders = [books.order(order_id) for order_id in books.month_end()]
    assert sorted((order.payee_name, order.amount) for order in orders) == [
        ("Магазин mebel", T - FEE), ("Магазин tehnika", T - FEE),
    ]  # fmt: skip


SPACE = {"k": NAMESPACE}


def left_for_1c(books: Books, folder: Path) -> list[etree._Element]:
    """Every settlement file, read and found valid, in the order they left."""
    sinks = onec_sinks(books.house.store, books.flow, folder)
    while drain(books.house.store, {**dict.fromkeys(LENDER_TOPICS, lambda parcel: None), **sinks}, "test").done:
        pass
    read = [etree.fromstring(path.read_bytes()) for path in sorted(folder.glob("settlement_*"))]
    for root in read:
        schema().assertValid(root)
    return read


def test_1c_gets_the_register_with_its_act_and_the_payment_once(books: Books, tmp_path: Path) -> None:
    agreement_id, _ = funded_loan(books)
    books.month_end()
    books.paid_out()
    assert books.round() == 0
    statement, payment = left_for_1c(books, tmp_path / "1c")
    parties = {
        node.get("id"): node.findtext("k:name", namespaces=SPACE)
        for node in statement.iterfind("k:counterparty", SPACE)
    }
    assert parties == {books.house.shop: "Магазин mebel", "lender:rest": "rest"}
    total = statement.find("k:statement/k:total", SPACE)
    assert total is not None and total.get("net") == Money(T - FEE).decimal_text()
    assert statement.findtext("k:statement/k:act/k:amount", namespaces=SPACE) == Money(FEE).decimal_text()
    assert statement.findtext("k:statement/k:line/k:document", namespaces=SPACE) == books.row(agreement_id).number
    told = payment.find("k:payment", SPACE)
    assert told is not None and (told.get("kind"), told.get("debited")) == ("payout", "2026-11-23")
    assert told.findtext("k:amount", namespaces=SPACE) == Money(T - FEE).decimal_text()


def test_a_clock_that_was_set_back_keeps_nothing_from_1c(books: Books, monkeypatch: pytest.MonkeyPatch) -> None:
    books.paid_for(("КД-101", books.loan("КД-101").transfer))
    books.month_end()
    before = books.every_row(select(history).order_by(history.c.id))
    monkeypatch.setattr(ids, "_last_ms", 0)  # a service that starts anew knows nothing of the ids it made
    monkeypatch.setattr(ids, "time", SimpleNamespace(time_ns=lambda: 1_700_000_000_000_000_000))
    books.house.later(hours=-2)
    other = books.loan("КД-201", shop=books.house.other)
    books.paid_for(("КД-201", other.transfer))
    books.month_end()
    after = books.every_row(select(history).where(history.c.seq > before[-1].seq))
    assert after and max(event.id for event in after) < before[0].id
    told = books.every_row(select(outbox.c.payload).where(outbox.c.topic == settlement_to_1c.STATEMENT))
    assert sorted(json.loads(row.payload)["number"] for row in told) == [1, 2]


def test_1c_gets_what_was_carried_over_and_what_went_back_to_the_lender(books: Books, tmp_path: Path) -> None:
    agreement_id, _ = funded_loan(books)
    books.gives_back(books.row(agreement_id), 4_599_000)
    books.month_end(accept=False)
    books.house.later(days=10)
    books.round()
    books.paid_out()
    files = left_for_1c(books, tmp_path / "1c")
    [statement] = [found for root in files if (found := root.find("k:statement", SPACE)) is not None]
    [payment] = [found for root in files if (found := root.find("k:payment", SPACE)) is not None]
    assert statement.get("by_silence") == "true" and statement.find("k:act", SPACE) is None
    assert (payment.get("kind"), payment.get("party")) == ("return", "lender:rest")
    assert payment.get("about") == books.row(agreement_id).number
