"""Attacks on the inner signature, that of ApplicationResponse, inside an envelope the bank did sign.

Whoever can sign envelopes but not statements (a gateway in front of the bank's own systems) must not be able to
change a statement.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import replace
from functools import cache

import pytest
from lxml import etree

from gateway.bank.bxd import response
from gateway.bank.bxd.wire import XMLDATA
from gateway.signing.signature import DS
from gateway.signing.xmldsig import sign_enveloped
from tests.bank.bxd import pretend
from tests.hostile.reasons import refusal

Change = Callable[[etree._Element], etree._Element | None]
ENVELOPED = f'<Transform xmlns="{DS}" Algorithm="{DS}enveloped-signature"/>'


@cache
def honest() -> bytes:
    return sign_enveloped(pretend.application(content=pretend.STATEMENT), pretend.bank_key())


def carried(payload: bytes) -> bytes:
    """`payload` in an envelope signed by the bank."""
    return pretend.signed(pretend.envelope(payload))


def changed(change: Change) -> bytes:
    root = etree.fromstring(honest())
    outer = change(root)
    return carried(etree.tostring(root if outer is None else outer))


def signature(root: etree._Element) -> etree._Element:
    found = root.find(f"{{{DS}}}Signature")
    assert found is not None
    return found


def forged(root: etree._Element) -> etree._Element:
    """An unsigned copy with another content."""
    made = copy.deepcopy(root)
    made.remove(signature(made))
    content = made.find(f"{{{XMLDATA}}}Content")
    assert content is not None
    content.text = "Zm9yZ2Vk"
    return made


def original_under_forged_root(root: etree._Element) -> etree._Element:
    outer = forged(root)
    outer.append(root)
    return outer


def original_under_forged_root_signature_lifted(root: etree._Element) -> etree._Element:
    outer, lifted = forged(root), signature(root)
    outer.append(lifted)
    outer.append(root)
    return outer


def original_in_an_object(root: etree._Element) -> etree._Element:
    outer, lifted = forged(root), signature(root)
    outer.append(lifted)
    etree.SubElement(lifted, f"{{{DS}}}Object").append(root)
    return outer


def reference_by_id_to_the_hidden_original(root: etree._Element) -> etree._Element:
    outer, lifted = forged(root), signature(root)
    root.set("Id", "original")
    next(lifted.iter(f"{{{DS}}}Reference")).set("URI", "#original")
    outer.append(lifted)
    outer.append(root)
    return outer


def signature_one_level_down(root: etree._Element) -> None:
    etree.SubElement(root, f"{{{XMLDATA}}}CustomerExtension").append(signature(root))


def second_signature(root: etree._Element) -> None:
    root.append(copy.deepcopy(signature(root)))


def second_reference(root: etree._Element) -> None:
    reference = next(root.iter(f"{{{DS}}}Reference"))
    reference.addnext(copy.deepcopy(reference))


def second_content(root: etree._Element) -> None:
    content = root.find(f"{{{XMLDATA}}}Content")
    assert content is not None
    content.addprevious(copy.deepcopy(content))


def enveloped_transform_left_out(root: etree._Element) -> None:
    transforms = next(root.iter(f"{{{DS}}}Transforms"))
    transforms.remove(transforms[0])


def enveloped_transform_twice(root: etree._Element) -> None:
    transforms = next(root.iter(f"{{{DS}}}Transforms"))
    transforms.insert(0, etree.fromstring(ENVELOPED))


def transforms_in_the_other_order(root: etree._Element) -> None:
    transforms = next(root.iter(f"{{{DS}}}Transforms"))
    transforms.append(transforms[0])


def no_reference(root: etree._Element) -> None:
    info = next(root.iter(f"{{{DS}}}SignedInfo"))
    info.remove(info[2])


def two_ids(root: etree._Element) -> None:
    root.set("Id", "a")
    root.set("ID", "b")


def object_beside_key_info(root: etree._Element) -> None:
    etree.SubElement(signature(root), f"{{{DS}}}Object").text = "forged"


def two_data_blocks(root: etree._Element) -> None:
    data = next(root.iter(f"{{{DS}}}X509Data"))
    data.addnext(copy.deepcopy(data))


def no_certificate(root: etree._Element) -> None:
    data = next(root.iter(f"{{{DS}}}X509Data"))
    data.remove(data[0])


WRAPPINGS: list[Change] = [
    original_under_forged_root,
    original_under_forged_root_signature_lifted,
    original_in_an_object,
    reference_by_id_to_the_hidden_original,
    signature_one_level_down,
    second_signature,
    second_reference,
    enveloped_transform_left_out,
    enveloped_transform_twice,
    transforms_in_the_other_order,
    no_reference,
    two_ids,
    object_beside_key_info,
    two_data_blocks,
    no_certificate,
]
BROKEN = {original_under_forged_root_signature_lifted}  # shape is right, so only the digest tells


def test_the_honest_payload_passes() -> None:
    proven = response.prove(pretend.reply(carried(honest())), pretend.rules(), pretend.NOW)
    assert proven.content == pretend.STATEMENT


@pytest.mark.parametrize("change", WRAPPINGS, ids=lambda c: c.__name__)
def test_wrapping_is_refused(change: Change) -> None:
    expected = "bank.payload_signature_invalid" if change in BROKEN else "bank.payload_signature_wrapped"
    assert refusal(changed(change)) == expected


def test_additions_are_refused() -> None:
    assert refusal(changed(second_content)) == "bank.payload_signature_invalid"


def test_tampering_is_refused() -> None:
    assert refusal(carried(honest().replace(b">00<", b">01<"))) == "bank.payload_signature_invalid"
    assert refusal(carried(honest().replace(b"<Content>", b"<Content>QQ"))) == "bank.payload_signature_invalid"


def test_a_missing_signature_is_refused() -> None:
    assert refusal(carried(pretend.application(content=b"x"))) == "bank.payload_signature_missing"


def test_a_bank_that_signs_only_envelopes_is_a_choice_of_its_profile() -> None:
    rules = replace(pretend.rules(), payload=None)
    proven = response.prove(pretend.reply(carried(pretend.application(content=b"x"))), rules, pretend.NOW)
    assert (proven.content, proven.proof.layers) == (b"x", ("soap",))


def test_a_foreign_signer_is_refused() -> None:
    key = pretend.stranger().issue_signing(pretend.SIGNER, pretend.NOW, pretend.NOW)
    payload = sign_enveloped(pretend.application(content=b"x"), key)
    assert refusal(carried(payload)) == "bank.untrusted_certificate"


def test_a_customer_is_no_signer() -> None:
    payload = sign_enveloped(pretend.application(content=b"x"), pretend.customer_key())
    assert refusal(carried(payload)) == "bank.untrusted_certificate"


def test_sha1_is_refused() -> None:
    payload = sign_enveloped(pretend.application(content=b"x"), pretend.bank_key(), algorithm="rsa-sha1")
    assert refusal(carried(payload)) == "bank.algorithm_forbidden"


@pytest.mark.parametrize(
    "uri",
    ["http://www.w3.org/TR/1999/REC-xpath-19991116", "http://www.w3.org/TR/1999/REC-xslt-19991116", f"{DS}base64"],
)
def test_other_transforms_are_refused(uri: str) -> None:
    def add(root: etree._Element) -> None:
        etree.SubElement(next(root.iter(f"{{{DS}}}Transforms")), f"{{{DS}}}Transform", Algorithm=uri)

    assert refusal(changed(add)) == "bank.algorithm_forbidden"


def test_a_dtd_inside_is_refused() -> None:
    bomb = b'<!DOCTYPE r [<!ENTITY a "aaaa">]>' + honest()
    assert refusal(carried(bomb)) == "bank.dtd"
    text = '<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE r>' + honest().decode()
    assert refusal(carried(text.encode("utf-16"))) == "bank.dtd"


def test_another_document_signed_by_the_bank_is_refused() -> None:
    other = sign_enveloped(b"<Invoice><Content>eA==</Content></Invoice>", pretend.bank_key())
    assert refusal(carried(other)) == "bank.unknown_content"


def test_an_encrypted_payload_is_refused() -> None:
    hidden = b'<x:EncryptedData xmlns:x="http://www.w3.org/2001/04/xmlenc#"/>'
    assert refusal(carried(hidden)) == "bank.payload_signature_missing"
    flagged = pretend.application(content=b"x", inside="<Encrypted>true</Encrypted>")
    assert refusal(carried(sign_enveloped(flagged, pretend.bank_key()))) == "bank.unknown_content"
