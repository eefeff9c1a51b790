"""The panel of a thing with lines: its facts above, its lines in a table below, buttons at the foot."""

from __future__ import annotations

from typing import Any, Protocol

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QFrame, QWidget

from gui.widgets.parts import clear, columns, frame, label, rows, scroller
from gui.widgets.tableview import TableView

SETTLE_MS = 50
"""A list walked through by the arrow keys asks for the row it stops at, and not for every one."""
NO_BREAK = "\u00a0"


class Versioned(Protocol):
    """A thing the service keeps, or its row in a list."""

    @property
    def id(self) -> str: ...
    @property
    def version(self) -> int: ...


class RecordPanel(QFrame):
    """Subclasses load the thing in `load`, put it into `record` and draw it in `draw`.

    Attributes:
        record: the thing on the screen. box: where its facts go. table, lines_title, lines_head: of its lines.
        foot, foot_line: where its buttons go.

    Signals:
        refused: an `ApiError`.
        go: to another page (key), on one thing (id).
    """

    refused = Signal(object)
    go = Signal(str, str)

    def __init__(self, lines: str, no_lines: str, shares: tuple[int, int], parent: QWidget | None = None) -> None:
        """
        Args:
            lines: what the table of lines is called; `no_lines` what it says when there are none.
            shares: of the height, for the facts and for the lines.
        """
        super().__init__(parent)
        self.setProperty("role", "panel")
        self.record: Any = None
        self._name = ""
        self._settle = QTimer(self, singleShot=True, interval=SETTLE_MS)
        self._settle.timeout.connect(self.load)
        whole = rows(self, gap=0)
        body = QWidget()
        self.box = rows(body, gap=7, margin=14)
        self._scroll = scroller(body)
        whole.addWidget(self._scroll, shares[0])
        self._area = QWidget()
        stack = rows(self._area, gap=0)
        self.lines_head = columns(gap=8, margin=7)
        self.lines_title = label("", "section")
        self.lines_head.addWidget(self.lines_title, 1)
        stack.addLayout(self.lines_head)
        self.table = TableView(lines)
        self.table.empty_text = no_lines
        stack.addWidget(self.table, 1)
        whole.addWidget(self._area, shares[1])
        self.foot = frame("foot")
        self.foot_line = columns(self.foot, gap=8, margin=9)
        whole.addWidget(self.foot)

    # --- for subclasses ----------------------------------------------------------------------------------------------

    def load(self) -> None:
        """Ask for the thing named `name`."""
        raise NotImplementedError

    def forget(self) -> None:
        """Another thing is to be shown; what belonged to the one before is put away."""

    def draw(self) -> None:
        """Draw `record`."""
        raise NotImplementedError

    # --- which one ---------------------------------------------------------------------------------------------------

    @property
    def name(self) -> str:
        """Id of the thing shown; "" when none is."""
        return self._name

    def show_row(self, row: Versioned | None) -> None:
        """Show the thing of a list's row; it is loaded only when it is another, or has changed."""
        if row is None:
            self._name, self.record = "", None
            self.settled()
            self.draw()
            return
        same = self.record is not None and (self.record.id, self.record.version) == (row.id, row.version)
        if row.id != self._name or not same:
            self.show_name(row.id)

    def show_name(self, name: str) -> None:
        if name != self._name:
            self._name, self.record = name, None
            self.forget()
        self._settle.start()

    def reload(self) -> None:
        if self._name:
            self._settle.start()

    def settled(self) -> None:
        """A look that is still due is not wanted any more."""
        self._settle.stop()

    # --- drawing -----------------------------------------------------------------------------------------------------

    def begin(self, choose: str) -> bool:
        """Clear the panel; where there is no thing, say `choose` and answer False."""
        clear(self.box)
        self._area.setVisible(self.record is not None)
        if self.record is not None:
            return True
        empty = label(choose, "muted", wrap=True)
        empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.box.addWidget(empty, 1)
        return False

    def headline(self, title: str, amount: str) -> None:
        """The thing's name and its sum, side by side."""
        line = columns(gap=8)
        line.addWidget(label(title.replace("№ ", f"№{NO_BREAK}"), "title", wrap=True), 1)
        line.addWidget(label(amount, "sum", select=True), 0, Qt.AlignmentFlag.AlignTop)
        self.box.addLayout(line)

    def to_top(self) -> None:
        self._scroll.verticalScrollBar().setValue(0)
