"""Time: instants in UTC, business dates in the company's zone, and a clock that is handed in.

Instants are stored as text "2026-11-21T09:16:43.279000Z": fixed width, so that text order is time order.
"""

from __future__ import annotations

import time
from datetime import UTC, date, datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

MOSCOW = ZoneInfo("Europe/Moscow")


class Clock(Protocol):
    """Where a use case takes the time from."""

    def now(self) -> datetime:
        """The instant now, UTC, aware."""

    def monotonic(self) -> float:
        """Seconds from an arbitrary start that never go back."""


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def monotonic(self) -> float:
        return time.monotonic()


class ShiftedClock:
    """The machine's clock moved by a fixed offset: the sandbox bank's movable time."""

    def __init__(self, offset: timedelta) -> None:
        self.offset = offset

    def now(self) -> datetime:
        return datetime.now(UTC) + self.offset

    def monotonic(self) -> float:
        return time.monotonic()


class FixedClock:
    """A clock that moves only when told to; for tests and back-tests."""

    def __init__(self, at: datetime) -> None:
        self.at = at.astimezone(UTC)
        self._monotonic = 0.0

    def now(self) -> datetime:
        return self.at

    def monotonic(self) -> float:
        return self._monotonic

    def advance(self, by: timedelta) -> None:
        self.at += by
        self._monotonic += by.total_seconds()


def to_text(instant: datetime) -> str:
    """An aware instant as stored text, microseconds and Z always present."""
    if instant.tzinfo is None:
        raise ValueError("an instant needs a zone")
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def from_text(text: str) -> datetime:
    """A stored instant back as an aware UTC datetime."""
    return datetime.fromisoformat(text).astimezone(UTC)


def business_date(instant: datetime, zone: ZoneInfo = MOSCOW) -> date:
    """The calendar date of an instant where the company works."""
    return instant.astimezone(zone).date()
