"""Our keys on this machine: PKCS#12 files in a folder, their pass phrases in the vault (through keyring)."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import keyring

from gateway.core.errors import Refused
from gateway.signing.keys import Pkcs12Key, load_pkcs12

SERVICE = "kvit"
"""keyring's service name for everything of ours."""


def put_key(folder: Path, name: str, data: bytes, passphrase: str) -> Pkcs12Key:
    """Keep a container as `folder`/`name`.p12 and its pass phrase in the vault; the key in it.

    Raises:
        Refused: `signing.wrong_passphrase` and its companions (see `load_pkcs12`); then nothing was kept.
        Corrupt: `vault.unreadable`.
    """
    key = load_pkcs12(data, passphrase)
    keyring.set_password(SERVICE, _user(name), passphrase)
    handle, temporary = tempfile.mkstemp(prefix=".key-", dir=folder)  # mode 0600
    with os.fdopen(handle, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    Path(temporary).replace(folder / f"{name}.p12")
    return key


def open_key(folder: Path, name: str) -> Pkcs12Key:
    """The key kept under `name`. Slow by design (some 60 ms): open once, keep.

    Raises:
        Refused: `signing.key_missing`, `vault.no_passphrase`, `signing.wrong_passphrase` and its companions.
        Corrupt: `vault.unreadable`, `vault.wrong_key`.
    """
    file = folder / f"{name}.p12"
    try:
        data = file.read_bytes()
    except FileNotFoundError:
        raise Refused("signing.key_missing", name=file.name) from None
    passphrase = keyring.get_password(SERVICE, _user(name))
    if passphrase is None:
        raise Refused("vault.no_passphrase", name=file.name)
    return load_pkcs12(data, passphrase)


def _user(name: str) -> str:
    return f"pkcs12:{name}"
