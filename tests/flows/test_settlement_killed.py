"""kill -9 at every commit of a month-end: done again, the books are those of one that was never interrupted."""

from __future__ import annotations

import os
import shutil
import signal
import sys
import traceback
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from gateway.core.authority import SERVICE, Actor
from gateway.flows.settlement import close_period, send_open, settle_accounts
from gateway.payments.outgoing.tables import payment_orders
from gateway.settlement.model import LineKind
from gateway.settlement.tables import statement_lines, statements
from gateway.store import Store, Unit, journal
from tests.payments.outgoing.desk import TODAY
from tests.settlement.house import NAMES, OTHER, POINT, House, every, line

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="children are forked")


def month_end(house: House) -> None:
    close_period(house.store, NAMES, TODAY)
    send_open(house.store, house.settling, TODAY)
    house.clock.advance(timedelta(days=8))
    settle_accounts(house.store, house.settling)


def child(home: Path, die_at: int | None) -> None:
    """One month-end; never returns."""
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
            point("commit: done")

    def flush(opened: Unit) -> None:
        honest_flush(opened)
        point("commit: flushed")

    try:
        Store.unit, Unit.flush = unit, flush  # type: ignore[method-assign, assignment]
        month_end(House(home))
        (home / "points").write_text("\n".join(passed))
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


def ends(home: Path) -> dict[str, Any]:
    """What the books say in the end."""
    house = House(home)
    made = every(house.store, select(statements))
    held = every(house.store, select(statement_lines))
    drafted = every(house.store, select(payment_orders))
    with house.store.reading() as connection:
        chain = journal.verify(connection).ok
    said = {
        "statements": sorted((row.party_id, row.state, row.net, row.line_count, row.attempts) for row in made),
        "numbers": sorted(row.number for row in made),
        "held": Counter(row.line_id for row in held).most_common(1)[0][1],
        "lines": sorted((row.kind, row.net) for row in house.lines()),
        "orders": sorted((row.state, row.amount) for row in drafted),
        "chain": chain,
    }
    house.close()
    return said


def test_killed_at_every_commit_and_done_again(tmp_path: Path) -> None:
    before = tmp_path / "before"
    before.mkdir()
    house = House(before)
    house.append(line("e1"), line("e2"), line("o1", party=OTHER))
    house.append(line("p1", net=-1_00, fee=1_00, party=POINT, kind=LineKind.CHARGE))
    house.close()

    def copy(name: str) -> Path:
        return shutil.copytree(before, tmp_path / name)

    honest = copy("honest")
    assert not life(honest, None)
    passed = (honest / "points").read_text().splitlines()
    right = ends(honest)
    assert right["numbers"] == [1, 2, 3] and len(right["orders"]) == 2 and ("carried", -1_00) in right["lines"]
    assert set(passed) == {"commit: flushed", "commit: done"} and len(passed) > 20
    for number in range(len(passed)):
        home = copy(f"killed-{number}")
        assert life(home, number)
        assert not life(home, None)
        assert ends(home) == right, (number, passed[number])
