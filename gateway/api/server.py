"""Serving the application from a thread of the daemon: a clean start, a known port, a prompt end."""

from __future__ import annotations

import asyncio
import socket
import ssl
import sys
import threading
from dataclasses import dataclass, field
from ipaddress import ip_address
from pathlib import Path

import uvicorn
from fastapi import FastAPI

from gateway.api.connections import PatientProtocol
from gateway.core.errors import Refused

GRACE_S = 3
_START_S = 10.0


@dataclass(frozen=True, slots=True)
class Tls:
    """The server's certificate for use over the office LAN; clients pin it.

    Attributes:
        certificate: PEM, leaf first.
        passphrase: of the key, from the vault.
    """

    certificate: Path
    key: Path
    passphrase: str | None = field(default=None, repr=False)

    def context(self) -> ssl.SSLContext:
        """TLS 1.2 or newer.

        Raises:
            Refused: `api.bad_certificate`.
        """
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        try:
            context.load_cert_chain(self.certificate, self.key, self.passphrase or "")
        except (OSError, ssl.SSLError) as error:
            raise Refused("api.bad_certificate", reason=type(error).__name__) from error
        return context


class ApiServer:
    """One listening socket and the thread behind it.

    Args:
        host: a loopback address; another one only with `tls`, because a token must not cross a network in clear.
        port: 0 takes a free one.
        name: host name to put into the URL instead of the address, for a certificate's sake.

    Attributes:
        url: "http://127.0.0.1:PORT" once started.
    """

    def __init__(
        self, app: FastAPI, *, host: str = "127.0.0.1", port: int = 0, tls: Tls | None = None, name: str = ""
    ) -> None:
        address = ip_address(host)
        if not address.is_loopback and tls is None:
            raise Refused("api.lan_needs_tls", host=host)
        self._app = app
        self._address = address
        self._port = port
        self._tls = tls
        self._name = name or (f"[{host}]" if address.version == 6 else host)
        self._server: uvicorn.Server | None = None
        self._thread: threading.Thread | None = None
        self.url = ""

    def start(self) -> str:
        """Listen and serve; returns the URL once requests are answered.

        Raises:
            Refused: `api.port_taken`, `api.bad_certificate`, `api.not_started`.
        """
        context = self._tls.context() if self._tls else None
        listening = self._listen()
        config = uvicorn.Config(
            self._app,
            loop="asyncio",
            http=PatientProtocol,
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,
            timeout_keep_alive=65,
            timeout_graceful_shutdown=GRACE_S,
            h11_max_incomplete_event_size=32 * 1024,
        )
        config.load()
        config.ssl = context
        server = _Server(config)
        self._server = server
        self._thread = threading.Thread(target=_serve, args=(server, listening), name="kvit-api", daemon=True)
        self._thread.start()
        if not server.serving.wait(_START_S):
            self.stop()
            raise Refused("api.not_started")
        scheme = "https" if self._tls else "http"
        self.url = f"{scheme}://{self._name}:{listening.getsockname()[1]}"
        return self.url

    def stop(self) -> None:
        """Refuse new requests, end event streams, let the others finish for a few seconds."""
        if self._server is None or self._thread is None:
            return
        self._app.state.events.close()
        self._server.should_exit = True
        self._thread.join(GRACE_S + 5)
        self._server = self._thread = None

    @property
    def running(self) -> bool:
        return self._thread is not None and self._thread.is_alive()

    def _listen(self) -> socket.socket:
        family = socket.AF_INET6 if self._address.version == 6 else socket.AF_INET
        # The protocol is named, because asyncio switches Nagle's algorithm off only where it sees TCP.
        listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        try:
            if sys.platform == "win32":
                # There SO_REUSEADDR would let another program take the port over.
                listening.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
            else:
                listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            listening.bind((str(self._address), self._port))
            listening.listen(128)
        except OSError as error:
            listening.close()
            raise Refused("api.port_taken", host=str(self._address), port=self._port) from error
        return listening


class _Server(uvicorn.Server):
    """Says when it serves, instead of being asked in a loop."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.serving = threading.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.serving.set()


def _serve(server: _Server, listening: socket.socket) -> None:
    with listening:
        asyncio.run(server.serve(sockets=[listening]))
