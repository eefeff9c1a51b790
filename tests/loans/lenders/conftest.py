"""Fixtures of the lenders' tests."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from gateway.bank.transport import Limits
from gateway.loans.sandbox.control import LENDERS
from tests.loans.lenders.house import HASTY, LIMITS, House, houses
from tests.loans.lenders.office import Office


@pytest.fixture
def hasty() -> None:
    """Our adapters soon stop waiting for an answer."""


@pytest.fixture
def limits(request: pytest.FixtureRequest) -> Limits:
    return HASTY if "hasty" in request.fixturenames else LIMITS


@pytest.fixture
def both(tmp_path: Path, limits: Limits) -> Iterator[dict[str, House]]:
    with houses(tmp_path, limits=limits) as made:
        yield made


@pytest.fixture(params=LENDERS)
def house(request: pytest.FixtureRequest, both: dict[str, House]) -> House:
    """One lender after the other: what holds for one holds for all."""
    return both[request.param]


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    made = Office(tmp_path)
    yield made
    made.close()
