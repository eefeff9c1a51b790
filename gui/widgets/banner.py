"""A line across the top of the window: no link, a refusal, a colleague was faster."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QFrame, QLabel, QWidget

from gui import icons
from gui.i18n import translate
from gui.theme import theme
from gui.widgets.parts import button, columns, dress, label, rows

_ICONS = {"bad": "error", "warn": "warning", "ok": "ok", "info": "bell"}


class Banner(QFrame):
    """Says one thing until it is over, is closed, or its time is up."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "banner")
        self._tone = "info"
        self._act: Callable[[], object] | None = None
        line = columns(self, gap=10, margin=8)
        self._icon = QLabel()
        self.text = label("", wrap=True)
        self.hint = label("", "muted", wrap=True)
        words = rows(gap=1)
        words.addWidget(self.text)
        words.addWidget(self.hint)
        self.action = button("", slot=self._pressed)
        self.close_button = button(
            "", "ghost", icon="cross", slot=self.hide, name=translate("Banner", "Close the message")
        )
        line.addWidget(self._icon)
        line.addLayout(words, 1)
        line.addWidget(self.action)
        line.addWidget(self.close_button)
        self._over = QTimer(self, singleShot=True)
        self._over.timeout.connect(self.hide)
        theme.changed.connect(self._dress)
        self.hide()

    def say(
        self,
        tone: str,
        text: str,
        hint: str = "",
        *,
        action: str = "",
        slot: Callable[[], object] | None = None,
        closable: bool = True,
        seconds: float = 0,
    ) -> None:
        """Show it; `seconds` 0 = until it is closed."""
        self._tone = tone
        self.text.setText(text)
        self.hint.setText(hint)
        self.hint.setVisible(bool(hint))
        self._act = slot
        self.action.setText(action)
        self.action.setAccessibleName(action or translate("Banner", "No action"))
        self.action.setVisible(bool(action))
        self.close_button.setVisible(closable)
        self.setAccessibleName(f"{text} {hint}".strip())
        self._dress()
        self.show()
        self._over.stop()
        if seconds:
            self._over.start(round(seconds * 1000))

    def _pressed(self) -> None:
        if self._act is not None:
            self._act()

    def _dress(self) -> None:
        dress(self, tone=self._tone)
        colour, _ = theme.tokens.tone(self._tone)
        self._icon.setPixmap(icons.pixmap(_ICONS.get(self._tone, "bell"), colour, 20))
