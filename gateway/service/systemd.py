"""What systemd wants to hear from a `Type=notify` service, without a library; silent where there is no systemd.

The protocol is a datagram of KEY=value lines to the socket named in NOTIFY_SOCKET (sd_notify(3)).
"""

from __future__ import annotations

import os
import socket
import sys
import threading
from collections.abc import Callable, Mapping

import structlog

from gateway.core.clock import Clock

# Exit codes that systemd must not answer with a restart: RestartPreventExitStatus in installers/linux/kvit.service.
EXIT_ALREADY_RUNNING = 75  # EX_TEMPFAIL
EXIT_MISCONFIGURED = 78  # EX_CONFIG

_log = structlog.get_logger("service.systemd")


class Notifier:
    """Speaks to the service manager, if there is one.

    Args:
        address: the socket's path, "@name" for an abstract one, "" for none.
        watchdog_seconds: how often at least the manager wants a sign of life; None when it does not watch.
    """

    def __init__(self, address: str = "", watchdog_seconds: float | None = None) -> None:
        self._address = address
        self.watchdog_seconds = watchdog_seconds

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> Notifier:
        """As the manager set it up. WATCHDOG_PID guards against a watch meant for our parent."""
        watched = environment.get("WATCHDOG_PID", str(os.getpid())) == str(os.getpid())
        period = environment.get("WATCHDOG_USEC", "")
        seconds = int(period) / 1_000_000 if watched and period.isdigit() and int(period) else None
        return cls(environment.get("NOTIFY_SOCKET", ""), seconds)

    def ready(self, status: str = "") -> None:
        """The service serves; `status` is what `systemctl status` shows."""
        self._send("READY=1", f"STATUS={_one_line(status)}" if status else "")

    def status(self, text: str) -> None:
        self._send(f"STATUS={_one_line(text)}")

    def watchdog(self) -> None:
        """A sign of life; to be sent by the loop that does the work, never by a timer beside it."""
        self._send("WATCHDOG=1")

    def stopping(self) -> None:
        self._send("STOPPING=1")

    def _send(self, *lines: str) -> None:
        if sys.platform != "win32" and self._address:
            target = "\0" + self._address[1:] if self._address.startswith("@") else self._address
            try:
                with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as channel:
                    channel.sendto("\n".join(line for line in lines if line).encode(), target)
            except OSError as error:
                _log.warning("service manager not reached", error=str(error))


class Watchdog:
    """One sign of life for several loops: it goes out only while every loop is alive.

    A loop calls its beat at least once a round, and a long job calls it between its steps. When one loop has been
    silent for longer than it may be, the others' beats no longer reach systemd, which then aborts and restarts us.

    Args:
        notifier: where the sign goes.
        clock: its monotonic time counts.
    """

    def __init__(self, notifier: Notifier, clock: Clock) -> None:
        self._notifier = notifier
        self._clock = clock
        self._lock = threading.Lock()
        self._allowed: dict[str, float] = {}
        self._heard: dict[str, float] = {}
        self._pinged = float("-inf")
        self._every = (notifier.watchdog_seconds or 0.0) / 4

    def watch(self, loop: str, allowed: float) -> Callable[[], None]:
        """The beat of `loop`, which may be silent for `allowed` seconds."""
        with self._lock:
            self._allowed[loop] = allowed
            self._heard[loop] = self._clock.monotonic()
        return lambda: self._beat(loop)

    def forget(self, loop: str) -> None:
        """`loop` has ended on purpose."""
        with self._lock:
            self._allowed.pop(loop, None)
            self._heard.pop(loop, None)

    def silent(self) -> dict[str, float]:
        """Loops that have been silent for too long → seconds of silence; what /healthz answers from."""
        with self._lock:
            return self._silent(self._clock.monotonic())

    def _beat(self, loop: str) -> None:
        now = self._clock.monotonic()
        with self._lock:
            if loop not in self._allowed:
                return
            self._heard[loop] = now
            if self._silent(now) or now - self._pinged < self._every:
                return
            self._pinged = now
        self._notifier.watchdog()

    def _silent(self, now: float) -> dict[str, float]:
        silences = {loop: now - heard for loop, heard in self._heard.items()}
        return {loop: silence for loop, silence in silences.items() if silence > self._allowed[loop]}


def _one_line(text: str) -> str:
    return " ".join(text.split())
