"""One tray per home and user: a second start tells the first to show itself, and ends."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtNetwork import QLocalServer, QLocalSocket

WAIT_MS = 300


def name_of(home: Path) -> str:
    """The local socket's name; per user, because several people may share one office server."""
    user = os.environ.get("USERNAME") or os.environ.get("USER") or str(getattr(os, "getuid", lambda: "")())
    digest = hashlib.sha256(f"{user}\0{home.resolve()}".encode()).hexdigest()[:16]
    return f"kvit-tray-{digest}"


def hand_over(home: Path, page: str = "") -> bool:
    """Ask a running tray to show itself on `page`; False when there is none."""
    socket = QLocalSocket()
    socket.connectToServer(name_of(home))
    if not socket.waitForConnected(WAIT_MS):
        return False
    socket.write(f"show {page}\n".encode())
    socket.waitForBytesWritten(WAIT_MS)
    socket.disconnectFromServer()
    return True


class SingleInstance(QObject):
    """The first tray listens.

    Signals:
        shown: another start wants this window; carries a page's key or "".
    """

    shown = Signal(str)

    def __init__(self, home: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._server = QLocalServer(self)
        self._server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        # A tray that was killed leaves its socket file behind; nobody answered on it, so it may go.
        QLocalServer.removeServer(name_of(home))
        self.listening = self._server.listen(name_of(home))
        self._server.newConnection.connect(self._came)

    def _came(self) -> None:
        # The line is here or comes in a moment. The socket stays a child of the server: deleting it from its own
        # signal ends the process (measured with PySide6 6.11.3), and there are only a few of them in a day.
        while (socket := self._server.nextPendingConnection()) is not None:
            if not socket.canReadLine():
                socket.waitForReadyRead(WAIT_MS)
            words = bytes(socket.readLine(200).data()).decode("utf-8", "replace").split()
            socket.disconnectFromServer()
            if words and words[0] == "show":
                self.shown.emit(words[1] if len(words) > 1 else "")

    def close(self) -> None:
        self._server.close()
