"""Shops that sell on credit: the list, a new one, the chosen one beside it, and the terms everybody works by."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QDialog, QWidget

from gui.api.types import Me, Shop, ShopItem
from gui.i18n import translate
from gui.models import shops
from gui.settings import Settings
from gui.store.session import Session
from gui.theme import theme
from gui.views.page import ListPage, letter
from gui.views.shops_dialog import opened
from gui.views.shops_form import ShopForm
from gui.views.shops_panel import SIDES, ShopPanel
from gui.views.shops_terms import TermsDialog
from gui.widgets.filterbar import FilterBar
from gui.widgets.parts import button
from gui.widgets.tableview import TableView
from gui.widgets.undobar import UndoBar


class ShopsPage(ListPage):
    """Attributes:
    card: the chosen shop. dialog: the form of a new shop, or the terms, while they are open.
    """

    key = "shops"
    topic = "shops"
    topics = ("shops",)
    usual_sort = "name"

    def __init__(self, session: Session, settings: Settings, parent: QWidget | None = None) -> None:
        super().__init__(session, settings, parent)
        self.dialog: QDialog | None = None
        table = TableView(translate("Shops", "Shops"))
        table.empty_text = translate("Shops", "No shop here. N takes one in.")
        bar = FilterBar(
            shops.FILTERS,
            shops.filter_title,
            translate("Shops", "Name, ИНН…"),
            tones={"new": "warn", "suspended": "bad"},
            always=("all", "active"),
            field_width=200,
        )
        self.terms = button(translate("Shops", "Terms…"), icon="calculator", slot=self.show_terms, shortcut="U")
        self.new = button(translate("Shops", "New shop…"), "primary", icon="plus", slot=self.make, shortcut="N")
        self.card = ShopPanel(session)
        self.card.setMinimumWidth(theme.px(430))
        self.news = UndoBar()
        model = shops.model(session.client, self)
        self.build(model, table, bar, self.card, share=(56, 44), beside=[self.terms, self.new], under=[self.news])
        self.card.acted.connect(self._acted)
        self.card.refused.connect(session.refused)
        self.card.terms_asked.connect(self.show_terms)
        self.allow()

    @classmethod
    def title(cls, me: Me | None) -> str:
        return translate("Shops", "Shops")

    @classmethod
    def opens_to(cls, me: Me) -> bool:
        return me.may("shops.manage")

    # --- the list ----------------------------------------------------------------------------------------------------

    def reload(self) -> None:
        super().reload()
        self.card.reload()

    def picked(self, row: Any) -> None:
        if isinstance(row, ShopItem):
            self.card.show_row(row)
        elif not self.model.total:
            self.card.show_row(None)

    def opened(self, row: Any) -> None:
        """Enter: what comes next with it — let it work, or change its particulars."""
        if self.card.first.isVisible() and self.card.first.isEnabled():
            self.card.step("activate")
        else:
            self.card.amend()

    def show_item(self, name: str) -> None:
        super().show_item(name)
        self.card.show_name(name)

    def _changed(self, topic: str, names: frozenset[str]) -> None:
        super()._changed(topic, names)
        # Terms of everybody are told under their own ids, and they change what a shop lacks.
        if topic in self.topics:
            self.card.reload()

    def _acted(self, told: str) -> None:
        self.news.say(told, undoable=False)
        self.table.setFocus()

    def allow(self) -> None:
        if not hasattr(self, "card"):
            return
        online = self.session.online
        why = "" if online else translate("Shops", "No link to the Kvit service.")
        for made in (self.new, self.terms):
            made.setEnabled(online and self.session.may("shops.manage"))
            made.setAccessibleDescription(why)
        self.card.allow()

    # --- dialogs -----------------------------------------------------------------------------------------------------

    def make(self) -> None:
        """Take a shop in."""
        if self.dialog is not None or not self.new.isEnabled():
            return
        form = ShopForm(self.session, None, self)

        def taken_in() -> None:
            if isinstance(form.answer, Shop):
                self.show_item(form.answer.id)
                self._acted(translate("Shops", "{shop}: taken in").format(shop=form.answer.name))

        self.dialog = opened(form, taken_in, self._closed)

    def show_terms(self) -> None:
        if self.dialog is None and self.terms.isEnabled():
            self.dialog = opened(TermsDialog(self.session, parent=self), lambda: None, self._closed)

    def _closed(self) -> None:
        self.dialog = None
        self.table.setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        pressed = letter(event)
        keys = {
            "n": self.make,
            "u": self.show_terms,
            "e": self.card.amend,
            "a": self.card.give_access,
            "t": self.card.set_tariff,
        }
        if event.modifiers() & (Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier):
            super().keyPressEvent(event)
        elif pressed in keys:
            keys[pressed]()
        elif event.text() in ("1", "2", "3", "4"):
            self.card.show_side(SIDES[int(event.text()) - 1])
        elif event.key() == Qt.Key.Key_Delete and self.card.side == "access":
            self.card.revoke()
        elif event.text() in ("/", "."):
            self.focus_search()
        else:
            super().keyPressEvent(event)
