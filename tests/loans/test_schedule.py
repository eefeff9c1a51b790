"""The schedule of an annuity loan: the golden rows, and what holds for every loan."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from gateway.core.errors import Refused
from gateway.core.money import Money, total
from gateway.loans.schedule import MONTHS_LIMIT, DayCount, Schedule, add_months, annuity

ISSUED = date(2026, 11, 21)
PRINCIPALS = st.integers(60, 10**9).map(Money)  # no less than a kopeck for each of 60 rows
RATES = st.decimals(0, 90, places=3)
MONTHS = st.integers(3, 60)
DAYS = st.dates(date(2023, 1, 1), date(2032, 12, 31))
COUNTS = st.sampled_from(DayCount)


@pytest.mark.parametrize(
    ("principal", "rate", "months", "count", "payment", "last", "overpaid"),
    [
        ("100000", "24.9", 12, DayCount.MONTHS, "9499.57", "9499.53", "13994.80"),
        ("100000", "24.9", 12, DayCount.ACTUAL, "9499.57", "9446.29", "13941.56"),
        ("45990", "35", 10, DayCount.MONTHS, "5368.53", "5368.50", "7695.27"),
        ("45990", "35", 10, DayCount.ACTUAL, "5368.53", "5329.92", "7656.69"),
        ("30000", "0", 6, DayCount.MONTHS, "5000.00", "5000.00", "0.00"),
        ("30000", "0", 6, DayCount.ACTUAL, "5000.00", "5000.00", "0.00"),
    ],
)
def test_the_golden_schedules(
    principal: str, rate: str, months: int, count: DayCount, payment: str, last: str, overpaid: str
) -> None:
    schedule = annuity(Money.parse(principal), Decimal(rate), months, ISSUED, count)
    assert str(schedule.payment) == payment
    assert {str(row.payment) for row in schedule.rows[:-1]} == {payment}
    assert str(schedule.rows[-1].payment) == last
    assert str(schedule.overpaid) == overpaid


def check(schedule: Schedule, principal: Money, months: int, issued: date) -> None:
    rows = schedule.rows
    assert len(rows) == months
    assert [row.on for row in rows] == [add_months(issued, number) for number in range(1, months + 1)]
    assert total([row.principal for row in rows]) == principal
    assert rows[-1].balance == Money.zero()
    assert rows[-1].payment > Money.zero()
    before = principal
    for row in rows:
        assert row.interest >= Money.zero()
        assert row.principal >= Money.zero()
        assert row.payment == row.principal + row.interest
        assert row.balance == before - row.principal
        before = row.balance
    assert all(row.payment == max(schedule.payment, row.interest) for row in rows[:-1])
    assert total([row.payment for row in rows]) == principal + schedule.overpaid


@given(PRINCIPALS, RATES, MONTHS, DAYS, COUNTS)
@example(Money(100), Decimal(0), 60, ISSUED, DayCount.MONTHS)  # rounding up would pay it off after 50 rows
@example(Money(10_000_000), Decimal(90), 60, date(2026, 1, 31), DayCount.ACTUAL)  # a short first February, compounded
@example(Money(10_000_000), Decimal(70), 60, date(2026, 1, 31), DayCount.ACTUAL)
def test_rows_add_up_for_every_loan(
    principal: Money, rate: Decimal, months: int, issued: date, count: DayCount
) -> None:
    check(annuity(principal, rate, months, issued, count), principal, months, issued)


@given(st.integers(100_000, 10**9).map(Money), st.decimals(0, 60, places=2), st.integers(3, 36), DAYS, COUNTS)
def test_an_ordinary_loan_has_the_formulas_instalment(
    principal: Money, rate: Decimal, months: int, issued: date, count: DayCount
) -> None:
    """Checked without division of Decimals: A is the kopeck nearest to the exact fraction."""
    i = Fraction(rate) / 1200
    exact = principal.kopecks * i / (1 - (1 + i) ** -months) if i else Fraction(principal.kopecks, months)
    payment = annuity(principal, rate, months, issued, count).payment
    assert abs(payment.kopecks - exact) <= Fraction(1, 2)


def test_an_instalment_too_big_for_its_days_gives_way_and_lasts_to_the_end() -> None:
    principal, issued = Money(10_000_000), date(2026, 1, 31)
    formula = annuity(principal, Decimal(90), 60, issued, DayCount.MONTHS).payment
    schedule = annuity(principal, Decimal(90), 60, issued, DayCount.ACTUAL)
    assert schedule.payment < formula
    assert schedule.rows[-1].payment >= schedule.payment


def test_a_payment_never_falls_short_of_its_interest() -> None:
    """At 90 % over 60 months a month of 31 days costs more than the instalment: the debt must not grow."""
    schedule = annuity(Money(10_000_000), Decimal(90), 60, date(2026, 12, 1), DayCount.ACTUAL)
    first = schedule.rows[0]
    assert first.interest == Money(764_384)  # 100 000 · 90 % · 31 / 365
    assert first.payment == first.interest > schedule.payment
    assert first.principal == Money.zero()


def test_days_of_a_leap_year_are_its_366th_parts() -> None:
    """From 15.12.2027 to 15.01.2028: 16 days of 2027, 15 days of 2028."""
    row = annuity(Money(100_000_000), Decimal(36), 3, date(2027, 12, 15), DayCount.ACTUAL).rows[0]
    exact = Fraction(36_000_000) * (Fraction(16, 365) + Fraction(15, 366))
    assert row.interest == Money(round(exact)) != Money(round(Fraction(36_000_000 * 31, 365)))


def test_interest_is_rounded_half_up_and_no_digit_is_lost_before() -> None:
    """60 kopecks at 10 % for a twelfth of a year is half a kopeck exactly, though 10/1200 never ends in decimals."""
    assert annuity(Money(60), Decimal(10), 3, ISSUED, DayCount.MONTHS).rows[0].interest == Money(1)


def test_dates_are_counted_from_the_start_and_clamped() -> None:
    rows = annuity(Money(100_000), Decimal(20), 4, date(2027, 12, 31), DayCount.MONTHS).rows
    assert [row.on for row in rows] == [date(2028, 1, 31), date(2028, 2, 29), date(2028, 3, 31), date(2028, 4, 30)]


@pytest.mark.parametrize(
    ("start", "months", "day"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2026, 1, 31), 2, date(2026, 3, 31)),
        (date(2026, 3, 31), -1, date(2026, 2, 28)),
        (date(2026, 1, 15), -1, date(2025, 12, 15)),
        (date(2026, 11, 30), 3, date(2027, 2, 28)),
        (date(2026, 5, 5), 0, date(2026, 5, 5)),
    ],
)
def test_months_are_added_within_the_month(start: date, months: int, day: date) -> None:
    assert add_months(start, months) == day


@pytest.mark.parametrize(
    ("principal", "rate", "months", "code"),
    [
        (0, "10", 12, "loan.sum_not_positive"),
        (-1, "10", 12, "loan.sum_not_positive"),
        (100_000, "10", 0, "loan.months_out_of_range"),
        (100_000, "10", MONTHS_LIMIT + 1, "loan.months_out_of_range"),
        (100_000, "-0.1", 12, "loan.rate_out_of_range"),
        (100_000, "292.1", 12, "loan.rate_out_of_range"),
        (100_000, "NaN", 12, "loan.rate_out_of_range"),
        (11, "0", 12, "loan.too_small"),
        (1, "90", 60, "loan.too_small"),
    ],
)
def test_what_is_no_loan_is_refused(principal: int, rate: str, months: int, code: str) -> None:
    with pytest.raises(Refused) as caught:
        annuity(Money(principal), Decimal(rate), months, ISSUED, DayCount.MONTHS)
    assert caught.value.code == code


def test_a_kopeck_a_month_is_still_a_loan() -> None:
    schedule = annuity(Money(12), Decimal(0), 12, ISSUED, DayCount.MONTHS)
    assert [row.payment for row in schedule.rows] == [Money(1)] * 12
