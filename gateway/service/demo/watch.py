"""What the service has made of it so far, read from its database: for the live view and for the final account."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select

from gateway.bank.tables import messages
from gateway.core.clock import from_text
from gateway.core.errors import KvitError
from gateway.orders.tables import invoices, orders, releases, timelines
from gateway.payments.tables import deliveries, payments
from gateway.service.demo.story import Truth
from gateway.service.evidence_check import check_history
from gateway.service.wiring import Installation
from gateway.store import Store
from gateway.store.schema import outbox
from gateway.tasks.tables import tasks
from gateway.warehouse.tables import pick_lists


@dataclass(frozen=True, slots=True)
class Seen:
    """Counts at one moment."""

    invoices: int
    payments: int
    undecided: int
    reversed: int
    refused: int
    deliveries: int
    waiting: int


def look(store: Store) -> Seen:
    """Count."""
    with store.reading() as connection:

        def count(table: Any, *where: Any) -> int:
            return int(connection.execute(select(func.count()).select_from(table).where(*where)).scalar_one())

        return Seen(
            invoices=count(invoices),
            payments=count(payments),
            undecided=count(payments, payments.c.state == "new"),
            reversed=count(payments, payments.c.state == "reversed"),
            refused=count(messages, messages.c.state == "refused"),
            deliveries=count(deliveries),
            waiting=count(outbox, outbox.c.done_at.is_(None), outbox.c.dead_at.is_(None)),
        )


def account_of_it(installation: Installation, truth: Truth) -> dict[str, Any]:
    """The final account, ready for JSON; see `kvit demo --help` for the keys."""
    outgoing = installation.home.exchange(installation.config) / "out"
    history = check_history(installation.store, installation.home, installation.config)
    with installation.store.reading() as connection:

        def states(column: Any) -> Mapping[str, int]:
            return dict(connection.execute(select(column, func.count()).group_by(column)).all())

        by_state = states(payments.c.state)
        picks = states(pick_lists.c.state)
        released = connection.execute(
            select(orders.c.number, orders.c.amount, releases.c.message_ids)
            .join(orders, orders.c.id == releases.c.order_id)
            .where(releases.c.withdrawn_at.is_(None))
            .order_by(releases.c.at)
        ).all()
        withdrawn = connection.execute(
            select(func.count()).select_from(releases).where(releases.c.withdrawn_at.is_not(None))
        ).scalar_one()
        proved = {row.id for row in connection.execute(select(messages.c.id).where(messages.c.evidence == "signed"))}
        refused = connection.execute(
            select(messages).where(messages.c.state == "refused").order_by(messages.c.id)
        ).all()
        clocks = connection.execute(
            select(timelines, orders.c.number)
            .join(orders, orders.c.id == timelines.c.order_id)
            .order_by(timelines.c.bank_time)
        ).all()
        calls = connection.execute(
            select(func.count()).select_from(tasks).where(tasks.c.kind == "call", tasks.c.state != "cancelled")
        ).scalar_one()
        for_people = connection.execute(
            select(tasks.c.reason, func.count()).where(tasks.c.kind != "call").group_by(tasks.c.reason)
        ).all()
        repeats = connection.execute(select(func.count()).select_from(deliveries)).scalar_one()
    wrong = [
        row.number
        for row in released
        if truth.paid.get(row.number, 0) < row.amount or not set(json.loads(row.message_ids)) <= proved
    ]
    return {
        "payments": sum(by_state.values()),
        "allocated": by_state.get("auto", 0) + by_state.get("manual", 0),
        "needs_person": by_state.get("needs_person", 0) + by_state.get("duplicate", 0),
        "released": len(released),
        "released_then_withdrawn": int(withdrawn),
        "wrong_releases": len(wrong),
        "pick_lists": sum(number for state, number in picks.items() if state != "cancelled"),
        "call_tasks": int(calls),
        "tasks_for_people": {row[0]: row[1] for row in for_people},
        "duplicates": int(repeats) + by_state.get("duplicate", 0),
        "reversals": by_state.get("reversed", 0),
        "refused": [
            {
                "reason": row.reason,
                "reference": row.reference,
                "text": KvitError(row.reason, **json.loads(row.reason_values or "{}")).text("en"),
                "bytes_kept": row.size,
            }
            for row in refused
        ],
        "files": sorted(str(path) for path in outgoing.glob("*") if not path.name.startswith(".")),
        "journal_ok": history.ok,
        "journal_rows": history.chain.rows,
        "timeline": [
            {
                "order": row.number,
                "bank_time": row.bank_time,
                "received_s": _seconds(row.bank_time, row.received_at),
                "allocated_s": _seconds(row.bank_time, row.allocated_at),
                "pick_list_s": _seconds(row.bank_time, row.pick_list_at),
                "call_task_s": _seconds(row.bank_time, row.call_task_at),
            }
            for row in clocks
        ],
    }


def _seconds(since: str, at: str | None) -> float | None:
    return None if at is None else round((from_text(at) - from_text(since)).total_seconds(), 3)
