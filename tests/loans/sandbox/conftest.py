"""Fixtures of the sandbox lenders' tests."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from gateway.loans.sandbox.control import LENDERS
from tests.loans.lenders.house import House, houses


@pytest.fixture
def both(tmp_path: Path) -> Iterator[dict[str, House]]:
    with houses(tmp_path) as made:
        yield made


@pytest.fixture(params=LENDERS)
def house(request: pytest.FixtureRequest, both: dict[str, House]) -> House:
    return both[request.param]
