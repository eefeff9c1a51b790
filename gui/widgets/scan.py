"""A barcode scanner is a very fast keyboard: hear its bursts wherever the focus is, on any keyboard layout.

Measured: scanners type at least six characters with at most 35 ms between them and end with Enter. On a Russian layout
they type ЗШСЛ for PICK; the letters are put back by their place on the keyboard.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent

SHORTEST = 6
GAP_MS = 35.0

_RUSSIAN = "йцукенгшщзхъфывапролджэячсмитьбю.ёЙЦУКЕНГШЩЗХЪФЫВАПРОЛДЖЭЯЧСМИТЬБЮ,Ё"
_LATIN = "qwertyuiop[]asdfghjkl;'zxcvbnm,./`QWERTYUIOP{}ASDFGHJKL:\"ZXCVBNM<>?~"
_BACK = dict(zip(_RUSSIAN, _LATIN, strict=True))


def repair_layout(text: str) -> str:
    """Text typed on the Russian layout as it was meant; text without Cyrillic stays as it is."""
    if not any("а" <= c.lower() <= "я" or c in "ёЁ" for c in text):
        return text
    return "".join(_BACK.get(c, c) if not c.isdigit() else c for c in text)


class ScanListener(QObject):
    """An event filter for the application.

    Attributes:
        active: asked before a burst is taken; False while the page that wants scans is not on the screen.

    Signals:
        scanned: the code, layout repaired.
    """

    scanned = Signal(str)

    def __init__(
        self,
        parent: QObject | None = None,
        *,
        clock_ms: Callable[[], float] = lambda: time.monotonic() * 1000,
        active: Callable[[], bool] = lambda: True,
    ) -> None:
        super().__init__(parent)
        self.active = active
        self._clock = clock_ms
        self._typed = ""
        self._last = 0.0

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() != QEvent.Type.KeyPress or not isinstance(event, QKeyEvent):
            return False
        # The same press reaches the window first and then the widget; hear it once.
        if not watched.isWindowType() or not self.active():
            return False
        now = self._clock()
        if now - self._last > GAP_MS:
            self._typed = ""
        self._last = now
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            code, self._typed = self._typed, ""
            if len(code) >= SHORTEST:
                self.scanned.emit(repair_layout(code))
                return True
            return False
        text = event.text()
        if text and text.isprintable():
            self._typed += text
        return False
