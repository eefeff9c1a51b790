"""Private keys: what a signature needs from them, and PKCS#12 files.

Everything above this file asks a key for two things only: its certificate, and a raw signature over given octets.
A USB token (PKCS#11) or a national cryptographic provider can do exactly that, so they fit the same `Signer`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.serialization import pkcs12

from gateway.core.errors import Refused
from gateway.signing.policy import HASHES, Algorithm


class Signer(Protocol):
    """A private key somewhere, with its certificate."""

    @property
    def certificate(self) -> x509.Certificate:
        """The certificate of the key."""

    @property
    def chain(self) -> tuple[x509.Certificate, ...]:
        """Certificates between ours and the root, nearest first; may be empty."""

    def sign(self, octets: bytes, algorithm: Algorithm) -> bytes:
        """The raw signature value over `octets`, as XMLDSig wants it.

        Raises:
            Refused: `signing.key_cannot` when this key does not know the algorithm.
        """


@dataclass(frozen=True, slots=True)
class Pkcs12Key:
    """An RSA key held in memory, out of a PKCS#12 container.

    Attributes:
        private_key: never logged, never written unencrypted.
    """

    private_key: rsa.RSAPrivateKey = field(repr=False)
    certificate: x509.Certificate
    chain: tuple[x509.Certificate, ...] = ()

    def sign(self, octets: bytes, algorithm: Algorithm) -> bytes:
        if not algorithm.name.startswith("rsa-"):
            raise Refused("signing.key_cannot", algorithm=algorithm.name)
        return self.private_key.sign(octets, padding.PKCS1v15(), HASHES[algorithm.digest])

    def to_pkcs12(self, passphrase: str, name: str = "kvit") -> bytes:
        """This key as an encrypted PKCS#12 container."""
        return pkcs12.serialize_key_and_certificates(
            name.encode(),
            self.private_key,
            self.certificate,
            self.chain,
            serialization.BestAvailableEncryption(passphrase.encode()),
        )


def load_pkcs12(data: bytes, passphrase: str) -> Pkcs12Key:
    """Open a PKCS#12 container (slow by design, some 60 ms: load once and keep).

    Raises:
        Refused: `signing.wrong_passphrase`, `signing.no_key` (certificate or key missing), `signing.key_kind`
            (not RSA), `signing.key_mismatch` (the certificate is another key's).
    """
    try:
        key, certificate, others = pkcs12.load_key_and_certificates(data, passphrase.encode())
    except ValueError:
        # one exception for a wrong pass phrase and for a broken file; the library does not tell them apart
        raise Refused("signing.wrong_passphrase") from None
    if key is None or certificate is None:
        raise Refused("signing.no_key")
    if not isinstance(key, rsa.RSAPrivateKey):
        raise Refused("signing.key_kind", kind=type(key).__name__.lstrip("_"))
    if key.public_key() != certificate.public_key():
        raise Refused("signing.key_mismatch", subject=certificate.subject.rfc4514_string())
    return Pkcs12Key(key, certificate, tuple(others))


def fingerprint(certificate: x509.Certificate) -> str:
    """SHA-256 of the DER certificate, lower-case hex: how we name and pin certificates."""
    return certificate.fingerprint(hashes.SHA256()).hex()
