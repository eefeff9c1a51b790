"""The sandbox bank's books: one SQLite file that the server and any number of other processes work on.

Plain sqlite3: a bank of one file needs no more, and every call opens its own connection, so threads and processes are
alike. Writers take the file for themselves (`BEGIN IMMEDIATE`); readers see the last commit.

Two clocks, on purpose. The *bank's business clock* (`Books.now`) can be moved: operations, booking days and file times
follow it. The *machine's clock* stands in everything that is protocol (signatures, certificates, response times): a
partner whose protocol time is off is refused, and rightly so.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from gateway.bank.statement import Party
from gateway.core.clock import Clock, SystemClock, business_date
from gateway.core.errors import Refused

_BUSY_SECONDS = 30.0
_SCHEMA_VERSION = "2"

_SCHEMA = """
CREATE TABLE facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE accounts (
    number TEXT PRIMARY KEY, name TEXT NOT NULL, inn TEXT NOT NULL, kpp TEXT NOT NULL,
    bic TEXT NOT NULL, bank_name TEXT NOT NULL, opening INTEGER NOT NULL, opened TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE operations (
    id INTEGER PRIMARY KEY, account TEXT NOT NULL REFERENCES accounts, ref TEXT NOT NULL UNIQUE,
    amount INTEGER NOT NULL CHECK (amount > 0), incoming INTEGER NOT NULL, reversal INTEGER NOT NULL,
    original_ref TEXT NOT NULL, booked TEXT NOT NULL, bank_time TEXT NOT NULL, name TEXT NOT NULL, inn TEXT NOT NULL,
    kpp TEXT NOT NULL, payer_account TEXT NOT NULL, bic TEXT NOT NULL, bank_name TEXT NOT NULL, purpose TEXT NOT NULL,
    doc_no TEXT NOT NULL, doc_date TEXT, tx_id TEXT NOT NULL, code TEXT NOT NULL
);
CREATE INDEX operations_by_day ON operations (account, booked, id);
CREATE TABLE statements (
    id INTEGER PRIMARY KEY, account TEXT NOT NULL REFERENCES accounts, number INTEGER NOT NULL, day TEXT NOT NULL,
    opening INTEGER NOT NULL, closing INTEGER NOT NULL, reference TEXT NOT NULL, UNIQUE (account, day)
);
CREATE TABLE files (
    reference TEXT PRIMARY KEY, direction TEXT NOT NULL CHECK (direction IN ('to_customer', 'from_customer')),
    position INTEGER NOT NULL, file_type TEXT NOT NULL, account TEXT NOT NULL, name TEXT NOT NULL,
    created TEXT NOT NULL, status TEXT NOT NULL, entries INTEGER NOT NULL, total INTEGER NOT NULL,
    content BLOB NOT NULL, downloaded TEXT, visible_from TEXT, hold TEXT NOT NULL DEFAULT '',
    made_by TEXT NOT NULL DEFAULT ''
) WITHOUT ROWID;
CREATE INDEX files_by_position ON files (position);
CREATE TABLE behaviours (id INTEGER PRIMARY KEY, name TEXT NOT NULL, remaining INTEGER NOT NULL, options TEXT NOT NULL);
CREATE TABLE requests (
    id INTEGER PRIMARY KEY, sender TEXT NOT NULL, request_id TEXT NOT NULL, at TEXT NOT NULL, operation TEXT NOT NULL,
    reference TEXT NOT NULL, code TEXT NOT NULL, behaviour TEXT NOT NULL, UNIQUE (sender, request_id)
);
CREATE TABLE replies (operation TEXT PRIMARY KEY, body BLOB NOT NULL) WITHOUT ROWID;
"""
# What version 2 adds: payment orders, and the DirectBank side. Also what a bank made before it is brought up with.
_SCHEMA_2 = """
ALTER TABLE operations ADD COLUMN e2e TEXT NOT NULL DEFAULT '';
ALTER TABLE behaviours ADD COLUMN channel TEXT NOT NULL DEFAULT 'any';
ALTER TABLE files ADD COLUMN plan TEXT NOT NULL DEFAULT '';
CREATE TABLE orders (
    id INTEGER PRIMARY KEY, channel TEXT NOT NULL, source TEXT NOT NULL, version TEXT NOT NULL,
    message_id TEXT NOT NULL, payment_id TEXT NOT NULL, instruction_id TEXT NOT NULL, e2e TEXT NOT NULL,
    account TEXT NOT NULL, amount INTEGER NOT NULL, name TEXT NOT NULL, inn TEXT NOT NULL, kpp TEXT NOT NULL,
    payee_account TEXT NOT NULL, bic TEXT NOT NULL, bank_name TEXT NOT NULL, purpose TEXT NOT NULL,
    doc_no TEXT NOT NULL, doc_date TEXT NOT NULL,
    state TEXT NOT NULL, code TEXT NOT NULL, reason TEXT NOT NULL, behaviour TEXT NOT NULL, received TEXT NOT NULL,
    due TEXT NOT NULL, ref TEXT NOT NULL, back_due TEXT, back_ref TEXT NOT NULL DEFAULT ''
);
CREATE UNIQUE INDEX orders_once ON orders (account, e2e) WHERE state <> 'refused';
CREATE INDEX orders_by_state ON orders (state, due);
CREATE TABLE sessions (
    sid TEXT PRIMARY KEY, method TEXT NOT NULL, otp TEXT NOT NULL, tries INTEGER NOT NULL, used TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE packets (
    id TEXT PRIMARY KEY, position INTEGER NOT NULL, account TEXT NOT NULL, statement INTEGER NOT NULL,
    made TEXT NOT NULL, signed_at TEXT NOT NULL, status TEXT NOT NULL, visible_from TEXT,
    hold TEXT NOT NULL DEFAULT '', made_by TEXT NOT NULL DEFAULT '', options TEXT NOT NULL DEFAULT '{}'
) WITHOUT ROWID;
CREATE INDEX packets_by_position ON packets (position);
CREATE TABLE packet_documents (
    packet TEXT NOT NULL REFERENCES packets, place INTEGER NOT NULL, id TEXT NOT NULL, kind TEXT NOT NULL,
    ext_id TEXT NOT NULL, content BLOB NOT NULL, PRIMARY KEY (packet, place)
) WITHOUT ROWID;
CREATE TABLE received_packets (
    id TEXT PRIMARY KEY, answer TEXT NOT NULL, at TEXT NOT NULL, content BLOB NOT NULL
) WITHOUT ROWID;
CREATE TABLE received_documents (
    id TEXT PRIMARY KEY, packet TEXT NOT NULL, kind TEXT NOT NULL, requisites TEXT NOT NULL, status TEXT NOT NULL,
    reason TEXT NOT NULL DEFAULT ''
) WITHOUT ROWID;
"""


@dataclass(frozen=True, slots=True)
class Account:
    """An account of the customer.

    Attributes:
        owner: the customer as the bank knows it; its `account`, `bic` and `bank_name` are this account's.
        opening: balance in kopecks before its first operation.
        opened: the first business day of it.
    """

    owner: Party
    opening: int
    opened: date

    @property
    def number(self) -> str:
        return self.owner.account


class Books:
    """The file `<home>/sandbox/bank.db`.

    Args:
        folder: the sandbox's own folder.
        clock: the machine's.
    """

    def __init__(self, folder: Path, clock: Clock | None = None) -> None:
        self.path = folder / "bank.db"
        self.clock = clock or SystemClock()

    @classmethod
    def create(cls, folder: Path, clock: Clock | None = None) -> Books:
        """New empty books.

        Raises:
            Refused: `sandbox.exists`.
        """
        books = cls(folder, clock)
        if books.path.exists():
            raise Refused("sandbox.exists", folder=folder.name)
        with books._connect() as db:
            db.execute("PRAGMA journal_mode=WAL")
            db.executescript(f"BEGIN; {_SCHEMA} {_SCHEMA_2} COMMIT;")
        books.put_fact("schema", _SCHEMA_VERSION)
        books.put_fact("clock_offset", "0")
        books.put_fact("open_day", business_date(books.clock.now()).isoformat())
        return books

    def upgrade(self) -> None:
        """Bring a bank made by an earlier version up to date; nothing where there is none.

        Such a bank has no login for DirectBank: customers enter there with their certificate.
        """
        if not self.path.exists():
            return
        outdated = "SELECT 1 FROM facts WHERE name = 'schema' AND value = '1'"
        with self.read() as db:
            if db.execute(outdated).fetchone() is None:
                return
        with self.write() as db:
            if db.execute(outdated).fetchone():  # another process may have been faster
                for statement in _SCHEMA_2.split(";"):
                    db.execute(statement)
                put_fact(db, "schema", _SCHEMA_VERSION)

    @contextmanager
    def read(self) -> Iterator[sqlite3.Connection]:
        """A connection to look at one state of the books.

        Raises:
            Refused: `sandbox.missing` when there is no sandbox in this folder.
        """
        if not self.path.exists():
            raise Refused("sandbox.missing", folder=self.path.parent.name)
        with self._connect() as db:
            db.execute("BEGIN")
            yield db
            db.execute("COMMIT")

    @contextmanager
    def write(self) -> Iterator[sqlite3.Connection]:
        """A connection to change the books: all of the block or nothing of it.

        Raises:
            Refused: `sandbox.missing`.
        """
        if not self.path.exists():
            raise Refused("sandbox.missing", folder=self.path.parent.name)
        with self._connect() as db:
            db.execute("BEGIN IMMEDIATE")
            try:
                yield db
            except BaseException:
                db.execute("ROLLBACK")
                raise
            db.execute("COMMIT")

    @contextmanager
    def kept_open(self) -> Iterator[None]:
        """Holds the file open meanwhile: else every call is the last to close it, and SQLite tidies up each time."""
        with self.read() as db:
            db.execute("COMMIT")
            yield
            db.execute("BEGIN")

    @contextmanager
    def _connect(self) -> Iterator[sqlite3.Connection]:
        db = sqlite3.connect(self.path, timeout=_BUSY_SECONDS, isolation_level=None)
        try:
            db.row_factory = sqlite3.Row
            db.execute("PRAGMA synchronous=NORMAL")
            yield db
        finally:
            db.close()

    # Facts

    def fact(self, name: str) -> str:
        """A single fact about the bank; KeyError when it was never put."""
        with self.read() as db:
            return fact(db, name)

    def put_fact(self, name: str, value: str) -> None:
        with self.write() as db:
            put_fact(db, name, value)

    # The clock

    def now(self) -> datetime:
        """The bank's business clock, UTC."""
        with self.read() as db:
            return self.bank_now(db)

    def bank_now(self, db: sqlite3.Connection) -> datetime:
        return self.clock.now() + timedelta(seconds=float(fact(db, "clock_offset")))

    def move_clock(self, delta: timedelta) -> datetime:
        """Move the business clock by `delta`; what it shows then."""
        with self.write() as db:
            offset = float(fact(db, "clock_offset")) + delta.total_seconds()
            put_fact(db, "clock_offset", repr(offset))
            return self.bank_now(db)

    # Accounts

    def accounts(self) -> list[Account]:
        with self.read() as db:
            return accounts(db)


def fact(db: sqlite3.Connection, name: str) -> str:
    row = db.execute("SELECT value FROM facts WHERE name = ?", (name,)).fetchone()
    if row is None:
        raise KeyError(name)
    return str(row["value"])


def put_fact(db: sqlite3.Connection, name: str, value: str) -> None:
    db.execute("INSERT OR REPLACE INTO facts VALUES (?, ?)", (name, value))


def next_number(db: sqlite3.Connection, counter: str) -> int:
    """The next number, from 1, of a counter kept in the facts."""
    row = db.execute("SELECT value FROM facts WHERE name = ?", (f"counter.{counter}",)).fetchone()
    number = int(row["value"]) + 1 if row else 1
    put_fact(db, f"counter.{counter}", str(number))
    return number


def accounts(db: sqlite3.Connection) -> list[Account]:
    """All accounts, by number."""
    rows = db.execute("SELECT * FROM accounts ORDER BY number")
    return [
        Account(
            Party(row["name"], row["inn"], row["kpp"], row["number"], row["bic"], row["bank_name"]),
            row["opening"],
            date.fromisoformat(row["opened"]),
        )
        for row in rows
    ]


def add_account(db: sqlite3.Connection, account: Account) -> None:
    owner = account.owner
    db.execute(
        "INSERT INTO accounts VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (
            owner.account, owner.name, owner.inn, owner.kpp, owner.bic, owner.bank_name, account.opening,
            account.opened.isoformat(),
        ),
    )  # fmt: skip


def options_of(row: sqlite3.Row) -> dict[str, str]:
    """The options of a behaviour."""
    found = json.loads(row["options"])
    return {str(name): str(value) for name, value in found.items()}
