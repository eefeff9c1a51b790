"""WS-Security: the honest path. Attacks are in tests/hostile."""

from __future__ import annotations

from datetime import timedelta

import pytest
from lxml import etree

from gateway.core.clock import FixedClock
from gateway.core.errors import Corrupt
from gateway.signing.signature import WSU
from gateway.signing.wsse import SOAP, WSSE, sign_envelope, verify_envelope
from tests.bank.bxd import pretend
from tests.bank.bxd.pretend import NOW, policy


def bare() -> etree._Element:
    return etree.fromstring(f'<s:Envelope xmlns:s="{SOAP}"><s:Body><x xmlns="urn:x">1</x></s:Body></s:Envelope>')


def test_what_we_sign_verifies() -> None:
    envelope = bare()
    sign_envelope(envelope, pretend.bank_key(), FixedClock(NOW))
    verified = verify_envelope(etree.tostring(envelope), policy(), NOW)
    assert verified.body.tag == f"{{{SOAP}}}Body"
    assert verified.body.findtext("{urn:x}x") == "1"
    assert (verified.created, verified.expires) == (NOW, NOW + timedelta(seconds=300))
    assert verified.algorithms == ("rsa-sha256", "sha256")
    assert verified.certificate == pretend.bank_key().certificate


def test_what_is_handed_on_is_not_the_received_tree() -> None:
    envelope = bare()
    sign_envelope(envelope, pretend.bank_key(), FixedClock(NOW))
    verified = verify_envelope(etree.tostring(envelope), policy(), NOW)
    assert verified.body.getroottree().getroot() is verified.body
    assert verified.content.startswith(b"<s:Body ")


def test_security_has_time_stamp_token_and_signature_in_this_order() -> None:
    envelope = bare()
    sign_envelope(envelope, pretend.bank_key(), FixedClock(NOW), ttl=60)
    security = envelope.find(f"{{{SOAP}}}Header/{{{WSSE}}}Security")
    assert security is not None
    assert [etree.QName(c).localname for c in security] == ["Timestamp", "BinarySecurityToken", "Signature"]
    assert security.get(f"{{{SOAP}}}mustUnderstand") == "1"
    assert security.findtext(f"{{{WSU}}}Timestamp/{{{WSU}}}Expires") == "2026-11-21T09:01:00Z"


def test_an_envelope_without_body_is_a_programming_error() -> None:
    with pytest.raises(ValueError, match="Body"):
        sign_envelope(etree.Element(f"{{{SOAP}}}Envelope"), pretend.bank_key(), FixedClock(NOW))


def test_clocks_may_differ_by_the_skew() -> None:
    envelope = bare()
    sign_envelope(envelope, pretend.bank_key(), FixedClock(NOW))
    raw = etree.tostring(envelope)
    for minutes in (-5, 0, 5, 10):
        assert verify_envelope(raw, policy(), NOW + timedelta(minutes=minutes))
    for minutes in (-6, 11):
        with pytest.raises(Corrupt) as caught:
            verify_envelope(raw, policy(), NOW + timedelta(minutes=minutes))
        assert caught.value.code == "signature.stale"


def test_freshness_can_be_left_out_but_certificates_are_still_judged() -> None:
    envelope = bare()
    sign_envelope(envelope, pretend.bank_key(), FixedClock(NOW))
    raw = etree.tostring(envelope)
    assert verify_envelope(raw, policy(check_time=False), NOW + timedelta(days=100))
    with pytest.raises(Corrupt) as caught:
        verify_envelope(raw, policy(check_time=False), NOW + timedelta(days=400))
    assert caught.value.code == "certificate.expired"
