"""Who runs this command, as the operating system knows it, and in whose name."""

from __future__ import annotations

import contextlib
import getpass
import os
import sys

from gateway.core.authority import Actor, Role
from gateway.core.errors import Refused
from gateway.service.config import Home
from gateway.store import Store

if sys.platform != "win32":
    import pwd


def operator() -> Actor:
    """Whoever typed the command, as IT."""
    try:
        name = getpass.getuser()
    except (KeyError, OSError):
        name = "it"
    return Actor(name, Role.IT)


def known_person(store: Store, name: str) -> Actor:
    """The user of this name, with the rights of his role; what he may do, each use case asks.

    Raises:
        Refused: `user.unknown`, also when revoked.
    """
    from gateway.api.tokens import find_user

    with store.reading() as connection:
        user = find_user(connection, store.company, name)
    if user is None:
        raise Refused("user.unknown", user=name.strip()[:80])
    return Actor(user.name, Role(user.role))


def check_account(home: Home) -> None:
    """See that this process is the home's owner: a file that root makes here is one the service cannot open.

    Raises:
        Refused: `service.wrong_account`.
    """
    if sys.platform != "win32" and home.root.exists():
        owner = home.root.stat().st_uid
        if owner != os.geteuid():
            raise Refused("service.wrong_account", home=str(home.root), owner=_name(owner))


def _name(number: int) -> str:
    """An account's name where it has one."""
    if sys.platform != "win32":
        with contextlib.suppress(KeyError):
            return pwd.getpwuid(number).pw_name
    return str(number)
