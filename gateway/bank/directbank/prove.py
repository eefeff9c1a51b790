"""A GetPack reply, proved: its packet opened, each document's signature verified over the document's exact bytes.

Pure: the same bytes give the same answer years later. Nobody signs the packet itself, so nothing of it is believed
but what a signature or the connection vouches for.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from lxml import etree

from gateway.bank.channel import Document, DocumentKind, EvidenceKind, FileRef, Proof, Proven, Reply
from gateway.bank.directbank import wire
from gateway.bank.directbank.packet import Incoming, read_packet
from gateway.bank.directbank.result import read_result
from gateway.bank.formats.directbank_status import read_notice
from gateway.bank.formats.reading import describe
from gateway.core.errors import Corrupt, Refused
from gateway.signing.cms import verify_detached
from gateway.signing.keys import fingerprint
from gateway.signing.parsing import local_name
from gateway.signing.policy import TrustPolicy

STATEMENT, STATUS = "directbank.statement", "directbank.status"
PACKET = "packet"
"""FileRef.file_type of everything the bank lists."""

_REASONS = {
    "signature.missing": "bank.signature_missing",
    "signature.invalid": "bank.signature_invalid",
    "signature.algorithm": "bank.algorithm_forbidden",
    "cms.malformed": "bank.signature_unreadable",
    "cms.shape": "bank.signature_unreadable",
    "cms.too_large": "bank.too_large",
    "certificate.expired": "bank.certificate_expired",
    "certificate.not_yet_valid": "bank.certificate_not_yet_valid",
}
_KINDS = {
    wire.PACKET_NOTICE: (DocumentKind.ORDER_STATUS, STATUS),
    wire.DOCUMENT_NOTICE: (DocumentKind.ORDER_STATUS, STATUS),
    wire.STATEMENT: (DocumentKind.STATEMENT, STATEMENT),
}
# the last element of a statement; its document may be long, so it is not parsed for this alone
_ANSWERED = re.compile(rb"<(?:[\w.-]+:)?ExtIDStatementRequest\s*>\s*([^<\s]{1,80})\s*<")
_TYPE = re.compile(rb"<(?:[\w.-]+:)?StatementType\s*>\s*([0-9])\s*<")
_ENDS = 4096


@dataclass(frozen=True, slots=True)
class PacketRules:
    """What a packet must satisfy.

    Attributes:
        signers: whom we believe as signer of a document; None where this bank's signatures are not looked at.
        required: an unsigned statement is refused.
        tls_anchors: fingerprints of the authorities the bank's server is believed under.
        message_limit, content_limit: the most bytes of a reply, and of its documents unpacked.
    """

    signers: TrustPolicy | None
    required: bool
    tls_anchors: frozenset[str]
    message_limit: int
    content_limit: int


def prove(reply: Reply, rules: PacketRules, at: datetime) -> Proven:
    """Verify a GetPack reply and take its documents out; pure.

    Raises:
        Corrupt: `bank.*`, the reason.
        Refused: `bank.response_refused` where the bank says no.
    """
    packet = read_packet(read_answer(reply, rules), rules.content_limit)
    asked = reply.request.reference
    if packet.packet_id.casefold() != asked.casefold():
        raise Corrupt("bank.wrong_file", expected=asked, got=packet.packet_id[:80])
    documents = tuple(_document(incoming, reply, rules, at) for incoming in packet.documents)
    counted = [d for d in documents if d.kind is DocumentKind.STATEMENT] or documents
    proofs = [document.proof for document in counted if document.proof is not None]
    weakest = next((proof for proof in proofs if proof.kind is not EvidenceKind.SIGNED), proofs[0])
    content = documents[0].content if len(documents) == 1 else reply.raw
    return Proven(content, weakest, FileRef(asked, PACKET), (), documents)


def read_answer(reply: Reply, rules: PacketRules) -> etree._Element:
    """The good answer in a reply, of the method that was asked.

    Raises:
        Corrupt: `bank.*`, the reason.
        Refused: `bank.response_refused` where the bank says no.
    """
    if "incomplete" in reply.transport:
        raise Corrupt("bank.truncated")
    result = read_result(reply.raw, rules.message_limit)
    if result.answer is None:
        assert result.error is not None
        raise Refused("bank.response_refused", bank_code=result.error.code or "-", text=result.error.text[:200])
    if result.answer.tag != wire.tag(wire.ANSWERS[reply.request.operation]):
        raise Corrupt("bank.unknown_content", what=local_name(result.answer)[:80])
    return result.answer


def statement_type(content: bytes) -> str:
    """The type of a statement, "" where its beginning does not tell. Not parsed: it may be long."""
    found = _TYPE.search(content[:_ENDS])
    return found[1].decode("ascii") if found else ""


def over_the_channel(reply: Reply, rules: PacketRules, at: datetime) -> Proof:
    """What an unsigned answer is believed for: it came over TLS from a server under the bank's pinned authorities.

    Raises:
        Corrupt: `bank.channel_unproved` where the stored facts of the connection do not say so.
    """
    seen = reply.transport
    verified_under = frozenset(seen.get("anchors", "").split(",")) - {""}
    if not (seen.get("tls") and seen.get("peer_sha256") and verified_under and verified_under <= rules.tls_anchors):
        raise Corrupt("bank.channel_unproved")
    return Proof(
        kind=EvidenceKind.CHANNEL,
        signer_subject="",
        signer_sha256=seen["peer_sha256"],
        signer_serial="",
        anchor_sha256=",".join(sorted(verified_under)),
        algorithms=(seen["tls"], seen.get("cipher", "")),
        signed_at=reply.received_at,
        verified_at=at,
        request_id=reply.request.request_id,
        layers=("tls",),
    )


def _document(incoming: Incoming, reply: Reply, rules: PacketRules, at: datetime) -> Document:
    kind, format_name = _sort(incoming)
    if incoming.signatures and rules.signers is not None:
        proof = _signed(incoming, reply, rules.signers, at)
    elif rules.required and kind is DocumentKind.STATEMENT:
        raise Corrupt("bank.signature_missing")
    else:
        proof = over_the_channel(reply, rules, at)
    answers = _answers(incoming, kind, format_name)
    return Document(kind, format_name, incoming.content, incoming.document_id, answers, proof)


def _sort(incoming: Incoming) -> tuple[DocumentKind, str]:
    """What a document is for. An account in currency travels as camt.053; what is unknown is kept and shown."""
    if incoming.kind == wire.CURRENCY_STATEMENT:
        described = describe(incoming.content)
        return described.kind, described.format
    return _KINDS.get(incoming.kind, (DocumentKind.OTHER, f"directbank.{incoming.kind[:10]}"))


def _signed(incoming: Incoming, reply: Reply, signers: TrustPolicy, at: datetime) -> Proof:
    """Every signature that is there has to hold: one that does not is a forgery, whatever the others say.

    Raises:
        Corrupt: `bank.*`, the reason.
    """
    try:
        verified = [verify_detached(der, incoming.content, signers, at) for der in incoming.signatures]
    except Corrupt as error:
        code = _REASONS.get(error.code) or _untrusted(error.code)
        raise Corrupt(code, **error.values) from None
    first = verified[0]
    return Proof(
        kind=EvidenceKind.SIGNED,
        signer_subject=first.certificate.subject.rfc4514_string(),
        signer_sha256=fingerprint(first.certificate),
        signer_serial=f"{first.certificate.serial_number:x}",
        anchor_sha256=fingerprint(first.anchor),
        algorithms=tuple(dict.fromkeys(name for one in verified for name in one.algorithms)),
        signed_at=first.signed_at or reply.received_at,
        verified_at=at,
        request_id=reply.request.request_id,
        layers=("cms",) * len(verified),
    )


def _untrusted(code: str) -> str:
    """All other reasons are about the certificate."""
    return "bank.untrusted_certificate" if code.startswith("certificate.") else "bank.signature_invalid"


def _answers(incoming: Incoming, kind: DocumentKind, format_name: str) -> str:
    """The id of ours that a document names; one that cannot be read names none, and its reader will say why."""
    if format_name == STATEMENT:
        found = _ANSWERED.search(incoming.content[-_ENDS:])
        return found[1].decode("utf-8", "replace") if found else ""
    if kind is DocumentKind.ORDER_STATUS:
        try:
            return read_notice(incoming.content).about
        except Corrupt:
            return ""
    return ""
