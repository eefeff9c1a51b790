"""The sandbox carriers' books: one SQLite file that the server and any number of other processes work on."""

from __future__ import annotations

import json
import secrets
import sqlite3
from dataclasses import dataclass, field, fields
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from gateway.bank.sandbox import books as bank_books
from gateway.bank.sandbox.books import fact, put_fact
from gateway.core.clock import Clock, from_text, to_text
from gateway.core.errors import Refused
from gateway.core.money import Money
from gateway.parcels.model import CarrierKey
from gateway.parcels.sandbox.journey import Fate, Plan, Step
from gateway.parcels.sandbox.world import Lot, World, place_in_lot

_SCHEMA = """
CREATE TABLE facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE parcels (
    track TEXT PRIMARY KEY, carrier TEXT NOT NULL, number TEXT NOT NULL, cod INTEGER NOT NULL, plan TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX parcels_by_order ON parcels (carrier, number);
CREATE TABLE lots (
    id INTEGER PRIMARY KEY, carrier TEXT NOT NULL, count INTEGER NOT NULL, first TEXT NOT NULL, days REAL NOT NULL
);
CREATE TABLE tickets (id TEXT PRIMARY KEY, made TEXT NOT NULL, tracks TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE tokens (token TEXT PRIMARY KEY, until TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE payouts (
    id INTEGER PRIMARY KEY, carrier TEXT NOT NULL, number INTEGER NOT NULL, at TEXT NOT NULL
);
CREATE TABLE payout_lines (
    track TEXT PRIMARY KEY REFERENCES parcels, payout INTEGER NOT NULL REFERENCES payouts, place INTEGER NOT NULL,
    amount INTEGER NOT NULL CHECK (amount > 0), fee INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE behaviours (
    id INTEGER PRIMARY KEY, carrier TEXT NOT NULL, name TEXT NOT NULL, remaining INTEGER NOT NULL, options TEXT NOT NULL
);
CREATE TABLE calls (
    id INTEGER PRIMARY KEY, carrier TEXT NOT NULL, operation TEXT NOT NULL, about TEXT NOT NULL, at TEXT NOT NULL,
    answer TEXT NOT NULL
);
"""
_INSTANTS = frozenset({"sent"})
_SUMS = frozenset({"cod", "declared"})


@dataclass(frozen=True, slots=True)
class Rules:
    """How the carriers of the sandbox treat us.

    Attributes:
        daily_quota: single calls a day (Moscow's) at the Post; 0 for none, as under a contract.
        batch: whether the Post lets us order batches.
        ready_minutes: from a ticket to its answer. kept_hours: the answer is kept.
        large_replies_fail: answers to tickets of more parcels break off; 0 for none.
        token_seconds: CDEK's tokens live so long.
        payout_days: days between lump sums; 0 for none but those asked for.
        fee_hundredths: of a percent of the money collected, kept by the carrier.
    """

    daily_quota: int = 100
    batch: bool = True
    ready_minutes: int = 15
    kept_hours: int = 32
    large_replies_fail: int = 0
    token_seconds: int = 3600
    payout_days: int = 7
    fee_hundredths: int = 200


@dataclass(frozen=True, slots=True)
class Credentials:
    """What we let ourselves in with."""

    post_login: str
    post_password: str = field(repr=False)
    cdek_account: str = ""
    cdek_secret: str = field(default="", repr=False)


class CarrierBooks(bank_books.Books):
    """The file `<folder>/carriers.db`; opened, locked and moved in time as the sandbox bank's.

    Args:
        folder: the carriers' own folder.
        clock: the machine's; the carriers' own is moved against it.
    """

    def __init__(self, folder: Path, clock: Clock | None = None) -> None:
        super().__init__(folder, clock)
        self.path = folder / "carriers.db"

    @classmethod
    def create(cls, folder: Path, clock: Clock | None = None, *, seed: int = 1) -> CarrierBooks:
        """New empty books with new credentials.

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
        with books.write() as db:
            put_fact(db, "clock_offset", "0")
            put_fact(db, "seed", str(seed))
            put_fact(db, "paid_until", to_text(books.clock.now()))
            for name in fields(Credentials):
                put_fact(db, name.name, f"kvit-{secrets.token_urlsafe(12)}")
            put_rules(db, Rules())
        return books


def world(db: sqlite3.Connection) -> World:
    """The generated parcels of these books."""
    return World(int(fact(db, "seed")))


def credentials(db: sqlite3.Connection) -> Credentials:
    """Logins and passwords."""
    return Credentials(*(fact(db, name.name) for name in fields(Credentials)))


def rules(db: sqlite3.Connection) -> Rules:
    """The rules now."""
    return Rules(**json.loads(fact(db, "rules")))


def put_rules(db: sqlite3.Connection, new: Rules) -> None:
    put_fact(db, "rules", json.dumps({name.name: getattr(new, name.name) for name in fields(Rules)}))


def put_plan(db: sqlite3.Connection, plan: Plan) -> None:
    """A parcel of the book, new or with another future."""
    db.execute(
        "INSERT OR REPLACE INTO parcels VALUES (?, ?, ?, ?, ?)",
        (plan.track, plan.carrier, plan.order, plan.cod.kopecks, _written(plan)),
    )


def find_plan(db: sqlite3.Connection, carrier: CarrierKey, track: str) -> Plan | None:
    """The parcel with this number, of the book or of a lot."""
    row = db.execute("SELECT plan FROM parcels WHERE track = ? AND carrier = ?", (track, carrier)).fetchone()
    if row is not None:
        return plan_of(row)
    place = place_in_lot(track)
    if place is None or place[0] is not carrier:
        return None
    found = lot(db, place[1])
    if found is None or found.carrier is not carrier or place[2] >= found.count or found.track(place[2]) != track:
        return None
    return world(db).of_lot(found, place[2])


def plan_of_order(db: sqlite3.Connection, carrier: CarrierKey, number: str) -> Plan | None:
    """The parcel with this number of the shop's."""
    row = db.execute("SELECT plan FROM parcels WHERE carrier = ? AND number = ?", (carrier, number)).fetchone()
    return None if row is None or not number else plan_of(row)


def plan_of(row: sqlite3.Row) -> Plan:
    """A row of `parcels`."""
    values: dict[str, Any] = json.loads(row["plan"])
    values |= {name: from_text(values[name]) for name in _INSTANTS}
    values |= {name: Money(values[name]) for name in _SUMS}
    values |= {"carrier": CarrierKey(values["carrier"]), "fate": Fate(values["fate"])}
    values["script"] = tuple(Step(code, timedelta(seconds=seconds), index) for code, seconds, index in values["script"])
    return Plan(**values)


def put_lot(db: sqlite3.Connection, carrier: CarrierKey, count: int, first: datetime, days: float) -> Lot:
    """A new lot; its parcels stand nowhere."""
    made = db.execute(
        "INSERT INTO lots (carrier, count, first, days) VALUES (?, ?, ?, ?)", (carrier, count, to_text(first), days)
    ).lastrowid
    found = lot(db, int(made or 0))
    if found is None:
        raise LookupError("the lot just written")
    return found


def lot(db: sqlite3.Connection, number: int) -> Lot | None:
    """The lot with this number."""
    row = db.execute("SELECT * FROM lots WHERE id = ?", (number,)).fetchone()
    if row is None:
        return None
    return Lot(row["id"], CarrierKey(row["carrier"]), row["count"], from_text(row["first"]), row["days"])


def _written(plan: Plan) -> str:
    values = {name.name: getattr(plan, name.name) for name in fields(Plan)}
    values |= {name: to_text(values[name]) for name in _INSTANTS}
    values |= {name: values[name].kopecks for name in _SUMS}
    values["script"] = [(step.code, step.after.total_seconds(), step.office) for step in plan.script]
    return json.dumps(values)
