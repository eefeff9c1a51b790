"""Deciding without a number: only payer and sum are left, so both must point to one thing."""

from __future__ import annotations

import re
from collections.abc import Sequence

from gateway.core.money import Money
from gateway.core.text import fold
from gateway.matching.case import Case, day, dead_reason, number_reason, sum_reason, unknown_reason
from gateway.matching.claims import Claim, dead_state
from gateway.matching.decision import Decision, Outcome, Reason
from gateway.matching.facts import Mark
from gateway.matching.identity import Known
from gateway.matching.index import BuyerKind, InvoiceCard, InvoiceState
from gateway.matching.loose import by_hints, misspelt

_ACCOUNT = re.compile(r"(?<!\d)\d{20}(?!\d)")
_FOR_YEAR = re.compile(
    r"(?<![а-яa-z])за\s+(?:[а-я]+\.?\s+|\d{1,2}\.|\d\s*кв[а-я]*\.?\s+)?(20[1-3]\d)(?=\s*г(?:од[а-я]*)?(?![а-яa-z])|\s*$)"
)


def without_number(case: Case) -> Decision:
    """Loose numbers that fit, else the only open invoice with this sum, else the payer's whole balance."""
    hinted = by_hints(case)
    if hinted is not None:
        return hinted
    refusal = _not_now(case)
    if refusal is not None:
        return refusal
    amount = case.amount
    same = case.same_rest(amount)
    if len(same) == 1:
        return _unique(case, same[0])
    if len(same) > 1:
        reason = Reason("matching.several_same_sum", {"count": str(len(same)), "amount": amount.decimal_text()})
        return case.ask(Outcome.NO_NUMBER_AMBIGUOUS, reason)
    balance = case.balance
    if balance.count >= 2 and balance.total == amount:
        return _whole_balance(case)
    if balance.count == 0:
        return case.ask(Outcome.NO_INVOICE, Reason("matching.nothing_open"))
    reason = sum_reason("matching.sum_fits_nothing", balance.total, amount)
    return case.ask(Outcome.NO_INVOICE, reason)


def _not_now(case: Case) -> Decision | None:
    """What forbids to decide by payer and sum alone."""
    if case.individual or case.identity.hint or not case.party:
        return case.ask(Outcome.NO_INVOICE, Reason("matching.individual_needs_number"))
    marks = case.facts.marks
    if Mark.ADVANCE in marks and not case.facts.full_advance:
        return case.ask(Outcome.ADVANCE, Reason("matching.advance_without_invoice", {}, marks[Mark.ADVANCE]))
    if Mark.PART in marks:
        return case.ask(Outcome.CONTRADICTION, Reason("matching.declared_part", {}, marks[Mark.PART]))
    if Mark.DOUBTFUL in marks:
        return case.ask(Outcome.OTHER_INCOME, Reason("matching.maybe_no_sale", {}, marks[Mark.DOUBTFUL]))
    if Mark.NO_NUMBER in marks:
        return case.ask(Outcome.OTHER_INCOME, Reason("matching.maybe_no_sale", {}, marks[Mark.NO_NUMBER]))
    if Mark.FUNDS in marks and not case.facts.pays:
        return case.ask(Outcome.OTHER_INCOME, Reason("matching.maybe_no_sale", {}, marks[Mark.FUNDS]))
    account = _strange_account(case)
    if account is not None:
        return case.ask(Outcome.UNKNOWN_NUMBER, account)
    dead = next((c for c in (*case.hints, *case.doubts) if c.dead and not c.live), None)
    if dead is not None:
        cancelled = dead_state(dead) == InvoiceState.CANCELLED
        return case.ask(Outcome.CANCELLED_INVOICE if cancelled else Outcome.PAID_INVOICE, dead_reason(dead))
    stranger = next((c for c in case.hints if not c.own), None)
    if stranger is not None:
        return case.ask(Outcome.UNKNOWN_NUMBER, unknown_reason(stranger))
    return None


def _strange_account(case: Case) -> Reason | None:
    """ "на счет 40817…": an account that is neither the payer's nor ours."""
    payment = case.facts.payment
    ours = {payment.account, *case.policy.own_accounts} - {""}
    if not ours:  # nobody told which are ours
        return None
    for found in _ACCOUNT.finditer(payment.purpose):
        if found[0] not in ours and found[0] != payment.payer_account:
            return Reason("matching.number_unknown", {"number": found[0]}, found.span())
    return None


def _another_year(case: Case, cards: Sequence[InvoiceCard]) -> Reason | None:
    """ "долг за 2025 год": the invoices that fit are of other years. January's may be meant for the year before."""
    for found in _FOR_YEAR.finditer(fold(case.facts.payment.purpose)):
        year = int(found[1])
        if not any(c.date.year == year or (c.date.month == 1 and c.date.year == year + 1) for c in cards):
            return Reason("matching.date_differs", {"number": cards[0].number}, found.span(1))
    return None


def _unique(case: Case, card: InvoiceCard) -> Decision:
    if card.buyer_kind == BuyerKind.INDIVIDUAL:
        return case.ask(Outcome.NO_INVOICE, Reason("matching.individual_needs_number"))
    other = _other_number(case, card)
    if other is not None:
        return other
    series = card.prefix.partition("#")[0]
    code = next((c for c in case.codes if series and c.quote.prefix == series), None)
    if code is not None:  # "УТ-151" where the only invoice that fits is УТ-150
        return misspelt(case, code) or case.ask(Outcome.UNKNOWN_NUMBER, unknown_reason(code))
    dates = [d for d in case.facts.invoice_dates if not d.agrees(card.date)]
    unique = sum_reason("matching.sum_unique", card.rest, case.amount)
    year = _another_year(case, (card,))
    if year is not None:
        return case.ask(Outcome.CONTRADICTION, unique, year)
    if dates:
        differs = Reason("matching.date_differs", {"number": card.number}, (dates[0].start, dates[0].end))
        return case.ask(Outcome.CONTRADICTION, unique, differs)
    if case.facts.plural_noun:
        return case.ask(Outcome.CONTRADICTION, unique, Reason("matching.plural_noun"))
    reasons = [unique, Reason("matching.invoice_found", {"number": card.number, "date": day(card.date)})]
    return case.in_full(_outcome(case, Outcome.UNIQUE_AMOUNT), (card,), reasons)


def _other_number(case: Case, card: InvoiceCard) -> Decision | None:
    """A number in the text, of whatever kind, equals another invoice of the buyer."""
    for claim in (*case.hints, *case.doubts):
        cards = [c for bundle in claim.live for c in bundle]
        if cards and card.id not in {c.id for c in cards}:
            return case.ask(Outcome.CONTRADICTION, _doubt_reason(claim, cards[0]))
    return None


def _doubt_reason(claim: Claim, card: InvoiceCard) -> Reason:
    reason = number_reason(claim, card)
    return Reason("matching.number_of_other", reason.values, reason.span)


def _whole_balance(case: Case) -> Decision:
    cards = tuple(case.index.open_of(case.party))
    if Money(sum(c.rest.kopecks for c in cards)) != case.amount or any(
        c.buyer_kind == BuyerKind.INDIVIDUAL for c in cards
    ):
        return case.ask(Outcome.NO_INVOICE, Reason("matching.individual_needs_number"))
    year = _another_year(case, cards)
    if year is not None:
        return case.ask(Outcome.CONTRADICTION, year)
    reason = Reason("matching.whole_balance", {"count": str(len(cards)), "amount": case.amount.decimal_text()})
    return case.in_full(_outcome(case, Outcome.WHOLE_BALANCE), cards, [reason])


def _outcome(case: Case, outcome: Outcome) -> Outcome:
    return Outcome.THIRD_PARTY_NAMED if case.identity.known is Known.NAMED else outcome
