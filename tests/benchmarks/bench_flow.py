"""End to end: a proved statement of 5,000 payments becomes payments, reservations, pick lists, tasks and outbox rows.

    python -m tests.benchmarks.bench_flow [--payments N]

The reply is a real one: made and signed by the sandbox bank, carried over TLS. Timed is everything from the raw bytes
on: stored, proved, and taken line by line, every line matched among as many open invoices as there are payments. The
peer writes the very rows that came of it into an empty copy of the same database with bare sqlite3, as many commits:
what the disk and SQLite alone cost.
"""

from __future__ import annotations

import argparse
import sqlite3
import sys
import tempfile
import time
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from gateway.bank import inbox
from gateway.bank.bxd.client import BxdChannel
from gateway.bank.bxd.profile import Agreement, load_profile, load_trust
from gateway.bank.channel import FileRef, Reply
from gateway.bank.sandbox.control import Sandbox
from gateway.bank.sandbox.engine import Payment
from gateway.bank.sandbox.server import SandboxServer
from gateway.core.authority import Actor, Role
from gateway.core.clock import SystemClock, business_date
from gateway.core.money import Money
from gateway.core.quantity import Quantity
from gateway.flows.by_hand import set_release_mode
from gateway.flows.take_message import take_message
from gateway.flows.terms import OwnCompany, Terms
from gateway.matching.decision import Policy
from gateway.orders import service as orders
from gateway.orders.model import Buyer, InvoiceIn, OrderIn, OrderLine
from gateway.signing.keys import load_pkcs12
from gateway.store import Store
from gateway.store.engine import sqlite_url
from gateway.store.migrate import upgrade
from gateway.warehouse import stock

LEAST_PER_SECOND = 300.0
PROFILE = Path(__file__).resolve().parents[2] / "certs" / "profiles" / "sandbox.toml"
PRICE = 129_000
TERMS = Terms(own=OwnCompany("ООО «Рамка и Багет»", "7729500100"), policy=Policy(own_inns=frozenset({"7729500100"})))
# What must have come of each payment, or the time is no figure.
EXPECTED = ("entries", "payments", "allocations", "releases", "reservations", "pick_lists", "timelines")


@dataclass(frozen=True, slots=True)
class Measured:
    """Seconds, and how many rows of all tables were written."""

    ours: float
    peer: float
    rows: int


def buyer(number: int) -> Buyer:
    """One of five hundred customers."""
    return Buyer(f"b-{number % 500}", "ul", f"ООО «Покупатель {number % 500}»", f"77{number % 500:08d}", "770101001")


def open_shop(path: Path, count: int) -> Store:
    """As many open orders as there will be payments, goods for all of them, automatic release switched on."""
    upgrade(sqlite_url(path))
    store = Store(sqlite_url(path), SystemClock(), "bench")
    day = business_date(store.clock.now()) - timedelta(days=2)
    goods = [f"frame-{n}" for n in range(50)]
    with store.unit(Actor("bench", Role.DIRECTOR)) as unit:
        set_release_mode(unit, "automatic")
        for warehouse in ("main", "shop"):
            stock.put_warehouse(unit, warehouse, warehouse)
        stock.put_products(unit, [stock.Product(g, g.upper(), f"Рама {g}", "шт") for g in goods])
        stock.count(unit, [stock.Count(g, "main", Quantity.of(4 * count)) for g in goods], unit.now, "bench")
        unit.commit()
    for start in range(0, count, 500):
        with store.unit() as unit:
            for n in range(start, min(start + 500, count)):
                lines = tuple(
                    OrderLine(g, f"Рама {g}", "шт", Quantity.of(1), Money(PRICE), Money(PRICE))
                    for g in (goods[n % 50], goods[(n * 7 + 1) % 50])[: 1 + n % 2]
                )
                amount = Money(PRICE * len(lines))
                number = f"СР-{n + 1:06d}"
                orders.put_order(
                    unit, OrderIn(f"o-{n}", number, day, buyer(n), lines, amount, phone="+7 900 000-00-00")
                )
                orders.put_invoice(
                    unit, InvoiceIn(f"i-{n}", number, day, buyer(n), amount, f"o-{n}", order_number=number)
                )
            unit.commit()
    return store


def signed_statement(home: Path, count: int) -> tuple[BxdChannel, FileRef, Reply]:
    """The bank closes a day with `count` payments; its signed reply, as fetched."""
    bank, enrolment = Sandbox.create(home)
    now = bank.books.clock.now()
    bank.pay_many(
        [
            Payment(
                Money(PRICE * (1 + n % 2)),
                payer=buyer(n).name,
                inn=buyer(n).inn,
                kpp=buyer(n).kpp,
                purpose=f"Оплата по счету № СР-{n + 1:06d} за рамы багетные. В том числе НДС 22%",
                at=now,
            )
            for n in range(count)
        ],
        notify=False,
    )
    bank.close_day()
    (home / "sandbox-tls-root.pem").write_bytes(enrolment.tls_anchors)
    (home / "sandbox-signing-root.pem").write_bytes(enrolment.signing_anchors)
    profile, key = load_profile(PROFILE), load_pkcs12(enrolment.pkcs12, enrolment.passphrase)
    with SandboxServer(home, port=0) as server:
        agreement = Agreement(enrolment.customer_id, enrolment.target_id, url=server.url)
        channel = BxdChannel(profile, agreement, load_trust(profile, home), SystemClock(), key, key)
        (ref,) = channel.list_files(None).files
        return channel, ref, channel.fetch(ref)


def counts(path: Path) -> dict[str, int]:
    """Rows of every table."""
    with closing(sqlite3.connect(path)) as db:
        names = [row[0] for row in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {n: db.execute(f'SELECT count(*) FROM "{n}"').fetchone()[0] for n in names if "sqlite_" not in n}


def bare(source: Path, before: dict[str, int], target: Path, commits: int) -> tuple[float, int]:
    """Write the rows `source` has gained since `before` into a new database; seconds and rows."""
    upgrade(sqlite_url(target))
    with closing(sqlite3.connect(source)) as db:
        gained = {
            name: db.execute(f'SELECT * FROM "{name}" ORDER BY rowid LIMIT -1 OFFSET {before[name]}').fetchall()
            for name, now in counts(source).items()
            if now > before[name]
        }
    with closing(sqlite3.connect(target, isolation_level=None)) as db:
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "cache_size=-32000"):
            db.execute(f"PRAGMA {pragma}")
        started = time.perf_counter()
        for commit in range(commits):
            db.execute("BEGIN IMMEDIATE")
            for name, rows in gained.items():
                part = rows[len(rows) * commit // commits : len(rows) * (commit + 1) // commits]
                if part:
                    db.executemany(f'INSERT INTO "{name}" VALUES ({",".join("?" * len(part[0]))})', part)
            db.execute("COMMIT")
        return time.perf_counter() - started, sum(map(len, gained.values()))


def measure(folder: Path, count: int) -> Measured:
    store = open_shop(folder / "kvit.db", count)
    channel, ref, reply = signed_statement(folder / "bank", count)
    before = counts(folder / "kvit.db")

    started = time.perf_counter()
    message_id = inbox.keep(store, channel.name, ref, reply)
    assert message_id is not None
    assert inbox.prove(store, channel, message_id, reply) is None
    taken = take_message(store, TERMS, channel, message_id)
    ours = time.perf_counter() - started

    store.close()
    channel.close()
    assert (taken.payments, taken.released, taken.failed) == (count, count, 0), taken
    after = counts(folder / "kvit.db")
    assert all(after[name] - before[name] >= count for name in EXPECTED)
    commits = 3 + -(-count // TERMS.lines_per_commit)
    peer, rows = bare(folder / "kvit.db", before, folder / "peer.db", commits)
    return Measured(ours, peer, rows)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--payments", type=int, default=5_000)
    count = parser.parse_args().payments
    with tempfile.TemporaryDirectory() as folder:
        found = measure(Path(folder), count)
    rate = count / found.ours
    print(
        f"end to end, {count} payments: {found.ours:.1f} s, {rate:.0f} payments/s (limit {LEAST_PER_SECOND:.0f}); "
        f"bare sqlite3 writes the same {found.rows} rows ({found.rows / count:.1f} a payment) in {found.peer:.1f} s, "
        f"{count / found.peer:.0f} payments/s, ratio {found.ours / found.peer:.1f}"
    )
    return 0 if rate >= LEAST_PER_SECOND else 1


if __name__ == "__main__":
    sys.exit(main())
