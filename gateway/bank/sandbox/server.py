"""The sandbox bank on the wire: HTTPS, HTTP/1.1, one thread per connection.

Three counters on one port. The bxd service wants the customer's registered certificate in the TLS handshake. DirectBank
and the certificate service prove their customers themselves, by password, by code, or by what only their key can do, so
a client without a certificate gets that far and no further. A certificate of anybody else's authority is turned away in
the handshake.

What goes wrong on purpose goes wrong for real: a silent bank keeps the connection open and says nothing, a cut reply
announces more than it sends, a huge one really streams.
"""

from __future__ import annotations

import contextlib
import hashlib
import logging
import os
import socket
import ssl
import threading
from collections.abc import Mapping
from contextlib import AbstractContextManager
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any, cast

from gateway.bank.sandbox.books import Books
from gateway.bank.sandbox.certificates import FAMILIES, SandboxCertificates
from gateway.bank.sandbox.delivery import Delivery
from gateway.bank.sandbox.directbank import wire
from gateway.bank.sandbox.directbank.service import DirectBankService
from gateway.bank.sandbox.enrol import HOST, PATH, load_keys
from gateway.bank.sandbox.listening import STOP, Handler, Partner, StoppableServer
from gateway.bank.sandbox.service import BankService
from gateway.core.clock import Clock, SystemClock, to_text
from gateway.core.errors import Refused
from gateway.signing.tls import server_context

LISTENING = "bank.json"
_LARGEST_REQUEST = 64 * 1024 * 1024
_DRAIN_S, _DRAIN_PIECES = 0.3, 16
_HANDSHAKE_SECONDS = 10.0
_PIECE = 256 * 1024
_log = logging.getLogger(__name__)


class SandboxServer(Partner):
    """The bank, listening. For `python -m gateway.bank.sandbox`; tests may run it in a thread of their own.

    Args:
        home: the directory that holds `sandbox/`.
        port: 0 picks a free one; None takes the one fixed at creation.

    Raises:
        Refused: `sandbox.missing`, `sandbox.port_taken`.
    """

    def __init__(self, home: Path, port: int | None = None, clock: Clock | None = None) -> None:
        folder = home / "sandbox"
        self._clock = clock or SystemClock()
        books = self._books = Books(folder, self._clock)
        keys = load_keys(folder)
        self._service = BankService(books, keys, self._clock)
        books.upgrade()
        directbank = DirectBankService(books, keys, self._clock, lambda: self.directbank_url)
        wanted = int(books.fact("port")) if port is None else port
        context = server_context(keys.server, (keys.signing_root,))
        context.verify_mode = ssl.CERT_OPTIONAL  # the handler demands it where it must be
        try:
            http = _Http(wanted, context, self._service, directbank, folder / STOP)
        except OSError:
            raise Refused("sandbox.port_taken", port=wanted) from None
        http.certificates = SandboxCertificates(folder, books, keys, self._clock)
        super().__init__(folder, http, LISTENING)

    @property
    def url(self) -> str:
        return f"https://{HOST}:{self.port}{PATH}"

    @property
    def directbank_url(self) -> str:
        return f"https://{HOST}:{self.port}{wire.ROOT}"

    def _announced(self) -> Mapping[str, object]:
        return {"url": self.url, "port": self.port, "pid": os.getpid(), "since": to_text(self._clock.now())}

    def _at_work(self) -> AbstractContextManager[object]:
        return self._books.kept_open()


class _Http(StoppableServer):
    certificates: SandboxCertificates

    def __init__(
        self,
        port: int,
        context: ssl.SSLContext,
        service: BankService,
        directbank: DirectBankService,
        stop_file: Path,
    ) -> None:
        self.service = service
        self.directbank = directbank
        self._context = context
        self._open: set[socket.socket] = set()
        self._guard = threading.Lock()
        super().__init__((HOST, port), _Handler, stop_file)

    def finish_request(self, request: Any, client_address: Any) -> None:
        """In the connection's own thread: a slow handshake keeps nobody else waiting."""
        plain = cast("socket.socket", request)
        plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        plain.settimeout(_HANDSHAKE_SECONDS)
        try:
            tls = self._context.wrap_socket(plain, server_side=True)
        except (OSError, ssl.SSLError) as error:
            _log.info("handshake refused: %s", error)
            return
        with self._guard:
            self._open.add(tls)
        try:
            super().finish_request(tls, client_address)
        finally:
            with self._guard:
                self._open.discard(tls)
            tls.close()

    def server_close(self) -> None:
        super().server_close()
        with self._guard:
            still_open = list(self._open)
        for tls in still_open:
            with contextlib.suppress(OSError):
                tls.shutdown(socket.SHUT_RDWR)


class _Handler(Handler, BaseHTTPRequestHandler):
    @property
    def _bank(self) -> _Http:
        return cast("_Http", self.server)

    def do_GET(self) -> None:
        if self._asks_directbank():
            self._deliver(self._bank.directbank.handle("GET", self.path, self.headers.items(), b""))
        else:
            self._plain(405 if self._route() == PATH else 404, "POST only" if self._route() == PATH else "nothing here")

    def do_POST(self) -> None:
        if self._asks_directbank():
            raw = self._body(optional=True)
            if raw is not None:
                self._deliver(self._bank.directbank.handle("POST", self.path, self.headers.items(), raw))
            return
        peer = self._peer()
        self._bank.certificates.admit(peer)
        if self._route() in FAMILIES:
            raw = self._body()
            if raw is not None:
                self._deliver(Delivery(*self._bank.certificates.handle(self._route(), raw)))
        elif self._route() != PATH:
            self._plain(404, "no such service")
        elif peer != self._bank.service.registered_certificate():
            self._plain(403, "unknown client certificate")
        else:
            raw = self._body()
            if raw is not None:
                self._deliver(self._bank.service.handle(raw))

    def _route(self) -> str:
        return self.path.partition("?")[0]

    def _asks_directbank(self) -> bool:
        return self._route().startswith(f"{wire.ROOT}/")

    def _peer(self) -> str:
        """Fingerprint of the client's certificate, which the handshake has verified; "" where it showed none."""
        shown = cast("ssl.SSLSocket", self.connection).getpeercert(binary_form=True)
        return hashlib.sha256(shown).hexdigest() if shown else ""

    def _body(self, optional: bool = False) -> bytes | None:
        """The request's body; None when there is no whole one, which was answered already."""
        length = self.headers.get("Content-Length", "0" if optional else "")
        if not length.isdigit():
            self._plain(411, "Content-Length required")
            self._drain()
        elif int(length) > _LARGEST_REQUEST:
            self._plain(413, "request too large")
            self._drain()
        else:
            raw = self.rfile.read(int(length))
            if len(raw) == int(length):
                return raw
            self.close_connection = True
        return None

    def _drain(self) -> None:
        """Read off what is still on its way: closing the line on it would cost the client our answer."""
        self.close_connection = True
        self.connection.settimeout(_DRAIN_S)
        with contextlib.suppress(OSError):
            for _ in range(_DRAIN_PIECES):
                if not self.rfile.read1(1 << 16):
                    break

    def _deliver(self, delivery: Delivery) -> None:
        if delivery.how in ("silent", "hangup"):
            if delivery.how == "silent":
                self.wait()
            self.close_connection = True
            return
        if delivery.delay and not self.wait(delivery.delay):
            self.close_connection = True
            return
        body = delivery.body
        self.send_response(delivery.status)
        self.send_header("Content-Type", delivery.content_type)
        self.send_header("Content-Length", str(max(delivery.size, len(body))))
        self.end_headers()
        if delivery.how == "cut":
            self.wfile.write(body[: len(body) // 2])
            self.wfile.flush()
            self.close_connection = True
            return
        self.wfile.write(body)
        for start in range(len(body), delivery.size, _PIECE):
            self.wfile.write(b" " * min(_PIECE, delivery.size - start))
            self.wfile.flush()

    def _plain(self, status: int, text: str) -> None:
        body = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", "text/plain; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(body)
        self.close_connection = True
