"""/v1/tasks: calls and everything else somebody has to look at."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query

from gateway.api.access import TheCaller, TheRoom, needs
from gateway.api.errors import NotFound, described
from gateway.api.reads import tasks as task_reads
from gateway.api.reads.paging import Window
from gateway.api.room import Room
from gateway.api.schemas.common import NOTHING, Id, Nothing, window
from gateway.api.schemas.trade import Snooze, TaskAnswer, TaskDone, TaskFilter, TaskPage
from gateway.api.tokens import Caller
from gateway.api.writing import Target, TheTerms, change
from gateway.core.authority import Right
from gateway.store import Unit
from gateway.tasks import service
from gateway.tasks.tables import tasks

router = APIRouter(prefix="/v1/tasks", tags=["tasks"])
READ, WORK = [needs(Right.TASKS_READ)], [needs(Right.TASKS_READ), needs(Right.TASKS_WORK)]
CHANGE = described(404, 409, 412, 413)


@router.get("", response_model=TaskPage, response_model_exclude_unset=True, dependencies=READ, responses=described())
def list_tasks(
    room: TheRoom,
    caller: TheCaller,
    asked: Annotated[Window, Depends(window(task_reads.LISTING))],
    state: TaskFilter = "open",
    kind: Annotated[str, Query(max_length=40, json_schema_extra={"enum": ["", *task_reads.KINDS]})] = "",
) -> dict[str, Any]:
    """Tasks this caller may see, the one due first on top."""
    now = room.now()
    with room.store.reading() as connection:
        page = task_reads.listed(
            connection, room.store.company, caller.actor, kind.replace("\0", ""), state, asked, now
        )
    return {**page, "server_time": now}


@router.get(
    "/{task_id}",
    response_model=TaskAnswer,
    response_model_exclude_unset=True,
    dependencies=READ,
    responses=described(404),
)
def get_task(room: TheRoom, caller: TheCaller, task_id: Id) -> dict[str, Any]:
    """One task."""
    return _detail(room, caller, task_id)


@router.post(
    "/{task_id}/take",
    response_model=TaskAnswer,
    response_model_exclude_unset=True,
    dependencies=WORK,
    responses=CHANGE,
)
def take(room: TheRoom, caller: TheCaller, terms: TheTerms, task_id: Id, asked: Nothing = NOTHING) -> dict[str, Any]:
    """Take a task on."""

    def work(unit: Unit) -> None:
        service.take(unit, task_id, terms.version)

    return _worked(room, caller, terms, "take", task_id, asked, work)


@router.post(
    "/{task_id}/done",
    response_model=TaskAnswer,
    response_model_exclude_unset=True,
    dependencies=WORK,
    responses=CHANGE,
)
def done(room: TheRoom, caller: TheCaller, terms: TheTerms, task_id: Id, asked: TaskDone) -> dict[str, Any]:
    """Say how it went; an unanswered call comes back by itself."""

    def work(unit: Unit) -> None:
        service.done(unit, task_id, asked.result, asked.note, asked.agreed_at, terms.version)

    return _worked(room, caller, terms, "done", task_id, asked, work)


@router.post(
    "/{task_id}/snooze",
    response_model=TaskAnswer,
    response_model_exclude_unset=True,
    dependencies=WORK,
    responses=CHANGE,
)
def snooze(room: TheRoom, caller: TheCaller, terms: TheTerms, task_id: Id, asked: Snooze) -> dict[str, Any]:
    """Put a task off."""

    def work(unit: Unit) -> None:
        service.snooze(unit, task_id, asked.minutes, terms.version)

    return _worked(room, caller, terms, "snooze", task_id, asked, work)


def _worked(
    room: Room,
    caller: Caller,
    terms: TheTerms,
    action: str,
    task_id: str,
    asked: Any,
    work: Callable[[Unit], None],
) -> dict[str, Any]:
    target = Target(tasks, task_id, task_reads.visible(caller.actor))
    change(room, caller, terms, action, target, asked.model_dump(mode="json"), work)
    return _detail(room, caller, task_id)


def _detail(room: Room, caller: Caller, task_id: str) -> dict[str, Any]:
    now = room.now()
    with room.store.reading() as connection:
        found = task_reads.detail(connection, room.store.company, task_id, caller.actor, now)
    if found is None:
        raise NotFound("api.not_found")
    return {**found, "server_time": now}
