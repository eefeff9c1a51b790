"""Requests to Danske Bank's PkiService, in the service's order of elements.

GetBankCertificate goes as it is. CreateCertificate is encrypted to the bank, its PIN inside. RenewCertificate is signed
with the old signing key, encrypted, and signed once more around the envelope.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from cryptography.hazmat.primitives.serialization import Encoding
from lxml import etree

from gateway.bank.bxd.certificates.names import PKI, PKI_ELEMENTS, schema_of
from gateway.core.errors import Refused
from gateway.signing import canonical, signature
from gateway.signing.keys import Signer
from gateway.signing.policy import ALGORITHMS, ENVELOPED, EXCLUSIVE_C14N
from gateway.signing.signature import DS
from gateway.signing.wsse import SOAP

_INTERFACE = "1"
ENVIRONMENTS = {"PRODUCTION": "production", "TEST": "customertest"}


@dataclass(frozen=True, slots=True)
class Asking:
    """What every request says of itself.

    Attributes:
        customer_id: six characters.
        request_id: ours, up to ten characters.
        environment: a value of ENVIRONMENTS.
    """

    customer_id: str
    request_id: str
    at: datetime
    environment: str

    @property
    def timestamp(self) -> str:
        return self.at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def get_bank_certificate(asking: Asking, root_serial: str) -> etree._Element:
    """The request for the bank's own certificates.

    Raises:
        Refused: `certificates.request_invalid`.
    """
    return _built(
        "GetBankCertificateRequest",
        ("BankRootCertificateSerialNo", root_serial),
        ("Timestamp", asking.timestamp),
        ("RequestId", asking.request_id),
    )


def create_certificate(asking: Asking, signing: bytes, encryption: bytes, pin: str) -> etree._Element:
    """The request for our first two certificates, not yet encrypted.

    Args:
        signing, encryption: PKCS#10 requests, DER.

    Raises:
        Refused: `certificates.request_invalid`.
    """
    return _built("CreateCertificateRequest", *_two_keys(asking, signing, encryption), ("PIN", pin))


def renew_certificate(asking: Asking, signing: bytes, encryption: bytes, old: Signer, algorithm: str) -> etree._Element:
    """The request for the next two certificates, signed with the old key, not yet encrypted.

    Raises:
        Refused: `certificates.request_invalid`, `signing.key_cannot`.
    """
    root = _built("RenewCertificateRequest", *_two_keys(asking, signing, encryption))
    return _signed(root, old, algorithm)


def certificate_status(asking: Asking, serials: Sequence[int], signer: Signer, algorithm: str) -> etree._Element:
    """The question what the bank thinks of certificates of ours, by their serial numbers; signed.

    Raises:
        Refused: `certificates.request_invalid`, `signing.key_cannot`.
    """
    root = _built(
        "CertificateStatusRequest",
        ("KeyGeneratorType", "software"),
        *(("CertificateSerialNo", str(serial)) for serial in serials),
        ("CustomerId", asking.customer_id),
        ("Timestamp", asking.timestamp),
        ("RequestId", asking.request_id),
    )
    return _signed(root, signer, algorithm)


def in_envelope(operation: str, asking: Asking, inside: etree._Element) -> etree._Element:
    """The SOAP message that carries a request: header first, then the request or its EncryptedData."""
    envelope = etree.Element(f"{{{SOAP}}}Envelope", nsmap={"soap-env": SOAP})
    body = etree.SubElement(envelope, f"{{{SOAP}}}Body")
    asked = etree.SubElement(body, f"{{{PKI}}}{operation}In", nsmap={"pki": PKI})
    header = etree.SubElement(asked, f"{{{PKI}}}RequestHeader")
    for name, value in (
        ("SenderId", asking.customer_id),
        ("CustomerId", asking.customer_id),
        ("RequestId", asking.request_id),
        ("Timestamp", asking.timestamp),
        ("InterfaceVersion", _INTERFACE),
        ("Environment", asking.environment),
    ):
        etree.SubElement(header, f"{{{PKI}}}{name}").text = value
    asked.append(inside)
    return envelope


def _signed(root: etree._Element, signer: Signer, algorithm: str) -> etree._Element:
    """`root` with an enveloped signature, canonicalised exclusively as this service does it."""
    digested = canonical.document(root, exclusive=True)
    made = signature.build(
        root, signer, ALGORITHMS[algorithm], EXCLUSIVE_C14N, [("", (ENVELOPED, EXCLUSIVE_C14N), digested)]
    )
    data = etree.SubElement(signature.key_info(made), f"{{{DS}}}X509Data")
    shown = etree.SubElement(data, f"{{{DS}}}X509Certificate")
    shown.text = base64.b64encode(signer.certificate.public_bytes(Encoding.DER)).decode()
    signature.check_value(made, signer.certificate, ())
    return root


def _two_keys(asking: Asking, signing: bytes, encryption: bytes) -> list[tuple[str, str]]:
    return [
        ("CustomerId", asking.customer_id),
        ("KeyGeneratorType", "software"),
        ("EncryptionCertPKCS10", base64.b64encode(encryption).decode("ascii")),
        ("SigningCertPKCS10", base64.b64encode(signing).decode("ascii")),
        ("Timestamp", asking.timestamp),
        ("RequestId", asking.request_id),
        ("Environment", asking.environment),
    ]


def _built(name: str, *fields: tuple[str, str]) -> etree._Element:
    root = etree.Element(f"{{{PKI_ELEMENTS}}}{name}", nsmap={"el": PKI_ELEMENTS})
    for field, value in fields:
        etree.SubElement(root, f"{{{PKI_ELEMENTS}}}{field}").text = value
    schema = schema_of(PKI_ELEMENTS)
    assert schema is not None
    try:
        schema.assertValid(root)
    except etree.DocumentInvalid as error:
        detail = str(error).replace(f"{{{PKI_ELEMENTS}}}", "")[:200]
        raise Refused("certificates.request_invalid", detail=detail) from None
    return root
