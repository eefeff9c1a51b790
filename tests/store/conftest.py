"""A store per test, on SQLite and on PostgreSQL: one contract, two databases."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from gateway.core.clock import FixedClock
from gateway.store import Store
from gateway.store.engine import sqlite_url
from gateway.store.migrate import upgrade
from tests.store import postgres

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
COMPANY = "frames"


class MovableClock(FixedClock):
    """Stands still until told to move."""

    def move(self, **delta: float) -> None:
        self.at += timedelta(**delta)


@pytest.fixture
def clock() -> MovableClock:
    return MovableClock(NOW)


@pytest.fixture(scope="session")
def cluster() -> Iterator[postgres.Cluster]:
    binaries = postgres.programs()
    if binaries is None:
        pytest.skip("PostgreSQL is not installed (Debian: apt-get install postgresql)")
    with postgres.running(binaries) as server:
        upgrade(server.url(server.create()))
        yield server


@pytest.fixture(scope="session")
def sqlite_made_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("store") / "kvit.db"
    upgrade(sqlite_url(path))
    return path


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database at the newest revision, empty."""
    if request.param == "sqlite":
        path = tmp_path / "kvit.db"
        shutil.copyfile(request.getfixturevalue("sqlite_made_once"), path)
        yield sqlite_url(path)
        return
    cluster: postgres.Cluster = request.getfixturevalue("cluster")
    name = cluster.create(template="kvit_1")
    yield cluster.url(name)
    cluster.drop(name)


@pytest.fixture
def store(url: str, clock: MovableClock) -> Iterator[Store]:
    store = Store(url, clock, COMPANY)
    yield store
    store.close()
