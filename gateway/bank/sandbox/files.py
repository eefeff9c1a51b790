"""The files the bank offers: when they appear, in what order, and what became of them."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from gateway.bank.sandbox import behave
from gateway.bank.sandbox.books import fact, next_number
from gateway.core.clock import business_date, from_text, to_text
from gateway.core.errors import Refused

FILE_TYPES = {"camt.053": "XT", "camt.052": "camt.052.001.08", "camt.054": "camt.054.001.08", "pain.002": "XP"}
"""Kind of file → FileType: XT and XP are the agreement's codes, the others go by their ISO names."""
UPLOAD_TYPES = {"XL": "pain.001"}
TITLES = {
    "XT": "Account statement",
    "camt.052.001.08": "Intraday report",
    "camt.054.001.08": "Credit notification",
    "XP": "Payment status report",
}

NEW, DOWNLOADED, WAITING, FORWARDED, DELETED = "NEW", "DLD", "WFP", "FWD", "DEL"

# files.hold: why a file is not offered yet
_UNTIL_NEXT = "next"  # until another file was made, and then behind it
_UNTIL_NEXT_STATEMENT = "next-statement"  # until a later statement of the account was made and downloaded
_AFTER = "after:"  # until the file named behind it was downloaded

_ALL = (
    "SELECT reference, file_type, account, name, created, status, entries, total, downloaded, visible_from, hold"
    " FROM files WHERE direction = 'to_customer' ORDER BY position"
)


@dataclass(frozen=True, slots=True)
class NewFile:
    """A file about to be offered.

    Attributes:
        kind: "camt.054", …
        total: turnover in kopecks, for the list.
    """

    kind: str
    account: str
    content: bytes
    entries: int
    total: int


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file as the list shows it."""

    reference: str
    file_type: str
    account: str
    name: str
    created: datetime
    status: str
    entries: int
    total: int
    downloaded: datetime | None


def offer(db: sqlite3.Connection, file: NewFile, now: datetime, behaviour: behave.Active | None = None) -> str:
    """Put `file` on offer, in the way `behaviour` says; its reference."""
    reference = _insert(db, file, now, made_by=behaviour.name if behaviour else "")
    _release_waiting_for_next(db, file, reference)
    if behaviour is None:
        return reference
    if behaviour.name == "duplicate-file":
        _insert(db, file, now, made_by=behaviour.name)
    elif behaviour.name == "late":
        appears = to_text(now + timedelta(seconds=behaviour.number("seconds")))
        db.execute("UPDATE files SET visible_from = ? WHERE reference = ?", (appears, reference))
    elif behaviour.name == "out-of-order":
        _hold(db, reference, _UNTIL_NEXT)
    elif behaviour.name == "gap" and behaviour.options["mode"] == "missing":
        _hold(db, reference, _UNTIL_NEXT_STATEMENT)
    return reference


def offer_after(db: sqlite3.Connection, file: NewFile, now: datetime, other: str) -> str:
    """Put `file` on offer, but only once the file `other` was downloaded."""
    reference = _insert(db, file, now, made_by="")
    _hold(db, reference, _AFTER + other)
    return reference


def offer_foreign(db: sqlite3.Connection, content: bytes, account: str, now: datetime) -> str:
    """Put something on offer that is no statement, under a statement's type."""
    return _insert(db, NewFile("camt.054", account, content, 0, 0), now, made_by="unknown-content")


def repeat(db: sqlite3.Connection, reference: str, now: datetime) -> str:
    """Offer a file once more under a new reference.

    Raises:
        Refused: `sandbox.unknown_file`.
    """
    row = db.execute("SELECT * FROM files WHERE reference = ? AND direction = 'to_customer'", (reference,)).fetchone()
    if row is None:
        raise Refused("sandbox.unknown_file", reference=reference)
    again = _new_reference(db, now)
    _insert_row(
        db, again, "to_customer", row["file_type"], row["account"], row["name"], now, NEW, row["entries"],
        row["total"], row["content"], "duplicate-file",
    )  # fmt: skip
    return again


def count(db: sqlite3.Connection) -> int:
    """How many files for the customer there are, held back or not."""
    return int(db.execute("SELECT count(*) FROM files WHERE direction = 'to_customer'").fetchone()[0])


def listed(
    db: sqlite3.Connection,
    now: datetime,
    *,
    status: str = "ALL",
    file_type: str = "",
    account: str = "",
    start: date | None = None,
    end: date | None = None,
) -> list[StoredFile]:
    """Files on offer at the bank's instant `now`, in the bank's order, filtered as downloadFileList asks.

    Args:
        start, end: business dates of the files' times, both included.
    """
    rows = db.execute(_ALL)
    found = [_stored(row) for row in rows if _visible(db, row, now)]
    return [
        file
        for file in found
        if (status == "ALL" or file.status == status)
        and (not file_type or file.file_type == file_type)
        and (not account or file.account == account)
        and (start is None or business_date(file.created) >= start)
        and (end is None or business_date(file.created) <= end)
    ]


def content_of(db: sqlite3.Connection, reference: str, now: datetime) -> tuple[StoredFile, bytes] | None:
    """A file on offer with its bytes; None when there is none of this name."""
    row = db.execute("SELECT * FROM files WHERE reference = ? AND direction = 'to_customer'", (reference,)).fetchone()
    if row is None or not _visible(db, row, now):
        return None
    return _stored(row), bytes(row["content"])


def mark_downloaded(db: sqlite3.Connection, reference: str, now: datetime) -> None:
    db.execute("UPDATE files SET status = ?, downloaded = ? WHERE reference = ?", (DOWNLOADED, to_text(now), reference))


def receive(db: sqlite3.Connection, content: bytes, file_type: str, name: str, now: datetime, plan: str = "") -> str:
    """Keep an uploaded file; its reference.

    Args:
        plan: how what is in it is going to fare (`orders.Plan`).
    """
    reference = _new_reference(db, now)
    _insert_row(db, reference, "from_customer", file_type, "", name, now, WAITING, 0, 0, content, "")
    db.execute("UPDATE files SET plan = ? WHERE reference = ?", (plan, reference))
    return reference


def mark_forwarded(db: sqlite3.Connection, reference: str) -> None:
    """An uploaded file is in the bank's hands: it can no longer be taken back."""
    db.execute("UPDATE files SET status = ? WHERE reference = ?", (FORWARDED, reference))


def received(db: sqlite3.Connection, reference: str) -> tuple[StoredFile, bytes] | None:
    """An uploaded file."""
    row = db.execute("SELECT * FROM files WHERE reference = ? AND direction = 'from_customer'", (reference,)).fetchone()
    return (_stored(row), bytes(row["content"])) if row else None


def uploaded(db: sqlite3.Connection) -> list[StoredFile]:
    """What the customer sent, oldest first."""
    rows = db.execute(
        "SELECT reference, file_type, account, name, created, status, entries, total, downloaded"
        " FROM files WHERE direction = 'from_customer' ORDER BY position"
    )
    return [_stored(row) for row in rows]


def delete(db: sqlite3.Connection, reference: str) -> bool:
    """Forget an uploaded file that nobody has processed; False when there is none."""
    done = db.execute(
        "UPDATE files SET status = ? WHERE reference = ? AND direction = 'from_customer' AND status = ?",
        (DELETED, reference, WAITING),
    )
    return done.rowcount == 1


def release_all(db: sqlite3.Connection) -> None:
    """Offer everything that is held back."""
    db.execute("UPDATE files SET hold = '', visible_from = NULL")


def _visible(db: sqlite3.Connection, row: sqlite3.Row, now: datetime) -> bool:
    hold = str(row["hold"])
    if hold.startswith(_AFTER):
        other = db.execute("SELECT status FROM files WHERE reference = ?", (hold.removeprefix(_AFTER),)).fetchone()
        if other is None or other["status"] != DOWNLOADED:
            return False
    elif hold:
        return False
    return row["visible_from"] is None or from_text(row["visible_from"]) <= now


def _release_waiting_for_next(db: sqlite3.Connection, file: NewFile, reference: str) -> None:
    """A file held for the next one is now to come behind it; a statement held back waits for this one's download."""
    waiting = db.execute("SELECT reference FROM files WHERE hold = ? AND reference <> ?", (_UNTIL_NEXT, reference))
    for row in waiting.fetchall():
        db.execute(
            "UPDATE files SET hold = '', position = ? WHERE reference = ?",
            (next_number(db, "position"), row["reference"]),
        )
    if file.kind == "camt.053":
        db.execute(
            "UPDATE files SET hold = ? WHERE hold = ? AND account = ? AND reference <> ?",
            (_AFTER + reference, _UNTIL_NEXT_STATEMENT, file.account, reference),
        )


def _hold(db: sqlite3.Connection, reference: str, hold: str) -> None:
    db.execute("UPDATE files SET hold = ? WHERE reference = ?", (hold, reference))


def _new_reference(db: sqlite3.Connection, now: datetime) -> str:
    """At most 32 characters: customer, day, running number."""
    return f"{fact(db, 'customer_id')}{business_date(now):%y%m%d}{next_number(db, 'file'):08d}"


def _insert(db: sqlite3.Connection, file: NewFile, now: datetime, made_by: str) -> str:
    reference = _new_reference(db, now)
    name = f"{file.kind}-{file.account[-4:]}-{business_date(now):%Y%m%d}-{reference[-8:]}.xml"
    _insert_row(
        db, reference, "to_customer", FILE_TYPES[file.kind], file.account, name, now, NEW, file.entries, file.total,
        file.content, made_by,
    )  # fmt: skip
    return reference


def _insert_row(
    db: sqlite3.Connection,
    reference: str,
    direction: str,
    file_type: str,
    account: str,
    name: str,
    now: datetime,
    status: str,
    entries: int,
    total: int,
    content: bytes,
    made_by: str,
) -> None:
    db.execute(
        "INSERT INTO files (reference, direction, position, file_type, account, name, created, status, entries, total,"
        " content, made_by) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            reference, direction, next_number(db, "position"), file_type, account, name, to_text(now), status,
            entries, total, content, made_by,
        ),
    )  # fmt: skip


def _stored(row: sqlite3.Row) -> StoredFile:
    return StoredFile(
        reference=row["reference"],
        file_type=row["file_type"],
        account=row["account"],
        name=row["name"],
        created=from_text(row["created"]),
        status=row["status"],
        entries=row["entries"],
        total=row["total"],
        downloaded=from_text(row["downloaded"]) if row["downloaded"] else None,
    )
