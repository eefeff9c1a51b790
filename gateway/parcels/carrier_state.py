"""How asking goes, for people: who rests since when, calls spent, batches waited for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select

from gateway.parcels import carrier_health, quotas
from gateway.parcels.carrier_health import Trouble
from gateway.parcels.model import CarrierKey
from gateway.parcels.tables import tickets
from gateway.parcels.tickets import TicketState


@dataclass(frozen=True, slots=True)
class CarrierState:
    """One carrier.

    Attributes:
        trouble: None while it answers.
        used, daily: single calls today; `daily` None without a limit.
        waiting: batches ordered and not collected.
    """

    key: CarrierKey
    trouble: Trouble | None
    used: int
    daily: int | None
    waiting: int


def states(
    connection: Connection, company: str, daily: Mapping[CarrierKey, int | None], now: datetime
) -> list[CarrierState]:
    """All carriers of `daily`, which has their limits."""
    query = (
        select(tickets.c.carrier, func.count())
        .where(tickets.c.company == company, tickets.c.state == TicketState.WAITING)
        .group_by(tickets.c.carrier)
    )
    waiting: dict[str, int] = {row[0]: row[1] for row in connection.execute(query)}
    return [
        CarrierState(
            key,
            carrier_health.trouble(connection, company, key),
            quotas.used(connection, company, key, quotas.SINGLE, now),
            most,
            waiting.get(key, 0),
        )
        for key, most in daily.items()
    ]
