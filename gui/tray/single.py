"""One tray per home and user: a second start tells the first to show itself, and ends."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtNetwork import QLocalServer, QLocalSocket


def name_of(home: Path) -> str:
    """The local socket's name; per user, because several people may share one office server."""
    user = os.environ.get("USERNAME") or os.environ.get("USER") or str(getattr(os, "getuid", lambda: "")())
    digest = hashlib.sha256(f"{user}\0{home.resolve()}".encode()).hexdigest()[:16]
    return f"kvit-tray-{digest}"


def hand_over(home: Path, page: str = "") -> bool:
    """Ask a running tray to show itself on `page`; False when there is none."""
    socket = QLocalSocket()
    socket.connectToServer(name_of(home))
    if not socket.waitForConnected(300):
        return False
    socket.write(f"show {page}\n".encode())
    socket.waitForBytesWritten(500)
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
        while (socket := self._server.nextPendingConnection()) is not None:
            socket.readyRead.connect(lambda socket=socket: self._read(socket))
            socket.disconnected.connect(socket.deleteLater)

    def _read(self, socket: QLocalSocket) -> None:
        if socket.canReadLine():
            words = bytes(socket.readLine().data()).decode("utf-8", "replace").split()
            if words and words[0] == "show":
                self.shown.emit(words[1] if len(words) > 1 else "")

    def close(self) -> None:
        self._server.close()
