"""Calls that are late: a task for the managers, who see the call centre's queue on no screen of theirs."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import and_, or_, select

from gateway.core.authority import Role
from gateway.core.clock import from_text, to_text
from gateway.loans.model import ApplicationState
from gateway.loans.tables import applications
from gateway.loans.terms import LoanTerms
from gateway.store.schema import AnyRow
from gateway.store.unit import Unit
from gateway.tasks import service as tasks
from gateway.tasks.model import NewTask, TaskKind

OVERDUE_CALL = "task.loan_call"
_AT_ONCE = 200


def remind(unit: Unit, terms: LoanTerms) -> int:
    """Write a task for each call that is late, once while it waits. Returns how many were written."""
    late = to_text(unit.now - timedelta(minutes=terms.call_minutes))
    # a lead's due time is the last moment for the call, a call-back's is the first
    overdue = or_(
        and_(applications.c.state == ApplicationState.LEAD.value, applications.c.call_due < unit.at),
        applications.c.call_due < late,
    )
    found = unit.connection.execute(
        select(applications.c.number, applications.c.call_due)
        .where(applications.c.company == unit.company, applications.c.call_due.is_not(None), overdue)
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
