"""The book of the sandbox SMS centre: what it accepted, what it will do wrong next, and what it has to tell.

An SQLite file, so that the centre in one process is told what to do, and looked into, by another.

What it can do wrong, each a number of times (`behave`):

    throttle           "slower", nothing is accepted
    queue-full         "no room" (SMPP), nothing is accepted
    system-error       an error for now, nothing is accepted
    refuse             refused for good
    strange-status     refused with a status no standard knows (SMPP)
    no-money           the account is empty (HTTP)
    silent             nothing is accepted, and no answer
    lost-answer        accepted, and no answer
    late-answer        accepted, and the answer comes after `Centre.late` seconds (SMPP)
    hang-up            accepted, then the connection breaks
    deny               does not let anybody in
    no-receipt         accepted, and no receipt ever
    duplicate-receipt  the receipt comes twice
"""

from __future__ import annotations

import json
import sqlite3
import threading
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from gateway.core.clock import Clock, SystemClock
from gateway.core.errors import Refused

KINDS = frozenset(
    {
        "throttle", "queue-full", "system-error", "refuse", "strange-status", "no-money", "silent", "lost-answer",
        "late-answer", "hang-up", "deny", "no-receipt", "duplicate-receipt",
    }
)  # fmt: skip
Ids = Literal["decimal", "hex-answers", "hex-receipts"]
End = Literal["delivered", "failed", "expired", "refused"]
"""What becomes of messages to a number; "refused": its owner wants no mailings."""
REFUSED_ERROR = "255"
"""What this centre calls a subscriber's refusal."""

_FIRST_NUMBER = 105_000_000  # as long as those of real ones: 06422C40
_SCHEMA = """
CREATE TABLE IF NOT EXISTS accepted (
    id INTEGER PRIMARY KEY, gateway TEXT, ours TEXT, sender TEXT, phone TEXT, text TEXT, part INTEGER, of INTEGER,
    at REAL);
CREATE TABLE IF NOT EXISTS told (
    id INTEGER PRIMARY KEY, message INTEGER, phone TEXT, text TEXT, end TEXT, ours INTEGER, due REAL,
    done INTEGER DEFAULT 0);
CREATE TABLE IF NOT EXISTS behaviours (kind TEXT PRIMARY KEY, times INTEGER);
CREATE TABLE IF NOT EXISTS numbers (phone TEXT PRIMARY KEY, end TEXT);
CREATE TABLE IF NOT EXISTS settings (name TEXT PRIMARY KEY, value TEXT);
"""


@dataclass(frozen=True, slots=True)
class Accepted:
    """A part (SMPP) or a message (HTTP) the centre took.

    Attributes:
        id: the centre's number. ours: what the sender called it.
        part, of: 1 of 1 for a whole message.
        at: by the centre's clock.
    """

    id: int
    gateway: str
    ours: str
    sender: str
    phone: str
    text: str
    part: int
    of: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Told:
    """A receipt, or an SMS from a subscriber (`message` is 0), the centre still has to hand over."""

    id: int
    message: int
    phone: str
    text: str
    end: str
    ours: int


class Centre:
    """The book. For several threads and processes.

    Args:
        file: made where it is missing.
        clock: receipts are due by it.
    """

    def __init__(self, file: Path, clock: Clock | None = None) -> None:
        self._clock = clock or SystemClock()
        self._guard = threading.Lock()
        self._db = sqlite3.connect(file, timeout=10.0, isolation_level=None, check_same_thread=False)
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute("PRAGMA synchronous = OFF")
        self._db.executescript(_SCHEMA)

    def close(self) -> None:
        with self._guard:
            self._db.close()

    # What it is told to do.

    def behave(self, kind: str, times: int = 1) -> None:
        """Do something wrong, so many times.

        Raises:
            Refused: `sandbox.unknown_behaviour`.
        """
        if kind not in KINDS:
            raise Refused("sandbox.unknown_behaviour", name=kind, known=", ".join(sorted(KINDS)))
        self._run("INSERT OR REPLACE INTO behaviours VALUES (?, ?)", kind, times)

    def number(self, phone: str, end: End) -> None:
        """What becomes of messages to this number from now on."""
        self._run("INSERT OR REPLACE INTO numbers VALUES (?, ?)", phone, end)

    def say(self, phone: str, text: str) -> None:
        """A subscriber sends an SMS to us."""
        self._run("INSERT INTO told (message, phone, text, end, ours, due) VALUES (0, ?, ?, '', 0, 0)", phone, text)

    @property
    def receipt_after(self) -> float:
        """Seconds from accepting a message to its end."""
        return float(self._setting("receipt_after", 0.0))

    @receipt_after.setter
    def receipt_after(self, seconds: float) -> None:
        self._set("receipt_after", seconds)

    @property
    def late(self) -> float:
        """Seconds a late answer takes."""
        return float(self._setting("late", 1.0))

    @late.setter
    def late(self, seconds: float) -> None:
        self._set("late", seconds)

    @property
    def ids(self) -> str:
        """How message ids are spelt in answers and in receipts, one of `Ids`."""
        return str(self._setting("ids", "decimal"))

    @ids.setter
    def ids(self, way: Ids) -> None:
        self._set("ids", way)

    # What it did.

    def accepted(self) -> list[Accepted]:
        """Everything it took, in order; a message taken twice is there twice."""
        rows = self._all("SELECT id, gateway, ours, sender, phone, text, part, of, at FROM accepted ORDER BY id")
        return [
            Accepted(number, gateway, ours, sender, phone, text, part, of, datetime.fromtimestamp(at, UTC))
            for number, gateway, ours, sender, phone, text, part, of, at in rows
        ]

    def waiting(self) -> int:
        """Receipts and SMS that were not acknowledged yet."""
        return int(self._all("SELECT count(*) FROM told WHERE done = 0")[0][0])

    # What its servers ask.

    def happens(self, kind: str) -> bool:
        """Whether that goes wrong now; it counts as done."""
        with self._guard:
            changed = self._db.execute(
                "UPDATE behaviours SET times = times - 1 WHERE kind = ? AND times > 0", (kind,)
            ).rowcount
        return changed > 0

    def accept(self, gateway: str, ours: str, sender: str, phone: str, text: str, part: int = 1, of: int = 1) -> int:
        """Take it: its number here. Its end is settled at once, and told when it is due."""
        silent = self.happens("no-receipt")
        due = self._now() + self.receipt_after
        with self._guard:
            taken = self._db.execute(
                "INSERT INTO accepted SELECT coalesce(max(id), ?) + 1, ?, ?, ?, ?, ?, ?, ?, ? FROM accepted",
                (_FIRST_NUMBER, gateway, ours, sender, phone, text, part, of, self._now()),
            ).lastrowid
            end = self._db.execute("SELECT end FROM numbers WHERE phone = ?", (phone,)).fetchone()
            if not silent:
                self._db.execute(
                    "INSERT INTO told (message, phone, text, end, ours, due) VALUES (?, ?, '', ?, ?, ?)",
                    (taken, phone, end[0] if end else "delivered", int(ours or 0), due),
                )
        return int(taken or 0)

    def due(self, but: frozenset[int], limit: int) -> list[Told]:
        """What is to be handed over now, except for what is on its way."""
        rows = self._all(
            "SELECT id, message, phone, text, end, ours FROM told WHERE done = 0 AND due <= ? ORDER BY id LIMIT ?",
            self._now(), limit + len(but),
        )  # fmt: skip
        return [Told(*row) for row in rows if row[0] not in but][:limit]

    def acknowledged(self, told: int) -> None:
        """It was handed over; a receipt that is to come twice comes again."""
        if self.happens("duplicate-receipt"):
            return
        self._run("UPDATE told SET done = 1 WHERE id = ?", told)

    def end_of(self, ours: str, phone: str) -> str | None:
        """What became of the last message the sender calls so: "" before its end, None if there is none."""
        found = self._all("SELECT max(id) FROM accepted WHERE ours = ? AND phone = ?", ours, phone)[0][0]
        if found is None:
            return None
        ends = self._all("SELECT end, due FROM told WHERE message = ?", found)
        return str(ends[0][0]) if ends and ends[0][1] <= self._now() else ""

    def _now(self) -> float:
        return self._clock.now().timestamp()

    def _run(self, sql: str, *values: object) -> None:
        with self._guard:
            self._db.execute(sql, values)

    def _all(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        with self._guard:
            return self._db.execute(sql, values).fetchall()

    def _setting(self, name: str, otherwise: Any) -> Any:
        found = self._all("SELECT value FROM settings WHERE name = ?", name)
        return json.loads(str(found[0][0])) if found else otherwise

    def _set(self, name: str, value: object) -> None:
        self._run("INSERT OR REPLACE INTO settings VALUES (?, ?)", name, json.dumps(value))
