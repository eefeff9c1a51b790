"""The board and the list of loans with very many applications, each way of filtering it, in the service's own process.

    python -m tests.benchmarks.bench_loans [--applications N] [--runs N]

Every question is asked of a database file on disk through the service's own reading connections, names and phones
unsealed and masked as a screen gets them. The peer is the plainest way to the same board: read every application's
stage, time and sum, and count in Python.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, select

from gateway.core.authority import Actor, Role
from gateway.core.clock import FixedClock
from gateway.loans import queries
from gateway.loans.personal import Sealer
from gateway.loans.problems import Problem
from gateway.loans.queries import Filters
from gateway.loans.tables import applications
from gateway.loans.terms import LoanTerms
from gateway.store import Store
from gateway.store.engine import sqlite_url
from gateway.store.migrate import upgrade
from tests.loans import seed

MOST_MS = 100.0
NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
COMPANY = "bench"
OURS = Actor("Анна", Role.MANAGER)
SHOPS_OWN = Actor("Олег", Role.SHOP_MANAGER, party="s7")
TERMS = LoanTerms(Sealer(b"k" * 32))


def questions(count: int) -> dict[str, Callable[[Connection], Any]]:
    """What a screen asks, by name."""

    def listed(filters: Filters, actor: Actor = OURS, **more: Any) -> Callable[[Connection], Any]:
        return lambda connection: queries.listed(connection, COMPANY, TERMS, actor, filters, NOW, **more)

    def deep(connection: Connection) -> Any:
        first = queries.listed(connection, COMPANY, TERMS, OURS, Filters(), NOW, limit=1)
        middle = (first.items[0]["made_at"][:3] + "6-01-01", "")
        return queries.listed(connection, COMPANY, TERMS, OURS, Filters(), NOW, after=middle)

    place = count // 200 * 100
    asked: dict[str, Callable[[Connection], Any]] = {
        "board": lambda c: queries.board(c, COMPANY, TERMS, OURS, NOW),
        "board of a shop": lambda c: queries.board(c, COMPANY, TERMS, SHOPS_OWN, NOW),
        "call queue": lambda c: queries.call_queue(c, COMPANY, TERMS, OURS, NOW),
        "card": lambda c: queries.card(c, COMPANY, TERMS, OURS, f"L{place:025d}", NOW),
        "list": listed(Filters()),
        "list, in the middle": deep,
        "list of a shop": listed(Filters(), SHOPS_OWN),
        "list by stage, oldest first": listed(Filters(stage="money"), sort="stage_since"),
        "list by state": listed(Filters(state="declined")),
        "list by shop": listed(Filters(shop="s3")),
        "list by lender and way": listed(Filters(lender="third", way="courier")),
        "list by number": listed(Filters(number=place + 1)),
        "list by order": listed(Filters(order=f"З-{place}")),
        "list by agreement": listed(Filters(agreement=f"SA-{place}")),
        "list by phone": listed(Filters(phone=seed.phone_of(place))),
        "list by surname": listed(Filters(surname=seed.surname_of(place))),
        "list of a month": listed(Filters(since="2026-03-01", until="2026-03-31", lender="third")),
    }
    return asked | {f"list of problem {p.value}": listed(Filters(problem=p.value)) for p in Problem}


def by_hand(connection: Connection) -> dict[str, tuple[int, int, str]]:
    """The peer: every application read, counted in Python."""
    found: dict[str, list[Any]] = defaultdict(lambda: [0, 0, "~"])
    columns = (applications.c.stage, applications.c.stage_since, applications.c.goods)
    for row in connection.execute(select(*columns).where(applications.c.company == COMPANY)):
        line = found[row.stage]
        line[0] += 1
        line[1] += row.goods
        line[2] = min(line[2], row.stage_since)
    return {stage: (line[0], line[1], line[2]) for stage, line in found.items()}


def timed(store: Store, question: Callable[[Connection], Any], runs: int) -> tuple[float, float]:
    """Median and worst milliseconds of one question, the connection's snapshot included."""
    times = []
    for _ in range(runs):
        started = time.perf_counter()
        with store.reading() as connection:
            question(connection)
        times.append((time.perf_counter() - started) * 1000)
    return statistics.median(times), max(times)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--applications", type=int, default=100_000, help="how many (default 100000)")
    parser.add_argument("--runs", type=int, default=7, help="of each question (default 7)")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        url = sqlite_url(Path(folder) / "kvit.db")
        upgrade(url)
        store = Store(url, FixedClock(NOW), COMPANY)
        try:
            started = time.perf_counter()
            seed.write_shops(store)
            seed.write_applications(store, TERMS.sealer, options.applications)
            seeded = time.perf_counter() - started
            found = {name: timed(store, ask, options.runs) for name, ask in questions(options.applications).items()}
            peer, _ = timed(store, by_hand, options.runs)
        finally:
            store.close()
    slowest = max(found, key=lambda name: found[name][0])
    print(
        f"{options.applications:,} applications: board {found['board'][0]:.1f} ms (read and counted in Python: "
        f"{peer:.1f} ms), list {found['list'][0]:.1f} ms; slowest of {len(found)} questions: {slowest}, median "
        f"{found[slowest][0]:.1f} ms, worst {found[slowest][1]:.1f} ms (at most {MOST_MS:.0f}); seeded in "
        f"{seeded:.1f} s"
    )
    print("medians, ms: " + ", ".join(f"{name} {median:.1f}" for name, (median, _) in found.items()))
    return 0 if found[slowest][0] < MOST_MS else 1


if __name__ == "__main__":
    sys.exit(main())
