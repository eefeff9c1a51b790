"""The sandbox lenders on the wire: HTTP/1.1 on 127.0.0.1, one thread per connection.

What goes wrong on purpose goes wrong for real: a silent lender keeps the connection open and says nothing, a lost reply
is a connection that breaks.
"""

from __future__ import annotations

import contextlib
import os
import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import cast

from gateway.bank.sandbox.listening import STOP, Handler, Partner, StoppableServer
from gateway.core.clock import Clock
from gateway.core.errors import Refused
from gateway.loans.sandbox import rest, soap
from gateway.loans.sandbox.control import REST, SOAP, LenderSandbox
from gateway.loans.sandbox.hooks import Sender
from gateway.loans.sandbox.service import Answer

HOST = "127.0.0.1"
LISTENING = "lenders.json"
_LARGEST_REQUEST = 4 * 1024 * 1024


class LenderServer(Partner):
    """Both lenders, listening.

    Args:
        home: the directory that holds `sandbox/`.
        port: 0 picks a free one.
        context: to serve TLS with; plain HTTP without.

    Raises:
        Refused: `sandbox.missing`, `sandbox.port_taken`.
    """

    def __init__(
        self, home: Path, port: int = 0, clock: Clock | None = None, context: ssl.SSLContext | None = None
    ) -> None:
        sandbox = LenderSandbox(home, clock)
        self._books = sandbox.books
        self._scheme = "https" if context else "http"
        with self._books.read():
            pass
        try:
            http = _Http(port, sandbox, context, sandbox.folder / STOP)
        except OSError:
            raise Refused("sandbox.port_taken", port=port) from None
        super().__init__(sandbox.folder, http, LISTENING)

    def url(self, lender: str) -> str:
        """The address of a lender's service."""
        return f"{self._scheme}://{HOST}:{self.port}{soap.PATH if lender == SOAP else rest.ROOT}"

    def _announced(self) -> Mapping[str, object]:
        return {"pid": os.getpid(), "port": self.port, "urls": {key: self.url(key) for key in (SOAP, REST)}}

    @contextmanager
    def _at_work(self) -> Iterator[None]:
        sender = Sender(self._books)
        with self._books.kept_open():
            sender.start()
            try:
                yield
            finally:
                self._http.stopping.set()
                sender.stop()


class _Http(StoppableServer):
    def __init__(self, port: int, sandbox: LenderSandbox, context: ssl.SSLContext | None, stop_file: Path) -> None:
        self.soap = soap.SoapCounter(sandbox.books, SOAP)
        self.rest = rest.RestCounter(sandbox.books, REST)
        super().__init__((HOST, port), _Handler, stop_file)
        if context is not None:
            # the handshake happens at the first read, in the connection's own thread
            self.socket = context.wrap_socket(self.socket, server_side=True, do_handshake_on_connect=False)


class _Handler(Handler, BaseHTTPRequestHandler):
    @property
    def _lenders(self) -> _Http:
        return cast("_Http", self.server)

    def do_GET(self) -> None:
        self._serve(b"")

    def do_POST(self) -> None:
        length = self.headers.get("Content-Length", "")
        if not length.isdigit() or int(length) > _LARGEST_REQUEST:
            self._deliver(Answer(status=413 if length.isdigit() else 411))
            self.close_connection = True
            return
        body = self.rfile.read(int(length))
        if len(body) == int(length):
            self._serve(body)
        else:
            self.close_connection = True

    def _serve(self, body: bytes) -> None:
        path = self.path.partition("?")[0]
        if path.rstrip("/") == soap.PATH and self.command == "POST":
            self._deliver(self._lenders.soap.handle(body))
        elif path.startswith(f"{rest.ROOT}/"):
            self._deliver(self._lenders.rest.handle(self.command, self.path, dict(self.headers.items()), body))
        else:
            self._deliver(Answer(status=404))

    def _deliver(self, answer: Answer) -> None:
        if answer.how != "whole":
            if answer.how == "silent":
                with contextlib.suppress(OSError):
                    self.wait()
            self.close_connection = True
            return
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.content_type)
        self.send_header("Content-Length", str(len(answer.body)))
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(answer.body)
