"""A payout registry: what a partner says his payment is made of."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from gateway.core.money import Money
from gateway.core.references import Reference

_NOTHING = Money(0)


def fee_share(fee: Money, gross: Money, part: Money) -> Money:
    """The fee that falls to a part of `gross`, rounded up: no other buyers' fee pays for its lines."""
    if fee.kopecks <= 0 or gross.kopecks <= 0 or part.kopecks <= 0:
        return _NOTHING
    return Money(min(fee.kopecks, -(-fee.kopecks * part.kopecks // gross.kopecks)))


class PayoutSource(StrEnum):
    """What kind of partner pays out."""

    ACQUIRER = "acquirer"
    POST = "post"
    LOAN = "loan"
    MARKETPLACE = "marketplace"


class RegistryState(StrEnum):
    """WAITING: no payment has used it. USED: it explained one. WITHDRAWN: a person took it back."""

    WAITING = "waiting"
    USED = "used"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class RegistryLine:
    """One line: which invoice, by what key, and what the buyer paid.

    Attributes:
        amount: below zero when the partner gave it back to the buyer.
        row: of the file, from 1; 0 when it is from none.
        fee: what the partner keeps of this line, where he says so.
    """

    kind: Reference
    key: str
    amount: Money
    row: int = 0
    fee: Money = _NOTHING


@dataclass(frozen=True, slots=True)
class Registry:
    """A partner's list.

    Attributes:
        source: a `PayoutSource`.
        number, date: as the payment's text quotes them.
        gross: what the buyers paid. fee: what the partner keeps. net: what must arrive.
        bad_rows: rows of the file that could not be read.
    """

    id: str
    source: str
    number: str
    date: date
    gross: Money
    fee: Money
    net: Money
    lines: tuple[RegistryLine, ...]
    bad_rows: int = 0

    @property
    def lines_total(self) -> Money:
        """What the lines add up to."""
        return Money(sum(line.amount.kopecks for line in self.lines))

    @property
    def sound(self) -> bool:
        """Whether every row was read, the lines add up to `gross`, and gross less a fee is `net`."""
        adds_up = self.lines_total == self.gross and self.gross - self.fee == self.net
        return adds_up and not self.bad_rows and self.fee.kopecks >= 0
