"""Rows as a SELECT gives them, through a real table: what reads them meets the columns' real names and types."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Table, create_engine, insert, select

from gateway.store.schema import AnyRow


def selected(table: Table, *values: dict[str, Any]) -> list[AnyRow]:
    """The rows of `table` after inserting `values`, in that order."""
    engine = create_engine("sqlite://")
    try:
        with engine.begin() as connection:
            table.create(connection)
            for row in values:
                connection.execute(insert(table).values(**row))
            return list(connection.execute(select(table).order_by(table.c.id)))
    finally:
        engine.dispose()
