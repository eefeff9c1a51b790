"""Beside the editor: the text as it would go out, its earlier versions, and messages nobody knows the fate of."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QLabel, QStackedWidget, QVBoxLayout, QWidget

from gui import icons, wording
from gui.api.types import BuyerMessage, TextDetail, TextPreview, TextProblem, TextSettings, TextVersion
from gui.i18n import said, translate
from gui.models import buyer_messages, texts
from gui.store.session import Session
from gui.theme import theme
from gui.widgets.parts import button, clear, columns, frame, label, rows, scroller
from gui.widgets.segments import Segments

SIDES = ("preview", "versions", "unknown")


class TextSide(QFrame):
    """Attributes:
    side: which of `SIDES` is in front. example: "cod" or "prepaid". subject, text, facts: of the preview.

    Signals:
    example_changed: another parcel is to be the example.
    take: a version's words are wanted in the editor (subject, body).
    parcel_asked: to a parcel (its id).
    """

    example_changed = Signal()
    take = Signal(str, str)
    parcel_asked = Signal(str)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "panel")
        self.session = session
        self.side = ""
        self.example = "cod"
        whole = rows(self, gap=10, margin=12)
        self.sides = Segments(
            [
                ("preview", translate("Texts", "Preview")),
                ("versions", translate("Texts", "Versions")),
                ("unknown", translate("Texts", "Unknown")),
            ]
        )
        self.sides.asked.connect(self.show_side)
        line = columns(gap=0)
        line.addWidget(self.sides)
        line.addStretch(1)
        whole.addLayout(line)
        self.stack = QStackedWidget()
        whole.addWidget(self.stack, 1)
        self.stack.addWidget(self._preview())
        self._versions = self._page()
        self._unknown = self._page()
        self.show_side("preview")

    def _page(self) -> QVBoxLayout:
        body = QWidget()
        box = rows(body, gap=8)
        self.stack.addWidget(scroller(body))
        return box

    def show_side(self, side: str) -> None:
        self.side = side
        self.sides.choose(side)
        self.stack.setCurrentIndex(SIDES.index(side))

    # --- preview -----------------------------------------------------------------------------------------------------

    def _preview(self) -> QWidget:
        body = QWidget()
        box = rows(body, gap=8)
        self.examples = Segments(
            [
                ("cod", translate("Texts", "Cash on delivery")),
                ("prepaid", translate("Texts", "Prepaid")),
            ]
        )
        self.examples.choose("cod")
        self.examples.asked.connect(self._exampled)
        line = columns(gap=8)
        line.addWidget(label(translate("Texts", "Example:"), "small"))
        line.addWidget(self.examples)
        line.addStretch(1)
        box.addLayout(line)
        self.subject = label("", "heading", wrap=True, select=True)
        self.text = label("", "purpose", wrap=True, select=True)
        self.facts = label("", "muted", wrap=True)
        for widget in (self.subject, self.text, self.facts):
            box.addWidget(widget)
        self._problems = rows(gap=6)
        box.addLayout(self._problems)
        self.settings = rows(gap=3)
        box.addSpacing(theme.px(6))
        box.addLayout(self.settings)
        box.addStretch(1)
        return scroller(body)

    def _exampled(self, key: str) -> None:
        self.example = key
        self.examples.choose(key)
        self.example_changed.emit()

    def show_preview(self, preview: TextPreview, channel: str) -> None:
        self.subject.setText(preview.subject)
        self.subject.setVisible(channel == "email" and bool(preview.subject))
        self.text.setText(preview.text)
        self.text.setVisible(bool(preview.text))
        self.facts.setText(texts.facts(preview, channel) if preview.text else "")
        clear(self._problems)
        for problem in preview.problems:
            self._problems.addWidget(_problem(problem))

    def show_settings(self, settings: TextSettings) -> None:
        clear(self.settings)
        self.settings.addWidget(label(translate("Texts", "For all texts, by the service's settings"), "section"))
        for line in texts.settings_lines(settings):
            self.settings.addWidget(label(line, "small", wrap=True))

    # --- versions ----------------------------------------------------------------------------------------------------

    def show_versions(self, detail: TextDetail | None, may: bool) -> None:
        clear(self._versions)
        if detail is None:
            return
        if not detail.versions:
            words = translate("Texts", "None of its own yet. What is saved here stays here, version by version.")
            self._versions.addWidget(label(words, "muted", wrap=True))
        for number, version in enumerate(detail.versions):
            self._versions.addWidget(self._version(version, may, in_force=number == 0))
        self._versions.addStretch(1)

    def _version(self, version: TextVersion, may: bool, *, in_force: bool) -> QFrame:
        card = frame("card", tone="ok" if in_force and version.active else "")
        box = rows(card, gap=4, margin=9)
        told = texts.version_words(version, self.session.now())
        if not version.active:
            told += " · " + translate("Texts", "switched off")
        box.addWidget(label(told, "small", wrap=True))
        if version.subject:
            box.addWidget(label(version.subject, "heading", wrap=True, select=True))
        box.addWidget(label(version.body, wrap=True, select=True))
        take = button(
            translate("Texts", "Into the editor"),
            "ghost",
            icon="undo",
            slot=partial(self.take.emit, version.subject, version.body),
            name=translate("Texts", "Version {n} into the editor").format(n=version.version),
        )
        take.setEnabled(may)
        line = columns(gap=0)
        line.addWidget(take)
        line.addStretch(1)
        box.addLayout(line)
        return card

    # --- unknown -----------------------------------------------------------------------------------------------------

    def show_unknown(self, messages: Sequence[BuyerMessage]) -> None:
        title = translate("Texts", "Unknown")
        self.sides.buttons["unknown"].setText(f"{title}: {len(messages)}" if messages else title)
        clear(self._unknown)
        words = (
            translate("Texts", "Handed over, and no answer came: they may have gone. Kvit does not repeat them itself.")
            if messages
            else translate("Texts", "Of every message it is known whether the gateway took it.")
        )
        self._unknown.addWidget(label(words, "muted", wrap=True))
        for message in messages:
            self._unknown.addWidget(self._message(message))
        self._unknown.addStretch(1)

    def _message(self, message: BuyerMessage) -> QFrame:
        card = frame("card", tone="warn")
        box = rows(card, gap=4, margin=9)
        head = f"{buyer_messages.event_title(message)} · {buyer_messages.channel_title(message.channel)}"
        box.addWidget(label(head, "heading", wrap=True))
        address = wording.phone(message.address) if message.channel == "sms" else message.address
        box.addWidget(label(f"{address} · {buyer_messages.when(message, self.session.now())}", "small", wrap=True))
        if why := buyer_messages.why(message):
            box.addWidget(label(why, "small", wrap=True))
        kind, _, parcel = message.about.partition(":")
        if kind == "parcel" and parcel:
            line = columns(gap=0)
            to = button(translate("Texts", "To the parcel"), "ghost", icon="parcels")
            to.clicked.connect(lambda: self.parcel_asked.emit(parcel))
            line.addWidget(to)
            line.addStretch(1)
            box.addLayout(line)
        return card


def _problem(problem: TextProblem) -> QWidget:
    """What is wrong, or worth a look, with what to do about it."""
    made = QWidget()
    line = columns(made, gap=6)
    sign = QLabel()
    tone, icon = ("bad", "error") if problem.refused else ("warn", "warning")
    sign.setPixmap(icons.pixmap(icon, theme.tokens.tone(tone)[0], 16))
    line.addWidget(sign, 0, Qt.AlignmentFlag.AlignTop)
    stack = rows(gap=1)
    stack.addWidget(label(said(problem.text), wrap=True, select=True))
    if hint := said(problem.hint):
        stack.addWidget(label(hint, "small", wrap=True))
    line.addLayout(stack, 1)
    return made
