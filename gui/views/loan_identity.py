"""The passport check: the number is typed from the passport in the hand, not from a screen, and compared by Kvit."""

from __future__ import annotations

import re
from typing import Any

from PySide6.QtWidgets import QButtonGroup, QLineEdit, QRadioButton, QWidget

from gui import wording
from gui.api.errors import ApiError
from gui.api.types import Agreement, Compared, Loan
from gui.i18n import translate
from gui.models import loans as words
from gui.store.ops import Form
from gui.store.session import Session
from gui.views.loan_dialogs import LoanDialog, form_in
from gui.widgets.parts import dress, label, rows

DIGITS = 10


class IdentityDialog(LoanDialog):
    """Steps in the order they are done at the table. It stays open until the passport fits or the attempts are over.

    Attributes:
        number: typed blind; no screen shows the agreement's own.
        same, other: whether the face is the photo's.
        compared: the last answer; None before the first.
    """

    def __init__(self, session: Session, loan: Loan, agreement: Agreement, parent: QWidget | None = None) -> None:
        super().__init__(
            loan,
            translate("LoanIdentity", "Check the passport"),
            translate("LoanIdentity", "Compare"),
            parent,
            icon="person",
        )
        self.session = session
        self.compared: Compared | None = None
        self._version = agreement.version
        self._form = Form()
        self._busy = False
        steps = rows(gap=3)
        for number, text in enumerate(
            (
                translate(
                    "LoanIdentity", "Ask for the passport and take it into your hand. A photo of it will not do."
                ),
                translate("LoanIdentity", "Type series and number from the passport. Kvit compares them."),
                translate("LoanIdentity", "Compare the face with the photo in the passport."),
            ),
            start=1,
        ):
            steps.addWidget(label(f"{number}. {text}", wrap=True))
        self.box.addLayout(steps)
        form = form_in(self)
        self.number = QLineEdit()
        self.number.setMaxLength(14)
        self.number.setPlaceholderText(translate("LoanIdentity", "10 digits"))
        self.number.textChanged.connect(self.check)
        self.field(form, translate("LoanIdentity", "Series and number"), self.number)
        self.same = QRadioButton(translate("LoanIdentity", "Yes, the same person"))
        self.other = QRadioButton(translate("LoanIdentity", "No, or I am not sure"))
        self._faces = QButtonGroup(self)
        faces = QWidget()
        stack = rows(faces, gap=3)
        for made in (self.same, self.other):
            made.setAccessibleName(made.text())
            self._faces.addButton(made)
            made.toggled.connect(self.check)
            stack.addWidget(made)
        form.addRow(label(translate("LoanIdentity", "Face and photo"), "muted"), faces)
        self.place = QLineEdit(words.way_title(agreement.signing_way))
        self.place.textChanged.connect(self.check)
        self.field(form, translate("LoanIdentity", "Where"), self.place)
        self.verdict = label("", wrap=True)
        self.verdict.setVisible(False)
        self.box.addWidget(self.verdict)
        if agreement.identity_failures:
            self._tell(
                "warn",
                translate("LoanIdentity", "It did not fit before. One more time, and signing is stopped."),
            )
        self.number.setFocus()
        self.check()

    def complete(self) -> bool:
        digits = re.sub(r"\D", "", self.number.text())
        chosen = self.same.isChecked() or self.other.isChecked()
        return len(digits) == DIGITS and chosen and bool(self.place.text().strip()) and not self._busy

    def body(self) -> dict[str, Any]:
        return {
            "passport": re.sub(r"\D", "", self.number.text()),
            "photo_matches": self.same.isChecked(),
            "place": self.place.text().strip(),
        }

    def accept(self) -> None:
        """Ask; it is over when the passport fits, and when it did not for the last time."""
        if not self.complete():
            return
        self._busy = True
        self.check()
        op = self.session.act(
            f"/v1/loans/{self.loan.id}/identity",
            self.body(),
            Compared,
            touches=(("loans", self.loan.id),),
            version=self._version,
            form=self._form,
            owner=self,
        )
        op.success(self._compared).failure(self._failed).start()

    def _compared(self, answer: Compared) -> None:
        self._busy = False
        self._form = Form()
        self.compared = answer
        if (answer.number_matches and answer.photo_matches) or answer.stopped:
            self.done(self.DialogCode.Accepted)
            return
        agreement = answer.loan.agreement
        if agreement is not None:
            self._version = agreement.version
        parts = []
        if not answer.number_matches:
            parts.append(translate("LoanIdentity", "The number is not the one of the agreement."))
        if not answer.photo_matches:
            parts.append(translate("LoanIdentity", "The face is not the photo's."))
        parts.append(translate("LoanIdentity", "Look again: the next time is the last one."))
        self._tell("bad", " ".join(parts))
        self.number.clear()
        self.number.setFocus()
        self.check()

    def _failed(self, error: ApiError) -> None:
        self._busy = False
        self._tell("bad", wording.error_text(error))
        self.check()

    def _tell(self, tone: str, text: str) -> None:
        self.verdict.setText(text)
        dress(self.verdict, tone=tone)
        self.verdict.show()
