"""The queue under any sequence of money, registries, people, rules and second looks: sums conserve, history only grows,
and what a person decided stays until a person, or the bank's storno, changes it."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from gateway.bank.statement import Entry
from gateway.core.errors import Refused
from gateway.core.money import Money
from gateway.flows import by_hand, payer_rules, registries
from gateway.flows.second_look import decide_again
from gateway.matching.tables import allocations, decisions
from gateway.matching.tables import payer_rules as rule_rows
from gateway.orders.model import Buyer
from gateway.orders.tables import invoices, releases
from gateway.payments.tables import payments
from gateway.store import Unit
from tests.flows.shop import ACCOUNTANT, BUYER, OTHER, Shop
from tests.flows.test_registries import ACQUIRER, BY_ORDER, TEXT, csv
from tests.flows.test_registries import PAYING as TERMS

STRANGER = Buyer("", "ul", "ООО «Омега»", "6312000014", "631201001")
DECIDED = ("auto", "manual", "not_ours")
SUMS = [100_000, 200_000, 300_000, 500_000, 7_000]
PURPOSES = ["Оплата по счету {}", "Оплата по счетам {} и {}", "Счет {} частично", "за рамки", "Возврат по счету {}"]
places = st.integers(0, 9)


class Queue(RuleBasedStateMachine):
    """One shop; every step is one transaction of the service or of a person."""

    def __init__(self) -> None:
        super().__init__()
        self._folder = tempfile.TemporaryDirectory()
        self.shop = Shop(Path(self._folder.name))
        self.lines: list[Entry] = []
        self.numbers: list[str] = []
        self.registries = 0
        self.seen: dict[str, dict[str, Any]] = {"allocations": {}, "decisions": {}}
        self.decided: dict[str, tuple[Any, ...]] = {}  # payment → what a person left it at

    def teardown(self) -> None:
        self.shop.close()
        self._folder.cleanup()

    # ------------------------------------------------------------------ what happens

    @initialize()
    def opens(self) -> None:
        self.shop.goods("a4", main=15)
        for _ in range(3):
            self.sold(BUYER, 2)
        self.sold(OTHER, 3)

    @rule(buyer=st.sampled_from([BUYER, OTHER]), pieces=st.integers(1, 5))
    def sold(self, buyer: Buyer, pieces: int) -> None:
        """A new order and its invoice: the second look a file of 1C brings along."""
        self.numbers.append(f"СР-{101 + len(self.numbers)}")
        self.shop.order(self.numbers[-1], {"a4": pieces}, buyer=buyer)
        self._run(lambda unit: decide_again(unit, TERMS))

    @rule(
        payer=st.sampled_from([BUYER, OTHER, STRANGER]),
        kopecks=st.sampled_from(SUMS),
        purpose=st.sampled_from(PURPOSES),
        first=places,
        second=places,
        evidence=st.sampled_from(["signed", "signed", "channel", "file"]),
    )
    def money_comes(self, payer: Buyer, kopecks: int, purpose: str, first: int, second: int, evidence: str) -> None:
        quoted = [self.numbers[place % len(self.numbers)] for place in (first, second)]
        self.lines.append(self.shop.line(kopecks, purpose.format(*quoted), payer=payer))
        self.shop.deliver(self.lines[-1], evidence=evidence, terms=TERMS)

    @rule(
        which=st.sets(places, min_size=1, max_size=3), fee=st.sampled_from([0, 2_000]), off=st.sampled_from([0, 0, 1])
    )
    def registry_comes_first(self, which: set[int], fee: int, off: int) -> None:
        number, net = self._registry(which, fee)
        self._payout(number, net + off)

    @rule(
        which=st.sets(places, min_size=1, max_size=3), fee=st.sampled_from([0, 2_000]), off=st.sampled_from([0, 0, 1])
    )
    def registry_comes_after(self, which: set[int], fee: int, off: int) -> None:
        sold = self._of(which)
        self._payout(f"{500 + self.registries}", sum(row.amount - fee for row in sold) + off)
        self._registry(which, fee)

    def _of(self, which: set[int]) -> list[Any]:
        known = self.shop.rows(invoices)
        return list({known[place % len(known)].id: known[place % len(known)] for place in which}.values())

    def _registry(self, which: set[int], fee: int) -> tuple[str, int]:
        """The acquirer's file of some orders; its number and what it says will arrive."""
        number, sold = f"{500 + self.registries}", self._of(which)
        self.registries += 1
        data = csv(*((row.number, row.amount, fee) for row in sold), number=number)
        self._run(lambda unit: registries.receive(unit, TERMS, ACQUIRER.inn, f"{number}.csv", data, BY_ORDER))
        return number, sum(row.amount - fee for row in sold)

    def _payout(self, number: str, kopecks: int) -> None:
        self.lines.append(self.shop.line(kopecks, TEXT.format(number=number), payer=ACQUIRER))
        self.shop.deliver(self.lines[-1], terms=TERMS)

    @precondition(lambda self: self.lines)
    @rule(which=st.sets(places, min_size=1, max_size=3), evidence=st.sampled_from(["signed", "channel", "file"]))
    def told_again(self, which: set[int], evidence: str) -> None:
        told = {self.lines[place % len(self.lines)].ref: self.lines[place % len(self.lines)] for place in which}
        self.shop.deliver(*told.values(), evidence=evidence, terms=TERMS)

    @precondition(lambda self: self.lines)
    @rule(which=places)
    def told_otherwise(self, which: int) -> None:
        """The bank's own proof tells other words than the file did."""
        line = self.lines[which % len(self.lines)]
        self.shop.deliver(replace(line, purpose=f"{line.purpose}."), terms=TERMS)

    @precondition(lambda self: self.lines)
    @rule(which=places)
    def bank_takes_back(self, which: int) -> None:
        line = self.lines[which % len(self.lines)]
        before = {row.id: row.state for row in self.shop.rows(payments)}
        storno = self.shop.line(line.amount.kopecks, "Сторно", reversal_of=line.ref)
        self.shop.deliver(replace(storno, counterparty=line.counterparty), terms=TERMS)
        for row in self.shop.rows(payments):
            if row.state == "reversed" != before[row.id]:
                self.decided.pop(row.id, None)

    @precondition(lambda self: self.shop.rows(payments))
    @rule(which=places, parts=st.lists(st.tuples(places, st.integers(1, 300_000)), min_size=1, max_size=3))
    def person_allocates(self, which: int, parts: list[tuple[int, int]]) -> None:
        """Over invoices of one or of several buyers; what is left over is an advance."""
        known = self.shop.rows(invoices)
        pairs = [(known[place % len(known)].id, Money(kopecks)) for place, kopecks in parts]
        self._person(which, lambda unit, payment: by_hand.allocate(unit, TERMS, payment, pairs))

    @precondition(lambda self: self.shop.rows(payments))
    @rule(which=places, order=st.permutations(range(10)))
    def person_fills(self, which: int, order: list[int]) -> None:
        """As far as the money goes, invoice by invoice."""
        known = [row for row in self.shop.rows(invoices) if row.rest]
        [row] = self.shop.rows(payments, id=self._payment(which))
        left, pairs = row.amount, []
        for place in order:
            if place < len(known) and left > 0:
                pairs.append((known[place].id, Money(min(left, known[place].rest))))
                left -= pairs[-1][1].kopecks
        self._person(which, lambda unit, payment: by_hand.allocate(unit, TERMS, payment, pairs))

    @precondition(lambda self: self.shop.rows(payments))
    @rule(which=places)
    def person_sets_aside(self, which: int) -> None:
        self._person(which, lambda unit, payment: by_hand.mark_not_ours(unit, TERMS, payment, "other_income"))

    @precondition(lambda self: self.shop.rows(payments))
    @rule(which=places)
    def person_vouches(self, which: int) -> None:
        self._person(which, lambda unit, payment: by_hand.confirm_release(unit, TERMS, payment))

    @precondition(lambda self: any(row.state in DECIDED for row in self.shop.rows(payments)))
    @rule(which=places)
    def person_undoes(self, which: int) -> None:
        decided = [row.id for row in self.shop.rows(payments) if row.state in DECIDED]
        payment = decided[which % len(decided)]
        last = self.shop.rows(decisions, payment_id=payment)[-1]
        if self._run(lambda unit: by_hand.undo(unit, TERMS, last.id)):
            self.decided[payment] = self._stands(payment)

    @precondition(lambda self: self.shop.rows(payments))
    @rule(which=places, party=st.sampled_from([BUYER.inn, OTHER.inn]))
    def person_makes_a_rule(self, which: int, party: str) -> None:
        payment = self._payment(which)
        self._run(lambda unit: payer_rules.learn(unit, TERMS, payment, party))

    @precondition(lambda self: self.shop.rows(rule_rows))
    @rule(which=places)
    def person_revokes_a_rule(self, which: int) -> None:
        made = self.shop.rows(rule_rows)
        self._run(lambda unit: payer_rules.revoke(unit, TERMS, made[which % len(made)].id))

    def _payment(self, which: int) -> str:
        known = self.shop.rows(payments)
        return str(known[which % len(known)].id)

    def _person(self, which: int, act: Callable[[Unit, str], Any]) -> None:
        payment = self._payment(which)
        if self._run(lambda unit: act(unit, payment)):
            self.decided[payment] = self._stands(payment)

    def _run(self, work: Callable[[Unit], Any]) -> bool:
        """One transaction of a person; False when it is refused, and then nothing of it is kept."""
        try:
            with self.shop.store.unit(ACCOUNTANT) as unit:
                work(unit)
                unit.commit()
        except Refused:
            return False
        return True

    # ------------------------------------------------------------------ what holds

    def _stands(self, payment: str) -> tuple[Any, ...]:
        made = [d for d in self.shop.rows(decisions) if d.payment_id == payment]
        live = [(a.id, a.invoice_id, a.amount) for a in self.shop.rows(allocations, payment_id=payment, undone=0)]
        [row] = self.shop.rows(payments, id=payment)
        return row.state, row.outcome, row.allocated, row.confirmed_by, [d.id for d in made], live

    @invariant()
    def what_a_person_decided_stays(self) -> None:
        for payment, left in self.decided.items():
            assert self._stands(payment) == left

    @invariant()
    def every_kopeck_is_accounted_for(self) -> None:
        live = self.shop.rows(allocations, undone=0)
        fees = {row.id: row.fee for row in self.shop.rows(decisions)}
        for payment in self.shop.rows(payments):
            mine = [a for a in live if a.payment_id == payment.id]
            given, fee = sum(a.amount for a in mine), sum(fees[d] for d in {a.decision_id for a in mine})
            assert 0 <= payment.allocated == given - fee <= payment.amount
        for invoice in self.shop.rows(invoices):
            paid = sum(a.amount for a in live if a.invoice_id == invoice.id)
            assert 0 <= invoice.rest == invoice.amount - paid
        assert all(a.amount > 0 for a in live)

    @invariant()
    def history_only_grows(self) -> None:
        for name, table in (("allocations", allocations), ("decisions", decisions)):
            now = {row.id: row._asdict() for row in self.shop.rows(table)}
            for row_id, before in self.seen[name].items():
                flag = {"undone": now[row_id].get("undone")} if before.get("undone") == 0 else {}
                assert now[row_id] == {**before, **flag}
            self.seen[name] = now
        rows = self.seen["allocations"].values()
        assert sum(a["amount"] for a in rows) == sum(a["amount"] for a in rows if not a["undone"])

    @invariant()
    def goods_leave_on_evidence_or_on_a_persons_word(self) -> None:
        made = {row.id: row for row in self.shop.rows(decisions)}
        vouched = {row.id for row in self.shop.rows(payments) if row.confirmed_by}
        order_of = {row.id: row.order_id for row in self.shop.rows(invoices)}
        released = {row.order_id for row in self.shop.rows(releases) if row.withdrawn_at is None}
        for allocation in self.shop.rows(allocations, undone=0):
            decision = made[allocation.decision_id]
            if order_of[allocation.invoice_id] in released and decision.outcome == "third_party_rule":
                assert allocation.payment_id in vouched


TestQueue = Queue.TestCase
TestQueue.settings = settings(max_examples=12, stateful_step_count=25, deadline=None)
