"""The one undo of the program: the service's own undo events, newest first.

The tray never computes an inverse. Each decision's answer names the event that takes it back; Ctrl+Z sends the newest.
"""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal

from gui.api.types import Payment, Said

DEPTH = 50


@dataclass(frozen=True, slots=True)
class Undoable:
    event_id: str
    payment_id: str
    text: Said


class UndoStack(QObject):
    """What can be taken back in this sitting.

    Signals:
        changed: the top is another one.
        taken: something was taken back; carries its `Undoable`.
    """

    changed = Signal()
    taken = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._items: list[Undoable] = []

    @property
    def top(self) -> Undoable | None:
        return self._items[-1] if self._items else None

    def offer(self, payment: Payment) -> None:
        """A decision was made; remember how to take it back."""
        if payment.undo is None:
            return
        self._items = [i for i in self._items if i.event_id != payment.undo.event_id]
        self._items.append(Undoable(payment.undo.event_id, payment.id, payment.undo.text))
        del self._items[:-DEPTH]
        self.changed.emit()

    def take(self, item: Undoable) -> None:
        """The event was taken back."""
        self.drop(item.event_id)
        self.taken.emit(item)

    def drop(self, event_id: str) -> None:
        """The event can no longer be taken back."""
        left = [i for i in self._items if i.event_id != event_id]
        if len(left) != len(self._items):
            self._items = left
            self.changed.emit()

    def clear(self) -> None:
        self._items = []
        self.changed.emit()
