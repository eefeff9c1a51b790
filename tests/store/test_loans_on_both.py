"""The money of loans on both databases: the same days end in the same rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from gateway.core.authority import SERVICE
from gateway.flows.leaving import drain, onec_sinks
from gateway.loans import ageing, ending, queries
from gateway.loans.ageing import Gap
from gateway.loans.ending import By
from gateway.loans.model import SigningWay
from gateway.loans.queries import Filters
from gateway.loans.reasons import EndReason
from gateway.orders.tables import orders
from gateway.settlement import queries as settlements
from gateway.settlement.tables import statements
from gateway.store import journal, outbox
from tests.flows.loan_books import Books
from tests.flows.test_loan_money import FEE, T
from tests.loans.house import COMPANY, MANAGER

LENDER_TOPICS = tuple(f"loan.{verb}" for verb in ("submit", "accept", "signed", "commit", "returned", "fetch_document"))


@pytest.fixture
def books(url: str, tmp_path: Path) -> Iterator[Books]:
    made = Books(tmp_path, url)
    yield made
    made.house.close()


def standing(books: Books) -> list[tuple[str, str, int]]:
    """Every statement, the first one first."""
    found = books.every_row(select(statements).order_by(statements.c.number))
    return [(row.party_name, row.state, row.net) for row in found]


def test_from_lump_payments_to_the_shops_accounts(books: Books, tmp_path: Path) -> None:
    ours, other = books.loan("КД-101"), books.loan("КД-201", shop=books.house.other)
    branch = books.loan("КД-301", SigningWay.BRANCH, handed_over=False)
    for row in (ours, other):
        books.paper_accepted(row)
    payment = books.paid_for(("КД-101", T), ("КД-201", T - 500))
    assert [books.row(row.id).funding for row in (ours, other, branch)] == ["received", "partly", "expected"]
    books.paid_for(("КД-201", 500))
    books.taken_back(payment)
    assert [books.row(row.id).funding for row in (ours, other)] == ["reversed", "partly"]
    books.paid_for(("КД-101", T), ("КД-201", T - 500), ("КД-301", T))
    assert {books.row(row.id).funding for row in (ours, other, branch)} == {"received"}
    assert books.row(branch.id).goods == "released"
    part = books.gives_back(books.row(ours.id), 1_000_000)

    drafted = sorted(books.order(order_id).amount for order_id in books.month_end())
    told = books.returned(part)
    first_net = 2 * (T - FEE) - told.to_lender + told.fee_back
    assert drafted == sorted([first_net, T - FEE, told.to_lender])
    books.paid_out()
    assert standing(books) == [("Магазин mebel", "paid", first_net), ("Магазин tehnika", "paid", T - FEE)]
    assert books.returned(part).executed_at is not None
    assert (books.application(other).state, books.application(other).stage) == ("closed", "done")
    assert books.round() == 0 and books.paid_to_shops() == first_net + T - FEE

    with books.house.store.reading() as connection:
        page = settlements.statement_page(connection, COMPANY, SERVICE, q="TEHNIKA")
        assert [row.party_name for row in page.rows] == ["Магазин tehnika"]
        listed = queries.listed(connection, COMPANY, books.terms, MANAGER, Filters(), books.house.clock.now())
        assert Counter(item["state"] for item in listed.items) == {"active": 1, "closed": 2}
        now = books.house.clock.now()
        late = ageing.counted(connection, COMPANY, books.terms, now + timedelta(days=90))
        assert {line.gap: (line.count, line.red) for line in late} == {
            Gap.SIGNATURE: (0, 0),
            Gap.ORIGINAL: (1, 1),
            Gap.MONEY: (0, 0),
        }

    sinks = onec_sinks(books.house.store, books.flow, tmp_path / "1c")
    while drain(books.house.store, {**dict.fromkeys(LENDER_TOPICS, lambda parcel: None), **sinks}, "test").done:
        pass
    assert len(list((tmp_path / "1c").glob("settlement_*"))) == 2 + 3
    with books.house.store.reading() as connection:
        assert outbox.counts(connection, COMPANY) == (0, 0)
        assert journal.verify(connection).ok
    assert books.alarms() == []


def test_rounds_of_the_clock(books: Books) -> None:
    """Goods held and stopped, offers and signatures that ran out, a limit that is freed by money."""
    order_id = books.own_order()
    own = books.settled(SigningWay.CLERK, own=True)
    assert own.goods == "released" and len(books.releases()) == 1
    books.house.do(MANAGER, lambda u: ending.cancel(u, own.application_id, By.US, EndReason.NO_GOODS))
    assert books.due() == 1 and books.due() == 0
    order = books.one(select(orders).where(orders.c.id == order_id))
    assert order.hold_reason == "loan" or books.releases()[0].withdrawn_at is not None

    offered, agreed = books.approved(order="Z-2"), books.agreed(number="КД-9", order="Z-3")
    books.put(agreed.id, sign_by="2026-11-24")
    books.house.later(days=20)
    assert books.house.do(SERVICE, lambda u: ending.expire_due(u, books.terms)) == 2
    assert books.house.row(offered.id).end_reason == "offer"
    assert books.application(agreed).end_reason == "signing"
