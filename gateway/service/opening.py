"""Opening a home for a command: as it is, never changing it by looking at it."""

from __future__ import annotations

import contextlib

from gateway.core.clock import Clock, SystemClock
from gateway.core.errors import Refused
from gateway.service.account import check_account
from gateway.service.config import Config, Home, load_config
from gateway.service.database_lock import DatabaseLock
from gateway.service.evidence_keeper import HeadKeeper
from gateway.service.instance import InstanceLock
from gateway.service.wiring import Installation, open_installation
from gateway.store import Store
from gateway.store.migrate import current_revision, head_revision


def check_revision(home: Home, config: Config) -> None:
    """See that the database is there and of this program's version.

    Raises:
        Refused: `store.missing`, `store.not_migrated`. Unavailable: `store.unreachable`.
    """
    if not config.database.url and not (home.data / "kvit.db").is_file():
        # asking SQLite would make an empty one
        raise Refused("store.missing", file=str(home.data / "kvit.db"))
    revision = current_revision(home.database_url(config))
    if revision != head_revision():
        raise Refused("store.not_migrated", reason=f"{revision or '-'} ≠ {head_revision()}")


def open_store(home: Home, config: Config, clock: Clock | None = None) -> Store:
    """The database of a home.

    Raises:
        Refused: `store.missing`, `store.not_migrated`. Unavailable: `store.unreachable`.
    """
    check_revision(home, config)
    store = Store(home.database_url(config), clock or SystemClock(), config.company.key)
    store.keeper = HeadKeeper(home, config)
    return store


class Alone:
    """An installation for a command that works in the service's place; a context manager.

    Home and database are locked meanwhile, so that no service starts beside it.

    Raises:
        Refused: `service.already_running`, `service.database_taken`, `service.wrong_account`, `config.*`, `store.*`.
    """

    def __init__(self, home: Home, clock: Clock | None = None) -> None:
        self._home = home
        self._clock = clock
        self._locks = contextlib.ExitStack()
        self._installation: Installation | None = None

    def __enter__(self) -> Installation:
        check_account(self._home)
        config = load_config(self._home)
        with contextlib.ExitStack() as locks:
            locks.enter_context(InstanceLock(self._home.run))
            check_revision(self._home, config)
            database = DatabaseLock(self._home.database_url(config))
            locks.callback(database.release)
            database.acquire()
            self._installation = open_installation(self._home, self._clock)
            self._locks = locks.pop_all()
        return self._installation

    def __exit__(self, *_: object) -> None:
        if self._installation is not None:
            self._installation.close()
        self._locks.close()
