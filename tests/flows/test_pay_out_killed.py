"""kill -9 at every step of sending: the books and the bank end as if it had never happened.

A child process does rounds of sending against a bank that keeps what it got in files, and kills itself at the n-th of
the points it passes (before, within and after each commit; before and after each call of the bank), once, or once
more while it recovers.
"""

from __future__ import annotations

import os
import shutil
import signal
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from gateway.bank.channel import Delivery, Reply, Sending
from gateway.core.authority import SERVICE, Actor
from gateway.core.errors import Unavailable
from gateway.flows.pay_out import Route, send_waiting
from gateway.payments.outgoing.model import ON_THE_WAY
from gateway.payments.outgoing.tables import payment_order_events, payment_orders
from gateway.store import Store, Unit, journal
from tests.flows.pay_out_bank import PretendBank
from tests.flows.test_pay_out import HOUSE
from tests.payments.outgoing.desk import ACCOUNT, TERMS, Desk

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="children are forked")
QUICK = replace(HOUSE, outgoing=replace(TERMS, absent_after_s=0))
POINTS = {
    "commit: nothing flushed", "commit: flushed", "commit: done", "bank: before send", "bank: got it", "bank: answered",
    "bank: before accepted",
}  # fmt: skip


class FileBank(PretendBank):
    """Keeps every sending it got in a file of its own, so that a killed customer cannot take it back."""

    def __init__(self, folder: Path, passed: Callable[[str], None]) -> None:
        super().__init__()
        self._folder = folder
        self._passed = passed

    def send(self, sending: Sending) -> Reply:
        self._passed("bank: before send")
        arrived = len(list(self._folder.glob("*.try")))
        if arrived == 0 and (self._folder / "drop").exists():
            (self._folder / "drop").unlink()
            raise Unavailable("bank.away", host="file")
        (self._folder / f"{arrived}-{sending.request_id}.try").write_bytes(sending.content)
        self._passed("bank: got it")
        reply = super().send(sending)
        self._passed("bank: answered")
        return reply

    def accepted(self, reply: Reply) -> str:
        self._passed("bank: before accepted")
        return super().accepted(reply)

    def delivered(self, sending: Sending) -> Delivery:
        self._passed("bank: before delivered")
        known = any(self._folder.glob(f"*-{sending.request_id}.try"))
        return Delivery.ARRIVED if known else Delivery.ABSENT


def child(home: Path, die_at: int | None) -> None:
    """Three rounds of sending; never returns."""
    passed: list[str] = []

    def point(name: str) -> None:
        if len(passed) == die_at:
            os.kill(os.getpid(), signal.SIGKILL)
        passed.append(name)

    honest_unit, honest_flush = Store.unit, Unit.flush

    @contextmanager
    def unit(store: Store, actor: Actor = SERVICE) -> Iterator[Unit]:
        with honest_unit(store, actor) as opened:
            yield opened
            if opened.committed:
                point("commit: nothing flushed")
        if opened.committed:
            point("commit: done")

    def flush(opened: Unit) -> None:
        honest_flush(opened)
        point("commit: flushed")

    try:
        Store.unit, Unit.flush = unit, flush  # type: ignore[method-assign, assignment]
        desk = Desk(home)
        bank = FileBank(home, point)
        for _ in range(3):
            send_waiting(desk.store, QUICK, {ACCOUNT: Route(bank)})
            desk.clock.advance(timedelta(minutes=1))
        (home / "points").write_text("\n".join(passed))
        desk.close()
    except BaseException:
        traceback.print_exc()
        os._exit(1)
    os._exit(0)


def life(home: Path, die_at: int | None) -> bool:
    """A child's whole life; whether it was killed."""
    pid = os.fork()
    if pid == 0:
        child(home, die_at)
    _, status = os.waitpid(pid, 0)
    killed = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
    assert killed or status == 0
    return killed


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A house with one signed order, closed."""
    home = tmp_path_factory.mktemp("before")
    desk = Desk(home)
    desk.approved()
    desk.close()
    return home


def ends(home: Path) -> dict[str, Any]:
    """What the books and the bank say in the end."""
    desk = Desk(home)
    with desk.store.reading() as connection:
        row = connection.execute(select(payment_orders)).one()
        events = connection.execute(select(payment_order_events.c.event)).scalars().all()
        chain = journal.verify(connection)
    desk.close()
    tries = [path.read_bytes() for path in home.glob("*.try")]
    ids = {path.stem.partition("-")[2] for path in home.glob("*.try")}
    return {
        "state": row.state,
        "ids": ids == {row.id},
        "bodies": len(set(tries)),
        "prepared": events.count("prepare"),
        "chain": chain.ok,
        "on the way": row.state in ON_THE_WAY,
    }


RIGHT = {"state": "sent", "ids": True, "bodies": 1, "prepared": 1, "chain": True, "on the way": True}


@pytest.mark.parametrize("dropped", [False, True])
def test_killed_at_every_point_once_and_again(before: Path, tmp_path: Path, dropped: bool) -> None:
    def copy(name: str) -> Path:
        home = tmp_path / name
        shutil.copytree(before, home)
        if dropped:
            (home / "drop").touch()
        return home

    honest = copy("honest")
    assert not life(honest, None)
    passed = (honest / "points").read_text().splitlines()
    assert set(passed) >= POINTS and ("bank: before delivered" in passed) == dropped
    assert ends(honest) == RIGHT
    for number in range(len(passed)):
        home = copy(f"killed-{number}")
        assert life(home, number)
        if number % 2:
            life(home, number // 2)  # once more while it recovers
        assert not life(home, None)
        assert ends(home) == RIGHT, (number, passed[number])
