"""The form of a new payment order: errors at their fields, warnings to confirm, nothing typed ever lost."""

from __future__ import annotations

from datetime import date
from typing import Any

from PySide6.QtCore import QDate, Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDateEdit,
    QDialog,
    QFrame,
    QGridLayout,
    QLineEdit,
    QPlainTextEdit,
    QScrollArea,
    QWidget,
)

from gui import wording
from gui.api.errors import ApiError, Away
from gui.api.types import Bank, Outgoing
from gui.i18n import translate
from gui.models import outgoing as words
from gui.models.payment_form import BUDGET, NO_VAT, PURPOSE_LIMIT, TAX_FIELDS, VAT_RATES, Draft, field_of
from gui.store.ops import Form
from gui.store.session import Session
from gui.theme import theme
from gui.views.confirm import ConfirmWarnings, warnings_of
from gui.widgets.field import Field
from gui.widgets.parts import button, columns, dress, label, rows
from gui.widgets.toast import desk

PATH = "/v1/outgoing"
ACCOUNT_LENGTH = 20


class PaymentForm(QDialog):
    """Signals:
    made: the service has the order; carries it.

    Attributes:
        fields: by the service's names of the fields.
        confirm: the dialog with the warnings while it is open.
    """

    made = Signal(object)

    def __init__(self, session: Session, bank: Bank, draft: Draft, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self.fields: dict[str, Field] = {}
        self.confirm: ConfirmWarnings | None = None
        self._form = Form()
        self._busy = False
        self._asked_tax = False
        self.setWindowTitle(translate("PaymentForm", "New payment order"))
        area = desk()
        self.resize(min(theme.px(860), area.width() - 40), min(theme.px(700), area.height() - 70))
        box = rows(self, gap=8, margin=14)
        self.trouble = label("", wrap=True, tone="bad", select=True)
        self.trouble.hide()
        box.addWidget(self.trouble)
        body = QWidget()
        stack = rows(body, gap=9)
        self._scroll = QScrollArea()
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        stack.addLayout(self._from(bank))
        stack.addWidget(label(translate("PaymentForm", "Payee"), "section"))
        stack.addLayout(self._payee())
        stack.addWidget(label(translate("PaymentForm", "Payment"), "section"))
        stack.addLayout(self._what())
        stack.addWidget(self._tax())
        stack.addStretch(1)
        self._scroll.setWidget(body)
        box.addWidget(self._scroll, 1)
        box.addLayout(self._buttons())
        for keys in ("Ctrl+Return", "Ctrl+Enter"):
            QShortcut(QKeySequence(keys), self, self.submit)
        session.link_changed.connect(self.allow)
        self._fill(draft)
        self._watch()
        self.allow()
        first = "payee.name" if not draft.text("payee.name") else "amount"
        self.fields[first].setFocus()

    # --- the fields --------------------------------------------------------------------------------------------------

    def _line(self, name: str, title: str, *, limit: int = 0, hint: str = "") -> Field:
        editor = QLineEdit()
        if limit:
            editor.setMaxLength(limit)
        editor.setPlaceholderText(hint)
        self.fields[name] = Field(title, editor)
        return self.fields[name]

    def _choice(self, name: str, title: str, choices: list[tuple[str, str]]) -> Field:
        editor = QComboBox()
        editor.setMinimumContentsLength(8)
        editor.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        for key, text in choices:
            editor.addItem(text, key)
        self.fields[name] = Field(title, editor)
        return self.fields[name]

    def _from(self, bank: Bank) -> QGridLayout:
        grid = _grid(5, 2, 2)
        accounts = [(own.account, f"{words.account(own.account)} · {own.bank}") for own in bank.accounts]
        grid.addWidget(self._choice("account", translate("PaymentForm", "Our account"), accounts), 0, 0)
        next_number = translate("PaymentForm", "the next one")
        grid.addWidget(self._line("number", translate("PaymentForm", "Number"), limit=6, hint=next_number), 0, 1)
        day = QDateEdit(self._today())
        day.setDisplayFormat("dd.MM.yyyy")
        day.setCalendarPopup(True)
        self.fields["date"] = Field(translate("PaymentForm", "Date"), day)
        grid.addWidget(self.fields["date"], 0, 2)
        return grid

    def _payee(self) -> QGridLayout:
        grid = _grid(3, 2, 2)
        grid.addWidget(self._line("payee.name", translate("PaymentForm", "Name"), limit=160), 0, 0, 1, 3)
        grid.addWidget(
            self._line("payee.account", translate("PaymentForm", "Account"), limit=29, hint="40702 810 0 0000 0000000"),
            1, 0,
        )  # fmt: skip
        grid.addWidget(self._line("payee.inn", translate("PaymentForm", "INN"), limit=12), 1, 1)
        grid.addWidget(self._line("payee.kpp", translate("PaymentForm", "KPP"), limit=9), 1, 2)
        grid.addWidget(self._line("payee.corr_account", translate("PaymentForm", "Corr. account"), limit=29), 2, 0)
        grid.addWidget(self._line("payee.bic", translate("PaymentForm", "BIC"), limit=9, hint="044525225"), 2, 1)
        grid.addWidget(self._line("payee.bank_name", translate("PaymentForm", "Bank"), limit=160), 3, 0, 1, 3)
        return grid

    def _what(self) -> QGridLayout:
        grid = _grid(3, 3, 2, 3)
        grid.addWidget(self._line("amount", translate("PaymentForm", "Sum, ₽"), limit=24, hint="12 500,00"), 0, 0)
        vat = [
            ("", translate("PaymentForm", "as written in the purpose")),
            (NO_VAT, translate("PaymentForm", "not taxed")),
            *((rate, translate("PaymentForm", "{rate} % included").format(rate=rate)) for rate in VAT_RATES),
        ]
        grid.addWidget(self._choice("vat", translate("PaymentForm", "VAT"), vat), 0, 1)
        priorities = [(str(n), str(n)) for n in range(1, 6)]
        grid.addWidget(self._choice("priority", translate("PaymentForm", "Priority"), priorities), 0, 2)
        no_uin = translate("PaymentForm", "none")
        grid.addWidget(self._line("uin", translate("PaymentForm", "UIN (22)"), limit=25, hint=no_uin), 0, 3)
        purpose = QPlainTextEdit()
        purpose.setTabChangesFocus(True)
        purpose.setFixedHeight(theme.px(62))
        self.fields["purpose"] = Field(translate("PaymentForm", "Purpose"), purpose)
        grid.addWidget(self.fields["purpose"], 1, 0, 1, 4)
        self.preview = label("", "small", wrap=True)
        grid.addWidget(self.preview, 2, 0, 1, 4)
        amount = self._edit("amount")
        amount.setAlignment(Qt.AlignmentFlag.AlignRight)
        return grid

    def _tax(self) -> QWidget:
        whole = QWidget()
        stack = rows(whole, gap=6)
        self.is_tax = QCheckBox(translate("PaymentForm", "Payment to the budget (fields 101–109)"))
        self.is_tax.setAccessibleName(self.is_tax.text())
        self._tax_error = label("", "small", wrap=True, tone="bad")
        self._tax_error.hide()
        self._tax_fields = QWidget()
        grid = _grid(1, 3, 2)
        names = {
            "status": (translate("PaymentForm", "101 Payer's status"), 2, "01"),
            "kbk": (translate("PaymentForm", "104 Budget code (KBK)"), 20, ""),
            "oktmo": (translate("PaymentForm", "105 Territory (OKTMO)"), 11, "0"),
            "basis": (translate("PaymentForm", "106 Basis"), 2, "0"),
            "period": (translate("PaymentForm", "107 Period"), 10, "0"),
            "doc_no": (translate("PaymentForm", "108 Document"), 15, "0"),
            "doc_date": (translate("PaymentForm", "109 Document date"), 10, "0"),
        }
        for number, name in enumerate(TAX_FIELDS):
            title, limit, hint = names[name]
            grid.addWidget(self._line(f"tax.{name}", title, limit=limit, hint=hint), number // 3, number % 3)
        self._tax_fields.setLayout(grid)
        self._tax_fields.hide()
        stack.addWidget(self.is_tax, 0, Qt.AlignmentFlag.AlignLeft)
        stack.addWidget(self._tax_error)
        stack.addWidget(self._tax_fields)
        return whole

    def _buttons(self) -> Any:
        line = columns(gap=8)
        self.empty = button(translate("PaymentForm", "Empty the form"), "ghost", icon="cross", slot=self.clear)
        self.cancel = button(translate("PaymentForm", "Close"), slot=self.reject)
        self.ok = button(translate("PaymentForm", "Propose"), "primary", icon="check", slot=self.submit)
        line.addWidget(self.empty)
        line.addStretch(1)
        line.addWidget(self.cancel)
        line.addWidget(self.ok)
        return line

    def _today(self) -> QDate:
        """By the service's clock: this machine's may be wrong by days."""
        today = self.session.now().astimezone().date()
        return QDate(today.year, today.month, today.day)

    def _edit(self, name: str) -> QLineEdit:
        editor = self.fields[name].editor
        assert isinstance(editor, QLineEdit)
        return editor

    def _watch(self) -> None:
        for name, found in self.fields.items():
            editor = found.editor
            if isinstance(editor, QLineEdit):
                editor.textChanged.connect(lambda _, name=name: self._typed(name))
            elif isinstance(editor, QPlainTextEdit):
                editor.textChanged.connect(lambda name=name: self._typed(name))
            elif isinstance(editor, QComboBox):
                editor.currentIndexChanged.connect(lambda _, name=name: self._typed(name))
        self._edit("amount").editingFinished.connect(self._tidy_amount)
        self.is_tax.toggled.connect(self._tax_toggled)
        self._count()

    # --- typing ------------------------------------------------------------------------------------------------------

    def _fill(self, draft: Draft) -> None:
        for name, found in self.fields.items():
            text, editor = draft.texts.get(name, ""), found.editor
            if isinstance(editor, QLineEdit):
                editor.setText(text)
            elif isinstance(editor, QPlainTextEdit):
                editor.setPlainText(text)
            elif isinstance(editor, QComboBox):
                usual = "5" if name == "priority" else ""
                editor.setCurrentIndex(max(editor.findData(text or usual), 0))
        day = draft.day
        date_edit = self.fields["date"].editor
        assert isinstance(date_edit, QDateEdit)
        date_edit.setDate(QDate(day.year, day.month, day.day) if day else self._today())
        self.is_tax.setChecked(draft.is_tax)
        self._tax_toggled(draft.is_tax)

    def draft(self) -> Draft:
        """What stands in the form now."""
        made = Draft(is_tax=self.is_tax.isChecked())
        for name, found in self.fields.items():
            editor = found.editor
            if isinstance(editor, QLineEdit):
                made.texts[name] = editor.text()
            elif isinstance(editor, QPlainTextEdit):
                made.texts[name] = editor.toPlainText()
            elif isinstance(editor, QComboBox):
                made.texts[name] = str(editor.currentData() or "")
            elif isinstance(editor, QDateEdit):
                chosen = editor.date()
                made.day = date(chosen.year(), chosen.month(), chosen.day())
        return made

    def clear(self) -> None:
        """An empty form, and with it another payment."""
        self._fill(Draft())
        self._form = Form()
        self._forget_errors()
        self.fields["payee.name"].setFocus()

    def _typed(self, name: str) -> None:
        self.fields[name].say("")
        account = self._edit("payee.account").text().replace(" ", "")
        if name == "payee.account" and account.startswith(BUDGET) and not self._asked_tax:
            # Once: who unticks it again knows better.
            self._asked_tax = True
            self.is_tax.setChecked(True)
        if name in ("payee.account", "payee.corr_account", "purpose", "amount", "vat"):
            self._count()

    def _tidy_amount(self) -> None:
        field = self._edit("amount")
        kopecks = wording.parse_money(field.text())
        if kopecks is not None:
            field.setText(wording.money(kopecks, currency=False))

    def _tax_toggled(self, on: bool) -> None:
        self._tax_fields.setVisible(on)
        self.fields["vat"].setEnabled(not on)
        self._say_tax("")
        self._count()

    def _count(self) -> None:
        """How long the accounts and the purpose are, and the purpose as the bank will read it."""
        for name in ("payee.account", "payee.corr_account"):
            length = len("".join(self._edit(name).text().split()))
            self.fields[name].note.setText(f"{length} / {ACCOUNT_LENGTH}" if length else "")
            dress(self.fields[name].note, tone="" if length in (0, ACCOUNT_LENGTH) else "warn")
        draft = self.draft()
        whole = draft.purpose()
        note = self.fields["purpose"].note
        note.setText(f"{len(whole)} / {PURPOSE_LIMIT}")
        dress(note, tone="bad" if len(whole) > PURPOSE_LIMIT else "")
        added = whole != " ".join(draft.text("purpose").split())
        self.preview.setText(translate("PaymentForm", "The bank will read: {text}").format(text=whole) if added else "")
        self.preview.setVisible(added)

    # --- sending -----------------------------------------------------------------------------------------------------

    def allow(self) -> None:
        online = self.session.online
        self.ok.setEnabled(online and not self._busy)
        tip = translate("PaymentForm", "Propose the payment order (Ctrl+Enter)")
        away = translate("PaymentForm", "No link to the service. What you have typed stays here.")
        self.ok.setToolTip(tip if online else away)

    def submit(self) -> None:
        if not self.ok.isEnabled():
            return
        self._forget_errors()
        draft = self.draft()
        errors = draft.first_errors()
        if errors:
            for name, text in errors.items():
                self._say(name, text)
            self._go_to(next(name for name in self.fields if name in errors))
            return
        self._send(draft, draft.body())

    def _send(self, draft: Draft, body: dict[str, Any]) -> None:
        self._busy = True
        self.allow()

        def done(order: Outgoing) -> None:
            self.made.emit(order)
            self.accept()

        def failed(error: ApiError) -> None:
            self._busy = False
            self.allow()
            warnings = warnings_of(error)
            if warnings:
                self._ask(ConfirmWarnings(warnings, translate("PaymentForm", "Confirm and propose"), self), draft, body)
            else:
                self._tell(error, draft)

        op = self.session.act(PATH, body, Outgoing, touches=(("outgoing", ""),), form=self._form, owner=self)
        op.success(done).failure(failed).start()

    def _ask(self, dialog: ConfirmWarnings, draft: Draft, body: dict[str, Any]) -> None:
        for warning in dialog.warnings:
            if warning.about in self.fields:
                dress(self.fields[warning.about].editor, bad="true")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.confirm = dialog

        def finished(result: int) -> None:
            self.confirm = None
            if result == QDialog.DialogCode.Accepted:
                self._forget_errors()
                self._send(draft, {**body, "confirmed": dialog.codes})

        dialog.finished.connect(finished)
        dialog.open()

    def _tell(self, error: ApiError, draft: Draft) -> None:
        text = " ".join(part for part in (wording.error_text(error), wording.error_hint(error)) if part)
        name = field_of(error, draft)
        if isinstance(error, Away) or not self._say(name, text):
            self.trouble.setText(text)
            self.trouble.show()
        else:
            self._go_to(name)

    def _say(self, name: str, text: str) -> bool:
        """Show an error at its field; False when the form has no such field."""
        if name == "tax" or name.startswith("tax."):
            self.is_tax.setChecked(self.is_tax.isChecked() or name != "tax")
        if name == "tax":
            self._say_tax(text)
            return True
        if name not in self.fields:
            return False
        self.fields[name].say(text)
        return True

    def _say_tax(self, text: str) -> None:
        self._tax_error.setText(text)
        self._tax_error.setVisible(bool(text))

    def _go_to(self, name: str) -> None:
        target = self.is_tax if name == "tax" else self.fields[name].editor
        target.setFocus()
        self._scroll.ensureWidgetVisible(target)

    def _forget_errors(self) -> None:
        self.trouble.hide()
        self._say_tax("")
        for found in self.fields.values():
            found.say("")


def _grid(*stretches: int) -> QGridLayout:
    grid = QGridLayout()
    grid.setContentsMargins(0, 0, 0, 0)
    grid.setHorizontalSpacing(theme.px(10))
    grid.setVerticalSpacing(theme.px(6))
    for column, stretch in enumerate(stretches):
        grid.setColumnStretch(column, stretch)
    return grid
