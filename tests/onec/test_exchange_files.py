"""Writing where others read, moving without losing."""

from __future__ import annotations

import errno
import os
import stat
import sys
from pathlib import Path

import pytest

from gateway.core.errors import Conflict, Unavailable
from gateway.onec.exchange_files import (
    WriteResult,
    free_path,
    move,
    safe_name,
    sweep_temporaries,
    write_atomic,
)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("orders.xml", "orders.xml"),
        ("pick УТ-125/7.xml", "pick УТ-125_7.xml"),
        ('a<b>:"c|?*\\d', "a_b_c_d"),
        ("..", "_"),
        ("", "_"),
        ("  .name. ", "name"),
        ("con.xml", "_con.xml"),
        ("LPT1", "_LPT1"),
        ("a\x00\nb", "a_b"),
        ("ж" * 200 + ".xml", "ж" * 116 + ".xml"),
        ("x" * 200, "x" * 120),
    ],
)
def test_names_both_systems_accept(text: str, name: str) -> None:
    assert safe_name(text) == name
    assert safe_name(name) == name, "a safe name stays as it is"


def test_a_file_is_there_whole_and_once(tmp_path: Path) -> None:
    folder = tmp_path / "out"
    assert write_atomic(folder, "a.xml", b"one") is WriteResult.WRITTEN
    before = (folder / "a.xml").stat().st_mtime_ns
    assert write_atomic(folder, "a.xml", b"one") is WriteResult.ALREADY_THERE
    assert (folder / "a.xml").stat().st_mtime_ns == before
    assert [path.name for path in folder.iterdir()] == ["a.xml"]


def test_other_bytes_under_the_same_name_are_a_conflict(tmp_path: Path) -> None:
    write_atomic(tmp_path, "a.xml", b"one")
    with pytest.raises(Conflict) as caught:
        write_atomic(tmp_path, "a.xml", b"two")
    assert caught.value.code == "onec.out_name_taken"
    assert (tmp_path / "a.xml").read_bytes() == b"one"
    assert len(list(tmp_path.iterdir())) == 1


@pytest.mark.parametrize("name", ["../a.xml", "a/b.xml", "c:\\a.xml", "", ".hidden"])
def test_only_plain_names_are_written(tmp_path: Path, name: str) -> None:
    with pytest.raises(ValueError, match="plain file name"):
        write_atomic(tmp_path / "out", name, b"")
    assert list(tmp_path.rglob("*.xml")) == []


@pytest.mark.parametrize("step", ["fsync", "replace"])
def test_a_disk_that_refuses_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str) -> None:
    def refuse(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os if step == "fsync" else Path, step, refuse)
    with pytest.raises(Unavailable) as caught:
        write_atomic(tmp_path, "a.xml", b"one")
    assert caught.value.code == "onec.out_failed" and "space" in caught.value.text("en")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX modes")
def test_the_file_can_be_read_by_the_account_1c_runs_under(tmp_path: Path) -> None:
    old = os.umask(0o022)
    try:
        write_atomic(tmp_path, "a.xml", b"one")
    finally:
        os.umask(old)
    assert stat.S_IMODE((tmp_path / "a.xml").stat().st_mode) == 0o644


def test_nothing_is_moved_over_another_file(tmp_path: Path) -> None:
    (tmp_path / "a.xml").write_bytes(b"old")
    assert free_path(tmp_path, "a.xml").name == "a.2.xml"
    (tmp_path / "a.2.xml").write_bytes(b"old")
    assert free_path(tmp_path, "a.xml").name == "a.3.xml"
    assert free_path(tmp_path, "b").name == "b"


def test_a_move_to_another_disk_copies_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source, target = tmp_path / "a.xml", tmp_path / "there" / "a.xml"
    source.write_bytes(b"one")

    def other_disk(self: Path, to: Path) -> Path:
        raise OSError(errno.EXDEV, "cross-device")

    monkeypatch.setattr(Path, "rename", other_disk)
    move(source, target)
    assert target.read_bytes() == b"one" and not source.exists()
    assert [path.name for path in target.parent.iterdir()] == ["a.xml"]


def test_a_move_that_is_not_allowed_leaves_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = tmp_path / "a.xml"
    source.write_bytes(b"one")

    def locked(self: Path, to: Path) -> Path:
        raise PermissionError(errno.EACCES, "in use")

    monkeypatch.setattr(Path, "rename", locked)
    with pytest.raises(PermissionError):
        move(source, tmp_path / "there" / "a.xml")
    assert source.read_bytes() == b"one"


def test_only_old_leftovers_of_ours_are_swept(tmp_path: Path) -> None:
    for name in (".kvit-1.tmp", ".kvit-2.tmp", "theirs.tmp", "a.xml"):
        (tmp_path / name).write_bytes(b"")
    os.utime(tmp_path / ".kvit-1.tmp", (1000, 1000))
    os.utime(tmp_path / "theirs.tmp", (1000, 1000))
    assert sweep_temporaries(tmp_path, 2000) == 1
    assert sorted(path.name for path in tmp_path.iterdir()) == [".kvit-2.tmp", "a.xml", "theirs.tmp"]
