"""One service per database, whichever home it was started from."""

from __future__ import annotations

import contextlib
from pathlib import Path

from sqlalchemy import Connection, Engine, create_engine, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import NullPool

from gateway.core.errors import Refused, Unavailable
from gateway.service.instance import InstanceLock

_KEY = 0x4B766974_53657276  # "KvitServ": the advisory lock a service holds on PostgreSQL as long as it lives


class DatabaseLock:
    """The right to serve a database. SQLite: a lock file beside it; PostgreSQL: an advisory lock of a session.

    Args:
        url: SQLAlchemy URL of the database.
    """

    def __init__(self, url: str) -> None:
        self._url = url
        self._file: InstanceLock | None = None
        self._engine: Engine | None = None
        self._session: Connection | None = None

    def acquire(self) -> None:
        """Take it, or raise at once.

        Raises:
            Refused: `service.already_running` (SQLite), `service.database_taken` (PostgreSQL).
            Unavailable: `store.unreachable`.
        """
        parsed = make_url(self._url)
        if parsed.get_backend_name() == "sqlite":
            self._file = InstanceLock(Path(parsed.database or ".").resolve().parent)
            self._file.acquire()
            return
        self._engine = create_engine(self._url, poolclass=NullPool, isolation_level="AUTOCOMMIT")
        try:
            self._session = self._engine.connect()
            taken = self._session.execute(text("SELECT pg_try_advisory_lock(:key)"), {"key": _KEY}).scalar_one()
        except OperationalError as error:
            raise Unavailable("store.unreachable", retry_after=5, reason=str(error.orig)[:200]) from error
        if not taken:
            self.release()
            raise Refused("service.database_taken", database=parsed.database or "?", host=parsed.host or "localhost")

    def release(self) -> None:
        """Give it back; harmless when it was never taken."""
        if self._file is not None:
            self._file.release()
        if self._session is not None:
            with contextlib.suppress(OperationalError):  # the server may be gone already
                self._session.close()
        if self._engine is not None:
            self._engine.dispose()
        self._file = self._session = self._engine = None
