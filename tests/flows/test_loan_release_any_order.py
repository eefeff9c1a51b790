"""Whatever happens to a loan in whatever order: goods leave only when the rule holds, and one gate is open at most."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from gateway.core.authority import SERVICE, Actor
from gateway.core.errors import Refused
from gateway.flows import loan_release, picking
from gateway.loans import agreements, ending, originals, signing
from gateway.loans.ending import By
from gateway.loans.model import SigningWay
from gateway.loans.papers import GoodsState
from gateway.loans.reasons import EndReason
from gateway.orders.tables import orders
from gateway.store import Unit
from gateway.store.schema import AnyRow
from tests.flows.loans import Trade
from tests.flows.shop import STOREMAN, TERMS
from tests.loans.house import MANAGER
from tests.loans.paperwork import PASSPORT, agreement_view

OUT = ("released", "shipped", "delivered", "committed")
GONE = ("shipped", "delivered", "committed")


class Loan(RuleBasedStateMachine):
    """One application with its agreement, of our own warehouse or of a shop's."""

    def __init__(self) -> None:
        super().__init__()
        self._folder = tempfile.TemporaryDirectory()
        self.trade = Trade(Path(self._folder.name))
        self.payments: list[str] = []
        self.numbers = 1

    def teardown(self) -> None:
        self.trade.house.close()
        self._folder.cleanup()

    @initialize(way=st.sampled_from(SigningWay), own=st.booleans(), trusts=st.booleans(), signed=st.booleans())
    def begin(self, way: SigningWay, own: bool, trusts: bool, signed: bool) -> None:
        self.trade.shop_may(trusts_lender=int(trusts))
        self.trusts = trusts
        if own:
            self.trade.own_order()
        self.application = self.trade.agreed(way, order="Z-1").application_id
        if signed:
            self.signs()

    @property
    def row(self) -> AnyRow:
        return self.trade.every(self.application)[-1]

    def tried(self, work: Callable[[Unit], object], actor: Actor = MANAGER) -> bool:
        """Do it in a unit of its own, and look at the goods as the interface does; False when it was refused."""
        try:
            with self.trade.house.store.unit(actor) as unit:
                work(unit)
                loan_release.settle_application(unit, TERMS, self.trade.terms, self.application)
                unit.commit()
        except Refused:
            return False
        return True

    @rule(right=st.booleans())
    def check_passport(self, right: bool) -> None:
        try:
            self.trade.check(self.application, PASSPORT if right else "4510000000")
        except Refused:
            return

    @precondition(lambda self: self.row.signing_way == "courier")
    @rule()
    def send_a_courier(self) -> None:
        try:
            self.trade.courier_meets(self.application)
        except Refused:
            return

    @rule()
    def signs(self) -> None:
        """Everything from the courier to the signature, as far as it goes."""
        if self.row.signing_way == "courier":
            self.send_a_courier()
        self.check_passport(True)
        self.sign()

    @rule()
    def sign(self) -> None:
        self.tried(lambda u: signing.sign(u, self.trade.terms, self.application))

    @rule()
    def find_fault(self) -> None:
        self.tried(lambda u: signing.find_fault(u, self.trade.terms, self.application, "брак"))

    @rule()
    def sign_anew(self) -> None:
        self.tried(lambda u: signing.resign(u, self.application))

    @rule()
    def lender_accepts_the_paper(self) -> None:
        self.tried(lambda u: originals.accepted(u, self.trade.terms, self.application), SERVICE)

    @precondition(lambda self: self.row.live and self.row.funding in ("expected", "reversed"))
    @rule()
    def money_comes(self) -> None:
        self.payments.append(self.trade.lender_pays(self.row))

    @precondition(lambda self: self.payments and self.row.funding == "received")
    @rule()
    def money_is_taken_back(self) -> None:
        self.trade.bank_takes_back(self.row, self.payments.pop())

    @rule(number=st.sampled_from([0, 0, 0, 1]))
    def lender_says_something(self, number: int) -> None:
        """The same again, or another agreement."""
        self.numbers += number
        try:
            self.trade.take(self.application, agreement_view(f"КД-{self.numbers}"))
        except Refused:
            return

    @rule()
    def a_person_confirms(self) -> None:
        self.tried(lambda u: agreements.confirm(u, self.trade.terms, self.application, "верно"))

    @rule(state=st.sampled_from(["revoked", "approved", "approved", "approved"]))
    def lender_wavers(self, state: str) -> None:
        self.trade.lender_says(self.application, state=state)

    @rule(hours=st.sampled_from([1, 5, 49]))
    def time_passes(self, hours: int) -> None:
        self.trade.house.later(hours=hours)
        self.trade.due()

    @rule(event=st.sampled_from(["take", "start", "pick", "close", "cancel"]))
    def warehouse_works(self, event: str) -> None:
        for row in self.trade.lists():
            try:
                self.trade.house.do(STOREMAN, partial(picking.act, terms=TERMS, pick_list_id=row.id, event=event))
            except Refused:
                continue

    @rule(delivered=st.booleans())
    def goods_leave(self, delivered: bool) -> None:
        report = loan_release.report_delivered if delivered else loan_release.report_shipped
        before = self.row
        done = self.tried(lambda u: report(u, TERMS, self.trade.terms, self.application))
        if done and before.goods not in GONE:
            self.allowed(self.row)

    @precondition(lambda self: self.payments or self.row.goods in OUT)
    @rule()
    def cancelled(self) -> None:
        gone = self.row.goods in GONE
        done = self.tried(lambda u: ending.cancel(u, self.application, By.BUYER, EndReason.CHANGED_MIND))
        assert not (done and gone)

    def allowed(self, row: AnyRow) -> None:
        """The rule, said once more in other words."""
        assert row.identity_checked_at and row.signed_at and row.signing in ("signed", "verified")
        assert row.cooling_until is None or row.cooling_until <= self.trade.house.clock.now().isoformat()[:19] + "~"
        assert not [one for one in json.loads(row.warnings) if not one.get("settled_by")]
        assert self.trade.house.decisions(self.application)["rest"].state == "approved"
        if row.signing_way != "clerk" and not self.trusts:
            assert row.funding == "received" and self.payments

    @invariant()
    def goods_are_out_by_the_rule_alone(self) -> None:
        row = self.row
        if self.trade.settle(row) is GoodsState.RELEASED:
            self.allowed(self.row)

    @invariant()
    def one_gate_is_open_at_most_and_only_for_goods_that_are_out(self) -> None:
        live = [one for one in self.trade.releases() if one.withdrawn_at is None]
        assert len(live) <= 1
        with self.trade.house.store.reading() as connection:
            held = connection.execute(orders.select().where(orders.c.hold_reason == "loan")).all()
        if live and not held:
            assert self.row.goods in OUT

    @invariant()
    def looking_again_changes_nothing(self) -> None:
        self.trade.settle(self.row)
        before = (self.row, self.trade.releases(), self.trade.lists())
        self.trade.settle(self.row)
        assert (self.row, self.trade.releases(), self.trade.lists()) == before


Loan.TestCase.settings = settings(
    max_examples=12, stateful_step_count=14, deadline=None, suppress_health_check=list(HealthCheck)
)
TestLoan = Loan.TestCase
