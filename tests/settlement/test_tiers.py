"""Fees by turnover: both readings of a scale, its ends, and the starter rate."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.core.money import Money
from gateway.settlement.tiers import Scale, Tier, TierMode

# A real contract: 25 % in the first month, then 15 % to 50,000, 20 % of the entire sum to 100,000, 25 % above.
TIERS = (Tier(Money(50_000_00), 1500), Tier(Money(100_000_00), 2000), Tier(None, 2500))
WHOLE = Scale(TIERS, TierMode.WHOLE, starter=2500)
MARGINAL = Scale(TIERS, TierMode.MARGINAL, starter=2500)
kopecks = st.integers(0, 10**12)


@pytest.mark.parametrize(
    ("turnover", "whole", "marginal"),
    [
        (0, 0, 0),
        (1, 0, 0),
        (4, 1, 1),  # 0.6 of a kopeck
        (50_000_00, 7_500_00, 7_500_00),
        (50_000_01, 10_000_00, 7_500_00),
        (80_000_00, 16_000_00, 13_500_00),
        (100_000_00, 20_000_00, 17_500_00),
        (200_000_00, 50_000_00, 42_500_00),
        (-5_00, 0, 0),
    ],
)
def test_the_scale_read_both_ways(turnover: int, whole: int, marginal: int) -> None:
    assert WHOLE.fee(Money(turnover)).kopecks == whole
    assert MARGINAL.fee(Money(turnover)).kopecks == marginal


def test_a_new_party_has_the_starter_rate_where_there_is_one() -> None:
    assert WHOLE.fee(Money(10_000_00), new=True) == MARGINAL.fee(Money(10_000_00), new=True) == Money(2_500_00)
    assert Scale(TIERS, TierMode.WHOLE).fee(Money(10_000_00), new=True) == Money(1_500_00)


@given(kopecks)
def test_the_exact_fee_is_rounded_once(turnover: int) -> None:
    for scale in (WHOLE, MARGINAL):
        exact = Fraction(0)
        if scale.mode is TierMode.WHOLE:
            exact = Fraction(turnover * scale.rate_of(Money(turnover)), 10_000)
        else:
            for low, high, rate in ((0, 50_000_00, 15), (50_000_00, 100_000_00, 20), (100_000_00, 10**13, 25)):
                exact += Fraction(max(0, min(turnover, high) - low) * rate, 100)
        assert abs(scale.fee(Money(turnover)).kopecks - exact) <= Fraction(1, 2)


@given(kopecks, kopecks)
def test_more_turnover_never_earns_less_on_a_rising_scale(one: int, other: int) -> None:
    low, high = sorted((one, other))
    for scale in (WHOLE, MARGINAL):
        assert scale.fee(Money(low)) <= scale.fee(Money(high))
    assert MARGINAL.fee(Money(high)) <= WHOLE.fee(Money(high))


@pytest.mark.parametrize(
    "tiers",
    [
        (),
        (Tier(Money(1), 1),),
        (Tier(None, 1), Tier(None, 2)),
        (Tier(Money(0), 1), Tier(None, 2)),
        (Tier(Money(5), 1), Tier(Money(5), 2), Tier(None, 3)),
        (Tier(None, 10_001),),
        (Tier(None, -1),),
    ],
)
def test_a_scale_that_is_none_is_refused(tiers: tuple[Tier, ...]) -> None:
    with pytest.raises(ValueError, match=r"scale|rate"):
        Scale(tiers, TierMode.WHOLE)


def test_a_starter_rate_is_a_rate() -> None:
    with pytest.raises(ValueError, match="rate"):
        Scale(TIERS, TierMode.WHOLE, starter=10_001)
