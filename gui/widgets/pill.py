"""A state as a rounded ground with an icon and words: shape and text say it, colour only helps."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from gui import icons
from gui.cells import Pill
from gui.theme import theme


def pill_width(metrics: QFontMetrics, pill: Pill) -> int:
    icon = metrics.height() if pill.icon else 0
    return metrics.horizontalAdvance(pill.text) + icon + theme.px(18)


def paint_pill(painter: QPainter, area: QRectF, pill: Pill) -> None:
    """Draw a pill at the left of `area`, as wide as its words and never wider than `area`."""
    tone, ground = theme.tokens.tone(pill.tone)
    metrics = painter.fontMetrics()
    height = min(area.height(), metrics.height() + theme.px(6))
    width = min(area.width(), pill_width(metrics, pill))
    box = QRectF(area.left(), area.center().y() - height / 2, width, height)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(ground))
    painter.drawRoundedRect(box, height / 2, height / 2)
    left = box.left() + theme.px(7)
    if pill.icon:
        side = metrics.height() * 0.92
        icons.paint(painter, pill.icon, QRectF(left, box.center().y() - side / 2, side, side), tone)
        left += side + theme.px(3)
    painter.setPen(QColor(tone))
    room = QRectF(left, box.top(), box.right() - left - theme.px(4), box.height())
    text = metrics.elidedText(pill.text, Qt.TextElideMode.ElideRight, int(room.width()) + 1)
    painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, text)
    painter.restore()


class PillLabel(QWidget):
    """A pill on its own."""

    def __init__(self, pill: Pill | None = None) -> None:
        super().__init__()
        self._pill = pill or Pill("", "idle", "")
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.say(self._pill)

    @property
    def pill(self) -> Pill:
        return self._pill

    def say(self, pill: Pill) -> None:
        self._pill = pill
        self.setAccessibleName(pill.text)
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        metrics = QFontMetrics(self.font())
        return QSize(pill_width(metrics, self._pill), metrics.height() + theme.px(6))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        paint_pill(painter, QRectF(self.rect()), self._pill)
        painter.end()
