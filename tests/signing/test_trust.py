"""Chains: which certificate speaks for the bank, at which instant."""

from __future__ import annotations

from datetime import datetime
from functools import cache

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding

from gateway.core.errors import Corrupt
from gateway.signing import der
from gateway.signing.ca import DemoAuthority
from gateway.signing.keys import Pkcs12Key, fingerprint
from gateway.signing.policy import TrustPolicy
from gateway.signing.trust import common_name, establish, read_certificate
from tests.bank.bxd.pretend import NOW
from tests.signing.certificates import DAY, authority_extensions, issued

SIGNING = (x509.KeyUsage(True, False, False, False, False, False, False, False, False), True)
ENCIPHERING = (x509.KeyUsage(False, False, True, False, False, False, False, False, False), True)


@cache
def root() -> Pkcs12Key:
    """An authority that may have authorities below it."""
    own = DemoAuthority.create(NOW - 100 * DAY)
    return issued(own.key, "Root", *authority_extensions())


@cache
def middle() -> Pkcs12Key:
    return issued(root(), "Middle", *authority_extensions(path_length=0))


@cache
def leaf() -> Pkcs12Key:
    return issued(middle(), "Bank", SIGNING)


def policy(**changes: object) -> TrustPolicy:
    return TrustPolicy(**{"anchors": (root().certificate,), **changes})


def code(certificate: x509.Certificate, rules: TrustPolicy, at: datetime = NOW, *offered: x509.Certificate) -> str:
    with pytest.raises(Corrupt) as caught:
        establish(certificate, rules, at, offered)
    assert "{" not in caught.value.text("ru") + caught.value.text("en")
    return caught.value.code


def test_a_chain_through_an_authority_the_message_brought() -> None:
    trusted = establish(leaf().certificate, policy(), NOW, (middle().certificate,))
    assert trusted.anchor == root().certificate


def test_a_chain_through_an_authority_of_the_profile() -> None:
    rules = policy(intermediates=(middle().certificate,))
    assert establish(leaf().certificate, rules, NOW).anchor == root().certificate


def test_an_intermediate_can_be_the_anchor() -> None:
    rules = policy(anchors=(middle().certificate,))
    assert establish(leaf().certificate, rules, NOW).anchor == middle().certificate


def test_what_a_message_brings_is_never_an_anchor() -> None:
    other = DemoAuthority.create(NOW)
    signer = other.issue_signing("Bank", NOW - DAY, NOW + DAY)
    assert code(signer.certificate, policy(), NOW, other.certificate) == "certificate.untrusted"


def test_without_its_intermediate_a_signer_is_unknown() -> None:
    assert code(leaf().certificate, policy()) == "certificate.untrusted"


def test_a_path_longer_than_the_authority_allows_is_refused() -> None:
    below = issued(middle(), "Too deep", *authority_extensions())
    signer = issued(below, "Bank", SIGNING)
    offered = (middle().certificate, below.certificate)
    assert code(signer.certificate, policy(), NOW, *offered) == "certificate.untrusted"


def test_a_signer_cannot_issue() -> None:
    signer = issued(leaf(), "Bank", SIGNING)
    offered = (leaf().certificate, middle().certificate)
    assert code(signer.certificate, policy(), NOW, *offered) == "certificate.untrusted"


def test_an_authority_without_the_right_to_certify_is_refused() -> None:
    cannot = issued(root(), "Cannot", *authority_extensions(), SIGNING)
    signer = issued(cannot, "Bank", SIGNING)
    assert code(signer.certificate, policy(), NOW, cannot.certificate) == "certificate.untrusted"


def test_loops_end() -> None:
    """Two authorities that certified each other lead nowhere."""
    one = issued(root(), "One", *authority_extensions())
    two = issued(one, "Two", *authority_extensions())
    signer = issued(two, "Bank", SIGNING)
    rules = TrustPolicy(anchors=(leaf().certificate,))
    assert code(signer.certificate, rules, NOW, one.certificate, two.certificate) == "certificate.untrusted"


def test_the_algorithm_beside_the_signature_is_the_one_inside() -> None:
    """Otherwise anybody could make a twin of a certificate, with another fingerprint, that verifies as well."""
    honest = leaf().certificate.public_bytes(Encoding.DER)
    parts = der.split(der.only(honest).content)
    without_parameters = der.algorithm("1.2.840.113549.1.1.11")
    twin = read_certificate(der.sequence(parts[0].raw, without_parameters, parts[2].raw))
    assert twin.signature == leaf().certificate.signature
    assert code(twin, policy(intermediates=(middle().certificate,))) == "certificate.untrusted"


def test_names_narrow_an_authority() -> None:
    rules = policy(intermediates=(middle().certificate,), signers=frozenset({"Bank"}))
    assert establish(leaf().certificate, rules, NOW).certificate == leaf().certificate
    customer = issued(middle(), "Customer", SIGNING)
    assert code(customer.certificate, rules) == "certificate.untrusted"


def test_a_signer_for_other_uses_is_refused() -> None:
    rules = policy(intermediates=(middle().certificate,))
    assert code(issued(middle(), "Bank", ENCIPHERING).certificate, rules) == "certificate.unfit"
    assert code(issued(middle(), "Bank", *authority_extensions()).certificate, rules) == "certificate.unfit"


def test_an_unknown_critical_extension_is_refused_and_an_uncritical_one_is_not() -> None:
    rules = policy(intermediates=(middle().certificate,))
    unknown = x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.3.4"), b"\x05\x00")
    assert code(issued(middle(), "Bank", SIGNING, (unknown, True)).certificate, rules) == "certificate.unfit"
    assert establish(issued(middle(), "Bank", SIGNING, (unknown, False)).certificate, rules, NOW)


def test_validity_counts_at_the_instant_asked_about() -> None:
    rules = policy(intermediates=(middle().certificate,))
    assert code(leaf().certificate, rules, NOW + 2 * DAY) == "certificate.expired"
    assert code(leaf().certificate, rules, NOW - 2 * DAY) == "certificate.not_yet_valid"


def test_sha1_and_small_keys_need_the_legacy_switch() -> None:
    # the library does not sign with SHA-1 any more, so only the small key is made here; recorded samples cover both
    rules = policy(intermediates=(middle().certificate,))
    small = issued(middle(), "Bank", SIGNING, bits=1024)
    assert code(small.certificate, rules) == "certificate.weak"
    assert establish(small.certificate, rules.with_legacy(), NOW)


def test_a_pin_replaces_the_chain_but_not_the_validity() -> None:
    pinned = policy(anchors=(), pinned=frozenset({fingerprint(leaf().certificate)}))
    assert establish(leaf().certificate, pinned, NOW).anchor == leaf().certificate
    assert code(leaf().certificate, pinned, NOW + 2 * DAY) == "certificate.expired"
    assert code(middle().certificate, pinned) == "certificate.untrusted"


def test_certificates_are_read_whole() -> None:
    assert common_name(read_certificate(leaf().certificate.public_bytes(Encoding.DER))) == "Bank"
    with pytest.raises(Corrupt) as caught:
        read_certificate(b"0\x03\x02\x01\x01")
    assert caught.value.code == "certificate.unreadable"


def test_a_policy_of_unknown_algorithms_is_a_programming_error() -> None:
    with pytest.raises(ValueError, match="rsa-md5"):
        TrustPolicy(algorithms=frozenset({"rsa-md5"}))


def test_the_demo_authority_issues_what_it_should() -> None:
    own = DemoAuthority.create(NOW)
    server = own.issue_server(NOW)
    names = server.certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.DNSName) == ["localhost"]
    assert [str(a) for a in names.get_values_for_type(x509.IPAddress)] == ["127.0.0.1"]
    assert server.private_key.key_size == 2048
    assert server.certificate.signature_hash_algorithm is not None
    assert server.certificate.signature_hash_algorithm.name == hashes.SHA256().name
    again = DemoAuthority(own.key)
    client = again.issue_client("Customer", NOW)
    assert client.certificate.issuer == own.certificate.subject
