"""Deciding by a rule of payers: whom a buyer pays for by it, and how far a decision resting on it may go."""

from __future__ import annotations

from dataclasses import replace

from gateway.matching.case import Case
from gateway.matching.decision import Decision, Outcome, Reason
from gateway.matching.identity import Identity, Known, as_told
from gateway.matching.rules import PayerRules, rule_reason, rules_in_force

_BY_NUMBER = (Outcome.EXACT, Outcome.SEVERAL, Outcome.INDIVIDUAL)


def pays_for_another(case: Case, rules: PayerRules | None) -> Identity | None:
    """The other buyer for whom a buyer pays by a rule; None when no rule says so, or rules name several."""
    found = rules_in_force(case.facts, rules)
    if len({rule.party for rule in found}) != 1 or found[0].party in case.identity.parties:
        return None
    payer = Identity(Known.RULE, (found[0].party,), (*case.identity.reasons, rule_reason(found[0])))
    return as_told(case.facts, case.index, case.policy, payer)


def within_rule(case: Case, decision: Decision) -> Decision:
    """A decision that rests on a rule is automatic only when it is exact: the numbers quoted, each paid in full, or the
    only open invoice with this sum. Part payments, overpayments, slips and whole balances are a person's, and whatever
    is credited, a named person lets the goods go."""
    if case.identity.known is not Known.RULE or not decision.automatic:
        return decision
    if decision.outcome is Outcome.UNIQUE_AMOUNT or (decision.outcome in _BY_NUMBER and _in_full(case, decision)):
        reasons = (*decision.reasons, Reason("matching.rule_releases_nothing"))
        return replace(decision, outcome=Outcome.THIRD_PARTY_RULE, release_ok=frozenset(), reasons=reasons)
    return case.ask(Outcome.THIRD_PARTY_UNNAMED, Reason("matching.rule_needs_exact"))


def _in_full(case: Case, decision: Decision) -> bool:
    rests = {c.id: c.rest for claim in (*case.claims, *case.hints) for bundle in claim.live for c in bundle}
    return all(rests.get(invoice_id) == amount for invoice_id, amount in decision.allocations)
