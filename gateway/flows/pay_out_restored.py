"""Orders of a restored database: it may not know of what was sent after the copy was taken.

The instant of the restore is kept in the database. An order that was proposed before it, and never made ready by what
the database knows, may be at the bank all the same. It waits until the bank's statements have been read once since.
Then its bytes are made and it begins as "unknown": asked about, and sent only when the bank has no such order.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import select

from gateway.bank.tables import polls
from gateway.flows.pay_out_alarms import RESTORED, UNKNOWN, clear, shown, subject
from gateway.payments.outgoing import steps
from gateway.payments.outgoing.model import OrderEvent
from gateway.store import Unit, alarms, marks
from gateway.store.schema import AnyRow

_RESTORED_AT = "outgoing.restored_at"
SILENT_AFTER = timedelta(hours=1)
"""A bank that does not say for so long whether it has such an order leaves it to a person."""


def note_restored(unit: Unit) -> None:
    """The database was put back from a copy, or lacks rows it once had: every older order is asked about."""
    marks.put(unit, _RESTORED_AT, unit.at)


def may_have_left(unit: Unit, row: AnyRow) -> bool:
    """Whether an order that was never made ready may be at the bank already."""
    at = marks.get(unit.connection, unit.company, _RESTORED_AT)
    return at is not None and bool(row.proposed_at <= at)


def statements_read(unit: Unit, row: AnyRow, channel: str) -> bool:
    """Whether the bank's statements were read once since the restore; people are told that the order waits for it."""
    read = select(polls.c.id).where(
        polls.c.company == unit.company,
        polls.c.channel == channel,
        polls.c.result != "failed",
        polls.c.at > marks.get(unit.connection, unit.company, _RESTORED_AT),
    )
    if unit.connection.execute(read.limit(1)).one_or_none() is not None:
        return True
    if RESTORED not in alarms.open_about(unit, subject(row.id)):
        alarms.raise_alarm(unit, RESTORED, subject(row.id), shown(row), severity="warning")
    return False


def ask_first(unit: Unit, row: AnyRow, told: dict[str, Any]) -> AnyRow:
    """An order that was just made ready is asked about before its first try. Returns its new row."""
    clear(unit, row.id, RESTORED)
    alarms.raise_alarm(unit, UNKNOWN, subject(row.id), shown(row), severity="warning")
    return steps.move(unit, row, OrderEvent.ASK_FIRST, told=told)
