"""A hundred thousand payments: the lists stay quick, wherever the scroll bar is.

No stopwatch decides: limits are some ten times what was measured, to find a lost index and not a busy machine. The
figures are printed.
"""

from __future__ import annotations

import random
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import Table

from gateway.api.reads import payments as payment_lists
from gateway.api.reads.paging import Window
from gateway.core.clock import FixedClock
from gateway.matching.tables import allocations
from gateway.payments.tables import entries, payments
from gateway.store import Store, Unit
from gateway.store.engine import sqlite_url
from tests.api.shop import COMPANY, NOW, Shop, at

ROWS = 100_000
PAYERS = ["ООО «Рама»", "АО «Багетные линии»", "Ёлкин Пётр Иванович", "ИП Смирнова А. А.", "ООО «Стекло и свет»"]


@pytest.fixture(scope="module")
def full_database(empty_database: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("full") / "kvit.db"
    shutil.copy(empty_database, path)
    store = Store(sqlite_url(path), FixedClock(NOW), COMPANY)
    shop = Shop(store)
    rng = random.Random(7)
    allocated = {
        "company": COMPANY,
        "invoice_id": shop.invoice("125"),
        "amount": 1,
        "at": at(),
        "by": "service",
        "decision_id": "d",
    }
    with store.unit() as unit:
        for start in range(0, ROWS, 10_000):
            made = [
                {
                    "state": "needs_person" if rng.random() < 0.02 else rng.choice(["auto", "auto", "auto", "manual"]),
                    "amount": rng.randrange(1_00, 900_000_00),
                    "bank_time": at(-n),
                    "party_name": f"{rng.choice(PAYERS)} {rng.randrange(4000)}",
                    "purpose": f"Оплата по счёту № {rng.randrange(90_000)} от 18.11.2026 за багетные рамы, в т.ч. НДС",
                }
                for n in range(start, start + 10_000)
            ]
            ids = [f"p{n:06d}" for n in range(start, start + 10_000)]
            pairs = list(zip(ids, made, strict=True))
            _put(unit, entries, [shop.entry_row(i, **m) for i, m in pairs])
            _put(unit, payments, [shop.payment_row(i, **m) for i, m in pairs])
            _put(unit, allocations, [{**allocated, "id": f"a{i}", "payment_id": i} for i in ids])
        unit.connection.exec_driver_sql("ANALYZE")
        unit.commit()
    store.close()
    return path


def _put(unit: Unit, table: Table, rows: list[dict[str, Any]]) -> None:
    """All of them by one statement of the driver's."""
    names = ", ".join(f'"{name}"' for name in rows[0])
    values = ", ".join(f":{name}" for name in rows[0])
    unit.connection.exec_driver_sql(f"INSERT INTO {table.name} ({names}) VALUES ({values})", rows)


@pytest.fixture
def store(full_database: Path, clock: FixedClock) -> Iterator[Store]:
    store = Store(sqlite_url(full_database), clock, COMPANY)
    yield store
    store.close()


CASES = {
    "first page": ({}, 0.15),
    "middle": ({"offset": 50_000}, 0.2),
    "end": ({"offset": 99_800}, 0.2),
    "one state": ({"state": "needs_person"}, 0.15),
    "one state, far": ({"state": "auto", "offset": 60_000}, 0.3),
    "by sum, far": ({"sort": "-amount", "offset": 70_000}, 0.3),
    "by payer": ({"sort": "payer_name"}, 0.3),
    "by rest": ({"sort": "rest"}, 1.5),
    "by purpose": ({"sort": "purpose"}, 3.0),
    "search, common": ({"q": "рама"}, 1.5),
    "search, two words": ({"q": "елкин 77"}, 1.5),
    "search, nothing": ({"q": "такого нет"}, 1.5),
}


@pytest.mark.slow
def test_lists_stay_quick(store: Store, capsys: pytest.CaptureFixture[str]) -> None:
    lines = []
    for name, (asked, limit) in CASES.items():
        window = Window(
            offset=int(str(asked.get("offset", 0))), sort=str(asked.get("sort", "")), q=str(asked.get("q", ""))
        )
        took = []
        for _ in range(3):
            started = time.perf_counter()
            with store.reading() as connection:
                payment_lists.listed(connection, COMPANY, str(asked.get("state", "all")), window)
            took.append(time.perf_counter() - started)
        best = min(took)
        lines.append(f"{name:20s} {best * 1000:7.1f} ms")
        assert best < limit, (name, best)
    with capsys.disabled():
        print(f"\n{ROWS} payments, slices of 200, read in the service:", *lines, sep="\n  ")


@pytest.mark.slow
def test_a_jump_over_http(store: Store, accountant: httpx.Client, capsys: pytest.CaptureFixture[str]) -> None:
    took = []
    for offset in [*range(0, ROWS, 9_973)] * 2:
        started = time.perf_counter()
        reply = accountant.get(f"/v1/payments?offset={offset}")
        took.append(time.perf_counter() - started)
        assert len(reply.json()["items"]) == min(200, ROWS - offset)
        assert reply.json()["total"] == ROWS
    middle = sorted(took)[len(took) // 2]
    with capsys.disabled():
        print(f"\n  random jumps over HTTP, median {middle * 1000:.1f} ms, worst {max(took) * 1000:.1f} ms")
    assert middle < 0.3
