"""The doctor finds what was broken on purpose, and nothing else."""

from __future__ import annotations

import shutil
import sqlite3
import sys
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import insert, select

from gateway.api.room import Finding
from gateway.bank.channel import EvidenceKind, Proof
from gateway.bank.tables import messages, polls
from gateway.core.authority import Actor, Role
from gateway.core.catalogue import entries
from gateway.core.clock import FixedClock, to_text
from gateway.core.ids import new_id
from gateway.flows.by_hand import set_release_mode
from gateway.service import doctor
from gateway.service.config import Home
from gateway.service.examination import machine, trust
from gateway.service.examination.patient import Patient
from gateway.service.open_keys import VAULT_SERVICE
from gateway.service.wiring import open_installation, vault_of
from gateway.signing.keys import load_pkcs12
from gateway.signing.master_key import new_master_key
from gateway.store import Store, alarms
from gateway.store.engine import sqlite_url
from gateway.store.schema import alarms as alarm_rows
from gateway.store.schema import outbox
from tests.service.conftest import COMPANY, CREDENTIALS, Kvit, tamper

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
posix = pytest.mark.skipif(sys.platform == "win32", reason="modes are POSIX")


def examined(home: Path, at: datetime | None = None, *, thorough: bool = False) -> list[Finding]:
    return doctor.examine_home(Home(home), FixedClock(at) if at else None, thorough=thorough)


def bad(findings: Sequence[Finding]) -> list[tuple[str, str]]:
    return [(finding.code, finding.state) for finding in findings if finding.state != "ok"]


def store_of(home: Path) -> Store:
    return Store(sqlite_url(home / "data" / "kvit.db"), FixedClock(NOW), COMPANY.key)


def settings(home: Path, old: str, new: str) -> None:
    file = home / "kvit.toml"
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8")


def test_a_healthy_home_has_every_part_and_no_finding(sandbox_home: Path) -> None:
    findings = examined(sandbox_home)
    assert bad(findings) == []
    assert list(dict.fromkeys(f.component for f in findings)) == [part for part, _ in doctor.PARTS]


def test_a_home_without_a_bank_is_told_so(home: Path) -> None:
    assert bad(examined(home)) == [("config.no_bank", "warning")]


def test_every_finding_has_its_sentence_and_bad_ones_a_remedy() -> None:
    known = entries()
    for code in (c for c in known if c.startswith("doctor.") and not c.startswith("doctor.part.")):
        healthy = code.endswith(("_ok", "_lasts", "_answers", "_opens", "_never_asked", "_unknown")) or (
            code.startswith("doctor.release_")
        )
        assert ("hint_ru" in known[code]) != healthy, code


def test_examining_changes_nothing(sandbox_home: Path) -> None:
    def picture() -> dict[str, bytes]:
        return {str(p.relative_to(sandbox_home)): p.read_bytes() for p in sandbox_home.rglob("*") if p.is_file()}

    before = picture()
    examined(sandbox_home)
    after = {name: content for name, content in picture().items() if not name.endswith(("-wal", "-shm"))}
    assert after == before


def test_nothing_there(tmp_path: Path) -> None:
    assert ("doctor.no_home", "error") in bad(examined(tmp_path / "nowhere"))
    assert not (tmp_path / "nowhere").exists()


# The house


@posix
@pytest.mark.parametrize("name", [".", "vault", "vault/secrets.json", "keys", "keys/sandbox.p12", "run", "data"])
def test_what_others_may_read_is_named(sandbox_home: Path, name: str) -> None:
    (sandbox_home / name).chmod(0o750 if (sandbox_home / name).is_dir() else 0o644)
    findings = examined(sandbox_home)
    assert bad(findings) == [("doctor.open_to_others", "error")]
    assert next(f for f in findings if f.state == "error").values["paths"] == name


@posix
@pytest.mark.skipif(not hasattr(__import__("os"), "geteuid") or __import__("os").geteuid() != 0, reason="needs root")
def test_a_file_of_another_account_is_named(home: Path) -> None:
    import os

    os.chown(home / "data" / "kvit.db", 12345, 12345)
    assert ("doctor.foreign_owner", "error") in bad(examined(home))


def test_broken_settings_are_said_once_and_the_rest_is_still_looked_at(home: Path) -> None:
    settings(home, "call_minutes = 15", 'call_minutes = "soon"')
    findings = examined(home)
    assert bad(findings) == [("config.invalid", "error")]
    assert {f.component for f in findings} >= {"doctor.part.program", "doctor.part.home", "doctor.part.disk"}


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ('inn = "7728168971"', 'inn = "7728168972"', "requisites.inn"),
        ('inn = "7728168971"', 'inn = ""', "doctor.no_inn"),
        ('kpp = "772801001"', 'kpp = "1"', "requisites.kpp"),
        ('bic = ""', 'bic = "1"', "requisites.bic"),
    ],
)
def test_wrong_requisites_in_the_settings(home: Path, old: str, new: str, code: str) -> None:
    settings(home, old, new)
    assert (code, "warning") in bad(examined(home))


def test_a_password_in_the_database_address(home: Path) -> None:
    settings(home, 'url = "" ', 'url = "postgresql+psycopg://kvit:hush@127.0.0.1:1/kvit" ')
    findings = examined(home)
    assert ("doctor.password_in_settings", "error") in bad(findings)
    assert "hush" not in str(findings)


def test_an_exchange_folder_that_cannot_be_written_to(home: Path) -> None:
    shutil.rmtree(home / "exchange" / "out")
    (home / "exchange" / "out").touch()
    assert ("doctor.exchange_closed", "error") in bad(examined(home))


def test_rejected_files_wait_for_a_person(home: Path) -> None:
    rejected = home / "exchange" / "rejected"
    for name in ("orders.xml", "orders.xml.report.txt", "stock.xml"):
        (rejected / name).touch()
    found = next(f for f in examined(home) if f.component == "doctor.part.exchange")
    assert (found.code, found.values["count"]) == ("doctor.exchange_rejected", 2)


# The machine


@pytest.mark.parametrize(
    ("free", "expected"),
    [(5 << 30, []), (500 << 20, [("doctor.disk_low", "warning")]), (50 << 20, [("doctor.disk_full", "error")])],
)
def test_disk_space(home: Path, monkeypatch: pytest.MonkeyPatch, free: int, expected: list[tuple[str, str]]) -> None:
    monkeypatch.setattr(machine.shutil, "disk_usage", lambda _: SimpleNamespace(free=free))
    assert [pair for pair in bad(examined(home)) if "disk" in pair[0]] == expected


def test_two_libxml2_in_one_process(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import xmlsec

    monkeypatch.setattr(xmlsec, "get_libxml_version", lambda: (2, 9, 1))
    assert ("doctor.libraries_differ", "error") in bad(examined(home))


def _message(home: Path, received: datetime, signed: datetime) -> None:
    proof = Proof(EvidenceKind.SIGNED, "", "", "", "", (), signed, received, "", ())
    store = store_of(home)
    with store.unit() as unit:
        unit.connection.execute(
            insert(messages).values(
                id=new_id(), company=COMPANY.key, channel="bxd:x", reference="1", file_type="XT", request="{}",
                transport="{}", received_at=to_text(received), sha256="0", size=1, state="taken", proof=proof.to_json(),
            )
        )  # fmt: skip
        unit.commit()
    store.close()


@pytest.mark.parametrize(
    ("skew", "code"),
    [(2, "doctor.clock_ok"), (90, "doctor.clock_off"), (-90, "doctor.clock_off"), (-3600, "doctor.clock_wrong")],
)
def test_our_clock_is_compared_with_the_banks(home: Path, skew: int, code: str) -> None:
    _message(home, NOW, NOW - timedelta(seconds=skew))
    found = next(f for f in examined(home, NOW + timedelta(hours=1)) if f.component == "doctor.part.clock")
    assert (found.code, found.values["seconds"]) == (code, skew)


def test_a_clock_that_went_back(home: Path) -> None:
    _message(home, NOW, NOW)
    assert ("doctor.clock_went_back", "error") in bad(examined(home, NOW - timedelta(days=1)))


@pytest.mark.parametrize(
    ("today", "missing"),
    [(datetime(2026, 11, 21, tzinfo=UTC), None), (datetime(2027, 10, 31, tzinfo=UTC), None),
     (datetime(2027, 11, 2, tzinfo=UTC), "2028"), (datetime(2029, 12, 1, tzinfo=UTC), "2029, 2030")],
)  # fmt: skip
def test_the_work_calendar_ends(home: Path, today: datetime, missing: str | None) -> None:
    found = next(f for f in examined(home, today) if f.component == "doctor.part.calendar")
    assert found.state == ("warning" if missing else "ok")
    assert missing is None or found.values["years"] == missing


# Records


def test_a_missing_database_is_not_made_by_looking(home: Path) -> None:
    (home / "data" / "kvit.db").unlink()
    findings = examined(home)
    assert ("store.missing", "error") in bad(findings)
    assert not (home / "data" / "kvit.db").exists()


def test_a_database_of_another_version_is_not_touched(home: Path) -> None:
    tamper(home, "UPDATE alembic_version SET version_num = '0000'")
    assert ("store.not_migrated", "error") in bad(examined(home))


def test_a_damaged_database(home: Path) -> None:
    store = store_of(home)
    with store.unit() as unit:
        for number in range(2000):
            unit.journal("test.row", f"row:{number}", text="x" * 100)
        unit.commit()
    store.close()
    file = home / "data" / "kvit.db"
    content = bytearray(file.read_bytes())
    middle = len(content) // 4096 // 2 * 4096
    content[middle : middle + 8 * 4096] = b"\xa5" * (8 * 4096)
    file.write_bytes(content)
    assert ("store.damaged", "error") in bad(examined(home, thorough=True))


@pytest.mark.parametrize(
    ("statement", "reason"),
    [
        ("UPDATE journal SET body = '{\"amount\":1}' WHERE seq = 5", "edited"),
        ("DELETE FROM journal WHERE seq = 5", "gap"),
        ("UPDATE journal SET prev_hash = hash WHERE seq = 5", "relinked"),
    ],
)
def test_a_tampered_journal(home: Path, statement: str, reason: str) -> None:
    store = store_of(home)
    with store.unit() as unit:
        for number in range(9):
            unit.journal("test.row", f"row:{number}")
        unit.commit()
    store.close()
    tamper(home, statement)
    found = next(f for f in examined(home) if f.component == "doctor.part.journal")
    assert (found.code, found.values["reason"]) == ("journal.broken", reason)


def test_a_journal_without_its_guards(home: Path) -> None:
    with closing(sqlite3.connect(home / "data" / "kvit.db")) as database, database:
        for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            database.execute(f"DROP TRIGGER {name}")
    assert bad(examined(home))[0] == ("doctor.journal_unguarded", "error")


def test_only_the_end_of_a_long_journal_is_walked(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from gateway.service.examination import records

    monkeypatch.setattr(records, "_TAIL", 4)
    store = store_of(home)
    with store.unit() as unit:
        for number in range(9):
            unit.journal("test.row", f"row:{number}")
        unit.commit()
    store.close()
    found = next(f for f in examined(home) if f.component == "doctor.part.journal")
    assert found.values == {"rows": 10, "checked": 4}


def test_dead_letters(home: Path) -> None:
    store = store_of(home)
    with store.unit() as unit:
        row_id = unit.emit("onec.pick_list", "k", {})
        unit.flush()
        unit.connection.execute(outbox.update().where(outbox.c.id == row_id).values(dead_at=unit.at))
        unit.commit()
    store.close()
    assert ("doctor.dead_letters", "warning") in bad(examined(home))


def test_the_release_mode_is_told(home: Path) -> None:
    def told() -> str:
        return next(f.code for f in examined(home) if f.component == "doctor.part.release")

    assert told() == "doctor.release_manual"
    store = store_of(home)
    with store.unit(Actor("Пётр", Role.DIRECTOR)) as unit:
        set_release_mode(unit, "automatic")
        unit.commit()
    store.close()
    assert told() == "doctor.release_automatic"


# Keys and trust


def test_no_master_key(sandbox_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(CREDENTIALS)
    assert bad(examined(sandbox_home)) == [("vault.no_master_key", "error")]


def test_another_machines_master_key(sandbox_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "kvit-master").write_bytes(new_master_key())
    monkeypatch.setenv(CREDENTIALS, str(tmp_path))
    codes = [code for code, _ in bad(examined(sandbox_home))]
    assert codes[0] == "vault.wrong_key"


def test_a_missing_pass_phrase_and_a_missing_key(sandbox_home: Path) -> None:
    vault_of(Home(sandbox_home)).delete_password(VAULT_SERVICE, "sandbox")
    assert bad(examined(sandbox_home)) == [("config.no_passphrase", "error")]
    (sandbox_home / "keys" / "sandbox.p12").unlink()
    assert bad(examined(sandbox_home)) == [("config.no_key", "error")]


def test_a_wrong_pass_phrase(sandbox_home: Path) -> None:
    vault_of(Home(sandbox_home)).set_password(VAULT_SERVICE, "sandbox", "guess")
    assert bad(examined(sandbox_home)) == [("signing.wrong_passphrase", "error")]


def _end(home: Path) -> datetime:
    passphrase = vault_of(Home(home)).get_password(VAULT_SERVICE, "sandbox")
    assert passphrase is not None
    return load_pkcs12((home / "keys" / "sandbox.p12").read_bytes(), passphrase).certificate.not_valid_after_utc


@pytest.mark.parametrize(
    ("days", "code", "state", "step"),
    [
        (200, "doctor.certificate_lasts", "ok", None),
        (61, "doctor.certificate_lasts", "ok", None),
        (60, "doctor.certificate_ends", "warning", 60),
        (31, "doctor.certificate_ends", "warning", 60),
        (30, "doctor.certificate_ends", "warning", 30),
        (14, "doctor.certificate_ends", "warning", 14),
        (8, "doctor.certificate_ends", "warning", 14),
        (7, "doctor.certificate_ends", "error", 7),
        (1, "doctor.certificate_ends", "error", 1),
        (0, "doctor.certificate_ends", "error", 1),
        (-1, "doctor.certificate_ended", "error", 0),
    ],
)
def test_the_end_of_our_certificate_comes_nearer(
    sandbox_home: Path, days: int, code: str, state: str, step: int | None
) -> None:
    at = _end(sandbox_home) - timedelta(days=days, hours=1)
    found = next(f for f in examined(sandbox_home, at) if f.component == "doctor.part.certificate")
    assert (found.code, found.state) == (code, state)
    assert (found.values["days"], found.values["step"]) == (days, step)


def test_a_certificate_in_use_is_asked_for_its_end_without_the_vault(
    sandbox_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(CREDENTIALS)
    installation = open_installation(Home(sandbox_home), FixedClock(NOW))
    ending = SimpleNamespace(
        profile=SimpleNamespace(name="sandbox"),
        channel=SimpleNamespace(certificate_expires=NOW + timedelta(days=10)),
    )
    findings = doctor.examine(installation, [ending])  # type: ignore[list-item]  # a bank as far as it is asked
    installation.close()
    found = next(f for f in findings if f.component == "doctor.part.certificate")
    assert (found.code, found.values["step"]) == ("doctor.certificate_ends", 14)


def test_missing_and_ending_anchors(sandbox_home: Path) -> None:
    at = _end(sandbox_home) + timedelta(days=365 * 30)
    codes = [f.code for f in examined(sandbox_home, at) if f.component == "doctor.part.anchors"]
    assert codes == ["doctor.anchor_ended"] * 2
    for anchor in (sandbox_home / "anchors").iterdir():
        anchor.unlink()
    assert ("bank.anchor_unreadable", "error") in bad(examined(sandbox_home))


def _poll(home: Path, at: datetime, result: str) -> None:
    store = Store(sqlite_url(home / "data" / "kvit.db"), FixedClock(at), COMPANY.key)
    with store.unit() as unit:
        unit.connection.execute(
            insert(polls).values(
                id=new_id(), company=COMPANY.key, channel="bxd:sandbox", at=unit.at, result=result, duration_ms=1,
                files=0, refused=0,
            )
        )  # fmt: skip
        unit.commit()
    store.close()


def test_a_bank_that_stopped_answering(sandbox_home: Path) -> None:
    def told(at: datetime) -> str:
        return next(f.code for f in examined(sandbox_home, at) if f.component == "doctor.part.bank")

    assert told(NOW) == "doctor.bank_never_asked"
    _poll(sandbox_home, NOW, "failed")
    assert told(NOW) == "doctor.bank_never_answered"
    _poll(sandbox_home, NOW, "nothing_new")
    assert told(NOW + timedelta(minutes=10)) == "doctor.bank_answers"
    assert told(NOW + timedelta(hours=2)) == "doctor.bank_silent"


def test_a_shut_door_is_found_by_the_thorough_only(sandbox_home: Path) -> None:
    assert bad(examined(sandbox_home, thorough=True)) == [("doctor.bank_shut", "error")]
    assert bad(examined(sandbox_home, thorough=False)) == []


# The doctor himself


def test_a_check_that_stumbles_is_a_finding_and_the_others_go_on(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def stumble(_: Patient) -> Sequence[Finding]:
        raise ZeroDivisionError("oops")

    parts = [("doctor.part.disk", stumble), ("doctor.part.calendar", machine.calendar)]
    monkeypatch.setattr(doctor, "PARTS", parts)
    first, second = examined(home)
    assert (first.code, first.component) == ("doctor.check_failed", "doctor.part.disk")
    assert second.component == "doctor.part.calendar"


def _ending(step: int | None, state: Any = "warning") -> Finding:
    days = {None: 100, 0: -1}.get(step, step)
    code = "doctor.certificate_lasts" if step is None else "doctor.certificate_ends"
    return Finding(code, state, {"name": "bank.p12", "days": days, "until": "2027-01-01", "step": step})


def test_each_step_towards_the_end_is_told_once(home: Path) -> None:
    store = store_of(home)

    def told(finding: Finding) -> list[tuple[str, str, int]]:
        doctor.warn_of_endings(store, [finding])
        with store.reading() as connection:
            rows = alarms.open_alarms(connection, COMPANY.key)
        return [(row.code, row.severity, row.values["days"]) for row in rows]

    assert told(_ending(None, "ok")) == []
    assert told(_ending(60)) == [("doctor.certificate_ends", "warning", 60)]
    with store.unit(Actor("root", Role.IT)) as unit:
        alarms.acknowledge(unit, unit.connection.execute(select(alarm_rows.c.id)).scalar_one())
        unit.commit()
    assert told(_ending(60)) == []  # said and seen
    assert told(_ending(30)) == [("doctor.certificate_ends", "warning", 30)]
    assert told(_ending(7, "error")) == [("doctor.certificate_ends", "error", 7)]
    assert told(_ending(None, "ok")) == []  # a new certificate
    store.close()


def test_kvit_doctor_shows_the_remedy_and_ends_with_1(kvit: Kvit, home: Path) -> None:
    answer = kvit("doctor", "--home", home, "--language", "en")
    assert answer.code == 1
    assert "! Bank: No bank is configured." in answer.out
    assert "→ Add a [[bank]] section" in answer.out
    russian = kvit("doctor", "--home", home)
    assert "! Банк: В настройках нет ни одного банка." in russian.out


def test_kvit_doctor_for_a_program(kvit: Kvit, home: Path) -> None:
    found = kvit("doctor", "--home", home, "--json").json
    assert found["ok"] is False
    assert [f["code"] for f in found["findings"] if f["state"] != "ok"] == ["config.no_bank"]
    assert all(f["text"] for f in found["findings"])


def test_steps() -> None:
    assert [trust.step_of(days) for days in (61, 60, 8, 7, 0, -1)] == [None, 60, 14, 7, 1, 0]
    assert replace(Patient(Home(Path()), FixedClock(NOW))).zone.key == "Europe/Moscow"
