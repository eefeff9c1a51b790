"""A dialog over its window, one at a time."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog


class Holder(Protocol):
    """A widget that opens dialogs; `dialog` is the one that is open."""

    dialog: QDialog | None


def open_over(holder: Holder, dialog: QDialog, accepted: Callable[[], object]) -> None:
    """Open `dialog` and go on at once; `accepted` is called when it was accepted, and it deletes itself."""
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.setWindowModality(Qt.WindowModality.WindowModal)
    holder.dialog = dialog

    def finished(result: int) -> None:
        holder.dialog = None
        if result == QDialog.DialogCode.Accepted:
            accepted()

    dialog.finished.connect(finished)
    dialog.open()
