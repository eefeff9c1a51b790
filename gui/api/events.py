"""The service's event stream (server-sent events): what changed, as it changes.

The stream is a hint to reload, never the data itself. It carries numbered events; after a break the tray asks for the
rest with `Last-Event-ID`. When the gap is too old the service says `reset`, and everything is loaded anew.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtNetwork import QNetworkReply, QNetworkRequest

from gui.api.client import Client
from gui.api.decode import Undecodable, decode
from gui.api.errors import ApiError
from gui.api.types import Change

BACK_OFF_S = (1, 2, 5, 10, 30)
# The service sends a comment every 15 s; three missing ones mean a dead line that TCP has not noticed.
SILENCE_MS = 45_000


@dataclass(frozen=True, slots=True)
class ServerEvent:
    kind: str
    data: str
    id: str | None


class SseParser:
    """Bytes → events, by the rules of the HTML standard (section "Server-sent events").

    Attributes:
        last_id: the newest id seen; sent back as `Last-Event-ID`.
    """

    def __init__(self, last_id: str = "") -> None:
        self.last_id = last_id
        self._buffer = b""
        self._kind = ""
        self._data: list[str] = []

    def feed(self, chunk: bytes) -> list[ServerEvent]:
        """The events completed by `chunk`; a line or a letter cut in two waits for its rest."""
        self._buffer += chunk
        found: list[ServerEvent] = []
        # A lone \r at the very end may be the first half of \r\n.
        held = b"\r" if self._buffer.endswith(b"\r") else b""
        text = self._buffer[: len(self._buffer) - len(held)].replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        *lines, rest = text.split(b"\n")
        self._buffer = rest + held
        for line in lines:
            event = self._line(line.decode("utf-8", "replace"))
            if event is not None:
                found.append(event)
        return found

    def _line(self, line: str) -> ServerEvent | None:
        if line == "":
            return self._dispatch()
        if line.startswith(":"):
            return None
        name, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if name == "data":
            self._data.append(value)
        elif name == "event":
            self._kind = value
        elif name == "id" and "\0" not in value:
            self.last_id = value
        return None

    def _dispatch(self) -> ServerEvent | None:
        kind, data = self._kind or "message", self._data
        self._kind, self._data = "", []
        if not data and kind == "message":
            return None
        return ServerEvent(kind, "\n".join(data), self.last_id or None)


class EventStream(QObject):
    """Keeps one stream open and says what it hears.

    Signals:
        changed: a `Change`.
        reset: the gap was too old; load everything anew.
        connected: the stream is open.
        disconnected: it broke; a new try follows by itself.
    """

    changed = Signal(object)
    reset = Signal()
    connected = Signal()
    disconnected = Signal()

    def __init__(self, client: Client, parent: QObject | None = None, *, second_ms: int = 1000) -> None:
        """`second_ms`: length of a back-off second; tests shorten it."""
        super().__init__(parent)
        self._client = client
        self._parser = SseParser()
        self._reply: QNetworkReply | None = None
        self._tries = 0
        self._wanted = False
        self._second_ms = second_ms
        self.is_open = False
        self._again = QTimer(self, singleShot=True)
        self._again.timeout.connect(self._open)
        self._silence = QTimer(self, singleShot=True, interval=SILENCE_MS)
        self._silence.timeout.connect(self._drop)

    @property
    def last_id(self) -> str:
        return self._parser.last_id

    def start(self) -> None:
        """Open the stream and keep it open until `stop`."""
        self._wanted = True
        self._tries = 0
        if self._reply is None:
            self._open()

    def stop(self) -> None:
        self._wanted = False
        self._again.stop()
        self._drop()

    def forget(self) -> None:
        """Another service, or everything is loaded anew: old event numbers mean nothing."""
        self._parser = SseParser()

    # --- inside ------------------------------------------------------------------------------------------------------

    def _open(self) -> None:
        self._again.stop()
        if not self._wanted or self._reply is not None:
            return
        try:
            request = self._client.request("/v1/events")
        except ApiError:
            self._later()
            return
        request.setRawHeader(b"Accept", b"text/event-stream")
        request.setAttribute(QNetworkRequest.Attribute.Http2AllowedAttribute, False)
        if self._parser.last_id:
            request.setRawHeader(b"Last-Event-ID", self._parser.last_id.encode())
        self._parser = SseParser(self._parser.last_id)
        reply = self._client.manager.get(request)
        self._reply = reply
        reply.metaDataChanged.connect(self._answered)
        reply.readyRead.connect(self._read)
        reply.finished.connect(lambda: self._closed(reply))
        self._silence.start()

    def _answered(self) -> None:
        reply = self._reply
        if reply is None or self.is_open:
            return
        status = reply.attribute(QNetworkRequest.Attribute.HttpStatusCodeAttribute)
        if status == 200:
            self.is_open = True
            self._tries = 0
            self.connected.emit()

    def _read(self) -> None:
        reply = self._reply
        if reply is None or not self.is_open:
            return
        self._silence.start()
        for event in self._parser.feed(bytes(reply.readAll().data())):
            self._tell(event)

    def _tell(self, event: ServerEvent) -> None:
        if event.kind == "reset":
            self.reset.emit()
        elif event.kind == "change":
            try:
                raw: Any = json.loads(event.data)
                self.changed.emit(decode(Change, raw))
            except (ValueError, Undecodable):
                # Something changed and we cannot read what: load everything.
                self.reset.emit()

    def _drop(self) -> None:
        if self._reply is not None:
            self._reply.abort()

    def _closed(self, reply: QNetworkReply) -> None:
        reply.deleteLater()
        if reply is not self._reply:
            return
        self._reply = None
        self._silence.stop()
        self.is_open = False
        self.disconnected.emit()
        self._later()

    def _later(self) -> None:
        if self._wanted:
            wait = BACK_OFF_S[min(self._tries, len(BACK_OFF_S) - 1)]
            self._tries += 1
            self._again.start(wait * self._second_ms)
