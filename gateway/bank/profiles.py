"""Profiles of banks, whatever protocol they speak."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from cryptography import x509

from gateway.bank.bxd import profile as bxd
from gateway.bank.bxd import response
from gateway.bank.bxd.profile import Profile
from gateway.bank.channel import Proven, Reply
from gateway.bank.directbank import profile as directbank
from gateway.bank.directbank import prove
from gateway.bank.directbank.profile import DirectBankProfile
from gateway.bank.profile_parts import read_table

BankProfile = Profile | DirectBankProfile
Prove = Callable[[Reply, datetime], Proven]
"""`Channel.prove` without a channel: offline, and without any key of ours."""


@dataclass(frozen=True, slots=True)
class Judge:
    """Whom a profile believes, loaded.

    Attributes:
        tls_anchors: authorities of the bank's server.
        believed: every certificate a proof may end in, those of the connection included.
        prove: verifies a stored reply once more.
    """

    tls_anchors: tuple[x509.Certificate, ...]
    believed: tuple[x509.Certificate, ...]
    prove: Prove


def load_profile(file: Path) -> BankProfile:
    """Read a profile; its `protocol` says which kind it is.

    Raises:
        Refused: `bank.profile_unreadable`, `bank.profile_invalid` naming the field.
    """
    table = read_table(file)
    kind: type[BankProfile] = DirectBankProfile if table.get("protocol") == "directbank" else Profile
    return kind.checked(table, file)


def environment_of(profile: BankProfile) -> str:
    """PRODUCTION or TEST. DirectBank has no word for a test stand: it is a profile of its own."""
    return "PRODUCTION" if isinstance(profile, DirectBankProfile) else profile.service.environment


def load_judge(profile: BankProfile, anchors: Path) -> Judge:
    """The anchors a profile names, from the folder `anchors`, and what verifies by them.

    Raises:
        Refused: `bank.anchor_unreadable`.
    """
    if isinstance(profile, DirectBankProfile):
        theirs = directbank.load_trust(profile, anchors)
        packets = theirs.rules
        return Judge(theirs.tls_anchors, theirs.believed, lambda reply, at: prove.prove(reply, packets, at))
    trust = bxd.load_trust(profile, anchors)
    envelope, rules = trust.rules.envelope, trust.rules
    believed = (*trust.tls_anchors, *envelope.anchors, *envelope.intermediates)
    return Judge(trust.tls_anchors, believed, lambda reply, at: response.prove(reply, rules, at))
