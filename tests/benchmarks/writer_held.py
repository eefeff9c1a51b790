"""How long one partner's registry keeps every other writer waiting.

    python -m tests.benchmarks.writer_held [--lines N]

A payout waits for its registry; the registry comes, is read outside of any transaction, kept, and the payout decided in
one transaction, as the API and `kvit registry import` do. Timed is that transaction. There are as many open invoices as
lines. Its limit: a second for 5,000 lines, which is more than a day of a large shop.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from unittest import mock

from sqlalchemy import update

from gateway.bank.statement import Party
from gateway.core.authority import Actor, Role
from gateway.core.clock import SystemClock
from gateway.core.money import Money
from gateway.core.references import Reference
from gateway.flows import registries
from gateway.orders.tables import invoices
from gateway.payments.registries.mapping import ColumnMapping, Place
from gateway.store import Store
from gateway.store.engine import sqlite_url
from gateway.store.migrate import upgrade
from tests.benchmarks import bench_matching_service as service

LINES = 5_000
MOST_HELD_S = 1.0
PARTNER = "7700000122"
TERMS = replace(service.TERMS, policy=replace(service.TERMS.policy, payout_partners={PARTNER: "acquirer"}))
MAPPING = ColumnMapping(
    key=("Заказ",),
    kind=Reference.ORDER,
    amount="Сумма",
    number=Place(heading=r"реестр № (\S+)"),
    date=Place(heading=r"от (\d\d\.\d\d\.\d{4})"),
)


def registry_of(lines: int) -> bytes:
    """A line for each of the first so many invoices, with its whole amount."""
    sums = (divmod(service.amount_of(number), 100) for number in range(1, lines + 1))
    rows = [f"{number};{roubles},{kopecks:02d}" for number, (roubles, kopecks) in enumerate(sums, start=1)]
    return "\r\n".join(["Реестр № 77 от 20.11.2026", "Заказ;Сумма", *rows]).encode("cp1251")


def payout(store: Store, lines: int) -> None:
    """The money comes first, and waits for a person."""
    total = Money(sum(map(service.amount_of, range(1, lines + 1))))
    partner = Party("АО «Эквайринг»", PARTNER, "", "40702810000000099999", "044525225", "Банк")
    purpose = "Возмещение по эквайрингу, реестр № 77 от 20.11.2026"
    line = replace(service.line(1, 1), amount=total, counterparty=partner, purpose=purpose)
    with mock.patch.object(service, "TERMS", TERMS):
        service.poll(store, [line], "M1")


def measure(lines: int) -> tuple[float, float]:
    """(seconds of reading outside, seconds the writer is held)."""
    with tempfile.TemporaryDirectory() as folder:
        url = sqlite_url(Path(folder) / "kvit.db")
        upgrade(url)
        store = Store(url, SystemClock(), "bench")
        service.open_invoices(store, lines)
        with store.unit() as unit:
            unit.connection.execute(update(invoices).values(order_no=invoices.c.counter, order_key=invoices.c.counter))
            unit.commit()
        payout(store, lines)
        data = registry_of(lines)
        started = time.perf_counter()
        read = registries.read_file(store, TERMS, PARTNER, "r.csv", data, MAPPING)
        asked = time.perf_counter()
        with store.unit(Actor("Анна", Role.ACCOUNTANT)) as unit:
            arrived = registries.receive(unit, TERMS, PARTNER, "r.csv", data, read=read)
            unit.commit()
        held = time.perf_counter() - asked
        store.close()
    assert arrived.decided == 1, arrived
    return asked - started, held


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lines", type=int, default=LINES)
    lines = parser.parse_args().lines
    read, held = measure(lines)
    print(f"registry of {lines:,} lines: read in {read:.2f} s outside, writer held {held:.2f} s")
    return int(lines <= LINES and held > MOST_HELD_S)


if __name__ == "__main__":
    raise SystemExit(main())
