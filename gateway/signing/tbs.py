"""Parts of a certificate as the octets they are: the library hands out names and keys re-encoded, or not at all."""

from __future__ import annotations

from functools import lru_cache

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from gateway.signing import der


def issuer(certificate: x509.Certificate) -> bytes:
    """DER of the issuer's name exactly as it stands in the certificate; messages name signers by it.

    Raises:
        Corrupt: `cms.malformed`.
    """
    return _parts(certificate)[0].raw


def public_key_info(certificate: x509.Certificate) -> der.Element:
    """SubjectPublicKeyInfo.

    Raises:
        Corrupt: `cms.malformed`.
    """
    return _parts(certificate)[1]


def names_one_algorithm(certificate: x509.Certificate) -> bool:
    """Whether the algorithm named beside the signature is, octet for octet, the one named inside it.

    RFC 5280, 4.1.1.2 demands it, and it is all that holds the one outside: without this, anybody could make a second
    certificate, with another fingerprint, that verifies like the first.

    Raises:
        Corrupt: `cms.malformed`.
    """
    whole = der.only(certificate.public_bytes(Encoding.DER)).fields()
    whole.take(der.SEQUENCE)
    outside = whole.take(der.SEQUENCE)
    fields = _beginning(certificate)
    return fields.take(der.SEQUENCE).raw == outside.raw


def _beginning(certificate: x509.Certificate) -> der.Fields:
    """The signed part, behind version and serial number."""
    fields = der.only(certificate.tbs_certificate_bytes).fields()
    fields.optional(der.context(0))
    fields.take(der.INTEGER)
    return fields


@lru_cache(maxsize=64)
def _parts(certificate: x509.Certificate) -> tuple[der.Element, der.Element]:
    fields = _beginning(certificate)
    fields.take(der.SEQUENCE)  # signature algorithm
    name = fields.take(der.SEQUENCE)
    fields.take(der.SEQUENCE)  # validity
    fields.take(der.SEQUENCE)  # subject
    return name, fields.take(der.SEQUENCE)
