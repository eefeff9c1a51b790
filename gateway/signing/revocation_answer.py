"""What an authority answered about a certificate, and the checks that lists and responders share."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from cryptography import x509

from gateway.signing import gost_kinds, raw
from gateway.signing.policy import ALGORITHMS

SKEW = timedelta(minutes=5)

_BY_OID = {
    "1.2.840.113549.1.1.11": "rsa-sha256",
    "1.2.840.113549.1.1.12": "rsa-sha384",
    "1.2.840.113549.1.1.13": "rsa-sha512",
    **{kind.signature_oid: kind.name for kind in gost_kinds.KINDS},
}


class Unusable(Exception):
    """An answer nothing follows from.

    Attributes:
        code: of the message catalogue.
    """

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Answer:
    """A proved answer; see `Revocation` for the fields."""

    state: Literal["good", "revoked"]
    octets: bytes = field(repr=False)
    reason: str = ""
    since: datetime | None = None


def check_signature(signer: x509.Certificate, oid: str, octets: bytes, value: bytes) -> None:
    """Refuse an answer the certificate's key did not sign, or not with an algorithm of today.

    Raises:
        Unusable: `revocation.weak`, `revocation.forged`.
        Unavailable: `gost.unavailable`.
    """
    name = _BY_OID.get(oid)
    if name is None:
        raise Unusable("revocation.weak")
    if not raw.verify(signer, ALGORITHMS[name], octets, value):
        raise Unusable("revocation.forged")


def check_fresh(since: datetime, until: datetime | None, at: datetime, longest: timedelta) -> None:
    """Refuse an answer of another time: yesterday's "good" is how a stolen key stays in use.

    Args:
        longest: how long an answer counts that does not say so itself.

    Raises:
        Unusable: `revocation.stale`.
    """
    if since - SKEW > at or at > (until if until is not None else since + longest) + SKEW:
        raise Unusable("revocation.stale")
