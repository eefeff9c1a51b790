"""Profile of a bank that speaks 1C:DirectBank: everything particular to it, in a TOML file that IT can read."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from cryptography import x509
from pydantic import Field

from gateway.bank.directbank.prove import PacketRules
from gateway.bank.profile_parts import MIB, Part, ProfileHead, TrustTable, certificates_in
from gateway.core.errors import Refused
from gateway.signing.keys import fingerprint

Version = Literal["2.1.1", "2.1.2", "2.2.1", "2.2.2", "2.3.1", "2.3.2"]


class Service(Part):
    """Where the bank's service is and how it wants to be spoken to.

    Attributes:
        url: the base address; method names are put behind it.
        bic, bank_name: the bank in our messages.
        version: of our messages and in APIVersion; the bank's own settings may lower it.
        ask_settings: ask GetSettings after logging on with a password. Where they are not asked, or the bank has
            none, `sign` and `compress` say what they would.
        sign: kinds of documents that need our signature, "10" for payment orders.
        compress: documents travel zipped.
        interim: the bank makes interim statements of the day that is still open.
        zone: the bank's wall clock.
        ask_every_s: the shortest time between two requests for the open day's statement of one account.
        answer_wait_s: how long a request may stay unanswered before it is asked again; doubled each time.
        first_days: how many closed days are asked for at the very first poll.
        answer_tries, answer_pause_s: a statement is made on demand: how often, and after what pause, to look for it
            before leaving it to the next poll.
        repeatable: GetPack gives a packet again, however often it was given; see `Listing.repeatable`.
    """

    url: str = Field(pattern=r"^https://\S+$")
    bic: str = Field(pattern=r"^\d{9}$")
    bank_name: str = ""
    version: Version = "2.3.2"
    ask_settings: bool = True
    sign: list[str] = Field(default_factory=list)
    compress: bool = False
    interim: bool = True
    zone: str = "Europe/Moscow"
    ask_every_s: int = Field(default=240, ge=0, le=86400)
    answer_wait_s: int = Field(default=3600, ge=1, le=86400)
    first_days: int = Field(default=7, ge=0, le=90)
    answer_tries: int = Field(default=3, ge=0, le=20)
    answer_pause_s: float = Field(default=2.0, ge=0, le=60)
    repeatable: bool = False


class Trust(TrustTable):
    """Whom we believe; the bank signs documents.

    Attributes:
        signatures: "required": a statement without the bank's signature is refused; "verified": signatures that are
            there must hold, a statement without one is evidence of the connection only; "ignored": this machine
            cannot check this bank's signatures, so all it sends is evidence of the connection only.
    """

    signatures: Literal["required", "verified", "ignored"] = "verified"

    def wrong(self) -> tuple[str, str] | None:
        if self.signatures != "ignored" and not self.names_signers():
            return "trust.signers", 'give signing_anchors with signers, or pinned, or signatures = "ignored"'
        return super().wrong()


class DirectBankProfile(ProfileHead):
    """One bank."""

    protocol: Literal["directbank"]
    service: Service
    trust: Trust

    def in_test(self) -> DirectBankProfile:
        """A bank's test stand is a profile of its own here.

        Raises:
            Refused: `bank.no_test_environment`.
        """
        raise Refused("bank.no_test_environment", profile=self.name)

    def wrong(self) -> tuple[str, str] | None:
        if any(len(kind) != 2 or not kind.isdigit() for kind in self.service.sign):
            return "service.sign", "two digits each, as in the standard's table of document kinds"
        return self.trust.wrong()


@dataclass(frozen=True, slots=True)
class Agreement:
    """Ours with the bank.

    Attributes:
        customer_id: up to 50 characters; "0" while the bank has not told it yet (its settings name it then).
        name, inn, kpp: of the company.
        accounts: of which statements are asked.
        url: overrides the profile's address; "" for the profile's.
    """

    customer_id: str
    name: str = ""
    inn: str = ""
    kpp: str = ""
    accounts: tuple[str, ...] = ()
    url: str = ""


@dataclass(frozen=True, slots=True)
class DirectBankTrust:
    """A profile's anchors, loaded: `tls_anchors` for the connection, `rules` for what comes over it."""

    tls_anchors: tuple[x509.Certificate, ...]
    rules: PacketRules

    @property
    def believed(self) -> tuple[x509.Certificate, ...]:
        """Every certificate a proof may rest on."""
        signers = self.rules.signers
        return (*self.tls_anchors, *(() if signers is None else (*signers.anchors, *signers.intermediates)))


def load_trust(profile: DirectBankProfile, anchors: Path) -> DirectBankTrust:
    """The certificates a profile names, from the folder `anchors`.

    Raises:
        Refused: `bank.anchor_unreadable`.
    """
    trust = profile.trust
    tls_anchors = certificates_in(trust.tls_anchors, anchors)
    signers = None
    if trust.signatures != "ignored":
        signers = trust.policy(anchors, profile.limits.content_mib * MIB)
    rules = PacketRules(
        signers=signers,
        required=trust.signatures == "required",
        tls_anchors=frozenset(fingerprint(anchor) for anchor in tls_anchors),
        message_limit=profile.limits.message_mib * MIB,
        content_limit=profile.limits.content_mib * MIB,
    )
    return DirectBankTrust(tls_anchors, rules)
