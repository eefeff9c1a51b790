"""A payment split over invoices: a sum for each, checked as it is typed, and what is left."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QGridLayout, QLabel, QLineEdit, QWidget

from gui import wording
from gui.api.types import Invoice, Payment
from gui.i18n import translate
from gui.theme import theme
from gui.widgets.parts import button, dress, label, rows, scroller

SHOWN_ROWS = 4


@dataclass(slots=True)
class Part:
    """One invoice of the split and what the person typed for it."""

    invoice: Invoice
    field: QLineEdit
    limit: QLabel
    widgets: list[QWidget]

    @property
    def kopecks(self) -> int | None:
        return wording.parse_money(self.field.text())

    @property
    def fits(self) -> bool:
        """Whether it is a sum above zero that the invoice still wants."""
        return self.kopecks is not None and 0 < self.kopecks <= self.invoice.rest


class Split(QFrame):
    """The invoices chosen so far.

    Attributes:
        parts: in the order they were added.
        control: what is left over, or too much.

    Signals:
        changed: a sum, or the invoices, are others.
        done_here: Enter in a sum: on to the next invoice.
    """

    changed = Signal()
    done_here = Signal()

    def __init__(self, payment: Payment, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "card")
        # A partner's fee was kept back on the way: its invoices take more than came.
        self.to_give = payment.amount + payment.fee
        self.parts: list[Part] = []
        stack = rows(self, gap=6, margin=10)
        self._hint = label(translate("Assign", "Enter or a double click adds an invoice."), "muted")
        stack.addWidget(self._hint)
        body = QWidget()
        self._grid = QGridLayout(body)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(theme.px(8))
        self._grid.setVerticalSpacing(theme.px(5))
        self._grid.setColumnStretch(0, 1)
        self._scroll = scroller(body)
        stack.addWidget(self._scroll)
        self.control = label("", "heading", wrap=True)
        self.control.setAlignment(Qt.AlignmentFlag.AlignRight)
        stack.addWidget(self.control)
        self.check()

    @property
    def left(self) -> int:
        """Kopecks that have no invoice yet; negative when too much is given out."""
        return self.to_give - sum(part.kopecks or 0 for part in self.parts)

    @property
    def adds_up(self) -> bool:
        """Whether it can be sent: every sum fits its invoice, together no more than came."""
        return bool(self.parts) and self.left >= 0 and all(part.fits for part in self.parts)

    def result(self) -> list[list[object]]:
        """[[invoice id, kopecks], …]."""
        return [[part.invoice.id, part.kopecks or 0] for part in self.parts]

    def add(self, invoice: Invoice, kopecks: int | None = None) -> Part | None:
        """Put the invoice into the split with `kopecks`, or with as much as fits; None when it is there already."""
        if any(p.invoice.id == invoice.id for p in self.parts):
            return None
        amount = max(0, min(self.left, invoice.rest)) if kopecks is None else kopecks
        field = QLineEdit(wording.money(amount, currency=False))
        field.setAlignment(Qt.AlignmentFlag.AlignRight)
        field.setFixedWidth(theme.px(130))
        field.setAccessibleName(translate("Assign", "Sum for invoice {number}").format(number=invoice.number))
        words = translate("Assign", "Invoice {number} · {buyer}").format(number=invoice.number, buyer=invoice.buyer)
        limit = label("", "muted")
        drop = button(
            "", "ghost", icon="cross", name=translate("Assign", "Remove invoice {number}").format(number=invoice.number)
        )
        part = Part(invoice, field, limit, [label(words, wrap=True), field, limit, drop])
        drop.clicked.connect(lambda: self.remove(part))
        field.textChanged.connect(self.check)
        field.returnPressed.connect(self.done_here)
        row = self._grid.rowCount()
        for column, widget in enumerate(part.widgets):
            self._grid.addWidget(widget, row, column)
        self.parts.append(part)
        self.check()
        return part

    def remove(self, part: Part) -> None:
        self.parts.remove(part)
        for widget in part.widgets:
            self._grid.removeWidget(widget)
            widget.hide()
            widget.deleteLater()
        self.check()

    def focused(self) -> Part | None:
        """The part whose sum has the focus."""
        return next((part for part in self.parts if part.field.hasFocus()), None)

    def fill(self) -> None:
        """Give the focused invoice, or the last one, as much as fits."""
        part = self.focused() or (self.parts[-1] if self.parts else None)
        if part is not None:
            most = max(0, min(self.left + (part.kopecks or 0), part.invoice.rest))
            part.field.setText(wording.money(most, currency=False))

    def check(self) -> None:
        """Colour what is wrong, say it in words, and tell what is left."""
        for part in self.parts:
            dress(part.field, bad="false" if part.fits else "true")
            words, tone = _limit_words(part)
            part.limit.setText(words)
            dress(part.limit, tone=tone)
            part.field.setAccessibleDescription(words)
        left = self.left
        if left < 0:
            text, tone = translate("Assign", "{sum} too much").format(sum=wording.money(-left)), "bad"
        elif left == 0:
            text, tone = translate("Assign", "Everything is allocated"), "ok"
        elif self.parts:
            text = translate("Assign", "{sum} left over: they stay as an advance").format(sum=wording.money(left))
            tone = "warn"
        else:
            text, tone = translate("Assign", "{sum} to allocate").format(sum=wording.money(left)), ""
        self.control.setText(text)
        dress(self.control, tone=tone)
        self._hint.setVisible(not self.parts)
        self._scroll.setVisible(bool(self.parts))
        if self.parts:
            row = self.parts[0].field.sizeHint().height() + self._grid.verticalSpacing()
            self._scroll.setFixedHeight(row * min(len(self.parts), SHOWN_ROWS))
        self.changed.emit()


def _limit_words(part: Part) -> tuple[str, str]:
    """What the invoice still wants, or what is wrong with the sum; and the tone of it."""
    kopecks = part.kopecks
    if kopecks is None:
        return translate("Assign", "not a sum"), "bad"
    if kopecks <= 0:
        return translate("Assign", "a sum is missing"), "bad"
    if kopecks > part.invoice.rest:
        over = wording.money(kopecks - part.invoice.rest)
        return translate("Assign", "{sum} more than it wants").format(sum=over), "bad"
    return translate("Assign", "of {sum}").format(sum=wording.money(part.invoice.rest)), ""
