"""A sandbox bank per test. Keys take a second to make, so each test gets a copy of one bank made once."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from gateway.bank.sandbox.control import Sandbox
from gateway.bank.sandbox.enrol import Enrolment
from gateway.bank.sandbox.server import SandboxServer
from tests.bank.sandbox.client import Client


@pytest.fixture(scope="session")
def bank_made_once(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Enrolment]:
    home = tmp_path_factory.mktemp("bank")
    _, enrolment = Sandbox.create(home, accounts=2)
    return home, enrolment


@dataclass
class Bank:
    """A bank nobody talks to yet."""

    home: Path
    sandbox: Sandbox
    enrolment: Enrolment


@pytest.fixture
def bank(bank_made_once: tuple[Path, Enrolment], tmp_path: Path) -> Bank:
    home = tmp_path / "home"
    shutil.copytree(bank_made_once[0], home)
    return Bank(home, Sandbox(home), bank_made_once[1])


@dataclass
class Line:
    """A customer connected to its bank, whose server runs in a thread."""

    sandbox: Sandbox
    server: SandboxServer
    client: Client
    enrolment: Enrolment


@pytest.fixture
def line(bank: Bank, tmp_path: Path) -> Iterator[Line]:
    with SandboxServer(bank.home, port=0) as server:
        enrolment = replace(bank.enrolment, url=server.url)
        client = Client(enrolment, tmp_path / "client")
        yield Line(bank.sandbox, server, client, enrolment)
        client.close()
