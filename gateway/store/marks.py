"""Small named facts that survive a restart: cursors, due times, settings people change at run time."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import Connection, delete, insert, select

from gateway.store.schema import dumps, marks


def get(connection: Connection, company: str, name: str) -> Any | None:
    """The value of mark `name`, or None."""
    value = connection.execute(
        select(marks.c.value).where(marks.c.company == company, marks.c.name == name)
    ).scalar_one_or_none()
    return None if value is None else json.loads(value)


def put(connection: Connection, company: str, name: str, value: Any) -> None:
    """Set mark `name` to a JSON value."""
    connection.execute(delete(marks).where(marks.c.company == company, marks.c.name == name))
    connection.execute(insert(marks).values(company=company, name=name, value=dumps(value)))
