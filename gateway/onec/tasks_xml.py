"""Call tasks as XML of our own: no 1C format carries tasks for people.

The schema is `docs/kvit-tasks.xsd`; the file is UTF-8 with a byte order mark like the rest.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from lxml import etree

from gateway.core.clock import MOSCOW
from gateway.core.money import Money
from gateway.onec.written import Written
from gateway.onec.xml_write import Builder, inn_shaped

NAMESPACE = "urn:kvit:tasks:1"

_TEXT, _LONG = 255, 3000


@dataclass(frozen=True, slots=True)
class TaskRecord:
    """A task as another program is to see it; instants aware, "" or None where there is nothing.

    Attributes:
        id: ours, at most 40 characters; the same task in a later file is the same task.
        kind: "call", "review", …; state: new, taken, snoozed, done or cancelled.
        title: what to do, one line, Russian; script: what to say and ask.
        order_id: the Ид under which 1C exported the order.
        delivery: "pickup", "delivery" or "".
        result: code of the outcome, written together with `result_note` and `done_at`; "" while the task is open.
    """

    id: str
    kind: str
    state: str
    title: str
    due_at: dt.datetime
    created_at: dt.datetime
    bank_time: dt.datetime | None = None
    order_id: str = ""
    order_number: str = ""
    order_date: dt.date | None = None
    buyer: str = ""
    inn: str = ""
    contact: str = ""
    phone: str = ""
    address: str = ""
    amount: Money | None = None
    delivery: str = ""
    script: str = ""
    result: str = ""
    result_note: str = ""
    done_at: dt.datetime | None = None


def write_tasks(
    tasks: Sequence[TaskRecord], *, made_at: dt.datetime, company: str = "", zone: ZoneInfo = MOSCOW
) -> Written:
    """The file with `tasks`, by due time, then id; equal arguments give equal bytes."""
    builder = Builder(NAMESPACE)
    attributes = {"version": "1", "made_at": _instant(made_at, zone)}
    if company:
        attributes["company"] = builder.clean(company)
    root = builder.root("tasks", attributes)
    for task in sorted(tasks, key=lambda task: (task.due_at, task.id)):
        _task(builder, root, task, zone)
    return builder.finish(root, "utf-8-sig")


def _task(builder: Builder, root: etree._Element, task: TaskRecord, zone: ZoneInfo) -> None:
    node = builder.group(root, "task", {"id": task.id, "kind": task.kind, "state": task.state})
    builder.value(node, "title", task.title, _TEXT)
    builder.value(node, "due_at", _instant(task.due_at, zone))
    builder.value(node, "created_at", _instant(task.created_at, zone))
    if task.bank_time:
        builder.value(node, "bank_time", _instant(task.bank_time, zone))
    if task.order_id or task.order_number:
        order = {"id": task.order_id, "number": builder.fitting(task.order_number, _TEXT)}
        if task.order_date:
            order["date"] = task.order_date.isoformat()
        builder.group(node, "order", order)
    if task.buyer or task.phone:
        _buyer(builder, node, task)
    if task.amount is not None:
        builder.value(node, "amount", task.amount.decimal_text())
    builder.optional(node, "delivery", task.delivery)
    builder.optional(node, "script", task.script, _LONG)
    if task.result and task.done_at:
        result = builder.value(node, "result", task.result_note, _LONG)
        result.set("code", task.result)
        result.set("at", _instant(task.done_at, zone))


def _buyer(builder: Builder, node: etree._Element, task: TaskRecord) -> None:
    buyer = builder.group(node, "buyer")
    builder.value(buyer, "name", task.buyer, _TEXT)
    if inn_shaped(task.inn):
        builder.value(buyer, "inn", task.inn)
    builder.optional(buyer, "contact", task.contact, _TEXT)
    builder.optional(buyer, "phone", task.phone, _TEXT)
    builder.optional(buyer, "address", task.address, _LONG)


def _instant(at: dt.datetime, zone: ZoneInfo) -> str:
    if at.tzinfo is None:
        raise ValueError("an instant needs a zone")
    return at.astimezone(zone).replace(microsecond=0).isoformat()
