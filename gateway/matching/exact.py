"""All invoices quoted add up to the payment, to the kopeck; or the sums stated beside them do."""

from __future__ import annotations

from collections.abc import Sequence

from gateway.core.money import Money
from gateway.matching.case import Case, date_reason, number_reason, sum_reason, unknown_reason
from gateway.matching.claims import (
    Bundle,
    Claim,
    DateCheck,
    covering,
    spelt_out_list,
    unique_cards,
    with_carried_series,
)
from gateway.matching.decision import Decision, Outcome, Reason
from gateway.matching.facts import Grade, Kind, Mark
from gateway.matching.identity import Known
from gateway.matching.index import BuyerKind, InvoiceCard

_A_DAY, _MONTHS = 3200, 12  # kopecks that may be a day and a month
_PERHAPS_A_SUM = (Grade.LOOSE, Grade.STRONG)  # a list may take one for a number; `case` has told them apart
SLIPS = (DateCheck.DAY, DateCheck.YEAR)
_INVOICE_KINDS = (Kind.INVOICE, Kind.PREFIXED)


def adding_up(case: Case) -> Decision | None:
    """All invoices quoted add up to the payment, to the kopeck."""
    invoices = [c for c in case.claims if c.quote.kind in _INVOICE_KINDS]
    tiers = [invoices, list(case.claims)] if invoices and len(invoices) < len(case.claims) else [list(case.claims)]
    for tier in tiers:
        answer = _exact_of(case, tier)
        if answer is not None:
            return answer
    if len(case.claims) > 1:
        spelt_out = spelt_out_list(case.claims, case.index, case.identity)
        if spelt_out:
            answer = _exact_of(case, spelt_out)
            if answer is not None and any(c.own for c in case.claims[1:]):  # a buyer's number as it stands, too
                return case.ask(Outcome.AMBIGUOUS, Reason("matching.several_fit", {"count": "2"}))
            if answer is not None:
                return answer
    live = [c for c in case.claims if c.live]
    if live and len(live) == len(case.claims):
        loose = [c for c in case.hints if c.live]
        if loose and not any(c.dead for c in (*live, *loose)):
            return exact_answer(case, [*live, *loose])
    return None


def _exact_of(case: Case, claims: Sequence[Claim]) -> Decision | None:
    live = [c for c in claims if c.live]
    if not live:
        return None
    for claim in claims:
        if claim.live:
            if claim.dead and any(d.amount == case.amount for d in claim.dead):
                return None  # last year's invoice of the same number and sum is paid already
        elif claim.dead or claim.date is DateCheck.OTHER or _on_equal_footing(claim, live) or _glued_on(case, claim):
            return None
    return exact_answer(case, live)


def _on_equal_footing(claim: Claim, live: Sequence[Claim]) -> bool:
    """A number that is not the buyer's stands where his could: after its own noun, or with a series in a list."""
    if claim.quote.kind is Kind.ORDER and has_invoice(live):
        return False
    return claim.quote.direct or (claim.quote.kind is Kind.INVOICE and bool(claim.quote.prefix))


def _glued_on(case: Case, claim: Claim) -> bool:
    """ "125,5", "125+1": no list has a number so close that is nobody's."""
    start, text = claim.quote.start, case.facts.text
    return text[start - 1 : start] in (",", "+") and text[start - 2 : start - 1].isdecimal()


def has_invoice(claims: Sequence[Claim]) -> bool:
    """Whether one of the numbers stands right after "счет", or has a series."""
    return any(c.quote.kind in _INVOICE_KINDS and c.quote.direct for c in claims)


def exact_answer(case: Case, live: Sequence[Claim]) -> Decision | None:
    """The invoices these numbers mean, when one reading of them all adds up to the payment."""
    solutions = covering(live, case.amount)
    if not solutions:
        live = with_carried_series(live)
        solutions = covering(live, case.amount)
    if not solutions:
        return None
    if len(solutions) > 1:
        return case.ask(Outcome.AMBIGUOUS, Reason("matching.several_fit", {"count": str(len(solutions))}))
    cards = solutions[0]
    reasons = number_reasons(live, cards)
    left_out = _left_out(case, cards)
    if left_out is not None:
        return case.ask(Outcome.AMBIGUOUS, *reasons, left_out)
    fraction = _names_fraction(case, cards)
    if fraction is not None:
        return case.ask(Outcome.CONTRADICTION, *reasons, fraction)
    stated = [states_another_sum(case, c) for c in live]
    if any(stated) and None not in stated:
        return case.ask(Outcome.CONTRADICTION, *reasons, Reason("matching.sums_contradict"))
    reasons.append(sum_reason("matching.sum_equal", case.amount, case.amount))
    release = not any(c.date is DateCheck.YEAR for c in live)
    return case.in_full(exact_outcome(case, cards), cards, reasons, release=release)


def _left_out(case: Case, cards: Bundle) -> Reason | None:
    """Why a sum that fits one invoice is not all the text speaks of: "счетам 125, 127", "125 и 126 частично"."""
    if len(cards) > 1:
        return None
    if case.facts.plural_noun:
        return next((unknown_reason(c) for c in case.claims if _is_nobodys(c)), None)
    if Mark.PART not in case.facts.marks:
        return None
    also = any(h.live and cards[0] not in unique_cards(c for bundle in h.live for c in bundle) for h in case.hints)
    return Reason("matching.other_number_too") if also else None


def _names_fraction(case: Case, cards: Bundle) -> Reason | None:
    """A part is spoken of where all of an invoice comes at once: "50% по счету 125"."""
    if len(cards) > 1 or cards[0].rest != cards[0].amount:
        return None
    span = case.facts.marks.get(Mark.FRACTION)
    return Reason("matching.declared_part", {}, span) if span is not None else None


def _is_nobodys(claim: Claim) -> bool:
    return claim.quote.kind is Kind.INVOICE and not claim.own and not claim.foreign


def states_another_sum(case: Case, claim: Claim) -> bool | None:
    """Whether the sum given with the number is neither what is due, nor the invoice's, nor all that came.

    None when none is given; "11.11" behind a number is a date.
    """
    stated = claim.quote.stated
    if stated is None or claim.single is None or (stated < _A_DAY and 0 < stated % 100 <= _MONTHS):
        return None
    return stated not in (claim.single.rest.kopecks, claim.single.amount.kopecks, case.amount.kopecks)


def number_reasons(claims: Sequence[Claim], cards: Bundle) -> list[Reason]:
    """Which number stands for which of the invoices, and where its date differs."""
    wanted = {c.id for c in cards}
    reasons: list[Reason] = []
    for claim in claims:
        for bundle in claim.live:
            for card in bundle:
                if card.id in wanted:
                    reasons.append(number_reason(claim, card))
                    wanted.discard(card.id)
        date = date_reason(claim)
        if date is not None:
            reasons.append(date)
    return reasons


def exact_outcome(case: Case, cards: Bundle) -> Outcome:
    """What to call an exact payment of these invoices."""
    if case.identity.known is Known.NAMED:
        return Outcome.THIRD_PARTY_NAMED
    if len(cards) > 1:
        return Outcome.SEVERAL
    if cards[0].buyer_kind == BuyerKind.INDIVIDUAL:
        return Outcome.INDIVIDUAL
    return Outcome.EXACT


# -------------------------------------------------------------------- sums stated


def as_stated(case: Case) -> Decision | None:
    """A list with a sum for each invoice: the sums add up to the payment and none is more than is due."""
    claims = case.claims
    if len(claims) < 2 or case.individual:
        return None
    allocations: list[tuple[InvoiceCard, Money]] = []
    ends = [c.quote.start for c in claims[1:]] + [len(case.facts.payment.purpose)]
    for claim, end in zip(claims, ends, strict=True):
        card, stated = claim.single, claim.quote.stated or _said_behind(case, claim.quote.end, end)
        if card is None or stated is None or not 0 < stated <= card.rest.kopecks:
            return None
        if claim.dead and (not restarted(claim) or any(d.amount.kopecks == stated for d in claim.dead)):
            return None
        allocations.append((card, Money(stated)))
    if len({c.id for c, _ in allocations}) < len(allocations):
        return None
    if sum(a.kopecks for _, a in allocations) != case.amount.kopecks:
        return None
    cards = tuple(c for c, _ in allocations)
    reasons = [*number_reasons(claims, cards), Reason("matching.sums_stated", {"count": str(len(cards))})]
    release = not any(c.date in SLIPS for c in claims)
    return case.allocate(Outcome.SEVERAL, allocations, reasons, release=release)


def _said_behind(case: Case, start: int, end: int) -> int | None:
    """The only sum, or plain number, between one invoice number and the next ("УТ-1 полностью 10000"), in kopecks."""
    facts = case.facts
    said = [s.kopecks for s in facts.sums if start <= s.start < end]
    said += [
        q.counter * 100
        for q in facts.quotes
        if start <= q.start < end and q.grade in _PERHAPS_A_SUM and q.text.isdecimal() and not q.text.startswith("0")
    ]
    return said[0] if len(said) == 1 else None


def restarted(claim: Claim) -> bool:
    """The dead invoices are of earlier years than the live one: numbering began anew."""
    years = {c.year for bundle in claim.live for c in bundle}
    return bool(years) and all(d.year < min(years) for d in claim.dead)
