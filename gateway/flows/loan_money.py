"""Wherever the allocations of a payment change, the loans among what it was credited to are brought in line.

A lender's money goes through the matcher like everybody's; a loan is an invoice of the lender there. What follows for
the loan is read off the allocations that live then, so it does not matter how often or in what order they change.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from gateway.flows import covering, loan_down
from gateway.flows.loan_release import came_in, settle_goods
from gateway.flows.terms import Terms
from gateway.loans import agreement_rows, funding, kept_back, receivable
from gateway.loans.kept_back import LoanRegistries
from gateway.loans.terms import LoanTerms
from gateway.matching.decision import Decision, Reason
from gateway.matching.payout import RegistryLookup
from gateway.matching.rows import payment_in
from gateway.payments.registries import lookup as registries
from gateway.payments.registries.lookup import SqlRegistries
from gateway.payments.registries.model import PayoutSource
from gateway.store.schema import AnyRow
from gateway.store.unit import Unit


def settle_receivables(unit: Unit, terms: Terms, payment_id: str, outer_ids: Iterable[str]) -> None:
    """Bring the loans a payment was credited to, or is credited to no longer, in line with it: as a lender's money, or
    as the down payment of an order of our own shop.

    Args:
        outer_ids: keys of every invoice the change touched.
    """
    if terms.loans is None:
        return
    keys = list(dict.fromkeys(outer_ids))
    found = [key for key in keys if receivable.is_receivable(key)]
    rows = [row for row in (receivable.agreement_of(unit, key) for key in found) if row is not None]
    if rows:  # first: a return that has a line of its own does not explain money that is missing besides
        registry = registries.used_by(unit, payment_id)
        kept_back.follow(unit, registry, payment_in(unit, payment_id).payer_inn, payment_id)
    for row in rows:
        settle_agreement(unit, terms, terms.loans, row)
    for row in loan_down.waiting_for(unit, [key for key in keys if key not in found]):
        settle_goods(unit, terms, terms.loans, row)


def settle_agreement(unit: Unit, terms: Terms, loan_terms: LoanTerms, agreement: AnyRow) -> None:
    """Funding, goods and the shop's share of one agreement, by what is allocated to it now.

    Args:
        agreement: as the caller has it; it is read anew.
    """
    row = agreement_rows.load(unit, agreement.id)
    money = covering.of_invoice(unit, row.invoice_id) if row.invoice_id else []
    row = funding.follow(unit, loan_terms, row, came_in(unit, terms, row, money))
    settle_goods(unit, terms, loan_terms, row)


def registries_of(unit: Unit, terms: Terms, payment_id: str, payer_inn: str) -> RegistryLookup:
    """The payer's registries for the matcher; a lender's with what he kept for returned goods."""
    found = SqlRegistries(unit, payer_inn)
    if terms.loans is None or terms.policy.payout_partners.get(payer_inn) != PayoutSource.LOAN:
        return found
    return LoanRegistries(unit, found, payer_inn, payment_id)


def explained(decision: Decision, registries_sent: RegistryLookup) -> Decision:
    """The decision, with what a lender kept back among its reasons."""
    kept = registries_sent.kept.get(decision.registry_id) if isinstance(registries_sent, LoanRegistries) else None
    if kept is None:
        return decision
    return replace(decision, reasons=(*decision.reasons, Reason("matching.registry_kept_back", {"amount": str(kept)})))
