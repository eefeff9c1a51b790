"""One bank is made and copied for each protocol and each kind of key."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from gateway.bank.channel import Channel
from gateway.bank.sandbox.control import Sandbox
from gateway.bank.sandbox.enrol import Enrolment
from tests.bank.contract.house import KINDS, PROTOCOLS, House, running


@pytest.fixture(scope="package")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Enrolment]:
    home = tmp_path_factory.mktemp("made")
    return home, Sandbox.create(home)[1]


@pytest.fixture(
    scope="module",
    params=[(protocol, kind) for protocol in PROTOCOLS for kind in KINDS],
    ids=lambda both: f"{both[0]}-{both[1]}",
)
def house(
    request: pytest.FixtureRequest, made: tuple[Path, Enrolment], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[House]:
    protocol, kind = request.param
    with running(protocol, kind, *made, tmp_path_factory.mktemp(f"{protocol}-{kind}")) as house:
        yield house


@pytest.fixture
def channel(house: House) -> Iterator[Channel]:
    opened = house.channel()
    yield opened
    opened.close()
    house.sandbox.calm()
