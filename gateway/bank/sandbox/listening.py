"""A partner of the sandbox on the wire, bank or lender: one port, one thread per connection, stopped by a call, by a
signal or by a file."""

from __future__ import annotations

import json
import logging
import select
import signal
import sys
import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Mapping
from contextlib import AbstractContextManager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Self, cast

STOP = "stop"
"""A file of this name in the partner's folder stops its server."""
_IDLE_SECONDS = 60.0
_POLL_SECONDS = 0.02
_log = logging.getLogger(__name__)


class StoppableServer(ThreadingHTTPServer):
    """Serves until it is shut down, or the stop file appears.

    Attributes:
        stopping: set once nobody needs to be waited for any more.
    """

    daemon_threads = True
    request_queue_size = 64
    # On Windows the option would let two servers listen on one port.
    allow_reuse_address = sys.platform != "win32"

    def __init__(self, address: tuple[str, int], handler: type[BaseHTTPRequestHandler], stop_file: Path) -> None:
        self.stopping = threading.Event()
        self._stop_file = stop_file
        super().__init__(address, handler)

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


class Handler(BaseHTTPRequestHandler):
    """A connection of a `StoppableServer`."""

    protocol_version = "HTTP/1.1"
    server_version = "KvitSandbox"
    sys_version = ""
    timeout = _IDLE_SECONDS
    wbufsize = -1  # headers and body leave together

    def wait(self, seconds: float | None = None) -> bool:
        """Say nothing for `seconds`, or until the partner hangs up or we stop; True when the time passed."""
        until = None if seconds is None else time.monotonic() + seconds
        while not cast("StoppableServer", self.server).stopping.is_set():
            left = _POLL_SECONDS if until is None else min(_POLL_SECONDS, until - time.monotonic())
            if left <= 0:
                return True
            readable, _, _ = select.select([self.connection], [], [], left)
            if readable:
                return False
        return False

    def log_message(self, format: str, *args: Any) -> None:
        _log.debug(format, *args)


class Partner(ABC):
    """A partner's server, for a process of its own or for a thread.

    Args:
        folder: of the partner; where it says that it listens, and looks for the stop file.
        http: its socket is open.
        listening: name of the file that says where it listens.
    """

    def __init__(self, folder: Path, http: StoppableServer, listening: str) -> None:
        self._folder = folder
        self._http = http
        self._listening = folder / listening
        self._thread: threading.Thread | None = None

    @property
    def port(self) -> int:
        return int(self._http.server_address[1])

    @abstractmethod
    def _announced(self) -> Mapping[str, object]:
        """What the file that says where it listens holds."""

    @abstractmethod
    def _at_work(self) -> AbstractContextManager[object]:
        """What is open while it serves."""

    def serve(self) -> None:
        """Serve until `stop` is called or somebody puts a file `stop` into the partner's folder."""
        (self._folder / STOP).unlink(missing_ok=True)
        self._announce()
        try:
            with self._at_work():
                self._http.serve_forever(_POLL_SECONDS)
        finally:
            self._http.stopping.set()
            self._http.server_close()
            self._listening.unlink(missing_ok=True)
            (self._folder / STOP).unlink(missing_ok=True)

    def serve_until_told(self) -> None:
        """Serve in the main thread of a process until it gets a signal to stop, or as `serve` does."""

        def stop(*_: object) -> None:
            # in a thread: stop() waits for serve(), which this handler interrupts
            threading.Thread(target=self.stop, daemon=True).start()

        signal.signal(signal.SIGINT, stop)
        signal.signal(signal.SIGTERM, stop)
        if sys.platform == "win32":
            signal.signal(signal.SIGBREAK, stop)
        self.serve()

    def start(self) -> Self:
        """Serve in a thread."""
        self._thread = threading.Thread(target=self.serve, name=self._listening.stem)
        self._thread.start()
        return self

    def stop(self) -> None:
        """Stop serving: no new connections, open ones are closed."""
        self._http.stopping.set()
        self._http.shutdown()
        if self._thread is not None:
            self._thread.join()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _announce(self) -> None:
        """Say where we listen. Renamed into place, so that it is never half there."""
        beside = self._listening.with_name(f"{self._listening.name}.new")
        beside.write_text(json.dumps(self._announced()), encoding="utf-8")
        beside.replace(self._listening)
