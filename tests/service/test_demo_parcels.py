"""The parcels story as a newcomer runs it: a real process with carriers, an SMS centre, a mail server and a bank on
sockets; its figures, and that they notice when a row or a book says something else."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine

from gateway.core.clock import SystemClock, from_text
from gateway.notify.sandbox.centre import Centre
from gateway.parcels.terms import ParcelTerms
from gateway.service.demo.parcel_cast import COD_PARCELS, DAYS, PARCELS, STUCK, Role, boxes
from gateway.service.demo.parcel_figures import Books, Taken, adds_up, figures, sms_taken
from gateway.service.demo.parcel_play import as_it_should
from tests.e2e.test_demo import Played, kvit

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]
_UNPAID = next(box for box in boxes() if box.role is Role.UNPAID)


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Played]:
    home = tmp_path_factory.mktemp("demo-parcels") / "home"
    done = kvit("demo", "--story", "parcels", "--once", "--json", "--language", "en", home=home)
    assert done.returncode == 0, done.stdout + done.stderr
    yield Played(home, json.loads(done.stdout), done.stderr)


def test_everybody_was_written_to_once_and_in_time(played: Played) -> None:
    told = played.result
    assert as_it_should(told)
    assert (told["messages_doubled"], told["reminders_after_collection"]) == (0, 0)
    assert (told["messages_nobody_wrote"], told["messages_never_taken"], told["messages_unknown"]) == (0, 0, 1)
    assert told["reminders_before_news"] > 0, "nobody could know of those yet"
    assert told["opt_outs_honoured"] == 2
    assert sum(told["messages_by_channel"].values()) == told["messages_sent"] > 2 * PARCELS
    assert min(told["messages_by_text"][text] for text in ("accepted", "ready", "reminder", "last_days")) > 0
    assert told["letters_in_place_of_sms"] > 0 and told["morning_reports"] == DAYS + 1


def test_every_parcel_is_somewhere_and_what_is_stuck_is_named(played: Played) -> None:
    told = played.result
    assert told["parcels"] == PARCELS == sum(told["by_stage"].values()) == sum(told["by_source"].values())
    assert set(told["by_source"]) == {"api", "file", "order"} and set(told["by_carrier"]) == {"cdek", "post"}
    assert told["stuck"] == STUCK and told["by_stage"]["returned"] == 9
    assert told["return_rate_low"] < told["return_rate"] == pytest.approx(9 / PARCELS, abs=0.005)


def test_the_money_adds_up_to_the_kopeck(played: Played) -> None:
    told = played.result
    assert (told["cod_expected"], told["cod_matched"], told["cod_missing"]) == (COD_PARCELS, COD_PARCELS - 1, 1)
    assert told["cod_expected_sum"] == sum(box.cod.kopecks for box in boxes())
    assert told["cod_missing_sum"] == told["claimed_sum"] == _UNPAID.cod.kopecks
    assert told["lump_payments"] == 2 and told["lump_net"] + told["lump_fee"] == told["cod_matched_sum"]
    assert told["bank_balance_ok"] is True and told["journal_ok"] is True
    assert told["proved_by_money"] >= 2, "the office never wrote two of them down"


def test_the_claim_names_what_is_missing(played: Played) -> None:
    with closing(sqlite3.connect(played.home / "data" / "kvit.db")) as db:
        [(text,)] = db.execute("SELECT text FROM parcel_claims").fetchall()
        [(track,)] = db.execute("SELECT track FROM parcels WHERE order_no = ?", (_UNPAID.order,)).fetchall()
    assert track in text and "ПРЕТЕНЗИЯ" in text


@pytest.mark.parametrize(
    ("what", "statement"),
    [
        ("a parcel's money", "UPDATE parcels SET cod_received = cod_received - 1 WHERE cod_state = 'arrived'"),
        ("a lump sum", "UPDATE entries SET amount = amount + 1 WHERE direction = 'in'"),
        ("a carrier's fee", "UPDATE payout_registries SET fee = fee + 1"),
        ("what is to be collected", "UPDATE parcels SET cod = cod + 1 WHERE cod > 0"),
        ("what was claimed", "UPDATE parcel_claims SET amount = amount - 1"),
    ],
)
def test_sums_that_do_not_fit_are_noticed(played: Played, tmp_path: Path, what: str, statement: str) -> None:
    assert adds_up(_recounted(played.home, tmp_path, "", ()))
    assert not adds_up(_recounted(played.home, tmp_path, statement, ())), what


def test_a_message_taken_twice_or_too_late_is_counted(played: Played, tmp_path: Path) -> None:
    """The books of the SMS centre are read again: with one line more in them, the figures are others."""
    taken = _sms(played.home)
    honest = _recounted(played.home, tmp_path, "", taken)
    assert (honest["messages_doubled"], honest["reminders_after_collection"]) == (0, 0)
    assert honest["opt_outs_honoured"] == 2
    assert _recounted(played.home, tmp_path, "", (*taken, taken[0]))["messages_doubled"] == 1
    late = [replace(one, at=one.at + timedelta(days=DAYS)) for one in taken]
    assert _recounted(played.home, tmp_path, "", late)["reminders_after_collection"] > 0
    assert _recounted(played.home, tmp_path, "", late)["opt_outs_honoured"] == 0
    half = taken[: len(taken) // 2]
    assert _recounted(played.home, tmp_path, "", half)["messages_never_taken"] > honest["messages_never_taken"]


def test_the_journal_of_that_home_verifies(played: Played) -> None:
    done = played.kvit("journal", "verify")
    assert done.returncode == 0, done.stdout + done.stderr


def _sms(home: Path) -> list[Taken]:
    with closing(Centre(home / "sandbox" / "sms.db", SystemClock())) as centre:
        return list(sms_taken(centre))


def _recounted(home: Path, folder: Path, statement: str, taken: Any) -> dict[str, Any]:
    """Figures of a copy in which somebody has changed something."""
    copy = folder / "copy.db"
    shutil.copyfile(home / "data" / "kvit.db", copy)
    with closing(sqlite3.connect(copy)) as db, db:
        if statement:
            for (trigger,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
                db.execute(f"DROP TRIGGER {trigger}")
            assert db.execute(statement).rowcount > 0
        [(company, last)] = db.execute("SELECT company, max(ended_at) FROM parcels WHERE ended_at IS NOT NULL")
    engine = create_engine(f"sqlite:///{copy}")
    try:
        with engine.connect() as connection:
            return figures(connection, company, ParcelTerms(), from_text(last), Books(tuple(taken)))
    finally:
        engine.dispose()
