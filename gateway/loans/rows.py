"""Rows several people work on: changed by whoever saw them last, and emptied where a machine's table says so."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Integer, LargeBinary, Table, select, update

from gateway.core.errors import Conflict
from gateway.store.schema import AnyRow
from gateway.store.unit import Unit

_LISTS = frozenset({"offers", "basket", "warnings", "hold_reasons"})  # JSON that is never less than a list


def blank(table: Table, names: Iterable[str]) -> dict[str, Any]:
    """What these columns hold when there is nothing to say: what a transition's `clears` sets.

    Raises:
        KeyError: the table has no such column.
    """
    return {name: _nothing(table, name) for name in names}


def _nothing(table: Table, name: str) -> Any:
    column = table.c[name]
    if column.nullable:
        return None
    if isinstance(column.type, LargeBinary):
        return b""
    # sums are BigInteger with an Integer variant, and BigInteger is an Integer
    if isinstance(column.type, Integer):
        return 0
    return "[]" if name in _LISTS else ""


def put(unit: Unit, table: Table, row: AnyRow, **values: Any) -> AnyRow:
    """Change columns of the row the caller has read, and count its version up; returns it as it is now.

    Raises:
        Conflict: `loan.changed` when it was changed since.
    """
    done = unit.connection.execute(
        update(table)
        .where(table.c.id == row.id, table.c.version == row.version)
        .values(**values, version=row.version + 1)
    )
    if done.rowcount != 1:
        raise Conflict("loan.changed")
    return unit.connection.execute(select(table).where(table.c.id == row.id)).one()


def need_version(row: AnyRow, expected: int | None) -> None:
    """Raise unless the row is at the version the caller saw; None for callers that saw none.

    Raises:
        Conflict: `loan.changed`.
    """
    if expected is not None and row.version != expected:
        raise Conflict("loan.changed")
