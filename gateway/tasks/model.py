"""What a task is and how it moves."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from gateway.core.authority import Role
from gateway.core.money import Money
from gateway.core.states import Machine, Transition


class TaskKind(StrEnum):
    """What has to be done."""

    CALL = "call"
    REVIEW = "review"
    CONFIRM_STOCK = "confirm_stock"
    SHORT = "short"
    STOP = "stop"


class TaskState(StrEnum):
    NEW = "new"
    TAKEN = "taken"
    SNOOZED = "snoozed"
    DONE = "done"
    CANCELLED = "cancelled"


class TaskEvent(StrEnum):
    TAKE = "take"
    SNOOZE = "snooze"
    DONE = "done"
    CANCEL = "cancel"


_S, _E = TaskState, TaskEvent
_OPEN = (_S.NEW, _S.TAKEN, _S.SNOOZED)

TASK = Machine(
    "task",
    {(state, _E.TAKE): Transition(_S.TAKEN) for state in _OPEN}
    | {(state, _E.SNOOZE): Transition(_S.SNOOZED) for state in _OPEN}
    | {(state, _E.DONE): Transition(_S.DONE) for state in _OPEN}
    | {(state, _E.CANCEL): Transition(_S.CANCELLED) for state in _OPEN},
    final=frozenset({_S.DONE, _S.CANCELLED}),
)

# What somebody may say a task ended with. "no_answer" does not end a call: it is tried again.
RESULTS = frozenset({"reached", "agreed_delivery", "will_collect", "no_answer", "wrong_number", "resolved"})
RETRY_MINUTES = 5


@dataclass(frozen=True, slots=True)
class NewTask:
    """A task to write.

    Attributes:
        reason: message code of its title; the entry's hints are the script to follow.
        values: what the title names; safe to show to `role`.
        due_at: when it is late.
    """

    kind: TaskKind
    reason: str
    role: Role
    due_at: datetime
    values: dict[str, Any] = field(default_factory=dict)
    order_id: str | None = None
    order_number: str = ""
    payment_id: str | None = None
    buyer: str = ""
    phone: str = ""
    amount: Money | None = None
    delivery: str = ""
