"""The bank's replies: ApplicationResponse signed by the bank, in an envelope signed by the bank."""

from __future__ import annotations

import base64
import gzip
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import cast

from lxml import etree

from gateway.bank.bxd.wire import GZIP, MODEL, SERVICE, XMLDATA
from gateway.bank.sandbox.behave import Active
from gateway.bank.sandbox.files import TITLES, UPLOAD_TYPES, StoredFile
from gateway.bank.sandbox.soap import CODES, Echo
from gateway.core.clock import Clock
from gateway.signing.keys import Signer
from gateway.signing.wsse import SOAP, sign_envelope
from gateway.signing.xmldsig import sign_enveloped

_PREFIXES = cast("dict[str, str]", {"soapenv": SOAP, "cor": SERVICE, "mod": MODEL})


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the bank has to say to a request.

    Attributes:
        files: descriptions to list.
        content: the file of a download.
        compress: gzip it.
        user_types: FileTypes of a getUserInfo answer.
        served: reference of the file that counts as downloaded once this reply goes out undamaged.
        lost: the misbehaviour by which this reply never arrives.
    """

    code: str
    files: tuple[StoredFile, ...] = ()
    content: bytes | None = None
    compress: bool = False
    user_types: tuple[str, ...] = ()
    served: str = ""
    lost: Active | None = None


@dataclass(frozen=True, slots=True)
class Wording:
    """How a reply is written; a behaviour changes one of these.

    Attributes:
        signer: of payload and envelope.
        clock: of the envelope's Timestamp.
        request_id: repeated in the header; "" for the request's own.
        code, text: instead of the outcome's; "" for its own.
    """

    signer: Signer
    clock: Clock
    request_id: str = ""
    code: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class Written:
    """A reply, before its envelope is built."""

    payload: bytes = field(repr=False)
    header: tuple[tuple[str, str], ...]
    operation: str


def write_payload(
    echo: Echo, outcome: Outcome, customer_id: str, target_id: str, at: datetime, how: Wording
) -> Written:
    """The signed ApplicationResponse and the header that goes with it."""
    code = how.code or outcome.code
    text = how.text or CODES.get(code, "Unknown.")
    root = etree.Element(f"{{{XMLDATA}}}ApplicationResponse", nsmap=cast("dict[str, str]", {"c2b": XMLDATA}))
    _add(root, "CustomerId", customer_id)
    _add(root, "Timestamp", _instant(at))
    _add(root, "ResponseCode", code)
    _add(root, "ResponseText", text)
    content = None if how.code else outcome.content
    _add(root, "Encrypted", "false")
    _add(root, "Compressed", "true" if content is not None and outcome.compress else "false")
    if content is not None and outcome.compress:
        _add(root, "CompressionMethod", GZIP)
        content = gzip.compress(content, mtime=0)
    if not how.code:
        _describe(root, outcome.files, target_id)
        _user_types(root, outcome.user_types, target_id)
    if content is not None:
        _add(root, "Content", base64.b64encode(content).decode("ascii"))
    header = (
        ("SenderId", echo.sender_id),
        ("RequestId", how.request_id or echo.request_id),
        ("Timestamp", _instant(at)),
        ("ResponseCode", code),
        ("ResponseText", text),
        ("ReceiverId", echo.receiver_id),
    )
    return Written(sign_enveloped(etree.tostring(root), how.signer), header, echo.operation)


def envelope(written: Written, how: Wording) -> etree._Element:
    """The signed SOAP message; serialise it without reformatting."""
    root = etree.Element(f"{{{SOAP}}}Envelope", nsmap=_PREFIXES)
    etree.SubElement(root, f"{{{SOAP}}}Header")
    body = etree.SubElement(root, f"{{{SOAP}}}Body")
    out = etree.SubElement(body, f"{{{SERVICE}}}{written.operation}out")
    header = etree.SubElement(out, f"{{{MODEL}}}ResponseHeader")
    for name, value in written.header:
        etree.SubElement(header, f"{{{MODEL}}}{name}").text = value
    carried = etree.SubElement(out, f"{{{MODEL}}}ApplicationResponse")
    carried.text = base64.b64encode(written.payload).decode("ascii")
    sign_envelope(root, how.signer, how.clock)
    return root


def serialise(root: etree._Element) -> bytes:
    """The bytes that go out."""
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def fault(text: str) -> bytes:
    """An unsigned SOAP fault for what is no request of ours."""
    root = etree.Element(f"{{{SOAP}}}Envelope", nsmap=_PREFIXES)
    body = etree.SubElement(root, f"{{{SOAP}}}Body")
    element = etree.SubElement(body, f"{{{SOAP}}}Fault")
    etree.SubElement(element, "faultcode").text = "soapenv:Client"
    etree.SubElement(element, "faultstring").text = text
    detail = etree.SubElement(etree.SubElement(element, "detail"), f"{{{SERVICE}}}FileServiceFaultElement")
    etree.SubElement(detail, f"{{{MODEL}}}category").text = "client"
    etree.SubElement(detail, f"{{{MODEL}}}code").text = text
    return serialise(root)


def _describe(root: etree._Element, listed: tuple[StoredFile, ...], target_id: str) -> None:
    if not listed:
        return
    holder = _add(root, "FileDescriptors")
    for file in listed:
        node = _add(holder, "FileDescriptor")
        _add(node, "FileReference", file.reference)
        _add(node, "TargetId", target_id)
        if file.account:
            _add(node, "ServiceId", file.account)
        if file.name:
            _add(node, "UserFilename", file.name)
        _add(node, "FileType", file.file_type)
        _add(node, "FileTimestamp", _instant(file.created))
        _add(node, "Status", file.status)
        if file.entries:
            _add(node, "AmountTotal", f"{file.total // 100}.{file.total % 100:02d}")
            _add(node, "TransactionCount", str(file.entries))
        if file.downloaded:
            _add(node, "LastDownloadTimestamp", _instant(file.downloaded))


def _user_types(root: etree._Element, types: tuple[str, ...], target_id: str) -> None:
    if not types:
        return
    holder = _add(root, "UserFileTypes")
    for name in types:
        node = _add(holder, "UserFileType")
        _add(node, "TargetId", target_id)
        _add(node, "FileType", name)
        _add(node, "FileTypeName", TITLES.get(name) or UPLOAD_TYPES[name])
        _add(node, "Country", "RU")
        _add(node, "Direction", "Download" if name in TITLES else "Upload")


def _add(parent: etree._Element, name: str, text: str = "") -> etree._Element:
    node = etree.SubElement(parent, f"{{{XMLDATA}}}{name}")
    if text:
        node.text = text
    return node


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
