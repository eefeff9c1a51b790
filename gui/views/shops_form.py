"""A shop's particulars typed in: each requisite is checked by the service as soon as its field is left."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QLineEdit, QPlainTextEdit, QWidget

from gui.api.client import Call
from gui.api.errors import ApiError
from gui.api.types import Shop, ShopFault, ShopFaults
from gui.i18n import said, translate
from gui.models import shops as words
from gui.models.shop_form import NUMBERS, shop_body, shop_errors, shop_texts
from gui.store.session import Session
from gui.theme import theme
from gui.views.shops_dialog import AskingDialog, tick
from gui.widgets.parts import columns, dress, label, rows, scroller
from gui.widgets.toast import desk

CHECK_MS = 250
_COUNTED = ("bic", "account", "corr_account")


class ShopForm(AskingDialog):
    """A new shop, or the particulars of one that is there.

    Attributes:
        shop: the one that is changed; None for a new one.
    """

    def __init__(self, session: Session, shop: Shop | None = None, parent: QWidget | None = None) -> None:
        new = shop is None
        super().__init__(
            session,
            translate("Shops", "New shop") if new else translate("Shops", "The shop's particulars"),
            translate("Shops", "Take the shop in") if new else translate("Shops", "Save"),
            parent,
            note=translate("Shops", "It may work once it has a contract, a tariff, lenders' terms and a manager.")
            if new
            else "",
            icon="plus" if new else "check",
        )
        self.shop = shop
        self._left: set[str] = set()
        self._checking: Call | None = None
        self._check_soon = QTimer(self, singleShot=True, interval=CHECK_MS)
        self._check_soon.timeout.connect(self._check)
        area = desk()
        self.resize(min(theme.px(760), area.width() - 40), min(theme.px(690), area.height() - 70))
        self._make_fields()
        self._lay_out()
        if shop is not None:
            self.fill(shop_texts(shop))
            self.own.setChecked(shop.own)
            self.trusts.setChecked(shop.trusts_lender)
            key = self.fields["key"].editor
            key.setEnabled(False)
            key.setToolTip(translate("Shops", "It stands in addresses and papers and does not change."))
        self._watch()
        self.fields["name"].editor.setFocus()

    # --- fields ------------------------------------------------------------------------------------------------------

    def _make_fields(self) -> None:
        hints = {
            "name": "ООО «Мягкий дом»",
            "key": translate("Shops", "mebel-nn: Latin letters, digits, hyphens"),
            "inn": translate("Shops", "10 digits, a sole trader 12"),
            "kpp": translate("Shops", "nothing for a sole trader"),
            "phone": "+7 495 123-45-67",
            "region": "77",
            "contract": translate("Shops", "№ and date; may follow later"),
            "risk_limit": translate("Shops", "nothing for no limit"),
        }
        for name in ("name", "key", "inn", "kpp", "bic", "account", "corr_account", "bank_name"):
            # Room for the spaces people put between groups of digits.
            limit = NUMBERS[name] + 8 if name in NUMBERS else 200
            self.line(name, words.field_title(name), limit=limit, hint=hints.get(name, ""))
        for name, limit in (("email", 254), ("phone", 40), ("region", 2), ("contract", 200), ("risk_limit", 20)):
            self.line(name, words.field_title(name), limit=limit, hint=hints.get(name, ""))
        self.lines("sites", words.field_title("sites"), hint="https://shop.example")
        self.fields["sites"].note.setText(translate("Shops", "one a line"))
        self.own = tick(
            translate("Shops", "Our own shop: its goods leave our warehouse"),
        )
        self.trusts = tick(translate("Shops", "Its goods may go before the lender's money is here"))

    def _lay_out(self) -> None:
        body = QWidget()
        outer, self.box = self.box, rows(body, gap=8)
        self.beside("name", "key")
        self.beside("inn", "kpp", "region")
        self.box.addWidget(label(translate("Shops", "Where its money goes"), "section"))
        self.beside("bic", "bank_name")
        self.beside("account", "corr_account")
        self.box.addWidget(label(translate("Shops", "How it is reached"), "section"))
        self.beside("email", "phone")
        self.beside("sites")
        self.box.addWidget(label(translate("Shops", "What is agreed"), "section"))
        self.beside("contract", "risk_limit")
        ticks = columns(gap=14)
        ticks.addWidget(self.trusts)
        ticks.addWidget(self.own)
        ticks.addStretch(1)
        self.box.addLayout(ticks)
        self.box.addStretch(1)
        self._scroll = scroller(body)
        outer.addWidget(self._scroll, 1)

    def _watch(self) -> None:
        for name, field in self.fields.items():
            editor = field.editor
            if isinstance(editor, QLineEdit):
                editor.editingFinished.connect(lambda name=name: self._field_left(name))
            elif isinstance(editor, QPlainTextEdit):
                editor.textChanged.connect(lambda name=name: self._field_left(name))
        for name in _COUNTED:
            editor = self.fields[name].editor
            assert isinstance(editor, QLineEdit)
            editor.textChanged.connect(lambda _, name=name: self._count(name))
            self._count(name)

    def _count(self, name: str) -> None:
        """How many places a number has, beside how many it should have."""
        length, note = len("".join(self.text(name).split())), self.fields[name].note
        note.setText(f"{length} / {NUMBERS[name]}" if length else "")
        dress(note, tone="" if length in (0, NUMBERS[name]) else "warn")

    # --- checking ----------------------------------------------------------------------------------------------------

    def _field_left(self, name: str) -> None:
        """Once it is left, it is told what is wrong with it; what nobody has come to yet is not."""
        self._left.add(name)
        self._check_soon.start()

    def _body(self) -> dict[str, Any]:
        return shop_body(self.texts(), own=self.own.isChecked(), trusts_lender=self.trusts.isChecked())

    def _check(self) -> None:
        self._ask_faults(lambda faults: self._show_faults(faults, self._left), lambda _: None)

    def _ask_faults(self, done: Any, failed: Any) -> None:
        if not self.session.online:
            return
        if self._checking is not None:
            self._checking.cancel()
        self._checking = self.session.client.send(
            "POST", "/v1/shops/check", {**self._body(), "new": self.shop is None}, ShopFaults, done, failed, owner=self
        )

    def _show_faults(self, found: ShopFaults, names: set[str]) -> None:
        wrong = {fault.field: _told(fault) for fault in found.faults if self._filled(fault.field)}
        for name in names:
            self.fields[name].say(wrong.get(name, ""))

    def _filled(self, name: str) -> bool:
        # Of an account that is empty the БИК says enough; КПП is wanted of a company only.
        return bool(self.text(name).strip()) or name == "kpp"

    # --- asking ------------------------------------------------------------------------------------------------------

    def errors(self) -> dict[str, str]:
        return shop_errors(self.texts(), new=self.shop is None)

    def show_errors(self, wrong: Any) -> None:
        super().show_errors(wrong)
        first = next((field for name, field in self.fields.items() if name in wrong), None)
        if first is not None:
            self._scroll.ensureWidgetVisible(first)

    def request(self) -> tuple[str, dict[str, Any], type[Any]]:
        path = "/v1/shops" if self.shop is None else f"/v1/shops/{self.shop.id}"
        return path, self._body(), Shop

    def ask(self, **_: Any) -> None:
        """Every fault at once, and only a form without any is sent."""
        self._check_soon.stop()
        self.busy(True)

        def checked(found: ShopFaults) -> None:
            self.busy(False)
            wrong = {fault.field: _told(fault) for fault in found.faults}
            if wrong:
                self.show_errors(wrong)
            elif self.shop is None:
                super(ShopForm, self).ask()
            else:
                super(ShopForm, self).ask(method="PUT", version=self.shop.version)

        def failed(error: ApiError) -> None:
            self.refused(error)

        self._ask_faults(checked, failed)


def _told(fault: ShopFault) -> str:
    return " ".join(part for part in (said(fault.text) or fault.code, said(fault.hint)) if part)
