"""What stories that play weeks in half a minute have in common: a home, its bank, and one clock for everybody.

No service runs beside: the story itself makes the service's rounds, one after another, with the service's own jobs, so
that days may pass between two of them. Partners listen in this very process, by the same clock: however it ends,
nothing of it is left but its folder.
"""

from __future__ import annotations

import socket
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple, TypeVar

from gateway.bank.sandbox.control import Sandbox
from gateway.bank.statement import Party
from gateway.core.authority import Actor
from gateway.core.errors import Refused
from gateway.flows.terms import Terms
from gateway.onec.exchange import ExchangeFolder
from gateway.onec.incoming import Incoming
from gateway.service.config import Home
from gateway.service.demo import shop as shops
from gateway.service.demo.prepare import COMPANY_KEY, CREDENTIALS
from gateway.service.demo.story_clock import StoryClock, first_morning
from gateway.service.private_files import write_private
from gateway.service.registry_folders import RegistryFolders
from gateway.service.rounds import bank_round, take_onec
from gateway.service.setup import Company, connect_sandbox, make_home
from gateway.service.wiring import Bank, Installation
from gateway.signing.master_key import CREDENTIAL
from gateway.signing.vault import SealedVault
from gateway.store import Store, Unit

T = TypeVar("T")


class Founded(NamedTuple):
    """A home that is a customer of the sandbox bank, on the story's first morning.

    Attributes:
        key_file: the master key; None where the machine keeps it.
    """

    sandbox: Sandbox
    vault: SealedVault
    key_file: Path | None


def found(home: Home, language: str, clock: StoryClock) -> Founded:
    """Make the bank and our installation, as IT would.

    Raises:
        Refused: what setting up may say.
    """
    company = Party(name=shops.NAME, inn=shops.INN, kpp=shops.KPP)
    sandbox, enrolment = Sandbox.create(home.root, company=company, clock=clock)
    key_file = None if sys.platform == "win32" else home.root / CREDENTIALS / CREDENTIAL
    ours = Company(COMPANY_KEY, shops.NAME, shops.INN, shops.KPP, enrolment.bic, enrolment.bank_name, language=language)
    made = make_home(home, ours, master_key_to=key_file, clock=clock)
    if made.vault is None:
        raise Refused("vault.no_master_key")
    connect_sandbox(home, enrolment, made.vault)
    clock.offset = first_morning(clock.now()) - clock.now()  # not before certificates are made: they hold from now on
    return Founded(sandbox, made.vault, key_file)


def add_settings(home: Home, text: str) -> None:
    """Write more into kvit.toml."""
    write_private(home.config_file, (home.config_file.read_text(encoding="utf-8") + text).encode("utf-8"))


def free_port() -> int:
    """A port of this machine nobody listens on."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@dataclass
class TimedStage:
    """Everything is in place."""

    home: Home
    clock: StoryClock
    sandbox: Sandbox
    installation: Installation
    bank: Bank

    def __post_init__(self) -> None:
        self._exchange = self.home.exchange(self.installation.config)
        self._files = ExchangeFolder(self._exchange, self.clock, self._take_onec, settle_seconds=0)
        self._registries = RegistryFolders(self.store, self.terms, self._exchange, settle_seconds=0)
        self._files.prepare()

    @property
    def store(self) -> Store:
        return self.installation.store

    @property
    def terms(self) -> Terms:
        return self.installation.terms

    def do(self, actor: Actor, work: Callable[[Unit], T]) -> T:
        """One unit of work of somebody, kept."""
        with self.store.unit(actor) as unit:
            result = work(unit)
            unit.commit()
        return result

    def later(self, by: timedelta) -> None:
        """Time passes: here and at everybody outside, who all go by one clock."""
        self.clock.offset += by

    def wait_till(self, instant: datetime) -> None:
        """Until that instant; one that has passed is now."""
        left = instant - self.clock.now()
        if left > timedelta():
            self.later(left)

    def look_into_folders(self) -> None:
        """What 1C and payout partners have left for us."""
        self._files.look()
        self._registries.look()

    def ask_bank(self) -> None:
        """The bank does its work, and is asked what is new."""
        self.sandbox.process()
        bank_round(self.store, self.bank.terms(self.terms), self.bank.channel)

    def _take_onec(self, incoming: Incoming) -> None:
        take_onec(self.store, self.terms, incoming)
