"""Connections of a test end with it; a bank for each test that wants one."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.bank.directbank.pretend import OPENED, PretendBank, serving


@pytest.fixture(autouse=True)
def _connections_are_closed() -> Iterator[None]:
    yield
    while OPENED:
        OPENED.pop().close()


@pytest.fixture
def bank() -> PretendBank:
    return PretendBank()


@pytest.fixture
def url(bank: PretendBank) -> Iterator[str]:
    with serving(bank) as url:
        yield url
