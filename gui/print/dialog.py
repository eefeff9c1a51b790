"""Where the sheet goes: to a printer when there is one, else to a PDF file that is opened."""

from __future__ import annotations

import re
import tempfile
from pathlib import Path

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices, QPainter
from PySide6.QtPrintSupport import QPrintDialog, QPrinter, QPrinterInfo
from PySide6.QtWidgets import QWidget

from gui.api.types import Pick
from gui.print.picklist import A5, draw, write_pdf


def print_pick(pick: Pick, parent: QWidget | None = None) -> bool:
    """Print the list; True when it went to paper or to a file."""
    if not QPrinterInfo.availablePrinters():
        folder = Path(tempfile.mkdtemp(prefix="kvit-"))
        path = folder / (re.sub(r"[^\w-]+", "_", pick.number) + ".pdf")
        write_pdf(pick, path)
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(path)))
        return True
    printer = QPrinter(QPrinter.PrinterMode.HighResolution)
    printer.setPageLayout(A5)
    printer.setDocName(pick.number)
    dialog = QPrintDialog(printer, parent)
    if dialog.exec() != QPrintDialog.DialogCode.Accepted:
        return False
    return to_printer(pick, printer)


def to_printer(pick: Pick, printer: QPrinter) -> bool:
    painter = QPainter()
    if not painter.begin(printer):
        return False
    try:
        draw(painter, printer, pick)
    finally:
        painter.end()
    return True
