"""The sandbox bank's certificate service, in the shapes of the two families of banks.

/services/CertificateService     activation code as HMAC-SHA1 over the PKCS#10 request; answers signed
/services/OPCertificateService   transfer key as it is; answers not signed; any bad request is 26

A first certificate costs the one code the bank holds ready for its customer (`activation_code`), a further one the
signature of a key that still counts. That key goes on counting until the new one is used for the first time. The same
PKCS#10 request gets the same certificate again: an answer may have been lost.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import secrets
import sqlite3
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from xml.sax.saxutils import escape

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from lxml import etree

from gateway.bank.sandbox.books import Books, fact, put_fact
from gateway.bank.sandbox.enrol import BankKeys, load_authority
from gateway.core.clock import Clock, FixedClock
from gateway.core.errors import Corrupt
from gateway.signing.keys import fingerprint
from gateway.signing.parsing import parse
from gateway.signing.policy import TrustPolicy
from gateway.signing.wsse import SOAP, sign_envelope
from gateway.signing.xmldsig import sign_enveloped, verify_enveloped

_DS = "http://www.w3.org/2000/09/xmldsig#"
_VALID_DAYS = 730
_BITS = 2048


@dataclass(frozen=True, slots=True)
class Family:
    """How one family of banks does it.

    Attributes:
        generic: the code of every refusal; "" where each has its own.
    """

    service: str
    data: str
    keyed: bool
    signed: bool
    generic: str


FAMILIES = {
    "/services/CertificateService": Family(
        "http://bxd.fi/CertificateService", "http://filetransfer.nordea.com/xmldata/", True, True, ""
    ),
    "/services/OPCertificateService": Family(
        "http://mlp.op.fi/OPCertificateService", "http://op.fi/mlp/xmldata/", False, False, "26"
    ),
}
"""Path of the service → its family."""

_TEXTS = {
    "00": "OK",
    "04": "Certificate not valid",
    "12": "Schema validation failed",
    "13": "CustomerID not found",
    "18": "Content digital signature not valid",
    "26": "Technical error",
    "29": "Invalid parameters",
    "30": "Authentication failed",
}


class _RefusedRequest(Exception):
    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(code)


class SandboxCertificates:
    """Answers requests for certificates. Safe for several threads.

    Args:
        folder: the sandbox's own folder; its authority lies there.
        clock: the machine's.
    """

    def __init__(self, folder: Path, books: Books, keys: BankKeys, clock: Clock) -> None:
        self._folder = folder
        self._books = books
        self._keys = keys
        self._clock = clock

    def admit(self, peer_sha256: str) -> None:
        """Somebody is at the door: a customer's new certificate, seen for the first time, ends the one before."""
        with self._books.read() as db:
            awaited = _optional(db, "certificate_next")
        if awaited and peer_sha256 == awaited:
            with self._books.write() as db:
                put_fact(db, "customer_sha256", awaited)
                put_fact(db, "certificate_next", "")

    def handle(self, path: str, raw: bytes) -> tuple[bytes, int]:
        """Body and HTTP status for a request to a path of FAMILIES."""
        family = FAMILIES[path]
        try:
            request_id, payload = _opened(raw, family)
        except (Corrupt, _RefusedRequest):
            return _fault(), 500
        customer, certificate, code = "-", None, "00"
        try:
            customer, certificate = self._certified(payload, family)
        except Corrupt:
            code = "12"
        except _RefusedRequest as refused:
            code = refused.code
        if code != "00" and family.generic:
            code = family.generic
        return self._answer(family, request_id, customer, code, certificate), 200

    def _certified(self, payload: bytes, family: Family) -> tuple[str, x509.Certificate]:
        now = self._clock.now()
        root, signer = self._proved(payload, now)
        if root.tag != f"{{{family.data}}}CertApplicationRequest":
            raise _RefusedRequest("12")
        told = {etree.QName(child).localname: (child.text or "").strip() for child in root}
        with self._books.write() as db:
            if told.get("CustomerId") != fact(db, "customer_id"):
                raise _RefusedRequest("13")
            request = _request(told.get("Content", ""))
            known = _optional(db, _issued_for(request))
            if signer is not None:
                if signer not in (fact(db, "customer_sha256"), _optional(db, "certificate_next")):
                    raise _RefusedRequest("04")
            elif not known:  # a code counts once; the same request may be repeated, its answer may have been lost
                self._spend_code(db, told, request, family)
            elif not _secret_given(told):
                raise _RefusedRequest("30")
            if known:
                return told["CustomerId"], x509.load_der_x509_certificate(base64.b64decode(known))
            certificate = self._issue(request, told["CustomerId"], family, now)
            put_fact(db, _issued_for(request), base64.b64encode(_der(certificate)).decode())
            put_fact(db, "certificate_next", fingerprint(certificate))
            return told["CustomerId"], certificate

    def _proved(self, payload: bytes, now: datetime) -> tuple[etree._Element, str | None]:
        """The request, and the fingerprint of the certificate it is signed with; None for an unsigned one."""
        root = parse(payload)
        if root.find(f"{{{_DS}}}Signature") is None:
            return root, None
        try:
            document = verify_enveloped(payload, TrustPolicy(anchors=(self._keys.signing_root,)), now)
        except Corrupt as error:
            raise _RefusedRequest("04" if error.code.startswith("certificate.") else "18") from None
        return document.root, fingerprint(document.certificate)

    def _spend_code(self, db: sqlite3.Connection, told: dict[str, str], request: bytes, family: Family) -> None:
        code = _optional(db, "activation_code")
        if family.keyed:
            expected = base64.b64encode(hmac.digest(code.encode(), request, hashlib.sha1)).decode()
            given = told.get("HMAC", "")
        else:
            expected, given = code, told.get("TransferKey", "")
        if not code or not hmac.compare_digest(expected.encode(), given.encode()):
            raise _RefusedRequest("30")
        put_fact(db, "activation_code", "")

    def _issue(self, request: bytes, customer_id: str, family: Family, now: datetime) -> x509.Certificate:
        asked = x509.load_der_x509_csr(request)
        key = asked.public_key()
        if not isinstance(key, rsa.RSAPublicKey) or key.key_size < _BITS:
            raise _RefusedRequest("29")
        if not _names_the_customer(asked.subject, customer_id, family):
            raise _RefusedRequest("29")
        authority = load_authority(self._folder)
        builder = (
            x509.CertificateBuilder()
            .subject_name(asked.subject)
            .issuer_name(authority.certificate.subject)
            .public_key(key)
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(minutes=5))
            .not_valid_after(now + timedelta(days=_VALID_DAYS))
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CLIENT_AUTH]), critical=False)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(authority.key.private_key.public_key()),
                critical=False,
            )
        )
        return builder.sign(authority.key.private_key, hashes.SHA256())

    def _answer(
        self, family: Family, request_id: str, customer: str, code: str, certificate: x509.Certificate | None
    ) -> bytes:
        at = f"{self._clock.now():%Y-%m-%dT%H:%M:%SZ}"
        issued = ""
        if certificate is not None:
            issued = (
                f"<Certificates><Certificate><Name>{escape(customer)}</Name>"
                f"<Certificate>{base64.b64encode(_der(certificate)).decode()}</Certificate>"
                "<CertificateFormat>X509v3</CertificateFormat></Certificate></Certificates>"
            )
        payload = (
            f'<CertApplicationResponse xmlns="{family.data}"><CustomerId>{escape(customer)}</CustomerId>'
            f"<Timestamp>{at}</Timestamp><ResponseCode>{code}</ResponseCode>"
            f"<ResponseText>{_TEXTS[code]}</ResponseText>{issued}</CertApplicationResponse>"
        ).encode()
        if family.signed:
            payload = sign_enveloped(payload, self._keys.signing)
        envelope = parse(
            f'<soapenv:Envelope xmlns:soapenv="{SOAP}" xmlns:cer="{family.service}"><soapenv:Header/><soapenv:Body>'
            f"<cer:getCertificateout><cer:ResponseHeader><cer:SenderId>{escape(customer)}</cer:SenderId>"
            f"<cer:RequestId>{escape(request_id)}</cer:RequestId><cer:Timestamp>{at}</cer:Timestamp>"
            f"<cer:ResponseCode>{code}</cer:ResponseCode><cer:ResponseText>{_TEXTS[code]}</cer:ResponseText>"
            f"</cer:ResponseHeader><cer:ApplicationResponse>{base64.b64encode(payload).decode()}"
            "</cer:ApplicationResponse></cer:getCertificateout></soapenv:Body></soapenv:Envelope>".encode()
        )
        if family.signed:
            sign_envelope(envelope, self._keys.signing, FixedClock(self._clock.now()))
        return etree.tostring(envelope, xml_declaration=True, encoding="utf-8")


def activation_code(books: Books) -> str:
    """The code the bank has ready for its customer: ten digits, made at the first look, new after each use."""
    with books.write() as db:
        code = _optional(db, "activation_code")
        if not code:
            code = f"{secrets.randbelow(10**10):010d}"
            put_fact(db, "activation_code", code)
        return code


def _opened(raw: bytes, family: Family) -> tuple[str, bytes]:
    """RequestId and payload of a SOAP message."""
    root = parse(raw)
    asked = root.find(f"{{{SOAP}}}Body/{{{family.service}}}getCertificatein")
    if root.tag != f"{{{SOAP}}}Envelope" or asked is None:
        raise _RefusedRequest("12")
    request_id = asked.findtext(f"{{{family.service}}}RequestHeader/{{{family.service}}}RequestId", "").strip()
    carried = asked.findtext(f"{{{family.service}}}ApplicationRequest", "")
    if not request_id:
        raise _RefusedRequest("12")
    try:
        return request_id[:64], base64.b64decode("".join(carried.split()), validate=True)
    except (binascii.Error, ValueError):
        raise _RefusedRequest("12") from None


def _request(text: str) -> bytes:
    """The PKCS#10 request, which its own key signed."""
    try:
        octets = base64.b64decode("".join(text.split()), validate=True)
        asked = x509.load_der_x509_csr(octets)
        good = asked.is_signature_valid
    except (binascii.Error, ValueError, InvalidSignature):
        raise _RefusedRequest("29") from None
    if not good:
        raise _RefusedRequest("29")
    return octets


def _names_the_customer(subject: x509.Name, customer_id: str, family: Family) -> bool:
    told = [(part.oid, str(part.value)) for part in subject]
    if not family.keyed:
        return told == [(NameOID.COUNTRY_NAME, "FI"), (NameOID.COMMON_NAME, customer_id)]
    return (NameOID.SERIAL_NUMBER, customer_id) in told


def _secret_given(told: dict[str, str]) -> bool:
    return bool(told.get("HMAC") or told.get("TransferKey"))


def _issued_for(request: bytes) -> str:
    return f"certificate.{hashlib.sha256(request).hexdigest()}"


def _optional(db: sqlite3.Connection, name: str) -> str:
    found = db.execute("SELECT value FROM facts WHERE name = ?", (name,)).fetchone()
    return "" if found is None else str(found["value"])


def _der(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(Encoding.DER)


def _fault() -> bytes:
    return (
        f'<soapenv:Envelope xmlns:soapenv="{SOAP}"><soapenv:Body><soapenv:Fault><faultcode>soapenv:Client</faultcode>'
        "<faultstring>not a request for a certificate</faultstring></soapenv:Fault></soapenv:Body></soapenv:Envelope>"
    ).encode()
