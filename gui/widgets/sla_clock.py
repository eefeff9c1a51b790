"""The 15-minute clock of a call: colour, shape and words say the same thing.

Up to 10 minutes after the money a ring that empties; then a triangle; past the deadline a filled octagon.
"""

from __future__ import annotations

import math
from datetime import datetime, timedelta

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from gui.i18n import translate
from gui.i18n.counts import counts
from gui.theme import theme

WHOLE = timedelta(minutes=15)
HURRY = timedelta(minutes=5)


def urgency(left: timedelta) -> str:
    """ "calm", "hurry" (under five minutes) or "late"."""
    if left < timedelta(0):
        return "late"
    return "hurry" if left <= HURRY else "calm"


def left_text(left: timedelta) -> str:
    """ "12:05", "late by 3 min", "late by 2 h"."""
    seconds = int(left.total_seconds())
    if seconds >= 3600:
        return translate("Clock", "in {h} h {m:02d} min").format(h=seconds // 3600, m=seconds % 3600 // 60)
    if seconds >= 0:
        return f"{seconds // 60}:{seconds % 60:02d}"
    late = -seconds // 60
    if late < 1:
        return translate("Clock", "late by {n} s").format(n=-seconds)
    if late < 120:
        return translate("Clock", "late by {n} min").format(n=late)
    if late < 48 * 60:
        return translate("Clock", "late by {n} h").format(n=late // 60)
    return counts.days_late(late // (24 * 60))


def tone_of(left: timedelta) -> str:
    return {"calm": "info", "hurry": "warn", "late": "bad"}[urgency(left)]


def paint_clock(painter: QPainter, box: QRectF, left: timedelta) -> None:
    """The shape alone, in a square `box`."""
    tokens = theme.tokens
    colour = QColor(tokens.tone(tone_of(left))[0])
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    state = urgency(left)
    width = max(1.6, box.width() / 9)
    if state == "calm":
        inner = box.adjusted(width, width, -width, -width)
        painter.setPen(QPen(QColor(tokens.border), width))
        painter.drawEllipse(inner)
        share = min(1.0, left / WHOLE)
        painter.setPen(QPen(colour, width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
        painter.drawArc(inner, 90 * 16, round(share * 360 * 16))
    else:
        if state == "hurry":
            shape = QPolygonF(
                [
                    QPointF(box.center().x(), box.top() + width / 2),
                    QPointF(box.right() - width / 2, box.bottom() - width),
                    QPointF(box.left() + width / 2, box.bottom() - width),
                ]
            )
            painter.setPen(
                QPen(colour, width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin)
            )
            painter.setBrush(QColor(tokens.warn_soft))
            mark = colour
        else:
            centre, radius = box.center(), box.width() / 2 - 1
            shape = QPolygonF(
                [
                    QPointF(
                        centre.x() + radius * math.cos(math.pi / 8 + k * math.pi / 4),
                        centre.y() + radius * math.sin(math.pi / 8 + k * math.pi / 4),
                    )
                    for k in range(8)
                ]
            )
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colour)
            mark = QColor(tokens.surface)
        painter.drawPolygon(shape)
        face = QFont(painter.font())
        face.setPixelSize(max(7, round(box.height() * 0.55)))
        face.setBold(True)
        painter.setFont(face)
        painter.setPen(mark)
        drop = box.height() * (0.1 if state == "hurry" else 0.0)
        painter.drawText(box.adjusted(0, drop, 0, drop), Qt.AlignmentFlag.AlignCenter, "!")
    painter.restore()


class SlaClock(QWidget):
    """Shape and time left; told the time by its page, so that all clocks tick together on the service's clock."""

    def __init__(self, size: float = 22, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._size = size
        self._due: datetime | None = None
        self._left = timedelta(0)

    def set_due(self, due: datetime | None, now: datetime) -> None:
        self._due = due
        self.setVisible(due is not None)
        self.tick(now)

    def tick(self, now: datetime) -> None:
        if self._due is None:
            return
        self._left = self._due - now
        self.setAccessibleName(left_text(self._left))
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        side = theme.px(self._size)
        words = self.fontMetrics().horizontalAdvance(left_text(self._left)) * self._size / 16
        return QSize(side + theme.px(8) + round(words), side)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        side = theme.px(self._size)
        paint_clock(painter, QRectF(0, (self.height() - side) / 2, side, side), self._left)
        face = QFont(self.font())
        face.setBold(True)
        face.setPointSizeF(face.pointSizeF() * self._size / 18)
        painter.setFont(face)
        painter.setPen(QColor(theme.tokens.tone(tone_of(self._left))[0]))
        words = QRectF(side + theme.px(7), 0, self.width() - side, self.height())
        painter.drawText(words, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, left_text(self._left))
        painter.end()
