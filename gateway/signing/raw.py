"""Digests and signature values by the names policies use, whichever library knows them.

RSA and SHA are cryptography's and the standard library's; GOST is the engine's (`gateway.signing.gost`). Everything
that verifies, XML, CMS, certificates, revocation lists, asks here.
"""

from __future__ import annotations

import hashlib

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from gateway.core.errors import Corrupt, Refused
from gateway.signing import gost, gost_kinds
from gateway.signing.keys import Pkcs12Key, Signer
from gateway.signing.policy import ALGORITHMS, HASHES, Algorithm


def digest(name: str, octets: bytes) -> bytes:
    """The digest `name` (a key of `policy.DIGESTS`) of `octets`.

    Raises:
        Unavailable: `gost.unavailable`.
    """
    if name in gost_kinds.BY_DIGEST:
        return gost.digest(name, octets)
    return hashlib.new(name, octets).digest()


def verify(certificate: x509.Certificate, algorithm: Algorithm, octets: bytes, value: bytes) -> bool:
    """Whether `value` is the signature over `octets` by the certificate's key; False for a key of another kind.

    Raises:
        Unavailable: `gost.unavailable`.
    """
    if algorithm.name in gost_kinds.BY_NAME:
        kind = gost_kinds.kind_of(certificate)
        if kind is None or kind.name != algorithm.name:
            return False
        try:
            info = gost_kinds.public_key(certificate)
        except Corrupt:
            return False
        return gost.verify(info, octets, value, algorithm.name)
    key = rsa_key(certificate)
    if key is None:
        return False
    try:
        key.verify(value, octets, padding.PKCS1v15(), HASHES[algorithm.digest])
    except InvalidSignature:
        return False
    return True


def check_made(signer: Signer, algorithm: Algorithm, octets: bytes, value: bytes) -> None:
    """See that what a key signed verifies by its own certificate, before anybody else finds that it does not.

    Keys in memory were compared with their certificates when they were loaded; what a device returns is looked at.

    Raises:
        Refused: `signing.bad_signature`.
    """
    if isinstance(signer, Pkcs12Key | gost.GostKey):
        return
    if not verify(signer.certificate, algorithm, octets, value):
        raise Refused("signing.bad_signature", subject=signer.certificate.subject.rfc4514_string())


def rsa_key(certificate: x509.Certificate) -> rsa.RSAPublicKey | None:
    """The RSA key of a certificate; None when its key is another one, or one the library cannot read."""
    try:
        key = certificate.public_key()
    except (ValueError, UnsupportedAlgorithm):
        return None
    return key if isinstance(key, rsa.RSAPublicKey) else None


def native_algorithm(certificate: x509.Certificate) -> Algorithm:
    """How the key of a certificate signs where nobody asks for anything else: RSA with SHA-256, GOST as GOST.

    Raises:
        Refused: `signing.key_kind`.
    """
    kind = gost_kinds.kind_of(certificate)
    if kind is not None:
        return ALGORITHMS[kind.name]
    if rsa_key(certificate) is None:
        raise Refused("signing.key_kind", kind=certificate.public_key_algorithm_oid.dotted_string)
    return ALGORITHMS["rsa-sha256"]
