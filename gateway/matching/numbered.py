"""Deciding by the numbers a payer quoted: number, payer and sum must agree."""

from __future__ import annotations

from collections.abc import Sequence

from gateway.core.money import Money
from gateway.matching.case import (
    Case,
    date_reason,
    dead_reason,
    foreign_reason,
    number_reason,
    sum_reason,
    unknown_reason,
)
from gateway.matching.claims import (
    Bundle,
    Claim,
    DateCheck,
    covering,
    dead_state,
    spelt_out_list,
    unique_cards,
    with_carried_series,
)
from gateway.matching.decision import Decision, Outcome, Reason
from gateway.matching.facts import Grade, Kind, Mark
from gateway.matching.identity import Known
from gateway.matching.index import BuyerKind, InvoiceCard, InvoiceState
from gateway.matching.number import one_edit_apart
from gateway.matching.phrases import advances_next
from gateway.matching.search import combination

_A_DAY, _MONTHS = 3200, 12  # kopecks that may be a day and a month
_LEAST_DIGITS = 3
_PERHAPS_A_SUM = (Grade.LOOSE, Grade.STRONG)  # a list may take one for a number; `case` has told them apart
_SLIPS = (DateCheck.DAY, DateCheck.YEAR)
_INVOICE_KINDS = (Kind.INVOICE, Kind.PREFIXED)


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
    exact = _exact(case)
    if exact is not None:
        return exact
    stated = _stated(case)
    if stated is not None:
        return stated
    return _not_exact(case)


def _is_anothers_by_date(claim: Claim) -> bool:
    """The date quoted is that of another buyer's invoice of this number, and not that of the buyer's own."""
    date = claim.quote.date
    if date is None or date.year is None or claim.date not in _SLIPS:
        return False
    return any(date.agrees(card.date) for card in claim.foreign)


# -------------------------------------------------------------------- the sum fits


def _exact(case: Case) -> Decision | None:
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
            return _exact_answer(case, [*live, *loose])
    return None


def _exact_of(case: Case, claims: Sequence[Claim]) -> Decision | None:
    live = [c for c in claims if c.live]
    if not live:
        return None
    for claim in claims:
        if claim.live:
            if claim.dead and any(d.amount == case.amount for d in claim.dead):
                return None  # last year's invoice of the same number and sum is paid already
        elif claim.dead or claim.date is DateCheck.OTHER or _on_equal_footing(claim, live):
            return None
    return _exact_answer(case, live)


def _on_equal_footing(claim: Claim, live: Sequence[Claim]) -> bool:
    """A number that is not the buyer's stands where his could: after its own noun, or with a series in a list."""
    if claim.quote.kind is Kind.ORDER and _has_invoice(live):
        return False
    return claim.quote.direct or (claim.quote.kind is Kind.INVOICE and bool(claim.quote.prefix))


def _has_invoice(claims: Sequence[Claim]) -> bool:
    return any(c.quote.kind in _INVOICE_KINDS and c.quote.direct for c in claims)


def _exact_answer(case: Case, live: Sequence[Claim]) -> Decision | None:
    solutions = covering(live, case.amount)
    if not solutions:
        live = with_carried_series(live)
        solutions = covering(live, case.amount)
    if not solutions:
        return None
    if len(solutions) > 1:
        return case.ask(Outcome.AMBIGUOUS, Reason("matching.several_fit", {"count": str(len(solutions))}))
    cards = solutions[0]
    reasons = _number_reasons(live, cards)
    left_out = _left_out(case, cards)
    if left_out is not None:
        return case.ask(Outcome.AMBIGUOUS, *reasons, left_out)
    stated = [_states_another_sum(case, c) for c in live]
    if any(stated) and None not in stated:
        return case.ask(Outcome.CONTRADICTION, *reasons, Reason("matching.sums_contradict"))
    reasons.append(sum_reason("matching.sum_equal", case.amount, case.amount))
    release = not any(c.date is DateCheck.YEAR for c in live)
    return case.in_full(_exact_outcome(case, cards), cards, reasons, release=release)


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


def _is_nobodys(claim: Claim) -> bool:
    return claim.quote.kind is Kind.INVOICE and not claim.own and not claim.foreign


def _states_another_sum(case: Case, claim: Claim) -> bool | None:
    """Whether the sum given with the number is neither what is due, nor the invoice's, nor all that came.

    None when none is given; "11.11" behind a number is a date.
    """
    stated = claim.quote.stated
    if stated is None or claim.single is None or (stated < _A_DAY and 0 < stated % 100 <= _MONTHS):
        return None
    return stated not in (claim.single.rest.kopecks, claim.single.amount.kopecks, case.amount.kopecks)


def _number_reasons(claims: Sequence[Claim], cards: Bundle) -> list[Reason]:
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


def _exact_outcome(case: Case, cards: Bundle) -> Outcome:
    if case.identity.known is Known.NAMED:
        return Outcome.THIRD_PARTY_NAMED
    if len(cards) > 1:
        return Outcome.SEVERAL
    if cards[0].buyer_kind == BuyerKind.INDIVIDUAL:
        return Outcome.INDIVIDUAL
    return Outcome.EXACT


def _stated(case: Case) -> Decision | None:
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
        if claim.dead and (not _restarted(claim) or any(d.amount.kopecks == stated for d in claim.dead)):
            return None
        allocations.append((card, Money(stated)))
    if len({c.id for c, _ in allocations}) < len(allocations):
        return None
    if sum(a.kopecks for _, a in allocations) != case.amount.kopecks:
        return None
    cards = tuple(c for c, _ in allocations)
    reasons = [*_number_reasons(claims, cards), Reason("matching.sums_stated", {"count": str(len(cards))})]
    release = not any(c.date in _SLIPS for c in claims)
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


# -------------------------------------------------------------------- the sum does not fit


def _not_exact(case: Case) -> Decision:
    claims = case.claims
    differing = next((c for c in claims if c.date is DateCheck.OTHER), None)
    if differing is not None:
        reason = date_reason(differing)
        return case.ask(Outcome.CONTRADICTION, *([reason] if reason else []))
    dead = next((c for c in claims if c.dead and not _restarted(c)), None)
    if dead is not None:
        cancelled = dead_state(dead) == InvoiceState.CANCELLED
        return case.ask(Outcome.CANCELLED_INVOICE if cancelled else Outcome.PAID_INVOICE, dead_reason(dead))
    live = [c for c in claims if c.live]
    if not live:
        return _nothing_of_the_buyers(case)
    stray = [c for c in claims if not c.live and not (c.quote.kind is Kind.ORDER and _has_invoice(live))]
    if stray:
        reason = foreign_reason(stray[0]) if stray[0].foreign else unknown_reason(stray[0])
        return case.ask(Outcome.CONTRADICTION, *_number_reasons(live, _all_cards(live)), reason)
    cards = _all_cards(live)
    reasons = _number_reasons(live, cards)
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


def _restarted(claim: Claim) -> bool:
    """The dead invoices are of earlier years than the live one: numbering began anew."""
    years = {c.year for bundle in claim.live for c in bundle}
    return bool(years) and all(d.year < min(years) for d in claim.dead)


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
    if any(c.date in _SLIPS for c in live):
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
    if any(_states_another_sum(case, c) for c in case.claims):
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


# -------------------------------------------------------------------- no number is the buyer's


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
            *_number_reasons(claims, alone),
            sum_reason("matching.sum_equal", alone[0].rest, case.amount),
        ]
        release = not any(c.date is DateCheck.YEAR for c in claims)
        return case.in_full(_exact_outcome(case, alone), alone, reasons, release=release)
    if len(alone) > 1 or _weak_stranger(case):
        return None
    if any(c.dead for c in live):
        return None
    return _exact_answer(case, live)


def _tells_apart(case: Case, live: Sequence[Claim]) -> bool:
    """A number of one or two digits with nothing before it is too common to choose between equal sums."""
    strong = any(c.quote.grade is Grade.WEAK or len(c.quote.digits) >= _LEAST_DIGITS for c in live)
    return strong or len(case.same_rest(case.amount)) == 1


def _weak_stranger(case: Case) -> bool:
    """A № with a number that is not the buyer's, next to the one that fits."""
    return any(c.quote.grade is Grade.WEAK and not c.own and c.foreign for c in case.hints)
