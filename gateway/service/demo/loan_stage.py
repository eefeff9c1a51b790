"""The stage of the loans story: a sandbox bank, two sandbox lenders and our installation, over real sockets.

No service runs beside: the story itself makes the service's rounds, one after another, with the service's own jobs, so
that days may pass between two of them. Bank and lenders listen in this very process, by the same clock: however it
ends, nothing of it is left but its folder.
"""

from __future__ import annotations

import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TypeVar

from gateway.bank.sandbox.control import Sandbox
from gateway.bank.sandbox.server import SandboxServer
from gateway.bank.statement import Party
from gateway.core.authority import Actor
from gateway.core.errors import Refused, Unavailable
from gateway.flows.leaving import drain, onec_sinks
from gateway.flows.pay_out import send_waiting
from gateway.flows.terms import Terms
from gateway.loans.sandbox.control import LENDERS, LenderSandbox
from gateway.loans.sandbox.server import LenderServer
from gateway.loans.terms import LoanTerms
from gateway.onec.exchange import ExchangeFolder
from gateway.onec.incoming import Incoming
from gateway.service.broker import Brokerage
from gateway.service.broker_keys import VAULT_SERVICE, hint_secret_name, token_name
from gateway.service.config import Home
from gateway.service.demo import shop as shops
from gateway.service.demo.bank_stage import master_key
from gateway.service.demo.loan_clock import StoryClock, first_morning
from gateway.service.demo.loan_house import settings_of
from gateway.service.demo.prepare import COMPANY_KEY, CREDENTIALS
from gateway.service.paying import routes_of
from gateway.service.private_files import write_private
from gateway.service.registry_folders import RegistryFolders
from gateway.service.rounds import bank_round, take_onec
from gateway.service.scheduler import JsonDueTimes, Scheduler
from gateway.service.setup import Company, connect_sandbox, make_home
from gateway.service.wiring import Bank, Installation, open_banks, open_installation, vault_of
from gateway.signing.master_key import CREDENTIAL
from gateway.signing.vault import SealedVault
from gateway.store import Store, Unit

T = TypeVar("T")
_ROUNDS = 12
_STEP = timedelta(minutes=5)
_WORKER = "story"


@dataclass
class LoanStage:
    """Everything is in place.

    Attributes:
        url: of our public port.
        loop: the brokerage's jobs.
        faults: what a job failed with, in order.
    """

    home: Home
    clock: StoryClock
    sandbox: Sandbox
    lenders: LenderSandbox
    installation: Installation
    bank: Bank
    brokerage: Brokerage
    url: str
    loop: Scheduler
    faults: list[Exception] = field(default_factory=list)

    def __post_init__(self) -> None:
        exchange = self.home.exchange(self.installation.config)
        self._sinks = onec_sinks(self.store, self.terms, exchange / "out")
        self._files = ExchangeFolder(exchange, self.clock, self._take, settle_seconds=0)
        self._registries = RegistryFolders(self.store, self.terms, exchange, settle_seconds=0)
        self._files.prepare()

    @property
    def store(self) -> Store:
        return self.installation.store

    @property
    def terms(self) -> Terms:
        return self.installation.terms

    @property
    def loans(self) -> LoanTerms:
        assert self.terms.loans is not None
        return self.terms.loans

    def do(self, actor: Actor, work: Callable[[Unit], T]) -> T:
        """One unit of work of somebody, kept."""
        with self.store.unit(actor) as unit:
            result = work(unit)
            unit.commit()
        return result

    # ------------------------------------------------------------------ time

    def later(self, by: timedelta) -> None:
        """Time passes: here, at the bank and at the lenders, who all go by one clock."""
        self.clock.offset += by

    def wait_till(self, instant: datetime) -> None:
        """Until that instant; one that has passed is now."""
        left = instant - self.clock.now()
        if left > timedelta():
            self.later(left)

    # ------------------------------------------------------------------ the service's rounds

    def turn(self) -> None:
        """One round of everything the service does by itself.

        Raises:
            Exception: what one of its jobs failed with.
        """
        for state in self.loop.states():
            self.loop.trigger(state.name)
        self.loop.run_due()
        if self.faults:
            raise self.faults[0]
        self._files.look()
        self._registries.look()
        send_waiting(self.store, self.terms, routes_of([self.bank]))
        self.sandbox.process()
        bank_round(self.store, self.bank.terms(self.terms), self.bank.channel)
        drain(self.store, self._sinks, _WORKER, without=self.brokerage.topics)

    def _take(self, incoming: Incoming) -> None:
        take_onec(self.store, self.terms, incoming)

    def until(self, what: str, ready: Callable[[], bool]) -> None:
        """Round by round, five minutes apart, until it is so.

        Raises:
            Unavailable: `demo.went_otherwise` when it does not come to that.
        """
        for _ in range(_ROUNDS):
            self.turn()
            if ready():
                return
            self.later(_STEP)
        raise Unavailable("demo.went_otherwise", what=what)


@contextmanager
def loan_stage(home: Home, language: str) -> Iterator[LoanStage]:
    """A home that is a customer of the sandbox bank and brokers for both sandbox lenders; all of them listen.

    Raises:
        Refused: what setting up may say.
    """
    clock = StoryClock()
    company = Party(name=shops.NAME, inn=shops.INN, kpp=shops.KPP)
    sandbox, enrolment = Sandbox.create(home.root, company=company, clock=clock)
    lenders = LenderSandbox.create(home.root, clock)
    key_file = None if sys.platform == "win32" else home.root / CREDENTIALS / CREDENTIAL
    ours = Company(COMPANY_KEY, shops.NAME, shops.INN, shops.KPP, enrolment.bic, enrolment.bank_name, language=language)
    made = make_home(home, ours, master_key_to=key_file, clock=clock)
    if made.vault is None:
        raise Refused("vault.no_master_key")
    connect_sandbox(home, enrolment, made.vault)
    clock.offset = first_morning(clock.now()) - clock.now()  # not before certificates are made: they hold from now on
    with SandboxServer(home.root, clock=clock), LenderServer(home.root, clock=clock) as server:
        port = _free_port()
        lenders.send_hints_to(f"http://127.0.0.1:{port}/lender/{{lender}}/hint")
        text = home.config_file.read_text(encoding="utf-8") + settings_of(lenders, server.url, port)
        write_private(home.config_file, text.encode("utf-8"))
        _keep_secrets(made.vault, lenders)
        with master_key(key_file), _opened(home, clock, sandbox, lenders) as stage:
            yield stage


@contextmanager
def _opened(home: Home, clock: StoryClock, sandbox: Sandbox, lenders: LenderSandbox) -> Iterator[LoanStage]:
    installation = open_installation(home, clock)
    try:
        (bank,) = open_banks(installation)
        store, terms = installation.store, installation.terms
        brokerage = Brokerage(home, installation.config, store, terms, vault_of(home), lambda: None, _WORKER)
        faults: list[Exception] = []
        loop = Scheduler(
            clock, JsonDueTimes(home.run / "due-story.json"), on_failure=lambda name, error: faults.append(error)
        )
        brokerage.name_lenders()
        brokerage.plan(loop)
        url = brokerage.serve()
        try:
            yield LoanStage(home, clock, sandbox, lenders, installation, bank, brokerage, url, loop, faults)
        finally:
            loop.stop()
            brokerage.stop()
            bank.channel.close()
    finally:
        installation.close()


def _keep_secrets(vault: SealedVault, lenders: LenderSandbox) -> None:
    for key in LENDERS:
        account = lenders.account(key)
        vault.set_password(VAULT_SERVICE, token_name(key), account.token)
        vault.set_password(VAULT_SERVICE, hint_secret_name(key), account.hint_secret)


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])
