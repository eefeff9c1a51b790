"""The bank's messages of an evidence file: raw bytes, what was asked, whom we believed, and all of it judged anew."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import Encoding, pkcs7

from gateway.bank.archive import raw_reply
from gateway.bank.bxd import profile as bxd
from gateway.bank.channel import EvidenceKind, Proven, Reply
from gateway.bank.directbank import profile as directbank
from gateway.bank.directbank.profile import DirectBankProfile
from gateway.bank.profiles import Prove, load_judge
from gateway.core.clock import to_text
from gateway.core.errors import KvitError
from gateway.service.config import BankTable, Config, Home
from gateway.service.wiring import channel_name, profile_of
from gateway.signing.parsing import local_name, parse
from gateway.signing.policy import TrustPolicy
from gateway.store import Store
from gateway.store.schema import dumps

_TOKEN = "BinarySecurityToken"  # noqa: S105 - the name of an XML element
_CERTIFICATE = "X509Certificate"
_CMS = "SignedData"

Files = dict[str, bytes]


@dataclass(frozen=True, slots=True)
class Judged:
    """A message, verified once more from its stored bytes.

    Attributes:
        holds: the proof holds today as it did then.
        reason: why not, a code.
    """

    id: str
    reference: str
    sha256: str
    holds: bool
    signer: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Believed:
    """Whom one channel believes, and what judges by it.

    Attributes:
        outer: of the message, or of each document; None where the bank's signatures are not looked at.
        payload: of what the message carries; None where nobody signs that for itself.
    """

    prove: Prove
    outer: TrustPolicy | None
    payload: TrustPolicy | None


def believed_by(home: Home, config: Config) -> dict[str, Believed]:
    """Channel → whom it believes. A bank that is configured no longer cannot be judged here; its bytes still go in."""
    return dict(_believed(home, table) for table in config.bank)


def _believed(home: Home, table: BankTable) -> tuple[str, Believed]:
    profile = profile_of(home, table)
    prove = load_judge(profile, home.anchors).prove
    if isinstance(profile, DirectBankProfile):
        signers = directbank.load_trust(profile, home.anchors).rules.signers
        return channel_name(profile), Believed(prove, signers, None)
    rules = bxd.load_trust(profile, home.anchors).rules
    return channel_name(profile), Believed(prove, rules.envelope, rules.payload)


def pack_trust(files: Files, channel: str, believed: Believed) -> None:
    """Whom a channel believes, so that somebody else can judge by the same rules."""
    if believed.outer is None:
        return
    name = f"anchors/{channel.replace(':', '-')}"
    files[f"{name}.json"] = dumps(_rules(channel.partition(":")[0], believed.outer, believed.payload)).encode()
    files[f"{name}.anchors.pem"] = pem(believed.outer.anchors)
    if believed.outer.intermediates:
        files[f"{name}.intermediates.pem"] = pem(believed.outer.intermediates)


def _rules(protocol: str, outer: TrustPolicy, payload: TrustPolicy | None) -> dict[str, Any]:
    return {
        "protocol": protocol,
        "signers": sorted(outer.signers),
        "payload_signers": sorted(payload.signers) if payload else [],
        "payload_signed": payload is not None,
        "pinned": sorted(outer.pinned or ()),
        "legacy": outer.legacy,
        "legacy_until": to_text(outer.legacy_until) if outer.legacy_until else None,
        "clock_skew_s": int(outer.max_skew.total_seconds()),
        "timestamp_life_s": int(outer.max_lifetime.total_seconds()),
    }


def pack_message(files: Files, store: Store, row: Mapping[str, Any], channels: Mapping[str, Believed]) -> Judged:
    """Put one message in, and verify it anew from its stored bytes, as of the instant it was received."""
    name = f"messages/{row['id']}"
    judged = {"id": row["id"], "reference": row["reference"], "sha256": row["sha256"]}
    try:
        reply = raw_reply(store, row["id"])
    except KvitError as error:
        return Judged(**judged, holds=False, reason=error.code)
    files[f"{name}.bin"] = reply.raw
    files[f"{name}.request.json"] = dumps({**json.loads(row["request"]), "received_at": row["received_at"]}).encode()
    if row["proof"]:
        files[f"{name}.proof.json"] = row["proof"].encode()
    if brought := certificates_in(reply):
        files[f"certificates/{row['id']}.pem"] = pem(brought)
    believed = channels.get(row["channel"])
    if believed is None:
        return Judged(**judged, holds=False, reason="evidence.unknown_channel")
    try:
        proven = believed.prove(reply, reply.received_at)
    except KvitError as error:
        return Judged(**judged, holds=False, reason=error.code)
    _pack_contents(files, name, proven)
    same = hashlib.sha256(proven.content).hexdigest() == row["content_sha256"]
    reason = "" if same else "evidence.other_content"
    return Judged(**judged, holds=same, signer=proven.proof.signer_subject, reason=reason)


def _pack_contents(files: Files, name: str, proven: Proven) -> None:
    """The documents that the bank signed, decoded."""
    signed = [d.content for d in proven.documents if (d.proof or proven.proof).kind is EvidenceKind.SIGNED]
    for number, content in enumerate(signed, start=1):
        suffix = "" if len(signed) == 1 else f"-{number:04}"
        files[f"{name}.content{suffix}.xml"] = content


def pem(certificates: Iterable[x509.Certificate]) -> bytes:
    """One after the other, each once."""
    return b"".join(dict.fromkeys(certificate.public_bytes(Encoding.PEM) for certificate in certificates))


def certificates_in(reply: Reply) -> list[x509.Certificate]:
    """Certificates a message brings. They are shown, not believed: belief comes from the anchors."""
    try:
        root = parse(reply.raw)
    except KvitError:
        return []
    found: list[x509.Certificate] = []
    for node in root.iter(f"{{*}}{_TOKEN}", f"{{*}}{_CERTIFICATE}", f"{{*}}{_CMS}"):
        try:
            octets = base64.b64decode(node.text or "")
            if local_name(node) == _CMS:
                found += pkcs7.load_der_pkcs7_certificates(octets)
            else:
                found.append(x509.load_der_x509_certificate(octets))
        except (ValueError, UnsupportedAlgorithm):
            continue
    return found
