"""Lists in slices: by offset for a scroll bar that jumps, by key for programs that walk the whole list.

A slice is cut in two steps: first the ids, from an index alone where there is one, then the rows of those ids. So a
jump to row 99,800 skips index entries and not joined rows.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, select, tuple_

from gateway.api.errors import BadRequest
from gateway.core.errors import Refused
from gateway.core.money import Money
from gateway.core.text import fold

MAX_LIMIT = 500
DEFAULT_LIMIT = 200
_SUM = re.compile(r"\d{1,3}(?:[ \u00a0\u202f]\d{3})+(?:[.,]\d{1,2})?|\d+,\d{1,2}")


@dataclass(frozen=True, slots=True)
class Window:
    """Which part of a list is asked for.

    Attributes:
        after: cursor of the last row the caller has, "" for none; excludes `offset`.
        sort: key of the list's sort table, "-" before it for descending, "" for the list's own order.
        q: what somebody typed into the search field.
    """

    limit: int = DEFAULT_LIMIT
    offset: int = 0
    after: str = ""
    sort: str = ""
    q: str = ""


@dataclass(frozen=True, slots=True)
class Cut:
    """The ids of a slice, in order, and the cursor behind them (None at the end of the list)."""

    ids: list[str]
    next: str | None


@dataclass(frozen=True, slots=True)
class Listing:
    """How a list may be walked.

    Attributes:
        id: the column that names a row and settles ties.
        sorts: key → expression; must never be NULL.
        default: sort of a caller who names none.
        joins: key → condition that ties in the table of its expression, where that is another table.
    """

    id: ColumnElement[str]
    sorts: Mapping[str, ColumnElement[Any]]
    default: str
    joins: Mapping[str, ColumnElement[bool]] = field(default_factory=dict)

    @property
    def choices(self) -> list[str]:
        """Every value `Window.sort` may have."""
        return [sign + key for key in self.sorts for sign in ("", "-")]

    def cut(self, connection: Connection, where: Sequence[ColumnElement[bool]], window: Window) -> Cut:
        """The ids of one slice.

        Raises:
            BadRequest: `api.unknown_sort`, `api.bad_cursor`, `api.offset_and_after`.
        """
        sort = window.sort or self.default
        key = sort.removeprefix("-")
        down = sort.startswith("-")
        by = self.sorts.get(key)
        if by is None:
            raise BadRequest("api.unknown_sort", sort=sort[:40], known=", ".join(self.sorts))
        if window.after and window.offset:
            raise BadRequest("api.offset_and_after")
        query: Select[Any] = select(self.id, by).where(*where)
        if key in self.joins:
            query = query.where(self.joins[key])
        if window.after:
            query = query.where(self._behind(by, down, read_cursor(window.after, sort)))
        order = (by.desc(), self.id.desc()) if down else (by.asc(), self.id.asc())
        query = query.order_by(*order).limit(window.limit + 1)
        if window.offset:
            query = query.offset(window.offset)
        rows = connection.execute(query).all()
        more = len(rows) > window.limit
        rows = rows[: window.limit]
        cursor = write_cursor(sort, rows[-1][1], rows[-1][0]) if more else None
        return Cut([row[0] for row in rows], cursor)

    def _behind(self, by: ColumnElement[Any], down: bool, cursor: tuple[str | int, str]) -> ColumnElement[bool]:
        value, row_id = cursor
        if by.type.python_type is not type(value):
            raise BadRequest("api.bad_cursor")
        here = tuple_(by, self.id)
        there = tuple_(value, row_id)
        return here < there if down else here > there


def write_cursor(sort: str, value: str | int, row_id: str) -> str:
    """The cursor behind a row of a list in this sort."""
    text = json.dumps([sort, value, row_id], ensure_ascii=False, separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def read_cursor(text: str, sort: str) -> tuple[str | int, str]:
    """The sort value and the id of the row a cursor stands behind.

    Raises:
        BadRequest: `api.bad_cursor`, also for one of another sort.
    """
    try:
        raw = json.loads(base64.urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4)))
        of_sort, value, row_id = raw
        whole = isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**63
        if of_sort != sort or not isinstance(row_id, str) or not (whole or isinstance(value, str)):
            raise ValueError
        # A lone surrogate can be written in JSON and in no database.
        f"{value}{row_id}".encode()
    except (ValueError, TypeError, binascii.Error) as error:
        raise BadRequest("api.bad_cursor") from error
    if "\0" in f"{value}{row_id}":
        raise BadRequest("api.bad_cursor")
    return value, row_id


def searched(column: ColumnElement[str], q: str) -> list[ColumnElement[bool]]:
    """Conditions under which `column` (folded text) has every word of `q`.

    A sum in the Russian way ("12 500,00") is looked up as it stands in the search text ("12500.00").
    """
    typed = q.strip()
    if _SUM.fullmatch(typed):
        # What is longer than any sum is searched as the digits it is.
        with suppress(Refused):
            typed = Money.parse(typed).decimal_text()
    return [column.contains(word, autoescape=True) for word in dict.fromkeys(fold(typed).split())]


def in_order(ids: Sequence[str], rows: Mapping[str, Any]) -> list[Any]:
    """`rows` in the order of `ids`; a row that vanished in between is left out."""
    return [rows[row_id] for row_id in ids if row_id in rows]
