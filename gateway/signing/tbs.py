"""Parts of a certificate as the octets they are: the library hands out names and keys re-encoded, or not at all."""

from __future__ import annotations

from cryptography import x509

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


def _parts(certificate: x509.Certificate) -> tuple[der.Element, der.Element]:
    fields = der.only(certificate.tbs_certificate_bytes).fields()
    fields.optional(der.context(0))  # version
    fields.take(der.INTEGER)
    fields.take(der.SEQUENCE)  # signature algorithm
    name = fields.take(der.SEQUENCE)
    fields.take(der.SEQUENCE)  # validity
    fields.take(der.SEQUENCE)  # subject
    return name, fields.take(der.SEQUENCE)
