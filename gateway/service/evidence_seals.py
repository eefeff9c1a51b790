"""The two keys a head of the journal is sealed with: one of this installation, and the company's own.

The installation's is derived from the vault's master key: whoever has the disk or the database does not have it, but
nobody outside can check it either. The company's is the key that signs to the bank: its certificate is public, so the
signature convinces an auditor.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import logging
from collections.abc import Mapping
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding

from gateway.core.errors import KvitError, Refused
from gateway.service.config import Config, Home
from gateway.service.open_keys import signing_key
from gateway.service.private_files import make_private_folder, write_private
from gateway.signing import raw
from gateway.signing.keys import Signer, fingerprint
from gateway.signing.master_key import master_key_from_environment
from gateway.signing.policy import ALGORITHMS
from gateway.signing.vault import open_vault
from gateway.store.heads import Signature

# The standard library's: a command's standard output belongs to its answer, and nothing configures structlog there.
_log = logging.getLogger("service.heads")
_PURPOSE = b"kvit heads of the journal, key 1"


class InstallationKey:
    """Derived from the master key: a leaked MAC key opens no vault.

    Args:
        master_key: the vault's.
    """

    def __init__(self, master_key: bytes) -> None:
        self._key = HKDF(hashes.SHA256(), 32, None, _PURPOSE).derive(master_key)

    def mac(self, octets: bytes) -> str:
        """HMAC-SHA256, lower-case hex."""
        return hmac.new(self._key, octets, hashlib.sha256).hexdigest()


def installation_key(home: Home) -> InstallationKey | None:
    """This machine's; None where it hands out no master key (a command in an administrator's shell)."""
    try:
        return InstallationKey(master_key_from_environment(home.sealed_master_key))
    except Refused:
        return None


class HouseSeals:
    """Seals lines with both keys of a home, and checks them; a `Sealer` and a `Checker`.

    Args:
        certificates: where the certificates of the company's keys are kept, by fingerprint.
        installation: None only to check.
    """

    def __init__(self, home: Home, config: Config, certificates: Path, installation: InstallationKey | None) -> None:
        self._home = home
        self._config = config
        self._certificates = certificates
        self._installation = installation
        self._signer: Signer | None = None

    def mac(self, octets: bytes) -> str:
        if self._installation is None:
            raise Refused("vault.no_master_key")
        return self._installation.mac(octets)

    def sign(self, octets: bytes) -> Signature | None:
        """By the first bank's key that opens; None when none does now (a token that was pulled out, say)."""
        try:
            signer = self.signer()
            if signer is None:
                return None
            return self.signature(signer, octets)
        except (KvitError, OSError) as error:
            _log.info("the company's key does not sign: %s", getattr(error, "code", type(error).__name__))
            return None

    def signer(self) -> Signer | None:
        """The company's key, opened once and kept.

        Raises:
            Refused, Unavailable: it does not open.
        """
        if self._signer is None and self._config.bank:
            vault = open_vault(self._home.vault_file, master_key_from_environment(self._home.sealed_master_key))
            self._signer = signing_key(self._home, vault, self._config.bank[0])
        return self._signer

    def signature(self, signer: Signer, octets: bytes) -> Signature:
        """The signature as it stands in a line; the certificate is put aside for whoever checks it.

        Raises:
            Refused, Unavailable: the key does not sign.
        """
        algorithm = raw.native_algorithm(signer.certificate)
        value = signer.sign(octets, algorithm)
        name = fingerprint(signer.certificate)
        file = self._certificates / f"{name}.pem"
        if not file.exists():
            make_private_folder(self._certificates)
            write_private(file, signer.certificate.public_bytes(Encoding.PEM))
        return {"algorithm": algorithm.name, "certificate": name, "value": base64.b64encode(value).decode("ascii")}

    def mac_holds(self, octets: bytes, mac: str) -> bool | None:
        if self._installation is None:
            return None
        return hmac.compare_digest(self._installation.mac(octets), mac)

    def signature_holds(self, octets: bytes, signature: Mapping[str, str]) -> bool | None:
        algorithm = ALGORITHMS.get(signature.get("algorithm", ""))
        if algorithm is None:
            return False
        try:
            value = base64.b64decode(signature.get("value", ""), validate=True)
        except (binascii.Error, ValueError):
            return False
        certificate = self._certificate(signature.get("certificate", ""))
        if certificate is None:
            return None
        try:
            return raw.verify(certificate, algorithm, octets, value)
        except KvitError:
            return None  # GOST without its engine

    def _certificate(self, name: str) -> x509.Certificate | None:
        """The kept certificate of that fingerprint; a file with another one in it is none."""
        if not (len(name) == 64 and name.isalnum()):
            return None
        try:
            found = x509.load_pem_x509_certificate((self._certificates / f"{name}.pem").read_bytes())
        except (OSError, ValueError):
            return None
        return found if fingerprint(found) == name else None
