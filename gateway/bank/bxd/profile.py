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
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from gateway.bank.bxd.response import ReplyRules
from gateway.bank.bxd.transport import Limits
from gateway.core.errors import Refused
from gateway.signing.policy import ALGORITHMS, MODERN, TrustPolicy

_MIB = 1 << 20


class _Part(BaseModel):
    """A table of the file: no unknown keys, no guessing between types."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Service(_Part):
    """Where the bank's service is and how it wants to be spoken to.

    Attributes:
        receiver_id: the bank in RequestHeader/ReceiverId; "" where the bank wants our target id there.
        file_types: what is fetched; empty asks for all types in one list.
        list_status: which files a list is of. ALL also finds files that were fetched but lost before they were
            stored; what is known already is recognised by its reference.
        compression: ask for gzip.
        algorithm: what our own signatures are made with.
    """

    url: str = Field(pattern=r"^https://\S+$")
    receiver_id: str = ""
    language: Literal["EN", "FI", "SV"] = "EN"
    environment: Literal["PRODUCTION", "TEST"] = "PRODUCTION"
    file_types: list[str] = []
    list_status: Literal["ALL", "NEW", "DLD"] = "ALL"
    compression: bool = True
    algorithm: str = "rsa-sha256"


class Trust(_Part):
    """Whom we believe. File names are relative to the folder of anchors.

    Attributes:
        tls_anchors: authorities of the bank's server certificate.
        signing_anchors, intermediates: authorities of the bank's signatures.
        signers: common names a signer under `signing_anchors` must have one of.
        pinned: SHA-256 fingerprints of single trusted signers.
        payload_signers: the same for ApplicationResponse where another certificate signs it; empty means `signers`.
        payload_signed: False for a bank that does not sign ApplicationResponse (its envelope must be signed still).
        legacy: admit SHA-1 and RSA-1024. Off, except for a bank that has nothing better.
    """

    tls_anchors: list[str] = Field(min_length=1)
    signing_anchors: list[str] = []
    intermediates: list[str] = []
    signers: list[str] = []
    pinned: list[str] = []
    payload_signers: list[str] = []
    payload_signed: bool = True
    legacy: bool = False
    algorithms: list[str] = Field(default_factory=lambda: sorted(MODERN))
    clock_skew_s: int = Field(default=300, ge=0, le=3600)
    timestamp_life_s: int = Field(default=3600, ge=1, le=86400)


class LimitTable(_Part):
    """How much and how long, in MiB and seconds."""

    message_mib: int = Field(default=64, ge=1, le=1024)
    content_mib: int = Field(default=256, ge=1, le=4096)
    connect_s: float = Field(default=10, gt=0)
    read_s: float = Field(default=30, gt=0)
    total_s: float = Field(default=120, gt=0)


class Facts(_Part):
    """What is known of this bank's statements.

    Attributes:
        bank_ids: whether a line's bank reference is unique for ever, within a year, or not at all.
        release: kinds of evidence that may release goods without a person.
    """

    bank_ids: Literal["stable", "per_year", "unstable"] = "unstable"
    release: list[Literal["signed", "channel"]] = ["signed"]


class Profile(_Part):
    """One bank."""

    format: Literal[1]
    name: str = Field(pattern=r"^[a-z0-9-]{1,40}$")
    title_ru: str
    title_en: str
    protocol: Literal["bxd"]
    service: Service
    trust: Trust
    limits: LimitTable = LimitTable()
    facts: Facts = Facts()

    @property
    def transport_limits(self) -> Limits:
        """The limits the transport keeps."""
        table = self.limits
        return Limits(table.message_mib * _MIB, table.connect_s, table.read_s, table.total_s)


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
    """

    tls_anchors: tuple[x509.Certificate, ...]
    rules: ReplyRules


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
    _check_trust(profile, file)
    return profile


def load_trust(profile: Profile, anchors: Path) -> BankTrust:
    """The certificates a profile names, from the folder `anchors`.

    Raises:
        Refused: `bank.anchor_unreadable`.
    """
    trust = profile.trust
    envelope = TrustPolicy(
        anchors=_certificates(trust.signing_anchors, anchors),
        pinned=frozenset(pin.lower().replace(":", "") for pin in trust.pinned) or None,
        signers=frozenset(trust.signers),
        intermediates=_certificates(trust.intermediates, anchors),
        algorithms=frozenset(trust.algorithms),
        legacy=trust.legacy,
        max_skew=timedelta(seconds=trust.clock_skew_s),
        max_lifetime=timedelta(seconds=trust.timestamp_life_s),
        max_bytes=profile.limits.message_mib * _MIB,
    )
    payload = None
    if trust.payload_signed:
        payload = replace(envelope, signers=frozenset(trust.payload_signers or trust.signers))
    rules = ReplyRules(envelope, payload, profile.limits.content_mib * _MIB)
    return BankTrust(_certificates(trust.tls_anchors, anchors), rules)


def _check_trust(profile: Profile, file: Path) -> None:
    """What the types cannot say."""
    trust = profile.trust
    unknown = {*trust.algorithms, profile.service.algorithm} - ALGORITHMS.keys()
    if unknown:
        raise Refused(
            "bank.profile_invalid", file=file.name, field="trust.algorithms", detail=", ".join(sorted(unknown))
        )
    if not trust.pinned and not (trust.signing_anchors and trust.signers):
        # a bank's authority certifies its customers too: without names or pins each of them could sign for the bank
        detail = "give signing_anchors with signers, or pinned"
        raise Refused("bank.profile_invalid", file=file.name, field="trust.signers", detail=detail)


def _certificates(names: list[str], folder: Path) -> tuple[x509.Certificate, ...]:
    found: list[x509.Certificate] = []
    for name in names:
        try:
            found += x509.load_pem_x509_certificates((folder / name).read_bytes())
        except (OSError, ValueError):
            raise Refused("bank.anchor_unreadable", file=name) from None
    return tuple(found)
