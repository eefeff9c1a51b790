"""One database, two engines: a writer whose transactions start with BEGIN IMMEDIATE, and a reader.

SQLite (WAL, synchronous=FULL) is the embedded default; PostgreSQL is chosen by the URL alone. There each writing
unit takes one advisory lock, so that both databases give the same serial history.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

from sqlalchemy import Connection, Engine, ExceptionContext, create_engine, event, text
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.pool import QueuePool

from gateway.core.authority import SERVICE, Actor
from gateway.core.clock import Clock
from gateway.core.errors import KvitError, Refused, Unavailable
from gateway.store.journal import Head
from gateway.store.unit import Unit

BUSY_TIMEOUT_MS = 15_000
_WRITER_LOCK = 0x4B766974  # "Kvit", the advisory lock of writing units on PostgreSQL
_DAMAGED = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
_DAMAGED_STATES = ("XX001", "XX002")  # data_corrupted, index_corrupted
_UNKNOWN_NAMES = ("42P01", "42703")  # undefined_table, undefined_column


def sqlite_url(path: Path) -> str:
    """The URL of a SQLite database file."""
    return f"sqlite:///{path.as_posix()}"


@contextmanager
def plain_errors() -> Iterator[None]:
    """Whatever goes wrong with the database itself, said so that people understand it. A statement the database
    refuses (a unique key, a check) is a fault of ours and goes up as it is.

    Raises:
        Unavailable: `store.unreachable`.
        Refused: `store.not_migrated`, `store.damaged`.
    """
    try:
        yield
    except PoolTimeout as error:
        reason = "no connection became free in time"
        raise Unavailable("store.unreachable", retry_after=5, reason=reason) from error
    except DBAPIError as error:
        meaning = _meaning(error)
        if meaning is None:
            raise
        raise meaning from error


def _meaning(error: DBAPIError) -> KvitError | None:
    reason = (str(error.orig).splitlines() or ["?"])[0][:200]
    state = getattr(error.orig, "sqlstate", None) or ""
    if "no such table" in reason or "no such column" in reason or state in _UNKNOWN_NAMES:
        return Refused("store.not_migrated", reason=reason)
    if getattr(error.orig, "sqlite_errorcode", 0) & 0xFF in _DAMAGED or state in _DAMAGED_STATES:
        return Refused("store.damaged", verdict=reason)
    if isinstance(error, OperationalError) or error.connection_invalidated:
        return Unavailable("store.unreachable", retry_after=5, reason=reason)
    return None


def _without_values(context: ExceptionContext) -> None:
    """PostgreSQL tells the row a statement failed on ("Failing row contains (…)"): that goes into no log."""
    told, error = context.sqlalchemy_exception, context.original_exception
    diagnosis = getattr(error, "diag", None)
    if told is None or diagnosis is None or not diagnosis.message_detail:
        return
    whole, plain = str(error), diagnosis.message_primary or ""
    told.args = tuple(one.replace(whole, plain) if isinstance(one, str) else one for one in told.args)
    error.args = (plain,)


class Keeper(Protocol):
    """Who keeps the journal's end outside the database. Neither call raises."""

    def committed(self, store: Store, head: Head) -> None:
        """A unit is durable, and the journal ends in `head`."""

    def closing(self, store: Store) -> None:
        """The database is about to be closed."""


class Store:
    """The database of one installation.

    Args:
        url: SQLAlchemy URL, "sqlite:///…" or "postgresql+psycopg://…".
        clock: where units take the time from.
        company: the company new rows belong to; the shard key of every table.

    Attributes:
        keeper: told of every commit that made the journal longer; None where nobody keeps heads.

    Raises:
        Unavailable: `store.unreachable` when the database cannot be opened.
    """

    def __init__(self, url: str, clock: Clock, company: str) -> None:
        self.url = url
        self.clock = clock
        self.company = company
        self.is_sqlite = url.startswith("sqlite")
        self.keeper: Keeper | None = None
        self._writer = self._engine(writing=True)
        self._reader = self._engine(writing=False)

    def _engine(self, *, writing: bool) -> Engine:
        if not self.is_sqlite:
            # What SQLite gives by itself: a reader has one snapshot, and cannot write.
            manners = {} if writing else {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
            engine = create_engine(
                self.url, pool_size=5, pool_pre_ping=True, hide_parameters=True, execution_options=manners
            )
            event.listen(engine, "handle_error", _without_values)
            if writing:

                @event.listens_for(engine, "begin")
                def take_turn(connection: Connection) -> None:
                    connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_WRITER_LOCK})")

            return engine
        engine = create_engine(
            self.url,
            hide_parameters=True,  # an error's text goes into the log, and what was written may be a person's
            poolclass=QueuePool,
            pool_size=1 if writing else 4,
            max_overflow=0 if writing else 16,
            connect_args={"check_same_thread": False, "timeout": BUSY_TIMEOUT_MS / 1000},
        )

        @event.listens_for(engine, "connect")
        def prepare(connection: sqlite3.Connection, _record: Any) -> None:
            connection.isolation_level = None  # we say BEGIN ourselves
            for pragma in (
                "journal_mode=WAL",
                "synchronous=FULL",
                "foreign_keys=ON",
                "cache_size=-32000",
                "temp_store=MEMORY",
            ):
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
            Refused: `store.not_migrated`, `store.damaged`.
        """
        with plain_errors(), self._writer.connect() as connection, connection.begin() as transaction:
            unit = Unit(connection, self.clock, self.company, actor)
            yield unit
            if unit.committed:
                unit.flush()
                transaction.commit()
            else:
                transaction.rollback()
        if unit.committed:
            if self.keeper is not None and unit.head is not None:
                self.keeper.committed(self, unit.head)
            for callback in unit.callbacks:
                callback()

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A read-only connection with one consistent snapshot.

        Raises:
            Unavailable: `store.unreachable`.
            Refused: `store.not_migrated`, `store.damaged`.
        """
        with plain_errors(), self._reader.connect() as connection, connection.begin():
            yield connection

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
        if self.keeper is not None:
            self.keeper.closing(self)
        self._writer.dispose()
        self._reader.dispose()
