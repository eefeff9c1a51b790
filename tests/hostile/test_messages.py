"""Hostile and broken messages on the whole way: a real bank's server, our channel, the inbox and the story behind it.

However a message is wrong, it ends the same: refused with a named reason, its bytes kept, an alarm a person can read,
no payment made of it, everything else goes on; and when the bank is honest again, everything is on record once.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from gateway.bank import archive
from gateway.bank.bxd.client import BxdChannel
from gateway.bank.bxd.profile import Agreement, load_profile, load_trust
from gateway.bank.profile_parts import LimitTable
from gateway.bank.sandbox import behave
from gateway.bank.sandbox.control import Sandbox
from gateway.bank.sandbox.enrol import Enrolment
from gateway.bank.sandbox.server import SandboxServer
from gateway.bank.tables import messages, polls
from gateway.core.clock import SystemClock
from gateway.payments.tables import deliveries, entries
from gateway.signing.keys import load_pkcs12
from gateway.store.engine import sqlite_url
from gateway.store.migrate import upgrade
from tests.hostile.line import PRICE, Line, Office, readable

PROFILE = Path(__file__).resolve().parents[2] / "certs" / "profiles" / "sandbox.toml"

# What a reply that carries a file can be like, and the reason it is refused for.
REFUSED = [
    ("forged-signature", {}, "bank.signature_invalid"),
    ("forged-payload", {}, "bank.payload_signature_invalid"),
    ("stale-timestamp", {}, "bank.stale_timestamp"),
    ("wrong-request-id", {}, "bank.wrong_request_id"),
    ("replayed", {}, "bank.wrong_request_id"),
    ("certificate-expired", {}, "bank.certificate_expired"),
    ("unknown-code", {}, "bank.response_refused"),
    ("truncated", {}, "bank.truncated"),
    ("truncated", {"mode": "short"}, "bank.truncated"),
    ("huge", {"megabytes": 8}, "bank.too_large"),
    ("dtd", {}, "bank.dtd"),
    ("dtd", {"encoding": "utf-16"}, "bank.dtd"),
    ("wrong-encoding", {}, "bank.wrong_encoding"),
    ("empty", {"operation": "downloadFile"}, "bank.empty"),
    *(
        ("wrapped-signature", {"variant": variant, "ids": ids}, "bank.signature_wrapped")
        for variant in behave.WRAPPINGS
        for ids in ("none", "new", "same")
    ),
]
# The same in the list of files.
REFUSED_LISTS = [
    ("stale-timestamp", {}, "bank.stale_timestamp"),
    ("wrong-request-id", {}, "bank.wrong_request_id"),
    ("replayed", {}, "bank.wrong_request_id"),
    ("certificate-expired", {}, "bank.certificate_expired"),
    ("truncated", {}, "bank.truncated"),
    ("huge", {"megabytes": 8}, "bank.too_large"),
    ("dtd", {}, "bank.dtd"),
    ("wrong-encoding", {}, "bank.wrong_encoding"),
    ("empty", {}, "bank.empty"),
]
# A bank that does not answer: there are no bytes to keep.
AWAY = [
    ("silent", {}, "bank.slow"),
    ("slow", {"seconds": 6}, "bank.slow"),
    ("http-500", {}, "bank.fault"),
]
# What happens on a bad line ends with the next good answer; anything else might be an attack and waits for a person.
MISHAPS = {"bank.truncated", "bank.too_large", "bank.empty", "bank.response_refused"}
PATIENT = LimitTable(message_mib=2, read_s=30, total_s=60)
IMPATIENT = LimitTable(message_mib=2, read_s=2, total_s=10)
# A bank whose messages hold, but which delivers them oddly.
ODD = {"duplicate-file", "overlapping", "gap", "out-of-order", "late", "unknown-content"}


@pytest.fixture(scope="module")
def bank_made_once(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Enrolment]:
    home = tmp_path_factory.mktemp("bank")
    _, enrolment = Sandbox.create(home)
    return home, enrolment


@pytest.fixture(scope="module")
def database_made_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("office") / "office.db"
    upgrade(sqlite_url(path))
    return path


@pytest.fixture
def limits(request: pytest.FixtureRequest) -> LimitTable:
    """Patient, so that a busy machine is not taken for a silent bank; a test may ask for other limits."""
    given: LimitTable = getattr(request, "param", PATIENT)
    return given


@pytest.fixture
def line(
    bank_made_once: tuple[Path, Enrolment], database_made_once: Path, tmp_path: Path, limits: LimitTable
) -> Iterator[Line]:
    home, enrolment = tmp_path / "bank", bank_made_once[1]
    shutil.copytree(bank_made_once[0], home)
    anchors = tmp_path / "anchors"
    anchors.mkdir()
    (anchors / "sandbox-tls-root.pem").write_bytes(enrolment.tls_anchors)
    (anchors / "sandbox-signing-root.pem").write_bytes(enrolment.signing_anchors)
    profile = load_profile(PROFILE).model_copy(update={"limits": limits})
    key = load_pkcs12(enrolment.pkcs12, enrolment.passphrase)
    with SandboxServer(home, port=0) as server:
        agreement = Agreement(enrolment.customer_id, enrolment.target_id, url=server.url)
        channel = BxdChannel(profile, agreement, load_trust(profile, anchors), SystemClock(), key, key)
        office = Office(Path(shutil.copy(database_made_once, tmp_path)))
        yield Line(Sandbox(home), server, channel, office)
        office.close()
        channel.close()


def test_every_misbehaviour_the_bank_knows_is_tried_here() -> None:
    tried = {case[0] for case in (*REFUSED, *REFUSED_LISTS, *AWAY)} | ODD
    here = {n for n, kind in behave.KINDS.items() if behave.BXD in kind.channels and kind.level != "order"}
    assert tried == here


@pytest.mark.parametrize(("name", "options", "reason"), REFUSED, ids=str)
def test_a_bad_reply_is_refused_kept_and_told_and_the_rest_goes_on(
    line: Line, name: str, options: dict[str, Any], reason: str
) -> None:
    line.order_and_pay("101")
    line.poll()  # "replayed" needs an earlier reply
    bad = line.order_and_pay("102")
    good = line.order_and_pay("103")
    line.bank.behave(name, **options)

    polled = line.poll().polled
    assert polled.refused == [(bad, reason)]
    assert [archive.load(line.office.store, message).reference for message in polled.accepted] == [good]
    assert line.recorded() == [2 * PRICE] * 2, "101 and 103"
    (refused,) = line.rows(messages, state="refused")
    assert (refused.reference, refused.reason, refused.evidence, refused.proof) == (bad, reason, None, None)
    kept = line.kept_bytes(refused)
    assert hashlib.sha256(kept).hexdigest() == refused.sha256
    assert len(kept) == refused.size
    assert kept or name == "empty"
    (alarm,) = line.alarms()
    assert (alarm.code, alarm.subject, alarm.severity) == (reason, f"{line.channel.name}/{bad}", "error")
    readable(alarm)

    assert line.bank.state()["behaviours"] == []
    assert line.poll().polled.result == "new"
    line.seen_by_a_person(*{reason} - MISHAPS)
    line.all_is_well("101", "102", "103")
    assert len(line.rows(messages, state="refused")) == 1, "what was refused stays on record"


@pytest.mark.parametrize(("name", "options", "reason"), REFUSED_LISTS, ids=str)
def test_a_bad_list_is_refused_kept_and_told(line: Line, name: str, options: dict[str, Any], reason: str) -> None:
    line.order_and_pay("101")
    line.poll()
    line.order_and_pay("102")
    line.bank.behave(name, operation="downloadFileList", **options)

    polled = line.poll().polled
    assert (polled.result, polled.refused) == ("failed", [("downloadFileList", reason)])
    assert line.recorded() == [2 * PRICE]
    (refused,) = line.rows(messages, state="refused")
    assert refused.reason == reason
    assert hashlib.sha256(line.kept_bytes(refused)).hexdigest() == refused.sha256
    assert {alarm.code for alarm in line.alarms()} == {reason}
    for alarm in line.alarms():
        readable(alarm)

    assert line.poll().polled.result == "new"
    line.seen_by_a_person(*{reason} - MISHAPS)
    line.all_is_well("101", "102")


@pytest.mark.parametrize("limits", [IMPATIENT], ids=["impatient"], indirect=True)
@pytest.mark.parametrize("operation", ["downloadFile", "downloadFileList"])
@pytest.mark.parametrize(("name", "options", "reason"), AWAY, ids=str)
def test_a_bank_that_does_not_answer_is_told_and_asked_again(
    line: Line, name: str, options: dict[str, Any], reason: str, operation: str
) -> None:
    line.order_and_pay("101")
    line.poll()
    (good,) = line.rows(polls)
    line.order_and_pay("102")
    line.bank.behave(name, operation=operation, **options)

    polled = line.poll().polled
    assert polled.result == "failed"
    assert polled.error is not None
    assert polled.error.code == reason
    (alarm,) = line.alarms()
    assert (alarm.code, alarm.subject, alarm.severity) == (reason, line.channel.name, "warning")
    readable(alarm)
    failed = archive.last_poll(line.office.store, line.channel.name)
    assert failed is not None
    assert (failed.result, failed.error_code) == ("failed", reason)
    assert good.result == "new"
    assert line.recorded() == [2 * PRICE]

    assert line.poll().polled.result == "new"
    line.all_is_well("101", "102")


def test_a_bank_that_is_wrong_for_hours_fills_one_alarm_and_loses_nothing(line: Line) -> None:
    bad = line.order_and_pay("101")
    line.bank.behave("forged-signature", count=5)
    for number in range(5):
        assert line.poll().polled.refused == [(bad, "bank.signature_invalid")], number
        line.office.clock.offset += timedelta(hours=1)  # the pauses between two tries grow up to that
    (alarm,) = line.alarms()
    assert alarm.count == 5
    assert line.recorded() == []
    line.poll()
    line.seen_by_a_person("bank.signature_invalid")
    line.all_is_well("101")


def test_the_very_same_forged_bytes_are_kept_once(line: Line) -> None:
    line.order_and_pay("101")
    line.poll()
    line.order_and_pay("102")
    line.bank.behave("replayed", count=3)
    for _ in range(3):
        line.poll()
    (refused,) = line.rows(messages, state="refused")
    assert refused.reason == "bank.wrong_request_id"
    (alarm,) = line.alarms()
    assert alarm.count == 3
    line.poll()
    line.seen_by_a_person("bank.wrong_request_id")
    line.all_is_well("101", "102")


def test_every_file_wrong_at_once_is_every_file_told(line: Line) -> None:
    references = [line.order_and_pay(str(number)) for number in range(101, 105)]
    for kind in ("forged-signature", "dtd", "stale-timestamp", "truncated"):
        line.bank.behave(kind)
    assert [reference for reference, _ in line.poll().polled.refused] == references
    assert {alarm.subject.rpartition("/")[2] for alarm in line.alarms()} == set(references)
    assert line.recorded() == []
    line.poll()
    line.seen_by_a_person("bank.signature_invalid", "bank.dtd", "bank.stale_timestamp")
    line.all_is_well("101", "102", "103", "104")


class TestOdd:
    """Files that hold, but come oddly."""

    def test_a_file_offered_twice_counts_once(self, line: Line) -> None:
        line.bank.behave("duplicate-file")
        line.order_and_pay("101")
        assert len(line.poll().polled.accepted) == 2
        assert len(line.rows(deliveries)) == 1
        line.all_is_well("101")

    def test_a_file_offered_again_later_counts_once(self, line: Line) -> None:
        reference = line.order_and_pay("101")
        line.poll()
        line.bank.behave("duplicate-file", reference=reference, count=2)
        assert len(line.poll().polled.accepted) == 2
        line.all_is_well("101")

    def test_overlapping_files_count_each_line_once(self, line: Line) -> None:
        line.order_and_pay("101")
        line.order_and_pay("102")
        line.bank.behave("overlapping", lines=0)
        line.order_and_pay("103")
        line.bank.report()
        line.bank.close_day()
        line.poll()
        assert len(line.rows(deliveries)) == 2 + 3 + 3
        line.all_is_well("101", "102", "103")

    def test_files_out_of_order_are_all_taken(self, line: Line) -> None:
        line.bank.behave("out-of-order")
        line.order_and_pay("101")
        assert line.poll().polled.accepted == []
        line.order_and_pay("102")
        assert len(line.poll().polled.accepted) == 2
        line.all_is_well("101", "102")

    def test_a_late_file_is_found_when_it_appears(self, line: Line) -> None:
        line.bank.behave("late", seconds=600)
        line.order_and_pay("101")
        line.order_and_pay("102")
        line.poll()
        assert line.recorded() == [2 * PRICE]
        line.bank.move_clock(timedelta(seconds=601))
        line.poll()
        line.all_is_well("101", "102")

    @pytest.mark.parametrize("mode", ["missing", "opening"])
    def test_a_gap_between_statements_is_told_until_it_is_closed(self, line: Line, mode: str) -> None:
        line.order_and_pay("101", notify=False)
        line.bank.close_day()
        line.bank.move_clock(timedelta(days=1))
        line.bank.behave("gap", mode=mode)
        line.order_and_pay("102", notify=False)
        line.bank.close_day()
        line.bank.move_clock(timedelta(days=1))
        line.order_and_pay("103", notify=False)
        line.bank.close_day()

        line.poll()
        told = line.alarms()
        # a withheld statement is missed twice over: its balances and its number
        expected = {"missing": {"bank.gap", "bank.gap_number"}, "opening": {"bank.gap"}}[mode]
        assert {alarm.code for alarm in told} == expected
        assert {alarm.subject for alarm in told} == {f"account:{line.bank.books.accounts()[0].number}"}
        for alarm in told:
            readable(alarm)
        assert len(line.recorded()) == (2 if mode == "missing" else 3)
        assert line.poll().polled.result == "new", "the missing statement, or the right one, came"
        line.all_is_well("101", "102", "103")

    @pytest.mark.parametrize("copies", [1, 2])
    def test_a_signed_file_that_is_no_statement_is_kept_and_told(self, line: Line, copies: int) -> None:
        line.order_and_pay("101")
        line.bank.behave("unknown-content", count=copies)
        line.order_and_pay("102")
        assert len(line.poll().polled.accepted) == 2 + copies
        strange = line.rows(messages, state="unreadable")
        assert {row.reason for row in strange} == {"bank.unknown_content"}
        assert [row.evidence for row in strange] == ["signed"] * copies
        assert {alarm.code for alarm in line.alarms()} == {"bank.unknown_content"}
        assert len(line.alarms()) == copies
        readable(line.alarms()[0])
        assert line.recorded() == [2 * PRICE] * 2
        assert line.poll().polled.result == "nothing_new", "it is not fetched over and over"
        line.seen_by_a_person("bank.unknown_content")
        line.all_is_well("101", "102")

    def test_an_operation_code_nobody_knows_is_kept_as_it_is(self, line: Line) -> None:
        line.bank.behave("unknown-code", where="entry")
        line.order_and_pay("101")
        line.poll()
        (entry,) = line.rows(entries)
        assert entry.code == "QQQQ/QQQQ/QQQQ"
        assert len(line.recorded()) == 1


def test_a_bank_that_is_away_for_a_while_leaves_no_gap(line: Line) -> None:
    line.order_and_pay("101")
    line.poll()
    line.server.stop()
    for number in ("102", "103", "104"):
        line.order_and_pay(number)
        polled = line.poll().polled
        assert (polled.result, polled.error.code if polled.error else "") == ("failed", "bank.away")
    (alarm,) = line.alarms()
    assert (alarm.code, alarm.count, alarm.severity) == ("bank.away", 3, "warning")
    with SandboxServer(line.bank.folder.parent, port=line.server.port):
        assert len(line.poll().polled.accepted) == 3
        line.all_is_well("101", "102", "103", "104")
