"""What SMS cost, and whether there is money for more: the limits of a day and of a month of the company's zone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, func, select

from gateway.core.clock import to_text
from gateway.core.money import Money
from gateway.notify.model import NotificationChannel
from gateway.notify.tables import notifications
from gateway.notify.terms import NotifyTerms

OVER_DAY = "notify.over_day"
OVER_MONTH = "notify.over_month"


@dataclass
class Budget:
    """What may still be handed over now.

    Attributes:
        messages, money: left of the day and of the month; None for no limit.
    """

    messages: int | None
    money: Money | None

    def takes(self, price: Money) -> str:
        """Take one more message of this price out of it: "" where there was room, else the code of the limit."""
        if self.messages is not None and self.messages < 1:
            return OVER_DAY
        if self.money is not None and self.money < price:
            return OVER_MONTH
        if self.messages is not None:
            self.messages -= 1
        if self.money is not None:
            self.money -= price
        return ""


def budget(connection: Connection, company: str, terms: NotifyTerms, now: datetime) -> Budget:
    """What the limits leave of what was handed over, whatever became of it: gateways charge for tries."""
    day, month = _begin_of_day(now, terms.zone), _begin_of_month(now, terms.zone)
    messages = None
    if terms.day_limit is not None:
        messages = max(0, terms.day_limit - handed(connection, company, day, now)[0])
    money = None
    if terms.month_limit is not None:
        money = terms.month_limit - handed(connection, company, month, now)[1]
    return Budget(messages, money)


def handed(connection: Connection, company: str, since: datetime, until: datetime) -> tuple[int, Money]:
    """How many SMS were handed over from `since` to `until`, both included, and what they cost."""
    count, price = connection.execute(
        select(func.count(), func.coalesce(func.sum(notifications.c.price), 0)).where(
            notifications.c.company == company,
            notifications.c.channel == NotificationChannel.SMS.value,
            notifications.c.handed_at >= to_text(since),
            notifications.c.handed_at <= to_text(until),
        )
    ).one()
    return int(count), Money(int(price))


def _begin_of_day(now: datetime, zone: ZoneInfo) -> datetime:
    return now.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)


def _begin_of_month(now: datetime, zone: ZoneInfo) -> datetime:
    return _begin_of_day(now, zone).replace(day=1)


def month_of(day: datetime, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """First and last instant of the month an instant is in."""
    begin = _begin_of_month(day, zone)
    after = (begin + timedelta(days=32)).replace(day=1)
    return begin, after - timedelta(microseconds=1)
