"""The Russian work calendar: which days are worked, and deadlines counted in work minutes.

A year's calendar follows from two sources: article 112 of the Labour Code (the holidays, and the rule that a day off
which coincides with a holiday moves to the next working day) and the government's yearly decree that moves some days
by name. The decrees stand here as a dated table. For a year without a decree the statutory rule alone is used, and
`is_tabled` says so, so that a screen or the doctor can warn that deadlines of that year may still shift by a day.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from types import MappingProxyType
from zoneinfo import ZoneInfo

from gateway.core.clock import MOSCOW

_DAY = timedelta(days=1)
_SATURDAY = 5

# Labour Code, article 112, part 1. (month, day)
_NEW_YEAR = frozenset((1, day) for day in range(1, 9))  # 1-6 and 8 January, and Christmas on the 7th
_OTHER = ((2, 23), (3, 8), (5, 1), (5, 9), (6, 12), (11, 4))


@dataclass(frozen=True, slots=True)
class Decree:
    """One government decree on moved days off.

    Attributes:
        source: the decree, as a reader would look it up.
        moves: (from, to): the day off at `from` is taken at `to`. A `from` that is an ordinary weekend becomes a
            working day; a `from` that is itself a holiday stays free.
    """

    source: str
    moves: tuple[tuple[date, date], ...]


DECREES: Mapping[int, Decree] = MappingProxyType(
    {
        2025: Decree(
            "Постановление Правительства РФ от 04.10.2024 № 1335 «О переносе выходных дней в 2025 году»",
            (
                (date(2025, 1, 4), date(2025, 5, 2)),
                (date(2025, 2, 23), date(2025, 5, 8)),
                (date(2025, 3, 8), date(2025, 6, 13)),
                (date(2025, 11, 1), date(2025, 11, 3)),
                (date(2025, 1, 5), date(2025, 12, 31)),
            ),
        ),
        2026: Decree(
            "Постановление Правительства РФ от 24.09.2025 № 1466 «О переносе выходных дней в 2026 году»",
            (
                (date(2026, 1, 3), date(2026, 1, 9)),
                (date(2026, 1, 4), date(2026, 12, 31)),
            ),
        ),
        2027: Decree(
            "Постановление Правительства РФ «О переносе выходных дней в 2027 году» (КонсультантПлюс, документ 544706)",
            (
                (date(2027, 2, 20), date(2027, 2, 22)),
                (date(2027, 1, 2), date(2027, 11, 5)),
                (date(2027, 1, 3), date(2027, 12, 31)),
            ),
        ),
    }
)


@dataclass(frozen=True, slots=True)
class WorkHours:
    """When a company works, in its own zone.

    Attributes:
        opens: start of the work day.
        closes: end of the work day, later than `opens` (a shift over midnight is not supported).
        also_weekdays: weekdays worked besides the calendar's (Monday is 0): a shop open on Saturdays has {5}.
            Public holidays stay free.
    """

    opens: time = time(9, 0)
    closes: time = time(18, 0)
    also_weekdays: frozenset[int] = frozenset()

    def __post_init__(self) -> None:
        if self.opens.tzinfo is not None or self.closes.tzinfo is not None:
            raise ValueError("work hours are local times, without a zone")
        if self.closes <= self.opens:
            raise ValueError("work hours must end after they begin")
        if not all(0 <= day <= 6 for day in self.also_weekdays):
            raise ValueError("a weekday is 0 (Monday) to 6")


DEFAULT_HOURS = WorkHours()


def is_tabled(year: int) -> bool:
    """Whether the government's decree for `year` is in the table; if not, only the statutory rule was applied."""
    return year in DECREES


def is_holiday(day: date) -> bool:
    """Whether `day` is a public holiday by article 112 (moved days off are not holidays)."""
    return (day.month, day.day) in _NEW_YEAR or (day.month, day.day) in _OTHER


def is_workday(day: date) -> bool:
    """Whether `day` is worked in the five-day week."""
    off, worked = _exceptions(day.year)
    return day in worked or (day.weekday() < _SATURDAY and day not in off)


def add_workdays(day: date, count: int) -> date:
    """The `count`-th working day after `day` (before it when negative); `day` itself when `count` is 0."""
    step = _DAY if count > 0 else -_DAY
    left = abs(count)
    while left:
        day += step
        if is_workday(day):
            left -= 1
    return day


def add_work_minutes(
    start: datetime, minutes: int, hours: WorkHours = DEFAULT_HOURS, zone: ZoneInfo = MOSCOW
) -> datetime:
    """The instant `minutes` of work time after `start`, UTC: what is due "in 15 minutes" outside hours is due in the
    morning, and what does not fit before closing goes on when the company opens next.

    The answer always lies in `opens < t <= closes` of a worked day, except that 0 minutes gives the first worked
    instant at or after `start`.

    Raises:
        ValueError: `start` has no zone, or `minutes` is negative.
    """
    if start.tzinfo is None:
        raise ValueError("an instant needs a zone")
    if minutes < 0:
        raise ValueError("work minutes are counted forwards")
    at = start.astimezone(UTC)
    left = timedelta(minutes=minutes)
    day = at.astimezone(zone).date()
    while True:
        if _worked(day, hours):
            opens = datetime.combine(day, hours.opens, zone).astimezone(UTC)
            closes = datetime.combine(day, hours.closes, zone).astimezone(UTC)
            at = max(at, opens)
            if at < closes and at + left <= closes:
                return at + left
            if at < closes:
                left -= closes - at
        day += _DAY


def _worked(day: date, hours: WorkHours) -> bool:
    return is_workday(day) or (day.weekday() in hours.also_weekdays and not is_holiday(day))


@cache
def _exceptions(year: int) -> tuple[frozenset[date], frozenset[date]]:
    """What differs from Monday-to-Friday in `year`: (days off, worked weekend days)."""
    holidays = {date(year, m, d) for m, d in (*_NEW_YEAR, *_OTHER)}
    moves = DECREES[year].moves if year in DECREES else ()
    moved_from = {origin for origin, _ in moves}
    off = holidays | {target for _, target in moves}
    worked = moved_from - holidays
    # A holiday on a weekend moves by itself to the next working day, unless the decree moved it elsewhere. The New
    # Year days do not: those are the ones the decree is about.
    for month, dom in _OTHER:
        holiday = date(year, month, dom)
        if holiday.weekday() >= _SATURDAY and holiday not in moved_from:
            substitute = holiday + _DAY
            while substitute.weekday() >= _SATURDAY or substitute in off:
                substitute += _DAY
            off.add(substitute)
    return frozenset(off), frozenset(worked)
