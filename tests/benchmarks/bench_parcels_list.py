"""The list of parcels with very many of them, and what a carrier's answer costs, in the service's own process.

    python -m tests.benchmarks.bench_parcels_list [--parcels N] [--runs N]

Every page is what the tray asks for: a slice of 200 with the counts of all filters. The peer is the plainest way to
the counts: read every parcel's columns and count in Python. Below it, a parcel's history taken in: once when it says
what it said before, once when it says something new.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, select

from gateway.api.reads import parcels as reads
from gateway.api.reads.paging import Window
from gateway.core.authority import SERVICE, Actor, Role
from gateway.core.clock import FixedClock, to_text
from gateway.core.money import Money
from gateway.parcels import tracking
from gateway.parcels.carriers.ports import History
from gateway.parcels.model import Source, Stage
from gateway.parcels.parcels import NewParcel, put
from gateway.parcels.queries import Filters, groups
from gateway.parcels.tables import parcels
from gateway.parcels.terms import ParcelTerms
from gateway.store import Store
from gateway.store.engine import sqlite_url
from gateway.store.migrate import upgrade
from tests.parcels.histories import record

MOST_MS, MOST_SAME_MS, MOST_NEW_MS = 100.0, 0.5, 3.0
NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
COMPANY = "bench"
MANAGER = Actor("Анна", Role.MANAGER)
TERMS = ParcelTerms()
_STAGES = [Stage.IN_TRANSIT] * 5 + [Stage.READY] * 2 + [Stage.DELIVERED] * 12 + [Stage.RETURN_STARTED]
_SURNAMES = ("Иванова", "Петров", "Сидорова", "Кузнецов", "Смирнова")
_AT_ONCE = 5_000


def seed(store: Store, count: int) -> list[str]:
    """Parcels in every stage; the ids of all."""
    ids: list[str] = []
    for first in range(0, count, _AT_ONCE):
        with store.unit(SERVICE) as unit:
            for n in range(first, min(first + _AT_ONCE, count)):
                ids.append(put(unit, TERMS, told(n)).id)
                _age(unit, ids[-1], n)
            unit.commit()
    return ids


def told(n: int) -> NewParcel:
    return NewParcel(
        f"{10_000_000_000_000 + n}", Source.FILE, order_no=f"К-{n}", name=f"{_SURNAMES[n % 5]} Анна",
        phone=f"+7916{n % 10_000_000:07d}", email=f"buyer{n}@example.ru", cod=Money(n % 3 * 99_000),
        index_to=f"{101_000 + n % 500_000}",
    )  # fmt: skip


def _age(unit: Any, parcel_id: str, n: int) -> None:
    stage = _STAGES[n % len(_STAGES)]
    at = to_text(NOW - timedelta(days=n % 40, seconds=n))
    over = stage is Stage.DELIVERED
    unit.update(
        parcels, parcel_id, stage=stage.value, moved_at=at, made_at=at, watch="ended" if over else "active",
        back=int(stage is Stage.RETURN_STARTED), cod_due="2026-11-30" if over and n % 3 else None,
        keep_until="2026-11-28" if stage is Stage.READY else None,
    )  # fmt: skip


def questions() -> dict[str, Callable[[Connection], Any]]:
    """What the tray asks, by name."""

    def page(filters: Filters, sort: str = "-made_at", offset: int = 0) -> Callable[[Connection], Any]:
        window = Window(sort=sort, offset=offset, q=filters.q)
        return lambda c: reads.listed(c, COMPANY, TERMS, MANAGER, filters, window, NOW)

    asked = {f"filter {group}": page(Filters(group)) for group in groups()}
    return asked | {
        "in the middle": page(Filters(), offset=50_000),
        "by storage's end": page(Filters("ready"), "keep_until"),
        "by cash on delivery": page(Filters(), "-cod"),
        "delivered, by number": page(Filters("delivered"), "track", offset=30_000),
        "stuck, by cash on delivery": page(Filters("stuck"), "-cod"),
        "at a stage": page(Filters(stage="return_started")),
        "of a shop": page(Filters(shop="")),
        "search for a number": page(Filters(q="10000000050000")),
        "search for a phone": page(Filters(q="8 916 005-00-00")),
        "search for a name": page(Filters(q="сидорова")),
        "a name, by storage's end": page(Filters(q="сидорова"), "keep_until"),
        "a name, of few": page(Filters("returning", q="сидорова")),
    }


def by_hand(connection: Connection) -> Counter[str]:
    """The peer: every parcel read, counted in Python."""
    found: Counter[str] = Counter()
    columns = (parcels.c.stage, parcels.c.watch, parcels.c.moved_at, parcels.c.cod_state, parcels.c.cod_due)
    for row in connection.execute(select(*columns).where(parcels.c.company == COMPANY)):
        found[f"{row.watch} {row.stage} {row.cod_state}"] += 1
    return found


def timed(store: Store, question: Callable[[Connection], Any], runs: int) -> tuple[float, float]:
    """Median and worst milliseconds of one question, the connection's snapshot included."""
    times = []
    for _ in range(runs):
        started = time.perf_counter()
        with store.reading() as connection:
            question(connection)
        times.append((time.perf_counter() - started) * 1000)
    return statistics.median(times), max(times)


def answers(store: Store, ids: list[str]) -> tuple[float, float]:
    """Milliseconds a history costs when it is new, and when it says the same again, commit included."""
    steps = [("1:1", 0, "101000"), *((f"8:{n}", n, f"14098{n}") for n in (0, 4, 13, 17)), ("8:2", 20, "170100")]
    said = tuple(record(code, day, office, place=n) for n, (code, day, office) in enumerate(steps))
    costs = []
    for _ in range(2):
        started = time.perf_counter()
        with store.unit(SERVICE) as unit:
            for parcel_id in ids:
                with unit.step():
                    tracking.take(unit, TERMS, parcel_id, History("", True, said), "R")
            unit.commit()
        costs.append((time.perf_counter() - started) * 1000 / len(ids))
    return costs[0], costs[1]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--parcels", type=int, default=100_000, help="how many (default 100000)")
    parser.add_argument("--runs", type=int, default=7, help="of each question (default 7)")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        url = sqlite_url(Path(folder) / "kvit.db")
        upgrade(url)
        store = Store(url, FixedClock(NOW), COMPANY)
        try:
            started = time.perf_counter()
            ids = seed(store, options.parcels)
            seeded = time.perf_counter() - started
            found = {name: timed(store, ask, options.runs) for name, ask in questions().items()}
            peer, _ = timed(store, by_hand, options.runs)
            new, same = answers(store, ids[:2000])
        finally:
            store.close()
    print(f"{options.parcels} parcels, entered in {seeded:.1f} s ({seeded * 1000 / options.parcels:.2f} ms each)")
    for name, (median, worst) in found.items():
        print(f"  {name:26} {median:7.1f} ms   worst {worst:7.1f}")
    print(f"  {'peer: counted in Python':26} {peer:7.1f} ms")
    print(f"a new history {new:.2f} ms (at most {MOST_NEW_MS}), the same again {same:.3f} ms (at most {MOST_SAME_MS})")
    late = [name for name, (median, _) in found.items() if median > MOST_MS]
    if late or new > MOST_NEW_MS or same > MOST_SAME_MS:
        print(f"too slow: {', '.join(late) or 'histories'}")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
