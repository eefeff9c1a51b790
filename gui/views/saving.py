"""A workbook of the service, saved where the person wants it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QWidget

from gui.api.errors import ApiError
from gui.i18n import translate
from gui.store.session import Session


def ask_target(parent: QWidget, title: str, name: str) -> Path | None:
    """Where to save it, `name` offered; None where the person thought better of it."""
    chosen, _filter = QFileDialog.getSaveFileName(parent, title, name)
    return Path(chosen) if chosen else None


def save_workbook(
    session: Session,
    path: str,
    target: Path,
    told: Callable[[str], object],
    refused: Callable[[ApiError], None],
    owner: QWidget,
) -> None:
    """Fetch the workbook at `path` and write it to `target`; `told` hears that it is saved, or why it is not."""

    def done(content: bytes) -> None:
        try:
            target.write_bytes(content)
        except OSError as error:
            told(translate("Saving", "not saved: {why}").format(why=error.strerror or error))
        else:
            told(translate("Saving", "saved as {file}").format(file=target.name))

    session.client.raw(path, done, refused, owner=owner)
