"""Our own certificate at a bank: the first one, and each next one before the last has ended.

    make a key → ask the bank → keep its certificate beside the key → prove it by a real call → let it count

The key that counts is used all the while and is exchanged by one rename at the very end, so nothing stops for a
renewal, and whatever interrupts it is taken up again where it was: with the same key, hence the same request.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from gateway.bank.bxd.certificates.authority import certificate_service, open_authority
from gateway.bank.bxd.certificates.csr import certificate_request
from gateway.bank.bxd.certificates.issued import Authority, Issued, Wanted
from gateway.bank.bxd.client import BxdChannel
from gateway.bank.bxd.profile import Agreement, Profile, load_trust
from gateway.core.clock import Clock, business_date
from gateway.core.errors import Refused
from gateway.service.account import check_account, operator
from gateway.service.config import BankTable, Config, Home
from gateway.service.instance import InstanceLock
from gateway.service.key_slot import KeySlot
from gateway.service.open_keys import tls_key
from gateway.service.wiring import Installation, profile_of, vault_of
from gateway.signing.keys import Pkcs12Key, fingerprint
from gateway.signing.vault import SealedVault
from gateway.store import Store

_LOCK_FOLDER = "renewal"
_Ask = Callable[[Authority, Wanted], Issued]


@dataclass(frozen=True, slots=True)
class Desk:
    """What enrolment works with."""

    home: Home
    config: Config
    clock: Clock
    store: Store
    vault: SealedVault

    @classmethod
    def of(cls, installation: Installation) -> Desk:
        """The desk of an opened installation.

        Raises:
            Refused: `vault.*`.
        """
        opened = installation
        return cls(opened.home, opened.config, opened.clock, opened.store, vault_of(opened.home))


@dataclass(frozen=True, slots=True)
class Renewed:
    """A certificate that counts from now on.

    Attributes:
        until: its end, UTC.
        sha256: of the certificate; banks ask for it on the telephone.
        former_until: the end of the one before; None for the first one.
        resumed: an interrupted renewal was finished.
    """

    profile: str
    subject: str
    until: datetime
    sha256: str
    former_until: datetime | None
    resumed: bool


@dataclass(frozen=True, slots=True)
class Slots:
    """The keys of one agreement.

    Attributes:
        encryption: None where one key does both.
    """

    signing: KeySlot
    encryption: KeySlot | None

    @property
    def all(self) -> tuple[KeySlot, ...]:
        return (self.signing,) if self.encryption is None else (self.encryption, self.signing)

    def decryptors(self) -> tuple[Pkcs12Key, ...]:
        """Every key the bank may have encrypted to, the likeliest first; none where it encrypts nothing."""
        if self.encryption is None:
            return ()
        pending = self.encryption.pending()
        found = (self.encryption.current(), pending.complete() if pending else None, *self.encryption.former())
        return tuple(key for key in found if key is not None)


def slots_of(home: Home, vault: SealedVault, table: BankTable, profile: Profile) -> Slots:
    """Where the keys of an agreement lie.

    Raises:
        Refused: `certificates.no_encryption_key`: the bank wants a second key, and kvit.toml names no file for it.
    """
    signing = KeySlot(home.keys / table.key, table.profile, vault)
    if profile.encryption is None:
        return Slots(signing, None)
    if not table.encryption_key:
        raise Refused("certificates.no_encryption_key", profile=table.profile)
    return Slots(signing, KeySlot(home.keys / table.encryption_key, f"{table.profile}.encryption", vault))


def enrol(desk: Desk, table: BankTable, code: str, *, replace: bool = False) -> Renewed:
    """Get the first certificate of an agreement, for the bank's one-time code.

    Args:
        replace: also where a key counts already, as when its certificate has ended.

    Raises:
        Refused: `certificates.have_key`, `certificates.*`, `bank.*`, `config.*`, `vault.*`.
        Unavailable: the bank is away: nothing is lost, the same command goes on with the same key.
        Corrupt: `bank.*`, `certificates.*`: the answer does not hold.
    """
    with _alone(desk):
        work = _Work(desk, table)
        old = work.slots.signing.current()
        if old is not None and not replace:
            raise Refused("certificates.have_key", file=str(work.slots.signing.file))
        return work.go(lambda authority, wanted: authority.enrol(wanted, code), old)


def renew(desk: Desk, table: BankTable) -> Renewed:
    """Get the next certificate, asked for with the key that counts now.

    Raises:
        Refused: `certificates.no_key`, `certificates.ended`: too late for that, the bank must send a code;
            `certificates.*`, `bank.*`, `config.*`, `vault.*`.
        Unavailable: the bank is away: nothing is lost, the next call goes on with the same key.
        Corrupt: `bank.*`, `certificates.*`: the answer does not hold.
    """
    with _alone(desk):
        work = _Work(desk, table)
        old = work.slots.signing.current()
        if old is None:
            raise Refused("certificates.no_key", profile=table.profile)
        until = old.certificate.not_valid_after_utc
        if until <= desk.clock.now() and not work.certified:
            raise Refused("certificates.ended", profile=table.profile, until=f"{until:%Y-%m-%d}")
        return work.go(lambda authority, wanted: authority.renew(wanted, old), old)


def finish(desk: Desk, table: BankTable) -> Renewed | None:
    """Finish a renewal whose certificate has come already; None when there is nothing of the kind.

    Raises:
        As `renew`.
    """
    if not KeySlot(desk.home.keys / table.key, table.profile, desk.vault).new_file.is_file():
        return None  # nearly always: no lock, no key opened
    with _alone(desk):
        work = _Work(desk, table)
        return work.finished(work.slots.signing.current()) if work.certified else None


def start_over(desk: Desk, table: BankTable) -> None:
    """Give up the next key, if one is in the making.

    Raises:
        Refused: `certificates.busy`, `certificates.no_encryption_key`.
    """
    with _alone(desk):
        for slot in _Work(desk, table).slots.all:
            slot.discard()


class _Work:
    """One enrolment or renewal, the lock held."""

    def __init__(self, desk: Desk, table: BankTable) -> None:
        self._desk = desk
        self._table = table
        if table.key_kind != "pkcs12":
            raise Refused("certificates.key_kind", profile=table.profile, kind=table.key_kind)
        profile = profile_of(desk.home, table)
        if not isinstance(profile, Profile):
            raise Refused("certificates.no_service", profile=table.profile)
        self._profile = profile
        self._agreement = Agreement(table.customer_id, table.target_id, url=table.url)
        self._trust = load_trust(self._profile, desk.home.anchors)
        self.slots = slots_of(desk.home, desk.vault, table, self._profile)
        self._drop_ended()

    @property
    def certified(self) -> bool:
        """Whether the next key has its certificate already."""
        pending = self.slots.signing.pending()
        return pending is not None and pending.certificate is not None

    def go(self, ask: _Ask, old: Pkcs12Key | None) -> Renewed:
        """Everything that is still to do."""
        resumed = self.certified
        if not resumed:
            issued = self._asked(ask)
            # The encryption key first: the signing key's certificate is what says that the bank has answered.
            if self.slots.encryption is not None and issued.encryption is not None:
                self.slots.encryption.certify(issued.encryption, issued.chain)
            self.slots.signing.certify(issued.signing, issued.chain)
            self._note("certificate.received", issued.signing.not_valid_after_utc, fingerprint(issued.signing))
        return self.finished(old, resumed=resumed)

    def finished(self, old: Pkcs12Key | None, *, resumed: bool = True) -> Renewed:
        """Prove the next key by a real call, then let it count."""
        pending = self.slots.signing.pending()
        new = pending.complete() if pending else None
        if new is None:
            raise Refused("certificates.nothing_pending", file=str(self.slots.signing.new_file))
        self._prove(new)
        # Encryption first: both keys open what the bank encrypts, while a new signature asks for the new one.
        if self.slots.encryption is not None and self.slots.encryption.new_file.is_file():
            self.slots.encryption.switch()
        self.slots.signing.switch()
        until = new.certificate.not_valid_after_utc
        self._note("certificate.switched", until, fingerprint(new.certificate))
        return Renewed(
            profile=self._table.profile,
            subject=new.certificate.subject.rfc4514_string(),
            until=until,
            sha256=fingerprint(new.certificate),
            former_until=old.certificate.not_valid_after_utc if old else None,
            resumed=resumed,
        )

    def _asked(self, ask: _Ask) -> Issued:
        subject = certificate_service(self._profile, self._agreement).subject
        requests = [
            certificate_request(
                slot.begin().private_key,
                subject,
                customer_id=self._table.customer_id,
                company=self._desk.config.company.name,
            )
            for slot in (self.slots.signing, self.slots.encryption)
            if slot is not None
        ]
        authority = open_authority(
            self._profile,
            self._agreement,
            self._trust,
            self._desk.home.anchors,
            self._desk.clock,
            self._key_of_connection(),
        )
        try:
            return ask(authority, Wanted(*requests))
        finally:
            authority.close()

    def _key_of_connection(self) -> Pkcs12Key | None:
        if self._table.tls_key:
            return tls_key(self._desk.home, self._desk.vault, self._table)
        return self.slots.signing.current()

    def _prove(self, new: Pkcs12Key) -> None:
        """The bank answers a question asked with the new key, and the answer holds."""
        channel = BxdChannel(
            self._profile,
            self._agreement,
            self._trust,
            self._desk.clock,
            new,
            tls_key(self._desk.home, self._desk.vault, self._table) if self._table.tls_key else new,
        )
        try:
            if "getUserInfo" in self._profile.service.operations:
                channel.user_info()
            else:
                channel.list_files(business_date(self._desk.clock.now()))
        finally:
            channel.close()

    def _drop_ended(self) -> None:
        """A next key whose certificate ended before it was proved is no use any more."""
        for slot in self.slots.all:
            pending = slot.pending()
            certificate = pending.certificate if pending else None
            if certificate is not None and certificate.not_valid_after_utc <= self._desk.clock.now():
                slot.discard()

    def _note(self, what: str, until: datetime, sha256: str) -> None:
        with self._desk.store.unit(operator()) as unit:
            unit.journal(what, f"certificate:{self._table.profile}", until=f"{until:%Y-%m-%d}", sha256=sha256)
            unit.commit()


@contextmanager
def _alone(desk: Desk) -> Iterator[None]:
    """One enrolment or renewal at a time in a home, the service's own included."""
    check_account(desk.home)
    lock = InstanceLock(desk.home.run / _LOCK_FOLDER)
    try:
        lock.acquire()
    except Refused as error:
        if error.code != "service.already_running":
            raise
        raise Refused("certificates.busy") from None
    try:
        yield
    finally:
        lock.release()
