"""The service keeps its certificates alive: renews in time, finishes what was interrupted, takes up a key exchanged by
a command, all in the banks' own loop, so that no poll is under way meanwhile.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import structlog

from gateway.bank.bxd.client import BxdChannel
from gateway.bank.bxd.profile import Profile
from gateway.core.authority import SERVICE
from gateway.core.errors import KvitError, Refused
from gateway.service.enrolment import Desk, Renewed, fetch_bank_certificate, finish, renew
from gateway.service.examination.trust import days_left
from gateway.service.key_slot import slots_of
from gateway.service.open_keys import signing_key, tls_key
from gateway.service.wiring import Bank, Installation, bxd_trust
from gateway.signing.keys import Pkcs12Key
from gateway.store import alarms

LOOK_EVERY_H = 6
FAILED = "certificates.renewal_failed"
_PAUSE_S = 600.0  # between two tries to finish what the bank does not take
_URGENT_DAYS = 7
_log = structlog.get_logger("service.renewals")


class Renewals:
    """The renewals of one running service.

    Args:
        banks: its opened channels; the keys they were opened with are the ones on the disk now.
    """

    def __init__(self, installation: Installation, banks: Sequence[Bank]) -> None:
        self._installation = installation
        self._banks = [bank for bank in banks if _in_files(bank)]
        self._desk = Desk.of(installation, SERVICE) if self._banks else None
        self._digests = {bank.table.profile: self._digest(bank) for bank in self._banks}
        self._not_before: dict[str, float] = {}

    def refresh(self, bank: Bank) -> None:
        """Before a poll: the channel uses the key that counts, one that counts from this moment included.

        Never raises: a poll with the former key is better than none.
        """
        if not any(bank is known for known in self._banks):
            return
        try:
            self._finish(bank)
            self._reopen(bank)
        except KvitError as error:
            _log.error("key not refreshed", profile=bank.table.profile, error=error.code)

    def look(self) -> None:
        """Renew what has come near its end, the bank's own included; an alarm says what could not be renewed."""
        for bank in self._banks:
            self._look_at_the_banks(bank)
            if not renewal_due(bank, self._installation.clock.now()):
                self._clear(bank)
                continue
            try:
                done = renew(self._wanted_desk(), bank.table)
            except KvitError as error:
                if error.code != "certificates.busy":  # a command is at it
                    self._alarm(bank, error)
            else:
                self._took(bank, done)

    def _look_at_the_banks(self, bank: Bank) -> None:
        """Where requests are encrypted to the bank: its certificate ends too."""
        if not isinstance(bank.profile, Profile) or bank.profile.encryption is None:
            return
        try:
            if fetch_bank_certificate(self._wanted_desk(), bank.table):
                self._reopen(bank, always=True)
        except KvitError as error:
            if error.code != "certificates.busy":
                self._alarm(bank, error)

    def _finish(self, bank: Bank) -> None:
        name, now = bank.table.profile, self._installation.clock.monotonic()
        if now < self._not_before.get(name, now):
            return
        try:
            done = finish(self._wanted_desk(), bank.table)
        except KvitError:
            self._not_before[name] = now + _PAUSE_S
            raise
        if done is not None:
            self._took(bank, done)

    def _took(self, bank: Bank, done: Renewed) -> None:
        _log.info("certificate renewed", profile=done.profile, until=f"{done.until:%Y-%m-%d}", sha256=done.sha256)
        self._reopen(bank)
        self._clear(bank)

    def _reopen(self, bank: Bank, *, always: bool = False) -> None:
        digest = self._digest(bank)
        if not always and (digest == self._digests[bank.table.profile] or not digest.strip()):
            return
        desk = self._wanted_desk()
        assert isinstance(bank.channel, BxdChannel)
        assert isinstance(bank.profile, Profile)
        key = signing_key(desk.home, desk.vault, bank.table)
        connection = key if isinstance(key, Pkcs12Key) and not bank.table.tls_key else None
        bank.channel.use(
            key,
            connection or tls_key(desk.home, desk.vault, bank.table),
            bxd_trust(desk.home, desk.vault, bank.table, bank.profile),
        )
        self._digests[bank.table.profile] = digest
        _log.info("key exchanged", profile=bank.table.profile)

    def _digest(self, bank: Bank) -> str:
        desk = self._wanted_desk()
        assert isinstance(bank.profile, Profile)
        return slots_of(desk.home, desk.vault, bank.table, bank.profile).digest()

    def _wanted_desk(self) -> Desk:
        assert self._desk is not None  # without such banks nothing comes here
        return self._desk

    def _alarm(self, bank: Bank, error: KvitError) -> None:
        days = _days(bank, self._installation.clock.now())
        _log.error("certificate not renewed", profile=bank.table.profile, error=error.code, days_left=days)
        values = {
            "profile": bank.table.profile,
            "days": days,
            "reason": error.text("ru"),
            "reason_en": error.text("en"),
        }
        with self._installation.store.unit(SERVICE) as unit:
            severity: alarms.Severity = "error" if days <= _URGENT_DAYS else "warning"
            alarms.raise_alarm(unit, FAILED, _subject(bank), values, severity=severity)
            unit.commit()

    def _clear(self, bank: Bank) -> None:
        with self._installation.store.unit(SERVICE) as unit:
            if FAILED in alarms.open_about(unit, _subject(bank)):
                alarms.clear(unit, FAILED, _subject(bank))
                unit.commit()


def renewal_due(bank: Bank, now: datetime) -> bool:
    """Whether a bank's certificate has so few days left that the service renews it by itself."""
    return _renewable(bank) and bank.table.renew_days_before > 0 and _days(bank, now) < bank.table.renew_days_before


def _in_files(bank: Bank) -> bool:
    """Whether the channel can change its key, and the key lies in a file."""
    return isinstance(bank.channel, BxdChannel) and bank.table.key_kind == "pkcs12"


def _renewable(bank: Bank) -> bool:
    """Whether there is a service that renews the key."""
    return _in_files(bank) and isinstance(bank.profile, Profile) and bank.profile.certificates is not None


def _days(bank: Bank, now: datetime) -> int:
    ends = bank.channel.certificate_expires
    if ends is None:
        raise Refused("certificates.no_key", profile=bank.table.profile)
    return days_left(now, ends)


def _subject(bank: Bank) -> str:
    return f"renewal:{bank.table.profile}"
