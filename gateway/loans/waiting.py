"""The director's task about a shop that registered by itself: open until somebody has decided about the shop."""

from __future__ import annotations

from gateway.core.authority import Role
from gateway.core.workdays import add_work_minutes
from gateway.loans.terms import LoanTerms
from gateway.store.unit import Unit
from gateway.tasks import service as tasks
from gateway.tasks.model import NewTask, TaskKind

REGISTERED = "task.shop_registered"
_WORK_MINUTES = 480


def begin(unit: Unit, terms: LoanTerms, key: str) -> None:
    """Tell the director; a working day is time enough. The key alone names the shop: tasks are not forgotten."""
    due = add_work_minutes(unit.now, _WORK_MINUTES, terms.hours, terms.zone)
    tasks.write(unit, NewTask(TaskKind.REVIEW, REGISTERED, Role.DIRECTOR, due, {"shop": key}))


def end(unit: Unit, key: str, *, cancel: bool = False) -> None:
    """The shop works or was turned away; `cancel`: nobody looked at it in time."""
    tasks.end_open(unit, kinds=(TaskKind.REVIEW,), reasons=(REGISTERED,), values={"shop": key}, cancel=cancel)
