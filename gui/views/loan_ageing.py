"""Agreements that wait too long for their signature, their original or their money."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QCheckBox, QWidget

from gui.api.types import AgeingGaps, AgeingRow
from gui.i18n import translate
from gui.models import lenders as words
from gui.models.cursor import CursorModel
from gui.store.session import Session
from gui.widgets.parts import columns, frame, label, rows
from gui.widgets.segments import Segments
from gui.widgets.tableview import TableView

GATHER_MS = 1_500
USUAL_SORT = "-age"


class LoanAgeing(QWidget):
    """Attributes: gaps: the counts of all three. model, table: the agreements with the chosen one.

    Signals:
    chosen: an agreement was picked; carries the application's id.
    told: the number of agreements past a limit.
    """

    chosen = Signal(str)
    told = Signal(int)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self.gaps = AgeingGaps()
        self.gap = words.GAPS[0]
        whole = rows(self, gap=0)
        head = frame("bar")
        line = columns(head, gap=8, margin=8)
        self.choice = Segments([(gap, words.gap_title(gap)) for gap in words.GAPS])
        self.choice.choose(self.gap)
        self.choice.asked.connect(self._gap_asked)
        line.addWidget(self.choice)
        line.addStretch(1)
        self.whole = QCheckBox(translate("Ageing", "Also those within the limit"))
        self.whole.setAccessibleName(self.whole.text())
        self.whole.toggled.connect(lambda _: self._ask())
        line.addWidget(self.whole)
        whole.addWidget(head)
        self.table = TableView(translate("Ageing", "Agreements that wait"))
        self.table.empty_text = translate("Ageing", "Nothing is past its limit.")
        self.table.empty_icon = "ok"
        self.model: CursorModel = words.ageing(session.client, self)
        shown: list[Any] = self.model.columns
        self.table.show_model(self.model, shown, sort=USUAL_SORT)
        self.model.watch(self.table.visible_rows)
        self.model.failed.connect(session.refused)
        self.model.arrived.connect(self._arrived)
        self.table.picked.connect(self._picked)
        whole.addWidget(self.table, 1)
        self.words = label("", "muted", wrap=True)
        foot = frame("foot")
        columns(foot, margin=7).addWidget(self.words, 1)
        whole.addWidget(foot)
        self._soon = QTimer(self, singleShot=True, interval=GATHER_MS)
        self._soon.timeout.connect(self.reload)
        session.changed.connect(self._changed)

    # --- loading -----------------------------------------------------------------------------------------------------

    def reload(self) -> None:
        """The counts always, the list only while it is looked at."""
        me = self.session.me
        if not self.session.online or me is None or not me.may("loans.read"):
            return
        query = {"limit": 1, "red": "true"}
        self.session.client.get(
            "/v1/loans/ageing", AgeingGaps, self._got, self.session.refused.emit, owner=self, query=query
        )
        if self.isVisible():
            self._ask()

    def _ask(self) -> None:
        query = {"gap": self.gap, "red": "" if self.whole.isChecked() else "true"}
        if not self.model.loaded:
            query["sort"] = USUAL_SORT
        if self.session.online:
            self.model.set_query(**query)
            if self.model.loaded:
                self.model.refresh()

    def _changed(self, topic: str, _names: frozenset[str]) -> None:
        if topic == "loans" and not self._soon.isActive():
            self._soon.start()

    def _got(self, found: AgeingGaps) -> None:
        self.gaps = found
        for gap in found.gaps:
            made = self.choice.buttons.get(gap.gap)
            if made is not None:
                title = words.gap_title(gap.gap)
                made.setText(f"{title} · {gap.red}" if gap.red else title)
                made.setAccessibleName(words.gap_words(gap))
                made.setToolTip(words.gap_words(gap))
            if gap.gap == self.gap:
                self.words.setText(words.gap_words(gap))
        self.told.emit(found.red)

    def _arrived(self, _page: int) -> None:
        self.table.keep_selection(self.model.find)
        if not self.table.currentIndex().isValid() and self.model.total:
            self.table.select_row(0)

    def _gap_asked(self, gap: str) -> None:
        self.gap = gap
        self.choice.choose(gap)
        self.table.forget_selection()
        self._got(self.gaps)
        self._ask()
        self.table.setFocus()

    def _picked(self, row: Any) -> None:
        if isinstance(row, AgeingRow) and self.isVisible():
            self.chosen.emit(row.loan_id)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.reload()
