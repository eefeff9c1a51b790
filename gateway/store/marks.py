"""Small named facts that survive a restart: cursors, due times, settings people change at run time."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, delete, insert, select

from gateway.store.schema import dumps, marks

if TYPE_CHECKING:
    from gateway.store.unit import Unit


def get(connection: Connection, company: str, name: str) -> Any | None:
    """The value of mark `name`, or None."""
    value = connection.execute(
        select(marks.c.value).where(marks.c.company == company, marks.c.name == name)
    ).scalar_one_or_none()
    return None if value is None else json.loads(value)


def put(unit: Unit, name: str, value: Any) -> None:
    """Set mark `name` to a JSON value."""
    unit.connection.execute(delete(marks).where(marks.c.company == unit.company, marks.c.name == name))
    unit.connection.execute(insert(marks).values(company=unit.company, name=name, value=dumps(value)))
