"""What must be true of a house's books after any number of crashes: beside the bank's books, within themselves, and
beside a house that never crashed."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Table, select

from gateway.bank.sandbox.control import Sandbox
from gateway.bank.tables import messages, statements
from gateway.matching.tables import allocations, decisions
from gateway.onec.exchange_files import TEMPORARY_PREFIX
from gateway.orders.tables import invoices, order_lines, orders, releases, timelines
from gateway.payments.tables import deliveries, entries, payments
from gateway.store import Store, journal
from gateway.store.schema import alarms, idempotency, marks, outbox
from gateway.store.schema import journal as journal_rows
from gateway.tasks.tables import tasks
from gateway.warehouse.stock import LIVE
from gateway.warehouse.tables import backorders, movements, pick_lines, pick_lists, reservations, stock


class Books:
    """A house's tables, read in one snapshot.

    Args:
        exchange: its exchange folder.
    """

    def __init__(self, store: Store, exchange: Path) -> None:
        self.exchange = exchange
        with store.reading() as connection:
            self._rows = {
                table.name: _rows(connection, table)
                for table in (
                    messages, statements, entries, deliveries, payments, decisions, allocations, invoices, orders,
                    order_lines, releases, timelines, reservations, movements, stock, pick_lists, pick_lines,
                    backorders, tasks, outbox, idempotency, alarms, marks, journal_rows,
                )
            }  # fmt: skip
            self.verdict = journal.verify(connection)

    def __getitem__(self, table: Table) -> list[Any]:
        return self._rows[table.name]

    def files(self, folder: str = "out") -> list[str]:
        return sorted(path.name for path in (self.exchange / folder).rglob("*") if path.is_file())


def _rows(connection: Connection, table: Table) -> list[Any]:
    return list(connection.execute(select(table).order_by(*table.primary_key)).all())


def check(books: Books, bank: Sandbox) -> None:
    """Everything that must hold by itself."""
    assert books.verdict.ok, books.verdict
    _every_operation_is_recorded_once(books, bank)
    _money_adds_up(books)
    _what_was_released_is_paid(books)
    _stock_adds_up(books)
    _everything_left_once(books)


def _every_operation_is_recorded_once(books: Books, bank: Sandbox) -> None:
    with bank.books.read() as db:
        operations = [dict(row) for row in db.execute("SELECT * FROM operations")]
    at_the_bank = Counter((o["ref"], o["amount"], bool(o["incoming"]), bool(o["reversal"])) for o in operations)
    here = Counter((e.ref, e.amount, e.direction == "in", bool(e.reversal)) for e in books[entries])
    assert here == at_the_bank, f"lost {at_the_bank - here}, made up {here - at_the_bank}"
    assert max(here.values(), default=1) == 1
    incoming = [o for o in operations if o["incoming"] and not o["reversal"]]
    assert sum(p.amount for p in books[payments]) == sum(o["amount"] for o in incoming)
    assert len(books[payments]) == len(incoming)
    assert Counter(m.state for m in books[messages]) == {"taken": len(bank.files())}
    assert len({m.reference for m in books[messages]}) == len(bank.files())


def _money_adds_up(books: Books) -> None:
    by_payment, by_invoice = Counter[str](), Counter[str]()
    for row in books[allocations]:
        if not row.undone:
            by_payment[row.payment_id] += row.amount
            by_invoice[row.invoice_id] += row.amount
    for payment in books[payments]:
        assert payment.state != "new", "nobody has decided it"
        assert payment.allocated == by_payment[payment.id]
    by_order = Counter[str]()
    for invoice in books[invoices]:
        assert invoice.amount - invoice.rest == by_invoice[invoice.id]
        assert (invoice.state == "paid") == (invoice.rest == 0 and invoice.amount > 0)
        by_order[invoice.order_id] += invoice.amount - invoice.rest
    for order in books[orders]:
        assert order.paid == by_order[order.id]
        state = "unpaid" if not order.paid else "paid" if order.paid == order.amount else "part_paid"
        assert order.pay_state == state


def _what_was_released_is_paid(books: Books) -> None:
    by_id = {order.id: order for order in books[orders]}
    money = {payment.id: payment for payment in books[payments]}
    proved = {m.id for m in books[messages] if m.evidence == "signed"}
    live = [release for release in books[releases] if release.withdrawn_at is None]
    assert len({release.order_id for release in live}) == len(live)
    for release in live:
        order = by_id[release.order_id]
        assert order.paid >= order.amount > 0
        assert all(money[p].state in ("auto", "manual") for p in json.loads(release.payment_ids))
        assert set(json.loads(release.message_ids)) <= proved
    held = {order.id for order in books[orders] if order.hold_reason}
    for row in books[pick_lists]:
        if row.state != "cancelled":
            assert row.order_id in {release.order_id for release in live} | held
    for order in books[orders]:
        calls = [t for t in books[tasks] if t.order_id == order.id and t.kind == "call" and t.state == "new"]
        assert len(calls) == (order.id in {release.order_id for release in live})


def _stock_adds_up(books: Books) -> None:
    live, moved, on_hand = Counter[Any](), Counter[Any](), Counter[Any]()
    for row in books[reservations]:
        if row.state in LIVE:
            live[(row.product_id, row.warehouse_id)] += row.qty
    for row in books[movements]:
        moved[(row.product_id, row.warehouse_id)] += row.reserved
        on_hand[(row.product_id, row.warehouse_id)] += row.on_hand
    for row in books[stock]:
        place = (row.product_id, row.warehouse_id)
        assert row.reserved == live[place] == moved[place], place
        assert row.on_hand == on_hand[place], place
        assert row.reserved <= row.on_hand, place
    lines = defaultdict(Counter)
    for row in books[reservations]:
        if row.state in LIVE:
            lines[row.pick_list_id][row.line_id] += row.qty
    for row in books[pick_lists]:
        wanted = Counter({r.line_id: r.qty for r in books[pick_lines] if r.pick_list_id == row.id})
        assert lines[row.id] == (wanted if row.state != "cancelled" else Counter())
    numbers = [row.number for row in books[pick_lists]]
    assert len(set(numbers)) == len(numbers)


def _everything_left_once(books: Books) -> None:
    assert all(row.done_at and not row.dead_at for row in books[outbox]), "something waits or is dead"
    names = books.files()
    assert not [name for name in names if name.startswith(TEMPORARY_PREFIX)], "temporary files are left"
    carried = Counter(next((row.id for row in books[outbox] if row.id in name), name) for name in names)
    assert carried == Counter(row.id for row in books[outbox])
    told = Counter(e for row in books[outbox] if row.topic == "onec.payments" for e in _payload(row)["entries"])
    assert told == Counter(payment.id for payment in books[payments]), "1C is told of each payment once"
    assert books.files("in") == [], "1C's files are put away"
    assert books.files("rejected") == []


def _payload(row: Any) -> Any:
    return json.loads(row.payload)


def picture(books: Books) -> dict[str, Any]:
    """The books without ids and instants: equal for two houses to which the same happened."""
    name = {row.id: row.key for row in books[entries]}
    name |= {row.id: row.number for row in (*books[orders], *books[invoices], *books[pick_lists])}
    name |= {row.id: row.reference for row in books[messages]}
    line = {row.id: f"{name[row.order_id]}/{row.position}" for row in books[order_lines]}

    def named(table: Table, *columns: str) -> list[str]:
        def value(row: Any, column: str) -> Any:
            found = row._mapping[column]
            return line.get(found, name.get(found, found)) if isinstance(found, str) else found

        return sorted(repr([value(row, column) for column in columns]) for row in books[table])

    return {
        "messages": named(messages, "reference", "file_type", "state", "reason", "evidence", "entries", "new_entries"),
        "statements": named(statements, "message_id", "kind", "statement_id", "number", "opening", "closing"),
        "entries": named(
            entries, "key", "account", "direction", "reversal", "status", "amount", "currency", "booked", "ref",
            "doc_no", "party_inn", "party_account", "purpose", "original_ref", "message_id", "evidence",
        ),
        "deliveries": named(deliveries, "entry_id", "message_id"),
        "payments": named(payments, "id", "state", "outcome", "amount", "allocated", "bank_time", "version"),
        "decisions": named(decisions, "payment_id", "kind", "outcome", "by"),
        "allocations": named(allocations, "payment_id", "invoice_id", "amount", "undone"),
        "invoices": named(invoices, "number", "amount", "rest", "state", "order_id", "version"),
        "orders": named(
            orders, "number", "amount", "paid", "pay_state", "stock_state", "ship_state", "headline", "hold_reason",
            "bank_time", "version",
        ),
        "releases": named(releases, "order_id", "by", "rule", "withdrawn_reason"),
        "timelines": named(timelines, "order_id", "bank_time"),
        "reservations": named(
            reservations, "order_id", "line_id", "product_id", "warehouse_id", "pick_list_id", "qty", "state"
        ),
        "movements": named(movements, "product_id", "warehouse_id", "kind", "on_hand", "reserved"),
        "stock": named(stock, "product_id", "warehouse_id", "on_hand", "reserved"),
        "pick_lists": named(
            pick_lists, "number", "order_id", "warehouse_id", "state", "lines_count", "qty_total", "version"
        ),
        "pick_lines": named(pick_lines, "pick_list_id", "line_id", "product_id", "qty"),
        "backorders": named(backorders, "order_id", "line_id", "qty", "state"),
        "tasks": named(tasks, "kind", "reason", "role", "state", "order_id", "payment_id", "amount"),
        "idempotency": named(idempotency, "scope", "key"),
        "alarms": named(alarms, "code", "subject", "state"),
        "counters": [repr((m.name, m.value)) for m in books[marks] if m.name.startswith("counter.")],
        "journal": sorted(Counter(row.kind for row in books[journal_rows]).items()),
        "outbox": sorted(Counter(_told(row, name) for row in books[outbox]).items()),
        "files": sorted(Counter(n.rpartition("_")[0] for n in books.files()).items()),
        "done": books.files("done"),
    }  # fmt: skip


def _told(row: Any, name: dict[str, str]) -> str:
    payload = _payload(row)
    match row.topic:
        case "onec.payments":
            what: Any = [name[entry] for entry in payload["entries"]]
        case "onec.order_status":
            what = [payload["order"][key] for key in ("number", "paid", "pay_state", "ship_state", "headline")]
        case "onec.pick_list":
            what = [payload[key] for key in ("number", "state", "message_no")]
        case _:
            what = [payload[key] for key in ("kind", "reason", "order_number", "state")]
    return repr((row.topic, what))


def differences(one: dict[str, Any], other: dict[str, Any]) -> list[str]:
    """What two pictures do not share, for a message a person can read."""
    found = []
    for part in one:
        here, there = Counter(map(str, one[part])), Counter(map(str, other[part]))
        found += [f"{part}: only here {row}" for row in _more(here, there)]
        found += [f"{part}: only there {row}" for row in _more(there, here)]
    return found


def _more(one: Counter[str], other: Counter[str]) -> Iterable[str]:
    return (one - other).elements()
