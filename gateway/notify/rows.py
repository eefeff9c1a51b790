"""One notification's row: read it, move it through its machine."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, select

from gateway.core.errors import Refused
from gateway.notify.model import NOTIFICATION, NotificationEvent, NotificationState
from gateway.notify.tables import notifications
from gateway.store.schema import AnyRow
from gateway.store.unit import Unit


def read(connection: Connection, company: str, notification_id: str) -> AnyRow:
    """The row.

    Raises:
        Refused: `notify.not_found`.
    """
    row = connection.execute(
        select(notifications).where(notifications.c.company == company, notifications.c.id == notification_id)
    ).one_or_none()
    if row is None:
        raise Refused("notify.not_found", id=notification_id)
    return row


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
