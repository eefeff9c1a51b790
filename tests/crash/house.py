"""A bank, a house that is its customer, and the fork server whose children are killed."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from gateway.bank.sandbox.control import Sandbox
from gateway.bank.sandbox.launch import launch
from gateway.core.clock import SystemClock
from gateway.onec.exchange_files import write_atomic
from gateway.service.config import Home, load_config
from gateway.service.demo import shop as shops
from gateway.service.demo.prepare import Stage, set_stage
from gateway.store import Store
from gateway.store.outbox import LEASE

# What a restart finds later: leases of the dead have run out; and what a last look finds: its temporaries are old.
NEXT_START = LEASE.total_seconds() + 1
MUCH_LATER = 6 * 3600.0
_REPOSITORY = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True)
class End:
    """How a worker ended.

    Attributes:
        killed: by SIGKILL, ours or its own.
        points: what it passed, when it lived to its end.
        seconds: from "ready" to its end.
    """

    killed: bool
    points: list[str] = field(default_factory=list)
    seconds: float = 0.0


class Workers:
    """Starts workers, one at a time."""

    def __init__(self, process: subprocess.Popen[str], errors: Path) -> None:
        self._process = process
        self._errors = errors

    def run(self, home: Path, *, shift: float = 0.0, die_at: int | None = None, kill_after: float | None = None) -> End:
        """A worker's whole life in `home`.

        Args:
            shift: seconds its clock is ahead.
            die_at: the point it kills itself at.
            kill_after: seconds after it is ready until we kill it.
        """
        self._tell(home, shift=shift, die_at=die_at, warm=False)
        pid = int(self._said("pid"))
        timer: threading.Timer | None = None
        ready_at, points = 0.0, []
        while True:
            line = self._line()
            if "ready" in line:
                ready_at = time.monotonic()
                if kill_after is not None:
                    timer = threading.Timer(kill_after, _kill, (pid,))
                    timer.start()
            elif "points" in line:
                points = line["points"]
            elif "ended" in line:
                break
        if timer is not None:
            timer.cancel()
            timer.join()
        status = int(line["ended"])
        killed = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
        assert killed or status == 0, self._errors.read_text()[-3000:]
        return End(killed, points, time.monotonic() - ready_at)

    def warm_up(self, home: Path, *, shift: float = 0.0) -> None:
        """Let the parent do the round that is due in `home`, so that later workers need not compile what it needs."""
        self._tell(home, shift=shift, die_at=None, warm=True)
        self._said("warm")

    def _tell(self, home: Path, **order: Any) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps({"home": str(home), **order}) + "\n")
        self._process.stdin.flush()

    def _said(self, key: str) -> Any:
        while key not in (line := self._line()):
            pass
        return line[key]

    def _line(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        assert line, self._errors.read_text()[-3000:]
        return dict(json.loads(line))


def _kill(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return  # it was faster


@contextmanager
def workers(stage: Stage, errors: Path) -> Iterator[Workers]:
    """The fork server, warm."""
    with (
        errors.open("w") as log,
        subprocess.Popen(
            [sys.executable, "-m", "tests.crash.worker", str(stage.home.root)],
            cwd=_REPOSITORY,
            env={**os.environ, **stage.environment},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        ) as process,
    ):
        started = Workers(process, errors)
        started._said("warm")
        yield started
        assert process.stdin is not None
        process.stdin.close()
        process.wait(30)


@dataclass(frozen=True, slots=True)
class House:
    """A customer of the bank, 1C's first files taken in, and everything to go on from there."""

    stage: Stage
    workers: Workers

    @property
    def bank(self) -> Sandbox:
        return self.stage.sandbox

    @property
    def shop(self) -> shops.Shop:
        return self.stage.shop

    def copy(self, target: Path) -> Path:
        """Another house in the very same state, a customer of the same bank."""
        return copy_home(self.stage.home.root, target)


def copy_home(source: Path, target: Path) -> Path:
    shutil.copytree(source, target, ignore=shutil.ignore_patterns("sandbox", "logs"))
    return target


def store_of(home: Path) -> Store:
    """To look at what a house has on record."""
    config = load_config(Home(home))
    return Store(Home(home).database_url(config), SystemClock(), config.company.key)


def orders_file(made_at: datetime, *orders: shops.Order) -> bytes:
    """1C's file with these orders."""
    return shops.orders_file(shops.Shop((), (), orders), made_at)


def put_in(home: Path, name: str, content: bytes) -> None:
    """1C puts a file into the exchange folder."""
    write_atomic(home / "exchange" / "in", name, content)


@contextmanager
def house(root: Path) -> Iterator[House]:
    """The bank's server runs as a process of its own; warming up, the workers' parent takes 1C's first files in."""
    stage = set_stage(Home(root), "ru")
    with launch(root), workers(stage, root / "worker.err") as started:
        yield House(stage, started)
