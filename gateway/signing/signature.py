"""The ds:Signature element: reading it strictly, building it, asking the engine (python-xmlsec; for GOST, libcrypto).

Both uses of it, enveloped in a document and inside WS-Security, share these rules:

* only the children the standard needs, in its order, nothing foreign between them;
* algorithms by allow-list; a certificate's public key and nothing else verifies;
* what is handed on is compared with the signed DigestValue by us as well, so that "what was verified" and "what is
  read" cannot be two things.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import cast

import xmlsec
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from lxml import etree

from gateway.core.errors import Corrupt
from gateway.signing import canonical, raw
from gateway.signing.keys import Signer
from gateway.signing.policy import (
    BY_URI,
    C14N,
    DIGEST_BY_URI,
    DIGESTS,
    ENVELOPED,
    EXCLUSIVE_C14N,
    Algorithm,
    TrustPolicy,
)

DS = "http://www.w3.org/2000/09/xmldsig#"
WSU = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd"
WSU_ID = f"{{{WSU}}}Id"
_XML_ID = "{http://www.w3.org/XML/1998/namespace}id"
ID_ATTRIBUTES = (WSU_ID, _XML_ID, "Id", "ID", "id")
SIGNATURE = f"{{{DS}}}Signature"
_find_ids = etree.XPath(
    "descendant-or-self::*[@wsu:Id or @xml:id or @Id or @ID or @id]", namespaces={"wsu": WSU}, smart_strings=False
)

_REFERENCE_TRANSFORMS = (
    xmlsec.constants.TransformEnveloped,
    xmlsec.constants.TransformInclC14N,
    xmlsec.constants.TransformExclC14N,
    xmlsec.constants.TransformSha1,
    xmlsec.constants.TransformSha256,
    xmlsec.constants.TransformSha384,
    xmlsec.constants.TransformSha512,
)
_SIGNATURE_TRANSFORMS = (
    xmlsec.constants.TransformInclC14N,
    xmlsec.constants.TransformExclC14N,
    xmlsec.constants.TransformRsaSha1,
    xmlsec.constants.TransformRsaSha256,
    xmlsec.constants.TransformRsaSha384,
    xmlsec.constants.TransformRsaSha512,
)


@dataclass(frozen=True, slots=True)
class Transform:
    """A step from the referenced node to the digested octets.

    Attributes:
        prefixes: InclusiveNamespaces/@PrefixList of an exclusive canonicalisation.
    """

    uri: str
    prefixes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reference:
    """One signed thing: where it is, how it becomes octets, and their digest."""

    uri: str
    transforms: tuple[Transform, ...]
    digest: str
    value: bytes

    def matches(self, octets: bytes) -> bool:
        """Whether the digest is of these octets.

        Raises:
            Unavailable: `gost.unavailable`.
        """
        return raw.digest(self.digest, octets) == self.value


@dataclass(frozen=True, slots=True)
class SignedInfo:
    """What the signature value is over."""

    canonicalization: str
    algorithm: Algorithm
    references: tuple[Reference, ...]

    @property
    def algorithms(self) -> tuple[str, ...]:
        """Names of everything cryptographic in it, for the proof."""
        return (self.algorithm.name, *sorted({r.digest for r in self.references}))


def _with_ids(root: etree._Element) -> list[etree._Element]:
    """Elements that have an id attribute, found without a look at each of the many that have none."""
    return cast("list[etree._Element]", _find_ids(root))


def wrapped(detail: str) -> Corrupt:
    """The error of a signature that does not cover exactly what it must."""
    return Corrupt("signature.wrapped", detail=detail)


def children(node: etree._Element) -> list[etree._Element]:
    """Child elements of `node`; anything else between them (processing instructions) is refused."""
    found = list(node)
    if any(not isinstance(child.tag, str) for child in found):
        raise wrapped(f"{name(node)} contains a processing instruction")
    return found


def name(node: etree._Element) -> str:
    """Local name of an element."""
    return etree.QName(node).localname


def text(node: etree._Element) -> str:
    """The text of an element without children, stripped."""
    if len(node):
        raise wrapped(f"{name(node)} has children")
    return (node.text or "").strip()


def octets(node: etree._Element) -> bytes:
    """The base64 text of an element, decoded strictly (white space between the lines is usual)."""
    try:
        return base64.b64decode("".join(text(node).split()), validate=True)
    except (binascii.Error, ValueError):
        raise wrapped(f"{name(node)} is not base64") from None


def check_ids(root: etree._Element) -> None:
    """Every id attribute of the document, of whatever kind, is the only one of its element and of its value.

    Verifiers and applications disagree about which attributes are ids; with this rule there is nothing to
    disagree about.

    Raises:
        Corrupt: `signature.wrapped`.
    """
    seen: set[str] = set()
    for node in _with_ids(root):
        ids = [str(node.attrib[a]) for a in ID_ATTRIBUTES if a in node.attrib]
        if len(ids) > 1:
            raise wrapped(f"{name(node)} has {len(ids)} ids")
        if ids and ids[0] in seen:
            raise wrapped("an id occurs twice")
        seen.update(ids)


def only_signature(root: etree._Element, parent: etree._Element) -> etree._Element:
    """The document's one signature, a child of `parent`.

    Raises:
        Corrupt: `signature.missing`, `signature.wrapped`.
    """
    found = list(root.iter(SIGNATURE))
    if not found:
        raise Corrupt("signature.missing")
    if len(found) > 1:
        raise wrapped(f"{len(found)} signatures")
    if found[0].getparent() is not parent:
        raise wrapped(f"the signature is not a child of {name(parent)}")
    return found[0]


def read(signature: etree._Element, policy: TrustPolicy) -> SignedInfo:
    """The strictly read SignedInfo of `signature`; nothing is verified yet.

    Raises:
        Corrupt: `signature.wrapped` (shape), `signature.algorithm` (not on the allow-lists).
    """
    info, _, _ = _exactly(signature, "SignedInfo", "SignatureValue", "KeyInfo")
    parts = children(info)
    if len(parts) < 3:
        raise wrapped("SignedInfo lacks parts")
    _named(parts[0], "CanonicalizationMethod")
    _named(parts[1], "SignatureMethod")
    canonicalization = _transform(parts[0])
    if canonicalization.uri not in (C14N, EXCLUSIVE_C14N):
        raise _forbidden(canonicalization.uri)
    uri = parts[1].get("Algorithm", "")
    algorithm = BY_URI.get(uri)
    if algorithm is None or not policy.accepts(algorithm) or len(parts[1]):
        raise _forbidden(uri)
    references = tuple(_reference(part, policy) for part in parts[2:])
    return SignedInfo(canonicalization.uri, algorithm, references)


def key_info(signature: etree._Element) -> etree._Element:
    """The KeyInfo of a signature that `read` accepted."""
    return children(signature)[2]


def check_value(signature: etree._Element, certificate: x509.Certificate, identified: Sequence[etree._Element]) -> None:
    """Verify the signature value with the certificate's public key.

    The engine verifies the digests as well, where it knows the algorithm. It does not know GOST: there the value is
    verified over our own canonical SignedInfo, and the digests are the caller's part (`Reference.matches`).

    Args:
        identified: elements whose wsu:Id the references may name; no other id is known to the engine.

    Raises:
        Corrupt: `signature.invalid`.
        Unavailable: `gost.unavailable`.
    """
    info, value, _ = _exactly(signature, "SignedInfo", "SignatureValue", "KeyInfo")
    method = BY_URI.get(children(info)[1].get("Algorithm", ""))
    if method is not None and method.opt_in:
        if not raw.verify(certificate, method, _canonical(info), octets(value)):
            raise Corrupt("signature.invalid")
        return
    context = xmlsec.SignatureContext()
    for transform in _REFERENCE_TRANSFORMS:
        context.enable_reference_transform(transform)
    for transform in _SIGNATURE_TRANSFORMS:
        context.enable_signature_transform(transform)
    try:
        context.key = _engine_key(certificate)
        for node in identified:
            context.register_id(node, "Id", WSU)
        context.verify(signature)
    except xmlsec.Error:
        raise Corrupt("signature.invalid") from None


@lru_cache(maxsize=64)  # a bank signs everything with one key; a context takes a copy of its own
def _engine_key(certificate: x509.Certificate) -> xmlsec.Key:
    """The engine's public key of a certificate, without the certificate: copying that takes longer than verifying.

    Raises:
        Corrupt: `signature.invalid` for a key that is not RSA.
    """
    key = raw.rsa_key(certificate)
    if key is None:
        raise Corrupt("signature.invalid")
    pem = key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return xmlsec.Key.from_memory(pem, xmlsec.constants.KeyDataFormatPem)


def build(
    parent: etree._Element,
    signer: Signer,
    algorithm: Algorithm,
    canonicalization: str,
    signed: Sequence[tuple[str, tuple[str, ...], bytes]],
) -> etree._Element:
    """Append a ds:Signature to `parent`, KeyInfo still empty.

    Args:
        signed: for each reference its URI, its transforms, and the octets these lead to.

    Raises:
        Refused: `signing.bad_signature` when a device returns a value its own certificate does not verify.
    """
    signature = etree.SubElement(parent, SIGNATURE, nsmap=cast("dict[str, str]", {None: DS}))
    info = etree.SubElement(signature, f"{{{DS}}}SignedInfo")
    etree.SubElement(info, f"{{{DS}}}CanonicalizationMethod", Algorithm=canonicalization)
    etree.SubElement(info, f"{{{DS}}}SignatureMethod", Algorithm=algorithm.uri)
    for uri, transforms, digested in signed:
        reference = etree.SubElement(info, f"{{{DS}}}Reference", URI=uri)
        steps = etree.SubElement(reference, f"{{{DS}}}Transforms")
        for transform in transforms:
            etree.SubElement(steps, f"{{{DS}}}Transform", Algorithm=transform)
        etree.SubElement(reference, f"{{{DS}}}DigestMethod", Algorithm=DIGESTS[algorithm.digest])
        value = etree.SubElement(reference, f"{{{DS}}}DigestValue")
        value.text = base64.b64encode(raw.digest(algorithm.digest, digested)).decode()
    exclusive = canonicalization == EXCLUSIVE_C14N
    to_sign = canonical.exclusive_part(info) if exclusive else canonical.inclusive_part(info)
    signed_by_key = signer.sign(to_sign, algorithm)
    raw.check_made(signer, algorithm, to_sign, signed_by_key)
    value = etree.SubElement(signature, f"{{{DS}}}SignatureValue")
    value.text = base64.b64encode(signed_by_key).decode()
    etree.SubElement(signature, f"{{{DS}}}KeyInfo")
    return signature


def _canonical(info: etree._Element) -> bytes:
    """What the signature value is over: SignedInfo by the canonicalisation it names itself."""
    method = _transform(children(info)[0])
    if method.uri == EXCLUSIVE_C14N:
        return canonical.exclusive_part(info, method.prefixes)
    return canonical.inclusive_part(info)


def _exactly(node: etree._Element, *names: str) -> list[etree._Element]:
    """The children of `node`, which are exactly the ds elements `names`."""
    found = children(node)
    if [child.tag for child in found] != [f"{{{DS}}}{n}" for n in names]:
        raise wrapped(f"{name(node)} has other children than {', '.join(names)}")
    return found


def _named(node: etree._Element, local: str) -> None:
    if node.tag != f"{{{DS}}}{local}":
        raise wrapped(f"{name(node)} where {local} belongs")


def _reference(node: etree._Element, policy: TrustPolicy) -> Reference:
    _named(node, "Reference")
    steps, method, value = _exactly(node, "Transforms", "DigestMethod", "DigestValue")
    uri = node.get("URI")
    if uri is None:
        raise wrapped("a Reference without URI")
    transforms = []
    for step in children(steps):
        _named(step, "Transform")
        transform = _transform(step)
        if transform.uri not in (ENVELOPED, C14N, EXCLUSIVE_C14N):
            raise _forbidden(transform.uri)
        transforms.append(transform)
    digest = DIGEST_BY_URI.get(method.get("Algorithm", ""))
    if digest is None or not policy.accepts_digest(digest) or len(method):
        raise _forbidden(method.get("Algorithm", ""))
    return Reference(uri, tuple(transforms), digest, octets(value))


def _transform(node: etree._Element) -> Transform:
    """Algorithm of a transform; its only possible child is the prefix list of an exclusive canonicalisation."""
    uri = node.get("Algorithm", "")
    found = children(node)
    if not found:
        return Transform(uri)
    if uri != EXCLUSIVE_C14N or len(found) > 1 or found[0].tag != f"{{{EXCLUSIVE_C14N}}}InclusiveNamespaces":
        raise _forbidden(uri)
    return Transform(uri, tuple(found[0].get("PrefixList", "").split()))


def _forbidden(uri: str) -> Corrupt:
    return Corrupt("signature.algorithm", algorithm=uri[-80:] or "-")
