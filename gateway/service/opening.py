"""Opening a home for a command: as it is, never changing it by looking at it."""

from __future__ import annotations

import contextlib
import getpass
import os
import sys

from gateway.core.authority import Actor, Role
from gateway.core.clock import Clock, SystemClock
from gateway.core.errors import Refused
from gateway.service.config import Config, Home, load_config
from gateway.service.database_lock import DatabaseLock
from gateway.service.instance import InstanceLock
from gateway.service.wiring import Installation, open_installation
from gateway.store import Store
from gateway.store.migrate import current_revision, head_revision

if sys.platform != "win32":
    import pwd


def operator() -> Actor:
    """Whoever typed the command, as IT: the name the operating system knows."""
    try:
        name = getpass.getuser()
    except (KeyError, OSError):
        name = "it"
    return Actor(name, Role.IT)


def check_account(home: Home) -> None:
    """See that this process is the home's owner: a file that root makes here is one the service cannot open.

    Raises:
        Refused: `service.wrong_account`.
    """
    if sys.platform != "win32" and home.root.exists():
        owner = home.root.stat().st_uid
        if owner != os.geteuid():
            raise Refused("service.wrong_account", home=str(home.root), owner=_account(owner))


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
    return Store(home.database_url(config), clock or SystemClock(), config.company.key)


def _account(number: int) -> str:
    """An account's name where it has one."""
    if sys.platform != "win32":
        with contextlib.suppress(KeyError):
            return pwd.getpwuid(number).pw_name
    return str(number)


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
