"""The stage of the loans story: a sandbox bank, two sandbox lenders and our installation, over real sockets."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta

from gateway.bank.sandbox.control import Sandbox
from gateway.bank.sandbox.server import SandboxServer
from gateway.core.errors import Unavailable
from gateway.flows.leaving import drain, onec_sinks
from gateway.flows.pay_out import send_waiting
from gateway.loans.sandbox.control import LENDERS, LenderSandbox
from gateway.loans.sandbox.server import LenderServer
from gateway.loans.terms import LoanTerms
from gateway.service.broker import Brokerage
from gateway.service.broker_keys import VAULT_SERVICE, hint_secret_name, token_name
from gateway.service.config import Home
from gateway.service.demo.bank_stage import master_key
from gateway.service.demo.loan_house import settings_of
from gateway.service.demo.story_clock import StoryClock
from gateway.service.demo.timed_stage import TimedStage, add_settings, found, free_port
from gateway.service.paying import routes_of
from gateway.service.public_port import PublicPort
from gateway.service.scheduler import JsonDueTimes, Scheduler
from gateway.service.wiring import open_banks, open_installation, vault_of
from gateway.signing.vault import SealedVault

_ROUNDS = 12
_STEP = timedelta(minutes=5)
_WORKER = "story"


@dataclass
class LoanStage(TimedStage):
    """Everything is in place.

    Attributes:
        url: of our public port.
        loop: the brokerage's jobs.
        faults: what a job failed with, in order.
    """

    lenders: LenderSandbox
    brokerage: Brokerage
    url: str
    loop: Scheduler
    faults: list[Exception] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__post_init__()
        self._sinks = onec_sinks(self.store, self.terms, self._exchange / "out")

    @property
    def loans(self) -> LoanTerms:
        assert self.terms.loans is not None
        return self.terms.loans

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
        self.look_into_folders()
        send_waiting(self.store, self.terms, routes_of([self.bank]))
        self.ask_bank()
        drain(self.store, self._sinks, _WORKER, without=self.brokerage.topics)

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
    sandbox, vault, key_file = found(home, language, clock)
    lenders = LenderSandbox.create(home.root, clock)
    with SandboxServer(home.root, clock=clock), LenderServer(home.root, clock=clock) as server:
        port = free_port()
        lenders.send_hints_to(f"http://127.0.0.1:{port}/lender/{{lender}}/hint")
        add_settings(home, settings_of(lenders, server.url, port))
        _keep_secrets(vault, lenders)
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
        public = PublicPort(home, installation.config, store, brokerage, None, lambda: None)
        url = public.start()
        try:
            yield LoanStage(home, clock, sandbox, installation, bank, lenders, brokerage, url, loop, faults)
        finally:
            loop.stop()
            public.stop()
            brokerage.stop()
            bank.channel.close()
    finally:
        installation.close()


def _keep_secrets(vault: SealedVault, lenders: LenderSandbox) -> None:
    for key in LENDERS:
        account = lenders.account(key)
        vault.set_password(VAULT_SERVICE, token_name(key), account.token)
        vault.set_password(VAULT_SERVICE, hint_secret_name(key), account.hint_secret)
