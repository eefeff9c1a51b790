"""A table over a list the service hands out from a mark onwards: it grows while the person scrolls down.

Such a list cannot be entered in the middle, and needs not: 100,000 rows are narrowed by filters, not scrolled through.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from PySide6.QtCore import QObject

from gui.api.client import Client
from gui.api.errors import ApiError
from gui.api.types import Page
from gui.models.columns import Column
from gui.models.paged import PAGE, ROOT, Index, PagedModel


class CursorModel(PagedModel):
    """Attributes:
    total: rows that are here or were here; the table's length.
    whole: rows of the filtered list in the service.
    """

    def __init__(
        self,
        client: Client,
        path: str,
        kind: type[Any],
        columns: Sequence[Column],
        parent: QObject | None = None,
        *,
        fixed: dict[str, str] | None = None,
    ) -> None:
        super().__init__(client, path, kind, columns, parent, fixed=fixed)
        self.whole = 0
        self._marks: dict[int, str] = {}

    def canFetchMore(self, parent: Index = ROOT) -> bool:
        page = self._next_page()
        return not parent.isValid() and page in self._marks and page not in self._calls

    def fetchMore(self, parent: Index = ROOT) -> None:
        """The table is scrolled to its end."""
        if self.canFetchMore(parent):
            self._request(self._next_page())

    def _next_page(self) -> int:
        return -(-self.total // PAGE)

    def _request(self, page: int) -> None:
        mark = self._marks.get(page, "")
        if page and not mark:
            return
        generation = self._generation
        query = {**self._fixed, **self._query, "limit": str(PAGE), "after": mark}

        def done(answer: Page[Any]) -> None:
            self._calls.pop(page, None)
            if generation == self._generation:
                self._take(page, answer)

        def failed(error: ApiError) -> None:
            self._calls.pop(page, None)
            if generation == self._generation:
                self.failed.emit(error)

        self._calls[page] = self._client.page(self._path, self._kind, done, failed, owner=self, query=query)

    def _take(self, page: int, answer: Page[Any]) -> None:
        fresh = self._shown_generation != self._generation
        self.whole = answer.total
        rows = page * PAGE + len(answer.items)
        if fresh:
            self._marks.clear()
        if answer.next is None:
            self._marks = {number: mark for number, mark in self._marks.items() if number <= page}
        else:
            moved = self._marks.get(page + 1) not in (None, answer.next)
            self._marks[page + 1] = answer.next
            if moved and page + 1 in self._pages:
                # A row came or went above: the pages below begin elsewhere now.
                self._request(page + 1)
            if not fresh:
                rows = max(rows, self.total)
        super()._take(page, replace(answer, total=rows))
