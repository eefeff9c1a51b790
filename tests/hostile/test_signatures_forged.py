"""Forged, confused, stale and foreign signatures at the SOAP level."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import cache

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa as rsa_keys
from cryptography.hazmat.primitives.serialization import Encoding

from gateway.bank.bxd import response
from gateway.core.clock import FixedClock
from gateway.core.errors import Corrupt
from gateway.signing.ca import DemoAuthority
from gateway.signing.keys import Pkcs12Key
from gateway.signing.policy import EXCLUSIVE_C14N
from gateway.signing.signature import DS
from gateway.signing.wsse import sign_envelope, verify_envelope
from tests.bank.bxd import pretend
from tests.bank.bxd.pretend import NOW, SIGNER
from tests.hostile import craft
from tests.hostile.craft import Flaws, crafted
from tests.hostile.reasons import refusal

DAY = timedelta(days=1)
HMAC_SHA1 = f"{DS}hmac-sha1"
HMAC_SHA256 = "http://www.w3.org/2001/04/xmldsig-more#hmac-sha256"
XPATH = "http://www.w3.org/TR/1999/REC-xpath-19991116"
XSLT = "http://www.w3.org/TR/1999/REC-xslt-19991116"
FILTER2 = "http://www.w3.org/2002/06/xmldsig-filter2"
C14N = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"


@cache
def honest() -> bytes:
    return pretend.download()


@cache
def foreign_key() -> Pkcs12Key:
    """The bank's name, certified by another authority of the same name."""
    return pretend.stranger().issue_signing(SIGNER, NOW - DAY, NOW + DAY)


def test_what_the_crafting_makes_without_a_flaw_passes() -> None:
    assert response.prove(pretend.reply(crafted(Flaws())), pretend.rules(), NOW).content == pretend.STATEMENT


CONFUSIONS = {
    "hmac_sha1_with_the_certificate": Flaws(
        method=HMAC_SHA1, value=lambda o: craft.hmac_with_certificate("sha1", Encoding.DER)(o)
    ),
    "hmac_sha256_with_the_certificate": Flaws(
        method=HMAC_SHA256, value=lambda o: craft.hmac_with_certificate("sha256", Encoding.PEM)(o)
    ),
    "hmac_cut_to_nothing": Flaws(
        method=HMAC_SHA1, inside_method="<HMACOutputLength>0</HMACOutputLength>", value=lambda o: b""
    ),
    "rsa_sha1": Flaws(method=f"{DS}rsa-sha1", hash="sha1", digest=f"{DS}sha1"),
    "sha1_digests_under_rsa_sha256": Flaws(hash="sha1", digest=f"{DS}sha1"),
    "rsa_md5": Flaws(method="http://www.w3.org/2001/04/xmldsig-more#rsa-md5", value=lambda o: b"x" * 256),
    "dsa": Flaws(method=f"{DS}dsa-sha1", value=lambda o: b"x" * 40),
    "no_method": Flaws(method="", value=lambda o: b""),
    "method_none": Flaws(method="none", value=lambda o: b""),
    "parameters_inside_the_method": Flaws(inside_method="<HMACOutputLength>8</HMACOutputLength>"),
    "xpath": Flaws(transforms=(f'<Transform Algorithm="{XPATH}"><XPath>true()</XPath></Transform>',)),
    "xpath_filter_2": Flaws(transforms=(f'<Transform Algorithm="{FILTER2}"/>',)),
    "xslt": Flaws(
        transforms=(
            f'<Transform Algorithm="{XSLT}"><xsl:stylesheet version="1.0" '
            'xmlns:xsl="http://www.w3.org/1999/XSL/Transform"/></Transform>',
        )
    ),
    "base64": Flaws(transforms=(f'<Transform Algorithm="{DS}base64"/>',)),
    "canonical_with_comments": Flaws(
        transforms=('<Transform Algorithm="http://www.w3.org/2001/10/xml-exc-c14n#WithComments"/>',)
    ),
    "inclusive_canonical": Flaws(transforms=(f'<Transform Algorithm="{C14N}"/>',)),
    "two_transforms": Flaws(transforms=Flaws().transforms * 2),
    "no_transform": Flaws(transforms=()),
    "enveloped_at_soap_level": Flaws(transforms=(f'<Transform Algorithm="{DS}enveloped-signature"/>',)),
    "unknown_canonicalization": Flaws(canonicalization="urn:attacker"),
    "canonicalization_with_comments": Flaws(canonicalization="http://www.w3.org/2001/10/xml-exc-c14n#WithComments"),
}


@pytest.mark.parametrize("name", sorted(CONFUSIONS))
def test_algorithm_confusion_is_refused(name: str) -> None:
    assert refusal(crafted(CONFUSIONS[name])) == "bank.algorithm_forbidden"


def _listing(prefixes: str, inside: str = "InclusiveNamespaces") -> str:
    return (
        f'<Transform Algorithm="{EXCLUSIVE_C14N}"><e:{inside} xmlns:e="{EXCLUSIVE_C14N}" PrefixList="{prefixes}"/>'
        "</Transform>"
    )


@pytest.mark.parametrize("prefixes", ["mod cor", "#default soapenv", "nowhere", "", "\u0416 \u00e9"])
def test_a_prefix_list_as_other_libraries_write_it_is_welcome(prefixes: str) -> None:
    raw = crafted(Flaws(transforms=(_listing(prefixes),), prefixes=tuple(prefixes.split())))
    assert response.prove(pretend.reply(raw), pretend.rules(), NOW).content == pretend.STATEMENT


def test_anything_else_inside_a_transform_is_refused() -> None:
    assert refusal(crafted(Flaws(transforms=(_listing("mod", "Other"),)))) == "bank.algorithm_forbidden"
    assert refusal(crafted(Flaws(transforms=(_listing("mod"),)))) == "bank.signature_invalid"


def test_sha1_needs_the_explicit_switch() -> None:
    raw = crafted(CONFUSIONS["rsa_sha1"])
    payload_is_modern = response.prove(pretend.reply(raw), pretend.rules(legacy=True), NOW)
    assert "rsa-sha1" in payload_is_modern.proof.algorithms


@pytest.mark.parametrize("covered", [("Timestamp",), ("Body",), ("Token",), ("Token", "Timestamp"), ()])
def test_a_signature_over_too_little_is_refused(covered: tuple[str, ...]) -> None:
    assert refusal(crafted(Flaws(covered=covered))) == "bank.signature_wrapped"


def test_a_signature_over_the_token_too_is_welcome() -> None:
    raw = crafted(Flaws(covered=("Body", "Timestamp", "Token")))
    assert response.prove(pretend.reply(raw), pretend.rules(), NOW).content == pretend.STATEMENT


def test_the_same_reference_twice_is_refused() -> None:
    assert refusal(crafted(Flaws(covered=("Timestamp", "Body", "Body")))) == "bank.signature_wrapped"


@pytest.mark.parametrize(
    "uri",
    ["", "#nowhere", "#xpointer(/)", "#xpointer(id('Body'))", "http://127.0.0.1/x", "file:///etc/hostname", "cid:1"],
)
def test_references_to_elsewhere_are_refused(uri: str) -> None:
    assert refusal(craft.reference_uri(honest(), 1, uri)) == "bank.signature_wrapped"


@pytest.mark.parametrize(
    "inside",
    [
        f'<KeyValue xmlns="{DS}"/>',
        f'<KeyName xmlns="{DS}">bank</KeyName>',
        craft.token_reference("#elsewhere"),
        craft.token_reference("http://127.0.0.1/token"),
        craft.token_reference(""),
    ],
)
def test_key_info_may_only_point_to_the_token(inside: str) -> None:
    assert refusal(craft.key_info_replaced(honest(), inside)) == "bank.signature_wrapped"


def test_unsigned_messages_are_refused() -> None:
    assert refusal(craft.without_signature(honest())) == "bank.signature_missing"
    assert refusal(craft.without_security(honest())) == "bank.signature_missing"
    body_only = b'<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Body/></e:Envelope>'
    assert refusal(body_only) == "bank.signature_missing"
    assert refusal(b"<html><body>Service unavailable</body></html>") == "bank.signature_missing"


def test_tampering_is_refused() -> None:
    # another code in the header, another time stamp, another signature value
    assert refusal(honest().replace(b"<mod:ResponseCode>00<", b"<mod:ResponseCode>01<")) == "bank.signature_invalid"
    assert refusal(honest().replace(b"09:05:00Z</wsu:Expires>", b"10:05:00Z</wsu:Expires>")) == "bank.signature_invalid"
    garbage = Flaws(value=lambda octets: b"\x01" * 256)
    assert refusal(crafted(garbage)) == "bank.signature_invalid"


def test_another_key_under_the_banks_certificate_is_refused() -> None:
    assert refusal(crafted(Flaws(key=foreign_key()))) == "bank.signature_invalid"


def test_another_authority_of_the_same_name_is_refused() -> None:
    assert refusal(craft.signed_by(foreign_key())) == "bank.untrusted_certificate"


def test_the_banks_token_over_a_foreign_signature_is_refused() -> None:
    assert refusal(craft.token_of(craft.signed_by(foreign_key()), pretend.bank_key())) == "bank.signature_invalid"


def test_a_customer_of_the_same_authority_cannot_sign_for_the_bank() -> None:
    assert refusal(craft.signed_by(pretend.customer_key()), at=datetime.now(UTC)) == "bank.untrusted_certificate"


def test_the_authority_itself_signs_no_messages() -> None:
    assert refusal(craft.signed_by(pretend.authority().key), signers=frozenset()) == "bank.untrusted_certificate"


def test_a_certificate_issued_by_the_banks_signing_certificate_is_refused() -> None:
    below = DemoAuthority(pretend.bank_key()).issue_signing(SIGNER, NOW - DAY, NOW + DAY)
    bank = (pretend.bank_key().certificate,)
    assert refusal(craft.signed_by(below)) == "bank.untrusted_certificate"
    assert refusal(craft.signed_by(below), intermediates=bank) == "bank.untrusted_certificate"


def test_a_self_signed_certificate_is_refused() -> None:
    assert refusal(craft.signed_by(_self_signed(2048))) == "bank.untrusted_certificate"


def test_a_weak_key_is_refused_even_when_pinned() -> None:
    weak = _self_signed(1024)
    pin = frozenset({weak.certificate.fingerprint(hashes.SHA256()).hex()})
    assert refusal(craft.signed_by(weak), pinned=pin) == "bank.untrusted_certificate"


def test_expired_and_not_yet_valid_certificates_are_refused() -> None:
    late = pretend.authority().issue_signing(SIGNER, NOW - 30 * DAY, NOW - DAY)
    early = pretend.authority().issue_signing(SIGNER, NOW + DAY, NOW + 30 * DAY)
    assert refusal(craft.signed_by(late)) == "bank.certificate_expired"
    assert refusal(craft.signed_by(early)) == "bank.certificate_not_yet_valid"


def test_an_expired_authority_is_refused() -> None:
    old = DemoAuthority.create(NOW - 100 * DAY, days=50)
    signer = old.issue_signing(SIGNER, NOW - DAY, NOW + DAY)
    assert refusal(craft.signed_by(signer), anchors=(old.certificate,)) == "bank.certificate_expired"


def test_the_certificate_is_judged_as_of_the_message_not_of_today() -> None:
    """Evidence of last year still verifies, as of then, when its certificate has ended since."""
    ended = pretend.authority().issue_signing(SIGNER, NOW - 30 * DAY, NOW + DAY)
    raw = craft.signed_by(ended)
    assert response.prove(pretend.reply(raw), pretend.rules(), NOW).content == b"<forged/>"
    assert refusal(raw, at=NOW + 2 * DAY) == "bank.certificate_expired"


@pytest.mark.parametrize(
    "off", [timedelta(minutes=-11), timedelta(minutes=11), timedelta(hours=-30), timedelta(days=200)], ids=str
)
def test_stale_and_future_time_stamps_are_refused(off: timedelta) -> None:
    payload = craft.sign_enveloped(pretend.application(content=b"<x/>"), pretend.bank_key())
    raw = pretend.signed(pretend.envelope(payload), clock=FixedClock(NOW + off))
    assert refusal(raw) == "bank.stale_timestamp"


def test_a_long_expiry_does_not_make_an_old_message_young() -> None:
    envelope = pretend.envelope(None)
    sign_envelope(envelope, pretend.bank_key(), FixedClock(NOW - timedelta(hours=3)), ttl=10**7)
    with pytest.raises(Corrupt) as caught:
        verify_envelope(craft.etree.tostring(envelope), pretend.policy(), NOW)
    assert caught.value.code == "signature.stale"


def test_the_reply_to_another_request_is_refused() -> None:
    """Replay: well signed, fresh even, but the echo is of another request."""
    other = pretend.download(request_id="01JD4QZX0000000000000000ZZ")
    assert refusal(other) == "bank.wrong_request_id"


def test_a_pinned_certificate_needs_no_authority() -> None:
    pin = frozenset({pretend.bank_key().certificate.fingerprint(hashes.SHA256()).hex()})
    rules = pretend.rules(anchors=(), pinned=pin)
    assert response.prove(pretend.reply(honest()), rules, NOW).content == pretend.STATEMENT
    assert refusal(craft.signed_by(foreign_key()), anchors=(), pinned=pin) == "bank.untrusted_certificate"


def _self_signed(bits: int) -> Pkcs12Key:
    private = rsa_keys.generate_private_key(public_exponent=65537, key_size=bits)
    bank = pretend.bank_key().certificate
    certificate = (
        x509.CertificateBuilder()
        .subject_name(bank.subject)
        .issuer_name(bank.issuer)
        .public_key(private.public_key())
        .serial_number(bank.serial_number)
        .not_valid_before(NOW - DAY)
        .not_valid_after(NOW + DAY)
        .sign(private, hashes.SHA256())
    )
    return Pkcs12Key(private, certificate)
