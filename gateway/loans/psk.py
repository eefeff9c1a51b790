"""Полная стоимость кредита: what a consumer loan costs, in percent a year (353-ФЗ, article 6, parts 2 to 2.2).

ПСК = i · ЧБП · 100 to three decimals, where ЧБП is the number of base periods in a year of 365 days and i, the rate
of the base period, is the smallest positive root of

    Σ ДПₖ / ((1 + eₖ·i) · (1 + i)^qₖ) = 0

with qₖ whole base periods and eₖ parts of one from the day of issue to the k-th cash flow.

The figure the lender prints in the square frame of the agreement rules. Ours checks it (`compare`) and is shown by
the calculator as approximate.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Decimal, localcontext
from itertools import pairwise

from gateway.core.errors import Refused
from gateway.core.money import Money
from gateway.loans.percent import read_percent
from gateway.loans.schedule import Schedule, add_months

TOLERANCE = Decimal("0.05")
"""Percentage points the lender's figure may be away from ours before somebody is told."""

_PRECISION = 50
_CLOSE = Decimal("1e-32")  # of the root; times the slope (below 1e13 kopecks) it leaves f far within 1e-12
_DAYS_OF_YEAR = 365
_NOTHING = Money.zero()


@dataclass(frozen=True, slots=True)
class Flow:
    """Money on a day, seen from the lender: negative when the buyer gets it, positive when he pays."""

    on: date
    amount: Money


@dataclass(frozen=True, slots=True)
class BasePeriod:
    """A standard interval: so many months, or, when `months` is zero, so many days."""

    months: int = 0
    days: int = 0

    @property
    def per_year(self) -> Decimal:
        """ЧБП: 12 for a month, 365/7 for a week."""
        return Decimal(12) / self.months if self.months else Decimal(_DAYS_OF_YEAR) / self.days

    @property
    def year_part(self) -> Decimal:
        """Its length in years, to tell the shorter of two."""
        return 1 / self.per_year

    def elapsed(self, start: date, on: date) -> tuple[int, Decimal]:
        """(q, e): whole periods from `start` to `on`, and the rest as a part of the period it falls in."""
        if not self.months:
            whole, rest = divmod((on - start).days, self.days)
            return whole, Decimal(rest) / self.days
        whole = _whole_months(start, on) // self.months
        begun = add_months(start, whole * self.months)
        length = (add_months(start, (whole + 1) * self.months) - begun).days
        return whole, Decimal((on - begun).days) / length


@dataclass(frozen=True, slots=True)
class PskRemark:
    """Something the lender's figure gives reason to say.

    Attributes:
        code: `loan.psk_differs` or `loan.psk_unreadable` of the message catalogue.
        values: what its sentence names.
    """

    code: str
    values: Mapping[str, str] = field(default_factory=dict)


def flows_of(loan: Money, issued: date, schedule: Schedule, paid_at_start: Money = _NOTHING) -> list[Flow]:
    """The cash flows of a loan: it is handed out on `issued`, less what the buyer pays for it that day."""
    return [Flow(issued, paid_at_start - loan), *(Flow(row.on, row.payment) for row in schedule.rows)]


def psk(flows: Sequence[Flow]) -> Decimal:
    """ПСК in percent a year, three decimals, half up; 0.000 when the buyer pays no more than he got.

    The earliest flow is the day of issue. Flows of one day count as one.

    Raises:
        Refused: `loan.psk_unsolvable`, see `period_rate`.
    """
    base = base_period([flow.on for flow in flows])
    with localcontext() as context:
        context.prec = _PRECISION
        return (period_rate(flows, base) * base.per_year * 100).quantize(Decimal("0.001"), ROUND_HALF_UP)


def base_period(days: Sequence[date]) -> BasePeriod:
    """The base period of a schedule (article 6, part 2.2): the standard interval met most often.

    Intervals run between successive days, the day of issue among them. Of several intervals met equally often, and
    more than once, the shortest; when all are longer than a year, a year; when none repeats, their mean, rounded to
    whole months where all are whole months and else to whole days.
    """
    days = sorted(set(days))
    intervals = [_interval(days[0], since, until) for since, until in pairwise(days)]
    standard = [interval for interval in intervals if interval.year_part <= 1]
    if not standard:
        return BasePeriod(months=12)
    met = Counter(standard)
    most = max(met.values())
    if most == 1:
        return _mean(standard)
    return min((interval for interval, times in met.items() if times == most), key=lambda found: found.year_part)


def period_rate(flows: Sequence[Flow], base: BasePeriod) -> Decimal:
    """i of article 6, by bisection, as a part of one; |`present_value`| at it is below 1e-12.

    Everything the buyer gets comes before everything he pays: then there is one positive root, so the smallest one.
    Zero when he pays no more than he got.

    Raises:
        Refused: `loan.psk_unsolvable` when he gets nothing, or gets something after he began to pay.
    """
    terms = _terms(flows, base)
    signs = [amount > 0 for _, _, amount in terms]
    if not signs or signs[0] or signs != sorted(signs):
        raise Refused("loan.psk_unsolvable")
    with localcontext() as context:
        context.prec = _PRECISION
        low, high = Decimal(0), Decimal(1)
        if _present(terms, low) <= 0:
            return low
        while _present(terms, high) > 0:
            low, high = high, high * 2
        while high - low > _CLOSE:
            middle = (low + high) / 2
            low, high = (middle, high) if _present(terms, middle) > 0 else (low, middle)
        return low


def present_value(flows: Sequence[Flow], base: BasePeriod, rate: Decimal) -> Decimal:
    """The equation's left side in kopecks, with `rate` of one base period as a part of one."""
    with localcontext() as context:
        context.prec = _PRECISION
        return _present(_terms(flows, base), rate)


def compare(printed: str, ours: Decimal) -> PskRemark | None:
    """What to say of the ПСК a lender printed beside `ours`; None when it fits, or when he printed none."""
    if not printed.strip():
        return None
    try:
        theirs = read_percent(printed)
    except Refused:
        return PskRemark("loan.psk_unreadable", {"printed": printed[:40], "ours": str(ours)})
    apart = abs(theirs - ours)
    if apart <= TOLERANCE:
        return None
    return PskRemark("loan.psk_differs", {"printed": str(theirs), "ours": str(ours), "apart": str(apart)})


def _terms(flows: Sequence[Flow], base: BasePeriod) -> list[tuple[int, Decimal, int]]:
    """(q, e, kopecks) of each day money moves on, in order."""
    by_day: defaultdict[date, int] = defaultdict(int)
    for flow in flows:
        by_day[flow.on] += flow.amount.kopecks
    with localcontext() as context:
        context.prec = _PRECISION
        start = min(by_day, default=date.min)
        return [(*base.elapsed(start, on), amount) for on, amount in sorted(by_day.items()) if amount]


def _present(terms: Sequence[tuple[int, Decimal, int]], rate: Decimal) -> Decimal:
    shrink = 1 / (1 + rate)
    value, factor, reached = Decimal(0), Decimal(1), 0
    for whole, part, amount in terms:
        if whole > reached:
            factor *= shrink ** (whole - reached)
            reached = whole
        value += amount * factor / (1 + part * rate) if part else amount * factor
    return value


def _whole_months(start: date, on: date) -> int:
    months = (on.year - start.year) * 12 + on.month - start.month
    return months if add_months(start, months) <= on else months - 1


def _interval(start: date, since: date, until: date) -> BasePeriod:
    """The interval in months if it is whole ones, seen from the schedule's start or from either end; else in days."""
    months = (until.year - since.year) * 12 + until.month - since.month
    counted_from_start = all(add_months(start, _whole_months(start, day)) == day for day in (since, until))
    if months and (counted_from_start or add_months(since, months) == until or add_months(until, -months) == since):
        return BasePeriod(months=months)
    return BasePeriod(days=(until - since).days)


def _mean(intervals: Sequence[BasePeriod]) -> BasePeriod:
    if all(interval.months for interval in intervals):
        months = Decimal(sum(interval.months for interval in intervals)) / len(intervals)
        return BasePeriod(months=int(months.quantize(Decimal(1), ROUND_HALF_UP)))
    years = sum((interval.year_part for interval in intervals), Decimal(0)) / len(intervals)
    return BasePeriod(days=max(1, int((years * _DAYS_OF_YEAR).quantize(Decimal(1), ROUND_HALF_UP))))
