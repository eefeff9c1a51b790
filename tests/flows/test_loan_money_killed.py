"""kill -9 at every commit of a loan's money: done again, the books are those of one that was never interrupted."""

from __future__ import annotations

import os
import shutil
import signal
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from gateway.core.authority import SERVICE, Actor
from gateway.loans.tables import agreements, returns
from gateway.payments.outgoing.tables import payment_orders
from gateway.store import Store, Unit, journal
from gateway.store.schema import outbox
from tests.flows.loan_books import Books
from tests.flows.loan_totals import loan_totals
from tests.flows.loans import LENDER
from tests.flows.test_loan_money import T
from tests.loans.house import COMPANY

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="children are forked")


def the_day(books: Books) -> None:
    """Told as a bank and a clock would tell it: the same lines again after a crash, the same rounds."""
    line = books.desk.line(2 * T, "Перечисление кредитных средств по реестру № 1 от 23.11.2026", payer=LENDER)
    books.deliver(replace(line, ref="LUMP", entry_ref="LUMP", doc_no="77"))
    for _ in range(3):
        books.round()
    books.month_end()


def child(home: Path, started: Books, die_at: int | None) -> None:
    """One day; never returns."""
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
            point("done")

    def flush(opened: Unit) -> None:
        honest_flush(opened)
        point("flushed")

    try:
        started.reopen(home)
        Store.unit, Unit.flush = unit, flush  # type: ignore[method-assign, assignment]
        the_day(started)
        (home / "points").write_text("\n".join(passed))
    except BaseException:
        traceback.print_exc()
        os._exit(1)
    os._exit(0)


def life(home: Path, started: Books, die_at: int | None) -> bool:
    """A child's whole life; whether it was killed."""
    pid = os.fork()
    if pid == 0:
        child(home, started, die_at)
    _, status = os.waitpid(pid, 0)
    killed = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
    assert killed or status == 0
    return killed


def ends(home: Path, started: Books) -> dict[str, Any]:
    """What the books say in the end."""
    started.reopen(home)
    with started.house.store.reading() as connection:
        totals, chain = loan_totals(connection, COMPANY), journal.verify(connection).ok
    assert totals.add_up
    orders = started.every_row(select(payment_orders))
    said = {
        "totals": totals,
        "chain": chain,
        "lines": sorted((line.source_event.rsplit(":", 1)[-1], line.gross, line.fee) for line in started.lines()),
        "funding": sorted((row.number, row.funding) for row in started.every_row(select(agreements))),
        "returns": [row.fee_back for row in started.every_row(select(returns))],
        "orders": sorted(
            (order.state, order.amount, order.source_id.split(":")[0] == "loan_return") for order in orders
        ),
        "left": sorted(row.topic for row in started.every_row(select(outbox))),
    }
    started.house.store.close()
    return said


def test_killed_at_every_commit_and_done_again(tmp_path: Path) -> None:
    before = tmp_path / "before"
    before.mkdir()
    started = Books(before)
    rows = [started.loan(number) for number in ("КД-101", "КД-102")]
    started.announced(("КД-101", T), ("КД-102", T))
    started.gives_back(rows[0], 1_000_000)
    started.house.store.close()

    def copy(name: str) -> Path:
        return shutil.copytree(before, tmp_path / name)

    honest = copy("honest")
    assert not life(honest, started, None)
    passed = (honest / "points").read_text().splitlines()
    right = ends(honest, started)
    assert len(right["lines"]) == 3 and len(right["orders"]) == 2 and len(passed) > 15
    for number in range(len(passed)):
        home = copy(f"killed-{number}")
        assert life(home, started, number)
        assert not life(home, started, None)
        assert ends(home, started) == right, passed[number]
