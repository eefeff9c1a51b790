"""The public port over a real database file."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from gateway.api.server import ApiServer
from gateway.store.engine import sqlite_url
from gateway.store.migrate import upgrade
from tests.web.world import Stage, World, open_world


@pytest.fixture(scope="session")
def empty_web(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database without a row, to be copied."""
    path = tmp_path_factory.mktemp("web") / "empty.db"
    upgrade(sqlite_url(path))
    return path


@pytest.fixture(scope="session")
def stage() -> Iterator[tuple[Stage, str]]:
    stage = Stage()
    server = ApiServer(stage)
    yield stage, server.start()
    stage.state.events = stage.on.state.events
    server.stop()


@pytest.fixture
def world(tmp_path: Path, empty_web: Path, stage: tuple[Stage, str]) -> Iterator[World]:
    shutil.copyfile(empty_web, tmp_path / "kvit.db")
    made = open_world(tmp_path, stage[1])
    stage[0].on = made.app
    yield made
    made.close()
