"""Small dialogs of an application: confirm, cancel, choose, order a courier, hand the paper over."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from typing import Any

from PySide6.QtCore import QDate, Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QButtonGroup,
    QCheckBox,
    QComboBox,
    QDateEdit,
    QDialog,
    QFormLayout,
    QFrame,
    QLineEdit,
    QPlainTextEdit,
    QRadioButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from gui import wording
from gui.api.types import Choice, LenderDecision, LenderFit, Loan
from gui.i18n import said, translate
from gui.models import loans as words
from gui.theme import theme
from gui.widgets.parts import button, columns, frame, label, rows

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
        self.reason = QPlainTextEdit()
        self.reason.setTabChangesFocus(True)
        self.reason.setFixedHeight(theme.px(70))
        self.reason.textChanged.connect(self.check)
        self.field(form, translate("LoanDialogs", "Why"), self.reason)
        self.check()

    def complete(self) -> bool:
        return bool(_line(self.reason))

    def body(self) -> dict[str, Any]:
        return {"by": self.by.currentData(), "reason": _line(self.reason)}


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
        self.reason = QLineEdit()
        self.reason.textChanged.connect(self.check)
        self.field(form, translate("LoanDialogs", "Why"), self.reason)
        self.check()

    def complete(self) -> bool:
        return bool(self.reason.text().strip()) and self.lender.count() > 0

    def body(self) -> dict[str, Any]:
        return {"lender": self.lender.currentData(), "reason": " ".join(self.reason.text().split())}


def open_decisions(loan: Loan) -> list[LenderDecision]:
    """Those of lenders who still think, or offer."""
    return [one for one in loan.decisions if one.state in ("queued", "sent", "needs_info", "approved")]


class ChoiceDialog(LoanDialog):
    """An offer and the way it is signed, each with what it costs and what it leaves the shop.

    Attributes:
        buttons: one per choice, in the order of the card.
    """

    def __init__(self, loan: Loan, parent: QWidget | None = None) -> None:
        super().__init__(
            loan,
            translate("LoanDialogs", "Offer and way of signing"),
            translate("LoanDialogs", "Choose"),
            parent,
            consequence=translate(
                "LoanDialogs", "The lender makes the agreement for what you choose. Other lenders are told no."
            ),
        )
        self.resize(theme.px(620), theme.px(min(240 + 84 * len(loan.choices), 640)))
        self.buttons: list[QRadioButton] = []
        self._group = QButtonGroup(self)
        body = QWidget()
        stack = rows(body, gap=6)
        for choice in loan.choices:
            stack.addWidget(self._card(loan, choice))
        stack.addStretch(1)
        self.box.addWidget(_scrolled(body), 1)
        self._group.idToggled.connect(self.check)
        if self.buttons:
            self.buttons[0].setFocus()
        self.check()

    def _card(self, loan: Loan, choice: Choice) -> QFrame:
        card = frame("card")
        box = rows(card, gap=2, margin=9)
        head = columns(gap=8)
        offer = choice.offer
        title = f"{choice.title or choice.lender} · {said(choice.way_said)}"
        pick = QRadioButton(title)
        pick.setAccessibleName(f"{title}, {choice_words(choice)}")
        self._group.addButton(pick, len(self.buttons))
        self.buttons.append(pick)
        head.addWidget(pick, 1)
        to_shop = wording.money(choice.to_shop) if choice.to_shop is not None else "—"
        head.addWidget(label(translate("LoanDialogs", "to the shop {sum}").format(sum=to_shop), "heading"))
        box.addLayout(head)
        box.addWidget(label(choice_words(choice), wrap=True))
        box.addWidget(label(_cost(choice), "muted", wrap=True))
        if offer.loan != loan.goods - loan.down:
            told = translate("LoanDialogs", "The offer is {offer}, asked was {asked}: the down payment changes.")
            box.addWidget(
                label(
                    "⚠ " + told.format(offer=wording.money(offer.loan), asked=wording.money(loan.goods - loan.down)),
                    wrap=True,
                    tone="warn",
                )
            )
        return card

    @property
    def choice(self) -> Choice | None:
        number = self._group.checkedId()
        return self.loan.choices[number] if 0 <= number < len(self.loan.choices) else None

    def complete(self) -> bool:
        return self.choice is not None

    def body(self) -> dict[str, Any]:
        choice = self.choice
        return {} if choice is None else {"lender": choice.lender, "offer_id": choice.offer.id, "way": choice.way}


def choice_words(choice: Choice) -> str:
    """The offer in one line."""
    offer = choice.offer
    return translate("LoanDialogs", "{loan} for {months} mo. at {rate} · PSK {psk} · {payment} a month").format(
        loan=wording.money(offer.loan),
        months=offer.months,
        rate=words.percent(offer.rate),
        psk=words.percent(offer.psk),
        payment=wording.money(offer.payment),
    )


def _cost(choice: Choice) -> str:
    """What signing so costs, who does it, and our fee."""
    parts = [
        translate("LoanDialogs", "signing costs {sum}").format(sum=wording.money(choice.cost))
        if choice.cost
        else translate("LoanDialogs", "signing is free"),
        choice.partner,
        translate("LoanDialogs", "our fee {sum}").format(sum=wording.money(choice.fee))
        if choice.fee is not None
        else translate("LoanDialogs", "the sums do not fit the goods"),
    ]
    if choice.offer.discount:
        parts.append(
            translate("LoanDialogs", "the lender keeps {sum}").format(sum=wording.money(choice.offer.discount))
        )
    if choice.offer.until is not None:
        parts.append(translate("LoanDialogs", "holds until {day}").format(day=wording.day(choice.offer.until)))
    return " · ".join(part for part in parts if part)


class LendersDialog(LoanDialog):
    """To whom the application goes. Those who would not lend are shown with the reason.

    Attributes:
        boxes: lender's key → tick.
    """

    def __init__(self, loan: Loan, fits: Sequence[LenderFit], parent: QWidget | None = None) -> None:
        super().__init__(
            loan,
            translate("LoanDialogs", "Send to lenders"),
            translate("LoanDialogs", "Send"),
            parent,
            icon="send",
            consequence=translate("LoanDialogs", "Each of them gets the questionnaire with the buyer's passport."),
        )
        self.boxes: dict[str, QCheckBox] = {}
        for fit in fits:
            tick = QCheckBox(fit.title or fit.lender)
            tick.setAccessibleName(fit.title or fit.lender)
            tick.setEnabled(fit.fits and not fit.asked)
            tick.setChecked(fit.fits and not fit.asked)
            tick.toggled.connect(self.check)
            self.boxes[fit.lender] = tick
            self.box.addWidget(tick)
            told = (
                [translate("LoanDialogs", "has it already")] if fit.asked else [said(one.text) for one in fit.against]
            )
            if told:
                self.box.addWidget(label("   " + " · ".join(told), "small", wrap=True))
        self.check()
        first = next((box for box in self.boxes.values() if box.isEnabled()), None)
        if first is not None:
            first.setFocus()

    def complete(self) -> bool:
        return bool(self.body()["lenders"])

    def body(self) -> dict[str, Any]:
        return {"lenders": [key for key, box in self.boxes.items() if box.isChecked() and box.isEnabled()]}


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


def _line(field: QPlainTextEdit) -> str:
    return " ".join(field.toPlainText().split())


def _scrolled(body: QWidget) -> QScrollArea:
    scroll = QScrollArea()
    scroll.setWidgetResizable(True)
    scroll.setWidget(body)
    scroll.setFrameShape(QFrame.Shape.NoFrame)
    scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    return scroll
