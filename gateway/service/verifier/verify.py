#!/usr/bin/env python3
"""Checks an evidence file of Kvit on a machine without Kvit.

    python3 verify.py EVIDENCE.zip [--language ru|en] [--anchor BANK.pem] [--signer SHA256] [--company SHA256]

Needs Python 3.11 and the libraries `cryptography` and `lxml`; asks no network. Exit code 0: everything holds; 1: not;
2: the options make no sense.

Take this program from Kvit's distribution, not from the file you doubt, and compare the fingerprints it prints with
those the bank and the company publish, or make it insist on yours: --anchor names the bank's authority, --signer who
signs for the bank, --company the company's certificate. What you do not name is taken from the file, and it says so.

What it checks: every file is the one the company signed; the bank's signatures over the raw messages, with chains to
the bank's authorities as of the instant each message came; that each payment is a booked line of the signed bytes, on
the account it is shown for, and no line is two payments, however it is worded; each journal row's hash, and its place
in the journal up to a head the company signed; and that the page for people shows nothing else.

What it cannot know: what the company left out of the file and of the journal rows in it; and what no signature it can
check vouches for (GOST, statements a bank does not sign). For GOST it prints the openssl commands, and --extract FOLDER
writes the files they need.
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
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from lxml import etree, html

FORMAT = 2
MOST = 1 << 30  # bytes of all files together
MANIFEST_CONTEXT, HEAD_CONTEXT = b"kvit-evidence-2\n", b"kvit-head-1\n"  # what the company signs begins with it
OLDEST_HEAD = timedelta(hours=1)  # the head is sealed for the very file it lies in
# of a page: what could change, cover or hide a text of it
ACTIVE = frozenset(("base", "canvas", "embed", "form", "iframe", "img", "link", "noscript", "object", "script", "svg"))
HIDING = re.compile(
    r"display\s*:\s*none|visibility|opacity|content\s*:|url\(|@import|position\s*:|[^-]font-size\s*:\s*0"
)
DEEPEST = 4  # certificates from signer to anchor
LONG_ID = 12  # a shorter id of a line is a document's number or a counter of the day, and comes again
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
GOST_DIGESTS = {"gost2012-256": "-md_gost12_256", "gost2012-512": "-md_gost12_512"}  # the engine's names
GOST_OIDS = "1.2.643."  # everything of the Russian standards
HASHES: dict[str, hashes.HashAlgorithm] = {
    "sha256": hashes.SHA256(),
    "sha384": hashes.SHA384(),
    "sha512": hashes.SHA512(),
    "sha1": hashes.SHA1(),  # noqa: S303 - for banks whose packed policy still admits it
}


class Bad(Exception):
    """Something does not hold; the text says what.

    Args:
        advice: (Russian, English) lines on how else it can be checked.
    """

    def __init__(self, reason: str, *advice: tuple[str, str]) -> None:
        super().__init__(reason)
        self.advice = advice


class Gost(Bad):
    """A signature by GOST R 34.10, which needs a provider of its own."""


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
            for line in error.advice:
                self.note(f"    {line[0]}", f"    {line[1]}")
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


Subject = frozenset[tuple[str, str]]  # of a certificate: (object identifier, value) of each attribute


@dataclass(frozen=True)
class Known:
    """What the person at the keyboard knows without the file; empty where the file's word is taken.

    Attributes:
        anchors: the bank's authorities.
        signers: who signs for the bank: SHA-256 of certificates, or whole subjects.
        company: SHA-256 of the company's certificate.
        extract: where the files go that other programs need.
    """

    anchors: Sequence[x509.Certificate] = ()
    signers: Sequence[str | Subject] = ()
    company: str = ""
    extract: Path | None = None


def read_certificates(octets: bytes) -> list[x509.Certificate]:
    """PEM, several of them too, or one in DER."""
    if b"-----BEGIN" in octets:
        return x509.load_pem_x509_certificates(octets)
    return [x509.load_der_x509_certificate(octets)]


def read_signers(told: str) -> list[str | Subject]:
    """A certificate's file, its SHA-256, or its subject as this program or openssl prints it.

    Raises:
        ValueError: it is none of these. OSError: the file cannot be read.
    """
    if len(told) < 256 and Path(told).is_file():
        return [fingerprint(certificate) for certificate in read_certificates(Path(told).read_bytes())]
    digits = re.sub(r"[:\s]", "", told).lower()
    if re.fullmatch(r"[0-9a-f]{64}", digits):
        return [digits]
    name = x509.Name.from_rfc4514_string(re.sub(r"\s*([=,])\s*", r"\1", told.removeprefix("subject=").strip()))
    if not list(name):
        raise ValueError("an empty subject")
    return [subject_of(name)]


def subject_of(name: x509.Name) -> Subject:
    """Whatever the order: openssl prints it the other way round than RFC 4514."""
    return frozenset((a.oid.dotted_string, re.sub(r"\s*([=,])\s*", r"\1", str(a.value))) for a in name)


def is_named(certificate: x509.Certificate, named: Sequence[str | Subject]) -> bool:
    return fingerprint(certificate) in named or subject_of(certificate.subject) in named


@dataclass
class Policy:
    """Whom one channel believed, as packed; `named` and, where given, the anchors are of the person at the keyboard."""

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
    named: Sequence[str | Subject] = ()

    def admits(self, digest: str) -> bool:
        return digest != "sha1" or self.legacy


def read_policy(files: dict[str, bytes], channel: str, at: datetime, known: Known) -> Policy:
    name = channel.replace(":", "-")
    if f"anchors/{name}.json" not in files:
        raise Bad(f"the rules by which {channel} was believed are not in the file")
    told = strict(files, f"anchors/{name}.json")
    until = told["legacy_until"]
    if not 0 <= told["clock_skew_s"] <= 3600 or not 0 < told["timestamp_life_s"] <= 86400:
        raise Bad("rules that believe a message of any age")
    return Policy(
        protocol=told["protocol"],
        anchors=list(known.anchors) or certificates(files, f"anchors/{name}.anchors.pem"),
        intermediates=certificates(files, f"anchors/{name}.intermediates.pem"),
        signers=told["signers"],
        payload_signers=told["payload_signers"],
        payload_signed=told["payload_signed"],
        pinned=[] if known.anchors else told["pinned"],
        legacy=told["legacy"] and (until is None or at < instant(until)),
        skew=timedelta(seconds=told["clock_skew_s"]),
        life=timedelta(seconds=told["timestamp_life_s"]),
        named=known.signers,
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
        if signers and not policy.named and common_name(leaf) not in signers:
            raise Bad(f"{common_name(leaf)!r} does not sign for the bank")
        basic, usage = extension(leaf, x509.BasicConstraints), extension(leaf, x509.KeyUsage)
        if (basic and basic.ca) or (usage and not (usage.digital_signature or usage.content_commitment)):
            raise Bad("the signer's certificate is not for signatures")
    if policy.named and not is_named(leaf, policy.named):
        told = f"{leaf.subject.rfc4514_string()}, SHA-256 {fingerprint(leaf)}"
        raise Bad(f"signed by {told}: not one of the signers you named")
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
    if "gost" in method.get("Algorithm", "").lower():
        raise Bad(
            "a GOST signature in XML, which neither this program nor openssl checks",
            (
                "Проверьте файл .bin программой вашего СКЗИ (КриптоПро), которая проверяет XMLDSig.",
                "Check the .bin file with the program of your GOST provider that verifies XMLDSig.",
            ),
        )
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
    if oid(next(iter(method))).startswith(GOST_OIDS):
        raise Gost("a GOST signature, which this program does not check")
    if named is None or not digest or named not in ("", digest) or not policy.admits(digest):
        raise Bad("an algorithm this program does not check")
    if attributes.tag != 0xA0:
        raise Bad("no signed attributes")
    (leaf,) = [c for c in given if is_identified(c, identity)]
    path = believe(leaf, policy, policy.signers, at, [c for c in given if c is not leaf])
    told = {oid(kind): list(values) for kind, values in attributes}
    if len(told) != len(list(attributes)):
        raise Bad("an attribute occurs twice")
    stated = told.get("1.2.840.113549.1.9.4", [])
    if len(stated) != 1 or stated[0].content != hashlib.new(digest, content).digest():
        raise Bad("the signed document was altered")
    rsa_verify(leaf, value.content, b"\x31" + attributes.whole[1:], digest)
    return path


def is_identified(certificate: x509.Certificate, identity: Der) -> bool:
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
    channel: str = ""


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


@dataclass
class Part:
    """A document of a packet, opened: its kind, its exact bytes, and the detached signatures over them."""

    kind: str
    content: bytes
    signatures: list[bytes]


def open_packet(raw: bytes, request: Any) -> list[Part]:
    """The documents of a DirectBank packet; nothing is verified yet."""
    root = parse(raw)
    packets = list(root.iter("{*}GetPacketResponse", "{*}Packet"))
    if len(packets) != 1 or packets[0].get("id", "").casefold() != request["reference"].casefold():
        raise Bad("not the packet that was asked for")
    parts = []
    for node in packets[0].iterfind("{*}Document"):
        (data,) = node.iterfind("{*}Data")
        content = unbase64(data.text)
        if node.get("compressed") in ("true", "1"):
            content = unzip(content)
        signatures = [unbase64(s.text) for s in node.iterfind("{*}Signature/{*}SignedData")]
        parts.append(Part(node.get("dockind", ""), content, signatures))
    return parts


def unzip(packed: bytes) -> bytes:
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        (entry,) = archive.infolist()
        with archive.open(entry) as file:
            content = file.read(MOST + 1)
    if len(content) > MOST:
        raise Bad("the packed content is too large")
    return content


def verify_directbank(
    raw: bytes, request: Any, policy: Policy, at: datetime
) -> tuple[list[bytes], list[x509.Certificate]]:
    documents, path = [], []
    for part in open_packet(raw, request):
        if not part.signatures and part.kind == "15":
            raise Bad("the bank did not sign the statement: it rests on the company's word for the connection")
        for signature in part.signatures:
            path = verify_cms(signature, part.content, policy, at)
        if part.signatures:
            documents.append(part.content)
    return documents, path


def verify_message(files: dict[str, bytes], row: Any, known: Known) -> Message:
    """A message of the bank from its raw bytes, as of the instant it came."""
    name = f"messages/{row['id']}"
    if row["evidence"] != "signed":
        raise Bad(UNSIGNED.get(row["evidence"], "nobody signed it"), *unsigned_advice(row))
    raw, request = files[f"{name}.bin"], strict(files, f"{name}.request.json")
    if hashlib.sha256(raw).hexdigest() != row["sha256"]:
        raise Bad("not the bytes on record")
    if request["reference"] != row["reference"] or request["received_at"] != row["received_at"]:
        raise Bad("the request is not the one on record")
    at = instant(row["received_at"])
    policy = read_policy(files, row["channel"], at, known)
    verify = {"bxd": verify_bxd, "directbank": verify_directbank}.get(policy.protocol)
    if verify is None:
        raise Bad(f"protocol {policy.protocol}")
    try:
        documents, path = verify(raw, request, policy, at)
    except Gost as error:
        raise Bad(str(error), *gost_advice(row, open_packet(raw, request), known)) from None
    packed = sorted(n for n in files if n.startswith(f"{name}.content"))
    if [files[n] for n in packed] != documents:
        raise Bad("the packed content is not the signed one")
    return Message(row["id"], documents, path, row["channel"])


# What other programs can check

UNSIGNED = {
    "channel": "the bank did not sign it: it rests on the company's word for the connection",
    "file": "nobody signed it: a person brought the file in",
}


def unsigned_advice(row: Any) -> list[tuple[str, str]]:
    """Of a message that came over a connection we believed, or as a file: only the bank itself can confirm it."""
    advice = [
        (
            f"Запросите у банка выписку за этот день с его подписью и сверьте с messages/{row['id']}.bin.",
            f"Ask the bank for that day's statement under its signature and compare messages/{row['id']}.bin with it.",
        )
    ]
    server = row["transport"].get("peer_sha256", "")
    if server:
        command = "openssl s_client -connect BANK:443 </dev/null | openssl x509 -noout -subject -fingerprint -sha256"
        advice.append(
            (
                f"По словам компании, сервер предъявил сертификат SHA-256 {server}; нынешний покажет: {command}",
                f"By the company's word the server showed the certificate SHA-256 {server}; today's: {command}",
            )
        )
    return advice


def plain_name(told: str) -> str:
    """A name out of the file that becomes the name of a file here."""
    if not re.fullmatch(r"[\w-]{1,80}", told):
        raise Bad(f"an odd id: {told[:80]!r}")
    return told


def gost_advice(row: Any, parts: Sequence[Part], known: Known) -> Iterator[tuple[str, str]]:
    """The commands that check a packet's signatures, with openssl and its engine for GOST."""
    folder = known.extract or Path("FOLDER")
    if known.extract is None:
        yield ("Повторите с --extract FOLDER, затем:", "Run this again with --extract FOLDER, then:")
    when, id = int(instant(row["received_at"]).timestamp()), plain_name(row["id"])
    for document, part in enumerate(parts, start=1):
        for number, _ in enumerate(part.signatures, start=1):
            signature = folder / f"{id}-{document}-{number}"
            verify = (
                f"openssl cms -verify -engine gost -inform DER -binary -in {signature}.p7s"
                f" -content {folder / f'{id}-{document}'}.document -CAfile {folder / id}.authorities.pem -purpose any"
                f" -attime {when} -signer {signature}.signer.pem -out {signature}.verified"
            )
            who = f"openssl x509 -engine gost -in {signature}.signer.pem -noout -subject -fingerprint -sha256"
            yield verify, verify
            yield who, who


def company_advice(what: str, known: Known) -> Iterator[tuple[str, str]]:
    """The commands that check a signature of the company by GOST."""
    folder = known.extract or Path("FOLDER")
    if known.extract is None:
        yield ("Повторите с --extract FOLDER, затем:", "Run this again with --extract FOLDER, then:")
    key = f"openssl x509 -engine gost -in {folder / 'company.pem'} -noout -pubkey -out {folder / 'company.key'}"
    check = (
        f"openssl dgst -engine gost -HASH -verify {folder / 'company.key'}"
        f" -signature {folder / what}.signature {folder / what}.signed"
    )
    for command in (key, check):
        yield command, command


def outside(files: dict[str, bytes], known: Known) -> Iterator[tuple[str, bytes]]:
    """(name, content) of the files that other programs need to check the signatures."""
    manifest, head = files["manifest.json"], strict(files, "head.json")
    yield "company.pem", files["company/certificate.pem"]
    for what, signed, signature in (
        ("manifest", MANIFEST_CONTEXT + manifest, strict(files, "signature.json")),
        ("head", head_octets(head), head["signature"]),
    ):
        if signature:
            yield f"{what}.signed", signed
            yield f"{what}.signature", unbase64(signature["value"])
    for row in strict(files, "evidence.json")["records"]["messages"]:
        policy = read_policy(files, row["channel"], instant(row["received_at"]), known)
        if policy.protocol != "directbank":
            continue
        id = plain_name(row["id"])
        links = (*policy.anchors, *policy.intermediates)
        yield f"{id}.authorities.pem", b"".join(c.public_bytes(Encoding.PEM) for c in links)
        parts = open_packet(files[f"messages/{id}.bin"], strict(files, f"messages/{id}.request.json"))
        for document, part in enumerate(parts, start=1):
            yield f"{id}-{document}.document", part.content
            for number, signature in enumerate(part.signatures, start=1):
                yield f"{id}-{document}-{number}.p7s", signature


def write_outside(files: dict[str, bytes], known: Known) -> None:
    if known.extract is not None:
        known.extract.mkdir(parents=True, exist_ok=True)
        for name, content in outside(files, known):
            (known.extract / name).write_bytes(content)


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


@dataclass(frozen=True)
class Line:
    """One movement that a signed statement states.

    Attributes:
        account: the statement's own.
        kopecks: None where the sum is not in roubles or cannot be read.
        way: "in", "out", "" where the line does not say.
        booked: False for what the bank only announces (pending, suspended, information).
        undone: a reversal, or our own payment coming back: nobody's payment to us.
        day: of the booking, ISO; "" where the format has none that can be compared.
        ref: the bank's own reference.
        words: each text of the line by itself, without white space; None where the format has no fields.
        text: all of it, without white space.
    """

    account: str
    kopecks: int | None
    way: str
    booked: bool
    undone: bool
    day: str
    ref: str
    words: frozenset[str] | None
    text: str

    def says(self, part: str) -> bool:
        packed = squash(part)
        return not packed or (packed in self.words if self.words is not None else packed in self.text)

    def proves(self, entry: Any) -> bool:
        """Whether the record `entry` of a payment is what this line says."""
        wanted = [entry["party_inn"], entry["party_account"], entry["party_name"]]
        wanted += [entry["purpose"]] if self.says(entry["purpose"]) else entry["purpose"].split(" | ")
        wanted.append(next((entry[name] for name in ("ref", "entry_ref", "e2e", "tx_id", "doc_no") if entry[name]), ""))
        return (
            self.booked
            and not self.undone
            and self.way == "in"
            and self.kopecks == entry["amount"]
            and same_account(self.account, entry["account"])
            and (not self.day or entry["booked"] in (None, self.day))
            and all(map(self.says, wanted))
        )


def squash(text: str) -> str:
    return "".join(text.split())


def kopecks(text: str) -> int | None:
    match = re.fullmatch(r"\+?(\d{1,15})(?:[.,](\d{1,2})0*)?[.,]?", text.strip())
    return int(match[1]) * 100 + int((match[2] or "").ljust(2, "0")) if match else None


def same_account(stated: str, recorded: str) -> bool:
    """The same number; banks also write it with a code of the bank before it or the currency behind it."""
    one, other = squash(stated), squash(recorded)
    return one == other or (min(len(one), len(other)) >= 10 and (one in other or other in one))


def in_roubles(account: str, currency: str) -> bool:
    """By the currency that is stated, else by digits 6 to 8 of a Russian account."""
    if currency:
        return currency in ("RUB", "RUR")
    return not re.fullmatch(r"\d{20}", account) or account[5:8] in ("810", "643")


def own_text(node: etree._Element, path: str) -> str:
    return squash(node.findtext(path) or "")


def words_of(*nodes: etree._Element) -> frozenset[str]:
    """Each text and attribute by itself, and the lines of a purpose that the bank split up."""
    found = set()
    for top in nodes:
        for node in top.iter("*"):
            found |= {squash(node.text or ""), *(squash(str(value)) for value in node.attrib.values())}
        for purpose in top.iter("{*}RmtInf"):
            found.add("".join(squash(n.text or "") for n in purpose.iterfind("{*}Ustrd")))
            structured = [
                *purpose.iterfind("{*}Strd/{*}CdtrRefInf/{*}Ref"),
                *purpose.iterfind("{*}Strd/{*}AddtlRmtInf"),
            ]
            found.add("".join(squash(n.text or "") for n in structured))
    return frozenset(found)


def lines_of(content: bytes) -> Iterator[Line]:
    """The lines of a signed statement; nothing of what is no statement."""
    if not content.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"<"):
        yield from lines_of_text(readable(content))
        return
    root = parse(content)
    if root.tag.endswith("}Statement"):
        for data in root.iterfind("{*}Data"):
            for operation in data.iterfind("{*}OperationInfo"):
                yield directbank_line(operation, own_text(data, "{*}Account"))
    elif root.tag.endswith("}Document"):
        for name in ("Stmt", "Rpt", "Ntfctn"):
            for statement in root.iterfind(f"{{*}}*/{{*}}{name}"):
                for entry in statement.iterfind("{*}Ntry"):
                    yield from camt_lines(entry, statement)


def directbank_line(operation: etree._Element, account: str) -> Line:
    """1C:DirectBank, OperationInfo. A Stamp with one of these states: not executed, or not yet."""
    stamps = {squash(node.text or "") for node in operation.iterfind(".//{*}Stamp/{*}Status/{*}Code")}
    document = operation.find("{*}PayDoc")
    payers = {own_text(node, "{*}Account") for node in operation.iterfind("{*}PayDoc/*/{*}Payer")}
    return Line(
        account=account,
        kopecks=kopecks(operation.findtext("{*}PayDoc/*/{*}Sum") or "") if in_roubles(account, "") else None,
        way={"2": "in", "1": "out"}.get(own_text(operation, "{*}DC"), ""),
        booked=not stamps & {"01", "03", "04", "05", "06"},
        undone=bool(account) and account in payers,
        day=own_text(operation, "{*}Date")[:10],
        ref="" if document is None else squash(document.get("id", "")),
        words=words_of(operation),
        text=squash(" ".join(map(str, operation.itertext()))),
    )


def camt_lines(entry: etree._Element, statement: etree._Element) -> Iterator[Line]:
    """ISO 20022: an Ntry, or each of its details where there are several and their sums make up the Ntry."""
    account = own_text(statement, "{*}Acct/{*}Id/{*}IBAN") or own_text(statement, "{*}Acct/{*}Id/{*}Othr/{*}Id")
    amount = entry.find("{*}Amt")
    alone = amount is not None
    if amount is None:  # some banks leave the sum to the details
        amount = entry.find("{*}NtryDtls/{*}TxDtls/{*}Amt")
    currency = "" if amount is None else amount.get("Ccy", "")
    total = kopecks(entry.findtext("{*}Amt") or "") if alone else None
    if alone and total is None:
        return
    side = own_text(entry, "{*}CdtDbtInd")
    details = entry.findall("{*}NtryDtls/{*}TxDtls")
    own = [part for part in entry if not part.tag.endswith("}NtryDtls")]
    parts = shares(details, total, side) if len(details) > 1 or not alone else None
    status = entry.find("{*}Sts")
    for detail, kopecks_of_it, side_of_it in parts or [(None, total, side)]:
        inside = [entry] if detail is None else [*own, detail]
        yield Line(
            account=account,
            kopecks=kopecks_of_it if in_roubles(account, currency or own_text(statement, "{*}Acct/{*}Ccy")) else None,
            way={"CRDT": "in", "DBIT": "out"}.get(side_of_it, ""),
            booked=status is not None and squash("".join(map(str, status.itertext()))) == "BOOK",
            undone=own_text(entry, "{*}RvslInd") in ("true", "1") or any(list(n.iter("{*}RtrInf")) for n in inside),
            day=squash(" ".join(str(s) for n in entry.iterfind("{*}BookgDt") for s in n.itertext()))[:10],
            ref=camt_ref(entry, details) if detail is None else own_text(detail, "{*}Refs/{*}AcctSvcrRef"),
            words=words_of(*inside),
            # NtryRef numbers the lines of one statement: the same line has another number in the next one
            text=" ".join(
                squash(n.text or "") for top in inside for n in top.iter("*") if not n.tag.endswith("}NtryRef")
            ),
        )


def camt_ref(entry: etree._Element, details: list[etree._Element]) -> str:
    """The bank's reference of an Ntry; banks also write it into its only detail instead."""
    inner = own_text(details[0], "{*}Refs/{*}AcctSvcrRef") if len(details) == 1 else ""
    return own_text(entry, "{*}AcctSvcrRef") or inner


def shares(
    details: list[etree._Element], total: int | None, side: str
) -> list[tuple[etree._Element | None, int | None, str]] | None:
    """(detail, its sum, its side) of each, by the first kind of sum that makes up the whole; None where none does.

    Args:
        total: None where the whole has no sum of its own.
    """
    sides = [own_text(detail, "{*}CdtDbtInd") or side for detail in details]
    for place in ("{*}Amt", "{*}AmtDtls/{*}TxAmt/{*}Amt", "{*}AmtDtls/{*}InstdAmt/{*}Amt"):
        sums = [kopecks(detail.findtext(place) or "") or 0 for detail in details]
        if not all(sums):
            continue
        if total is None or sum(k if own == side else -k for k, own in zip(sums, sides, strict=True)) == total:
            return list(zip(details, sums, sides, strict=True))
        if sum(sums) == total:
            return [(detail, k, side) for detail, k in zip(details, sums, strict=True)]
    return None


def readable(content: bytes) -> str:
    for encoding in ("utf-8-sig", "cp1251"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Bad("a statement in an unknown encoding")


def lines_of_text(text: str) -> Iterator[Line]:
    """1C's text format, or MT940."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if not text.startswith("1CClientBankExchange"):
        for page in re.split(r"(?m)^(?=:20:)", text)[1:]:
            yield from mt940_lines(page)
        return
    own = set(re.findall(r"(?m)^РасчСчет=(\S+)", text))
    for section in re.findall(r"(?ms)^СекцияДокумент=.*?^КонецДокумента", text):
        told = dict(re.findall(r"(?m)^(\w+)=(.*)$", section))
        for side, way, moved in (("Получатель", "in", "ДатаПоступило"), ("Плательщик", "out", "ДатаСписано")):
            account = next((a for name in ("Счет", "РасчСчет") if (a := told.get(side + name, "").strip()) in own), "")
            day = re.fullmatch(r"(\d\d)\.(\d\d)\.(\d{4})", told.get(moved, "").strip())
            if account:
                yield Line(
                    account=account,
                    kopecks=kopecks(told.get("Сумма", "")) if in_roubles(account, "") else None,
                    way=way,
                    booked=True,
                    undone=False,
                    day=f"{day[3]}-{day[2]}-{day[1]}" if day else "",
                    ref="",
                    words=None,
                    text=squash(section),
                )


def mt940_lines(page: str) -> Iterator[Line]:
    """SWIFT MT940: each :61: with what follows it."""
    account = re.search(r"(?m)^:25:(\S+)", page)
    currency = re.search(r"(?m)^:(?:60[FM]|34F):[CD]?(?:\d{6})?([A-Z]{3})", page)
    for piece in re.split(r"(?m)^(?=:(?:61|6[2-5]|20):)", page):
        found = re.match(r":61:\d{6}(?:\d{4})?(R?[CD])[A-Z]?(\d+,\d{0,2})", piece)
        if found:
            yield Line(
                account=account[1] if account else "",
                kopecks=kopecks(found[2]) if in_roubles("", currency[1] if currency else "") else None,
                way="in" if found[1] in ("C", "RD") else "out",
                booked=True,
                undone=found[1].startswith("R"),
                day="",
                ref="",
                words=None,
                text=squash(piece),
            )


def check_entries(entries: Sequence[Any], messages: dict[str, Message]) -> dict[str, str]:
    """The entries that do not follow from the signed bytes, by id, each with the reason.

    A line bears out one entry and no more, in however many messages it was delivered. Entries and lines are paired so
    that as many entries as possible have one (a short purpose may fit the line that another entry needs). Lines that
    nothing but their wording tells apart may be one line told in two formats: see `times_told`.
    """
    statements = {id: [list(lines_of(d)) for d in dict.fromkeys(m.documents)] for id, m in messages.items()}
    numbered = {id: numbered_lines(told) for id, told in statements.items()}
    fitting = {e["id"]: [key for key, line in numbered[e["message_id"]] if line.proves(e)] for e in entries}
    owner: dict[Any, str] = {}

    def give(entry: str, tried: set[Any]) -> bool:
        for key in fitting[entry]:
            if key not in tried:
                tried.add(key)
                if key not in owner or give(owner[key], tried):
                    owner[key] = entry
                    return True
        return False

    wrong: dict[str, str] = {}
    for e in entries:
        if (e["direction"], e["reversal"], e["status"], e["currency"]) != ("in", 0, "BOOK", "RUB"):
            wrong[e["id"]] = "the record is not of booked money that came in, in roubles"
        elif not fitting[e["id"]]:
            told = f"{amount(e['amount'])}, {e['purpose'][:80]}"
            lines = [line for _, line in numbered[e["message_id"]]]
            wrong[e["id"]] = f"no line of the signed statement says so: {told}{nearly(e, lines)}"
        elif not give(e["id"], set()):
            wrong[e["id"]] = "the only line that says so bears out another payment already"
    days = {entry: key[3] for key, entry in owner.items()}
    sources = [(messages[id].channel, told) for id, documents in statements.items() for told in documents]
    counted: list[tuple[Any, str]] = []
    for e in entries:
        if e["id"] in wrong:
            continue
        day = e["booked"] or days[e["id"]]
        alike = sum(
            o["amount"] == e["amount"] and same_account(o["account"], e["account"]) and (d == day or not (d and day))
            for o, d in counted
        )
        if alike >= times_told(e, day, sources):
            wrong[e["id"]] = "no one statement tells of that sum on that day so often: it bears out another payment"
        else:
            counted.append((e, day))
    return wrong


def times_told(entry: Any, day: str, statements: Sequence[tuple[str, Sequence[Line]]]) -> int:
    """How many payments of this sum on this day and account the bank tells of, at the least.

    The same line has other words in the day's report, in the final statement and by another channel. So lines are not
    added up: what counts is the richest single statement, or the different references one channel gives.

    Args:
        day: "" where neither the record nor its line has one.
        statements: the lines of each, with its channel.
    """
    most = 0
    refs: dict[str, set[str]] = {}
    for channel, lines in statements:
        alike = [
            line
            for line in lines
            if line.booked and not line.undone and line.way == "in" and line.kopecks == entry["amount"]
            and same_account(line.account, entry["account"]) and (line.day == day or not (line.day and day))
        ]  # fmt: skip
        most = max(most, len(alike))
        refs.setdefault(channel, set()).update(line.ref for line in alike if len(line.ref) >= LONG_ID)
    return max(most, *map(len, refs.values()))


def nearly(entry: Any, lines: Sequence[Line]) -> str:
    """What is wrong with the line that comes closest, where one thing is."""
    for line in lines:
        for why, change in (
            ("the bank has only announced it, not booked it", {"booked": True}),
            ("it is a reversal, or our own payment coming back", {"undone": False}),
            ("it went out", {"way": "in"}),
            (f"it is of account {line.account}", {"account": entry["account"]}),
            (f"it is of {line.day}", {"day": ""}),
        ):
            if replace(line, **change).proves(entry):
                return f" ({why})"
    return ""


def numbered_lines(statements: Sequence[Sequence[Line]]) -> list[tuple[Any, Line]]:
    """Lines with what tells them apart wherever they are delivered: equal lines of one statement are several payments,
    the same line in another statement (or the same statement again) is not another one."""
    found = []
    for lines in statements:
        seen: dict[Any, int] = {}
        for line in lines:
            key = (
                squash(line.account),
                line.way,
                line.kopecks,
                line.day,
                line.ref if len(line.ref) >= LONG_ID else line.text,
            )
            seen[key] = seen.get(key, 0) + 1
            found.append(((*key, seen[key]), line))
    return found


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
        for kind in ("entry.booked", "entry.proved"):
            bodies += rows_about(rows, kind, f"entry:{e['id']}")
        need(any(b["message"] == e["message_id"] for b in bodies), f"the message of entry {e['id']}")
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
        grounds = [(b["release"], b["payments"], b["messages"], b.get("agreement")) for b in bodies]
        claimed = (r["id"], json.loads(r["payment_ids"]), json.loads(r["message_ids"]), r.get("agreement_id"))
        need(claimed in grounds, f"release {r['id']}")
    for c in records.get("loan_identity_checks", ()):
        bodies = rows_about(rows, "agreement.identity_checked", f"loan_agreement:{c['agreement_id']}")
        checks = [(b["check"], b["number_matches"], b["photo_matches"]) for b in bodies]
        need((c["id"], bool(c["number_matches"]), bool(c["photo_matches"])) in checks, f"identity check {c['id']}")
    for p in records["pick_lists"]:
        bodies = rows_about(rows, "pick_list.written", f"pick_list:{p['id']}")
        need(any((b["number"], b["order"]) == (p["number"], p["order_id"]) for b in bodies), f"list {p['number']}")
    check_nothing_taken_back(records, rows)


def lent_alone(records: Any) -> bool:
    """Whether every release rests on a loan agreement and claims no money."""
    releases = records["releases"]
    return bool(releases) and all(r.get("agreement_id") and r["payment_ids"] == "[]" for r in releases)


def check_loans(records: Any, rows: list[Any], report: Report) -> None:
    """Each release on a loan came after the journal had its agreement, the buyer's passport checked and his signature,
    in this order."""
    agreements = {a["id"]: a for a in records.get("loan_agreements", ())}
    for r in records["releases"]:
        if not r.get("agreement_id"):
            continue
        loan = agreements.get(r["agreement_id"])
        if loan is None:
            raise Bad(f"release {r['id']} rests on an agreement that is not in the file")
        taken, checked, signed, released = loan_rows(loan, r, rows)
        if not taken or not checked or not signed or not released:
            raise Bad(f"no journal row bears out agreement {loan['number']} before release {r['id']}")
        number, when = loan["number"], signed["at"][:19]
        report.good(
            f"Отпущено по кредитному договору {number}: паспорт сверен {checked['at'][:19]} (строка {checked['seq']}), "
            f"подписан {when} (строка {signed['seq']}), отпуск — строка {released['seq']}",
            f"Released on loan agreement {number}: passport checked {checked['at'][:19]} (row {checked['seq']}), "
            f"signed {when} (row {signed['seq']}), released in row {released['seq']}",
        )


def loan_rows(loan: Any, release: Any, rows: list[Any]) -> tuple[Any, Any, Any, Any]:
    """The journal rows of a release on a loan: agreement, passport, signature, release; None for one that is missing.

    Walked backwards from the release: the last signature before it, and the last good check before that.
    """

    def last(kind: str, subject: str, before: int, right: Callable[[Any], bool]) -> Any:
        return next(
            (
                row
                for row in sorted(rows, key=lambda row: -row["seq"])
                if (row["kind"], row["subject"]) == (kind, subject)
                and row["seq"] < before
                and right(json.loads(row["body"]))
            ),
            None,
        )

    about = f"loan_agreement:{loan['id']}"
    end = max((row["seq"] for row in rows), default=0) + 1
    released = last("order.released", f"order:{release['order_id']}", end, lambda b: b["release"] == release["id"])
    before = released["seq"] if released else 0
    signed = last("agreement.signed", about, before, lambda b: b["agreement"] == loan["number"])
    before = signed["seq"] if signed else 0
    checked = last("agreement.identity_checked", about, before, lambda b: b["number_matches"] and b["photo_matches"])
    taken = last(
        "agreement.taken", about, before,
        lambda b: (b["number"], b["lender"], b["transfer"]) == (loan["number"], loan["lender"], loan["transfer"]),
    )  # fmt: skip
    return taken, checked, signed, released


def check_nothing_taken_back(records: Any, rows: list[Any]) -> None:
    """What the packed rows say was undone is shown as undone."""
    invoices = {i["id"] for i in records["invoices"]}
    undone = {a["undoes"] for a in records["allocations"] if a["amount"] < 0}
    withdrawn = {r["id"] for r in records["releases"] if r["withdrawn_at"]}
    for row in rows:
        body = json.loads(row["body"])
        taken_back = row["kind"] == "payment.allocation_taken_back" and body["invoice"] in invoices
        if taken_back and body["allocation"] not in undone:
            raise Bad(f"row {row['seq']} takes allocation {body['allocation']} back, the records do not")
        if row["kind"] == "order.release_withdrawn" and body["release"] not in withdrawn:
            raise Bad(f"row {row['seq']} withdraws release {body['release']}, the records do not")


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
    for loan in records.get("loan_agreements", ()):
        at, about = f"loan.{loan['id']}", f"loan_agreement:{loan['id']}"
        facts |= {f"{at}.number": loan["number"], f"{at}.transfer": amount(loan["transfer"])}
        for kind, moment, place in (
            ("agreement.signed", "signed_at", "signed_in"),
            ("agreement.identity_checked", "identity_checked_at", "checked_in"),
        ):
            found = [str(r["seq"]) for r in rows if (r["subject"], r["kind"]) == (about, kind)]
            facts |= {f"{at}.{moment}": loan[moment] or "—", f"{at}.{place}": ", ".join(found) or "—"}
    for r in rows:
        facts |= {f"row.{r['seq']}.kind": r["kind"], f"row.{r['seq']}.hash": r["hash"]}
    return facts


def check_page(page: bytes, facts: dict[str, str], told: str) -> None:
    """Every fact marked on the page is one of ours and says the same; every fact of ours is there, to be seen.

    Args:
        told: everything else the page may take sums from: records and journal.
    """
    root = html.fromstring(page.decode())
    left = set(facts)
    for node in root.iter("*"):
        active = [
            n for n in map(str.lower, map(str, node.attrib)) if n.startswith("on") or n in ("hidden", "src", "style")
        ]
        if active or node.tag in ACTIVE or (node.tag == "style" and HIDING.search(node.text or "")):
            raise Bad(f"the page can show something else than it says: <{node.tag}>")
        name = node.get("data-fact")
        if name is None:
            continue
        said, right = " ".join("".join(map(str, node.itertext())).split()), " ".join(facts.get(name, "\x00").split())
        if said != right:
            raise Bad(f"{name}: the page says {said[:80]!r}, the evidence {right[:80]!r}")
        left.discard(name)
    if left:
        raise Bad(f"the page does not show {', '.join(sorted(left))[:200]}")
    allowed = squash(" ".join((*facts.values(), told)))
    for found in re.findall(r"\d[\d\s]*,\d\d(?!\d)", "\n".join(f"/{text}/" for text in map(str, root.itertext()))):
        if squash(found) not in allowed:
            raise Bad(f"the page shows a sum of its own: {found[:40]}")


# All of it


def check_signature(octets: bytes, signature: Any, certificate: x509.Certificate, what: str, known: Known) -> None:
    digest = {"rsa-sha256": "sha256", "rsa-sha384": "sha384", "rsa-sha512": "sha512"}.get(signature["algorithm"])
    if signature["algorithm"] in GOST_DIGESTS:
        command = GOST_DIGESTS[signature["algorithm"]]
        advice = [
            (ru.replace("-HASH", command), en.replace("-HASH", command)) for ru, en in company_advice(what, known)
        ]
        raise Bad("the company signed with GOST, which this program does not check", *advice)
    if digest is None:
        raise Bad(f"algorithm {signature['algorithm'][:40]!r}: the company did not sign it, or not by RSA")
    if signature["certificate"] != fingerprint(certificate):
        raise Bad("signed with another certificate than the packed one")
    rsa_verify(certificate, unbase64(signature["value"]), octets, digest)


def head_octets(head: Any) -> bytes:
    """What the company signs of a head."""
    return HEAD_CONTEXT + canonical({n: v for n, v in head.items() if n not in ("mac", "signature", "sealed_by")})


def check_head(files: dict[str, bytes], certificate: x509.Certificate, manifest: Any, known: Known) -> Any:
    head = strict(files, "head.json")
    if head["signature"] is None:
        raise Bad("the company did not sign it")
    check_signature(head_octets(head), head["signature"], certificate, "head", known)
    if head["company"] != manifest["company"]["key"]:
        raise Bad("the head of another company's journal")
    if not timedelta(0) <= instant(manifest["made_at"]) - instant(head["at"]) <= OLDEST_HEAD:
        raise Bad(f"the head is of {head['at'][:19]}, the file of {manifest['made_at'][:19]}: an old head says nothing")
    return head


def verify(files: dict[str, bytes], report: Report, known: Known) -> None:
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
        lambda: check_signature(
            MANIFEST_CONTEXT + files["manifest.json"], strict(files, "signature.json"), signer, "manifest", known
        ),
    )  # fmt: skip
    report.note(f"Компания: {name}", f"Company: {name}")
    if known.company and known.company != fingerprint(signer):
        report.bad("Это не тот сертификат компании, который вы назвали", "Not the company certificate you named")
    head = report.check(
        "Конец журнала подписан компанией", "The company signed the journal's head",
        lambda: check_head(files, signer, manifest, known),
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
    check_contents(files, evidence["records"], rows, report, known)


def check_contents(files: dict[str, bytes], records: Any, rows: list[Any], report: Report, known: Known) -> None:
    """The bank's messages, and what follows from them."""
    messages: dict[str, Message] = {}
    if lent_alone(records):
        report.note(
            "Отпущено под кредит: денег за этим отпуском нет, и банк здесь ничего не подписывал",
            "Released on a loan: no money stands behind it, and no bank has signed anything here", "!",
        )  # fmt: skip
    elif not records["messages"]:
        report.bad("Сообщений банка нет", "There is no message of the bank")
    for row in records["messages"]:
        what = f"{row['reference']} ({row['received_at'][:19]})"
        found = report.check(
            f"Подпись банка верна: {what}", f"The bank's signature holds: {what}",
            partial(verify_message, files, row, known),
        )  # fmt: skip
        if found is None:
            continue
        messages[row["id"]] = found
        for certificate in found.path:
            line = f"    {certificate.subject.rfc4514_string()}, SHA-256 {fingerprint(certificate)}"
            report.note(line, line)
    if records["entries"] or not lent_alone(records):
        report_entries(records["entries"], messages, report)
    if any(r.get("agreement_id") for r in records["releases"]):
        report.check(
            "Отпуск под кредит не раньше сверки паспорта и подписи",
            "Nothing was let go on credit before the passport's check and the signature",
            lambda: check_loans(records, rows, report),
        )
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
    told = f"{files['evidence.json'].decode()} {files['journal.jsonl'].decode()}"
    report.check(
        "Страница показывает то же самое", "The page shows the same",
        lambda: check_page(files["index.html"], shown(records, rows, signers), told),
    )  # fmt: skip


def report_entries(entries: Sequence[Any], messages: dict[str, Message], report: Report) -> None:
    """Each payment: the line of the bank's that bears it out, or why none does."""
    proved = [e for e in entries if e["message_id"] in messages]
    wrong = report.check(
        "Строки выписок читаются", "The statements' lines can be read", lambda: check_entries(proved, messages)
    )
    for entry in entries:
        what = f"{amount(entry['amount'])}, {entry['party_name']}"
        ru, en = f"Платёж следует из подписанных байтов: {what}", f"The payment follows from the signed bytes: {what}"
        if entry not in proved or not isinstance(wrong, dict):
            report.bad(f"Платёж ничем не подтверждён: {what}", f"Nothing proves the payment: {what}")
        elif entry["id"] in wrong:
            report.bad(f"{ru}: {wrong[entry['id']]}", f"{en}: {wrong[entry['id']]}")
        else:
            report.good(ru, en)
    if not entries:
        report.bad("Платежей нет", "There are no payments")


def tell_what_was_believed(files: dict[str, bytes], known: Known, report: Report) -> None:
    """Everything this verdict takes from the file itself: the company that packed it could have written it."""
    rules = [strict(files, name) for name in sorted(files) if re.fullmatch(r"anchors/[^/]+\.json", name)]
    if not known.anchors:
        report.note(
            "Удостоверяющий центр банка взят из самого файла: назовите свой (--anchor)",
            "The bank's authority was taken from the file itself: name yours (--anchor)", "!",
        )  # fmt: skip
        if any(isinstance(named, frozenset) for named in known.signers):
            report.note(
                "Имя подписавшего (--signer) подтвердил центр из самого файла; назвать так кого угодно мог и он",
                "The signer's name (--signer) rests on the authority from the file, which could name anybody so", "!",
            )  # fmt: skip
    if not known.signers:
        names = ", ".join(sorted({n for told in rules for n in (*told["signers"], *told["payload_signers"])})) or "—"
        report.note(
            f"Кто подписывает за банк ({names}), взято из самого файла: назовите сертификат (--signer)",
            f"Who signs for the bank ({names}) was taken from the file itself: name the certificate (--signer)", "!",
        )  # fmt: skip
    if not known.company:
        report.note(
            "Сертификат компании взят из самого файла: назовите его (--company)",
            "The company's certificate was taken from the file itself: name it (--company)", "!",
        )  # fmt: skip
    if any(told["legacy"] for told in rules):
        report.note(
            "По правилам из файла допускались SHA-1 и ключи RSA от 1024 бит",
            "By the file's own rules SHA-1 and RSA keys from 1024 bits were admitted", "!",
        )  # fmt: skip


def judge(evidence: Path, known: Known, report: Report) -> None:
    """Read and check; whatever breaks on the way is a bad line."""
    try:
        files = read_files(evidence)
    except (OSError, ValueError, Bad, zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError) as error:
        report.bad(f"Не читается: {error}", f"Cannot be read: {error}")
        return
    try:
        verify(files, report, known)
        tell_what_was_believed(files, known, report)
    except Exception as error:  # hostile input ends in a report, never in a traceback
        report.bad(f"Не проверяется: {type(error).__name__}", f"Cannot be checked: {type(error).__name__}")
    if known.extract is not None:
        report.check(
            f"Файлы для openssl выложены в {known.extract}", f"Files for openssl are in {known.extract}",
            lambda: write_outside(files, known),
        )  # fmt: skip


def main(arguments: Sequence[str] | None = None) -> int:
    """Returns the exit code."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("evidence", type=Path, help="the zip, or the folder it was unpacked into")
    parser.add_argument("--language", choices=("ru", "en"), default="ru")
    parser.add_argument(
        "--anchor", type=Path, action="append", default=[], help="file of the bank's authority, PEM or DER; repeatable"
    )
    parser.add_argument(
        "--signer", action="append", default=[],
        help="who signs for the bank: SHA-256 of the certificate, its whole subject, or its file; repeatable",
    )  # fmt: skip
    parser.add_argument("--company", default="", help="SHA-256 of the company's certificate, as you know it")
    parser.add_argument(
        "--extract", type=Path, metavar="FOLDER", help="write documents and signatures there, for openssl"
    )
    asked = parser.parse_args(arguments)
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(encoding="utf-8", errors="replace")
    try:
        known = Known(
            anchors=[c for file in asked.anchor for c in read_certificates(file.read_bytes())],
            signers=[one for told in asked.signer for one in read_signers(told)],
            company=re.sub(r"[:\s]", "", asked.company).lower(),
            extract=asked.extract,
        )
    except (OSError, ValueError) as error:
        parser.error(f"--anchor, --signer: {error}")
    report = Report(asked.language)
    judge(asked.evidence, known, report)
    if report.failed:
        report.note(f"НЕ ПОДТВЕРЖДЕНО, не сходится: {report.failed}", f"NOT CONFIRMED: {report.failed} failed", "x")
        return 1
    report.note("ПОДТВЕРЖДЕНО", "CONFIRMED", "+")
    return 0


if __name__ == "__main__":
    sys.exit(main())
