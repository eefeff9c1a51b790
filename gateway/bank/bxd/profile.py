"""A bank's profile: everything particular to one bank, in a TOML file that IT can read.

Public parts only: addresses, names, anchors, limits. What is particular to *us* at that bank (customer number, keys)
is the `Agreement`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Literal

from cryptography import x509

from gateway.bank.bxd.profile_parts import Certificates, Encryption, Service, TrialPlace, Trust
from gateway.bank.bxd.response import ReplyRules
from gateway.bank.bxd.wire import padded
from gateway.bank.profile_parts import MIB, ProfileHead, certificates_in, read_table
from gateway.core.errors import Refused
from gateway.signing.keys import Decryptor
from gateway.signing.policy import ALGORITHMS
from gateway.signing.xmlenc import ALGORITHMS as CONTENTS
from gateway.signing.xmlenc import TRANSPORTS


class Profile(ProfileHead):
    """One bank.

    Attributes:
        certificates: the bank's certificate service; None where there is none and keys come by hand.
        encryption: None where requests go as they are, under TLS.
        test: the bank's test environment; None where it has none.
    """

    protocol: Literal["bxd"]
    service: Service
    trust: Trust
    certificates: Certificates | None = None
    encryption: Encryption | None = None
    test: TrialPlace | None = None

    def wrong(self) -> tuple[str, str] | None:
        issued, sealing = self.certificates, self.encryption
        if self.service.algorithm not in ALGORITHMS:
            return "service.algorithm", self.service.algorithm
        if wrong := self.trust.wrong():
            return wrong
        if issued is not None and issued.kind != "pki" and not (issued.service_namespace and issued.data_namespace):
            return "certificates.service_namespace", "is needed, and data_namespace"
        if sealing is not None and not (sealing.content in CONTENTS and sealing.key_transport in TRANSPORTS):
            return "encryption.content", f"{', '.join(CONTENTS)}; key_transport: {', '.join(TRANSPORTS)}"
        if issued is not None and issued.kind == "pki" and not (issued.root_serial and sealing):
            return "certificates.root_serial", "is needed, and a table [encryption]"
        return None

    def in_test(self) -> Profile:
        """This bank's test environment: its addresses and anchors, and requests that say TEST.

        Raises:
            Refused: `bank.no_test_environment`.
        """
        place = self.test
        if place is None:
            raise Refused("bank.no_test_environment", profile=self.name)
        service = self.service.model_copy(update={"environment": "TEST", "url": place.url or self.service.url})
        named = {n: getattr(place, n) for n in ("tls_anchors", "signing_anchors", "intermediates", "signers")}
        trust = self.trust.model_copy(update={name: value for name, value in named.items() if value})
        certificates = self.certificates
        if certificates is not None:
            certificates = certificates.model_copy(update={"url": place.certificates_url or certificates.url})
        changed = {"service": service, "trust": trust, "certificates": certificates, "test": None}
        return self.model_copy(update=changed)


@dataclass(frozen=True, slots=True)
class Agreement:
    """Ours with the bank.

    Attributes:
        customer_id: who signs requests, up to 16 characters.
        target_id: the folder or account group; "" where the bank has one only.
        sender_id: who sends; "" for the same as `customer_id` (a service bureau sends for others).
        url: overrides the profile's address; "" for the profile's.
    """

    customer_id: str
    target_id: str = ""
    sender_id: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class BankTrust:
    """A profile's anchors, loaded.

    Attributes:
        tls_anchors: for the connection.
        rules: for replies.
        bank_encryption: what we encrypt to, for a bank that wants that; None while it was not fetched.
    """

    tls_anchors: tuple[x509.Certificate, ...]
    rules: ReplyRules
    bank_encryption: x509.Certificate | None = None

    def opening_with(self, decryptors: tuple[Decryptor, ...]) -> BankTrust:
        """The same trust, with keys of ours for answers that are encrypted to us."""
        return replace(self, rules=replace(self.rules, decryptors=decryptors))


def load_profile(file: Path) -> Profile:
    """Read a profile.

    Raises:
        Refused: `bank.profile_unreadable`, `bank.profile_invalid` naming the field.
    """
    return Profile.checked(read_table(file), file)


def load_trust(profile: Profile, anchors: Path) -> BankTrust:
    """The certificates a profile names, from the folder `anchors`.

    Raises:
        Refused: `bank.anchor_unreadable`.
    """
    trust = profile.trust
    envelope = replace(
        trust.policy(anchors, profile.limits.message_mib * MIB),
        max_skew=timedelta(seconds=trust.clock_skew_s),
        max_lifetime=timedelta(seconds=trust.timestamp_life_s),
    )
    payload = None
    if trust.payload_signed:
        payload = replace(envelope, signers=frozenset(trust.payload_signers or trust.signers))
    vague = frozenset(padded(code) for code in profile.service.vague_codes)
    rules = ReplyRules(envelope, payload, profile.limits.content_mib * MIB, vague)
    return BankTrust(certificates_in(trust.tls_anchors, anchors), rules, _bank_encryption(profile, anchors))


def _bank_encryption(profile: Profile, anchors: Path) -> x509.Certificate | None:
    if profile.encryption is None or not (anchors / profile.encryption.bank_certificate).is_file():
        return None
    return certificates_in([profile.encryption.bank_certificate], anchors)[0]
