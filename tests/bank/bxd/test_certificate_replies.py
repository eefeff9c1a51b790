"""Answers of certificate services: recorded ones as of their day, and those of a pretend PkiService."""

from __future__ import annotations

import base64
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from lxml import etree

from gateway.bank.bxd.certificates import pki_reply
from gateway.bank.bxd.certificates.counter import Counter, Customer
from gateway.bank.bxd.certificates.csr import certificate_request, new_private_key
from gateway.bank.bxd.certificates.issued import Issued, Wanted
from gateway.bank.bxd.certificates.names import PKI, PKI_ELEMENTS
from gateway.bank.bxd.certificates.pki import PkiService
from gateway.bank.bxd.certificates.service import CertificateService
from gateway.bank.bxd.profile import load_profile, load_trust
from gateway.bank.transport import HttpReply
from gateway.core.clock import FixedClock
from gateway.core.errors import Corrupt, KvitError, Refused
from gateway.signing import canonical, signature
from gateway.signing.ca import DemoAuthority
from gateway.signing.keys import Pkcs12Key
from gateway.signing.parsing import parse
from gateway.signing.policy import ALGORITHMS, ENVELOPED, EXCLUSIVE_C14N, TrustPolicy
from gateway.signing.wsse import SOAP, verify_envelope
from gateway.signing.xmldsig import verify_enveloped
from gateway.signing.xmlenc import XENC, decrypt_document
from tests.standards import need

PROFILES = Path(__file__).resolve().parents[3] / "certs" / "profiles"
THEN = datetime(2014, 8, 6, 11, 0, 3, tzinfo=UTC)
NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)


def code(call: Callable[[], object]) -> str:
    with pytest.raises(KvitError) as caught:
        call()
    assert "{" not in caught.value.text("ru") + caught.value.text("en") + caught.value.hint("ru")
    return caught.value.code


# Recorded: Nordea 2014, Danske 2014


def recorded_nordea(tmp_path: Path, at: datetime) -> CertificateService:
    profile = load_profile(PROFILES / "nordea.toml")
    root = need("bxd/root-certificates/nordea_root_certificate.pem").read_bytes()
    for name in (*profile.trust.tls_anchors, *profile.trust.signing_anchors):
        (tmp_path / name).write_bytes(root)
    policy = load_trust(profile, tmp_path).rules.envelope
    assert profile.certificates is not None
    customer = Customer("11111111", "PRODUCTION", "rsa-sha1")
    post = Post(lambda _: b"")
    return CertificateService(Counter(profile.certificates, customer, post, FixedClock(at), policy))  # type: ignore[arg-type]


def test_a_recorded_certificate_answer_holds_as_of_its_day(tmp_path: Path) -> None:
    raw = need("bxd/samples/sepafm/nordea/gc.xml").read_bytes()
    request_id = etree.fromstring(raw).findtext(".//{*}RequestId")
    at = datetime(2014, 8, 6, 8, 40, tzinfo=UTC)
    found = recorded_nordea(tmp_path, at)._read(raw, request_id)
    assert [c.subject.rfc4514_string() for c in found] == ["2.5.4.5=2094370004,CN=eid onfile,C=FI"]
    for service, wanted in (
        (recorded_nordea(tmp_path, at), "bank.wrong_request_id"),
        (recorded_nordea(tmp_path, at + timedelta(hours=2)), "bank.stale_timestamp"),
        (recorded_nordea(tmp_path, datetime(2023, 1, 1, tzinfo=UTC)), "bank.algorithm_forbidden"),
    ):
        assert code(lambda service=service: service._read(raw, "another")) == wanted  # type: ignore[misc]


@pytest.mark.parametrize(
    ("reply", "told"),
    [
        (HttpReply(b"<a/>", {"incomplete": "ReadError"}), "bank.truncated"),
        (HttpReply(b"<a/>", too_large=True), "bank.too_large"),
    ],
)
def test_an_answer_that_is_not_whole_is_not_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, reply: HttpReply, told: str
) -> None:
    service = recorded_nordea(tmp_path, NOW)
    monkeypatch.setattr(service._counter.transport, "post_xml", lambda *_: reply)
    assert code(lambda: service.enrol(wanted(), "1234")) == told


def danske_then(tmp_path: Path, raw: bytes) -> TrustPolicy:
    """The shipped profile's rules; the anchor of that time is in the message itself, nowhere else."""
    profile = load_profile(PROFILES / "danske.toml")
    root = x509.load_der_x509_certificate(base64.b64decode(etree.fromstring(raw).findtext(".//{*}BankRootCert")))
    for name in (*profile.trust.tls_anchors, *profile.trust.signing_anchors):
        (tmp_path / name).write_bytes(root.public_bytes(Encoding.PEM))
    return load_trust(profile, tmp_path).rules.envelope


def test_danskes_recorded_answer_holds_as_of_its_day(tmp_path: Path) -> None:
    raw = need("bxd/samples/sepafm/danske/get_bank_cert.xml").read_bytes()
    policy = danske_then(tmp_path, raw)

    def read(octets: bytes = raw, request_id: str = "72882ae6c0", at: datetime = THEN) -> etree._Element:
        return pki_reply.read_reply(octets, "GetBankCertificate", request_id, policy, at)

    answer = read()
    assert answer.tag == f"{{{PKI_ELEMENTS}}}GetBankCertificateResponse"
    assert answer.find("{*}Signature") is None
    assert code(lambda: read(request_id="other")) == "bank.wrong_request_id"
    assert code(lambda: read(at=THEN + timedelta(days=900))) == "bank.certificate_expired"
    assert code(lambda: read(at=datetime(2021, 1, 1, tzinfo=UTC))) == "bank.algorithm_forbidden"
    assert code(lambda: read(raw.replace(b"<pkie:ReturnText>OK", b"<pkie:ReturnText>OKAY"))) == "bank.signature_invalid"
    unsigned = etree.fromstring(raw)
    node = unsigned.find(".//{*}Signature")
    node.getparent().remove(node)
    assert code(lambda: read(etree.tostring(unsigned))) == "bank.signature_missing"


@pytest.mark.parametrize("where", ["header", "body", "beside"])
def test_an_answer_moved_aside_is_refused(tmp_path: Path, where: str) -> None:
    """Signature wrapping: the signed element somewhere else, a forged one in its place."""
    raw = need("bxd/samples/sepafm/danske/get_bank_cert.xml").read_bytes()
    policy = danske_then(tmp_path, raw)
    root = etree.fromstring(raw)
    honest = root.find(f".//{{{PKI_ELEMENTS}}}GetBankCertificateResponse")
    place = honest.getparent()
    forged = etree.fromstring(etree.tostring(honest, with_tail=False))
    forged.remove(forged.find("{*}Signature"))
    forged.set("{http://www.w3.org/XML/1998/namespace}id", "another")
    place.replace(honest, forged)
    {"header": root[0], "body": root[1], "beside": place}[where].append(honest)
    with pytest.raises(Corrupt) as caught:
        pki_reply.read_reply(etree.tostring(root), "GetBankCertificate", "72882ae6c0", policy, THEN)
    assert caught.value.code in ("bank.signature_wrapped", "bank.unknown_content", "bank.malformed")


def test_danskes_recorded_refusal_is_told(tmp_path: Path) -> None:
    raw = need("bxd/samples/sepafm/danske/get_bank_certificate_not_ok.xml").read_bytes()
    with pytest.raises(Refused) as caught:
        pki_reply.read_reply(raw, "GetBankCertificate", "0182e1866b", TrustPolicy(), THEN)
    assert caught.value.values["bank_code"] == "07"
    assert "Schema validation error" in caught.value.text("en")


# A pretend PkiService


@dataclass
class Post:
    """In place of HTTPS: hands the message to a function."""

    answer: Callable[[bytes], bytes]
    heard: list[bytes] = field(default_factory=list)

    def post_xml(self, address: str, envelope: etree._Element, headers: dict[str, str]) -> HttpReply:
        assert address.startswith("https://") and headers["Content-Type"].startswith("text/xml")
        self.heard.append(etree.tostring(envelope))
        return HttpReply(self.answer(self.heard[-1]), {"status": "200"})

    def close(self) -> None:
        pass


@cache
def root() -> DemoAuthority:
    return DemoAuthority.create(NOW - timedelta(days=400), "DBGROOT")


@cache
def banks_key(name: str, since: int = -30, until: int = 300) -> Pkcs12Key:
    return root().issue_signing(name, NOW + timedelta(days=since), NOW + timedelta(days=until))


class Pki:
    """The bank: opens what is encrypted to it, checks PIN or old signature, certifies both keys."""

    def __init__(self, pin: str = "1234", encryption: Pkcs12Key | None = None) -> None:
        self.pin = pin
        self.encryption = encryption or banks_key("DPCRYPT")
        self.swapped = False
        self.revoked: set[int] = set()

    def __call__(self, raw: bytes) -> bytes:
        asked = parse(raw).find(f"{{{SOAP}}}Body")[0]
        operation = etree.QName(asked).localname.removesuffix("In")
        header = asked[0]
        request_id = header.findtext(f"{{{PKI}}}RequestId")
        inside = asked[1]
        if inside.tag == f"{{{XENC}}}EncryptedData":
            inside = parse(decrypt_document(etree.tostring(inside), self.encryption))
        assert inside.findtext(f"{{{PKI_ELEMENTS}}}RequestId") == request_id
        told: dict[str, str] = {}
        if operation == "GetBankCertificate":
            for name, key in (("BankEncryptionCert", self.encryption), ("BankSigningCert", banks_key("DPSIGN"))):
                told[name] = _b64(key.certificate)
            told["BankRootCert"] = _b64(root().certificate)
        elif operation == "CertificateStatus":
            return self._statuses(inside, str(request_id))
        elif operation == "CreateCertificate":
            if inside.findtext(f"{{{PKI_ELEMENTS}}}PIN") != self.pin:
                return fault("12", "PIN not valid", str(request_id))
            told = self._certified(inside)
        else:
            own = TrustPolicy(anchors=(root().certificate,))
            outer = verify_envelope(raw, own, NOW).certificate
            inner = verify_enveloped(etree.tostring(inside), own, NOW).certificate
            assert outer == inner
            told = self._certified(inside)
        return answered(operation, str(request_id), told)

    def _certified(self, inside: etree._Element) -> dict[str, str]:
        told = {}
        for name, asked in (("EncryptionCert", "EncryptionCertPKCS10"), ("SigningCert", "SigningCertPKCS10")):
            told[name] = certified(base64.b64decode(inside.findtext(f"{{{PKI_ELEMENTS}}}{asked}")))
        if self.swapped:
            told = {"EncryptionCert": told["SigningCert"], "SigningCert": told["EncryptionCert"]}
        return {**told, "CACert": _b64(root().certificate)}

    def _statuses(self, inside: etree._Element, request_id: str) -> bytes:
        serials = [e.text for e in inside.iterfind(f"{{{PKI_ELEMENTS}}}CertificateSerialNo")]
        rows = "".join(
            f"<e:CertificateStatus><e:CertificateSerialNo>{s}</e:CertificateSerialNo>"
            "<e:CertificateType>signing</e:CertificateType>"
            f"<e:MatchingCertificateSerialNo>1</e:MatchingCertificateSerialNo><e:Status>"
            f"<e:{'revoked' if int(s or 0) in self.revoked else 'good'}/></e:Status></e:CertificateStatus>"
            for s in serials
        )
        return answered("CertificateStatus", request_id, {}, inside=rows)


def certified(request: bytes) -> str:
    csr = x509.load_der_x509_csr(request)
    assert csr.is_signature_valid
    builder = (
        x509.CertificateBuilder()
        .subject_name(csr.subject)
        .issuer_name(root().certificate.subject)
        .public_key(csr.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(NOW - timedelta(hours=1))
        .not_valid_after(NOW + timedelta(days=730))
    )
    return _b64(builder.sign(root().key.private_key, hashes.SHA256()))


def answered(operation: str, request_id: str, told: dict[str, str], inside: str = "") -> bytes:
    parts = "".join(f"<e:{name}>{value}</e:{name}>" for name, value in told.items())
    envelope = parse(
        f'<s:Envelope xmlns:s="{SOAP}"><s:Header/><s:Body><p:{operation}Out xmlns:p="{PKI}"><p:ResponseHeader>'
        f"<p:SenderId>360817</p:SenderId><p:CustomerId>360817</p:CustomerId><p:RequestId>{request_id}</p:RequestId>"
        "<p:Timestamp>2026-11-22T09:00:00Z</p:Timestamp><p:InterfaceVersion>1</p:InterfaceVersion></p:ResponseHeader>"
        f'<e:{operation}Response xml:id="response" xmlns:e="{PKI_ELEMENTS}"><e:ReturnCode>00</e:ReturnCode>'
        f"<e:ReturnText>OK</e:ReturnText>{parts}{inside}<e:RequestId>{request_id}</e:RequestId></e:{operation}Response>"
        f"</p:{operation}Out></s:Body></s:Envelope>".encode()
    )
    answer = envelope.find(f".//{{{PKI_ELEMENTS}}}{operation}Response")
    key = banks_key("DPSIGN")
    made = signature.build(
        answer,
        key,
        ALGORITHMS["rsa-sha256"],
        EXCLUSIVE_C14N,
        [("#response", (ENVELOPED, EXCLUSIVE_C14N), canonical.exclusive_part(answer))],
    )
    data = etree.SubElement(signature.key_info(made), f"{{{signature.DS}}}X509Data")
    etree.SubElement(data, f"{{{signature.DS}}}X509Certificate").text = _b64(key.certificate)
    return etree.tostring(envelope)


def fault(return_code: str, text: str, request_id: str) -> bytes:
    return (
        f'<s:Envelope xmlns:s="{SOAP}"><s:Body><p:PKIFactoryServiceFault xmlns:p="{PKI}"><p:RequestId>{request_id}'
        f"</p:RequestId><p:ReturnCode>{return_code}</p:ReturnCode><p:ReturnText>{text}</p:ReturnText>"
        "</p:PKIFactoryServiceFault></s:Body></s:Envelope>"
    ).encode()


def _b64(certificate: x509.Certificate) -> str:
    return base64.b64encode(certificate.public_bytes(Encoding.DER)).decode()


@cache
def wanted() -> Wanted:
    subject = ["C=FI", "CN={company}", "serialNumber={customer_id}"]
    requests = [
        certificate_request(new_private_key(), subject, customer_id="360817", company="Багет Oy") for _ in range(2)
    ]
    return Wanted(*requests)


def service(bank: Callable[[bytes], bytes], issuers: tuple[x509.Certificate, ...] = ()) -> PkiService:
    profile = load_profile(PROFILES / "danske.toml")
    assert profile.certificates is not None and profile.encryption is not None
    policy = TrustPolicy(anchors=(root().certificate,), signers=frozenset(profile.trust.signers))
    counter = Counter(
        profile.certificates,
        Customer("360817", "PRODUCTION", "rsa-sha256"),
        Post(bank),  # type: ignore[arg-type]
        FixedClock(NOW),
        policy,
        issuers or (root().certificate,),
    )
    return PkiService(counter, profile.encryption)


def keys_of(issued: Issued) -> list[object]:
    assert issued.encryption is not None
    return [c.public_key().public_numbers() for c in (issued.signing, issued.encryption)]


def test_a_pin_brings_two_certificates_for_the_two_keys() -> None:
    made = service(Pki())
    issued = made.enrol(wanted(), "1234")
    asked = [x509.load_der_x509_csr(r).public_key().public_numbers() for r in (wanted().signing, wanted().encryption)]
    assert keys_of(issued) == asked
    assert issued.bank_encryption == banks_key("DPCRYPT").certificate
    sent = made._counter.transport.heard[-1]  # type: ignore[attr-defined]
    assert b"1234</" not in sent and b"EncryptedData" in sent  # the PIN travels encrypted only


def test_a_renewal_is_signed_twice_with_the_old_key() -> None:
    old = root().issue_client("360817", NOW - timedelta(days=700), days=760)
    assert keys_of(service(Pki()).renew(wanted(), old))


def test_a_wrong_pin_is_refused_with_the_banks_words() -> None:
    with pytest.raises(Refused) as caught:
        service(Pki()).enrol(wanted(), "4321")
    assert (caught.value.values["bank_code"], caught.value.values["text"]) == ("12", "PIN not valid")
    assert "4321" not in caught.value.text("ru")
    assert code(lambda: service(Pki()).enrol(wanted(), " ")) == "certificates.no_code"


def test_certificates_for_the_wrong_keys_are_refused() -> None:
    bank = Pki()
    bank.swapped = True
    assert code(lambda: service(bank).enrol(wanted(), "1234")) == "certificates.not_ours"


def test_nothing_is_encrypted_to_somebody_elses_certificate() -> None:
    stranger = DemoAuthority.create(NOW - timedelta(days=400), "DBGROOT")
    for encryption in (
        banks_key("DPSIGN"),  # another name of the bank's
        banks_key("DPCRYPT", -300, -1),
        stranger.issue_signing("DPCRYPT", NOW - timedelta(days=1), NOW + timedelta(days=1)),
    ):
        made = service(Pki(encryption=encryption))
        assert code(lambda made=made: made.enrol(wanted(), "1234")) == "certificates.not_the_banks"  # type: ignore[misc]
        assert len(made._counter.transport.heard) == 1  # type: ignore[attr-defined]


def test_a_certificate_of_an_unknown_authority_is_refused() -> None:
    other = DemoAuthority.create(NOW - timedelta(days=400), "Other").certificate
    assert code(lambda: service(Pki(), (other,)).enrol(wanted(), "1234")) == "certificates.unknown_issuer"


def test_the_bank_tells_what_it_thinks_of_our_certificates() -> None:
    bank = Pki()
    old = root().issue_client("360817", NOW - timedelta(days=700), days=760)
    gone = root().issue_client("360817", NOW - timedelta(days=700), days=760)
    bank.revoked.add(gone.certificate.serial_number)
    told = service(bank).statuses([old.certificate, gone.certificate], old)
    assert told == {old.certificate.serial_number: "good", gone.certificate.serial_number: "revoked"}
