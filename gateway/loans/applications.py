"""Applications as rows: loaded by whoever may see them, moved along the table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, select

from gateway.core.authority import OUTSIDE, Actor
from gateway.core.errors import Conflict, Refused
from gateway.loans import rows, stage
from gateway.loans.model import APPLICATION, ApplicationEvent, ApplicationState
from gateway.loans.tables import applications, decisions
from gateway.store.schema import AnyRow
from gateway.store.unit import Unit


def load(unit: Unit, application_id: str, expected_version: int | None = None) -> AnyRow:
    """The application's row of this unit's company, whoever asks; use cases show it to `visible` next.

    Raises:
        Refused: `loan.not_found`.
        Conflict: `loan.changed` when it is not at the version the caller saw.
    """
    row = read(unit.connection, unit.company, application_id)
    if expected_version is not None and row.version != expected_version:
        raise Conflict("loan.changed")
    return row


def read(connection: Connection, company: str, application_id: str) -> AnyRow:
    """As `load`, where nothing is changed.

    Raises:
        Refused: `loan.not_found`, also for another company's.
    """
    row = connection.execute(
        select(applications).where(applications.c.id == application_id, applications.c.company == company)
    ).one_or_none()
    if row is None:
        raise Refused("loan.not_found")
    return row


def visible(actor: Actor, row: AnyRow) -> AnyRow:
    """The row, for an actor it is there for.

    Args:
        row: of an application, or of anything else with a `shop_id`.

    Raises:
        Refused: `loan.not_found` when it is another shop's: as if there were none.
    """
    if (actor.party or actor.role in OUTSIDE) and actor.party != row.shop_id:
        raise Refused("loan.not_found")
    return row


def open_for(unit: Unit, application_id: str, expected_version: int | None = None) -> AnyRow:
    """The application this unit's actor may see.

    Raises:
        Refused: `loan.not_found`.
        Conflict: `loan.changed`.
    """
    row = visible(unit.actor, load(unit, application_id))
    if expected_version is not None and row.version != expected_version:
        raise Conflict("loan.changed")
    return row


def step(unit: Unit, row: AnyRow, event: ApplicationEvent, /, **columns: Any) -> AnyRow:
    """Move an application along the table; its stage follows, what the step clears is cleared.

    Args:
        row: as the caller has read it.
        columns: other columns to set in the same go; they win over what is cleared.

    Returns:
        The row as it is now.

    Raises:
        Refused: `state.illegal`.
        Conflict: `loan.changed`.
    """
    moved = APPLICATION.step(ApplicationState(row.state), event)
    values = {**rows.blank(applications, moved.clears), **columns, "state": moved.to.value}
    if moved.to in APPLICATION.final or moved.to is ApplicationState.CLOSED:
        values.setdefault("ended_at", unit.at)
        values |= {"call_due": None, "call_by": "", "call_since": None}
    rows.put(unit, applications, row, **values)
    unit.journal("loan.moved", f"loan:{row.id}", event=event.value, before=row.state, state=moved.to.value)
    unit.changed("loans", row.id)
    stage.refresh(unit, row.id)
    return load(unit, row.id)


def change(unit: Unit, row: AnyRow, /, **columns: Any) -> AnyRow:
    """Set columns without moving; returns the row as it is now.

    Raises:
        Conflict: `loan.changed`.
    """
    unit.changed("loans", row.id)
    return rows.put(unit, applications, row, **columns)


def decisions_of(unit: Unit, application_id: str) -> Sequence[AnyRow]:
    """What each lender made of an application, by lender."""
    return unit.connection.execute(
        select(decisions).where(decisions.c.application_id == application_id).order_by(decisions.c.lender)
    ).all()
