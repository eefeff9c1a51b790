"""The sealed vault: pass phrases and tokens in one file, each value under AES-256-GCM.

A `keyring` backend that is handed in explicitly (`use`); keyring's own search for a backend, which may end in a
plaintext file, never runs. Service and user are authenticated with the value, so values cannot be swapped. What the
file cannot show is that an entry was removed or an older copy of the whole file put back.
"""

from __future__ import annotations

import base64
import json
import os
import secrets
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import keyring
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from keyring.backend import KeyringBackend
from keyring.compat import properties
from keyring.errors import PasswordDeleteError

from gateway.core.errors import Corrupt, Refused
from gateway.signing.master_key import LENGTH, master_key_from_environment, new_master_key

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

__all__ = ["SealedVault", "master_key_from_environment", "new_master_key", "open_vault", "use"]

_FORMAT = 1
_NONCE = 12

Entries = dict[str, dict[str, str]]  # service → user → base64(nonce + sealed value)


class SealedVault(KeyringBackend):
    """Secrets in one JSON file.

    Args:
        path: the file; made with the first secret, in an existing folder.
        master_key: 32 bytes.
    """

    def __init__(self, path: Path, master_key: bytes) -> None:
        # KeyringBackend.__init__ is left out on purpose: it lets environment variables overwrite attributes
        if len(master_key) != LENGTH:
            raise Refused("vault.bad_master_key")
        self._path = path
        self._cipher = AESGCM(master_key)
        self._thread = threading.Lock()

    @properties.classproperty
    def priority(self) -> float:
        """Never found by keyring's search: the vault needs a path and a key."""
        raise RuntimeError("the sealed vault is opened explicitly")

    def get_password(self, service: str, username: str) -> str | None:
        """The secret, or None where there is none.

        Raises:
            Corrupt: `vault.unreadable`, `vault.wrong_key`.
        """
        sealed = self._read().get(service, {}).get(username)
        if sealed is None:
            return None
        try:
            octets = base64.b64decode(sealed, validate=True)
            return self._cipher.decrypt(octets[:_NONCE], octets[_NONCE:], _bound(service, username)).decode("utf-8")
        except (InvalidTag, ValueError):
            raise Corrupt("vault.wrong_key", service=service, user=username) from None

    def set_password(self, service: str, username: str, password: str) -> None:
        """Store a secret, replacing a former one.

        Raises:
            Corrupt: `vault.unreadable`.
        """
        nonce = secrets.token_bytes(_NONCE)
        sealed = nonce + self._cipher.encrypt(nonce, password.encode("utf-8"), _bound(service, username))
        with self._changing() as entries:
            entries.setdefault(service, {})[username] = base64.b64encode(sealed).decode("ascii")

    def delete_password(self, service: str, username: str) -> None:
        """Forget a secret.

        Raises:
            keyring.errors.PasswordDeleteError: there is none.
            Corrupt: `vault.unreadable`.
        """
        with self._changing() as entries:
            if entries.get(service, {}).pop(username, None) is None:
                raise PasswordDeleteError(username)
            if not entries[service]:
                del entries[service]

    @contextmanager
    def _changing(self) -> Iterator[Entries]:
        """Entries to change; written when the block ends well. One writer at a time, threads and processes."""
        with self._thread, _exclusive(self._path.with_suffix(".lock")):
            entries = self._read()
            yield entries
            self._write(entries)

    def _read(self) -> Entries:
        try:
            text = self._path.read_text(encoding="utf-8")
        except FileNotFoundError:
            return {}
        except (OSError, UnicodeDecodeError):
            raise Corrupt("vault.unreadable", path=str(self._path)) from None
        try:
            stored = json.loads(text)
            if stored["format"] != _FORMAT:
                raise ValueError(stored["format"])
            return {s: {u: str(v) for u, v in users.items()} for s, users in stored["secrets"].items()}
        except (ValueError, KeyError, TypeError, AttributeError):
            raise Corrupt("vault.unreadable", path=str(self._path)) from None

    def _write(self, entries: Entries) -> None:
        """Replace the file: after a crash either the old or the new one is there, whole."""
        handle, temporary = tempfile.mkstemp(prefix=".vault-", dir=self._path.parent)  # mode 0600
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                json.dump({"format": _FORMAT, "secrets": entries}, file, ensure_ascii=False, indent=1)
                file.flush()
                os.fsync(file.fileno())
            Path(temporary).replace(self._path)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise
        _sync_folder(self._path.parent)


def open_vault(path: Path, master_key: bytes) -> SealedVault:
    """The vault at `path`; keyring's functions use it from here on.

    Raises:
        Refused: `vault.bad_master_key`.
    """
    vault = SealedVault(path, master_key)
    use(vault)
    return vault


def use(vault: SealedVault) -> None:
    """Make `vault` what `keyring.get_password` and its companions talk to."""
    keyring.set_keyring(vault)


def _bound(service: str, user: str) -> bytes:
    """What is authenticated beside a value: format, service and user, with nothing to confuse between them."""
    return json.dumps(["kvit-vault", _FORMAT, service, user]).encode("ascii")


@contextmanager
def _exclusive(lock: Path) -> Iterator[None]:
    """Hold the lock file against other processes."""
    handle = os.open(lock, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        if sys.platform == "win32":
            msvcrt.locking(handle, msvcrt.LK_LOCK, 1)
        else:
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        if sys.platform == "win32":
            os.lseek(handle, 0, os.SEEK_SET)
            msvcrt.locking(handle, msvcrt.LK_UNLCK, 1)
        os.close(handle)


def _sync_folder(folder: Path) -> None:
    """Make the new name durable; Windows has no such call and needs none (NTFS journals the rename)."""
    if sys.platform != "win32":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
