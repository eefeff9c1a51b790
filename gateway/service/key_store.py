"""Taking a new key of ours in: it must open, then its file and its pass phrase are kept, apart from each other."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from gateway.core.clock import Clock, SystemClock
from gateway.core.errors import Refused
from gateway.service.account import check_account
from gateway.service.config import BankTable, Home
from gateway.service.open_keys import VAULT_SERVICE
from gateway.service.private_files import make_private_folder, write_private
from gateway.service.wiring import vault_of
from gateway.signing.keys import fingerprint, load_pkcs12


@dataclass(frozen=True, slots=True)
class Kept:
    """A key that was taken in.

    Attributes:
        until: the end of its certificate, UTC.
        sha256: of the certificate; banks ask for it on the telephone.
    """

    file: Path
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
    tls: bool = False,
    replace: bool = False,
    clock: Clock | None = None,
) -> Kept:
    """Store a PKCS#12 container as the key of a bank entry.

    Args:
        tls: the key of the connection, where it is another one than the key that signs.
        replace: take the place of an earlier key; it is kept beside as `NAME.old`.

    Raises:
        Refused: `signing.*` when it does not open, `key.ended`, `key.exists`, `key.no_tls_key`, `vault.*`.
    """
    check_account(home)
    if tls and not table.tls_key:
        raise Refused("key.no_tls_key", profile=table.profile)
    vault = vault_of(home)
    opened = load_pkcs12(content, passphrase)
    certificate = opened.certificate
    until = certificate.not_valid_after_utc
    if until < (clock or SystemClock()).now():
        raise Refused("key.ended", until=f"{until:%Y-%m-%d}")
    file = home.keys / (table.tls_key if tls else table.key)
    make_private_folder(home.keys)
    if file.exists() and file.read_bytes() != content:
        if not replace:
            raise Refused("key.exists", file=str(file))
        write_private(file.with_name(f"{file.name}.old"), file.read_bytes())
    # The pass phrase first: if the second step fails, the old file no longer opens, and says so, but is not lost.
    vault.set_password(VAULT_SERVICE, f"{table.profile}.tls" if tls else table.profile, passphrase)
    write_private(file, content)
    return Kept(
        file=file,
        subject=certificate.subject.rfc4514_string(),
        issuer=certificate.issuer.rfc4514_string(),
        until=until,
        sha256=fingerprint(certificate),
    )
