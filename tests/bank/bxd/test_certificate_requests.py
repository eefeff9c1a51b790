"""Requests for certificates, held against the banks' own schemas and WSDL files."""

from __future__ import annotations

import base64
import hashlib
import hmac
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import pytest
import zeep
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from lxml import etree

from gateway.bank.bxd.certificates import pki_messages
from gateway.bank.bxd.certificates.application import COMMAND, CertApplicationRequest, keyed_hash
from gateway.bank.bxd.certificates.csr import certificate_request, new_private_key
from gateway.bank.bxd.certificates.names import PKI, PKI_ELEMENTS, schema_of
from gateway.bank.bxd.certificates.service import get_certificate
from gateway.bank.bxd.profile import load_profile
from gateway.bank.bxd.profile_parts import Certificates
from gateway.core.errors import Refused
from gateway.signing.policy import TrustPolicy
from gateway.signing.xmldsig import verify_enveloped
from tests.bank.bxd import pretend
from tests.standards import need

AT = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
PROFILES = Path(__file__).resolve().parents[3] / "certs" / "profiles"
NORDEA, OP = "http://filetransfer.nordea.com/xmldata/", "http://op.fi/mlp/xmldata/"
SCHEMAS = {
    "nordea": "bxd/xsd/cert_application_request.xsd",
    "nordea-sha2": "bxd/xsd/cert_application_request.xsd",
    "op": "bxd/xsd/op/CertApplicationRequest_200812.xsd",
    "samlink": "bxd/xsd/samlink/CertApplicationRequest.xsd",
}
WSDL = {
    "nordea": "wsdl_nordea_cert.xml",
    "nordea-sha2": "wsdl_nordea_cert_sha2.xml",
    "op": "wsdl_op_cert_production.xml",
    "samlink": "wsdl_samlink_cert_production.xml",
}


@cache
def private_key() -> rsa.RSAPrivateKey:
    return new_private_key()


def issued(name: str) -> Certificates:
    found = load_profile(PROFILES / f"{name}.toml").certificates
    assert found is not None
    return found


def csr(name: str, customer: str = "1000000000") -> bytes:
    return certificate_request(private_key(), issued(name).subject, customer_id=customer, company="Багет Oy")


def request(name: str, **changes: object) -> CertApplicationRequest:
    profile = issued(name)
    wanted: dict[str, object] = {
        "namespace": profile.data_namespace,
        "customer_id": "1000000000",
        "timestamp": AT,
        "environment": "PRODUCTION",
        "software_id": "Kvit",
        "service": profile.service,
        "content": csr(name),
    }
    return CertApplicationRequest(**{**wanted, **changes})


@cache
def official(relative: str) -> etree.XMLSchema:
    """A bank's schema; the signature schema beside it may lie one folder up."""
    file = need(relative)
    text = file.read_bytes().replace(b'schemaLocation="xmldsig', f'schemaLocation="{need("bxd/xsd")}/xmldsig'.encode())
    parser = etree.XMLParser(load_dtd=True, no_network=True)
    return etree.XMLSchema(etree.fromstring(text.removeprefix(b"\xef\xbb\xbf"), parser))


@pytest.mark.parametrize("name", sorted(SCHEMAS))
def test_a_first_request_fits_the_banks_schema(name: str) -> None:
    secret = (
        {"hmac": keyed_hash("1234567890", csr(name))}
        if issued(name).kind == "hmac"
        else {"transfer_key": "1234567890123456", "compression": "false"}
    )
    xml = request(name, command=COMMAND, **secret).to_xml()
    official(SCHEMAS[name]).assertValid(etree.fromstring(xml))


@pytest.mark.parametrize("name", sorted(SCHEMAS))
def test_a_renewal_fits_it_too_and_is_signed_by_the_old_key(name: str) -> None:
    old = pretend.customer_key()
    xml = request(name, service=issued(name).renewal_service).signed(old, "rsa-sha256")
    official(SCHEMAS[name]).assertValid(etree.fromstring(xml))
    policy = TrustPolicy(anchors=(pretend.authority().certificate,))
    assert verify_enveloped(xml, policy, datetime.now(UTC)).certificate == old.certificate


@pytest.mark.parametrize("name", sorted(WSDL))
def test_the_soap_message_is_the_one_of_the_banks_wsdl(name: str) -> None:
    client = zeep.Client(str(need(f"bxd/wsdl/{WSDL[name]}")))
    service = client.create_service(next(iter(client.wsdl.bindings)), "https://127.0.0.1/")
    header = {"SenderId": "1000000000", "RequestId": "01JD", "Timestamp": AT}
    theirs = client.create_message(service, "getCertificate", RequestHeader=header, ApplicationRequest=b"<x/>")
    ours = get_certificate(issued(name).service_namespace, "1000000000", "01JD", "2026-11-22T09:30:00Z", b"<x/>")
    assert etree.tostring(ours, method="c14n", exclusive=True) == etree.tostring(theirs, method="c14n", exclusive=True)


def test_our_schema_is_the_banks_in_names_order_and_optionality() -> None:
    def children(schema: etree._ElementTree, root: str) -> list[tuple[str, str]]:
        declared = schema.find(f"{{*}}element[@name='{root}']/{{*}}complexType/{{*}}sequence")
        return [(e.get("name") or e.get("ref"), e.get("minOccurs", "1")) for e in declared.iterchildren("{*}element")]

    own = etree.parse(str(Path(pki_messages.__file__).parents[1] / "schemas" / "cert-application.xsd"))
    asked = etree.parse(str(need("bxd/xsd/cert_application_request.xsd")))
    answered = etree.parse(str(need("bxd/xsd/op/CertApplicationResponse_200812.xsd")))
    assert children(own, "CertApplicationRequest") == children(asked, "CertApplicationRequest")
    assert children(own, "CertApplicationResponse") == children(answered, "CertApplicationResponse")


def test_the_secret_is_hmac_sha1_of_the_der_request() -> None:
    der = csr("nordea")
    assert keyed_hash("1234567890", der) == hmac.new(b"1234567890", der, hashlib.sha1).digest()
    root = etree.fromstring(request("nordea", hmac=keyed_hash("1234567890", der)).to_xml())
    assert base64.b64decode(root.findtext(f"{{{NORDEA}}}Content")) == der
    assert len(base64.b64decode(root.findtext(f"{{{NORDEA}}}HMAC"))) == 20


@pytest.mark.parametrize("name", ["op", "samlink"])
def test_that_family_names_the_country_and_the_customer_and_nothing_else(name: str) -> None:
    subject = x509.load_der_x509_csr(csr(name)).subject
    assert [part.rfc4514_string() for part in subject] == ["C=FI", "CN=1000000000"]


def test_the_same_key_asks_with_the_same_bytes() -> None:
    assert csr("op") == csr("op")
    assert csr("op") != csr("op", customer="1000000001")
    assert x509.load_der_x509_csr(csr("op")).is_signature_valid


@pytest.mark.parametrize(
    ("subject", "customer"), [(["C=FIN"], "1"), (["Q=1"], "1"), (["CN={customer_id}"], "")], ids=["C", "unknown", "-"]
)
def test_a_subject_that_cannot_be_is_refused(subject: list[str], customer: str) -> None:
    with pytest.raises(Refused) as caught:
        certificate_request(private_key(), subject, customer_id=customer, company="")
    assert caught.value.code == "certificates.subject"


@pytest.mark.parametrize("field", [{"customer_id": ""}, {"customer_id": "1" * 17}, {"transfer_key": "1" * 33}])
def test_a_request_the_schema_refuses_is_not_sent(field: dict[str, str]) -> None:
    with pytest.raises(Refused) as caught:
        request("op", **field).to_xml()
    assert caught.value.code == "certificates.request_invalid"


# Danske Bank's PkiService

ASKING = pki_messages.Asking("360817", "72882ae6c0", AT, "production")


def danske() -> etree.XMLSchema:
    folder = need("bxd/xsd")
    text = (folder / "danske_pki.xsd").read_bytes()
    for name in ("xmldsig-core-schema.xsd", "xml_id.xsd"):
        text = text.replace(f'"{name}"'.encode(), f'"{folder / name}"'.encode())
    return etree.XMLSchema(etree.fromstring(text, etree.XMLParser(load_dtd=True, no_network=True)))


def test_every_request_fits_the_banks_schema() -> None:
    der, old = csr("danske"), pretend.customer_key()
    made = [
        pki_messages.get_bank_certificate(ASKING, "1111110003"),
        pki_messages.create_certificate(ASKING, der, der, "1234"),
        pki_messages.renew_certificate(ASKING, der, der, old, "rsa-sha256"),
        pki_messages.certificate_status(ASKING, [1, 2], old, "rsa-sha256"),
    ]
    schema, own = danske(), schema_of(PKI_ELEMENTS)
    assert own is not None
    for root in made:
        schema.assertValid(root)
        own.assertValid(root)


def test_what_is_signed_verifies_with_the_old_key() -> None:
    old, der = pretend.customer_key(), csr("danske")
    policy = TrustPolicy(anchors=(pretend.authority().certificate,))
    for root in (
        pki_messages.renew_certificate(ASKING, der, der, old, "rsa-sha256"),
        pki_messages.certificate_status(ASKING, [1], old, "rsa-sha256"),
    ):
        document = verify_enveloped(etree.tostring(root), policy, datetime.now(UTC))
        assert document.certificate == old.certificate


def test_the_header_is_the_one_of_the_banks_wsdl() -> None:
    wsdl = etree.parse(str(need("bxd/wsdl/wsdl_danske_cert.xml")))
    declared = wsdl.find(".//{*}complexType[@name='RequestHeaderType']/{*}sequence")
    envelope = pki_messages.in_envelope("GetBankCertificate", ASKING, pki_messages.get_bank_certificate(ASKING, "1"))
    sent = envelope.find(f".//{{{PKI}}}RequestHeader")
    assert [etree.QName(e).localname for e in sent] == [e.get("name") for e in declared.iterchildren("{*}element")]
    assert wsdl.getroot().get("targetNamespace") == PKI
    offered = {o.get("name") for o in wsdl.iterfind(".//{*}portType/{*}operation")}
    assert {"GetBankCertificate", "CreateCertificate", "RenewCertificate", "CertificateStatus"} <= offered


@pytest.mark.parametrize(("customer", "pin"), [("12345", "1"), ("360817", "12345678901")])
def test_what_the_service_would_refuse_is_not_sent(customer: str, pin: str) -> None:
    asking = pki_messages.Asking(customer, "a", AT, "production")
    with pytest.raises(Refused) as caught:
        pki_messages.create_certificate(asking, csr("danske"), csr("danske"), pin)
    assert caught.value.code == "certificates.request_invalid"
