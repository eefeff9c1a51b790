"""The journal: append-only, hash-chained.

Row n carries SHA-256 over the previous row's hash and all its own columns, so an edited, removed or reordered row is
found by `verify`. A cut tail cannot be seen from inside: compare with a head that was exported earlier.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, insert, select

from gateway.store.schema import journal

GENESIS = "0" * 64


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
    digest = hashlib.sha256()
    for column in (prev_hash, str(seq), line.at, line.company, line.kind, line.subject, line.actor, line.body):
        encoded = column.encode()
        digest.update(b"%d:" % len(encoded))
        digest.update(encoded)
    return digest.hexdigest()


def head(connection: Connection) -> Head:
    """The last row's number and hash; (0, GENESIS) for an empty journal."""
    row = connection.execute(
        select(journal.c.seq, journal.c.hash).order_by(journal.c.seq.desc()).limit(1)
    ).one_or_none()
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
    connection.execute(insert(journal), rows)
    return last


def verify(
    connection: Connection, expected: Head | None = None, progress: Callable[[int], None] | None = None
) -> Verdict:
    """Walk the whole chain.

    Args:
        expected: a head exported earlier; the chain must still contain exactly that row.
        progress: told the number of rows checked so far, now and then.
    """
    last = Head(0, GENESIS)
    rows = 0
    met_expected = expected is None or expected.seq == 0
    walk = select(journal).order_by(journal.c.seq).execution_options(yield_per=2000)
    with connection.execute(walk) as result:  # a cursor on the server ends with it, wherever we stop
        for row in result:
            line = Line(row.at, row.company, row.kind, row.subject, row.actor, row.body)
            if row.seq != last.seq + 1:
                return Verdict(False, rows, last, row.seq, "gap")
            if row.prev_hash != last.hash:
                return Verdict(False, rows, last, row.seq, "relinked")
            if row_hash(last.hash, row.seq, line) != row.hash:
                return Verdict(False, rows, last, row.seq, "edited")
            last = Head(row.seq, row.hash)
            rows += 1
            if expected is not None and expected == last:
                met_expected = True
            if progress is not None and rows % 2000 == 0:
                progress(rows)
    if not met_expected and expected is not None:
        return Verdict(False, rows, last, min(expected.seq, last.seq + 1), "cut")
    return Verdict(True, rows, last)
