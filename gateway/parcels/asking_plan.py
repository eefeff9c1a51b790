"""What to ask about next, and when again, where every parcel costs a call.

Without a contract the Post answers a hundred calls a day. They go, in this order, to

1. parcels that wait for the buyer: storage runs out, reminders must stop, cash on delivery is due;
2. parcels that moved, or were entered, in the last days, and those with cash on delivery on their way;
3. the rest: what has not moved for days, and numbers the carrier has never heard of.

The order is one of head starts, not of absolute rank: what has been due for two days longer goes before anything, so
that no parcel is forgotten however many wait at the buyers' offices. Where batches are to be had all parcels are asked
about every night, and none of this matters but for single questions in the day.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, and_, not_, or_, select

from gateway.core.clock import from_text, to_text
from gateway.parcels.model import AT_BUYER, CarrierKey, CodState, Stage, Watch
from gateway.parcels.tables import parcels
from gateway.store.schema import AnyRow

RECENT = timedelta(days=3)
_NEVER_KNOWN = timedelta(hours=72)
_NEW = timedelta(hours=12)
_PAUSES = (timedelta(hours=12), timedelta(hours=24), timedelta(hours=48))
_HEAD_STARTS = (timedelta(days=2), timedelta(days=1), timedelta(0))
_MONEY_AGAIN, _MISSING_AGAIN = timedelta(days=1), timedelta(days=7)
_MONEY_STAGES = (*sorted(AT_BUYER), Stage.DELIVERED, Stage.PARTIAL)
_MONEY_WATCHED = timedelta(days=60)


def again(row: AnyRow, now: datetime) -> datetime:
    """When a parcel is to be asked about again after an answer.

    Args:
        row: stage, cod, moved_at, made_at and known, as they are after it.
    """
    if not row.known:
        return now + (_NEW if now - from_text(row.made_at) < RECENT else _NEVER_KNOWN)
    if row.stage in AT_BUYER:
        return now + _PAUSES[0]
    return now + (_PAUSES[1] if now - from_text(row.moved_at) < RECENT or row.cod else _PAUSES[2])


def after_refusal(failures: int, now: datetime) -> datetime:
    """When again, after so many refusals in a row (from 1) that were about this very parcel."""
    return now + timedelta(days=min(failures, 7))


def due(connection: Connection, company: str, carrier: CarrierKey, now: datetime, most: int) -> list[AnyRow]:
    """Parcels to ask about now (id, track, ask_at, failures), the most urgent first."""
    waits = parcels.c.stage.in_(sorted(AT_BUYER))
    lively = or_(parcels.c.moved_at >= to_text(now - RECENT), and_(parcels.c.cod > 0, parcels.c.known == 1))
    ranks = (waits, and_(not_(waits), lively), and_(not_(waits), not_(lively)))
    found: list[tuple[datetime, AnyRow]] = []
    for rank, head_start in zip(ranks, _HEAD_STARTS, strict=True):
        rows = _due_rows(connection, company, carrier, now, most, rank)
        found += [(from_text(row.ask_at) - head_start, row) for row in rows]
    found.sort(key=lambda one: (one[0], one[1].id))
    return [row for _, row in found[:most]]


def money_due(connection: Connection, company: str, carrier: CarrierKey, now: datetime, most: int) -> list[AnyRow]:
    """Parcels whose cash on delivery is to be asked about: it may be with the buyer, and nobody says it was paid."""
    known = parcels.c.money_asked_at
    waits_for = or_(
        and_(
            parcels.c.cod_state == CodState.EXPECTED,
            or_(known.is_(None), known <= to_text(now - _MONEY_AGAIN)),
        ),
        and_(
            parcels.c.cod_state == CodState.MISSING,
            or_(known.is_(None), known <= to_text(now - _MISSING_AGAIN)),
        ),
    )
    query = (
        select(parcels.c.id, parcels.c.track, parcels.c.ask_at, parcels.c.failures)
        .where(
            parcels.c.company == company,
            parcels.c.carrier == carrier,
            parcels.c.cod_state.in_((CodState.EXPECTED, CodState.MISSING)),
            waits_for,
            parcels.c.stage.in_(_MONEY_STAGES),
            parcels.c.moved_at >= to_text(now - _MONEY_WATCHED),
        )
        .order_by(known.is_not(None), known, parcels.c.id)
        .limit(most)
    )
    return list(connection.execute(query))


def _due_rows(
    connection: Connection, company: str, carrier: CarrierKey, now: datetime, most: int, rank: ColumnElement[bool]
) -> list[AnyRow]:
    query = (
        select(parcels.c.id, parcels.c.track, parcels.c.ask_at, parcels.c.failures)
        .where(
            parcels.c.company == company,
            parcels.c.carrier == carrier,
            parcels.c.watch == Watch.ACTIVE,
            parcels.c.ask_at <= to_text(now),
            rank,
        )
        .order_by(parcels.c.ask_at, parcels.c.id)
        .limit(most)
    )
    return list(connection.execute(query))
