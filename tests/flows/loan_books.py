"""A broker's whole way of money: lenders' lump payments with their registries, shops' statements, the bank's debit
lines, goods that come back; and the sums that have to add up whatever happens."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from gateway.bank.statement import Entry, StatementHead
from gateway.core.authority import SERVICE, Actor, Role
from gateway.core.clock import FixedClock, business_date
from gateway.core.money import Money
from gateway.core.references import Reference
from gateway.core.requisites import with_key
from gateway.flows import loan_release, loan_return, loan_to_payout, registries
from gateway.flows import settlement as story
from gateway.flows.loan_return import ReturnTerms
from gateway.flows.paid_to_pick import take_lines
from gateway.loans import payees
from gateway.loans.model import SigningWay
from gateway.loans.reasons import ReturnReason
from gateway.loans.tables import agreements, applications, returns
from gateway.loans.tables import events as loan_events
from gateway.loans.terms import LoanTerms
from gateway.matching.tables import decisions
from gateway.payments.model import Source
from gateway.payments.outgoing import service as outgoing
from gateway.payments.outgoing import steps as order_steps
from gateway.payments.outgoing.model import OrderEvent, OutgoingTerms, OwnAccount, Payee
from gateway.payments.outgoing.tables import payment_orders
from gateway.payments.registries.mapping import ColumnMapping, Place
from gateway.payments.tables import entries, payments
from gateway.settlement import statements
from gateway.settlement.model import LineKind
from gateway.settlement.tables import lines
from gateway.settlement.tables import payouts as payout_rows
from gateway.settlement.tables import statements as statement_rows
from gateway.settlement.terms import SettlementTerms
from gateway.store import Store, alarms
from gateway.store.engine import sqlite_url
from gateway.store.schema import AnyRow
from tests.flows.loans import LENDER, Trade
from tests.flows.shop import ACCOUNTANT, TERMS
from tests.loans.house import COMPANY
from tests.payments.outgoing.desk import let_in

BIC, CORR = "044525225", "30101810400000000225"
OURS = with_key("40702810000000000099", BIC)
LENDERS_ACCOUNT = with_key("40702810000000000555", BIC)
SIGNERS = (Actor("ivanova", Role.ACCOUNTANT), Actor("zimin", Role.DIRECTOR))
CONFIRMED = tuple(f"outgoing.{name}" for name in ("new_payee", "lookalike", "account_renamed", "duplicate", "replaces"))
BY_AGREEMENT = ColumnMapping(
    key=("Номер кредитного договора",),
    kind=Reference.LOAN,
    amount="Сумма",
    number=Place(heading=r"Реестр № (\S+)"),
    date=Place(heading=r"от (\d\d\.\d\d\.\d{4})"),
)
OUTGOING = OutgoingTerms(
    name="ООО «Светорама»",
    inn="7701234560",
    kpp="770101001",
    accounts={OURS: OwnAccount(OURS, BIC, "ПАО «Банк»", CORR)},
)


def registry(number: int, *rows: tuple[str, int], day: str = "23.11.2026") -> bytes:
    """A lender's registry: (agreement, kopecks) each."""
    listed = [f"Реестр № {number} от {day}", "Номер кредитного договора;Сумма"]
    listed += [f"{agreement};{Money(kopecks).decimal_text().replace('.', ',')}" for agreement, kopecks in rows]
    return ("\r\n".join(listed) + "\r\n").encode()


class Books(Trade):
    """A broker with everything it needs to pay and be paid.

    Attributes:
        flow: the terms of the trade, with those of loans among them.
        money: how shops and lenders get theirs.
    """

    def __init__(self, folder: Path, url: str = "", **loans: Any) -> None:
        super().__init__(folder, url)
        self.with_terms(replace(self.terms, **loans))
        self._registries = self._messages = 0

    def with_terms(self, loans: LoanTerms, *, deducting: frozenset[str] = frozenset()) -> None:
        self.terms = loans
        policy = replace(TERMS.policy, payout_partners={LENDER.inn: "loan"})
        self.flow = replace(TERMS, policy=policy, outgoing=OUTGOING, loans=loans)
        lender = Payee(LENDER.name, "7702070139", "770201001", LENDERS_ACCOUNT, BIC, "ПАО «Банк»", CORR)
        settling = SettlementTerms(OUTGOING, payees.payee_of_any({"rest": lender}), payees.debtor_of)
        self.money = ReturnTerms(settling, {"rest": lender}, deducting)

    def reopen(self, folder: Path) -> None:
        """Go on with another copy of the database."""
        self.house.clock = FixedClock(self.house.clock.now())
        self.house.store = Store(sqlite_url(folder / "kvit.db"), self.house.clock, COMPANY)
        self.desk.store, self.desk.clock = self.house.store, self.house.clock

    # ------------------------------------------------------------------ loans

    def loan(self, number: str, way: SigningWay = SigningWay.CLERK, *, handed_over: bool = True, **more: Any) -> AnyRow:
        """A signed agreement, with the goods at the buyer."""
        row = self.signed(way, number=number, order=number, **more)
        self.house.do(SERVICE, lambda u: loan_release.settle_goods(u, self.flow, self.terms, row))
        if handed_over:
            self.hand_over(row)
        return self.row(row.id)

    def hand_over(self, row: AnyRow) -> None:
        boss = self.boss_of(row)
        self.house.do(boss, lambda u: loan_release.report_delivered(u, self.flow, self.terms, row.application_id))

    def paper_accepted(self, row: AnyRow) -> None:
        self.put(row.id, original="accepted")

    def gives_back(self, row: AnyRow, kopecks: int) -> str:
        """Goods come back to the shop; returns the return's id."""
        boss, goods, why = self.boss_of(row), Money(kopecks), ReturnReason.NOT_RIGHT
        return self.house.do(
            boss, lambda u: loan_return.return_goods(u, self.flow, self.terms, row.application_id, goods, why)
        )

    # ------------------------------------------------------------------ the lender's money

    def announced(self, *rows: tuple[str, int]) -> int:
        """A registry comes from the lender; returns its number."""
        self._registries += 1
        number, content = self._registries, registry(self._registries, *rows)
        self.house.do(
            ACCOUNTANT,
            lambda u: registries.receive(u, self.flow, LENDER.inn, f"r{number}.csv", content, BY_AGREEMENT),
        )
        return number

    def lump(self, number: int, kopecks: int, evidence: str = "signed") -> str:
        """The payment a registry explains; returns its id."""
        text = f"Перечисление кредитных средств по реестру № {number} от 23.11.2026, НДС не облагается"
        line = self.desk.line(kopecks, text, payer=LENDER)
        self.deliver(line, evidence=evidence)
        return str(self.last_payment().id)

    def paid_for(self, *rows: tuple[str, int]) -> str:
        """Registry and payment of one lump sum; returns the payment's id."""
        return self.lump(self.announced(*rows), sum(kopecks for _, kopecks in rows))

    def taken_back(self, payment_id: str) -> None:
        """The bank's storno of a payment."""
        entry = self.one(select(payments).where(payments.c.id == payment_id))
        reference = self.entry_ref(payment_id)
        line = self.desk.line(entry.amount, "сторно", payer=LENDER, reversal_of=reference)
        self.deliver(line)

    def entry_ref(self, payment_id: str) -> str:
        return str(self.one(select(entries.c.ref).where(entries.c.id == payment_id)).ref)

    def deliver(self, line: Entry, evidence: str = "signed") -> None:
        """A line of a statement of ours, as one proved message."""
        self._messages += 1
        head = StatementHead("camt.054", f"S{self._messages}", "", None, OURS, "", "", "RUB", None, None, ())
        source = Source(f"M{self._messages:06d}", evidence, self.house.clock.now())
        taken = take_lines(self.house.store, self.flow, source, [head, line])
        assert not taken.failed, self.alarms()

    # ------------------------------------------------------------------ shops and the bank

    def round(self) -> int:
        return loan_to_payout.settle_loans(self.house.store, self.flow, self.terms, self.money)

    def month_end(self, *, accept: bool = True) -> list[str]:
        """Statements of today's period, sent, accepted, settled and drafted; returns the payment orders of them."""
        store, today = self.house.store, business_date(self.house.clock.now())
        with store.reading() as connection:
            parties = payees.parties(connection, COMPANY)
        story.close_period(store, parties, today, debtor_of=payees.debtor_of)
        story.send_open(store, self.money.settlement, today)
        sent = self.every_row(select(statement_rows).where(statement_rows.c.state == "sent"))
        for row in sent if accept else ():
            self.house.do(ACCOUNTANT, partial(statements.accept, statement_id=row.id))
        self.round()
        return self.orders("draft")

    def sign_order(self, order_id: str) -> None:
        let_in(self.house.store, *SIGNERS)
        terms = self.flow.outgoing
        for person in SIGNERS:
            seen = self.order(order_id).version
            approve = partial(outgoing.approve, terms=terms, order_id=order_id, expected_version=seen)
            self.house.do(person, partial(approve, confirmed=CONFIRMED))

    def debited(self, order_id: str) -> None:
        """The bank takes an order that was signed, and carries it out."""
        for event in (OrderEvent.PREPARE, OrderEvent.TAKEN):
            self.moved(order_id, event)
        order = self.order(order_id)
        line = self.desk.line(order.amount, order.purpose)
        payee = replace(line.counterparty, name=order.payee_name, account=order.payee_account)
        self.deliver(replace(line, incoming=False, e2e=order_id, counterparty=payee))

    def moved(self, order_id: str, event: OrderEvent, **columns: Any) -> None:
        """Something happens to a payment order, as the flows that follow the bank would write it."""
        self.house.do(SERVICE, lambda u: order_steps.move(u, order_steps.load(u, order_id), event, **columns))

    def bounced(self, order_id: str) -> None:
        """The bank gives the money of an order back."""
        at = self.house.clock.now().isoformat()
        self.moved(order_id, OrderEvent.RETURN, return_entry_id=f"back-{order_id}", returned_at=at)

    def paid_out(self) -> None:
        """Every order that waits is signed and carried out."""
        for order_id in self.orders("draft"):
            self.sign_order(order_id)
            self.debited(order_id)
        self.round()

    # ------------------------------------------------------------------ what stands

    def one(self, query: Any) -> AnyRow:
        with self.house.store.reading() as connection:
            return connection.execute(query).one()

    def every_row(self, query: Any) -> list[AnyRow]:
        with self.house.store.reading() as connection:
            return list(connection.execute(query))

    def order(self, order_id: str) -> AnyRow:
        return self.one(select(payment_orders).where(payment_orders.c.id == order_id))

    def orders(self, *states: str) -> list[str]:
        query = select(payment_orders.c.id).order_by(payment_orders.c.id)
        found = self.every_row(query.where(payment_orders.c.state.in_(states)) if states else query)
        return [row.id for row in found]

    def last_payment(self) -> AnyRow:
        return self.one(select(payments).order_by(payments.c.id.desc()).limit(1))

    def lines(self, *kinds: LineKind) -> list[AnyRow]:
        query = select(lines).order_by(lines.c.id)
        return self.every_row(query.where(lines.c.kind.in_(kinds)) if kinds else query)

    def told(self) -> list[tuple[int, int, int]]:
        """(gross, fee, net) of every line of the register, in order."""
        return [(row.gross, row.fee, row.net) for row in self.lines()]

    def returned(self, return_id: str) -> AnyRow:
        return self.one(select(returns).where(returns.c.id == return_id))

    def kinds(self, row: AnyRow) -> list[str]:
        query = select(loan_events.c.kind).where(loan_events.c.application_id == row.application_id)
        return [found.kind for found in self.every_row(query.order_by(loan_events.c.id))]

    def alarms(self) -> list[str]:
        with self.house.store.reading() as connection:
            return sorted(alarm.code for alarm in alarms.open_alarms(connection, COMPANY))

    def reasons(self, payment_id: str) -> str:
        query = select(decisions.c.reasons).where(decisions.c.payment_id == payment_id).order_by(decisions.c.id.desc())
        return str(self.every_row(query)[0].reasons)

    def application(self, row: AnyRow) -> AnyRow:
        return self.one(select(applications).where(applications.c.id == row.application_id))

    def sum_of(self, column: Any, *where: Any) -> int:
        return int(self.one(select(func.coalesce(func.sum(column), 0).label("sum")).where(*where)).sum)

    def paid_to_shops(self) -> int:
        standing = (payout_rows.c.entry_id.is_not(None), payout_rows.c.return_entry_id.is_(None))
        return self.sum_of(payout_rows.c.amount, *standing)

    def funded(self) -> Sequence[AnyRow]:
        return self.every_row(
            select(agreements, applications.c.goods.label("price"), applications.c.down)
            .join(applications, applications.c.id == agreements.c.application_id)
            .where(agreements.c.received > 0)
        )
