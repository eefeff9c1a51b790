"""What a poll asks of the database depends on its payments, not on how many invoices are open."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from gateway.core.clock import FixedClock
from gateway.store import Store
from gateway.store.engine import sqlite_url
from gateway.store.migrate import upgrade
from tests.benchmarks.bench_matching_service import PURPOSES, counted, line, open_invoices, poll
from tests.flows.shop import MORNING

MOST_A_PAYMENT = 45  # of the most tangled kind: no number, somebody else's, suggestions looked for everywhere


def statements(folder: Path, invoices: int, payments: int, per_buyer: int = 20) -> list[str]:
    """What a poll sends, values left out; the payments are the same however many the invoices are."""
    folder.mkdir()
    upgrade(sqlite_url(folder / "kvit.db"))
    store = Store(sqlite_url(folder / "kvit.db"), FixedClock(MORNING), "bench")
    try:
        open_invoices(store, invoices, per_buyer=per_buyer)
        poll(store, [line(0, 3)], "WARM")
        lines = [
            line(place, 25 + 4 * place, per_buyer=per_buyer, known=place % 10 != 9) for place in range(1, payments + 1)
        ]
        with counted() as sent:
            poll(store, lines, "POLL")
        return [re.sub(r"'[^']*'|\d+", "?", text) for text in sent]
    finally:
        store.close()


@pytest.mark.parametrize("payments", [1, 2 * len(PURPOSES) * 5, 200])
def test_twenty_times_the_invoices_cost_no_more_statements(tmp_path: Path, payments: int) -> None:
    few = statements(tmp_path / "few", 1_000, payments)
    many = statements(tmp_path / "many", 20_000, payments)
    # Of a suggestion that several strangers' invoices would fit none is made, and one more kind is looked for instead.
    assert abs(len(many) - len(few)) <= payments
    assert len(many) <= MOST_A_PAYMENT * payments + 40


def test_a_buyer_with_all_the_invoices_costs_no_more_statements(tmp_path: Path) -> None:
    spread = statements(tmp_path / "spread", 5_000, 100)
    alone = statements(tmp_path / "alone", 5_000, 100, per_buyer=5_000)
    assert len(alone) <= len(spread) * 1.1
