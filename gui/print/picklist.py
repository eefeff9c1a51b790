"""A pick list on paper: A5, lying, with the list's number as Code-128 and QR so that a scan opens it.

Drawn by QPainter on any QPagedPaintDevice: a PDF (`QPdfWriter`) or a printer. All lengths are millimetres.
"""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QMarginsF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QPagedPaintDevice, QPageLayout, QPageSize, QPainter, QPdfWriter, QPen

from gui import wording
from gui.api.types import Pick, PickLine
from gui.i18n import translate
from gui.models.orders import delivery_text
from gui.print.codes import paint_code128, paint_qr
from gui.theme import font

WIDTH, HEIGHT = 210.0, 148.0
EDGE = 9.0
ROW = 8.6
TOP_OF_TABLE = 47.0
COLUMNS = ((7.0, "box"), (24.0, "bin"), (93.0, "name"), (34.0, "sku"), (17.0, "qty"), (17.0, "done"))
A5 = QPageLayout(QPageSize(QPageSize.PageSizeId.A5), QPageLayout.Orientation.Landscape, QMarginsF(0, 0, 0, 0))


def write_pdf(pick: Pick, path: Path) -> int:
    """Write the sheet to `path`; the number of pages."""
    writer = QPdfWriter(str(path))
    writer.setResolution(300)
    writer.setPageLayout(A5)
    writer.setTitle(translate("PickSheet", "Pick list {number}").format(number=pick.number))
    writer.setCreator("Kvit")
    painter = QPainter()
    if not painter.begin(writer):
        raise OSError(f"cannot write {path}")
    try:
        return draw(painter, writer, pick)
    finally:
        painter.end()


def pages_of(lines: int) -> list[range]:
    """Which lines stand on which page."""
    first = int((HEIGHT - TOP_OF_TABLE - ROW - 16) / ROW)
    other = int((HEIGHT - 2 * EDGE - 10 - ROW - 16) / ROW)
    found = [range(min(first, lines))]
    while found[-1].stop < lines:
        start = found[-1].stop
        found.append(range(start, min(start + other, lines)))
    return found


def draw(painter: QPainter, device: QPagedPaintDevice, pick: Pick) -> int:
    """Draw all pages; the number of pages."""
    scale = device.logicalDpiX() / 25.4
    painter.scale(scale, scale)
    pages = pages_of(len(pick.lines))
    for number, lines in enumerate(pages):
        if number:
            device.newPage()
        top = _first_head(painter, pick) if number == 0 else _next_head(painter, pick)
        top = _table(painter, pick.lines[lines.start : lines.stop], top)
        _foot(painter, pick, number + 1, len(pages), top if number == len(pages) - 1 else None)
    return len(pages)


def _face(points: float, *, bold: bool = False) -> QFont:
    return font(points=points, bold=bold)


def _text(
    painter: QPainter,
    box: QRectF,
    text: str,
    points: float,
    *,
    bold: bool = False,
    right: bool = False,
    wrap: bool = False,
    colour: str = "black",
) -> None:
    """Text in a box of millimetres, cut with "…" when it is too long for one line."""
    painter.save()
    scale = painter.transform().m11()
    painter.resetTransform()
    painter.setFont(_face(points, bold=bold))
    painter.setPen(QColor(colour))
    area = QRectF(box.x() * scale, box.y() * scale, box.width() * scale, box.height() * scale)
    side = Qt.AlignmentFlag.AlignRight if right else Qt.AlignmentFlag.AlignLeft
    if wrap:
        painter.drawText(area, side | Qt.AlignmentFlag.AlignTop | Qt.TextFlag.TextWordWrap, text)
    else:
        shown = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, int(area.width()))
        painter.drawText(area, side | Qt.AlignmentFlag.AlignVCenter, shown)
    painter.restore()


def _first_head(painter: QPainter, pick: Pick) -> float:
    words = WIDTH - 2 * EDGE - 34
    title = translate("PickSheet", "Pick list · order {number}").format(number=pick.order_number)
    _text(painter, QRectF(EDGE, 8, words, 9), title, 17, bold=True)
    facts = [pick.buyer, delivery_text(pick.delivery), pick.warehouse, wording.phone(pick.phone)]
    _text(painter, QRectF(EDGE, 17.5, words, 6), " · ".join(f for f in facts if f), 9.5)
    due = (
        translate("PickSheet", "to be ready by {time}").format(time=wording.moment(pick.due_at)) if pick.due_at else ""
    )
    parts = [due, pick.comment or ""]
    _text(painter, QRectF(EDGE, 23.5, words, 6), " · ".join(p for p in parts if p), 9.5, bold=True)
    if pick.number.isascii() and pick.number.isprintable():
        # Code-128 has signs for these only; a number of another kind still has its QR code.
        paint_code128(painter, QRectF(EDGE - 2, 30.5, 92, 10.5), pick.number)
    _text(painter, QRectF(EDGE, 41.2, 92, 4.5), pick.number, 8)
    paint_qr(painter, QRectF(WIDTH - EDGE - 32, 7, 32, 32), pick.number)
    if pick.evidence is not None and pick.evidence.sha256:
        proof = translate("PickSheet", "proved: {sha}…").format(sha=pick.evidence.sha256[:12])
        _text(painter, QRectF(WIDTH - EDGE - 60, 40.5, 60, 5), proof, 7, right=True, colour="#444444")
    return TOP_OF_TABLE


def _next_head(painter: QPainter, pick: Pick) -> float:
    title = translate("PickSheet", "Pick list · order {number}").format(number=pick.order_number)
    _text(painter, QRectF(EDGE, EDGE - 2, 120, 7), f"{title} · {pick.number}", 10, bold=True)
    return EDGE + 8


def _table(painter: QPainter, lines: tuple[PickLine, ...], top: float) -> float:
    heads = {
        "box": "",
        "bin": translate("PickSheet", "Place"),
        "name": translate("PickSheet", "Goods"),
        "sku": translate("PickSheet", "Article"),
        "qty": translate("PickSheet", "Need"),
        "done": translate("PickSheet", "Picked"),
    }
    painter.fillRect(QRectF(EDGE, top, WIDTH - 2 * EDGE, ROW - 1.6), QColor("#e9edf2"))
    left = EDGE
    for width, key in COLUMNS:
        box = QRectF(left + 1.5, top, width - 3, ROW - 1.6)
        _text(painter, box, heads[key], 8, bold=True, right=key in ("qty", "done"))
        left += width
    top += ROW - 1.6
    for line in lines:
        _line(painter, line, top)
        top += ROW
    return top


def _line(painter: QPainter, line: PickLine, top: float) -> None:
    values = {
        "bin": line.bin or "—",
        "name": line.name,
        "sku": line.sku,
        "qty": f"{wording.quantity(line.qty)} {line.unit}",
        "done": "",
    }
    left = EDGE
    for width, key in COLUMNS:
        if key == "box":
            painter.setPen(QPen(QColor("black"), 0.3))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(QRectF(left + 1.2, top + (ROW - 4) / 2, 4, 4))
        else:
            strong = key in ("bin", "qty")
            _text(painter, QRectF(left + 1.5, top, width - 3, ROW), values[key], 10, bold=strong, right=key == "qty")
        left += width
    painter.setPen(QPen(QColor("#9aa4b0"), 0.15))
    painter.drawLine(QPointF(EDGE, top + ROW), QPointF(WIDTH - EDGE, top + ROW))


def _foot(painter: QPainter, pick: Pick, page: int, pages: int, end: float | None) -> None:
    bottom = HEIGHT - EDGE
    if end is not None:
        line = "_" * 22
        picked = translate("PickSheet", "Picked: {line}").format(line=line)
        checked = translate("PickSheet", "Checked: {line}").format(line=line)
        _text(painter, QRectF(EDGE, min(end + 5, bottom - 11), 92, 6), picked, 9.5)
        _text(painter, QRectF(EDGE + 96, min(end + 5, bottom - 11), 92, 6), checked, 9.5)
    words = translate("PickSheet", "page {n} of {all}").format(n=page, all=pages)
    _text(painter, QRectF(WIDTH - EDGE - 60, bottom - 3, 60, 5), words, 7, right=True, colour="#444444")
