"""Texts of messages to buyers: which event is told how, by whose words, and what that costs."""

from __future__ import annotations

from functools import partial
from typing import Any

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QComboBox, QSplitter, QWidget

from gui import wording
from gui.api.client import Call
from gui.api.errors import ApiError, Conflicting
from gui.api.types import (
    Me,
    MessageText,
    MessageTexts,
    SmsSpend,
    TextDetail,
    TextPreview,
    TextSaved,
    TextSettings,
    UnknownMessages,
)
from gui.i18n import translate
from gui.models import texts
from gui.settings import Settings
from gui.store.ops import Form
from gui.store.session import Session
from gui.theme import theme
from gui.views.page import Page
from gui.views.texts_editor import Draft, MacroPalette, TextEditor
from gui.views.texts_matrix import TextMatrix
from gui.views.texts_side import TextSide
from gui.widgets.banner import Banner
from gui.widgets.flow import flowing
from gui.widgets.parts import button, caption, columns, dress, dress_icon, frame, label, rows, scroller
from gui.widgets.pill import PillLabel
from gui.widgets.undobar import UndoBar

PREVIEW_MS = 300
TOPICS = ("notification_texts", "notifications")
Key = tuple[str, str, str]


class TextsPage(Page):
    """Attributes:
    shop: whose texts; "" for all without their own. detail: the open text; None until it is here.
    drafts: words that are not saved, by shop, event and channel.
    """

    key = "texts"
    topic = "notify"

    def __init__(self, session: Session, settings: Settings, parent: QWidget | None = None) -> None:
        super().__init__(session, settings, parent)
        self.shop = ""
        self.detail: TextDetail | None = None
        self.drafts: dict[Key, Draft] = {}
        self._form = Form()
        self._asking: Call | None = None
        self._busy = False
        self._soon = QTimer(self, singleShot=True, interval=PREVIEW_MS)
        self._soon.timeout.connect(self._ask_preview)
        whole = rows(self, gap=0)
        whole.addWidget(self._head())
        self.splitter = QSplitter()
        self.splitter.setChildrenCollapsible(False)
        self.splitter.setHandleWidth(1)
        self.side = TextSide(session)
        self.side.setMinimumWidth(theme.px(300))
        for part, share in ((self._left(), 32), (self._middle(), 38), (self.side, 30)):
            self.splitter.addWidget(part)
            self.splitter.setStretchFactor(self.splitter.count() - 1, share)
        self.splitter.setSizes([theme.px(share * 11) for share in (32, 38, 30)])
        whole.addWidget(self.splitter, 1)
        self.said = UndoBar()
        whole.addWidget(self.said)

        self.matrix.asked.connect(self.open_text)
        self.editor.typed.connect(self._typed)
        self.macros.asked.connect(self.editor.insert)
        self.side.example_changed.connect(self._ask_preview)
        self.side.take.connect(lambda subject, body: self._put_in((subject, body)))
        self.side.parcel_asked.connect(lambda name: self.go.emit("parcels", name))
        for keys, slot in (("Ctrl+S", self.save), ("Alt+Up", partial(self.step, -1, 0)),
                           ("Alt+Down", partial(self.step, 1, 0)), ("Alt+Left", partial(self.step, 0, -1)),
                           ("Alt+Right", partial(self.step, 0, 1))):  # fmt: skip
            QShortcut(QKeySequence(keys), self, slot, context=Qt.ShortcutContext.WidgetWithChildrenShortcut)
        session.reset.connect(self.reload)
        session.changed.connect(self._changed)
        self.allow()

    # --- the parts ---------------------------------------------------------------------------------------------------

    def _head(self) -> QWidget:
        head = frame("bar")
        box = rows(head, gap=6, margin=8)
        line = columns(gap=8)
        self.shops = QComboBox()
        self.shops.setAccessibleName(translate("Texts", "Whose texts"))
        self.shops.setMinimumWidth(theme.px(230))
        self.shops.activated.connect(lambda index: self._choose_shop(str(self.shops.itemData(index) or "")))
        line.addWidget(label(translate("Texts", "Texts:"), "muted"))
        line.addWidget(self.shops)
        line.addSpacing(theme.px(10))
        self.spend = label("", select=True)
        line.addWidget(self.spend)
        line.addStretch(1)
        box.addLayout(line)
        self.sender_name, self.guess_note = label("", "small"), label("", "small")
        box.addWidget(flowing([self.sender_name, self.guess_note], gap=14))
        self.news = Banner()
        box.addWidget(self.news)
        return head

    def _left(self) -> QWidget:
        left = QWidget()
        box = rows(left, gap=10, margin=12)
        self.macros = MacroPalette()
        self.matrix = TextMatrix()
        box.addWidget(self.matrix)
        words = translate(
            "Texts", "Where a shop has no text of its own, the one for all speaks; where there is none, Kvit's own."
        )
        box.addWidget(label(words, "small", wrap=True))
        box.addSpacing(theme.px(4))
        box.addWidget(self.macros)
        box.addStretch(1)
        return scroller(left)

    def _middle(self) -> QWidget:
        middle = QWidget()
        box = rows(middle, gap=8, margin=12)
        line = columns(gap=8)
        self.title_of_text = label("", "heading")
        self.pill = PillLabel()
        line.addWidget(self.title_of_text)
        line.addWidget(self.pill)
        line.addStretch(1)
        box.addLayout(line)
        self.when = label("", "muted", wrap=True)
        box.addWidget(self.when)
        self.editor = TextEditor()
        box.addWidget(self.editor, 1)
        self.save_button = button(
            translate("Texts", "Save"), "primary", icon="check", slot=self.save, shortcut="Ctrl+S"
        )
        self.switch = button("", icon="ban", slot=self.switch_text)
        self.restore = button(translate("Texts", "Kvit's text"), icon="undo", slot=self.restore_kvits)
        self.restore.setToolTip(translate("Texts", "Put the text that comes with Kvit into the editor"))
        self.drop = button(translate("Texts", "Drop changes"), "danger", icon="cross", slot=self.drop_draft)
        box.addWidget(flowing([self.save_button, self.switch, self.restore, self.drop], gap=8))
        return middle

    @classmethod
    def title(cls, me: Me | None) -> str:
        return translate("Texts", "Texts")

    @classmethod
    def opens_to(cls, me: Me) -> bool:
        return me.may("notify.setup") and me.may("parcels.read")

    # --- loading -----------------------------------------------------------------------------------------------------

    @property
    def place(self) -> Key:
        """Which text is open."""
        return (self.shop, *self.matrix.chosen)

    def reload(self) -> None:
        me = self.session.me
        if not self.session.online or me is None or not self.opens_to(me):
            return
        get = partial(self.session.client.get, owner=self)
        get("/v1/notification-settings", TextSettings, self._got_settings, self.session.refused.emit)
        get("/v1/notifications/spend", SmsSpend, self._got_spend)
        get("/v1/notifications/unknown", UnknownMessages, lambda found: self.side.show_unknown(found.items))
        self._load_texts()

    def _load_texts(self) -> None:
        shop = self.shop

        def got(found: MessageTexts) -> None:
            if shop == self.shop:
                self.macros.show_macros(found.macros)
                self.matrix.show_texts(found.items, shop)
                self.allow()

        self.session.client.get(
            "/v1/notification-texts", MessageTexts, got, self.session.refused.emit, owner=self, query={"shop": shop}
        )
        self._load_text()

    def _load_text(self) -> None:
        place = self.place
        shop, event, channel = place

        def got(detail: TextDetail) -> None:
            if place == self.place:
                self._show(detail)
                self.loaded()

        self.session.client.get(
            f"/v1/notification-texts/{event}/{channel}",
            TextDetail,
            got,
            self.session.refused.emit,
            owner=self,
            query={"shop": shop},
        )

    def _got_settings(self, found: TextSettings) -> None:
        self.sender_name.setText(texts.sender_words(found))
        dress(self.sender_name, tone="" if found.sender else "warn")
        self.guess_note.setText(texts.guess_words(found))
        self.side.show_settings(found)
        self.shops.clear()
        self.shops.addItem(translate("Texts", "for all without their own"), "")
        for shop in found.shops:
            self.shops.addItem(texts.shop_title(shop), shop.key)
        index = self.shops.findData(self.shop)
        if index < 0:
            self._choose_shop("")
        self.shops.setCurrentIndex(max(index, 0))

    def _got_spend(self, found: SmsSpend) -> None:
        self.spend.setText(texts.spend_words(found))
        dress(self.spend, tone=texts.spend_tone(found))

    def _changed(self, topic: str, _names: frozenset[str]) -> None:
        if topic in TOPICS and self.detail is not None:
            self.reload()

    # --- which text --------------------------------------------------------------------------------------------------

    def _choose_shop(self, shop: str) -> None:
        if shop == self.shop:
            return
        self.shop = shop
        self.detail = None
        self._mark()
        self._load_texts()

    def open_text(self, event: str, channel: str) -> None:
        self.matrix.choose(event, channel)
        self.detail = None
        self.news.hide()
        self._load_text()

    def step(self, down: int, across: int) -> None:
        self.open_text(*self.matrix.step(down, across))

    def _show(self, detail: TextDetail) -> None:
        self.detail = detail
        _, event, channel = self.place
        text = detail.in_force
        self.title_of_text.setText(texts.text_title(event, channel))
        self.when.setText(texts.when_sent(event))
        self.pill.say(texts.text_pill(text, self.shop))
        if self.drafts.get(self.place) == _words(text):
            del self.drafts[self.place]
        self.editor.show_draft(self.drafts.get(self.place, _words(text)), channel)
        self.side.show_versions(detail, self._may())
        self._mark()
        self._ask_preview()
        self.allow()

    # --- typing ------------------------------------------------------------------------------------------------------

    def _typed(self) -> None:
        if self.detail is None:
            return
        if self.editor.draft == _words(self.detail.in_force):
            self.drafts.pop(self.place, None)
        else:
            self.drafts[self.place] = self.editor.draft
        if self._asking is not None:
            self._asking.cancel()
        self._mark()
        self.allow()
        self._soon.start()

    def _mark(self) -> None:
        self.matrix.mark((event, channel) for shop, event, channel in self.drafts if shop == self.shop)

    def _put_in(self, draft: Draft) -> None:
        if self._may():
            self.editor.put_in(draft)

    def restore_kvits(self) -> None:
        """The text that comes with Kvit into the editor; it is in force once it is saved."""
        if self.detail is not None:
            self._put_in(_words(self.detail.kvits))

    def drop_draft(self) -> None:
        """Back to what is saved."""
        if self.drafts.pop(self.place, None) is not None and self.detail is not None:
            self._show(self.detail)

    def _ask_preview(self) -> None:
        if self.detail is None or not self.session.online:
            return
        self._soon.stop()
        if self._asking is not None:
            self._asking.cancel()
        place = self.place
        subject, body = self.editor.draft
        asked: dict[str, Any] = {"channel": place[2], "subject": subject, "body": body}
        if self.side.example == "prepaid":
            asked["values"] = texts.PREPAID

        def got(preview: TextPreview) -> None:
            if place == self.place:
                self.side.show_preview(preview, place[2])
                self.editor.mark(preview.problems)

        self._asking = self.session.client.send(
            "POST", "/v1/notification-texts/preview", asked, TextPreview, got, self._refused, owner=self
        )

    # --- saving ------------------------------------------------------------------------------------------------------

    def save(self) -> None:
        """What is typed becomes the next version."""
        if self.save_button.isEnabled() and self.detail is not None:
            self._put(self.editor.draft, active=self.detail.in_force.active)

    def switch_text(self) -> None:
        """Tell this event by this channel no more, or again; what is typed and not saved stays a draft."""
        if self.switch.isEnabled() and self.detail is not None:
            self._put(_words(self.detail.in_force), active=not self.detail.in_force.active)

    def _put(self, words: Draft, *, active: bool) -> None:
        assert self.detail is not None
        shop, event, channel = place = self.place
        self._busy = True
        self.allow()
        body = {"shop": shop, "event": event, "channel": channel, "version": self.detail.base, "subject": words[0],
                "body": words[1], "active": active}  # fmt: skip

        def done(saved: TextSaved) -> None:
            self._busy = False
            self._form = Form()
            self.news.hide()
            if self.drafts.get(place) == words:
                del self.drafts[place]
            told = (
                translate("Texts", "{text}: version {n} is in force")
                if active
                else translate("Texts", "{text}: switched off, version {n}")
            )
            self.said.say(told.format(text=texts.text_title(event, channel), n=saved.version), undoable=False)
            self.reload()

        def refused(error: ApiError) -> None:
            self._busy = False
            self._refused(error)
            if isinstance(error, Conflicting):
                self.side.show_side("versions")
                self._load_text()  # what was typed stays, to be saved over the newer one once it was looked at
            self.allow()

        self.session.act("/v1/notification-texts", body, TextSaved, form=self._form, owner=self, method="PUT").success(
            done
        ).failure(refused).start()

    def _refused(self, error: ApiError) -> None:
        tone = "warn" if isinstance(error, Conflicting) else "bad"
        self.news.say(tone, wording.error_text(error), wording.error_hint(error))

    # --- what may be done --------------------------------------------------------------------------------------------

    def _may(self) -> bool:
        return self.session.may("notify.setup") and not self._busy

    def allow(self) -> None:
        if not hasattr(self, "said"):
            return
        may, detail = self._may() and self.detail is not None, self.detail
        changed = self.place in self.drafts
        self.editor.allow(may)
        self.macros.allow(may)
        self.save_button.setEnabled(may and changed)
        self.drop.setEnabled(may and changed)
        on = detail is None or detail.in_force.active
        words = translate("Texts", "Switch off") if on else translate("Texts", "Switch on")
        caption(self.switch, words)
        dress_icon(self.switch, "ban" if on else "check")
        self.switch.setAccessibleName(words)
        self.switch.setEnabled(may)
        self.restore.setEnabled(may and detail is not None and self.editor.draft != _words(detail.kvits))

    def activate(self) -> None:
        self.editor.body.setFocus()


def _words(text: MessageText) -> Draft:
    return (text.subject, text.body)
