"""What a payment pays for. Pure: the same facts, index and policy give the same decision.

The order is fixed, and each step may end it (facts/policy behind it in brackets):

1. the same document again; money of our own; a payout partner [registry to the kopeck];
2. words that say "no sale": refund, loan, interest, own transfer [a person, whatever the sum];
3. who is paid for: ИНН, known account, full name, "за … ИНН …", or a rule a person made [nobody else's name is ever
   enough; by a rule only what is exact, and nothing is released];
4. numbers that are the buyer's and add up exactly; sums stated per invoice; part or more of a single one;
   numbers paid, cancelled, somebody else's, nobody's [a person];
5. no number: the only open invoice with this sum, the whole balance [payer by ИНН or account only].

Whenever evidence is missing or contradicts itself the answer is a person's, with up to three suggestions.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import replace

from gateway.matching.case import Case, foreign_reason, open_case, person
from gateway.matching.claims import Claim
from gateway.matching.decision import Allocations, Decision, Outcome, Policy, Reason, Suggestion
from gateway.matching.duplicates import DuplicateLookup
from gateway.matching.exact import adding_up
from gateway.matching.facts import Facts, Mark
from gateway.matching.identity import Identity, Known, identify
from gateway.matching.index import InvoiceIndex
from gateway.matching.mentions import another_buyer
from gateway.matching.numbered import by_numbers
from gateway.matching.objections import settled_number
from gateway.matching.payout import RegistryLookup, decide_payout
from gateway.matching.phrases import excluded_number
from gateway.matching.ruled import pays_for_another, within_rule
from gateway.matching.rules import PayerRules
from gateway.matching.suggest import suggestions
from gateway.matching.unnumbered import without_number

__all__ = ["Allocations", "Decision", "Outcome", "Policy", "Reason", "Suggestion", "decide"]

_CANCELLED = re.compile("аннулир|отмен|недейств")
_NO_SALE = (
    (Mark.REFUND, Outcome.REFUND, "matching.says_refund"),
    (Mark.OWN_TRANSFER, Outcome.OWN_TRANSFER, "matching.says_own_transfer"),
    (Mark.LOAN, Outcome.LOAN, "matching.says_loan"),
    (Mark.OTHER_INCOME, Outcome.OTHER_INCOME, "matching.says_other_income"),
)


def decide(
    facts: Facts,
    index: InvoiceIndex,
    policy: Policy,
    duplicates: DuplicateLookup,
    registries: RegistryLookup | None = None,
    rules: PayerRules | None = None,
) -> Decision:
    """Decide one payment. Changes nothing; the caller books the allocations and updates the index.

    Args:
        registries: payouts are explained by these; without them every payout goes to a person.
        rules: what people said about who pays for whom.
    """
    payment = facts.payment
    earlier = duplicates.earlier(payment)
    if earlier is not None:
        reason = Reason("matching.document_seen", {"payment": earlier, "number": payment.doc_no})
        return person(Outcome.DUPLICATE_DOCUMENT, payment.amount, (reason,))
    own_inn = bool(payment.payer_inn) and payment.payer_inn in policy.own_inns
    if own_inn or (payment.payer_account and payment.payer_account in policy.own_accounts):
        return person(Outcome.OWN_TRANSFER, payment.amount, (Reason("matching.own_money"),))
    source = policy.payout_partners.get(payment.payer_inn)
    if source is not None:
        return decide_payout(facts, index, policy, registries, source)
    if facts.marks:
        for mark, outcome, code in _NO_SALE:
            if mark in facts.marks:
                return person(outcome, payment.amount, (Reason(code, {}, facts.marks[mark]),))
    identity = identify(facts, index, policy, rules)
    case = open_case(facts, index, policy, identity)
    decision = _for_another(case, within_rule(case, _undisputed(case)), rules)
    if decision.automatic:
        return decision
    return replace(decision, suggestions=suggestions(case))


def _undisputed(case: Case) -> Decision:
    """The answer, unless it would be automatic and the text names another buyer."""
    decision = _customer(case)
    if not decision.automatic:
        return decision
    parties = case.identity.parties
    named = another_buyer(case.facts, case.index, (*parties, case.identity.hint), case.policy)
    if named is None:
        return decision
    return case.ask(Outcome.THIRD_PARTY_UNNAMED, Reason("matching.for_somebody", {}, named))


def _customer(case: Case) -> Decision:
    identity = case.identity
    if identity.contradiction is not None:
        return case.ask(Outcome.CONTRADICTION, identity.contradiction)
    if identity.unnamed is not None:
        return case.ask(Outcome.THIRD_PARTY_UNNAMED, _for_somebody(identity))
    if identity.known is Known.NAMED and Mark.DENIED in case.facts.marks:
        return case.ask(Outcome.THIRD_PARTY_UNNAMED, Reason("matching.for_somebody", {}, case.facts.marks[Mark.DENIED]))
    if identity.hint:
        return _hinted(case)
    if identity.known is Known.NOBODY:
        return _stranger(case)
    return _excepting(case) or _doubtful_numbers(case) or by_numbers(case) or without_number(case)


def _excepting(case: Case) -> Decision | None:
    """ "УТ-46 взамен УТ-45", "с 10 по 14, кроме 12": what is left is paid, where it adds up exactly.

    What is left out must be the buyer's too, or be called cancelled.
    """
    if not case.facts.marks or Mark.DENIED not in case.facts.marks or settled_number(case.facts.text) is not None:
        return None
    excluded = excluded_number(case.facts.text)
    if excluded is None:
        return None
    out = [c for c in (*case.claims, *case.hints) if excluded[0] <= c.quote.start < excluded[1]]
    if not any(c.own for c in out) and not _CANCELLED.search(case.facts.text, *excluded):
        return None
    left_out = {card.id for c in out for bundle in c.live for card in bundle}
    if any(card.rest == case.amount for c in out for bundle in c.live for card in bundle):
        return None
    left = [_without(c, left_out) for c in case.claims if c not in out]
    if not left or not all(c.live for c in left):
        return None
    decision = adding_up(replace(case, claims=tuple(left), hints=()))
    return decision if decision is not None and decision.automatic else None


def _without(claim: Claim, cards: Collection[str]) -> Claim:
    """The claim with these invoices taken out of what it may mean."""
    bundles = [tuple(card for card in bundle if card.id not in cards) for bundle in claim.live]
    return claim._replace(live=tuple(bundle for bundle in bundles if bundle))


def _for_another(case: Case, decision: Decision, rules: PayerRules | None) -> Decision:
    """A buyer whose payment speaks of somebody else: exact by a rule that names that buyer, or as it was."""
    if decision.automatic or decision.outcome not in (Outcome.FOREIGN_NUMBER, Outcome.THIRD_PARTY_UNNAMED):
        return decision
    identity = pays_for_another(case, rules)
    if identity is None:
        return decision
    other = open_case(case.facts, case.index, case.policy, identity)
    found = within_rule(other, _undisputed(other))
    return found if found.automatic else decision


def _for_somebody(identity: Identity) -> Reason:
    named = identity.unnamed
    if named is None:
        return Reason("matching.for_somebody")
    code = "matching.named_inn_unknown" if named.inn else "matching.for_somebody"
    return Reason(code, {"inn": named.inn} if named.inn else {}, (named.start, named.end))


def _hinted(case: Case) -> Decision:
    """Another buyer's ИНН stands in the text without "за …": it counts only with his number and the exact sum."""
    hint = case.identity.hint
    span = next(((n.start, n.end) for n in case.facts.named if n.inn == hint), None)
    reason = Reason("matching.named_inn", {"inn": hint}, span)
    named = open_case(case.facts, case.index, case.policy, Identity(Known.NAMED, (hint,), (reason,), hint=hint))
    if named.claims and _doubtful_numbers(named) is None:
        decision = by_numbers(named)
        if decision is not None and decision.automatic:
            return decision
    return case.ask(Outcome.THIRD_PARTY_UNNAMED, Reason("matching.hint_needs_exact", {"inn": hint}, span))


def _stranger(case: Case) -> Decision:
    """Nobody we sell to. A number he quotes is somebody else's by definition."""
    quoted = next((c for c in case.claims if c.foreign), None)
    if quoted is not None:
        return case.ask(Outcome.THIRD_PARTY_UNNAMED, foreign_reason(quoted))
    return case.ask(Outcome.UNKNOWN_PAYER)


def _doubtful_numbers(case: Case) -> Decision | None:
    """The text says itself that its numbers are not all, or not the ones that are paid."""
    marks = case.facts.marks
    if not marks:
        return None
    if Mark.DENIED in marks:
        return case.ask(Outcome.CONTRADICTION, Reason("matching.number_denied", {}, marks[Mark.DENIED]))
    if Mark.OPEN in marks and (case.claims or case.hints):
        return case.ask(Outcome.AMBIGUOUS, Reason("matching.number_left_open", {}, marks[Mark.OPEN]))
    if Mark.INCOMPLETE in marks and case.claims:
        return case.ask(Outcome.AMBIGUOUS, Reason("matching.list_incomplete", {}, marks[Mark.INCOMPLETE]))
    return None
