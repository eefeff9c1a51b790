"""A bank's profile: everything particular to one bank, in a TOML file that IT can read.

Public parts only: addresses, names, anchors, limits. What is particular to *us* at that bank (customer number, keys)
is the `Agreement`.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Literal

from cryptography import x509
from pydantic import Field, ValidationError

from gateway.bank.bxd.profile_parts import (
    Certificates,
    Encryption,
    Facts,
    LimitTable,
    Part,
    Service,
    TrialPlace,
    Trust,
)
from gateway.bank.bxd.response import ReplyRules
from gateway.bank.bxd.transport import Limits
from gateway.bank.bxd.wire import padded
from gateway.core.errors import Refused
from gateway.signing.keys import Decryptor
from gateway.signing.policy import ALGORITHMS, TrustPolicy
from gateway.signing.xmlenc import ALGORITHMS as CONTENTS
from gateway.signing.xmlenc import TRANSPORTS

__all__ = ["Agreement", "BankTrust", "LimitTable", "Profile", "certificates_in", "load_profile", "load_trust"]

_MIB = 1 << 20


class Profile(Part):
    """One bank.

    Attributes:
        certificates: the bank's certificate service; None where there is none and keys come by hand.
        encryption: None where requests go as they are, under TLS.
        test: the bank's test environment; None where it has none.
    """

    format: Literal[1]
    name: str = Field(pattern=r"^[a-z0-9-]{1,40}$")
    title_ru: str
    title_en: str
    protocol: Literal["bxd"]
    service: Service
    trust: Trust
    limits: LimitTable = LimitTable()
    facts: Facts = Facts()
    certificates: Certificates | None = None
    encryption: Encryption | None = None
    test: TrialPlace | None = None

    @property
    def transport_limits(self) -> Limits:
        """The limits the transport keeps."""
        table = self.limits
        return Limits(table.message_mib * _MIB, table.connect_s, table.read_s, table.total_s)

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
    try:
        table = tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise Refused("bank.profile_unreadable", file=file.name, detail=str(error)[:200]) from None
    try:
        profile = Profile.model_validate(table)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        raise Refused("bank.profile_invalid", file=file.name, field=where, detail=first["msg"]) from None
    _check(profile, file)
    return profile


def load_trust(profile: Profile, anchors: Path) -> BankTrust:
    """The certificates a profile names, from the folder `anchors`.

    Raises:
        Refused: `bank.anchor_unreadable`.
    """
    trust = profile.trust
    envelope = TrustPolicy(
        anchors=certificates_in(trust.signing_anchors, anchors),
        pinned=frozenset(pin.lower().replace(":", "") for pin in trust.pinned) or None,
        signers=frozenset(trust.signers),
        intermediates=certificates_in(trust.intermediates, anchors),
        algorithms=frozenset(trust.algorithms),
        legacy=trust.legacy,
        legacy_until=trust.legacy_until,
        max_skew=timedelta(seconds=trust.clock_skew_s),
        max_lifetime=timedelta(seconds=trust.timestamp_life_s),
        max_bytes=profile.limits.message_mib * _MIB,
    )
    payload = None
    if trust.payload_signed:
        payload = replace(envelope, signers=frozenset(trust.payload_signers or trust.signers))
    vague = frozenset(padded(code) for code in profile.service.vague_codes)
    rules = ReplyRules(envelope, payload, profile.limits.content_mib * _MIB, vague)
    return BankTrust(certificates_in(trust.tls_anchors, anchors), rules, _bank_encryption(profile, anchors))


def _bank_encryption(profile: Profile, anchors: Path) -> x509.Certificate | None:
    if profile.encryption is None or not (anchors / profile.encryption.bank_certificate).is_file():
        return None
    return certificates_in([profile.encryption.bank_certificate], anchors)[0]


def _check(profile: Profile, file: Path) -> None:
    """What the types cannot say."""

    def wrong(field: str, detail: str) -> Refused:
        return Refused("bank.profile_invalid", file=file.name, field=field, detail=detail)

    trust, issued = profile.trust, profile.certificates
    unknown = {*trust.algorithms, profile.service.algorithm} - ALGORITHMS.keys()
    if unknown:
        raise wrong("trust.algorithms", ", ".join(sorted(unknown)))
    if not trust.pinned and not (trust.signing_anchors and trust.signers):
        # a bank's authority certifies its customers too: without names or pins each of them could sign for the bank
        raise wrong("trust.signers", "give signing_anchors with signers, or pinned")
    if trust.legacy_until is not None and trust.legacy_until.tzinfo is None:
        raise wrong("trust.legacy_until", "a date and time with its zone, 2022-11-27T12:33:50Z")
    if trust.legacy_until is not None and not trust.legacy:
        raise wrong("trust.legacy_until", "has no meaning without legacy = true")
    if issued is not None and issued.kind != "pki" and not (issued.service_namespace and issued.data_namespace):
        raise wrong("certificates.service_namespace", "is needed, and data_namespace")
    sealing = profile.encryption
    if sealing is not None and not (sealing.content in CONTENTS and sealing.key_transport in TRANSPORTS):
        raise wrong("encryption.content", f"{', '.join(CONTENTS)}; key_transport: {', '.join(TRANSPORTS)}")
    if issued is not None and issued.kind == "pki" and not (issued.root_serial and profile.encryption):
        raise wrong("certificates.root_serial", "is needed, and a table [encryption]")


def certificates_in(names: list[str], folder: Path) -> tuple[x509.Certificate, ...]:
    """The certificates of the PEM files `names` in `folder`.

    Raises:
        Refused: `bank.anchor_unreadable`.
    """
    found: list[x509.Certificate] = []
    for name in names:
        try:
            found += x509.load_pem_x509_certificates((folder / name).read_bytes())
        except (OSError, ValueError):
            raise Refused("bank.anchor_unreadable", file=name) from None
    return tuple(found)
