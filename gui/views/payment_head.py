"""The head of the decision panel: who paid how much, in which state, with which words."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QSizePolicy, QWidget

from gui import wording
from gui.api.types import Payment, PaymentFacts, PaymentRow
from gui.i18n import translate
from gui.models.payments import evidence_pill, state_pill
from gui.store.session import Session
from gui.views.purpose import PurposeLabel, Span
from gui.widgets.flow import flowing
from gui.widgets.parts import Elided, clear, columns, label, rows
from gui.widgets.pill import PillLabel


class PaymentHead(QFrame):
    """Stays in place while the reasons below it scroll, so that the words they point at are always in sight."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "head")
        self.session = session
        box = rows(self, gap=8, margin=12)
        self._facts = rows(gap=8)
        box.addLayout(self._facts)
        self.purpose = PurposeLabel()
        box.addWidget(self.purpose)

    def show_facts(self, facts: PaymentFacts, evidence: str) -> None:
        """`evidence`: its kind, "" while it is not known."""
        clear(self._facts)
        line = columns(gap=8)
        words = rows(gap=1)
        words.addWidget(Elided(facts.payer_name, "heading"))
        words.addWidget(Elided(self._about(facts), "muted"))
        line.addLayout(words, 1)
        total = label(wording.money(facts.amount), "sum")
        total.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred)
        line.addWidget(total, 0, Qt.AlignmentFlag.AlignTop)
        self._facts.addLayout(line)
        pills: list[QWidget] = [PillLabel(state_pill(facts.state, facts.rest))]
        if evidence:
            pills.append(PillLabel(evidence_pill(evidence)))
        if 0 < facts.rest < facts.amount:
            rest = translate("Decision", "{sum} not allocated").format(sum=wording.money(facts.rest))
            pills.append(label(rest, "muted"))
        self._facts.addWidget(flowing(pills))

    def _about(self, facts: PaymentFacts) -> str:
        when = wording.moment(facts.bank_time, self.session.now()) if facts.bank_time else wording.day(facts.booked)
        inn = f"ИНН {facts.payer_inn}" if facts.payer_inn else ""
        return " · ".join(part for part in (inn, wording.short_account(facts.payer_account), when) if part)

    def mark(self, purpose: str, spans: Sequence[Span]) -> None:
        """Show the purpose with these words marked."""
        self.purpose.say(purpose, spans)


def evidence_kind(payment: Payment | None, row: PaymentFacts | None) -> str:
    """The kind of evidence, from the details or, before they are here, from the row of the list."""
    if payment is not None and payment.evidence is not None:
        return payment.evidence.kind
    return row.evidence if isinstance(row, PaymentRow) else ""
