"""Month-end: a register of very many lines becomes statements, and those become payment orders.

    python -m tests.benchmarks.bench_settlement [--lines N] [--parties N] [--months N]

Timed are the closing of a period (one commit for each party, with progress), what a list of statements and the
balances of a page cost afterwards, and the way of all statements to payment orders. The register holds the lines of
earlier months too, which statements hold already. The peer is bare SQLite that makes the same rows in the same number
of commits, without asking anything.
"""

from __future__ import annotations

import argparse
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from gateway.core.authority import SERVICE
from gateway.core.clock import FixedClock
from gateway.core.ids import new_id
from gateway.core.money import Money
from gateway.core.requisites import with_key
from gateway.flows.settlement import close_period, send_open, settle_accounts
from gateway.payments.outgoing.model import Payee
from gateway.settlement import queries, register
from gateway.settlement.model import LineKind, NewLine, Party, PartyKind
from gateway.settlement.terms import SettlementTerms
from gateway.store import Store, Unit
from gateway.store.engine import sqlite_url
from gateway.store.migrate import upgrade
from tests.payments.outgoing.desk import PAYEE, PAYEE_BIC, TERMS

MOST_CLOSING_S = 30.0
MOST_LIST_MS = 100.0
A_COMMIT = 2_000
RUNS = 3  # the first compiles the statement
MONTH = timedelta(days=30)
FIRST = date(2025, 1, 31)  # the work calendar is known for the years that follow


@dataclass(frozen=True, slots=True)
class Size:
    """How much: lines of a month, parties they belong to, months before the one that is timed."""

    lines: int
    parties: int
    months: int


def parties_of(size: Size) -> dict[Party, str]:
    return {Party(PartyKind.SHOP, f"S{number:05d}"): f"ООО «Магазин {number}»" for number in range(size.parties)}


def fill(store: Store, size: Size, month: int, on: date) -> float:
    """A month's lines, as they come through the year; seconds."""
    parties = list(parties_of(size))
    started = time.perf_counter()
    for start in range(0, size.lines, A_COMMIT):
        with store.unit() as unit:
            for number in range(start, min(start + A_COMMIT, size.lines)):
                register.append(unit, line(f"{month}-{number}", parties[number % size.parties], number, on))
            unit.commit()
    return time.perf_counter() - started


def line(event: str, party: Party, number: int, on: date) -> NewLine:
    gross = Money(10_000_00 + number % 977 * 100)
    fee = Money(gross.kopecks // 40)
    return NewLine(
        LineKind.LOAN, party, event, f"loan_agreement:{event}", f"КД-{event}", on - timedelta(days=number % 28), gross,
        fee, gross - fee, fee.vat_inside(22), "P",
    )  # fmt: skip


def closing_of(store: Store, size: Size, until: date) -> tuple[float, int]:
    """Seconds of closing the period, and how often progress was told."""
    seen: list[tuple[int, int]] = []
    started = time.perf_counter()
    closed = close_period(store, parties_of(size), until, lambda done, of: seen.append((done, of)))
    taken = time.perf_counter() - started
    assert (closed.complete, closed.statements, closed.lines) == (True, size.parties, size.lines), closed
    again = close_period(store, parties_of(size), until)
    assert again == closed, again
    return taken, len(seen)


def slowest_list(store: Store) -> float:
    """Milliseconds of the slowest of: a page in every sort, the counts, the balances of a page; each its best run."""
    asked: list[Callable[[], object]] = []
    with store.reading() as connection:
        for sort in queries.SORTS:
            asked.append(lambda sort=sort: queries.statement_page(connection, store.company, SERVICE, sort=sort))  # type: ignore[misc]
        asked.append(lambda: queries.statement_counts(connection, store.company, SERVICE))
        asked.append(lambda: queries.balance_page(connection, store.company, SERVICE))
        return max(min(timed(one) for _ in range(RUNS)) for one in asked) * 1000


def timed(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def to_orders(store: Store, clock: FixedClock, until: date) -> float:
    """Seconds from open statements to payment orders that wait for signatures: sent, silence, fixed, drafted."""
    terms = SettlementTerms(TERMS, payee_of)
    started = time.perf_counter()
    send_open(store, terms, until)
    clock.advance(timedelta(days=14))
    settle_accounts(store, terms)
    return time.perf_counter() - started


def payee_of(unit: Unit, party: Party) -> Payee:
    """Every party has an account of its own."""
    account = with_key(f"407028100000{int(party.id[1:]):08d}", PAYEE_BIC)
    return replace(PAYEE, name=f"ООО «Магазин {party.id}»", account=account)


def bare(path: Path, size: Size) -> float:
    """Seconds bare SQLite needs for the same rows in as many commits."""
    per_party = size.lines // size.parties
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.execute("PRAGMA journal_mode=WAL")
        db.execute("PRAGMA synchronous=FULL")
        db.execute("CREATE TABLE held (line_id TEXT PRIMARY KEY, statement_id TEXT)")
        db.execute("CREATE INDEX held_statement ON held (statement_id, line_id)")
        db.execute("CREATE TABLE statements (id TEXT PRIMARY KEY, net INTEGER)")
        started = time.perf_counter()
        for _ in range(size.parties):
            statement = new_id()
            db.execute("BEGIN IMMEDIATE")
            db.execute("INSERT INTO statements VALUES (?, 0)", (statement,))
            db.executemany("INSERT INTO held VALUES (?, ?)", [(new_id(), statement) for _ in range(per_party)])
            db.execute("COMMIT")
        return time.perf_counter() - started


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lines", type=int, default=50_000)
    parser.add_argument("--parties", type=int, default=1_000)
    parser.add_argument("--months", type=int, default=2, help="closed before the one that is timed")
    options = parser.parse_args()
    size = Size(options.lines, options.parties, options.months)
    with tempfile.TemporaryDirectory() as folder:
        url = sqlite_url(Path(folder) / "kvit.db")
        upgrade(url)
        until = FIRST + size.months * MONTH
        clock = FixedClock(datetime(until.year, until.month, until.day, 7, tzinfo=UTC))
        store = Store(url, clock, "bench")
        for month in range(size.months):
            fill(store, size, month, FIRST + month * MONTH)
            close_period(store, parties_of(size), FIRST + month * MONTH)
        written = fill(store, size, size.months, until)
        taken, told = closing_of(store, size, until)
        listed = slowest_list(store)
        drafted = to_orders(store, clock, until)
        store.close()
        peer = bare(Path(folder) / "bare.db", size)
    print(
        f"month-end of {size.lines} agreement lines of {size.parties} parties, {size.months} months before it: "
        f"{taken:.1f} s (limit {MOST_CLOSING_S:.0f}), progress told {told} times; bare SQLite writing the same rows in "
        f"as many commits {peer:.1f} s; the lines were appended at {size.lines / written:.0f} a second"
    )
    print(
        f"slowest of lists, counts and balances of {size.parties * (size.months + 1)} statements: {listed:.0f} ms "
        f"(limit {MOST_LIST_MS:.0f}); statements of all months sent, accepted by silence and drafted as payment orders "
        f"in {drafted:.1f} s"
    )
    return 0 if taken <= MOST_CLOSING_S and listed <= MOST_LIST_MS else 1


if __name__ == "__main__":
    sys.exit(main())
