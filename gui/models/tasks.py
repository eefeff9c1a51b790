"""Calls and other tasks for people, and the words for their states and results."""

from __future__ import annotations

from PySide6.QtCore import QObject

from gui.api.client import Client
from gui.api.types import Task
from gui.cells import Pill
from gui.i18n import said, translate
from gui.models.columns import Column
from gui.models.paged import PagedModel

FILTERS = ("open", "done", "all")


def filter_title(state: str) -> str:
    titles = {
        "open": translate("Tasks", "Open"),
        "done": translate("Tasks", "Done"),
        "all": translate("Tasks", "All"),
    }
    return titles.get(state, state)


def state_pill(task: Task) -> Pill:
    if task.overdue and task.state not in ("done", "cancelled"):
        return Pill(translate("Tasks", "overdue"), "bad", "error")
    known = {
        "new": Pill(translate("Tasks", "waiting"), "warn", "calls"),
        "taken": Pill(translate("Tasks", "taken"), "info", "person"),
        "snoozed": Pill(translate("Tasks", "put off"), "idle", "clock"),
        "done": Pill(translate("Tasks", "done"), "ok", "check"),
        "cancelled": Pill(translate("Tasks", "cancelled"), "idle", "ban"),
    }
    return known.get(task.state, Pill(task.state, "idle", "flag"))


def result_title(result: str) -> str:
    known = {
        "reached": translate("Tasks", "Reached"),
        "agreed_delivery": translate("Tasks", "Delivery agreed"),
        "will_collect": translate("Tasks", "Will collect"),
        "no_answer": translate("Tasks", "No answer"),
        "resolved": translate("Tasks", "Resolved"),
        "wrong_number": translate("Tasks", "Wrong number"),
    }
    return known.get(result, result)


def columns() -> list[Column]:
    return [
        Column("title", lambda: translate("Tasks", "Task"), lambda t: said(t.title), width=0),
        Column(
            "state",
            lambda: translate("Tasks", "State"),
            lambda t: state_pill(t).text,
            pill=state_pill,
            width=16,
        ),
    ]


def model(client: Client, parent: QObject | None = None) -> PagedModel:
    return PagedModel(client, "/v1/tasks", Task, columns(), parent)
