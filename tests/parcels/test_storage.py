"""How long it is kept, and when the buyer is reminded."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from gateway.parcels.storage import last_day, reminder_dates, storage_days
from gateway.parcels.terms import ReminderTerms

TODAY = date(2026, 11, 20)  # a Friday


@pytest.mark.parametrize(
    ("mail_type", "on", "days"),
    [
        (4, TODAY, 15),
        (4, date(2018, 4, 9), 15),
        (4, date(2018, 4, 8), 30),
        (4, date(1999, 1, 1), 30),
        (7, TODAY, 15),
        (0, TODAY, 15),
        (5, TODAY, 30),
        (2, date(2013, 6, 1), 30),
        (1, TODAY, 30),
        (23, TODAY, 5),
    ],
)
def test_how_long(mail_type: int, on: date, days: int) -> None:
    assert storage_days(mail_type, on) == days


def test_the_companys_contract_and_the_locker_rule() -> None:
    assert storage_days(23, TODAY, own={23: 10}) == 10
    assert storage_days(4, TODAY, own={23: 10}) == 15
    assert storage_days(23, TODAY, own={23: 10}, locker=True) == 3


def test_it_is_counted_from_the_next_working_day() -> None:
    assert last_day(TODAY, 1) == date(2026, 11, 23)  # the Monday after the Friday
    assert last_day(TODAY, 15) == date(2026, 12, 7)
    assert last_day(date(2026, 12, 30), 5) == date(2027, 1, 15)  # the holidays do not count before it has begun


def test_reminders_by_days_from_the_arrival_and_by_days_left() -> None:
    dates = reminder_dates(TODAY, TODAY + timedelta(days=17), ReminderTerms(every_days=5, days_left=(2,)))
    assert [(day - TODAY).days for day in dates] == [5, 10, 15]
    dates = reminder_dates(TODAY, TODAY + timedelta(days=17), ReminderTerms(every_days=5, days_left=(3, 1)))
    assert [(day - TODAY).days for day in dates] == [5, 10, 14, 15, 16]


def test_nobody_is_reminded_on_the_day_of_arrival_or_after_the_end() -> None:
    assert reminder_dates(TODAY, TODAY + timedelta(days=2), ReminderTerms(days_left=(2,))) == ()
    assert reminder_dates(TODAY, TODAY - timedelta(days=3), ReminderTerms()) == ()
    assert reminder_dates(TODAY, TODAY + timedelta(days=9), ReminderTerms(every_days=0, days_left=())) == ()


def test_without_an_end_they_stop_after_a_month() -> None:
    dates = reminder_dates(TODAY, None, ReminderTerms())
    assert [(day - TODAY).days for day in dates] == [5, 10, 15, 20, 25, 30]
