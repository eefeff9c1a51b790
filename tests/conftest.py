"""For all tests: the order of the files, and what is worth doing once in a process."""

from __future__ import annotations

import gc
from collections.abc import Generator, Iterator

import pytest

from tests.built_once import command_line_built_once
from tests.compiled_once import statements_compiled_once
from tests.migrated_once import migrations_run_once
from tests.opened_once import containers_open_once


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Nothing that is imported and collected becomes garbage: it is not searched for any, now or at any later time."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.enable()
        gc.freeze()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files with slow tests first, or the last of them would keep one core busy while the others have nothing left."""
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: item.path not in slow)


@pytest.fixture(scope="session", autouse=True)
def slow_things_once(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    migrated = migrations_run_once(tmp_path_factory.mktemp("migrated"))
    with containers_open_once(), statements_compiled_once(), command_line_built_once(), migrated:
        yield
