"""To whom an application goes, and which of the offers is taken in which way of signing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtWidgets import QButtonGroup, QCheckBox, QFrame, QRadioButton, QWidget

from gui import wording
from gui.api.types import Choice, LenderFit, Loan
from gui.i18n import said, translate
from gui.models import loans as words
from gui.theme import theme
from gui.views.loan_dialogs import LoanDialog
from gui.widgets.parts import columns, frame, label, rows, scroller


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
        self.box.addWidget(scroller(body), 1)
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
        self.box.addStretch(1)
        self.check()
        first = next((box for box in self.boxes.values() if box.isEnabled()), None)
        if first is not None:
            first.setFocus()

    def complete(self) -> bool:
        return bool(self.body()["lenders"])

    def body(self) -> dict[str, Any]:
        return {"lenders": [key for key, box in self.boxes.items() if box.isChecked() and box.isEnabled()]}
