"""What models and painters agree on: the roles of a cell and the look of a state."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import Qt

RowRole = Qt.ItemDataRole.UserRole + 1
PillRole = Qt.ItemDataRole.UserRole + 2
PaintRole = Qt.ItemDataRole.UserRole + 3


@dataclass(frozen=True, slots=True)
class Pill:
    """A state as people read it: words, tone ("ok", "warn", "bad", "info", "idle") and the icon that is its shape."""

    text: str
    tone: str
    icon: str
