"""The journal by hand."""

from __future__ import annotations

from pathlib import Path

import pytest

from gateway.core.clock import SystemClock
from gateway.store import Store
from gateway.store.engine import sqlite_url
from tests.service.conftest import COMPANY, Kvit, tamper


@pytest.fixture
def written(home: Path) -> Path:
    store = Store(sqlite_url(home / "data" / "kvit.db"), SystemClock(), COMPANY.key)
    with store.unit() as unit:
        for number in range(20):
            unit.journal("test.row", f"row:{number}", amount=number)
        unit.commit()
    store.close()
    return home


def test_an_untouched_journal_holds(kvit: Kvit, written: Path) -> None:
    answer = kvit("journal", "verify", "--home", written, "--json")
    assert answer.code == 0
    assert (answer.json["ok"], answer.json["rows"], answer.json["broken_row"]) == (True, 21, None)
    assert answer.json["head"] == kvit("journal", "head", "--home", written, "--json").json


@pytest.mark.parametrize(
    ("statement", "row", "reason", "said"),
    [
        ("UPDATE journal SET body = '{\"amount\":99}' WHERE seq = 7", 7, "edited", "the row was edited"),
        ("UPDATE journal SET at = '2026' WHERE seq = 1", 1, "edited", "the row was edited"),
        ("DELETE FROM journal WHERE seq = 7", 8, "gap", "rows were removed"),
        ("DELETE FROM journal WHERE seq = 1", 2, "gap", "rows were removed"),
        ("UPDATE journal SET prev_hash = hash WHERE seq = 7", 7, "relinked", "does not follow"),
    ],
)
def test_what_was_changed_is_named_with_its_row(
    kvit: Kvit, written: Path, statement: str, row: int, reason: str, said: str
) -> None:
    tamper(written, statement)
    answer = kvit("journal", "verify", "--home", written, "--json")
    assert answer.code == 1
    assert (answer.json["broken_row"], answer.json["reason"]) == (row, reason)
    told = kvit("journal", "verify", "--home", written, "--language", "en")
    assert f"row {row}" in told.out and said in told.out


@pytest.mark.parametrize("form", ["text", "json"])
def test_a_cut_off_end_shows_against_a_head_kept_elsewhere(
    kvit: Kvit, written: Path, tmp_path: Path, form: str
) -> None:
    options = ["--json"] if form == "json" else []
    head = tmp_path / "head"
    head.write_text(kvit("journal", "head", "--home", written, *options).out, encoding="utf-8")
    assert kvit("journal", "verify", "--home", written, "--head-file", head).code == 0
    tamper(written, "DELETE FROM journal WHERE seq > 15")
    assert kvit("journal", "verify", "--home", written).code == 0  # cannot be seen from inside
    answer = kvit("journal", "verify", "--home", written, "--head-file", head, "--json")
    assert answer.code == 1
    assert answer.json["reason"] == "cut"


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
