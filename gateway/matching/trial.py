"""A back-test: payments of the past through the matcher the service uses, each one booked before the next is looked at.

Pure: rows in, decisions out. However the payments are cut into portions, the decisions are the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date

from gateway.matching.decide import decide
from gateway.matching.decision import Decision, Outcome, Policy
from gateway.matching.duplicates import MemoryDuplicates
from gateway.matching.facts import PaymentIn, read_facts
from gateway.matching.index import InvoiceCard, InvoiceState, MemoryIndex
from gateway.matching.payout import MemoryRegistries
from gateway.matching.rules import PayerRules
from gateway.matching.trial_summary import Answer, Summary, Tally, answer_of
from gateway.payments.registries.model import Registry

PolicyOn = Callable[[date | None], Policy]
"""The policy for payments booked on a day; None for a payment without one."""

_REGISTRY_MISSING = "matching.registry_missing"


def always(policy: Policy) -> PolicyOn:
    """One policy for every day."""
    return lambda _: policy


def as_open(invoice: InvoiceCard) -> InvoiceCard:
    """The invoice as it stood before anybody paid: its whole amount due. A cancelled one stays cancelled."""
    if invoice.state == InvoiceState.CANCELLED:
        return invoice
    state = InvoiceState.OPEN if invoice.amount else InvoiceState.PAID
    return replace(invoice, state=state.value, rest=invoice.amount)


class Trial:
    """One back-test.

    Args:
        invoices: as they stood before the first payment.
        registries: of payout partners; each explains one payment.
        policy_on: the company's policy; the strict one when left out.
        rules: what people said about who pays for whom.

    Attributes:
        summary: of all payments decided so far.
    """

    def __init__(
        self,
        invoices: Iterable[InvoiceCard],
        registries: Sequence[Registry] = (),
        policy_on: PolicyOn | None = None,
        rules: PayerRules | None = None,
    ) -> None:
        self._index = MemoryIndex(invoices)
        self._registries = MemoryRegistries(registries)
        self._policy_on = policy_on or always(Policy())
        self._rules = rules
        self._duplicates = MemoryDuplicates()
        self._released: set[str] = set()
        self.summary = Summary()

    @property
    def invoices(self) -> int:
        """How many invoices are known."""
        return len(self._index)

    def run(
        self,
        payments: Iterable[PaymentIn],
        *,
        progress: Callable[[int], None] = lambda _: None,
        stopped: Callable[[], bool] = lambda: False,
    ) -> Iterator[tuple[PaymentIn, Decision]]:
        """Every payment with its decision, which is booked by then. May be called again with later payments.

        Args:
            payments: in the order of their arrival.
            progress: told the number of payments decided by this call, after each.
            stopped: asked before each payment; when it says so, the rest stays undecided.
        """
        for number, payment in enumerate(payments, start=1):
            if stopped():
                self.summary.stopped = True
                return
            yield payment, self.decide(payment)
            progress(number)

    def decide(self, payment: PaymentIn) -> Decision:
        """Decide one payment and book it."""
        policy = self._policy_on(payment.booked)
        decision = decide(read_facts(payment), self._index, policy, self._duplicates, self._registries, self._rules)
        if answer_of(decision) is Answer.AUTO:
            self._book(decision)
        self._duplicates.record(payment)
        self.summary.take(payment, decision)
        self._count_payout(payment, decision, policy)
        return decision

    def _book(self, decision: Decision) -> None:
        for invoice_id, amount in decision.allocations:
            self._index.settle(invoice_id, amount)
        if decision.registry_id:
            self._registries.use(decision.registry_id)
        for invoice_id in decision.release_ok - self._released:
            self._released.add(invoice_id)
            self.summary.released.add(self._index[invoice_id].amount.kopecks)

    def _count_payout(self, payment: PaymentIn, decision: Decision, policy: Policy) -> None:
        if decision.outcome is not Outcome.PAYOUT_UNEXPLAINED:
            return
        if any(reason.code == _REGISTRY_MISSING for reason in decision.reasons):
            source = policy.payout_partners[payment.payer_inn]
            self.summary.payouts.setdefault(source, Tally()).add(payment.amount.kopecks)


def run(
    invoices: Iterable[InvoiceCard],
    payments: Iterable[PaymentIn],
    registries: Sequence[Registry] = (),
    policy_on: PolicyOn | None = None,
) -> Iterator[tuple[PaymentIn, Decision]]:
    """A whole back-test without its summary; see `Trial`."""
    return Trial(invoices, registries, policy_on).run(payments)
