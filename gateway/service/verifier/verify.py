#!/usr/bin/env python3
"""Checks an evidence file of Kvit on a machine without Kvit.

    python3 verify.py EVIDENCE.zip [--language ru|en] [--anchor BANK.pem] [--company SHA256]

Needs Python 3.11 and the libraries `cryptography` and `lxml`; asks no network. Exit code 0: everything holds; 1: not.

Take this program from Kvit's distribution, not from the file you doubt, and compare the fingerprints it prints with
those the bank and the company publish; --anchor and --company make it insist on yours.

What it checks: every file is the one the company signed; the bank's signatures over the raw messages, with chains to
the bank's authorities as of the instant each message came; that payments and invoices follow from the signed bytes;
each journal row's hash, and its place in the journal up to a head the company signed; and that the page for people
shows nothing else.
"""

from __future__ import annotations

import argparse
import base64
import binascii
import hashlib
import io
import json
import re
import sys
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from lxml import etree, html

FORMAT = 2
MOST = 1 << 30  # bytes of all files together
DEEPEST = 4  # certificates from signer to anchor
DSIG = "http://www.w3.org/2000/09/xmldsig#"
MORE = "http://www.w3.org/2001/04/xmldsig-more#"
XENC = "http://www.w3.org/2001/04/xmlenc#"
C14N = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"
EXCLUSIVE = "http://www.w3.org/2001/10/xml-exc-c14n#"
ENVELOPED = DSIG + "enveloped-signature"
SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
WSSE = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd"
WSU = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd"
MODEL, XMLDATA, SERVICE = "http://model.bxd.fi", "http://bxd.fi/xmldata/", "http://bxd.fi/CorporateFileService"
METHODS = {
    MORE + "rsa-sha256": "sha256",
    MORE + "rsa-sha384": "sha384",
    MORE + "rsa-sha512": "sha512",
    DSIG + "rsa-sha1": "sha1",
}
DIGESTS = {XENC + "sha256": "sha256", MORE + "sha384": "sha384", XENC + "sha512": "sha512", DSIG + "sha1": "sha1"}
DIGEST_OIDS = {
    "2.16.840.1.101.3.4.2.1": "sha256",
    "2.16.840.1.101.3.4.2.2": "sha384",
    "2.16.840.1.101.3.4.2.3": "sha512",
    "1.3.14.3.2.26": "sha1",
}
RSA_OIDS = {
    "1.2.840.113549.1.1.1": "",  # the digest is the one named beside
    "1.2.840.113549.1.1.11": "sha256",
    "1.2.840.113549.1.1.12": "sha384",
    "1.2.840.113549.1.1.13": "sha512",
    "1.2.840.113549.1.1.5": "sha1",
}
HASHES: dict[str, hashes.HashAlgorithm] = {
    "sha256": hashes.SHA256(),
    "sha384": hashes.SHA384(),
    "sha512": hashes.SHA512(),
    "sha1": hashes.SHA1(),  # noqa: S303 - for banks whose packed policy still admits it
}


class Bad(Exception):
    """Something does not hold; the text says what."""


# The report


class Report:
    """Lines on standard output, and whether all of them are good."""

    def __init__(self, language: str) -> None:
        self.russian = language == "ru"
        self.failed = 0

    def note(self, ru: str, en: str, mark: str = " ") -> None:
        sys.stdout.write(f"{mark} {ru if self.russian else en}\n")

    def good(self, ru: str, en: str) -> None:
        self.note(ru, en, "+")

    def bad(self, ru: str, en: str) -> None:
        self.failed += 1
        self.note(ru, en, "x")

    def check(self, ru: str, en: str, proof: Callable[[], Any]) -> Any:
        """Run a check; its failure is a bad line and None."""
        try:
            result = proof()
        except Bad as error:
            self.bad(f"{ru}: {error}", f"{en}: {error}")
            return None
        except Exception as error:  # hostile bytes: whatever breaks on them is no proof
            self.bad(f"{ru}: {type(error).__name__}: {error}"[:400], f"{en}: {type(error).__name__}: {error}"[:400])
            return None
        self.good(ru, en)
        return result if result is not None else True


# Files


def read_files(place: Path) -> dict[str, bytes]:
    """All files of an evidence zip, or of the folder it was unpacked into."""
    if place.is_dir():
        return {p.relative_to(place).as_posix(): p.read_bytes() for p in sorted(place.rglob("*")) if p.is_file()}
    found: dict[str, bytes] = {}
    left = MOST
    with zipfile.ZipFile(place) as archive:
        for entry in archive.infolist():
            if entry.filename in found or entry.is_dir() or entry.flag_bits & 1:
                raise Bad(f"{entry.filename}: twice, encrypted or a folder")
            with archive.open(entry) as file:
                content = file.read(left + 1)
            left -= len(content)
            if left < 0:
                raise Bad("too large")
            found[entry.filename] = content
    return found


def canonical(value: Any) -> bytes:
    """The one form the company's signed files are written in."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def strict(files: dict[str, bytes], name: str) -> Any:
    """A JSON file that must be in its one form: two readings of the same bytes are impossible then."""
    value = json.loads(files[name])
    if canonical(value) != files[name]:
        raise Bad(f"{name} is not in canonical form")
    return value


def check_files(files: dict[str, bytes], manifest: Any) -> None:
    listed = manifest["files"]
    unknown = files.keys() - listed.keys() - {"manifest.json", "signature.json"}
    if unknown:
        raise Bad(f"not in the manifest: {', '.join(sorted(unknown))[:200]}")
    for name, told in listed.items():
        if name not in files:
            raise Bad(f"missing: {name}")
        if hashlib.sha256(files[name]).hexdigest() != told["sha256"]:
            raise Bad(f"altered: {name}")


# Certificates and signatures


def fingerprint(certificate: x509.Certificate) -> str:
    return certificate.fingerprint(hashes.SHA256()).hex()


def unbase64(text: str | None) -> bytes:
    """Strict base64 with white space between the lines; one value has one text."""
    packed = "".join((text or "").split())
    try:
        octets = base64.b64decode(packed, validate=True)
    except (binascii.Error, ValueError):
        raise Bad("not base64") from None
    if base64.b64encode(octets).decode() != packed:
        raise Bad("base64 with loose ends")
    return octets


def rsa_verify(certificate: x509.Certificate, value: bytes, octets: bytes, digest: str) -> None:
    key = certificate.public_key()
    if not isinstance(key, rsa.RSAPublicKey):
        raise Bad("the key is not RSA; this program checks no other (GOST needs its provider)")
    try:
        key.verify(value, octets, padding.PKCS1v15(), HASHES[digest])
    except InvalidSignature:
        raise Bad("the signature does not hold") from None


@dataclass
class Policy:
    """Whom one channel believed, as packed (or as the person at the keyboard insists)."""

    protocol: str
    anchors: list[x509.Certificate]
    intermediates: list[x509.Certificate]
    signers: list[str]
    payload_signers: list[str]
    payload_signed: bool
    pinned: list[str]
    legacy: bool
    skew: timedelta
    life: timedelta

    def admits(self, digest: str) -> bool:
        return digest != "sha1" or self.legacy


def read_policy(files: dict[str, bytes], name: str, at: datetime, own: list[x509.Certificate]) -> Policy:
    told = strict(files, f"anchors/{name}.json")
    until = told["legacy_until"]
    return Policy(
        protocol=told["protocol"],
        anchors=own or certificates(files, f"anchors/{name}.anchors.pem"),
        intermediates=certificates(files, f"anchors/{name}.intermediates.pem"),
        signers=told["signers"],
        payload_signers=told["payload_signers"],
        payload_signed=told["payload_signed"],
        pinned=[] if own else told["pinned"],
        legacy=told["legacy"] and (until is None or at < instant(until)),
        skew=timedelta(seconds=told["clock_skew_s"]),
        life=timedelta(seconds=told["timestamp_life_s"]),
    )


def certificates(files: dict[str, bytes], name: str) -> list[x509.Certificate]:
    return x509.load_pem_x509_certificates(files[name]) if files.get(name) else []


def common_name(certificate: x509.Certificate) -> str:
    names = certificate.subject.get_attributes_for_oid(x509.NameOID.COMMON_NAME)
    return str(names[0].value) if len(names) == 1 else ""


def extension(certificate: x509.Certificate, kind: Any) -> Any:
    try:
        return certificate.extensions.get_extension_for_class(kind).value
    except x509.ExtensionNotFound:
        return None


def believe(
    leaf: x509.Certificate, policy: Policy, signers: list[str], at: datetime, offered: Sequence[x509.Certificate] = ()
) -> list[x509.Certificate]:
    """The path from the signer to an anchor, every certificate valid and fit at the instant `at`."""
    anchors = {fingerprint(a) for a in policy.anchors}
    if fingerprint(leaf) in policy.pinned:
        path = [leaf]
    else:
        found = climb([leaf], [*policy.anchors, *policy.intermediates, *offered[:DEEPEST]], anchors, policy)
        if found is None or len(found) < 2:
            raise Bad(f"no chain to the bank's authority: {leaf.subject.rfc4514_string()}")
        path = found
        if signers and common_name(leaf) not in signers:
            raise Bad(f"{common_name(leaf)!r} does not sign for the bank")
        basic, usage = extension(leaf, x509.BasicConstraints), extension(leaf, x509.KeyUsage)
        if (basic and basic.ca) or (usage and not (usage.digital_signature or usage.content_commitment)):
            raise Bad("the signer's certificate is not for signatures")
    for depth, certificate in enumerate(path):
        if not certificate.not_valid_before_utc <= at <= certificate.not_valid_after_utc:
            raise Bad(f"not valid at {at:%Y-%m-%d}: {certificate.subject.rfc4514_string()}")
        key = certificate.public_key()
        if not isinstance(key, rsa.RSAPublicKey) or key.key_size < (1024 if policy.legacy else 2048):
            raise Bad("a weak or unknown key in the chain")
        if depth:
            basic, usage = extension(certificate, x509.BasicConstraints), extension(certificate, x509.KeyUsage)
            if not basic or not basic.ca or (basic.path_length is not None and basic.path_length < depth - 1):
                raise Bad("an issuer in the chain is no authority")
            if usage and not usage.key_cert_sign:
                raise Bad("an issuer in the chain may not issue")
    return path


def climb(
    path: list[x509.Certificate], links: list[x509.Certificate], anchors: set[str], policy: Policy
) -> list[x509.Certificate] | None:
    if fingerprint(path[-1]) in anchors:
        return path
    for issuer in links if len(path) < DEEPEST else ():
        if issuer not in path and issued(path[-1], issuer, policy):
            found = climb([*path, issuer], links, anchors, policy)
            if found:
                return found
    return None


def issued(certificate: x509.Certificate, issuer: x509.Certificate, policy: Policy) -> bool:
    try:
        used = certificate.signature_hash_algorithm
    except UnsupportedAlgorithm:
        return False
    if certificate.issuer != issuer.subject or used is None or used.name not in HASHES or not policy.admits(used.name):
        return False
    try:
        rsa_verify(issuer, certificate.signature, certificate.tbs_certificate_bytes, used.name)
    except Bad:
        return False
    return True


# XML signatures


def parse(raw: bytes) -> etree._Element:
    """Strict: no DTD, no entities, no comments (canonical XML without comments does not sign them)."""
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True, huge_tree=True
    )
    root = etree.fromstring(raw, parser)
    if root.getroottree().docinfo.internalDTD is not None:
        raise Bad("a DTD")
    return root


def c14n(node: etree._Element, uri: str, prefixes: Sequence[str] = ()) -> bytes:
    """Canonical octets of an element, without comments."""
    if uri == EXCLUSIVE:
        return etree.tostring(node, method="c14n", exclusive=True, inclusive_ns_prefixes=list(prefixes) or None)
    if uri != C14N:
        raise Bad(f"canonicalisation {uri}")
    # written out, a part declares every name space it inherits
    alone = etree.fromstring(etree.tostring(node, with_tail=False))
    return etree.tostring(alone, method="c14n", exclusive=False)


def only(parent: etree._Element, tag: str) -> etree._Element:
    """The one child `tag` of `parent`, which is also the only such element of the document."""
    found = list(parent.getroottree().getroot().iter(tag))
    if len(found) != 1 or found[0].getparent() is not parent:
        raise Bad(f"{len(found)} × {etree.QName(tag).localname}, or not in its place")
    return found[0]


@dataclass
class Reference:
    uri: str
    steps: list[tuple[str, list[str]]]
    digest: str
    value: bytes


def signed_info(signature: etree._Element, policy: Policy) -> tuple[str, bytes, str, list[Reference]]:
    """(method's digest, value, canonicalisation, references); nothing is verified yet."""
    children = [etree.QName(c).localname for c in signature]
    if children != ["SignedInfo", "SignatureValue", "KeyInfo"]:
        raise Bad(f"a signature of {children}")
    info = signature[0]
    way, method, *rest = info
    digest = METHODS.get(method.get("Algorithm", ""))
    if digest is None or not policy.admits(digest):
        raise Bad(f"signature method {method.get('Algorithm')}")
    references = []
    for node in rest:
        if node.tag != f"{{{DSIG}}}Reference" or len(node) != 3:
            raise Bad("an odd reference")
        steps = []
        for step in node[0]:
            prefixes = [p for child in step for p in child.get("PrefixList", "").split()]
            steps.append((step.get("Algorithm", ""), prefixes))
        algorithm = DIGESTS.get(node[1].get("Algorithm", ""))
        if algorithm is None or not policy.admits(algorithm):
            raise Bad(f"digest {node[1].get('Algorithm')}")
        references.append(Reference(node.get("URI", "-"), steps, algorithm, unbase64(node[2].text)))
    return digest, unbase64(signature[1].text), way.get("Algorithm", ""), references


def check_value(signature: etree._Element, certificate: x509.Certificate, digest: str, value: bytes, way: str) -> None:
    prefixes = [p for child in signature[0][0] for p in child.get("PrefixList", "").split()]
    rsa_verify(certificate, value, c14n(signature[0], way, prefixes), digest)


def check_ids(root: etree._Element) -> None:
    seen: set[str] = set()
    for node in root.iter("*"):
        ids = [str(v) for k, v in node.attrib.items() if etree.QName(k).localname.lower() == "id"]
        if len(ids) > 1 or (ids and ids[0] in seen):
            raise Bad("an id occurs twice")
        seen.update(ids)


def verify_envelope(raw: bytes, policy: Policy, at: datetime) -> tuple[etree._Element, list[x509.Certificate]]:
    """WS-Security over Body and Timestamp; (the signed Body parsed anew, path)."""
    root = parse(raw)
    if root.tag != f"{{{SOAP}}}Envelope" or [c.tag for c in root] != [f"{{{SOAP}}}Header", f"{{{SOAP}}}Body"]:
        raise Bad("not one Header and one Body")
    header, body = root
    if len(list(root.iter(f"{{{SOAP}}}Body"))) != 1:
        raise Bad("a second Body")
    security = only(header, f"{{{WSSE}}}Security")
    stamp, token = only(security, f"{{{WSU}}}Timestamp"), only(security, f"{{{WSSE}}}BinarySecurityToken")
    signature = only(security, f"{{{DSIG}}}Signature")
    check_ids(root)
    digest, value, way, references = signed_info(signature, policy)
    pointers = list(signature[2].iter(f"{{{WSSE}}}Reference"))
    if len(pointers) != 1 or pointers[0].get("URI") != f"#{token.get(f'{{{WSU}}}Id')}":
        raise Bad("KeyInfo points elsewhere")
    certificate = x509.load_der_x509_certificate(unbase64(token.text))
    path = believe(certificate, policy, policy.signers, at)
    check_value(signature, certificate, digest, value, way)
    places = {f"#{node.get(f'{{{WSU}}}Id')}": node for node in (stamp, token, body) if node.get(f"{{{WSU}}}Id")}
    covered: dict[str, bytes] = {}
    for reference in references:
        node = places.get(reference.uri)
        if node is None or [uri for uri, _ in reference.steps] != [EXCLUSIVE]:
            raise Bad("a reference to something else")
        octets = c14n(node, EXCLUSIVE, reference.steps[0][1])
        if hashlib.new(reference.digest, octets).digest() != reference.value:
            raise Bad("the signed content was altered")
        covered[etree.QName(node).localname] = octets
    if not {"Body", "Timestamp"} <= covered.keys():
        raise Bad("Body or Timestamp is not signed")
    told = {etree.QName(c).localname: instant((c.text or "").strip()) for c in etree.fromstring(covered["Timestamp"])}
    end = min(told["Expires"], told["Created"] + policy.life)
    if not told["Created"] - policy.skew <= at <= end + policy.skew:
        raise Bad(f"signed at {told['Created']}, but received at {at}")
    return parse(covered["Body"]), path


def verify_enveloped(xml: bytes, policy: Policy, at: datetime) -> etree._Element:
    """A document that signs all of itself; the signed octets parsed anew."""
    root = parse(xml)
    check_ids(root)
    signature = only(root, f"{{{DSIG}}}Signature")
    digest, value, way, references = signed_info(signature, policy)
    (reference,) = references
    steps = [uri for uri, _ in reference.steps]
    if reference.uri != "" or steps not in ([ENVELOPED], [ENVELOPED, C14N], [ENVELOPED, EXCLUSIVE]):
        raise Bad("the reference is not to the whole document")
    given = [x509.load_der_x509_certificate(unbase64(c.text)) for c in signature[2].iter(f"{{{DSIG}}}X509Certificate")]
    leaves = [c for c in given if not any(o.issuer == c.subject for o in given if o is not c)]
    if len(leaves) != 1:
        raise Bad("the signer's certificate is not clear")
    believe(leaves[0], policy, policy.payload_signers, at, [c for c in given if c is not leaves[0]])
    check_value(signature, leaves[0], digest, value, way)
    before = signature.getprevious()
    if before is not None:
        before.tail = (before.tail or "") + (signature.tail or "")
    else:
        root.text = (root.text or "") + (signature.tail or "")
    signature.tail = None
    root.remove(signature)
    octets = io.BytesIO()
    exclusive = steps[-1] == EXCLUSIVE
    root.getroottree().write(octets, method="c14n", exclusive=exclusive, with_comments=False)
    if hashlib.new(reference.digest, octets.getvalue()).digest() != reference.value:
        raise Bad("the signed payload was altered")
    return parse(octets.getvalue())


# CMS (PKCS#7), as much of it as a detached signature of one signer needs


@dataclass
class Der:
    """One element of DER: its tag, its content, and all its octets."""

    tag: int
    content: bytes
    whole: bytes

    def __iter__(self) -> Iterator[Der]:
        return iter(der_elements(self.content))


def der_elements(octets: bytes) -> list[Der]:
    found = []
    place = 0
    while place < len(octets):
        start, tag, length = place, octets[place], octets[place + 1]
        place += 2
        if tag & 31 == 31 or length == 0x80:
            raise Bad("not DER")
        if length > 0x80:
            size = length & 0x7F
            length = int.from_bytes(octets[place : place + size], "big")
            place += size
        if place + length > len(octets):
            raise Bad("cut short")
        found.append(Der(tag, octets[place : place + length], octets[start : place + length]))
        place += length
    return found


def oid(element: Der) -> str:
    numbers, value = [], 0
    for octet in element.content:
        value = value << 7 | octet & 0x7F
        if not octet & 0x80:
            numbers.append(value)
            value = 0
    first = min(numbers[0] // 40, 2)
    return ".".join(map(str, (first, numbers[0] - 40 * first, *numbers[1:])))


def verify_cms(der: bytes, content: bytes, policy: Policy, at: datetime) -> list[x509.Certificate]:
    """A detached signature over exactly `content`; the signer's path."""
    (info,) = der_elements(der)
    kind, wrapper = info
    (signed,) = wrapper
    if oid(kind) != "1.2.840.113549.1.7.2":
        raise Bad("not SignedData")
    _version, _digests, inner, *rest = signed
    if len(list(inner)) != 1:
        raise Bad("the signature brings its own content")
    given = [x509.load_der_x509_certificate(c.whole) for part in rest if part.tag == 0xA0 for c in part]
    (signer,) = rest[-1]
    _v, identity, digest_algorithm, attributes, method, value, *_unsigned = signer
    digest = DIGEST_OIDS.get(oid(next(iter(digest_algorithm))), "")
    named = RSA_OIDS.get(oid(next(iter(method))))
    if named is None or not digest or named not in ("", digest) or not policy.admits(digest):
        raise Bad("an algorithm this program does not check (GOST needs its provider)")
    if attributes.tag != 0xA0:
        raise Bad("no signed attributes")
    (leaf,) = [c for c in given if is_named(c, identity)]
    path = believe(leaf, policy, policy.signers, at, [c for c in given if c is not leaf])
    told = {oid(kind): list(values) for kind, values in attributes}
    if len(told) != len(list(attributes)):
        raise Bad("an attribute occurs twice")
    stated = told.get("1.2.840.113549.1.9.4", [])
    if len(stated) != 1 or stated[0].content != hashlib.new(digest, content).digest():
        raise Bad("the signed document was altered")
    rsa_verify(leaf, value.content, b"\x31" + attributes.whole[1:], digest)
    return path


def is_named(certificate: x509.Certificate, identity: Der) -> bool:
    if identity.tag == 0x80:
        known = extension(certificate, x509.SubjectKeyIdentifier)
        return known is not None and known.digest == identity.content
    issuer, serial = identity
    same = int.from_bytes(serial.content, "big", signed=True) == certificate.serial_number
    return same and issuer.whole == certificate.issuer.public_bytes()


# A bank's message


@dataclass
class Message:
    """What the signatures of one message vouch for."""

    id: str
    documents: list[bytes]
    path: list[x509.Certificate] = field(default_factory=list)


def instant(text: str) -> datetime:
    found = datetime.fromisoformat(text)
    if found.tzinfo is None:
        raise Bad(f"an instant without zone: {text}")
    return found.astimezone(UTC)


def text_of(node: etree._Element, namespace: str, name: str) -> str:
    found = node.findall(f"{{{namespace}}}{name}")
    if len(found) > 1:
        raise Bad(f"{len(found)} × {name}")
    return (found[0].text or "").strip() if found else ""


def verify_bxd(raw: bytes, request: Any, policy: Policy, at: datetime) -> tuple[list[bytes], list[x509.Certificate]]:
    body, path = verify_envelope(raw, policy, at)
    (answer,) = body
    if answer.tag != f"{{{SERVICE}}}{request['operation']}out":
        raise Bad("an answer to something else")
    header = answer.find(f"{{{MODEL}}}ResponseHeader")
    carried = answer.find(f"{{{MODEL}}}ApplicationResponse")
    if header is None or carried is None or len(answer) != 2:
        raise Bad("not ResponseHeader and ApplicationResponse")
    if text_of(header, MODEL, "RequestId") != request["request_id"]:
        raise Bad("an answer to another request")
    payload = unbase64(carried.text)
    application = verify_enveloped(payload, policy, at) if policy.payload_signed else parse(payload)
    named = [text_of(n, XMLDATA, "FileReference") for n in application.iter(f"{{{XMLDATA}}}FileDescriptor")]
    if named and request["reference"] and request["reference"] not in named:
        raise Bad("another file than the one asked for")
    content = unbase64(text_of(application, XMLDATA, "Content"))
    if text_of(application, XMLDATA, "Compressed") in ("true", "1"):
        content = gunzip(content)
    return [content], path


def gunzip(packed: bytes) -> bytes:
    parts = []
    while packed:
        member = zlib.decompressobj(16 + zlib.MAX_WBITS)
        parts.append(member.decompress(packed, MOST))
        if not member.eof:
            raise Bad("the packed content is cut short or too large")
        packed = member.unused_data
    return b"".join(parts)


def verify_directbank(
    raw: bytes, request: Any, policy: Policy, at: datetime
) -> tuple[list[bytes], list[x509.Certificate]]:
    root = parse(raw)
    packets = list(root.iter("{*}GetPacketResponse", "{*}Packet"))
    if len(packets) != 1 or packets[0].get("id", "").casefold() != request["reference"].casefold():
        raise Bad("not the packet that was asked for")
    documents, path = [], []
    for node in packets[0].iterfind("{*}Document"):
        (data,) = node.iterfind("{*}Data")
        content = unbase64(data.text)
        if node.get("compressed") in ("true", "1"):
            with zipfile.ZipFile(io.BytesIO(content)) as archive:
                (entry,) = archive.infolist()
                content = archive.read(entry)
        signatures = [unbase64(s.text) for s in node.iterfind("{*}Signature/{*}SignedData")]
        if not signatures and node.get("dockind") == "15":
            raise Bad("the bank did not sign the statement: it rests on the company's word for the connection")
        for signature in signatures:
            path = verify_cms(signature, content, policy, at)
        if signatures:
            documents.append(content)
    return documents, path


def verify_message(files: dict[str, bytes], row: Any, own: list[x509.Certificate]) -> Message:
    """A message of the bank from its raw bytes, as of the instant it came."""
    name = f"messages/{row['id']}"
    raw, request = files[f"{name}.bin"], strict(files, f"{name}.request.json")
    if hashlib.sha256(raw).hexdigest() != row["sha256"]:
        raise Bad("not the bytes on record")
    if request["reference"] != row["reference"] or request["received_at"] != row["received_at"]:
        raise Bad("the request is not the one on record")
    at = instant(row["received_at"])
    policy = read_policy(files, row["channel"].replace(":", "-"), at, own)
    verify = {"bxd": verify_bxd, "directbank": verify_directbank}.get(policy.protocol)
    if verify is None:
        raise Bad(f"protocol {policy.protocol}")
    documents, path = verify(raw, request, policy, at)
    packed = sorted(n for n in files if n.startswith(f"{name}.content"))
    if [files[n] for n in packed] != documents:
        raise Bad("the packed content is not the signed one")
    return Message(row["id"], documents, path)


# The journal


def row_hash(row: Any) -> str:
    digest = hashlib.sha256()
    for column in ("prev_hash", "seq", "at", "company", "kind", "subject", "actor", "body"):
        encoded = str(row[column]).encode()
        digest.update(b"%d:" % len(encoded) + encoded)
    return digest.hexdigest()


def climb_tree(size: int, number: int, leaf: str, path: list[str]) -> str:
    """RFC 9162, 2.1.3.2: the root that row `number` of `size` leads to."""
    if not 1 <= number <= size:
        raise Bad(f"row {number} is not below the head")
    index, last = number - 1, size - 1
    reached = hashlib.sha256(b"\x00" + leaf.encode()).digest()
    for step in path:
        if last == 0:
            raise Bad("a path too long")
        beside = bytes.fromhex(step)
        if index & 1 or index == last:
            reached = hashlib.sha256(b"\x01" + beside + reached).digest()
            while index and not index & 1:
                index, last = index >> 1, last >> 1
        else:
            reached = hashlib.sha256(b"\x01" + reached + beside).digest()
        index, last = index >> 1, last >> 1
    if last:
        raise Bad("a path too short")
    return reached.hex()


def check_journal(files: dict[str, bytes], head: Any) -> list[Any]:
    """All packed rows; each has its hash, its neighbours and its place below the signed head."""
    rows = [json.loads(line) for line in files["journal.jsonl"].decode().splitlines()]
    paths = strict(files, "paths.json")
    if not rows:
        raise Bad("no rows")
    for before, row in zip([None, *rows], rows, strict=False):
        if row_hash(row) != row["hash"]:
            raise Bad(f"row {row['seq']} was altered")
        if before is not None:
            if row["seq"] <= before["seq"]:
                raise Bad(f"row {row['seq']} is out of order")
            if row["seq"] == before["seq"] + 1 and row["prev_hash"] != before["hash"]:
                raise Bad(f"row {row['seq']} does not follow row {before['seq']}")
        if climb_tree(head["seq"], row["seq"], row["hash"], paths[str(row["seq"])]) != head["root"]:
            raise Bad(f"row {row['seq']} is not in the journal of the signed head")
    if rows[-1]["seq"] == head["seq"] and rows[-1]["hash"] != head["hash"]:
        raise Bad("the last row is not the head")
    return rows


# From the signed bytes to what is shown


def squash(text: str) -> str:
    return "".join(text.split())


def kopecks(text: str) -> int | None:
    text = text.strip().lstrip("+-")
    match = re.fullmatch(r"(\d{1,15})(?:[.,](\d{1,2})0*)?", text)
    return int(match[1]) * 100 + int((match[2] or "").ljust(2, "0")) if match else None


def lines_of(content: bytes) -> Iterator[tuple[set[int], str, str]]:
    """(sums in it, direction "in" | "out" | "", all its text) of each line of a statement, and of each detail."""
    if content.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"<"):
        root = parse(content)
        for node in root.iter("{*}Ntry", "{*}OperationInfo"):
            mark = next((n.text for n in node.iter("{*}CdtDbtInd", "{*}DC")), None)
            way = {"CRDT": "in", "2": "in", "DBIT": "out", "1": "out"}.get((mark or "").strip(), "")
            # a space between them: two fields must not run together into a third text
            attributes = [str(value) for n in node.iter("*") for value in n.attrib.values()]
            whole = " ".join([*map(str, node.itertext()), *attributes])
            sums = {k for n in node.iter("*") if not len(n) and (k := kopecks(n.text or "")) is not None}
            yield sums, way, whole
        return
    for encoding in ("utf-8", "cp1251"):
        try:
            text = content.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        raise Bad("a statement in an unknown encoding")
    pieces = re.split(r"(?m)^(?=:61:|СекцияДокумент)", text)[1:]
    for piece in pieces:
        sums = {k for word in re.findall(r"\d+[.,]\d{0,2}", piece) if (k := kopecks(word.rstrip(",."))) is not None}
        yield sums, "", piece


def check_entry(entry: Any, message: Message) -> None:
    """The record of a payment follows from the bytes the bank signed."""
    wanted = [entry["party_inn"], entry["party_account"], entry["party_name"]]
    wanted += entry["purpose"].split(" | ")
    wanted += [next((entry[name] for name in ("ref", "entry_ref", "e2e", "tx_id", "doc_no") if entry[name]), "")]
    for content in message.documents:
        for sums, way, text in lines_of(content):
            packed = squash(text)
            if (
                entry["amount"] in sums
                and way in ("", entry["direction"])
                and all(squash(part) in packed for part in wanted)
            ):
                return
    raise Bad(f"no line of the signed statement says so: {amount(entry['amount'])}, {entry['purpose'][:80]}")


def amount(value: int) -> str:
    """Kopecks as the page shows them."""
    whole, rest = divmod(abs(value), 100)
    return f"{'-' if value < 0 else ''}{whole:,}".replace(",", "\u00a0") + f",{rest:02}"


def rows_about(rows: list[Any], kind: str, subject: str) -> list[Any]:
    """Bodies of the packed rows of one kind about one thing."""
    return [json.loads(r["body"]) for r in rows if r["kind"] == kind and r["subject"] == subject]


def check_records(records: Any, rows: list[Any]) -> None:
    """Every record shown has the journal row its writing made, and says the same."""

    def need(good: bool, what: str) -> None:
        if not good:
            raise Bad(f"no journal row bears out {what}")

    for m in records["messages"]:
        bodies = rows_about(rows, "message.stored", f"message:{m['id']}")
        need(any(b["sha256"] == m["sha256"] and b["size"] == m["size"] for b in bodies), f"message {m['id']}")
    for e in records["entries"]:
        bodies = rows_about(rows, "entry.recorded", f"entry:{e['id']}")
        need(any((b["kopecks"], b["account"]) == (e["amount"], e["account"]) for b in bodies), f"entry {e['id']}")
    for a in records["allocations"]:
        kind, name = ("payment.allocated", a["id"])
        if a["amount"] < 0:
            kind, name = ("payment.allocation_taken_back", a["undoes"])
        bodies = rows_about(rows, kind, f"payment:{a['payment_id']}")
        said = [(b["allocation"], b["invoice"], b["kopecks"]) for b in bodies]
        need((name, a["invoice_id"], abs(a["amount"])) in said, f"allocation {a['id']}")
    for d in records["decisions"]:
        bodies = rows_about(rows, "payment.decided", f"payment:{d['payment_id']}")
        need(any((b["decision"], b["outcome"]) == (d["id"], d["outcome"]) for b in bodies), f"decision {d['id']}")
    for r in records["releases"]:
        bodies = rows_about(rows, "order.released", f"order:{r['order_id']}")
        need(any(b["release"] == r["id"] for b in bodies), f"release {r['id']}")
    for p in records["pick_lists"]:
        bodies = rows_about(rows, "pick_list.written", f"pick_list:{p['id']}")
        need(any((b["number"], b["order"]) == (p["number"], p["order_id"]) for b in bodies), f"list {p['number']}")


def check_revocations(files: dict[str, bytes], rows: list[Any], messages: dict[str, str], report: Report) -> None:
    """What the bank's authority said when the company asked whether the signer's certificate was called back.

    Args:
        messages: when each message came, by the fingerprint of its signer.
    """
    for row in rows:
        if row["kind"] != "certificate.checked":
            continue
        told = json.loads(row["body"])
        answer = files.get(f"revocation/{told['answer']}.der", b"")
        if told["answer"] and hashlib.sha256(answer).hexdigest() != told["answer"]:
            raise Bad("the authority's answer is missing or another one")
        line = f"{told['state']} ({told['source'] or '-'}, {told['checked_at'][:19]})"
        report.note(f"Отзыв сертификата проверяли: {line}", f"Revocation was asked about: {line}")
        came = messages.get(row["subject"].split(":")[1])
        since = told["since"]
        if told["state"] == "revoked" and came and (since is None or instant(since) <= instant(came)):
            raise Bad(f"the signer's certificate was revoked on {since}, before the message came")


def check_sums(records: Any) -> None:
    """Nobody was credited with more than the bank's line brought, nor an invoice with more than it asks."""
    entries = {e["id"]: e for e in records["entries"]}
    invoices = {i["id"]: i for i in records["invoices"]}
    by_payment: dict[str, int] = {}
    by_invoice: dict[str, int] = {}
    for a in records["allocations"]:
        by_payment[a["payment_id"]] = by_payment.get(a["payment_id"], 0) + a["amount"]
        by_invoice[a["invoice_id"]] = by_invoice.get(a["invoice_id"], 0) + a["amount"]
    for p in records["payments"]:
        if p["amount"] != entries[p["id"]]["amount"] or by_payment.get(p["id"], 0) > p["amount"]:
            raise Bad(f"payment {p['id']} is not its bank line, or gave more than it is")
    for i, credited in by_invoice.items():
        if i in invoices and credited > invoices[i]["amount"]:
            raise Bad(f"invoice {invoices[i]['number']} got more than it asks")
    if any(a["payment_id"] not in entries for a in records["allocations"]):
        raise Bad("an allocation without its bank line")


def named_invoices(records: Any) -> list[tuple[str, bool]]:
    """(number, whether the signed purpose of a payment credited to it names it) of each invoice paid."""
    entries = {e["id"]: e for e in records["entries"]}
    found = []
    for invoice in records["invoices"]:
        paid_by = [a["payment_id"] for a in records["allocations"] if a["invoice_id"] == invoice["id"]]
        counter = re.sub(r"\D", "", invoice["number"]).lstrip("0")
        texts = [re.sub(r"[^\d]+", " ", entries[p]["purpose"]) for p in paid_by if p in entries]
        named = bool(counter) and any(re.search(rf"(?:^|\D)0*{counter}(?:\D|$)", text) for text in texts)
        if paid_by:
            found.append((invoice["number"], named))
    return found


def shown(records: Any, rows: list[Any], signers: dict[str, str]) -> dict[str, str]:
    """What the page for people may say, by the name of the fact."""
    facts: dict[str, str] = {}
    for o in records["orders"]:
        facts |= {"order.number": o["number"], "order.amount": amount(o["amount"]), "order.buyer": o["buyer_name"]}
    for i in records["invoices"]:
        facts |= {f"invoice.{i['id']}.number": i["number"], f"invoice.{i['id']}.amount": amount(i["amount"])}
    for e in records["entries"]:
        at = f"entry.{e['id']}"
        facts |= {f"{at}.amount": amount(e["amount"]), f"{at}.payer": e["party_name"], f"{at}.purpose": e["purpose"]}
    for a in records["allocations"]:
        facts[f"allocation.{a['id']}.amount"] = amount(a["amount"])
    for m in records["messages"]:
        facts |= {f"message.{m['id']}.sha256": m["sha256"], f"message.{m['id']}.signer": signers.get(m["id"], "—")}
    for r in rows:
        facts |= {f"row.{r['seq']}.kind": r["kind"], f"row.{r['seq']}.hash": r["hash"]}
    return facts


def check_page(page: bytes, facts: dict[str, str]) -> None:
    """Every fact marked on the page is one of ours and says the same; every fact of ours is there."""
    left = set(facts)
    for node in html.fromstring(page.decode()).iter("*"):
        name = node.get("data-fact")
        if name is None:
            continue
        said, right = " ".join("".join(map(str, node.itertext())).split()), " ".join(facts.get(name, "\x00").split())
        if said != right:
            raise Bad(f"{name}: the page says {said[:80]!r}, the evidence {right[:80]!r}")
        left.discard(name)
    if left:
        raise Bad(f"the page does not show {', '.join(sorted(left))[:200]}")


# All of it


def check_signature(octets: bytes, signature: Any, certificate: x509.Certificate) -> None:
    digest = {"rsa-sha256": "sha256", "rsa-sha384": "sha384", "rsa-sha512": "sha512"}.get(signature["algorithm"])
    if digest is None:
        raise Bad(f"algorithm {signature['algorithm']}: this program checks RSA only (GOST needs its provider)")
    if signature["certificate"] != fingerprint(certificate):
        raise Bad("signed with another certificate than the packed one")
    rsa_verify(certificate, unbase64(signature["value"]), octets, digest)


def check_head(files: dict[str, bytes], certificate: x509.Certificate, company: str) -> Any:
    head = strict(files, "head.json")
    body = {name: head[name] for name in head if name not in ("mac", "signature", "sealed_by")}
    if head["signature"] is None:
        raise Bad("the company did not sign it")
    check_signature(b"kvit-head-1\n" + canonical(body), head["signature"], certificate)
    if head["company"] != company:
        raise Bad("the head of another company's journal")
    return head


def verify(files: dict[str, bytes], report: Report, own: list[x509.Certificate], company: str) -> None:
    """Check everything; the report says how it went."""
    manifest = report.check("Опись читается", "The manifest can be read", lambda: strict(files, "manifest.json"))
    if manifest is None or manifest.get("format") != FORMAT:
        report.bad("Формат не тот", f"Not format {FORMAT}")
        return
    whole = report.check(
        f"Файлов {len(manifest['files'])}: все те же", f"{len(manifest['files'])} files are as listed",
        lambda: check_files(files, manifest),
    )  # fmt: skip
    given = certificates(files, "company/certificate.pem")
    if whole is None or len(given) != 1:
        report.bad("Нет сертификата компании, или файлы изменены", "No certificate of the company, or altered files")
        return
    signer = given[0]
    name = f"{signer.subject.rfc4514_string()}, SHA-256 {fingerprint(signer)}"
    report.check(
        "Опись подписана компанией", "The company signed the manifest",
        lambda: check_signature(b"kvit-evidence-2\n" + files["manifest.json"], strict(files, "signature.json"), signer),
    )  # fmt: skip
    report.note(f"Компания: {name}", f"Company: {name}")
    if company and company != fingerprint(signer):
        report.bad("Это не тот сертификат компании, который вы назвали", "Not the company certificate you named")
    head = report.check(
        "Конец журнала подписан компанией", "The company signed the journal's head",
        lambda: check_head(files, signer, manifest["company"]["key"]),
    )  # fmt: skip
    rows = head and report.check(
        "Строки журнала целы и стоят на своих местах", "The journal's rows are whole and in their places",
        lambda: check_journal(files, head),
    )  # fmt: skip
    evidence = report.check("Записи читаются", "The records can be read", lambda: strict(files, "evidence.json"))
    if not rows or evidence is None:
        report.bad("Дальше проверять нечего", "There is nothing further to check")
        return
    report.note(f"Журнал до строки {head['seq']}: {head['at']}", f"The journal up to row {head['seq']}: {head['at']}")
    check_contents(files, evidence["records"], rows, report, own)


def check_contents(
    files: dict[str, bytes], records: Any, rows: list[Any], report: Report, own: list[x509.Certificate]
) -> None:
    """The bank's messages, and what follows from them."""
    messages: dict[str, Message] = {}
    if not records["messages"]:
        report.bad("Сообщений банка нет", "There is no message of the bank")
    for row in records["messages"]:
        what = f"{row['reference']} ({row['received_at'][:19]})"
        found = report.check(
            f"Подпись банка верна: {what}", f"The bank's signature holds: {what}",
            partial(verify_message, files, row, own),
        )  # fmt: skip
        if found is None:
            continue
        messages[row["id"]] = found
        for certificate in found.path:
            line = f"    {certificate.subject.rfc4514_string()}, SHA-256 {fingerprint(certificate)}"
            report.note(line, line)
    for entry in records["entries"]:
        what = f"{amount(entry['amount'])}, {entry['party_name']}"
        message = messages.get(entry["message_id"])
        if message is None:
            report.bad(f"Платёж ничем не подтверждён: {what}", f"Nothing proves the payment: {what}")
            continue
        report.check(
            f"Платёж следует из подписанных байтов: {what}", f"The payment follows from the signed bytes: {what}",
            partial(check_entry, entry, message),
        )  # fmt: skip
    if not records["entries"]:
        report.bad("Платежей нет", "There are no payments")
    report.check("Записи опираются на журнал", "The records stand on the journal", lambda: check_records(records, rows))
    report.check("Суммы сходятся", "The sums agree", lambda: check_sums(records))
    for number, named in named_invoices(records):
        if named:
            report.good(f"Счёт {number} назван в подписанном тексте", f"Invoice {number} is named in the signed text")
        else:
            ru, en = "в тексте банка не назван: основание — решение в журнале", "is not named by the bank: it rests on"
            report.note(f"Счёт {number} {ru}", f"Invoice {number} {en} the decision in the journal", "!")
    came = {
        fingerprint(messages[row["id"]].path[0]): row["received_at"]
        for row in records["messages"]
        if row["id"] in messages and messages[row["id"]].path
    }
    report.check(
        "О сертификатах подписавших ничто не говорит против", "Nothing speaks against the signers' certificates",
        lambda: check_revocations(files, rows, came, report),
    )  # fmt: skip
    signers = {id: m.path[0].subject.rfc4514_string() for id, m in messages.items() if m.path}
    report.check(
        "Страница показывает то же самое", "The page shows the same",
        lambda: check_page(files["index.html"], shown(records, rows, signers)),
    )  # fmt: skip


def main(arguments: Sequence[str] | None = None) -> int:
    """Returns the exit code."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("evidence", type=Path, help="the zip, or the folder it was unpacked into")
    parser.add_argument("--language", choices=("ru", "en"), default="ru")
    parser.add_argument("--anchor", type=Path, action="append", default=[], help="the bank's authority, as you know it")
    parser.add_argument("--company", default="", help="SHA-256 of the company's certificate, as you know it")
    asked = parser.parse_args(arguments)
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(encoding="utf-8", errors="replace")
    report = Report(asked.language)
    own: list[x509.Certificate] = []
    try:
        for file in asked.anchor:
            own += x509.load_pem_x509_certificates(file.read_bytes())
        files = read_files(asked.evidence)
    except (OSError, ValueError, Bad, zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError) as error:
        report.bad(f"Не читается: {error}", f"Cannot be read: {error}")
    else:
        try:
            verify(files, report, own, asked.company.lower().replace(":", ""))
        except Exception as error:  # hostile input ends in a report, never in a traceback
            report.bad(f"Не проверяется: {type(error).__name__}", f"Cannot be checked: {type(error).__name__}")
    if report.failed:
        report.note(f"НЕ ПОДТВЕРЖДЕНО, не сходится: {report.failed}", f"NOT CONFIRMED: {report.failed} failed", "x")
        return 1
    report.note("ПОДТВЕРЖДЕНО", "CONFIRMED", "+")
    return 0


if __name__ == "__main__":
    sys.exit(main())
