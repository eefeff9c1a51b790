"""Homes to try the commands on: made once for the session, copied for each test."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from gateway.bank.sandbox.control import Sandbox
from gateway.bank.sandbox.server import SandboxServer
from gateway.service.cli import app
from gateway.service.config import Home
from gateway.service.setup import Company, connect_sandbox, make_home
from gateway.service.wiring import open_installation
from gateway.signing.master_key import CREDENTIAL, new_master_key
from tests.service.bank_house import House

COMPANY = Company(key="svetoram", name='ООО "Светорама"', inn="7728168971", kpp="772801001")
CREDENTIALS = "CREDENTIALS_DIRECTORY"


@dataclass(frozen=True)
class Answer:
    """What a command said and how it ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


class Kvit:
    """The command line in this process."""

    def __call__(self, *arguments: str | Path, input: str | None = None) -> Answer:
        result = CliRunner().invoke(app, [str(argument) for argument in arguments], input=input)
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return Answer(result.exit_code, result.stdout, result.stderr)


@pytest.fixture(scope="session")
def credentials(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What systemd would hand to the service."""
    folder = tmp_path_factory.mktemp("credentials")
    (folder / CREDENTIAL).write_bytes(new_master_key())
    return folder


@pytest.fixture(autouse=True)
def surroundings(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> None:
    """No home, no language and no master key but those a test asks for."""
    monkeypatch.delenv("KVIT_HOME", raising=False)
    for name in ("LC_ALL", "LC_MESSAGES", CREDENTIALS, "JOURNAL_STREAM", "NOTIFY_SOCKET"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", "en_US.UTF-8")
    monkeypatch.setenv("COLUMNS", "200")
    if {"home", "sandbox_home"} & set(request.fixturenames):
        monkeypatch.setenv(CREDENTIALS, str(request.getfixturevalue("credentials")))


@pytest.fixture
def kvit() -> Kvit:
    return Kvit()


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory, credentials: Path) -> Path:
    folder = tmp_path_factory.mktemp("template") / "home"
    with _master_key(credentials):
        make_home(Home(folder), COMPANY)
    return folder


@pytest.fixture(scope="session")
def sandbox_template(tmp_path_factory: pytest.TempPathFactory, credentials: Path) -> Path:
    folder = tmp_path_factory.mktemp("template") / "sandbox"
    with _master_key(credentials):
        made = make_home(Home(folder), COMPANY)
    _, enrolment = Sandbox.create(folder)
    assert made.vault is not None
    connect_sandbox(made.home, enrolment, made.vault)
    return folder


@pytest.fixture
def home(template: Path, tmp_path: Path) -> Path:
    """An installation without a bank."""
    return _copied(template, tmp_path / "kvit-home")


@pytest.fixture
def sandbox_home(sandbox_template: Path, tmp_path: Path) -> Path:
    """An installation whose bank is the sandbox (which does not run yet)."""
    return _copied(sandbox_template, tmp_path / "sandbox-home")


@pytest.fixture
def house(sandbox_home: Path) -> Iterator[House]:
    """An installation whose bank runs, for what the service does with its own certificate."""
    with SandboxServer(sandbox_home) as server:
        installation = open_installation(Home(sandbox_home))
        yield House(installation, Sandbox(sandbox_home), server)
        installation.close()


def tamper(home: Path, *statements: str) -> None:
    """Change the database behind the program's back, as somebody with the file and no scruples would."""
    with closing(sqlite3.connect(home / "data" / "kvit.db")) as database, database:
        guards = database.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for name, _ in guards:
            database.execute(f"DROP TRIGGER {name}")
        for statement in statements:
            database.execute(statement)
        for _, definition in guards:
            database.execute(definition)


def _copied(template: Path, folder: Path) -> Path:
    shutil.copytree(template, folder)
    folder.chmod(0o700)
    return folder


@contextmanager
def _master_key(folder: Path) -> Iterator[None]:
    """The machine hands out the key while the block runs; for fixtures of the session, which have no monkeypatch."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(CREDENTIALS, str(folder))
        yield
