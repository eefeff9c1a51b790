"""The state of an installation whose service does not run, read from the database."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import Any

from gateway import __version__
from gateway.api.events import Events
from gateway.api.reads.health import health
from gateway.api.reads.status import status
from gateway.api.room import BankFacts, Finding, Room
from gateway.api.tokens import LOCAL_USER, Caller
from gateway.core.authority import Actor, Role
from gateway.core.clock import SystemClock
from gateway.core.errors import KvitError
from gateway.service import doctor
from gateway.service.config import BankTable, Config, Home, terms_of
from gateway.service.opening import open_store
from gateway.service.wiring import profile_of
from gateway.store import Store

STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class _Resting:
    """What a daemon would know from memory."""

    facts: Sequence[BankFacts]
    findings: Sequence[Finding]

    def bank(self) -> Sequence[BankFacts]:
        return self.facts

    def components(self) -> Sequence[Finding]:
        return self.findings

    def cycle_age(self) -> float | None:
        return None


def resting_status(home: Home, config: Config) -> dict[str, Any]:
    """What /v1/status and parts of /v1/health would say, with `state` "stopped".

    Raises:
        Refused: `store.missing`, `store.not_migrated`. Unavailable: `store.unreachable`.
    """
    with closing(open_store(home, config, SystemClock())) as store:
        room = _room(home, config, store)
        # As the accountant's tray would show it.
        caller = Caller("", Actor(LOCAL_USER, Role.ACCOUNTANT), config.company.language)
        with store.reading() as connection:
            found = status(connection, room, caller, store.clock.now())
        return {**found, **_parts(store, room), "state": STOPPED, "server_time": room.now()}


def resting_health(home: Home, config: Config) -> dict[str, Any]:
    """`outbox`, `journal` and `components` of /v1/health, without asking the service.

    Raises:
        Refused: `store.missing`, `store.not_migrated`. Unavailable: `store.unreachable`.
    """
    with closing(open_store(home, config, SystemClock())) as store:
        return _parts(store, _room(home, config, store))


def _room(home: Home, config: Config, store: Store) -> Room:
    # Whether this shell could open the vault says nothing about the service.
    looked = doctor.examine_home(home, store.clock, thorough=False)
    findings = [finding for finding in looked if finding.component != "doctor.part.vault"]
    resting = _Resting([_facts(home, config, table) for table in config.bank], findings)
    return Room(store, terms_of(config), resting, lambda: None, __version__, Events(store))


def _parts(store: Store, room: Room) -> dict[str, Any]:
    with store.reading() as connection:
        found = health(connection, room)
    return {part: found[part] for part in ("outbox", "journal", "components")}


def _facts(home: Home, config: Config, table: BankTable) -> BankFacts:
    try:
        profile = profile_of(home, table)
    except KvitError:
        return BankFacts(channel=table.profile, title=table.profile)
    title = profile.title_ru if config.company.language == "ru" else profile.title_en
    return BankFacts(channel=f"{profile.protocol}:{profile.name}", title=title)
