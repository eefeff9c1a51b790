"""Mutators: an honest signed message in, a forged one out that still carries the bank's own valid signature.

Each keeps what the bank signed somewhere in the document, where a verifier that looks for "the element with this id"
finds it, and puts a forged Body (or Timestamp) where a program that reads "the Body" finds that.
"""

from __future__ import annotations

import base64
import copy
from collections.abc import Callable

from lxml import etree

from gateway.bank.bxd.wire import MODEL
from gateway.signing.signature import DS, WSU, WSU_ID
from gateway.signing.wsse import SOAP, SOAP12, WSSE
from gateway.signing.xmldsig import sign_enveloped
from tests.bank.bxd import pretend

FORGED = b"<Document>one million</Document>"
XML_ID = "{http://www.w3.org/XML/1998/namespace}id"
WRAPPER = "{urn:attacker}Wrapper"

Mutator = Callable[[etree._Element], None]
MUTATORS: dict[str, Mutator] = {}


def mutator(function: Mutator) -> Mutator:
    MUTATORS[function.__name__] = function
    return function


def part(root: etree._Element, path: str) -> etree._Element:
    found = root.find(path, {"s": SOAP, "wsse": WSSE, "wsu": WSU, "ds": DS, "m": MODEL})
    assert found is not None, path
    return found


def header(root: etree._Element) -> etree._Element:
    return part(root, "s:Header")


def security(root: etree._Element) -> etree._Element:
    return part(root, "s:Header/wsse:Security")


def signature(root: etree._Element) -> etree._Element:
    return part(root, "s:Header/wsse:Security/ds:Signature")


def forged_body(body: etree._Element, identity: str | None) -> etree._Element:
    """A copy of the Body with another content. identity: None (no id), "same", or an id."""
    forged = copy.deepcopy(body)
    payload = sign_enveloped(pretend.application(content=FORGED), pretend.bank_key())
    part(forged, ".//m:ApplicationResponse").text = base64.b64encode(payload).decode()
    if identity is None:
        del forged.attrib[WSU_ID]
    elif identity != "same":
        forged.set(WSU_ID, identity)
    return forged


def replace_body(root: etree._Element, identity: str | None) -> etree._Element:
    """Put a forged Body in the Body's place; returns the signed one, detached."""
    body = part(root, "s:Body")
    root.replace(body, forged_body(body, identity))
    return body


def _body_moved_to(where: Callable[[etree._Element], etree._Element], identity: str | None) -> Mutator:
    def move(root: etree._Element) -> None:
        signed = replace_body(root, identity)
        etree.SubElement(where(root), WRAPPER).append(signed)

    return move


def _into_object(root: etree._Element) -> etree._Element:
    return etree.SubElement(signature(root), f"{{{DS}}}Object")


for place, where in (("header", header), ("security", security), ("object", _into_object)):
    for label, identity in (("no_id", None), ("same_id", "same"), ("other_id", "Body-forged")):
        MUTATORS[f"body_moved_to_{place}_forged_with_{label}"] = _body_moved_to(where, identity)


@mutator
def forged_body_before_the_signed_one(root: etree._Element) -> None:
    body = part(root, "s:Body")
    body.addprevious(forged_body(body, None))


@mutator
def forged_body_behind_the_signed_one(root: etree._Element) -> None:
    body = part(root, "s:Body")
    body.addnext(forged_body(body, None))


@mutator
def signed_body_nested_in_forged_body(root: etree._Element) -> None:
    signed = replace_body(root, None)
    part(root, "s:Body").append(signed)


@mutator
def signed_body_nested_deep_in_forged_body(root: etree._Element) -> None:
    signed = replace_body(root, "same")
    part(root, "s:Body")[0].append(signed)


@mutator
def signed_body_beside_header(root: etree._Element) -> None:
    signed = replace_body(root, None)
    etree.SubElement(root, WRAPPER).append(signed)


@mutator
def forged_body_of_the_next_soap_version(root: etree._Element) -> None:
    body = part(root, "s:Body")
    forged = forged_body(body, None)
    forged.tag = f"{{{SOAP12}}}Body"
    body.addprevious(forged)


@mutator
def whole_message_inside_a_forged_envelope(root: etree._Element) -> None:
    inner = copy.deepcopy(root)
    replace_body(root, None)
    etree.SubElement(header(root), WRAPPER).append(inner)


@mutator
def whole_message_in_the_header_of_an_unsigned_one(root: etree._Element) -> None:
    inner = copy.deepcopy(root)
    replace_body(root, None)
    for child in list(header(root)):
        header(root).remove(child)
    header(root).append(inner)


def _forged_body_claims_id_by(attribute: str, *, keep_wsu: bool) -> Mutator:
    def confuse(root: etree._Element) -> None:
        signed = replace_body(root, "Body-other" if keep_wsu else None)
        value = signed.get(WSU_ID)
        assert value is not None
        part(root, "s:Body").set(attribute, value)
        etree.SubElement(header(root), WRAPPER).append(signed)

    return confuse


for attribute in ("Id", "ID", "id", XML_ID):
    short = attribute.removeprefix("{http://www.w3.org/XML/1998/namespace}")
    kind = "xml_id" if attribute == XML_ID else f"plain_{short}"
    MUTATORS[f"forged_body_claims_the_id_by_{kind}"] = _forged_body_claims_id_by(attribute, keep_wsu=False)
MUTATORS["forged_body_has_two_ids"] = _forged_body_claims_id_by("Id", keep_wsu=True)


@mutator
def timestamp_wrapped_and_forged(root: etree._Element) -> None:
    stamp = part(root, "s:Header/wsse:Security/wsu:Timestamp")
    forged = copy.deepcopy(stamp)
    del forged.attrib[WSU_ID]
    part(forged, "wsu:Expires").text = "2036-01-01T00:00:00Z"
    security(root).replace(stamp, forged)
    etree.SubElement(header(root), WRAPPER).append(stamp)


@mutator
def second_timestamp(root: etree._Element) -> None:
    stamp = part(root, "s:Header/wsse:Security/wsu:Timestamp")
    forged = copy.deepcopy(stamp)
    del forged.attrib[WSU_ID]
    part(forged, "wsu:Expires").text = "2036-01-01T00:00:00Z"
    stamp.addprevious(forged)


@mutator
def second_signature_by_the_attacker(root: etree._Element) -> None:
    signature(root).addnext(copy.deepcopy(signature(root)))


@mutator
def second_security_header(root: etree._Element) -> None:
    replace_body(root, None)
    forged = copy.deepcopy(security(root))
    for node in forged.iter("*"):
        node.attrib.pop(WSU_ID, None)
    security(root).addprevious(forged)


@mutator
def security_moved_into_the_body(root: etree._Element) -> None:
    part(root, "s:Body").append(security(root))


@mutator
def second_token(root: etree._Element) -> None:
    token = part(root, "s:Header/wsse:Security/wsse:BinarySecurityToken")
    forged = copy.deepcopy(token)
    forged.set(WSU_ID, "Token-forged")
    token.addprevious(forged)


@mutator
def processing_instruction_in_security(root: etree._Element) -> None:
    signature(root).addprevious(etree.ProcessingInstruction("forged", "1"))


@mutator
def body_left_out(root: etree._Element) -> None:
    signed = part(root, "s:Body")
    root.remove(signed)
    header(root).append(signed)


def mutated(raw: bytes, name: str) -> bytes:
    """`raw` after the mutator `name`."""
    root = etree.fromstring(raw)
    MUTATORS[name](root)
    return etree.tostring(root, xml_declaration=True, encoding="utf-8")
