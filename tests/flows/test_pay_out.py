"""Orders leave once: whatever is lost on the way, the bank gets the same bytes under the same id, or is asked."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from gateway.bank.channel import Delivery
from gateway.bank.formats import paydocru
from gateway.core.errors import Corrupt, Refused, Unavailable
from gateway.core.money import Money
from gateway.flows import pay_out
from gateway.flows.pay_out import Route, send_waiting
from gateway.flows.terms import OwnCompany, Terms
from gateway.matching.decision import Policy
from gateway.payments.outgoing import service
from gateway.payments.outgoing.model import OrderState
from gateway.store.alarms import open_alarms
from gateway.store.engine import sqlite_url
from gateway.store.migrate import upgrade
from gateway.tasks.tables import tasks
from tests.flows.pay_out_bank import PretendBank
from tests.payments.outgoing.desk import ACCOUNT, ANNA, TAX_DRAFT, TERMS, Desk, draft

HOUSE = Terms(OwnCompany(TERMS.name, TERMS.inn), Policy(own_inns=frozenset({TERMS.inn})), outgoing=TERMS)


class Killed(BaseException):
    """The process is gone: nobody catches this."""


@pytest.fixture(scope="module")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("pay_out") / "empty.db"
    upgrade(sqlite_url(path))
    return path


@pytest.fixture
def desk(tmp_path: Path, empty_database: Path) -> Iterator[Desk]:
    shutil.copyfile(empty_database, tmp_path / "desk.db")
    made = Desk(tmp_path)
    yield made
    made.close()


@pytest.fixture
def bank() -> PretendBank:
    return PretendBank()


def go(desk: Desk, bank: PretendBank, **route: Any) -> int:
    return send_waiting(desk.store, HOUSE, {ACCOUNT: Route(bank, **route)})


def alarms_of(desk: Desk) -> list[str]:
    with desk.store.reading() as connection:
        return sorted(alarm.code for alarm in open_alarms(connection, "test"))


def tasks_of(desk: Desk) -> list[str]:
    with desk.store.reading() as connection:
        return list(connection.execute(select(tasks.c.reason).order_by(tasks.c.id)).scalars())


def test_a_signed_order_leaves_and_the_bank_has_it(desk: Desk, bank: PretendBank) -> None:
    order_id = desk.approved()
    assert go(desk, bank) == 1
    row = desk.row(order_id)
    assert (row.state, row.channel, row.format, row.file_type) == ("sent", "bxd:pretend", "pain.001.001.03", "XL")
    assert (row.bank_ref, row.sent_at is not None) == (f"receipt-{order_id}", True)
    assert desk.events(order_id) == ["proposed", "approve", "prepare", "taken"]
    assert list(bank.has) == [order_id] and order_id.encode() in bank.has[order_id]
    assert go(desk, bank) == 0 and len(bank.tries) == 1
    assert alarms_of(desk) == []


@pytest.mark.parametrize("state", ["draft", "waiting_approval", "rejected", "withdrawn"])
def test_what_two_people_have_not_signed_never_leaves(desk: Desk, bank: PretendBank, state: str) -> None:
    if state == "draft":
        from gateway.core.authority import SERVICE

        desk.propose(replace(draft(), source="1c"), by=SERVICE)
    else:
        order_id = desk.propose()
        with desk.store.unit(ANNA) as unit:
            if state == "rejected":
                service.reject(unit, TERMS, order_id, "нет", 1)
            elif state == "withdrawn":
                service.withdraw(unit, TERMS, order_id, "нет", 1)
            unit.commit()
    assert go(desk, bank) == 0 and bank.tries == []


@pytest.mark.parametrize(
    ("name", "wanted", "beginning"),
    [
        ("bxd:x", "", b"<?xml"),
        ("bxd:x", "pain.001.001.09", b"<?xml"),
        ("directbank:x", "", b"\xef\xbb\xbf<?xml"),
    ],
)
def test_each_bank_gets_its_own_format(desk: Desk, name: str, wanted: str, beginning: bytes) -> None:
    bank = PretendBank(name)
    order_id = desk.approved()
    go(desk, bank, order_format=wanted, customer_id="C-7")
    (sending,) = bank.sendings
    row = desk.row(order_id)
    assert sending.content.startswith(beginning)
    assert (sending.request_id, sending.document_id, order_id in sending.file_name) == (order_id, row.document_id, True)
    if name.startswith("directbank"):
        assert (sending.format, sending.file_type) == ("paydocru", "10")
        assert paydocru.read(sending.content).id == row.document_id
    else:
        assert (sending.format, sending.file_type) == ("pain.001", "XL")
        assert (wanted or "pain.001.001.03").encode() in sending.content


def test_a_tax_payment_leaves_too(desk: Desk, bank: PretendBank) -> None:
    order_id = desk.approved(TAX_DRAFT)
    go(desk, bank)
    assert desk.state(order_id) == "sent" and TAX_DRAFT.tax is not None
    assert TAX_DRAFT.tax.kbk.encode() in bank.has[order_id]


def test_an_answer_that_is_lost_leaves_the_order_unknown_and_the_bank_is_asked(desk: Desk, bank: PretendBank) -> None:
    order_id = desk.approved()
    bank.lose = 1
    go(desk, bank)
    assert desk.state(order_id) == OrderState.UNKNOWN
    assert alarms_of(desk) == ["outgoing.unknown_outcome"]
    go(desk, bank)
    assert desk.state(order_id) == OrderState.SENT
    assert len(bank.tries) == 1, "asked about, not sent again"
    assert alarms_of(desk) == []
    assert desk.events(order_id)[-2:] == ["lost", "taken"]


def test_what_the_bank_never_got_goes_again_as_it_was(desk: Desk, bank: PretendBank) -> None:
    order_id = desk.approved()
    bank.drop = 2
    go(desk, bank)
    for _ in range(3):  # the bank says it has none, but it may not have looked yet
        go(desk, bank)
    assert (desk.state(order_id), len(bank.tries)) == (OrderState.UNKNOWN, 1)
    desk.clock.advance(timedelta(seconds=60))
    go(desk, bank)
    assert (desk.state(order_id), len(bank.tries)) == (OrderState.UNKNOWN, 2)
    desk.clock.advance(timedelta(seconds=59))
    go(desk, bank)
    assert len(bank.tries) == 2, "the pause counts from the last try"
    desk.clock.advance(timedelta(seconds=1))
    go(desk, bank)
    assert desk.state(order_id) == OrderState.SENT
    assert len(set(bank.tries)) == 1 and len(bank.tries) == 3, "the same bytes, the same id"


def test_while_the_bank_cannot_say_nothing_is_sent(desk: Desk, bank: PretendBank) -> None:
    order_id = desk.approved()
    bank.drop = 1
    go(desk, bank)
    desk.clock.advance(timedelta(days=1))
    for bank.says in (Delivery.UNKNOWN,):
        go(desk, bank)

    def away(call: str) -> None:
        raise Unavailable("bank.away", host="pretend")

    bank.says, bank.before = None, away
    go(desk, bank)
    bank.before = lambda _: None
    assert (desk.state(order_id), len(bank.tries)) == (OrderState.UNKNOWN, 1)


@pytest.mark.parametrize("error", [Corrupt("bank.signature_invalid"), ValueError("our own fault"), Refused("bank.x")])
def test_whatever_else_sending_ends_in_nothing_is_known(desk: Desk, bank: PretendBank, error: Exception) -> None:
    order_id = desk.approved()

    def broken(call: str) -> None:
        if call == "sent":
            raise error

    bank.before = broken
    go(desk, bank)
    assert desk.state(order_id) == OrderState.UNKNOWN
    bank.before = lambda _: None
    go(desk, bank)
    assert (desk.state(order_id), len(bank.tries)) == (OrderState.SENT, 1)


def test_an_answer_that_does_not_hold_says_nothing(desk: Desk, bank: PretendBank) -> None:
    order_id = desk.approved()
    bank.refuse = Corrupt("bank.signature_invalid")
    go(desk, bank)
    assert desk.state(order_id) == OrderState.UNKNOWN
    assert alarms_of(desk) == ["bank.signature_invalid", "outgoing.unknown_outcome"]


def test_a_plain_no_ends_it_with_a_task(desk: Desk, bank: PretendBank) -> None:
    order_id = desk.approved()
    bank.refuse = Refused("bank.response_refused", bank_code="12", text="Schema validation failed")
    go(desk, bank)
    row = desk.row(order_id)
    assert (row.state, row.bank_code, row.bank_text) == ("refused", "12", "Schema validation failed")
    assert tasks_of(desk) == ["task.outgoing_refused"]
    go(desk, bank)
    assert len(bank.tries) == 1


def test_a_silent_bank_is_not_tried_for_each_order(desk: Desk, bank: PretendBank) -> None:
    ids = [desk.approved(draft(purpose=f"Счёт № {n}, без НДС", amount=Money(1_00 + n))) for n in range(4)]
    bank.drop = 99
    go(desk, bank)
    assert [desk.state(i) for i in ids] == ["unknown", "approved", "approved", "approved"]
    bank.drop = 0
    desk.clock.advance(timedelta(seconds=61))
    assert go(desk, bank) == 4
    assert {desk.state(i) for i in ids} == {"sent"} and len(bank.has) == 4


def test_an_account_without_a_channel_is_told_once(desk: Desk) -> None:
    order_id = desk.approved()
    for _ in range(3):
        send_waiting(desk.store, HOUSE, {})
    with desk.store.reading() as connection:
        (alarm,) = open_alarms(connection, "test")
    assert (alarm.code, alarm.count, desk.state(order_id)) == ("outgoing.no_channel", 1, "approved")
    go(desk, PretendBank())
    assert alarms_of(desk) == []


def test_what_cannot_be_written_is_told_and_stays(desk: Desk) -> None:
    order_id = desk.approved()
    go(desk, PretendBank("other:x"))
    go(desk, PretendBank("directbank:x"))  # needs our id at the bank
    assert (desk.state(order_id), alarms_of(desk)) == ("approved", ["outgoing.not_prepared"])
    assert desk.events(order_id) == ["proposed", "approve"]


def test_the_bank_says_anew_who_we_are(desk: Desk) -> None:
    bank = PretendBank("directbank:x")
    bank.settings = {"customer_id": "new-for-this-session"}
    order_id = desk.approved()
    go(desk, bank, customer_id="0")
    assert b'Sender id="new-for-this-session"' in bank.has[order_id]


def test_a_bank_that_is_away_before_the_bytes_are_made_leaves_the_order_as_it_is(desk: Desk) -> None:
    bank = PretendBank("directbank:x")

    def away(call: str) -> None:
        raise Unavailable("bank.away", host="pretend")

    order_id, bank.before = desk.approved(), away
    go(desk, bank)
    assert (desk.state(order_id), desk.events(order_id)) == ("approved", ["proposed", "approve"])


def test_one_that_left_by_another_channel_is_not_asked_about_here(desk: Desk, bank: PretendBank) -> None:
    order_id = desk.approved()
    bank.drop = 1
    go(desk, bank)
    other = PretendBank("directbank:other")
    desk.clock.advance(timedelta(hours=1))
    go(desk, other, customer_id="c")
    assert (desk.state(order_id), other.tries) == ("unknown", [])


def test_withdrawn_between_the_list_and_the_commit(
    desk: Desk, bank: PretendBank, monkeypatch: pytest.MonkeyPatch
) -> None:
    order_id = desk.approved()
    honest = pay_out._to_carry

    def slow(store: object) -> object:
        rows = honest(desk.store)
        with desk.store.unit(ANNA) as unit:
            service.withdraw(unit, TERMS, order_id, "передумали", 2)
            unit.commit()
        return rows

    monkeypatch.setattr(pay_out, "_to_carry", slow)
    go(desk, bank)
    assert (desk.state(order_id), bank.tries) == ("withdrawn", [])


POINTS = ["nothing", "prepared", "sent", "answered", "asked"]


@pytest.mark.parametrize("second", [None, *POINTS])
@pytest.mark.parametrize("first", POINTS)
def test_killed_anywhere_once_or_twice_it_ends_the_same(
    desk: Desk, bank: PretendBank, monkeypatch: pytest.MonkeyPatch, first: str, second: str | None
) -> None:
    """A kill leaves what was committed and nothing else: the unit open at that moment is rolled back."""
    order_id = desk.approved()
    calls = {"prepared": "send", "sent": "sent", "answered": "accepted", "asked": "delivered"}
    honest = pay_out._keep

    def die(point: str) -> None:
        def keep(*given: object) -> None:
            if point == "nothing":
                raise Killed
            honest(*given)  # type: ignore[arg-type]

        def before(call: str) -> None:
            if calls.get(point) == call:
                raise Killed

        monkeypatch.setattr(pay_out, "_keep", keep)
        bank.before = before

    for point in (first, second):
        if point is None:
            continue
        die(point)
        for _ in range(2):
            try:
                go(desk, bank)
            except Killed:
                break
            desk.clock.advance(timedelta(minutes=2))
    die("never")
    for _ in range(3):
        go(desk, bank)
        desk.clock.advance(timedelta(minutes=2))
    assert desk.state(order_id) == OrderState.SENT
    assert list(bank.has) == [order_id], "one order at the bank"
    assert len(set(bank.tries)) == 1, "whatever was tried, it was the same bytes under the same id"
    assert desk.events(order_id).count("prepare") == 1
    assert alarms_of(desk) == []


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(mishaps=st.lists(st.sampled_from(["lose", "drop", "mute", "away", "wait"]), max_size=8))
def test_any_row_of_mishaps_ends_with_one_order_at_the_bank(
    tmp_path_factory: pytest.TempPathFactory, empty_database: Path, mishaps: list[str]
) -> None:
    folder = tmp_path_factory.mktemp("mishaps")
    shutil.copyfile(empty_database, folder / "desk.db")
    desk, bank = Desk(folder), PretendBank()
    order_id = desk.approved()

    def away(call: str) -> None:
        raise Unavailable("bank.away", host="pretend")

    for mishap in mishaps:
        bank.lose, bank.drop = int(mishap == "lose"), int(mishap == "drop")
        bank.says = Delivery.UNKNOWN if mishap == "mute" else None
        bank.before = away if mishap == "away" else lambda _: None
        go(desk, bank)
        desk.clock.advance(timedelta(seconds=90 if mishap == "wait" else 1))
    bank.lose, bank.drop, bank.says, bank.before = 0, 0, None, lambda _: None
    for _ in range(2):
        desk.clock.advance(timedelta(minutes=2))
        go(desk, bank)
    assert desk.state(order_id) == OrderState.SENT
    assert list(bank.has) == [order_id] and len(set(bank.tries)) == 1
    desk.close()


def test_an_order_that_is_not_executed_in_its_day_is_told_once(desk: Desk, bank: PretendBank) -> None:
    order_id = desk.approved()
    go(desk, bank)
    desk.clock.at = desk.clock.at.replace(hour=20, minute=59)
    go(desk, bank)
    assert alarms_of(desk) == [], "23:59 in Moscow"
    desk.clock.at = desk.clock.at.replace(hour=21, minute=1)
    for _ in range(3):
        go(desk, bank)
    with desk.store.reading() as connection:
        (alarm,) = open_alarms(connection, "test")
    assert (alarm.code, alarm.count, alarm.values["date"]) == ("outgoing.late", 1, "23.11.2026")
    assert desk.events(order_id)[-1] == "late"


def test_an_order_of_a_saturday_has_until_monday(desk: Desk, bank: PretendBank) -> None:
    desk.clock.at = desk.clock.at.replace(day=21)
    desk.approved(draft(date=None))
    go(desk, bank)
    desk.clock.at = desk.clock.at.replace(day=23)
    go(desk, bank)
    assert alarms_of(desk) == []
    desk.clock.at = desk.clock.at.replace(day=24)
    go(desk, bank)
    assert alarms_of(desk) == ["outgoing.late"]
