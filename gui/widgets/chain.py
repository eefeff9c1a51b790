"""A story in steps, top to bottom: what is done, what is going on, what is still to come."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from gui import icons
from gui.theme import theme
from gui.widgets.parts import columns, label, rows

STATES = ("done", "now", "todo", "bad")
_TONES = {"done": "ok", "now": "info", "todo": "idle", "bad": "bad"}
SIDE = 30


class Step(QWidget):
    """One step: a sign on the line, a heading, the time it took, and room below for its facts."""

    def __init__(self, icon: str, title: str, state: str, after: str = "", *, last: bool = False) -> None:
        super().__init__()
        self._icon, self._state, self._last = icon, state, last
        self.setAccessibleName(f"{title} {after}".strip())
        whole = columns(self, gap=10)
        gutter = QWidget()
        gutter.setFixedWidth(theme.px(SIDE))
        whole.addWidget(gutter)
        inside = rows(gap=3)
        head = columns(gap=8)
        head.addWidget(label(title, "heading", wrap=True), 1)
        if after:
            head.addWidget(label(after, "muted"), 0, Qt.AlignmentFlag.AlignTop)
        inside.addLayout(head)
        self.body: QVBoxLayout = rows(gap=3)
        inside.addLayout(self.body)
        inside.addSpacing(theme.px(0 if last else 14))
        whole.addLayout(inside, 1)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)

    def minimumSizeHint(self) -> QSize:
        return super().minimumSizeHint().expandedTo(QSize(0, theme.px(SIDE + 6)))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        side = theme.px(SIDE - 2)
        circle = QRectF(0.5, 0.5, side, side)
        colour, ground = theme.tokens.tone(_TONES[self._state])
        if not self._last:
            solid = self._state == "done"
            pen = QPen(QColor(theme.tokens.ok if solid else theme.tokens.border), theme.px(2))
            pen.setStyle(Qt.PenStyle.SolidLine if solid else Qt.PenStyle.DotLine)
            painter.setPen(pen)
            x = circle.center().x()
            painter.drawLine(round(x), round(circle.bottom() + 3), round(x), self.height() - 3)
        painter.setPen(QPen(QColor(colour), 1.4) if self._state != "todo" else QPen(QColor(theme.tokens.border), 1.4))
        painter.setBrush(QColor(ground))
        painter.drawEllipse(circle)
        inset = side * 0.22
        icons.paint(painter, self._icon, circle.adjusted(inset, inset, -inset, -inset), colour)
        if self._state == "done":
            small = QRectF(circle.right() - side * 0.42, circle.bottom() - side * 0.42, side * 0.46, side * 0.46)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(theme.tokens.ok))
            painter.drawEllipse(small)
            edge = small.width() * 0.14
            icons.paint(painter, "check", small.adjusted(edge, edge, -edge, -edge), theme.tokens.surface)
        painter.end()
