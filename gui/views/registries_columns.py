"""The first rows of a partner's file, with what each column means above it."""

from __future__ import annotations

from collections.abc import Container, Sequence
from functools import partial
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor, QFont
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QFrame,
    QHeaderView,
    QLineEdit,
    QTableWidget,
    QTableWidgetItem,
    QWidget,
)

from gui import wording
from gui.api.types import ReadRegistry, RegistryPreview, ShownRow
from gui.i18n import translate
from gui.models.registry_mapping import (
    NO_HEADINGS,
    PLACES,
    ROLES,
    USUAL,
    Place,
    Reading,
    place_title,
    role_title,
)
from gui.theme import theme
from gui.widgets.flow import Flow
from gui.widgets.parts import columns, dress, label, rows

NARROWEST, WIDEST = 110, 260


class PlaceEditor(QWidget):
    """Where number or date of the registry stands. What to look for is asked only where nothing was found.

    Attributes:
        found: what stands there.

    Signals:
        changed: the person chose another place or wrote another pattern.
    """

    changed = Signal()

    def __init__(self, fact: str, title: str) -> None:
        super().__init__()
        self._fact = fact
        self._place = Place()
        self._by_hand = False
        line = columns(self, gap=5)
        line.addWidget(label(title, "muted"))
        self.kind = QComboBox()
        self.kind.setAccessibleName(title)
        for place in PLACES:
            self.kind.addItem(place_title(place), place)
        self.pattern = QLineEdit()
        self.pattern.setAccessibleName(translate("Registries", "{fact}: what it looks like").format(fact=title))
        self.pattern.setToolTip(
            translate("Registries", "A regular expression; what it finds in the first brackets counts.")
        )
        self.pattern.setFixedWidth(theme.px(150))
        self.found = label("", "heading")
        line.addWidget(self.kind)
        line.addWidget(self.pattern)
        line.addWidget(self.found)
        self.kind.activated.connect(self._chosen)
        self.pattern.textEdited.connect(self._typed)

    def show_place(self, place: Place) -> None:
        self._place = place
        self.kind.setCurrentIndex(PLACES.index(place.kind))
        if self.pattern.text() != place.pattern:
            self.pattern.setText(place.pattern)
        self._show_pattern()

    def tell(self, found: str) -> None:
        """What the service found there; "" for nothing."""
        self.found.setText(found)
        self._show_pattern()

    def _show_pattern(self) -> None:
        wanted = self._by_hand or not self.found.text()
        self.pattern.setVisible(wanted and self._place.kind != "column")

    def _chosen(self, _index: int) -> None:
        self._by_hand = True
        self.found.clear()
        self._place.kind = self.kind.currentData()
        self._place.pattern = USUAL.get((self._fact, self._place.kind), "")
        self.show_place(self._place)
        self.changed.emit()

    def _typed(self, text: str) -> None:
        self._place.pattern = text
        self.changed.emit()


class ColumnsEditor(QFrame):
    """Attributes:
    table: the rows; its first row holds one choice per column.
    roles: those choices, by column.

    Signals:
    changed: the person gave something another meaning.
    """

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.reading: Reading | None = None
        self.roles: list[QComboBox] = []
        self._rows: tuple[ShownRow, ...] = ()
        stack = rows(self, gap=6)
        self.table = QTableWidget()
        self.table.setAccessibleName(translate("Registries", "First rows of the file, what each column means above"))
        self.table.horizontalHeader().hide()
        self.table.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.table.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.table.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.table.setMinimumHeight(theme.px(170))
        stack.addWidget(self.table, 1)
        self._below = QWidget()
        line = Flow(self._below, gap=10)
        for widget in self._choices():
            line.addWidget(widget)
        stack.addWidget(self._below)
        self.clear()

    def _choices(self) -> list[QWidget]:
        self.headings = QComboBox()
        self.headings.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.headings.activated.connect(self._headings_chosen)
        self.number = PlaceEditor("number", translate("Registries", "Number"))
        self.date = PlaceEditor("date", translate("Registries", "Date"))
        for editor in (self.number, self.date):
            editor.changed.connect(self._place_chosen)
        self.unit = QComboBox()
        self.unit.addItem(translate("Registries", "roubles"), "roubles")
        self.unit.addItem(translate("Registries", "kopecks"), "kopecks")
        self.unit.activated.connect(self._unit_chosen)
        self.fee_percent = QLineEdit()
        self.fee_percent.setFixedWidth(theme.px(56))
        self.fee_percent.textEdited.connect(self._fee_typed)
        return [
            _named(translate("Registries", "Headings"), self.headings),
            self.number,
            self.date,
            _named(translate("Registries", "Sums in"), self.unit),
            _named(translate("Registries", "Fee, % of each sum"), self.fee_percent),
        ]

    # --- what is shown -----------------------------------------------------------------------------------------------

    def clear(self) -> None:
        self.reading = None
        self.table.clear()
        self.table.setRowCount(0)
        self.table.setColumnCount(0)
        self.roles = []
        self._below.setEnabled(False)

    def show_file(self, preview: RegistryPreview, reading: Reading) -> None:
        """The rows of the file, read like this."""
        self.reading = reading
        self._rows = preview.rows
        self._below.setEnabled(True)
        self._fill()
        self.headings.clear()
        self.headings.addItem(translate("Registries", "no row of headings"), NO_HEADINGS)
        for row in self._rows:
            text = translate("Registries", "row {n}").format(n=row.number) if row.number else _in_file()
            self.headings.addItem(text, row.number)
        self._dress()

    def _fill(self) -> None:
        assert self.reading is not None
        wide = len(self.reading.roles)
        self.table.setColumnCount(wide)
        self.table.setRowCount(len(self._rows) + 1)
        numbers = ["", *(str(row.number or "—") for row in self._rows)]
        self.table.setVerticalHeaderLabels(numbers)
        for at, row in enumerate(self._rows, start=1):
            for column in range(wide):
                text = row.cells[column] if column < len(row.cells) else ""
                item = QTableWidgetItem(text)
                item.setToolTip(text)
                self.table.setItem(at, column, item)
        self.roles = []
        for column in range(wide):
            choice = QComboBox()
            choice.setAccessibleName(translate("Registries", "Meaning of column {n}").format(n=column + 1))
            for role in ROLES:
                choice.addItem(role_title(role), role)
            choice.activated.connect(partial(self._role_chosen, column))
            self.roles.append(choice)
            self.table.setCellWidget(0, column, choice)
        self.table.setRowHeight(0, theme.px(38))
        for at in range(1, len(self._rows) + 1):
            self.table.setRowHeight(at, theme.px(24))
        self.table.resizeColumnsToContents()
        for column in range(wide):
            width = max(theme.px(NARROWEST), min(self.table.columnWidth(column), theme.px(WIDEST)))
            self.table.setColumnWidth(column, width)

    def _dress(self) -> None:
        """Show the reading: the choices, the row of headings, columns that mean nothing in grey."""
        reading = self.reading
        if reading is None:
            return
        head = next((row.number for row in self._rows if row.cells == reading.headings), NO_HEADINGS)
        self.headings.setCurrentIndex(max(self.headings.findData(head), 0))
        for column, (choice, role) in enumerate(zip(self.roles, reading.roles, strict=True)):
            choice.setCurrentIndex(ROLES.index(role))
            dress(choice, chosen="true" if role else "false")
            for at, row in enumerate(self._rows, start=1):
                item = self.table.item(at, column)
                if item is not None:
                    is_head = row.number == head
                    face = QFont(self.font())
                    face.setBold(is_head)
                    item.setFont(face)
                    item.setForeground(QColor(theme.tokens.text if role or is_head else theme.tokens.muted))
                    item.setBackground(QColor(theme.tokens.stripe if is_head else theme.tokens.surface))
        self.number.show_place(reading.number)
        self.date.show_place(reading.date)
        self.unit.setCurrentIndex(self.unit.findData(reading.unit))
        if self.fee_percent.text() != reading.fee_percent:
            self.fee_percent.setText(reading.fee_percent)
        self.fee_percent.setEnabled("fee" not in reading.roles)

    def tell(self, found: Sequence[ReadRegistry], lacking: Container[str]) -> None:
        """What the file comes to, read so; `lacking` "number" or "date", what to look for is asked."""
        if found or "number" in lacking:
            self.number.tell(", ".join(one.number for one in found))
        if found or "date" in lacking:
            self.date.tell(", ".join(dict.fromkeys(wording.day(one.date) for one in found)))

    # --- what the person chooses -------------------------------------------------------------------------------------

    def mapping(self) -> dict[str, Any] | None:
        """In the service's form; None while something is missing."""
        return self.reading.mapping() if self.reading is not None else None

    def missing(self) -> list[str]:
        return self.reading.missing() if self.reading is not None else []

    def _role_chosen(self, column: int, _index: int) -> None:
        if self.reading is not None:
            self.reading.assign(column, self.roles[column].currentData())
            self._told()

    def _headings_chosen(self, _index: int) -> None:
        if self.reading is not None:
            chosen = self.headings.currentData()
            self.reading.use_headings(next((row for row in self._rows if row.number == chosen), None))
            self._told()

    def _place_chosen(self) -> None:
        if self.reading is None:
            return
        for fact, place in (("number", self.reading.number), ("date", self.reading.date)):
            if place.kind != "column" and fact in self.reading.roles:
                self.reading.roles[self.reading.roles.index(fact)] = ""
        self._told()

    def _unit_chosen(self, _index: int) -> None:
        if self.reading is not None:
            self.reading.unit = self.unit.currentData()
            self._told()

    def _fee_typed(self, text: str) -> None:
        if self.reading is not None:
            self.reading.fee_percent = text
            self._told()

    def _told(self) -> None:
        self._dress()
        self.changed.emit()


def _named(title: str, editor: QWidget) -> QWidget:
    holder = QWidget()
    line = columns(holder, gap=5)
    line.addWidget(label(title, "muted"))
    line.addWidget(editor)
    editor.setAccessibleName(title)
    return holder


def _in_file() -> str:
    return translate("Registries", "as the file names them")
