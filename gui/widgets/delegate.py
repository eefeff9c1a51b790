"""How cells are drawn: flat rows, sums right and strong, states as pills."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRectF, QSize
from PySide6.QtGui import QFont, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from gui.cells import PaintRole, PillRole
from gui.theme import theme
from gui.widgets.pill import paint_pill, pill_width

Index = QModelIndex | QPersistentModelIndex


class CellDelegate(QStyledItemDelegate):
    """Draws by the column's `paint`."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        look = index.data(PaintRole)
        if look == "pill":
            self._ground(painter, option, index)
            pill = index.data(PillRole)
            if pill is not None and (pill.text or pill.icon):
                edge = theme.px(8)
                painter.setFont(option.font)
                paint_pill(painter, QRectF(option.rect).adjusted(edge, 0, -theme.px(2), 0), pill)
            return
        super().paint(painter, option, index)

    def initStyleOption(self, option: QStyleOptionViewItem, index: Index) -> None:
        super().initStyleOption(option, index)
        look = index.data(PaintRole)
        if look in ("money", "strong"):
            face = QFont(option.font)
            face.setWeight(QFont.Weight.DemiBold)
            option.font = face
        option.state &= ~QStyle.StateFlag.State_HasFocus
        if not option.text:
            option.text = ""

    def _ground(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        bare = QStyleOptionViewItem(option)
        self.initStyleOption(bare, index)
        bare.text = ""
        widget = option.widget
        style = widget.style() if isinstance(widget, QWidget) else None
        if style is not None:
            style.drawControl(QStyle.ControlElement.CE_ItemViewItem, bare, painter, widget)

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        hint = super().sizeHint(option, index)
        pill = index.data(PillRole) if index.data(PaintRole) == "pill" else None
        if pill is not None:
            hint.setWidth(pill_width(option.fontMetrics, pill) + theme.px(18))
        return hint
