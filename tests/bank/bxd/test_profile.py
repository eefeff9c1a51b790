"""Bank profiles."""

from __future__ import annotations

from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from gateway.bank import profiles
from gateway.bank.bxd.profile import load_profile, load_trust
from gateway.core.errors import Refused
from tests.bank.bxd import pretend

PROFILES = Path(__file__).resolve().parents[3] / "certs" / "profiles"
LEAST = """
format = 1
name = "bank"
title_ru = "Банк"
title_en = "Bank"
protocol = "bxd"
[service]
url = "https://127.0.0.1/x"
[trust]
tls_anchors = ["root.pem"]
signing_anchors = ["root.pem"]
signers = ["Bank"]
"""


def refused(tmp_path: Path, text: str) -> Refused:
    file = tmp_path / "bank.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(Refused) as caught:
        load_profile(file)
    assert "bank.toml" in caught.value.text("ru")
    return caught.value


@pytest.mark.parametrize("file", sorted(PROFILES.glob("*.toml")), ids=lambda f: f.name)
def test_the_profiles_we_ship_are_valid(file: Path) -> None:
    assert profiles.load_profile(file).name == file.stem


def test_what_is_left_out_is_strict(tmp_path: Path) -> None:
    (tmp_path / "bank.toml").write_text(LEAST, encoding="utf-8")
    profile = load_profile(tmp_path / "bank.toml")
    (tmp_path / "root.pem").write_bytes(pretend.authority().certificate.public_bytes(Encoding.PEM))
    trust = load_trust(profile, tmp_path)
    assert trust.tls_anchors == (pretend.authority().certificate,)
    envelope, payload = trust.rules.envelope, trust.rules.payload
    assert payload is not None
    assert not envelope.legacy
    assert "rsa-sha1" not in envelope.algorithms
    assert (envelope.signers, payload.signers) == (frozenset({"Bank"}), frozenset({"Bank"}))
    assert profile.facts.release == ["signed"]
    assert profile.transport_limits.message == 64 << 20


@pytest.mark.parametrize(
    ("old", "new", "field"),
    [
        ("https://", "http://", "service.url"),
        ('protocol = "bxd"', 'protocol = "smtp"', "protocol"),
        ("format = 1", "format = 2", "format"),
        ('tls_anchors = ["root.pem"]', "tls_anchors = []", "trust.tls_anchors"),
        ("[trust]", "[trust]\nlegasy = true", "trust.legasy"),
        ("[trust]", '[trust]\nlegacy = "no"', "trust.legacy"),
        ("[trust]", '[trust]\nalgorithms = ["rsa-md5"]', "trust.algorithms"),
        ('signers = ["Bank"]', "", "trust.signers"),
        ("[trust]", "[trust]\nlegacy = true\nlegacy_until = 2022-11-27T12:33:50", "trust.legacy_until"),
        ("[trust]", "[trust]\nlegacy_until = 2022-11-27T12:33:50Z", "trust.legacy_until"),
        ("[service]", '[service]\nalgorithm = "rsa-md5"', "service.algorithm"),
        ("[trust]", "[limits]\ntotal_s = 90\nabsent_after_s = 89\n[trust]", "limits.absent_after_s"),
        ("[trust]", "[limits]\nresends = 21\n[trust]", "limits.resends"),
    ],
)
def test_a_wrong_field_is_named(tmp_path: Path, old: str, new: str, field: str) -> None:
    error = refused(tmp_path, LEAST.replace(old, new, 1))
    assert error.code == "bank.profile_invalid"
    assert error.values["field"] == field
    assert field in error.text("ru")


@pytest.mark.parametrize(
    ("limits", "seconds"), [("", 120), ("total_s = 300", 300), ("total_s = 60\nabsent_after_s = 75", 75)]
)
def test_an_order_is_not_taken_for_lost_before_a_whole_call_has_had_its_time(
    tmp_path: Path, limits: str, seconds: int
) -> None:
    (tmp_path / "bank.toml").write_text(f"{LEAST}[limits]\n{limits}\n", encoding="utf-8")
    assert load_profile(tmp_path / "bank.toml").limits.absent_after.total_seconds() == seconds


def test_a_broken_file_is_refused(tmp_path: Path) -> None:
    assert refused(tmp_path, "format = ").code == "bank.profile_unreadable"
    with pytest.raises(Refused):
        load_profile(tmp_path / "absent.toml")


def test_a_missing_anchor_is_named(tmp_path: Path) -> None:
    (tmp_path / "bank.toml").write_text(LEAST, encoding="utf-8")
    profile = load_profile(tmp_path / "bank.toml")
    for content in (None, b"no certificate"):
        if content:
            (tmp_path / "root.pem").write_bytes(content)
        with pytest.raises(Refused) as caught:
            load_trust(profile, tmp_path)
        assert caught.value.code == "bank.anchor_unreadable"
        assert "root.pem" in caught.value.text("en")
