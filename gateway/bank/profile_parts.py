"""What the profile file of any bank has in it, whatever protocol the bank speaks."""

from __future__ import annotations

import tomllib
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Literal, Self

from cryptography import x509
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from gateway.bank.transport import Limits
from gateway.core.errors import Refused
from gateway.signing.policy import ALGORITHMS, MODERN, TrustPolicy

MIB = 1 << 20
RESENDS = 3
"""How often a payment order the bank has not got is sent again before a person is asked."""


class Part(BaseModel):
    """A table of the file: no unknown keys, no guessing between types."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class TrustTable(Part):
    """Whom we believe. File names are relative to the folder of anchors.

    Attributes:
        tls_anchors: authorities of the bank's server certificate.
        signing_anchors, intermediates: authorities of the bank's signatures.
        signers: common names a signer under `signing_anchors` must have one of.
        pinned: SHA-256 fingerprints of single trusted signers.
        legacy: admit SHA-1 and RSA-1024. Off, except for a bank that has nothing better.
        legacy_until: the instant from which even then nothing of that kind counts; what was received before it still
            verifies as of its own day.
    """

    tls_anchors: list[str] = Field(min_length=1)
    signing_anchors: list[str] = []
    intermediates: list[str] = []
    signers: list[str] = []
    pinned: list[str] = []
    legacy: bool = False
    legacy_until: datetime | None = None
    algorithms: list[str] = Field(default_factory=lambda: sorted(MODERN))

    def policy(self, anchors: Path, max_bytes: int) -> TrustPolicy:
        """These rules with their certificates, from the folder `anchors`.

        Raises:
            Refused: `bank.anchor_unreadable`.
        """
        return TrustPolicy(
            anchors=certificates_in(self.signing_anchors, anchors),
            pinned=frozenset(pin.lower().replace(":", "") for pin in self.pinned) or None,
            signers=frozenset(self.signers),
            intermediates=certificates_in(self.intermediates, anchors),
            algorithms=frozenset(self.algorithms),
            legacy=self.legacy,
            legacy_until=self.legacy_until,
            max_bytes=max_bytes,
        )

    def names_signers(self) -> bool:
        """Whether it is said which certificates sign for the bank.

        A bank's authority certifies its customers too: without names or pins each of them could sign for the bank.
        """
        return bool(self.pinned or (self.signing_anchors and self.signers))

    def wrong(self) -> tuple[str, str] | None:
        """(field, why) of what the types cannot say; None when all is well."""
        if unknown := set(self.algorithms) - ALGORITHMS.keys():
            return "trust.algorithms", ", ".join(sorted(unknown))
        if self.legacy_until is not None and self.legacy_until.tzinfo is None:
            return "trust.legacy_until", "a date and time with its zone, 2022-11-27T12:33:50Z"
        if self.legacy_until is not None and not self.legacy:
            return "trust.legacy_until", "has no meaning without legacy = true"
        return None


class LimitTable(Part):
    """How much and how long, in MiB and seconds; and how often.

    Attributes:
        message_mib, content_mib: one reply; what is in it, unpacked.
        connect_s, read_s, total_s: to connect, between two pieces of a reply, and for one whole call.
        absent_after_s: a bank that says it has not got a payment order is believed so long after the last try; never
            before a whole call has had its time, for the bank may still be at work on that try. None: `total_s`.
        resends: how often an order the bank has not got is sent again without a person being asked.
    """

    message_mib: int = Field(default=64, ge=1, le=1024)
    content_mib: int = Field(default=256, ge=1, le=4096)
    connect_s: float = Field(default=10, gt=0)
    read_s: float = Field(default=30, gt=0)
    total_s: float = Field(default=120, gt=0)
    absent_after_s: int | None = Field(default=None, ge=1, le=86400)
    resends: int = Field(default=RESENDS, ge=0, le=20)

    @property
    def absent_after(self) -> timedelta:
        """How long after the last try an order may be taken for one the bank has not got."""
        return timedelta(seconds=self.total_s if self.absent_after_s is None else self.absent_after_s)

    def wrong(self) -> tuple[str, str] | None:
        """(field, why) of what the types cannot say; None when all is well."""
        if self.absent_after_s is not None and self.absent_after_s < self.total_s:
            return "limits.absent_after_s", f"is less than total_s = {self.total_s:g}"
        return None


class Facts(Part):
    """What is known of this bank's statements.

    Attributes:
        bank_ids: whether a line's bank reference is unique for ever, within a year, or not at all.
        release: kinds of evidence that may release goods without a person.
        closing_balance: "always_debit" for a bank that marks every closing balance as debit, whatever it is.
    """

    closing_balance: Literal["stated", "always_debit"] = "stated"
    bank_ids: Literal["stable", "per_year", "unstable"] = "unstable"
    release: list[Literal["signed", "channel"]] = ["signed"]


class ProfileHead(Part):
    """What every profile says, beside its protocol's own tables."""

    format: Literal[1]
    name: str = Field(pattern=r"^[a-z0-9-]{1,40}$")
    title_ru: str
    title_en: str
    limits: LimitTable = LimitTable()
    facts: Facts = Facts()

    @property
    def transport_limits(self) -> Limits:
        """The limits the transport keeps."""
        table = self.limits
        return Limits(table.message_mib * MIB, table.connect_s, table.read_s, table.total_s)

    @classmethod
    def checked(cls, table: dict[str, Any], file: Path) -> Self:
        """The profile in a parsed TOML file.

        Raises:
            Refused: `bank.profile_invalid` naming the field.
        """
        try:
            profile = cls.model_validate(table)
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            where = ".".join(str(part) for part in first["loc"])
            raise Refused("bank.profile_invalid", file=file.name, field=where, detail=first["msg"]) from None
        if wrong := profile.limits.wrong() or profile.wrong():
            raise Refused("bank.profile_invalid", file=file.name, field=wrong[0], detail=wrong[1])
        return profile

    def wrong(self) -> tuple[str, str] | None:
        """(field, why) of what the types cannot say; None when all is well."""
        return None


def read_table(file: Path) -> dict[str, Any]:
    """A profile file, parsed and not yet checked.

    Raises:
        Refused: `bank.profile_unreadable`.
    """
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise Refused("bank.profile_unreadable", file=file.name, detail=str(error)[:200]) from None


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
