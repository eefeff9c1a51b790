"""A unit of work: one transaction with everything that must become true together."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert

from gateway.core.authority import Actor
from gateway.core.clock import Clock, to_text
from gateway.core.ids import new_id
from gateway.store import journal
from gateway.store.schema import changes, dumps, outbox


@dataclass(frozen=True)
class _Mark:
    journal: int
    changes: int
    outbox: int
    callbacks: int


class Unit:
    """What a use case writes with.

    Journal, change and outbox rows are collected and written when the unit is flushed, in one go, in order.

    Attributes:
        connection: the open writing transaction.
        now: the instant of this unit; one for all its rows.
        at: the same as stored text.
        company: owner of the rows.
        actor: who does it; use cases ask it for the right they need.
    """

    def __init__(self, connection: Connection, clock: Clock, company: str, actor: Actor) -> None:
        self.connection = connection
        self.clock = clock
        self.company = company
        self.actor = actor
        self.now: datetime = clock.now()
        self.at: str = to_text(self.now)
        self.committed = False
        self.callbacks: list[Callable[[], None]] = []
        self._journal: list[journal.Line] = []
        self._changes: list[dict[str, str]] = []
        self._outbox: list[dict[str, Any]] = []

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

    def after_commit(self, callback: Callable[[], None]) -> None:
        """Run `callback` once the unit is durable; never when it is rolled back."""
        self.callbacks.append(callback)

    @contextmanager
    def step(self) -> Iterator[None]:
        """A part that is kept whole or not at all inside a larger unit (a savepoint).

        An exception inside undoes this part, its journal and outbox rows included, and travels on.
        """
        before = _Mark(len(self._journal), len(self._changes), len(self._outbox), len(self.callbacks))
        try:
            with self.connection.begin_nested():
                yield
        except BaseException:
            del self._journal[before.journal :]
            del self._changes[before.changes :]
            del self._outbox[before.outbox :]
            del self.callbacks[before.callbacks :]
            raise

    def flush(self) -> None:
        """Write the collected rows. Called by the store at commit; calling it earlier is harmless."""
        if self._journal:
            journal.append(self.connection, self._journal)
            self._journal = []
        if self._outbox:
            self.connection.execute(insert(outbox), self._outbox)
            self._outbox = []
        if self._changes:
            unique = list({(c["topic"], c["id"]): c for c in self._changes}.values())
            self.connection.execute(insert(changes), unique)
            self._changes = []
