"""Statements that run a dozen times for each line of a statement, sent straight to the database's driver.

A statement is written with SQLAlchemy and compiled once; from then on SQLAlchemy's own way to the driver, which costs
more than the database's work, is left out. Its rows and its errors are SQLAlchemy's all the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Select, Table, insert
from sqlalchemy.engine.interfaces import Dialect
from sqlalchemy.engine.result import IteratorResult, SimpleResultMetaData
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql.base import Executable
from sqlalchemy.sql.compiler import SQLCompiler

from gateway.store.schema import AnyRow

# What the database keeps is text and whole numbers, so neither parameters nor columns need converting.


class Text:
    """A statement as one driver takes it.

    Args:
        statement: no list as one parameter (`expanding`), nothing the driver has to be told about types.
        columns: the columns an INSERT without values names.
    """

    def __init__(self, statement: Executable, dialect: Dialect, columns: tuple[str, ...] | None = None) -> None:
        compiled = statement.compile(dialect=dialect, column_keys=columns)  # type: ignore[attr-defined]
        assert isinstance(compiled, SQLCompiler)
        assert not compiled.post_compile_params, "a statement whose text depends on its parameters"
        self.sql = str(compiled)
        self._positions = None if compiled.positiontup is None else tuple(compiled.positiontup)
        self._fixed = {name: value for name, value in compiled.params.items() if value is not None}

    def given(self, values: dict[str, Any]) -> Any:
        """The parameters in the driver's shape."""
        if self._fixed:
            values = {**self._fixed, **values}
        return values if self._positions is None else [values[name] for name in self._positions]


def run(connection: Connection, sql: str, given: Any = (), *, many: bool = False) -> Any:
    """Send it; returns the driver's cursor.

    Raises:
        DBAPIError: what SQLAlchemy would raise.
    """
    cursor = connection.connection.cursor()
    try:
        if many:
            cursor.executemany(sql, given)
        else:
            cursor.execute(sql, given)
    except connection.dialect.loaded_dbapi.Error as error:
        dialect = connection.dialect
        raise DBAPIError.instance(sql, None, error, dialect.loaded_dbapi.Error, dialect=dialect) from error
    return cursor


_INSERTS: dict[tuple[Table, tuple[str, ...], str], Text] = {}


def insert_rows(connection: Connection, table: Table, rows: Sequence[dict[str, Any]]) -> None:
    """Insert rows, at least one; all of them name the same columns.

    Raises:
        DBAPIError: what SQLAlchemy would raise.
    """
    key = (table, tuple(rows[0]), connection.dialect.name)
    text = _INSERTS.get(key)
    if text is None:
        text = _INSERTS[key] = Text(insert(table), connection.dialect, key[1])
    if len(rows) == 1:
        run(connection, text.sql, text.given(rows[0]))
    else:
        run(connection, text.sql, [text.given(row) for row in rows], many=True)


class _Compiled:
    """A statement with its text for each dialect it was run on."""

    def __init__(self, statement: Executable) -> None:
        self.statement = statement
        self._texts: dict[str, Text] = {}

    def _run(self, connection: Connection, values: dict[str, Any]) -> Any:
        dialect = connection.dialect
        text = self._texts.get(dialect.name)
        if text is None:
            text = self._texts[dialect.name] = Text(self.statement, dialect)
        return run(connection, text.sql, text.given(values))


class Command(_Compiled):
    """An UPDATE that is run by name of its parameters."""

    def run(self, connection: Connection, **values: Any) -> int:
        """How many rows it changed."""
        return int(self._run(connection, values).rowcount)


class Query(_Compiled):
    """A SELECT that is run by name of its parameters.

    Args:
        statement: of plain columns; see `Text`.
    """

    def __init__(self, statement: Select[Any]) -> None:
        super().__init__(statement)
        self._columns = SimpleResultMetaData([str(column.key) for column in statement.selected_columns])

    def all(self, connection: Connection, **values: Any) -> Sequence[AnyRow]:
        """Every row."""
        return IteratorResult(self._columns, iter(self._fetch(connection, values))).all()

    def first(self, connection: Connection, **values: Any) -> AnyRow | None:
        """The first row, None when there is none."""
        rows = self.all(connection, **values)
        return rows[0] if rows else None

    def one(self, connection: Connection, **values: Any) -> AnyRow:
        """The only row.

        Raises:
            NoResultFound, MultipleResultsFound: as SQLAlchemy does.
        """
        return IteratorResult(self._columns, iter(self._fetch(connection, values))).one()

    def one_or_none(self, connection: Connection, **values: Any) -> AnyRow | None:
        """The only row, None when there is none.

        Raises:
            MultipleResultsFound: as SQLAlchemy does.
        """
        return IteratorResult(self._columns, iter(self._fetch(connection, values))).one_or_none()

    def _fetch(self, connection: Connection, values: dict[str, Any]) -> list[Any]:
        rows: list[Any] = self._run(connection, values).fetchall()
        return rows
