"""How this company watches its parcels: the settings the use cases go by."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from gateway.core.clock import MOSCOW, business_date


@dataclass(frozen=True, slots=True)
class ReminderTerms:
    """When the buyer is reminded of a parcel that waits.

    Attributes:
        every_days: from the arrival.
        days_left: and when so many days of storage are left.
    """

    every_days: int = 5
    days_left: tuple[int, ...] = (2,)


@dataclass(frozen=True, slots=True)
class GuessTerms:
    """Forgotten arrivals.

    Attributes:
        on: whether the buyer may be told that it may already be waiting.
        share: of parcels like it that had arrived by then.
        least: parcels a route must have had; fewer fall back to region, then to all.
    """

    on: bool = False
    share: Decimal = Decimal("0.93")
    least: int = 20


@dataclass(frozen=True, slots=True)
class ParcelTerms:
    """Settings.

    Attributes:
        night, morning: when carriers are asked, and when people are written to and reported to, in `zone`.
        stuck_days: without an operation, shown in red.
        silent_days: without anything at all, no longer asked about.
        cod_days: from the delivery to the money; later it is missing.
        control_percent: of parcels whose buyers get no reminders, so that their worth can be measured; 0 for none.
        link_days: the buyer's page lives so long. retention_days: contacts and raw replies, from the end of the watch.
        url: the public address links begin with; "" where there is no public port.
        report_to: e-mail addresses of the morning report.
        language: of Kvit's own texts to buyers, and of the report: "ru" or "en".
    """

    zone: ZoneInfo = MOSCOW
    night: time = time(2, 0)
    morning: time = time(9, 0)
    stuck_days: int = 7
    silent_days: int = 90
    cod_days: int = 10
    control_percent: int = 0
    link_days: int = 120
    retention_days: int = 1095
    url: str = ""
    report_to: tuple[str, ...] = ()
    language: str = "ru"
    reminders: ReminderTerms = ReminderTerms()
    guess: GuessTerms = GuessTerms()

    def next_night(self, now: datetime) -> datetime:
        """When carriers are asked next, UTC; always after `now`."""
        there = now.astimezone(self.zone)
        tonight = datetime.combine(there.date(), self.night, self.zone)
        return (tonight if tonight > there else tonight + timedelta(days=1)).astimezone(UTC)

    def morning_of(self, day: date) -> datetime:
        """When people are written to that day, UTC."""
        return datetime.combine(day, self.morning, self.zone).astimezone(UTC)

    def not_before_morning(self, now: datetime) -> datetime:
        """`now`, or this morning while it is still night."""
        return max(now, self.morning_of(business_date(now, self.zone)))
