"""A number as a payer quoted it, and how far it may be believed."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

from gateway.matching.masks import DateMention


class Grade(StrEnum):
    """How far a number may be believed."""

    STRONG = "strong"
    WEAK = "weak"
    LOOSE = "loose"
    MUTED = "muted"

    __hash__ = str.__hash__  # that of Enum is written in Python, and these are looked up for every number


class Kind(StrEnum):
    """What the number is said to be."""

    INVOICE = "invoice"
    ORDER = "order"
    BARE = "bare"  # "№ 125" with no noun
    PREFIXED = "prefixed"  # "УТ-125" with no noun: strong if such a series exists
    QUANTITY = "quantity"  # "5 шт", "40х60"
    OTHER = "other"

    __hash__ = str.__hash__  # that of Enum is written in Python, and these are looked up for every number


class Quote(NamedTuple):
    """A number as quoted.

    Attributes:
        text: folded, as it stands.
        prefix, counter, year, sub: see `number.NumberParts`.
        near: a short word before the number that may be its series ("УТ 125"), "" if none.
        direct: right after its noun or №, not in the continuation of a list.
        plural: the noun before it was plural ("счетам").
        date: the date that goes with it.
        stated: the sum that goes with it, in kopecks.
        until: the last counter when it is a range "125-128", else None.
        listed: the counters when it may be a list "125/126", or the ends of a range; else ().
        cut: the purpose is as long as a bank allows and ends inside this number.
    """

    text: str
    start: int
    end: int
    grade: Grade
    kind: Kind
    prefix: str
    counter: int
    year: int | None
    sub: str
    near: str = ""
    direct: bool = True
    plural: bool = False
    date: DateMention | None = None
    stated: int | None = None
    until: int | None = None
    listed: tuple[int, ...] = ()
    cut: bool = False

    @property
    def digits(self) -> str:
        """The digits alone, for order, loan and track numbers."""
        return self.text if self.text.isdecimal() else "".join(c for c in self.text if c.isdigit())
