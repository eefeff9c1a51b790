"""What was done about a shop, from the journal: when it was taken in, what was changed, why it was suspended."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, select

from gateway.api.reads.texts import said
from gateway.store.schema import AnyRow, journal

LIMIT = 100
_TOLD = {
    "shop.registered": "registered",
    "shop.amended": "amended",
    "shop.access_given": "access_given",
    "shop.access_revoked": "access_revoked",
}
_MOVED = "shop.moved"


def of_shop(connection: Connection, company: str, shop_id: str) -> list[dict[str, Any]]:
    """The newest LIMIT things done about a shop, the newest first."""
    rows = connection.execute(
        select(journal.c.at, journal.c.kind, journal.c.actor, journal.c.body)
        .where(
            journal.c.company == company,
            journal.c.subject == f"shop:{shop_id}",
            journal.c.kind.in_((*_TOLD, _MOVED)),
        )
        .order_by(journal.c.seq.desc())
        .limit(LIMIT)
    )
    return [_item(row) for row in rows]


def _item(row: AnyRow) -> dict[str, Any]:
    body: dict[str, Any] = json.loads(row.body)
    event = str(body["event"]) if row.kind == _MOVED else _TOLD[row.kind]
    words = "registered_itself" if body.get("itself") else event
    return {
        "at": row.at,
        "by": row.actor,
        "event": event,
        **said(f"api.shop_history.{words}", {"name": body.get("name", "")}),
        "note": body.get("reason", ""),
        "changes": _changes(body.get("before", {}), body.get("after", {})),
    }


def _changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[dict[str, str]]:
    """What of the particulars is another one, as the columns keep it."""
    return [
        {"field": name, "before": str(value), "after": str(after.get(name, ""))}
        for name, value in before.items()
        if value != after.get(name)
    ]
