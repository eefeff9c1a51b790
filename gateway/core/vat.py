"""VAT rates by date: a table, never a constant.

The rate of a sale is the one in force on the day the goods are shipped; an old document keeps its old rate.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from gateway.core.errors import Refused


class VatKind(StrEnum):
    """Which row of the tax code a rate belongs to."""

    STANDARD = "standard"  # основная
    REDUCED = "reduced"  # пониженная: food, children's goods, medicine
    ZERO = "zero"  # нулевая: export
    SIMPLIFIED = "simplified"  # НДС плательщиков УСН, without deductions


@dataclass(frozen=True, slots=True)
class VatRate:
    """One rate in force over a period.

    Attributes:
        percent: whole percent on top of the net price.
        since, until: first and last day; `until` None while the rate is in force.
        source: the law that set it.
    """

    kind: VatKind
    percent: int
    since: date
    until: date | None
    source: str

    def holds(self, on: date) -> bool:
        return self.since <= on and (self.until is None or on <= self.until)

    @property
    def calculated(self) -> tuple[int, int]:
        """The calculated rate for a prepayment, as (numerator, denominator): 22 % → (22, 122)."""
        return self.percent, 100 + self.percent


RATES = (
    VatRate(VatKind.STANDARD, 18, date(2004, 1, 1), date(2018, 12, 31), "117-ФЗ от 07.07.2003"),
    VatRate(VatKind.STANDARD, 20, date(2019, 1, 1), date(2025, 12, 31), "303-ФЗ от 03.08.2018"),
    VatRate(VatKind.STANDARD, 22, date(2026, 1, 1), None, "425-ФЗ от 28.11.2025"),
    VatRate(VatKind.REDUCED, 10, date(2004, 1, 1), None, "НК РФ, статья 164, пункт 2"),
    VatRate(VatKind.ZERO, 0, date(2004, 1, 1), None, "НК РФ, статья 164, пункт 1"),
    VatRate(VatKind.SIMPLIFIED, 5, date(2025, 1, 1), None, "НК РФ, статья 164, пункт 8"),
    VatRate(VatKind.SIMPLIFIED, 7, date(2025, 1, 1), None, "НК РФ, статья 164, пункт 8"),
)

_NONE = re.compile(r"(?:без\s+(?:налога|ндс)|ндс\s+не\s+облагается|не\s+облагается)", re.IGNORECASE)
_PERCENT = re.compile(r"(?:ндс\s*)?(?P<percent>\d{1,2})\s*%?(?:\s*/\s*(?P<base>1\d\d)\s*%?)?", re.IGNORECASE)


def rates_on(day: date) -> tuple[VatRate, ...]:
    """All rates in force on `day`, in the table's order."""
    return tuple(rate for rate in RATES if rate.holds(day))


def standard_rate(on: date) -> VatRate:
    """The general rate on `on`.

    Raises:
        Refused: `vat.no_rate` before the table begins (2004).
    """
    for rate in rates_on(on):
        if rate.kind is VatKind.STANDARD:
            return rate
    raise Refused("vat.no_rate", day=on.isoformat())


def is_rate(percent: int, on: date) -> bool:
    """Whether `percent` is a lawful rate for a sale on `on`."""
    return any(rate.percent == percent for rate in rates_on(on))


def parse_percent(text: str) -> int | None:
    """The percent in a rate as files write it: "20", "20%", "НДС 20%", "20/120"; None for "Без НДС" and its kin.

    0 and None differ: an export is taxed at 0 %, a sale without VAT is not taxed at all.

    Raises:
        Refused: `vat.unreadable` for anything else, and for a calculated rate that does not fit (20/118).
    """
    cleaned = " ".join(text.split())
    if _NONE.match(cleaned):
        return None
    found = _PERCENT.fullmatch(cleaned)
    if not found:
        raise Refused("vat.unreadable", text=text[:40])
    percent = int(found["percent"])
    if found["base"] and int(found["base"]) != 100 + percent:
        raise Refused("vat.unreadable", text=text[:40])
    return percent
