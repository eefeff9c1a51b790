"""How long the last polls took, as a small painted line; a failed poll is a square on it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from gui.theme import theme


class Sparkline(QWidget):
    """Oldest left, newest right; None is a failure."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._values: list[float | None] = []
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_values(self, values: Sequence[float | None]) -> None:
        self._values = list(values)
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(theme.px(240), theme.px(46))

    def paintEvent(self, event: QPaintEvent) -> None:
        known = [v for v in self._values if v is not None]
        if len(self._values) < 2 or not known:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        edge = theme.px(4)
        area = QRectF(self.rect()).adjusted(edge, edge, -edge, -edge)
        top = max(known) or 1.0
        step = area.width() / (len(self._values) - 1)
        points = [
            QPointF(area.left() + i * step, area.bottom() - area.height() * 0.92 * (v if v is not None else 0) / top)
            for i, v in enumerate(self._values)
        ]
        ground = QColor(theme.tokens.accent)
        ground.setAlpha(38)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(ground)
        painter.drawPolygon(QPolygonF([area.bottomLeft(), *points, area.bottomRight()]))
        painter.setPen(QPen(QColor(theme.tokens.accent), theme.px(1.6)))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPolyline(QPolygonF(points))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(theme.tokens.bad))
        side = theme.px(7)
        for value, point in zip(self._values, points, strict=True):
            if value is None:
                painter.drawRect(QRectF(point.x() - side / 2, area.bottom() - side, side, side))
        painter.end()
