"""Misbehaviour on demand: what the sandbox lenders can do wrong, and the queue of what they will do wrong next.

A behaviour is queued with a count, for one lender. Each time it really happens the count goes down; at zero the lender
is honest again.

    silent          takes the call, carries it out, and never answers            operation
    lost-reply      carries it out, then the connection breaks                    operation
    not-received    the connection breaks, nothing is carried out                 operation
    http-500        an error page; nothing is carried out                         operation
    busy            429 with Retry-After: `seconds`; nothing is carried out       operation
    stale           answers with the state before the last change                 operation
    unknown-status  answers with the word `word` in place of the status           operation
    garbled         half of the answer                                            operation
    dtd             a document type before the answer (SOAP only)                 operation
    wrong-psk       the next offers print ПСК `points` percentage points off
    changed-offer   at the next acceptance the offers have changed
    late-refusal    after the next acceptance the yes is taken back
    cooling-off     the next agreement has a cooling-off period of `hours`, whatever its sum
    hook-twice      the next webhook comes twice
    hook-forged     the next webhook bears a wrong signature
    hook-lost       the next webhook never comes

`operation` is one of OPERATIONS, "any" for whichever comes first.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass

from gateway.core.errors import Refused

OPERATIONS = ("submit", "view", "accept", "document", "signed", "originals", "commit", "cancel", "returned")
ANY = "any"
INSTEAD = frozenset({"not-received", "http-500", "busy"})
"""The call is not carried out."""
_OF_CALLS = {"operation": ANY}
KINDS: Mapping[str, Mapping[str, str]] = {
    "silent": _OF_CALLS,
    "lost-reply": _OF_CALLS,
    "not-received": _OF_CALLS,
    "http-500": _OF_CALLS,
    "busy": {**_OF_CALLS, "seconds": "7"},
    "stale": _OF_CALLS,
    "unknown-status": {**_OF_CALLS, "word": "SCORING_2"},
    "garbled": _OF_CALLS,
    "dtd": _OF_CALLS,
    "wrong-psk": {"points": "1.5"},
    "changed-offer": {},
    "late-refusal": {},
    "cooling-off": {"hours": "4"},
    "hook-twice": {},
    "hook-forged": {},
    "hook-lost": {},
}
"""Name → its options with what they are when not given."""
_NUMBERS = frozenset({"seconds", "points", "hours"})


@dataclass(frozen=True, slots=True)
class Active:
    """A behaviour that happens now."""

    name: str
    options: Mapping[str, str]


def add(db: sqlite3.Connection, lender: str, name: str, count: int, options: Mapping[str, object]) -> None:
    """Queue `name` for the next `count` times at `lender`.

    Raises:
        Refused: `sandbox.unknown_behaviour`, `sandbox.unknown_option`, `sandbox.bad_option`.
    """
    kind = KINDS.get(name)
    if kind is None:
        raise Refused("sandbox.unknown_behaviour", name=name, known=", ".join(sorted(KINDS)))
    given = {option: str(value) for option, value in options.items()}
    if count < 1:
        raise Refused("sandbox.bad_option", name=name, option="count", value=count)
    for option, value in given.items():
        if option not in kind:
            raise Refused("sandbox.unknown_option", name=name, option=option, known=", ".join(kind) or "—")
        if not _fits(option, value):
            raise Refused("sandbox.bad_option", name=name, option=option, value=value)
    db.execute(
        "INSERT INTO behaviours (lender, name, remaining, options) VALUES (?, ?, ?, ?)",
        (lender, name, count, json.dumps({**kind, **given})),
    )


def _fits(option: str, value: str) -> bool:
    if option == "operation":
        return value in (ANY, *OPERATIONS)
    if option in _NUMBERS:
        try:
            return 0 < float(value) < 1e6
        except ValueError:
            return False
    return 0 < len(value) <= 100


def clear(db: sqlite3.Connection) -> None:
    """Forget everything that is queued."""
    db.execute("DELETE FROM behaviours")


def queued(db: sqlite3.Connection, lender: str) -> list[tuple[str, int]]:
    """(name, remaining) of everything still to happen, in order."""
    rows = db.execute("SELECT name, remaining FROM behaviours WHERE lender = ? ORDER BY id", (lender,))
    return [(row["name"], row["remaining"]) for row in rows]


def take_call(db: sqlite3.Connection, lender: str, operation: str) -> Active | None:
    """What goes wrong with a call of `operation` now, and count it."""
    for row in _queue(db, lender):
        options = json.loads(row["options"])
        if options.get("operation") in (ANY, operation):
            return _count(db, row, options)
    return None


def take(db: sqlite3.Connection, lender: str, *names: str) -> Active | None:
    """The first of `names` that is queued, and count it."""
    for row in _queue(db, lender):
        if row["name"] in names:
            return _count(db, row, json.loads(row["options"]))
    return None


def _queue(db: sqlite3.Connection, lender: str) -> list[sqlite3.Row]:
    return db.execute("SELECT * FROM behaviours WHERE lender = ? ORDER BY id", (lender,)).fetchall()


def _count(db: sqlite3.Connection, row: sqlite3.Row, options: Mapping[str, str]) -> Active:
    if row["remaining"] > 1:
        db.execute("UPDATE behaviours SET remaining = remaining - 1 WHERE id = ?", (row["id"],))
    else:
        db.execute("DELETE FROM behaviours WHERE id = ?", (row["id"],))
    return Active(row["name"], options)
