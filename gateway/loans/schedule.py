"""The schedule of an annuity loan, as lenders draw it up.

The instalment is A = P·i / (1 − (1 + i)⁻ⁿ) with i = yearly percent / 1200, rounded half up to the kopeck; P / n when
the rate is zero. Interest is rounded to the kopeck in every row. The last row takes what is left, so there are always
exactly n rows: rounding the instalment up and adding a row, or dropping one, is a known fault of other programs.

The agreement's own schedule rules; this one checks it and feeds the calculator.
"""

from __future__ import annotations

from calendar import isleap, monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal, localcontext
from enum import StrEnum
from typing import NamedTuple

from gateway.core.errors import Refused
from gateway.core.money import Money

MONTHS_LIMIT = 120
RATE_LIMIT = Decimal(292)
"""Percent a year: 0.8 % a day, the most a consumer may be charged (353-ФЗ, article 5, part 23)."""


class DayCount(StrEnum):
    """How a lender counts the time interest runs."""

    MONTHS = "12"  # every month is a twelfth of a year
    ACTUAL = "act"  # days over 365, over 366 in a leap year


@dataclass(frozen=True, slots=True)
class Instalment:
    """One row: `payment` = `principal` + `interest`; `balance` is what is owed after it."""

    on: date
    payment: Money
    principal: Money
    interest: Money
    balance: Money


@dataclass(frozen=True, slots=True)
class Schedule:
    """A whole schedule.

    Attributes:
        payment: the regular instalment; the last row's may differ by kopecks ("12") or more ("act").
        overpaid: all payments less the principal, which is all interest.
    """

    rows: tuple[Instalment, ...]
    payment: Money
    overpaid: Money


class _Period(NamedTuple):
    """A row's date, and its interest as a part of what is owed: numerator / denominator."""

    on: date
    numerator: int
    denominator: int


def add_months(start: date, months: int) -> date:
    """`start` so many months later (earlier when negative), clamped to the month's last day.

    Dates of a schedule are all counted from its start: 31.01, 28.02, 31.03; not 28.03.
    """
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    return date(year, month + 1, min(start.day, monthrange(year, month + 1)[1]))


def annuity(principal: Money, rate: Decimal, months: int, issued: date, day_count: DayCount) -> Schedule:
    """The schedule of `principal` lent on `issued` at `rate` percent a year for `months` instalments.

    A payment never falls short of its row's interest, so the debt never grows. Under "act" a high rate over a long
    term can make the formula's instalment too big: a short first February, compounded, pays the loan off before its
    last row (90 % over 48 months, 65 % over 60). The same happens when the loan is a handful of kopecks. The
    instalment is then the largest one that leaves a last payment no smaller than itself.

    Raises:
        Refused: `loan.sum_not_positive`, `loan.months_out_of_range` (1 to `MONTHS_LIMIT`), `loan.rate_out_of_range`
            (0 to `RATE_LIMIT`), `loan.too_small` when there is less than a kopeck for each row.
    """
    _check(principal, rate, months)
    periods = _periods(rate, months, issued, day_count)
    payment = _instalment(principal, rate, months)
    rows = _rows(principal.kopecks, payment, periods)
    if not payment or rows[-1].payment.kopecks <= 0:
        payment = _largest_that_lasts(principal, payment, periods)
        rows = _rows(principal.kopecks, payment, periods)
    return Schedule(tuple(rows), Money(payment), Money(sum(row.interest.kopecks for row in rows)))


def _check(principal: Money, rate: Decimal, months: int) -> None:
    if principal <= Money.zero():
        raise Refused("loan.sum_not_positive", amount=principal.decimal_text())
    if not 1 <= months <= MONTHS_LIMIT:
        raise Refused("loan.months_out_of_range", months=months, limit=MONTHS_LIMIT)
    if not rate.is_finite() or not 0 <= rate <= RATE_LIMIT:
        raise Refused("loan.rate_out_of_range", rate=str(rate), limit=str(RATE_LIMIT))


def _instalment(principal: Money, rate: Decimal, months: int) -> int:
    """The formula's instalment in kopecks."""
    with localcontext() as context:
        context.prec = 40
        i = rate / 1200
        exact = principal.kopecks * i / (1 - (1 + i) ** -months) if i else Decimal(principal.kopecks) / months
        return int(exact.quantize(Decimal(1), ROUND_HALF_UP))


def _periods(rate: Decimal, months: int, issued: date, day_count: DayCount) -> list[_Period]:
    numerator, denominator = rate.as_integer_ratio()
    periods = []
    previous = issued
    for number in range(1, months + 1):
        on = add_months(issued, number)
        time, year = (1, 12) if day_count is DayCount.MONTHS else _actual(previous, on)
        periods.append(_Period(on, numerator * time, denominator * year * 100))
        previous = on
    return periods


def _actual(since: date, until: date) -> tuple[int, int]:
    """The days after `since` up to and with `until` as a part of a year, (numerator, denominator).

    Days of a common year are 365ths and days of a leap year 366ths, also within one row; the two years of a row
    are neighbours, for it is a month long.
    """
    old, new = 365 + isleap(since.year), 365 + isleap(until.year)
    days = (until - since).days
    in_new = (until - date(until.year - 1, 12, 31)).days if until.year > since.year else 0
    return (days - in_new) * new + in_new * old, old * new


def _rows(balance: int, payment: int, periods: Sequence[_Period]) -> list[Instalment]:
    """The rows when `payment` kopecks are paid in all but the last; the last payment may come out negative."""
    rows = []
    for on, numerator, denominator in periods[:-1]:
        interest = _half_up(balance * numerator, denominator)
        paid = max(payment, interest)
        balance -= paid - interest
        rows.append(Instalment(on, Money(paid), Money(paid - interest), Money(interest), Money(balance)))
    on, numerator, denominator = periods[-1]
    interest = _half_up(balance * numerator, denominator)
    rows.append(Instalment(on, Money(balance + interest), Money(balance), Money(interest), Money.zero()))
    return rows


def _largest_that_lasts(principal: Money, too_big: int, periods: Sequence[_Period]) -> int:
    """The largest instalment below `too_big` whose last row pays at least as much: the more is paid, the less is left.

    Raises:
        Refused: `loan.too_small`.
    """

    def lasts(payment: int) -> bool:
        return _rows(principal.kopecks, payment, periods)[-1].payment.kopecks >= payment

    low, high = 0, too_big
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if lasts(middle) else (low, middle)
    if low == 0:
        raise Refused("loan.too_small", amount=principal.decimal_text(), months=len(periods))
    return low


def _half_up(numerator: int, denominator: int) -> int:
    """numerator / denominator to the nearest whole, halves up; in whole numbers, so that no digit is lost before."""
    return (2 * numerator + denominator) // (2 * denominator)
