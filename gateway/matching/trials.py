"""Back-tests that were kept: the newest one is shown to whoever switches automatic release on."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, insert, select

from gateway.core.clock import to_text
from gateway.core.ids import new_id
from gateway.matching.tables import trials
from gateway.matching.trial_summary import Summary, as_json, of_json
from gateway.store.schema import AnyRow, dumps
from gateway.store.unit import Unit

_SOURCE = 400


@dataclass(frozen=True, slots=True)
class KeptTrial:
    """A back-test on record.

    Attributes:
        at: when it was kept, stored text.
        by: who ran it.
        source: what was read, as a person named it.
    """

    id: str
    at: str
    by: str
    source: str
    summary: Summary


def keep(unit: Unit, source: str, summary: Summary) -> str:
    """Record a back-test; returns its id."""
    trial_id = new_id()
    unit.connection.execute(
        insert(trials).values(
            id=trial_id,
            company=unit.company,
            at=to_text(unit.now),
            by=str(unit.actor),
            source=source[:_SOURCE],
            summary=dumps(as_json(summary)),
        )
    )
    whole = summary.payments
    unit.journal("trial.kept", f"trial:{trial_id}", payments=whole.count, amount=whole.kopecks, source=source[:_SOURCE])
    unit.changed("status", "release")  # the switch shows the newest trial
    return trial_id


def newest(connection: Connection, company: str) -> KeptTrial | None:
    """The last one kept; None when there never was one."""
    found = listed(connection, company, 1)
    return found[0] if found else None


def listed(connection: Connection, company: str, limit: int) -> Sequence[KeptTrial]:
    """The last ones kept, newest first."""
    query = select(trials).where(trials.c.company == company).order_by(trials.c.at.desc(), trials.c.id.desc())
    return [_kept(row) for row in connection.execute(query.limit(limit))]


def _kept(row: AnyRow) -> KeptTrial:
    return KeptTrial(row.id, row.at, row.by, row.source, of_json(json.loads(row.summary)))
