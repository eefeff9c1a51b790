"""Whether a certificate speaks for the bank at a given instant.

The standard library's and OpenSSL's path building answer "does it chain to anything I know, now"; evidence asks
another question: "did it chain to *this* pinned anchor, *then*". So the few rules of RFC 5280 that matter are here:
names, signatures, validity, basicConstraints, keyUsage, unknown critical extensions. Revocation is not asked here
(evidence is proved without a network); `gateway.signing.revocation` asks beside it and its answer is recorded.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import TypeVar

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.x509.oid import ExtensionOID, NameOID

from gateway.core.errors import Corrupt
from gateway.signing import gost_kinds, raw, tbs
from gateway.signing.keys import fingerprint
from gateway.signing.policy import ALGORITHMS, Algorithm, TrustPolicy

T = TypeVar("T", bound=x509.ExtensionType)

_LARGEST_REMEMBERED = 16 * 1024  # strangers send certificates too, and their size is theirs to choose
_DEEPEST = 4  # certificates between signer and anchor, both included

# extensions that may be critical: those checked here and those that restrict nothing we rely on
_UNDERSTOOD = {
    ExtensionOID.BASIC_CONSTRAINTS,
    ExtensionOID.KEY_USAGE,
    ExtensionOID.EXTENDED_KEY_USAGE,
    ExtensionOID.SUBJECT_ALTERNATIVE_NAME,
    ExtensionOID.CERTIFICATE_POLICIES,
}


@dataclass(frozen=True, slots=True)
class Trusted:
    """A signer we believe.

    Attributes:
        certificate: the signer's.
        anchor: what the chain ended in; the certificate itself where it is pinned.
    """

    certificate: x509.Certificate
    anchor: x509.Certificate


def read_certificate(der: bytes) -> x509.Certificate:
    """A certificate out of a message, whole: the library reads parts only when asked, and fails then.

    A bank signs all its messages with one certificate, so what was read is remembered, unless it is very large.

    Raises:
        Corrupt: `certificate.unreadable`.
    """
    return _remembered(der) if len(der) <= _LARGEST_REMEMBERED else _read(der)


def _read(der: bytes) -> x509.Certificate:
    try:
        certificate = x509.load_der_x509_certificate(der)
        for part in ("version", "subject", "issuer", "extensions", "not_valid_before_utc", "not_valid_after_utc"):
            getattr(certificate, part)
        certificate.subject.rfc4514_string()
        if gost_kinds.kind_of(certificate) is None:
            certificate.public_key()
    except Exception:  # hostile bytes: a dozen kinds of exception, all meaning the same
        raise Corrupt("certificate.unreadable") from None
    return certificate


_remembered = lru_cache(maxsize=64)(_read)


def establish(
    leaf: x509.Certificate,
    policy: TrustPolicy,
    at: datetime,
    offered: tuple[x509.Certificate, ...] = (),
) -> Trusted:
    """Believe `leaf` at the instant `at`, or refuse.

    Args:
        offered: further certificates the message brought; they can be links, never anchors.

    Raises:
        Corrupt: `certificate.untrusted`, `certificate.expired`, `certificate.not_yet_valid`, `certificate.weak`,
            `certificate.unfit`.
        Unavailable: `gost.unavailable` when the policy admits GOST certificates and the engine is missing.
    """
    policy = policy.as_of(at)
    _check_key(leaf, policy)
    if policy.pinned is not None and fingerprint(leaf) in policy.pinned:
        _check_validity(leaf, at)
        return Trusted(leaf, leaf)
    path = _path(leaf, policy, offered)
    if path is None:
        raise _refusal("certificate.untrusted", leaf)
    if policy.signers and common_name(leaf) not in policy.signers:
        raise _refusal("certificate.untrusted", leaf)
    _check_leaf_usage(leaf)
    for depth, certificate in enumerate(path):
        _check_validity(certificate, at)
        _check_key(certificate, policy)
        _check_extensions(certificate)
        if depth:
            _check_authority(certificate, below=depth - 1)
    return Trusted(leaf, path[-1])


def common_name(certificate: x509.Certificate) -> str:
    """The subject's common name, "" when there is none or more than one."""
    names = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    return str(names[0].value) if len(names) == 1 else ""


def _path(
    leaf: x509.Certificate, policy: TrustPolicy, offered: tuple[x509.Certificate, ...]
) -> list[x509.Certificate] | None:
    """The certificates from `leaf` to an anchor, each signed by the next; None when there is no such path."""
    anchors = {fingerprint(a) for a in policy.anchors}
    if fingerprint(leaf) in anchors:
        return None  # an authority signs certificates, not messages
    links = (*policy.anchors, *policy.intermediates, *offered[:_DEEPEST])

    def climb(path: list[x509.Certificate]) -> list[x509.Certificate] | None:
        if fingerprint(path[-1]) in anchors:
            return path
        if len(path) >= _DEEPEST:
            return None
        for issuer in links:
            if issuer not in path and _signed_by(path[-1], issuer, policy):
                found = climb([*path, issuer])
                if found is not None:
                    return found
        return None

    return climb([leaf])


def _signed_by(certificate: x509.Certificate, issuer: x509.Certificate, policy: TrustPolicy) -> bool:
    if certificate.issuer != issuer.subject:
        return False
    algorithm = certificate_algorithm(certificate)
    if algorithm is None or (algorithm.opt_in and not policy.accepts(algorithm)):
        return False
    if algorithm.legacy and not policy.admits_sha1:
        raise _refusal("certificate.weak", certificate)
    return is_signed(certificate, issuer, algorithm)


@lru_cache(maxsize=256)
def is_signed(certificate: x509.Certificate, issuer: x509.Certificate, algorithm: Algorithm) -> bool:
    """Whether the signature in `certificate` is by the key of `issuer`; says nothing of trust.

    The same answer at every instant and under every policy, and a bank signs all its messages with one certificate:
    so it is remembered.

    Raises:
        Unavailable: `gost.unavailable`.
    """
    try:
        if not tbs.names_one_algorithm(certificate):
            return False
    except Corrupt:  # not DER: nobody signed it so
        return False
    return raw.verify(issuer, algorithm, certificate.tbs_certificate_bytes, certificate.signature)


def certificate_algorithm(certificate: x509.Certificate) -> Algorithm | None:
    """How a certificate was signed; None when in a way we do not know."""
    kind = gost_kinds.BY_SIGNATURE_OID.get(certificate.signature_algorithm_oid.dotted_string)
    if kind is not None:
        return ALGORITHMS[kind.name]
    try:
        used = certificate.signature_hash_algorithm
    except UnsupportedAlgorithm:
        return None
    return ALGORITHMS.get(f"rsa-{used.name}") if used is not None else None


def _check_validity(certificate: x509.Certificate, at: datetime) -> None:
    if at < certificate.not_valid_before_utc:
        raise _refusal("certificate.not_yet_valid", certificate, since=certificate.not_valid_before_utc)
    if at > certificate.not_valid_after_utc:
        raise _refusal("certificate.expired", certificate, until=certificate.not_valid_after_utc)


def _check_key(certificate: x509.Certificate, policy: TrustPolicy) -> None:
    kind = gost_kinds.kind_of(certificate)
    if kind is not None:
        if not policy.accepts(ALGORITHMS[kind.name]):
            raise _refusal("certificate.unfit", certificate)
        return
    key = raw.rsa_key(certificate)
    if key is None:
        raise _refusal("certificate.unfit", certificate)
    if key.key_size < policy.smallest_rsa or key.public_numbers().e < 3:
        raise _refusal("certificate.weak", certificate)


def _check_extensions(certificate: x509.Certificate) -> None:
    for extension in certificate.extensions:
        if extension.critical and extension.oid not in _UNDERSTOOD:
            raise _refusal("certificate.unfit", certificate)


def _check_leaf_usage(leaf: x509.Certificate) -> None:
    """A signer's certificate is no authority's and, where it says what it is for, is for signatures."""
    basic = _extension(leaf, x509.BasicConstraints)
    if basic is not None and basic.ca:
        raise _refusal("certificate.unfit", leaf)
    usage = _extension(leaf, x509.KeyUsage)
    if usage is not None and not (usage.digital_signature or usage.content_commitment):
        raise _refusal("certificate.unfit", leaf)


def _check_authority(certificate: x509.Certificate, below: int) -> None:
    """`certificate` may issue, with `below` authorities under it."""
    basic = _extension(certificate, x509.BasicConstraints)
    if basic is None or not basic.ca or (basic.path_length is not None and basic.path_length < below):
        raise _refusal("certificate.untrusted", certificate)
    usage = _extension(certificate, x509.KeyUsage)
    if usage is not None and not usage.key_cert_sign:
        raise _refusal("certificate.untrusted", certificate)


def _extension(certificate: x509.Certificate, kind: type[T]) -> T | None:
    try:
        return certificate.extensions.get_extension_for_class(kind).value
    except x509.ExtensionNotFound:
        return None


def _refusal(code: str, certificate: x509.Certificate, **values: object) -> Corrupt:
    return Corrupt(
        code,
        subject=certificate.subject.rfc4514_string(),
        sha256=fingerprint(certificate),
        **{
            name: value.strftime("%Y-%m-%d") if isinstance(value, datetime) else value for name, value in values.items()
        },
    )
