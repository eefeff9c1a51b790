"""Lists of parcels taken in, row by row, with what became of each.

Two hundred rows share a commit. What was broken off goes on where it stopped when the same file comes again.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, delete, func, select

from gateway.core.authority import Actor, Right
from gateway.core.errors import Refused
from gateway.core.ids import new_id
from gateway.core.text import one_line
from gateway.parcels.intake_columns import Table, check_mapping, parcel_of, table_of
from gateway.parcels.intake_read import read_table
from gateway.parcels.parcels import Outcome, Remark, put
from gateway.parcels.tables import intake_rows, intakes, mappings
from gateway.parcels.terms import ParcelTerms
from gateway.payments.registries.read import Row
from gateway.store import Store
from gateway.store.schema import AnyRow, dumps
from gateway.store.unit import Unit

MOST_ROWS = 10_000
OUTCOMES = ("taken", "known", "changed", "warned", "refused")
_AT_ONCE = 200
_READING, _DONE, _STOPPED = "reading", "done", "stopped"
_LONGEST_NAME = 200

After = Callable[[Unit, str], None]


def _nothing(unit: Unit, parcel_id: str) -> None:
    """Nothing follows."""


@dataclass(frozen=True, slots=True)
class List:
    """A list as it was read.

    Attributes:
        mapping: field → head, as remembered for these heads, else as guessed.
        remembered: whether somebody said so before.
    """

    name: str
    content_hash: str
    table: Table
    mapping: Mapping[str, str]
    remembered: bool


@dataclass(frozen=True, slots=True)
class Report:
    """What became of a list.

    Attributes:
        state: "done" or "stopped". counts: rows by outcome.
        resumed: rows that were done before, when it was broken off.
    """

    id: str
    state: str
    rows: int
    counts: Mapping[str, int]
    resumed: int


@dataclass(frozen=True, slots=True)
class _Taking:
    """How the rows of a list are taken: `shop` is whose goods they are where they do not say."""

    terms: ParcelTerms
    table: Table
    mapping: Mapping[str, str]
    shop: str
    after: After = _nothing


def read(connection: Connection, company: str, name: str, data: bytes) -> List:
    """Look at a list and keep nothing.

    Raises:
        Refused: `registry.…` of the readers, `parcel.list_empty`, `parcel.list_too_long`.
    """
    table = table_of(read_table(data))
    if len(table.rows) > MOST_ROWS:
        raise Refused("parcel.list_too_long", rows=len(table.rows), limit=MOST_ROWS)
    saved = connection.execute(
        select(mappings.c.mapping).where(mappings.c.company == company, mappings.c.heads_hash == table.heads_hash)
    ).scalar_one_or_none()
    mapping = json.loads(saved) if saved else dict(table.guess)
    digest = hashlib.sha256(data).hexdigest()
    return List(one_line(name, _LONGEST_NAME), digest, table, mapping, saved is not None)


def begin(unit: Unit, made: List, mapping: Mapping[str, str], shop: str = "") -> str:
    """Write down that a list is taken in, or goes on being taken in; and how its kind is read from now on.

    Returns:
        The intake's id.

    Raises:
        Refused: `authority.missing`, `parcel.mapping_unknown`, `parcel.mapping_no_track`.
    """
    unit.actor.require(Right.PARCELS_FEED)
    named = dumps(check_mapping(made.table, mapping))
    _remember(unit, made.table.heads_hash, named)
    broken_off = unit.connection.execute(
        select(intakes.c.id)
        .where(
            intakes.c.company == unit.company,
            intakes.c.content_hash == made.content_hash,
            intakes.c.mapping == named,
            intakes.c.shop == shop,
            intakes.c.state != _DONE,
        )
        .order_by(intakes.c.id.desc())
        .limit(1)
    ).scalar_one_or_none()
    if broken_off is not None:
        unit.update(intakes, broken_off, state=_READING, ended_at=None)
        return str(broken_off)
    row = {
        "id": new_id(),
        "company": unit.company,
        "name": made.name,
        "content_hash": made.content_hash,
        "state": _READING,
        "shop": shop,
        "mapping": named,
        "row_count": len(made.table.rows),
        **dict.fromkeys(OUTCOMES, 0),
        "made_at": unit.at,
        "made_by": str(unit.actor),
        "ended_at": None,
    }
    unit.insert(intakes, row)
    unit.journal("parcel.list_begun", f"intake:{row['id']}", rows=row["row_count"], sha256=made.content_hash)
    return str(row["id"])


def take(
    store: Store,
    actor: Actor,
    terms: ParcelTerms,
    made: List,
    intake_id: str,
    *,
    after: After = _nothing,
    progress: Callable[[int, int], None] = lambda done, of: None,
    stopped: Callable[[], bool] = lambda: False,
) -> Report:
    """Take the rows in that are not yet, and say what became of all of them.

    Args:
        after: what follows from a parcel entered, in the unit it is entered in; a row it refuses is not taken.
        progress: told rows done and rows in all, after each commit.
        stopped: asked between commits; what is left is taken up when the same list comes again.

    Raises:
        Refused: `authority.missing`, `parcel.list_unknown`.
    """
    rows = made.table.rows
    with store.reading() as connection:
        row = _intake(connection, store.company, intake_id)
        resumed = done = _rows_done(connection, intake_id)
    taking = _Taking(terms, made.table, json.loads(row.mapping), row.shop, after)
    while done < len(rows) and not stopped():
        chunk = rows[done : done + _AT_ONCE]
        with store.unit(actor) as unit:
            _take_chunk(unit, taking, intake_id, chunk)
            unit.commit()
        done += len(chunk)
        progress(done, len(rows))
    state = _DONE if done == len(rows) else _STOPPED
    with store.unit(actor) as unit:
        unit.update(intakes, intake_id, state=state, ended_at=unit.at)
        unit.journal(f"parcel.list_{state}", f"intake:{intake_id}", done=done)
        unit.changed("parcel_intakes", intake_id)
        unit.commit()
    with store.reading() as connection:
        ended = _intake(connection, store.company, intake_id)
    return Report(intake_id, state, len(rows), {name: ended._mapping[name] for name in OUTCOMES}, resumed)


def rehearse(
    store: Store, actor: Actor, terms: ParcelTerms, made: List, mapping: Mapping[str, str], shop: str = ""
) -> list[dict[str, Any]]:
    """What would become of each row, as `outcomes` tells it; nothing is kept.

    Raises:
        Refused: as `begin`.
    """
    actor.require(Right.PARCELS_FEED)
    taking = _Taking(terms, made.table, check_mapping(made.table, mapping), shop)
    found: list[dict[str, Any]] = []
    for first in range(0, len(made.table.rows), _AT_ONCE):
        with store.unit(actor) as unit:  # not committed
            rows = made.table.rows[first : first + _AT_ONCE]
            found += [_told(_take_row(unit, taking, row)) for row in rows]
    return found


def outcomes(
    connection: Connection, company: str, intake_id: str, *, outcome: str = "", after: int = 0, limit: int = 200
) -> list[dict[str, Any]]:
    """What became of rows: row, outcome, remarks (code and values), parcel_id; in the file's order.

    Args:
        outcome: one of OUTCOMES; "" for all. after: row number of the last one seen.

    Raises:
        Refused: `parcel.list_unknown`.
    """
    _intake(connection, company, intake_id)
    query = select(intake_rows).where(intake_rows.c.intake_id == intake_id, intake_rows.c.row_number > after)
    if outcome:
        query = query.where(intake_rows.c.outcome == outcome)
    found = connection.execute(query.order_by(intake_rows.c.row_number).limit(limit))
    return [_told(dict(row._mapping)) for row in found]


def _told(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "row": row["row_number"],
        "outcome": row["outcome"],
        "remarks": json.loads(row["details"]),
        "parcel_id": row["parcel_id"],
    }


def _take_chunk(unit: Unit, taking: _Taking, intake_id: str, chunk: Sequence[Row]) -> None:
    written = [_take_row(unit, taking, row) for row in chunk]
    unit.insert(intake_rows, *({"intake_id": intake_id, **one} for one in written))
    row = _intake(unit.connection, unit.company, intake_id)
    came = Counter(one["outcome"] for one in written)
    unit.update(intakes, intake_id, **{name: row._mapping[name] + came[name] for name in OUTCOMES})
    unit.changed("parcel_intakes", intake_id)


def _take_row(unit: Unit, taking: _Taking, row: Row) -> dict[str, Any]:
    try:
        with unit.step():
            done = put(unit, taking.terms, parcel_of(taking.table, taking.mapping, row, taking.shop))
            taking.after(unit, done.id)
    except Refused as refused:
        values = {name: str(value) for name, value in refused.values.items()}
        return _outcome(row, "refused", (Remark(refused.code, values),), None)
    outcome = "warned" if done.warnings and done.outcome is Outcome.TAKEN else done.outcome.value
    return _outcome(row, outcome, done.warnings, done.id)


def _outcome(row: Row, outcome: str, remarks: Sequence[Remark], parcel_id: str | None) -> dict[str, Any]:
    return {
        "row_number": row.number,
        "outcome": outcome,
        "code": remarks[0].code if remarks else "",
        "details": dumps([{"code": remark.code, "values": dict(remark.values)} for remark in remarks]),
        "parcel_id": parcel_id,
    }


def _remember(unit: Unit, heads_hash: str, named: str) -> None:
    unit.connection.execute(
        delete(mappings).where(mappings.c.company == unit.company, mappings.c.heads_hash == heads_hash)
    )
    unit.insert(
        mappings,
        {
            "company": unit.company,
            "heads_hash": heads_hash,
            "mapping": named,
            "made_at": unit.at,
            "made_by": str(unit.actor),
        },
    )


def _intake(connection: Connection, company: str, intake_id: str) -> AnyRow:
    row = connection.execute(
        select(intakes).where(intakes.c.id == intake_id, intakes.c.company == company)
    ).one_or_none()
    if row is None:
        raise Refused("parcel.list_unknown")
    return row


def _rows_done(connection: Connection, intake_id: str) -> int:
    return connection.execute(
        select(func.count()).select_from(intake_rows).where(intake_rows.c.intake_id == intake_id)
    ).scalar_one()
