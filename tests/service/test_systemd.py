"""Speaking to systemd: a real datagram socket listens."""

from __future__ import annotations

import os
import socket
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from gateway.core.clock import FixedClock
from gateway.service.systemd import Notifier, Watchdog

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="systemd is Linux's")


class Manager:
    """The other end of NOTIFY_SOCKET."""

    def __init__(self, address: str) -> None:
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind("\0" + address[1:] if address.startswith("@") else address)
        self._socket.settimeout(0.2)
        self.address = address

    def heard(self) -> list[str]:
        lines: list[str] = []
        while True:
            try:
                lines.append(self._socket.recv(4096).decode())
            except TimeoutError:
                return lines

    def close(self) -> None:
        self._socket.close()


@pytest.fixture
def manager(tmp_path: Path) -> Iterator[Manager]:
    manager = Manager(str(tmp_path / "notify"))
    yield manager
    manager.close()


def test_ready_status_watchdog_and_stopping(manager: Manager) -> None:
    notifier = Notifier.from_environment({"NOTIFY_SOCKET": manager.address})
    notifier.ready("serving\non 127.0.0.1")
    notifier.status("bank away")
    notifier.watchdog()
    notifier.stopping()
    assert manager.heard() == ["READY=1\nSTATUS=serving on 127.0.0.1", "STATUS=bank away", "WATCHDOG=1", "STOPPING=1"]


def test_an_abstract_socket() -> None:
    manager = Manager(f"@kvit-test-{os.getpid()}")
    try:
        Notifier(manager.address).watchdog()
        assert manager.heard() == ["WATCHDOG=1"]
    finally:
        manager.close()


def test_without_systemd_nothing_happens() -> None:
    notifier = Notifier.from_environment({})
    notifier.ready()
    assert notifier.watchdog_seconds is None


def test_a_manager_that_went_away_is_no_error(tmp_path: Path) -> None:
    Notifier(str(tmp_path / "gone")).watchdog()


@pytest.mark.parametrize(
    ("environment", "seconds"),
    [
        ({"WATCHDOG_USEC": "60000000"}, 60.0),
        ({"WATCHDOG_USEC": "60000000", "WATCHDOG_PID": str(os.getpid())}, 60.0),
        ({"WATCHDOG_USEC": "60000000", "WATCHDOG_PID": "1"}, None),
        ({"WATCHDOG_USEC": "0"}, None),
        ({"WATCHDOG_USEC": "often"}, None),
    ],
)
def test_the_watch_may_be_meant_for_another_process(environment: dict[str, str], seconds: float | None) -> None:
    assert Notifier.from_environment(environment).watchdog_seconds == seconds


def test_the_sign_of_life_needs_every_loop(manager: Manager) -> None:
    clock = FixedClock(datetime(2026, 11, 20, tzinfo=UTC))
    watchdog = Watchdog(Notifier(manager.address, watchdog_seconds=60), clock)
    poll, outbox = watchdog.watch("poll", allowed=40), watchdog.watch("outbox", allowed=20)
    poll()
    outbox()
    assert manager.heard() == ["WATCHDOG=1"]  # one for both: a quarter of the watch is the least gap

    clock.advance(timedelta(seconds=16))
    poll()
    assert manager.heard() == ["WATCHDOG=1"]

    clock.advance(timedelta(seconds=16))  # the outbox has now been silent for 32 seconds
    poll()
    assert manager.heard() == []
    assert watchdog.silent() == {"outbox": 32.0}

    outbox()
    assert manager.heard() == ["WATCHDOG=1"]
    assert watchdog.silent() == {}

    clock.advance(timedelta(seconds=100))
    watchdog.forget("outbox")
    outbox()  # an ended loop says nothing any more
    assert manager.heard() == []
    poll()
    assert manager.heard() == ["WATCHDOG=1"]
