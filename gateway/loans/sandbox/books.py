"""The sandbox lenders' books: one SQLite file that the server and any number of other processes work on.

Plain sqlite3, a connection per call: threads and processes are alike. Writers take the file for themselves.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from gateway.core.clock import Clock, SystemClock
from gateway.core.errors import Refused

_BUSY_SECONDS = 30.0
_SCHEMA = """
CREATE TABLE facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE lenders (
    key TEXT PRIMARY KEY, protocol TEXT NOT NULL, name TEXT NOT NULL, user TEXT NOT NULL, token TEXT NOT NULL,
    hint_secret TEXT NOT NULL, hint_url TEXT NOT NULL, policy TEXT NOT NULL, returns TEXT NOT NULL,
    pays TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE loans (
    id TEXT PRIMARY KEY, lender TEXT NOT NULL REFERENCES lenders, partner_id TEXT NOT NULL, request TEXT NOT NULL,
    version INTEGER NOT NULL, state TEXT NOT NULL, word TEXT NOT NULL, reason TEXT NOT NULL, offers TEXT NOT NULL,
    wanted TEXT NOT NULL, offer_id TEXT NOT NULL, way TEXT NOT NULL, agreement TEXT NOT NULL, waybill TEXT NOT NULL,
    original TEXT NOT NULL, pending TEXT NOT NULL, made TEXT NOT NULL, UNIQUE (lender, partner_id)
) WITHOUT ROWID;
CREATE TABLE views (
    loan TEXT NOT NULL REFERENCES loans, version INTEGER NOT NULL, content TEXT NOT NULL, PRIMARY KEY (loan, version)
) WITHOUT ROWID;
CREATE TABLE documents (
    loan TEXT NOT NULL REFERENCES loans, id TEXT NOT NULL, content BLOB NOT NULL, PRIMARY KEY (loan, id)
) WITHOUT ROWID;
CREATE TABLE returns (
    loan TEXT NOT NULL REFERENCES loans, id TEXT NOT NULL, amount INTEGER NOT NULL CHECK (amount > 0),
    back INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (loan, id)
) WITHOUT ROWID;
CREATE TABLE payouts (
    id INTEGER PRIMARY KEY, lender TEXT NOT NULL REFERENCES lenders, number INTEGER NOT NULL, day TEXT NOT NULL,
    amount INTEGER NOT NULL CHECK (amount > 0)
);
CREATE TABLE payout_lines (
    payout INTEGER NOT NULL REFERENCES payouts, place INTEGER NOT NULL, loan TEXT NOT NULL REFERENCES loans,
    return_id TEXT NOT NULL, amount INTEGER NOT NULL, PRIMARY KEY (payout, place), UNIQUE (loan, return_id)
) WITHOUT ROWID;
CREATE TABLE behaviours (
    id INTEGER PRIMARY KEY, lender TEXT NOT NULL, name TEXT NOT NULL, remaining INTEGER NOT NULL, options TEXT NOT NULL
);
CREATE TABLE hooks (
    id INTEGER PRIMARY KEY, lender TEXT NOT NULL, loan TEXT NOT NULL, body BLOB NOT NULL, signature TEXT NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0, ended TEXT NOT NULL DEFAULT ''
);
CREATE TABLE calls (
    id INTEGER PRIMARY KEY, lender TEXT NOT NULL, operation TEXT NOT NULL, loan TEXT NOT NULL, answer TEXT NOT NULL
);
"""


@dataclass(frozen=True, slots=True)
class Account:
    """One lender of the sandbox, and our contract with it.

    Attributes:
        protocol: "soap" or "rest".
        user: our name there; only the SOAP lender asks for one.
        policy: what it decides by itself: "approve", "decline", or "wait" for `LenderSandbox.decide`.
        returns: what becomes of money for goods that came back: "deduct" keeps it from the next payout, "expect" waits
            for our payment order.
        pays: from when on a loan is in the next payout: "committed", once the goods are handed over; "signed", once the
            buyer has signed away from the shop and his cooling-off period is over.
    """

    key: str
    protocol: str
    name: str
    user: str
    token: str = field(repr=False)
    hint_secret: str = field(repr=False)
    hint_url: str
    policy: str
    returns: str
    pays: str


class Books:
    """The file `<folder>/lenders.db`.

    Args:
        folder: the sandbox's own folder.
        clock: the machine's; the lenders' own is moved against it by `move_clock`.
    """

    def __init__(self, folder: Path, clock: Clock | None = None) -> None:
        self.path = folder / "lenders.db"
        self._clock = clock or SystemClock()

    @classmethod
    def create(cls, folder: Path, accounts: list[Account], clock: Clock | None = None) -> Books:
        """New empty books.

        Raises:
            Refused: `sandbox.exists`.
        """
        books = cls(folder, clock)
        if books.path.exists():
            raise Refused("sandbox.exists", folder=folder.name)
        folder.mkdir(parents=True, exist_ok=True)
        with books._connect() as db:
            db.execute("PRAGMA journal_mode=WAL")
            db.executescript(f"BEGIN; {_SCHEMA} COMMIT;")
            db.execute("INSERT INTO facts VALUES ('clock_offset', '0')")
            db.executemany(
                "INSERT INTO lenders VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                [
                    (a.key, a.protocol, a.name, a.user, a.token, a.hint_secret, a.hint_url, a.policy, a.returns, a.pays)
                    for a in accounts
                ],
            )
        return books

    @contextmanager
    def read(self) -> Iterator[sqlite3.Connection]:
        """A connection to look at one state of the books.

        Raises:
            Refused: `sandbox.missing`.
        """
        with self._existing() as db:
            db.execute("BEGIN")
            yield db
            db.execute("COMMIT")

    @contextmanager
    def write(self) -> Iterator[sqlite3.Connection]:
        """A connection to change the books: all of the block or nothing of it.

        Raises:
            Refused: `sandbox.missing`.
        """
        with self._existing() as db:
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
        with self._existing() as db:
            db.execute("SELECT 1 FROM facts").fetchone()
            yield

    def now(self, db: sqlite3.Connection) -> datetime:
        """The lenders' own time."""
        return self._clock.now() + timedelta(seconds=float(fact(db, "clock_offset")))

    @contextmanager
    def _existing(self) -> Iterator[sqlite3.Connection]:
        if not self.path.exists():
            raise Refused("sandbox.missing", folder=self.path.parent.name)
        with self._connect() as db:
            yield db

    @contextmanager
    def _connect(self) -> Iterator[sqlite3.Connection]:
        db = sqlite3.connect(self.path, timeout=_BUSY_SECONDS, isolation_level=None)
        db.row_factory = sqlite3.Row
        try:
            db.execute("PRAGMA synchronous=NORMAL")
            db.execute("PRAGMA foreign_keys=ON")
            yield db
        finally:
            db.close()


def fact(db: sqlite3.Connection, name: str, default: str = "0") -> str:
    """A named value."""
    row = db.execute("SELECT value FROM facts WHERE name = ?", (name,)).fetchone()
    return default if row is None else str(row["value"])


def put_fact(db: sqlite3.Connection, name: str, value: object) -> None:
    db.execute(
        "INSERT INTO facts VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value", (name, str(value))
    )


def next_number(db: sqlite3.Connection, name: str) -> int:
    """The next number of a named counter, from 1."""
    number = int(fact(db, f"number.{name}")) + 1
    put_fact(db, f"number.{name}", number)
    return number


def account(db: sqlite3.Connection, key: str) -> Account:
    """The lender `key`.

    Raises:
        Refused: `sandbox.unknown_lender`.
    """
    row = db.execute("SELECT * FROM lenders WHERE key = ?", (key,)).fetchone()
    if row is None:
        raise Refused("sandbox.unknown_lender", lender=key)
    return Account(**dict(row))


def loan(db: sqlite3.Connection, lender: str, given: str) -> sqlite3.Row | None:
    """The loan a lender knows by his id or by ours."""
    row: sqlite3.Row | None = db.execute(
        "SELECT * FROM loans WHERE lender = ? AND (id = ? OR partner_id = ?)", (lender, given, given)
    ).fetchone()
    return row


def put_loan(db: sqlite3.Connection, loan_id: str, values: Mapping[str, Any]) -> None:
    """Set columns of a loan; whatever is not text or a number is kept as JSON."""
    plain = {name: value if isinstance(value, str | int) else json.dumps(value) for name, value in values.items()}
    assignments = ", ".join(f"{name} = ?" for name in plain)
    db.execute(f"UPDATE loans SET {assignments} WHERE id = ?", (*plain.values(), loan_id))  # noqa: S608 - our own names
