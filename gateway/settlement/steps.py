"""Moving a statement: one place where its state changes, and where it is written down that it did."""

from __future__ import annotations

from typing import Any

from sqlalchemy import bindparam, select, update

from gateway.core.authority import Actor
from gateway.core.errors import Conflict, Refused
from gateway.core.ids import new_id
from gateway.settlement.model import STATEMENT, Party, PartyKind, StatementEvent, StatementState
from gateway.settlement.tables import events, statements
from gateway.store.driver import Query
from gateway.store.schema import AnyRow, dumps
from gateway.store.unit import Unit

_NOTE_LIMIT = 1000
_ROW = Query(select(statements).where(statements.c.id == bindparam("id"), statements.c.company == bindparam("company")))


def own_party(actor: Actor) -> Party | None:
    """The only party whose statements an outside person sees; None for our own people, who see all."""
    return Party(PartyKind.SHOP, actor.party) if actor.party else None


def visible(actor: Actor, row: AnyRow) -> bool:
    """Whether this person may know of the statement: an outsider knows his own, once it was sent."""
    own = own_party(actor)
    return own is None or (party_of(row) == own and row.sent_at is not None)


def party_of(row: AnyRow) -> Party:
    """Whose statement it is."""
    return Party(PartyKind(row.party_kind), row.party_id)


def load(unit: Unit, statement_id: str, expected_version: int | None = None) -> AnyRow:
    """The statement's row.

    Raises:
        Refused: `settlement.not_found`, also for somebody else's.
        Conflict: `settlement.changed` when it is not the version the caller saw.
    """
    row = _ROW.one_or_none(unit.connection, id=statement_id, company=unit.company)
    if row is None or not visible(unit.actor, row):
        raise Refused("settlement.not_found", id=statement_id[:40])
    if expected_version is not None and row.version != expected_version:
        raise Conflict("settlement.changed", number=row.number)
    return row


def may_move(row: AnyRow, event: StatementEvent) -> bool:
    """Whether the table knows the event in the statement's state (guards not asked)."""
    return (StatementState(row.state), event) in STATEMENT.table


def move(
    unit: Unit,
    row: AnyRow,
    event: StatementEvent,
    *,
    said: str = "",
    told: dict[str, Any] | None = None,
    **columns: Any,
) -> AnyRow:
    """Take a statement, as it was read, one step on; returns its new row.

    Args:
        said: what a person said.
        told: what the event is about, for the history.
        columns: values the step sets.

    Raises:
        Refused: `state.illegal`, `state.not_yet`.
        Conflict: `settlement.changed` when somebody moved it since it was read.
    """
    step = STATEMENT.step(StatementState(row.state), event, row.net)
    values = {**dict.fromkeys(step.clears), **columns}
    return _change(unit, row, event, step.to, said, told or {}, values)


def tell(unit: Unit, row: AnyRow, event: str, *, told: dict[str, Any] | None = None, **columns: Any) -> AnyRow:
    """Something happened to a statement that does not move it; returns its new row.

    Raises:
        Conflict: `settlement.changed`.
    """
    return _change(unit, row, event, StatementState(row.state), "", told or {}, columns)


def record(unit: Unit, row: AnyRow, event: str, note: str = "", told: dict[str, Any] | None = None) -> None:
    """A line of the statement's history, and of the journal."""
    unit.insert(
        events,
        {
            "id": new_id(),
            "company": unit.company,
            "statement_id": row.id,
            "at": unit.at,
            "event": str(event),
            "state": row.state,
            "actor": unit.actor.name,
            "role": unit.actor.role.value,
            "note": note[:_NOTE_LIMIT],
            "values": dumps(told or {}),
        },
    )
    unit.journal("settlement.moved", f"settlement:{row.id}", event=str(event), state=row.state, told=told or {})
    unit.changed("settlements", row.id)


def _change(
    unit: Unit, row: AnyRow, event: str, to: StatementState, said: str, told: dict[str, Any], columns: dict[str, Any]
) -> AnyRow:
    changed = unit.connection.execute(
        update(statements)
        .where(statements.c.id == row.id, statements.c.company == unit.company, statements.c.version == row.version)
        .values(state=to, version=row.version + 1, **columns)
    ).rowcount
    if changed != 1:
        raise Conflict("settlement.changed", number=row.number)
    after = _ROW.one(unit.connection, id=row.id, company=unit.company)
    record(unit, after, event, said, told)
    return after
