"""Fixtures of the carriers' tests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.parcels.carriers.canned import Server, serving


@pytest.fixture
def server() -> Iterator[Server]:
    with serving() as made:
        yield made
