"""The calculator: goods, down payment and term in, what each lender would take out."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QComboBox, QDialog, QLineEdit, QWidget

from gui import wording
from gui.api.client import Call
from gui.api.errors import ApiError
from gui.api.types import LoanRow, Quotes
from gui.i18n import said, translate
from gui.i18n.counts import counts
from gui.models import quotes
from gui.store.session import Session
from gui.theme import theme
from gui.widgets.parts import button, columns, dress, label, rows
from gui.widgets.tableview import TableView

TERMS = (3, 6, 10, 12, 18, 24, 36)
TYPING_MS = 250


class CalculatorDialog(QDialog):
    """Counts while one types.

    Attributes:
        goods, down: sums as typed. months: the term, 0 for every one a lender has. quotes: the table.
    """

    def __init__(self, session: Session, parent: QWidget | None = None, loan: LoanRow | None = None) -> None:
        """`loan`: starts with its sums and counts its shop's share."""
        super().__init__(parent)
        self.session = session
        self._shop = loan.shop_id if loan is not None else ""
        self._call: Call | None = None
        self.setWindowTitle(translate("Calculator", "Calculator"))
        self.setModal(True)
        self.resize(theme.px(760), theme.px(460))
        box = rows(self, gap=9, margin=14)
        line = columns(gap=8)
        self.goods = QLineEdit(_sum(loan.goods) if loan is not None else "")
        self.down = QLineEdit(_sum(loan.down) if loan is not None else "")
        self.months = QComboBox()
        self.months.addItem(translate("Calculator", "every term"), 0)
        for term in TERMS:
            self.months.addItem(counts.months(term), term)
        if loan is not None and loan.months:
            self.months.setCurrentIndex(max(self.months.findData(loan.months), 0))
        for title, editor in (
            (translate("Calculator", "Goods, ₽"), self.goods),
            (translate("Calculator", "Down payment, ₽"), self.down),
            (translate("Calculator", "Term"), self.months),
        ):
            editor.setAccessibleName(title)
            line.addWidget(label(title, "muted"))
            line.addWidget(editor)
        line.addStretch(1)
        box.addLayout(line)
        self.table = TableView(translate("Calculator", "Quotes of the lenders"))
        self.table.empty_text = translate("Calculator", "Type the price of the goods.")
        self.quotes = quotes.quotes(self)
        shown: list[Any] = self.quotes.columns
        self.table.show_model(self.quotes, shown)
        if not self._shop:
            self.table.setColumnHidden(len(self.quotes.columns) - 1, True)
        box.addWidget(self.table, 1)
        self.told = label("", wrap=True)
        box.addWidget(self.told)
        foot = columns(gap=8)
        note = label(
            translate("Calculator", "≈ counted by Kvit: the lender's offer has the exact figures. Promise no rate."),
            "small",
            wrap=True,
        )
        foot.addWidget(note, 1)
        foot.addWidget(button(translate("Calculator", "Close"), slot=self.reject))
        box.addLayout(foot)
        self._typing = QTimer(self, singleShot=True, interval=TYPING_MS)
        self._typing.timeout.connect(self.count)
        self.goods.textChanged.connect(lambda _: self._typing.start())
        self.down.textChanged.connect(lambda _: self._typing.start())
        self.months.currentIndexChanged.connect(lambda _: self._typing.start())
        self.goods.setFocus()
        self.goods.selectAll()
        self.count()

    def count(self) -> None:
        """Ask for quotes of what is typed."""
        self._typing.stop()
        if self._call is not None:
            self._call.cancel()
        goods = wording.parse_money(self.goods.text())
        down = wording.parse_money(self.down.text() or "0")
        if not goods or down is None or down >= goods:
            self.quotes.show(())
            typed = bool(self.goods.text().strip())
            self._tell("bad", translate("Calculator", "The down payment is less than the goods.") if typed else "")
            return
        query = {"goods": goods, "down": down, "months": self.months.currentData() or "", "shop": self._shop}

        def failed(error: ApiError) -> None:
            self.quotes.show(())
            self._tell("bad", wording.error_text(error))

        self._call = self.session.client.get("/v1/loan-calculator", Quotes, self._got, failed, owner=self, query=query)

    def _got(self, found: Quotes) -> None:
        self.quotes.show(found.quotes)
        told = [f"{one.title or one.lender}: {said(one.text) or one.code}" for one in found.misfits]
        self._tell("", "\n".join(dict.fromkeys(told)))

    def _tell(self, tone: str, text: str) -> None:
        self.told.setText(text)
        dress(self.told, tone=tone)


def _sum(kopecks: int) -> str:
    return wording.money(kopecks, currency=False)
