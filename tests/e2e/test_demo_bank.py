"""The bank's story as a newcomer runs it, and what an auditor does with the home it leaves."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from gateway.bank.sandbox.kinds import KINDS
from tests.e2e.test_demo import Played, kvit

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Played]:
    home = tmp_path_factory.mktemp("demo-bank") / "home"
    done = kvit("demo", "--story", "bank", "--once", "--json", home=home)
    assert done.returncode == 0, done.stderr
    yield Played(home, json.loads(done.stdout), done.stderr)


def test_every_rouble_is_on_record_once_whatever_the_bank_did(played: Played) -> None:
    result = played.result
    assert (result["lost"], result["doubled"], result["forged_accepted"]) == (0, 0, 0)
    assert set(result["channels"]) == {"bxd:sandbox", "directbank:directbank-sandbox"}
    assert all(recorded > 20 for recorded in result["channels"].values())
    assert result["gaps_found"] >= 1
    assert result["journal_ok"] is True


def test_each_misbehaviour_of_each_channel_had_its_turn(played: Played) -> None:
    tried = {(trial["channel"], trial["behaviour"]) for trial in played.result["trials"]}
    known = {(channel, name) for name, kind in KINDS.items() for channel in kind.channels if kind.level != "order"}
    assert known - tried == {("directbank", "id-off-by-one")}  # of notices about orders
    assert all(trial["happened"] for trial in played.result["trials"])
    reasons = {refused["reason"] for refused in played.result["refused"]}
    assert {"bank.signature_invalid", "bank.certificate_expired", "bank.dtd", "bank.too_large"} <= reasons


def test_the_certificate_was_renewed_and_orders_came_to_their_ends(played: Played) -> None:
    assert played.result["renewed"] is True
    assert played.result["outgoing"] == {"executed": 3, "refused": 1, "rejected": 1}
    assert played.result["look_alike_warned"] is True


def test_the_journal_of_that_home_verifies(played: Played) -> None:
    done = played.kvit("journal", "verify")
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("what", "statement"),
    [
        ("one byte of a body", "UPDATE journal SET body = replace(body, 'sha256', 'sha257') WHERE seq = {row}"),
        ("an actor", "UPDATE journal SET actor = actor || 'x' WHERE seq = {row}"),
        ("a hash", "UPDATE journal SET hash = 'x' || substr(hash, 2) WHERE seq = {row}"),
        ("a row removed", "DELETE FROM journal WHERE seq = {row}"),
        ("the last row cut off", "DELETE FROM journal WHERE seq = (SELECT max(seq) FROM journal)"),
        ("the tail cut off", "DELETE FROM journal WHERE seq > {row}"),
    ],
)
def test_whoever_touches_it_with_the_sqlite_tool_is_found(
    played: Played, tmp_path: Path, what: str, statement: str
) -> None:
    home = tmp_path / "copy"
    shutil.copytree(played.home, home)
    with closing(sqlite3.connect(home / "data" / "kvit.db")) as db, db:
        for (trigger,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            db.execute(f"DROP TRIGGER {trigger}")
        (row,) = db.execute(
            "SELECT seq FROM journal WHERE body LIKE '%sha256%' ORDER BY seq LIMIT 1 OFFSET 40"
        ).fetchone()
        assert db.execute(statement.format(row=row)).rowcount >= 1, what
    done = kvit("journal", "verify", home=home)
    assert done.returncode == 1, (what, done.stdout)
    told = done.stdout + done.stderr
    assert any(ch.isdigit() for ch in told), told


def test_an_old_copy_put_back_is_found(played: Played, tmp_path: Path) -> None:
    home = tmp_path / "copy"
    shutil.copytree(played.home, home)
    with closing(sqlite3.connect(home / "data" / "kvit.db")) as db, db:
        for (trigger,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            db.execute(f"DROP TRIGGER {trigger}")
        (middle,) = db.execute("SELECT max(seq) / 2 FROM journal").fetchone()
        at = db.execute("SELECT at FROM journal WHERE seq = ?", (middle,)).fetchone()[0]
        db.execute("DELETE FROM journal WHERE seq > ?", (middle,))
        for table, column in (("entries", "received_at"), ("messages", "received_at"), ("payments", "bank_time")):
            db.execute(f"DELETE FROM {table} WHERE {column} > ?", (at,))
    done = kvit("journal", "verify", home=home)
    assert done.returncode == 1, done.stdout
