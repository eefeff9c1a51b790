"""How the call went: one key per result, a remark, and the time when the buyer wants to be called again."""

from __future__ import annotations

from functools import partial
from typing import Any

from PySide6.QtCore import QDateTime, Qt, QTime, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QDateTimeEdit, QFrame, QLineEdit, QPushButton, QWidget

from gui.api.types import Loan
from gui.i18n import translate
from gui.models.call_results import RESULTS, result_title
from gui.store.session import Session
from gui.theme import theme
from gui.widgets.parts import button, columns, label, rows

LONGEST = 500


class ResultPanel(QFrame):
    """Attributes: remark, when: what is written. results: the buttons by the service's word.

    Signals:
    given: how the call went; carries the body for the service.
    """

    given = Signal(object)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self._loan: Loan | None = None
        box = rows(self, gap=9, margin=18)
        box.addWidget(label(translate("CallCentre", "How did the call go?"), "heading"))
        self.remark = QLineEdit()
        self.remark.setMaxLength(LONGEST)
        self.remark.setAccessibleName(translate("CallCentre", "Remark"))
        self.remark.setPlaceholderText(translate("CallCentre", "Remark for the next call (optional)"))
        box.addWidget(self.remark)
        self.results: dict[str, QPushButton] = {}
        for result in RESULTS:
            text = f"{result_title(result.word)}   {result.keys}"
            made = button(
                text,
                result.role,
                icon=result.icon,
                slot=partial(self.give, result.word),
                name=f"{result_title(result.word)} ({result.keys})",
            )
            made.setMinimumHeight(theme.px(38))
            self.results[result.word] = made
            box.addWidget(made)
        self._later = QWidget()
        line = columns(self._later, gap=8)
        self.when = QDateTimeEdit()
        self.when.setDisplayFormat("dd.MM.yyyy HH:mm")
        self.when.setAccessibleName(translate("CallCentre", "When to call again"))
        line.addWidget(label(translate("CallCentre", "Call again"), "muted"))
        line.addWidget(self.when)
        line.addWidget(label(translate("CallCentre", "Enter keeps it, Esc goes back"), "small"), 1)
        box.addWidget(self._later)
        self._later.hide()
        box.addStretch(1)

    def show_loan(self, loan: Loan) -> None:
        """A fresh call."""
        self._loan = loan
        self.remark.clear()
        self._later.hide()
        self.allow(busy=False)
        self.remark.setFocus()

    def allow(self, *, busy: bool) -> None:
        may = self.session.online and not busy
        for made in self.results.values():
            made.setEnabled(may)

    def give(self, word: str) -> None:
        """A result by its word; "later" asks for the time first."""
        if not self.results[word].isEnabled():
            return
        if word == "later" and not self._later.isVisible():
            self._ask_when()
            return
        body: dict[str, Any] = {"result": word, "at": None, "remark": " ".join(self.remark.text().split())}
        if word == "later":
            body["at"] = self.when.dateTime().toUTC().toString("yyyy-MM-ddTHH:mm:ss.zzz") + "000Z"
        self.given.emit(body)

    def _ask_when(self) -> None:
        at = QDateTime.currentDateTime().addSecs(3600)
        at.setTime(QTime(at.time().hour(), at.time().minute() // 5 * 5))
        self.when.setDateTime(at)
        self._later.show()
        self.when.setFocus()
        self.when.setSelectedSection(QDateTimeEdit.Section.HourSection)

    def escape(self) -> bool:
        """Esc in the time goes back to the results."""
        if not self._later.isVisible():
            return False
        self._later.hide()
        self.remark.setFocus()
        return True

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self._later.isVisible():
            self.give("later")
        else:
            super().keyPressEvent(event)
