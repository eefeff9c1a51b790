"""Private keys: what a signature needs from them, and PKCS#12 files.

Everything above this file asks a key for two things only: its certificate, and a raw signature over given octets.
A USB token (PKCS#11) or a national cryptographic provider can do exactly that, so they fit the same `Signer`. What is
encrypted to us is opened by a `Decryptor`: it unwraps the content key and nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from typing import Protocol

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.serialization import pkcs12

from gateway.core.errors import Corrupt, Refused
from gateway.signing.policy import HASHES, Algorithm

# Ways a content key is encrypted to an RSA key (RFC 8017), by the names `Decryptor.decrypt_key` takes. The OAEP ones
# use the same hash for the label and for MGF1; the label is empty.
KEY_TRANSPORTS: dict[str, padding.AsymmetricPadding] = {
    "rsa-pkcs1v15": padding.PKCS1v15(),
    "rsa-oaep-sha1": padding.OAEP(
        mgf=padding.MGF1(hashes.SHA1()),  # noqa: S303 - OAEP does not rest on collision resistance
        algorithm=hashes.SHA1(),  # noqa: S303
        label=None,
    ),
    "rsa-oaep-sha256": padding.OAEP(mgf=padding.MGF1(hashes.SHA256()), algorithm=hashes.SHA256(), label=None),
}


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


class Decryptor(Protocol):
    """A private key somewhere that can open what was encrypted to its certificate."""

    @property
    def certificate(self) -> x509.Certificate:
        """The certificate of the key: recipients are found by its issuer and serial number."""

    def decrypt_key(self, wrapped: bytes, algorithm: str) -> bytes:
        """The content key that was encrypted to us.

        Args:
            algorithm: a key of KEY_TRANSPORTS.

        Raises:
            Refused: `signing.key_cannot_decrypt` when this key does not know the algorithm.
            Corrupt: `cms.undecryptable` when nothing comes out.
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

    def decrypt_key(self, wrapped: bytes, algorithm: str) -> bytes:
        if algorithm not in KEY_TRANSPORTS:
            raise Refused("signing.key_cannot_decrypt", algorithm=algorithm)
        try:
            return self.private_key.decrypt(wrapped, KEY_TRANSPORTS[algorithm])
        except ValueError:
            raise Corrupt("cms.undecryptable") from None

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


@lru_cache(maxsize=256)
def fingerprint(certificate: x509.Certificate) -> str:
    """SHA-256 of the DER certificate, lower-case hex: how we name and pin certificates."""
    return certificate.fingerprint(hashes.SHA256()).hex()
