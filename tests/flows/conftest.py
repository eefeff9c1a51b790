"""Fixtures of the flow tests."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from gateway.store.engine import sqlite_url
from gateway.store.migrate import upgrade
from tests.flows.parcel_buyers import TERMS, Told
from tests.flows.shop import Shop


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    """A shop with automatic release switched on."""
    made = Shop(tmp_path)
    yield made
    made.close()


@pytest.fixture(scope="session")
def empty_of_parcels(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database without a row, to be copied."""
    path = tmp_path_factory.mktemp("told") / "empty.db"
    upgrade(sqlite_url(path))
    return path


@pytest.fixture
def buyers(tmp_path: Path, empty_of_parcels: Path) -> Iterator[Told]:
    """A company whose parcels' buyers are written to."""
    shutil.copyfile(empty_of_parcels, tmp_path / "kvit.db")
    made = Told(tmp_path, TERMS)
    yield made
    made.close()
