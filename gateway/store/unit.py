"""A unit of work: one transaction with everything that must become true together."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Dialect, Table, bindparam, update

from gateway.core.authority import Actor
from gateway.core.clock import Clock, to_text
from gateway.core.ids import new_id
from gateway.store import journal, marks
from gateway.store.driver import Text, insert_rows, run
from gateway.store.schema import changes, dumps, outbox

# Called once at the end of a unit with everything that was put off for it.
AtEnd = Callable[["Unit", list[str]], None]


@dataclass(frozen=True)
class _Mark:
    journal: int
    changes: int
    outbox: int
    callbacks: int
    later: int
    counters: dict[str, int]


_UPDATES: dict[tuple[Table, tuple[str, ...], str], Text] = {}


def _update_of(table: Table, columns: tuple[str, ...], dialect: Dialect) -> Text:
    """UPDATE of these columns of the row `row_id`."""
    key = (table, columns, dialect.name)
    text = _UPDATES.get(key)
    if text is None:
        values: dict[str, Any] = {name: bindparam(f"new_{name}") for name in columns}
        text = Text(update(table).where(table.c.id == bindparam("row_id")).values(values), dialect)
        _UPDATES[key] = text
    return text


class Unit:
    """What a use case writes with.

    Journal, change and outbox rows are collected and written when the unit is flushed, in one go, in order.

    Attributes:
        connection: the open writing transaction.
        now: the instant of this unit; one for all its rows.
        at: the same as stored text.
        company: owner of the rows.
        actor: who does it; use cases ask it for the right they need.
        memo: facts that cannot change within the unit, read once; whoever writes them drops them.
        head: the end of the journal, once this unit has written to it.
    """

    def __init__(self, connection: Connection, clock: Clock, company: str, actor: Actor) -> None:
        self.connection = connection
        self.clock = clock
        self.company = company
        self.actor = actor
        self.now: datetime = clock.now()
        self.at: str = to_text(self.now)
        self.committed = False
        self.head: journal.Head | None = None
        self.callbacks: list[Callable[[], None]] = []
        self._journal: list[journal.Line] = []
        self._changes: list[dict[str, str]] = []
        self._outbox: list[dict[str, Any]] = []
        self._later: list[tuple[AtEnd, str]] = []
        self._counters: dict[str, int] = {}
        self._depth = 0
        self.memo: dict[Any, Any] = {}

    def commit(self) -> None:
        """Say that this unit is to be kept. It takes effect when the `with` block ends."""
        self.committed = True

    def refresh_clock(self) -> None:
        """Move `now` forward: for a unit that does several independent steps, each with its own instant."""
        self.now = self.clock.now()
        self.at = to_text(self.now)

    def journal(self, kind: str, subject: str, /, **body: Any) -> None:
        """Append a journal row: `kind` is "noun.verb" in the past, `subject` "table:id", `body` what happened."""
        self._journal.append(journal.Line(self.at, self.company, kind, subject, str(self.actor), dumps(body)))

    def emit(self, topic: str, key: str, payload: dict[str, Any]) -> str:
        """Put something that leaves this machine into the outbox; rows of one `key` leave in order.

        Returns:
            The outbox id, which the sink uses to be idempotent.
        """
        row_id = new_id()
        self._outbox.append(
            {
                "id": row_id,
                "company": self.company,
                "topic": topic,
                "key": key,
                "payload": dumps(payload),
                "created_at": self.at,
                "not_before": self.at,
            }
        )
        return row_id

    def changed(self, topic: str, *ids: str) -> None:
        """Tell the screens that rows changed (an SSE event after commit)."""
        for row_id in ids:
            self._changes.append({"at": self.at, "company": self.company, "topic": topic, "id": row_id})

    def insert(self, table: Table, *rows: dict[str, Any]) -> None:
        """Insert rows; all of one call name the same columns."""
        if rows:
            insert_rows(self.connection, table, rows)

    def update(self, table: Table, row_id: str, **values: Any) -> None:
        """Update columns of the row with this id."""
        text = _update_of(table, tuple(values), self.connection.dialect)
        given = text.given({"row_id": row_id, **{f"new_{name}": value for name, value in values.items()}})
        run(self.connection, text.sql, given)

    def at_end(self, handler: AtEnd, key: str) -> None:
        """Have `handler` called once when the unit ends, with every key put off for it: what leaves the house is told
        as it stands at the end, and once, however often it changed on the way."""
        self._later.append((handler, key))

    def next_number(self, name: str) -> int:
        """The next number of a named counter, from 1; kept in table `marks`."""
        if name not in self._counters:
            self._counters[name] = int(marks.get(self.connection, self.company, f"counter.{name}") or 0)
        self._counters[name] += 1
        return self._counters[name]

    def after_commit(self, callback: Callable[[], None]) -> None:
        """Run `callback` once the unit is durable; never when it is rolled back."""
        self.callbacks.append(callback)

    @contextmanager
    def step(self) -> Iterator[None]:
        """A part that is kept whole or not at all inside a larger unit (a savepoint).

        An exception inside undoes this part, its journal and outbox rows included, and travels on.
        """
        before = _Mark(
            len(self._journal),
            len(self._changes),
            len(self._outbox),
            len(self.callbacks),
            len(self._later),
            dict(self._counters),
        )
        self._depth += 1
        name = f"step_{self._depth}"
        run(self.connection, f"SAVEPOINT {name}")
        try:
            yield
        except BaseException:
            run(self.connection, f"ROLLBACK TO SAVEPOINT {name}")
            del self._journal[before.journal :]
            del self._changes[before.changes :]
            del self._outbox[before.outbox :]
            del self.callbacks[before.callbacks :]
            del self._later[before.later :]
            self._counters = before.counters  # a number nobody got leaves no gap
            self.memo.clear()
            raise
        finally:
            self._depth -= 1
        run(self.connection, f"RELEASE SAVEPOINT {name}")

    def flush(self) -> None:
        """Do what was put off and write the collected rows. Called by the store at commit."""
        later: dict[AtEnd, dict[str, None]] = {}
        for handler, key in self._later:
            later.setdefault(handler, {})[key] = None
        self._later = []
        for handler, keys in later.items():
            handler(self, list(keys))
        for name, value in self._counters.items():
            marks.put(self, f"counter.{name}", value)
        self._counters = {}
        if self._journal:
            self.head = journal.append(self.connection, self._journal)
            self._journal = []
        if self._outbox:
            insert_rows(self.connection, outbox, self._outbox)
            self._outbox = []
        if self._changes:
            unique = list({(c["topic"], c["id"]): c for c in self._changes}.values())
            insert_rows(self.connection, changes, unique)
            self._changes = []
