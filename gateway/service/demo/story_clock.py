"""A story's own time: it goes on by itself, and weeks of it pass in half a minute."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime, timedelta
from datetime import time as day_time

from gateway.core.clock import MOSCOW, ShiftedClock, business_date
from gateway.core.workdays import add_workdays

_OPENS = day_time(9, 30)


class StoryClock(ShiftedClock):
    """The machine's clock, moved ahead from scene to scene; pauses that are counted by it pass with it."""

    def __init__(self) -> None:
        super().__init__(timedelta())

    def monotonic(self) -> float:
        return time.monotonic() + self.offset.total_seconds()

    def sleep(self, seconds: float) -> None:
        """So much time passes, at once."""
        self.offset += timedelta(seconds=seconds)


def first_morning(now: datetime) -> datetime:
    """When the story begins: half past nine of the next working day. Never before now: no certificate is older."""
    return at_moscow(add_workdays(business_date(now), 1), _OPENS)


def at_moscow(day: date, at: day_time) -> datetime:
    """An instant of a day in Moscow."""
    return datetime.combine(day, at, MOSCOW).astimezone(UTC)
