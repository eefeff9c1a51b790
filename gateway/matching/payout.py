"""Payouts of partners: one payment for many buyers' invoices, explained by a registry or not at all."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Protocol

from gateway.core.money import Money, total
from gateway.core.references import Reference, reference_key
from gateway.core.text import fold
from gateway.matching.case import day, person, sum_reason
from gateway.matching.decision import Decision, Outcome, Policy, Reason, Suggestion
from gateway.matching.facts import Facts
from gateway.matching.index import InvoiceCard, InvoiceIndex
from gateway.matching.payout_lines import RegistryLines, look_up_lines, meant
from gateway.matching.words import Mark
from gateway.payments.registries.model import PayoutSource, Registry, fee_share

_LOAN_DIGITS = 6  # shorter numbers in a lender's text are agreements and the like
_HIGHEST_FEE = 2  # no partner is believed to keep more than one part in so many
_OLDEST = timedelta(
    days=62
)  # numbers of registries begin anew; where the text gives no date, an older one is not meant
_OF_A_REGISTRY = re.compile(r"реестр\D{0,40}$")


class RegistryLookup(Protocol):
    """The registries received and not used yet."""

    def find(self, source: str, number: str) -> Sequence[Registry]:
        """Unused registries of this partner with this number (compared without leading zeros)."""

    def of_sum(self, source: str, net: Money) -> Sequence[Registry]:
        """Unused registries of this partner that pay out exactly this: only ever to be offered to a person."""


class MemoryRegistries:
    """Registries in a dictionary."""

    def __init__(self, registries: Sequence[Registry] = ()) -> None:
        self._by_number: dict[tuple[str, str], list[Registry]] = {}
        self._by_sum: dict[tuple[str, int], list[Registry]] = {}
        self._used: set[str] = set()
        for registry in registries:
            self._by_sum.setdefault((registry.source, registry.net.kopecks), []).append(registry)
            self._by_number.setdefault((registry.source, reference_key(registry.number)), []).append(registry)

    def find(self, source: str, number: str) -> Sequence[Registry]:
        return tuple(r for r in self._by_number.get((source, reference_key(number)), ()) if r.id not in self._used)

    def of_sum(self, source: str, net: Money) -> Sequence[Registry]:
        return tuple(r for r in self._by_sum.get((source, net.kopecks), ()) if r.id not in self._used)

    def use(self, registry_id: str) -> None:
        """The registry explained a payment; it explains no other."""
        self._used.add(registry_id)


def decide_payout(
    facts: Facts, index: InvoiceIndex, policy: Policy, registries: RegistryLookup | None, source: str
) -> Decision:
    """A payout is automatic only to the kopeck: by a registry, or by loan numbers listed in a lender's text."""
    amount = facts.payment.amount
    partner = Reason("matching.payout_partner", {"source": source, "inn": facts.payment.payer_inn})
    found = _registries(facts, registries, source) if registries is not None else []
    if len(found) == 1:
        return _by_registry(facts, index, found[0], partner)
    if source == PayoutSource.LOAN and not found:
        listed = _by_loans(facts, index, partner)
        if listed is not None:
            return listed
    alike = registries.of_sum(source, amount) if registries is not None and not found else ()
    if len(alike) == 1:
        return _unquoted(facts, index, alike[0], partner)
    code = "matching.registry_ambiguous" if found else "matching.registry_missing"
    return person(Outcome.PAYOUT_UNEXPLAINED, amount, (partner, Reason(code)))


def _registries(facts: Facts, registries: RegistryLookup, source: str) -> list[Registry]:
    found: dict[str, Registry] = {}
    purpose = fold(facts.payment.purpose)
    named = [q for q in facts.quotes if _OF_A_REGISTRY.search(purpose, max(0, q.start - 60), q.start)]
    for quote in named or facts.quotes:  # beside a registry's number that of an agreement says nothing
        for number in {quote.digits, str(quote.counter)}:
            for registry in registries.find(source, number):
                found.setdefault(registry.id, registry)
    if len(found) > 1:
        fitting = [r for r in found.values() if r.net == facts.payment.amount and not _told_twice(r, found.values())]
        return fitting or list(found.values())
    return list(found.values())


def _told_twice(registry: Registry, found: Iterable[Registry]) -> bool:
    """Whether the partner sent this registry again with another content: which of the two holds, a person says."""
    number = reference_key(registry.number)
    return any(
        other.id != registry.id and other.date == registry.date and reference_key(other.number) == number
        for other in found
    )


def _by_registry(facts: Facts, index: InvoiceIndex, registry: Registry, partner: Reason) -> Decision:
    amount = facts.payment.amount
    about = Reason("matching.registry", {"number": registry.number, "date": day(registry.date)})
    lines = look_up_lines(index, registry, facts.payment.payer_inn)
    against = [*_against(facts, registry), *lines.reasons]
    if against:
        return replace(
            person(Outcome.PAYOUT_UNEXPLAINED, amount, (partner, about, *against)),
            suggestions=_fitting_lines(facts, registry, lines, about),
            fee=registry.fee,
            registry_id=registry.id,
        )
    reasons = (partner, about, sum_reason("matching.registry_adds_up", registry.net, amount))
    return _answer(facts, Outcome.REGISTRY, lines.fitting, reasons, registry)


def _unquoted(facts: Facts, index: InvoiceIndex, registry: Registry, partner: Reason) -> Decision:
    """The text names no registry we have, but one pays out this very sum: offered, for sums repeat."""
    about = Reason("matching.registry_unquoted", {"number": registry.number, "date": day(registry.date)})
    lines = look_up_lines(index, registry, facts.payment.payer_inn)
    return replace(
        person(Outcome.PAYOUT_UNEXPLAINED, facts.payment.amount, (partner, about, *lines.reasons)),
        suggestions=_fitting_lines(facts, registry, lines, about),
        fee=registry.fee,
        registry_id=registry.id,
    )


def _against(facts: Facts, registry: Registry) -> Iterator[Reason]:
    """What in the registry as a whole keeps it from explaining the payment."""
    amount = facts.payment.amount
    if registry.bad_rows:
        yield Reason("matching.registry_bad_rows", {"count": str(registry.bad_rows)})
    if registry.lines_total != registry.gross:
        yield sum_reason("matching.registry_unsound", registry.lines_total, registry.gross)
    elif not registry.bad_rows and not registry.sound:
        yield sum_reason("matching.registry_fee", registry.gross - registry.fee, registry.net)
    if registry.net != amount:
        yield sum_reason("matching.registry_differs", registry.net, amount)
    if registry.fee.kopecks * _HIGHEST_FEE > registry.gross.kopecks:
        yield sum_reason("matching.registry_fee_high", registry.fee, registry.gross)
    booked = facts.payment.booked
    if facts.dates:
        if not any(d.agrees(registry.date) for d in facts.dates):
            yield Reason("matching.registry_date")
    elif booked is not None and booked - registry.date > _OLDEST:
        yield Reason("matching.registry_old", {"date": day(registry.date)})


def _fitting_lines(facts: Facts, registry: Registry, lines: RegistryLines, about: Reason) -> tuple[Suggestion, ...]:
    """The lines that find their invoice, as far as the money with the partner's fee covers them."""
    given = total([given for _, given in lines.fitting])
    whole = facts.payment.amount >= registry.net
    fee = registry.fee if whole else fee_share(registry.fee, registry.gross, given)
    left = facts.payment.amount + fee - given
    if not lines.fitting or left.kopecks < 0:
        return ()
    values = {"count": str(len(lines.fitting)), "lines": str(len(registry.lines))}
    allocations = tuple((card.id, given) for card, given in lines.fitting)
    return (Suggestion(allocations, left, (about, Reason("matching.registry_fitting_lines", values))),)


def _by_loans(facts: Facts, index: InvoiceIndex, partner: Reason) -> Decision | None:
    """Loan numbers listed in the text: every one known, and their invoices' rests are the payment."""
    amount = facts.payment.amount
    refund = facts.marks.get(Mark.REFUND)
    if refund is not None:
        return person(Outcome.PAYOUT_UNEXPLAINED, amount, (partner, Reason("matching.says_refund", {}, refund)))
    cards: dict[str, InvoiceCard] = {}
    reasons: list[Reason] = [partner]
    for quote in facts.quotes:
        digits = quote.digits
        if len(digits) < _LOAN_DIGITS:
            continue
        known, one = meant(index, Reference.LOAN, digits, facts.payment.payer_inn)
        found = [c for c in known if c.open]
        span = (quote.start, quote.end)
        if len(found) != 1 or not one:
            unknown = Reason("matching.loan_unknown", {"number": quote.text}, span)
            return person(Outcome.PAYOUT_UNEXPLAINED, amount, (partner, unknown))
        if found[0].id not in cards:
            reasons.append(Reason("matching.loan_quoted", {"number": quote.text, "invoice": found[0].number}, span))
        cards.setdefault(found[0].id, found[0])
    if not cards:
        return None
    due = Money(sum(c.rest.kopecks for c in cards.values()))
    if due != amount:
        return person(Outcome.PAYOUT_UNEXPLAINED, amount, (*reasons, sum_reason("matching.sum_differs", due, amount)))
    reasons.append(sum_reason("matching.sum_equal", due, amount))
    return _answer(facts, Outcome.LOANS_LISTED, [(c, c.rest) for c in cards.values()], tuple(reasons), None)


def _answer(
    facts: Facts,
    outcome: Outcome,
    allocations: Sequence[tuple[InvoiceCard, Money]],
    reasons: tuple[Reason, ...],
    registry: Registry | None,
) -> Decision:
    final = facts.payment.final
    return Decision(
        outcome=outcome,
        automatic=True,
        allocations=tuple((c.id, given) for c, given in allocations),
        advance=Money(0),
        release_ok=frozenset(c.id for c, given in allocations if final and given == c.rest),
        reasons=reasons if final else (*reasons, Reason("matching.not_final")),
        fee=registry.fee if registry is not None else Money(0),
        registry_id=registry.id if registry is not None else "",
    )
