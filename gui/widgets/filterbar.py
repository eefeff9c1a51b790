"""Search and filter chips with their counts. It only says what is wanted; the service searches, filters and counts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QButtonGroup, QLineEdit, QPushButton, QSizePolicy, QWidget

from gui import icons
from gui.i18n import translate
from gui.theme import theme
from gui.widgets.flow import Flow
from gui.widgets.parts import button, dress

TYPING_MS = 180


class FilterBar(QWidget):
    """One search field and one chip per filter.

    Signals:
        searched: the words, once typing pauses or Enter is pressed.
        filtered: the chosen filter's key.
        left: the person goes down from the field into the list.
    """

    searched = Signal(str)
    filtered = Signal(str)
    left = Signal()

    def __init__(
        self,
        filters: Sequence[str],
        title: Callable[[str], str],
        placeholder: str,
        *,
        tones: dict[str, str] | None = None,
        always: Sequence[str] = (),
        field_width: float = 285,
        parent: QWidget | None = None,
    ) -> None:
        """`tones`: colours of chips that have rows; `always`: chips shown even when they count nothing."""
        super().__init__(parent)
        self._title = title
        self._tones = tones or {}
        self._always = set(always) | {filters[0]}
        self._counts: dict[str, int] = {}
        self.field = QLineEdit()
        self.field.setPlaceholderText(placeholder)
        self.field.setAccessibleName(translate("FilterBar", "Search"))
        self.field.setClearButtonEnabled(True)
        self.field.setToolTip(f"{placeholder} (Ctrl+F)")
        self.field.setFixedWidth(theme.px(field_width))
        self._lens = self.field.addAction(
            icons.icon("search", theme.tokens.muted), QLineEdit.ActionPosition.LeadingPosition
        )
        self.field.installEventFilter(self)
        self._typing = QTimer(self, singleShot=True, interval=TYPING_MS)
        self._typing.timeout.connect(self._search)
        self.field.textChanged.connect(lambda: self._typing.start())
        self.field.returnPressed.connect(self._search)

        line = Flow(self, gap=6)
        line.addWidget(self.field)
        self._group = QButtonGroup(self)
        self._group.setExclusive(True)
        self.chips: dict[str, QPushButton] = {}
        for key in filters:
            chip = button(title(key), "chip", slot=partial(self.filtered.emit, key))
            chip.setCheckable(True)
            self._group.addButton(chip)
            self.chips[key] = chip
            line.addWidget(chip)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        theme.changed.connect(self._themed)

    def choose(self, key: str) -> None:
        """Check the chip without telling anybody."""
        if key in self.chips:
            self.chips[key].setChecked(True)
            self._show_chips()

    @property
    def chosen(self) -> str:
        return next((k for k, chip in self.chips.items() if chip.isChecked()), "")

    def count(self, counts: dict[str, int]) -> None:
        """Show the service's numbers; a filter without rows steps back unless it is chosen."""
        self._counts = dict(counts)
        self._show_chips()

    def _show_chips(self) -> None:
        for key, chip in self.chips.items():
            number = self._counts.get(key)
            text = self._title(key) if not number else f"{self._title(key)} · {_grouped(number)}"
            if chip.text() != text:
                chip.setText(text)
            chip.setAccessibleName(text)
            dress(chip, tone=self._tones.get(key, "") if number else "")
            chip.setVisible(bool(number) or key in self._always or chip.isChecked())

    def focus_search(self) -> None:
        self.field.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.field.selectAll()

    def clear_search(self) -> bool:
        """Empty the field; False when it was empty."""
        had = bool(self.field.text())
        self.field.clear()
        return had

    def _search(self) -> None:
        self._typing.stop()
        self.searched.emit(self.field.text().strip())

    def _themed(self) -> None:
        self._lens.setIcon(icons.icon("search", theme.tokens.muted))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.field and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if event.key() == Qt.Key.Key_Down:
                self._search()
                self.left.emit()
                return True
            if event.key() == Qt.Key.Key_Escape:
                self.field.clear()
                self.left.emit()
                return True
        return super().eventFilter(watched, event)


def _grouped(number: int) -> str:
    return f"{number:,}".replace(",", "\u00a0")
