"""What commands work with: the home, its settings and its database."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gateway.core.authority import Actor
    from gateway.service.config import Config, Home
    from gateway.store import Store, Unit


@contextmanager
def opened(home: Path | None) -> Iterator[tuple[Home, Config, Store]]:
    """The home, its settings and the database; the service may be running beside."""
    from gateway.service.account import check_account
    from gateway.service.config import find_home, load_config
    from gateway.service.opening import open_store

    where = find_home(home)
    check_account(where)
    config = load_config(where)
    store = open_store(where, config)
    try:
        yield where, config, store
    finally:
        store.close()


@contextmanager
def work_of(store: Store, name: str) -> Iterator[Unit]:
    """One unit of work in a known user's name; kept when the block ends well."""
    from gateway.service.account import known_person

    person: Actor = known_person(store, name)
    with store.unit(person) as unit:
        yield unit
        unit.commit()
