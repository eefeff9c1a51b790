"""A text the service made out — a claim, a request to search — to be read, copied, printed and signed."""

from __future__ import annotations

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialog, QPlainTextEdit, QWidget

from gui import wording
from gui.api.types import Letter
from gui.i18n import translate
from gui.print.letter import print_letter
from gui.theme import font, theme
from gui.widgets.parts import button, columns, label, rows


class LetterDialog(QDialog):
    """Attributes: text: the letter. told: what was done with it last."""

    def __init__(self, title: str, letter: Letter, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.title = title
        self.letter = letter
        self.setWindowTitle(title)
        self.setModal(True)
        self.resize(theme.px(700), theme.px(620))
        box = rows(self, gap=9, margin=14)
        box.addWidget(label(title, "heading", wrap=True))
        if letter.until is not None:
            told = (
                translate("ParcelLetter", "It could be handed in until {day}: that day is over.")
                if letter.late
                else translate("ParcelLetter", "To be handed in by {day}.")
            )
            box.addWidget(label(told.format(day=wording.day(letter.until)), tone="bad" if letter.late else ""))
        self.text = QPlainTextEdit(letter.text)
        self.text.setReadOnly(True)
        self.text.setAccessibleName(title)
        self.text.setFont(font(theme.zoom))
        box.addWidget(self.text, 1)
        self.told = label("", "muted", wrap=True)
        box.addWidget(self.told)
        line = columns(gap=8)
        line.addStretch(1)
        line.addWidget(button(translate("ParcelLetter", "Close"), slot=self.accept))
        self.copy = button(translate("ParcelLetter", "Copy"), icon="copy", slot=self.copy_text)
        line.addWidget(self.copy)
        self.print = button(translate("ParcelLetter", "Print…"), "primary", icon="print", slot=self.print_text)
        line.addWidget(self.print)
        box.addLayout(line)
        self.print.setFocus()

    def copy_text(self) -> None:
        QGuiApplication.clipboard().setText(self.letter.text)
        self.told.setText(translate("ParcelLetter", "Copied."))

    def print_text(self) -> None:
        """To a printer, or to a PDF file that is opened where there is none."""
        print_letter(self.title, self.letter.text, self)
