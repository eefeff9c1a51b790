"""One bank and one house for all tests of a worker process; each test works in copies of the house."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import pytest

from tests.crash.house import House, house


@pytest.fixture(scope="module")
def a_house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    if sys.platform == "win32":
        pytest.skip("workers are forked from a warm parent")
    with house(tmp_path_factory.mktemp("crash") / "house") as made:
        yield made
