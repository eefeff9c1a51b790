"""How many payment orders wait for a signature: the number on the rail."""

from __future__ import annotations

import time

from PySide6.QtCore import QObject, Signal

from gui.api.client import Call
from gui.api.types import OutgoingRow, Page
from gui.store.session import Session

EVERY_S = 10.0


class Signatures(QObject):
    """Asks the service for the count alone, never for the list.

    Attributes:
        count: orders that want a signature; 0 for who may not see them.

    Signals:
        changed: another count.
    """

    changed = Signal()

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.count = 0
        self._session = session
        self._call: Call | None = None
        self._asked_at = 0.0
        session.reset.connect(self.refresh)
        session.me_changed.connect(self.refresh)
        session.changed.connect(self._changed)
        session.status_changed.connect(self._now_and_then)

    def refresh(self) -> None:
        session = self._session
        if session.me is None or not session.me.may("outgoing.read"):
            self._take(0)
            return
        if not session.online:
            return
        if self._call is not None:
            self._call.cancel()
        self._asked_at = time.monotonic()
        query = {"state": "to_approve", "limit": "1"}
        self._call = session.client.page("/v1/outgoing", OutgoingRow, self._got, owner=self, query=query)

    def _changed(self, topic: str, _names: object) -> None:
        if topic == "outgoing":
            self.refresh()

    def _now_and_then(self) -> None:
        # A service whose event stream says nothing of payment orders is asked with the status, though not each time.
        if time.monotonic() - self._asked_at > EVERY_S:
            self.refresh()

    def _got(self, page: Page[OutgoingRow]) -> None:
        self._take(page.counts.get("to_approve", page.total))

    def _take(self, count: int) -> None:
        if count != self.count:
            self.count = count
            self.changed.emit()
