"""WS-Security with an X.509 token: signing an envelope and the strict verifier.

General SOAP libraries find "the element with this id" and read "the Body", which need not be the same element: the
signature wrapping attack. `verify_envelope` knows one shape of message instead and refuses every other one.
"""

from __future__ import annotations

import base64
import re
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from lxml import etree

from gateway.core.clock import Clock
from gateway.core.errors import Corrupt
from gateway.signing import canonical, signature
from gateway.signing.keys import Signer
from gateway.signing.parsing import parse, reparse
from gateway.signing.policy import ALGORITHMS, EXCLUSIVE_C14N, TrustPolicy
from gateway.signing.signature import WSU, WSU_ID, SignedInfo, children, name, wrapped
from gateway.signing.trust import establish, read_certificate

SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
SOAP12 = "http://www.w3.org/2003/05/soap-envelope"
WSSE = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd"
WSSE11 = "http://docs.oasis-open.org/wss/oasis-wss-wssecurity-secext-1.1.xsd"
X509V3 = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-x509-token-profile-1.0#X509v3"
BASE64 = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-soap-message-security-1.0#Base64Binary"

etree.register_namespace("wsu", WSU)  # the prefix readers of logs expect on Body

_ENVELOPE, _HEADER, _BODY = (f"{{{SOAP}}}{n}" for n in ("Envelope", "Header", "Body"))
_SECURITY, _TOKEN = f"{{{WSSE}}}Security", f"{{{WSSE}}}BinarySecurityToken"
_TIMESTAMP = f"{{{WSU}}}Timestamp"
_ENVELOPE_PARTS = {"Envelope", "Header", "Body"}
_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)")


@dataclass(frozen=True, slots=True)
class VerifiedEnvelope:
    """An envelope whose signature held.

    Attributes:
        body: the soap:Body of a new tree parsed from the signed octets; the received one is not reachable from here.
        content: those octets.
        created, expires: of the signed Timestamp, UTC.
        certificate: the signer's.
        anchor: what the signer's chain ended in.
        algorithms: names of the algorithms used.
    """

    body: etree._Element
    content: bytes
    created: datetime
    expires: datetime
    certificate: x509.Certificate
    anchor: x509.Certificate
    algorithms: tuple[str, ...]


def sign_envelope(
    envelope: etree._Element, key: Signer, clock: Clock, ttl: int = 300, *, algorithm: str = "rsa-sha256"
) -> None:
    """Add a Security header to a SOAP 1.1 envelope: Timestamp, token, signature over Body and Timestamp.

    The tree is changed in place; whoever serialises it must not reformat it.

    Args:
        ttl: seconds from Created to Expires.
    """
    body = envelope.find(_BODY)
    if body is None:
        raise ValueError("an envelope without Body cannot be signed")
    header = envelope.find(_HEADER)
    if header is None:
        header = etree.Element(_HEADER)
        envelope.insert(0, header)
    security = etree.SubElement(header, _SECURITY, nsmap={"wsse": WSSE, "wsu": WSU})
    security.set(f"{{{SOAP}}}mustUnderstand", "1")
    stamp = _stamp(security, clock.now(), ttl)
    token = etree.SubElement(security, _TOKEN, EncodingType=BASE64, ValueType=X509V3)
    token.text = base64.b64encode(key.certificate.public_bytes(Encoding.DER)).decode()
    ids = {node: f"{name(node)}-{secrets.token_hex(16)}" for node in (stamp, token, body)}
    for node, value in ids.items():
        node.set(WSU_ID, value)
    signed = [(f"#{ids[node]}", (EXCLUSIVE_C14N,), canonical.exclusive_part(node)) for node in (stamp, body)]
    made = signature.build(security, key, ALGORITHMS[algorithm], EXCLUSIVE_C14N, signed)
    pointer = etree.SubElement(signature.key_info(made), f"{{{WSSE}}}SecurityTokenReference")
    etree.SubElement(pointer, f"{{{WSSE}}}Reference", URI=f"#{ids[token]}", ValueType=X509V3)


def verify_envelope(raw: bytes, policy: TrustPolicy, at: datetime) -> VerifiedEnvelope:
    """Verify a signed SOAP 1.1 message as of the instant `at`.

    Accepts exactly: an Envelope of one Header and one Body; one Security, one Timestamp, one token, one signature,
    each at its own place and nowhere else; unique ids; a signature over Body and Timestamp by exclusive
    canonicalisation only; a trusted certificate; a Timestamp of now.

    Raises:
        Corrupt: `xml.*` (see `parse`), `signature.missing`, `signature.wrapped`, `signature.algorithm`,
            `signature.invalid`, `signature.stale`, `certificate.*` (see `establish`).
        Unavailable: `gost.unavailable`.
    """
    policy = policy.as_of(at)
    root = parse(raw, policy.max_bytes)
    header, body = _envelope(root)
    security = _only_child(root, header, _SECURITY)
    node = signature.only_signature(root, security)
    stamp = _only_child(root, security, _TIMESTAMP)
    token = _only_child(root, security, _TOKEN)
    if set(children(security)) != {stamp, token, node}:
        raise wrapped("Security contains more than Timestamp, token and signature")
    signature.check_ids(root)
    info = signature.read(node, policy)
    certificate = _token_certificate(signature.key_info(node), token)
    trusted = establish(certificate, policy, at)
    covered = _covered(info, {"Body": body, "Timestamp": stamp, "BinarySecurityToken": token})
    signature.check_value(node, certificate, (body, stamp, token))
    for reference, signed in covered.values():
        if not reference.matches(signed):
            raise Corrupt("signature.invalid")
    created, expires = _lifetime(reparse(covered["Timestamp"][1]))
    if policy.check_time:
        _check_fresh(created, expires, policy, at)
    content = covered["Body"][1]
    verified = reparse(content)
    return VerifiedEnvelope(verified, content, created, expires, certificate, trusted.anchor, info.algorithms)


def _stamp(security: etree._Element, now: datetime, ttl: int) -> etree._Element:
    stamp = etree.SubElement(security, _TIMESTAMP)
    created = now.astimezone(UTC).replace(microsecond=0)
    for local, instant in (("Created", created), ("Expires", created + timedelta(seconds=ttl))):
        etree.SubElement(stamp, f"{{{WSU}}}{local}").text = instant.strftime("%Y-%m-%dT%H:%M:%SZ")
    return stamp


def _envelope(root: etree._Element) -> tuple[etree._Element, etree._Element]:
    """Header and Body of an envelope that has nothing else and no second copy of its parts anywhere."""
    if root.tag != _ENVELOPE:
        raise Corrupt("signature.missing")
    parts = [e for e in root.iter(f"{{{SOAP}}}*", f"{{{SOAP12}}}*") if name(e) in _ENVELOPE_PARTS]
    tags = [child.tag for child in children(root)]
    if tags == [_BODY]:
        raise Corrupt("signature.missing")
    if tags != [_HEADER, _BODY] or len(parts) != 3:
        raise wrapped("the envelope is not one Header and one Body")
    header, body = root
    return header, body


def _only_child(root: etree._Element, parent: etree._Element, tag: str) -> etree._Element:
    """The one element `tag` of the whole document, which is a child of `parent`."""
    local = etree.QName(tag).localname
    found = list(root.iter(f"{{{WSSE}}}{local}", f"{{{WSSE11}}}{local}", f"{{{WSU}}}{local}"))
    if not found and tag == _SECURITY:
        raise Corrupt("signature.missing")
    if len(found) != 1:
        raise wrapped(f"{len(found)} × {local}")
    if found[0].getparent() is not parent or found[0].tag != tag:
        raise wrapped(f"{local} is not in its place")
    return found[0]


def _token_certificate(key_info: etree._Element, token: etree._Element) -> x509.Certificate:
    """The certificate in the token that KeyInfo points to."""
    pointers = children(key_info)
    if len(pointers) != 1 or pointers[0].tag != f"{{{WSSE}}}SecurityTokenReference":
        raise wrapped("KeyInfo is not one SecurityTokenReference")
    targets = children(pointers[0])
    if len(targets) != 1 or targets[0].tag != f"{{{WSSE}}}Reference":
        raise wrapped("the SecurityTokenReference is not one Reference")
    if not token.get(WSU_ID) or targets[0].get("URI") != f"#{token.get(WSU_ID)}":
        raise wrapped("KeyInfo points elsewhere than to the token")
    if token.get("ValueType", X509V3) != X509V3 or token.get("EncodingType", BASE64) != BASE64:
        raise wrapped("the token is not an X.509 certificate in base64")
    return read_certificate(signature.octets(token))


def _covered(info: SignedInfo, places: dict[str, etree._Element]) -> dict[str, tuple[signature.Reference, bytes]]:
    """What each reference is really over, by the name of its place; Body and Timestamp must be among them."""
    by_id = {node.get(WSU_ID): local for local, node in places.items() if node.get(WSU_ID)}
    covered: dict[str, tuple[signature.Reference, bytes]] = {}
    for reference in info.references:
        local = by_id.get(reference.uri[1:]) if reference.uri.startswith("#") else None
        if local is None or local in covered:
            raise wrapped("a reference to something else than Body, Timestamp and token")
        if [t.uri for t in reference.transforms] != [EXCLUSIVE_C14N]:
            raise Corrupt("signature.algorithm", algorithm=f"{len(reference.transforms)} transforms")
        covered[local] = (reference, canonical.exclusive_part(places[local], reference.transforms[0].prefixes))
    for local in ("Body", "Timestamp"):
        if local not in covered:
            raise wrapped(f"{local} is not signed")
    return covered


def _lifetime(stamp: etree._Element) -> tuple[datetime, datetime]:
    """Created and Expires of a verified Timestamp."""
    created, expires = (_instant(stamp, local) for local in ("Created", "Expires"))
    if expires < created:
        raise wrapped("the Timestamp ends before it begins")
    return created, expires


def _instant(stamp: etree._Element, local: str) -> datetime:
    found = stamp.findall(f"{{{WSU}}}{local}")
    if len(found) != 1 or not _INSTANT.fullmatch(signature.text(found[0])):
        raise wrapped(f"the Timestamp has no readable {local}")
    try:
        return datetime.fromisoformat(signature.text(found[0])).astimezone(UTC)
    except ValueError:
        raise wrapped(f"the Timestamp has no readable {local}") from None


def _check_fresh(created: datetime, expires: datetime, policy: TrustPolicy, at: datetime) -> None:
    end = min(expires, created + policy.max_lifetime)
    if created - policy.max_skew > at or at > end + policy.max_skew:
        raise Corrupt("signature.stale", created=f"{created:%Y-%m-%d %H:%M:%S} UTC", at=f"{at:%Y-%m-%d %H:%M:%S} UTC")
