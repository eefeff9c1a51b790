"""What a dishonest network or a broken bank does to a finished reply."""

from __future__ import annotations

import base64
import copy
import gzip
import re

from lxml import etree

from gateway.bank.bxd.wire import MODEL, SERVICE, XMLDATA
from gateway.signing.signature import SIGNATURE, WSU_ID
from gateway.signing.wsse import SOAP, WSSE

_BODY = f"{{{SOAP}}}Body"
_SUM = re.compile(rb"(<Amt[^>]*>)(\d+\.\d\d)(</Amt>)")
_DOCTYPE = '<!DOCTYPE {} [<!ENTITY sum SYSTEM "file:///etc/hostname">]>'
_ROOT = re.compile(r"<([A-Za-z][\w:.-]*)")
RUSSIAN_TEXT = "Выполнено"
"""ResponseText of a reply whose bytes are to be in another encoding than it says."""


def forge_sums(statement: bytes) -> bytes:
    """The statement with a 9 before every sum: more money for the same payer, still well-formed."""
    return _SUM.sub(rb"\g<1>9\g<2>\g<3>", statement)


def forge_payload(payload: bytes) -> bytes:
    """An ApplicationResponse whose file was altered; its signature stays as it was."""
    root = etree.fromstring(payload, etree.XMLParser(huge_tree=True, resolve_entities=False, no_network=True))
    content = root.find(f"{{{XMLDATA}}}Content")
    compressed = (root.findtext(f"{{{XMLDATA}}}Compressed") or "") == "true"
    if content is None or not content.text:
        return payload
    file = base64.b64decode(content.text)
    forged = forge_sums(gzip.decompress(file) if compressed else file)
    content.text = base64.b64encode(gzip.compress(forged, mtime=0) if compressed else forged).decode("ascii")
    return etree.tostring(root)


def forge_body(body: etree._Element) -> None:
    """Alter the file inside a soap:Body in place."""
    carried = body.find(f"*/{{{MODEL}}}ApplicationResponse")
    if carried is not None and carried.text:
        carried.text = base64.b64encode(forge_payload(base64.b64decode(carried.text))).decode("ascii")


def wrap(envelope: etree._Element, variant: str, ids: str) -> None:
    """Signature wrapping: the signed Body stays in the message, but elsewhere, and a forged one is where readers look.

    Args:
        variant: where the signed Body goes: "header" into an element of the Header, "security" into Security,
            "object" into ds:Signature/ds:Object, "second-body" behind the forged one, "inside-body" into it.
        ids: the forged Body's wsu:Id: "none", "new", or the "same" as the signed one's.
    """
    signed = envelope.find(_BODY)
    header = envelope.find(f"{{{SOAP}}}Header")
    security = envelope.find(f".//{{{WSSE}}}Security")
    if signed is None or header is None or security is None:
        raise ValueError("only a signed envelope can be wrapped")
    forged = copy.deepcopy(signed)
    forge_body(forged)
    if ids == "none":
        del forged.attrib[WSU_ID]
    elif ids == "new":
        forged.set(WSU_ID, "Body-forged")
    envelope.replace(signed, forged)
    if variant == "header":
        etree.SubElement(header, f"{{{SERVICE}}}Wrapper").append(signed)
    elif variant == "security":
        security.append(signed)
    elif variant == "object":
        holder = security.find(SIGNATURE)
        if holder is None:
            raise ValueError("only a signed envelope can be wrapped")
        etree.SubElement(holder, SIGNATURE.replace("}Signature", "}Object")).append(signed)
    elif variant == "second-body":
        envelope.append(signed)
    else:
        forged.append(signed)


def with_document_type(message: bytes, encoding: str) -> bytes:
    """The message behind a document type that declares an external entity, in UTF-8 or UTF-16."""
    text = message.decode("utf-8")
    declaration, _, rest = text.partition("?>")
    root = _ROOT.search(rest)
    text = f"{declaration}?>{_DOCTYPE.format(root[1] if root else 'x')}{rest.lstrip()}"
    if encoding == "utf-16":
        return text.replace("UTF-8", "UTF-16", 1).encode("utf-16")
    return text.encode("utf-8")


def misencoded(message: bytes) -> bytes:
    """The message, which says it is UTF-8, with its Russian text in windows-1251."""
    return message.replace(RUSSIAN_TEXT.encode("utf-8"), RUSSIAN_TEXT.encode("cp1251"))
