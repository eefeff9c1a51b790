"""The sandbox lenders on the wire: HTTP/1.1 on 127.0.0.1, one thread per connection.

What goes wrong on purpose goes wrong for real: a silent lender keeps the connection open and says nothing, a lost reply
is a connection that breaks.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import select
import ssl
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, cast

from gateway.core.clock import Clock
from gateway.core.errors import Refused
from gateway.loans.sandbox import rest, soap
from gateway.loans.sandbox.control import REST, SOAP, LenderSandbox
from gateway.loans.sandbox.hooks import Sender
from gateway.loans.sandbox.service import Answer

HOST = "127.0.0.1"
LISTENING = "lenders.json"
STOP = "stop"
_LARGEST_REQUEST = 4 * 1024 * 1024
_IDLE_SECONDS = 60.0
_POLL_SECONDS = 0.02
_log = logging.getLogger(__name__)


class LenderServer:
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
        self._folder = sandbox.folder
        self._scheme = "https" if context else "http"
        with self._books.read():
            pass
        try:
            self._http = _Http(port, sandbox, context, self._folder / STOP)
        except OSError:
            raise Refused("sandbox.port_taken", port=port) from None
        self._thread: threading.Thread | None = None

    @property
    def port(self) -> int:
        return int(self._http.server_address[1])

    def url(self, lender: str) -> str:
        """The address of a lender's service."""
        return f"{self._scheme}://{HOST}:{self.port}{soap.PATH if lender == SOAP else rest.ROOT}"

    def serve(self) -> None:
        """Serve until `stop` is called or somebody puts a file `stop` into the lenders' folder."""
        (self._folder / STOP).unlink(missing_ok=True)
        sender = Sender(self._books)
        self._announce()
        try:
            with self._books.kept_open():
                sender.start()
                self._http.serve_forever(_POLL_SECONDS)
        finally:
            self._http.stopping.set()
            sender.stop()
            self._http.server_close()
            (self._folder / LISTENING).unlink(missing_ok=True)
            (self._folder / STOP).unlink(missing_ok=True)

    def start(self) -> LenderServer:
        """Serve in a thread."""
        self._thread = threading.Thread(target=self.serve, name="sandbox-lenders")
        self._thread.start()
        return self

    def stop(self) -> None:
        """Stop serving; open connections are closed."""
        self._http.stopping.set()
        self._http.shutdown()
        if self._thread is not None:
            self._thread.join()

    def __enter__(self) -> LenderServer:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _announce(self) -> None:
        """Say where we listen; the socket is open by now. Renamed into place, so that it is never half there."""
        content = {"pid": os.getpid(), "port": self.port, "urls": {key: self.url(key) for key in (SOAP, REST)}}
        beside = self._folder / f"{LISTENING}.new"
        beside.write_text(json.dumps(content), encoding="utf-8")
        beside.replace(self._folder / LISTENING)


class _Http(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64
    # On Windows the option would let two servers listen on one port.
    allow_reuse_address = sys.platform != "win32"

    def __init__(self, port: int, sandbox: LenderSandbox, context: ssl.SSLContext | None, stop_file: Path) -> None:
        self.soap = soap.SoapCounter(sandbox.books, SOAP)
        self.rest = rest.RestCounter(sandbox.books, REST)
        self.stopping = threading.Event()
        self._stop_file = stop_file
        super().__init__((HOST, port), _Handler)
        if context is not None:
            # the handshake happens at the first read, in the connection's own thread
            self.socket = context.wrap_socket(self.socket, server_side=True, do_handshake_on_connect=False)

    def service_actions(self) -> None:
        """Called by serve_forever between connections."""
        if self._stop_file.exists() and not self.stopping.is_set():
            self.stopping.set()
            # shutdown() waits for serve_forever, in whose thread we are
            threading.Thread(target=self.shutdown, daemon=True).start()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A partner that hangs up is an everyday event; anything else is a fault of ours."""
        error = sys.exc_info()[1]
        if isinstance(error, OSError):
            _log.info("connection lost: %s", type(error).__name__)
        else:
            _log.exception("request failed")


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "KvitSandbox"
    sys_version = ""
    timeout = _IDLE_SECONDS
    wbufsize = -1  # headers and body leave together

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
                self._wait()
            self.close_connection = True
            return
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.content_type)
        self.send_header("Content-Length", str(len(answer.body)))
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(answer.body)

    def _wait(self) -> None:
        """Say nothing until the partner hangs up or we stop."""
        with contextlib.suppress(OSError):
            while not self._lenders.stopping.is_set():
                readable, _, _ = select.select([self.connection], [], [], _POLL_SECONDS)
                if readable:
                    return

    def log_message(self, format: str, *args: Any) -> None:
        _log.debug(format, *args)
