"""The sealed vault and its master key."""

from __future__ import annotations

import base64
import json
import multiprocessing
import sys
from pathlib import Path

import keyring
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from keyring.backend import get_all_keyring
from keyring.errors import PasswordDeleteError

from gateway.core.errors import Corrupt, KvitError, Refused
from gateway.signing.vault import SealedVault, master_key_from_environment, new_master_key, open_vault

KEY = bytes(range(32))


@pytest.fixture
def vault(tmp_path: Path) -> SealedVault:
    return SealedVault(tmp_path / "secrets.json", KEY)


def code(error: pytest.ExceptionInfo[KvitError]) -> str:
    assert "{" not in error.value.text("ru") + error.value.text("en")
    return error.value.code


def test_secrets_round_trip(vault: SealedVault, tmp_path: Path) -> None:
    vault.set_password("kvit", "pkcs12", "пароль")
    vault.set_password("kvit", "sms", "token")
    again = SealedVault(tmp_path / "secrets.json", KEY)
    assert (again.get_password("kvit", "pkcs12"), again.get_password("kvit", "sms")) == ("пароль", "token")


def test_what_is_not_there_is_none(vault: SealedVault) -> None:
    assert vault.get_password("kvit", "pkcs12") is None
    vault.set_password("kvit", "pkcs12", "x")
    assert vault.get_password("kvit", "other") is None
    assert vault.get_password("other", "pkcs12") is None


def test_secrets_can_be_replaced_and_forgotten(vault: SealedVault) -> None:
    vault.set_password("kvit", "a", "1")
    vault.set_password("kvit", "a", "2")
    assert vault.get_password("kvit", "a") == "2"
    vault.delete_password("kvit", "a")
    assert vault.get_password("kvit", "a") is None
    with pytest.raises(PasswordDeleteError):
        vault.delete_password("kvit", "a")


def test_nothing_readable_is_in_the_file(vault: SealedVault, tmp_path: Path) -> None:
    vault.set_password("kvit", "a", "very-secret")
    raw = (tmp_path / "secrets.json").read_bytes()
    assert b"very-secret" not in raw
    assert base64.b64encode(b"very-secret") not in raw


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX modes")
def test_the_file_is_ours_alone(vault: SealedVault, tmp_path: Path) -> None:
    vault.set_password("kvit", "a", "1")
    assert (tmp_path / "secrets.json").stat().st_mode & 0o777 == 0o600


def test_the_same_secret_is_sealed_differently_each_time(vault: SealedVault, tmp_path: Path) -> None:
    seen = set()
    for _ in range(3):
        vault.set_password("kvit", "a", "1")
        seen.add((tmp_path / "secrets.json").read_text())
    assert len(seen) == 3


def test_values_cannot_be_swapped(vault: SealedVault, tmp_path: Path) -> None:
    vault.set_password("kvit", "a", "1")
    vault.set_password("kvit", "b", "2")
    file = tmp_path / "secrets.json"
    stored = json.loads(file.read_text())
    users = stored["secrets"]["kvit"]
    users["a"], users["b"] = users["b"], users["a"]
    file.write_text(json.dumps(stored))
    with pytest.raises(Corrupt) as caught:
        vault.get_password("kvit", "a")
    assert code(caught) == "vault.wrong_key"


def test_another_master_key_is_noticed(vault: SealedVault, tmp_path: Path) -> None:
    vault.set_password("kvit", "a", "1")
    with pytest.raises(Corrupt) as caught:
        SealedVault(tmp_path / "secrets.json", new_master_key()).get_password("kvit", "a")
    assert code(caught) == "vault.wrong_key"


@pytest.mark.parametrize(
    "broken", ["", "{", "[]", '{"format": 2, "secrets": {}}', '{"format": 1}', '{"format":1,"secrets":[]}']
)
def test_a_damaged_file_is_an_error_and_is_not_overwritten(vault: SealedVault, tmp_path: Path, broken: str) -> None:
    file = tmp_path / "secrets.json"
    file.write_text(broken)
    for call in (lambda: vault.get_password("kvit", "a"), lambda: vault.set_password("kvit", "a", "1")):
        with pytest.raises(Corrupt) as caught:
            call()
        assert code(caught) == "vault.unreadable"
    assert file.read_text() == broken


def test_a_failed_write_leaves_the_old_file(
    vault: SealedVault, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    vault.set_password("kvit", "a", "1")

    def refuse(*args: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr("gateway.signing.vault.os.fsync", refuse)
    with pytest.raises(OSError, match="disk full"):
        vault.set_password("kvit", "a", "2")
    assert vault.get_password("kvit", "a") == "1"
    assert sorted(f.name for f in tmp_path.iterdir()) == ["secrets.json", "secrets.lock"]


def _store(path: str, user: str) -> None:
    SealedVault(Path(path), KEY).set_password("kvit", user, user)


def test_writers_in_several_processes_lose_nothing(tmp_path: Path) -> None:
    path = str(tmp_path / "secrets.json")
    fork = multiprocessing.get_context("spawn")
    workers = [fork.Process(target=_store, args=(path, f"user-{n}")) for n in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    vault = SealedVault(Path(path), KEY)
    assert [vault.get_password("kvit", f"user-{n}") for n in range(3)] == ["user-0", "user-1", "user-2"]


@settings(max_examples=50, deadline=None)
@given(service=st.text(max_size=20), user=st.text(min_size=1, max_size=20), secret=st.text(max_size=50))
def test_any_text_round_trips(tmp_path_factory: pytest.TempPathFactory, service: str, user: str, secret: str) -> None:
    vault = SealedVault(tmp_path_factory.mktemp("vault") / "secrets.json", KEY)
    vault.set_password(service, user, secret)
    assert vault.get_password(service, user) == secret


def test_keyring_talks_to_the_vault_it_was_given(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("keyring.core._keyring_backend", None)
    vault = open_vault(tmp_path / "secrets.json", KEY)
    assert keyring.get_keyring() is vault
    keyring.set_password("kvit", "pkcs12", "secret")
    assert keyring.get_password("kvit", "pkcs12") == "secret"


def test_keyring_never_finds_the_vault_by_itself() -> None:
    assert not any(isinstance(backend, SealedVault) for backend in get_all_keyring())


def test_a_master_key_of_another_length_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refused) as caught:
        SealedVault(tmp_path / "secrets.json", b"short")
    assert code(caught) == "vault.bad_master_key"


@pytest.mark.skipif(sys.platform == "win32", reason="systemd")
@pytest.mark.parametrize("form", [KEY, base64.b64encode(KEY), base64.b64encode(KEY) + b"\n"])
def test_the_master_key_comes_from_the_systemd_credential(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, form: bytes
) -> None:
    (tmp_path / "kvit-master").write_bytes(form)
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
    assert master_key_from_environment() == KEY


@pytest.mark.skipif(sys.platform == "win32", reason="systemd")
def test_without_a_credential_one_is_told_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CREDENTIALS_DIRECTORY", raising=False)
    with pytest.raises(Refused) as caught:
        master_key_from_environment()
    assert code(caught) == "vault.no_master_key"
    assert "kvit-master" in caught.value.hint("ru")
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
    with pytest.raises(Refused) as caught:
        master_key_from_environment()
    assert code(caught) == "vault.no_master_key"
    (tmp_path / "kvit-master").write_bytes(b"too short")
    with pytest.raises(Refused) as caught:
        master_key_from_environment()
    assert code(caught) == "vault.bad_master_key"
