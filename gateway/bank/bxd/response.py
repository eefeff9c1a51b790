"""A reply, proved from the outside in: envelope, request id, codes, signed payload, content.

Nothing here reads the received tree: each layer hands on a new tree parsed from the octets its signature is over.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from lxml import etree

from gateway.bank.bxd.compression import decompress
from gateway.bank.bxd.opening import opened
from gateway.bank.bxd.wire import GZIP, MODEL, NOTHING_FOUND, OK, SERVICE, XMLDATA, padded
from gateway.bank.channel import Document, EvidenceKind, FileRef, Proof, Proven, Reply
from gateway.bank.formats.reading import describe
from gateway.core.errors import Corrupt, Refused
from gateway.signing import signature
from gateway.signing.keys import Decryptor, fingerprint
from gateway.signing.parsing import parse
from gateway.signing.policy import TrustPolicy
from gateway.signing.wsse import SOAP, VerifiedEnvelope, verify_envelope
from gateway.signing.xmldsig import VerifiedDocument, verify_enveloped

_WITH_CONTENT = {"downloadFile"}
_MAY_FIND_NOTHING = {"downloadFileList", "getUserInfo"}

# What the verifiers say → what it means for a bank's message. Reasons of the payload's own signature differ.
_REASONS = {
    "xml.empty": "bank.empty",
    "xml.too_large": "bank.too_large",
    "xml.too_complex": "bank.too_complex",
    "xml.dtd": "bank.dtd",
    "xml.wrong_encoding": "bank.wrong_encoding",
    "xml.truncated": "bank.truncated",
    "xml.malformed": "bank.malformed",
    "signature.missing": "bank.signature_missing",
    "signature.wrapped": "bank.signature_wrapped",
    "signature.invalid": "bank.signature_invalid",
    "signature.algorithm": "bank.algorithm_forbidden",
    "signature.stale": "bank.stale_timestamp",
    "certificate.expired": "bank.certificate_expired",
    "certificate.not_yet_valid": "bank.certificate_not_yet_valid",
    "certificate.untrusted": "bank.untrusted_certificate",
    "certificate.unreadable": "bank.untrusted_certificate",
    "certificate.unfit": "bank.untrusted_certificate",
    "certificate.weak": "bank.untrusted_certificate",
}
_PAYLOAD_REASONS = {
    "signature.missing": "bank.payload_signature_missing",
    "signature.wrapped": "bank.payload_signature_wrapped",
    "signature.invalid": "bank.payload_signature_invalid",
}


@dataclass(frozen=True, slots=True)
class ReplyRules:
    """What a bank's reply must satisfy.

    Attributes:
        envelope: whom we believe as signer of the SOAP message.
        payload: whom we believe as signer of the ApplicationResponse; None where the bank does not sign it.
        content_limit: the most bytes of a decompressed file.
        vague_codes: codes this bank gives for almost any bad request.
        decryptors: keys of ours that the bank may have encrypted the ApplicationResponse to, the likeliest first;
            empty where the bank does not encrypt.
    """

    envelope: TrustPolicy
    payload: TrustPolicy | None
    content_limit: int
    vague_codes: frozenset[str] = frozenset()
    decryptors: tuple[Decryptor, ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """A proved reply, read.

    Attributes:
        application: the ApplicationResponse: a new tree of proved octets; None when the bank sent none.
        codes: (code, text), outermost first.
    """

    application: etree._Element | None
    codes: tuple[tuple[str, str], ...]
    proof: Proof

    @property
    def nothing_found(self) -> bool:
        return any(code == NOTHING_FOUND for code, _ in self.codes)


def prove(reply: Reply, rules: ReplyRules, at: datetime) -> Proven:
    """Verify a reply and take its file out; pure.

    Raises:
        Corrupt: `bank.*`, the reason.
        Refused: `bank.response_refused` (`bank.response_vague`) when the bank, provably, said no.
    """
    answer = read_answer(reply, rules, at)
    if answer.nothing_found and reply.request.operation not in _MAY_FIND_NOTHING:
        raise _refused(answer, rules)
    content, ref = b"", None
    documents: tuple[Document, ...] = ()
    if answer.application is not None:
        listed = descriptors(answer.application)
        ref = _described(listed, reply.request.reference)
        if reply.request.operation in _WITH_CONTENT:
            content = _content(answer.application, rules.content_limit)
            documents = (describe(content),)
    return Proven(content, answer.proof, ref, answer.codes, documents)


def read_answer(reply: Reply, rules: ReplyRules, at: datetime) -> Answer:
    """Verify a reply's layers, its echo of our RequestId and both response codes; pure.

    Raises:
        Corrupt: `bank.*`, the reason.
        Refused: `bank.response_refused` (`bank.response_vague` where the code explains nothing) when the bank,
            provably, said no (24, "nothing found", is left to the caller).
    """
    if "incomplete" in reply.transport:
        raise Corrupt("bank.truncated")
    envelope = _verified_envelope(reply.raw, rules.envelope, at)
    header, carried = _parts(envelope.body, reply.request.operation)
    echoed = _text(header, MODEL, "RequestId")
    if echoed != reply.request.request_id:
        raise Corrupt("bank.wrong_request_id", expected=reply.request.request_id, got=echoed[:64])
    codes = [_code(header, MODEL)]
    document, application = None, None
    if carried is not None and (carried.text or "").strip():
        document, application = _application(signature.octets(carried), rules, at)
        codes.append(_code(application, XMLDATA))
    answer = Answer(application, tuple(codes), _proof(envelope, document, echoed, at))
    # an empty code in the outer header is allowed by the schema; then the payload's counts alone
    if any(code not in (OK, NOTHING_FOUND) for code, _ in codes if code) or not any(code for code, _ in codes):
        raise _refused(answer, rules)
    if application is None and not answer.nothing_found:
        raise Corrupt("bank.malformed", what="ApplicationResponse")
    return answer


def descriptors(application: etree._Element) -> list[FileRef]:
    """The files an ApplicationResponse names, in its order."""
    found = application.iterfind(f"{{{XMLDATA}}}FileDescriptors/{{{XMLDATA}}}FileDescriptor")
    return [
        FileRef(
            reference=_text(node, XMLDATA, "FileReference"),
            file_type=_text(node, XMLDATA, "FileType"),
            created=_instant(_text(node, XMLDATA, "FileTimestamp")),
            status=_text(node, XMLDATA, "Status"),
            service_id=_text(node, XMLDATA, "ServiceId"),
        )
        for node in found
        if _text(node, XMLDATA, "FileReference")
    ]


def file_names(application: etree._Element) -> list[str]:
    """The names our own uploads were sent under (UserFilename), of an ApplicationResponse."""
    found = application.iterfind(f"{{{XMLDATA}}}FileDescriptors/{{{XMLDATA}}}FileDescriptor")
    return [_text(node, XMLDATA, "UserFilename") for node in found]


def user_info(application: etree._Element) -> dict[str, object]:
    """Customer and file types of a getUserInfo answer."""
    kinds = application.iterfind(f"{{{XMLDATA}}}UserFileTypes/{{{XMLDATA}}}UserFileType")
    return {
        "customer_id": _text(application, XMLDATA, "CustomerId"),
        "file_types": [
            {
                "target_id": _text(kind, XMLDATA, "TargetId"),
                "file_type": _text(kind, XMLDATA, "FileType"),
                "name": _text(kind, XMLDATA, "FileTypeName"),
                "direction": _text(kind, XMLDATA, "Direction"),
                "services": [(s.text or "").strip() for s in kind.iter(f"{{{XMLDATA}}}ServiceId")],
            }
            for kind in kinds
        ],
    }


def as_bank_error(error: Corrupt) -> Corrupt:
    """What a verifier says (`xml.*`, `signature.*`, `certificate.*`) in the words of a bank's message (`bank.*`)."""
    return Corrupt(_REASONS[error.code], **error.values) if error.code in _REASONS else error


def _verified_envelope(raw: bytes, policy: TrustPolicy, at: datetime) -> VerifiedEnvelope:
    try:
        return verify_envelope(raw, policy, at)
    except Corrupt as error:
        raise Corrupt(_REASONS[error.code], **error.values) from None


def _parts(body: etree._Element, operation: str) -> tuple[etree._Element, etree._Element | None]:
    """ResponseHeader and ApplicationResponse of the operation we asked for."""
    children = list(body)
    if len(children) == 1 and children[0].tag == f"{{{SOAP}}}Fault":
        text = " ".join((node.text or "").strip() for node in children[0].iter("faultstring"))
        raise Refused("bank.response_refused", bank_code="Fault", text=text[:200])
    if len(children) != 1 or children[0].tag != f"{{{SERVICE}}}{operation}out":
        raise Corrupt("bank.unknown_content", what=signature.name(children[0]) if children else "Body")
    headers = children[0].findall(f"{{{MODEL}}}ResponseHeader")
    carried = children[0].findall(f"{{{MODEL}}}ApplicationResponse")
    if len(headers) != 1 or len(carried) > 1:
        raise Corrupt("bank.malformed", what="ResponseHeader")
    return headers[0], carried[0] if carried else None


def _application(payload: bytes, rules: ReplyRules, at: datetime) -> tuple[VerifiedDocument | None, etree._Element]:
    """The ApplicationResponse, proved by its own signature or, where the bank makes none, by the envelope's."""
    document = None
    try:
        if rules.decryptors:
            legacy, limit = rules.envelope.as_of(at).legacy, rules.envelope.max_bytes
            payload = opened(payload, rules.decryptors, legacy=legacy, limit=limit)
        if rules.payload is not None:
            document = verify_enveloped(payload, rules.payload, at)
            root = document.root
        else:
            root = parse(payload, rules.envelope.max_bytes)
    except Corrupt as error:
        named = _PAYLOAD_REASONS.get(error.code) or _REASONS.get(error.code, error.code)
        raise Corrupt(named, **error.values) from None
    if root.tag != f"{{{XMLDATA}}}ApplicationResponse":
        raise Corrupt("bank.unknown_content", what=signature.name(root))
    return document, root


def _proof(envelope: VerifiedEnvelope, document: VerifiedDocument | None, request_id: str, at: datetime) -> Proof:
    used = (*envelope.algorithms, *(document.algorithms if document else ()))
    return Proof(
        kind=EvidenceKind.SIGNED,
        signer_subject=envelope.certificate.subject.rfc4514_string(),
        signer_sha256=fingerprint(envelope.certificate),
        signer_serial=f"{envelope.certificate.serial_number:x}",
        anchor_sha256=fingerprint(envelope.anchor),
        algorithms=tuple(dict.fromkeys(used)),
        signed_at=envelope.created,
        verified_at=at,
        request_id=request_id,
        layers=("soap", "payload") if document else ("soap",),
    )


def _content(application: etree._Element, limit: int) -> bytes:
    """The file, decoded and decompressed."""
    if _text(application, XMLDATA, "Encrypted") in ("true", "1"):
        raise Corrupt("bank.unknown_content", what="EncryptedData")
    nodes = application.findall(f"{{{XMLDATA}}}Content")
    if len(nodes) > 1:
        raise Corrupt("bank.malformed", what="Content")
    if not nodes or not (nodes[0].text or "").strip():
        raise Corrupt("bank.empty")
    try:
        content = signature.octets(nodes[0])
    except Corrupt:
        raise Corrupt("bank.malformed", what="Content") from None
    if _text(application, XMLDATA, "Compressed") in ("true", "1"):
        method = _text(application, XMLDATA, "CompressionMethod") or GZIP
        if method != GZIP:
            raise Corrupt("bank.unknown_content", what=method)
        content = decompress(content, limit)
    if len(content) > limit:
        raise Corrupt("bank.too_large", limit=limit)
    return content


def _described(listed: list[FileRef], reference: str) -> FileRef | None:
    """The description of the file we asked for; a reply that describes only other files is not its reply."""
    if not listed:
        return None
    for ref in listed:
        if not reference or ref.reference == reference:
            return ref
    raise Corrupt("bank.wrong_file", expected=reference, got=listed[0].reference)


def _refused(answer: Answer, rules: ReplyRules) -> Refused:
    """The innermost refusal: the payload is authoritative, the header is often only "OK"."""
    bad = [(code, text) for code, text in answer.codes if code != OK]
    code, text = bad[-1] if bad else ("", "")
    if code in rules.vague_codes:
        return Refused("bank.response_vague", bank_code=code, text=text)
    return Refused("bank.response_refused", bank_code=code or "-", text=text)


def _code(node: etree._Element, namespace: str) -> tuple[str, str]:
    code, text = (_text(node, namespace, name) for name in ("ResponseCode", "ResponseText"))
    return padded(code), text[:200]


def _text(node: etree._Element, namespace: str, name: str) -> str:
    """The text of the only child `name`, "" when there is none.

    Raises:
        Corrupt: `bank.malformed` when there are several: which one counts is not ours to guess.
    """
    found = node.findall(f"{{{namespace}}}{name}")
    if len(found) > 1:
        raise Corrupt("bank.malformed", what=name)
    return (found[0].text or "").strip() if found else ""


def _instant(text: str) -> datetime | None:
    """An xsd:dateTime; without a zone it is taken as UTC, unreadable as unknown."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
