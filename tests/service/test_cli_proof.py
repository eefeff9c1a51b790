"""The journal: whatever was done to it is named, and its head leaves the machine."""

from __future__ import annotations

import json
import random
import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from gateway.core.authority import Role
from gateway.core.clock import SystemClock
from gateway.service.config import Home, load_config
from gateway.service.housekeeping import keep_house
from gateway.service.opening import open_store
from gateway.service.wiring import open_installation
from gateway.store import Store, journal
from gateway.store.engine import sqlite_url
from gateway.tasks import service as tasks
from gateway.tasks.model import TaskKind
from gateway.tasks.service import NewTask
from tests.service.conftest import COMPANY, Kvit, tamper

COLUMNS = ("at", "company", "kind", "subject", "actor", "body", "prev_hash", "hash")
SQLITE3 = shutil.which("sqlite3")


@pytest.fixture
def written(home: Path) -> Path:
    """A journal of 21 rows, its heads kept as they are in real life."""
    store = open_store(Home(home), load_config(Home(home)))
    with store.unit() as unit:
        for number in range(20):
            unit.journal("test.row", f"row:{number}", amount=number)
        unit.commit()
    store.close()
    return home


def verify(kvit: Kvit, home: Path) -> Any:
    """The answer of `kvit journal verify`; its exit code agrees with it."""
    answer = kvit("journal", "verify", "--home", home, "--json")
    assert answer.code == (0 if answer.json["ok"] else 1)
    return answer.json


def with_sqlite3(tool: str | None, database: Path, script: str) -> None:
    """Run SQL with the sqlite3 tool; with Python's own SQLite where there is none."""
    if tool is not None:
        subprocess.run([tool, database, script], check=True)
        return
    with closing(sqlite3.connect(database)) as opened:
        opened.executescript(script)


def codes(found: Any) -> list[str]:
    return [trouble["code"] for trouble in found["troubles"]]


def test_an_untouched_journal_holds(kvit: Kvit, written: Path) -> None:
    found = verify(kvit, written)
    assert (found["ok"], found["rows"], found["broken_row"], found["reason"]) == (True, 21, None, None)
    assert (found["troubles"], found["records"], found["seals_checked"]) == ([], [], True)
    assert found["heads"] == 2, "the minute's line and the note after the commit"
    assert found["head"] == kvit("journal", "head", "--home", written, "--json").json
    told = kvit("journal", "verify", "--home", written, "--language", "en").out
    assert "The journal holds: 21 rows" in told and "kept outside the database are in it: 2" in told


@pytest.mark.parametrize(
    ("statement", "row", "reason", "said"),
    [
        ("UPDATE journal SET body = '{\"amount\":99}' WHERE seq = 7", 7, "edited", "the row was edited"),
        ("UPDATE journal SET at = '2026' WHERE seq = 1", 1, "edited", "the row was edited"),
        ("UPDATE journal SET body = CAST(body AS BLOB) WHERE seq = 7", 7, "edited", "the row was edited"),
        ("UPDATE journal SET body = CAST(x'ff7b7d' AS TEXT) WHERE seq = 7", 7, "edited", "the row was edited"),
        ("UPDATE journal SET body = body || char(0) WHERE seq = 7", 7, "edited", "the row was edited"),
        ("DELETE FROM journal WHERE seq = 7", 8, "gap", "rows were removed"),
        ("DELETE FROM journal WHERE seq = 1", 2, "gap", "rows were removed"),
        ("UPDATE journal SET seq = 99 WHERE seq = 21", 99, "gap", "rows were removed"),
        ("UPDATE journal SET prev_hash = hash WHERE seq = 7", 7, "relinked", "does not follow"),
    ],
)
def test_what_was_changed_is_named_with_its_row(
    kvit: Kvit, written: Path, statement: str, row: int, reason: str, said: str
) -> None:
    tamper(written, statement)
    found = verify(kvit, written)
    assert (found["broken_row"], found["reason"]) == (row, reason)
    told = kvit("journal", "verify", "--home", written, "--language", "en")
    assert f"row {row}" in told.out and said in told.out


@pytest.mark.parametrize("column", COLUMNS)
@pytest.mark.parametrize("row", [1, 9, 21])
def test_every_column_of_a_row_counts(kvit: Kvit, written: Path, row: int, column: str) -> None:
    tamper(written, f"UPDATE journal SET {column} = {column} || ' ' WHERE seq = {row}")
    found = verify(kvit, written)
    assert not found["ok"]
    assert found["broken_row"] in (row, row + 1)


def test_any_byte_of_any_text_counts(written: Path) -> None:
    """One bit of one byte, anywhere; each in a journal that is whole but for it."""
    order = random.Random(3)
    database = sqlite3.connect(written / "data" / "kvit.db")
    for name, _ in database.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall():
        database.execute(f"DROP TRIGGER {name}")
    database.commit()
    store = Store(sqlite_url(written / "data" / "kvit.db"), SystemClock(), COMPANY.key)
    with closing(database), closing(store):
        for _ in range(150):
            row, column = order.randrange(1, 22), order.choice(COLUMNS)
            (text,) = database.execute(f"SELECT CAST({column} AS BLOB) FROM journal WHERE seq = {row}").fetchone()
            place = order.randrange(len(text))
            flipped = text[:place] + bytes([text[place] ^ (1 << order.randrange(8))]) + text[place + 1 :]
            change = f"UPDATE journal SET {column} = CAST(? AS TEXT) WHERE seq = ?"
            database.execute(change, (flipped, row))
            database.commit()
            with store.reading() as connection:
                verdict = journal.verify(connection)
            assert (verdict.ok, verdict.broken_seq) in ((False, row), (False, row + 1)), (row, column, place)
            database.execute(change, (text, row))
            database.commit()
        with store.reading() as connection:
            assert journal.verify(connection).ok, "each change was taken back"


@pytest.mark.parametrize(("one", "other"), [(7, 8), (2, 20), (1, 21)])
def test_rows_in_each_others_place_are_named(kvit: Kvit, written: Path, one: int, other: int) -> None:
    tamper(
        written,
        f"UPDATE journal SET seq = -1 WHERE seq = {one}",
        f"UPDATE journal SET seq = {one} WHERE seq = {other}",
        f"UPDATE journal SET seq = {other} WHERE seq = -1",
    )
    assert verify(kvit, written)["broken_row"] == one


@pytest.mark.parametrize("left", [20, 15, 1, 0])
def test_a_cut_tail_is_named_though_nobody_kept_a_head_by_hand(kvit: Kvit, written: Path, left: int) -> None:
    tamper(written, f"DELETE FROM journal WHERE seq > {left}")
    found = verify(kvit, written)
    assert (found["rows"], found["broken_row"], found["reason"]) == (left, left + 1, "ends_before")
    told = kvit("journal", "verify", "--home", written, "--language", "en").out
    assert f"The journal ends at row {left}, before head" in told


@pytest.mark.parametrize(
    ("statement", "row"),
    [
        ("UPDATE journal SET actor = 'nobody' WHERE seq = 12", 12),
        ("DELETE FROM journal WHERE seq = 12", 13),
        ("DELETE FROM journal WHERE seq = 21", 21),
    ],
)
@pytest.mark.parametrize("tool", list(dict.fromkeys((SQLITE3, None))), ids=lambda tool: "tool" if tool else "python")
def test_the_sqlite3_tool_cannot_hide_it(kvit: Kvit, written: Path, tool: str | None, statement: str, row: int) -> None:
    drops = "".join(f"DROP TRIGGER journal_no_{name};" for name in ("update", "delete", "replace"))
    with_sqlite3(tool, written / "data" / "kvit.db", f"{drops}{statement};")
    assert verify(kvit, written)["broken_row"] == row


def test_an_old_copy_of_the_database_is_known_for_one(kvit: Kvit, written: Path) -> None:
    old = (written / "data" / "kvit.db").read_bytes()
    assert kvit("user", "add", "Ольга", "--role", "accountant", "--home", written).code == 0
    assert verify(kvit, written)["rows"] == 22
    for name in ("kvit.db-wal", "kvit.db-shm"):
        (written / "data" / name).unlink(missing_ok=True)
    (written / "data" / "kvit.db").write_bytes(old)
    found = verify(kvit, written)
    assert (found["rows"], found["broken_row"], found["reason"]) == (21, 22, "ends_before")


def test_a_journal_written_anew_with_all_its_hashes_is_known_for_one(kvit: Kvit, written: Path) -> None:
    with closing(sqlite3.connect(written / "data" / "kvit.db")) as database:
        rows = database.execute("SELECT at, company, kind, subject, actor, body FROM journal ORDER BY seq").fetchall()
    previous, statements = journal.GENESIS, []
    for seq, columns in enumerate(rows, start=1):
        line = journal.Line(*columns) if seq != 5 else journal.Line(*columns[:5], '{"amount":1000000}')
        new = journal.row_hash(previous, seq, line)
        statements.append(
            f"UPDATE journal SET prev_hash = '{previous}', hash = '{new}', body = '{line.body}' WHERE seq = {seq}"
        )
        previous = new
    tamper(written, *statements)
    found = verify(kvit, written)
    assert found["reason"] == "not_in_journal"
    assert found["broken_row"] == 21, "the row of the head it contradicts"


def test_a_record_without_its_row_is_noticed_where_no_head_was_kept(kvit: Kvit, home: Path) -> None:
    store = Store(sqlite_url(home / "data" / "kvit.db"), SystemClock(), COMPANY.key)  # which keeps no heads
    task = _write_task(store)
    store.close()
    assert verify(kvit, home)["ok"]
    tamper(home, "DELETE FROM journal WHERE seq = 2")
    found = verify(kvit, home)
    assert (found["broken_row"], found["reason"]) == (2, "without_row")
    assert [(r["table"], r["id"], r["kind"]) for r in found["records"]] == [("tasks", task, "task.written")]
    assert f"tasks {task} has no journal row" in kvit("journal", "verify", "--home", home, "--language", "en").out


def test_a_record_that_says_something_else_than_its_row_is_named(kvit: Kvit, home: Path) -> None:
    store = open_store(Home(home), load_config(Home(home)))
    task = _write_task(store)
    store.close()
    tamper(home, "UPDATE tasks SET order_id = 'other'")
    found = verify(kvit, home)
    assert (found["broken_row"], found["reason"]) == (2, "differs")
    assert [(r["table"], r["id"], r["row"]) for r in found["records"]] == [("tasks", task, 2)]


def _write_task(store: Store) -> str:
    with store.unit() as unit:
        task = tasks.write(
            unit, NewTask(kind=TaskKind.CALL, reason="task.call_pickup", role=Role.MANAGER, due_at=unit.now, values={})
        )
        unit.commit()
    return task


def test_heads_that_somebody_touched_are_named(kvit: Kvit, written: Path) -> None:
    (file,) = (written / "heads").glob("2*.jsonl")
    text = file.read_text()
    file.write_text(text.replace('"seq":21', '"seq":20'))
    assert codes(verify(kvit, written)) == ["seal"]
    file.write_text("{}\n" + text)
    assert codes(verify(kvit, written)) == ["unreadable"]
    file.write_text(text)
    (written / "heads" / "last").unlink()
    assert codes(verify(kvit, written)) == ["no_tail"]


def test_without_the_installations_key_verify_says_what_it_could_not_check(
    kvit: Kvit, written: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CREDENTIALS_DIRECTORY")
    answer = kvit("journal", "verify", "--home", written, "--json", "--language", "en")
    assert (answer.code, answer.json["seals_checked"]) == (0, False)
    assert "no installation key" in answer.err
    tamper(written, "DELETE FROM journal WHERE seq > 20")
    assert verify(kvit, written)["reason"] == "ends_before", "the lines are there, sealed or not"


# Heads that leave the machine


@pytest.fixture
def exporting(written: Path, tmp_path: Path) -> Path:
    """The same home, its heads going to a folder elsewhere."""
    settings = written / "kvit.toml"
    text = settings.read_text(encoding="utf-8")
    folder = (tmp_path / "elsewhere").as_posix()
    settings.write_text(text.replace('heads_folder = ""', f'heads_folder = "{folder}"'), encoding="utf-8")
    return written


def test_a_head_is_put_into_the_folder_and_the_journal_says_so(kvit: Kvit, exporting: Path, tmp_path: Path) -> None:
    answer = kvit("journal", "head", "--export", "--home", exporting, "--json")
    assert answer.code == 0, answer.err
    assert (answer.json["seq"], answer.json["signed"], answer.json["failures"]) == (21, False, [])
    (file,) = (tmp_path / "elsewhere").glob("kvit-head-svetoram-*.json")
    assert answer.json["file"] == str(file)
    assert kvit("journal", "verify", "--home", exporting, "--head-file", file).code == 0
    with closing(sqlite3.connect(exporting / "data" / "kvit.db")) as database:
        (body,) = database.execute("SELECT body FROM journal WHERE kind = 'journal.head_exported'").fetchone()
    assert json.loads(body)["head"] == 21


def test_the_folder_convicts_when_everything_here_was_put_back(kvit: Kvit, exporting: Path, tmp_path: Path) -> None:
    shutil.copytree(exporting, tmp_path / "copy")
    assert kvit("user", "add", "Ольга", "--role", "accountant", "--home", exporting).code == 0
    assert kvit("journal", "head", "--export", "--home", exporting).code == 0
    shutil.rmtree(exporting)
    shutil.copytree(tmp_path / "copy", exporting)
    exporting.chmod(0o700)
    found = verify(kvit, exporting)
    assert (found["broken_row"], found["reason"]) == (22, "ends_before")
    assert "kvit-head-svetoram" in found["troubles"][0]["where"]


def test_a_head_somebody_altered_elsewhere_is_named(kvit: Kvit, exporting: Path, tmp_path: Path) -> None:
    assert kvit("journal", "head", "--export", "--home", exporting).code == 0
    (file,) = (tmp_path / "elsewhere").glob("*.json")
    file.write_text(file.read_text().replace('"seq":21', '"seq":12'))
    assert codes(verify(kvit, exporting)) == ["seal"]


def test_lines_gone_from_the_book_are_missed(kvit: Kvit, exporting: Path) -> None:
    assert kvit("journal", "head", "--export", "--home", exporting).code == 0
    (file,) = (exporting / "heads").glob("2*.jsonl")
    file.write_text(file.read_text().splitlines(keepends=True)[0])
    found = verify(kvit, exporting)
    assert codes(found) == ["missing"]
    assert not found["ok"]


def test_a_folder_out_of_reach_is_said_and_alarmed(kvit: Kvit, exporting: Path, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").write_text("a file where the folder should be")
    answer = kvit("journal", "head", "--export", "--home", exporting, "--json")
    assert (answer.code, answer.json["failures"]) == (1, ["heads.folder_away"])
    assert [a["code"] for a in kvit("status", "--home", exporting, "--json").json["alarms"]] == ["heads.not_exported"]
    (tmp_path / "elsewhere").unlink()
    assert kvit("journal", "head", "--export", "--home", exporting).code == 0
    assert kvit("status", "--home", exporting, "--json").json["alarms"] == []


def test_exporting_to_nowhere_is_refused(kvit: Kvit, written: Path) -> None:
    answer = kvit("journal", "head", "--export", "--home", written, "--json")
    assert (answer.code, answer.json["error"]["code"]) == (1, "heads.nowhere")


def test_the_night_checks_all_of_it_and_sends_the_head_away(kvit: Kvit, exporting: Path, tmp_path: Path) -> None:
    def night() -> None:
        installation = open_installation(Home(exporting))
        keep_house(installation)
        installation.close()

    night()
    assert len(list((tmp_path / "elsewhere").glob("*.json"))) == 1
    assert kvit("status", "--home", exporting, "--json").json["alarms"] == []
    tamper(exporting, "DELETE FROM journal WHERE seq > 20")
    night()
    (alarm,) = kvit("status", "--home", exporting, "--json").json["alarms"]
    assert alarm["code"] == "journal.broken"


@pytest.mark.parametrize("form", ["text", "json"])
def test_a_cut_off_end_shows_against_a_head_kept_by_hand(kvit: Kvit, home: Path, tmp_path: Path, form: str) -> None:
    store = Store(sqlite_url(home / "data" / "kvit.db"), SystemClock(), COMPANY.key)  # which keeps no heads
    with store.unit() as unit:
        for number in range(20):
            unit.journal("test.row", f"row:{number}", amount=number)
        unit.commit()
    store.close()
    options = ["--json"] if form == "json" else []
    head = tmp_path / "head"
    head.write_text(kvit("journal", "head", "--home", home, *options).out, encoding="utf-8")
    assert kvit("journal", "verify", "--home", home, "--head-file", head).code == 0
    tamper(home, "DELETE FROM journal WHERE seq > 15")
    assert verify(kvit, home)["ok"], "a stranger wrote these rows: nobody here kept their end"
    answer = kvit("journal", "verify", "--home", home, "--head-file", head, "--json")
    assert answer.code == 1
    assert (answer.json["reason"], answer.json["broken_row"]) == ("cut", 16)


@pytest.mark.parametrize("content", ["", "hello", "12", "12 abc", "{}", '{"seq": "x"}', "\x00\xff"])
def test_a_file_that_holds_no_head(kvit: Kvit, written: Path, tmp_path: Path, content: str) -> None:
    (tmp_path / "head").write_text(content, encoding="latin-1")
    answer = kvit("journal", "verify", "--home", written, "--head-file", tmp_path / "head", "--json")
    assert answer.code == 1
    assert answer.json["error"]["code"] == "journal.bad_head_file"


def test_evidence_of_an_order_nobody_knows(kvit: Kvit, home: Path, tmp_path: Path) -> None:
    answer = kvit("evidence", "СР-1", "--out", tmp_path / "e.zip", "--home", home, "--json")
    assert answer.code == 1
    assert answer.json["error"]["code"] == "evidence.unknown_order"
    assert not (tmp_path / "e.zip").exists()
