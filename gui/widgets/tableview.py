"""The table every list uses: paged, sorted by the service, selection kept by id, copyable, with a word when empty."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from typing import Protocol

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QPoint, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QGuiApplication, QKeyEvent, QKeySequence, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QMenu, QStyledItemDelegate, QTableView, QWidget

from gui import icons
from gui.cells import RowRole
from gui.theme import theme
from gui.widgets.delegate import CellDelegate

ROW_HEIGHT = 30


class ColumnLike(Protocol):
    """What the view needs to know of a column; `gui.models.columns.Column` is one."""

    @property
    def key(self) -> str: ...
    @property
    def width(self) -> int: ...
    @property
    def sort(self) -> str: ...
    @property
    def hidden(self) -> bool: ...
    @property
    def title(self) -> Callable[[], str]: ...


class TableView(QTableView):
    """A list of rows.

    Attributes:
        empty_text: what to say when there is nothing.

    Signals:
        picked: another row is current; carries the row's object or None while it loads.
        opened: Enter or double click on a row.
        columns_changed: the person changed widths, order or visibility; time to remember them.
    """

    picked = Signal(object)
    opened = Signal(object)
    columns_changed = Signal()

    def __init__(
        self,
        name: str,
        parent: QWidget | None = None,
        *,
        row_height: float = ROW_HEIGHT,
        delegate: QStyledItemDelegate | None = None,
    ) -> None:
        """`row_height` at zoom 1; a `delegate` of its own makes a list of cards without headings."""
        super().__init__(parent)
        self._row_height = row_height
        self.empty_text = ""
        self.empty_icon = "empty"
        self._wanted_id: str | None = None
        self._wanted_row = 0
        self._columns: list[ColumnLike] = []
        self.setAccessibleName(name)
        self.setItemDelegate(delegate or CellDelegate(self))
        self.horizontalHeader().setVisible(delegate is None)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setAlternatingRowColors(False)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.verticalHeader().hide()
        self.verticalHeader().setMinimumSectionSize(1)
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        head = self.horizontalHeader()
        head.setHighlightSections(False)
        head.setSectionsMovable(True)
        head.setMinimumSectionSize(theme.px(40))
        head.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        head.customContextMenuRequested.connect(self._choose_columns)
        head.sectionResized.connect(self._section_resized)
        head.sectionMoved.connect(lambda *_: self._columns_touched())
        self.doubleClicked.connect(lambda index: self.opened.emit(index.data(RowRole)))
        self._touched = QTimer(self, singleShot=True, interval=400)
        self._touched.timeout.connect(self.columns_changed)
        self._laying_out = False
        theme.changed.connect(self._relayout)

    # --- model -------------------------------------------------------------------------------------------------------

    def show_model(self, model: QAbstractItemModel, columns: list[ColumnLike], *, sort: str = "") -> None:
        """Show `model`; `sort` ("-bank_time") is what the service sorts by at first."""
        self._columns = list(columns)
        self.setModel(model)
        self.selectionModel().currentChanged.connect(self._current_changed)
        head = self.horizontalHeader()
        if sort:
            self.setSortingEnabled(False)
            head.setSectionsClickable(True)
            head.setSortIndicatorShown(True)
            key = sort.removeprefix("-")
            for number, column in enumerate(self._columns):
                if column.sort == key:
                    order = Qt.SortOrder.DescendingOrder if sort[0] == "-" else Qt.SortOrder.AscendingOrder
                    head.setSortIndicator(number, order)
            head.sortIndicatorChanged.connect(self._sort_asked)
        for number, column in enumerate(self._columns):
            self.setColumnHidden(number, column.hidden)
        self._relayout()

    def visible_rows(self) -> tuple[int, int]:
        """First and last row on the screen."""
        first = self.rowAt(0)
        last = self.rowAt(self.viewport().height() - 1)
        count = self.model().rowCount() if self.model() is not None else 0
        return max(first, 0), (last if last >= 0 else max(count - 1, 0))

    def current_row(self) -> object | None:
        index = self.currentIndex()
        found: object | None = index.data(RowRole) if index.isValid() else None
        return found

    def select_row(self, row: int) -> None:
        if 0 <= row < self.model().rowCount():
            self.setCurrentIndex(self.model().index(row, self._first_visible_column()))

    def keep_selection(self, find: Callable[[str], int]) -> None:
        """After rows moved: select the same thing again, or, when it is gone, what now stands in its place."""
        if self._wanted_id is None:
            return
        row = find(self._wanted_id)
        count = self.model().rowCount()
        if row < 0 and count:
            row = min(self._wanted_row, count - 1)
        current = self.currentIndex()
        if current.row() == row:
            self._tell_current()
        elif row >= 0:
            # Without scrolling: rows that arrive above must not move the list under the person's eyes.
            bar = self.verticalScrollBar()
            at = bar.value()
            self.select_row(row)
            bar.setValue(at)

    def _current_changed(self, current: QModelIndex, _previous: QModelIndex) -> None:
        self._wanted_row = max(current.row(), 0)
        self._tell_current()

    def _tell_current(self) -> None:
        row = self.current_row()
        name = getattr(row, "id", None)
        if name is not None:
            self._wanted_id = name
        self.picked.emit(row)

    def forget_selection(self) -> None:
        self._wanted_id = None

    def want(self, name: str) -> None:
        """Select this id as soon as it is there."""
        self._wanted_id = name

    # --- columns -----------------------------------------------------------------------------------------------------

    def column_state(self) -> dict[str, object]:
        head = self.horizontalHeader()
        return {
            "order": [self._columns[head.logicalIndex(i)].key for i in range(head.count())],
            "hidden": [c.key for i, c in enumerate(self._columns) if self.isColumnHidden(i)],
            "widths": {
                c.key: round(self.columnWidth(i) / theme.zoom)
                for i, c in enumerate(self._columns)
                if c.width and not self.isColumnHidden(i)
            },
        }

    def restore_columns(self, state: dict[str, object]) -> None:
        """What `column_state` remembered; unknown columns are ignored."""
        order, hidden, widths = state.get("order"), state.get("hidden"), state.get("widths")
        keys = [c.key for c in self._columns]
        self._laying_out = True
        if isinstance(order, list):
            for place, key in enumerate(k for k in order if k in keys):
                head = self.horizontalHeader()
                head.moveSection(head.visualIndex(keys.index(key)), place)
        if isinstance(hidden, list):
            for number, key in enumerate(keys):
                self.setColumnHidden(number, key in hidden)
        if isinstance(widths, dict):
            for key, width in widths.items():
                if key in keys and isinstance(width, int):
                    self.setColumnWidth(keys.index(key), theme.px(width))
        self._laying_out = False

    def _relayout(self) -> None:
        self.verticalHeader().setDefaultSectionSize(theme.px(self._row_height))
        self._laying_out = True
        digit = self.fontMetrics().horizontalAdvance("0")
        head = self.horizontalHeader()
        for number, column in enumerate(self._columns):
            if column.width:
                head.setSectionResizeMode(number, QHeaderView.ResizeMode.Interactive)
                self.setColumnWidth(number, digit * column.width + theme.px(22))
            else:
                head.setSectionResizeMode(number, QHeaderView.ResizeMode.Stretch)
        self._laying_out = False
        self.viewport().update()

    def _section_resized(self, section: int, _old: int, _new: int) -> None:
        # The column that takes the rest changes with the window; that is nobody's wish to remember.
        if 0 <= section < len(self._columns) and self._columns[section].width:
            self._columns_touched()

    def _columns_touched(self) -> None:
        if not self._laying_out and self.isVisible():
            self._touched.start()

    def _choose_columns(self, where: QPoint) -> None:
        menu = QMenu(self)
        for number, column in enumerate(self._columns):
            action = menu.addAction(column.title())
            action.setCheckable(True)
            action.setChecked(not self.isColumnHidden(number))
            action.toggled.connect(lambda on, number=number: self._show_column(number, on))
        menu.popup(self.horizontalHeader().mapToGlobal(where))

    def _show_column(self, number: int, on: bool) -> None:
        self.setColumnHidden(number, not on)
        self._touched.start()

    def _first_visible_column(self) -> int:
        return next((i for i in range(len(self._columns)) if not self.isColumnHidden(i)), 0)

    def _sort_asked(self, section: int, order: Qt.SortOrder) -> None:
        if 0 <= section < len(self._columns) and self._columns[section].sort:
            self.model().sort(section, order)

    # --- Qt ----------------------------------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Copy):
            QGuiApplication.clipboard().setText(self.selected_text())
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.modifiers() & ~(
            Qt.KeyboardModifier.KeypadModifier
        ):
            if not event.isAutoRepeat():
                self.opened.emit(self.current_row())
        elif event.text().isprintable() and event.text().strip():
            # Letters and digits are the page's keys; Qt would search the first column, row by row, for them.
            event.ignore()
        else:
            super().keyPressEvent(event)

    def keyboardSearch(self, search: str) -> None:
        """Never: it would walk through the whole list."""

    def selected_text(self) -> str:
        """The selected rows with their headings, tab-separated, as a spreadsheet takes them."""
        model = self.model()
        head = self.horizontalHeader()
        order = [head.logicalIndex(i) for i in range(head.count())]
        order = [i for i in order if not self.isColumnHidden(i)]
        sheet = io.StringIO()
        writer = csv.writer(sheet, dialect="excel-tab", lineterminator="\n")
        writer.writerow([model.headerData(i, Qt.Orientation.Horizontal) for i in order])
        for index in sorted(self.selectionModel().selectedRows(), key=lambda i: i.row()):
            writer.writerow([model.index(index.row(), i).data() or "" for i in order])
        return sheet.getvalue()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        model = self.model()
        if model is None or model.rowCount() or not self.empty_text or not getattr(model, "loaded", True):
            return
        painter = QPainter(self.viewport())
        area = self.viewport().rect()
        side = theme.px(40)
        top = max(area.height() // 3 - side, theme.px(24))
        spot = QRectF((area.width() - side) / 2, top, side, side)
        icons.paint(painter, self.empty_icon, spot, theme.tokens.strong_border)
        painter.setPen(QColor(theme.tokens.muted))
        painter.drawText(
            area.adjusted(theme.px(20), top + side + theme.px(10), -theme.px(20), 0),
            Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop | Qt.TextFlag.TextWordWrap,
            self.empty_text,
        )
        painter.end()
