"""Fixtures of the sandbox carriers' tests."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.parcels.sandbox.house import House, houses


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with houses(tmp_path) as made:
        yield made
