"""One database, two engines: a writer whose transactions start with BEGIN IMMEDIATE, and a reader.

SQLite (WAL, synchronous=FULL) is the embedded default; PostgreSQL is chosen by the URL alone. There each writing
unit takes one advisory lock, so that both databases give the same serial history.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.pool import QueuePool

from gateway.core.authority import SERVICE, Actor
from gateway.core.clock import Clock
from gateway.core.errors import Refused, Unavailable
from gateway.store.unit import Unit

BUSY_TIMEOUT_MS = 15_000
_WRITER_LOCK = 0x4B766974  # "Kvit", the advisory lock of writing units on PostgreSQL


def sqlite_url(path: Path) -> str:
    """The URL of a SQLite database file."""
    return f"sqlite:///{path.as_posix()}"


class Store:
    """The database of one installation.

    Args:
        url: SQLAlchemy URL, "sqlite:///…" or "postgresql+psycopg://…".
        clock: where units take the time from.
        company: the company new rows belong to; the shard key of every table.

    Raises:
        Unavailable: `store.unreachable` when the database cannot be opened.
    """

    def __init__(self, url: str, clock: Clock, company: str) -> None:
        self.url = url
        self.clock = clock
        self.company = company
        self.is_sqlite = url.startswith("sqlite")
        self._writer = self._engine(writing=True)
        self._reader = self._engine(writing=False)

    def _engine(self, *, writing: bool) -> Engine:
        if not self.is_sqlite:
            engine = create_engine(self.url, pool_size=5, pool_pre_ping=True)
            if writing:

                @event.listens_for(engine, "begin")
                def take_turn(connection: Connection) -> None:
                    connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_WRITER_LOCK})")

            return engine
        engine = create_engine(
            self.url,
            poolclass=QueuePool,
            pool_size=1 if writing else 4,
            max_overflow=0 if writing else 16,
            connect_args={"check_same_thread": False, "timeout": BUSY_TIMEOUT_MS / 1000},
        )

        @event.listens_for(engine, "connect")
        def prepare(connection: sqlite3.Connection, _record: Any) -> None:
            connection.isolation_level = None  # we say BEGIN ourselves
            for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "cache_size=-32000"):
                connection.execute(f"PRAGMA {pragma}")
            connection.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}")
            if not writing:
                connection.execute("PRAGMA query_only=ON")

        @event.listens_for(engine, "begin")
        def begin(connection: Connection) -> None:
            connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")

        return engine

    @contextmanager
    def unit(self, actor: Actor = SERVICE) -> Iterator[Unit]:
        """A writing unit of work; nothing is kept unless `commit()` was called inside.

        No network inside: the writer is one, and everybody waits for it.

        Raises:
            Unavailable: `store.unreachable` when the database does not answer or is locked for too long.
        """
        unit = None
        try:
            with self._writer.connect() as connection, connection.begin() as transaction:
                unit = Unit(connection, self.clock, self.company, actor)
                yield unit
                if unit.committed:
                    unit.flush()
                    transaction.commit()
                else:
                    transaction.rollback()
        except OperationalError as error:
            raise self._unreachable(error) from error
        if unit.committed:
            for callback in unit.callbacks:
                callback()

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A read-only connection with one consistent snapshot.

        Raises:
            Unavailable: `store.unreachable`.
        """
        try:
            with self._reader.connect() as connection, connection.begin():
                yield connection
        except OperationalError as error:
            raise self._unreachable(error) from error

    def _unreachable(self, error: DBAPIError) -> Unavailable | Refused:
        reason = str(error.orig).splitlines()[0][:200] if error.orig else "?"
        if "no such table" in reason or "no such column" in reason:
            return Refused("store.not_migrated", reason=reason)
        return Unavailable("store.unreachable", retry_after=5, reason=reason)

    def check(self) -> None:
        """Raise unless the database answers and passes its own quick check.

        Raises:
            Unavailable: `store.unreachable`.
            Refused: `store.damaged` with what the database says.
        """
        with self.reading() as connection:
            connection.execute(text("SELECT 1"))
            if self.is_sqlite:
                verdict = connection.exec_driver_sql("PRAGMA quick_check(1)").scalar()
                if verdict != "ok":
                    raise Refused("store.damaged", verdict=str(verdict)[:200])

    def close(self) -> None:
        self._writer.dispose()
        self._reader.dispose()
