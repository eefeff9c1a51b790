"""The numbers are known and their sum is not the payment's: part, more, or a number that is paid, strange, nobody's."""

from __future__ import annotations

from collections.abc import Sequence

from gateway.core.money import Money
from gateway.matching.case import Case, date_reason, dead_reason, foreign_reason, sum_reason, unknown_reason
from gateway.matching.claims import Bundle, Claim, DateCheck, dead_state, unique_cards
from gateway.matching.decision import Decision, Outcome, Reason
from gateway.matching.exact import SLIPS, has_invoice, number_reasons, restarted, states_another_sum
from gateway.matching.facts import Grade, Kind, Mark
from gateway.matching.index import BuyerKind, InvoiceCard, InvoiceState
from gateway.matching.loose import by_hints, misspelt
from gateway.matching.phrases import advances_next
from gateway.matching.search import combination

_LEAST_DIGITS = 3


def not_exact(case: Case) -> Decision:
    """Numbers and payment do not add up: part or more of what is quoted, or a person says what it is."""
    claims = case.claims
    differing = next((c for c in claims if c.date is DateCheck.OTHER), None)
    if differing is not None:
        reason = date_reason(differing)
        return case.ask(Outcome.CONTRADICTION, *([reason] if reason else []))
    dead = next((c for c in claims if c.dead and not restarted(c)), None)
    if dead is not None:
        cancelled = dead_state(dead) == InvoiceState.CANCELLED
        return case.ask(Outcome.CANCELLED_INVOICE if cancelled else Outcome.PAID_INVOICE, dead_reason(dead))
    live = [c for c in claims if c.live]
    if not live:
        return _nothing_of_the_buyers(case)
    stray = [c for c in claims if not c.live and not (c.quote.kind is Kind.ORDER and has_invoice(live))]
    if stray:
        reason = foreign_reason(stray[0]) if stray[0].foreign else unknown_reason(stray[0])
        return case.ask(Outcome.CONTRADICTION, *number_reasons(live, _all_cards(live)), reason)
    cards = _all_cards(live)
    reasons = number_reasons(live, cards)
    due = Money(sum(c.rest.kopecks for c in cards))
    differs = sum_reason("matching.sum_differs", due, case.amount)
    doubt = _doubt(case, live, cards)
    if doubt is not None:
        return case.ask(Outcome.SUM_DIFFERS, *reasons, differs, doubt)
    if case.amount.kopecks > due.kopecks:
        return _overpaid(case, cards, due, reasons)
    if len(cards) > 1:
        return case.ask(Outcome.SUM_DIFFERS, *reasons, differs)
    return _partial(case, cards[0], reasons)


def _all_cards(claims: Sequence[Claim]) -> Bundle:
    return unique_cards(c for claim in claims for bundle in claim.live for c in bundle)


def _doubt(case: Case, live: Sequence[Claim], cards: Bundle) -> Reason | None:
    """Why number and payer alone, without the sum, are not enough here."""
    facts = case.facts
    if case.individual or any(c.buyer_kind == BuyerKind.INDIVIDUAL for c in cards):
        return Reason("matching.individual_needs_exact")
    if case.identity.hint:
        return Reason("matching.hint_needs_exact", {"inn": case.identity.hint})
    if any(c.single is None or (not c.quote.direct and len(live) == 1) for c in live):
        return Reason("matching.several_fit", {"count": str(sum(len(c.live) for c in live))})
    if any(c.date in SLIPS for c in live):
        return Reason("matching.date_contradicts")
    if facts.plural_noun and len(cards) == 1:
        return Reason("matching.plural_noun")
    if Mark.CUT in facts.marks:
        return Reason("matching.list_incomplete", {}, facts.marks[Mark.CUT])
    others = {c.id for c in _all_cards([h for h in case.hints if h.live])} - {c.id for c in cards}
    if others:
        return Reason("matching.other_number_too")
    same = case.same_rest(case.amount, cards)
    if same:
        return Reason("matching.sum_of_other", {"number": same[0].number})
    if len(cards) < case.balance.count and case.amount == case.balance.total:
        return Reason("matching.sum_is_balance")
    return None


def _partial(case: Case, card: InvoiceCard, reasons: list[Reason]) -> Decision:
    """Less than is due: credited, never released."""
    amount, rest = case.amount.kopecks, card.rest.kopecks
    marks = case.facts.marks
    sum_short = sum_reason("matching.sum_short", card.rest, case.amount)
    tiny = amount * 100 < rest * case.policy.tiny_percent
    if tiny or any(amount * f in (rest, card.amount.kopecks) for f in (10, 100, 1000)):
        return case.ask(Outcome.TINY_SUM, *reasons, sum_short, Reason("matching.tiny"))
    declared = any(m in marks for m in (Mark.PART, Mark.ADVANCE, Mark.BALANCE)) or case.facts.full_advance
    sums = {s.kopecks for s in case.facts.sums}
    promised = Mark.FULL in marks or (amount not in sums and bool(sums & {rest, card.amount.kopecks}))
    tolerated = rest - amount <= case.policy.tolerance.kopecks
    if promised and not declared and not tolerated:
        return case.ask(Outcome.CONTRADICTION, *reasons, sum_short, Reason("matching.promised_in_full"))
    return case.allocate(Outcome.PARTIAL, [(card, case.amount)], [*reasons, sum_short])


def _overpaid(case: Case, cards: Bundle, due: Money, reasons: list[Reason]) -> Decision:
    """More than is due: the invoices get what is due, the rest is the buyer's advance."""
    over = sum_reason("matching.sum_over", due, case.amount)
    marks = case.facts.marks
    extra = case.amount - due
    advance = Mark.ADVANCE in marks and not case.facts.full_advance
    both_said = {due.kopecks, extra.kopecks} <= case.said
    if Mark.PART in marks or (advance and not both_said and not advances_next(case.facts.payment.purpose)):
        return case.ask(Outcome.CONTRADICTION, *reasons, over, Reason("matching.declared_part"))
    if any(case.amount.kopecks == due.kopecks * f for f in (10, 100, 1000)):
        return case.ask(Outcome.CONTRADICTION, *reasons, over, Reason("matching.tenfold"))
    if any(states_another_sum(case, c) for c in case.claims):
        return case.ask(Outcome.CONTRADICTION, *reasons, over, Reason("matching.sums_contradict"))
    unread = _unread(case, cards)
    if unread is not None:
        return case.ask(Outcome.AMBIGUOUS, *reasons, over, unread)
    if case.same_rest(extra, cards):
        return case.ask(Outcome.AMBIGUOUS, *reasons, over, Reason("matching.extra_is_other"))
    if case.balance.count <= case.policy.search_invoices and case.party:
        others = [c for c in case.index.open_of(case.party) if c not in cards]
        if combination(others, extra, case.policy, at_least=2):
            return case.ask(Outcome.AMBIGUOUS, *reasons, over, Reason("matching.extra_is_other"))
    return case.in_full(Outcome.OVERPAID, cards, [*reasons, over])


def _unread(case: Case, cards: Bundle) -> Reason | None:
    """A number in the text that may be one more invoice of the list, though it was not understood as one."""
    claimed = {c.quote.start for c in case.claims}
    several = len(cards) > 1 or case.facts.plural_noun
    for quote in case.facts.quotes:
        if quote.start in claimed or quote.kind is Kind.QUANTITY or len(quote.digits) < _LEAST_DIGITS:
            continue
        loose = quote.grade is not Grade.MUTED
        if (loose and (several or quote.kind is Kind.PREFIXED)) or (several and case.index.by_counter(quote.counter)):
            return Reason("matching.number_unknown", {"number": quote.text.strip()}, (quote.start, quote.end))
    return None


def _nothing_of_the_buyers(case: Case) -> Decision:
    foreign = next((c for c in case.claims if c.foreign), None)
    if foreign is not None:
        return case.ask(Outcome.FOREIGN_NUMBER, foreign_reason(foreign))
    loose = _loose_exact(case)
    if loose is not None:
        return loose
    if len(case.claims) == 1 and not case.hints:
        slip = misspelt(case, case.claims[0])
        if slip is not None:
            return slip
    return case.ask(Outcome.UNKNOWN_NUMBER, *(unknown_reason(c) for c in case.claims[:3]))


def _loose_exact(case: Case) -> Decision | None:
    """Strong numbers are nobody's, but they are order numbers and a loose one fits the sum."""
    if all(c.quote.kind is Kind.ORDER and not c.exists for c in case.claims):
        return by_hints(case)
    return None
