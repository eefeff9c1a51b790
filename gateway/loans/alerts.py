"""Tasks about an application: what a person has to look at."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from gateway.core.authority import Role
from gateway.core.workdays import add_work_minutes
from gateway.loans.terms import LoanTerms
from gateway.store.schema import AnyRow
from gateway.store.unit import Unit
from gateway.tasks import service as tasks
from gateway.tasks.model import NewTask, TaskKind

_UNDERPAID = "task.underpaid"


def tell(
    unit: Unit,
    terms: LoanTerms,
    reason: str,
    application: AnyRow,
    *,
    role: Role = Role.MANAGER,
    kind: TaskKind = TaskKind.REVIEW,
    **values: Any,
) -> None:
    """Write a task about an application, unless the same one is open.

    Args:
        values: what the text names besides the application's `number`; no personal data.
    """
    named = {"number": application.number, **values}
    if tasks.is_open(unit, reason, named):
        return
    due = add_work_minutes(unit.now, terms.call_minutes, terms.hours, terms.zone)
    tasks.write(unit, NewTask(kind, reason, role, due, named))


def end_underpaid(unit: Unit, payment_ids: Sequence[str], number: str) -> None:
    """Money was missing of an invoice with this number, by these payments, and is missing no more."""
    for payment_id in payment_ids:
        for values in tasks.open_values(unit, _UNDERPAID, payment_id):
            if values.get("number") == number:
                kinds = (TaskKind.REVIEW,)
                tasks.end_open(
                    unit, payment_id=payment_id, kinds=kinds, reasons=(_UNDERPAID,), values=values, cancel=False
                )


def end(unit: Unit, reason: str, application: AnyRow, **values: Any) -> None:
    """What the task asked for was done."""
    named = {"number": application.number, **values}
    tasks.end_open(unit, kinds=(TaskKind.REVIEW, TaskKind.CALL), reasons=(reason,), values=named, cancel=False)
