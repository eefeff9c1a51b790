"""All keys on one sheet (Ctrl+/), made from the registry of commands."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QDialog, QGridLayout, QWidget

from gui.actions import COMMANDS, page_keys
from gui.i18n import translate
from gui.theme import theme
from gui.widgets.parts import button, columns, label, rows


class KeysSheet(QDialog):
    """Read it, press Esc."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(translate("Keys", "Keys"))
        whole = rows(self, gap=14, margin=18)
        sides = columns(gap=34)
        left, right = rows(gap=12), rows(gap=12)
        everywhere = [
            (QKeySequence(command.keys[0]).toString(QKeySequence.SequenceFormat.NativeText), command.title())
            for command in COMMANDS.values()
        ]
        left.addLayout(self._block(translate("Keys", "Everywhere"), everywhere))
        high = {left: len(everywhere), right: 0}
        for title, keys in page_keys():
            side = min(high, key=lambda one: high[one])
            side.addLayout(self._block(title, keys))
            high[side] += len(keys) + 2
        left.addStretch(1)
        right.addStretch(1)
        sides.addLayout(left)
        sides.addLayout(right)
        whole.addLayout(sides)
        whole.addWidget(button(translate("Keys", "Close"), "primary", slot=self.accept), 0, Qt.AlignmentFlag.AlignRight)

    def _block(self, title: str, keys: list[tuple[str, str]]) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(theme.px(12))
        grid.setVerticalSpacing(theme.px(4))
        grid.setColumnStretch(1, 1)
        grid.addWidget(label(title, "heading"), 0, 0, 1, 2)
        for number, (sequence, words) in enumerate(keys, start=1):
            grid.addWidget(label(sequence, "key"), number, 0, Qt.AlignmentFlag.AlignLeft)
            grid.addWidget(label(words), number, 1)
        return grid
