"""Полная стоимость кредита: golden figures, the equation itself, base periods, the lender's figure beside ours."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.core.catalogue import sentence
from gateway.core.errors import Refused
from gateway.core.money import Money
from gateway.loans.psk import (
    BasePeriod,
    Flow,
    base_period,
    compare,
    flows_of,
    period_rate,
    present_value,
    psk,
)
from gateway.loans.schedule import DayCount, Schedule, add_months, annuity

ISSUED = date(2026, 11, 21)
MONTH = BasePeriod(months=1)
PRINCIPALS = st.integers(10_000, 10**9).map(Money)
RATES = st.decimals("0.1", 90, places=3)
MONTHS = st.integers(3, 60)
DAYS = st.dates(date(2023, 1, 1), date(2032, 12, 31))
COUNTS = st.sampled_from(DayCount)


def flows(principal: str, rate: str, months: int, count: DayCount, fee: str = "0", issued: date = ISSUED) -> list[Flow]:
    loan = Money.parse(principal)
    return flows_of(loan, issued, annuity(loan, Decimal(rate), months, issued, count), Money.parse(fee))


@pytest.mark.parametrize(
    ("count", "fee", "expected"),
    [
        (DayCount.MONTHS, "0", "24.900"),
        (DayCount.ACTUAL, "0", "24.818"),
        (DayCount.MONTHS, "5000", "35.065"),
    ],
)
def test_the_golden_figures(count: DayCount, fee: str, expected: str) -> None:
    assert psk(flows("100000", "24.9", 12, count, fee)) == Decimal(expected)


def test_it_has_three_decimals_and_is_zero_where_nothing_is_overpaid() -> None:
    assert str(psk(flows("30000", "0", 6, DayCount.MONTHS))) == "0.000"
    assert psk([Flow(ISSUED, Money(-100)), Flow(date(2026, 12, 21), Money(90))]) == 0


@given(PRINCIPALS, RATES, MONTHS, DAYS, COUNTS, st.integers(0, 99))
def test_the_rate_solves_the_equation(
    principal: Money, rate: Decimal, months: int, issued: date, count: DayCount, fee_percent: int
) -> None:
    """In kopecks; a rate a billionth of a percent away does not solve it."""
    schedule = annuity(principal, rate, months, issued, count)
    given_flows = flows_of(principal, issued, schedule, principal.times(Decimal(fee_percent) / 100))
    found = period_rate(given_flows, MONTH)
    assert found > 0 or schedule.overpaid == Money.zero() == given_flows[0].amount + principal
    assert abs(present_value(given_flows, MONTH, found)) <= Decimal("1e-12")
    assert abs(present_value(given_flows, MONTH, found + Decimal("1e-11"))) > Decimal("1e-12")


@given(PRINCIPALS, RATES, MONTHS, DAYS, COUNTS, st.tuples(st.integers(0, 95), st.integers(0, 95)))
def test_a_dearer_loan_never_has_a_lower_figure(
    principal: Money, rate: Decimal, months: int, issued: date, count: DayCount, fees: tuple[int, int]
) -> None:
    schedule = annuity(principal, rate, months, issued, count)
    low, high = (principal.times(Decimal(percent) / 100) for percent in sorted(fees))
    cheap, dear = (flows_of(principal, issued, schedule, fee) for fee in (low, high))
    assert psk(cheap) <= psk(dear)
    if high > low:
        assert period_rate(cheap, MONTH) < period_rate(dear, MONTH)


def rounding_bound(schedule: Schedule, rate: Decimal) -> Decimal:
    """How far rounding can move the ПСК of a loan without fees, in percentage points.

    Each row's interest is rounded by half a kopeck at most, so f at the agreed rate is no more than Σ v^k / 2 kopecks
    instead of zero; f falls by Σ k·A·v^(k+1) per unit of rate. A tenth is added for the curvature of f, and half of
    the last printed digit.
    """
    v = 1 / (1 + rate / 1200)
    residue = sum((v**number for number in range(1, len(schedule.rows) + 1)), Decimal(0)) / 2
    slope = sum(
        (number * row.payment.kopecks * v ** (number + 1) for number, row in enumerate(schedule.rows, 1)), Decimal(0)
    )
    return residue / slope * 1200 * Decimal("1.1") + Decimal("0.0005")


@given(PRINCIPALS, RATES, MONTHS, DAYS)
def test_without_a_fee_it_is_the_rate_under_12(principal: Money, rate: Decimal, months: int, issued: date) -> None:
    schedule = annuity(principal, rate, months, issued, DayCount.MONTHS)
    assert abs(psk(flows_of(principal, issued, schedule)) - rate) <= rounding_bound(schedule, rate)


@given(st.integers(3_000_000, 10**9).map(Money), RATES, MONTHS, DAYS)
def test_from_thirty_thousand_roubles_rounding_is_not_seen(
    principal: Money, rate: Decimal, months: int, issued: date
) -> None:
    schedule = annuity(principal, rate, months, issued, DayCount.MONTHS)
    assert abs(psk(flows_of(principal, issued, schedule)) - rate) <= Decimal("0.001")


def test_the_equation_with_a_part_of_a_period() -> None:
    """Worked by hand: 1000 lent on 21.11, 1100 paid on 05.01, in months: q = 1, e = 15/31 (21.12 to 21.01)."""
    given_flows = [Flow(ISSUED, Money(-100_000)), Flow(date(2027, 1, 5), Money(110_000))]
    rate = Decimal("0.05")
    by_hand = -100_000 + Fraction(110_000) / ((1 + Fraction(15, 31) * Fraction(1, 20)) * Fraction(21, 20))
    assert abs(Fraction(present_value(given_flows, MONTH, rate)) - by_hand) < Fraction(1, 10**30)


def test_a_weekly_loan_by_the_day() -> None:
    """1 % of 1000 a week for one week, twice: base period 7 days, 365/7 of them in a year."""
    given_flows = [
        Flow(ISSUED, Money(-100_000)),
        Flow(ISSUED + timedelta(7), Money(1_000)),
        Flow(ISSUED + timedelta(14), Money(101_000)),
    ]
    assert psk(given_flows) == Decimal("52.143")


def test_flows_of_one_day_are_one() -> None:
    whole = flows("100000", "24.9", 12, DayCount.MONTHS, "5000")
    apart = [Flow(ISSUED, Money(-10_000_000)), Flow(ISSUED, Money(500_000)), *whole[1:]]
    assert psk(apart) == psk(whole)
    assert psk(list(reversed(apart))) == psk(whole)


def test_a_figure_above_twelve_hundred_percent_is_found_too() -> None:
    given_flows = [Flow(ISSUED, Money(-100)), Flow(date(2026, 12, 21), Money(500))]
    assert psk(given_flows) == Decimal("4800.000")


@pytest.mark.parametrize(
    "amounts",
    [[], [100], [100, -50], [-100, 50, -50, 110], [0, 50]],
)
def test_what_has_no_single_root_is_refused(amounts: list[int]) -> None:
    given_flows = [Flow(add_months(ISSUED, number), Money(amount)) for number, amount in enumerate(amounts)]
    with pytest.raises(Refused) as caught:
        psk(given_flows)
    assert caught.value.code == "loan.psk_unsolvable"


def after(*steps: int) -> list[date]:
    return [ISSUED, *(ISSUED + timedelta(sum(steps[:number])) for number in range(1, len(steps) + 1))]


@pytest.mark.parametrize(
    ("days", "base"),
    [
        ([add_months(date(2026, 1, 31), number) for number in range(5)], BasePeriod(months=1)),
        ([add_months(ISSUED, number) for number in (0, 3, 6, 9)], BasePeriod(months=3)),
        ([add_months(ISSUED, number) for number in (0, 1, 2, 5, 8)], BasePeriod(months=1)),  # a tie: the shorter
        ([add_months(ISSUED, number) for number in (0, 2, 5)], BasePeriod(months=3)),  # none repeats: mean 2.5
        ([add_months(ISSUED, number) for number in (0, 24, 60)], BasePeriod(months=12)),  # all above a year
        ([add_months(ISSUED, 0), add_months(ISSUED, 6)], BasePeriod(months=6)),
        (after(14, 14, 14), BasePeriod(days=14)),
        (after(10, 20), BasePeriod(days=15)),
        ([ISSUED, date(2026, 12, 15), date(2027, 1, 15), date(2027, 2, 15)], BasePeriod(months=1)),  # a moved first
        ([date(2026, 1, 10), date(2026, 1, 31), date(2026, 2, 28), date(2026, 3, 31)], BasePeriod(months=1)),
        ([ISSUED], BasePeriod(months=12)),
    ],
)
def test_the_base_period(days: list[date], base: BasePeriod) -> None:
    assert base_period(days) == base
    assert base_period([*days, *days][::-1]) == base


@given(DAYS, st.sampled_from([1, 2, 3, 6, 12]), st.lists(st.integers(0, 2500), min_size=2, max_size=30))
def test_parts_of_a_period_run_from_nought_to_one_and_start_again(start: date, months: int, steps: list[int]) -> None:
    base = BasePeriod(months=months)
    reached = [base.elapsed(start, start + timedelta(step)) for step in sorted(set(steps))]
    assert all(0 <= part < 1 for _, part in reached)
    assert all(earlier < later for earlier, later in pairwise(reached))


@pytest.mark.parametrize("text", ["24.900", "24,900 %", "24.950", "24.85", "", "  "])
def test_a_figure_that_fits_is_not_spoken_of(text: str) -> None:
    assert compare(text, Decimal("24.900")) is None


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("24.951", "loan.psk_differs"),
        ("24.849", "loan.psk_differs"),
        ("35.065", "loan.psk_differs"),
        ("двадцать", "loan.psk_unreadable"),
        ("-24.9", "loan.psk_unreadable"),
        ("NaN", "loan.psk_unreadable"),
    ],
)
def test_a_figure_that_does_not_fit_is_spoken_of(text: str, code: str) -> None:
    remark = compare(text, Decimal("24.900"))
    assert remark is not None
    assert remark.code == code
    for language in ("ru", "en"):
        told = sentence(remark.code, language, remark.values)
        assert text in told
        assert "24.900" in told
        assert "{" not in told
