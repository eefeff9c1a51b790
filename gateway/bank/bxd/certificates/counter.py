"""Where a bank issues certificates: whom it serves, how it is reached, and what of its answers is believed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from cryptography import x509
from lxml import etree

from gateway.bank.bxd.certificates.issued import certificate_for, check_issued
from gateway.bank.bxd.profile_parts import Certificates
from gateway.bank.bxd.transport import PinnedTransport
from gateway.core.clock import Clock
from gateway.core.errors import Corrupt, Refused
from gateway.signing.policy import TrustPolicy


@dataclass(frozen=True, slots=True)
class Customer:
    """Who asks.

    Attributes:
        environment: PRODUCTION or TEST.
        algorithm: of our signatures.
    """

    customer_id: str
    environment: str
    algorithm: str


@dataclass(frozen=True, slots=True)
class Counter:
    """What every kind of certificate service is spoken to through.

    Attributes:
        policy: whom we believe as signer of answers, where they are signed.
        issuers: authorities that may certify us; empty where the profile knows none.
    """

    profile: Certificates
    customer: Customer
    transport: PinnedTransport
    clock: Clock
    policy: TrustPolicy
    issuers: tuple[x509.Certificate, ...] = ()

    def now(self) -> datetime:
        return self.clock.now()

    def post(self, envelope: etree._Element, operation: str) -> bytes:
        """The answer to a SOAP message, whole and not yet believed.

        Args:
            operation: SOAPAction; "" where the service knows one only.

        Raises:
            Unavailable, Refused: as `PinnedTransport.post_xml`.
            Corrupt: `bank.too_large`, `bank.truncated`.
        """
        headers = {"Content-Type": "text/xml; charset=utf-8", "SOAPAction": f'"{operation}"'}
        reply = self.transport.post_xml(self.profile.url, envelope, headers)
        if reply.too_large:
            raise Corrupt("bank.too_large", limit=self.policy.max_bytes)
        if "incomplete" in reply.seen:
            raise Corrupt("bank.truncated")
        return reply.content

    def certificate(self, request: bytes, offered: list[x509.Certificate]) -> x509.Certificate:
        """The one among `offered` that was issued for our PKCS#10 `request` (DER), checked.

        Raises:
            Corrupt: `certificates.*`.
        """
        found = certificate_for(request, offered)
        check_issued(found, self.issuers, self.policy, self.now())
        return found


def activation_code(given: str) -> str:
    """The bank's one-time secret as a person typed it.

    Raises:
        Refused: `certificates.no_code`.
    """
    code = given.strip()
    if not code:
        raise Refused("certificates.no_code")
    return code
