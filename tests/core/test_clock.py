"""Instants: stored text orders like time, and a date belongs to a zone."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.core.clock import FixedClock, ShiftedClock, SystemClock, business_date, from_text, to_text

INSTANTS = st.datetimes(min_value=datetime(1990, 1, 1), max_value=datetime(2200, 1, 1), timezones=st.just(UTC))


@given(INSTANTS, INSTANTS)
def test_text_orders_like_time(one: datetime, other: datetime) -> None:
    assert from_text(to_text(one)) == one
    assert (to_text(one) < to_text(other)) == (one < other)
    assert len(to_text(one)) == len("2026-11-21T09:16:43.279000Z")


def test_a_naive_instant_is_refused() -> None:
    with pytest.raises(ValueError, match="zone"):
        to_text(datetime(2026, 11, 21))


def test_another_zone_is_stored_as_utc() -> None:
    moscow = datetime(2026, 11, 21, 12, 0, tzinfo=ZoneInfo("Europe/Moscow"))
    assert to_text(moscow) == "2026-11-21T09:00:00.000000Z"


def test_the_business_date_is_the_companys() -> None:
    late = datetime(2026, 12, 31, 22, 30, tzinfo=UTC)
    assert business_date(late) == date(2027, 1, 1)
    assert business_date(late, ZoneInfo("Europe/Kaliningrad")) == date(2027, 1, 1)
    assert business_date(late, ZoneInfo("UTC")) == date(2026, 12, 31)


def test_the_system_clock_is_aware_and_monotonic() -> None:
    clock = SystemClock()
    assert clock.now().utcoffset() == timedelta(0)
    first = clock.monotonic()
    assert clock.monotonic() >= first


def test_the_shifted_clock_runs_ahead_by_its_offset() -> None:
    ahead = ShiftedClock(timedelta(days=3))
    gap = ahead.now() - SystemClock().now()
    assert timedelta(days=2, hours=23) < gap < timedelta(days=3, minutes=1)
    assert ahead.monotonic() > 0


def test_the_fixed_clock_moves_only_when_told() -> None:
    clock = FixedClock(datetime(2026, 11, 21, 9, tzinfo=UTC))
    assert clock.now() == clock.now()
    before = clock.monotonic()
    clock.advance(timedelta(minutes=15))
    assert clock.now() == datetime(2026, 11, 21, 9, 15, tzinfo=UTC)
    assert clock.monotonic() - before == 900
