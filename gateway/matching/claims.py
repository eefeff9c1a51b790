"""Quoted numbers looked up: which invoices of the buyer they may mean, and what else has that number."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import NamedTuple

from gateway.core.money import Money
from gateway.core.references import Reference
from gateway.matching.facts import DateMention, Kind, Quote
from gateway.matching.identity import Identity
from gateway.matching.index import InvoiceCard, InvoiceIndex, InvoiceState
from gateway.matching.number import parts_of
from gateway.matching.transliteration import sounds_like

Bundle = tuple[InvoiceCard, ...]
_MAX_COMBINATIONS = 256
_LETTERS = re.compile(r"[а-яa-z]*")


class DateCheck(StrEnum):
    """How the date quoted with a number fits the invoice's."""

    NONE = "none"
    AGREES = "agrees"
    DAY = "day"  # same year, other day: a slip
    YEAR = "year"  # same day and month, other year: a slip, or last year's invoice
    OTHER = "other"  # nothing fits: another invoice is meant


class Claim(NamedTuple):
    """One quoted number, looked up.

    Attributes:
        live: the buyer's open invoices it may mean; each bundle is one reading (a range means several at once).
        dead: the buyer's invoices with that number that are paid or cancelled.
        foreign: other buyers' invoices with that number.
        date: how the quoted date fits; OTHER: the only invoices with this number have quite another date.
        exists: some invoice of somebody has that counter.
    """

    quote: Quote
    live: tuple[Bundle, ...]
    dead: tuple[InvoiceCard, ...]
    foreign: tuple[InvoiceCard, ...]
    date: DateCheck
    exists: bool
    by_order: bool = False

    @property
    def single(self) -> InvoiceCard | None:
        """The one open invoice meant, None when there is none or a choice."""
        if len(self.live) == 1 and len(self.live[0]) == 1:
            return self.live[0][0]
        return None

    @property
    def own(self) -> bool:
        return bool(self.live or self.dead)


def look_up(quote: Quote, index: InvoiceIndex, identity: Identity) -> Claim:
    """What the number means among the identified buyer's invoices, and among everybody's."""
    found = index.by_counter(quote.counter) if quote.counter else ()
    own, foreign = _whose([c for c in found if fits(quote, c)], identity) if found else ([], [])
    by_order = False
    if not own and quote.counter and quote.kind is not Kind.PREFIXED and len(quote.digits) >= 4:
        own, others = _whose(index.by_reference(Reference.ORDER, quote.digits), identity)
        by_order = bool(own) or (bool(others) and not foreign)
        foreign = foreign or others
    own, check = _by_date(_by_series(quote, own), None if by_order else quote.date)
    if quote.kind is Kind.ORDER and own and not by_order:
        own += [c for c in index.by_reference(Reference.ORDER, quote.digits) if identity.owns(c) and c not in own]
    live: list[Bundle] = []
    dead: list[InvoiceCard] = []
    for card in own:
        if card.open:
            live.append((card,))
        else:
            dead.append(card)
    if not live and check is not DateCheck.OTHER:
        live, settled = _several_readings(quote, index, identity)
        dead += settled
    return Claim(
        quote,
        tuple(live),
        tuple(dead),
        tuple(foreign),
        check,
        bool(found or own or foreign),
        by_order,
    )


def _whose(cards: Iterable[InvoiceCard], identity: Identity) -> tuple[list[InvoiceCard], list[InvoiceCard]]:
    """The identified buyer's, and the others'."""
    own: list[InvoiceCard] = []
    foreign: list[InvoiceCard] = []
    for card in cards:
        (own if identity.owns(card) else foreign).append(card)
    return own, foreign


def fits(quote: Quote, card: InvoiceCard) -> bool:
    """Whether a quoted number is this invoice's: series, year and suffix as far as they are quoted."""
    prefix, _, sub = card.prefix.partition("#")
    if quote.sub != sub and (quote.sub or not sub.isalpha()):
        return False  # letters behind the counter are a series, which a payer may leave out; "/1" is another invoice
    if quote.prefix not in ("", prefix) and not sounds_like(quote.prefix, prefix):
        return False
    return quote.year is None or quote.year == card.year


def _by_series(quote: Quote, cards: list[InvoiceCard]) -> list[InvoiceCard]:
    """Where the payer wrote the series apart ("УТ 125"), its invoices; else those without a series if he wrote none."""
    if len(cards) < 2 or not quote.near:
        return cards
    near = parts_of(quote.near + "1").prefix
    return [c for c in cards if c.prefix.partition("#")[0] == near] or cards


def _by_date(cards: list[InvoiceCard], quoted: DateMention | None) -> tuple[list[InvoiceCard], DateCheck]:
    if quoted is None or not cards:
        return cards, DateCheck.NONE
    if len(cards) == 1:
        check = date_check(quoted, cards[0])
        return ([] if check is DateCheck.OTHER else cards), check
    checks = [(date_check(quoted, c), c) for c in cards]
    for wanted in (DateCheck.AGREES, DateCheck.DAY, DateCheck.YEAR):
        chosen = [c for check, c in checks if check is wanted]
        if chosen:
            return chosen, wanted
    return [], DateCheck.OTHER


def date_check(quoted: DateMention, card: InvoiceCard) -> DateCheck:
    if quoted.agrees(card.date):
        return DateCheck.AGREES
    if quoted.year in (None, card.date.year):
        return DateCheck.DAY
    if (quoted.day, quoted.month) == (card.date.day, card.date.month):
        return DateCheck.YEAR
    return DateCheck.OTHER


def _several_readings(quote: Quote, index: InvoiceIndex, identity: Identity) -> tuple[list[Bundle], list[InvoiceCard]]:
    """ "125-128" as a range, "125/126" as a pair, when no invoice has that very number; and what of it is closed.

    The two ends of a range are never a pair: whoever names two invoices writes no hyphen between them.
    """
    if not quote.listed:
        return [], []
    letters = _LETTERS.match(quote.text)
    prefix = letters[0] if letters else ""
    ranged = quote.until is not None
    counters = range(quote.listed[0], quote.until + 1) if quote.until is not None else quote.listed
    each = [
        [
            c
            for c in index.by_counter(counter)
            if identity.owns(c) and not _numbered_again(c) and prefix in ("", c.prefix.partition("#")[0])
        ]
        for counter in counters
    ]
    opened = [[c for c in cards if c.open] for cards in each]
    if not ranged:
        return ([tuple(cards[0] for cards in opened)] if all(len(cards) == 1 for cards in opened) else []), []
    if not (each[0] and each[-1]):
        return [], []  # the ends of a range are his, or it is misread
    bundle = tuple(c for cards in opened for c in cards)
    years = {c.year for c in bundle}
    settled = [c for cards, some in zip(each, opened, strict=True) if not some for c in cards if c.year in years]
    return ([bundle] if bundle and not settled else []), settled


def _numbered_again(card: InvoiceCard) -> bool:
    """ "125/1"."""
    sub = card.prefix.partition("#")[2]
    return bool(sub) and not sub.isalpha()


def covering(claims: Sequence[Claim], amount: Money) -> list[Bundle]:
    """The different sets of open invoices, one reading of each claim, whose rests add up to `amount` exactly."""
    combinations = 1
    for claim in claims:
        combinations *= len(claim.live)
    if not claims or not 0 < combinations <= _MAX_COMBINATIONS:
        return []
    found: dict[frozenset[str], Bundle] = {}
    for chosen in _choices(claims):
        cards = chosen[0] if len(chosen) == 1 else unique_cards(c for bundle in chosen for c in bundle)
        if sum([c.rest.kopecks for c in cards]) == amount.kopecks:
            found.setdefault(frozenset([c.id for c in cards]), cards)
    return list(found.values())


def with_carried_series(claims: Sequence[Claim]) -> list[Claim]:
    """ "АК 701, 702, 703": the series of the first number is that of the list."""
    carried: list[Claim] = []
    series = ""
    for claim in claims:
        quote = claim.quote
        own = quote.prefix or (parts_of(quote.near + "1").prefix if quote.near else "")
        if own or quote.direct:
            series = own
        same = () if own else tuple(b for b in claim.live if all(c.prefix.partition("#")[0] == series for c in b))
        carried.append(claim._replace(live=same) if series and same else claim)
    return carried


def spelt_out_list(claims: Sequence[Claim], index: InvoiceIndex, identity: Identity) -> list[Claim]:
    """ "4871, 72, 73": the last digits alone stand for numbers that begin as the first one; [] when it is no such list.

    Each must be greater than the one before it.
    """
    found = [claims[0]]
    whole = claims[0].quote
    for claim in claims[1:]:
        quote, before = claim.quote, found[-1].quote
        full, digits = str(whole.counter), quote.text
        shortened = digits.isdecimal() and len(digits) < len(full) and not quote.direct
        if quote.prefix or not shortened or whole.listed or whole.year is not None:
            return []
        counter = int(full[: -len(digits)] + digits)
        if counter <= before.counter:
            return []
        spelt = quote._replace(counter=counter, prefix=whole.prefix, sub=whole.sub, near=whole.near)
        found.append(look_up(spelt, index, identity))
    return found if all(claim.live for claim in found) else []


def _choices(claims: Sequence[Claim]) -> Iterable[tuple[Bundle, ...]]:
    chosen: list[tuple[Bundle, ...]] = [()]
    for claim in claims:
        chosen = [(*c, bundle) for c in chosen for bundle in claim.live]
    return chosen


def unique_cards(cards: Iterable[InvoiceCard]) -> Bundle:
    """Each invoice once, in the order quoted."""
    return tuple({c.id: c for c in cards}.values())


def dead_state(claim: Claim) -> str:
    """ "cancelled" only when every invoice with the number is."""
    cancelled = all(c.state == InvoiceState.CANCELLED for c in claim.dead)
    return InvoiceState.CANCELLED.value if cancelled else InvoiceState.PAID.value
