"""One payment before the matcher: its facts, who it is for, what its numbers mean; how an answer is put together."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from gateway.core.money import Money
from gateway.core.text import name_key
from gateway.matching.claims import Bundle, Claim, DateCheck, dead_state, look_up
from gateway.matching.decision import Allocations, Decision, Outcome, Policy, Reason
from gateway.matching.facts import Facts, Grade, Kind, Quote
from gateway.matching.identity import Identity, Known
from gateway.matching.index import Balance, InvoiceCard, InvoiceIndex, InvoiceState
from gateway.matching.naming import contradicts, same_firm
from gateway.matching.objections import financed
from gateway.matching.tolerance import within_tolerance

_DIFFERS = (DateCheck.DAY, DateCheck.YEAR, DateCheck.OTHER)


@dataclass(slots=True, eq=False)
class Case:
    """Everything a rule may look at. Made once for a payment and never changed; not frozen, which would cost more.

    Attributes:
        claims: strong numbers looked up; goods codes that look like a series and fit none are left out.
        hints: weak and loose numbers looked up: the buyer's, those behind a №, and longer ones that are another's.
        doubts: muted numbers that equal an invoice of the buyer.
        codes: numbers that look like a series and fit no invoice: goods codes, or misspelt numbers.
        said: sums the text names, in kopecks; among them plain numbers that turned out to be sums.
    """

    facts: Facts
    index: InvoiceIndex
    policy: Policy
    identity: Identity
    claims: tuple[Claim, ...]
    hints: tuple[Claim, ...]
    doubts: tuple[Claim, ...]
    codes: tuple[Claim, ...] = ()
    said: frozenset[int] = frozenset()

    @property
    def amount(self) -> Money:
        return self.facts.payment.amount

    @property
    def party(self) -> str:
        """The one party paid for; "" when there is not exactly one."""
        return self.identity.parties[0] if len(self.identity.parties) == 1 else ""

    @property
    def balance(self) -> Balance:
        return self.index.balance(self.party) if self.party else Balance(Money(0), 0)

    @property
    def individual(self) -> bool:
        """Known by name: needs full name, number and the exact sum."""
        return self.identity.known is Known.NAME

    def same_rest(self, amount: Money, but: Iterable[InvoiceCard] = ()) -> list[InvoiceCard]:
        """The buyer's open invoices with exactly this rest, without those given."""
        left_out = {c.id for c in but}
        found: list[InvoiceCard] = []
        for party in self.identity.parties[:8]:
            found += [
                c for c in self.index.open_by_rest(party, amount) if c.id not in left_out and self.identity.owns(c)
            ]
        return found

    # ---------------------------------------------------------------- answers

    def allocate(
        self,
        outcome: Outcome,
        allocations: Sequence[tuple[InvoiceCard, Money]],
        reasons: Sequence[Reason],
        *,
        release: bool = True,
    ) -> Decision:
        """An automatic answer. `release` False when something is left open that only a person may wave through."""
        if self.identity.known is Known.NAMED:
            doubt = self._financed() or self._misnamed([card for card, _ in allocations])
            if doubt is not None:
                return self.ask(Outcome.CONTRADICTION, *reasons, doubt)
        final, tolerance = self.facts.payment.final, self.policy.tolerance
        left = self.amount.kopecks
        releasable: list[str] = []
        for card, given in allocations:
            left -= given.kopecks
            if release and final and within_tolerance(card.amount, card.amount - card.rest + given, tolerance):
                releasable.append(card.id)
        all_reasons = [*self.identity.reasons, *reasons]
        if not final:
            all_reasons.append(Reason("matching.not_final"))
        return Decision(
            outcome=outcome,
            automatic=True,
            allocations=tuple([(card.id, given) for card, given in allocations]),
            advance=Money(left),
            release_ok=frozenset(releasable),
            reasons=tuple(all_reasons),
        )

    def _financed(self) -> Reason | None:
        """Money lent on the buyer's debt is not his payment: he still owes it, to somebody else."""
        span = financed(self.facts.text)
        return Reason("matching.maybe_no_sale", {}, span) if span is not None else None

    def _misnamed(self, cards: Iterable[InvoiceCard]) -> Reason | None:
        """Beside the ИНН of the buyer paid for stands somebody else's name."""
        for named in self.facts.named:
            if not named.name or named.inn not in self.identity.parties:
                continue
            namesakes = self.index.parties_by_name(name_key(named.name))
            for card in cards:
                if named.inn in namesakes or same_firm(named.name, card.buyer_name):
                    continue
                if namesakes or contradicts(named.name, card.buyer_name):
                    values = {"inn": named.inn, "name": named.name, "buyer": card.buyer_name}
                    return Reason("matching.name_contradicts", values, (named.start, named.end))
        return None

    def in_full(self, outcome: Outcome, cards: Bundle, reasons: Sequence[Reason], *, release: bool = True) -> Decision:
        """Each invoice gets its rest."""
        return self.allocate(outcome, [(c, c.rest) for c in cards], reasons, release=release)

    def ask(self, outcome: Outcome, *reasons: Reason) -> Decision:
        """A person decides; suggestions are added by `decide`."""
        return person(outcome, self.amount, (*self.identity.reasons, *reasons))


def person(outcome: Outcome, amount: Money, reasons: Iterable[Reason]) -> Decision:
    """The answer "ask a person": nothing is allocated, the whole sum is left over."""
    allocations: Allocations = ()
    return Decision(outcome, False, allocations, amount, frozenset(), tuple(reasons))


def open_case(facts: Facts, index: InvoiceIndex, policy: Policy, identity: Identity) -> Case:
    """Look up every number once."""
    claims: list[Claim] = []
    hints: list[Claim] = []
    doubts: list[Claim] = []
    codes: list[Claim] = []
    seen: set[tuple[object, ...]] = set()
    for quote in facts.quotes:
        key = (quote.grade, quote.prefix, quote.counter, quote.sub, quote.year, quote.until, quote.date)
        if key in seen or quote.kind is Kind.QUANTITY:
            continue
        seen.add(key)
        claim = look_up(quote, index, identity)
        if quote.grade is Grade.STRONG:
            if quote.kind is not Kind.PREFIXED or claim.own or claim.foreign:
                claims.append(claim)
            else:
                codes.append(claim)
        elif quote.grade is Grade.MUTED:
            if claim.own:
                doubts.append(claim)
        elif claim.own or _claims_something(quote) or (claim.foreign and _like_a_number(quote)):
            hints.append(claim)
    sums = _plain_sums(claims, facts.payment.amount.kopecks) if len(claims) > 1 else []
    said = frozenset([s.kopecks for s in facts.sums] + [c.quote.counter * 100 for c in sums])
    numbers = tuple([c for c in claims if c not in sums] if sums else claims)
    return Case(facts, index, policy, identity, numbers, tuple(hints), tuple(doubts), tuple(codes), said)


def _plain_sums(claims: Sequence[Claim], amount: int) -> list[Claim]:
    """ "сч. 77 39000 + 1000": numbers in the continuation of a list that are sums.

    Such a number is nobody's of the buyer, and equals the payment, what is due of an invoice quoted, or, where that
    stands there too, what is over.
    """
    candidates = [c for c in claims if not (c.own or c.quote.direct or c.quote.prefix or c.quote.sub or c.quote.date)]
    due = [c.single.rest.kopecks for c in claims if c.single is not None]
    sums = [c for c in candidates if c.quote.counter * 100 in (amount, *due)]
    over = [amount - c.quote.counter * 100 for c in sums]
    return sums + [c for c in candidates if c not in sums and c.quote.counter * 100 in over]


def _claims_something(quote: Quote) -> bool:
    """A weak number behind a № says "this is the document", even when we do not know it."""
    return quote.grade is Grade.WEAK and quote.kind in (Kind.BARE, Kind.INVOICE, Kind.ORDER)


def _like_a_number(quote: Quote) -> bool:
    """Long enough, or dated, so that it hardly equals somebody's invoice by chance."""
    return len(str(quote.counter)) >= 3 or quote.date is not None


# -------------------------------------------------------------------- reasons used by several rules


@lru_cache(maxsize=4096)
def day(on: date) -> str:
    """ "12.11.2026"; the dates of invoices are few."""
    return f"{on.day:02d}.{on.month:02d}.{on.year}"


def number_reason(claim: Claim, card: InvoiceCard) -> Reason:
    quote = claim.quote
    code = "matching.order_quoted" if claim.by_order else "matching.number_quoted"
    return Reason(code, {"number": card.number, "date": day(card.date)}, (quote.start, quote.end))


def date_reason(claim: Claim) -> Reason | None:
    quoted = claim.quote.date
    if quoted is None or claim.date not in _DIFFERS:
        return None
    return Reason("matching.date_differs", {"number": claim.quote.text.strip()}, (quoted.start, quoted.end))


def dead_reason(claim: Claim) -> Reason:
    cancelled = dead_state(claim) == InvoiceState.CANCELLED
    code = "matching.number_cancelled" if cancelled else "matching.number_paid"
    return Reason(code, {"number": claim.dead[0].number}, (claim.quote.start, claim.quote.end))


def foreign_reason(claim: Claim) -> Reason:
    values = {"number": claim.foreign[0].number, "buyer": claim.foreign[0].buyer_name}
    return Reason("matching.number_foreign", values, (claim.quote.start, claim.quote.end))


def unknown_reason(claim: Claim) -> Reason:
    return Reason("matching.number_unknown", {"number": claim.quote.text.strip()}, (claim.quote.start, claim.quote.end))


def sum_reason(code: str, expected: Money, amount: Money) -> Reason:
    """A sum compared: `code` says how; the difference is given without its sign."""
    if expected.kopecks == amount.kopecks:
        text = amount.decimal_text()
        return Reason(code, {"expected": text, "amount": text, "difference": "0.00"})
    return Reason(
        code,
        {
            "expected": expected.decimal_text(),
            "amount": amount.decimal_text(),
            "difference": abs(amount - expected).decimal_text(),
        },
    )
