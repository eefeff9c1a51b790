"""Fixtures of the tests of loans."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from gateway.store.engine import sqlite_url
from gateway.store.migrate import upgrade
from tests.loans.house import House


@pytest.fixture(scope="session")
def empty_loans(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database without a row, to be copied."""
    path = tmp_path_factory.mktemp("loans") / "empty.db"
    upgrade(sqlite_url(path))
    return path


@pytest.fixture(scope="session")
def moved_in(tmp_path_factory: pytest.TempPathFactory, empty_loans: Path) -> Path:
    """A database of a house with its shops and terms and nothing else, to be copied."""
    folder = tmp_path_factory.mktemp("moved-in")
    shutil.copyfile(empty_loans, folder / "kvit.db")
    House(folder).close()
    return folder / "kvit.db"


@pytest.fixture
def house(tmp_path: Path, moved_in: Path) -> Iterator[House]:
    shutil.copyfile(moved_in, tmp_path / "kvit.db")
    made = House(tmp_path)
    yield made
    made.close()
