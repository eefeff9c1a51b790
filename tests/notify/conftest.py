"""A store with the clock in hand, and the sandbox SMS centre."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from gateway.core.clock import FixedClock
from gateway.notify.sandbox.centre import Centre
from gateway.store import Store
from gateway.store.engine import sqlite_url
from gateway.store.migrate import upgrade

NOON = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)  # 12:00 in Moscow


@pytest.fixture(scope="session")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("notify") / "kvit.db"
    upgrade(sqlite_url(path))
    return path


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(NOON)


@pytest.fixture
def database(empty: Path, tmp_path: Path) -> Path:
    return Path(shutil.copyfile(empty, tmp_path / "kvit.db"))


@pytest.fixture
def store(database: Path, clock: FixedClock) -> Iterator[Store]:
    store = Store(sqlite_url(database), clock, "frames")
    yield store
    store.close()


@pytest.fixture
def centre(tmp_path: Path) -> Iterator[Centre]:
    centre = Centre(tmp_path / "sms.sqlite")
    yield centre
    centre.close()
