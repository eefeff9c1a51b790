"""Lump payments, registries, stornos, decisions taken back, returns, statements and payouts in any order: every kopeck
is somewhere, once."""

from __future__ import annotations

import shutil
import tempfile
from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import func, select

from gateway.core.clock import business_date
from gateway.core.errors import Conflict, Refused
from gateway.core.money import Money
from gateway.flows import by_hand
from gateway.loans.tables import agreements, returns
from gateway.matching import service as matching
from gateway.matching.tables import allocations
from gateway.orders.tables import invoices
from gateway.payments.outgoing.model import OrderEvent, OrderState
from gateway.payments.tables import payments
from gateway.settlement.model import LineKind
from gateway.settlement.tables import lines, statement_lines, statements
from gateway.store import journal
from gateway.store.schema import AnyRow
from tests.flows.loan_books import Books
from tests.flows.loan_totals import loan_totals
from tests.flows.shop import ACCOUNTANT
from tests.loans.house import COMPANY, House

NUMBERS = ("КД-101", "КД-102", "КД-103", "КД-201")
picks = st.integers(0, 10**6)


def open_books(folder: Path, books: Books) -> Books:
    """The books of a copied database, as `books` had them."""
    again = Books.__new__(Books)
    again.__dict__.update(books.__dict__)
    again.house = House.__new__(House)
    again.house.__dict__.update(books.house.__dict__)
    again.reopen(folder)
    return again


class LoanMoney(RuleBasedStateMachine):
    """Three loans of one shop and one of another, of a lender who pays, takes back and keeps as he likes."""

    started: Books
    home: Path
    seen: Counter[str]

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="kvit-loan-money-"))
        shutil.copyfile(self.home / "kvit.db", self.folder / "kvit.db")
        self.books = open_books(self.folder, self.started)

    @initialize(part=st.sampled_from((1, 3)), carried_out=st.booleans())
    def a_month_has_passed(self, part: int, carried_out: bool) -> None:
        """Two loans are funded, of one of them goods came back, and the shop's statement is settled."""
        first, second, *_ = self.open_invoices()
        self.books.paid_for((first.number, first.rest), (second.number, second.rest))
        self.goods_come_back(0, part)
        self.a_period_ends(1)
        if carried_out:
            self.orders_are_carried_out(False)

    # ------------------------------------------------------------------ the lender

    @rule(pick=picks, share=st.sampled_from((1, 1, 1, 2, 3)), wrong=st.sampled_from((0, 0, 0, 1)))
    def pays(self, pick: int, share: int, wrong: int) -> None:
        """Some of what he still owes, by one registry; now and then the sum is another."""
        rows = [row for place, row in enumerate(self.open_invoices()) if pick >> place & 1]
        parts = [(row.number, max(1, row.rest // share)) for row in rows]
        if parts:
            self.books.lump(self.books.announced(*parts), sum(kopecks for _, kopecks in parts) + wrong)

    @precondition(lambda self: self.waiting_returns() and self.open_invoices())
    @rule(pick=picks)
    def keeps_for_a_return(self, pick: int) -> None:
        waiting, due = self.waiting_returns(), self.open_invoices()
        one, row = waiting[pick % len(waiting)], due[pick % len(due)]
        number = self.books.row(one.agreement_id).number
        if row.rest > one.to_lender and number != row.number:
            self.books.paid_for((row.number, row.rest), (number, -one.to_lender))

    @precondition(lambda self: self.netted_sums())
    @rule(pick=picks, off=st.sampled_from((0, 0, 0, 1)))
    def pays_less_what_came_back(self, pick: int, off: int) -> None:
        """In one sum, no line below zero; now and then a kopeck less than that."""
        found = self.netted_sums()
        number, kopecks = found[pick % len(found)]
        self.books.paid_for((number, kopecks - off))

    @precondition(lambda self: self.live_payments())
    @rule(pick=picks)
    def takes_back(self, pick: int) -> None:
        found = self.live_payments()
        self.books.taken_back(found[pick % len(found)].id)

    # ------------------------------------------------------------------ people

    @precondition(lambda self: self.live_payments())
    @rule(pick=picks)
    def a_decision_is_taken_back(self, pick: int) -> None:
        found = self.live_payments()
        payment = found[pick % len(found)].id
        last = self.books.house.do(ACCOUNTANT, lambda u: matching.last_decision(u, payment))
        assert last is not None
        self.try_(lambda u: by_hand.undo(u, self.books.flow, last.id))

    @precondition(lambda self: self.idle_payments() and self.open_invoices())
    @rule(pick=picks)
    def is_assigned_by_hand(self, pick: int) -> None:
        payment, due = self.idle_payments()[0], self.open_invoices()
        row = due[pick % len(due)]
        pairs = [(row.id, Money(min(row.rest, payment.amount)))]
        self.try_(lambda u: by_hand.allocate(u, self.books.flow, payment.id, pairs))

    @rule(pick=picks, part=st.sampled_from((1, 2, 7)))
    def goods_come_back(self, pick: int, part: int) -> None:
        row = self.books.every_row(select(agreements).order_by(agreements.c.id))[pick % len(NUMBERS)]
        left = self.books.application(row).goods - row.returned
        if left:
            self.books.gives_back(row, max(1, left // part))

    # ------------------------------------------------------------------ we, and the bank

    @rule(days=st.integers(0, 8))
    def a_period_ends(self, days: int) -> None:
        self.books.house.later(days=days)
        self.books.month_end(accept=bool(days % 2))

    @rule()
    def a_round_and_another_that_finds_nothing(self) -> None:
        for _ in range(3):  # what one step settles, another may need
            self.books.round()
        before = self.everything()
        self.books.round()
        assert self.everything() == before

    @rule(bounce=st.booleans())
    def orders_are_carried_out(self, bounce: bool) -> None:
        oldest = business_date(self.books.house.clock.now()) - timedelta(days=9)  # no bank takes an older one
        for order_id in self.books.orders(OrderState.DRAFT):
            if self.books.order(order_id).date < oldest.isoformat():
                self.books.moved(order_id, OrderEvent.WITHDRAW)
                continue
            self.books.sign_order(order_id)
            self.books.debited(order_id)
            if bounce:
                self.books.bounced(order_id)
        self.books.round()

    # ------------------------------------------------------------------ what holds whatever happened

    def check_invariants(self, *given: Any, **more: Any) -> None:
        super().check_invariants(*given, **more)
        with self.books.house.store.reading() as connection:
            totals = loan_totals(connection, COMPANY)
        assert totals.add_up, totals
        self.seen["paid"] += bool(totals.paid)
        self.seen["returned"] += bool(totals.returned)
        self.seen["shops owe"] += totals.outstanding < Money.zero()
        self.seen["kept"] += bool(self.books.every_row(select(returns.c.id).where(returns.c.kept_by.is_not(None))))
        for row in self.books.every_row(select(agreements).order_by(agreements.c.id)):
            self.agreement_holds(row)
        twice = select(statement_lines.c.line_id).group_by(statement_lines.c.line_id).having(func.count() > 1)
        assert not self.books.every_row(twice)

    def agreement_holds(self, row: AnyRow) -> None:
        live = (allocations.c.invoice_id == row.invoice_id) & (allocations.c.undone == 0)
        owed = row.transfer - self.books.sum_of(returns.c.to_lender, returns.c.agreement_id == row.id, returns.c.netted)
        assert row.received == self.books.sum_of(allocations.c.amount, live) <= owed
        state = {0: {"expected", "reversed", "void"}, owed: {"received"}}.get(row.received, {"partly"})
        assert row.funding in state
        debt = self.books.one(select(invoices).where(invoices.c.id == row.invoice_id))
        assert (debt.amount, debt.rest) == (owed, owed - row.received)
        self.seen[row.funding] += 1
        self.seen["netted"] += owed != row.transfer
        back = self.books.sum_of(returns.c.to_lender, returns.c.agreement_id == row.id)
        mine = (lines.c.subject == f"loan_agreement:{row.id}") & (lines.c.kind == LineKind.LOAN)
        gross, fee = self.books.sum_of(lines.c.gross, mine), self.books.sum_of(lines.c.fee, mine)
        assert gross == (row.transfer - back if row.funding == "received" else 0)
        assert 0 <= fee <= gross
        assert row.returned == self.books.sum_of(returns.c.goods, returns.c.agreement_id == row.id)

    def teardown(self) -> None:
        with self.books.house.store.reading() as connection:
            assert journal.verify(connection).ok
        self.books.house.close()
        shutil.rmtree(self.folder)

    # ------------------------------------------------------------------ what there is

    def try_(self, work: Any) -> None:
        """A person's act, which may be too late or too much."""
        try:
            self.books.house.do(ACCOUNTANT, work)
        except (Conflict, Refused) as error:
            assert error.code in ("invoice.not_so_much_due", "undo.not_last", "invoice.cancelled"), error.code

    def open_invoices(self) -> list[AnyRow]:
        return self.books.every_row(select(invoices).where(invoices.c.state == "open").order_by(invoices.c.id))

    def live_payments(self) -> list[AnyRow]:
        decided = payments.c.state.in_(("auto", "manual"))
        return self.books.every_row(select(payments).where(decided).order_by(payments.c.id))

    def idle_payments(self) -> list[AnyRow]:
        return self.books.every_row(select(payments).where(payments.c.state == "needs_person").order_by(payments.c.id))

    def waiting_returns(self) -> list[AnyRow]:
        open_ = (returns.c.executed_at.is_(None), returns.c.to_lender > 0)
        return self.books.every_row(select(returns).where(*open_).order_by(returns.c.id))

    def netted_sums(self) -> list[tuple[str, int]]:
        """(agreement, what would be missing of it but for the first of its returns that waits)."""
        due = {row.id: (row.number, row.rest) for row in self.open_invoices()}
        found = []
        for one in self.waiting_returns():
            number, rest = due.get(self.books.row(one.agreement_id).invoice_id, ("", 0))
            if rest - one.to_lender > 1:
                found.append((number, rest - one.to_lender))
        return found

    def everything(self) -> list[Any]:
        ordered = [agreements, returns, lines]
        found: list[Any] = [self.books.every_row(select(table).order_by(table.c.id)) for table in ordered]
        return [*found, self.books.every_row(select(statements.c.id, statements.c.state)), self.books.orders()]


@pytest.fixture(scope="module")
def started(tmp_path_factory: pytest.TempPathFactory) -> Any:
    home = tmp_path_factory.mktemp("loan-money")
    books = Books(home)
    for number in NUMBERS:
        shop = books.house.other if number == "КД-201" else books.house.shop
        books.paper_accepted(books.loan(number, shop=shop))
    books.house.store.close()
    yield home, books


def test_every_kopeck_is_somewhere_once(started: Any) -> None:
    home, books = started

    class Machine(LoanMoney):
        pass

    Machine.home, Machine.started, Machine.seen = home, books, Counter()
    run_state_machine_as_test(
        Machine,
        settings=settings(
            max_examples=12,
            stateful_step_count=14,
            deadline=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
            phases=(Phase.generate,),  # a failure is shown as it was met: each step is many commits
        ),
    )
    reached = ("expected", "partly", "received", "reversed", "paid", "returned", "shops owe", "kept", "netted")
    assert all(Machine.seen[what] for what in reached), Machine.seen
