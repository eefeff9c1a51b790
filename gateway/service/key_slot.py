"""One key of ours on the disk through its renewals: the one that counts, the next one in the making, former ones.

    NAME.p12                  counts
    NAME.new.p12              the next one: at first a key alone, later with the certificate the bank gave for it
    NAME.<fingerprint>.p12    former ones; answers encrypted to them still open

Each step is one atomic rename, after the pass phrase of the new file is in the vault. A process that dies anywhere
leaves the old key or the new one in its place, whole and with its pass phrase; the step is then done again.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, pkcs12

from gateway.bank.bxd.certificates.csr import new_private_key
from gateway.bank.bxd.profile import Profile
from gateway.core.errors import Refused
from gateway.onec.exchange_files import sync_folder
from gateway.service.config import BankTable, Home
from gateway.service.passphrases import forget, passphrase_of, remember
from gateway.service.private_files import make_private_folder, write_private
from gateway.signing.keys import Pkcs12Key, fingerprint, load_pkcs12
from gateway.signing.vault import SealedVault

_NAMED_BY = 16  # hex digits of a fingerprint in the name of a former key's file


@dataclass(frozen=True, slots=True)
class Pending:
    """The next key.

    Attributes:
        certificate: None until the bank has given one.
    """

    private_key: rsa.RSAPrivateKey
    certificate: x509.Certificate | None = None
    chain: tuple[x509.Certificate, ...] = ()

    def complete(self) -> Pkcs12Key | None:
        """The key with its certificate; None while there is none."""
        if self.certificate is None:
            return None
        return Pkcs12Key(self.private_key, self.certificate, self.chain)


@dataclass(frozen=True, slots=True)
class KeySlot:
    """A key file and what belongs to it.

    Attributes:
        file: NAME.p12.
        user: the agreement's name in the vault.
    """

    file: Path
    user: str
    vault: SealedVault

    @property
    def new_file(self) -> Path:
        return self.file.with_name(f"{self.file.stem}.new.p12")

    def current(self) -> Pkcs12Key | None:
        """The key that counts; None where there is none yet.

        Raises:
            Refused: `config.no_passphrase`, `signing.*`. Corrupt: `vault.*`.
        """
        content = _read(self.file)
        return None if content is None else self._open(content)

    def digest(self) -> str:
        """Of the key file, to see whether it was exchanged; "" where there is none."""
        content = _read(self.file)
        return "" if content is None else hashlib.sha256(content).hexdigest()

    def pending(self) -> Pending | None:
        """The next key, if one is in the making.

        Raises:
            Refused: `certificates.pending_unreadable`. Corrupt: `vault.*`.
        """
        content = _read(self.new_file)
        if content is None:
            return None
        passphrase = passphrase_of(self.vault, self.user, content)
        try:
            key, certificate, chain = pkcs12.load_key_and_certificates(content, (passphrase or "").encode())
        except ValueError:
            raise Refused("certificates.pending_unreadable", file=str(self.new_file)) from None
        if not isinstance(key, rsa.RSAPrivateKey):
            raise Refused("certificates.pending_unreadable", file=str(self.new_file))
        return Pending(key, certificate, tuple(chain))

    def begin(self) -> Pending:
        """The next key: the one in the making, or a new one.

        Raises:
            Refused: `certificates.pending_unreadable`. Corrupt: `vault.*`.
        """
        found = self.pending()
        if found is not None:
            return found
        made = Pending(new_private_key())
        make_private_folder(self.file.parent)
        self._keep(made, secrets.token_urlsafe(32))
        return made

    def certify(self, certificate: x509.Certificate, chain: tuple[x509.Certificate, ...] = ()) -> Pkcs12Key:
        """Put the bank's certificate to the next key.

        Raises:
            Refused: `certificates.pending_unreadable`, `certificates.nothing_pending`. Corrupt: `vault.*`.
        """
        found, before = self.pending(), _read(self.new_file)
        if found is None or before is None:
            raise Refused("certificates.nothing_pending", file=str(self.new_file))
        passphrase = passphrase_of(self.vault, self.user, before) or ""
        self._keep(Pending(found.private_key, certificate, chain), passphrase)
        forget(self.vault, self.user, before)
        return Pkcs12Key(found.private_key, certificate, chain)

    def switch(self) -> None:
        """The next key counts from here on; the one that counted becomes a former one.

        Raises:
            Refused: `certificates.nothing_pending`, `config.no_passphrase`, `signing.*`. Corrupt: `vault.*`.
        """
        found = self.pending()
        if found is None or found.complete() is None:
            raise Refused("certificates.nothing_pending", file=str(self.new_file))
        old = _read(self.file)
        if old is not None:
            self._archive(old)
        self.new_file.replace(self.file)
        sync_folder(self.file.parent)

    def discard(self) -> None:
        """Give the next key up."""
        content = _read(self.new_file)
        if content is not None:
            self.new_file.unlink()
            forget(self.vault, self.user, content)

    def former(self) -> list[Pkcs12Key]:
        """Keys that counted once, those that open; the newest certificate first."""
        found = []
        for file in self.file.parent.glob(f"{self.file.stem}.*.p12"):
            content = _read(file)
            if content is None or file == self.new_file:
                continue
            try:
                found.append(self._open(content))
            except Refused:
                continue  # put there by hand, or of another agreement
        return sorted(found, key=lambda key: key.certificate.not_valid_after_utc, reverse=True)

    def _archive(self, content: bytes) -> None:
        """Keep a copy of the key that counts, under a name of its own and with its pass phrase to itself."""
        passphrase = passphrase_of(self.vault, self.user, content)
        if passphrase is None:
            raise Refused("config.no_passphrase", profile=self.user)
        remember(self.vault, self.user, content, passphrase)
        name = fingerprint(load_pkcs12(content, passphrase).certificate)[:_NAMED_BY]
        write_private(self.file.with_name(f"{self.file.stem}.{name}.p12"), content)

    def _keep(self, key: Pending, passphrase: str) -> None:
        content = pkcs12.serialize_key_and_certificates(
            self.file.stem.encode(),
            key.private_key,
            key.certificate,
            key.chain or None,
            BestAvailableEncryption(passphrase.encode()),
        )
        remember(self.vault, self.user, content, passphrase)
        write_private(self.new_file, content)

    def _open(self, content: bytes) -> Pkcs12Key:
        passphrase = passphrase_of(self.vault, self.user, content)
        if passphrase is None:
            raise Refused("config.no_passphrase", profile=self.user)
        return load_pkcs12(content, passphrase)


@dataclass(frozen=True, slots=True)
class Slots:
    """The keys of one agreement.

    Attributes:
        encryption: None where one key does both.
    """

    signing: KeySlot
    encryption: KeySlot | None

    def digest(self) -> str:
        """Of all key files, to see whether one was exchanged."""
        return " ".join(slot.digest() for slot in self.all)

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


def _read(file: Path) -> bytes | None:
    try:
        return file.read_bytes()
    except FileNotFoundError:
        return None
