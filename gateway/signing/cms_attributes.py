"""The signed attributes of a CMS signer: what the signature value is really over."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from gateway.core.errors import Corrupt
from gateway.signing import der, raw
from gateway.signing.cms_names import (
    CONTENT_TYPE,
    DATA,
    DIGEST_NAMES,
    MESSAGE_DIGEST,
    SIGNING_CERTIFICATE,
    SIGNING_CERTIFICATE_V2,
    SIGNING_TIME,
)

_UTC_TIME = re.compile(rb"\d{12}Z")
_GENERALIZED_TIME = re.compile(rb"\d{14}Z")


@dataclass(frozen=True, slots=True)
class SignedAttributes:
    """Attributes read from a message.

    Attributes:
        signed: the octets the signature value is over.
        message_digest: claimed digest of the content.
        signed_at: claimed time of signing, UTC.
        certificate_digests: digest name and value of the certificate the signer says is its own (CAdES), if it does.
    """

    signed: bytes
    message_digest: bytes
    signed_at: datetime | None
    certificate_digests: tuple[tuple[str, bytes], ...]

    def names(self, certificate: x509.Certificate) -> bool:
        """Whether every statement about the signer's certificate is about this one.

        Raises:
            Unavailable: `gost.unavailable`.
        """
        octets = certificate.public_bytes(Encoding.DER)
        return all(raw.digest(name, octets) == value for name, value in self.certificate_digests)


def write_attributes(message_digest: bytes, at: datetime) -> bytes:
    """The octets to sign: DER of content type, message digest and signing time (whole seconds)."""
    instant = at.astimezone(UTC)
    # RFC 5652, 11.3: two digits of the year through 2049
    if instant.year < 2050:
        time = der.tlv(der.UTC_TIME, instant.strftime("%y%m%d%H%M%SZ").encode())
    else:
        time = der.tlv(der.GENERALIZED_TIME, instant.strftime("%Y%m%d%H%M%SZ").encode())
    values = {CONTENT_TYPE: der.oid(DATA), SIGNING_TIME: time, MESSAGE_DIGEST: der.octet_string(message_digest)}
    return der.set_of(*(der.sequence(der.oid(kind), der.set_of(value)) for kind, value in values.items()))


def read_attributes(element: der.Element) -> SignedAttributes:
    """The attributes of a signer, strictly.

    Args:
        element: the [0] of a SignerInfo.

    Raises:
        Corrupt: `cms.malformed` (not DER: unsorted, double), `cms.shape` (lacking, or not about plain data).
    """
    parts = der.split(element.content)
    if [p.raw for p in parts] != sorted(p.raw for p in parts):
        raise der.malformed("signed attributes not in the order of DER")
    values: dict[str, list[der.Element]] = {}
    for part in parts:
        fields = part.fields()
        kind = fields.take(der.OID).oid()
        if kind in values:
            raise der.malformed("a signed attribute twice")
        values[kind] = fields.take(der.SET).fields(der.SET).rest()
        fields.end()
    content_type = _only(values, CONTENT_TYPE)
    digest = _only(values, MESSAGE_DIGEST)
    if content_type is None or digest is None:
        raise Corrupt("cms.shape", detail="content type or message digest is not signed")
    if content_type.oid() != DATA:
        raise Corrupt("cms.shape", detail="the signed content type is not plain data")
    time = _only(values, SIGNING_TIME)
    return SignedAttributes(
        der.tlv(der.SET, element.content),
        digest.octets(),
        _instant(time) if time is not None else None,
        tuple(_certificate_digests(values)),
    )


def _only(values: dict[str, list[der.Element]], kind: str) -> der.Element | None:
    """The one value of an attribute; None when the attribute is not there."""
    found = values.get(kind)
    if found is None:
        return None
    if len(found) != 1:
        raise Corrupt("cms.shape", detail=f"{len(found)} values of the attribute {kind}")
    return found[0]


def _instant(element: der.Element) -> datetime:
    pattern, form = {
        der.UTC_TIME: (_UTC_TIME, "%y%m%d%H%M%SZ"),
        der.GENERALIZED_TIME: (_GENERALIZED_TIME, "%Y%m%d%H%M%SZ"),
    }.get(element.tag, (None, ""))
    if pattern is None or not pattern.fullmatch(element.content):
        raise der.malformed("a signing time in an odd form")
    text = element.content.decode("ascii")
    if element.tag == der.UTC_TIME:  # RFC 5280: 50 to 99 are of the last century
        text, form = ("19" if text[0] >= "5" else "20") + text, "%Y%m%d%H%M%SZ"
    try:
        return datetime.strptime(text, form).replace(tzinfo=UTC)
    except ValueError:
        raise der.malformed("a signing time that is none") from None


def _certificate_digests(values: dict[str, list[der.Element]]) -> list[tuple[str, bytes]]:
    """The first ESSCertID of the signing certificate attributes (RFC 5035): the signer's own, by digest."""
    found = []
    for kind, usual in ((SIGNING_CERTIFICATE, "sha1"), (SIGNING_CERTIFICATE_V2, "sha256")):
        value = _only(values, kind)
        if value is None:
            continue
        first = value.fields().take(der.SEQUENCE).fields().take(der.SEQUENCE).fields()
        method = first.optional(der.SEQUENCE) if kind == SIGNING_CERTIFICATE_V2 else None
        name = DIGEST_NAMES.get(der.read_algorithm(method)[0], "") if method is not None else usual
        if not name:
            raise Corrupt("cms.shape", detail="the signed attributes name a certificate by an unknown digest")
        found.append((name, first.take(der.OCTET_STRING).octets()))
    return found
