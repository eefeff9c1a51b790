"""One suggestion as a card: which invoices, what is left over or missing, and why."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QFrame, QLayout, QWidget

from gui import wording
from gui.api.types import PaymentFacts, SuggestedInvoice, Suggestion
from gui.cells import Pill
from gui.i18n import translate
from gui.views.reasons import ReasonList
from gui.widgets.parts import Elided, button, columns, dress, label, rows
from gui.widgets.pill import PillLabel


def difference(payment: PaymentFacts, suggestion: Suggestion) -> int:
    """Payment less what the invoices still want, in kopecks; negative = money is missing.

    Counted here: the matcher's own figure is what stays unallocated and is never negative.
    """
    return payment.amount - sum(invoice.rest for invoice in suggestion.invoices)


def difference_pill(kopecks: int) -> Pill:
    """Payment minus invoices: nothing, money missing, money too much."""
    if kopecks == 0:
        return Pill(translate("Suggestion", "agrees to the kopeck"), "ok", "check")
    if kopecks < 0:
        return Pill(translate("Suggestion", "missing {sum}").format(sum=wording.money(-kopecks)), "warn", "minus")
    return Pill(translate("Suggestion", "too much by {sum}").format(sum=wording.money(kopecks)), "warn", "plus")


class SuggestionCard(QFrame):
    """Signals:
    accepted: its button was pressed.
    chosen: clicked; Enter will accept this one.
    """

    accepted = Signal()
    chosen = Signal()

    def __init__(
        self, payment: PaymentFacts, suggestion: Suggestion, number: int, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.suggestion = suggestion
        self.number = number
        self.setProperty("role", "card")
        names = ", ".join(i.number for i in suggestion.invoices)
        self.setAccessibleName(translate("Suggestion", "Suggestion {n}: invoice {names}").format(n=number, names=names))
        box = rows(self, gap=6, margin=10)
        for place, invoice in enumerate(suggestion.invoices):
            box.addLayout(self._invoice(invoice, str(number) if place == 0 else ""))
        if suggestion.reasons:
            box.addWidget(ReasonList(suggestion.reasons))
        foot = columns()
        foot.addWidget(PillLabel(difference_pill(difference(payment, suggestion))))
        foot.addStretch(1)
        self.button = button("", "", slot=self.accepted.emit)
        self.button.setObjectName(f"accept_{number}")
        foot.addWidget(self.button)
        box.addLayout(foot)
        self.choose(False)

    def _invoice(self, invoice: SuggestedInvoice, number: str) -> QLayout:
        line = columns(gap=8)
        if number:
            line.addWidget(label(number, "number"), 0, Qt.AlignmentFlag.AlignTop)
        words = rows(gap=0)
        when = translate("Suggestion", "of {date}").format(date=wording.day(invoice.date)) if invoice.date else ""
        title = translate("Suggestion", "Invoice {number}").format(number=invoice.number)
        words.addWidget(Elided(f"{title} {when}".strip(), "heading"))
        words.addWidget(Elided(invoice.buyer, "muted"))
        line.addLayout(words, 1)
        sums = rows(gap=0)
        sums.addWidget(label(wording.money(invoice.rest), "heading"), 0, Qt.AlignmentFlag.AlignRight)
        if invoice.rest != invoice.amount:
            whole = translate("Suggestion", "of {sum}").format(sum=wording.money(invoice.amount))
            sums.addWidget(label(whole, "small"), 0, Qt.AlignmentFlag.AlignRight)
        line.addLayout(sums)
        return line

    def choose(self, on: bool) -> None:
        """The chosen card carries the main button; Enter presses it."""
        dress(self, chosen="true" if on else "false")
        self.button.setText(translate("Suggestion", "Accept") + ("  ⏎" if on else ""))
        names = ", ".join(i.number for i in self.suggestion.invoices)
        self.button.setAccessibleName(translate("Suggestion", "Accept: invoice {names}").format(names=names))
        dress(self.button, role="primary" if on else "")

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self.chosen.emit()
        super().mousePressEvent(event)
