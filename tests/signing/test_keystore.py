"""Keys on this machine."""

from __future__ import annotations

import sys
from pathlib import Path

import keyring
import pytest

from gateway.core.errors import Refused
from gateway.signing.keystore import open_key, put_key
from gateway.signing.vault import new_master_key, open_vault
from tests.bank.bxd import pretend


@pytest.fixture(autouse=True)
def vault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("keyring.core._keyring_backend", None)
    open_vault(tmp_path / "secrets.json", new_master_key())


def test_a_key_is_kept_and_opened_again(tmp_path: Path) -> None:
    put_key(tmp_path, "main", pretend.bank_key().to_pkcs12("пароль"), "пароль")
    assert open_key(tmp_path, "main").certificate == pretend.bank_key().certificate
    assert "пароль" not in (tmp_path / "secrets.json").read_text(encoding="utf-8")
    if sys.platform != "win32":
        assert (tmp_path / "main.p12").stat().st_mode & 0o777 == 0o600


def test_a_key_that_does_not_open_is_not_kept(tmp_path: Path) -> None:
    with pytest.raises(Refused):
        put_key(tmp_path, "main", pretend.bank_key().to_pkcs12("right"), "wrong")
    assert keyring.get_password("kvit", "pkcs12:main") is None
    assert not (tmp_path / "main.p12").exists()


def test_what_is_missing_is_named(tmp_path: Path) -> None:
    with pytest.raises(Refused) as caught:
        open_key(tmp_path, "main")
    assert caught.value.code == "signing.key_missing"
    (tmp_path / "main.p12").write_bytes(pretend.bank_key().to_pkcs12("x"))
    with pytest.raises(Refused) as caught:
        open_key(tmp_path, "main")
    assert caught.value.code == "vault.no_passphrase"
    assert "main.p12" in caught.value.text("ru")
