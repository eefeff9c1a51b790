"""Weak, loose and misspelt numbers: they prove nothing, they may only confirm a sum that is exact."""

from __future__ import annotations

from collections.abc import Sequence

from gateway.matching.case import Case, sum_reason
from gateway.matching.claims import Claim, DateCheck, unique_cards
from gateway.matching.decision import Decision, Outcome, Reason
from gateway.matching.exact import exact_answer, exact_outcome, number_reasons
from gateway.matching.facts import Grade, Mark
from gateway.matching.identity import Known
from gateway.matching.index import BuyerKind, InvoiceCard
from gateway.matching.number import one_edit_apart

_LEAST_DIGITS = 3


def by_hints(case: Case) -> Decision | None:
    """Weak and loose numbers: they may only confirm a sum that is exact."""
    live = [c for c in case.hints if c.live]
    if not live or Mark.DOUBTFUL in case.facts.marks:
        return None
    alone = unique_cards(
        c for claim in live for bundle in claim.live if len(bundle) == 1 for c in bundle if c.rest == case.amount
    )
    if any(d.amount == case.amount for c in case.hints for d in c.dead):
        return None
    if len(alone) == 1:
        if case.facts.plural_noun or not _tells_apart(case, live):
            return None
        claims = [c for c in live if any(alone[0] in bundle for bundle in c.live)]
        if _weak_stranger(case) or any(c.date is DateCheck.OTHER for c in claims):
            return None
        reasons = [
            *number_reasons(claims, alone),
            sum_reason("matching.sum_equal", alone[0].rest, case.amount),
        ]
        release = not any(c.date is DateCheck.YEAR for c in claims)
        return case.in_full(exact_outcome(case, alone), alone, reasons, release=release)
    if len(alone) > 1 or _weak_stranger(case):
        return None
    if any(c.dead for c in live):
        return None
    return exact_answer(case, live)


def _tells_apart(case: Case, live: Sequence[Claim]) -> bool:
    """A number of one or two digits with nothing before it is too common to choose between equal sums."""
    strong = any(c.quote.grade is Grade.WEAK or len(c.quote.digits) >= _LEAST_DIGITS for c in live)
    return strong or len(case.same_rest(case.amount)) == 1


def _weak_stranger(case: Case) -> bool:
    """A № with a number that is not the buyer's, next to the one that fits."""
    return any(c.quote.grade is Grade.WEAK and not c.own and c.foreign for c in case.hints)


def misspelt(case: Case, claim: Claim) -> Decision | None:
    """The number exists nowhere and is one slip away from the only invoice with this payer and sum."""
    quote = claim.quote
    if claim.own or claim.foreign or not case.policy.typo or not case.party or case.identity.known is Known.NAME:
        return None
    if case.identity.hint or quote.cut or quote.listed or Mark.DOUBTFUL in case.facts.marks:
        return None
    same = case.same_rest(case.amount)
    if len(same) != 1 or same[0].buyer_kind == BuyerKind.INDIVIDUAL:
        return None
    card = same[0]
    prefix, _, sub = card.prefix.partition("#")
    if quote.sub != sub and (quote.sub or not sub.isalpha()):
        return None
    if quote.year not in (None, card.year) or len(str(card.counter)) < case.policy.typo_digits:
        return None
    if quote.counter == card.counter:
        if not one_edit_apart(quote.prefix, prefix):
            return None
    elif claim.exists or quote.prefix not in ("", prefix) or not one_edit_apart(str(quote.counter), str(card.counter)):
        return None
    if quote.date is not None and not quote.date.agrees(card.date):
        return None
    span = (quote.start, quote.end)
    reasons = [
        Reason("matching.number_slip", {"quoted": quote.text.strip(), "number": card.number}, span),
        _unique_sum(case, card),
    ]
    return case.in_full(Outcome.TYPO, (card,), reasons, release=False)


def _unique_sum(case: Case, card: InvoiceCard) -> Reason:
    return sum_reason("matching.sum_unique", card.rest, case.amount)
