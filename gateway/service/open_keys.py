"""Opening our own keys: from the files and the vault of a home to signers."""

from __future__ import annotations

from pathlib import Path

from gateway.core.errors import Refused
from gateway.service.config import BankTable, Home
from gateway.signing.keys import Pkcs12Key, load_pkcs12
from gateway.signing.vault import SealedVault

VAULT_SERVICE = "kvit.bank"


def signing_key(home: Home, vault: SealedVault, table: BankTable) -> Pkcs12Key:
    """The key that signs our messages to a bank.

    Raises:
        Refused: `config.no_key`, `config.no_passphrase`, `signing.*`.
    """
    return _pkcs12(vault, home.keys / table.key, table.profile)


def tls_key(home: Home, vault: SealedVault, table: BankTable) -> Pkcs12Key:
    """The key of the connection: the signing key, where no other is named.

    Raises:
        Refused: `config.no_key`, `config.no_passphrase`, `signing.*`.
    """
    if not table.tls_key:
        return signing_key(home, vault, table)
    return _pkcs12(vault, home.keys / table.tls_key, f"{table.profile}.tls")


def _pkcs12(vault: SealedVault, file: Path, user: str) -> Pkcs12Key:
    if not file.is_file():
        raise Refused("config.no_key", file=str(file))
    passphrase = vault.get_password(VAULT_SERVICE, user)
    if passphrase is None:
        raise Refused("config.no_passphrase", profile=user)
    return load_pkcs12(file.read_bytes(), passphrase)
