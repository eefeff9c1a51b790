"""Allocation by hand: search invoices, split the payment over them; everything goes by the keyboard alone."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QCheckBox, QDialog, QHBoxLayout, QLineEdit, QPushButton, QWidget

from gui import wording
from gui.api.types import Allocation, Invoice, Page, Payment
from gui.i18n import translate
from gui.models.columns import Column
from gui.models.paged import PagedModel
from gui.store.session import Session
from gui.theme import theme
from gui.views.learn import LearnBox
from gui.views.split import Part, Split
from gui.widgets.parts import button, columns, label, rows
from gui.widgets.tableview import TableView

_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


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
        split: the invoices and their sums.
        learn: the rule of payers to make of it.
        result_parts: [[invoice id, kopecks], …] after it was accepted.
        note: what the person wrote beside it.
    """

    def __init__(self, session: Session, payment: Payment, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self.payment = payment
        self.result_parts: list[list[Any]] = []
        self._widened = False
        self.setWindowTitle(translate("Assign", "Allocate by hand"))
        self.resize(theme.px(720), theme.px(620))
        box = rows(self, gap=9, margin=14)
        box.addLayout(self._head())
        box.addLayout(self._search_line())

        self.model = PagedModel(session.client, "/v1/invoices", Invoice, _columns(), self)
        self.table = TableView(translate("Assign", "Invoices"))
        self.table.empty_text = translate("Assign", "No open invoice found.")
        shown: list[Any] = self.model.columns
        self.table.show_model(self.model, shown, sort="number")
        self.model.watch(self.table.visible_rows)
        box.addWidget(self.table, 1)
        self.split = Split(payment)
        box.addWidget(self.split)
        self.learn = LearnBox()
        box.addWidget(self.learn)
        self.note = QLineEdit()
        self.note.setPlaceholderText(translate("Assign", "Note for the history (optional)"))
        self.note.setAccessibleName(translate("Assign", "Note"))
        box.addWidget(self.note)
        box.addLayout(self._buttons())
        self._connect()
        self._ask()
        for allocated in payment.allocations:
            if not allocated.undone:
                self._find_again(allocated)
        self.check()
        self.search.setFocus()

    def _head(self) -> QHBoxLayout:
        head = columns(gap=10)
        words = rows(gap=1)
        words.addWidget(label(self.payment.payer_name, "heading"))
        words.addWidget(label(self.payment.purpose, "muted", wrap=True))
        head.addLayout(words, 1)
        head.addWidget(label(wording.money(self.payment.amount), "sum"), 0, Qt.AlignmentFlag.AlignTop)
        return head

    def _search_line(self) -> QHBoxLayout:
        line = columns(gap=8)
        self.search = QLineEdit()
        self.search.setPlaceholderText(translate("Assign", "Invoice number, buyer, ИНН, sum…"))
        self.search.setAccessibleName(translate("Assign", "Search invoices"))
        self.search.setClearButtonEnabled(True)
        self.search.installEventFilter(self)
        self.own = QCheckBox(translate("Assign", "This payer's only"))
        self.own.setToolTip(translate("Assign", "Untick it to see the invoices of all buyers (F8)"))
        self.own.setChecked(bool(self.payment.payer_inn))
        self.own.setEnabled(bool(self.payment.payer_inn))
        line.addWidget(self.search, 1)
        line.addWidget(self.own)
        return line

    def _buttons(self) -> QHBoxLayout:
        line = columns(gap=8)
        self.add_button = button(
            translate("Assign", "Add the invoice"), icon="plus", slot=lambda: self.add(self.table.current_row())
        )
        self.ok: QPushButton = button(
            translate("Assign", "Allocate"), "primary", icon="check", slot=self.accept, shortcut="Ctrl+Return"
        )
        self.ok.setObjectName("assign_ok")
        self.ok.installEventFilter(self)
        line.addWidget(self.add_button)
        line.addStretch(1)
        line.addWidget(button(translate("Assign", "Cancel"), slot=self.reject))
        line.addWidget(self.ok)
        return line

    def _connect(self) -> None:
        self._typing = QTimer(self, singleShot=True, interval=180)
        self._typing.timeout.connect(self._ask)
        self.search.textChanged.connect(lambda: self._typing.start())
        self.search.returnPressed.connect(self._enter)
        self.own.toggled.connect(lambda _: self._ask())
        self.table.opened.connect(self.add)
        self.split.changed.connect(self.check)
        self.split.done_here.connect(self._next)
        self.model.arrived.connect(self._arrived)
        self.model.failed.connect(self.session.refused)
        self.session.link_changed.connect(self.check)
        # Function keys work in every field and on every keyboard layout.
        for keys, slot in (
            ("Ctrl+Return", self.accept),
            ("Ctrl+Enter", self.accept),
            ("F8", lambda: self.own.setChecked(not self.own.isChecked() and self.own.isEnabled())),
            ("F9", self.split.fill),
            ("F7", self._drop),
        ):
            QShortcut(QKeySequence(keys), self).activated.connect(slot)

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
        """Add the chosen invoice, once the list shows what is typed."""
        if self._typing.isActive():
            self._typing.stop()
            self._ask()
        elif self.model.total:
            self.add(self.table.current_row())

    def _step(self, rows_down: int) -> None:
        row = max(0, min(self.model.total - 1, self.table.currentIndex().row() + rows_down))
        self.table.select_row(row)

    # --- the split ---------------------------------------------------------------------------------------------------

    @property
    def left(self) -> int:
        """Kopecks of the payment that have no invoice yet; negative when too much is given out."""
        return self.split.left

    @property
    def parts(self) -> list[Part]:
        """The invoices chosen so far."""
        return self.split.parts

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
        if not isinstance(invoice, Invoice) or self.split.add(invoice, kopecks) is None:
            return
        if kopecks is None:
            self._next()

    def remove(self, part: Part) -> None:
        self.split.remove(part)

    def _drop(self) -> None:
        """Take out the invoice whose sum has the focus, else the last one."""
        part = self.split.focused() or (self.parts[-1] if self.parts else None)
        if part is not None:
            self.split.remove(part)
            self.search.setFocus()

    def _next(self) -> None:
        """On to the button when nothing is left, else to the next invoice."""
        if self.left <= 0 and self.ok.isEnabled():
            self.ok.setFocus()
        else:
            self.search.setFocus()
            self.search.selectAll()

    def check(self) -> None:
        """Open the button only when everything adds up; offer the rule only where there can be one."""
        self.ok.setEnabled(self.split.adds_up and self.session.may("payments.decide"))
        buyers = {(part.invoice.buyer_inn, part.invoice.buyer) for part in self.parts}
        inn, buyer = next(iter(buyers)) if len(buyers) == 1 else ("", "")
        can = self.payment.can_learn
        himself = can is not None and bool(inn) and inn == can.payer_inn
        self.learn.offer(None if himself else can, buyer)

    def accept(self) -> None:
        if self.ok.isEnabled():
            self.result_parts = self.split.result()
            super().accept()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if watched is self.search and event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Up):
                self._step(1 if event.key() == Qt.Key.Key_Down else -1)
                return True
            if watched is self.ok and event.key() in _ENTER:
                self.accept()
                return True
        return super().eventFilter(watched, event)
