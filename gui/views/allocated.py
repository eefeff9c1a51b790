"""What a payment is allocated to, and what one undo would take back."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from gui import wording
from gui.api.types import Allocation, Payment
from gui.i18n import translate
from gui.models.payer_rules import person
from gui.models.payments import takes_back
from gui.store.session import Session
from gui.widgets.parts import Elided, Link, columns, label, rows


class AllocatedList(QWidget):
    """Signals:
    remember: the person wants a rule for this payer.
    """

    remember = Signal()

    def __init__(self, session: Session, payment: Payment, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.session = session
        box = rows(self, gap=5)
        if payment.allocations:
            box.addWidget(label(translate("Decision", "Allocated"), "section"))
        for part in payment.allocations:
            box.addLayout(self._line(part))
        words = takes_back(payment)
        if words:
            box.addWidget(label(words, "small", wrap=True))
        self.remember_link: Link | None = None
        live = any(not part.undone for part in payment.allocations)
        if live and payment.can_learn is not None and payment.can_learn.buyers and session.may("payments.decide"):
            names = ", ".join(buyer.name for buyer in payment.can_learn.buyers)
            words = translate("Decision", "Remember that this payer pays for {buyer}…").format(buyer=names)
            self.remember_link = Link(words, self.remember.emit)
            box.addWidget(self.remember_link)

    def _line(self, part: Allocation) -> QHBoxLayout:
        line = columns(gap=8)
        words = translate("Decision", "Invoice {number}").format(number=part.number)
        who = f"{person(part.by)} · {wording.moment(part.at, self.session.now())}"
        if part.undone:
            words = translate("Decision", "Invoice {number}, taken back").format(number=part.number)
        line.addWidget(label(words, "muted" if part.undone else ""))
        line.addWidget(Elided(who, "small"), 1)
        line.addWidget(label(wording.money(part.amount), "muted" if part.undone else "heading"))
        return line
