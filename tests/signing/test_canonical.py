"""Our canonical octets against the engine's: whatever the tree, both must mean the same."""

from __future__ import annotations

import base64
import hashlib

import pytest
import xmlsec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from gateway.core.errors import Corrupt
from gateway.signing import canonical
from gateway.signing.keys import Pkcs12Key
from gateway.signing.policy import C14N, EXCLUSIVE_C14N
from gateway.signing.signature import DS, WSU
from gateway.signing.xmldsig import sign_enveloped, verify_enveloped
from tests.bank.bxd import pretend

TEXTS = st.sampled_from(
    ["", " ", "\n\t", "Оплата", "a&lt;b&gt;&amp;\"'c", "]]&gt;", "&#13;\n", "\u00a0", "<![CDATA[<x>]]>"]
)
VALUES = st.sampled_from(["", "1", " 1  2 ", "Оплата", "&lt;&amp;&quot;'", "&#10;&#9;&#13;"])


@st.composite
def trees(draw: st.DrawFn, depth: int = 3) -> str:
    """Elements with default and prefixed namespaces declared, redeclared, undeclared and unused.

    Written as text: lxml's own tree building can produce documents it cannot read again.
    """
    declared = "".join(
        f' xmlns{":" + prefix if prefix else ""}="{draw(st.sampled_from(["urn:1", "urn:2", "urn:3"]))}"'
        for prefix in draw(st.sets(st.sampled_from(["", "p", "q", "unused"])))
    )
    if "xmlns=" not in declared and draw(st.booleans()):
        declared += ' xmlns=""'
    names = draw(st.sets(st.sampled_from(["x", "y", "p:z", "q:w", "xml:space", "xml:lang"]), max_size=3))
    attributes = "".join(f' {name}="{draw(VALUES) if "space" not in name else "preserve"}"' for name in sorted(names))
    name = draw(st.sampled_from(["a", "b", "p:a", "q:c"]))
    children = draw(st.lists(trees(depth - 1), max_size=3)) if depth else []
    inside = "".join(draw(TEXTS) + child for child in children) + draw(TEXTS)
    return f"<{name}{declared}{attributes}>{inside}</{name}>"


def document(tree: str) -> etree._Element:
    """`tree` two levels down, in the part that is signed."""
    return etree.fromstring(
        f'<o:outer xmlns:o="urn:0" xmlns="urn:1" xmlns:p="urn:2" xmlns:q="urn:3" xmlns:unused="urn:4"'
        f' xmlns:wsu="{WSU}"><part wsu:Id="part">{tree}</part></o:outer>'.encode()
    )


@settings(max_examples=80, deadline=None)
@given(tree=trees())
def test_the_engine_digests_the_octets_we_read(tree: str) -> None:
    """A part of a document, exclusively: what WS-Security signs."""
    outer = document(tree)
    assert _engine_digest(outer, outer[0], EXCLUSIVE_C14N) == _sha256(canonical.exclusive_part(outer[0]))


@settings(max_examples=80, deadline=None)
@given(tree=trees())
def test_parts_canonicalised_inclusively_agree_with_the_engine(tree: str) -> None:
    """Where lxml alone goes wrong."""
    outer = document(tree)
    assert _engine_digest(outer, outer[0], C14N) == _sha256(canonical.inclusive_part(outer[0]))


@settings(max_examples=60, deadline=None)
@given(tree=trees())
def test_any_document_signs_and_verifies(tree: str) -> None:
    raw = etree.tostring(document(tree))
    verified = verify_enveloped(sign_enveloped(raw, pretend.bank_key()), pretend.policy(), pretend.NOW)
    assert verified.content == canonical.document(etree.fromstring(raw))


def test_a_document_without_canonical_form_is_refused() -> None:
    with pytest.raises(Corrupt) as caught:
        canonical.exclusive_part(etree.fromstring('<a xmlns="relative/name"/>'))
    assert caught.value.code == "signature.wrapped"


def _sha256(octets: bytes) -> str:
    return base64.b64encode(hashlib.sha256(octets).digest()).decode()


def _engine_digest(root: etree._Element, part: etree._Element, method: str) -> str:
    """The digest python-xmlsec computes for `part` where it signs."""
    transform = {
        C14N: xmlsec.constants.TransformInclC14N,
        EXCLUSIVE_C14N: xmlsec.constants.TransformExclC14N,
    }[method]
    template = xmlsec.template.create(root, transform, xmlsec.constants.TransformRsaSha256)
    root.append(template)
    reference = xmlsec.template.add_reference(template, xmlsec.constants.TransformSha256, uri="#part")
    xmlsec.template.add_transform(reference, transform)
    context = xmlsec.SignatureContext()
    context.key = xmlsec.Key.from_memory(_pem(pretend.bank_key()), xmlsec.constants.KeyDataFormatPem)
    context.register_id(part, "Id", WSU)
    context.sign(template)
    digest = root.findtext(f".//{{{DS}}}DigestValue")
    root.remove(template)
    assert digest is not None
    return "".join(digest.split())


def _pem(key: Pkcs12Key) -> bytes:
    return key.private_key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
