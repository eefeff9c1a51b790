"""Making a home."""

from __future__ import annotations

import os
import stat
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select

from gateway.core.errors import Refused
from gateway.service.config import Home, load_config
from gateway.service.instance import InstanceLock
from gateway.service.opening import open_store
from gateway.service.private_files import write_private
from gateway.service.setup import (
    CHECK_SERVICE,
    CHECK_USER,
    CHECK_VALUE,
    Company,
    connect_sandbox,
    make_home,
    settings_text,
    upgrade_home,
)
from gateway.service.wiring import vault_of
from gateway.store.schema import journal
from tests.service.conftest import COMPANY, CREDENTIALS, Kvit

INIT = ("--key", "svetoram", "--name", "ООО «Светорама»", "--inn", "7728168971")
posix = pytest.mark.skipif(sys.platform == "win32", reason="modes are POSIX")


def _mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_init_makes_a_home_that_opens(kvit: Kvit, tmp_path: Path) -> None:
    where = tmp_path / "deep" / "home"
    answer = kvit("init", "--home", where, *INIT, "--kpp", "772801001", "--language", "en")
    assert answer.code == 0
    config = load_config(Home(where))
    assert (config.company.name, config.company.inn) == ("ООО «Светорама»", "7728168971")
    assert (config.company.kpp, config.company.language) == ("772801001", "en")
    for folder in ("data", "vault", "keys", "anchors", "profiles", "run", "logs", "exchange/in", "exchange/rejected"):
        assert (where / folder).is_dir()
    store = open_store(Home(where), config)
    with store.reading() as connection:
        first = connection.execute(select(journal)).one()
    store.close()
    assert (first.kind, first.company) == ("company.registered", "svetoram")


@posix
def test_a_home_is_closed_to_others_whatever_the_umask(kvit: Kvit, tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        assert kvit("init", "--home", tmp_path / "home", *INIT).code == 0
    finally:
        os.umask(before)
    home = tmp_path / "home"
    folders = [home, *(path for path in home.rglob("*") if path.is_dir())]
    assert {_mode(folder) for folder in folders} == {0o700}
    assert _mode(home / "kvit.toml") == 0o600


def test_without_a_master_key_the_steps_are_explained(kvit: Kvit, tmp_path: Path) -> None:
    answer = kvit("init", "--home", tmp_path / "home", *INIT, "--language", "en")
    assert answer.code == 0
    assert "systemd-creds encrypt --name=kvit-master" in answer.out


@posix
def test_a_new_master_key_is_written_for_nobody_else(
    kvit: Kvit, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = tmp_path / "credentials" / "kvit-master"
    assert kvit("init", "--home", tmp_path / "home", *INIT, "--master-key-to", key).code == 0
    assert (_mode(key), key.stat().st_size) == (0o600, 32)
    assert _mode(key.parent) == 0o700
    monkeypatch.setenv(CREDENTIALS, str(key.parent))
    assert vault_of(Home(tmp_path / "home")).get_password(CHECK_SERVICE, CHECK_USER) == CHECK_VALUE


def test_a_master_key_may_be_put_into_a_folder_and_is_never_overwritten(kvit: Kvit, tmp_path: Path) -> None:
    folder = tmp_path / "credentials"
    folder.mkdir()
    assert kvit("init", "--home", tmp_path / "one", *INIT, "--master-key-to", folder).code == 0
    before = (folder / "kvit-master").read_bytes()
    answer = kvit("init", "--home", tmp_path / "two", *INIT, "--master-key-to", folder)
    assert answer.code == 1
    assert "never overwritten" in answer.err
    assert (folder / "kvit-master").read_bytes() == before
    assert not (tmp_path / "two").exists()


def test_an_existing_home_is_left_alone(kvit: Kvit, home: Path) -> None:
    before = (home / "kvit.toml").read_bytes()
    answer = kvit("init", "--home", home, *INIT, "--language", "en")
    assert answer.code == 1
    assert "installation" in answer.err
    assert (home / "kvit.toml").read_bytes() == before


def test_a_home_is_not_made_among_other_files(kvit: Kvit, tmp_path: Path) -> None:
    (tmp_path / "thesis.doc").touch()
    answer = kvit("init", "--home", tmp_path, *INIT, "--language", "en")
    assert answer.code == 1
    assert "thesis.doc" in answer.err
    assert sorted(path.name for path in tmp_path.iterdir()) == ["thesis.doc"]


def test_keys_and_anchors_may_be_there_first(tmp_path: Path) -> None:
    (tmp_path / "anchors").mkdir()
    (tmp_path / "anchors" / "bank.pem").touch()
    make_home(Home(tmp_path), COMPANY)
    assert (tmp_path / "anchors" / "bank.pem").exists()


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"inn": "7728168972"}, "requisites.inn"),
        ({"kpp": "12"}, "requisites.kpp"),
        ({"bic": "144525225"}, "requisites.bic"),
        ({"bic": "044525225", "corr_account": "30101810400000000226"}, "requisites.account_key"),
        ({"corr_account": "30101810400000000225"}, "setup.corr_account_needs_bic"),
        ({"key": "Светорама"}, "setup.wrong_value"),
        ({"name": "  "}, "setup.wrong_value"),
    ],
)
def test_wrong_requisites_are_refused_before_anything_is_made(
    tmp_path: Path, change: dict[str, str], code: str
) -> None:
    with pytest.raises(Refused) as refused:
        make_home(Home(tmp_path / "home"), replace(COMPANY, **change))
    assert refused.value.code == code
    assert not (tmp_path / "home").exists()


@pytest.mark.parametrize("name", ['ООО "Рога \\ копыта"', "{inn} {name}", "a\tb", "x" * 300, '"""', "\\", "ИП О'Нил"])
def test_any_name_survives_the_settings_file(tmp_path: Path, name: str) -> None:
    company = replace(COMPANY, name=name)
    make_home(Home(tmp_path / "home"), company)
    assert load_config(Home(tmp_path / "home")).company.name == " ".join(name.split())


def test_the_settings_are_explained_line_by_line() -> None:
    text = settings_text(Company("a", "b"))
    assert text.startswith("# Kvit's configuration. No secret belongs here")
    assert text.count("#") > 8


def test_an_interrupted_init_can_be_repeated(
    tmp_path: Path, credentials: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(CREDENTIALS, str(credentials))

    def torn(file: Path, content: bytes) -> None:
        raise OSError(28, "No space left on device", str(file))

    with monkeypatch.context() as patch, pytest.raises(OSError, match="No space"):
        patch.setattr("gateway.service.setup.write_private", torn)
        make_home(Home(tmp_path / "home"), COMPANY)
    assert not (tmp_path / "home" / "kvit.toml").exists()
    made = make_home(Home(tmp_path / "home"), COMPANY)
    store = open_store(made.home, made.config)
    with store.reading() as connection:
        assert len(connection.execute(select(journal)).all()) == 1
    store.close()


def test_a_private_file_is_written_whole_or_not_at_all(tmp_path: Path) -> None:
    write_private(tmp_path / "f", b"old")
    with pytest.raises(TypeError):
        write_private(tmp_path / "f", None)  # type: ignore[arg-type]  # any failure while writing
    assert (tmp_path / "f").read_bytes() == b"old"
    assert [path.name for path in tmp_path.iterdir()] == ["f"]


def test_upgrade_says_whether_there_was_anything_to_do(kvit: Kvit, home: Path) -> None:
    assert "right version already" in kvit("init", "--home", home, "--upgrade", "--language", "en").out
    for file in (home / "data").iterdir():
        file.unlink()
    assert kvit("journal", "head", "--home", home).code == 1
    assert "brought up to date" in kvit("init", "--home", home, "--upgrade", "--language", "en").out
    assert kvit("journal", "head", "--home", home).code == 0


def test_upgrade_waits_for_the_service_to_stop(home: Path) -> None:
    with InstanceLock(home / "run"), pytest.raises(Refused) as refused:
        upgrade_home(Home(home))
    assert refused.value.code == "service.already_running"


def test_a_sandbox_home_is_a_customer_of_its_bank(kvit: Kvit, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    key = tmp_path / "credentials" / "kvit-master"
    answer = kvit("init", "--home", tmp_path / "home", "--sandbox", "--master-key-to", key, "--language", "en")
    assert answer.code == 0, answer.err
    home = Home(tmp_path / "home")
    config = load_config(home)
    assert [bank.profile for bank in config.bank] == ["sandbox"]
    assert config.bank[0].accounts
    monkeypatch.setenv(CREDENTIALS, str(key.parent))
    found = kvit("doctor", "--home", home.root, "--json").json["findings"]
    bad = [finding["code"] for finding in found if finding["state"] != "ok"]
    assert bad == ["doctor.bank_shut"]  # its server does not run


def test_a_sandbox_needs_a_master_key(kvit: Kvit, tmp_path: Path) -> None:
    answer = kvit("init", "--home", tmp_path / "home", "--sandbox", "--language", "en")
    assert answer.code == 1
    assert "--master-key-to" in answer.err
    assert not (tmp_path / "home").exists()


def test_a_bank_is_not_joined_twice(sandbox_home: Path) -> None:
    from gateway.bank.sandbox.enrol import Enrolment

    nobody = Enrolment("1", "1", "", (), "", b"", "", b"", b"", (), "", "", "", "")
    with pytest.raises(Refused) as refused:
        connect_sandbox(Home(sandbox_home), nobody, vault_of(Home(sandbox_home)))
    assert refused.value.code == "setup.bank_exists"
