"""Money: whole kopecks, nothing else.

One currency (the rouble); no float ever; a `Decimal` appears only inside this module, at the edge where text is read
or a rate is applied with an explicit rounding.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from gateway.core.errors import Refused

_PLAIN = re.compile(r"[+-]?\d+(?:[.]\d+)?")
_SPACES = re.compile(r"[ \u00a0\u202f\u2009\t]")
_LIMIT = 10**17  # 18 digits, 2 of them kopecks: the widest sum any of our formats can carry


@dataclass(frozen=True, order=True, slots=True)
class Money:
    """A sum in kopecks; may be negative.

    Attributes:
        kopecks: whole number of kopecks.
    """

    kopecks: int

    def __post_init__(self) -> None:
        if type(self.kopecks) is not int:
            raise TypeError(f"kopecks must be int, not {type(self.kopecks).__name__}")

    @classmethod
    def zero(cls) -> Money:
        return cls(0)

    @classmethod
    def parse(cls, text: str) -> Money:
        """Read "1234.5", "1 234,50", "18.150" or "175000-00" (kopecks after a hyphen is 1C's way).

        More than two decimals are accepted when the rest is zeros (real bank files pad them).

        Raises:
            Refused: `money.unreadable` when it is not a sum, `money.subkopeck` when it has part of a kopeck.
        """
        cleaned = _SPACES.sub("", text.strip()).replace(",", ".")
        if re.fullmatch(r"\d+[-=]\d\d", cleaned):
            cleaned = cleaned.replace("-", ".").replace("=", ".")
        if not _PLAIN.fullmatch(cleaned):
            raise Refused("money.unreadable", text=text[:40])
        scaled = Decimal(cleaned) * 100
        whole = int(scaled)
        if whole != scaled:
            raise Refused("money.subkopeck", text=text[:40])
        if abs(whole) > _LIMIT:
            raise Refused("money.unreadable", text=text[:40])
        return cls(whole)

    def __add__(self, other: Money) -> Money:
        if not isinstance(other, Money):
            return NotImplemented
        return Money(self.kopecks + other.kopecks)

    def __sub__(self, other: Money) -> Money:
        if not isinstance(other, Money):
            return NotImplemented
        return Money(self.kopecks - other.kopecks)

    def __neg__(self) -> Money:
        return Money(-self.kopecks)

    def __abs__(self) -> Money:
        return Money(abs(self.kopecks))

    def __bool__(self) -> bool:
        return self.kopecks != 0

    def __mul__(self, other: Any) -> Money:
        raise TypeError("use times(rate) or split(weights): a product needs a stated rounding")

    def times(self, rate: Decimal) -> Money:
        """This sum times `rate`, rounded half up to the kopeck."""
        product = (Decimal(self.kopecks) * rate).quantize(Decimal(1), rounding=ROUND_HALF_UP)
        return Money(int(product))

    def split(self, weights: Sequence[int]) -> list[Money]:
        """Parts proportional to `weights`, adding up exactly, by largest remainder; ties go to the earlier part.

        Raises:
            ValueError: no weight, a negative weight, or all weights zero.
        """
        total = sum(weights)
        if not weights or total <= 0 or any(w < 0 for w in weights):
            raise ValueError("weights must be non-negative and not all zero")
        sign = -1 if self.kopecks < 0 else 1
        whole = abs(self.kopecks)
        floors = [whole * w // total for w in weights]
        left = whole - sum(floors)
        by_remainder = sorted(range(len(weights)), key=lambda i: (-(whole * weights[i] % total), i))
        for i in by_remainder[:left]:
            floors[i] += 1
        return [Money(sign * part) for part in floors]

    def vat_inside(self, percent: int) -> Money:
        """The VAT contained in this gross sum at `percent` (22 → sum · 22/122), rounded half up."""
        return Money(int((Decimal(self.kopecks) * percent / (100 + percent)).quantize(Decimal(1), ROUND_HALF_UP)))

    def decimal_text(self) -> str:
        """ "1234.50": dot, two digits, no grouping; what XML and 1C files want."""
        sign = "-" if self.kopecks < 0 else ""
        roubles, kopecks = divmod(abs(self.kopecks), 100)
        return f"{sign}{roubles}.{kopecks:02d}"

    def screen_text(self) -> str:
        """ "1 234,50 ₽" with no-break spaces, the Russian way."""
        sign = "−" if self.kopecks < 0 else ""
        roubles, kopecks = divmod(abs(self.kopecks), 100)
        return f"{sign}{roubles:,}".replace(",", "\u00a0") + f",{kopecks:02d}\u00a0₽"

    def __str__(self) -> str:
        return self.decimal_text()


def total(sums: Sequence[Money]) -> Money:
    """The sum of all `sums` (zero when empty)."""
    return Money(sum(s.kopecks for s in sums))
