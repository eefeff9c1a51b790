"""Detached CMS signatures (PKCS#7 SignedData, RFC 5652) over exact octets: made with any key, verified strictly.

One shape is made and accepted: one signer, content not inside, content type "data", signed attributes. What the
standard leaves outside of the signature (unsigned attributes, revocation lists, further certificates) may be there
and is not read, except for certificates, which may be links of a chain.

Signers that write BER (Java providers stream it) are understood where the whole message is in indefinite lengths;
certificates and signed attributes must be DER all the same, because their octets are what was signed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cache, lru_cache

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtensionOID

from gateway.core.errors import Corrupt
from gateway.signing import der, gost_kinds, raw, tbs
from gateway.signing.cms_attributes import SignedAttributes, read_attributes, write_attributes
from gateway.signing.cms_enveloped import decrypt, encrypt
from gateway.signing.cms_names import DATA, DIGEST_NAMES, DIGEST_OIDS, RSA, SIGNATURES, SIGNED_DATA
from gateway.signing.keys import Signer, fingerprint
from gateway.signing.policy import ALGORITHMS, Algorithm, TrustPolicy
from gateway.signing.trust import establish, read_certificate

__all__ = ["VerifiedCms", "decrypt", "encrypt", "sign_detached", "verify_detached"]

_LARGEST = 1024 * 1024  # a signature with its certificates has some kilobytes
_MOST_CERTIFICATES = 16


@dataclass(frozen=True, slots=True)
class VerifiedCms:
    """A detached signature that held over the content it was given with.

    Attributes:
        certificate: the signer's.
        anchor: what the signer's chain ended in.
        algorithms: names of the signature algorithm and of the digest.
        signed_at: the signer's own claim of when, UTC; None where it makes none. Nobody else vouches for it.
    """

    certificate: x509.Certificate
    anchor: x509.Certificate
    algorithms: tuple[str, ...]
    signed_at: datetime | None


def sign_detached(content: bytes, signer: Signer, *, at: datetime) -> bytes:
    """A signature over `content`, which is not inside; the signer's certificate and chain are.

    Args:
        at: the signing time to state.

    Returns:
        DER of a ContentInfo.

    Raises:
        Refused: `signing.key_kind`, `signing.key_cannot`, `signing.bad_signature` when a device returns a
            value its own certificate does not verify.
        Unavailable: what the key raises while it is away.
    """
    certificate = signer.certificate
    algorithm = raw.native_algorithm(certificate)
    attributes = write_attributes(raw.digest(algorithm.digest, content), at)
    value = signer.sign(attributes, algorithm)
    raw.check_made(signer, algorithm, attributes, value)
    digest_algorithm = _digest_identifier(algorithm)
    name, certificates = _who(certificate, signer.chain)
    signer_info = der.sequence(
        der.integer(1),
        name,
        digest_algorithm,
        der.tlv(der.context(0), der.only(attributes).content),
        _signature_identifier(algorithm),
        der.octet_string(value),
    )
    signed = der.sequence(
        der.integer(1),
        der.set_of(digest_algorithm),
        der.sequence(der.oid(DATA)),
        certificates,
        der.set_of(signer_info),
    )
    return der.sequence(der.oid(SIGNED_DATA), der.tlv(der.context(0), signed))


def verify_detached(
    signature: bytes,
    content: bytes,
    policy: TrustPolicy,
    at: datetime,
    known: tuple[x509.Certificate, ...] = (),
) -> VerifiedCms:
    """Verify that `signature` is one trusted signer's over exactly `content`, as of the instant `at`.

    Args:
        signature: a ContentInfo, DER (or BER as said above), without PEM or base64 around it.
        known: certificates the message may leave out: the signer's own, or links of its chain; never anchors.

    Raises:
        Corrupt: `cms.too_large`, `cms.malformed`, `cms.shape` (readable, but not the one shape accepted),
            `signature.missing`, `signature.algorithm`, `signature.invalid`, `certificate.*` (see `establish`).
        Unavailable: `gost.unavailable`.
    """
    policy = policy.as_of(at)
    for octets, limit in ((signature, _LARGEST), (content, policy.max_bytes)):
        if len(octets) > limit:
            raise Corrupt("cms.too_large", size=len(octets), limit=limit)
    message = _read(signature)
    algorithm = message.algorithm
    if not policy.accepts(algorithm) or not policy.accepts_digest(algorithm.digest):
        raise Corrupt("signature.algorithm", algorithm=algorithm.name)
    certificate, offered = message.signer_of(known)
    trusted = establish(certificate, policy, at, offered)
    attributes = message.attributes
    if raw.digest(algorithm.digest, content) != attributes.message_digest:
        raise Corrupt("signature.invalid")
    if not raw.verify(certificate, algorithm, attributes.signed, message.value):
        raise Corrupt("signature.invalid")
    if not attributes.names(certificate):
        raise shape("the signed attributes name another certificate")
    return VerifiedCms(certificate, trusted.anchor, (algorithm.name, algorithm.digest), attributes.signed_at)


def shape(detail: str) -> Corrupt:
    """The error of a message that is readable CMS and not the one shape accepted."""
    return Corrupt("cms.shape", detail=detail)


@dataclass(frozen=True, slots=True)
class _Message:
    """What a SignedData says, nothing verified.

    Attributes:
        signer: issuer (DER) and serial number, or the subject key identifier.
        value: the signature value.
    """

    signer: tuple[bytes, int] | bytes
    algorithm: Algorithm
    attributes: SignedAttributes
    value: bytes
    certificates: tuple[x509.Certificate, ...]

    def signer_of(self, known: tuple[x509.Certificate, ...]) -> tuple[x509.Certificate, tuple[x509.Certificate, ...]]:
        """The signer's certificate and all the others."""
        every = {fingerprint(c): c for c in (*self.certificates, *known)}
        found = [c for c in every.values() if self._is_of(c)]
        if len(found) != 1:
            raise shape(f"{len(found)} certificates of the signer")
        return found[0], tuple(c for c in every.values() if c is not found[0])

    def _is_of(self, certificate: x509.Certificate) -> bool:
        if isinstance(self.signer, tuple):
            return self.signer == (tbs.issuer(certificate), certificate.serial_number)
        try:
            named = certificate.extensions.get_extension_for_oid(ExtensionOID.SUBJECT_KEY_IDENTIFIER).value
        except x509.ExtensionNotFound:
            return False
        return isinstance(named, x509.SubjectKeyIdentifier) and named.digest == self.signer


def _read(signature: bytes) -> _Message:
    outer = der.only(der.definite(signature)).fields()
    if outer.take(der.OID).oid() != SIGNED_DATA:
        raise shape("it is not SignedData")
    wrapper = outer.take(der.context(0)).fields(der.context(0))
    outer.end()
    signed = wrapper.take(der.SEQUENCE).fields()
    wrapper.end()
    version = signed.take(der.INTEGER).integer()
    digests = signed.take(der.SET).fields(der.SET).rest()
    content = signed.take(der.SEQUENCE).fields()
    if content.take(der.OID).oid() != DATA:
        raise shape("the content is not plain data")
    if content.rest():
        raise shape("the content is inside")
    certificates = _certificates(signed.optional(der.context(0)))
    signed.optional(der.context(1))  # revocation lists: not read
    signers = signed.take(der.SET).fields(der.SET).rest()
    signed.end()
    if not signers:
        raise Corrupt("signature.missing")
    if len(signers) > 1:
        raise shape(f"{len(signers)} signers")
    return _read_signer(signers[0], version, digests, certificates)


def _read_signer(
    element: der.Element, version: int, digests: list[der.Element], certificates: tuple[x509.Certificate, ...]
) -> _Message:
    fields = element.fields()
    own_version = fields.take(der.INTEGER).integer()
    key_identifier = fields.optional(der.context(0, constructed=False))
    signer: tuple[bytes, int] | bytes
    if key_identifier is not None:
        signer = key_identifier.content
    else:
        named = fields.take(der.SEQUENCE).fields()
        signer = (named.take(der.SEQUENCE).raw, named.take(der.INTEGER).integer())
        named.end()
    if own_version != (1 if key_identifier is None else 3) or version != own_version:
        raise shape(f"versions {version} and {own_version}")
    digest_oid, digest_parameters = der.read_algorithm(fields.take(der.SEQUENCE))
    attributes = fields.optional(der.context(0))
    signature_oid, signature_parameters = der.read_algorithm(fields.take(der.SEQUENCE))
    value = fields.take(der.OCTET_STRING).octets()
    fields.optional(der.context(1))  # unsigned attributes: not read
    fields.end()
    if attributes is None:
        raise shape("no signed attributes")
    if digest_parameters is not None or signature_parameters is not None:
        raise shape("algorithms with parameters")
    if [der.read_algorithm(d) for d in digests] != [(digest_oid, None)]:
        raise shape("digest algorithms other than the signer's")
    algorithm = _algorithm(digest_oid, signature_oid)
    return _Message(signer, algorithm, read_attributes(attributes), value, certificates)


def _certificates(element: der.Element | None) -> tuple[x509.Certificate, ...]:
    if element is None:
        return ()
    parts = der.split(element.content)
    if len(parts) > _MOST_CERTIFICATES or any(part.tag != der.SEQUENCE for part in parts):
        raise shape("certificates of a kind or number not expected")
    return tuple(read_certificate(part.raw) for part in parts)


def _algorithm(digest_oid: str, signature_oid: str) -> Algorithm:
    """The one algorithm that digest and signature identifiers mean together."""
    digest = DIGEST_NAMES.get(digest_oid)
    found = SIGNATURES.get((signature_oid, digest)) if digest else None
    if found is None:
        raise Corrupt("signature.algorithm", algorithm=f"{signature_oid}, {digest_oid}")
    return ALGORITHMS[found]


@lru_cache(maxsize=16)  # one key signs everything of a company, or of a bank
def _who(certificate: x509.Certificate, chain: tuple[x509.Certificate, ...]) -> tuple[bytes, bytes]:
    """IssuerAndSerialNumber of the signer, and its certificates but for the root."""
    links = (certificate, *(c for c in chain if c.issuer != c.subject))
    return (
        der.sequence(tbs.issuer(certificate), der.integer(certificate.serial_number)),
        der.set_of(*(c.public_bytes(Encoding.DER) for c in links), tag=der.context(0)),
    )


@cache
def _digest_identifier(algorithm: Algorithm) -> bytes:
    parameters = None if algorithm.opt_in else der.null()
    return der.algorithm(DIGEST_OIDS[algorithm.digest], parameters)


@cache
def _signature_identifier(algorithm: Algorithm) -> bytes:
    kind = gost_kinds.BY_NAME.get(algorithm.name)
    return der.algorithm(kind.key_oid) if kind else der.algorithm(RSA, der.null())
