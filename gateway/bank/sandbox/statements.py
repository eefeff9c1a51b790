"""The messages the sandbox bank makes of its operations.

A notification (camt.054) right after an operation, an intraday report (camt.052) on demand, a final statement
(camt.053) when a day is closed. Final statements chain: each opens with the balance the one before closed with.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta

from gateway.bank.formats.camt_write import write
from gateway.bank.sandbox import behave, files
from gateway.bank.sandbox.books import Account, accounts, fact, next_number, put_fact
from gateway.bank.sandbox.engine import balance
from gateway.bank.statement import Balance, Entry, Party, StatementHead
from gateway.core.clock import MOSCOW, business_date, from_text
from gateway.core.ids import new_id
from gateway.core.money import Money

CURRENCY = "RUB"
_BY_REFERENCE = "SELECT * FROM operations WHERE ref IN (SELECT value FROM json_each(?)) ORDER BY id"
_OF_DAY = "SELECT * FROM operations WHERE account = ? AND booked = ? ORDER BY id"
_SINCE_DAY = "SELECT * FROM operations WHERE account = ? AND booked >= ? ORDER BY id"


def notify(db: sqlite3.Connection, account: Account, refs: Sequence[str], now: datetime) -> str:
    """A camt.054 with the operations `refs`; the file's reference."""
    entries = _entries(db, _BY_REFERENCE, json.dumps(list(refs)))
    behaviour = behave.take_file(db, "camt.054")
    if behaviour and behaviour.name == "overlapping":
        entries = _earlier(db, account, entries, int(behaviour.number("lines"))) + entries
    head = _head("camt.054", account, now, f"N{new_id()}", "", _midnight(business_date(now)), now, ())
    return files.offer(db, _file(account, head, entries), now, behaviour)


def report(db: sqlite3.Connection, account: Account, now: datetime) -> str:
    """A camt.052 of everything since the last closed day; the file's reference."""
    open_day = fact(db, "open_day")
    entries = _entries(db, _SINCE_DAY, account.number, open_day)
    day = date.fromisoformat(open_day)
    balances = (
        Balance("OPBD", balance(db, account, day), day, CURRENCY),
        Balance("ITBD", balance(db, account), business_date(now), CURRENCY),
    )
    head = _head("camt.052", account, now, f"R{new_id()}", "", _midnight(day), now, balances)
    return files.offer(db, _file(account, head, entries), now, behave.take_file(db, "camt.052"))


def close_day(db: sqlite3.Connection, now: datetime) -> list[str]:
    """Close every day up to the bank's today; the references of the final statements made.

    A day without operations gets no statement, except today.
    """
    made: list[str] = []
    day = date.fromisoformat(fact(db, "open_day"))
    today = max(business_date(now), day)
    while day <= today:
        for account in accounts(db):
            entries = _entries(db, _OF_DAY, account.number, day.isoformat())
            if entries or day == today:
                made.append(_final(db, account, day, entries, now))
        day += timedelta(days=1)
    put_fact(db, "open_day", day.isoformat())
    return made


def _final(db: sqlite3.Connection, account: Account, day: date, entries: list[Entry], now: datetime) -> str:
    opening, closing = balance(db, account, day), balance(db, account, day + timedelta(days=1))
    number = next_number(db, f"statement.{account.number}.{day.year}")
    head = _head(
        "camt.053", account, now, f"{account.number[-8:]}-{day.year}-{number}", str(number), _midnight(day),
        _midnight(day + timedelta(days=1)) - timedelta(seconds=1),
        (Balance("OPBD", opening, day, CURRENCY), Balance("CLBD", closing, day, CURRENCY)),
    )  # fmt: skip
    behaviour = behave.take_file(db, "camt.053")
    if behaviour and behaviour.name == "gap" and behaviour.options["mode"] == "opening":
        off = Money.parse(behaviour.options["amount"])
        wrong = replace(
            head,
            balances=tuple(replace(b, amount=b.amount + off) for b in head.balances),
            statement_id=head.statement_id,
        )
        reference = files.offer(db, _file(account, wrong, entries), now, behaviour)
        files.offer_after(db, _file(account, head, entries), now, reference)
    else:
        reference = files.offer(db, _file(account, head, entries), now, behaviour)
    db.execute(
        "INSERT INTO statements (account, number, day, opening, closing, reference) VALUES (?, ?, ?, ?, ?, ?)",
        (account.number, number, day.isoformat(), opening.kopecks, closing.kopecks, reference),
    )
    return reference


def _file(account: Account, head: StatementHead, entries: list[Entry]) -> files.NewFile:
    numbered = [replace(entry, entry_ref=str(place)) for place, entry in enumerate(entries, 1)]
    content = write(head, numbered, message_id=new_id(), own=account.owner)
    turnover = sum(entry.amount.kopecks for entry in entries)
    return files.NewFile(head.kind, account.number, content, len(entries), turnover)


def _head(
    kind: str,
    account: Account,
    now: datetime,
    statement_id: str,
    number: str,
    start: datetime,
    end: datetime,
    balances: tuple[Balance, ...],
) -> StatementHead:
    owner = account.owner
    return StatementHead(
        kind=kind, statement_id=statement_id, number=number, created=now, account=account.number, owner=owner.name,
        bic=owner.bic, currency=CURRENCY, period_from=start, period_to=end, balances=balances,
    )  # fmt: skip


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), MOSCOW)


def _earlier(db: sqlite3.Connection, account: Account, entries: list[Entry], lines: int) -> list[Entry]:
    """The last `lines` operations (0: all) of the open day before `entries`."""
    known = _entries(db, _SINCE_DAY, account.number, fact(db, "open_day"))
    new = {entry.ref for entry in entries}
    before = [entry for entry in known if entry.ref not in new]
    return before[-lines:] if lines else before


def _entries(db: sqlite3.Connection, query: str, *values: str) -> list[Entry]:
    """Operations as statement lines, in the order they were booked."""
    return [_entry(row) for row in db.execute(query, values)]


def _entry(row: sqlite3.Row) -> Entry:
    booked = date.fromisoformat(row["booked"])
    return Entry(
        ref=row["ref"],
        entry_ref="",
        e2e=row["e2e"],
        tx_id=row["tx_id"],
        amount=Money(row["amount"]),
        incoming=bool(row["incoming"]),
        reversal=bool(row["reversal"]),
        status="BOOK",
        booked=booked,
        value=booked,
        bank_time=from_text(row["bank_time"]),
        counterparty=Party(row["name"], row["inn"], row["kpp"], row["payer_account"], row["bic"], row["bank_name"]),
        purpose=row["purpose"],
        doc_no=row["doc_no"],
        doc_date=date.fromisoformat(row["doc_date"]) if row["doc_date"] else None,
        code=row["code"],
        original_ref=row["original_ref"],
        detail_index=0,
        occurrence=0,
        warnings=(),
        currency=CURRENCY,
    )
