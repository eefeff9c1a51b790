"""A table over a list that lives in the service: 200-row pages on demand, the least recently seen dropped.

Sorting, searching, filtering and counting happen in the service; the model only asks. A reply that belongs to an
older query is dropped, so fast typing never shows yesterday's question's answer.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, QTimer, Signal

from gui.api.client import Call, Client
from gui.api.errors import ApiError
from gui.api.types import Page
from gui.cells import PaintRole, PillRole, RowRole
from gui.models.columns import Column

PAGE = 200
KEPT_PAGES = 50
AT_ONCE = 3
Index = QModelIndex | QPersistentModelIndex

ROOT = QModelIndex()


class PagedModel(QAbstractTableModel):
    """Rows of one list of the API.

    Attributes:
        total: rows of the filtered list.
        counts: rows per filter, as the service counted them.
        loaded: at least one answer has come.

    Signals:
        arrived: a page came; carries its number. `counts` and `total` are fresh.
        failed: a page could not be loaded; carries the `ApiError`.
        renewed: rows may be others now (new query, or refreshed); selection has to be found again by id.
    """

    arrived = Signal(int)
    failed = Signal(object)
    renewed = Signal()

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
        """`fixed`: query parameters of every request (for example kind=call)."""
        super().__init__(parent)
        self.columns = list(columns)
        self.total = 0
        self.counts: dict[str, int] = {}
        self.loaded = False
        self._client = client
        self._path = path
        self._kind = kind
        self._fixed = dict(fixed or {})
        self._query: dict[str, str] = {}
        self._shown_query: dict[str, str] | None = None
        self._pages: OrderedDict[int, tuple[Any, ...]] = OrderedDict()
        self._generation = 0
        self._shown_generation = -1
        self._calls: dict[int, Call] = {}
        self._wanted: OrderedDict[int, None] = OrderedDict()
        self._visible: Callable[[], tuple[int, int]] = lambda: (0, 0)
        # Painting asks for rows one by one; the request leaves when the painting is over, and only for what is
        # still wanted then. So dragging the scroll bar through 100,000 rows asks for a handful of pages.
        self._ask = QTimer(self, singleShot=True, interval=12)
        self._ask.timeout.connect(self._request_wanted)

    # --- query -------------------------------------------------------------------------------------------------------

    @property
    def query(self) -> dict[str, str]:
        return dict(self._query)

    def set_query(self, **values: str) -> None:
        """Change parameters ("state", "q", "sort", …) and load again; the old rows stay until the new ones are here."""
        merged = {k: v for k, v in {**self._query, **values}.items() if v}
        if merged == self._query and self.loaded:
            return
        self._query = merged
        self.reload()

    def watch(self, visible: Callable[[], tuple[int, int]]) -> None:
        """Tell the model how to ask for the first and last row on the screen."""
        self._visible = visible

    def reload(self) -> None:
        """Ask everything anew; what is on the screen stays until the first answer."""
        self._drop_calls()
        if self.loaded and self._query == self._shown_query:
            self.refresh()
            return
        self._generation += 1
        self._request(0)

    def refresh(self) -> None:
        """Something in the list changed: fetch the pages on the screen again, forget the others."""
        if not self.loaded or self._query != self._shown_query:
            self.reload()
            return
        first, last = self._visible()
        shown = range(first // PAGE, last // PAGE + 1)
        for page in [p for p in self._pages if p not in shown]:
            del self._pages[page]
        for page in shown:
            self._calls.pop(page, _NO_CALL).cancel()
            self._request(page)

    # --- rows --------------------------------------------------------------------------------------------------------

    def row(self, number: int) -> Any | None:
        """The row's object if it is here; never loads."""
        page = self._pages.get(number // PAGE)
        offset = number % PAGE
        return page[offset] if page is not None and offset < len(page) else None

    def find(self, name: str) -> int:
        """The row with this id among the pages that are here; -1 when it is not."""
        for page, rows in self._pages.items():
            for offset, row in enumerate(rows):
                if row.id == name:
                    return page * PAGE + offset
        return -1

    def loaded_pages(self) -> list[int]:
        return list(self._pages)

    # --- requests ----------------------------------------------------------------------------------------------------

    def _request_wanted(self) -> None:
        # The newest wishes first: older ones have been scrolled past.
        wishes = list(reversed(self._wanted))[:AT_ONCE]
        self._wanted.clear()
        for page in wishes:
            if page not in self._pages and page not in self._calls:
                self._request(page)

    def _request(self, page: int) -> None:
        generation = self._generation
        query = {**self._fixed, **self._query, "limit": str(PAGE), "offset": str(page * PAGE)}

        def done(answer: Page[Any]) -> None:
            self._calls.pop(page, None)
            if generation == self._generation:
                self._take(page, answer)

        def failed(error: ApiError) -> None:
            self._calls.pop(page, None)
            if generation == self._generation:
                self.failed.emit(error)

        self._calls[page] = self._client.page(self._path, self._kind, done, failed, owner=self, query=query)

    def _drop_calls(self) -> None:
        calls, self._calls = self._calls, {}
        self._wanted.clear()
        for call in calls.values():
            call.cancel()

    def _take(self, page: int, answer: Page[Any]) -> None:
        self.counts = answer.counts
        if self._shown_generation != self._generation:
            self.beginResetModel()
            self._pages.clear()
            self._pages[page] = answer.items
            self.total = answer.total
            self._shown_generation = self._generation
            self._shown_query = dict(self._query)
            self.loaded = True
            self.endResetModel()
        else:
            self._resize(answer.total)
            self._pages[page] = answer.items
            self._pages.move_to_end(page)
            while len(self._pages) > KEPT_PAGES:
                self._pages.popitem(last=False)
            top = self.index(page * PAGE, 0)
            bottom = self.index(min(self.total, page * PAGE + PAGE) - 1, len(self.columns) - 1)
            if top.isValid() and bottom.isValid():
                self.dataChanged.emit(top, bottom)
        self.arrived.emit(page)
        self.renewed.emit()

    def _resize(self, total: int) -> None:
        if total > self.total:
            self.beginInsertRows(QModelIndex(), self.total, total - 1)
            self.total = total
            self.endInsertRows()
        elif total < self.total:
            self.beginRemoveRows(QModelIndex(), total, self.total - 1)
            self.total = total
            for page in [p for p in self._pages if p * PAGE >= total]:
                del self._pages[page]
            self.endRemoveRows()

    # --- Qt ----------------------------------------------------------------------------------------------------------

    def rowCount(self, parent: Index = ROOT) -> int:
        return 0 if parent.isValid() else self.total

    def columnCount(self, parent: Index = ROOT) -> int:
        return 0 if parent.isValid() else len(self.columns)

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Constant: Ctrl+A asks for the flags of every row and must not load the whole list."""
        if not index.isValid():
            return Qt.ItemFlag.NoItemFlags
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemNeverHasChildren

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        column = self.columns[index.column()]
        if role == PaintRole:
            return column.paint
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignRight if column.right else Qt.AlignmentFlag.AlignLeft
            return side | Qt.AlignmentFlag.AlignVCenter
        if role not in _CONTENT_ROLES:
            return None
        page = index.row() // PAGE
        rows = self._pages.get(page)
        if rows is None:
            self._want(page)
            return None
        offset = index.row() % PAGE
        if offset >= len(rows):
            return None
        row = rows[offset]
        if role == RowRole:
            return row
        if role == PillRole:
            return column.pill(row) if column.pill else None
        if role == Qt.ItemDataRole.ToolTipRole:
            return column.tip(row) if column.tip else None
        return column.text(row)

    def _want(self, page: int) -> None:
        self._wanted[page] = None
        self._wanted.move_to_end(page)
        if not self._ask.isActive():
            self._ask.start()

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation != Qt.Orientation.Horizontal or not 0 <= section < len(self.columns):
            return None
        column = self.columns[section]
        if role == Qt.ItemDataRole.DisplayRole:
            return column.title()
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignRight if column.right else Qt.AlignmentFlag.AlignLeft
            return side | Qt.AlignmentFlag.AlignVCenter
        return None

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Ask the service to sort; nothing is sorted here."""
        if 0 <= column < len(self.columns) and self.columns[column].sort:
            mark = "-" if order == Qt.SortOrder.DescendingOrder else ""
            self.set_query(sort=mark + self.columns[column].sort)


_CONTENT_ROLES = (
    Qt.ItemDataRole.DisplayRole,
    Qt.ItemDataRole.ToolTipRole,
    Qt.ItemDataRole.AccessibleTextRole,
    RowRole,
    PillRole,
)


class _NoCall:
    def cancel(self) -> None:
        """There was no call."""


_NO_CALL: Any = _NoCall()
