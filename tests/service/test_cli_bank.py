"""The bank's channel by hand: profiles, our key, one poll."""

from __future__ import annotations

import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from gateway.service.config import Home
from gateway.service.open_keys import VAULT_SERVICE
from gateway.service.wiring import vault_of
from gateway.signing.ca import DemoAuthority
from gateway.signing.keys import load_pkcs12
from tests.service.conftest import CREDENTIALS, Kvit

NOW = datetime.now(UTC)


@pytest.fixture(scope="session")
def authority() -> DemoAuthority:
    return DemoAuthority.create(NOW, "Test Root")


@pytest.fixture
def new_key(authority: DemoAuthority, tmp_path: Path) -> Path:
    file = tmp_path / "new.p12"
    file.write_bytes(authority.issue_client("7700000001", NOW).to_pkcs12("тайна"))
    return file


def test_profiles_of_the_home_stand_before_the_programs(kvit: Kvit, sandbox_home: Path) -> None:
    shown = kvit("bank", "profiles", "--home", sandbox_home, "--json").json["profiles"]
    assert [(p["name"], p["origin"], p["used"]) for p in shown if p["name"] == "sandbox"] == [
        ("sandbox", "program", True)
    ]
    own = Path(shown[0]["file"]).read_text(encoding="utf-8")
    (sandbox_home / "profiles" / "sandbox.toml").write_text(own, encoding="utf-8")
    shown = kvit("bank", "profiles", "--home", sandbox_home, "--json").json["profiles"]
    assert [p["origin"] for p in shown if p["name"] == "sandbox"] == ["home"]
    assert "sandbox" in kvit("bank", "profiles", "--home", sandbox_home).out


def test_profiles_are_shown_before_there_is_an_installation(kvit: Kvit, tmp_path: Path) -> None:
    assert "sandbox" in kvit("bank", "profiles", "--home", tmp_path).out


def test_a_broken_profile_is_named(kvit: Kvit, home: Path) -> None:
    (home / "profiles" / "mine.toml").write_text("format = 7", encoding="utf-8")
    answer = kvit("bank", "profiles", "--home", home, "--json")
    assert answer.code == 1
    assert answer.json["error"]["code"] == "bank.profile_invalid"


def test_a_new_key_takes_the_old_ones_place_when_told_to(kvit: Kvit, sandbox_home: Path, new_key: Path) -> None:
    home, file = Home(sandbox_home), sandbox_home / "keys" / "sandbox.p12"
    old = file.read_bytes()
    refused = kvit("bank", "key", new_key, "--passphrase-stdin", "--home", sandbox_home, "--json", input="тайна\n")
    assert refused.json["error"]["code"] == "key.exists"
    assert file.read_bytes() == old

    arguments = ("bank", "key", new_key, "--passphrase-stdin", "--replace", "--home", sandbox_home, "--json")
    answer = kvit(*arguments, input="тайна\n")
    assert answer.code == 0
    assert "7700000001" in answer.json["subject"] and answer.json["days_left"] > 300
    assert (sandbox_home / "keys" / "sandbox.p12.old").read_bytes() == old
    passphrase = vault_of(home).get_password(VAULT_SERVICE, "sandbox")
    assert passphrase == "тайна"
    load_pkcs12(file.read_bytes(), passphrase)
    if sys.platform != "win32":
        assert file.stat().st_mode & 0o777 == 0o600


def test_the_pass_phrase_is_said_nowhere(kvit: Kvit, sandbox_home: Path, new_key: Path) -> None:
    answer = kvit("bank", "key", new_key, "--passphrase-stdin", "--replace", "--home", sandbox_home, input="тайна\n")
    assert answer.code == 0
    assert "тайна" not in answer.out + answer.err
    for file in sandbox_home.rglob("*"):
        if file.is_file():
            assert "тайна".encode() not in file.read_bytes()


def test_a_wrong_pass_phrase_changes_nothing(kvit: Kvit, sandbox_home: Path, new_key: Path) -> None:
    before = vault_of(Home(sandbox_home)).get_password(VAULT_SERVICE, "sandbox")
    answer = kvit(
        "bank", "key", new_key, "--passphrase-stdin", "--replace", "--home", sandbox_home, "--json", input="guess\n"
    )
    assert answer.code == 1
    assert answer.json["error"]["code"] == "signing.wrong_passphrase"
    assert vault_of(Home(sandbox_home)).get_password(VAULT_SERVICE, "sandbox") == before
    assert not (sandbox_home / "keys" / "sandbox.p12.old").exists()


def test_a_key_whose_certificate_is_over(
    kvit: Kvit, sandbox_home: Path, tmp_path: Path, authority: DemoAuthority
) -> None:
    over = authority.issue_signing("x", NOW - timedelta(days=9), NOW - timedelta(days=1))
    (tmp_path / "over.p12").write_bytes(over.to_pkcs12("p"))
    answer = kvit(
        "bank", "key", tmp_path / "over.p12", "--passphrase-stdin", "--replace", "--home", sandbox_home, "--json",
        input="p\n",
    )  # fmt: skip
    assert answer.json["error"]["code"] == "key.ended"


def test_no_terminal_to_ask_for_the_pass_phrase(kvit: Kvit, sandbox_home: Path, new_key: Path) -> None:
    answer = kvit("bank", "key", new_key, "--home", sandbox_home, input="тайна\n")
    assert answer.code == 2
    assert "--passphrase-stdin" in answer.err


@pytest.mark.parametrize(
    ("options", "code"),
    [(("--profile", "other"), "key.unknown_bank"), (("--tls",), "key.no_tls_key")],
)
def test_the_key_of_no_bank(kvit: Kvit, sandbox_home: Path, new_key: Path, options: tuple[str, ...], code: str) -> None:
    arguments = ("bank", "key", new_key, "--passphrase-stdin", "--home", sandbox_home, "--json", *options)
    assert kvit(*arguments, input="тайна\n").json["error"]["code"] == code


def test_several_banks_need_a_name(kvit: Kvit, sandbox_home: Path, new_key: Path) -> None:
    file = sandbox_home / "kvit.toml"
    text = file.read_text(encoding="utf-8")
    file.write_text(f'{text}\n[[bank]]\nprofile = "second"\ncustomer_id = "1"\nkey = "second.p12"\n', encoding="utf-8")
    arguments = ("bank", "key", new_key, "--passphrase-stdin", "--home", sandbox_home, "--json")
    assert kvit(*arguments, input="тайна\n").json["error"]["code"] == "key.which_bank"
    assert kvit(*arguments, "--profile", "second", input="тайна\n").code == 0
    assert (sandbox_home / "keys" / "second.p12").read_bytes() == new_key.read_bytes()
    assert vault_of(Home(sandbox_home)).get_password(VAULT_SERVICE, "second") == "тайна"


def test_a_poll_without_a_bank_or_without_the_vault(
    kvit: Kvit, home: Path, sandbox_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert kvit("bank", "poll", "--home", home, "--json").json["error"]["code"] == "config.no_bank"
    monkeypatch.delenv(CREDENTIALS)
    assert kvit("bank", "poll", "--home", sandbox_home, "--json").json["error"]["code"] == "vault.no_master_key"


def test_a_bank_that_is_away_is_told_with_its_hint(kvit: Kvit, sandbox_home: Path) -> None:
    answer = kvit("bank", "poll", "--home", sandbox_home, "--json")
    assert answer.code == 1
    (poll,) = answer.json["polls"]
    assert (poll["result"], poll["error"]["code"]) == ("failed", "bank.away")
    assert poll["error"]["text"]
    status = kvit("status", "--home", sandbox_home, "--json").json
    assert status["bank"][0]["error"]["code"] == "bank.away"
    assert [alarm["code"] for alarm in status["alarms"]] == ["bank.away"]
