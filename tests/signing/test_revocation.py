"""Revocation: what an authority says is believed when it is the authority's, of now, and about this certificate."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import cache
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp
from cryptography.x509.oid import ExtendedKeyUsageOID
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.core.catalogue import entries
from gateway.signing.keys import Pkcs12Key
from gateway.signing.revocation import Revocation, check, is_allowed
from tests.bank.bxd import pretend
from tests.bank.bxd.pretend import NOW
from tests.signing.authority import CRL, HOUR, OCSP, Responder, fetching, points_to, revocation_list
from tests.signing.certificates import authority_extensions, issued, self_signed

REVOKED = ocsp.OCSPCertStatus.REVOKED
COMPROMISED = x509.ReasonFlags.key_compromise


@cache
def root() -> Pkcs12Key:
    return pretend.authority().key


@cache
def listed() -> x509.Certificate:
    """A certificate that names a list."""
    return issued(root(), "listed", *points_to(crl=(CRL,))).certificate


@cache
def answered() -> x509.Certificate:
    """A certificate that names a responder."""
    return issued(root(), "answered", *points_to(responders=(OCSP,))).certificate


@cache
def both() -> x509.Certificate:
    return issued(root(), "both", *points_to(crl=(CRL,), responders=(OCSP,))).certificate


def by_list(octets: bytes, certificate: x509.Certificate | None = None, at: Any = NOW) -> Revocation:
    found = check(certificate or listed(), root().certificate, fetching({CRL: octets}), at)
    assert not found.reason.startswith("revocation.") or found.reason in entries()
    return found


def by_responder(responder: Responder, at: Any = NOW) -> Revocation:
    def answer(body: bytes) -> bytes:
        return responder.answer(body, answered())

    found = check(answered(), root().certificate, fetching({OCSP: answer}), at)
    assert not found.reason.startswith("revocation.") or found.reason in entries()
    return found


def test_a_certificate_that_names_no_source_is_unknown() -> None:
    bare = issued(root(), "bare").certificate
    found = check(bare, root().certificate, fetching({}), NOW)
    assert found == Revocation("unknown", "", "", NOW, "revocation.no_source")


def test_not_being_on_the_list_is_good() -> None:
    octets = revocation_list(root(), (answered(), None))
    assert by_list(octets) == Revocation("good", "crl", CRL, NOW, answer=octets)
    pem = x509.load_der_x509_crl(octets).public_bytes(Encoding.PEM)
    assert by_list(pem).state == "good"


@pytest.mark.parametrize(
    ("reason", "state", "named"),
    [
        (None, "revoked", "unspecified"),
        (COMPROMISED, "revoked", "keyCompromise"),
        (x509.ReasonFlags.certificate_hold, "revoked", "certificateHold"),
        (x509.ReasonFlags.remove_from_crl, "good", ""),
    ],
)
def test_being_on_the_list_is_revoked(reason: x509.ReasonFlags | None, state: str, named: str) -> None:
    found = by_list(revocation_list(root(), (listed(), reason)))
    assert (found.state, found.reason) == (state, named)
    assert found.since == (NOW - 3 * HOUR if state == "revoked" else None)


def scope(**fields: Any) -> tuple[tuple[x509.ExtensionType, bool], ...]:
    usual: dict[str, Any] = {
        "full_name": None,
        "relative_name": None,
        "only_contains_user_certs": False,
        "only_contains_ca_certs": False,
        "only_some_reasons": None,
        "indirect_crl": False,
        "only_contains_attribute_certs": False,
    }
    return ((x509.IssuingDistributionPoint(**(usual | fields)), True),)


def url(value: str) -> list[x509.UniformResourceIdentifier]:
    return [x509.UniformResourceIdentifier(value)]


SCOPES: dict[str, tuple[Any, str]] = {
    "of this place": (scope(full_name=url(CRL)), "good"),
    "of another place": (scope(full_name=url("http://127.0.0.1/other.crl")), "revocation.other_scope"),
    "of users": (scope(only_contains_user_certs=True), "good"),
    "of authorities": (scope(only_contains_ca_certs=True), "revocation.other_scope"),
    "of attributes": (scope(only_contains_attribute_certs=True), "revocation.other_scope"),
    "of others": (scope(indirect_crl=True), "revocation.other_scope"),
    "of some reasons": (scope(only_some_reasons=frozenset({COMPROMISED})), "revocation.other_scope"),
    "of changes": (((x509.DeltaCRLIndicator(1), True),), "revocation.other_scope"),
    "of something unknown": (
        ((x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.3"), b"\x05\x00"), True),),
        "revocation.other_scope",
    ),
    "with a number": (((x509.CRLNumber(7), False),), "good"),
}


@pytest.mark.parametrize("name", sorted(SCOPES))
def test_a_list_counts_for_the_certificates_it_is_about(name: str) -> None:
    extensions, expected = SCOPES[name]
    found = by_list(revocation_list(root(), extensions=extensions))
    assert (found.reason or found.state) == expected


def test_a_partial_list_can_still_revoke() -> None:
    some = scope(only_some_reasons=frozenset({COMPROMISED}))
    assert by_list(revocation_list(root(), (listed(), COMPROMISED), extensions=some)).state == "revoked"


def test_an_authority_is_looked_for_among_authorities() -> None:
    below = issued(root(), "below", *authority_extensions(), *points_to(crl=(CRL,))).certificate
    assert by_list(revocation_list(root(), extensions=scope(only_contains_ca_certs=True)), below).state == "good"
    users = revocation_list(root(), extensions=scope(only_contains_user_certs=True))
    assert by_list(users, below).reason == "revocation.other_scope"


@pytest.mark.parametrize(
    ("age", "life", "expected"),
    [
        (HOUR, 24 * HOUR, "good"),
        (30 * HOUR, 24 * HOUR, "revocation.stale"),
        (-HOUR, 24 * HOUR, "revocation.stale"),
        (-timedelta(minutes=4), 24 * HOUR, "good"),  # clocks differ
        (24 * HOUR, 24 * HOUR, "good"),
    ],
)
def test_a_list_counts_in_its_time(age: timedelta, life: timedelta, expected: str) -> None:
    found = by_list(revocation_list(root(), age=age, life=life))
    assert (found.reason or found.state) == expected


def test_lists_of_others_are_refused() -> None:
    stranger = pretend.stranger().key
    assert by_list(revocation_list(stranger)).reason == "revocation.forged"  # the same name, another key
    other = issued(root(), "other", *authority_extensions())
    assert by_list(revocation_list(other)).reason == "revocation.forged"
    found = check(listed(), stranger.certificate, fetching({CRL: revocation_list(root())}), NOW)
    assert found.reason == "revocation.forged"


def test_an_authority_that_may_not_sign_lists_is_not_asked_for_any() -> None:
    usage = x509.KeyUsage(False, False, False, False, False, True, False, False, False)
    top = issued(root(), "no lists", *authority_extensions(), (usage, True))
    below = issued(top, "below", *points_to(crl=(CRL,))).certificate
    found = check(below, top.certificate, fetching({CRL: revocation_list(top)}), NOW)
    assert found.reason == "revocation.forged"


def test_an_answer_is_good_or_revoked() -> None:
    found = by_responder(Responder(root()))
    assert (found.state, found.source, found.url, found.reason) == ("good", "ocsp", OCSP, "")
    assert found.answer
    found = by_responder(Responder(root(), status=REVOKED, reason=COMPROMISED))
    assert (found.state, found.reason, found.since) == ("revoked", "keyCompromise", NOW - 3 * HOUR)
    assert by_responder(Responder(root(), status=REVOKED)).reason == "unspecified"


def delegate(*extensions: tuple[x509.ExtensionType, bool], issuer: Pkcs12Key | None = None) -> Pkcs12Key:
    return issued(issuer or root(), "responder", *extensions)


SIGNING = (x509.ExtendedKeyUsage([ExtendedKeyUsageOID.OCSP_SIGNING]), False)
OTHER_USE = (x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), False)
RESPONDERS: dict[str, tuple[Callable[[], Responder], str]] = {
    "the authority by name": (lambda: Responder(root(), by_name=True), "good"),
    "a delegate": (lambda: Responder(root(), delegate(SIGNING)), "good"),
    "a delegate by name": (lambda: Responder(root(), delegate(SIGNING), by_name=True), "good"),
    "a delegate for other uses": (lambda: Responder(root(), delegate(OTHER_USE)), "revocation.forged"),
    "a delegate for no uses": (lambda: Responder(root(), delegate()), "revocation.forged"),
    "a delegate of others": (
        lambda: Responder(root(), delegate(SIGNING, issuer=pretend.stranger().key)),
        "revocation.forged",
    ),
    "an unknown delegate": (
        lambda: Responder(root(), delegate(SIGNING), with_certificate=False),
        "revocation.forged",
    ),
    "a customer": (lambda: Responder(root(), pretend.customer_key()), "revocation.forged"),
    "the authority's namesake": (lambda: Responder(root(), pretend.stranger().key, by_name=True), "revocation.forged"),
    "who answers from stock": (lambda: Responder(root(), repeat_nonce=None), "good"),
    "who answers somebody else": (lambda: Responder(root(), repeat_nonce=False), "revocation.other_scope"),
    "who speaks of another": (lambda: Responder(root(), about=listed()), "revocation.other_scope"),
    "who does not know": (lambda: Responder(root(), status=ocsp.OCSPCertStatus.UNKNOWN), "revocation.not_known"),
    "who is late": (lambda: Responder(root(), age=30 * HOUR), "revocation.stale"),
    "who is early": (lambda: Responder(root(), age=-HOUR), "revocation.stale"),
    "who sets no end": (lambda: Responder(root(), life=None), "good"),
    "who set no end long ago": (lambda: Responder(root(), life=None, age=30 * HOUR), "revocation.stale"),
    "with a longer digest": (lambda: Responder(root(), digest=hashes.SHA512()), "good"),
}


@pytest.mark.parametrize("name", sorted(RESPONDERS))
def test_answers_of_responders(name: str) -> None:
    make, expected = RESPONDERS[name]
    found = by_responder(make())
    assert (found.reason or found.state) == expected


def test_a_delegate_counts_while_its_certificate_does() -> None:
    found = by_responder(Responder(root(), delegate(SIGNING), age=-30 * HOUR), NOW + 30 * HOUR)
    assert found.reason == "revocation.forged"


def test_a_responder_that_will_not_answer() -> None:
    busy = ocsp.OCSPResponseBuilder.build_unsuccessful(ocsp.OCSPResponseStatus.TRY_LATER).public_bytes(Encoding.DER)
    found = check(answered(), root().certificate, fetching({OCSP: busy}), NOW)
    assert (found.state, found.reason) == ("unknown", "revocation.refused")


def test_the_list_is_asked_when_the_responder_fails() -> None:
    octets = revocation_list(root(), (both(), COMPROMISED))
    found = check(both(), root().certificate, fetching({CRL: octets}), NOW)
    assert (found.state, found.source, found.url) == ("revoked", "crl", CRL)
    nothing = check(both(), root().certificate, fetching({}), NOW)
    assert nothing == Revocation("unknown", "crl", CRL, NOW, "revocation.unreachable")


def test_a_sure_answer_ends_the_asking() -> None:
    asked: list[str] = []

    def fetch(url: str, body: bytes | None) -> bytes:
        asked.append(url)
        assert body is not None
        return Responder(root()).answer(body, both())

    assert check(both(), root().certificate, fetch, NOW).source == "ocsp"
    assert asked == [OCSP]


def test_errors_of_the_network_are_no_answer() -> None:
    def fetch(url: str, body: bytes | None) -> bytes:
        raise ConnectionResetError

    assert check(both(), root().certificate, fetch, NOW).reason == "revocation.unreachable"


@pytest.mark.parametrize(
    "url",
    [
        "ldap://ca.example/cn=list",
        "file:///etc/passwd",
        "ftp://ca.example/list.crl",
        "HTTP:list.crl",
        "http://",
        "http:///list.crl",
        "http://user:secret@ca.example/list.crl",
        "http://user@ca.example/",
        "http://ca.example:99999/",
        "http://ca.example:0/",
        "http://ca.example/\r\nHost: other",
        "http://ca.example/a b",
        "http://ca.example\\@other/",
        "http://[::1/",
        "http://ца.example/",
        "http://ca.example/" + "a" * 2048,
    ],
)
def test_places_nobody_should_be_sent_to_are_not_asked(url: str) -> None:
    assert not is_allowed(url)


def test_only_a_few_places_are_asked_and_each_once() -> None:
    many = tuple(f"http://127.0.0.1/{n % 7}.crl" for n in range(50))
    certificate = issued(root(), "many", *points_to(crl=("ldap://127.0.0.1/x", *many))).certificate
    asked: list[str] = []

    def fetch(url: str, body: bytes | None) -> bytes:
        asked.append(url)
        return b""

    assert check(certificate, root().certificate, fetch, NOW).reason == "revocation.unreadable"
    assert asked == [f"http://127.0.0.1/{n}.crl" for n in range(4)]


def test_a_key_of_another_kind_signs_nothing_for_us() -> None:
    odd = self_signed(ec.generate_private_key(ec.SECP256R1()), "x")
    assert check(listed(), odd, fetching({CRL: revocation_list(root())}), NOW).reason == "revocation.forged"


@settings(max_examples=200, deadline=None)
@given(data=st.data())
def test_no_change_of_an_answer_turns_revoked_into_good(data: st.DataObject) -> None:
    octets, certificate, place = data.draw(st.sampled_from([_revoking_list(), _revoking_answer()]))
    changed = bytearray(octets)
    for _ in range(data.draw(st.integers(1, 2))):
        changed[data.draw(st.integers(0, len(octets) - 1))] ^= data.draw(st.integers(1, 255))
    assert check(certificate, root().certificate, fetching({place: bytes(changed)}), NOW).state != "good"


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=100))
def test_garbage_is_no_answer(octets: bytes) -> None:
    found = check(both(), root().certificate, fetching({CRL: octets, OCSP: octets}), NOW)
    assert (found.state, found.reason) == ("unknown", "revocation.unreadable")


@cache
def _revoking_list() -> tuple[bytes, x509.Certificate, str]:
    return revocation_list(root(), (listed(), COMPROMISED)), listed(), CRL


@cache
def _revoking_answer() -> tuple[bytes, x509.Certificate, str]:
    found: list[bytes] = []

    def answer(body: bytes) -> bytes:
        found.append(Responder(root(), status=REVOKED, repeat_nonce=None).answer(body, answered()))
        return found[0]

    assert check(answered(), root().certificate, fetching({OCSP: answer}), NOW).state == "revoked"
    return found[0], answered(), OCSP
