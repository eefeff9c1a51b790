"""Quantities of goods: thousandths of a unit in an integer, so that 2.5 m of moulding is exact."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from gateway.core.errors import Refused

_SPACES = re.compile(r"[ \u00a0\u202f\u2009\t]")
_PLAIN = re.compile(r"[+-]?\d+(?:[.]\d*)?")


@dataclass(frozen=True, order=True, slots=True)
class Quantity:
    """A quantity in thousandths of the goods' own unit.

    Attributes:
        thousandths: whole number of thousandths; 5 pieces are 5000.
    """

    thousandths: int

    @classmethod
    def of(cls, units: int) -> Quantity:
        return cls(units * 1000)

    @classmethod
    def parse(cls, text: str) -> Quantity:
        """Read "5", "2.5", "1 000,250".

        Raises:
            Refused: `quantity.unreadable` when it is not a number or is finer than a thousandth.
        """
        cleaned = _SPACES.sub("", text.strip()).replace(",", ".")
        if not _PLAIN.fullmatch(cleaned):
            raise Refused("quantity.unreadable", text=text[:40])
        scaled = Decimal(cleaned) * 1000
        whole = int(scaled)
        if whole != scaled or abs(whole) > 10**15:
            raise Refused("quantity.unreadable", text=text[:40])
        return cls(whole)

    def __add__(self, other: Quantity) -> Quantity:
        return Quantity(self.thousandths + other.thousandths)

    def __sub__(self, other: Quantity) -> Quantity:
        return Quantity(self.thousandths - other.thousandths)

    def __neg__(self) -> Quantity:
        return Quantity(-self.thousandths)

    def __bool__(self) -> bool:
        return self.thousandths != 0

    def __str__(self) -> str:
        sign = "-" if self.thousandths < 0 else ""
        units, rest = divmod(abs(self.thousandths), 1000)
        return f"{sign}{units}" + (f".{rest:03d}".rstrip("0") if rest else "")
