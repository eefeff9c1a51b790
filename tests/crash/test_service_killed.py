"""The real service, `kvit serve` with its threads, lock and API, killed while it works and started again."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from gateway.service.instance import running_pid
from tests.crash.house import MUCH_LATER, House
from tests.crash.test_every_step import books_of, payment_of
from tests.crash.truth import check

pytestmark = pytest.mark.slow
KILLS = 6
_START_SECONDS = 40.0


class Service:
    """`kvit serve` of a home as a process."""

    def __init__(self, a_house: House, home: Path) -> None:
        self._home = home
        with (home / "serve.out").open("ab") as out:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "gateway.service.cli", "serve", "--home", str(home)],
                env={**os.environ, **a_house.stage.environment},
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
            )

    def wait_until_it_works(self) -> None:
        """Until it holds the lock, which is when it opens the banks and starts its loops."""
        until = time.monotonic() + _START_SECONDS
        while running_pid(self._home / "run") != self._process.pid:
            assert self._process.poll() is None, (self._home / "serve.out").read_text()[-3000:]
            assert time.monotonic() < until
            time.sleep(0.02)

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()

    def stop(self) -> int:
        self._process.send_signal(signal.SIGTERM)
        return self._process.wait(30)


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGKILL there; tests/crash needs a forked worker besides")
def test_a_killed_service_starts_again_and_goes_on(a_house: House, tmp_path: Path) -> None:
    chance, orders = random.Random(7), iter(a_house.shop.orders)
    home = a_house.copy(tmp_path / "home")
    for _ in range(KILLS):
        a_house.bank.pay_many([payment_of(next(orders)) for _ in range(3)])
        service = Service(a_house, home)
        service.wait_until_it_works()
        time.sleep(chance.uniform(0, 1.5))
        service.kill()
    a_house.bank.pay_many([payment_of(next(orders))])

    service = Service(a_house, home)
    service.wait_until_it_works()
    until = time.monotonic() + _START_SECONDS
    while not (home / "run" / "connection.json").exists() and time.monotonic() < until:
        time.sleep(0.05)
    assert service.stop() == 0
    assert running_pid(home / "run") is None
    assert not (home / "run" / "connection.json").exists()

    # leases of the dead run out after minutes; a house's last round is much later
    assert not a_house.workers.run(home, shift=MUCH_LATER).killed
    books = books_of(home)
    check(books, a_house.bank)
