"""Rows of the pick queue and of the call list: drawn as cards, one glance each."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from gui import icons, wording
from gui.api.types import PickRow, Task
from gui.cells import Pill, RowRole
from gui.i18n import said, translate
from gui.i18n.counts import counts
from gui.models.orders import delivery_text
from gui.models.picks import state_pill as pick_pill
from gui.models.tasks import state_pill as task_pill
from gui.theme import theme
from gui.widgets.pill import paint_pill, pill_width
from gui.widgets.sla_clock import left_text, paint_clock, tone_of

Index = QModelIndex | QPersistentModelIndex
CARD_HEIGHT = 66


class CardDelegate(QStyledItemDelegate):
    """Two lines of text, a pill on the right, a sign on the left."""

    def __init__(self, now: Callable[[], datetime], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.now = now

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(theme.px(200), theme.px(CARD_HEIGHT))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        tokens = theme.tokens
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        area = QRectF(option.rect)
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        hovered = bool(option.state & QStyle.StateFlag.State_MouseOver)
        painter.fillRect(area, QColor(tokens.selection if selected else (tokens.hover if hovered else tokens.surface)))
        if selected:
            painter.fillRect(QRectF(area.left(), area.top(), theme.px(3), area.height()), QColor(tokens.accent))
        painter.fillRect(QRectF(area.left(), area.bottom() - 1, area.width(), 1), QColor(tokens.border))
        row = index.data(RowRole)
        if row is not None:
            edge = theme.px(12)
            self.card(painter, area.adjusted(edge, theme.px(9), -edge, -theme.px(9)), row, option.font)
        painter.restore()

    def card(self, painter: QPainter, area: QRectF, row: object, font: QFont) -> None:
        raise NotImplementedError

    def lines(self, painter: QPainter, area: QRectF, font: QFont, first: str, second: str, pill: Pill | None) -> None:
        """Heading above, details below, pill at the right of the heading."""
        strong = QFont(font)
        strong.setWeight(QFont.Weight.DemiBold)
        strong.setPointSizeF(font.pointSizeF() * 1.08)
        small = QFont(font)
        small.setPointSizeF(font.pointSizeF() * 0.94)
        painter.setFont(small)
        width = pill_width(painter.fontMetrics(), pill) if pill else 0
        top = QRectF(area.left(), area.top(), area.width(), area.height() / 2)
        if pill is not None:
            paint_pill(painter, QRectF(area.right() - width, top.top(), width, top.height()), pill)
        painter.setFont(strong)
        painter.setPen(QColor(theme.tokens.text))
        room = top.adjusted(0, 0, -width - theme.px(8), 0)
        _text(painter, room, first)
        painter.setFont(small)
        painter.setPen(QColor(theme.tokens.muted))
        _text(painter, QRectF(area.left(), area.center().y(), area.width(), area.height() / 2), second)


class PickCards(CardDelegate):
    """Order, warehouse, pieces, due time; a flag when it is urgent."""

    def card(self, painter: QPainter, area: QRectF, row: object, font: QFont) -> None:
        if not isinstance(row, PickRow):
            return
        side = theme.px(24)
        sign = QRectF(area.left(), area.center().y() - side / 2, side, side)
        kind = "shop" if row.delivery == "pickup" else "truck"
        icons.paint(painter, kind, sign, theme.tokens.muted)
        text = area.adjusted(side + theme.px(11), 0, 0, 0)
        first = translate("Picks", "Order {number}").format(number=row.order_number)
        if row.priority:
            flag = theme.px(15)
            face = QFont(font)
            face.setPointSizeF(font.pointSizeF() * 1.08)
            face.setWeight(QFont.Weight.DemiBold)
            width = QFontMetrics(face).horizontalAdvance(first)
            spot = QRectF(text.left() + width + theme.px(7), text.top() + text.height() / 4 - flag / 2, flag, flag)
            icons.paint(painter, "flag", spot, theme.tokens.bad)
        count = counts.positions(row.lines_count)
        pieces = translate("Picks", "{n} pcs").format(n=wording.quantity(row.qty_total))
        due = translate("Picks", "by {time}").format(time=wording.moment(row.due_at, self.now())) if row.due_at else ""
        parts = [row.warehouse, f"{count}, {pieces}", due, row.taken_by or ""]
        self.lines(painter, text, font, first, " · ".join(p for p in parts if p), pick_pill(row.state))


class TaskCards(CardDelegate):
    """The clock, who to ring, and how long is left."""

    def card(self, painter: QPainter, area: QRectF, row: object, font: QFont) -> None:
        if not isinstance(row, Task):
            return
        side = theme.px(30)
        sign = QRectF(area.left(), area.center().y() - side / 2, side, side)
        open_ = row.state not in ("done", "cancelled")
        if open_ and row.due_at is not None:
            left = row.due_at - self.now()
            paint_clock(painter, sign, left)
            pill = Pill(left_text(left), tone_of(left), "") if row.state != "taken" else task_pill(row)
        else:
            pill = task_pill(row)
            inset = side * 0.12
            tone = theme.tokens.tone(pill.tone)[0]
            icons.paint(painter, pill.icon, sign.adjusted(inset, inset, -inset, -inset), tone)
        text = area.adjusted(side + theme.px(11), 0, 0, 0)
        title = said(row.title)
        order = translate("Tasks", "order {number}").format(number=row.order_number) if row.order_number else ""
        is_call = row.kind == "call"
        parts = (
            [order, wording.phone(row.phone), delivery_text(row.delivery)]
            if is_call
            else [title if row.buyer else "", order]
        )
        if row.attempts:
            parts.append(counts.attempts(row.attempts))
        first = row.buyer or title
        self.lines(painter, text, font, first, " · ".join(p for p in parts if p), pill)


def _text(painter: QPainter, room: QRectF, text: str) -> None:
    shown = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, int(room.width()))
    painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, shown)
