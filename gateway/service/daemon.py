"""The service: asks the banks, takes messages, empties the outbox, looks into 1C's folder, serves the API.

Two work loops, so that a slow bank never holds up the office: one for the banks, one for everything that stays in the
house. Each is a `Scheduler`; systemd hears from us only while both are alive.
"""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import structlog

from gateway import __version__
from gateway.api.app import create_app
from gateway.api.room import BankFacts, Finding
from gateway.api.server import ApiServer, Tls
from gateway.api.tokens import local_token
from gateway.core.authority import Role
from gateway.core.errors import KvitError, Refused, Unavailable
from gateway.core.problem import Problem
from gateway.flows.leaving import drain, onec_sinks
from gateway.flows.pay_out import send_waiting
from gateway.flows.pay_out_1c import OrdersTaken
from gateway.onec.exchange import ExchangeFolder, Result
from gateway.onec.incoming import Incoming
from gateway.service import doctor
from gateway.service.backoff import BackOff
from gateway.service.backup_heads import note_if_behind
from gateway.service.broker import Brokerage
from gateway.service.database_lock import DatabaseLock
from gateway.service.examination.trust import days_left
from gateway.service.housekeeping import keep_house
from gateway.service.instance import InstanceLock
from gateway.service.parcel_watch import ParcelWatch
from gateway.service.paying import routes_of
from gateway.service.public_port import PublicPort
from gateway.service.registry_folders import RegistryFolders
from gateway.service.renewals import LOOK_EVERY_H, Renewals, renewal_due
from gateway.service.rounds import Round, bank_round, take_onec
from gateway.service.scheduler import JsonDueTimes, Scheduler
from gateway.service.systemd import Notifier, Watchdog
from gateway.service.wiring import Bank, Installation, open_banks, vault_of
from gateway.store import alarms, outbox

_log = structlog.get_logger("service.daemon")
OUTBOX_EVERY_S = 1
SENDING = "payment-orders"  # the job that carries signed orders to their banks
SILENT_S = 900.0  # how long a loop may work on one job before it counts as hung


@dataclass
class _Health:
    """What the API asks the daemon for; answered from memory."""

    daemon: Daemon

    def bank(self) -> Sequence[BankFacts]:
        return [self.daemon.bank_facts(bank) for bank in self.daemon.banks]

    def components(self) -> Sequence[Finding]:
        return self.daemon.findings

    def cycle_age(self) -> float | None:
        return self.daemon.cycle_age()


class Daemon:
    """One running installation.

    Args:
        installation: opened; the daemon closes it at the end.

    Attributes:
        findings: the doctor's last findings.
        url: of the API, once started.
    """

    def __init__(self, installation: Installation) -> None:
        self.installation = installation
        self.home, self.config = installation.home, installation.config
        self.store, self.terms, self.clock = installation.store, installation.terms, installation.clock
        self.banks: list[Bank] = []
        self.findings: list[Finding] = []
        self.url = ""
        self._lock = InstanceLock(self.home.run)
        self._database_lock = DatabaseLock(self.store.url)
        self._watchdog = Watchdog(Notifier.from_environment(), self.clock)
        self._notifier = Notifier.from_environment()
        self._bank_loop = self._loop("bank")
        self._office_loop = self._loop("office")
        self._loops = {"bank": self._bank_loop, "office": self._office_loop}
        self._brokerage: Brokerage | None = None
        self._parcels: ParcelWatch | None = None
        self._public: PublicPort | None = None
        self._polling: set[str] = set()
        self._last_round: float | None = None
        self._server: ApiServer | None = None
        self._threads: list[threading.Thread] = []
        self._worker = f"{os.getpid()}"
        self._notify: Callable[[], None] = lambda: None

    def _loop(self, name: str) -> Scheduler:
        return Scheduler(
            self.clock,
            JsonDueTimes(self.home.run / f"due-{name}.json"),
            zone=self.terms.zone,
            on_failure=self._job_failed,
            on_recovery=self._job_recovered,
            beat=self._watchdog.watch(name, SILENT_S),
        )

    def start(self) -> None:
        """Take the lock, finish what was interrupted, start loops and API.

        Raises:
            Refused: `service.already_running`, `config.*`, `vault.*`, `api.*`.
        """
        self._lock.acquire()
        try:
            self._database_lock.acquire()
            with self.store.unit() as unit:
                note_if_behind(self.home, unit)
                outbox.free_leases(unit)
                # A job that still fails says so at its first run; the rest failed in an earlier life.
                alarms.clear_all(unit, "service.job_failed", "job:")
                unit.commit()
            self.banks = open_banks(self.installation)
            self._renewals = Renewals(self.installation, self.banks)
            self._open_brokerage()
            self._open_parcels()
            self.findings = doctor.examine(self.installation, self.banks)
            self._plan_jobs()
            self._serve()
        except BaseException:
            self._database_lock.release()
            self._lock.release()
            raise
        for name, loop in self._loops.items():
            thread = threading.Thread(target=loop.run, name=f"kvit-{name}", daemon=True)
            thread.start()
            self._threads.append(thread)
        self._notifier.ready(f"listening on {self.url}")
        _log.info("started", url=self.url, banks=[bank.profile.name for bank in self.banks])

    def _open_brokerage(self) -> None:
        if self.terms.loans is None:
            return
        self._brokerage = Brokerage(
            self.home, self.config, self.store, self.terms, vault_of(self.home), self._wake_office, self._worker
        )
        self._brokerage.name_lenders()
        self._loops["lenders"] = self._loop("lenders")
        self._brokerage.plan(self._loops["lenders"])

    def _open_parcels(self) -> None:
        if self.terms.parcels is None:
            return
        self._parcels = ParcelWatch(
            self.home, self.config, self.store, self.terms, vault_of(self.home), self._wake_office
        )
        carriers, messages = self._loop("carriers"), self._loop("messages")
        self._loops |= {"carriers": carriers, "messages": messages}
        self._parcels.plan(carriers, messages)

    def _plan_jobs(self) -> None:
        for bank in self.banks:
            self._bank_loop.add(
                f"poll:{bank.channel.name}",
                self._bank_loop.every(bank.table.poll_every_s).seconds,
                partial(self.poll, bank),
                back_off=BackOff(),
            )
        # in the banks' loop: no poll is under way while a key is exchanged
        self._bank_loop.add("certificates", self._bank_loop.every(LOOK_EVERY_H).hours, self._renewals.look)
        # in the banks' loop too: an order is sent and its bank asked about it in one line
        pay_every = self._bank_loop.every(self.config.outgoing.send_every_s)
        self._bank_loop.add(SENDING, pay_every.seconds, self._pay_out)
        office = self._office_loop
        office.add("outbox", office.every(OUTBOX_EVERY_S).seconds, self._drain)
        self._exchange = ExchangeFolder(
            self.home.exchange(self.config),
            self.clock,
            self._take_onec,
            settle_seconds=self.config.exchange.settle_s,
            zone=self.terms.zone,
        )
        self._registries = RegistryFolders(
            self.store,
            self.terms,
            self.home.exchange(self.config),
            self._wake_office,
            settle_seconds=self.config.exchange.settle_s,
            zone=self.terms.zone,
        )
        self._sinks = onec_sinks(self.store, self.terms, self._exchange.outgoing)
        self._exchange.prepare()
        look = max(1, round(self.config.exchange.look_every_s))
        office.add("exchange", office.every(look).seconds, self._look)
        office.add("doctor", office.every(10).minutes, self._examine)
        office.add("housekeeping", office.every().day.at("03:30"), lambda: keep_house(self.installation))

    def _serve(self) -> None:
        api = self.config.api
        slowest = max((bank.table.poll_every_s for bank in self.banks), default=0)
        app = create_app(
            self.store,
            self.terms,
            _Health(self),
            self.poll_now,
            __version__,
            names=api.names,
            stale_after_s=max(SILENT_S, 3.0 * slowest),
            send_now=partial(self._bank_loop.trigger, SENDING),
            broker=self._brokerage.broker if self._brokerage else None,
            parcels_room=self._parcels.room if self._parcels else None,
        )
        self._notify = app.state.notify
        tls = Tls(self.home.root / api.certificate, self.home.root / api.key) if api.certificate and api.key else None
        local_token(self.store, self.home.token_file, Role(api.tray_role), self.config.company.language)
        self._server = ApiServer(app, host=api.host, port=api.port, tls=tls)
        self.url = self._server.start()
        connection: dict[str, object] = {"url": self.url, "token_file": str(self.home.token_file), "pid": os.getpid()}
        if tls is not None:
            connection["certificate"] = str(tls.certificate)  # the tray trusts it and no other
        fresh = self.home.connection_file.with_suffix(".new")
        fresh.write_text(json.dumps(connection), encoding="utf-8")
        fresh.replace(self.home.connection_file)
        if self._brokerage is not None or self._parcels is not None:
            self._public = PublicPort(
                self.home, self.config, self.store, self._brokerage, self._parcels, self._wake_office
            )
            self._public.start()

    def stop(self) -> None:
        """End loops and API, letting the running job finish."""
        self._notifier.stopping()
        for loop in self._loops.values():
            loop.stop()
        for thread in self._threads:
            thread.join(timeout=30)
        if self._public is not None:
            self._public.stop()
        if self._brokerage is not None:
            self._brokerage.stop()
        if self._parcels is not None:
            self._parcels.stop()
        if self._server is not None:
            self._server.stop()
        self.home.connection_file.unlink(missing_ok=True)
        for bank in self.banks:
            bank.channel.close()
        self.installation.close()
        self._database_lock.release()
        self._lock.release()
        _log.info("stopped")

    def poll_now(self) -> None:
        """Ask all banks soon; returns at once."""
        for bank in self.banks:
            self._bank_loop.trigger(f"poll:{bank.channel.name}")

    def poll(self, bank: Bank) -> Round:
        """One poll: bring new files in, take every message that is not finished.

        Raises:
            Unavailable: the bank is away; the loop comes back after a growing pause.
        """
        name = bank.channel.name
        self._polling.add(name)
        self._renewals.refresh(bank)
        try:
            done = bank_round(
                self.store,
                bank.terms(self.terms),
                bank.channel,
                told=self._wake_office,
                stopped=self._bank_loop.stopping.is_set,
            )
        finally:
            self._polling.discard(name)
        self._last_round = self.clock.monotonic()
        for message, taken in done.taken:
            _log.info("taken", message=message.id, lines=taken.lines, fresh=taken.fresh, released=taken.released)
        if done.polled.refused:
            _log.warning("refused", channel=name, refused=done.polled.refused)
        if isinstance(done.polled.error, Unavailable):
            raise done.polled.error
        return done

    def _wake_office(self) -> None:
        self._office_loop.trigger("outbox")
        self._notify()

    def _drain(self) -> None:
        while not self._office_loop.stopping.is_set():
            theirs = self._brokerage.topics if self._brokerage else frozenset()
            drained = drain(self.store, self._sinks, self._worker, without=theirs)
            if not drained.done:
                return

    def _look(self) -> None:
        for outcome in (*self._exchange.look(), *self._registries.look()):
            if outcome.result in (Result.WAITING, Result.BUSY, Result.UNFINISHED, Result.RETRY):
                continue
            _log.info("exchange file", name=outcome.name, result=outcome.result.value)
            if outcome.error is not None and outcome.error.__cause__ is not None:
                _log.error("exchange file failed", name=outcome.name, exc_info=outcome.error.__cause__)
            with self.store.unit() as unit:
                if outcome.result in (Result.PARTLY, Result.REJECTED):
                    error = outcome.error or Refused("exchange.partly", name=outcome.name)
                    alarms.raise_alarm(
                        unit,
                        "exchange.rejected",
                        f"file:{outcome.name}",
                        {"name": outcome.name, "reason": error.text("ru"), "reason_en": error.text("en")},
                        severity="warning",
                    )
                unit.journal("exchange.file", f"file:{outcome.name}", result=outcome.result, sha256=outcome.sha256)
                unit.commit()

    def _take_onec(self, incoming: Incoming) -> Sequence[Problem]:
        """Take one file of 1C in, once, however often it lies there; what it left out, for the report."""
        done = take_onec(self.store, self.terms, incoming)
        self._wake_office()
        return done.problems if isinstance(done, OrdersTaken) else ()

    def _pay_out(self) -> None:
        """Carry signed payment orders towards their banks."""
        if send_waiting(self.store, self.terms, routes_of(self.banks), stopped=self._bank_loop.stopping.is_set):
            self._wake_office()

    def _examine(self) -> None:
        self.findings = doctor.examine(self.installation, self.banks)
        doctor.warn_of_endings(self.store, self.findings)

    def bank_facts(self, bank: Bank) -> BankFacts:
        """A channel for the status page."""
        job = next((s for s in self._bank_loop.states() if s.name == f"poll:{bank.channel.name}"), None)
        ends = bank.channel.certificate_expires
        return BankFacts(
            channel=bank.channel.name,
            title=bank.title(self.config.company.language),
            next_poll_at=job.due_at if job else None,
            certificate_expires=ends.date().isoformat() if ends else None,
            days_left=days_left(self.clock.now(), ends) if ends else None,
            renewal_due=renewal_due(bank, self.clock.now()),
            polling=bank.channel.name in self._polling,
        )

    def cycle_age(self) -> float | None:
        """Seconds since a bank loop last finished a round; with no bank configured, the office loop counts."""
        if not self.banks:
            return 0.0
        return None if self._last_round is None else self.clock.monotonic() - self._last_round

    def _job_failed(self, name: str, error: Exception) -> None:
        if isinstance(error, Unavailable):
            return  # the poll has raised its own alarm already
        reason = error.code if isinstance(error, KvitError) else type(error).__name__
        _log.error("job failed", job=name, error=reason, exc_info=error)
        try:
            with self.store.unit() as unit:
                alarms.raise_alarm(unit, "service.job_failed", f"job:{name}", {"job": name, "reason": reason})
                unit.commit()
        except Unavailable:
            _log.error("the alarm could not be stored", job=name)

    def _job_recovered(self, name: str) -> None:
        with self.store.unit() as unit:
            alarms.clear(unit, "service.job_failed", f"job:{name}")
            unit.commit()
