"""What a person reads when the database is missing, closed to us, full or damaged."""

from __future__ import annotations

import os
import random
import shutil
import sys
import tempfile
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import insert, text
from sqlalchemy.exc import DBAPIError

from gateway.core.errors import KvitError, Refused, Unavailable
from gateway.store import Store, migrate, schema
from gateway.store.engine import sqlite_url
from tests.store.conftest import COMPANY, MovableClock

NOBODY = 65534


@pytest.fixture
def file(sqlite_made_once: Path, tmp_path: Path) -> Path:
    """A database with a few pages of rows, nobody using it."""
    path = tmp_path / "kvit.db"
    shutil.copyfile(sqlite_made_once, path)
    return path


def open_store(path: Path, clock: MovableClock) -> Store:
    return Store(sqlite_url(path), clock, COMPANY)


def write(store: Store) -> None:
    with store.unit() as unit:
        unit.journal("thing.made", "thing:1", text="x" * 5000)
        unit.commit()


def failing(store: Store) -> KvitError:
    """What a writer is told; the store is closed."""
    try:
        with pytest.raises(KvitError) as caught:
            write(store)
    finally:
        store.close()
    for language in ("ru", "en"):
        assert caught.value.text(language)
        assert caught.value.hint(language)
        assert "sqlalche.me" not in caught.value.text(language)
    return caught.value


def test_a_missing_folder_is_told(tmp_path: Path, clock: MovableClock) -> None:
    error = failing(open_store(tmp_path / "no such folder" / "kvit.db", clock))
    assert (type(error), error.code) == (Unavailable, "store.unreachable")
    with pytest.raises(Unavailable):
        migrate.upgrade(sqlite_url(tmp_path / "no such folder" / "kvit.db"))


def test_a_folder_in_place_of_the_file_is_told(tmp_path: Path, clock: MovableClock) -> None:
    assert failing(open_store(tmp_path, clock)).code == "store.unreachable"


def test_something_else_in_place_of_the_file_is_told(tmp_path: Path, clock: MovableClock) -> None:
    path = tmp_path / "kvit.db"
    path.write_bytes(b"PK\x03\x04 somebody's archive" * 500)
    error = failing(open_store(path, clock))
    assert (type(error), error.code) == (Refused, "store.damaged")
    with pytest.raises(Refused) as caught:
        migrate.upgrade(sqlite_url(path))
    assert caught.value.code == "store.damaged"
    assert path.read_bytes().startswith(b"PK"), "left as it was"


def test_a_file_cut_short_is_told(file: Path, clock: MovableClock) -> None:
    file.write_bytes(file.read_bytes()[:9000])
    error = failing(open_store(file, clock))
    assert (type(error), error.code) == (Refused, "store.damaged")


def test_damaged_pages_are_found_by_the_check(file: Path, clock: MovableClock) -> None:
    store = open_store(file, clock)
    for _ in range(40):
        write(store)
    store.check()
    store.close()
    content, chance = bytearray(file.read_bytes()), random.Random(1)
    for place in range(len(content) // 2, len(content)):
        content[place] = chance.randrange(256)
    file.write_bytes(content)
    store = open_store(file, clock)
    with pytest.raises(Refused) as caught:
        store.check()
    store.close()
    assert caught.value.code == "store.damaged"


def test_a_server_that_is_not_there_is_told(clock: MovableClock) -> None:
    store = Store("postgresql+psycopg://kvit@127.0.0.1:1/kvit", clock, COMPANY)
    assert failing(store).code == "store.unreachable"


def test_no_free_connection_is_told(file: Path, clock: MovableClock, monkeypatch: pytest.MonkeyPatch) -> None:
    store = open_store(file, clock)
    monkeypatch.setattr(store._writer.pool, "_timeout", 0.1)
    with store.unit(), pytest.raises(Unavailable) as caught:
        write(store)
    store.close()
    assert caught.value.code == "store.unreachable"


@pytest.mark.parametrize("fault", ["a key twice", "nothing where something must be", "no such column"])
def test_an_error_does_not_repeat_what_was_written(store: Store, fault: str) -> None:
    """Its text and its cause's go into the log with the traceback."""
    row = dict.fromkeys(
        (column.name for column in schema.changes.columns if column.name != "seq"), "Иванов +79161231234"
    )
    with pytest.raises((DBAPIError, KvitError)) as caught, store.unit() as unit:
        if fault == "no such column":
            unit.connection.execute(text("SELECT nowhere FROM changes WHERE id = :name"), {"name": row["id"]})
        given = row if fault == "a key twice" else row | {"topic": None}
        for _ in range(2):
            unit.connection.execute(insert(schema.changes).values(seq=1, **given))
    told = "".join(traceback.format_exception(caught.value))
    assert "changes" in told and "Error" in told
    assert "Иванов" not in told and "9161231234" not in told


def test_a_sound_database_passes_its_check(store: Store) -> None:
    write(store)
    store.check()


@pytest.mark.skipif(sys.platform == "win32", reason="folders of others are protected otherwise there")
class TestRights:
    """Files that belong to somebody else."""

    def test_a_file_we_may_only_read_is_told(self, file: Path, clock: MovableClock) -> None:
        with somebody_elses(file, 0o444) as path:
            error = failing(open_store(path, clock))
        assert (type(error), error.code) == (Unavailable, "store.unreachable")
        assert "readonly" in error.text("en")

    def test_a_file_we_may_not_read_is_told(self, file: Path, clock: MovableClock) -> None:
        with somebody_elses(file, 0) as path:
            error = failing(open_store(path, clock))
        assert (type(error), error.code) == (Unavailable, "store.unreachable")


@contextmanager
def somebody_elses(file: Path, mode: int) -> Iterator[Path]:
    """A copy of `file` with these rights, in a folder nobody may write to; meanwhile we are not root."""
    folder = Path(tempfile.mkdtemp(prefix="kvit-rights-"))
    copy = folder / file.name
    shutil.copyfile(file, copy)
    copy.chmod(mode)
    folder.chmod(0o555)
    try:
        if sys.platform != "win32" and os.geteuid() == 0:
            os.seteuid(NOBODY)
            try:
                yield copy
            finally:
                os.seteuid(0)
        else:
            yield copy
    finally:
        folder.chmod(0o755)
        shutil.rmtree(folder)
