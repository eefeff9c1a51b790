"""Up to three ways for a person to decide, the likeliest first; each with its reasons and the difference."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from gateway.core.money import Money
from gateway.matching.case import Case, day, foreign_reason, number_reason, sum_reason
from gateway.matching.decision import Reason, Suggestion
from gateway.matching.facts import Quote
from gateway.matching.index import InvoiceCard
from gateway.matching.number import one_edit_apart
from gateway.matching.search import combination

LIMIT = 3
_NEAR_PERCENT = 10
_ANYWHERE = 3

_Proposal = tuple[Sequence[InvoiceCard], tuple[Reason, ...]]


def suggestions(case: Case) -> tuple[Suggestion, ...]:
    """Different proposals in a fixed order: what is quoted, what has the sum, what adds up, what comes near."""
    found: dict[tuple[tuple[str, int], ...], Suggestion] = {}
    for cards, reasons in _proposals(case):
        suggestion = _fill(case.amount, cards, reasons)
        if suggestion is None:
            continue
        key = tuple((i, m.kopecks) for i, m in suggestion.allocations)
        found.setdefault(key, suggestion)
        if len(found) == LIMIT:
            break
    return tuple(found.values())


def _fill(amount: Money, cards: Sequence[InvoiceCard], reasons: tuple[Reason, ...]) -> Suggestion | None:
    """Give each invoice its rest as far as the money goes."""
    left = amount.kopecks
    allocations: list[tuple[str, Money]] = []
    for card in cards:
        given = min(left, card.rest.kopecks)
        if given > 0 and card.open:
            allocations.append((card.id, Money(given)))
            left -= given
    if not allocations:
        return None
    return Suggestion(tuple(allocations), Money(left), reasons)


def _proposals(case: Case) -> Iterator[_Proposal]:
    yield from _quoted(case)
    yield from _same_sum(case)
    yield from _slips(case)
    yield from _sums(case)
    yield from _elsewhere(case)
    yield from _near(case)


def _quoted(case: Case) -> Iterator[_Proposal]:
    claims = [c for c in (*case.claims, *case.hints) if c.live]
    exact = [c for c in claims for b in c.live if sum(x.rest.kopecks for x in b) == case.amount.kopecks]
    for claim in exact:
        for bundle in claim.live:
            if sum(c.rest.kopecks for c in bundle) == case.amount.kopecks:
                yield bundle, (number_reason(claim, bundle[0]), _equal(case))
    strong = [c for c in case.claims if c.live]
    if strong:
        cards = list({c.id: c for claim in strong for c in claim.live[0]}.values())
        yield cards, tuple(number_reason(claim, claim.live[0][0]) for claim in strong)
    for claim in case.claims:
        for card in claim.foreign:
            if card.open and card.rest == case.amount:
                yield (card,), (foreign_reason(claim), _equal(case))
    for claim in case.hints:
        for bundle in claim.live:
            yield bundle, (number_reason(claim, bundle[0]),)
    for claim in case.claims:
        opened = [c for c in claim.foreign if c.open]
        if len(opened) == 1:
            yield opened, (foreign_reason(claim),)


def _same_sum(case: Case) -> Iterator[_Proposal]:
    cards = case.same_rest(case.amount)
    dates = case.facts.dates
    cards.sort(key=lambda c: (not any(d.agrees(c.date) for d in dates), c.date, c.id))
    for card in cards:
        yield (card,), (_equal(case), _invoice(card))


def _slips(case: Case) -> Iterator[_Proposal]:
    quotes = [c.quote for c in case.claims if not c.own]
    if not quotes or not 0 < case.balance.count <= case.policy.search_invoices:
        return
    for card in case.index.open_of(case.party):
        quote = next((q for q in quotes if one_edit_apart(str(q.counter), str(card.counter))), None)
        if quote is not None:
            yield (card,), (_slip(quote, card), sum_reason("matching.sum_differs", card.rest, case.amount))


def _slip(quote: Quote, card: InvoiceCard) -> Reason:
    values = {"quoted": quote.text.strip(), "number": card.number}
    return Reason("matching.number_slip", values, (quote.start, quote.end))


def _sums(case: Case) -> Iterator[_Proposal]:
    balance = case.balance
    if balance.count >= 2 and balance.total == case.amount and balance.count <= case.policy.search_invoices:
        values = {"count": str(balance.count), "amount": case.amount.decimal_text()}
        yield case.index.open_of(case.party), (Reason("matching.whole_balance", values),)
    if 2 <= balance.count <= case.policy.search_invoices and balance.total.kopecks > case.amount.kopecks:
        for cards in combination(case.index.open_of(case.party), case.amount, case.policy, at_least=2):
            ordered = sorted(cards, key=lambda c: (c.date, c.id))
            yield ordered, (Reason("matching.adds_up", {"count": str(len(cards))}),)


def _elsewhere(case: Case) -> Iterator[_Proposal]:
    """Invoices of somebody the text or the payer's name points to, then of anybody with this very sum."""
    parties: list[str] = [case.identity.hint] if case.identity.hint else []
    for named in case.facts.named:
        parties += [named.inn] if named.inn else case.index.parties_by_name(named.name)
    for name in case.facts.persons:
        parties += case.index.parties_by_name(name)
    for party in dict.fromkeys(parties):
        for card in case.index.open_by_rest(party, case.amount):
            yield (card,), (_equal(case), _invoice(card))
    for card in case.index.open_anywhere(case.amount, _ANYWHERE):
        yield (card,), (_equal(case), _invoice(card))


def _near(case: Case) -> Iterator[_Proposal]:
    """The buyer's open invoices with a sum near this one (a fee, a rounding), else the oldest."""
    if not 0 < case.balance.count <= case.policy.search_invoices:
        return
    amount = case.amount.kopecks
    cards = list(case.index.open_of(case.party))
    for card in sorted(cards, key=lambda c: (abs(c.rest.kopecks - amount), c.date, c.id)):
        if abs(card.rest.kopecks - amount) * 100 <= card.rest.kopecks * _NEAR_PERCENT or len(cards) == 1:
            yield (card,), (_invoice(card), sum_reason("matching.sum_differs", card.rest, case.amount))


def _equal(case: Case) -> Reason:
    return sum_reason("matching.sum_equal", case.amount, case.amount)


def _invoice(card: InvoiceCard) -> Reason:
    values = {"number": card.number, "date": day(card.date), "buyer": card.buyer_name}
    return Reason("matching.invoice_of", values)
