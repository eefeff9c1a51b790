"""Tasks as rows: written by the flows, worked off by people."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from gateway.core.authority import RIGHTS, Right, Role
from gateway.core.clock import to_text
from gateway.core.errors import Conflict, Refused
from gateway.core.ids import new_id
from gateway.store.schema import AnyRow, dumps
from gateway.store.unit import Unit
from gateway.tasks.model import RESULTS, RETRY_MINUTES, TASK, NewTask, TaskEvent, TaskKind, TaskState
from gateway.tasks.tables import tasks

OPEN = (TaskState.NEW, TaskState.TAKEN, TaskState.SNOOZED)


def write(unit: Unit, task: NewTask) -> str:
    """Write a task; returns its id."""
    task_id = new_id()
    unit.insert(
        tasks,
        {
            "id": task_id,
            "company": unit.company,
            "kind": task.kind,
            "reason": task.reason,
            "values": dumps(task.values),
            "role": task.role,
            "state": TaskState.NEW,
            "created_at": unit.at,
            "due_at": to_text(task.due_at),
            "result": "",
            "note": "",
            "attempts": 0,
            "order_id": task.order_id,
            "order_number": task.order_number,
            "payment_id": task.payment_id,
            "buyer": task.buyer,
            "phone": task.phone,
            "amount": task.amount.kopecks if task.amount else None,
            "delivery": task.delivery,
            "version": 1,
        },
    )
    unit.journal(
        "task.written",
        f"task:{task_id}",
        kind=task.kind,
        reason=task.reason,
        order=task.order_id,
        payment=task.payment_id,
        due=to_text(task.due_at),
    )
    unit.changed("task", task_id)
    return task_id


def load(unit: Unit, task_id: str, expected_version: int | None = None) -> AnyRow:
    """The task's row.

    Raises:
        Refused: `task.unknown`.
        Conflict: `task.changed`.
    """
    row = unit.connection.execute(
        select(tasks).where(tasks.c.id == task_id, tasks.c.company == unit.company)
    ).one_or_none()
    if row is None:
        raise Refused("task.unknown", id=task_id)
    if expected_version is not None and row.version != expected_version:
        raise Conflict("task.changed", by=row.taken_by or row.done_by or "?", state=row.state)
    return row


def take(unit: Unit, task_id: str, expected_version: int | None = None) -> AnyRow:
    """Somebody takes the task on; returns its new row.

    Raises:
        Refused: `authority.missing`, `task.other_role`, `state.illegal`.
        Conflict: `task.changed`.
    """
    row = _mine(unit, task_id, expected_version)
    return _move(unit, row, TaskEvent.TAKE, taken_by=unit.actor.name)


def done(
    unit: Unit,
    task_id: str,
    result: str,
    note: str = "",
    agreed_at: datetime | None = None,
    expected_version: int | None = None,
) -> AnyRow:
    """Somebody tells how it went; returns the new row.

    "no_answer" on a call keeps it open and brings it back in five minutes.

    Raises:
        Refused: `task.result_unknown`, `authority.missing`, `task.other_role`, `state.illegal`.
        Conflict: `task.changed`.
    """
    if result not in RESULTS:
        raise Refused("task.result_unknown", result=result, known=", ".join(sorted(RESULTS)))
    row = _mine(unit, task_id, expected_version)
    if result == "no_answer" and row.kind == TaskKind.CALL:
        return _move(
            unit,
            row,
            TaskEvent.SNOOZE,
            result=result,
            note=note[:1000],
            attempts=row.attempts + 1,
            due_at=to_text(unit.now + timedelta(minutes=RETRY_MINUTES)),
            taken_by=unit.actor.name,
        )
    return _move(
        unit,
        row,
        TaskEvent.DONE,
        result=result,
        note=note[:1000],
        attempts=row.attempts + 1,
        agreed_at=to_text(agreed_at) if agreed_at else None,
        done_at=unit.at,
        done_by=unit.actor.name,
    )


def snooze(unit: Unit, task_id: str, minutes: int, expected_version: int | None = None) -> AnyRow:
    """Put it off by 1 … 1440 minutes; returns the new row.

    Raises:
        Refused: `task.snooze_range` and those of `take`.
    """
    if not 1 <= minutes <= 1440:
        raise Refused("task.snooze_range", minutes=minutes)
    row = _mine(unit, task_id, expected_version)
    return _move(unit, row, TaskEvent.SNOOZE, due_at=to_text(unit.now + timedelta(minutes=minutes)))


def is_open(unit: Unit, reason: str, values: dict[str, Any]) -> bool:
    """Whether the same task is waiting already."""
    return (
        unit.connection.execute(
            select(tasks.c.id)
            .where(
                tasks.c.company == unit.company,
                tasks.c.state.in_(OPEN),
                tasks.c.reason == reason,
                tasks.c["values"] == dumps(values),
            )
            .limit(1)
        ).one_or_none()
        is not None
    )


def open_values(unit: Unit, reason: str, payment_id: str) -> list[dict[str, Any]]:
    """What the open tasks written for a reason about a payment name."""
    found = unit.connection.execute(
        select(tasks.c["values"]).where(
            tasks.c.company == unit.company,
            tasks.c.state.in_(OPEN),
            tasks.c.reason == reason,
            tasks.c.payment_id == payment_id,
        )
    ).scalars()
    return [json.loads(values) for values in found]


def end_open(
    unit: Unit,
    *,
    payment_id: str | None = None,
    order_id: str | None = None,
    kinds: tuple[TaskKind, ...],
    reasons: tuple[str, ...] = (),
    values: dict[str, Any] | None = None,
    cancel: bool,
) -> None:
    """The reason of open tasks is gone: mark them done (or cancelled) by whoever settled it.

    Args:
        reasons: only tasks written for one of these; all when empty.
        values: only tasks that name exactly these.
    """
    where = [tasks.c.company == unit.company, tasks.c.state.in_(OPEN), tasks.c.kind.in_(kinds)]
    if payment_id is not None:
        where.append(tasks.c.payment_id == payment_id)
    if order_id is not None:
        where.append(tasks.c.order_id == order_id)
    if reasons:
        where.append(tasks.c.reason.in_(reasons))
    if values is not None:
        where.append(tasks.c["values"] == dumps(values))
    for row in unit.connection.execute(select(tasks).where(*where)).all():
        _move(
            unit,
            row,
            TaskEvent.CANCEL if cancel else TaskEvent.DONE,
            result="resolved",
            done_at=unit.at,
            done_by=str(unit.actor),
        )


def _mine(unit: Unit, task_id: str, expected_version: int | None) -> AnyRow:
    unit.actor.require(Right.TASKS_WORK)
    row = load(unit, task_id, expected_version)
    if row.role != unit.actor.role and not _covers(unit.actor.role, Role(row.role)):
        raise Refused("task.other_role", role=row.role)
    return row


def _covers(actor: Role, owner: Role) -> bool:
    """Whether `actor` may do the tasks of `owner`: when it has all the owner's rights to work."""
    return RIGHTS[owner] <= RIGHTS[actor]


def _move(unit: Unit, row: AnyRow, event: TaskEvent, **values: Any) -> AnyRow:
    to = TASK.step(TaskState(row.state), event).to
    unit.update(tasks, row.id, state=to, version=row.version + 1, **values)
    unit.journal(
        "task.moved",
        f"task:{row.id}",
        event=event,
        state=to,
        result=values.get("result", ""),
        note=values.get("note", ""),
    )
    unit.changed("task", row.id)
    return unit.connection.execute(select(tasks).where(tasks.c.id == row.id)).one()
