"""What happened to an application, line by line: read by people, never edited.

The text of a kind stands in the catalogue as "loan.<kind>"; a line's values hold no personal data.
"""

from __future__ import annotations

from typing import Any

from gateway.core import catalogue
from gateway.core.ids import new_id
from gateway.loans.tables import events
from gateway.store.schema import dumps
from gateway.store.unit import Unit


def write(unit: Unit, application_id: str, kind: str, /, **values: Any) -> None:
    """Add a line to an application's history, and tell the screens.

    Args:
        kind: "applied", "submitted", …: its text is the catalogue's "loan.<kind>".
        values: what the text names.

    Raises:
        ValueError: the catalogue has no such text.
    """
    if f"loan.{kind}" not in catalogue.entries():
        raise ValueError(f"the catalogue has no text for loan.{kind}")
    unit.insert(
        events,
        {
            "id": new_id(),
            "company": unit.company,
            "application_id": application_id,
            "at": unit.at,
            "by": str(unit.actor),
            "kind": kind,
            "values": dumps(values),
        },
    )
    unit.changed("loans", application_id)
