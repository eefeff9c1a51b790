"""The tray icon, painted: five states by shape and number, so that it reads in grey and for colour-blind eyes.

ok: a whole square with a tick · working: an arrow going round · needs you: a number on a round ground ·
offline: an empty, struck-out outline · failed: an octagon with an exclamation mark.
"""

from __future__ import annotations

import math
from functools import cache

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QIcon, QPainter, QPainterPath, QPen, QPixmap, QPolygonF

from gui.theme import font
from gui.tray.state import Light

SIZES = (16, 22, 24, 32, 48, 64, 128)
NAVY, WHITE, GREY = "#17315c", "#ffffff", "#8b96a5"
GREEN, BLUE, AMBER, RED = "#1d8a4c", "#2f74e8", "#ffb02e", "#d3322a"


@cache
def tray_icon(light: Light, count: int = 0) -> QIcon:
    """The icon in all sizes a desktop may ask for; numbers above 99 are "99"."""
    made = QIcon()
    for size in SIZES:
        made.addPixmap(tray_pixmap(light, min(count, 99), size))
    return made


def tray_pixmap(light: Light, count: int, size: int) -> QPixmap:
    made = QPixmap(size, size)
    made.fill(Qt.GlobalColor.transparent)
    painter = QPainter(made)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.scale(size / 64, size / 64)
    if light is Light.OFFLINE:
        _offline(painter)
    else:
        _plate(painter, NAVY)
        badge = {
            Light.OK: _tick,
            Light.WORKING: _arrow,
            Light.FAILED: _octagon,
        }.get(light)
        if badge is not None:
            badge(painter)
        else:
            _number(painter, str(count) if count else "!")
    painter.end()
    return made


def _letter(painter: QPainter, colour: str, box: QRectF) -> None:
    """The K of Kvit, from strokes, so that it is the same with every font."""
    pen = QPen(QColor(colour), 8.5, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin)
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    stem = box.left() + 5
    middle = box.center().y()
    painter.drawLine(QPointF(stem, box.top() + 4), QPointF(stem, box.bottom() - 4))
    painter.drawPolyline(
        QPolygonF(
            [
                QPointF(box.right() - 3, box.top() + 4),
                QPointF(stem + 3, middle),
                QPointF(box.right() - 2, box.bottom() - 4),
            ]
        )
    )


def _plate(painter: QPainter, colour: str) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(colour))
    painter.drawRoundedRect(QRectF(2, 2, 60, 60), 14, 14)
    _letter(painter, WHITE, QRectF(13, 12, 30, 40))


def _ground(painter: QPainter, colour: str, box: QRectF) -> None:
    """A badge's ground with a rim that separates it from the plate."""
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(WHITE))
    painter.drawEllipse(box.adjusted(-3, -3, 3, 3))
    painter.setBrush(QColor(colour))
    painter.drawEllipse(box)


def _tick(painter: QPainter) -> None:
    box = QRectF(35, 35, 26, 26)
    _ground(painter, GREEN, box)
    painter.setPen(QPen(QColor(WHITE), 5, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin))
    painter.drawPolyline(QPolygonF([QPointF(41, 48.5), QPointF(46, 53.5), QPointF(55, 43.5)]))


def _arrow(painter: QPainter) -> None:
    box = QRectF(33, 33, 28, 28)
    _ground(painter, BLUE, box)
    painter.setPen(QPen(QColor(WHITE), 4.5, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawArc(box.adjusted(7, 7, -7, -7), 60 * 16, 270 * 16)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(WHITE))
    painter.drawPolygon(QPolygonF([QPointF(50, 36), QPointF(57.5, 43), QPointF(48, 46)]))


def _number(painter: QPainter, text: str) -> None:
    """As large as the icon allows: at 16 pixels it must still be read."""
    wide = len(text) > 1
    box = QRectF(20 if wide else 27, 25, 43 if wide else 36, 37)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(WHITE))
    painter.drawRoundedRect(box.adjusted(-3, -3, 1, 1), 19, 19)
    painter.setBrush(QColor(AMBER))
    painter.drawRoundedRect(box, 17, 17)
    face: QFont = font(bold=True)
    face.setPixelSize(32)
    path = QPainterPath()
    path.addText(0, 0, face, text)
    bounds = path.boundingRect()
    path.translate(box.center() - bounds.center())
    painter.fillPath(path, QColor("#1d1200"))


def _octagon(painter: QPainter) -> None:
    centre, radius = QPointF(43, 43), 20.0
    for grown, colour in ((3.0, WHITE), (0.0, RED)):
        shape = QPolygonF(
            [
                QPointF(
                    centre.x() + (radius + grown) * math.cos(math.pi / 8 + k * math.pi / 4),
                    centre.y() + (radius + grown) * math.sin(math.pi / 8 + k * math.pi / 4),
                )
                for k in range(8)
            ]
        )
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(colour))
        painter.drawPolygon(shape)
    painter.setPen(QPen(QColor(WHITE), 6.5, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
    painter.drawLine(QPointF(43, 31.5), QPointF(43, 44))
    painter.drawPoint(QPointF(43, 54))


def _offline(painter: QPainter) -> None:
    painter.setPen(QPen(QColor(GREY), 5))
    painter.setBrush(QColor(255, 255, 255, 40))
    painter.drawRoundedRect(QRectF(5, 5, 54, 54), 13, 13)
    _letter(painter, GREY, QRectF(17, 13, 30, 38))
    painter.setPen(QPen(QColor(WHITE), 11, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
    painter.drawLine(QPointF(9, 57), QPointF(57, 7))
    painter.setPen(QPen(QColor("#4b5563"), 6, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
    painter.drawLine(QPointF(9, 57), QPointF(57, 7))
