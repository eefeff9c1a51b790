"""How this company writes to people outside: the settings the use cases go by."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import time, timedelta
from zoneinfo import ZoneInfo

from gateway.core.clock import MOSCOW
from gateway.core.money import Money


@dataclass(frozen=True, slots=True)
class QuietHours:
    """No SMS from `begin` to `end` of the recipient's own clock."""

    begin: time = time(21, 0)
    end: time = time(9, 0)


@dataclass(frozen=True, slots=True)
class NotifyTerms:
    """Settings.

    Attributes:
        company: as texts name it. sender: the name SMS come from, as registered with the operators.
        zone: of recipients whose own is not known.
        segment_price: of one part of an SMS.
        month_limit: what SMS of a calendar month may cost; None for no limit.
        day_limit: SMS a day of the zone; None for no limit.
        lives: an SMS that could not leave so long has lost its sense.
        fallback_after: an SMS without a receipt for so long is followed by a letter, where there is an address.
        consent_needed: only to those whose consent is on record; False where the shop's contract says that it has them.
        unsubscribe: what an SMS back must say.
    """

    company: str
    sender: str = ""
    zone: ZoneInfo = MOSCOW
    quiet: QuietHours = QuietHours()
    segment_price: Money = field(default_factory=lambda: Money(0))
    month_limit: Money | None = None
    day_limit: int | None = None
    lives: timedelta = timedelta(hours=48)
    fallback_after: timedelta = timedelta(hours=12)
    consent_needed: bool = True
    unsubscribe: tuple[str, ...] = ("стоп", "stop", "отписаться")
    retention_days: int = 1095
