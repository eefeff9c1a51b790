"""Who is on the line, and what to say: the left side of the call centre."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QWidget

from gui import wording
from gui.api.types import CallSheet, Loan, ScriptLine
from gui.i18n import said, translate
from gui.i18n.counts import counts
from gui.models import loans as words
from gui.store.session import Session
from gui.theme import theme
from gui.widgets.parts import clear, columns, label, rows, scroller
from gui.widgets.pill import PillLabel


class LinePanel(QFrame):
    """The buyer, the purchase and the script of one call."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "head")
        self.session = session
        body = QWidget()
        self._box = rows(body, gap=7, margin=18)
        scroll = scroller(body)
        rows(self, gap=0).addWidget(scroll)

    def show_sheet(self, sheet: CallSheet) -> None:
        clear(self._box)
        loan = sheet.card
        head = columns(gap=8)
        title = translate("CallCentre", "Application № {number}").format(number=loan.number)
        head.addWidget(label(f"{title} · {loan.shop}", "muted", wrap=True), 1)
        head.addWidget(PillLabel(words.state_pill(loan)))
        self._box.addLayout(head)
        self._box.addWidget(label(wording.phone(sheet.phone), "huge", select=True))
        self._box.addWidget(label(sheet.name or translate("CallCentre", "name not known yet"), "title", wrap=True))
        self._box.addWidget(label(self._purchase(loan), "big", wrap=True))
        goods = ", ".join(thing.name for thing in loan.basket)
        if goods:
            self._box.addWidget(label(goods, "muted", wrap=True))
        self._box.addWidget(label(self._times(loan), wrap=True, tone="bad" if self._late(loan) else ""))
        if sheet.remark:
            self._box.addWidget(label(sheet.remark, "purpose", wrap=True, select=True))
        self._box.addSpacing(theme.px(4))
        if sheet.script:
            self._box.addWidget(label(translate("CallCentre", "What to say"), "section"))
        for number, step in enumerate(sheet.script, start=1):
            self._box.addWidget(self._step(number, step))
        self._box.addStretch(1)

    def _purchase(self, loan: Loan) -> str:
        parts = [
            wording.money(loan.goods) if loan.goods else "",
            translate("CallCentre", "down {sum}").format(sum=wording.money(loan.down)) if loan.down else "",
            counts.months(loan.months) if loan.months else "",
            words.delivery_title(loan.delivery),
        ]
        return " · ".join(part for part in parts if part)

    def _late(self, loan: Loan) -> bool:
        return loan.call_due is not None and loan.call_due < self.session.now()

    def _times(self, loan: Loan) -> str:
        parts = []
        if loan.call_due is not None:
            due = wording.moment(loan.call_due, self.session.now())
            parts.append(translate("CallCentre", "to be called by {time}").format(time=due))
        if loan.call_attempts:
            parts.append(counts.attempts(loan.call_attempts))
        if loan.made_at is not None:
            made = wording.moment(loan.made_at, self.session.now())
            parts.append(translate("CallCentre", "left {time}").format(time=made))
        return " · ".join(parts)

    def _step(self, number: int, step: ScriptLine) -> QWidget:
        made = QWidget()
        line = columns(made, gap=9)
        line.addWidget(label(str(number), "number"), 0, Qt.AlignmentFlag.AlignTop)
        told = rows(gap=1)
        told.addWidget(label(said(step.text) or step.code, wrap=True))
        hint = said(step.hint)
        if hint:
            told.addWidget(label(f"→ {hint}", "small", wrap=True))
        line.addLayout(told, 1)
        return made
