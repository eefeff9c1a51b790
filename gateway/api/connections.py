"""Connections that hold a place without asking anything: how long one may take over a request, and how many there are.

uvicorn waits for the rest of a request for ever. Whoever opens connections and sends a byte now and then would take the
process's file descriptors, and the service that talks to the bank shares them.
"""

from __future__ import annotations

import asyncio
from ipaddress import ip_address
from typing import Any

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

MOST = 400
"""Open at once."""
MOST_OF_ONE = 64
"""Of them from one address that is not this machine's: a proxy here speaks for everybody."""
PATIENCE_S = {h11.IDLE: 20.0, h11.SEND_BODY: 120.0}
"""Until the headers are whole; from then until the body is."""


class PatientProtocol(H11Protocol):
    """HTTP/1.1 that hangs up on whoever is slow, and on one connection too many."""

    _waiting: Any = None
    _timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn has it
        super().connection_made(transport)
        if len(self.connections) > MOST or self._of_its_address() > MOST_OF_ONE:
            transport.abort()
        else:
            self._watch()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        self._watch()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_watching()
        super().connection_lost(exc)

    def _of_its_address(self) -> int:
        if self.client is None or ip_address(self.client[0].partition("%")[0]).is_loopback:
            return 0
        address = self.client[0]
        others = (one.client for one in self.connections if isinstance(one, PatientProtocol))
        return sum(client is not None and client[0] == address for client in others)

    def _watch(self) -> None:
        """Begin to wait for what is to come next; what is waited for already is not given more time."""
        state = self.conn.their_state
        if state is self._waiting:
            return
        self._stop_watching()
        if state in PATIENCE_S and not self.transport.is_closing():
            self._waiting = state
            self._timer = self.loop.call_later(PATIENCE_S[state], self.transport.abort)

    def _stop_watching(self) -> None:
        self._waiting = None
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
