"""The demo as a newcomer runs it: real processes, real TLS and signatures, real files."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from gateway.bank.formats.clientbank import ClientBankFile
from gateway.onec import read_file
from tests.standards import need

pytestmark = [pytest.mark.slow, pytest.mark.timeout(180)]
DOCS = Path(__file__).resolve().parents[2] / "docs"


@dataclass(frozen=True)
class Played:
    """A demo that was played once."""

    home: Path
    result: dict[str, Any]
    stderr: str

    def kvit(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return kvit(*arguments, home=self.home)


def kvit(*arguments: str, home: Path) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "KVIT_HOME": str(home), "LANG": "C.UTF-8"}
    environment["CREDENTIALS_DIRECTORY"] = str(home / "credentials")
    return subprocess.run(
        [sys.executable, "-m", "gateway.service.cli", *arguments],
        env=environment,
        capture_output=True,
        text=True,
        timeout=150,
        check=False,
    )


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Played]:
    home = tmp_path_factory.mktemp("demo") / "home"
    done = kvit("demo", "--once", "--json", home=home)
    assert done.returncode == 0, done.stderr
    yield Played(home, json.loads(done.stdout), done.stderr)


def test_the_story_comes_out_as_told(played: Played) -> None:
    result = played.result
    assert result["home"] == str(played.home)
    assert (result["payments"], result["allocated"], result["needs_person"]) == (14, 12, 1)
    assert (result["released"], result["released_then_withdrawn"], result["wrong_releases"]) == (11, 1, 0)
    assert (result["pick_lists"], result["call_tasks"]) == (11, 11)
    assert (result["duplicates"], result["reversals"], result["journal_ok"]) == (1, 1, True)
    assert [refused["reason"] for refused in result["refused"]] == ["bank.signature_invalid"]
    assert result["tasks_for_people"] == {
        "task.confirm_stock": 1,
        "task.overpaid": 1,
        "task.reversed": 1,
        "task.review_payment": 1,
        "task.stop_picking": 1,
        "task.underpaid": 1,
    }


def test_every_released_order_has_its_clock(played: Played) -> None:
    clocks = played.result["timeline"]
    assert len(clocks) == played.result["released"]
    for clock in clocks:
        seconds = [clock[f"{step}_s"] for step in ("received", "allocated", "pick_list", "call_task")]
        assert 0 < seconds[0] <= seconds[1] <= seconds[2] <= seconds[3] < 60, clock


def test_the_forged_bytes_are_kept(played: Played) -> None:
    with sqlite3.connect(played.home / "data" / "kvit.db") as connection:
        [(size, state)] = connection.execute(
            "SELECT length(bytes), state FROM messages JOIN blobs USING (sha256) WHERE state = 'refused'"
        ).fetchall()
    assert (size, state) == (played.result["refused"][0]["bytes_kept"], "refused")
    connection.close()


def test_the_forgery_stays_before_peoples_eyes_until_somebody_has_seen_it(played: Played) -> None:
    status = played.kvit("status", "--json")
    alarms = json.loads(status.stdout)["alarms"]
    assert [alarm["code"] for alarm in alarms] == ["bank.signature_invalid"]


def test_order_files_hold_to_the_official_schema(played: Played) -> None:
    schema = etree.XMLSchema(etree.parse(need("commerceml/xsd/commerceml-2.10.xsd")))
    files = [Path(f) for f in played.result["files"] if Path(f).name.startswith("order_")]
    assert files
    for file in files:
        assert schema.validate(etree.parse(file)), (file.name, schema.error_log)


def test_task_files_hold_to_our_schema(played: Played) -> None:
    schema = etree.XMLSchema(etree.parse(DOCS / "kvit-tasks.xsd"))
    files = [Path(f) for f in played.result["files"] if Path(f).name.startswith("task_")]
    assert len(files) == 12  # one of its calls was called off later
    for file in files:
        assert schema.validate(etree.parse(file)), (file.name, schema.error_log)


def test_the_payments_1c_gets_are_those_the_bank_booked(played: Played) -> None:
    kopecks = 0
    documents = 0
    for name in played.result["files"]:
        if Path(name).name.startswith("kl_to_1c"):
            content = read_file(Path(name).read_bytes(), name).content
            assert isinstance(content, ClientBankFile)
            assert content.problems == ()
            documents += len(content.documents)
            kopecks += sum(document.amount.kopecks for document in content.documents)
    with sqlite3.connect(played.home / "sandbox" / "bank.db") as bank:
        [(booked, rows)] = bank.execute("SELECT sum(amount), count(*) FROM operations WHERE incoming = 1").fetchall()
    bank.close()
    assert (kopecks, documents) == (booked, rows) == (kopecks, 14)


def test_pick_lists_name_order_and_goods(played: Played) -> None:
    files = [Path(f) for f in played.result["files"] if Path(f).name.startswith("pick_")]
    for file in files:
        root = etree.parse(file).getroot()
        assert root.xpath("//*[local-name()='Документ.РаспоряжениеНаОтгрузку']")
        assert root.xpath("//*[local-name()='Количество']/text()")


def test_the_home_holds_no_secret_in_the_clear(played: Played) -> None:
    master = (played.home / "credentials" / "kvit-master").read_bytes().strip()
    for file in played.home.rglob("*"):
        if not file.is_file() or file.parent.name == "credentials" or "sandbox" in file.parts:
            continue
        content = file.read_bytes()
        assert b"PRIVATE KEY" not in content, file
        assert master not in content, file


def test_the_journal_verifies_and_a_changed_byte_is_found(played: Played) -> None:
    good = played.kvit("journal", "verify", "--json")
    assert good.returncode == 0, good.stderr
    database = played.home / "data" / "kvit.db"
    connection = sqlite3.connect(database)
    connection.executescript("DROP TRIGGER journal_no_update")
    connection.execute("UPDATE journal SET body = replace(body, '\"', '''') WHERE seq = 40")
    connection.commit()
    bad = played.kvit("journal", "verify")
    connection.execute("UPDATE journal SET body = replace(body, '''', '\"') WHERE seq = 40")
    connection.commit()
    connection.close()
    assert bad.returncode == 1
    assert "40" in bad.stdout + bad.stderr


def test_a_home_that_is_taken_is_refused_with_a_hint(played: Played) -> None:
    again = played.kvit("demo", "--once")
    assert again.returncode == 1
    assert "empty folder" in again.stderr
    assert "Traceback" not in again.stderr
