"""Fees by turnover: the more a party sells, the higher (or lower) the rate. Pure.

Two readings of the same scale are in use, and contracts mean one of them: the reached rate on the whole sum, or each
rate on its own slice. A starter rate stands instead of the scale while a party is new.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from gateway.core.money import Money

_WHOLE = 10_000  # rates are hundredths of a percent
_HIGHEST = 100 * 100


class TierMode(StrEnum):
    """How a scale is read."""

    WHOLE = "whole"  # the rate that was reached counts for the entire turnover
    MARGINAL = "marginal"  # each rate counts for its own slice


@dataclass(frozen=True, slots=True)
class Tier:
    """One step of a scale.

    Attributes:
        upto: the turnover up to and with which the rate holds; None for the last step.
        rate: hundredths of a percent: 15 % is 1500.
    """

    upto: Money | None
    rate: int


@dataclass(frozen=True, slots=True)
class Scale:
    """Steps from the lowest to the highest.

    Attributes:
        starter: rate while the party is new, in hundredths of a percent; None for none.

    Raises:
        ValueError: no step, steps that do not ascend, a last step with an end or another without one, a rate that is
            not between 0 and 100 %.
    """

    tiers: tuple[Tier, ...]
    mode: TierMode
    starter: int | None = None

    def __post_init__(self) -> None:
        ends = [tier.upto for tier in self.tiers]
        if not ends or ends[-1] is not None:
            raise ValueError("the last step of a scale has no end")
        bounded = [end for end in ends[:-1] if end is not None]
        if len(bounded) != len(ends) - 1:
            raise ValueError("only the last step of a scale has no end")
        if any(low >= high for low, high in zip([Money.zero(), *bounded], bounded, strict=False)):
            raise ValueError("the steps of a scale ascend from above zero")
        rates = [tier.rate for tier in self.tiers] + ([] if self.starter is None else [self.starter])
        if not all(0 <= rate <= _HIGHEST for rate in rates):
            raise ValueError("a rate is 0 to 100 %")

    def fee(self, turnover: Money, *, new: bool = False) -> Money:
        """The fee of a period's turnover, rounded half up once.

        A turnover that returns have made negative earns nothing: what it earned before is taken back by the lines of
        those returns.

        Args:
            new: the party is in its starting period.
        """
        if turnover <= Money.zero():
            return Money.zero()
        if new and self.starter is not None:
            return _share([(turnover.kopecks, self.starter)])
        if self.mode is TierMode.WHOLE:
            return _share([(turnover.kopecks, self.rate_of(turnover))])
        return _share(self._slices(turnover.kopecks))

    def rate_of(self, turnover: Money) -> int:
        """The rate this turnover has reached, in hundredths of a percent."""
        return next(tier.rate for tier in self.tiers if tier.upto is None or turnover <= tier.upto)

    def _slices(self, kopecks: int) -> Sequence[tuple[int, int]]:
        slices, low = [], 0
        for tier in self.tiers:
            high = kopecks if tier.upto is None else min(kopecks, tier.upto.kopecks)
            if high > low:
                slices.append((high - low, tier.rate))
                low = high
        return slices


def _share(slices: Sequence[tuple[int, int]]) -> Money:
    exact = sum(kopecks * rate for kopecks, rate in slices)
    return Money((exact + _WHOLE // 2) // _WHOLE)
