"""The service's way to a decision, with very many open invoices: after a restart, and poll by poll.

    python -m tests.benchmarks.bench_matching_service [--invoices N] [--payments N]

Nothing is loaded at a start: the matcher asks the database. Timed are a process of its own, from its first instruction
to the first decided payment; and, of polls of 200 payments, what judging one costs. The peer reads the open invoices
into an index in memory, as a matcher without a database would have to at each start.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from unittest import mock

from sqlalchemy import event, select
from sqlalchemy.pool import Pool

from gateway.bank.statement import Entry, Party, StatementHead
from gateway.core.clock import SystemClock
from gateway.core.money import Money
from gateway.core.text import name_key
from gateway.flows import paid_to_pick
from gateway.flows.paid_to_pick import take_lines
from gateway.flows.terms import OwnCompany, Terms
from gateway.matching.decision import Policy
from gateway.matching.index import MemoryIndex, card
from gateway.orders.tables import buyers, invoices
from gateway.payments.model import Source
from gateway.payments.tables import payments
from gateway.store import Store
from gateway.store.engine import sqlite_url
from gateway.store.migrate import upgrade

MOST_READY_S = 10.0
MOST_P99_MS = 20.0
A_POLL = 200
PER_BUYER = 20
DAY = date(2026, 11, 20)
ACCOUNT = "40702810900000000001"
TERMS = Terms(own=OwnCompany("ООО «Рамка и Багет»", "7729500100"), policy=Policy(own_inns=frozenset({"7729500100"})))
# Every way to a decision, from the shortest to those that look for suggestions.
PURPOSES = (
    "Оплата по счету № СР-{n} от 20.11.2026 за рамы багетные. В том числе НДС 22%",
    "за рамы багетные, НДС 22%",
    "Оплата по счетам СР-{n}, СР-{next}",
    "Счет СР-{n} частично",
    "Оплата по договору 17 от 01.02.2026, заказ {n}",
    "по сч 9900{n}",
    "Возврат",
)


def inn_of(buyer: int) -> str:
    return f"77{buyer:08d}"


def amount_of(number: int) -> int:
    """Sums come again, as they do with list prices; a buyer's own differ."""
    return 100_000 + number % 400 * 5_000


def open_invoices(store: Store, count: int, *, per_buyer: int = PER_BUYER) -> None:
    """So many open invoices, numbered from 1; each buyer has `per_buyer` of them, one after the other."""
    for start in range(0, count, 5_000):
        some = range(start, min(start + 5_000, count))
        with store.unit() as unit:
            owners = sorted({number // per_buyer for number in some if number % per_buyer == 0})
            unit.insert(buyers, *[_buyer(store.company, owner) for owner in owners])
            unit.insert(invoices, *[_invoice(store.company, number, number // per_buyer) for number in some])
            unit.commit()


def _buyer(company: str, buyer: int) -> dict[str, Any]:
    name = f"ООО «Покупатель {buyer}»"
    return {
        "id": f"b{buyer}", "company": company, "outer_id": f"b{buyer}", "kind": "ul", "name": name,
        "name_key": name_key(name), "inn": inn_of(buyer), "kpp": "", "phone": "", "email": "", "party": inn_of(buyer),
    }  # fmt: skip


def _invoice(company: str, place: int, buyer: int) -> dict[str, Any]:
    number, amount = place + 1, amount_of(place + 1)
    return {
        "id": f"i{number:07d}", "company": company, "outer_id": f"i{number}", "number": f"СР-{number}", "prefix": "ср",
        "counter": number, "year": 2026, "date": (DAY - timedelta(days=place % 60)).isoformat(),
        "buyer_id": f"b{buyer}", "buyer_kind": "ul", "buyer_name": f"ООО «Покупатель {buyer}»",
        "buyer_inn": inn_of(buyer), "party": inn_of(buyer), "amount": amount, "rest": amount, "state": "open",
        "order_id": None, "order_no": "", "order_key": "", "search": "", "version": 1,
    }  # fmt: skip


def line(place: int, number: int, *, per_buyer: int = PER_BUYER, known: bool = True) -> Entry:
    """A payment of invoice `number`'s buyer, or of nobody known, in one of the ways people write."""
    buyer = (number - 1) // per_buyer
    return Entry(
        ref=f"R{place:07d}", entry_ref=str(place), e2e="", tx_id="", amount=Money(amount_of(number)), incoming=True,
        reversal=False, status="BOOK", booked=DAY, value=DAY, bank_time=None,
        counterparty=Party(
            f"ООО «Покупатель {buyer}»" if known else "ООО «Никто»", inn_of(buyer) if known else "6312000014", "",
            f"40702810{buyer:012d}", "044525225", "Банк",
        ),
        purpose=PURPOSES[place % len(PURPOSES)].format(n=number, next=number + 1), doc_no=str(place), doc_date=DAY,
        code="", original_ref="", detail_index=0, occurrence=0, warnings=(), currency="RUB",
    )  # fmt: skip


def poll(store: Store, lines: list[Entry], message: str) -> None:
    """One message of the bank, taken as the service takes it."""
    head = StatementHead("camt.054", message, "", None, ACCOUNT, "", "", "RUB", None, None, ())
    taken = take_lines(store, TERMS, Source(message, "signed", store.clock.now()), [head, *lines])
    assert (taken.payments, taken.failed) == (len(lines), 0), taken


@contextmanager
def counted() -> Iterator[list[str]]:
    """Every statement any connection sends to SQLite meanwhile."""
    sent: list[str] = []

    def watch(connection: Any, *_: Any) -> None:
        connection.set_trace_callback(sent.append)

    def leave(connection: Any, *_: Any) -> None:
        if connection is not None:
            connection.set_trace_callback(None)

    event.listen(Pool, "checkout", watch)
    event.listen(Pool, "checkin", leave)
    try:
        yield sent
    finally:
        event.remove(Pool, "checkout", watch)
        event.remove(Pool, "checkin", leave)


@dataclass(frozen=True, slots=True)
class Measured:
    """Seconds to be ready; milliseconds of each judgement; statements and milliseconds of a payment in a poll."""

    ready: float
    judged: list[float]
    statements: float
    whole: float


def ready(path: Path) -> float:
    """Seconds of a new process from its start to its first decided payment."""
    command = [sys.executable, "-m", "tests.benchmarks.bench_matching_service", "--first-poll", str(path)]
    started = time.perf_counter()
    subprocess.run(command, cwd=Path(__file__).parents[2], check=True)
    return time.perf_counter() - started


def first_poll(path: Path) -> None:
    store = Store(sqlite_url(path), SystemClock(), "bench")
    poll(store, [replace(line(0, 1), ref="FIRST")], "FIRST")
    with store.reading() as connection:
        states = connection.execute(select(payments.c.state)).scalars().all()
    store.close()
    assert states == ["auto"], states


def polls(store: Store, invoices_count: int, payments_count: int, *, per_buyer: int = PER_BUYER) -> Measured:
    """Polls of A_POLL payments, spread over the invoices."""
    judged: list[float] = []
    honest = paid_to_pick.judge

    def timed(*given: Any) -> Any:
        started = time.perf_counter()
        try:
            return honest(*given)
        finally:
            judged.append((time.perf_counter() - started) * 1000)

    step = max(1, invoices_count // (payments_count + 1))
    lines = [
        line(place, 2 + place * step % (invoices_count - 2), per_buyer=per_buyer, known=place % 10 != 9)
        for place in range(payments_count)
    ]
    with mock.patch.object(paid_to_pick, "judge", timed), counted() as sent:
        started = time.perf_counter()
        for start in range(0, payments_count, A_POLL):
            poll(store, lines[start : start + A_POLL], f"M{start}")
        took = time.perf_counter() - started
    return Measured(0.0, sorted(judged), len(sent) / payments_count, took / payments_count * 1000)


def in_memory(store: Store) -> float:
    """Seconds of reading all open invoices into an index."""
    started = time.perf_counter()
    with store.reading() as connection:
        rows = connection.execute(select(invoices).where(invoices.c.state == "open")).all()
    MemoryIndex(
        card(
            row.id, row.number, date.fromisoformat(row.date), Money(row.amount), Money(row.rest), row.state,
            buyer_id=row.buyer_id, buyer_kind=row.buyer_kind, buyer_name=row.buyer_name, buyer_inn=row.buyer_inn,
        )
        for row in rows
    )  # fmt: skip
    return time.perf_counter() - started


def measure(folder: Path, invoices_count: int, payments_count: int, per_buyer: int) -> tuple[Measured, float]:
    path = folder / "kvit.db"
    upgrade(sqlite_url(path))
    store = Store(sqlite_url(path), SystemClock(), "bench")
    open_invoices(store, invoices_count, per_buyer=per_buyer)
    peer = in_memory(store)
    store.close()
    started = ready(path)
    store = Store(sqlite_url(path), SystemClock(), "bench")
    found = polls(store, invoices_count, payments_count, per_buyer=per_buyer)
    store.close()
    return replace(found, ready=started), peer


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--invoices", type=int, default=100_000)
    parser.add_argument("--payments", type=int, default=2_000)
    parser.add_argument("--first-poll", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.first_poll:
        first_poll(options.first_poll)
        return 0
    good = True
    for what, per_buyer in (("20 a buyer", PER_BUYER), ("all one buyer's", options.invoices)):
        with tempfile.TemporaryDirectory() as folder:
            found, peer = measure(Path(folder), options.invoices, options.payments, per_buyer)
        p50, p99 = (found.judged[int(len(found.judged) * share)] for share in (0.5, 0.99))
        good = good and found.ready <= MOST_READY_S and p99 <= MOST_P99_MS
        print(
            f"service, {options.invoices} open invoices, {what}: first payment decided {found.ready:.2f} s after the "
            f"process began (limit {MOST_READY_S:.0f}; reading them into memory alone {peer:.2f} s); judging one "
            f"payment {p50:.2f} ms, p99 {p99:.2f} ms (limit {MOST_P99_MS:.0f}); {found.statements:.0f} statements and "
            f"{found.whole:.1f} ms a payment in all"
        )
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
