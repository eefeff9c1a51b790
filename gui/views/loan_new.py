"""A new application typed in the tray: a phone number is enough, the rest is asked when the buyer is called."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QComboBox, QDialog, QFormLayout, QLineEdit, QWidget

from gui import wording
from gui.api.errors import ApiError
from gui.api.types import NewLoan
from gui.i18n import translate
from gui.models import loan_fields
from gui.store.ops import Form
from gui.store.session import Session
from gui.theme import theme
from gui.widgets.parts import button, columns, label, rows


class NewLoanDialog(QDialog):
    """Attributes: made: what came of it, once it was taken in."""

    def __init__(self, session: Session, shops: Sequence[tuple[str, str]], parent: QWidget | None = None) -> None:
        """`shops`: (name, id) of those to choose from."""
        super().__init__(parent)
        self.session = session
        self.made: NewLoan | None = None
        self._form = Form()
        self._busy = False
        self.setWindowTitle(translate("LoanNew", "New application"))
        self.setModal(True)
        self.setMinimumWidth(theme.px(460))
        whole = rows(self, gap=9, margin=14)
        whole.addWidget(label(translate("LoanNew", "New application"), "heading"))
        told = translate("LoanNew", "A phone number is enough: the call centre rings and asks the rest.")
        whole.addWidget(label(told, "muted", wrap=True))
        form = QFormLayout()
        form.setHorizontalSpacing(theme.px(12))
        form.setVerticalSpacing(theme.px(6))
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        whole.addLayout(form)
        self.shop = QComboBox()
        for name, key in shops:
            self.shop.addItem(name, key)
        self.phone, self.name, self.order = QLineEdit(), QLineEdit(), QLineEdit()
        self.goods, self.down, self.months = QLineEdit(), QLineEdit(), QLineEdit()
        self.phone.setPlaceholderText(loan_fields.example("phone"))
        for title, editor in (
            (translate("LoanNew", "Shop"), self.shop),
            (translate("LoanNew", "Phone"), self.phone),
            (translate("LoanNew", "Name"), self.name),
            (translate("LoanNew", "Shop's order"), self.order),
            (translate("LoanNew", "Goods, ₽"), self.goods),
            (translate("LoanNew", "Down payment, ₽"), self.down),
            (translate("LoanNew", "Months"), self.months),
        ):
            editor.setAccessibleName(title)
            form.addRow(label(title, "muted"), editor)
            if isinstance(editor, QLineEdit):
                editor.textChanged.connect(self._check)
        self.why = label("", tone="bad", wrap=True)
        whole.addWidget(self.why)
        line = columns(gap=8)
        line.addStretch(1)
        line.addWidget(button(translate("LoanNew", "Back"), slot=self.reject))
        self.ok = button(
            translate("LoanNew", "Take it in"), "primary", icon="plus", slot=self.accept, shortcut="Ctrl+Return"
        )
        line.addWidget(self.ok)
        whole.addLayout(line)
        for keys in ("Ctrl+Return", "Ctrl+Enter"):
            QShortcut(QKeySequence(keys), self, self.accept)
        self.phone.setFocus()
        self._check()

    def _check(self, *_: object) -> None:
        self.why.setText(loan_fields.against("phone", self.phone.text()) if self.phone.text().strip() else "")
        self.ok.setEnabled(self._body() is not None and not self._busy)

    def _body(self) -> dict[str, Any] | None:
        """What is asked of the service; None while something is missing or wrong."""
        goods = wording.parse_money(self.goods.text() or "0")
        down = wording.parse_money(self.down.text() or "0")
        months = self.months.text().strip() or "0"
        phone = self.phone.text().strip()
        if goods is None or down is None or not months.isdigit() or not phone or not self.shop.currentData():
            return None
        if loan_fields.against("phone", phone):
            return None
        return {
            "shop": self.shop.currentData(),
            "shop_order": self.order.text().strip(),
            "phone": phone,
            "name": self.name.text().strip(),
            "basket": [],
            "goods": goods,
            "down": down,
            "months": int(months),
            "region": "",
            "delivery": "",
            "origin": "tray",
        }

    def accept(self) -> None:
        """Ask for it; the dialog stays open while the service refuses."""
        body = self._body()
        if body is None or self._busy:
            return
        self._busy = True
        self._check()

        def done(made: NewLoan) -> None:
            self.made = made
            self.done(self.DialogCode.Accepted)

        def failed(error: ApiError) -> None:
            self._busy = False
            self._check()
            self.why.setText(wording.error_text(error))

        op = self.session.act("/v1/loans", body, NewLoan, touches=(("loans", ""),), form=self._form, owner=self)
        op.success(done).failure(failed).start()
