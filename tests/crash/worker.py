"""What is killed: the work of the service in a process of its own, forked from a warm parent.

    python -m tests.crash.worker WARM_HOME

The parent does one round in WARM_HOME, then forks a child for every line of JSON it reads:

    {"home": "...", "shift": seconds the house's clock is ahead, "die_at": number of a point or null}

and writes lines of JSON: {"pid": …} when a child was started, {"ready": …} from the child once its house stands open,
{"points": […]} from a child that lived to its end, {"ended": wait status} when it is gone. With "warm": true it does
the round itself, so that children inherit what such a round compiles, and writes {"warm": …}.

A child does one round of what the service does all day: looks into 1C's folder, asks the bank, takes messages, empties
the outbox. On its way it passes *points*: before, within and after each commit, each file put in place, each parcel
carried, each reply fetched or proved. At the point number `die_at` it kills itself, as a power cut would.
"""

from __future__ import annotations

import gc
import json
import os
import signal
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from gateway.bank.bxd.client import BxdChannel
from gateway.bank.channel import Reply
from gateway.core.authority import SERVICE, Actor
from gateway.core.clock import ShiftedClock, SystemClock
from gateway.flows.leaving import Sink, drain, onec_sinks
from gateway.onec.exchange import ExchangeFolder
from gateway.onec.incoming import Incoming
from gateway.service.config import Home
from gateway.service.rounds import bank_round, take_onec
from gateway.service.wiring import open_banks, open_installation
from gateway.store import Store, Unit
from tests.compiled_once import statements_compiled_once
from tests.opened_once import containers_open_once


class Points:
    """Counts the points passed, and dies at one of them.

    Attributes:
        passed: their names, in order.
    """

    def __init__(self, die_at: int | None) -> None:
        self.passed: list[str] = []
        self._die_at = die_at

    def pass_by(self, name: str) -> None:
        if len(self.passed) == self._die_at:
            os.kill(os.getpid(), signal.SIGKILL)
        self.passed.append(name)

    def watch(self) -> None:
        """Put a point around everything that lasts. Only a child does this: nothing needs to be put back."""
        self._watch_commits()
        self._watch_renames()
        for name in ("fetch", "prove"):
            self._watch_channel(name)

    def _watch_commits(self) -> None:
        honest_unit, honest_flush = Store.unit, Unit.flush

        @contextmanager
        def unit(store: Store, actor: Actor = SERVICE) -> Iterator[Unit]:
            with honest_unit(store, actor) as opened:
                yield opened
                if opened.committed:
                    self.pass_by("commit: nothing flushed")
            if opened.committed:
                self.pass_by("commit: done")

        def flush(opened: Unit) -> None:
            honest_flush(opened)
            self.pass_by("commit: flushed")

        Store.unit, Unit.flush = unit, flush  # type: ignore[method-assign, assignment]

    def _watch_renames(self) -> None:
        for name in ("replace", "rename"):
            honest: Callable[[Path, Any], Path] = getattr(Path, name)

            def moved(path: Path, target: Any, honest: Callable[[Path, Any], Path] = honest) -> Path:
                self.pass_by(f"file: before {Path(target).parent.name}")
                done = honest(path, target)
                self.pass_by(f"file: in {Path(target).parent.name}")
                return done

            setattr(Path, name, moved)

    def _watch_channel(self, name: str) -> None:
        honest = getattr(BxdChannel, name)

        def called(channel: BxdChannel, *given: Any) -> Any:
            answer: Reply = honest(channel, *given)
            self.pass_by(f"bank: {name} done")
            return answer

        setattr(BxdChannel, name, called)

    def around(self, topic: str, sink: Sink) -> Sink:
        """A sink with a point before and after it."""

        def carried(parcel: Any) -> None:
            self.pass_by(f"outbox: before {topic}")
            sink(parcel)
            self.pass_by(f"outbox: carried {topic}")

        return carried


def work(home: Home, shift: float, points: Points, ready: Callable[[], None]) -> None:
    """One round of everything the service does, in an order that is always the same."""
    installation = open_installation(home, ShiftedClock(timedelta(seconds=shift)))
    # the house's clock is ahead, so that leases of the dead have run out; protocol time is the bank's
    (bank,) = open_banks(replace(installation, clock=SystemClock()))
    store, terms = installation.store, installation.terms

    def take(incoming: Incoming) -> None:
        take_onec(store, terms, incoming)

    root = home.exchange(installation.config)
    folder = ExchangeFolder(root, installation.clock, take, settle_seconds=0, zone=terms.zone)
    sinks = {topic: points.around(topic, sink) for topic, sink in onec_sinks(store, terms, folder.outgoing).items()}
    ready()
    for _ in range(2):  # a file is taken when two looks find it the same
        folder.look()
    bank_round(store, terms, bank.channel)
    while drain(store, sinks, f"{os.getpid()}").done:
        pass
    bank.channel.close()
    installation.close()


def child(order: dict[str, Any]) -> None:
    """Never returns."""
    points = Points(order["die_at"])
    points.watch()
    try:
        work(Home(Path(order["home"])), order["shift"], points, lambda: say(ready=True))
        say(points=points.passed)
    except BaseException:
        traceback.print_exc()
        os._exit(1)
    os._exit(0)


def say(**line: Any) -> None:
    """One line, in one write: parent and child share the pipe."""
    os.write(1, json.dumps(line).encode() + b"\n")


def main(warm: Path) -> None:
    warm_up(warm, 0)
    for line in sys.stdin:
        order = json.loads(line)
        if order["warm"]:
            warm_up(Path(order["home"]), order["shift"])
            continue
        pid = os.fork()
        if pid == 0:
            child(order)
        say(pid=pid)
        say(ended=os.waitpid(pid, 0)[1])


def warm_up(home: Path, shift: float) -> None:
    """Everything a round needs is imported, the WSDL parsed, the keys opened and the statements compiled, for the
    children to inherit; no file or connection stays open."""
    work(Home(home), shift, Points(None), lambda: None)
    gc.freeze()
    say(warm=True)


if __name__ == "__main__":
    with containers_open_once(), statements_compiled_once():
        main(Path(sys.argv[1]))
