"""Our own certificate at a bank: the first one, and each next one before the last has ended.

    make a key → ask the bank → keep its certificate beside the key → prove it by a real call → let it count

The key that counts is used all the while and is exchanged by one rename at the very end, so nothing stops for a
renewal, and whatever interrupts it is taken up again where it was: with the same key, hence the same request.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from gateway.bank.bxd.certificates.authority import certificate_service, open_authority
from gateway.bank.bxd.certificates.csr import certificate_request
from gateway.bank.bxd.certificates.issued import Authority, Issued, Wanted
from gateway.bank.bxd.certificates.pki import PkiService
from gateway.bank.bxd.client import BxdChannel
from gateway.bank.bxd.profile import Agreement, Profile, load_trust
from gateway.core.authority import Actor
from gateway.core.clock import Clock, business_date
from gateway.core.errors import Refused
from gateway.service.account import check_account
from gateway.service.config import BankTable, Config, Home
from gateway.service.instance import InstanceLock
from gateway.service.key_slot import KeySlot, slots_of
from gateway.service.open_keys import tls_key
from gateway.service.private_files import make_private_folder, write_private
from gateway.service.wiring import Installation, bxd_trust, profile_of, vault_of
from gateway.signing.keys import Pkcs12Key, fingerprint
from gateway.signing.vault import SealedVault
from gateway.store import Store

_LOCK_FOLDER = "renewal"
_BANK_CERTIFICATE_AHEAD = timedelta(days=30)
_Ask = Callable[[Authority, Wanted], Issued]


@dataclass(frozen=True, slots=True)
class Desk:
    """What enrolment works with.

    Attributes:
        actor: who does it, for the journal.
    """

    home: Home
    config: Config
    clock: Clock
    store: Store
    vault: SealedVault
    actor: Actor

    @classmethod
    def of(cls, installation: Installation, actor: Actor) -> Desk:
        """The desk of an opened installation.

        Raises:
            Refused: `vault.*`.
        """
        opened = installation
        return cls(opened.home, opened.config, opened.clock, opened.store, vault_of(opened.home), actor)


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


def fetch_bank_certificate(desk: Desk, table: BankTable) -> bool:
    """Get what the bank wants encrypted to, where its certificate is missing or near its end; True when it was fetched.

    Raises:
        As `renew`.
    """
    with _alone(desk):
        return _Work(desk, table).bank_certificate()


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
            if issued.bank_encryption is not None:
                self._keep_bank_certificate(issued.bank_encryption)
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

    def bank_certificate(self) -> bool:
        """Fetch the bank's encryption certificate where it is needed; True when it was."""
        if self._profile.encryption is None:
            return False
        known = self._trust.bank_encryption
        if known is not None and known.not_valid_after_utc - self._desk.clock.now() > _BANK_CERTIFICATE_AHEAD:
            return False
        authority = self._authority()
        try:
            fetched = authority.bank_certificates() if isinstance(authority, PkiService) else None
        finally:
            authority.close()
        if fetched is None or fetched.encryption == known:
            return False
        self._keep_bank_certificate(fetched.encryption)
        return True

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
        authority = self._authority()
        try:
            return ask(authority, Wanted(*requests))
        finally:
            authority.close()

    def _authority(self) -> Authority:
        anchors, clock = self._desk.home.anchors, self._desk.clock
        return open_authority(self._profile, self._agreement, self._trust, anchors, clock, self._key_of_connection())

    def _key_of_connection(self) -> Pkcs12Key | None:
        if self._table.tls_key:
            return tls_key(self._desk.home, self._desk.vault, self._table)
        return self.slots.signing.current()

    def _prove(self, new: Pkcs12Key) -> None:
        """The bank answers a question asked with the new key, and the answer holds."""
        channel = BxdChannel(
            self._profile,
            self._agreement,
            bxd_trust(self._desk.home, self._desk.vault, self._table, self._profile),
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

    def _keep_bank_certificate(self, certificate: x509.Certificate) -> None:
        """Put what the bank wants encrypted to, verified by its root, where the channel looks for it."""
        if self._profile.encryption is not None:
            file = self._desk.home.anchors / self._profile.encryption.bank_certificate
            make_private_folder(file.parent)
            write_private(file, certificate.public_bytes(Encoding.PEM))

    def _drop_ended(self) -> None:
        """A next key whose certificate ended before it was proved is no use any more."""
        for slot in self.slots.all:
            pending = slot.pending()
            certificate = pending.certificate if pending else None
            if certificate is not None and certificate.not_valid_after_utc <= self._desk.clock.now():
                slot.discard()

    def _note(self, what: str, until: datetime, sha256: str) -> None:
        with self._desk.store.unit(self._desk.actor) as unit:
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
