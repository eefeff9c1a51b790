"""The API over a real database file, with one user of each role."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI
from starlette.types import Receive, Scope, Send

from gateway.api.app import create_app
from gateway.api.room import BankFacts, Finding, ParcelsRoom
from gateway.api.server import ApiServer
from gateway.api.tokens import PERSONAL_ROLES, create_user
from gateway.core.authority import Actor, Role
from gateway.core.clock import FixedClock
from gateway.flows.terms import OwnCompany, Terms
from gateway.matching.decision import Policy
from gateway.notify.terms import NotifyTerms
from gateway.parcels.terms import ParcelTerms
from gateway.store import Store, migrate
from gateway.store.engine import sqlite_url
from tests.api.lending import BROKER, Lending
from tests.api.shop import COMPANY, NOW, Shop

ADMINISTRATOR = Actor("root", Role.IT)


class Desk:
    """The daemon's knowledge, as a test sets it."""

    def __init__(self) -> None:
        self.channels: list[BankFacts] = [{"channel": "bxd:one", "title": "Учебный банк"}]
        self.findings: list[Finding] = []
        self.age: float | None = 1.0
        self.polls = 0
        self.sendings = 0
        self.asked_about: list[str] = []

    def bank(self) -> Sequence[BankFacts]:
        return self.channels

    def components(self) -> Sequence[Finding]:
        return self.findings

    def cycle_age(self) -> float | None:
        return self.age

    def poll_now(self) -> None:
        self.polls += 1

    def send_now(self) -> None:
        self.sendings += 1

    def ask(self, parcel_id: str, actor: Actor) -> None:
        self.asked_about.append(parcel_id)


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("api") / "empty.db"
    migrate.upgrade(sqlite_url(path))
    return path


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(NOW)


@pytest.fixture
def store(empty_database: Path, tmp_path: Path, clock: FixedClock) -> Iterator[Store]:
    shutil.copy(empty_database, tmp_path / "kvit.db")
    store = Store(sqlite_url(tmp_path / "kvit.db"), clock, COMPANY)
    yield store
    store.close()


@pytest.fixture
def shop(store: Store) -> Shop:
    return Shop(store)


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture
def terms() -> Terms:
    return Terms(own=OwnCompany("ООО «Багет»", "7701000000"), policy=Policy(), parcels=ParcelTerms())


def one_user_of_each_role(store: Store) -> dict[str, str]:
    """Role → token."""
    with store.unit(ADMINISTRATOR) as unit:
        made = {role.value: create_user(unit, f"user-{role.value}", role.value, "ru") for role in PERSONAL_ROLES}
        unit.commit()
    return made


@pytest.fixture
def tokens(store: Store) -> dict[str, str]:
    """Role → token."""
    return one_user_of_each_role(store)


@pytest.fixture
def app(store: Store, terms: Terms, desk: Desk) -> Iterator[FastAPI]:
    app = create_app(
        store, terms, desk, desk.poll_now, "0.1.0", heartbeat_s=0.3, send_now=desk.send_now, broker=BROKER,
        parcels_room=ParcelsRoom(ParcelTerms(), NotifyTerms("ООО «Багет»"), desk.ask),
    )  # fmt: skip
    yield app
    app.state.events.close()


class Stage(FastAPI):
    """One real server for the whole session; each test puts its own application on it."""

    on: FastAPI

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.on(scope, receive, send)


@pytest.fixture(scope="session")
def stage() -> Iterator[tuple[Stage, str]]:
    stage = Stage()
    server = ApiServer(stage)
    yield stage, server.start()
    stage.state.events = stage.on.state.events
    server.stop()


@pytest.fixture
def url(stage: tuple[Stage, str], app: FastAPI) -> str:
    stage[0].on = app
    return stage[1]


@pytest.fixture
def lending(tmp_path: Path, empty_database: Path, stage: tuple[Stage, str]) -> Iterator[Lending]:
    """A company that brokers loans, on the session's server."""
    made = Lending(tmp_path, empty_database)
    stage[0].on = made.app
    made.url = stage[1]
    yield made
    made.close()


@pytest.fixture
def as_role(url: str, tokens: dict[str, str]) -> Iterator[Callable[[str], httpx.Client]]:
    """A client that carries the token of a role; "" carries none."""
    made: list[httpx.Client] = []

    def client(role: str) -> httpx.Client:
        headers = {"Authorization": f"Bearer {tokens[role]}"} if role else {}
        # No TLS on loopback: to load the authorities would cost 30 ms of each client.
        made.append(httpx.Client(base_url=url, headers=headers, trust_env=False, verify=False, timeout=30))
        return made[-1]

    yield client
    for one in made:
        one.close()


@pytest.fixture
def accountant(as_role: Callable[[str], httpx.Client]) -> httpx.Client:
    return as_role("accountant")


@pytest.fixture
def warehouse(as_role: Callable[[str], httpx.Client]) -> httpx.Client:
    return as_role("warehouse")


@pytest.fixture
def manager(as_role: Callable[[str], httpx.Client]) -> httpx.Client:
    return as_role("manager")


@pytest.fixture
def administrator(as_role: Callable[[str], httpx.Client]) -> httpx.Client:
    return as_role("it")


@pytest.fixture
def director(as_role: Callable[[str], httpx.Client]) -> httpx.Client:
    return as_role("director")


@pytest.fixture
def server(app: FastAPI) -> Iterator[ApiServer]:
    server = ApiServer(app)
    server.start()
    yield server
    server.stop()
