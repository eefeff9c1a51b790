"""Enveloped XML signatures: a document that carries the signature over itself."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from datetime import datetime

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from lxml import etree

from gateway.core.errors import Corrupt
from gateway.signing import canonical, signature
from gateway.signing.keys import Signer, fingerprint
from gateway.signing.parsing import parse, reparse
from gateway.signing.policy import ALGORITHMS, C14N, ENVELOPED, EXCLUSIVE_C14N, TrustPolicy
from gateway.signing.signature import DS, Reference, wrapped
from gateway.signing.trust import establish, read_certificate


@dataclass(frozen=True, slots=True)
class VerifiedDocument:
    """A document whose signature held.

    Attributes:
        content: canonical octets of the document without its signature: exactly what was signed.
        root: a new tree parsed from `content`; the received document is not reachable from here.
        certificate: the signer's.
        anchor: what the signer's chain ended in.
        algorithms: names of the algorithms used.
    """

    content: bytes
    root: etree._Element
    certificate: x509.Certificate
    anchor: x509.Certificate
    algorithms: tuple[str, ...]


def sign_enveloped(root_xml: bytes, key: Signer, *, algorithm: str = "rsa-sha256") -> bytes:
    """The document with a signature over all of it as its root's last child.

    Reference URI="", transforms enveloped-signature and inclusive canonical XML, the certificate in KeyInfo.

    Args:
        root_xml: a document without signature.
        algorithm: a key of `gateway.signing.policy.ALGORITHMS`.

    Returns:
        UTF-8 bytes without XML declaration.

    Raises:
        Refused: `signing.key_cannot`, `signing.bad_signature` (see `signature.build`).
    """
    method = ALGORITHMS[algorithm]
    root = parse(root_xml, limit=max(len(root_xml), 1))
    digested = canonical.document(root)
    made = signature.build(root, key, method, C14N, [("", (ENVELOPED, C14N), digested)])
    data = etree.SubElement(signature.key_info(made), f"{{{DS}}}X509Data")
    holder = etree.SubElement(data, f"{{{DS}}}X509Certificate")
    holder.text = base64.b64encode(key.certificate.public_bytes(Encoding.DER)).decode()
    return etree.tostring(root)


def verify_enveloped(xml: bytes, policy: TrustPolicy, at: datetime) -> VerifiedDocument:
    """Verify a document that signs all of itself, as of the instant `at`.

    Accepts exactly one signature in the document, a child of its root, with one Reference to the whole document and
    no transforms beyond enveloped-signature and one canonicalisation.

    Raises:
        Corrupt: `xml.*` (see `parse`), `signature.missing`, `signature.wrapped`, `signature.algorithm`,
            `signature.invalid`, `certificate.*` (see `establish`).
        Unavailable: `gost.unavailable`.
    """
    policy = policy.as_of(at)
    root = parse(xml, policy.max_bytes)
    signature.check_ids(root)
    node = signature.only_signature(root, root)
    info = signature.read(node, policy)
    if len(info.references) != 1:
        raise wrapped(f"{len(info.references)} references")
    exclusive = _is_whole_document(info.references[0])
    certificate, *offered = _certificates(signature.key_info(node))
    trusted = establish(certificate, policy, at, tuple(offered))
    signature.check_value(node, certificate, ())
    _remove(node)
    content = canonical.document(root, exclusive=exclusive)
    if not info.references[0].matches(content):
        raise Corrupt("signature.invalid")
    return VerifiedDocument(content, reparse(content), certificate, trusted.anchor, info.algorithms)


def _is_whole_document(reference: Reference) -> bool:
    """Check that the reference is the enveloped one; True when its canonicalisation is the exclusive one."""
    if reference.uri != "":
        raise wrapped("the reference is not to the whole document")
    steps = [t.uri for t in reference.transforms]
    if steps not in ([ENVELOPED], [ENVELOPED, C14N], [ENVELOPED, EXCLUSIVE_C14N]):
        raise wrapped("the transforms are not those of an enveloped signature")
    if any(t.prefixes for t in reference.transforms):
        raise wrapped("an enveloped signature with a prefix list")
    return steps[-1] == EXCLUSIVE_C14N


def _certificates(key_info: etree._Element) -> list[x509.Certificate]:
    """Certificates of the one X509Data, the signer's first.

    Where several are given, the signer's is the only one that issued none of the others.
    """
    data = [c for c in signature.children(key_info) if c.tag == f"{{{DS}}}X509Data"]
    if len(data) != 1:
        raise wrapped(f"{len(data)} X509Data")
    found = [
        read_certificate(signature.octets(c))
        for c in signature.children(data[0])
        if c.tag == f"{{{DS}}}X509Certificate"
    ]
    leaves = [c for c in found if not any(o.issuer == c.subject for o in found if o is not c)]
    if len(leaves) != 1:
        raise wrapped("the signer's certificate is not clear")
    return [leaves[0], *(c for c in found if fingerprint(c) != fingerprint(leaves[0]))]


def _remove(node: etree._Element) -> None:
    """Take `node` out of its tree, leaving the text behind it where it was."""
    parent = node.getparent()
    if parent is None:
        raise wrapped("the signature is the document")
    before = node.getprevious()
    if before is not None:
        before.tail = (before.tail or "") + (node.tail or "")
    else:
        parent.text = (parent.text or "") + (node.tail or "")
    node.tail = None
    parent.remove(node)
