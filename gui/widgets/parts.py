"""Small building blocks: labels, buttons, cards and layouts dressed by the stylesheet's roles."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QFontMetrics, QKeySequence, QResizeEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLayout,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from gui import icons
from gui.theme import theme


def dress(widget: QWidget, **properties: object) -> None:
    """Set dynamic properties and let the stylesheet look again."""
    changed = False
    for name, value in properties.items():
        if widget.property(name) != value:
            widget.setProperty(name, value)
            changed = True
    if changed:
        widget.style().unpolish(widget)
        widget.style().polish(widget)
        widget.update()


def label(text: str = "", role: str = "", *, wrap: bool = False, tone: str = "", select: bool = False) -> QLabel:
    made = QLabel(text)
    made.setTextFormat(Qt.TextFormat.PlainText)
    if role:
        made.setProperty("role", role)
    if tone:
        made.setProperty("tone", tone)
    made.setWordWrap(wrap)
    if select:
        made.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return made


def button(
    text: str,
    role: str = "",
    *,
    icon: str = "",
    slot: Callable[[], object] | None = None,
    name: str = "",
    tip: str = "",
    shortcut: str = "",
) -> QPushButton:
    """A button; `name` is what a screen reader says when the text alone is not enough."""
    made = QPushButton()
    caption(made, text, icon=bool(icon))
    if role:
        made.setProperty("role", role)
    if icon:
        dress_icon(made, icon)
    if slot is not None:
        made.clicked.connect(lambda: slot())
    made.setAccessibleName(name or text)
    if shortcut:
        keys = QKeySequence(shortcut).toString(QKeySequence.SequenceFormat.NativeText)
        made.setToolTip(f"{tip or text} ({keys})")
    elif tip:
        made.setToolTip(tip)
    made.setAutoDefault(False)
    return made


def caption(made: QPushButton, text: str, *, icon: bool | None = None) -> None:
    """Set the words; beside an icon they stand off a little, which the style does not do by itself."""
    beside = bool(made.property("icon_name")) if icon is None else icon
    made.setText(f" {text}" if beside and text else text)


def dress_icon(made: QPushButton, icon: str) -> None:
    """The icon in the colour its button's role needs; remembered, so a new theme can repeat it."""
    made.setProperty("icon_name", icon)
    role = made.property("role")
    tokens = theme.tokens
    colour = {
        "primary": tokens.on_accent,
        "touch-primary": tokens.on_accent,
        "good": "#ffffff",
        "touch-good": "#ffffff",
        "ghost": tokens.info,
        "danger": tokens.bad,
    }.get(role, tokens.text)
    size = 20 if str(role).startswith("touch") else 16
    made.setIcon(icons.icon(icon, colour, size))
    made.setIconSize(QSize(theme.px(size), theme.px(size)))


def redress_icons(root: QWidget) -> None:
    """After a change of theme or zoom."""
    for found in root.findChildren(QPushButton):
        name = found.property("icon_name")
        if name:
            dress_icon(found, name)


def frame(role: str, *, tone: str = "") -> QFrame:
    made = QFrame()
    made.setProperty("role", role)
    if tone:
        made.setProperty("tone", tone)
    return made


def rule() -> QFrame:
    return frame("rule")


def scroller(body: QWidget) -> QScrollArea:
    """`body` in an area that scrolls up and down only, without a frame, and takes no focus itself."""
    area = QScrollArea()
    area.setWidgetResizable(True)
    area.setWidget(body)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    return area


def rows(parent: QWidget | None = None, *, gap: float = 6, margin: float = 0) -> QVBoxLayout:
    return _spaced(QVBoxLayout() if parent is None else QVBoxLayout(parent), gap, margin)


def columns(parent: QWidget | None = None, *, gap: float = 6, margin: float = 0) -> QHBoxLayout:
    return _spaced(QHBoxLayout() if parent is None else QHBoxLayout(parent), gap, margin)


L = TypeVar("L", bound=QBoxLayout)


def _spaced(layout: L, gap: float, margin: float) -> L:
    layout.setSpacing(theme.px(gap) if gap else 0)
    edge = theme.px(margin) if margin else 0
    layout.setContentsMargins(edge, edge, edge, edge)
    return layout


def clear(layout: QLayout) -> None:
    """Remove and delete everything in a layout."""
    while layout.count():
        item = layout.takeAt(0)
        if item is None:
            return
        widget, inner = item.widget(), item.layout()
        if widget is not None:
            # It keeps its parent until Qt deletes it: without one it would belong to Python, and be gone at once,
            # perhaps in the middle of its own click.
            widget.hide()
            widget.deleteLater()
        elif inner is not None:
            clear(inner)


class Link(QPushButton):
    """A flat button that gives way with "…" instead of pushing its neighbours out."""

    def __init__(self, text: str, slot: Callable[[], object], name: str = "") -> None:
        super().__init__()
        self._full = text
        self.setProperty("role", "ghost")
        self.setAccessibleName(name or text)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setAutoDefault(False)
        self.setText(text)
        self.clicked.connect(lambda: slot())

    def minimumSizeHint(self) -> QSize:
        return QSize(theme.px(60), super().minimumSizeHint().height())

    def sizeHint(self) -> QSize:
        wide = QFontMetrics(self.font()).horizontalAdvance(self._full) + theme.px(14)
        return QSize(wide, super().sizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        room = self.width() - theme.px(12)
        shown = QFontMetrics(self.font()).elidedText(self._full, Qt.TextElideMode.ElideRight, room)
        if shown != self.text():
            self.setText(shown)
        self.setToolTip(self._full if shown != self._full else "")


class Elided(QLabel):
    """One line that gives way with "…"; the whole text is in its tip and in its accessible name."""

    def __init__(self, text: str = "", role: str = "") -> None:
        super().__init__()
        self._full = ""
        self.setTextFormat(Qt.TextFormat.PlainText)
        if role:
            self.setProperty("role", role)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.say(text)

    def say(self, text: str) -> None:
        self._full = text
        self.setAccessibleName(text)
        self._cut()

    def full_text(self) -> str:
        return self._full

    def _cut(self) -> None:
        shown = QFontMetrics(self.font()).elidedText(self._full, Qt.TextElideMode.ElideRight, max(self.width(), 20))
        if shown != self.text():
            self.setText(shown)
        self.setToolTip(self._full if shown != self._full else "")

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._cut()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self._cut()
