"""Dialogs of settlements: what a press brings about, and lines written by hand."""

from __future__ import annotations

from typing import Any

from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QDialog, QFormLayout, QLineEdit, QWidget

from gui import wording
from gui.api.types import Balance, Statement, StatementLine
from gui.i18n import said, translate
from gui.theme import theme
from gui.widgets.parts import button, columns, label, rows

LONGEST_REASON = 500
LONGEST_DOCUMENT = 120


def party_of(statement: Statement) -> Balance:
    """The party a statement is with."""
    return Balance(party_kind=statement.party_kind, party_id=statement.party_id, party=statement.party)


class SureDialog(QDialog):
    """What a press brings about, before it is pressed.

    Attributes:
        ok: the button that goes on.
    """

    def __init__(
        self, title: str, about: str, consequence: str, parent: QWidget | None = None, *, role: str = "primary"
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.setModal(True)
        self.setMinimumWidth(theme.px(440))
        box = rows(self, gap=9, margin=14)
        box.addWidget(label(title, "heading"))
        box.addWidget(label(about, "muted", wrap=True))
        box.addWidget(label(consequence, wrap=True))
        self.form = QFormLayout()
        self.form.setHorizontalSpacing(theme.px(12))
        self.form.setVerticalSpacing(theme.px(6))
        self.form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        box.addLayout(self.form)
        line = columns(gap=8)
        line.addStretch(1)
        line.addWidget(button(translate("Settlement", "Back"), slot=self.reject))
        self.ok = button(title, role, icon="check", slot=self.accept)
        line.addWidget(self.ok)
        box.addLayout(line)
        for keys in ("Ctrl+Return", "Ctrl+Enter"):
            QShortcut(QKeySequence(keys), self, self.accept)
        self.ok.setFocus()

    def accept(self) -> None:
        if self.ok.isEnabled():
            super().accept()


class LineDialog(SureDialog):
    """A line written by hand: the fields a subclass adds, and a reason the party reads.

    Attributes:
        reason: the field of the reason.
    """

    def __init__(self, title: str, about: str, consequence: str, parent: QWidget | None = None) -> None:
        super().__init__(title, about, consequence, parent, role="danger")
        self.reason = QLineEdit()

    def field(self, title: str, editor: QLineEdit, longest: int, hint: str = "") -> None:
        editor.setAccessibleName(title)
        editor.setMaxLength(longest)
        editor.setPlaceholderText(hint)
        editor.textChanged.connect(self.check)
        self.form.addRow(label(title, "muted"), editor)

    def ask_reason(self) -> None:
        """The last field; from here on the dialog checks what was typed."""
        self.field(
            translate("Settlement", "Why"), self.reason, LONGEST_REASON, translate("Settlement", "the party reads it")
        )
        self.check()

    def complete(self) -> bool:
        """Whether it may go on."""
        return bool(_words(self.reason))

    def check(self, *_: object) -> None:
        self.ok.setEnabled(self.complete())


class TakeBackDialog(LineDialog):
    """Which part of a line is taken back, and why."""

    def __init__(self, line: StatementLine, parent: QWidget | None = None) -> None:
        name = f"{said(line.kind_said)} · {line.document} · {wording.money(line.gross)}"
        super().__init__(
            translate("Settlement", "Take the line back"),
            name,
            translate("Settlement", "Another line takes it back; it stands in the party's next statement."),
            parent,
        )
        self.line = line
        self.share = QLineEdit()
        whole = translate("Settlement", "nothing for the whole line")
        self.field(translate("Settlement", "Of the turnover, ₽"), self.share, 20, whole)
        self.ask_reason()
        self.share.setFocus()

    def complete(self) -> bool:
        typed = self.share.text().strip()
        share = wording.parse_money(typed)
        fits = not typed or (share is not None and 0 < share <= abs(self.line.gross))
        return fits and super().complete()

    def body(self) -> dict[str, Any]:
        """What is asked of the service; the share has the sign of its line."""
        share = wording.parse_money(self.share.text()) if self.share.text().strip() else None
        signed = -share if share is not None and self.line.gross < 0 else share
        return {"reason": _words(self.reason), "share": signed}


class PartyLineDialog(LineDialog):
    """A line for a party, of a document."""

    path = ""

    def __init__(self, party: Balance, consequence: str, sum_title: str, parent: QWidget | None = None) -> None:
        super().__init__(self.title().removesuffix("…"), party.party or party.party_id, consequence, parent)
        self.party = party
        self.sum = QLineEdit()
        self.field(sum_title, self.sum, 20)

    @classmethod
    def title(cls) -> str:
        """What the entry of the menu says."""
        raise NotImplementedError

    def done_words(self) -> str:
        return translate("Settlement", "written for the next statement")

    def ask_document(self) -> None:
        self.document = QLineEdit()
        hint = translate("Settlement", "number and date of the act or the letter")
        self.field(translate("Settlement", "Document"), self.document, LONGEST_DOCUMENT, hint)
        self.ask_reason()
        self.sum.setFocus()

    def complete(self) -> bool:
        return self.sum_holds() and bool(_words(self.document)) and super().complete()

    def sum_holds(self) -> bool:
        """Whether the typed sum may go on."""
        raise NotImplementedError

    def body(self) -> dict[str, Any]:
        """What is asked of the service."""
        return {
            "party_kind": self.party.party_kind,
            "party_id": self.party.party_id,
            "document": _words(self.document),
            "reason": _words(self.reason),
        }


class ChargeDialog(PartyLineDialog):
    """What a party owes us by itself: a courier's visit, a monthly fee."""

    path = "charges"

    def __init__(self, party: Balance, parent: QWidget | None = None) -> None:
        told = translate("Settlement", "The sum is kept from what the party has coming, in its next statement.")
        super().__init__(party, told, translate("Settlement", "Fee, ₽"), parent)
        self.vat = QLineEdit()
        self.field(
            translate("Settlement", "Of it VAT, ₽"), self.vat, 20, translate("Settlement", "nothing without VAT")
        )
        self.ask_document()

    @classmethod
    def title(cls) -> str:
        return translate("Settlement", "Charge the party…")

    def sum_holds(self) -> bool:
        fee, vat = wording.parse_money(self.sum.text()), self._vat()
        return fee is not None and vat is not None and 0 <= vat <= fee and fee > 0

    def _vat(self) -> int | None:
        typed = self.vat.text().strip()
        return wording.parse_money(typed) if typed else 0

    def body(self) -> dict[str, Any]:
        return {**super().body(), "fee": wording.parse_money(self.sum.text()), "vat": self._vat()}


class CorrectionDialog(PartyLineDialog):
    """A sum in a party's favour, or against it."""

    path = "corrections"

    def __init__(self, party: Balance, parent: QWidget | None = None) -> None:
        told = translate(
            "Settlement", "A sum above zero is the party's, with a minus it is ours; it stands in its next statement."
        )
        super().__init__(party, told, translate("Settlement", "Sum, ₽"), parent)
        self.ask_document()

    @classmethod
    def title(cls) -> str:
        return translate("Settlement", "Correct the party's account…")

    def sum_holds(self) -> bool:
        return bool(self._amount())

    def _amount(self) -> int | None:
        """Kopecks; below zero after a minus sign of any kind. None for what is no sum."""
        typed = self.sum.text().strip()
        bare = typed.lstrip("-−–")
        amount = wording.parse_money(bare)
        return -amount if amount is not None and bare != typed else amount

    def body(self) -> dict[str, Any]:
        return {**super().body(), "amount": self._amount()}


def _words(field: QLineEdit) -> str:
    return " ".join(field.text().split())
