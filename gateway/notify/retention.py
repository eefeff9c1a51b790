"""Whom messages went to and what they said is removed in time; that they went, and every word of consent, stays."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select, update

from gateway.core.clock import to_text
from gateway.notify.model import NotificationState
from gateway.notify.tables import notifications
from gateway.notify.terms import NotifyTerms
from gateway.store.unit import Unit

_AT_ONCE = 500
_UNDER_WAY = (NotificationState.QUEUED.value, NotificationState.SENDING.value)


def purge_due(unit: Unit, terms: NotifyTerms) -> int:
    """Clear addresses and texts of messages made `terms.retention_days` ago. At most 500 in one go; call again until
    it returns 0.

    Returns:
        How many messages were cleared.
    """
    due = unit.connection.execute(
        select(notifications.c.id)
        .where(
            notifications.c.company == unit.company,
            notifications.c.address != "",
            notifications.c.made_at < to_text(unit.now - timedelta(days=terms.retention_days)),
            notifications.c.state.not_in(_UNDER_WAY),
        )
        .order_by(notifications.c.made_at)
        .limit(_AT_ONCE)
    ).scalars()
    ids = [str(each) for each in due]
    if ids:
        unit.connection.execute(
            update(notifications)
            .where(notifications.c.id.in_(ids))
            .values(
                address="", subject="", body="", note="", unsubscribe="",
                fallback_address="", fallback_subject="", fallback_body="",
            )
        )  # fmt: skip
        unit.journal("notification.purged", "notifications", count=len(ids))
    return len(ids)
