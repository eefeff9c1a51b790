"""Период охлаждения: how long after signing a consumer loan is not handed out, and may be declined without cost.

A dated table (353-ФЗ, article 7, part 9.3, brought in by 9-ФЗ of 13.02.2025). There is none when the buyer takes the
goods in the shop in person: that is the clerk's way of signing. A lender who states his own end of it rules.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from gateway.core.clock import MOSCOW, business_date
from gateway.core.money import Money
from gateway.loans.model import SigningWay


@dataclass(frozen=True, slots=True)
class CoolingRule:
    """The periods in force from a day on, until the next rule begins.

    Attributes:
        steps: (a loan above this sum, waits so long), smallest sum first.
        source: the law that set it.
    """

    since: date
    steps: tuple[tuple[Money, timedelta], ...]
    source: str


RULES = (
    CoolingRule(
        date(2025, 9, 1),
        ((Money(50_000_00), timedelta(hours=4)), (Money(200_000_00), timedelta(hours=48))),
        "9-ФЗ от 13.02.2025",
    ),
)


def cooling_off(
    loan: Money, way: SigningWay, signed_at: datetime, lender_until: datetime | None, zone: ZoneInfo = MOSCOW
) -> datetime | None:
    """The instant the period ends, or None where there is none.

    Args:
        signed_at: aware; the rule is the one in force on its date in `zone`.
        lender_until: the lender's own end; it overrides the table, also where the table has no period.

    Raises:
        ValueError: an instant without a zone.
    """
    if signed_at.tzinfo is None or (lender_until is not None and lender_until.tzinfo is None):
        raise ValueError("an instant needs a zone")
    if lender_until is not None:
        return lender_until
    if way is SigningWay.CLERK:
        return None
    wait = _wait(loan, business_date(signed_at, zone))
    return None if wait is None else signed_at.astimezone(UTC) + wait


def _wait(loan: Money, on: date) -> timedelta | None:
    begun = [rule for rule in RULES if rule.since <= on]
    if not begun:
        return None
    rule = max(begun, key=lambda found: found.since)
    waits = [wait for above, wait in rule.steps if loan > above]
    return waits[-1] if waits else None
