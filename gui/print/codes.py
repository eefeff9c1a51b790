"""Code-128 and QR, drawn by QPainter.

Measured: python-barcode's SVG becomes a black block in QtSvg, so the bars come from its `build()`; `segno.make` may
silently choose a Micro QR that cheap scanners cannot read, so it is always `make_qr`.
"""

from __future__ import annotations

import barcode
import segno
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter

QUIET_BARS = 10  # modules of white on each side that the Code-128 standard asks for
QUIET_QR = 4  # the same for a QR code


def code128_modules(text: str) -> str:
    """The bars as "1" (black) and "0" (white), one character per module, without the quiet zones.

    Raises:
        ValueError: a character Code-128 has no sign for.
    """
    try:
        return str(barcode.get("code128", text).build()[0])
    except barcode.errors.BarcodeError as error:
        raise ValueError(f"{text!r} cannot be a Code-128") from error


def qr_modules(text: str) -> list[list[bool]]:
    """Rows of a full (never micro) QR code with error level M, without the quiet zone."""
    return [[bool(cell) for cell in row] for row in segno.make_qr(text, error="m").matrix]


def paint_code128(painter: QPainter, box: QRectF, text: str) -> None:
    """Bars over the whole height of `box`, quiet zones included in its width."""
    modules = code128_modules(text)
    step = box.width() / (len(modules) + 2 * QUIET_BARS)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.fillRect(box, QColor("white"))
    at = 0
    while at < len(modules):
        end = at
        while end < len(modules) and modules[end] == modules[at]:
            end += 1
        if modules[at] == "1":
            left = box.left() + (QUIET_BARS + at) * step
            painter.fillRect(QRectF(left, box.top(), (end - at) * step, box.height()), QColor("black"))
        at = end
    painter.restore()


def paint_qr(painter: QPainter, box: QRectF, text: str) -> None:
    """The code in the square `box`, quiet zone included."""
    rows = qr_modules(text)
    step = box.width() / (len(rows) + 2 * QUIET_QR)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    painter.fillRect(box, QColor("white"))
    for y, row in enumerate(rows):
        x = 0
        while x < len(row):
            end = x
            while end < len(row) and row[end] == row[x]:
                end += 1
            if row[x]:
                spot = QRectF(
                    box.left() + (QUIET_QR + x) * step, box.top() + (QUIET_QR + y) * step, (end - x) * step, step
                )
                # A hair of overlap, so that no white line shows between rows on paper.
                painter.fillRect(spot.adjusted(0, 0, step * 0.02, step * 0.02), QColor("black"))
            x = end
    painter.restore()
