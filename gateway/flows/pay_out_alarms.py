"""What alarms and tasks about payment orders are called, and the sentences they need."""

from __future__ import annotations

from gateway.core.authority import Role
from gateway.core.money import Money
from gateway.core.workdays import add_work_minutes
from gateway.flows.terms import Terms
from gateway.store import Unit, alarms
from gateway.store.schema import AnyRow
from gateway.tasks import service as tasks
from gateway.tasks.model import NewTask, TaskKind

UNKNOWN = "outgoing.unknown_outcome"
LATE = "outgoing.late"
NO_CHANNEL = "outgoing.no_channel"
NOT_PREPARED = "outgoing.not_prepared"
LAPSED = "outgoing.signature_lapsed"
ABSENT = "outgoing.absent"
SILENT = "outgoing.silent"
TURNED_UP = "outgoing.turned_up"
REPLACES = "outgoing.replaces_turned_up"
RESTORED = "outgoing.restored"
BROKEN = "outgoing.broken"

IN_DOUBT = (UNKNOWN, LAPSED, ABSENT, SILENT, RESTORED)
"""Over once it is known whether the bank has the order."""


def subject(order_id: str) -> str:
    """What alarms about an order are about."""
    return f"payment_order:{order_id}"


def shown(row: AnyRow) -> dict[str, str]:
    """What sentences about an order name."""
    return {"number": row.number, "amount": str(Money(row.amount))}


def clear(unit: Unit, order_id: str, *codes: str) -> None:
    """End those alarms about an order that are open."""
    for code in codes:
        alarms.clear(unit, code, subject(order_id))


def write_task(unit: Unit, terms: Terms, row: AnyRow, reason_code: str, **more: str) -> None:
    """Something about an order that the accountant has to do."""
    tasks.write(
        unit,
        NewTask(
            kind=TaskKind.REVIEW,
            reason=reason_code,
            role=Role.ACCOUNTANT,
            due_at=add_work_minutes(unit.now, terms.call_minutes, terms.hours, terms.zone),
            values={**shown(row), "payee": row.payee_name, **more},
            buyer=row.payee_name,
            amount=Money(row.amount),
        ),
    )
