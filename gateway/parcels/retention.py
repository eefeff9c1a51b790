"""Personal data of parcels that ended long ago is removed; what proves the money stays."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import delete, select, update

from gateway.core.authority import Right
from gateway.core.clock import to_text
from gateway.parcels import timeline
from gateway.parcels.parcels import search_text
from gateway.parcels.tables import intake_rows, intakes, links, parcels, replies
from gateway.parcels.terms import ParcelTerms
from gateway.store.schema import AnyRow
from gateway.store.unit import Unit

_AT_ONCE = 200


def purge_due(unit: Unit, terms: ParcelTerms) -> int:
    """Remove contacts of parcels whose watch ended `retention_days` ago, what carriers answered before that, and the
    rows of lists taken in before that. Numbers, sums, operations, the timeline and the journal stay.

    At most 200 of each in one go; call again until it returns 0.

    Returns:
        How many rows were purged.

    Raises:
        Refused: `authority.missing`.
    """
    unit.actor.require(Right.PARCELS_WORK)
    before = to_text(unit.now - timedelta(days=terms.retention_days))
    return _contacts(unit, before) + _replies(unit, before) + _intakes(unit, before)


def _contacts(unit: Unit, before: str) -> int:
    due = unit.connection.execute(
        select(parcels)
        .where(parcels.c.company == unit.company, parcels.c.ended_at < before, parcels.c.purged_at.is_(None))
        .order_by(parcels.c.ended_at)
        .limit(_AT_ONCE)
    ).all()
    for row in due:
        _forget(unit, row)
    return len(due)


def _forget(unit: Unit, row: AnyRow) -> None:
    blank = {"name": "", "phone": "", "email": "", "address": ""}
    unit.update(
        parcels, row.id, **blank, search=search_text({**row._mapping, **blank}), purged_at=unit.at,
        version=row.version + 1,
    )  # fmt: skip
    unit.connection.execute(delete(links).where(links.c.parcel_id == row.id))
    unit.journal("parcel.personal_purged", f"parcel:{row.id}")
    timeline.write(unit, row.id, "purged")


def _replies(unit: Unit, before: str) -> int:
    due = unit.connection.execute(
        select(replies.c.id)
        .where(replies.c.company == unit.company, replies.c.at < before, replies.c.body != b"")
        .order_by(replies.c.at)
        .limit(_AT_ONCE)
    ).scalars()
    ids = list(due)
    unit.connection.execute(update(replies).where(replies.c.id.in_(ids)).values(body=b""))
    return len(ids)


def _intakes(unit: Unit, before: str) -> int:
    kept = select(intake_rows.c.intake_id).where(intake_rows.c.intake_id == intakes.c.id).exists()
    due = unit.connection.execute(
        select(intakes.c.id).where(intakes.c.company == unit.company, intakes.c.made_at < before, kept).limit(_AT_ONCE)
    ).scalars()
    ids = list(due)
    unit.connection.execute(delete(intake_rows).where(intake_rows.c.intake_id.in_(ids)))
    return len(ids)
