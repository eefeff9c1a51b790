"""Small dialogs of an application: confirm, cancel, choose, order a courier, hand the paper over."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from typing import Any

from PySide6.QtCore import QDate
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QComboBox,
    QDateEdit,
    QDialog,
    QFormLayout,
    QLineEdit,
    QVBoxLayout,
    QWidget,
)

from gui import wording
from gui.api.types import LenderDecision, Loan
from gui.i18n import said, translate
from gui.models.loan_reasons import end_reasons, return_reasons
from gui.theme import theme
from gui.widgets.parts import button, columns, label, rows

_LONGEST_REMARK = 500
_HOURS = re.compile(r"([01]?\d|2[0-3])-([01]?\d|2[0-4])")


class LoanDialog(QDialog):
    """A dialog about one application: heading, fields, one button that goes on.

    Attributes:
        box: where the fields go. ok: the button that goes on.
    """

    def __init__(
        self,
        loan: Loan,
        title: str,
        action: str,
        parent: QWidget | None = None,
        *,
        role: str = "primary",
        icon: str = "check",
        consequence: str = "",
    ) -> None:
        super().__init__(parent)
        self.loan = loan
        self.setWindowTitle(title)
        self.setModal(True)
        self.setMinimumWidth(theme.px(460))
        whole = rows(self, gap=9, margin=14)
        whole.addWidget(label(title, "heading"))
        whole.addWidget(label(about(loan), "muted", wrap=True))
        if consequence:
            whole.addWidget(label(consequence, wrap=True))
        self.box: QVBoxLayout = rows(gap=7)
        whole.addLayout(self.box, 1)
        self.why = label("", tone="bad", wrap=True)
        self.why.hide()
        whole.addWidget(self.why)
        line = columns(gap=8)
        line.addStretch(1)
        line.addWidget(button(translate("LoanDialogs", "Back"), slot=self.reject))
        self.ok = button(action, role, icon=icon, slot=self.accept, tip=f"{action} (Ctrl+Enter)")
        line.addWidget(self.ok)
        whole.addLayout(line)
        for keys in ("Ctrl+Return", "Ctrl+Enter"):
            QShortcut(QKeySequence(keys), self, self.accept)

    def body(self) -> dict[str, Any]:
        """What is asked of the service."""
        return {}

    def complete(self) -> bool:
        """Whether it may go on."""
        return True

    def check(self, *_: object) -> None:
        self.ok.setEnabled(self.complete())

    def accept(self) -> None:
        if self.ok.isEnabled() and self.complete():
            super().accept()

    def field(self, form: QFormLayout, title: str, editor: QWidget) -> None:
        editor.setAccessibleName(title)
        form.addRow(label(title, "muted"), editor)


def about(loan: Loan) -> str:
    """Which application, in one line."""
    parts = [f"№ {loan.number}", loan.buyer, loan.shop, wording.money(loan.goods)]
    return " · ".join(part for part in parts if part)


def form_in(dialog: LoanDialog) -> QFormLayout:
    form = QFormLayout()
    form.setHorizontalSpacing(theme.px(12))
    form.setVerticalSpacing(theme.px(6))
    form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
    dialog.box.addLayout(form)
    return form


class ReasonFields:
    """Why: one of the reasons the service knows, and more about it in words that are kept sealed."""

    def __init__(self, dialog: LoanDialog, form: QFormLayout, reasons: Sequence[tuple[str, str]]) -> None:
        self.reason = QComboBox()
        for code, title in reasons:
            self.reason.addItem(title, code)
        dialog.field(form, translate("LoanDialogs", "Why"), self.reason)
        self.remark = QLineEdit()
        self.remark.setMaxLength(_LONGEST_REMARK)
        self.remark.setPlaceholderText(translate("LoanDialogs", "kept sealed, with the buyer's data"))
        dialog.field(form, translate("LoanDialogs", "More about it"), self.remark)

    def body(self) -> dict[str, Any]:
        return {"reason": self.reason.currentData(), "remark": " ".join(self.remark.text().split())}


class CancelDialog(LoanDialog):
    """Who ends the application, and why."""

    def __init__(self, loan: Loan, parent: QWidget | None = None) -> None:
        super().__init__(
            loan,
            translate("LoanDialogs", "Cancel the application"),
            translate("LoanDialogs", "Cancel it"),
            parent,
            role="danger",
            icon="ban",
            consequence=translate(
                "LoanDialogs", "It ends for good; lenders who have it are told. A new one can be made later."
            ),
        )
        form = form_in(self)
        self.by = QComboBox()
        for key, title in (
            ("buyer", translate("LoanDialogs", "the buyer")),
            ("shop", translate("LoanDialogs", "the shop")),
            ("us", translate("LoanDialogs", "we")),
        ):
            self.by.addItem(title, key)
        self.field(form, translate("LoanDialogs", "Who wants it"), self.by)
        self.why_box = ReasonFields(self, form, end_reasons())

    def body(self) -> dict[str, Any]:
        return {"by": self.by.currentData(), **self.why_box.body()}


class WithdrawDialog(LoanDialog):
    """From which lender, and why."""

    def __init__(self, loan: Loan, parent: QWidget | None = None) -> None:
        super().__init__(
            loan,
            translate("LoanDialogs", "Take the application back from a lender"),
            translate("LoanDialogs", "Take it back"),
            parent,
            role="danger",
            icon="undo",
        )
        form = form_in(self)
        self.lender = QComboBox()
        for decision in open_decisions(loan):
            self.lender.addItem(f"{decision.title or decision.lender} · {said(decision.state_said)}", decision.lender)
        self.field(form, translate("LoanDialogs", "Lender"), self.lender)
        self.why_box = ReasonFields(self, form, end_reasons())
        self.check()

    def complete(self) -> bool:
        return self.lender.count() > 0

    def body(self) -> dict[str, Any]:
        return {"lender": self.lender.currentData(), **self.why_box.body()}


def open_decisions(loan: Loan) -> list[LenderDecision]:
    """Those of lenders who still think, or offer."""
    return [one for one in loan.decisions if one.state in ("queued", "sent", "needs_info", "approved")]


class VisitDialog(LoanDialog):
    """When the courier comes; who and for how much only where it differs from the terms."""

    def __init__(self, loan: Loan, today: date, parent: QWidget | None = None) -> None:
        super().__init__(
            loan,
            translate("LoanDialogs", "Order a courier"),
            translate("LoanDialogs", "Order"),
            parent,
            icon="truck",
            consequence=translate(
                "LoanDialogs",
                "Tell the buyer now: the courier brings papers only, asks for the passport and takes the papers back.",
            ),
        )
        form = form_in(self)
        self.day = QDateEdit(QDate(today.year, today.month, today.day).addDays(1))
        self.day.setDisplayFormat("dd.MM.yyyy")
        self.day.setCalendarPopup(True)
        self.day.setMinimumDate(QDate(today.year, today.month, today.day))
        self.field(form, translate("LoanDialogs", "Day"), self.day)
        self.hours = QLineEdit("10-14")
        self.field(form, translate("LoanDialogs", "Hours"), self.hours)
        self.courier = QLineEdit()
        self.courier.setPlaceholderText(translate("LoanDialogs", "by the terms"))
        self.field(form, translate("LoanDialogs", "Courier"), self.courier)
        self.cost = QLineEdit()
        self.cost.setPlaceholderText(translate("LoanDialogs", "by the terms"))
        self.field(form, translate("LoanDialogs", "Cost, ₽"), self.cost)
        for editor in (self.hours, self.cost):
            editor.textChanged.connect(self.check)
        self.check()

    def complete(self) -> bool:
        cost = self.cost.text().strip()
        return bool(_HOURS.fullmatch(self.hours.text().strip())) and (not cost or wording.parse_money(cost) is not None)

    def body(self) -> dict[str, Any]:
        return {
            "day": self.day.date().toString("yyyy-MM-dd"),
            "hours": self.hours.text().strip(),
            "courier": self.courier.text().strip() or None,
            "cost": wording.parse_money(self.cost.text()) if self.cost.text().strip() else None,
        }


class HandOverDialog(LoanDialog):
    """With whom the original goes, and under which waybill."""

    def __init__(self, loan: Loan, parent: QWidget | None = None) -> None:
        super().__init__(
            loan,
            translate("LoanDialogs", "Hand the original over"),
            translate("LoanDialogs", "Handed over"),
            parent,
            icon="send",
            consequence=translate("LoanDialogs", "From here on the carrier answers for the paper."),
        )
        form = form_in(self)
        self.carrier = QLineEdit()
        self.field(form, translate("LoanDialogs", "Carrier"), self.carrier)
        self.waybill = QLineEdit()
        self.field(form, translate("LoanDialogs", "Waybill"), self.waybill)
        for editor in (self.carrier, self.waybill):
            editor.textChanged.connect(self.check)
        self.check()

    def complete(self) -> bool:
        return bool(self.carrier.text().strip()) and bool(self.waybill.text().strip())

    def body(self) -> dict[str, Any]:
        return {"carrier": self.carrier.text().strip(), "waybill": self.waybill.text().strip()}


class ReturnDialog(LoanDialog):
    """Which goods came back, by their price, and why. The money goes to the lender against the loan."""

    def __init__(self, loan: Loan, parent: QWidget | None = None) -> None:
        super().__init__(
            loan,
            translate("LoanDialogs", "The goods came back"),
            translate("LoanDialogs", "They came back"),
            parent,
            role="danger",
            icon="undo",
            consequence=translate(
                "LoanDialogs",
                "The money goes to the lender against the loan, never to the buyer's card; the shop gives the buyer "
                "the down payment back.",
            ),
        )
        form = form_in(self)
        self.goods = QLineEdit(wording.money(loan.goods, currency=False))
        self.field(form, translate("LoanDialogs", "Price of what came back, ₽"), self.goods)
        self.goods.textChanged.connect(self.check)
        self.why_box = ReasonFields(self, form, return_reasons())
        self.check()

    def complete(self) -> bool:
        goods = wording.parse_money(self.goods.text())
        return goods is not None and 0 < goods <= self.loan.goods

    def body(self) -> dict[str, Any]:
        return {"goods": wording.parse_money(self.goods.text()), **self.why_box.body()}
