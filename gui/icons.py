"""Line icons from `gui/resources`, coloured on the way in; kept per name, colour and size."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from PySide6.QtCore import QByteArray, QRectF, QSize, Qt
from PySide6.QtGui import QGuiApplication, QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from gui.theme import theme

RESOURCES = Path(__file__).parent / "resources"


@cache
def _renderer(name: str, colour: str) -> QSvgRenderer:
    text = (RESOURCES / f"{name}.svg").read_text(encoding="utf-8")
    return QSvgRenderer(QByteArray(text.replace("currentColor", colour).encode()))


def paint(painter: QPainter, name: str, rect: QRectF, colour: str) -> None:
    """Draw the icon into `rect`."""
    _renderer(name, colour).render(painter, rect)


@cache
def _pixmap(name: str, colour: str, size: int, ratio: float) -> QPixmap:
    made = QPixmap(QSize(round(size * ratio), round(size * ratio)))
    made.fill(Qt.GlobalColor.transparent)
    painter = QPainter(made)
    _renderer(name, colour).render(painter, QRectF(0, 0, made.width(), made.height()))
    painter.end()
    made.setDevicePixelRatio(ratio)
    return made


def pixmap(name: str, colour: str | None = None, size: int = 16) -> QPixmap:
    """The icon as a pixmap of `size` points at zoom 1, in the theme's text colour unless told otherwise."""
    screen = QGuiApplication.primaryScreen()
    ratio = screen.devicePixelRatio() if screen else 1.0
    return _pixmap(name, colour or theme.tokens.text, theme.px(size), ratio)


def icon(name: str, colour: str | None = None, size: int = 16) -> QIcon:
    made = QIcon(pixmap(name, colour, size))
    made.addPixmap(pixmap(name, theme.tokens.muted, size), QIcon.Mode.Disabled)
    return made


def forget() -> None:
    """Before the application ends: pixmaps must not outlive it."""
    _pixmap.cache_clear()
    _renderer.cache_clear()
