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
from gui.widgets.flow import flowing
from gui.widgets.parts import Elided, button, columns, dress, label, rows
from gui.widgets.pill import PillLabel


def only_buyer(suggestion: Suggestion) -> str:
    """The buyer of all its invoices; "" when they are of several."""
    names = {invoice.buyer for invoice in suggestion.invoices}
    return next(iter(names)) if len(names) == 1 else ""


def difference(payment: PaymentFacts, suggestion: Suggestion) -> int:
    """What came less what the invoices still want, in kopecks; negative = money is missing."""
    return payment.amount - sum(invoice.rest for invoice in suggestion.invoices)


def differences(payment: PaymentFacts, suggestion: Suggestion) -> list[Pill]:
    """What the suggestion leaves open: money the invoices still want, money nobody wants, a partner's fee."""
    given = sum(part for _, part in suggestion.allocate)
    missing = sum(invoice.rest for invoice in suggestion.invoices) - given
    kept = given + suggestion.difference - payment.amount
    found: list[Pill] = []
    if missing > 0:
        found.append(Pill(translate("Suggestion", "missing {sum}").format(sum=wording.money(missing)), "warn", "minus"))
    if suggestion.difference > 0:
        left = wording.money(suggestion.difference)
        # What is left of a partner's payout is other buyers' money and nobody's advance.
        words = translate("Suggestion", "{sum} stay as an advance")
        if kept > 0:
            words = translate("Suggestion", "{sum} stay unexplained")
        found.append(Pill(words.format(sum=left), "warn", "plus"))
    if not found:
        found.append(Pill(translate("Suggestion", "agrees to the kopeck"), "ok", "check"))
    if kept > 0:
        fee = wording.money(kept)
        found.append(Pill(translate("Suggestion", "the partner's fee {sum}").format(sum=fee), "info", "minus"))
    return found


class SuggestionCard(QFrame):
    """Signals:
    accepted: its button was pressed.
    chosen: clicked; Enter will accept this one.
    pointed: a fact points at words of the purpose: their span, or None.
    """

    accepted = Signal()
    chosen = Signal()
    pointed = Signal(object)

    def __init__(
        self, payment: PaymentFacts, suggestion: Suggestion, number: int, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.suggestion = suggestion
        self.number = number
        self.setProperty("role", "card")
        self.names = ", ".join(i.number for i in suggestion.invoices)
        self.pills = differences(payment, suggestion)
        box = rows(self, gap=6, margin=10)
        for place, invoice in enumerate(suggestion.invoices):
            box.addLayout(self._invoice(invoice, str(number) if place == 0 else ""))
        if suggestion.reasons:
            reasons = ReasonList(suggestion.reasons, payment.purpose)
            reasons.pointed.connect(self.pointed)
            box.addWidget(reasons)
        foot = columns()
        foot.addWidget(flowing([PillLabel(pill) for pill in self.pills]), 1, Qt.AlignmentFlag.AlignVCenter)
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
        self.button.setAccessibleName(translate("Suggestion", "Accept: invoice {names}").format(names=self.names))
        dress(self.button, role="primary" if on else "")
        words = translate("Suggestion", "Suggestion {n}: invoice {names}").format(n=self.number, names=self.names)
        told = [words, *(pill.text for pill in self.pills)]
        if on:
            told.append(translate("Suggestion", "chosen"))
        self.setAccessibleName(", ".join(told))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self.chosen.emit()
        super().mousePressEvent(event)
