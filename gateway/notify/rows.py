"""One notification's row: read it, with its parts, and move it through its machine."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, bindparam, select

from gateway.core.errors import Refused
from gateway.notify.model import NOTIFICATION, NotificationEvent, NotificationState
from gateway.notify.tables import notifications, parts
from gateway.store.driver import Query
from gateway.store.schema import AnyRow
from gateway.store.unit import Unit

_BY_ID = Query(
    select(notifications).where(notifications.c.company == bindparam("company"), notifications.c.id == bindparam("id"))
)
_PARTS = Query(
    select(parts.c.part, parts.c.outer_id, parts.c.state)
    .where(parts.c.notification_id == bindparam("id"))
    .order_by(parts.c.part)
)


def read(connection: Connection, company: str, notification_id: str) -> AnyRow:
    """The row.

    Raises:
        Refused: `notify.not_found`.
    """
    row = _BY_ID.one_or_none(connection, company=company, id=notification_id)
    if row is None:
        raise Refused("notify.not_found", id=notification_id)
    return row


def parts_of(connection: Connection, notification_id: str) -> Sequence[AnyRow]:
    """Its parts in order: `part`, `outer_id`, `state`."""
    return _PARTS.all(connection, id=notification_id)


def move(unit: Unit, row: AnyRow, event: NotificationEvent, **values: Any) -> NotificationState:
    """Let `event` happen to the row, with other columns it changes.

    Returns:
        The new state.

    Raises:
        Refused: `state.illegal`.
    """
    state = NOTIFICATION.step(NotificationState(row.state), event).to
    ended = {"ended_at": unit.at} if state in NOTIFICATION.final else {}
    unit.update(notifications, row.id, state=state.value, version=row.version + 1, **ended, **values)
    if state in NOTIFICATION.final or state is NotificationState.UNKNOWN:
        reason = values.get("reason", row.reason)
        unit.journal(f"notification.{state.value}", f"notification:{row.id}", about=row.about, reason=reason)
    unit.changed("notifications", row.id)
    return state
