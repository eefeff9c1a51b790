"""Where the vault's master key comes from: a systemd credential on Linux, DPAPI on Windows. Nowhere else.

There is no search: a machine that offers neither gets an error that says what to do, never a key in a file that
anybody can read.
"""

from __future__ import annotations

import base64
import binascii
import os
import secrets
import sys
from pathlib import Path

from gateway.core.errors import Refused

CREDENTIAL = "kvit-master"
LENGTH = 32


def new_master_key() -> bytes:
    """32 random bytes."""
    return secrets.token_bytes(LENGTH)


def master_key_from_environment(sealed: Path | None = None) -> bytes:
    """The master key this machine hands to the service.

    Linux: the file `kvit-master` in $CREDENTIALS_DIRECTORY (systemd LoadCredential= or LoadCredentialEncrypted=),
    32 bytes raw or in base64. Windows: `sealed`, a file made by `seal_master_key`.

    Raises:
        Refused: `vault.no_master_key`, `vault.bad_master_key`.
    """
    if sys.platform == "win32":
        return _from_dpapi(sealed)
    else:  # noqa: RET505 - mypy reads the platform test, not the early return
        folder = os.environ.get("CREDENTIALS_DIRECTORY", "")
        file = Path(folder) / CREDENTIAL
        if not folder or not file.is_file():
            raise Refused("vault.no_master_key")
        return _checked(file.read_bytes())


def _checked(key: bytes) -> bytes:
    """The key out of its raw or base64 form."""
    if len(key) != LENGTH:
        try:
            key = base64.b64decode(key.strip(), validate=True)
        except (binascii.Error, ValueError):
            raise Refused("vault.bad_master_key") from None
    if len(key) != LENGTH:
        raise Refused("vault.bad_master_key")
    return key


if sys.platform == "win32":
    import ctypes
    from ctypes import wintypes

    # Not a secret: it only keeps other programs' DPAPI blobs from being taken for ours.
    _ENTROPY = b"kvit vault master key, format 1"
    _UI_FORBIDDEN = 0x1
    _LOCAL_MACHINE = 0x4  # `kvit init` and the service run as different accounts; the folder's ACL is the fence

    class _Blob(ctypes.Structure):
        _fields_ = [("size", wintypes.DWORD), ("data", ctypes.POINTER(ctypes.c_char))]

    def seal_master_key(key: bytes, file: Path) -> None:
        """Write `key` to `file`, sealed for this machine.

        Raises:
            OSError: DPAPI or the disk refuses.
        """
        file.write_bytes(_dpapi("CryptProtectData", key, _UI_FORBIDDEN | _LOCAL_MACHINE))

    def _from_dpapi(sealed: Path | None) -> bytes:
        if sealed is None or not sealed.is_file():
            raise Refused("vault.no_master_key")
        try:
            return _checked(_dpapi("CryptUnprotectData", sealed.read_bytes(), _UI_FORBIDDEN))
        except OSError:
            raise Refused("vault.bad_master_key") from None

    def _dpapi(function: str, data: bytes, flags: int) -> bytes:
        """Call CryptProtectData or CryptUnprotectData of crypt32.dll."""
        call = getattr(ctypes.WinDLL("crypt32", use_last_error=True), function)
        call.restype = wintypes.BOOL
        pointer = ctypes.POINTER(_Blob)
        call.argtypes = [
            pointer,
            ctypes.c_void_p,
            pointer,
            ctypes.c_void_p,
            ctypes.c_void_p,
            wintypes.DWORD,
            pointer,
        ]
        given, entropy, result = _blob(data), _blob(_ENTROPY), _Blob()
        done = call(ctypes.byref(given), None, ctypes.byref(entropy), None, None, flags, ctypes.byref(result))
        if not done:
            raise ctypes.WinError(ctypes.get_last_error())
        try:
            return ctypes.string_at(result.data, result.size)
        finally:
            free = ctypes.WinDLL("kernel32").LocalFree
            free.argtypes, free.restype = [ctypes.c_void_p], ctypes.c_void_p
            free(ctypes.cast(result.data, ctypes.c_void_p))

    def _blob(data: bytes) -> _Blob:
        return _Blob(
            len(data), ctypes.cast(ctypes.create_string_buffer(data, len(data)), ctypes.POINTER(ctypes.c_char))
        )
