"""Fixtures of the tests of parcels."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from gateway.store.engine import sqlite_url
from gateway.store.migrate import upgrade
from tests.parcels.house import House


@pytest.fixture(scope="session")
def empty_parcels(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database without a row, to be copied."""
    path = tmp_path_factory.mktemp("parcels") / "empty.db"
    upgrade(sqlite_url(path))
    return path


@pytest.fixture
def house(tmp_path: Path, empty_parcels: Path) -> Iterator[House]:
    shutil.copyfile(empty_parcels, tmp_path / "kvit.db")
    made = House(tmp_path)
    yield made
    made.close()
