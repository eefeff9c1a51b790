"""Fixtures of the tests of outgoing payments."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from gateway.store.engine import sqlite_url
from gateway.store.migrate import upgrade
from tests.payments.outgoing.desk import Desk


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("outgoing") / "empty.db"
    upgrade(sqlite_url(path))
    return path


@pytest.fixture
def desk(tmp_path: Path, empty_database: Path) -> Iterator[Desk]:
    shutil.copyfile(empty_database, tmp_path / "desk.db")
    made = Desk(tmp_path)
    yield made
    made.close()
