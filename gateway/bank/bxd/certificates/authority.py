"""The certificate service a bank's profile names."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from gateway.bank.bxd.certificates.counter import Counter, Customer
from gateway.bank.bxd.certificates.issued import Authority
from gateway.bank.bxd.certificates.pki import PkiService
from gateway.bank.bxd.certificates.service import CertificateService
from gateway.bank.bxd.profile import Agreement, BankTrust, Profile
from gateway.bank.bxd.profile_parts import Certificates
from gateway.bank.bxd.transport import PinnedTransport
from gateway.bank.profile_parts import certificates_in
from gateway.core.clock import Clock
from gateway.core.errors import Refused
from gateway.signing.keys import Pkcs12Key


def open_authority(
    profile: Profile,
    agreement: Agreement,
    trust: BankTrust,
    anchors: Path,
    clock: Clock,
    tls_key: Pkcs12Key | None = None,
) -> Authority:
    """A connection to the service that certifies us.

    Args:
        anchors: the folder of public certificates.
        tls_key: a certificate of ours for the connection, where we have one and the bank asks for one.

    Raises:
        Refused: `certificates.no_service`, `bank.anchor_unreadable`.
    """
    issued = certificate_service(profile, agreement)
    customer = Customer(agreement.customer_id, profile.service.environment, profile.service.algorithm)
    transport = PinnedTransport(trust.tls_anchors, profile.transport_limits, tls_key)
    issuers = certificates_in(issued.issuers, anchors)
    counter = Counter(issued, customer, transport, clock, trust.rules.envelope, issuers)
    if issued.kind == "pki":
        assert profile.encryption is not None  # the profile was checked
        return PkiService(counter, profile.encryption)
    return CertificateService(counter)


def certificate_service(profile: Profile, agreement: Agreement) -> Certificates:
    """The profile's table, its address on the agreement's own server where the agreement names one.

    Raises:
        Refused: `certificates.no_service`.
    """
    issued = profile.certificates
    if issued is None:
        raise Refused("certificates.no_service", profile=profile.name)
    if not agreement.url:
        return issued
    server, path = urlsplit(agreement.url), urlsplit(issued.url)
    return issued.model_copy(update={"url": urlunsplit((server.scheme, server.netloc, path.path, path.query, ""))})
