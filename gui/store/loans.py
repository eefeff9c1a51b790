"""What everybody wants to know of the loans: the board, who is to be called, and whether this company has loans."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QObject, QTimer, Signal

from gui.api.client import Client
from gui.api.errors import ApiError
from gui.api.types import Board, CallCount, Me

ASK_MS = 2_000
"""Changes are gathered this long: the board counts every application."""
ANEW_MS = 60_000
"""Calls fall due and stages grow old without any change."""
TOPICS = ("loans", "shops", "settlement")


def without_loans(me: Me) -> Me:
    """The person in a company that has no loans: rights to what is not there are none."""
    return replace(me, permissions=tuple([p for p in me.permissions if p.split(".", 1)[0] not in TOPICS]))


class LoanWatch(QObject):
    """Attributes:
    board: the last one heard; None before the first, and where there are no loans.
    calls: the call-back queue; None for those who do not ring.

    Signals:
    changed: `board` or `calls` are others.
    """

    changed = Signal()

    def __init__(self, client: Client, parent: QObject | None = None, *, second_ms: int = 1000) -> None:
        """`second_ms`: length of a second; tests shorten it."""
        super().__init__(parent)
        self.board: Board | None = None
        self.calls: CallCount | None = None
        self._client = client
        self._rings = False
        self._soon = QTimer(self, singleShot=True, interval=ASK_MS * second_ms // 1000)
        self._soon.timeout.connect(self._ask)
        self._anew = QTimer(self, interval=ANEW_MS * second_ms // 1000)
        self._anew.timeout.connect(self._ask)

    @property
    def calls_waiting(self) -> int:
        return self.calls.waiting if self.calls else 0

    @property
    def late(self) -> int:
        return sum(line.red for line in self.board.stages) if self.board else 0

    def ask(self, me: Me, done: Callable[[], None], failed: Callable[[ApiError], None]) -> None:
        """The first question about loans; `failed` with a `Missing` says there are none here."""
        self._rings = me.may("loans.call")

        def got(board: Board) -> None:
            self._anew.start()
            self._got_board(board)
            self._ask_calls()
            done()

        self.forget()
        self._client.get("/v1/loans/board", Board, got, failed, owner=self)

    def ask_soon(self) -> None:
        """Something about loans changed."""
        if self.board is not None and not self._soon.isActive():
            self._soon.start()

    def stop(self) -> None:
        self._soon.stop()
        self._anew.stop()

    def forget(self) -> None:
        self.stop()
        self.board = self.calls = None

    def _ask(self) -> None:
        self._client.get("/v1/loans/board", Board, self._got_board, owner=self)
        self._ask_calls()

    def _ask_calls(self) -> None:
        if self._rings:
            self._client.get("/v1/loan-calls", CallCount, self._got_calls, owner=self)

    def _got_board(self, board: Board) -> None:
        if board != self.board:
            self.board = board
            self.changed.emit()

    def _got_calls(self, calls: CallCount) -> None:
        if calls != self.calls:
            self.calls = calls
            self.changed.emit()
