"""Taking a new key of ours in: it must work, then what opens it is kept, apart from the key itself.

A key in a file: the file in keys/, its pass phrase in the vault. A key on a token: the PIN in the vault, a copy of the
certificate in keys/, so that a start does without the token. A key of the Windows store: nothing but a trial.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from gateway.core.clock import Clock, SystemClock
from gateway.core.errors import Refused
from gateway.service.account import check_account
from gateway.service.config import BankTable, Home
from gateway.service.open_keys import VAULT_SERVICE, certificate_file, read_certificates, token_place
from gateway.service.private_files import make_private_folder, write_private
from gateway.service.wiring import vault_of
from gateway.signing.keys import fingerprint, load_pkcs12
from gateway.signing.policy import ALGORITHMS
from gateway.signing.token import TokenKey
from gateway.signing.token_pins import VaultPins
from gateway.signing.windows_store import open_windows_key


@dataclass(frozen=True, slots=True)
class Kept:
    """A key that was taken in.

    Attributes:
        file: what was written into keys/; None where nothing was.
        until: the end of its certificate, UTC.
        sha256: of the certificate; banks ask for it on the telephone.
    """

    file: Path | None
    subject: str
    issuer: str
    until: datetime
    sha256: str


def keep_key(
    home: Home,
    table: BankTable,
    content: bytes,
    passphrase: str,
    *,
    certificate: bytes | None = None,
    tls: bool = False,
    replace: bool = False,
    clock: Clock | None = None,
) -> Kept:
    """Store a key file as the key of a bank entry: PKCS#12; for GOST also PKCS#8 with its certificate.

    Args:
        certificate: of a GOST key in PKCS#8, PEM or DER; kept as the file that the entry's `certificate` names.
        tls: the key of the connection, where it is another one than the key that signs; always PKCS#12.
        replace: take the place of an earlier key; it is kept beside as `NAME.old`.

    Raises:
        Refused: `signing.*`, `gost.*` when it does not open, `key.ended`, `key.exists`, `key.no_tls_key`,
            `key.is_no_file`, `key.needs_certificate`, `key.no_certificate_name`, `vault.*`.
        Unavailable: `gost.unavailable`.
    """
    check_account(home)
    if tls and not table.tls_key:
        raise Refused("key.no_tls_key", profile=table.profile)
    if not tls and table.key_kind in ("token", "windows"):
        raise Refused("key.is_no_file", profile=table.profile, kind=table.key_kind)
    vault = vault_of(home)
    file = home.keys / (table.tls_key if tls else table.key)
    files = {file: content}
    if table.key_kind == "gost" and not tls:
        opened = _open_gost(table, content, passphrase, certificate)
        if certificate is not None:
            files[certificate_file(home, table)] = certificate
    else:
        opened = load_pkcs12(content, passphrase).certificate
    _check_lasts(opened, clock)
    make_private_folder(home.keys)
    for place, new in files.items():
        if place.exists() and place.read_bytes() != new:
            if not replace:
                raise Refused("key.exists", file=str(place))
            write_private(place.with_name(f"{place.name}.old"), place.read_bytes())
    # The pass phrase first: if the second step fails, the old file no longer opens, and says so, but is not lost.
    vault.set_password(VAULT_SERVICE, f"{table.profile}.tls" if tls else table.profile, passphrase)
    for place, new in files.items():
        write_private(place, new)
    return _kept(file, opened)


def keep_pin(home: Home, table: BankTable, pin: str, *, clock: Clock | None = None) -> Kept:
    """Log in to the token of a bank entry, sign with its key, and keep the PIN.

    A person has just typed it: it is tried whatever was refused before, once.

    Raises:
        Refused: `signing.wrong_pin`, `signing.pin_locked` and the other `signing.*`; `key.ended`, `key.not_on_token`,
            `config.no_certificate`, `config.bad_certificate`, `vault.*`.
        Unavailable: `signing.token_gone`, `signing.token_failed`.
    """
    check_account(home)
    if table.token is None:
        raise Refused("key.not_on_token", profile=table.profile)
    vault = vault_of(home)
    known: Sequence[x509.Certificate] = read_certificates(certificate_file(home, table)) if table.certificate else ()
    key = TokenKey(
        token_place(table.token),
        lambda: pin,
        key_label=table.token.key_label,
        key_id=table.token.key_id,
        certificate=known[0] if known else None,
        chain=tuple(known[1:]),
        refused=VaultPins(vault),
        by_hand=True,
    )
    try:
        key.sign(secrets.token_bytes(32), ALGORITHMS["rsa-sha256"])
    finally:
        key.close()
    _check_lasts(key.certificate, clock)
    vault.set_password(VAULT_SERVICE, table.profile, pin)
    if known:
        return _kept(None, key.certificate)
    make_private_folder(home.keys)
    file = certificate_file(home, table)
    write_private(file, b"".join(c.public_bytes(Encoding.PEM) for c in (key.certificate, *key.chain)))
    return _kept(file, key.certificate)


def try_windows_key(table: BankTable, *, clock: Clock | None = None) -> Kept:
    """Find the key of a bank entry in the Windows store and sign with it; there is nothing to keep.

    Raises:
        Refused: `signing.windows_*`, `key.ended`.
    """
    assert table.windows is not None
    key = open_windows_key(table.windows.store, table.windows.thumbprint, table.windows.subject)
    key.sign(secrets.token_bytes(32), ALGORITHMS["rsa-sha256"])
    _check_lasts(key.certificate, clock)
    return _kept(None, key.certificate)


def _open_gost(table: BankTable, content: bytes, passphrase: str, certificate: bytes | None) -> x509.Certificate:
    from gateway.signing.gost import load_gost_key, load_gost_pkcs12

    if certificate is None:
        if table.certificate:
            raise Refused("key.needs_certificate", profile=table.profile)
        return load_gost_pkcs12(content, passphrase).certificate
    if not table.certificate:
        raise Refused("key.no_certificate_name", profile=table.profile)
    return load_gost_key(content, passphrase, certificate).certificate


def _check_lasts(certificate: x509.Certificate, clock: Clock | None) -> None:
    until = certificate.not_valid_after_utc
    if until < (clock or SystemClock()).now():
        raise Refused("key.ended", until=f"{until:%Y-%m-%d}")


def _kept(file: Path | None, certificate: x509.Certificate) -> Kept:
    return Kept(
        file=file,
        subject=certificate.subject.rfc4514_string(),
        issuer=certificate.issuer.rfc4514_string(),
        until=certificate.not_valid_after_utc,
        sha256=fingerprint(certificate),
    )
