"""The packets the bank has for its customer: when they appear, in what order, and what became of them."""

from __future__ import annotations

import json
import sqlite3
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from gateway.bank.sandbox import behave
from gateway.bank.sandbox.books import fact, next_number, options_of
from gateway.core.clock import from_text, to_text

NEW, READ, GONE = "NEW", "READ", "GONE"

# packets.hold: why a packet is not listed yet
_UNTIL_NEXT = "next"  # until another statement was made, and then behind it
_UNTIL_NEXT_STATEMENT = "next-statement"  # until a later statement of the account was made and fetched
_AFTER = "after:"  # until the packet named behind it was fetched


@dataclass(frozen=True, slots=True)
class PacketDocument:
    """A document of the bank.

    Attributes:
        ext_id: id of the customer's document it answers, "" for none.
    """

    id: str
    kind: str
    ext_id: str
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Packet:
    """A packet as it is listed.

    Attributes:
        made: by the bank's business clock.
        signed_at: by the machine's.
        made_by: the misbehaviour that made it so, "" for none.
    """

    id: str
    account: str
    made: datetime
    signed_at: datetime
    status: str
    made_by: str
    options: dict[str, str]


def put(
    db: sqlite3.Connection,
    documents: Sequence[PacketDocument],
    now: datetime,
    *,
    account: str = "",
    statement: bool = False,
    behaviour: behave.Active | None = None,
) -> str:
    """Put a packet into the queue, in the way `behaviour` says; its id.

    Args:
        account: of the statement in it.
        statement: it holds one; others wait for the next statement, not for the next notice.
    """
    number = _insert(db, documents, now, account, statement, behaviour)
    if statement:
        _release_waiting_for_next(db, number, account)
    if behaviour is None:
        return number
    if behaviour.name == "duplicate-file" and behaviour.options["mode"] == "packets":
        _insert(db, documents, now, account, statement, behaviour)
    elif behaviour.name == "late":
        appears = to_text(now + timedelta(seconds=behaviour.number("seconds")))
        db.execute("UPDATE packets SET visible_from = ? WHERE id = ?", (appears, number))
    elif behaviour.name == "out-of-order":
        _hold(db, number, _UNTIL_NEXT)
    elif behaviour.name == "gap" and behaviour.options["mode"] == "missing":
        _hold(db, number, _UNTIL_NEXT_STATEMENT)
    return number


def put_after(
    db: sqlite3.Connection, documents: Sequence[PacketDocument], now: datetime, account: str, other: str
) -> str:
    """Put a statement's packet into the queue, but only once the packet `other` was fetched."""
    number = _insert(db, documents, now, account, True, None)
    _hold(db, number, _AFTER + other)
    return number


def listed(db: sqlite3.Connection, now: datetime, since: datetime | None, *, unread: bool) -> list[Packet]:
    """Packets on offer at the bank's instant `now`, in the bank's order.

    Args:
        since: those made then or later; None for all.
        unread: only those not fetched yet, whenever they were made.
    """
    found = []
    for row in db.execute("SELECT * FROM packets WHERE status <> ? ORDER BY position", (GONE,)):
        packet = _packet(row)
        wanted = packet.status == NEW if unread else since is None or packet.made >= since
        if wanted and _visible(db, row, now):
            found.append(packet)
    return found


def get(db: sqlite3.Connection, number: str, now: datetime) -> tuple[Packet, list[PacketDocument]] | None:
    """A packet on offer with its documents; None when there is none of this id."""
    row = db.execute("SELECT * FROM packets WHERE id = ? AND status <> ?", (number, GONE)).fetchone()
    if row is None or not _visible(db, row, now):
        return None
    return _packet(row), documents_of(db, number)


def another(db: sqlite3.Connection, number: str) -> str | None:
    """The latest packet that is not `number`, whether on offer or not."""
    row = db.execute("SELECT id FROM packets WHERE id <> ? ORDER BY position DESC LIMIT 1", (number,)).fetchone()
    return str(row["id"]) if row else None


def documents_of(db: sqlite3.Connection, number: str) -> list[PacketDocument]:
    rows = db.execute("SELECT * FROM packet_documents WHERE packet = ? ORDER BY place", (number,))
    return [PacketDocument(row["id"], row["kind"], row["ext_id"], bytes(row["content"])) for row in rows]


def mark(db: sqlite3.Connection, number: str, status: str) -> None:
    db.execute("UPDATE packets SET status = ? WHERE id = ?", (status, number))


def counts(db: sqlite3.Connection, now: datetime) -> dict[str, int]:
    """How many there are: new, read, held back, gone."""
    rows = db.execute("SELECT * FROM packets").fetchall()
    offered = [row for row in rows if row["status"] != GONE and _visible(db, row, now)]
    return {
        "new": sum(row["status"] == NEW for row in offered),
        "read": sum(row["status"] == READ for row in offered),
        "held_back": sum(row["status"] != GONE for row in rows) - len(offered),
        "gone": sum(row["status"] == GONE for row in rows),
    }


def release_all(db: sqlite3.Connection) -> None:
    """Offer everything that is held back."""
    db.execute("UPDATE packets SET hold = '', visible_from = NULL")


def new_guid() -> str:
    return str(uuid.uuid4())


def _visible(db: sqlite3.Connection, row: sqlite3.Row, now: datetime) -> bool:
    hold = str(row["hold"])
    if hold.startswith(_AFTER):
        other = db.execute("SELECT status FROM packets WHERE id = ?", (hold.removeprefix(_AFTER),)).fetchone()
        if other is None or other["status"] == NEW:
            return False
    elif hold:
        return False
    return row["visible_from"] is None or from_text(row["visible_from"]) <= now


def _release_waiting_for_next(db: sqlite3.Connection, number: str, account: str) -> None:
    waiting = db.execute("SELECT id FROM packets WHERE hold = ? AND id <> ?", (_UNTIL_NEXT, number)).fetchall()
    for row in waiting:
        db.execute("UPDATE packets SET hold = '', position = ? WHERE id = ?", (next_number(db, "packet"), row["id"]))
    db.execute(
        "UPDATE packets SET hold = ? WHERE hold = ? AND account = ? AND id <> ?",
        (_AFTER + number, _UNTIL_NEXT_STATEMENT, account, number),
    )


def _hold(db: sqlite3.Connection, number: str, hold: str) -> None:
    db.execute("UPDATE packets SET hold = ? WHERE id = ?", (hold, number))


def _insert(
    db: sqlite3.Connection,
    documents: Sequence[PacketDocument],
    now: datetime,
    account: str,
    statement: bool,
    behaviour: behave.Active | None,
) -> str:
    number = new_guid()
    made_by = behaviour.name if behaviour else ""
    options = json.dumps(dict(behaviour.options) if behaviour else {})
    by_machine = now - timedelta(seconds=float(fact(db, "clock_offset")))
    db.execute(
        "INSERT INTO packets (id, position, account, statement, made, signed_at, status, made_by, options)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            number, next_number(db, "packet"), account, statement, to_text(now), to_text(by_machine), NEW,
            made_by, options,
        ),
    )  # fmt: skip
    db.executemany(
        "INSERT INTO packet_documents VALUES (?, ?, ?, ?, ?, ?)",
        [(number, place, d.id, d.kind, d.ext_id, d.content) for place, d in enumerate(documents)],
    )
    return number


def _packet(row: sqlite3.Row) -> Packet:
    return Packet(
        id=row["id"],
        account=row["account"],
        made=from_text(row["made"]),
        signed_at=from_text(row["signed_at"]),
        status=row["status"],
        made_by=row["made_by"],
        options=options_of(row),
    )
