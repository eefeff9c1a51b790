"""A letter on A4: to a printer when there is one, else to a PDF file that is opened."""

from __future__ import annotations

import re
import tempfile
from pathlib import Path

from PySide6.QtCore import QMarginsF, QUrl
from PySide6.QtGui import QDesktopServices, QPageLayout, QPageSize, QPdfWriter, QTextDocument
from PySide6.QtPrintSupport import QPrintDialog, QPrinter, QPrinterInfo
from PySide6.QtWidgets import QWidget

from gui.theme import font

POINTS = 11
A4 = QPageLayout(
    QPageSize(QPageSize.PageSizeId.A4),
    QPageLayout.Orientation.Portrait,
    QMarginsF(0, 0, 0, 0),  # a text document keeps two centimetres by itself
)


def print_letter(title: str, text: str, parent: QWidget | None = None) -> bool:
    """Print the letter; True when it went to paper or to a file."""
    if not QPrinterInfo.availablePrinters():
        folder = Path(tempfile.mkdtemp(prefix="kvit-"))
        path = folder / (re.sub(r"[^\w-]+", "_", title) + ".pdf")
        write_letter(title, text, path)
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(path)))
        return True
    printer = QPrinter(QPrinter.PrinterMode.HighResolution)
    printer.setPageLayout(A4)
    printer.setDocName(title)
    dialog = QPrintDialog(printer, parent)
    if dialog.exec() != QPrintDialog.DialogCode.Accepted:
        return False
    _document(text).print_(printer)
    return True


def write_letter(title: str, text: str, path: Path) -> None:
    """Write it as a PDF file.

    Raises:
        OSError: the file cannot be written.
    """
    writer = QPdfWriter(str(path))
    writer.setPageLayout(A4)
    writer.setTitle(title)
    writer.setCreator("Kvit")
    _document(text).print_(writer)
    if not path.exists():
        raise OSError(f"cannot write {path}")


def _document(text: str) -> QTextDocument:
    made = QTextDocument()
    made.setDefaultFont(font(points=POINTS))
    made.setPlainText(text)
    return made
