"""A message in the corner of the screen with buttons. Works on every desktop; hovering stops its clock."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, QPoint, QRect, Qt, QTimer, Signal
from PySide6.QtGui import QEnterEvent, QGuiApplication, QMouseEvent
from PySide6.QtWidgets import QFrame, QLabel, QWidget

from gui import icons
from gui.i18n import translate
from gui.theme import theme
from gui.widgets.parts import button, columns, label, rows

SHOWN_MS = 9_000
_ICONS = {"bad": "error", "warn": "hand", "ok": "check", "info": "bell"}


class Toast(QFrame):
    """One message.

    Signals:
        gone: closed, by the person or by its clock.
        opened: the person clicked on the message itself.
    """

    gone = Signal()
    opened = Signal()

    def __init__(
        self,
        tone: str,
        title: str,
        text: str,
        actions: Sequence[tuple[str, Callable[[], object]]] = (),
        *,
        shown_ms: int = SHOWN_MS,
    ) -> None:
        flags = (
            Qt.WindowType.Tool
            | Qt.WindowType.FramelessWindowHint
            | Qt.WindowType.WindowStaysOnTopHint
            | Qt.WindowType.WindowDoesNotAcceptFocus
        )
        super().__init__(None, flags)
        self.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
        self.setProperty("role", "toast")
        self.setProperty("tone", tone)
        self.setAccessibleName(f"{title}. {text}")
        self.setFixedWidth(theme.px(360))
        box = rows(self, gap=6, margin=11)
        head = columns(gap=8)
        sign = QLabel()
        sign.setPixmap(icons.pixmap(_ICONS.get(tone, "bell"), theme.tokens.tone(tone)[0], 20))
        close = button("", "ghost", icon="cross", slot=self.dismiss, name=translate("Toast", "Close the message"))
        head.addWidget(sign)
        head.addWidget(label(title, "heading", wrap=True), 1)
        head.addWidget(close, 0, Qt.AlignmentFlag.AlignTop)
        box.addLayout(head)
        if text:
            box.addWidget(label(text, wrap=True))
        if actions:
            line = columns(gap=6)
            line.addStretch(1)
            for number, (words, act) in enumerate(actions):
                line.addWidget(button(words, "" if number else "primary", slot=self._closing(act)))
            box.addLayout(line)
        self._clock = QTimer(self, singleShot=True, interval=shown_ms)
        self._clock.timeout.connect(self.dismiss)
        self._open = True

    def _closing(self, act: Callable[[], object]) -> Callable[[], object]:
        def pressed() -> None:
            act()
            self.dismiss()

        return pressed

    def start(self) -> None:
        self.show()
        self._clock.start()

    def dismiss(self) -> None:
        if self._open:
            self._open = False
            self._clock.stop()
            self.gone.emit()
            self.close()

    def enterEvent(self, event: QEnterEvent) -> None:
        self._clock.stop()
        super().enterEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        if self._open:
            self._clock.start()
        super().leaveEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self.opened.emit()
            self.dismiss()


class ToastStack:
    """The toasts on the screen, the newest at the bottom; never more than `most`.

    Attributes:
        toasts: those shown now.
    """

    def __init__(self, most: int = 3) -> None:
        self.most = most
        self.toasts: list[Toast] = []
        self._leaving: list[Toast] = []

    def add(self, toast: Toast) -> None:
        while len(self.toasts) >= self.most:
            self.toasts[0].dismiss()
        self.toasts.append(toast)
        toast.gone.connect(lambda: self._gone(toast))
        toast.start()
        self._place()

    def clear(self) -> None:
        for toast in list(self.toasts):
            toast.dismiss()

    def _gone(self, toast: Toast) -> None:
        if toast in self.toasts:
            self.toasts.remove(toast)
            # Held until its own click is over: a widget without a parent dies with its last reference.
            self._leaving.append(toast)
            QTimer.singleShot(0, self._leaving.clear)
        self._place()

    def _place(self) -> None:
        area = desk()
        edge = theme.px(14)
        bottom = area.bottom() - edge
        for toast in reversed(self.toasts):
            toast.adjustSize()
            bottom -= toast.height()
            toast.move(QPoint(area.right() - toast.width() - edge, bottom))
            bottom -= theme.px(8)


def desk(parent: QWidget | None = None) -> QRect:
    """The part of the screen that panels leave free."""
    screen = parent.screen() if parent is not None else QGuiApplication.primaryScreen()
    return screen.availableGeometry() if screen is not None else QRect(0, 0, 1024, 768)
