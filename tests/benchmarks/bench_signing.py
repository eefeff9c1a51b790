"""Signatures made and verified per second, beside what the cryptographic engine itself needs for the same message.

    python -m tests.benchmarks.bench_signing [--rounds N] [--seconds S]

Each line names the engine's work it is compared with. Rounds of both are interleaved and the ratio is the median of the
rounds' ratios, so that a machine whose speed swings hits both alike. One thread, RSA-2048, SHA-256.
"""

from __future__ import annotations

import argparse
import base64
import copy
import hashlib
import re
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import xmlsec
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa, utils
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from lxml import etree

from gateway.core.clock import SystemClock
from gateway.signing import gost, gost_kinds
from gateway.signing.ca import DemoAuthority
from gateway.signing.cms import sign_detached, verify_detached
from gateway.signing.policy import ALGORITHMS, EXCLUSIVE_C14N, TrustPolicy
from gateway.signing.wsse import SOAP, WSSE, sign_envelope, verify_envelope
from gateway.signing.xmldsig import sign_enveloped, verify_enveloped
from tests.benchmarks.openssl_cms import CmsVerifier
from tests.signing.gost_files import gost_files

LEAST = 0.7
CONTENT = bytes(range(256)) * 80
_RSA, _PREHASHED = padding.PKCS1v15(), utils.Prehashed(hashes.SHA256())
_DS = "http://www.w3.org/2000/09/xmldsig#"
_WSU = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd"
_C = xmlsec.constants


@dataclass(frozen=True, slots=True)
class Pair:
    """One way to do a thing, and the engine's own.

    Attributes:
        engine: the peer's work, which `what` describes.
        least: limit of the ratio; None where the figure is for information.
    """

    name: str
    ours: Callable[[], object]
    engine: Callable[[], object]
    what: str
    least: float | None = LEAST


class House:
    """An authority, a signer under it, and who believes them."""

    def __init__(self) -> None:
        self.now = datetime.now(UTC)
        authority = DemoAuthority.create(self.now)
        self.anchor = authority.certificate
        self.key = authority.issue_signing("Bank", self.now - timedelta(days=1), self.now + timedelta(days=300))
        self.policy = TrustPolicy(anchors=(self.anchor,), signers=frozenset({"Bank"}))
        self.pem = self.key.certificate.public_bytes(Encoding.PEM)
        private = self.key.private_key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        self.engine_key = xmlsec.Key.from_memory(private, _C.KeyDataFormatPem)
        self.engine_key.load_cert_from_memory(self.pem, _C.KeyDataFormatPem)
        self.believed = xmlsec.KeysManager()
        anchor = self.anchor.public_bytes(Encoding.PEM)
        self.believed.load_cert_from_memory(anchor, _C.KeyDataFormatPem, _C.KeyDataTypeTrusted)


def cms_pairs(house: House) -> Iterator[Pair]:
    key, policy, now = house.key, house.policy, house.now
    private, public = key.private_key, _rsa(key.certificate)
    digest = hashlib.sha256(CONTENT).digest()
    value = private.sign(digest, _RSA, _PREHASHED)
    made = sign_detached(CONTENT, key, at=now)

    def sign() -> None:
        private.sign(hashlib.sha256(CONTENT).digest(), _RSA, _PREHASHED)

    def verify() -> None:
        public.verify(value, hashlib.sha256(CONTENT).digest(), _RSA, _PREHASHED)
        key.certificate.verify_directly_issued_by(house.anchor)

    size = f"{len(CONTENT) / 1000:.0f} kB"
    yield Pair(
        f"CMS detached sign, {size}",
        lambda: sign_detached(CONTENT, key, at=now),
        sign,
        "SHA-256 of the content and one RSA signature",
    )
    whole = CmsVerifier.load(house.anchor)
    if whole is not None:
        verifier = whole
        yield Pair(
            f"CMS detached verify, {size}",
            lambda: verify_detached(made, CONTENT, policy, now),
            lambda: verifier.verify(made, CONTENT),
            "OpenSSL's own CMS_verify of the same message with the same anchor",
        )
    else:
        print("CMS detached verify beside OpenSSL's CMS_verify: skipped, there is no libcrypto.so.3 here")
    yield Pair(
        f"CMS detached verify, {size}",
        lambda: verify_detached(made, CONTENT, policy, now),
        verify,
        "the bare arithmetic: SHA-256 of the content, one RSA verification, the certificate's own signature",
        None,
    )


def xml_pairs(house: House) -> Iterator[Pair]:
    key, policy, now = house.key, house.policy, house.now
    text = base64.b64encode(CONTENT[: len(CONTENT) * 3 // 4]).decode()
    plain = (
        '<ApplicationResponse xmlns="http://bxd.fi/xmldata/"><CustomerId>1000000001</CustomerId>'
        "<Timestamp>2026-11-21T12:00:00+03:00</Timestamp><ResponseCode>00</ResponseCode><ResponseText>OK.</ResponseText>"
        f"<Compressed>false</Compressed><FileType>camt.053</FileType><Content>{text}</Content></ApplicationResponse>"
    ).encode()
    signed = sign_enveloped(plain, key)

    def sign() -> bytes:
        root = etree.fromstring(plain)
        node = xmlsec.template.create(root, _C.TransformInclC14N, _C.TransformRsaSha256)
        root.append(node)
        reference = xmlsec.template.add_reference(node, _C.TransformSha256, uri="")
        xmlsec.template.add_transform(reference, _C.TransformEnveloped)
        xmlsec.template.add_transform(reference, _C.TransformInclC14N)
        data = xmlsec.template.add_x509_data(xmlsec.template.ensure_key_info(node))
        xmlsec.template.x509_data_add_certificate(data)
        context = xmlsec.SignatureContext()
        context.key = house.engine_key
        context.sign(node)
        return etree.tostring(root)

    def verify() -> None:
        root = etree.fromstring(signed)
        xmlsec.SignatureContext(house.believed).verify(xmlsec.tree.find_node(root, _C.NodeSignature))

    verify_enveloped(sign(), policy, now)  # both make the same thing
    verify()
    size = f"{len(signed) / 1000:.0f} kB"
    yield Pair(
        f"XMLDSig enveloped sign, {size}",
        lambda: sign_enveloped(plain, key),
        sign,
        "python-xmlsec signing the same document: parse, template, sign, write",
    )
    yield Pair(
        f"XMLDSig enveloped verify, {size}",
        lambda: verify_enveloped(signed, policy, now),
        verify,
        "python-xmlsec on the same document: parse, find, chain, verify",
    )


def soap_pairs(house: House) -> Iterator[Pair]:
    key, policy, now = house.key, house.policy, house.now
    clock = SystemClock()
    text = base64.b64encode(CONTENT[: len(CONTENT) * 3 // 4]).decode()
    plain = (
        f'<soapenv:Envelope xmlns:soapenv="{SOAP}"><soapenv:Body><downloadFileout xmlns="http://bxd.fi/CorporateFileService">'
        f"<ApplicationResponse>{text}</ApplicationResponse></downloadFileout></soapenv:Body></soapenv:Envelope>"
    ).encode()
    envelope = etree.fromstring(plain)
    sign_envelope(envelope, key, clock)
    signed = etree.tostring(envelope)
    bare = copy.deepcopy(envelope)
    for node in bare.iter(f"{{{_DS}}}Signature"):
        node.getparent().remove(node)  # type: ignore[union-attr]  # it has one: the header
    prepared = etree.tostring(bare)

    def parts(root: etree._Element) -> list[etree._Element]:
        return [next(root.iter(name)) for name in (f"{{{_WSU}}}Timestamp", f"{{{SOAP}}}Body")]

    def sign() -> bytes:
        root = etree.fromstring(prepared)
        security = next(root.iter(f"{{{WSSE}}}Security"))
        node = xmlsec.template.create(root, _C.TransformExclC14N, _C.TransformRsaSha256)
        security.append(node)
        context = xmlsec.SignatureContext()
        for part in parts(root):
            name = part.get(f"{{{_WSU}}}Id")
            reference = xmlsec.template.add_reference(node, _C.TransformSha256, uri=f"#{name}")
            xmlsec.template.add_transform(reference, _C.TransformExclC14N)
            context.register_id(part, "Id", _WSU)
        context.key = house.engine_key
        context.sign(node)
        return etree.tostring(root)

    def verify() -> None:
        root = etree.fromstring(signed)
        token = next(root.iter(f"{{{WSSE}}}BinarySecurityToken"))
        certificate = x509.load_der_x509_certificate(base64.b64decode(token.text or ""))
        certificate.verify_directly_issued_by(house.anchor)
        context = xmlsec.SignatureContext()
        context.key = xmlsec.Key.from_memory(certificate.public_bytes(Encoding.PEM), _C.KeyDataFormatCertPem)
        for part in parts(root):
            context.register_id(part, "Id", _WSU)
        context.verify(xmlsec.tree.find_node(root, _C.NodeSignature))

    def ours() -> bytes:
        root = etree.fromstring(plain)
        sign_envelope(root, key, clock)
        return etree.tostring(root)

    assert EXCLUSIVE_C14N.encode() in sign()
    verify()
    size = f"{len(signed) / 1000:.0f} kB"
    yield Pair(
        f"WS-Security sign, {size}",
        ours,
        sign,
        "python-xmlsec signing Timestamp and Body of the same envelope, its header prepared",
    )
    yield Pair(
        f"WS-Security verify, {size}",
        lambda: verify_envelope(signed, policy, now),
        verify,
        "python-xmlsec verifying the same signature, and the signature of the certificate in the token",
    )


def gost_pairs() -> Iterator[Pair]:
    if not gost.available() or shutil.which("openssl") is None:
        print("GOST R 34.10-2012 CMS: skipped, OpenSSL or its GOST engine is missing (libengine-gost-openssl)")
        return
    files = gost_files()
    key, policy, now = files.key(), files.policy(), datetime.now(UTC)
    method = ALGORITHMS[key.algorithm]
    made = sign_detached(CONTENT, key, at=now)
    public = gost_kinds.public_key(key.certificate)
    authority = gost_kinds.public_key(files.anchor)
    value = key.sign(CONTENT, method)
    certified, by = key.certificate.tbs_certificate_bytes, key.certificate.signature

    def verify() -> None:
        assert gost.verify(public, CONTENT, value, method.name)
        assert gost.verify(authority, certified, by, method.name)

    size = f"{len(CONTENT) / 1000:.0f} kB"
    yield Pair(
        f"GOST 256 CMS detached sign, {size}",
        lambda: sign_detached(CONTENT, key, at=now),
        lambda: key.sign(CONTENT, method),
        "the engine's digest of the content and its signature (EVP_DigestSign)",
    )
    yield Pair(
        f"GOST 256 CMS detached verify, {size}",
        lambda: verify_detached(made, CONTENT, policy, now),
        verify,
        "the engine's digest and verification (EVP_DigestVerify), and the certificate's own signature",
    )


def _rsa(certificate: x509.Certificate) -> rsa.RSAPublicKey:
    key = certificate.public_key()
    assert isinstance(key, rsa.RSAPublicKey)
    return key


def per_second(work: Callable[[], object], seconds: float) -> float:
    """How often `work` is done in a second, tried for about `seconds`."""
    count, started = 0, time.process_time()
    while True:
        work()
        count += 1
        taken = time.process_time() - started
        if taken >= seconds:
            return count / taken


def measured(pair: Pair, rounds: int, seconds: float) -> bool:
    """Measure and print one pair; whether its limit was kept."""
    pair.ours(), pair.engine()
    ours, engine = [], []
    for number in range(rounds):
        turns = ((ours, pair.ours), (engine, pair.engine))
        for found, work in turns if number % 2 else turns[::-1]:
            found.append(per_second(work, seconds))
    ratio = statistics.median(o / e for o, e in zip(ours, engine, strict=True))
    limit = "for information" if pair.least is None else f"limit {pair.least}"
    print(
        f"{pair.name}: {statistics.median(ours):.0f} a second; the engine {statistics.median(engine):.0f} "
        f"({pair.what}); ratio {ratio:.2f} ({limit})",
        flush=True,
    )
    return pair.least is None or ratio >= pair.least


def openssl_speed() -> None:
    """What the system's own tool says of RSA-2048, for information."""
    if shutil.which("openssl") is None:
        return
    done = subprocess.run(["openssl", "speed", "-seconds", "1", "rsa2048"], capture_output=True, text=True, check=False)
    if found := re.search(r"rsa\s+2048 bits\s+\S+\s+\S+\s+([\d.]+)\s+([\d.]+)", done.stdout):
        print(f"openssl speed rsa2048: {float(found[1]):.0f} signatures, {float(found[2]):.0f} verifications a second")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--seconds", type=float, default=0.1, help="of each half round")
    options = parser.parse_args()
    house = House()
    good = True
    for pairs in (cms_pairs(house), xml_pairs(house), soap_pairs(house), gost_pairs()):
        for pair in pairs:
            good = measured(pair, options.rounds, options.seconds) and good
    if options.rounds > 1:
        openssl_speed()
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
