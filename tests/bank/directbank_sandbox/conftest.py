"""A DirectBank customer at a sandbox bank of its own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from gateway.bank.sandbox.control import Sandbox
from gateway.bank.sandbox.enrol import Enrolment
from gateway.bank.sandbox.server import SandboxServer
from gateway.core.requisites import with_key
from tests.bank.sandbox.conftest import Bank, bank, bank_made_once
from tests.bank.sandbox.directbank_client import DirectBankClient

__all__ = ["bank", "bank_made_once"]

PAYEE = with_key("40702810000000000077", "044525225")


@dataclass
class Counter:
    """A bank whose server runs in a thread, and a client of its DirectBank counter."""

    sandbox: Sandbox
    server: SandboxServer
    client: DirectBankClient
    enrolment: Enrolment


@pytest.fixture
def stranger(bank: Bank, tmp_path: Path) -> Iterator[Counter]:
    """Nobody has logged on yet."""
    with SandboxServer(bank.home, port=0) as server:
        client = DirectBankClient(bank.enrolment, server.directbank_url, tmp_path / "client")
        yield Counter(bank.sandbox, server, client, bank.enrolment)


@pytest.fixture
def counter(stranger: Counter) -> Counter:
    """Logged on by password."""
    stranger.client.logon()
    return stranger
