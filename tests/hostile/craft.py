"""Signed messages with chosen flaws: other algorithms, transforms, references, keys."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Callable
from dataclasses import dataclass

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.serialization import Encoding
from lxml import etree

from gateway.signing import canonical
from gateway.signing.keys import Pkcs12Key
from gateway.signing.policy import EXCLUSIVE_C14N
from gateway.signing.signature import DS, WSU_ID
from gateway.signing.wsse import WSSE
from gateway.signing.xmldsig import sign_enveloped
from tests.bank.bxd import pretend
from tests.hostile.wrapping import header, part, security, signature

RSA_SHA256 = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"
SHA256 = "http://www.w3.org/2001/04/xmlenc#sha256"


@dataclass
class Flaws:
    """What differs from an honest signature; everything else is made to fit, the signature value included.

    Attributes:
        value: octets → signature value; None for an honest one by `key`.
    """

    method: str = RSA_SHA256
    digest: str = SHA256
    canonicalization: str = EXCLUSIVE_C14N
    hash: str = "sha256"
    transforms: tuple[str, ...] = (f'<Transform Algorithm="{EXCLUSIVE_C14N}"/>',)
    inside_method: str = ""
    covered: tuple[str, ...] = ("Timestamp", "Body")
    prefixes: tuple[str, ...] = ()
    value: Callable[[bytes], bytes] | None = None
    key: Pkcs12Key | None = None


def crafted(flaws: Flaws) -> bytes:
    """An honest reply whose signature was made anew with `flaws`."""
    root = etree.fromstring(pretend.download())
    places = {
        "Timestamp": part(root, "s:Header/wsse:Security/wsu:Timestamp"),
        "Body": part(root, "s:Body"),
        "Token": part(root, "s:Header/wsse:Security/wsse:BinarySecurityToken"),
    }
    references = "".join(
        f'<Reference URI="#{places[name].get(WSU_ID)}"><Transforms>{"".join(flaws.transforms)}</Transforms>'
        f'<DigestMethod Algorithm="{flaws.digest}"/><DigestValue>{_digest(places[name], flaws)}</DigestValue>'
        "</Reference>"
        for name in flaws.covered
    )
    info = etree.fromstring(
        f'<SignedInfo xmlns="{DS}"><CanonicalizationMethod Algorithm="{flaws.canonicalization}"/>'
        f'<SignatureMethod Algorithm="{flaws.method}">{flaws.inside_method}</SignatureMethod>{references}</SignedInfo>'
    )
    found = signature(root)
    found.replace(found[0], info)
    octets = canonical.exclusive_part(info)
    value = flaws.value(octets) if flaws.value else rsa(octets, flaws.key or pretend.bank_key(), flaws.hash)
    found[1].text = base64.b64encode(value).decode()
    return etree.tostring(root)


def rsa(octets: bytes, key: Pkcs12Key, name: str = "sha256") -> bytes:
    algorithm = {"sha256": hashes.SHA256(), "sha1": hashes.SHA1(), "md5": hashes.MD5()}[name]
    return key.private_key.sign(octets, padding.PKCS1v15(), algorithm)


def hmac_with_certificate(name: str, encoding: Encoding) -> Callable[[bytes], bytes]:
    """The classic confusion: a public certificate taken as the secret of an HMAC."""
    secret = pretend.bank_key().certificate.public_bytes(encoding)
    return lambda octets: hmac.new(secret, octets, name).digest()


def signed_by(key: Pkcs12Key) -> bytes:
    """A reply both layers of which are signed by `key`."""
    payload = sign_enveloped(pretend.application(content=b"<forged/>"), key)
    return pretend.signed(pretend.envelope(payload), key)


def token_of(raw: bytes, key: Pkcs12Key) -> bytes:
    """`raw` with the certificate in its token replaced by that of `key`."""
    root = etree.fromstring(raw)
    der = key.certificate.public_bytes(Encoding.DER)
    part(root, "s:Header/wsse:Security/wsse:BinarySecurityToken").text = base64.b64encode(der).decode()
    return etree.tostring(root)


def without_signature(raw: bytes) -> bytes:
    root = etree.fromstring(raw)
    security(root).remove(signature(root))
    return etree.tostring(root)


def without_security(raw: bytes) -> bytes:
    root = etree.fromstring(raw)
    header(root).remove(security(root))
    return etree.tostring(root)


def key_info_replaced(raw: bytes, inside: str) -> bytes:
    """`raw` with another inside of KeyInfo."""
    root = etree.fromstring(raw)
    key_info = signature(root)[2]
    for child in list(key_info):
        key_info.remove(child)
    key_info.append(etree.fromstring(inside))
    return etree.tostring(root)


def token_reference(uri: str) -> str:
    return f'<w:SecurityTokenReference xmlns:w="{WSSE}"><w:Reference URI="{uri}"/></w:SecurityTokenReference>'


def reference_uri(raw: bytes, index: int, uri: str) -> bytes:
    """`raw` with the URI of its `index`-th reference changed."""
    root = etree.fromstring(raw)
    list(signature(root).iter(f"{{{DS}}}Reference"))[index].set("URI", uri)
    return etree.tostring(root)


def _digest(node: etree._Element, flaws: Flaws) -> str:
    octets = canonical.exclusive_part(node, flaws.prefixes)
    return base64.b64encode(hashlib.new(flaws.hash, octets).digest()).decode()
