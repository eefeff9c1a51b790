"""The stage of the parcels story: a sandbox bank, both sandbox carriers, an SMS centre, a mail server and our
installation, over real sockets."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta

from sqlalchemy import func, select

from gateway.bank.outside import Pace
from gateway.bank.sandbox.server import SandboxServer
from gateway.core.clock import to_text
from gateway.core.errors import Unavailable
from gateway.notify.model import NotificationChannel, NotificationState
from gateway.notify.sandbox.centre import Centre
from gateway.notify.sandbox.letters import Letters
from gateway.notify.sandbox.smsc import Smsc
from gateway.notify.sending import due_at
from gateway.notify.tables import notifications
from gateway.notify.terms import NotifyTerms
from gateway.parcels.carriers.https import PER_SECOND
from gateway.parcels.sandbox.control import CarrierSandbox
from gateway.parcels.sandbox.server import CarrierServer
from gateway.parcels.terms import ParcelTerms
from gateway.service import parcel_secrets
from gateway.service.config import Home
from gateway.service.demo.bank_stage import master_key
from gateway.service.demo.parcel_house import SMS_LOGIN, furnish, settings_of
from gateway.service.demo.story_clock import StoryClock
from gateway.service.demo.timed_stage import Founded, TimedStage, add_settings, found, free_port
from gateway.service.parcel_watch import ParcelWatch
from gateway.service.public_port import PublicPort
from gateway.service.scheduler import JsonDueTimes, Scheduler
from gateway.service.wiring import open_banks, open_installation, vault_of
from gateway.signing.vault import SealedVault

_PATIENCE_S = 15.0
_LOOK_S = 0.01
_SOON = timedelta(minutes=2)


@dataclass(frozen=True)
class Outside:
    """Everybody outside, listening.

    Attributes:
        sms, letters: their books, too.
    """

    carriers: CarrierSandbox
    sms: Centre
    letters: Letters


@dataclass
class Service:
    """The part of the service that is about parcels: its loops, whose jobs the story lets run.

    Attributes:
        faults: what a job failed with, in order.
    """

    watch: ParcelWatch
    carriers: Scheduler
    messages: Scheduler
    faults: list[Exception] = field(default_factory=list)

    def check(self) -> None:
        """
        Raises:
            Exception: what one of the jobs failed with.
        """
        if self.faults:
            raise self.faults[0]

    def stop(self) -> None:
        """End what waits for carriers and gateways."""
        self.carriers.stop()
        self.messages.stop()
        self.watch.stop()


@dataclass
class ParcelStage(TimedStage):
    """Everything is in place.

    Attributes:
        url: of our public port. key: of the program that tells of parcels there.
    """

    outside: Outside
    service: Service
    url: str
    key: str

    @property
    def parcels(self) -> ParcelTerms:
        assert self.terms.parcels is not None
        return self.terms.parcels

    @property
    def notify(self) -> NotifyTerms:
        return self.service.watch.notify

    def ask_carriers(self) -> None:
        """The carriers' loop, once: what is due of it."""
        self.service.carriers.run_due()
        self.service.check()

    def write_to_buyers(self) -> None:
        """The messages' loop, until all that is due has left and all that was told to us is read.

        Raises:
            Unavailable: `demo.went_otherwise` when that does not come about.
        """
        end = time.monotonic() + _PATIENCE_S
        while True:
            self.service.messages.trigger("messages")
            self.service.messages.run_due()
            self.service.check()
            due = due_at(self.store)
            late = due is not None and due <= self.clock.now()
            if not late and not self.outside.sms.waiting():
                if due is None or due > self.clock.now() + _SOON:
                    return
                self.wait_till(due)
            elif time.monotonic() > end:
                raise Unavailable("demo.went_otherwise", what="messages")
            else:
                time.sleep(_LOOK_S)

    def sms_due(self) -> int:
        """How many SMS are to leave now."""
        query = select(func.count()).where(
            notifications.c.channel == NotificationChannel.SMS,
            notifications.c.state == NotificationState.QUEUED,
            notifications.c.not_before <= to_text(self.clock.now()),
        )
        with self.store.reading() as connection:
            return int(connection.execute(query).scalar_one())


@contextmanager
def parcel_stage(home: Home, language: str) -> Iterator[ParcelStage]:
    """A home that is a customer of the sandbox bank, both carriers and both gateways; all of them listen.

    Raises:
        Refused: what setting up may say.
    """
    clock = StoryClock()
    founded = found(home, language, clock)
    with ExitStack() as partners:
        carriers = CarrierSandbox.create(home.root, clock)
        carriers.arrange(daily_quota=0, payout_days=0)  # by a contract; the story says when it pays
        sms = Centre(home.root / "sandbox" / "sms.db", clock)
        partners.callback(sms.close)
        letters = Letters(clock=clock)
        outside = Outside(carriers, sms, letters)
        partners.enter_context(SandboxServer(home.root, clock=clock))
        server = partners.enter_context(CarrierServer(home.root, clock=clock))
        centre = partners.enter_context(Smsc(sms, SMS_LOGIN))
        partners.enter_context(letters)
        add_settings(home, settings_of(server.urls, carriers.credentials(), centre.port, letters.port, free_port()))
        _keep_secrets(founded.vault, carriers)
        with master_key(founded.key_file), _opened(home, clock, founded, outside, language) as stage:
            yield stage


@contextmanager
def _opened(home: Home, clock: StoryClock, founded: Founded, outside: Outside, language: str) -> Iterator[ParcelStage]:
    with ExitStack() as ours:
        installation = open_installation(home, clock)
        ours.callback(installation.close)
        (bank,) = open_banks(installation)
        ours.callback(bank.channel.close)
        key = furnish(installation.store, language)
        pace = Pace(PER_SECOND, clock.monotonic, clock.sleep)
        watch = ParcelWatch(
            home, installation.config, installation.store, installation.terms, vault_of(home), lambda: None, pace
        )
        faults: list[Exception] = []
        carriers, messages = (
            Scheduler(
                clock, JsonDueTimes(home.run / f"due-{name}.json"), on_failure=lambda _, error: faults.append(error)
            )
            for name in ("carriers", "messages")
        )
        watch.plan(carriers, messages)
        service = Service(watch, carriers, messages, faults)
        ours.callback(service.stop)
        public = PublicPort(home, installation.config, installation.store, None, watch, lambda: None)
        ours.callback(public.stop)
        url = public.start()
        yield ParcelStage(home, clock, founded.sandbox, installation, bank, outside, service, url, key)


def _keep_secrets(vault: SealedVault, carriers: CarrierSandbox) -> None:
    login = carriers.credentials()
    parcel_secrets.keep(vault, "carrier.post", login.post_password)
    parcel_secrets.keep(vault, "carrier.cdek", login.cdek_secret)
    parcel_secrets.keep(vault, "notify.smpp", SMS_LOGIN[1])
