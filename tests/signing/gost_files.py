"""GOST keys and certificates for tests, made by openssl with its engine: a source independent of our own code."""

from __future__ import annotations

import atexit
import tempfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from cryptography import x509

from gateway.signing.gost import GostKey, load_gost_key
from gateway.signing.policy import TrustPolicy
from tests.signing.tools import need_gost, openssl

PASSPHRASE = "тайна 1"
_EXTENSIONS = "keyUsage=critical,digitalSignature,keyEncipherment\nsubjectKeyIdentifier=hash\n"


@dataclass(frozen=True)
class GostFiles:
    """An authority and one signer under it.

    Attributes:
        folder: ca.pem, ca.key, key.pem (PKCS#8, encrypted with PASSPHRASE), plain.pem (not encrypted), cert.pem.
        name: "gost2012-256" or "gost2012-512".
    """

    folder: Path
    name: str

    @property
    def anchor(self) -> x509.Certificate:
        return x509.load_pem_x509_certificate((self.folder / "ca.pem").read_bytes())

    def key(self) -> GostKey:
        return load_gost_key(
            (self.folder / "key.pem").read_bytes(), PASSPHRASE, (self.folder / "cert.pem").read_bytes()
        )

    def policy(self, **changes: object) -> TrustPolicy:
        return TrustPolicy(**{"anchors": (self.anchor,), "algorithms": frozenset({self.name}), **changes})


@cache
def gost_files(name: str = "gost2012-256", curve: str = "A") -> GostFiles:
    """One set per process; skips the test where there is no engine."""
    need_gost()
    holder = tempfile.TemporaryDirectory(prefix="kvit-gost-")
    atexit.register(holder.cleanup)
    folder = Path(holder.name)
    kind = ("-engine", "gost", "-newkey", name.replace("-", "_"), "-pkeyopt", f"paramset:{curve}", "-nodes")
    subject = ("-subj", "/C=RU/CN=ГОСТ Центр", "-utf8")
    openssl("req", "-x509", *kind, "-days", "30", *subject, "-keyout", folder / "ca.key", "-out", folder / "ca.pem")
    request = ("-subj", "/C=RU/CN=ГОСТ Банк", "-utf8", "-out", folder / "req.pem")
    openssl("req", *kind, "-keyout", folder / "plain.pem", *request)
    (folder / "ext.cnf").write_text(_EXTENSIONS)
    openssl(
        *("x509", "-engine", "gost", "-req", "-in", folder / "req.pem", "-CA", folder / "ca.pem"),
        *("-CAkey", folder / "ca.key", "-set_serial", "77", "-days", "20"),
        *("-extfile", folder / "ext.cnf", "-out", folder / "cert.pem"),
    )
    (folder / "pass").write_text(PASSPHRASE)
    openssl(
        *("pkcs8", "-engine", "gost", "-topk8", "-v2", "aes256", "-in", folder / "plain.pem"),
        *("-passout", f"file:{folder / 'pass'}", "-out", folder / "key.pem"),
    )
    return GostFiles(folder, name)
