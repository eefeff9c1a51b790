"""Calls that are late: a task for the managers, who see the call centre's queue on no screen of theirs."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from gateway.core.authority import Right, Role
from gateway.core.clock import from_text
from gateway.loans.problems import call_missed
from gateway.loans.tables import applications
from gateway.loans.terms import LoanTerms
from gateway.store.schema import AnyRow
from gateway.store.unit import Unit
from gateway.tasks import service as tasks
from gateway.tasks.model import NewTask, TaskKind

OVERDUE_CALL = "task.loan_call"
_AT_ONCE = 200


def remind(unit: Unit, terms: LoanTerms) -> int:
    """Write a task for each call that is late, once while it waits. Returns how many were written.

    Raises:
        Refused: `authority.missing`.
    """
    unit.actor.require(Right.LOANS_CALL)
    found = unit.connection.execute(
        select(applications.c.number, applications.c.call_due)
        .where(applications.c.company == unit.company, call_missed(terms, unit.now))
        .order_by(applications.c.call_due, applications.c.id)
        .limit(_AT_ONCE)
    ).all()
    waiting = [row for row in found if not tasks.is_open(unit, OVERDUE_CALL, _values(row))]
    for row in waiting:
        tasks.write(unit, NewTask(TaskKind.CALL, OVERDUE_CALL, Role.MANAGER, from_text(row.call_due), _values(row)))
    return len(waiting)


def end(unit: Unit, row: AnyRow) -> None:
    """The application was called, or ended: its reminder has done its work."""
    tasks.end_open(unit, kinds=(TaskKind.CALL,), reasons=(OVERDUE_CALL,), values=_values(row), cancel=False)


def _values(row: AnyRow) -> dict[str, Any]:
    return {"number": row.number}
