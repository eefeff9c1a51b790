"""A case put to the matcher, and the answer held against the policy."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from enum import StrEnum
from functools import cache

from gateway.core.money import Money
from gateway.matching.decide import decide
from gateway.matching.decision import Decision, Outcome, Policy
from gateway.matching.duplicates import MemoryDuplicates
from gateway.matching.facts import PaymentIn, read_facts
from gateway.matching.index import InvoiceCard, MemoryIndex, card
from gateway.matching.payout import MemoryRegistries
from tests.matching.handwritten.buyers import OURSELVES, OWN_ACCOUNT, OWN_INN, OWN_SECOND_ACCOUNT
from tests.matching.handwritten.invoices import INVOICES
from tests.matching.handwritten.model import Case, Parts
from tests.matching.handwritten.payouts import PARTNERS, REGISTRIES

POLICY = Policy(
    own_inns=frozenset({OWN_INN}),
    own_accounts=frozenset({OWN_ACCOUNT, OWN_SECOND_ACCOUNT}),
    own_names=(OURSELVES.name,),
    payout_partners=PARTNERS,
)


class Verdict(StrEnum):
    """As the shared scorer counts. LOST: a genuine payment called a duplicate. UNSEEN: a duplicate not called one."""

    CORRECT = "correct"
    TOLERATED = "tolerated"
    ASKED = "asked"
    MISSED = "missed"
    WRONG = "wrong"
    UNSAFE = "unsafe"
    LOST = "lost"
    UNSEEN = "unseen"


HARMLESS = frozenset({Verdict.CORRECT, Verdict.TOLERATED, Verdict.ASKED, Verdict.MISSED})


def _cards() -> Iterable[InvoiceCard]:
    for i in INVOICES:
        yield card(
            i.id, i.number, i.date, Money(i.amount), Money(i.rest), i.state, buyer_id=i.buyer.id,
            buyer_kind=i.buyer.kind, buyer_name=i.buyer.name, buyer_inn=i.buyer.inn,
            known_accounts=[i.buyer.account] if i.buyer.on_record else [], order_no=i.order_no, loan_no=i.loan_no,
            track=i.track,
        )  # fmt: skip


@cache
def _untouched() -> MemoryIndex:
    return MemoryIndex(_cards())


def payment(case: Case, id: str) -> PaymentIn:
    return PaymentIn(
        id, OWN_ACCOUNT, case.payer.name, case.payer.inn, case.payer.kpp, case.payer.account, Money(case.amount),
        case.purpose, case.doc_no, case.doc_date, date(2026, 11, 20),
    )  # fmt: skip


def answer(case: Case) -> Decision:
    """What the matcher says, after what was booked before is credited as the policy has it."""
    index, duplicates = _untouched(), MemoryDuplicates()
    if case.booked_before:
        index = MemoryIndex(_cards())
        for number, earlier in enumerate(case.booked_before):
            duplicates.record(payment(earlier, f"earlier-{number}"))
            if earlier.expect == "auto":
                for invoice_id, kopecks in earlier.allocations:
                    index.settle(invoice_id, Money(kopecks))
    return decide(read_facts(payment(case, "now")), index, POLICY, duplicates, MemoryRegistries(REGISTRIES))


def parts_of(decision: Decision) -> Parts:
    return tuple(sorted((invoice_id, money.kopecks) for invoice_id, money in decision.allocations))


def judge(case: Case, decision: Decision) -> Verdict:
    if (decision.outcome is Outcome.DUPLICATE_DOCUMENT) != (case.expect == "duplicate"):
        return Verdict.UNSEEN if case.expect == "duplicate" else Verdict.LOST
    if not decision.automatic:
        return Verdict.MISSED if case.expect == "auto" else Verdict.ASKED
    right = parts_of(decision) in {tuple(sorted(parts)) for parts in (case.allocations, *case.alt) if parts}
    if not right:
        return Verdict.WRONG
    if case.expect == "auto":
        return Verdict.CORRECT
    return Verdict.TOLERATED if case.may_auto else Verdict.UNSAFE
