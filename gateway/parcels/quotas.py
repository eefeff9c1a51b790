"""Calls spent, per day of the carrier's zone. A call is counted before it is made: one that a crash cut short is spent.

The carrier counts too, and his word is final: when he says that the day's calls are spent, they are.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ColumnElement, Connection, insert, select, update

from gateway.core.clock import MOSCOW, business_date
from gateway.core.errors import Refused
from gateway.parcels.model import CarrierKey
from gateway.parcels.tables import quotas
from gateway.store.unit import Unit

SINGLE, TICKET, COLLECT = "single", "ticket", "collect"
"""What is counted: calls about one parcel (history and money alike), batches ordered, batches fetched or tried to."""


def day_of(now: datetime) -> date:
    """The carrier's day: both carriers' counters turn at midnight in Moscow."""
    return business_date(now, MOSCOW)


def used(connection: Connection, company: str, carrier: CarrierKey, call: str, now: datetime) -> int:
    """Calls spent so far on the day of `now`."""
    query = select(quotas.c.used).where(*_key(company, carrier, call, now))
    return int(connection.execute(query).scalar_one_or_none() or 0)


def left(connection: Connection, company: str, carrier: CarrierKey, most: int, now: datetime) -> int:
    """Single calls left of `most`."""
    return max(most - used(connection, company, carrier, SINGLE, now), 0)


def spend(unit: Unit, carrier: CarrierKey, call: str, most: int | None = None) -> None:
    """Count one call; the unit is to be committed before the call is made.

    Args:
        most: a day; None without a limit.

    Raises:
        Refused: `carrier.quota_spent`.
    """
    row = quotas.c.used < most if most is not None else quotas.c.used >= 0
    counted = update(quotas).where(*_key(unit.company, carrier, call, unit.now), row).values(used=quotas.c.used + 1)
    if unit.connection.execute(counted).rowcount:
        return
    if most is not None and (most < 1 or used(unit.connection, unit.company, carrier, call, unit.now) >= most):
        raise Refused("carrier.quota_spent", carrier=carrier)
    _put(unit, carrier, call, 1)


def exhaust(unit: Unit, carrier: CarrierKey, most: int | None) -> None:
    """The carrier says that no single call is left today, whatever we counted."""
    known = used(unit.connection, unit.company, carrier, SINGLE, unit.now)
    spent = max(known, most or 0)
    if not known:
        _put(unit, carrier, SINGLE, spent)
    else:
        unit.connection.execute(update(quotas).where(*_key(unit.company, carrier, SINGLE, unit.now)).values(used=spent))


def _put(unit: Unit, carrier: CarrierKey, call: str, count: int) -> None:
    row = {"company": unit.company, "carrier": carrier, "call_name": call, "day": day_of(unit.now).isoformat()}
    unit.connection.execute(insert(quotas).values(**row, used=count))


def _key(company: str, carrier: CarrierKey, call: str, now: datetime) -> tuple[ColumnElement[bool], ...]:
    return (
        quotas.c.company == company,
        quotas.c.carrier == carrier,
        quotas.c.call_name == call,
        quotas.c.day == day_of(now).isoformat(),
    )
