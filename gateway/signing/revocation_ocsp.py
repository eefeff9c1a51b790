"""OCSP: the question about one certificate, and reading the responder's answer."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp
from cryptography.x509.oid import ExtendedKeyUsageOID

from gateway.core.errors import Corrupt
from gateway.signing import der, tbs
from gateway.signing.revocation_answer import Answer, Unusable, check_fresh, check_signature
from gateway.signing.trust import certificate_algorithm, is_signed

_LONGEST = timedelta(days=1)  # an answer without an end


@dataclass(frozen=True, slots=True)
class Question:
    """A request and what its answer must repeat.

    Attributes:
        octets: DER of the request.
        nonce: a responder that repeats one must repeat this; many answer from stock and repeat none.
    """

    octets: bytes
    nonce: bytes


def ask(certificate: x509.Certificate, issuer: x509.Certificate) -> Question:
    """The request about `certificate`.

    Raises:
        Unusable: `revocation.unreadable` when the certificates cannot be named.
    """
    nonce = secrets.token_bytes(16)
    name, key = _hashes(certificate, issuer, "sha1")
    request = (
        ocsp.OCSPRequestBuilder()
        # SHA-1 names the issuer here and protects nothing; it is what every responder understands
        .add_certificate_by_hash(name, key, certificate.serial_number, hashes.SHA1())  # noqa: S303
        .add_extension(x509.OCSPNonce(nonce), critical=False)
        .build()
    )
    return Question(request.public_bytes(Encoding.DER), nonce)


def read(
    octets: bytes, question: Question, certificate: x509.Certificate, issuer: x509.Certificate, at: datetime
) -> Answer:
    """What a responder says of a certificate.

    Raises:
        Unusable: `revocation.unreadable`, `revocation.refused` (the responder would not answer),
            `revocation.forged`, `revocation.weak`, `revocation.stale`, `revocation.other_scope` (an answer about
            another certificate, or to another question), `revocation.not_known` (the responder does not know it).
        Unavailable: `gost.unavailable`.
    """
    try:
        return _read(octets, question, certificate, issuer, at)
    except (ValueError, UnsupportedAlgorithm):  # the library reads parts only when asked, and fails then
        raise Unusable("revocation.unreadable") from None


def _read(
    octets: bytes, question: Question, certificate: x509.Certificate, issuer: x509.Certificate, at: datetime
) -> Answer:
    response = ocsp.load_der_ocsp_response(octets)
    if response.response_status is not ocsp.OCSPResponseStatus.SUCCESSFUL:
        raise Unusable("revocation.refused")
    signer = _responder(response, issuer, at)
    check_signature(
        signer, response.signature_algorithm_oid.dotted_string, response.tbs_response_bytes, response.signature
    )
    for extension in response.extensions:
        if isinstance(extension.value, x509.OCSPNonce) and extension.value.nonce != question.nonce:
            raise Unusable("revocation.other_scope")
    single = next((s for s in response.responses if _is_about(s, certificate, issuer)), None)
    if single is None:
        raise Unusable("revocation.other_scope")
    check_fresh(single.this_update_utc, single.next_update_utc, at, _LONGEST)
    if single.certificate_status is ocsp.OCSPCertStatus.UNKNOWN:
        raise Unusable("revocation.not_known")
    if single.certificate_status is ocsp.OCSPCertStatus.REVOKED:
        reason = single.revocation_reason or x509.ReasonFlags.unspecified
        return Answer("revoked", octets, reason.value, single.revocation_time_utc)
    return Answer("good", octets)


def _responder(response: ocsp.OCSPResponse, issuer: x509.Certificate, at: datetime) -> x509.Certificate:
    """Who signed the answer: the authority itself, or one it certified for that."""
    for candidate in (issuer, *response.certificates[:4]):
        if _is_named(response, candidate) and (candidate == issuer or _may_answer(candidate, issuer, at)):
            return candidate
    raise Unusable("revocation.forged")


def _is_named(response: ocsp.OCSPResponse, candidate: x509.Certificate) -> bool:
    if response.responder_name is not None:
        return response.responder_name == candidate.subject
    return response.responder_key_hash == hashlib.sha1(_key_bits(candidate), usedforsecurity=False).digest()


def _may_answer(candidate: x509.Certificate, issuer: x509.Certificate, at: datetime) -> bool:
    algorithm = certificate_algorithm(candidate)
    if algorithm is None or algorithm.legacy or candidate.issuer != issuer.subject:
        return False
    if not candidate.not_valid_before_utc <= at <= candidate.not_valid_after_utc:
        return False
    try:
        uses = candidate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    except x509.ExtensionNotFound:
        return False
    return ExtendedKeyUsageOID.OCSP_SIGNING in uses and is_signed(candidate, issuer, algorithm)


def _is_about(single: ocsp.OCSPSingleResponse, certificate: x509.Certificate, issuer: x509.Certificate) -> bool:
    if single.serial_number != certificate.serial_number:
        return False
    named = single.issuer_name_hash, single.issuer_key_hash
    return named == _hashes(certificate, issuer, single.hash_algorithm.name)


def _hashes(certificate: x509.Certificate, issuer: x509.Certificate, name: str) -> tuple[bytes, bytes]:
    """Digests of the issuer's name and key: how OCSP names an authority. Read from the octets, so that keys the
    library does not know (GOST) are named as well."""
    try:
        octets = tbs.issuer(certificate), _key_bits(issuer)
    except Corrupt:
        raise Unusable("revocation.unreadable") from None
    return (
        hashlib.new(name, octets[0], usedforsecurity=False).digest(),
        hashlib.new(name, octets[1], usedforsecurity=False).digest(),
    )


def _key_bits(certificate: x509.Certificate) -> bytes:
    """The public key without its algorithm: the content of the BIT STRING."""
    fields = tbs.public_key_info(certificate).fields()
    fields.take(der.SEQUENCE)
    return fields.take(der.BIT_STRING).content[1:]
