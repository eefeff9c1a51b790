"""The outbox: what must leave this machine, after the commit that decided it.

A row is claimed by a lease, done after its sink succeeded (at least once), and rows of one key leave in order: a
younger one waits, also for a dead one. Sinks are idempotent by the row's id.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, func, select, update

from gateway.core.clock import to_text
from gateway.core.errors import Conflict
from gateway.store import alarms
from gateway.store.schema import outbox
from gateway.store.unit import Unit

DEAD = "outbox.dead"  # the alarm about a dead letter
LEASE = timedelta(minutes=2)
BACK_OFF = tuple(timedelta(seconds=s) for s in (10, 60, 300, 900, 3600))


@dataclass(frozen=True, slots=True)
class Parcel:
    """A claimed row.

    Attributes:
        id: ULID, fixed when the row was written; the sink's idempotency key.
        topic: which sink, "onec.pick_list".
        key: order is kept within it.
        attempts: how often it was tried before this time.
    """

    id: str
    topic: str
    key: str
    payload: dict[str, Any]
    created_at: str
    attempts: int


def claim(
    unit: Unit,
    worker: str,
    limit: int = 50,
    lease: timedelta = LEASE,
    *,
    only: Collection[str] = (),
    without: Collection[str] = (),
) -> list[Parcel]:
    """Lease up to `limit` due rows of this company, at most one of each key, oldest first.

    Args:
        only: topics of this worker; empty for all, `without` those others carry.
    """
    topics = [outbox.c.topic.in_(only)] if only else []
    if without:
        topics.append(outbox.c.topic.not_in(without))
    older = outbox.alias("older")
    first_of_key = (
        ~select(older.c.id)
        .where(
            older.c.company == outbox.c.company,
            older.c.key == outbox.c.key,
            older.c.done_at.is_(None),
            older.c.id < outbox.c.id,
        )
        .exists()
    )
    rows = unit.connection.execute(
        select(outbox)
        .where(
            outbox.c.company == unit.company,
            outbox.c.done_at.is_(None),
            outbox.c.dead_at.is_(None),
            outbox.c.not_before <= unit.at,
            (outbox.c.lease_until.is_(None)) | (outbox.c.lease_until < unit.at),
            first_of_key,
            *topics,
        )
        .order_by(outbox.c.id)
        .limit(limit)
    ).all()
    if rows:
        unit.connection.execute(
            update(outbox)
            .where(outbox.c.id.in_([r.id for r in rows]))
            .values(lease_until=to_text(unit.now + lease), lease_by=worker)
        )
    return [Parcel(r.id, r.topic, r.key, json.loads(r.payload), r.created_at, r.attempts) for r in rows]


def done(unit: Unit, ids: Sequence[str]) -> None:
    """The sinks took them."""
    unit.connection.execute(
        update(outbox).where(outbox.c.id.in_(ids)).values(done_at=unit.at, lease_until=None, lease_by=None)
    )


def failed(unit: Unit, parcel: Parcel, error: str, *, permanent: bool = False) -> bool:
    """The sink refused it: try again later, or give it up as a dead letter.

    Returns:
        True when the row is dead now and a person has to press *try again*.
    """
    attempts = parcel.attempts + 1
    dead = permanent or attempts > len(BACK_OFF)
    wait = timedelta(0) if dead else BACK_OFF[attempts - 1]
    unit.connection.execute(
        update(outbox)
        .where(outbox.c.id == parcel.id)
        .values(
            attempts=attempts,
            last_error=error[:500],
            not_before=to_text(unit.now + wait),
            dead_at=unit.at if dead else None,
            lease_until=None,
            lease_by=None,
        )
    )
    return dead


def retry(unit: Unit, row_id: str) -> None:
    """A person asked to try a dead letter again.

    Raises:
        Conflict: `outbox.not_dead` when the row is not (or no longer) a dead letter.
    """
    revived = unit.connection.execute(
        update(outbox)
        .where(
            outbox.c.id == row_id,
            outbox.c.company == unit.company,
            outbox.c.dead_at.is_not(None),
            outbox.c.done_at.is_(None),
        )
        .values(dead_at=None, attempts=0, not_before=unit.at)
    ).rowcount
    if not revived:
        raise Conflict("outbox.not_dead", id=row_id)
    alarms.clear(unit, DEAD, f"outbox:{row_id}")  # raised again should it die again
    unit.journal("outbox.retried", f"outbox:{row_id}")
    unit.changed("status", "outbox")


def free_leases(unit: Unit) -> int:
    """Forget all leases: for the one service of a database at its start, when nobody else can hold one."""
    return unit.connection.execute(
        update(outbox)
        .where(outbox.c.done_at.is_(None), outbox.c.lease_until.is_not(None))
        .values(lease_until=None, lease_by=None)
    ).rowcount


def counts(connection: Connection, company: str) -> tuple[int, int]:
    """(waiting, dead) rows."""
    row = connection.execute(
        select(func.count(), func.count(outbox.c.dead_at)).where(
            outbox.c.done_at.is_(None), outbox.c.company == company
        )
    ).one()
    return row[0] - row[1], row[1]
