"""Parcels in the service: what `[parcels]`, `[[carrier]]` and `[notify]` put together, and the work it does by itself.

Carriers are asked in one loop and buyers written to in another: neither waits for the other's slowness, nor does the
office for either.
"""

from __future__ import annotations

import ssl
from collections.abc import Callable

import structlog

from gateway.api.room import ParcelsRoom
from gateway.bank.outside import Pace
from gateway.core.clock import Clock
from gateway.core.errors import Refused
from gateway.flows import parcel_follow, parcel_morning
from gateway.flows.parcel_cod import following
from gateway.flows.parcel_cod_rounds import settle_cod
from gateway.flows.terms import Terms
from gateway.notify import retention as messages_retention
from gateway.notify.gateways.http_sms import HttpSmsGateway
from gateway.notify.gateways.ports import Gateway
from gateway.notify.gateways.smpp import SmppGateway
from gateway.notify.gateways.smpp_session import Account
from gateway.notify.gateways.smtp import MailServer, SmtpGateway
from gateway.notify.sending import Sender
from gateway.notify.terms import NotifyTerms
from gateway.parcels import guess, retention, tracking, watch
from gateway.parcels.asking import Asking
from gateway.parcels.carriers.cdek import Cdek
from gateway.parcels.carriers.ports import Carrier, History
from gateway.parcels.carriers.post import Post
from gateway.parcels.carriers.post_batch import PostBatch
from gateway.parcels.carriers.post_single import PostSingle
from gateway.parcels.terms import ParcelTerms
from gateway.service.anchors import anchors_of
from gateway.service.config import Config, Home
from gateway.service.config_parcels import CarrierTable, NotifyTable, notify_terms
from gateway.service.parcel_secrets import HTTP, MAIL, SMPP, reader
from gateway.service.scheduler import Scheduler
from gateway.signing.vault import SealedVault
from gateway.store import Store, Unit, alarms

NOT_OPENED = "notify.gateway_not_opened"  # the alarm about a gateway whose account is not whole
SMS = "sms"
_log = structlog.get_logger("service.parcels")


def open_carrier(home: Home, vault: SealedVault, table: CarrierTable, pace: Pace | None = None) -> Carrier:
    """The adapter of one `[[carrier]]`.

    Args:
        pace: how fast it is called; None for the pace that is right for the carrier.

    Raises:
        Refused: `carrier.insecure_address`, `config.bad_certificate`.
    """
    secret = reader(vault, f"carrier.{table.key}")
    anchors = anchors_of(home, table.authority)
    daily = table.daily or None
    if table.key == "cdek":
        return Cdek(table.address, table.login, secret, anchors, daily=daily, pace=pace)
    batch = PostBatch(table.batch_address, table.login, secret, anchors, pace=pace) if table.batch_address else None
    return Post(PostSingle(table.address, table.login, secret, anchors, pace=pace), batch, daily)


def open_sms(home: Home, vault: SealedVault, table: NotifyTable) -> Gateway | None:
    """The way SMS leave by; None without one.

    Raises:
        Refused: `parcel.no_secret`, `notify.insecure_address`, `config.bad_certificate`.
    """
    if table.smpp is not None:
        smpp = table.smpp
        tls = _context(home, smpp.authority) if smpp.tls else None
        password = reader(vault, f"notify.{SMPP}")()
        account = Account(smpp.host, smpp.port, smpp.system_id, password, smpp.system_type, tls)
        return SmppGateway(account, table.sender, smpp.per_second, frozenset(smpp.refusals))
    if table.http is not None:
        http = table.http
        context = _context(home, http.authority) if http.authority else None
        password = reader(vault, f"notify.{HTTP}")()
        return HttpSmsGateway(http.url, http.login, password, table.sender, context, frozenset(http.refusals))
    return None


def open_mail(home: Home, vault: SealedVault, table: NotifyTable, clock: Clock) -> Gateway | None:
    """The way letters leave by; None without one.

    Raises:
        Refused: `parcel.no_secret`, `config.bad_certificate`.
    """
    if table.mail is None:
        return None
    mail = table.mail
    password = reader(vault, f"notify.{MAIL}")() if mail.user else ""
    context = None if mail.security == "none" else _context(home, mail.authority)
    return SmtpGateway(
        MailServer(mail.host, mail.port, mail.security, mail.user, password, context), mail.sender, clock
    )


def _context(home: Home, authority: str) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cafile=str(home.anchors / authority) if authority else None)
    except OSError as error:  # ssl.SSLError is one
        raise Refused("config.bad_certificate", file=authority, reason=type(error).__name__) from None


class ParcelWatch:
    """What a running service does for parcels.

    Args:
        wake: called after each commit that may have given somebody work.
        pace: of calls to carriers, where it is not to be theirs: a story's, whose time is its own.

    Attributes:
        room: what the tray's API needs of it.
        notify: how buyers are written to.
        follow: brings a parcel's money in line with what was done to it, in the same unit.
    """

    def __init__(
        self,
        home: Home,
        config: Config,
        store: Store,
        terms: Terms,
        vault: SealedVault,
        wake: Callable[[], None],
        pace: Pace | None = None,
    ) -> None:
        assert terms.parcels is not None
        self._store, self._terms, self._wake = store, terms, wake
        self._parcels: ParcelTerms = terms.parcels
        self.follow = following(terms)
        self.notify: NotifyTerms = notify_terms(config.notify, config.company.name, terms.zone)
        self._carriers = [open_carrier(home, vault, table, pace) for table in config.carrier]
        self._asking = Asking(store, self._parcels, self._carriers, self._take)
        self._gateways: list[Gateway] = []
        sms = self._opened(SMS, lambda: open_sms(home, vault, config.notify))
        mail = self._opened(MAIL, lambda: open_mail(home, vault, config.notify, store.clock))
        self._sender = Sender(store, self.notify, sms, mail)
        self._loops: list[Scheduler] = []
        self.room = ParcelsRoom(terms=self._parcels, notify=self.notify, ask=self._asking.ask_now)

    def _opened(self, way: str, opening: Callable[[], Gateway | None]) -> Gateway | None:
        """A gateway, or an alarm in its place: its messages wait, and everything else goes on."""
        subject = f"notify:{way}"
        try:
            gateway = opening()
        except Refused as refused:
            values = {"way": way, "reason": refused.text("ru"), "reason_en": refused.text("en")}
            with self._store.unit() as unit:
                alarms.raise_alarm(unit, NOT_OPENED, subject, values)
                unit.commit()
            return None
        with self._store.unit() as unit:
            alarms.clear(unit, NOT_OPENED, subject)
            unit.commit()
        if gateway is not None:
            self._gateways.append(gateway)
        return gateway

    def plan(self, carriers: Scheduler, messages: Scheduler) -> None:
        """Add the jobs: of carriers to their own loop, of messages to theirs."""
        self._loops = [carriers, messages]
        night = self._parcels.night.strftime("%H:%M")
        carriers.add("parcels-night", carriers.every().day.at(night), self._night)
        carriers.add("parcels-asking", carriers.every(30).seconds, self._ask)
        carriers.add("parcels-money", carriers.every(1).minutes, self._money)
        carriers.add("parcels-guesses", carriers.every().day.at("04:10"), self._guess)
        carriers.add("parcels-personal-data", carriers.every().day.at("03:55"), self._forget)
        messages.add("messages", messages.every(1).seconds, self._send)
        messages.add("parcels-morning", messages.every(1).minutes, self._morning)

    def stop(self) -> None:
        """End what waits for carriers and gateways."""
        self._asking.stop()
        self._sender.stop()
        for gateway in self._gateways:
            gateway.close()
        for carrier in self._carriers:
            carrier.close()

    def _stopped(self) -> bool:
        return any(loop.stopping.is_set() for loop in self._loops)

    def _take(self, unit: Unit, parcel_id: str, history: History, reply_id: str) -> None:
        taken = tracking.take(unit, self._parcels, parcel_id, history, reply_id)
        parcel_follow.follow(unit, self._terms, self.notify, taken)

    def _night(self) -> None:
        done = self._asking.night()
        _log.info("night", tickets=done.tickets, left=done.left)
        self._wake()

    def _ask(self) -> None:
        done = self._asking.due()
        if done.taken or done.failed:
            self._wake()

    def _money(self) -> None:
        if settle_cod(self._store, self._terms, stopped=self._stopped):
            self._wake()

    def _guess(self) -> None:
        guess.remake(self._store, self._parcels, self._stopped)
        self._batches(lambda unit: watch.end_silent(unit, self._parcels))

    def _forget(self) -> None:
        self._batches(lambda unit: retention.purge_due(unit, self._parcels))
        self._batches(lambda unit: messages_retention.purge_due(unit, self.notify))

    def _send(self) -> None:
        while not self._stopped():
            done = self._sender.round()
            if done.handed or done.news:
                self._wake()
            if not done.more:
                return

    def _morning(self) -> None:
        written = parcel_morning.write_to_buyers(self._store, self._parcels, self.notify, self._stopped)
        with self._store.unit() as unit:
            made = parcel_morning.report_once(unit, self._parcels, self.notify)
            unit.commit()
        if written or made:
            self._wake()

    def _batches(self, step: Callable[[Unit], int]) -> None:
        """Do a step until it finds nothing more, a commit for each: others write in between."""
        while not self._stopped():
            with self._store.unit() as unit:
                found = step(unit)
                unit.commit()
            if not found:
                return
            self._wake()
