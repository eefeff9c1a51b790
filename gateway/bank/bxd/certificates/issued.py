"""What a bank gives us, and how much of it is believed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from gateway.core.errors import Corrupt
from gateway.signing.keys import Signer
from gateway.signing.policy import TrustPolicy


@dataclass(frozen=True, slots=True)
class Wanted:
    """The PKCS#10 requests (DER) of one enrolment or renewal.

    Attributes:
        encryption: of the second key, where signing and encryption have keys of their own; else b"".
    """

    signing: bytes
    encryption: bytes = b""


@dataclass(frozen=True, slots=True)
class Issued:
    """Certificates for the keys of a `Wanted`, checked.

    Attributes:
        chain: further certificates the bank sent along; links, never anchors.
        bank_encryption: what the bank wants encrypted to from now on, where it wants that.
    """

    signing: x509.Certificate
    encryption: x509.Certificate | None = None
    chain: tuple[x509.Certificate, ...] = ()
    bank_encryption: x509.Certificate | None = None


class Authority(Protocol):
    """A bank's certificate service, whichever of the kinds.

    Every call may raise Unavailable (`bank.away`, `bank.slow`, `bank.fault`), Refused (`certificates.refused`: the bank
    said no, with its code; `bank.server_untrusted`, `bank.client_refused`) and Corrupt (`bank.*`, `certificates.*`: the
    answer does not hold).
    """

    def enrol(self, wanted: Wanted, code: str) -> Issued:
        """A first certificate, for the bank's one-time secret `code`."""

    def renew(self, wanted: Wanted, old: Signer) -> Issued:
        """A new certificate in place of one that still counts."""

    def close(self) -> None:
        """Release connections."""


def certificate_for(request: bytes, offered: Iterable[x509.Certificate]) -> x509.Certificate:
    """The one certificate among `offered` for the key of a PKCS#10 request.

    Raises:
        Corrupt: `certificates.not_ours`: none, or more than one.
    """
    key = _octets(x509.load_der_x509_csr(request).public_key())
    found = [c for c in offered if _octets(c.public_key()) == key]
    if len(found) != 1:
        raise Corrupt("certificates.not_ours", count=len(found))
    return found[0]


def check_issued(
    certificate: x509.Certificate, issuers: Sequence[x509.Certificate], policy: TrustPolicy, at: datetime
) -> None:
    """A certificate of ours counts now and, where the profile knows the bank's authorities, one of them made it.

    Raises:
        Corrupt: `certificates.not_valid`, `certificates.unknown_issuer`.
    """
    since, until = certificate.not_valid_before_utc, certificate.not_valid_after_utc
    if not since - policy.max_skew <= at < until:
        raise Corrupt("certificates.not_valid", since=f"{since:%Y-%m-%d}", until=f"{until:%Y-%m-%d}")
    if issuers and not any(issued_by(certificate, issuer) for issuer in issuers):
        raise Corrupt("certificates.unknown_issuer", issuer=certificate.issuer.rfc4514_string())


def issued_by(certificate: x509.Certificate, issuer: x509.Certificate) -> bool:
    """Whether `issuer`'s key signed `certificate`, and the names fit."""
    try:
        certificate.verify_directly_issued_by(issuer)
    except (ValueError, TypeError, InvalidSignature):
        return False
    return True


def _octets(key: object) -> bytes:
    return key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)  # type: ignore[attr-defined]
