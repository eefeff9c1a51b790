"""The lists of the loans page, one at a time: applications, agreements that wait too long, lenders."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QStackedWidget, QWidget

from gui.i18n import translate
from gui.store.session import Session
from gui.views.loan_ageing import LoanAgeing
from gui.views.loan_lenders import LenderHealth
from gui.widgets.parts import columns, dress, rows
from gui.widgets.segments import Segments


class LoanLists(QWidget):
    """Attributes: ageing, lenders: the other lists. shown: the key of the one in front.

    Signals:
    chosen: the application of a row in one of the other lists; carries its id.
    turned: another list is in front; carries its key.
    """

    chosen = Signal(str)
    turned = Signal(str)

    def __init__(self, session: Session, applications: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.shown = "applications"
        self.ageing = LoanAgeing(session)
        self.lenders = LenderHealth(session)
        self._titles = {
            "applications": translate("Loans", "Applications"),
            "ageing": translate("Loans", "Waiting too long"),
            "lenders": translate("Loans", "Lenders"),
        }
        self._pages = {"applications": applications, "ageing": self.ageing, "lenders": self.lenders}
        whole = rows(self, gap=0)
        strip = QWidget()
        line = columns(strip, gap=0, margin=6)
        self.choice = Segments(list(self._titles.items()))
        self.choice.choose(self.shown)
        self.choice.asked.connect(self.turn)
        line.addWidget(self.choice)
        line.addStretch(1)
        whole.addWidget(strip)
        self._stack = QStackedWidget()
        for page in self._pages.values():
            self._stack.addWidget(page)
        whole.addWidget(self._stack, 1)
        self.ageing.chosen.connect(self.chosen)
        self.lenders.chosen.connect(self.chosen)
        self.ageing.told.connect(lambda count: self._badge("ageing", count))
        self.lenders.told.connect(lambda count: self._badge("lenders", count))

    def turn(self, key: str) -> None:
        """Bring a list to the front."""
        self.shown = key
        self.choice.choose(key)
        self._stack.setCurrentWidget(self._pages[key])
        self.turned.emit(key)

    def reload(self) -> None:
        """The other lists: their counts, and their rows where one is in front."""
        self.ageing.reload()
        self.lenders.reload()

    def allow(self) -> None:
        self.lenders.allow()

    def _badge(self, key: str, count: int) -> None:
        made = self.choice.buttons[key]
        title = self._titles[key]
        made.setText(f"{title} · {count}" if count else title)
        made.setAccessibleName(made.text())
        dress(made, tone="bad" if count else "")
