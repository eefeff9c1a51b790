"""Deciding by the numbers a payer quoted: number, payer and sum must agree."""

from __future__ import annotations

from gateway.matching.case import Case, foreign_reason
from gateway.matching.claims import Claim
from gateway.matching.decision import Decision, Outcome, Reason
from gateway.matching.exact import SLIPS, adding_up, as_stated
from gateway.matching.facts import Kind, Mark
from gateway.matching.inexact import not_exact


def by_numbers(case: Case) -> Decision | None:
    """Decide by strong numbers. None when the text has none and the payment must be decided without."""
    if not case.claims:
        return None
    doubtful = case.facts.marks.get(Mark.DOUBTFUL)
    if doubtful is not None and not any(c.quote.kind in (Kind.INVOICE, Kind.ORDER) for c in case.claims):
        return case.ask(Outcome.OTHER_INCOME, Reason("matching.maybe_no_sale", {}, doubtful))
    others = next((c for c in case.claims if _is_anothers_by_date(c)), None)
    if others is not None:
        return case.ask(Outcome.CONTRADICTION, foreign_reason(others))
    return adding_up(case) or as_stated(case) or not_exact(case)


def _is_anothers_by_date(claim: Claim) -> bool:
    """The date quoted is that of another buyer's invoice of this number, and not that of the buyer's own."""
    date = claim.quote.date
    if date is None or date.year is None or claim.date not in SLIPS:
        return False
    return any(date.agrees(card.date) for card in claim.foreign)
