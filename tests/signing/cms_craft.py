"""CMS signatures with chosen oddities: every part can be replaced, everything else stays honest and really signed."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.serialization import Encoding

from gateway.signing import der, raw
from gateway.signing.cms_names import CONTENT_TYPE, DATA, DIGEST_OIDS, MESSAGE_DIGEST, RSA, SIGNED_DATA
from gateway.signing.keys import Pkcs12Key
from tests.bank.bxd import pretend

CONTENT = "Выписка".encode()
HASHES: dict[str, hashes.HashAlgorithm] = {"sha1": hashes.SHA1(), "sha256": hashes.SHA256(), "sha512": hashes.SHA512()}


def attribute(kind: str, *values: bytes) -> bytes:
    return der.sequence(der.oid(kind), der.set_of(*values))


def content_type(kind: str = DATA) -> bytes:
    return attribute(CONTENT_TYPE, der.oid(kind))


def message_digest(content: bytes = CONTENT, digest: str = "sha256") -> bytes:
    return attribute(MESSAGE_DIGEST, der.octet_string(raw.digest(digest, content)))


@dataclass(frozen=True)
class Craft:
    """The parts of a SignedData; `build()` signs what is there."""

    key: Pkcs12Key = field(default_factory=pretend.bank_key)
    digest: str = "sha256"
    signature_oid: str = RSA
    signature_parameters: bytes | None = b"\x05\x00"
    digest_parameters: bytes | None = b"\x05\x00"
    digests: tuple[bytes, ...] | None = None
    outer_type: str = SIGNED_DATA
    encapsulated_type: str = DATA
    inside: bytes | None = None
    attributes: tuple[bytes, ...] | None = ()
    sort: bool = True
    certificates: tuple[bytes, ...] | None = None
    crls: bytes = b""
    unsigned: bytes = b""
    version: int = 1
    signer_version: int = 1
    identifier: bytes | None = None
    signers: int = 1
    behind: bytes = b""
    signed_octets: bytes | None = None

    def but(self, **changes: Any) -> Craft:
        return replace(self, **changes)

    def build(self) -> bytes:
        own = self.key.certificate
        method = der.algorithm(DIGEST_OIDS[self.digest], self.digest_parameters)
        attributes, signed = self._attributes()
        value = self.key.private_key.sign(self.signed_octets or signed, padding.PKCS1v15(), HASHES[self.digest])
        signer = der.sequence(
            der.integer(self.signer_version),
            self.identifier or der.sequence(own.issuer.public_bytes(), der.integer(own.serial_number)),
            method,
            attributes,
            der.algorithm(self.signature_oid, self.signature_parameters),
            der.octet_string(value),
            self.unsigned,
        )
        held = self.certificates if self.certificates is not None else (own.public_bytes(Encoding.DER),)
        content = b"" if self.inside is None else der.tlv(der.context(0), der.octet_string(self.inside))
        data = der.sequence(
            der.integer(self.version),
            der.set_of(*(self.digests if self.digests is not None else (method,))),
            der.sequence(der.oid(self.encapsulated_type), content),
            der.tlv(der.context(0), *held) if held else b"",
            self.crls,
            der.set_of(*(signer,) * self.signers),
        )
        return der.sequence(der.oid(self.outer_type), der.tlv(der.context(0), data)) + self.behind

    def _attributes(self) -> tuple[bytes, bytes]:
        """What stands in the message, and what is signed."""
        if self.attributes is None:
            return b"", CONTENT
        parts = self.attributes or (content_type(), message_digest(digest=self.digest))
        body = b"".join(sorted(parts) if self.sort else parts)
        return der.tlv(der.context(0), body), der.tlv(der.SET, body)


def certificate_octets(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(Encoding.DER)


def indefinite(octets: bytes) -> bytes:
    """A SignedData as streaming signers write it: its outer four levels of indefinite length."""

    def stream(tag: int, *parts: bytes) -> bytes:
        return bytes((tag, 0x80)) + b"".join(parts) + b"\x00\x00"

    kind, wrapper = der.split(der.only(octets).content)
    version, digests, content, *others = der.split(der.only(wrapper.content).content)
    signed = (version.raw, digests.raw, stream(der.SEQUENCE, content.content), *(o.raw for o in others))
    return stream(der.SEQUENCE, kind.raw, stream(wrapper.tag, stream(der.SEQUENCE, *signed)))
