"""Misbehaviour on demand: what the sandbox carriers can do wrong, and the queue of what they will do wrong next.

A behaviour is queued with a count, for one carrier. Each time it really happens the count goes down; at zero the
carrier is honest again.

    silent            takes the call and never answers
    slow              answers after `seconds`
    not-received      the connection breaks
    http-500          an error page
    throttled         429 with Retry-After: `seconds`
    garbled           half of the answer
    dtd               a document type before the answer (the Post only)
    wrong-encoding    says UTF-8 and is in Windows-1251
    malformed-record  one more record stands in the list, with a date nobody can read
    out-of-order      the records stand in the list in any order
    repeated          every record stands in the list twice
    unknown-code      one more record, with the code `code`, which is in no table
    unknown-item      the carrier says he does not know the parcel
    late              records of the last `hours` are not there yet
    not-ready         a ticket's answer is not ready, whatever the time (the Post's batch only)
    internal          error 16 (the Post's batch only)

`operation` is one of OPERATIONS, "any" for whichever comes first. `track` narrows behaviours of lists to one parcel.
"""

from __future__ import annotations

import json
import random
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from gateway.bank.sandbox.books import options_of
from gateway.core.errors import Refused
from gateway.parcels.model import CarrierKey
from gateway.parcels.sandbox.journey import Event

OPERATIONS = ("history", "money", "ticket", "answer", "token", "order", "registries")
ANY = "any"
INSTEAD = frozenset({"not-received", "http-500", "throttled"})
"""The call is not carried out."""
LISTS = frozenset({"malformed-record", "out-of-order", "repeated", "unknown-code", "unknown-item", "late"})
"""What an honest answer would say is changed before it is written."""
_CALL = {"operation": ANY}
_LIST = {"operation": ANY, "track": ""}
KINDS: Mapping[str, Mapping[str, str]] = {
    "silent": _CALL,
    "slow": {**_CALL, "seconds": "5"},
    "not-received": _CALL,
    "http-500": _CALL,
    "throttled": {**_CALL, "seconds": "30"},
    "garbled": _CALL,
    "dtd": _CALL,
    "wrong-encoding": _CALL,
    "malformed-record": _LIST,
    "out-of-order": _LIST,
    "repeated": _LIST,
    "unknown-code": {**_LIST, "code": "99:7"},
    "unknown-item": _LIST,
    "late": {**_LIST, "hours": "24"},
    "not-ready": {},
    "internal": {"operation": "answer"},
}
"""Name → its options with what they are when not given."""
_OF_THE_POST = frozenset({"dtd", "not-ready", "internal"})
_TOLD = {CarrierKey.POST: frozenset({"history", "answer"}), CarrierKey.CDEK: frozenset({"order"})}
"""Operations that answer with lists of records."""
_NUMBERS = frozenset({"seconds", "hours"})


@dataclass(frozen=True, slots=True)
class Active:
    """A behaviour that happens now."""

    name: str
    options: Mapping[str, str]


HONEST = Active("", {})


def add(db: sqlite3.Connection, carrier: CarrierKey, name: str, count: int, options: Mapping[str, object]) -> None:
    """Queue `name` for the next `count` times at `carrier`.

    Raises:
        Refused: `sandbox.unknown_behaviour`, `sandbox.unknown_option`, `sandbox.bad_option`.
    """
    possible = {key for key in KINDS if carrier is CarrierKey.POST or key not in _OF_THE_POST}
    if name not in possible:
        raise Refused("sandbox.unknown_behaviour", name=name, known=", ".join(sorted(possible)))
    kind = KINDS[name]
    if count < 1:
        raise Refused("sandbox.bad_option", name=name, option="count", value=count)
    given = {option: str(value) for option, value in options.items()}
    for option, value in given.items():
        if option not in kind:
            raise Refused("sandbox.unknown_option", name=name, option=option, known=", ".join(kind) or "—")
        if not _fits(option, value):
            raise Refused("sandbox.bad_option", name=name, option=option, value=value)
    db.execute(
        "INSERT INTO behaviours (carrier, name, remaining, options) VALUES (?, ?, ?, ?)",
        (carrier, name, count, json.dumps({**kind, **given})),
    )


def queued(db: sqlite3.Connection, carrier: CarrierKey) -> list[tuple[str, int]]:
    """(name, remaining) of everything still to happen, in order."""
    return [(row["name"], row["remaining"]) for row in _queue(db, carrier)]


def clear(db: sqlite3.Connection) -> None:
    """Forget everything that is queued."""
    db.execute("DELETE FROM behaviours")


def take(db: sqlite3.Connection, carrier: CarrierKey, operation: str, tracks: Sequence[str] = ()) -> Active:
    """What goes wrong with a call of `operation` about these parcels now, and count it; HONEST for nothing."""
    for row in _queue(db, carrier):
        active = Active(row["name"], options_of(row))
        if not _meets(active, carrier, operation, tracks):
            continue
        if row["remaining"] > 1:
            db.execute("UPDATE behaviours SET remaining = remaining - 1 WHERE id = ?", (row["id"],))
        else:
            db.execute("DELETE FROM behaviours WHERE id = ?", (row["id"],))
        return active
    return HONEST


def told(events: Sequence[Event], track: str, active: Active, now: datetime) -> list[Event]:
    """What the carrier lists in place of `events` of one parcel; empty where he says he does not know it."""
    honest = list(events)
    if active.name not in LISTS or active.options["track"] not in ("", track) or not honest:
        return honest
    if active.name == "unknown-item":
        return []
    if active.name == "late":
        return [event for event in honest if event.at <= now - timedelta(hours=float(active.options["hours"]))]
    if active.name == "repeated":
        return [event for event in honest for _ in range(2)]
    if active.name == "out-of-order":
        return _mixed(honest, track)
    last = honest[-1]
    if active.name == "unknown-code":
        return [*honest, last._replace(code=active.options["code"])]
    return [*honest[:-1], last._replace(spoilt=True), last]


def _mixed(events: list[Event], track: str) -> list[Event]:
    """Another order than by time, wherever there is one."""
    mixed = list(events)
    random.Random(track).shuffle(mixed)  # noqa: S311 - no secret
    return mixed if mixed != events else [*events[1:], events[0]]


def _meets(active: Active, carrier: CarrierKey, operation: str, tracks: Sequence[str]) -> bool:
    if active.name in LISTS:
        if operation not in _TOLD[carrier] or active.options["track"] not in ("", *tracks):
            return False
    elif active.name == "not-ready":
        return operation == "answer"
    return active.options["operation"] in (ANY, operation)


def _queue(db: sqlite3.Connection, carrier: CarrierKey) -> list[sqlite3.Row]:
    return db.execute("SELECT * FROM behaviours WHERE carrier = ? ORDER BY id", (carrier,)).fetchall()


def _fits(option: str, value: str) -> bool:
    if option == "operation":
        return value in (ANY, *OPERATIONS)
    if option in _NUMBERS:
        try:
            return 0 < float(value) < 1e6
        except ValueError:
            return False
    return 0 < len(value) <= 100
