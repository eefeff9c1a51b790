"""Backup and restore: whole, consistent, without a plaintext secret; and nothing altered gets back in."""

from __future__ import annotations

import hashlib
import json
import shutil
import stat
import sys
import threading
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import literal, select

from gateway.core.clock import SystemClock, to_text
from gateway.core.errors import Corrupt, KvitError, Refused
from gateway.flows.pay_out_restored import may_have_left
from gateway.service.backup import MANIFEST, back_up, restore
from gateway.service.config import Home, load_config
from gateway.service.daemon import Daemon
from gateway.service.open_keys import VAULT_SERVICE
from gateway.service.opening import open_store
from gateway.service.wiring import open_installation, vault_of
from gateway.store import Store, journal
from gateway.store.backup import copy_database
from gateway.store.engine import sqlite_url
from gateway.store.heads import HeadBook
from tests.service.conftest import COMPANY, Kvit, tamper


def _rows(home: Path, number: int, name: str = "row") -> None:
    store = Store(sqlite_url(home / "data" / "kvit.db"), SystemClock(), COMPANY.key)
    with store.unit() as unit:
        for row in range(number):
            unit.journal("test.row", f"{name}:{row}")
        unit.commit()
    store.close()


def _repacked(backup: Path, change: Callable[[dict[str, bytes]], None]) -> Path:
    """The backup with its members changed, as somebody would who knows zip and not much else."""
    with zipfile.ZipFile(backup) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    change(members)
    changed = backup.with_name("changed.zip")
    with zipfile.ZipFile(changed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return changed


def _manifest(members: dict[str, bytes], change: Callable[[dict[str, Any]], None]) -> None:
    manifest = json.loads(members[MANIFEST])
    change(manifest)
    members[MANIFEST] = json.dumps(manifest).encode()


@pytest.fixture
def backup(sandbox_home: Path, tmp_path: Path) -> Path:
    _rows(sandbox_home, 5)
    return back_up(Home(sandbox_home), tmp_path / "out" / "kvit.zip").file


def test_what_was_backed_up_comes_back(sandbox_home: Path, backup: Path, tmp_path: Path) -> None:
    back = restore(backup, Home(tmp_path / "new"))
    new = Home(tmp_path / "new")
    assert back.head.seq == 6
    assert load_config(new) == load_config(Home(sandbox_home))
    for name in ("kvit.toml", "keys/sandbox.p12", "vault/secrets.json", "anchors/sandbox-tls-root.pem"):
        assert (new.root / name).read_bytes() == (sandbox_home / name).read_bytes()
    assert vault_of(new).get_password(VAULT_SERVICE, "sandbox")
    assert (new.root / "exchange" / "in").is_dir()
    assert not list(new.root.glob(".restore*"))


@pytest.mark.skipif(sys.platform == "win32", reason="modes are POSIX")
def test_backup_and_restored_home_are_closed_to_others(backup: Path, tmp_path: Path) -> None:
    restore(backup, Home(tmp_path / "new"))
    assert stat.S_IMODE(backup.stat().st_mode) == 0o600
    paths = list((tmp_path / "new").rglob("*"))
    assert {stat.S_IMODE(p.stat().st_mode) for p in paths if p.is_dir()} == {0o700}
    assert {stat.S_IMODE(p.stat().st_mode) for p in paths if p.is_file()} == {0o600}


def test_a_backup_has_no_secret_in_the_clear(sandbox_home: Path, tmp_path: Path, credentials: Path, kvit: Kvit) -> None:
    token = kvit("user", "add", "Анна", "--role", "accountant", "--home", sandbox_home).out.strip()
    (sandbox_home / "run" / "tray.token").write_text(token, encoding="utf-8")
    (sandbox_home / "keys" / "bare.pem").write_text("-----BEGIN PRIVATE KEY-----", encoding="utf-8")
    passphrase = vault_of(Home(sandbox_home)).get_password(VAULT_SERVICE, "sandbox")
    assert passphrase is not None and token.startswith("kvit_")
    made = back_up(Home(sandbox_home), tmp_path / "b.zip")
    with zipfile.ZipFile(made.file) as archive:
        names = archive.namelist()
        content = b"\n".join(archive.read(name) for name in names)
    for secret in (passphrase.encode(), token.encode(), (credentials / "kvit-master").read_bytes(), b"BEGIN PRIVATE"):
        assert secret not in content
    assert "keys/sandbox.p12" in names
    assert not [name for name in names if name.startswith(("run/", "logs/", "exchange/", "sandbox/"))]


def test_the_manifest_names_every_file_by_its_sum(backup: Path) -> None:
    with zipfile.ZipFile(backup) as archive:
        manifest = json.loads(archive.read(MANIFEST))
        assert set(manifest["files"]) == set(archive.namelist()) - {MANIFEST}
        for name, told in manifest["files"].items():
            assert hashlib.sha256(archive.read(name)).hexdigest() == told["sha256"]
    assert manifest["journal"]["seq"] == 6
    assert manifest["company"] == COMPANY.key


def test_a_copy_made_while_rows_are_written_is_one_consistent_state(sandbox_home: Path, tmp_path: Path) -> None:
    _rows(sandbox_home, 3000)
    stop = threading.Event()

    def write() -> None:
        number = 0
        while not stop.is_set():
            _rows(sandbox_home, 20, f"during-{number}")
            number += 1

    writer = threading.Thread(target=write)
    writer.start()
    try:
        heads = [back_up(Home(sandbox_home), tmp_path / f"{number}.zip").head.seq for number in range(3)]
    finally:
        stop.set()
        writer.join()
    assert heads == sorted(heads) and heads[0] >= 3001
    restore(tmp_path / "2.zip", Home(tmp_path / "new"))


def test_a_backup_never_overwrites(sandbox_home: Path, backup: Path) -> None:
    before = backup.read_bytes()
    with pytest.raises(Refused) as refused:
        back_up(Home(sandbox_home), backup)
    assert refused.value.code == "backup.exists"
    assert backup.read_bytes() == before


def test_a_backup_does_not_lie_where_the_next_one_would_contain_it(sandbox_home: Path) -> None:
    with pytest.raises(Refused) as refused:
        back_up(Home(sandbox_home), sandbox_home / "keys" / "b.p12.zip")
    assert refused.value.code == "backup.inside_home"


def test_postgresql_makes_its_own_copies(home: Path, tmp_path: Path) -> None:
    file = home / "kvit.toml"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace('url = "" ', 'url = "postgresql+psycopg://kvit@127.0.0.1:1/kvit" '), encoding="utf-8")
    with pytest.raises(Refused) as refused:
        back_up(Home(home), tmp_path / "b.zip")
    assert refused.value.code == "backup.not_sqlite"


def test_a_tampered_journal_is_not_backed_up_as_if_it_were_good(home: Path, tmp_path: Path) -> None:
    _rows(home, 9)
    tamper(home, "UPDATE journal SET actor = 'nobody' WHERE seq = 4")
    with pytest.raises(Corrupt) as corrupt:
        back_up(Home(home), tmp_path / "b.zip")
    assert (corrupt.value.code, corrupt.value.values["row"]) == ("backup.journal_broken", 4)
    assert list(tmp_path.glob("*.zip")) == [] and list(tmp_path.glob(".kvit-backup*")) == []


def test_a_database_that_cannot_be_copied(tmp_path: Path) -> None:
    (tmp_path / "no.db").write_bytes(b"this is no database at all, only bytes" * 200)
    with pytest.raises(Refused) as refused:
        copy_database(tmp_path / "no.db", tmp_path / "copy.db")
    assert refused.value.code == "backup.copy_failed"


def _flip(members: dict[str, bytes], name: str) -> None:
    content = bytearray(members[name])
    content[len(content) // 2] ^= 1
    members[name] = bytes(content)


def _lie_about_the_head(members: dict[str, bytes]) -> None:
    _manifest(members, lambda manifest: manifest["journal"].update(seq=5))


def _newer(members: dict[str, bytes]) -> None:
    _manifest(members, lambda manifest: manifest.update(format=2, version="9.9"))


def _rename(name: str) -> Callable[[dict[str, bytes]], None]:
    def change(members: dict[str, bytes]) -> None:
        members[name] = b"x"
        told = {"sha256": hashlib.sha256(b"x").hexdigest(), "size": 1}
        _manifest(members, lambda manifest: manifest["files"].update({name: told}))

    return change


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda m: _flip(m, "data/kvit.db"), "backup.altered"),
        (lambda m: _flip(m, "kvit.toml"), "backup.altered"),
        (lambda m: m.pop("keys/sandbox.p12"), "backup.altered"),
        (lambda m: m.update({"kvit.toml": m["kvit.toml"] + b"#" * 10}), "backup.altered"),
        (lambda m: m.pop(MANIFEST), "backup.not_a_backup"),
        (lambda m: m.update({MANIFEST: b"[]"}), "backup.not_a_backup"),
        (lambda m: m.update({MANIFEST: b"{"}), "backup.not_a_backup"),
        (lambda m: _manifest(m, lambda x: x["files"].pop("data/kvit.db")), "backup.not_a_backup"),
        (_lie_about_the_head, "backup.journal_broken"),
        (_newer, "restore.newer"),
        (_rename("../evil"), "backup.not_a_backup"),
        (_rename("/etc/cron.d/evil"), "backup.not_a_backup"),
        (_rename("keys/../../evil"), "backup.not_a_backup"),
        (_rename("keys/..\\evil"), "backup.not_a_backup"),
        (_rename("keys/.."), "backup.not_a_backup"),
        (_rename("run/tray.token"), "backup.not_a_backup"),
        (_rename("heads/../run/tray.token"), "backup.not_a_backup"),
        (_rename("heads/certificates/../../evil"), "backup.not_a_backup"),
        (_rename("heads/certificates/deeper/evil"), "backup.not_a_backup"),
    ],
)
def test_a_changed_backup_is_refused_and_leaves_nothing(
    backup: Path, tmp_path: Path, change: Callable[[dict[str, bytes]], object], code: str
) -> None:
    changed = _repacked(backup, lambda members: (change(members), None)[1])
    with pytest.raises(KvitError) as refused:
        restore(changed, Home(tmp_path / "new"))
    assert refused.value.code == code
    assert list((tmp_path / "new").iterdir()) == []
    assert not (tmp_path / "evil").exists()


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 no zip", b"\0" * 5000])
def test_a_file_that_is_no_backup(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "x.zip").write_bytes(content)
    with pytest.raises(Refused) as refused:
        restore(tmp_path / "x.zip", Home(tmp_path / "new"))
    assert refused.value.code == "backup.not_a_backup"


def test_a_truncated_backup(backup: Path, tmp_path: Path) -> None:
    content = backup.read_bytes()
    (tmp_path / "cut.zip").write_bytes(content[: len(content) // 2])
    with pytest.raises(Refused):
        restore(tmp_path / "cut.zip", Home(tmp_path / "new"))


def test_nothing_is_restored_over_something(backup: Path, home: Path) -> None:
    with pytest.raises(Refused) as refused:
        restore(backup, Home(home))
    assert refused.value.code == "restore.not_empty"


def test_a_restored_journal_still_contains_a_head_kept_elsewhere(
    sandbox_home: Path, tmp_path: Path, kvit: Kvit
) -> None:
    _rows(sandbox_home, 5)
    head = tmp_path / "head.txt"
    head.write_text(kvit("journal", "head", "--home", sandbox_home).out, encoding="utf-8")
    assert kvit("backup", "--out", tmp_path / "b.zip", "--home", sandbox_home).code == 0
    answer = kvit("restore", tmp_path / "b.zip", "--home", tmp_path / "new", "--json")
    assert answer.json["journal"]["seq"] == 6
    assert kvit("journal", "verify", "--home", tmp_path / "new", "--head-file", head).code == 0


def test_backup_says_what_is_not_in_it(sandbox_home: Path, tmp_path: Path, kvit: Kvit) -> None:
    answer = kvit("backup", "--out", tmp_path / "b.zip", "--home", sandbox_home, "--language", "en")
    assert "master key is not in it" in answer.out
    assert hashlib.sha256((tmp_path / "b.zip").read_bytes()).hexdigest() in answer.out


def test_an_older_database_is_brought_up_to_date(backup: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    monkeypatch.setattr("gateway.service.backup.upgrade", asked.append)
    restore(backup, Home(tmp_path / "new"))
    assert len(asked) == 1


class TestHeads:
    """Heads of the journal go into a backup for a new machine, and nothing newer is ever lost by putting one back."""

    def test_they_go_along_and_the_book_goes_on(self, kept: Path, tmp_path: Path, kvit: Kvit) -> None:
        backup = back_up(Home(kept), tmp_path / "b.zip").file
        back = restore(backup, Home(tmp_path / "new"))
        for file in _heads(kept):
            assert (tmp_path / "new" / file).read_bytes() == (kept / file).read_bytes()
        assert [name for name in _heads(kept) if name.startswith("heads/certificates/")]
        assert (back.known_rows, back.behind) == (back.head.seq, False)
        book = HeadBook(tmp_path / "new" / "heads")
        before = book.last()
        _keep_rows(tmp_path / "new", 1)
        after = book.last()
        assert before is not None and after is not None
        assert (after.number, after.previous) == (before.number + 1, before.digest)
        assert kvit("journal", "verify", "--home", tmp_path / "new").code == 0

    def test_a_cut_journal_is_still_found_on_the_new_machine(self, kept: Path, tmp_path: Path, kvit: Kvit) -> None:
        restore(back_up(Home(kept), tmp_path / "b.zip").file, Home(tmp_path / "new"))
        tamper(tmp_path / "new", "DELETE FROM journal WHERE seq > 3")
        assert _verdict(kvit, tmp_path / "new") == (4, "ends_before")

    def test_an_old_copy_beside_newer_heads_is_found(self, kept: Path, tmp_path: Path, kvit: Kvit) -> None:
        backup = back_up(Home(kept), tmp_path / "b.zip").file
        end = _keep_rows(kept, 3)
        newer = {name: (kept / name).read_bytes() for name in _heads(kept)}
        _all_but_heads_is_lost(kept)
        answer = kvit("restore", backup, "--home", kept, "--language", "en")
        assert answer.code == 0, answer.err
        assert f"remembers the journal up to row {end}" in answer.out + answer.err
        assert {name: (kept / name).read_bytes() for name in _heads(kept)} == newer
        assert _verdict(kvit, kept) == (end - 2, "ends_before")

    def test_what_such_a_home_knows_goes_into_its_next_backup(self, kept: Path, tmp_path: Path, kvit: Kvit) -> None:
        """Moving on to another machine does not launder an old copy."""
        backup = back_up(Home(kept), tmp_path / "b.zip").file
        end = _keep_rows(kept, 3)
        _all_but_heads_is_lost(kept)
        restore(backup, Home(kept))
        again = back_up(Home(kept), tmp_path / "again.zip")
        assert (again.known_rows, again.behind) == (end, True)
        restore(again.file, Home(tmp_path / "new"))
        assert _verdict(kvit, tmp_path / "new") == (end - 2, "ends_before")

    def test_older_heads_beside_the_home_are_brought_up_to_date(self, kept: Path, tmp_path: Path, kvit: Kvit) -> None:
        older = {name: (kept / name).read_bytes() for name in _heads(kept)}
        _keep_rows(kept, 3)
        newer = {name: (kept / name).read_bytes() for name in _heads(kept)}
        backup = back_up(Home(kept), tmp_path / "b.zip").file
        _all_but_heads_is_lost(kept)
        for name, content in older.items():
            (kept / name).write_bytes(content)
        restore(backup, Home(kept))
        assert {name: (kept / name).read_bytes() for name in _heads(kept)} == newer
        assert kvit("journal", "verify", "--home", kept).code == 0

    def test_heads_of_another_history_are_neither_kept_nor_overwritten(self, kept: Path, tmp_path: Path) -> None:
        backup = back_up(Home(kept), tmp_path / "b.zip").file
        (book,) = (kept / "heads").glob("*.jsonl")
        book.write_bytes(book.read_bytes().replace(b'"number":1', b'"number":9'))
        _all_but_heads_is_lost(kept)
        other = {name: (kept / name).read_bytes() for name in _heads(kept)}
        with pytest.raises(Refused) as refused:
            restore(backup, Home(kept))
        assert refused.value.code == "restore.other_heads"
        assert [entry.name for entry in kept.iterdir()] == ["heads"]
        assert {name: (kept / name).read_bytes() for name in _heads(kept)} == other

    def test_heads_kept_while_the_database_is_copied_do_not_run_ahead_of_it(
        self, kept: Path, tmp_path: Path, kvit: Kvit, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def copy(source: Path, target: Path, progress: Callable[[int], None]) -> None:
            copy_database(source, target, progress)
            _keep_rows(kept, 2)

        monkeypatch.setattr("gateway.service.backup.copy_database", copy)
        made = back_up(Home(kept), tmp_path / "b.zip")
        assert made.behind, "the home itself went on"
        assert not restore(made.file, Home(tmp_path / "new")).behind
        assert kvit("journal", "verify", "--home", tmp_path / "new").code == 0

    def test_orders_of_every_restored_copy_are_asked_about(self, kept: Path, tmp_path: Path) -> None:
        backup = back_up(Home(kept), tmp_path / "b.zip").file
        assert not _asks_about_orders(kept)
        restore(backup, Home(tmp_path / "new"))
        assert _asks_about_orders(tmp_path / "new")

    @pytest.mark.parametrize("lost", [0, 3])
    def test_so_are_those_of_an_older_database_put_in_place_by_hand(
        self, kept: Path, tmp_path: Path, lost: int
    ) -> None:
        shutil.copyfile(kept / "data" / "kvit.db", tmp_path / "older.db")
        _keep_rows(kept, lost)
        shutil.copyfile(tmp_path / "older.db", kept / "data" / "kvit.db")
        house = open_installation(Home(kept))
        free = house.config.api.model_copy(update={"port": 0})
        daemon = Daemon(replace(house, config=house.config.model_copy(update={"api": free})))
        daemon.start()
        daemon.stop()
        assert _asks_about_orders(kept) == bool(lost)

    def test_a_backup_without_heads_is_restored_too(self, kept: Path, tmp_path: Path) -> None:
        shutil.rmtree(kept / "heads")
        back = restore(back_up(Home(kept), tmp_path / "b.zip").file, Home(tmp_path / "new"))
        assert (back.known_rows, back.behind) == (0, False)
        assert not (tmp_path / "new" / "heads").exists()


@pytest.fixture
def kept(sandbox_home: Path) -> Path:
    """A home whose heads are kept as they are in real life, sealed and signed."""
    _keep_rows(sandbox_home, 5)
    return sandbox_home


def _keep_rows(home: Path, number: int) -> int:
    """Write rows as the service does, with a sealed line at the end; the journal's last row."""
    store = open_store(Home(home), load_config(Home(home)))
    with store.unit() as unit:
        for row in range(number):
            unit.journal("test.row", f"kept:{row}")
        unit.commit()
    with store.reading() as connection:
        end = journal.head(connection).seq
    store.close()
    return end


def _asks_about_orders(home: Path) -> bool:
    """Whether an order proposed a minute ago would be asked about before it is sent."""
    store = open_store(Home(home), load_config(Home(home)))
    with store.unit() as unit:
        proposed_at = literal(to_text(store.clock.now() - timedelta(minutes=1))).label("proposed_at")
        asks = may_have_left(unit, unit.connection.execute(select(proposed_at)).one())
    store.close()
    return asks


def _heads(home: Path) -> list[str]:
    """Names of the heads' files that go into a backup."""
    book = [
        *(home / "heads").glob("*.jsonl"),
        *(home / "heads" / "certificates").glob("*.pem"),
        home / "heads" / "last",
    ]
    return sorted(file.relative_to(home).as_posix() for file in book)


def _all_but_heads_is_lost(home: Path) -> None:
    for entry in home.iterdir():
        if entry.name != "heads":
            shutil.rmtree(entry) if entry.is_dir() else entry.unlink()


def _verdict(kvit: Kvit, home: Path) -> tuple[int, str]:
    found = kvit("journal", "verify", "--home", home, "--json").json
    return found["broken_row"], found["reason"]
