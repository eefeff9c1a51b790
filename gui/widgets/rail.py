"""The bar of pages at the left edge: an icon, a word, and how many things wait there."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QPainter, QPaintEvent
from PySide6.QtWidgets import QButtonGroup, QFrame, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from gui import icons
from gui.theme import theme
from gui.widgets.parts import label, rows, scroller

WIDTH = 92


class RailButton(QToolButton):
    """One page."""

    def __init__(self, icon: str, text: str) -> None:
        super().__init__()
        self._icon_name = icon
        self._count = 0
        self.setText(text)
        self.setAccessibleName(text)
        self.setCheckable(True)
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextUnderIcon)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.dress()

    def dress(self) -> None:
        self.setIconSize(QSize(theme.px(24), theme.px(24)))
        colour = "#ffffff" if self.isChecked() else theme.tokens.rail_text
        self.setIcon(icons.icon(self._icon_name, colour, 24))

    def set_count(self, count: int) -> None:
        if count != self._count:
            self._count = count
            self.setAccessibleName(f"{self.text()}: {count}" if count else self.text())
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self._count:
            return
        text = str(self._count) if self._count < 1000 else "999+"
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        face = QFont(self.font())
        face.setBold(True)
        face.setPointSizeF(7.5 * theme.zoom)
        painter.setFont(face)
        high = theme.px(17)
        wide = max(high, painter.fontMetrics().horizontalAdvance(text) + theme.px(9))
        spot = QRectF(self.width() / 2 + theme.px(4), theme.px(4), wide, high)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor("#ffb648"))
        painter.drawRoundedRect(spot, high / 2, high / 2)
        painter.setPen(QColor("#2b1a00"))
        painter.drawText(spot, Qt.AlignmentFlag.AlignCenter, text)
        painter.end()


class Rail(QFrame):
    """Signals:
    asked: the person wants this page (key).
    """

    asked = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("rail")
        whole = rows(self, gap=3, margin=6)
        self._mark = label("Kvit")
        self._mark.setAlignment(Qt.AlignmentFlag.AlignCenter)
        whole.addWidget(self._mark)
        whole.addSpacing(theme.px(6))
        self._group = QButtonGroup(self)
        self.buttons: dict[str, RailButton] = {}
        pages = QWidget()
        pages.setObjectName("rail_pages")
        self._stack: QVBoxLayout = rows(pages, gap=3)
        self._stack.addStretch(1)
        # On a low screen somebody with every right has more pages than fit: they scroll.
        self._area = scroller(pages)
        self._area.setObjectName("rail_area")
        self._area.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        whole.addWidget(self._area, 1)
        self.foot: QVBoxLayout = rows(gap=2)
        whole.addLayout(self.foot)
        theme.changed.connect(self._dress)
        self._dress()

    def add(self, key: str, icon: str, text: str, keys: str) -> RailButton:
        made = RailButton(icon, text)
        made.setToolTip(f"{text} ({keys})")
        made.clicked.connect(lambda: self.asked.emit(key))
        self._group.addButton(made)
        self.buttons[key] = made
        self._stack.insertWidget(self._stack.count() - 1, made)
        return made

    def choose(self, key: str) -> None:
        if key in self.buttons:
            self.buttons[key].setChecked(True)
            self._area.ensureWidgetVisible(self.buttons[key])
        for made in self.buttons.values():
            made.dress()

    def _dress(self) -> None:
        self.setFixedWidth(theme.px(WIDTH))
        self._mark.setStyleSheet(f"color: #ffffff; font-weight: 700; font-size: {13 * theme.zoom:.1f}pt;")
        for made in self.buttons.values():
            made.dress()
