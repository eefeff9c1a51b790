"""One shop: what it still needs, its particulars, who of it may come in, its tariffs, and what was done about it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QDialog, QFrame, QMenu, QStackedWidget, QVBoxLayout, QWidget

from gui import icons
from gui.api.client import Call
from gui.api.errors import ApiError
from gui.api.types import GivenAccess, LenderStates, Shop, ShopAccess, ShopItem, ShopTariff
from gui.i18n import translate
from gui.models import shop_terms
from gui.models import shops as words
from gui.store.ops import Form
from gui.store.session import Session
from gui.views.confirm import ReasonDialog
from gui.views.settlement_dialogs import SureDialog
from gui.views.shops_about import itself_into, lacking_into, particulars_into, past_into
from gui.views.shops_access import AccessDialog, SecretDialog
from gui.views.shops_dialog import opened
from gui.views.shops_form import ShopForm
from gui.views.shops_terms_forms import TariffDialog
from gui.widgets.parts import button, caption, clear, columns, dress_icon, frame, label, rows, scroller
from gui.widgets.pill import PillLabel
from gui.widgets.segments import Segments
from gui.widgets.tableview import TableView

SIDES = ("about", "access", "tariffs", "history")


class ShopPanel(QFrame):
    """Attributes:
    shop: the one on the screen. dialog: the one that is open. access, tariffs: the tables.

    Signals:
    acted: something was done; carries the words for it.
    refused: an `ApiError`.
    terms_asked: the terms of lenders are wanted.
    """

    acted = Signal(str)
    refused = Signal(object)
    terms_asked = Signal()

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "panel")
        self.session = session
        self.shop: Shop | None = None
        self.dialog: QDialog | None = None
        self._name = ""
        self._busy = False
        self._call: Call | None = None
        self._form = Form()
        self._settle = QTimer(self, singleShot=True, interval=50)
        self._settle.timeout.connect(self._load)
        whole = rows(self, gap=0)
        head = QWidget()
        self._head = rows(head, gap=6, margin=14)
        whole.addWidget(head)
        self.sides = Segments(
            [
                ("about", translate("Shops", "About")),
                ("access", translate("Shops", "Access")),
                ("tariffs", translate("Shops", "Tariffs")),
                ("history", translate("Shops", "History")),
            ]
        )
        self.sides.asked.connect(self.show_side)
        self._strip = QWidget()
        line = columns(self._strip, gap=0)
        line.setContentsMargins(self._head.contentsMargins().left(), 0, 0, 0)
        line.addWidget(self.sides)
        line.addStretch(1)
        whole.addWidget(self._strip)
        self.stack = QStackedWidget()
        about, self._about = _page()
        history, self._history = _page()
        for page in (scroller(about), self._access_side(), self._tariffs_side(), scroller(history)):
            self.stack.addWidget(page)
        whole.addWidget(self.stack, 1)
        whole.addWidget(self._foot())
        self.show_side("about")
        self._render()

    # --- the sides ---------------------------------------------------------------------------------------------------

    def _access_side(self) -> QWidget:
        page, box = _page()
        told = translate(
            "Shops", "People come in at the web account, the site by its key. A key is shown once, when given."
        )
        box.addWidget(label(told, "muted", wrap=True))
        self._access_model = words.access_model(self)
        self.access = TableView(translate("Shops", "Who may come in"))
        self.access.empty_text = translate("Shops", "Nobody of the shop may come in yet.")
        shown: list[Any] = self._access_model.columns
        self.access.show_model(self._access_model, shown)
        self.access.picked.connect(lambda _: self.allow())
        box.addWidget(self.access, 1)
        line = columns(gap=8)
        self.give = button(translate("Shops", "Give access…"), icon="plus", slot=self.give_access, shortcut="A")
        self.give_site = button(
            translate("Shops", "Key for the site…"), icon="link", slot=partial(self.give_access, words.SITE)
        )
        self.take = button(translate("Shops", "Revoke…"), "danger", icon="ban", slot=self.revoke, shortcut="Del")
        line.addWidget(self.give)
        line.addWidget(self.give_site)
        line.addStretch(1)
        line.addWidget(self.take)
        box.addLayout(line)
        return page

    def _tariffs_side(self) -> QWidget:
        page, box = _page()
        self._tariff_model = shop_terms.tariff_model(self.session.now().astimezone().date(), self)
        self.tariffs = TableView(translate("Shops", "Tariffs"))
        self.tariffs.empty_text = translate("Shops", "No tariff: neither its own nor a general one.")
        shown: list[Any] = self._tariff_model.columns
        self.tariffs.show_model(self._tariff_model, shown)
        self.tariffs.picked.connect(self._tariff_picked)
        box.addWidget(self.tariffs, 1)
        self._tariff_words = label("", "muted", wrap=True, select=True)
        box.addWidget(self._tariff_words)
        line = columns(gap=8)
        self.new_tariff = button(
            translate("Shops", "A tariff from a day on…"), icon="plus", slot=self.set_tariff, shortcut="T"
        )
        line.addWidget(self.new_tariff)
        line.addStretch(1)
        box.addLayout(line)
        return page

    def _foot(self) -> QFrame:
        foot = frame("foot")
        line = columns(foot, gap=8, margin=9)
        self.more = button(translate("Shops", "More"), name=translate("Shops", "More actions"))
        self.menu = QMenu(self.more)
        self.more.setMenu(self.menu)
        self.edit = button(translate("Shops", "Change…"), icon="pen", slot=self.amend, shortcut="E")
        self.first = button("", "primary", icon="check", slot=partial(self.step, "activate"))
        line.addWidget(self.more)
        line.addStretch(1)
        line.addWidget(self.edit)
        line.addWidget(self.first)
        self._bar = foot
        return foot

    @property
    def name(self) -> str:
        """Id of the shop shown; "" when none is."""
        return self._name

    @property
    def side(self) -> str:
        return SIDES[self.stack.currentIndex()]

    def show_side(self, side: str) -> None:
        self.sides.choose(side)
        self.stack.setCurrentIndex(SIDES.index(side))

    # --- loading -----------------------------------------------------------------------------------------------------

    def show_row(self, row: ShopItem | None) -> None:
        if row is None:
            self._name, self.shop = "", None
            self._settle.stop()
            self._render()
        elif row.id != self._name or self.shop is None or self.shop.version != row.version:
            self.show_name(row.id)

    def show_name(self, name: str) -> None:
        if name != self._name:
            self._name, self.shop = name, None
            self._form = Form()
            self.allow()
        self._settle.start()

    def reload(self) -> None:
        if self._name:
            self._settle.start()

    def _load(self) -> None:
        if not self._name or not self.session.online:
            return
        if self._call is not None:
            self._call.cancel()
        self._call = self.session.client.get(f"/v1/shops/{self._name}", Shop, self._got, self.refused.emit, owner=self)

    def _got(self, shop: Shop) -> None:
        if shop.id == self._name and shop != self.shop:
            self.shop = shop
            self._render()

    # --- drawing -----------------------------------------------------------------------------------------------------

    def _render(self) -> None:
        for box in (self._head, self._about, self._history):
            clear(box)
        shop = self.shop
        self._strip.setVisible(shop is not None)
        self._bar.setVisible(shop is not None)
        self._access_model.show(shop.access if shop is not None else ())
        self._tariff_model.show(shop.tariffs if shop is not None else ())
        self._buttons(shop)
        if shop is None:
            empty = label(translate("Shops", "Choose a shop on the left."), "muted", wrap=True)
            empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
            self._about.addWidget(empty, 1)
            self.show_side("about")
            return
        self._header(shop)
        itself_into(self._about, shop)
        lacking_into(
            self._about,
            shop,
            {
                "contract": self.amend,
                "tariff": self.set_tariff,
                "lender": self.terms_asked.emit,
                "manager": self.give_access,
            },
        )
        particulars_into(self._about, shop)
        past_into(self._history, shop, self.session.now())
        for table in (self.access, self.tariffs):
            if table.model().rowCount():
                table.select_row(0)
        self._tariff_picked(self.tariffs.current_row())

    def _header(self, shop: Shop) -> None:
        self._head.addWidget(label(shop.name, "title", wrap=True, select=True))
        line = columns(gap=6)
        line.addWidget(PillLabel(words.state_pill(shop)))
        told = [shop.key, translate("Shops", "open applications: {n}").format(n=shop.open_applications)]
        line.addWidget(label(" · ".join(told), "muted", select=True))
        line.addStretch(1)
        self._head.addLayout(line)
        why = words.standing_words(shop)
        if why:
            self._head.addWidget(label(why, wrap=True, select=True, tone="bad" if shop.state == "suspended" else ""))

    def _tariff_picked(self, row: Any) -> None:
        self._tariff_words.setText(shop_terms.tariff_words(row) if isinstance(row, ShopTariff) else "")

    # --- what may be done --------------------------------------------------------------------------------------------

    def _buttons(self, shop: Shop | None) -> None:
        self.menu.clear()
        events = shop.events if shop is not None else ()
        for event in events:
            if shop is not None and event != "activate":
                entry = self.menu.addAction(icons.icon(words.move_icon(event)), f"{words.move_title(shop, event)}…")
                entry.setData(event)
                entry.triggered.connect(partial(self.step, event))
        if shop is not None and "activate" in events:
            caption(self.first, words.move_title(shop, "activate"), icon=True)
            dress_icon(self.first, "check")
            self.first.setAccessibleName(words.move_title(shop, "activate"))
        self.first.setVisible("activate" in events)
        self.more.setVisible(not self.menu.isEmpty())
        self.allow()

    def allow(self) -> None:
        shop = self.shop
        why = "" if self.session.online else translate("Shops", "No link to the Kvit service.")
        may = not why and not self._busy and shop is not None and self.session.may("shops.manage")
        closed = shop is None or shop.state == "closed"
        lacking = bool(shop is not None and shop.lacking)
        chosen = isinstance(self.access.current_row(), ShopAccess)
        for made, on in (
            (self.more, may),
            (self.edit, may and not closed),
            (self.first, may and not lacking),
            (self.give, may and not closed),
            (self.give_site, may and not closed),
            (self.take, may and chosen),
            (self.new_tariff, may and not closed),
        ):
            made.setEnabled(on)
            made.setAccessibleDescription(why)
        self.first.setToolTip(why or (translate("Shops", "It lacks what stands above.") if lacking else ""))

    def step(self, event: str, *_: object) -> None:
        """Say what it brings about, ask why where it takes something away, then do it."""
        shop = self.shop
        if shop is None or event not in shop.events or self.dialog is not None or not self.more.isEnabled():
            return
        title, told = words.move_title(shop, event), words.consequence(event)
        if event == "activate":
            if not self.first.isEnabled():
                return
            sure = SureDialog(title, shop.name, told, self)
            self._open(sure, lambda: self._send_move(shop, event, ""))
            return
        prompt = translate("Shops", "Why? The reason stays in the shop's history.")
        reason = ReasonDialog(
            title, shop.name, title, self, consequence=told, prompt=prompt, icon=words.move_icon(event)
        )
        self._open(reason, lambda: self._send_move(shop, event, reason.reason))

    def _send_move(self, shop: Shop, event: str, reason: str) -> None:
        self._send(
            f"/v1/shops/{shop.id}/{event}",
            {"reason": reason},
            words.moved_words(event).format(shop=shop.name),
            version=shop.version,
        )

    def amend(self) -> None:
        shop = self.shop
        if shop is None or self.dialog is not None or not self.edit.isEnabled():
            return
        form = ShopForm(self.session, shop, self)
        self._open(form, lambda: self._answered(form.answer, translate("Shops", "{shop}: saved")))

    def give_access(self, kind: str = "shop_manager") -> None:
        """Ask whom, then show what they come in with, once."""
        shop = self.shop
        if shop is None or self.dialog is not None or not self.give.isEnabled():
            return
        form = AccessDialog(self.session, shop, kind, self)

        def given() -> None:
            answer = form.answer
            if isinstance(answer, GivenAccess):
                self._got(answer.shop)
                self.show_side("access")
                self._open(SecretDialog(answer, form.kind, form.text("name").strip(), self), lambda: None)
                form.answer = None

        self._open(form, given)

    def revoke(self) -> None:
        shop, chosen = self.shop, self.access.current_row()
        if shop is None or not isinstance(chosen, ShopAccess) or self.dialog is not None or not self.take.isEnabled():
            return
        sure = SureDialog(
            translate("Shops", "Revoke the access"),
            f"{chosen.name} · {words.kind_title(chosen.kind)} · {shop.name}",
            translate("Shops", "The very next request with this key is refused."),
            self,
        )
        done = translate("Shops", "Revoked: {name}").format(name=chosen.name)
        self._open(sure, lambda: self._send(f"/v1/shops/{shop.id}/access/{chosen.id}/revoke", {}, done))

    def set_tariff(self) -> None:
        """A new tariff of the shop, beginning with the chosen one; the lenders to choose from are asked for first."""
        shop = self.shop
        if shop is None or self.dialog is not None or not self.new_tariff.isEnabled():
            return

        def got(found: LenderStates) -> None:
            if self.shop is None or self.shop.id != shop.id or self.dialog is not None:
                return
            like = self.tariffs.current_row()
            chosen = like if isinstance(like, ShopTariff) else None
            form = TariffDialog(self.session, found.items, shop, chosen, self)
            self._open(form, self._tariff_set)

        self.session.client.get("/v1/lenders", LenderStates, got, self.refused.emit, owner=self)

    def _tariff_set(self) -> None:
        self.show_side("tariffs")
        self.reload()
        self.acted.emit(translate("Shops", "The tariff is set. Former ones stay as they were."))

    # --- asking ------------------------------------------------------------------------------------------------------

    def _open(self, dialog: QDialog, accepted: Callable[[], object]) -> None:
        def closed() -> None:
            self.dialog = None

        self.dialog = opened(dialog, accepted, closed)

    def _answered(self, answer: Any, done_words: str) -> None:
        if isinstance(answer, Shop):
            self._got(answer)
            self.acted.emit(done_words.format(shop=answer.name))

    def _send(self, path: str, body: dict[str, Any], done_words: str, *, version: int | None = None) -> None:
        self._busy = True
        self.allow()

        def done(fresh: Shop) -> None:
            self._busy = False
            self._form = Form()
            self._got(fresh)
            self.allow()
            self.acted.emit(done_words)

        def failed(error: ApiError) -> None:
            self._busy = False
            self.allow()
            self.refused.emit(error)
            self.reload()

        touches = (("shops", self._name),)
        op = self.session.act(path, body, Shop, touches=touches, version=version, form=self._form, owner=self)
        op.success(done).failure(failed).start()


def _page() -> tuple[QWidget, QVBoxLayout]:
    body = QWidget()
    return body, rows(body, gap=7, margin=14)
