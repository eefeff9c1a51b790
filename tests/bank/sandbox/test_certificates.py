"""The sandbox bank's certificate service: what it takes, and what it refuses with which code."""

from __future__ import annotations

import base64
import hashlib
import hmac
from datetime import UTC, datetime, timedelta
from functools import cache

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID
from lxml import etree

from gateway.bank.sandbox.certificates import FAMILIES, SandboxCertificates, activation_code
from gateway.bank.sandbox.enrol import load_authority, load_keys
from gateway.core.clock import SystemClock
from gateway.signing.ca import DemoAuthority
from gateway.signing.keys import Pkcs12Key, fingerprint
from gateway.signing.policy import TrustPolicy
from gateway.signing.wsse import SOAP, verify_envelope
from gateway.signing.xmldsig import sign_enveloped
from tests.bank.sandbox.conftest import Bank

KEYED, PLAIN = FAMILIES


@cache
def private_key(bits: int) -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=bits)


def csr(*names: tuple[x509.ObjectIdentifier, str], bits: int = 2048) -> bytes:
    subject = x509.Name([x509.NameAttribute(oid, value) for oid, value in names])
    built = x509.CertificateSigningRequestBuilder().subject_name(subject)
    return built.sign(private_key(bits), hashes.SHA256()).public_bytes(Encoding.DER)


def ours(bank: Bank, **changes: int) -> bytes:
    customer = bank.enrolment.customer_id
    return csr((NameOID.COUNTRY_NAME, "FI"), (NameOID.SERIAL_NUMBER, customer), **changes)


def for_op(bank: Bank) -> bytes:
    return csr((NameOID.COUNTRY_NAME, "FI"), (NameOID.COMMON_NAME, bank.enrolment.customer_id))


def asked(path: str, bank: Bank, request: bytes, inside: str = "", customer: str = "") -> bytes:
    """A CertApplicationRequest, unsigned."""
    return (
        f'<CertApplicationRequest xmlns="{FAMILIES[path].data}"><CustomerId>{customer or bank.enrolment.customer_id}'
        "</CustomerId><Timestamp>2026-11-22T09:00:00Z</Timestamp><Environment>TEST</Environment>"
        "<SoftwareId>test</SoftwareId><Service/>"
        f"<Content>{base64.b64encode(request).decode()}</Content>{inside}</CertApplicationRequest>"
    ).encode()


def with_code(path: str, code: str, request: bytes) -> str:
    if path == PLAIN:
        return f"<TransferKey>{code}</TransferKey>"
    digest = hmac.new(code.encode(), request, hashlib.sha1).digest()
    return f"<HMAC>{base64.b64encode(digest).decode()}</HMAC>"


def answered(bank: Bank, path: str, payload: bytes) -> tuple[str, list[x509.Certificate]]:
    """Code and certificates of the bank's answer."""
    raw, status = counter(bank).handle(path, around(path, payload))
    assert status == 200
    root = etree.fromstring(raw)
    if FAMILIES[path].signed:
        policy = TrustPolicy(anchors=(load_keys(bank.sandbox.folder).signing_root,))
        verify_envelope(raw, policy, datetime.now(UTC))
    else:
        assert root.find(".//{*}Signature") is None
    assert root.findtext(".//{*}RequestId") == "R1"
    inner = etree.fromstring(base64.b64decode(root.findtext(".//{*}ApplicationResponse")))
    assert inner.findtext("{*}ResponseCode") == root.findtext(".//{*}ResponseHeader/{*}ResponseCode")
    found = [e.text for e in inner.iterfind("{*}Certificates/{*}Certificate/{*}Certificate")]
    return str(inner.findtext("{*}ResponseCode")), [x509.load_der_x509_certificate(base64.b64decode(t)) for t in found]


def counter(bank: Bank) -> SandboxCertificates:
    folder = bank.sandbox.folder
    return SandboxCertificates(folder, bank.sandbox.books, load_keys(folder), SystemClock())


def around(path: str, payload: bytes) -> bytes:
    service = FAMILIES[path].service
    return (
        f'<s:Envelope xmlns:s="{SOAP}"><s:Body><c:getCertificatein xmlns:c="{service}"><c:RequestHeader>'
        "<c:SenderId>1</c:SenderId><c:RequestId>R1</c:RequestId></c:RequestHeader><c:ApplicationRequest>"
        f"{base64.b64encode(payload).decode()}</c:ApplicationRequest></c:getCertificatein></s:Body></s:Envelope>"
    ).encode()


@pytest.mark.parametrize("path", sorted(FAMILIES))
def test_the_right_code_counts_once_and_the_same_request_again(bank: Bank, path: str) -> None:
    code = activation_code(bank.sandbox.books)
    request = for_op(bank) if path == PLAIN else ours(bank)
    payload = asked(path, bank, request, with_code(path, code, request))
    result, (certificate,) = answered(bank, path, payload)
    assert result == "00"
    assert certificate.public_key().public_numbers() == private_key(2048).public_key().public_numbers()
    assert answered(bank, path, payload) == ("00", [certificate])  # the answer may have been lost
    assert activation_code(bank.sandbox.books) != code


@pytest.mark.parametrize("path", sorted(FAMILIES))
def test_a_wrong_code_is_refused_and_the_right_one_still_counts(bank: Bank, path: str) -> None:
    code = activation_code(bank.sandbox.books)
    request = for_op(bank) if path == PLAIN else ours(bank)
    for wrong in (with_code(path, "1" + code[1:] if code[0] != "1" else "2" + code[1:], request), ""):
        assert answered(bank, path, asked(path, bank, request, wrong)) == ("26" if path == PLAIN else "30", [])
    assert activation_code(bank.sandbox.books) == code


def test_what_the_request_says_must_be_right(bank: Bank) -> None:
    code = activation_code(bank.sandbox.books)
    somebody = csr((NameOID.COUNTRY_NAME, "FI"), (NameOID.SERIAL_NUMBER, "0000000000"))
    broken = bytearray(ours(bank))
    broken[-1] ^= 1
    for request, customer, expected in (
        (somebody, "", "29"),
        (ours(bank, bits=1024), "", "29"),
        (bytes(broken), "", "29"),
        (b"no request at all", "", "29"),
        (ours(bank), "0000000000", "13"),
    ):
        payload = asked(KEYED, bank, request, with_code(KEYED, code, request), customer)
        assert answered(bank, KEYED, payload) == (expected, [])
    assert activation_code(bank.sandbox.books) == code  # nothing of this cost the code


def renewal(bank: Bank, key: Pkcs12Key) -> tuple[str, list[x509.Certificate]]:
    return answered(bank, KEYED, sign_enveloped(asked(KEYED, bank, ours(bank)), key))


def test_a_renewal_is_signed_with_a_key_that_counts(bank: Bank) -> None:
    now, customer = datetime.now(UTC), bank.enrolment.customer_id
    authority = load_authority(bank.sandbox.folder)
    old = authority.issue_client(customer, now)
    assert renewal(bank, old) == ("04", [])  # of the bank's authority, but not the one registered
    ended = authority.issue_signing(customer, now - timedelta(days=9), now - timedelta(days=1))
    bank.sandbox.books.put_fact("customer_sha256", fingerprint(ended.certificate))
    assert renewal(bank, ended) == ("04", [])
    stranger = DemoAuthority.create(now, "Kvit Sandbox Signing Root").issue_client(customer, now)
    bank.sandbox.books.put_fact("customer_sha256", fingerprint(stranger.certificate))
    assert renewal(bank, stranger) == ("04", [])
    bank.sandbox.books.put_fact("customer_sha256", fingerprint(old.certificate))
    assert renewal(bank, old)[0] == "00"
    altered = sign_enveloped(asked(KEYED, bank, ours(bank)), old).replace(b">test<", b">best<")
    assert answered(bank, KEYED, altered) == ("18", [])


def test_the_old_key_counts_until_the_new_one_is_seen(bank: Bank) -> None:
    old = load_authority(bank.sandbox.folder).issue_client(bank.enrolment.customer_id, datetime.now(UTC))
    books = bank.sandbox.books
    books.put_fact("customer_sha256", fingerprint(old.certificate))
    _, (certificate,) = renewal(bank, old)
    made = counter(bank)
    for peer in ("", fingerprint(old.certificate), "0" * 64):
        made.admit(peer)
        assert books.fact("customer_sha256") == fingerprint(old.certificate)
    made.admit(fingerprint(certificate))
    assert books.fact("customer_sha256") == fingerprint(certificate)
    assert renewal(bank, old) == ("04", [])


@pytest.mark.parametrize("raw", [b"", b"<x/>", b"<!DOCTYPE x [<!ENTITY a 'b'>]><x>&a;</x>", b"\x00" * 20])
def test_what_is_no_request_gets_a_fault(bank: Bank, raw: bytes) -> None:
    body, status = counter(bank).handle(KEYED, raw)
    assert status == 500 and b"faultstring" in body
    assert answered(bank, KEYED, raw) == ("12", [])
