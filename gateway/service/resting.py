"""The state of an installation whose service does not run, read from the database."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from gateway import __version__
from gateway.api.events import Events
from gateway.api.reads.health import health
from gateway.api.reads.status import component, status
from gateway.api.room import BankFacts, Finding, Room
from gateway.api.tokens import LOCAL_USER, Caller
from gateway.core.authority import Actor, Role
from gateway.core.clock import SystemClock
from gateway.core.errors import KvitError
from gateway.service import doctor
from gateway.service.config import BankTable, Config, Home, terms_of
from gateway.service.opening import open_store
from gateway.service.wiring import profile_of

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
    store = open_store(home, config, SystemClock())
    try:
        # Whether this shell could open the vault says nothing about the service.
        looked = doctor.examine_home(home, store.clock, thorough=False)
        findings = [finding for finding in looked if finding.component != "doctor.part.vault"]
        resting = _Resting([_facts(home, config, table) for table in config.bank], findings)
        room = Room(store, terms_of(config), resting, lambda: None, __version__, Events(store))
        # The tray of this machine would ask as this user.
        caller = Caller("", Actor(LOCAL_USER, Role.ACCOUNTANT), config.company.language)
        now = store.clock.now()
        with store.reading() as connection:
            found = status(connection, room, caller, now)
            more = health(connection, room)
        return {
            **found,
            "state": STOPPED,
            "outbox": more["outbox"],
            "journal": more["journal"],
            "components": [component(finding) for finding in findings],
            "server_time": room.now(),
        }
    finally:
        store.close()


def _facts(home: Home, config: Config, table: BankTable) -> BankFacts:
    try:
        profile = profile_of(home, table)
    except KvitError:
        return BankFacts(channel=table.profile, title=table.profile)
    title = profile.title_ru if config.company.language == "ru" else profile.title_en
    return BankFacts(channel=f"{profile.protocol}:{profile.name}", title=title)
