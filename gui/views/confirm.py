"""Two small dialogs before money moves: warnings a person confirms one by one, and a reason in words."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QCheckBox, QDialog, QFrame, QLabel, QPlainTextEdit, QWidget

from gui import icons
from gui.api.decode import Undecodable, decode
from gui.api.errors import ApiError
from gui.api.types import Warned
from gui.i18n import said, translate
from gui.theme import theme
from gui.widgets.parts import button, columns, frame, label, rows, scroller

CONFIRM = "outgoing.confirm_warnings"


def warnings_of(error: ApiError) -> tuple[Warned, ...]:
    """The warnings an error asks to have confirmed; empty when it is another error."""
    told = error.values.get("warnings")
    if error.code != CONFIRM or not isinstance(told, list):
        return ()
    try:
        return tuple([decode(Warned, one) for one in told])
    except Undecodable:
        return ()


class ConfirmWarnings(QDialog):
    """Each warning with its own tick; the button opens when all are ticked.

    Attributes:
        boxes: one tick per warning.
    """

    def __init__(self, warnings: Sequence[Warned], action: str, parent: QWidget | None = None) -> None:
        """`action`: the words of the button that goes on."""
        super().__init__(parent)
        self.warnings = tuple(warnings)
        self.setWindowTitle(translate("Confirm", "Please check first"))
        self.setModal(True)
        self.resize(theme.px(560), theme.px(160 + 120 * min(len(self.warnings), 3)))
        box = rows(self, gap=10, margin=14)
        box.addWidget(label(translate("Confirm", "Before this goes on, confirm what you have checked:"), "heading"))
        body = QWidget()
        stack = rows(body, gap=8)
        self.boxes: list[QCheckBox] = []
        for warning in self.warnings:
            stack.addWidget(self._card(warning))
        stack.addStretch(1)
        scroll = scroller(body)
        box.addWidget(scroll, 1)
        line = columns(gap=8)
        line.addStretch(1)
        line.addWidget(button(translate("Confirm", "Back"), slot=self.reject))
        self.ok = button(action, "primary", icon="check", slot=self.accept)
        line.addWidget(self.ok)
        box.addLayout(line)
        self._check()
        if self.boxes:
            self.boxes[0].setFocus()

    @property
    def codes(self) -> list[str]:
        """What was confirmed, each code once."""
        return list(dict.fromkeys(warning.code for warning in self.warnings))

    def _card(self, warning: Warned) -> QFrame:
        card = frame("card", tone="warn")
        line = columns(card, gap=10, margin=11)
        sign = QLabel()
        sign.setPixmap(icons.pixmap("warning", theme.tokens.tone("warn")[0], 20))
        line.addWidget(sign, 0, Qt.AlignmentFlag.AlignTop)
        words = rows(gap=4)
        text = said(warning.text) or warning.code
        words.addWidget(label(text, wrap=True, select=True))
        hint = said(warning.hint)
        if hint:
            words.addWidget(label(f"→ {hint}", "muted", wrap=True))
        tick = QCheckBox(translate("Confirm", "I have checked this and confirm it"))
        tick.setAccessibleName(translate("Confirm", "Confirmed: {text}").format(text=text))
        tick.toggled.connect(lambda _: self._check())
        self.boxes.append(tick)
        words.addWidget(tick, 0, Qt.AlignmentFlag.AlignLeft)
        line.addLayout(words, 1)
        return card

    def _check(self) -> None:
        left = sum(not tick.isChecked() for tick in self.boxes)
        self.ok.setEnabled(not left)
        self.ok.setToolTip(translate("Confirm", "Tick each warning first.") if left else "")


class ReasonDialog(QDialog):
    """Why somebody decides as they do about an order. The reason is part of the order's history.

    Attributes:
        reason: what was written, once it was accepted.
    """

    LIMIT = 500
    """Characters of a reason the service keeps in most places."""

    def __init__(
        self,
        title: str,
        about: str,
        action: str,
        parent: QWidget | None = None,
        *,
        consequence: str = "",
        prompt: str = "",
        role: str = "danger",
        icon: str = "ban",
        limit: int = LIMIT,
    ) -> None:
        """
        Args:
            limit: characters of a reason the service keeps here.
            about: which order.
            action: the words of the button that goes on; `role` and `icon` are its look.
            consequence: what the decision brings about, in one sentence; "" where the title says it all.
            prompt: what to write, shown in the empty field.
        """
        super().__init__(parent)
        self.limit = limit
        self.setWindowTitle(title)
        self.setModal(True)
        self.resize(theme.px(480), theme.px(290 if consequence else 240))
        box = rows(self, gap=9, margin=14)
        box.addWidget(label(title, "heading"))
        box.addWidget(label(about, "muted", wrap=True))
        if consequence:
            box.addWidget(label(consequence, wrap=True))
        self.field = QPlainTextEdit()
        self.field.setTabChangesFocus(True)
        self.field.setAccessibleName(translate("Confirm", "Reason"))
        self.field.setPlaceholderText(prompt or translate("Confirm", "Why? The reason stays in the order's history."))
        self.field.textChanged.connect(self._check)
        box.addWidget(self.field, 1)
        line = columns(gap=8)
        line.addStretch(1)
        line.addWidget(button(translate("Confirm", "Back"), slot=self.reject))
        self.ok = button(action, role, icon=icon, slot=self.accept, tip=f"{action} (Ctrl+Enter)")
        line.addWidget(self.ok)
        box.addLayout(line)
        for keys in ("Ctrl+Return", "Ctrl+Enter"):
            QShortcut(QKeySequence(keys), self, self.accept)
        self._check()
        self.field.setFocus()

    @property
    def reason(self) -> str:
        return " ".join(self.field.toPlainText().split())

    def _check(self) -> None:
        self.ok.setEnabled(0 < len(self.reason) <= self.limit)

    def accept(self) -> None:
        if self.ok.isEnabled():
            super().accept()
