"""The journal: append-only, hash-chained.

Row n carries SHA-256 over the previous row's hash and all its own columns, so an edited, removed or reordered row is
found by `verify`. A cut tail and a journal written anew from the start cannot be seen from inside: compare with heads
that were kept outside the database (`heads.py`).
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import Connection, literal_column, select

from gateway.store.driver import Query, insert_rows
from gateway.store.schema import AnyRow, journal

GENESIS = "0" * 64
_COLUMNS = ("seq", "at", "company", "kind", "subject", "actor", "body", "prev_hash", "hash")
_AT_ONCE = 2_000
_LAST = Query(select(journal.c.seq, journal.c.hash).order_by(journal.c.seq.desc()).limit(literal_column("1")))


@dataclass(frozen=True, slots=True)
class Line:
    """A journal row before it has its place in the chain."""

    at: str
    company: str
    kind: str
    subject: str
    actor: str
    body: str


@dataclass(frozen=True, slots=True)
class Head:
    """The end of the chain."""

    seq: int
    hash: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What `verify` found.

    Attributes:
        ok: the whole chain holds.
        rows: rows that were checked.
        head: the last good row.
        broken_seq: the first row that does not hold, or None.
        reason: "edited", "gap", "relinked", "cut" or "".
    """

    ok: bool
    rows: int
    head: Head
    broken_seq: int | None = None
    reason: str = ""


def row_hash(prev_hash: str, seq: int, line: Line) -> str:
    """SHA-256 over the length-prefixed columns: no two different rows give the same input."""
    return _hash_of((prev_hash, str(seq), line.at, line.company, line.kind, line.subject, line.actor, line.body))


def _hash_of(columns: Sequence[str]) -> str:
    parts: list[bytes] = []
    for column in columns:
        encoded = column.encode()
        parts += (b"%d:" % len(encoded), encoded)
    return hashlib.sha256(b"".join(parts)).hexdigest()


def head(connection: Connection) -> Head:
    """The last row's number and hash; (0, GENESIS) for an empty journal."""
    row = _LAST.first(connection)
    return Head(row.seq, row.hash) if row else Head(0, GENESIS)


def append(connection: Connection, lines: Sequence[Line]) -> Head:
    """Append `lines` in order; the caller holds the writing transaction."""
    last = head(connection)
    rows = []
    for line in lines:
        seq = last.seq + 1
        digest = row_hash(last.hash, seq, line)
        rows.append(
            {
                "seq": seq,
                "at": line.at,
                "company": line.company,
                "kind": line.kind,
                "subject": line.subject,
                "actor": line.actor,
                "body": line.body,
                "prev_hash": last.hash,
                "hash": digest,
            }
        )
        last = Head(seq, digest)
    insert_rows(connection, journal, rows)
    return last


def hashes(connection: Connection, after: int = 0, upto: int | None = None) -> Iterator[str]:
    """The hashes of the rows after row `after`, in order, as they stand; nothing is verified."""
    wanted = select(journal.c.hash).where(journal.c.seq > after).order_by(journal.c.seq)
    if upto is not None:
        wanted = wanted.where(journal.c.seq <= upto)
    with connection.execute(wanted.execution_options(yield_per=_AT_ONCE)) as result:
        for row in result:
            yield row.hash


def verify(
    connection: Connection,
    expected: Head | None = None,
    progress: Callable[[int], None] | None = None,
    met: Callable[[Head], None] | None = None,
) -> Verdict:
    """Walk the whole chain.

    Args:
        expected: a head exported earlier; the chain must still contain exactly that row.
        progress: told the number of rows checked so far, now and then.
        met: told of every row that holds, in order.
    """
    last = Head(0, GENESIS)
    rows = 0
    met_expected = expected is None or expected.seq == 0
    walk = select(*(journal.c[name] for name in _COLUMNS)).order_by(journal.c.seq).execution_options(yield_per=_AT_ONCE)
    # a cursor on the server ends with its block, wherever we stop
    with _as_stored(connection), connection.execute(walk) as result:
        for row in result:
            wrong = _wrong(row, last)
            if wrong:
                return Verdict(False, rows, last, row.seq if isinstance(row.seq, int) else last.seq + 1, wrong)
            last = Head(row.seq, row.hash)
            rows += 1
            if expected is not None and expected == last:
                met_expected = True
            if met is not None:
                met(last)
            if progress is not None and rows % _AT_ONCE == 0:
                progress(rows)
    if not met_expected and expected is not None:
        return Verdict(False, rows, last, min(expected.seq, last.seq + 1), "cut")
    return Verdict(True, rows, last)


def _wrong(row: AnyRow, last: Head) -> str:
    """Why `row` cannot stand after `last`; "" when it can."""
    seq, *texts = row
    if seq != last.seq + 1:
        return "gap"
    for text in texts:
        if type(text) is not str:
            return "edited"  # equal bytes of another storage class are another value to every query
    *columns, prev_hash, stated = texts
    if prev_hash != last.hash:
        return "relinked"
    try:
        return "" if _hash_of((prev_hash, str(seq), *columns)) == stated else "edited"
    except UnicodeEncodeError:
        return "edited"  # bytes that are no UTF-8: we never wrote them


@contextmanager
def _as_stored(connection: Connection) -> Iterator[None]:
    """Have SQLite hand out text whatever its bytes are: its driver would raise for bytes that are no UTF-8, and the
    damaged row would have no name."""
    driver: object = connection.connection.dbapi_connection
    if not isinstance(driver, sqlite3.Connection):
        yield
        return
    usual = driver.text_factory
    driver.text_factory = _lenient
    try:
        yield
    finally:
        driver.text_factory = usual


def _lenient(raw: bytes) -> str:
    return raw.decode("utf-8", "surrogateescape")
