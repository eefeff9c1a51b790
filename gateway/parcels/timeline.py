"""What happened to a parcel, line by line: read by people, never edited.

The text of a kind stands in the catalogue as "parcel_event.<kind>"; a line's values hold no personal data.
"""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import Connection, select

from gateway.core import catalogue
from gateway.core.ids import new_id
from gateway.parcels.tables import events
from gateway.store.schema import dumps
from gateway.store.unit import Unit

_TOPIC = "parcel_event"


def write(unit: Unit, parcel_id: str, kind: str, /, **values: Any) -> None:
    """Add a line to a parcel's history, and tell the screens.

    Args:
        kind: "entered", "ready", …: its text is the catalogue's "parcel_event.<kind>".
        values: what the text names.

    Raises:
        ValueError: the catalogue has no such text.
    """
    if f"{_TOPIC}.{kind}" not in catalogue.entries():
        raise ValueError(f"the catalogue has no text for {_TOPIC}.{kind}")
    unit.insert(
        events,
        {
            "id": new_id(),
            "company": unit.company,
            "parcel_id": parcel_id,
            "at": unit.at,
            "by": str(unit.actor),
            "kind": kind,
            "details": dumps(values),
        },
    )
    unit.changed("parcels", parcel_id)


def read(connection: Connection, parcel_id: str) -> list[dict[str, Any]]:
    """A parcel's lines, the oldest first: at, by, code, values."""
    rows = connection.execute(select(events).where(events.c.parcel_id == parcel_id).order_by(events.c.id))
    return [
        {"at": row.at, "by": row.by, "code": f"{_TOPIC}.{row.kind}", "values": json.loads(row.details)} for row in rows
    ]
