"""The dark bar that says what was just done and takes it back."""

from __future__ import annotations

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QFrame, QWidget

from gui.i18n import translate
from gui.widgets.parts import button, columns, label

SHOWN_MS = 12_000


class UndoBar(QFrame):
    """Shown after a decision; goes away by itself, the undo stays available by Ctrl+Z.

    Signals:
        undo: the person takes it back.
    """

    undo = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "undo")
        line = columns(self, gap=10, margin=7)
        self.text = label("", wrap=True)
        keys = QKeySequence("Ctrl+Z").toString(QKeySequence.SequenceFormat.NativeText)
        self.button = button(translate("UndoBar", "Undo ({keys})").format(keys=keys), slot=self.undo.emit)
        line.addWidget(self.text, 1)
        line.addWidget(self.button)
        self._over = QTimer(self, singleShot=True, interval=SHOWN_MS)
        self._over.timeout.connect(self.hide)
        self.hide()

    def say(self, text: str, *, undoable: bool = True) -> None:
        self.text.setText(text)
        self.setAccessibleName(text)
        self.button.setVisible(undoable)
        self.show()
        self.raise_()
        self._over.start()
