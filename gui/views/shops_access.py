"""Letting somebody of a shop in: whom, and what they come in with, shown once."""

from __future__ import annotations

from functools import partial
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QFontDatabase, QGuiApplication
from PySide6.QtWidgets import QDialog, QLineEdit, QRadioButton, QWidget

from gui.api.types import GivenAccess, Shop
from gui.i18n import translate
from gui.models import shops as words
from gui.store.session import Session
from gui.theme import theme
from gui.views.shops_dialog import AskingDialog, tick
from gui.widgets.parts import button, columns, label, rows

NAME_LIMIT = 80


class AccessDialog(AskingDialog):
    """Who comes in, and as what.

    Attributes:
        kinds: one button per kind of access.
    """

    def __init__(self, session: Session, shop: Shop, kind: str, parent: QWidget | None = None) -> None:
        """`kind`: what is chosen to begin with."""
        super().__init__(
            session,
            translate("Shops", "Give access"),
            translate("Shops", "Give access"),
            parent,
            note=shop.name,
            icon="plus",
        )
        self.shop = shop
        self.kinds: dict[str, QRadioButton] = {}
        for name in (*words.PEOPLE, words.SITE):
            made = QRadioButton(words.kind_title(name))
            made.setAccessibleDescription(words.kind_words(name))
            made.toggled.connect(partial(self._chosen, name))
            self.kinds[name] = made
            self.box.addWidget(made)
            told = label(words.kind_words(name), "muted", wrap=True)
            told.setIndent(theme.px(24))
            self.box.addWidget(told)
        self.box.addWidget(self.line("name", translate("Shops", "Who"), limit=NAME_LIMIT))
        self.kinds[kind].setChecked(True)
        self.fields["name"].editor.setFocus()

    @property
    def kind(self) -> str:
        return next(name for name, made in self.kinds.items() if made.isChecked())

    def _chosen(self, kind: str, on: bool) -> None:
        editor = self.fields["name"].editor
        if on and isinstance(editor, QLineEdit):
            site = translate("Shops", "the site, as you will know it: shop.example")
            person = translate("Shops", "surname and name, as they will stand in the journal")
            editor.setPlaceholderText(site if kind == words.SITE else person)

    def errors(self) -> dict[str, str]:
        if self.text("name").strip():
            return {}
        return {"name": translate("Shops", "Whose access is it?")}

    def request(self) -> tuple[str, dict[str, Any], type[Any]]:
        body = {"kind": self.kind, "name": self.text("name").strip()}
        return f"/v1/shops/{self.shop.id}/access", body, GivenAccess


class SecretDialog(QDialog):
    """The key somebody comes in with, shown this once: the window closes only when its reader says it is kept.

    Attributes:
        secret: the field it stands in; emptied as the window closes.
    """

    def __init__(self, given: GivenAccess, kind: str, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(translate("Shops", "The key, shown once"))
        self.setModal(True)
        self.setMinimumWidth(theme.px(600))
        whole = rows(self, gap=9, margin=14)
        whole.addWidget(label(translate("Shops", "The key, shown once"), "heading"))
        whole.addWidget(label(f"{given.shop.name} · {words.kind_title(kind)} · {name}", "muted", wrap=True))
        self.secret = QLineEdit(given.token)
        self.secret.setReadOnly(True)
        self.secret.setAccessibleName(translate("Shops", "Key"))
        self.secret.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.copy = button(translate("Shops", "Copy"), icon="copy", slot=self._copy)
        line = columns(gap=8)
        line.addWidget(self.secret, 1)
        line.addWidget(self.copy)
        self._kept = tick(translate("Shops", "I have passed it on or put it where it belongs"))
        if given.token:
            whole.addLayout(line)
            whole.addWidget(label(_where(kind), wrap=True))
            once = translate(
                "Shops", "It is kept nowhere and cannot be shown again. Lost, it is revoked and given anew."
            )
            whole.addWidget(label(once, wrap=True, tone="warn"))
            whole.addWidget(self._kept, 0, Qt.AlignmentFlag.AlignLeft)
        else:
            gone = translate(
                "Shops", "The access was given before, and its key cannot be shown again. Revoke it and give another."
            )
            whole.addWidget(label(gone, wrap=True, tone="warn"))
            self._kept.setChecked(True)
        foot = columns(gap=8)
        foot.addStretch(1)
        self.ok = button(translate("Shops", "Close"), "primary", icon="check", slot=self.accept)
        foot.addWidget(self.ok)
        whole.addLayout(foot)
        self._kept.toggled.connect(self._check)
        self._check()
        (self.copy if given.token else self.ok).setFocus()

    @property
    def kept(self) -> Any:
        """The tick that lets the window close."""
        return self._kept

    def _check(self, *_: object) -> None:
        self.ok.setEnabled(self._kept.isChecked())
        self.ok.setToolTip("" if self._kept.isChecked() else translate("Shops", "Tick that it is kept first."))

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.secret.text())
        self.copy.setText(" " + translate("Shops", "Copied"))

    def reject(self) -> None:
        """Esc would lose it for good."""
        if self._kept.isChecked():
            self.accept()

    def done(self, result: int) -> None:
        self.secret.clear()
        super().done(result)


def _where(kind: str) -> str:
    """Where the key is used."""
    if kind == words.SITE:
        return translate(
            "Shops",
            "It belongs in the settings of the site's server (header “Authorization: Bearer …”), never in a page.",
        )
    return translate("Shops", "With it they come in at the shop's web account, /shop/login.")
