"""How many parcels are in trouble, and whether this company watches parcels at all."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QObject, QTimer, Signal

from gui.api.client import Client
from gui.api.errors import ApiError
from gui.api.types import Me, Page, ParcelRow

ASK_MS = 5_000
"""Changes are gathered this long: a night run moves thousands of parcels."""
ANEW_MS = 300_000
"""Parcels get stuck without any change."""
PATH = "/v1/parcels"
NEEDED = "parcels.read"


def without_parcels(me: Me) -> Me:
    """The person in a company that watches no parcels: rights to what is not there are none."""
    return replace(me, permissions=tuple([p for p in me.permissions if p.split(".", 1)[0] != "parcels"]))


class ParcelWatch(QObject):
    """Attributes:
    counts: parcels behind each filter, as last heard; empty before the first answer, and where there are none.

    Signals:
    changed: `counts` are others.
    """

    changed = Signal()

    def __init__(self, client: Client, parent: QObject | None = None, *, second_ms: int = 1000) -> None:
        """`second_ms`: length of a second; tests shorten it."""
        super().__init__(parent)
        self.counts: dict[str, int] = {}
        self._client = client
        self._here = False
        self._soon = QTimer(self, singleShot=True, interval=ASK_MS * second_ms // 1000)
        self._soon.timeout.connect(self._ask)
        self._anew = QTimer(self, interval=ANEW_MS * second_ms // 1000)
        self._anew.timeout.connect(self._ask)

    @property
    def stuck(self) -> int:
        return self.counts.get("stuck", 0)

    @property
    def cod_missing(self) -> int:
        return self.counts.get("cod_missing", 0)

    def ask(self, done: Callable[[], None], failed: Callable[[ApiError], None]) -> None:
        """The first question about parcels; `failed` with a `Missing` says that none are watched here."""

        def got(found: Page[ParcelRow]) -> None:
            self._here = True
            self._anew.start()
            self._got(found)
            done()

        self.forget()
        self._client.page(PATH, ParcelRow, got, failed, owner=self, query={"limit": 1})

    def ask_soon(self) -> None:
        """Something about parcels changed."""
        if self._here and not self._soon.isActive():
            self._soon.start()

    def stop(self) -> None:
        self._soon.stop()
        self._anew.stop()

    def forget(self) -> None:
        self.stop()
        self._here = False
        self.counts = {}

    def _ask(self) -> None:
        self._client.page(PATH, ParcelRow, self._got, owner=self, query={"limit": 1})

    def _got(self, found: Page[ParcelRow]) -> None:
        if found.counts != self.counts:
            self.counts = found.counts
            self.changed.emit()
