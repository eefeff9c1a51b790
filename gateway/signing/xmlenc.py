"""XML Encryption of a whole document for one receiver (W3C XML-ENC 2002), as Danske Bank's channel wants it.

Made: the root element, in a fresh key that is wrapped with the receiver's RSA key. Accepted: exactly that shape and
nothing a parser would have to fetch or choose (no CipherReference, no RetrievalMethod, one EncryptedKey).

Encryption keeps a secret and proves nothing: CBC can be altered and anybody can encrypt to a certificate. What is
inside must be signed, and its signature verified (`xmldsig`), before a word of it is believed. So that nobody can try
out changed messages and learn from our answers, everything that fails after the shape fails the same way.
"""

from __future__ import annotations

import base64
import secrets
from dataclasses import dataclass

from asn1crypto.x509 import TbsCertificate
from cryptography import x509
from cryptography.hazmat.decrepit.ciphers.algorithms import TripleDES
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC
from cryptography.hazmat.primitives.serialization import Encoding
from lxml import etree

from gateway.core.errors import Corrupt, Refused
from gateway.signing.keys import KEY_TRANSPORTS, Decryptor
from gateway.signing.parsing import DEFAULT_LIMIT, parse
from gateway.signing.signature import DS, name
from gateway.signing.trust import read_certificate

XENC = "http://www.w3.org/2001/04/xmlenc#"
_SHA1 = DS + "sha1"
_ELEMENT = XENC + "Element"
_LARGEST_WRAPPED = 1024  # octets of a key wrapped by RSA-8192


@dataclass(frozen=True, slots=True)
class _Content:
    """A way to encrypt the content.

    Attributes:
        key, block: octets.
    """

    uri: str
    cipher: type[AES] | type[TripleDES]
    key: int
    block: int
    legacy: bool = False


@dataclass(frozen=True, slots=True)
class _Transport:
    """A way to wrap the content key; `name` is a key of KEY_TRANSPORTS."""

    uri: str
    name: str
    legacy: bool = False


ALGORITHMS = {
    "aes256-cbc": _Content(XENC + "aes256-cbc", AES, 32, 16),
    "aes128-cbc": _Content(XENC + "aes128-cbc", AES, 16, 16),
    "tripledes-cbc": _Content(XENC + "tripledes-cbc", TripleDES, 24, 8, legacy=True),
}
"""Content encryption by name; 3DES only behind the legacy switch."""

TRANSPORTS = {
    "rsa-oaep-mgf1p": _Transport(XENC + "rsa-oaep-mgf1p", "rsa-oaep-sha1"),
    "rsa-1_5": _Transport(XENC + "rsa-1_5", "rsa-pkcs1v15", legacy=True),
}
"""Key transport by name; RSA 1.5 only behind the legacy switch."""


def encrypt_document(
    xml: bytes,
    certificate: x509.Certificate,
    *,
    algorithm: str = "aes256-cbc",
    transport: str = "rsa-oaep-mgf1p",
    legacy: bool = False,
) -> bytes:
    """A document whose root is EncryptedData with the whole of `xml` inside.

    Args:
        xml: a document; its declaration and comments are left out, as signatures leave them out.
        certificate: the receiver's, with an RSA key; it is named in the message.
        algorithm: a key of ALGORITHMS.
        transport: a key of TRANSPORTS.
        legacy: admits 3DES and RSA 1.5, for banks that know nothing newer.

    Returns:
        UTF-8 bytes without XML declaration.

    Raises:
        Refused: `xmlenc.legacy` (an old algorithm without the switch), `signing.key_kind` (not RSA).
        Corrupt: `xml.*` when `xml` is none.
    """
    root = parse(xml, max(len(xml), 1))
    return etree.tostring(encrypted(root, certificate, algorithm=algorithm, transport=transport, legacy=legacy))


def encrypt_element(
    node: etree._Element,
    certificate: x509.Certificate,
    *,
    algorithm: str = "aes256-cbc",
    transport: str = "rsa-oaep-mgf1p",
    legacy: bool = False,
) -> etree._Element:
    """Put EncryptedData into the place of `node`, which must have a parent; the new element.

    Raises:
        ValueError: `node` is a root.
        Refused: see `encrypt_document`.
    """
    parent = node.getparent()
    if parent is None:
        raise ValueError("a root is encrypted with encrypt_document")
    made = encrypted(node, certificate, algorithm=algorithm, transport=transport, legacy=legacy)
    made.tail = node.tail
    parent.replace(node, made)
    return made


def encrypted(
    node: etree._Element, certificate: x509.Certificate, *, algorithm: str, transport: str, legacy: bool
) -> etree._Element:
    """EncryptedData with `node` inside, which stays where it is; arguments and errors as in `encrypt_document`."""
    content, wrapping = ALGORITHMS[algorithm], TRANSPORTS[transport]
    for chosen, called in ((content, algorithm), (wrapping, transport)):
        if chosen.legacy and not legacy:
            raise Refused("xmlenc.legacy", algorithm=called)
    public = certificate.public_key()
    if not isinstance(public, rsa.RSAPublicKey):
        raise Refused("signing.key_kind", kind=type(public).__name__)
    key, start = secrets.token_bytes(content.key), secrets.token_bytes(content.block)
    sealing = Cipher(content.cipher(key), CBC(start)).encryptor()
    # with_tail: what follows the element in its parent is not part of it
    plain = etree.tostring(node, encoding="utf-8", with_tail=False)
    sealed = start + sealing.update(_padded(plain, content.block)) + sealing.finalize()
    data = etree.Element(f"{{{XENC}}}EncryptedData", Type=_ELEMENT, nsmap={"xenc": XENC})
    etree.SubElement(data, f"{{{XENC}}}EncryptionMethod", Algorithm=content.uri)
    info = etree.SubElement(data, f"{{{DS}}}KeyInfo", nsmap={"ds": DS})
    wrapped = etree.SubElement(info, f"{{{XENC}}}EncryptedKey")
    method = etree.SubElement(wrapped, f"{{{XENC}}}EncryptionMethod", Algorithm=wrapping.uri)
    if wrapping.name == "rsa-oaep-sha1":
        etree.SubElement(method, f"{{{DS}}}DigestMethod", Algorithm=_SHA1)
    receiver = etree.SubElement(etree.SubElement(wrapped, f"{{{DS}}}KeyInfo"), f"{{{DS}}}X509Data")
    shown = etree.SubElement(receiver, f"{{{DS}}}X509Certificate")
    shown.text = base64.b64encode(certificate.public_bytes(Encoding.DER)).decode()
    _put(wrapped, public.encrypt(key, KEY_TRANSPORTS[wrapping.name]))
    _put(data, sealed)
    return data


def decrypt_document(xml: bytes, key: Decryptor, *, legacy: bool = False, limit: int = DEFAULT_LIMIT) -> bytes:
    """The document that was encrypted to us.

    Args:
        legacy: admits 3DES and RSA 1.5.
        limit: the most bytes of the message.

    Returns:
        The root element as it was encrypted: a document of its own, well-formed and without DTD, not yet verified.

    Raises:
        Corrupt: `xml.*`, `xmlenc.malformed` (another shape), `xmlenc.algorithm`, `xmlenc.other_key` (for another
            certificate), `xmlenc.undecryptable`, `certificate.unreadable`.
        Refused: `signing.key_cannot_decrypt` and what reaching the key may raise.
        Unavailable: the key is away (`signing.token_gone`).
    """
    root = parse(xml, limit)
    if root.tag != f"{{{XENC}}}EncryptedData":
        raise _malformed(f"{name(root)} where EncryptedData belongs")
    if root.get("Type", _ELEMENT) != _ELEMENT:
        raise _malformed("not the encryption of an element")
    method, info, data = _exactly(root, "EncryptionMethod", "KeyInfo", "CipherData")
    content = next((c for c in ALGORITHMS.values() if c.uri == method.get("Algorithm")), None)
    if content is None or (content.legacy and not legacy) or len(method):
        raise _algorithm(method)
    transport, wrapped = _encrypted_key(info, key, legacy=legacy)
    sealed = _octets(data)
    if len(sealed) < 2 * content.block or len(sealed) % content.block:
        raise _malformed("a cipher text of an impossible length")
    try:
        plain = _opened(sealed, key.decrypt_key(wrapped, transport.name), content)
        parse(plain, len(plain) or 1)
    except (Corrupt, ValueError):
        raise Corrupt("xmlenc.undecryptable") from None
    return plain


def _encrypted_key(info: etree._Element, key: Decryptor, *, legacy: bool) -> tuple[_Transport, bytes]:
    """How the content key is wrapped, and the wrapped key."""
    (holder,) = _exactly(info, "EncryptedKey")
    named = len(holder) == 3
    expected = ("EncryptionMethod", "KeyInfo", "CipherData") if named else ("EncryptionMethod", "CipherData")
    method, *between, data = _exactly(holder, *expected)
    transport = next((t for t in TRANSPORTS.values() if t.uri == method.get("Algorithm")), None)
    if transport is None or (transport.legacy and not legacy):
        raise _algorithm(method)
    for detail in method:
        # OAEP with another hash or a label is another algorithm, which the certificate's key was not asked for
        if detail.tag != f"{{{DS}}}DigestMethod" or detail.get("Algorithm") != _SHA1 or len(method) > 1:
            raise _algorithm(detail)
    for receiver in between:
        _check_receiver(receiver, key)
    wrapped = _octets(data)
    if not 0 < len(wrapped) <= _LARGEST_WRAPPED:
        raise _malformed("a wrapped key of an impossible length")
    return transport, wrapped


def _check_receiver(info: etree._Element, key: Decryptor) -> None:
    """Where the message names a certificate, it is of our key. Names and serial numbers are only hints."""
    found = list(info.iter(f"{{{DS}}}X509Certificate"))
    if len(found) > 1:
        raise _malformed("several receivers")
    if found:
        theirs = read_certificate(_base64(found[0]))
        if theirs != key.certificate and _public(theirs) != _public(key.certificate):
            raise Corrupt("xmlenc.other_key", subject=theirs.subject.rfc4514_string())


def _public(certificate: x509.Certificate) -> bytes:
    """The public key of a certificate, of whatever kind; a renewed certificate may keep it."""
    return bytes(TbsCertificate.load(certificate.tbs_certificate_bytes)["subject_public_key_info"].dump())


def _exactly(node: etree._Element, *names: str) -> list[etree._Element]:
    """The children of `node`, which are exactly these elements, KeyInfo of XMLDSig and the others of XML-ENC."""
    found = list(node)  # a processing instruction's tag is no name, so it fits nowhere
    if [child.tag for child in found] != [f"{{{DS if n == 'KeyInfo' else XENC}}}{n}" for n in names]:
        raise _malformed(f"{name(node)} has other children than {', '.join(names)}")
    return found


def _octets(data: etree._Element) -> bytes:
    (value,) = _exactly(data, "CipherValue")
    return _base64(value)


def _base64(node: etree._Element) -> bytes:
    try:
        if len(node):
            raise ValueError("children")
        return base64.b64decode("".join((node.text or "").split()), validate=True)
    except ValueError:
        raise _malformed(f"{name(node)} is not base64") from None


def _opened(sealed: bytes, key: bytes, content: _Content) -> bytes:
    """The content, without padding.

    Raises:
        ValueError: the key has another length or the padding does not fit.
    """
    if len(key) != content.key:
        raise ValueError("key length")
    opening = Cipher(content.cipher(key), CBC(sealed[: content.block])).decryptor()
    padded = opening.update(sealed[content.block :]) + opening.finalize()
    if not 1 <= padded[-1] <= content.block:
        raise ValueError("padding")
    return padded[: -padded[-1]]


def _padded(plain: bytes, block: int) -> bytes:
    """XML-ENC 5.2: the last octet tells how many were added; the others are free."""
    more = block - len(plain) % block
    return plain + secrets.token_bytes(more - 1) + bytes([more])


def _put(parent: etree._Element, octets: bytes) -> None:
    data = etree.SubElement(parent, f"{{{XENC}}}CipherData")
    etree.SubElement(data, f"{{{XENC}}}CipherValue").text = base64.b64encode(octets).decode()


def _malformed(detail: str) -> Corrupt:
    return Corrupt("xmlenc.malformed", detail=detail)


def _algorithm(node: etree._Element) -> Corrupt:
    return Corrupt("xmlenc.algorithm", algorithm=node.get("Algorithm", "")[-80:] or "-")
