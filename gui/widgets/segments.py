"""A few choices side by side, one of them in force."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QButtonGroup, QPushButton, QWidget

from gui.widgets.parts import button, columns


class Segments(QWidget):
    """Buttons of which one is checked.

    Signals:
        asked: the person wants this key; the page decides whether it comes true and calls `choose`.
    """

    asked = Signal(str)

    def __init__(self, choices: Sequence[tuple[str, str]], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        line = columns(self, gap=0)
        self._group = QButtonGroup(self)
        self.buttons: dict[str, QPushButton] = {}
        self._chosen = ""
        for key, text in choices:
            made = button(text, "segment", slot=partial(self._pressed, key))
            made.setCheckable(True)
            self._group.addButton(made)
            self.buttons[key] = made
            line.addWidget(made)

    def choose(self, key: str) -> None:
        self._chosen = key
        self._group.setExclusive(False)
        for name, made in self.buttons.items():
            made.setChecked(name == key)
        self._group.setExclusive(True)

    def _pressed(self, key: str) -> None:
        before = self._chosen
        self.choose(before)
        if key != before:
            self.asked.emit(key)
