"""Detached CMS signatures: the honest path, and every shape that is refused."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from gateway.core.errors import Corrupt, Refused
from gateway.signing import der, raw
from gateway.signing.ca import DemoAuthority
from gateway.signing.cms import sign_detached, verify_detached
from gateway.signing.cms_names import (
    CONTENT_TYPE,
    DATA,
    DIGEST_OIDS,
    ENVELOPED_DATA,
    SIGNED_DATA,
    SIGNING_CERTIFICATE,
    SIGNING_CERTIFICATE_V2,
    SIGNING_TIME,
)
from gateway.signing.keys import Pkcs12Key
from gateway.signing.policy import Algorithm, TrustPolicy
from tests.bank.bxd import pretend
from tests.bank.bxd.pretend import NOW, policy
from tests.signing.certificates import DAY, authority_extensions, issued, self_signed
from tests.signing.cms_craft import CONTENT, Craft, attribute, certificate_octets, content_type, message_digest


def code(signature: bytes, content: bytes = CONTENT, rules: TrustPolicy | None = None, at: datetime = NOW) -> str:
    with pytest.raises(Corrupt) as caught:
        verify_detached(signature, content, rules or policy(), at)
    assert "{" not in caught.value.text("ru") + caught.value.text("en")
    return caught.value.code


def test_what_we_sign_verifies() -> None:
    verified = verify_detached(sign_detached(CONTENT, pretend.bank_key(), at=NOW), CONTENT, policy(), NOW)
    assert verified.certificate == pretend.bank_key().certificate
    assert verified.anchor == pretend.authority().certificate
    assert verified.algorithms == ("rsa-sha256", "sha256")
    assert verified.signed_at == NOW


def test_the_crafted_signature_is_honest_as_it_stands() -> None:
    assert verify_detached(Craft().build(), CONTENT, policy(), NOW).signed_at is None


@pytest.mark.parametrize("content", [b"", b"\x00", b"\xef\xbb\xbf<a/>", b"x" * 1_000_000], ids=len)
def test_any_octets_can_be_signed(content: bytes) -> None:
    signature = sign_detached(content, pretend.bank_key(), at=NOW)
    assert verify_detached(signature, content, policy(), NOW)
    assert code(signature, content + b" ") == "signature.invalid"


@pytest.mark.parametrize("year", [1999, 2049, 2050])
def test_the_stated_time_survives_either_form_of_writing_it(year: int) -> None:
    stated = datetime(year, 2, 28, 23, 59, 58, tzinfo=UTC)
    signature = sign_detached(CONTENT, pretend.bank_key(), at=stated.astimezone(None))
    assert verify_detached(signature, CONTENT, policy(), NOW).signed_at == stated


def test_a_chain_travels_with_the_signature_without_its_root() -> None:
    top = DemoAuthority.create(NOW - 100 * DAY)
    root = issued(top.key, "Root", *authority_extensions())
    middle = issued(root, "Middle", *authority_extensions(0))
    leaf = issued(middle, "Bank")
    own_root = Pkcs12Key(root.private_key, self_signed(root.private_key, "Root"))
    signer = Pkcs12Key(leaf.private_key, leaf.certificate, (middle.certificate, own_root.certificate))
    signature = sign_detached(CONTENT, signer, at=NOW)
    rules = TrustPolicy(anchors=(root.certificate,))
    assert verify_detached(signature, CONTENT, rules, NOW).anchor == root.certificate
    assert certificate_octets(middle.certificate) in signature
    assert certificate_octets(own_root.certificate) not in signature


def test_a_certificate_that_does_not_travel_may_be_known() -> None:
    bare = Craft(certificates=()).build()
    assert code(bare) == "cms.shape"
    known = (pretend.bank_key().certificate,)
    assert verify_detached(bare, CONTENT, policy(), NOW, known).certificate == known[0]
    with pytest.raises(Corrupt):
        verify_detached(bare, CONTENT, TrustPolicy(), NOW, known)  # known is not trusted


def test_a_signer_named_by_its_key_identifier() -> None:
    own = pretend.bank_key().certificate
    named = own.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value.digest
    craft = Craft(identifier=der.tlv(der.context(0, constructed=False), named), version=3, signer_version=3)
    assert verify_detached(craft.build(), CONTENT, policy(), NOW).certificate == own
    other = Craft(identifier=der.tlv(der.context(0, constructed=False), b"other"), version=3, signer_version=3)
    assert code(other.build()) == "cms.shape"


def test_signature_identifiers_of_key_and_digest_mean_the_same() -> None:
    craft = Craft(signature_oid="1.2.840.113549.1.1.11")
    assert verify_detached(craft.build(), CONTENT, policy(), NOW).algorithms == ("rsa-sha256", "sha256")
    assert code(craft.but(signature_oid="1.2.840.113549.1.1.13").build()) == "signature.algorithm"


def test_algorithms_without_parameters_mean_the_same() -> None:
    assert verify_detached(Craft(digest_parameters=None, signature_parameters=None).build(), CONTENT, policy(), NOW)


def test_what_the_signature_does_not_cover_is_allowed_and_ignored() -> None:
    stamp = der.tlv(der.context(1), attribute("1.2.840.113549.1.9.16.2.14", der.sequence()))
    lists = der.tlv(der.context(1), der.sequence())
    spare = (certificate_octets(pretend.bank_key().certificate), certificate_octets(pretend.authority().certificate))
    plain = verify_detached(Craft().build(), CONTENT, policy(), NOW)
    loaded = verify_detached(Craft(unsigned=stamp, crls=lists, certificates=spare).build(), CONTENT, policy(), NOW)
    assert loaded == plain


SHAPES: dict[str, tuple[dict[str, Any], str]] = {
    "the content inside": ({"inside": CONTENT}, "cms.shape"),
    "other content inside": ({"inside": b"forged"}, "cms.shape"),
    "empty content inside": ({"inside": b""}, "cms.shape"),
    "an envelope": ({"outer_type": ENVELOPED_DATA}, "cms.shape"),
    "content of another type": ({"encapsulated_type": SIGNED_DATA}, "cms.shape"),
    "no signer": ({"signers": 0}, "signature.missing"),
    "two signers": ({"signers": 2}, "cms.shape"),
    "no signed attributes": ({"attributes": None}, "cms.shape"),
    "no content type": ({"attributes": (message_digest(),)}, "cms.shape"),
    "no digest": ({"attributes": (content_type(),)}, "cms.shape"),
    "signed as another type": ({"attributes": (content_type(SIGNED_DATA), message_digest())}, "cms.shape"),
    "two content types": (
        {"attributes": (attribute(CONTENT_TYPE, der.oid(DATA), der.oid(SIGNED_DATA)), message_digest())},
        "cms.shape",
    ),
    "digest of something else": ({"attributes": (content_type(), message_digest(b"other"))}, "signature.invalid"),
    "the digest twice": (
        {"attributes": (content_type(), message_digest(), message_digest(b"other"))},
        "cms.malformed",
    ),
    "attributes out of order": (
        {"attributes": tuple(sorted((content_type(), message_digest()), reverse=True)), "sort": False},
        "cms.malformed",
    ),
    "a time that is none": (
        {"attributes": (content_type(), message_digest(), attribute(SIGNING_TIME, der.tlv(0x17, b"269921000000Z")))},
        "cms.malformed",
    ),
    "a time with a zone": (
        {"attributes": (content_type(), message_digest(), attribute(SIGNING_TIME, der.tlv(0x17, b"2611210000+0300")))},
        "cms.malformed",
    ),
    "two times": (
        {"attributes": (content_type(), message_digest(), attribute(SIGNING_TIME, b"\x17\x00", b"\x17\x01Z"))},
        "cms.shape",
    ),
    "signed without its attributes": ({"signed_octets": CONTENT}, "signature.invalid"),
    "octets behind": ({"behind": b"\x00"}, "cms.malformed"),
    "a second message behind": ({"behind": b"\x30\x00"}, "cms.malformed"),
    "versions at odds": ({"version": 3}, "cms.shape"),
    "a version of the future": ({"version": 4, "signer_version": 4}, "cms.shape"),
    "no digest algorithm": ({"digests": ()}, "cms.shape"),
    "another digest algorithm": ({"digests": (der.algorithm(DIGEST_OIDS["sha512"], der.null()),)}, "cms.shape"),
    "parameters": ({"signature_parameters": der.octet_string(b"")}, "cms.shape"),
    "an unknown signature": ({"signature_oid": "1.2.840.113549.1.1.10"}, "signature.algorithm"),
    "another certificate": (
        {"certificates": (certificate_octets(pretend.authority().certificate),)},
        "cms.shape",
    ),
    "an attribute certificate": ({"certificates": (der.tlv(der.context(1), b""),)}, "cms.shape"),
    "a broken certificate": ({"certificates": (der.sequence(der.null()),)}, "certificate.unreadable"),
    "a crowd of certificates": (
        {"certificates": (certificate_octets(pretend.authority().certificate),) * 17},
        "cms.shape",
    ),
}


@pytest.mark.parametrize("name", sorted(SHAPES))
def test_shapes_that_are_refused(name: str) -> None:
    changes, expected = SHAPES[name]
    assert code(Craft(**changes).build()) == expected


def test_sha1_counts_behind_the_switch_only_and_until_its_end() -> None:
    old = Craft(digest="sha1").build()
    assert code(old) == "signature.algorithm"
    assert verify_detached(old, CONTENT, policy(legacy=True), NOW).algorithms == ("rsa-sha1", "sha1")
    ending = policy(legacy=True, legacy_until=NOW + timedelta(seconds=1))
    assert verify_detached(old, CONTENT, ending, NOW)
    assert code(old, rules=ending, at=NOW + timedelta(seconds=1)) == "signature.algorithm"


def test_an_algorithm_the_profile_does_not_name_is_refused() -> None:
    assert code(Craft().build(), rules=policy(algorithms=frozenset({"rsa-sha512"}))) == "signature.algorithm"
    assert verify_detached(Craft(digest="sha512").build(), CONTENT, policy(algorithms=frozenset({"rsa-sha512"})), NOW)


def test_the_signer_must_be_the_banks() -> None:
    stranger = pretend.stranger().issue_signing(pretend.SIGNER, NOW - DAY, NOW + DAY)
    assert code(sign_detached(CONTENT, stranger, at=NOW)) == "certificate.untrusted"
    customer = pretend.authority().issue_signing("Customer", NOW - DAY, NOW + DAY)
    signature = sign_detached(CONTENT, customer, at=NOW)
    assert code(signature, rules=policy(signers=frozenset({pretend.SIGNER}))) == "certificate.untrusted"
    expired = pretend.authority().issue_signing(pretend.SIGNER, NOW - 3 * DAY, NOW - DAY)
    assert code(sign_detached(CONTENT, expired, at=NOW)) == "certificate.expired"
    assert verify_detached(sign_detached(CONTENT, expired, at=NOW), CONTENT, policy(), NOW - 2 * DAY)


def test_the_value_of_another_key_is_refused() -> None:
    other = pretend.authority().issue_signing(pretend.SIGNER, NOW - DAY, NOW + DAY)
    mixed = Pkcs12Key(other.private_key, pretend.bank_key().certificate)
    assert code(Craft(key=mixed).build()) == "signature.invalid"


@pytest.mark.parametrize("version", [1, 2])
def test_a_signer_that_names_its_certificate_must_name_the_right_one(version: int) -> None:
    digest, kind = ("sha1", SIGNING_CERTIFICATE) if version == 1 else ("sha256", SIGNING_CERTIFICATE_V2)

    def craft(certificate: x509.Certificate, method: bytes = b"") -> bytes:
        own = der.octet_string(raw.digest(digest, certificate.public_bytes(Encoding.DER)))
        named = attribute(kind, der.sequence(der.sequence(der.sequence(method, own))))
        return Craft(attributes=(content_type(), message_digest(), named)).build()

    assert verify_detached(craft(pretend.bank_key().certificate), CONTENT, policy(), NOW)
    assert code(craft(pretend.authority().certificate)) == "cms.shape"
    if version == 2:
        assert code(craft(pretend.bank_key().certificate, der.algorithm("1.2.3"))) == "cms.shape"
        stated = der.algorithm(DIGEST_OIDS["sha256"])
        assert verify_detached(craft(pretend.bank_key().certificate, stated), CONTENT, policy(), NOW)


def test_sizes_are_limited() -> None:
    signature = sign_detached(CONTENT, pretend.bank_key(), at=NOW)
    assert code(signature, rules=policy(max_bytes=len(CONTENT) - 1)) == "cms.too_large"
    assert code(b"\x30" * (1024 * 1024 + 1)) == "cms.too_large"


class Device:
    """A token whose value is not its certificate's."""

    certificate = pretend.bank_key().certificate
    chain = ()

    def sign(self, octets: bytes, algorithm: Algorithm) -> bytes:
        return pretend.bank_key().sign(octets + b"!", algorithm)


def test_a_device_that_signs_wrongly_is_found_before_anything_is_sent() -> None:
    with pytest.raises(Refused) as caught:
        sign_detached(CONTENT, Device(), at=NOW)
    assert caught.value.code == "signing.bad_signature"
