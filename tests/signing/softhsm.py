"""Tokens without hardware: SoftHSM2, a PKCS#11 library that keeps its tokens in folders.

A PKCS#11 library is one per process and reads its configuration when it is initialised; each test gets folders of its
own and makes the library start anew with them, so workers and tests do not see each other's tokens.

What stands for the hardware: a token is pulled out by moving its folder away (the library then answers with the errors
of a device that failed, and lists the slot no more once it is initialised anew); the PIN counter's warnings, which a
device keeps in its flags, are written into the flags of the token's file, since SoftHSM2 itself never locks.
"""

from __future__ import annotations

import shutil
import struct
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from gateway.signing.keys import Pkcs12Key
from gateway.signing.token import TokenPlace
from gateway.signing.token_module import token_module

PIN = "4711-пин"
FINAL_TRY, LOCKED = 0x20000, 0x40000  # CKF_USER_PIN_FINAL_TRY, CKF_USER_PIN_LOCKED

_PLACES = (
    "/usr/lib/softhsm/libsofthsm2.so",
    "/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so",
    "/usr/lib/aarch64-linux-gnu/softhsm/libsofthsm2.so",
    "/usr/lib64/pkcs11/libsofthsm2.so",
    "/usr/lib64/softhsm/libsofthsm.so",
)
_TOKEN_FLAGS = struct.pack(">QQ", 0x8000534B, 2)  # the attribute of a token's file that holds its flags, as a number


def need() -> str:
    """The library's path; a test that asks is skipped where there is none."""
    pytest.importorskip("pkcs11", reason="python-pkcs11 is missing: pip install kvit[token]")
    found = next((place for place in _PLACES if Path(place).is_file()), None)
    if found is None or shutil.which("softhsm2-util") is None:
        pytest.skip("SoftHSM2 is missing: apt install softhsm2")
    return found


@dataclass(frozen=True)
class Hsm:
    """Tokens of one test."""

    module: str
    folder: Path

    def place(self, label: str = "", serial: str = "") -> TokenPlace:
        return TokenPlace(self.module, label, serial)

    def add(self, label: str) -> str:
        """A new token; its serial number."""
        subprocess.run(
            [
                *("softhsm2-util", "--module", self.module, "--init-token", "--free"),
                *("--label", label, "--so-pin", "87654321", "--pin", PIN),
            ],
            check=True,
            capture_output=True,
        )
        self.restart()
        return next(t.serial for t in token_module(self.module).tokens() if t.label == label)

    def put(
        self, label: str, key: Pkcs12Key, name: str = "bank", key_id: bytes = b"\x01",
        *, certificate: bool = True, asks_each_time: bool = False,
    ) -> None:  # fmt: skip
        """Put a key on a token as its maker's program would: never to be taken out again."""
        import pkcs11
        from pkcs11 import Attribute, CertificateType, ObjectClass
        from pkcs11.util.rsa import decode_rsa_private_key

        der = key.private_key.private_bytes(Encoding.DER, PrivateFormat.TraditionalOpenSSL, NoEncryption())
        common = {Attribute.TOKEN: True, Attribute.LABEL: name, Attribute.ID: key_id}
        secret = {
            **decode_rsa_private_key(der), **common,
            Attribute.PRIVATE: True, Attribute.SENSITIVE: True, Attribute.EXTRACTABLE: False,
            Attribute.ALWAYS_AUTHENTICATE: asks_each_time,
        }  # fmt: skip
        with pkcs11.lib(self.module).get_token(token_label=label).open(rw=True, user_pin=PIN) as session:
            session.create_object(secret)
            for held in (key.certificate, *key.chain) if certificate else ():
                own = held is key.certificate
                session.create_object(
                    {
                        Attribute.CLASS: ObjectClass.CERTIFICATE,
                        Attribute.CERTIFICATE_TYPE: CertificateType.X_509,
                        Attribute.TOKEN: True,
                        Attribute.LABEL: name if own else "issuer",
                        Attribute.ID: key_id if own else b"\xff",
                        Attribute.SUBJECT: held.subject.public_bytes(),
                        Attribute.VALUE: held.public_bytes(Encoding.DER),
                    }
                )

    def pull_out(self, serial: str) -> None:
        self._file(serial).parent.rename(self.folder / f"out-{serial}")

    def plug_in(self, serial: str) -> None:
        (self.folder / f"out-{serial}").rename(self.folder / "tokens" / f"back-{serial}")

    def set_flag(self, serial: str, flag: int) -> None:
        """Raise one of the token's flags."""
        file = self._file(serial)
        content = bytearray(file.read_bytes())
        at = content.index(_TOKEN_FLAGS) + len(_TOKEN_FLAGS)
        (flags,) = struct.unpack_from(">Q", content, at)
        struct.pack_into(">Q", content, at, flags | flag)
        file.write_bytes(content)
        self.restart()

    def flags(self, serial: str) -> int:
        """The token's flags as its file has them."""
        content = self._file(serial).read_bytes()
        (flags,) = struct.unpack_from(">Q", content, content.index(_TOKEN_FLAGS) + len(_TOKEN_FLAGS))
        return int(flags)

    def restart(self) -> None:
        token_module(self.module).restart()

    def _file(self, serial: str) -> Path:
        files = (self.folder / "tokens").glob("*/token.object")
        return next(file for file in files if serial.encode() in file.read_bytes())


@contextmanager
def tokens(folder: Path, patch: pytest.MonkeyPatch) -> Iterator[Hsm]:
    """SoftHSM2 with no token yet."""
    module = need()
    (folder / "tokens").mkdir(parents=True)
    settings = folder / "softhsm2.conf"
    settings.write_text(f"directories.tokendir = {folder / 'tokens'}\nobjectstore.backend = file\nlog.level = ERROR\n")
    patch.setenv("SOFTHSM2_CONF", str(settings))
    hsm = Hsm(module, folder)
    hsm.restart()
    yield hsm
    hsm.restart()
