"""What we take from a shop for a loan: a tariff, chosen by shop, lender and day from rows of `shop_tariffs`.

A tariff is never edited: a new row with a later first day follows it, so an old loan is counted again as it was.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from gateway.core.errors import Refused
from gateway.core.money import Money
from gateway.loans.percent import read_percent
from gateway.store.schema import AnyRow

_HUNDRED = Decimal(100)
_NOTHING = Money.zero()


class FeeBase(StrEnum):
    """What the percent is taken of."""

    LOAN = "loan"  # L
    TRANSFER = "transfer"  # T
    GOODS = "goods"  # G


class FeePayer(StrEnum):
    """Who pays the fee."""

    SHOP = "shop"  # kept from the lender's transfer
    LENDER = "lender"  # paid apart; the shop gets the whole transfer


@dataclass(frozen=True, slots=True)
class Tariff:
    """A fee: percent of a base plus a fixed sum, held between two limits.

    Attributes:
        percent: of the base, 2.5 for 2.5 %; 0 to 100.
        most: None when there is no upper limit.
        visits: the shop bears what couriers' visits cost, by charges of their own.

    Raises:
        Refused: `loan.tariff_percent` above 100, `loan.tariff_limits` when the sums are negative or cross.
    """

    base: FeeBase = FeeBase.TRANSFER
    percent: Decimal = Decimal(0)
    fixed: Money = _NOTHING
    least: Money = _NOTHING
    most: Money | None = None
    payer: FeePayer = FeePayer.SHOP
    visits: bool = False

    def __post_init__(self) -> None:
        if not self.percent.is_finite() or not 0 <= self.percent <= _HUNDRED:
            raise Refused("loan.tariff_percent", percent=str(self.percent))
        if min(self.fixed, self.least) < _NOTHING or (self.most is not None and self.most < self.least):
            most = "" if self.most is None else self.most.decimal_text()
            raise Refused("loan.tariff_limits", least=str(self.least), most=most, fixed=str(self.fixed))

    def fee(self, base: Money) -> Money:
        """The fee of `base`: percent rounded half up to the kopeck, plus the fixed sum, within the limits."""
        counted = base.times(self.percent / _HUNDRED) + self.fixed
        capped = counted if self.most is None else min(counted, self.most)
        return max(capped, self.least)


FREE = Tariff()
"""Of a shop no row speaks of: nothing is taken."""


def in_force(rows: Iterable[AnyRow], shop: str, lender: str, on: date) -> Tariff:
    """The tariff of `shop` (its id) with `lender` (its key) on a day; `FREE` when none fits.

    The narrower row wins, whatever its age: one of this shop and this lender before one of the shop, that before one
    of the lender, that before the general one. Among equals the latest begun, then the latest written.
    """
    fitting = [
        row for row in rows if row.shop_id in (shop, "") and row.lender in (lender, "") and row.since <= on.isoformat()
    ]
    if not fitting:
        return FREE
    return tariff_of(
        max(fitting, key=lambda row: (row.shop_id != "", row.lender != "", row.since, row.made_at, row.id))
    )


def tariff_of(row: AnyRow) -> Tariff:
    """One row of `shop_tariffs` as a tariff."""
    return Tariff(
        base=FeeBase(row.base),
        percent=read_percent(row.percent),
        fixed=Money(row.fixed),
        least=Money(row.least),
        most=None if row.most is None else Money(row.most),
        payer=FeePayer(row.payer),
        visits=bool(row.visits),
    )
