"""What a policy admits, and until when."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from gateway.core.errors import Corrupt
from gateway.signing.policy import ALGORITHMS, TrustPolicy
from gateway.signing.trust import establish
from gateway.signing.xmldsig import sign_enveloped, verify_enveloped
from tests.bank.bxd import pretend
from tests.bank.bxd.pretend import NOW, policy
from tests.signing.certificates import issued

END = datetime(2026, 12, 31, 21, 0, tzinfo=UTC)
SHA1 = ALGORITHMS["rsa-sha1"]


def test_the_legacy_switch_alone_has_no_end() -> None:
    rules = TrustPolicy(legacy=True)
    assert rules.as_of(END) is rules
    assert rules.accepts(SHA1) and rules.accepts_digest("sha1") and rules.admits_sha1 and rules.smallest_rsa == 1024


@pytest.mark.parametrize(
    ("at", "admitted"),
    [
        (END - timedelta(microseconds=1), True),
        (END, False),
        (END.astimezone(timezone(timedelta(hours=3))), False),
        (END + timedelta(days=400), False),
    ],
)
def test_an_end_is_the_first_instant_without_grace(at: datetime, admitted: bool) -> None:
    rules = TrustPolicy(legacy=True, legacy_until=END).as_of(at)
    assert (rules.accepts(SHA1), rules.accepts_digest("sha1"), rules.admits_sha1) == (admitted,) * 3
    assert rules.smallest_rsa == (1024 if admitted else 2048)
    assert rules.accepts(ALGORITHMS["rsa-sha256"])


def test_an_end_does_not_switch_anything_on() -> None:
    assert not TrustPolicy(legacy_until=END).as_of(END - timedelta(days=1)).accepts(SHA1)


def test_who_forgets_to_say_when_gets_no_grace() -> None:
    rules = TrustPolicy(legacy=True, legacy_until=END)
    assert not rules.accepts(SHA1) and not rules.admits_sha1 and rules.smallest_rsa == 2048
    assert rules.with_legacy().accepts(SHA1)


def test_an_end_without_a_zone_is_a_programming_error() -> None:
    with pytest.raises(ValueError, match="zone"):
        TrustPolicy(legacy=True, legacy_until=datetime(2026, 12, 31))


def test_documents_and_certificates_follow_the_end() -> None:
    rules = policy(legacy=True, legacy_until=NOW)
    document = sign_enveloped(b"<a/>", pretend.bank_key(), algorithm="rsa-sha1")
    small = issued(pretend.authority().key, pretend.SIGNER, bits=1024)
    assert verify_enveloped(document, rules, NOW - timedelta(seconds=1))
    assert establish(small.certificate, rules, NOW - timedelta(seconds=1))
    with pytest.raises(Corrupt) as caught:
        verify_enveloped(document, rules, NOW)
    assert caught.value.code == "signature.algorithm"
    with pytest.raises(Corrupt) as caught:
        establish(small.certificate, rules, NOW)
    assert caught.value.code == "certificate.weak"
