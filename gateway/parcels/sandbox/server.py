"""The sandbox carriers on the wire: HTTP/1.1 on 127.0.0.1, one thread per connection.

What goes wrong on purpose goes wrong for real: a silent carrier keeps the connection open and says nothing, a lost
call is a connection that breaks.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import cast

from gateway.bank.sandbox.listening import STOP, Handler, Partner, StoppableServer
from gateway.core.clock import Clock
from gateway.core.errors import Refused
from gateway.parcels.sandbox import batch, cdek, single
from gateway.parcels.sandbox.control import CarrierSandbox
from gateway.parcels.sandbox.counter import Answer

HOST = "127.0.0.1"
LISTENING = "carriers.json"
_LARGEST_REQUEST = 4 * 1024 * 1024


class CarrierServer(Partner):
    """Both carriers, listening.

    Args:
        home: the directory that holds `sandbox/`.
        port: 0 picks a free one.

    Raises:
        Refused: `sandbox.missing`, `sandbox.port_taken`.
    """

    def __init__(self, home: Path, port: int = 0, clock: Clock | None = None) -> None:
        sandbox = CarrierSandbox(home, clock)
        self._books = sandbox.books
        with self._books.read():
            pass
        try:
            http = _Http(port, sandbox)
        except OSError:
            raise Refused("sandbox.port_taken", port=port) from None
        super().__init__(sandbox.folder, http, LISTENING)

    @property
    def urls(self) -> dict[str, str]:
        """Addresses of "single" and "batch" (the Post's) and "cdek" (its root, to which "/orders" is added)."""
        root = f"http://{HOST}:{self.port}"
        return {"single": f"{root}{single.PATH}", "batch": f"{root}{batch.PATH}", "cdek": f"{root}{cdek.ROOT}"}

    def _announced(self) -> Mapping[str, object]:
        return {"pid": os.getpid(), "port": self.port, "urls": self.urls}

    @contextmanager
    def _at_work(self) -> Iterator[None]:
        with self._books.kept_open():
            yield


class _Http(StoppableServer):
    def __init__(self, port: int, sandbox: CarrierSandbox) -> None:
        self.single = single.SingleCounter(sandbox.books)
        self.batch = batch.BatchCounter(sandbox.books)
        self.cdek = cdek.CdekCounter(sandbox.books)
        super().__init__((HOST, port), _Handler, sandbox.folder / STOP)


class _Handler(Handler, BaseHTTPRequestHandler):
    disable_nagle_algorithm = True  # histories are longer than the buffer: their end would wait for an acknowledgement

    @property
    def _carriers(self) -> _Http:
        return cast("_Http", self.server)

    def do_GET(self) -> None:
        self._serve(b"")

    def do_POST(self) -> None:
        length = self.headers.get("Content-Length", "")
        if not length.isdigit() or int(length) > _LARGEST_REQUEST:
            self._deliver(Answer(b"", 413 if length.isdigit() else 411))
            self.close_connection = True
            return
        body = self.rfile.read(int(length))
        if len(body) == int(length):
            self._serve(body)
        else:
            self.close_connection = True

    def _serve(self, body: bytes) -> None:
        path = self.path.partition("?")[0]
        kind = self.headers.get("Content-Type", "")
        if path.startswith(f"{cdek.ROOT}/"):
            headers = {name.lower(): value for name, value in self.headers.items()}
            self._deliver(self._carriers.cdek.handle(self.command, self.path, headers, body))
        elif self.command != "POST":
            self._deliver(Answer(b"", 405))
        elif path == single.PATH:
            self._deliver(self._carriers.single.handle(kind, body))
        elif path == batch.PATH:
            self._deliver(self._carriers.batch.handle(kind, body))
        else:
            self._deliver(Answer(b"", 404))

    def _deliver(self, answer: Answer) -> None:
        if answer.how == "silent":
            with contextlib.suppress(OSError):
                self.wait()
        if answer.how != "whole" or (answer.delay and not self.wait(answer.delay)):
            self.close_connection = True
            return
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.content_type)
        self.send_header("Content-Length", str(len(answer.body)))
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(answer.body)
