"""Allocation by hand: search invoices, split the payment over them, with the sum checked as it is typed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QCheckBox, QDialog, QGridLayout, QLineEdit, QPushButton, QWidget

from gui import wording
from gui.api.types import Allocation, Invoice, Page, Payment
from gui.i18n import translate
from gui.models.columns import Column
from gui.models.paged import PagedModel
from gui.store.session import Session
from gui.theme import theme
from gui.widgets.parts import button, columns, dress, frame, label, rows
from gui.widgets.tableview import TableView


@dataclass(slots=True)
class Part:
    """One invoice of the split and what the person typed for it."""

    invoice: Invoice
    field: QLineEdit
    widgets: list[QWidget]

    @property
    def kopecks(self) -> int | None:
        return wording.parse_money(self.field.text())


def _columns() -> list[Column]:
    return [
        Column(
            "number",
            lambda: translate("Assign", "Invoice"),
            lambda i: i.number,
            sort="number",
            paint="strong",
            width=11,
        ),
        Column("date", lambda: translate("Assign", "Date"), lambda i: wording.day(i.date), width=11),
        Column("buyer", lambda: translate("Assign", "Buyer"), lambda i: i.buyer, width=0),
        Column(
            "rest",
            lambda: translate("Assign", "Unpaid, ₽"),
            lambda i: wording.money(i.rest, currency=False),
            sort="rest",
            paint="money",
            width=14,
            right=True,
        ),
    ]


class AssignDialog(QDialog):
    """Choose invoices for one payment; what it was allocated to before is shown, and replaced by what is chosen now.

    Attributes:
        result_parts: [[invoice id, kopecks], …] after it was accepted.
        note: what the person wrote beside it.
    """

    def __init__(self, session: Session, payment: Payment, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self.payment = payment
        self.parts: list[Part] = []
        self.result_parts: list[list[Any]] = []
        self.setWindowTitle(translate("Assign", "Allocate by hand"))
        self.resize(theme.px(720), theme.px(620))
        box = rows(self, gap=9, margin=14)

        head = columns(gap=10)
        words = rows(gap=1)
        words.addWidget(label(payment.payer_name, "heading"))
        words.addWidget(label(payment.purpose, "muted", wrap=True))
        head.addLayout(words, 1)
        head.addWidget(label(wording.money(payment.amount), "sum"), 0, Qt.AlignmentFlag.AlignTop)
        box.addLayout(head)

        line = columns(gap=8)
        self.search = QLineEdit()
        self.search.setPlaceholderText(translate("Assign", "Invoice number, buyer, ИНН, sum…"))
        self.search.setAccessibleName(translate("Assign", "Search invoices"))
        self.search.setClearButtonEnabled(True)
        self.own = QCheckBox(translate("Assign", "This payer's only"))
        self.own.setChecked(bool(payment.payer_inn))
        self.own.setEnabled(bool(payment.payer_inn))
        line.addWidget(self.search, 1)
        line.addWidget(self.own)
        box.addLayout(line)

        self.model = PagedModel(session.client, "/v1/invoices", Invoice, _columns(), self)
        self.table = TableView(translate("Assign", "Invoices"))
        self.table.empty_text = translate("Assign", "No open invoice found.")
        shown: list[Any] = self.model.columns
        self.table.show_model(self.model, shown, sort="number")
        self.model.watch(self.table.visible_rows)
        self.table.opened.connect(self.add)
        box.addWidget(self.table, 1)

        box.addWidget(self._split())
        self.note = QLineEdit()
        self.note.setPlaceholderText(translate("Assign", "Note for the history (optional)"))
        self.note.setAccessibleName(translate("Assign", "Note"))
        box.addWidget(self.note)
        box.addLayout(self._buttons())

        self._typing = QTimer(self, singleShot=True, interval=180)
        self._typing.timeout.connect(self._ask)
        self.search.textChanged.connect(lambda: self._typing.start())
        self.search.returnPressed.connect(self._enter)
        self.own.toggled.connect(lambda _: self._ask())
        self.model.arrived.connect(self._arrived)
        self.model.failed.connect(session.refused)
        session.link_changed.connect(self.check)
        self._widened = False
        self._ask()
        for allocated in payment.allocations:
            if not allocated.undone:
                self._find_again(allocated)
        self.check()
        self.search.setFocus()

    def _split(self) -> QWidget:
        card = frame("card")
        stack = rows(card, gap=6, margin=10)
        self._hint = label(translate("Assign", "Enter or a double click adds an invoice."), "muted")
        stack.addWidget(self._hint)
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(theme.px(8))
        self._grid.setVerticalSpacing(theme.px(5))
        self._grid.setColumnStretch(0, 1)
        stack.addLayout(self._grid)
        self.control = label("", "heading")
        stack.addWidget(self.control, 0, Qt.AlignmentFlag.AlignRight)
        return card

    def _buttons(self) -> Any:
        line = columns(gap=8)
        self.add_button = button(
            translate("Assign", "Add the invoice"), icon="plus", slot=lambda: self.add(self.table.current_row())
        )
        self.ok: QPushButton = button(translate("Assign", "Allocate"), "primary", icon="check", slot=self.accept)
        self.ok.setObjectName("assign_ok")
        line.addWidget(self.add_button)
        line.addStretch(1)
        line.addWidget(button(translate("Assign", "Cancel"), slot=self.reject))
        line.addWidget(self.ok)
        return line

    # --- searching ---------------------------------------------------------------------------------------------------

    def _ask(self) -> None:
        inn = self.payment.payer_inn if self.own.isChecked() else ""
        self.model.set_query(q=self.search.text().strip(), state="open", buyer_inn=inn, sort="number")

    def _arrived(self, _page: int) -> None:
        if not self.model.total and self.own.isChecked() and not self._widened:
            # The payer has no open invoice: show everybody's rather than an empty list.
            self._widened = True
            self.own.setChecked(False)
        elif self.model.total and not self.table.currentIndex().isValid():
            self.table.select_row(0)

    def _enter(self) -> None:
        if self.model.total:
            self.add(self.table.current_row())

    # --- the split ---------------------------------------------------------------------------------------------------

    @property
    def left(self) -> int:
        """Kopecks of the payment that have no invoice yet; negative when too much is given out."""
        return self.payment.amount - sum(part.kopecks or 0 for part in self.parts)

    def _find_again(self, allocated: Allocation) -> None:
        """An invoice this payment is allocated to now: its rest grows by what would be taken back."""

        def found(page: Page[Invoice]) -> None:
            invoice = next((i for i in page.items if i.id == allocated.invoice_id), None)
            if invoice is not None:
                self.add(replace(invoice, rest=invoice.rest + allocated.amount), allocated.amount)

        query = {"q": allocated.number, "state": "all"}
        self.session.client.page("/v1/invoices", Invoice, found, self.session.refused.emit, owner=self, query=query)

    def add(self, invoice: object, kopecks: int | None = None) -> None:
        """Put the invoice into the split with `kopecks`, or with as much as fits."""
        if not isinstance(invoice, Invoice) or any(p.invoice.id == invoice.id for p in self.parts):
            return
        amount = max(0, min(self.left, invoice.rest)) if kopecks is None else kopecks
        field = QLineEdit(wording.money(amount, currency=False))
        field.setAlignment(Qt.AlignmentFlag.AlignRight)
        field.setFixedWidth(theme.px(130))
        field.setAccessibleName(translate("Assign", "Sum for invoice {number}").format(number=invoice.number))
        words = translate("Assign", "Invoice {number} · {buyer}").format(number=invoice.number, buyer=invoice.buyer)
        name = label(words)
        limit = label(translate("Assign", "of {sum}").format(sum=wording.money(invoice.rest)), "muted")
        drop = button(
            "", "ghost", icon="cross", name=translate("Assign", "Remove invoice {number}").format(number=invoice.number)
        )
        part = Part(invoice, field, [name, field, limit, drop])
        drop.clicked.connect(lambda: self.remove(part))
        field.textChanged.connect(self.check)
        row = self._grid.rowCount()
        for column, widget in enumerate((name, field, limit, drop)):
            self._grid.addWidget(widget, row, column)
        self.parts.append(part)
        self.check()
        if self.left <= 0:
            self.ok.setFocus()
        else:
            field.selectAll()

    def remove(self, part: Part) -> None:
        self.parts.remove(part)
        for widget in part.widgets:
            self._grid.removeWidget(widget)
            widget.hide()
            widget.deleteLater()
        self.check()

    def check(self) -> None:
        """Colour what is wrong and open the button only when everything adds up."""
        good = bool(self.parts) and self.session.may("payments.decide")
        for part in self.parts:
            value = part.kopecks
            bad = value is None or value <= 0 or value > part.invoice.rest
            dress(part.field, bad="true" if bad else "false")
            good = good and not bad
        left = self.left
        if left < 0:
            text, tone = translate("Assign", "{sum} too much").format(sum=wording.money(-left)), "bad"
        elif left == 0:
            text, tone = translate("Assign", "Everything is allocated"), "ok"
        else:
            text, tone = translate("Assign", "{sum} left over").format(sum=wording.money(left)), "warn"
        self.control.setText(text)
        dress(self.control, tone=tone if self.parts else "")
        self._hint.setVisible(not self.parts)
        self.ok.setEnabled(good and left >= 0)

    def accept(self) -> None:
        if not self.ok.isEnabled():
            return
        self.result_parts = [[part.invoice.id, part.kopecks or 0] for part in self.parts]
        super().accept()
