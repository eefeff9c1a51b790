"""The PKCS#10 request of a new key.

The same key and the same subject give the same bytes (RSA PKCS#1 v1.5 signatures have no chance in them), so a renewal
that was interrupted asks again with the very request it asked with before.
"""

from __future__ import annotations

from collections.abc import Sequence

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from gateway.core.errors import Refused

_BITS = 2048
_ATTRIBUTES = {
    "C": NameOID.COUNTRY_NAME,
    "O": NameOID.ORGANIZATION_NAME,
    "OU": NameOID.ORGANIZATIONAL_UNIT_NAME,
    "CN": NameOID.COMMON_NAME,
    "serialNumber": NameOID.SERIAL_NUMBER,
}
_LONGEST_NAME = 64  # ub-common-name of RFC 5280


def new_private_key() -> rsa.RSAPrivateKey:
    """A new key, made here and now; takes some tenths of a second."""
    return rsa.generate_private_key(public_exponent=65537, key_size=_BITS)


def certificate_request(key: rsa.RSAPrivateKey, subject: Sequence[str], *, customer_id: str, company: str) -> bytes:
    """The PKCS#10 request for `key`, DER.

    Args:
        subject: a profile's: "C=FI", "CN={customer_id}", in this order.

    Raises:
        Refused: `certificates.subject`: the bank would refuse it, or it cannot be written down.
    """
    names = []
    for part in subject:
        kind, _, value = part.partition("=")
        text = value.replace("{customer_id}", customer_id).replace("{company}", company.strip()[:_LONGEST_NAME])
        try:
            names.append(x509.NameAttribute(_ATTRIBUTES[kind.strip()], text))
        except (KeyError, ValueError):
            raise Refused("certificates.subject", part=part, value=text) from None
    built = x509.CertificateSigningRequestBuilder().subject_name(x509.Name(names))
    return built.sign(key, hashes.SHA256()).public_bytes(Encoding.DER)
