"""The work calendar: the decrees as printed, an independent package as witness, and deadlines in work minutes."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import holidays
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.core import workdays
from gateway.core.clock import MOSCOW
from gateway.core.workdays import WorkHours, add_work_minutes, add_workdays, is_holiday, is_tabled, is_workday

TABLED = (2025, 2026, 2027)
INSTANTS = st.datetimes(min_value=datetime(2025, 1, 1), max_value=datetime(2027, 12, 1), timezones=st.just(UTC))


def days(year: int) -> list[date]:
    first = date(year, 1, 1)
    return [first + timedelta(days=n) for n in range((date(year + 1, 1, 1) - first).days)]


def moscow(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=MOSCOW).astimezone(UTC)


@pytest.mark.parametrize("year", TABLED)
def test_every_day_agrees_with_the_holidays_package(year: int) -> None:
    witness = holidays.country_holidays("RU", years=year)
    differing = [day for day in days(year) if is_workday(day) != witness.is_working_day(day)]
    assert differing == []


@pytest.mark.parametrize(
    ("year", "worked_weekends", "free_weekdays"),
    [
        (2025, ["2025-11-01"], ["2025-05-02", "2025-05-08", "2025-06-13", "2025-11-03", "2025-12-31"]),
        (2026, [], ["2026-01-09", "2026-03-09", "2026-05-11", "2026-12-31"]),
        (2027, ["2027-02-20"], ["2027-02-22", "2027-05-03", "2027-05-10", "2027-06-14", "2027-11-05", "2027-12-31"]),
    ],
)
def test_the_transferred_days(year: int, worked_weekends: list[str], free_weekdays: list[str]) -> None:
    assert [d.isoformat() for d in days(year) if d.weekday() >= 5 and is_workday(d)] == worked_weekends
    free = [d.isoformat() for d in days(year) if d.weekday() < 5 and not is_workday(d) and not is_holiday(d)]
    assert free == free_weekdays


@pytest.mark.parametrize(("year", "count"), [(2025, 247), (2026, 247), (2027, 247)])
def test_the_yearly_number_of_workdays(year: int, count: int) -> None:
    """The figure every printed production calendar ends with."""
    assert sum(is_workday(day) for day in days(year)) == count


def test_a_year_without_a_decree_is_flagged_and_follows_the_statute() -> None:
    assert [is_tabled(year) for year in (2024, 2025, 2026, 2027, 2028)] == [False, True, True, True, False]
    assert not is_workday(date(2028, 1, 7))
    assert not is_workday(date(2028, 2, 23))
    assert is_workday(date(2028, 2, 24))
    # 4 November 2028 is a Saturday: it moves by itself to the Monday
    assert not is_workday(date(2028, 11, 6))
    # New Year days on a weekend do not move without a decree
    assert is_workday(date(2028, 1, 10))


def test_every_decree_is_named() -> None:
    assert all(decree.source.startswith("Постановление Правительства РФ") for decree in workdays.DECREES.values())


def test_add_workdays() -> None:
    assert add_workdays(date(2026, 12, 30), 0) == date(2026, 12, 30)
    assert add_workdays(date(2026, 12, 30), 1) == date(2027, 1, 11)
    assert add_workdays(date(2027, 1, 11), -1) == date(2026, 12, 30)
    assert add_workdays(date(2026, 11, 20), 5) == date(2026, 11, 27)
    assert add_workdays(date(2027, 2, 19), 1) == date(2027, 2, 20)


@given(st.dates(min_value=date(2025, 2, 1), max_value=date(2027, 6, 1)), st.integers(min_value=1, max_value=60))
def test_workdays_forth_and_back(day: date, count: int) -> None:
    there = add_workdays(day, count)
    assert is_workday(there)
    assert sum(is_workday(day + timedelta(days=n)) for n in range(1, (there - day).days + 1)) == count
    if is_workday(day):
        assert add_workdays(there, -count) == day


@pytest.mark.parametrize(
    ("paid", "due"),
    [
        ("2026-11-20T10:00", "2026-11-20T10:15"),
        ("2026-11-20T08:59", "2026-11-20T09:15"),
        ("2026-11-20T17:45", "2026-11-20T18:00"),
        ("2026-11-20T17:50", "2026-11-23T09:05"),
        ("2026-11-20T18:00", "2026-11-23T09:15"),
        ("2026-11-21T12:00", "2026-11-23T09:15"),
        ("2026-12-30T17:59", "2027-01-11T09:14"),
        ("2027-02-20T12:00", "2027-02-20T12:15"),
    ],
)
def test_fifteen_work_minutes(paid: str, due: str) -> None:
    assert add_work_minutes(moscow(paid), 15) == moscow(due)


def test_many_minutes_run_over_several_days() -> None:
    assert add_work_minutes(moscow("2026-11-20T12:00"), 9 * 60 * 3) == moscow("2026-11-25T12:00")


def test_nothing_to_wait_is_the_first_worked_instant() -> None:
    assert add_work_minutes(moscow("2026-11-20T12:00"), 0) == moscow("2026-11-20T12:00")
    assert add_work_minutes(moscow("2026-11-20T18:00"), 0) == moscow("2026-11-23T09:00")


def test_a_shop_open_on_saturdays() -> None:
    hours = WorkHours(time(10), time(20), frozenset({5}))
    assert add_work_minutes(moscow("2026-11-20T20:30"), 15, hours) == moscow("2026-11-21T10:15")
    # 9 May 2026 is a Saturday and a holiday, the day off moved to Monday the 11th
    assert add_work_minutes(moscow("2026-05-08T20:30"), 15, hours) == moscow("2026-05-12T10:15")


def test_hours_are_local_in_any_zone() -> None:
    vladivostok = ZoneInfo("Asia/Vladivostok")
    start = datetime(2026, 11, 20, 12, 0, tzinfo=MOSCOW)
    assert add_work_minutes(start, 15, zone=vladivostok) == datetime(2026, 11, 23, 9, 15, tzinfo=vladivostok)


def test_a_zone_with_summer_time_keeps_its_wall_clock() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    start = datetime(2026, 3, 27, 17, 50, tzinfo=berlin)  # clocks go forward on the 29th
    assert add_work_minutes(start, 15, zone=berlin) == datetime(2026, 3, 30, 9, 5, tzinfo=berlin)


@given(INSTANTS, st.integers(min_value=0, max_value=3000), st.integers(min_value=0, max_value=3000))
def test_deadlines_add_up_and_lie_in_work_time(start: datetime, one: int, other: int) -> None:
    due = add_work_minutes(start, one + other)
    assert add_work_minutes(add_work_minutes(start, one), other) == due
    assert due >= start
    local = due.astimezone(MOSCOW)
    assert is_workday(local.date())
    assert time(9) <= local.time() <= time(18)


@pytest.mark.parametrize(
    "wrong",
    [
        {"opens": time(18), "closes": time(9)},
        {"opens": time(9), "closes": time(9)},
        {"opens": time(9, tzinfo=UTC)},
        {"also_weekdays": frozenset({7})},
    ],
)
def test_impossible_hours(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"hours|weekday"):
        WorkHours(**wrong)  # type: ignore[arg-type]


def test_a_naive_start_and_negative_minutes_are_refused() -> None:
    with pytest.raises(ValueError, match="zone"):
        add_work_minutes(datetime(2026, 11, 20, 10), 15)
    with pytest.raises(ValueError, match="forwards"):
        add_work_minutes(moscow("2026-11-20T10:00"), -1)
