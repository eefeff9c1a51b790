"""A back-test: payments of the past through the matcher the service uses, each one booked before the next is looked at.

Pure: rows in, decisions out. However the payments are cut into portions, the decisions are the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace

from gateway.matching.decide import decide
from gateway.matching.decision import Decision, Outcome, Policy
from gateway.matching.duplicates import MemoryDuplicates
from gateway.matching.facts import PaymentIn, read_facts
from gateway.matching.index import InvoiceCard, InvoiceState, MemoryIndex
from gateway.matching.payout import MemoryRegistries
from gateway.matching.trial_summary import Answer, Summary, Tally, answer_of
from gateway.payments.registries.model import Registry

_REGISTRY_MISSING = "matching.registry_missing"


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
        policy: the company's.

    Attributes:
        summary: of all payments decided so far.
    """

    def __init__(
        self, invoices: Iterable[InvoiceCard], registries: Sequence[Registry] = (), policy: Policy | None = None
    ) -> None:
        self._index = MemoryIndex(invoices)
        self._registries = MemoryRegistries(registries)
        self._policy = policy or Policy()
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
        decision = decide(read_facts(payment), self._index, self._policy, self._duplicates, self._registries)
        if answer_of(decision) is Answer.AUTO:
            self._book(decision)
        self._duplicates.record(payment)
        self.summary.take(payment, decision)
        self._count_payout(payment, decision)
        return decision

    def _book(self, decision: Decision) -> None:
        for invoice_id, amount in decision.allocations:
            self._index.settle(invoice_id, amount)
        if decision.registry_id:
            self._registries.use(decision.registry_id)
        for invoice_id in decision.release_ok - self._released:
            self._released.add(invoice_id)
            self.summary.released.add(self._index[invoice_id].amount.kopecks)

    def _count_payout(self, payment: PaymentIn, decision: Decision) -> None:
        if decision.outcome is not Outcome.PAYOUT_UNEXPLAINED:
            return
        if any(reason.code == _REGISTRY_MISSING for reason in decision.reasons):
            source = self._policy.payout_partners[payment.payer_inn]
            self.summary.payouts.setdefault(source, Tally()).add(payment.amount.kopecks)


def run(
    invoices: Iterable[InvoiceCard],
    payments: Iterable[PaymentIn],
    registries: Sequence[Registry] = (),
    policy: Policy | None = None,
) -> Iterator[tuple[PaymentIn, Decision]]:
    """A whole back-test without its summary; see `Trial`."""
    return Trial(invoices, registries, policy).run(payments)
