"""Opening our own keys: from the files, the tokens and the vault of a home to signers.

The key that signs may lie in a file, on a token or in the Windows store; the key of the TLS connection is always a
PKCS#12 file, because OpenSSL wants it in memory.
"""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from gateway.core.errors import Refused
from gateway.service.config import BankTable, Home, TokenTable
from gateway.service.passphrases import VAULT_SERVICE, passphrase_of
from gateway.signing.keys import Decryptor, Pkcs12Key, Signer, load_pkcs12
from gateway.signing.token import TokenKey, TokenPlace
from gateway.signing.token_pins import VaultPins
from gateway.signing.vault import SealedVault
from gateway.signing.windows_store import open_windows_key

__all__ = ["VAULT_SERVICE", "OwnKey", "certificate_file", "read_certificates", "signing_key", "tls_key", "token_place"]


class OwnKey(Signer, Decryptor, Protocol):
    """A key of ours: every kind signs, and opens what was encrypted to it."""


def signing_key(home: Home, vault: SealedVault, table: BankTable) -> OwnKey:
    """The key that signs our messages to a bank.

    A key on a token whose certificate lies in keys/ opens without the token; the token is needed when it signs.

    Raises:
        Refused: `config.no_key`, `config.no_certificate`, `config.no_passphrase`, `config.bad_certificate`,
            `signing.*`, `gost.*`.
        Unavailable: `signing.token_gone`, `signing.token_failed`, `gost.unavailable`.
    """
    if table.key_kind == "token":
        return _on_token(home, vault, table)
    if table.key_kind == "windows":
        assert table.windows is not None
        return open_windows_key(table.windows.store, table.windows.thumbprint, table.windows.subject)
    if table.key_kind == "gost":
        return _gost(home, vault, table)
    return _pkcs12(vault, home.keys / table.key, table.profile)


def tls_key(home: Home, vault: SealedVault, table: BankTable) -> Pkcs12Key:
    """The key of the connection: the PKCS#12 file `tls_key`, else the PKCS#12 file that signs.

    Raises:
        Refused: `config.no_tls_key` (the key that signs is no PKCS#12 file), `config.no_key`, `config.no_passphrase`,
            `signing.*`.
    """
    if table.tls_key:
        return _pkcs12(vault, home.keys / table.tls_key, f"{table.profile}.tls")
    if table.key_kind != "pkcs12":
        raise Refused("config.no_tls_key", profile=table.profile, kind=table.key_kind)
    return _pkcs12(vault, home.keys / table.key, table.profile)


def token_place(table: TokenTable) -> TokenPlace:
    """The token a [bank.token] table names."""
    return TokenPlace(table.module, table.token_label, table.serial)


def certificate_file(home: Home, table: BankTable) -> Path:
    """Where the certificate of a key lies that brings none of its own."""
    return home.keys / (table.certificate or f"{table.profile}.cer")


def read_certificates(file: Path) -> tuple[x509.Certificate, ...]:
    """The certificates of a PEM or DER file, ours first.

    Raises:
        Refused: `config.no_certificate`, `config.bad_certificate`.
    """
    if not file.is_file():
        raise Refused("config.no_certificate", file=str(file))
    content = file.read_bytes()
    try:
        if b"-----BEGIN" in content:
            return tuple(x509.load_pem_x509_certificates(content))
        return (x509.load_der_x509_certificate(content),)
    except ValueError:
        raise Refused("config.bad_certificate", file=str(file)) from None


def _pkcs12(vault: SealedVault, file: Path, user: str) -> Pkcs12Key:
    content = _content(file)
    passphrase = passphrase_of(vault, user, content)
    if passphrase is None:
        raise Refused("config.no_passphrase", profile=user)
    return load_pkcs12(content, passphrase)


def _gost(home: Home, vault: SealedVault, table: BankTable) -> OwnKey:
    from gateway.signing.gost import load_gost_key, load_gost_pkcs12  # of use to few installations

    content, passphrase = _content(home.keys / table.key), _secret(vault, table.profile)
    if not table.certificate:
        return load_gost_pkcs12(content, passphrase)
    own, *chain = read_certificates(certificate_file(home, table))
    return load_gost_key(content, passphrase, own.public_bytes(Encoding.DER), tuple(chain))


def _on_token(home: Home, vault: SealedVault, table: BankTable) -> TokenKey:
    assert table.token is not None
    file = certificate_file(home, table)
    known = read_certificates(file) if table.certificate or file.is_file() else ()
    return TokenKey(
        token_place(table.token),
        lambda: _secret(vault, table.profile),
        key_label=table.token.key_label,
        key_id=table.token.key_id,
        certificate=known[0] if known else None,
        chain=known[1:],
        refused=VaultPins(vault),
    )


def _content(file: Path) -> bytes:
    if not file.is_file():
        raise Refused("config.no_key", file=str(file))
    return file.read_bytes()


def _secret(vault: SealedVault, user: str) -> str:
    passphrase = vault.get_password(VAULT_SERVICE, user)
    if passphrase is None:
        raise Refused("config.no_passphrase", profile=user)
    return passphrase
