"""Asking: when it is due, in batches, and one lender away holds up nobody else."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import cast

import pytest

from gateway.core.clock import from_text, to_text
from gateway.core.errors import Refused, Unavailable
from gateway.loans.lenders import asking
from gateway.loans.lenders.answers import Answers
from gateway.loans.lenders.polling import Polled, Polling
from gateway.loans.lenders.ports import Lender, LenderStatus, LenderView
from gateway.loans.sandbox.control import LENDERS, REST, SOAP
from gateway.loans.tables import agreements, decisions
from gateway.store import Unit
from gateway.store.schema import alarms
from tests.loans.lenders.house import HASTY, House, houses, request
from tests.loans.lenders.office import OFFER, Office, view
from tests.loans.lenders.test_decisions import take

S = LenderStatus


class Told:
    """An adapter that answers as it is told, and counts."""

    def __init__(self, key: str, answer: LenderView | Exception) -> None:
        self.key = key
        self.answer = answer
        self.asked: list[str] = []

    def view(self, application_id: str, external_id: str) -> LenderView:
        self.asked.append(application_id)
        if isinstance(self.answer, Exception):
            raise self.answer
        return replace(self.answer, external_id=external_id or self.answer.external_id)


def polling(office: Office, *lenders: Told, batch: int = 50) -> Polling:
    adapters = {one.key: cast("Lender", one) for one in lenders}  # nothing but `view` is called
    return Polling(Answers(office.store, office.terms), adapters, batch)


def waiting(office: Office, lender: str, *statuses: LenderStatus) -> str:
    row_id = office.submitted(lender, number=len(office.rows(decisions)) + 1)
    take(office, row_id, lender, *(view(number, one) for number, one in enumerate(statuses or (S.RECEIVED,), 1)))
    return row_id


def pause(office: Office, row_id: str, lender: str) -> timedelta | None:
    due = office.decision(row_id, lender).poll_at
    return None if due is None else from_text(due) - office.clock.now()


def test_only_what_is_due_is_asked_about(office: Office) -> None:
    row_id = waiting(office, REST)
    lender = Told(REST, view(1, S.RECEIVED))
    assert polling(office, lender).round_of(REST) == Polled(0, 0, 0)
    office.clock.advance(timedelta(minutes=1))
    assert polling(office, lender).round_of(REST) == Polled(1, 1, 0)
    assert lender.asked == [row_id]


@pytest.mark.parametrize(
    ("statuses", "minutes"),
    [
        ([S.RECEIVED], 1),
        ([S.THINKING], 1),
        ([S.NEEDS_INFO], 15),
        ([S.APPROVED], 15),
        ([S.APPROVED, S.COMMITTED], 360),
        ([S.APPROVED, S.PAID_OUT], None),
        ([S.DECLINED], None),
        ([S.APPROVED, S.REVOKED], None),
        ([S.CANCELLED], None),
    ],
)
def test_the_pause_fits_what_is_waited_for(office: Office, statuses: list[LenderStatus], minutes: int | None) -> None:
    row_id = waiting(office, REST, *statuses)
    assert pause(office, row_id, REST) == (None if minutes is None else timedelta(minutes=minutes))


def test_a_lender_who_has_paid_is_asked_until_he_has_accepted_the_paper(office: Office) -> None:
    row_id = office.submitted(REST)
    take(office, row_id, REST, view(1, S.APPROVED))
    office.accept(row_id, REST, OFFER.id)
    take(office, row_id, REST, view(2, S.PAID_OUT))
    assert pause(office, row_id, REST) == timedelta(hours=6)
    paper = office.agreement(row_id)
    assert paper is not None
    with office.store.unit() as unit:
        unit.update(agreements, paper.id, original="accepted")
        unit.commit()
    take(office, row_id, REST, view(3, S.PAID_OUT))
    assert pause(office, row_id, REST) is None


def test_a_slow_decision_is_asked_for_less_often(office: Office) -> None:
    row_id = waiting(office, REST)
    lender = Told(REST, view(1, S.RECEIVED))
    office.clock.advance(timedelta(minutes=16))
    polling(office, lender).round_of(REST)
    assert pause(office, row_id, REST) == timedelta(minutes=5)


def test_an_ended_application_is_asked_about_no_more(office: Office) -> None:
    row_id = office.submitted(REST, SOAP)
    take(office, row_id, REST, view(1, S.DECLINED))
    take(office, row_id, SOAP, view(1, S.DECLINED))
    assert [row.poll_at for row in office.rows(decisions)] == [None, None]


def test_a_round_asks_about_no_more_than_a_batch_the_longest_due_first(office: Office) -> None:
    ids = []
    for _ in range(5):
        ids.append(waiting(office, REST))
        office.clock.advance(timedelta(seconds=1))
    office.clock.advance(timedelta(minutes=2))
    lender = Told(REST, view(1, S.RECEIVED))
    assert polling(office, lender, batch=3).round_of(REST) == Polled(3, 3, 0)
    assert lender.asked == ids[:3]


def test_failures_are_visible_and_the_pauses_grow(office: Office) -> None:
    row_id = waiting(office, REST)
    lender = Told(REST, Unavailable("lender.slow", lender=REST, seconds=5))
    pauses = []
    for _ in range(7):
        office.clock.advance(timedelta(hours=1))
        polling(office, lender).round_of(REST)
        pauses.append(pause(office, row_id, REST))
    row = office.decision(row_id, REST)
    assert (row.failures, row.error) == (7, "lender.slow")
    assert pauses == [timedelta(minutes=m) for m in (1, 2, 4, 8, 16, 30, 30)]
    assert [one.code for one in office.rows(alarms, state="open")] == ["lender.silent"]
    lender.answer = view(2, S.APPROVED)
    office.clock.advance(timedelta(hours=1))
    polling(office, lender).round_of(REST)
    row = office.decision(row_id, REST)
    assert (row.failures, row.error, row.polled_at) == (0, "", to_text(office.clock.now()))
    assert office.rows(alarms, state="open") == []


def test_the_patience_a_lender_asks_for_is_kept(office: Office) -> None:
    row_id = waiting(office, REST)
    office.clock.advance(timedelta(minutes=1))
    polling(office, Told(REST, Unavailable("lender.busy", retry_after=900, lender=REST))).round_of(REST)
    assert pause(office, row_id, REST) == timedelta(minutes=15)


def test_a_round_ends_at_the_first_call_that_is_not_answered(office: Office) -> None:
    waiting(office, REST)
    waiting(office, REST)
    office.clock.advance(timedelta(minutes=2))
    lender = Told(REST, Unavailable("lender.away", lender=REST, detail="x"))
    assert polling(office, lender).round_of(REST) == Polled(1, 0, 0)


def test_one_application_he_refuses_to_speak_of_holds_up_no_other(office: Office) -> None:
    waiting(office, REST)
    waiting(office, REST)
    office.clock.advance(timedelta(minutes=2))
    lender = Told(REST, Refused("lender.unknown_application", lender=REST))
    assert polling(office, lender).round_of(REST) == Polled(2, 0, 0)
    assert {one.code for one in office.rows(alarms)} == {"lender.unknown_application"}


def test_a_refused_token_is_one_alarm_however_much_waits(office: Office) -> None:
    waiting(office, REST)
    waiting(office, REST)
    office.clock.advance(timedelta(minutes=2))
    lender = Told(REST, Refused("lender.forbidden", lender=REST, status=401))
    polling(office, lender).round_of(REST)
    (raised,) = office.rows(alarms, state="open")
    assert (raised.code, raised.subject, raised._mapping["count"]) == ("lender.forbidden", f"lender:{REST}", 2)


def test_the_back_off_has_an_end(office: Office) -> None:
    with office.store.unit() as unit:
        assert from_text(asking.after_failure(unit, 10_000)) - unit.now == timedelta(minutes=30)


@pytest.fixture
def both_away(tmp_path: Path) -> Iterator[tuple[Office, dict[str, House]]]:
    with houses(tmp_path / "bank", limits=HASTY) as both:
        tmp_path.joinpath("ours").mkdir()
        office = Office(tmp_path / "ours", both[REST].clock)
        yield office, both
        office.close()


def test_a_silent_lender_holds_up_nobody_else(both_away: tuple[Office, dict[str, House]]) -> None:
    office, both = both_away
    row_id = office.submitted()
    for key, house in both.items():
        take(office, row_id, key, house.adapter.submit(replace(request(row_id))))
        house.sandbox.decide(key, row_id, "approve")
    both[SOAP].sandbox.behave(SOAP, "silent", operation="view")
    office.clock.advance(timedelta(minutes=2))
    poll = Polling(Answers(office.store, office.terms), {key: house.adapter for key, house in both.items()})
    assert poll.start_round() == len(LENDERS)
    until = time.monotonic() + 5
    while office.decision(row_id, REST).state != "approved" and time.monotonic() < until:
        time.sleep(0.01)
    assert office.decision(row_id, REST).state == "approved"
    assert poll.start_round() <= 1  # the silent one's round is still on
    poll.close()
    assert office.decision(row_id, SOAP).error == "lender.slow"


def test_what_follows_a_new_word_is_in_the_same_unit(office: Office) -> None:
    row_id = waiting(office, REST)
    office.clock.advance(timedelta(minutes=1))
    followed: list[str] = []

    def fail(unit: Unit, application_id: str) -> None:
        followed.append(application_id)
        raise Refused("loan.not_found")

    def note(unit: Unit, application_id: str) -> None:
        followed.append(application_id)

    before = office.standing(row_id)
    told = {REST: cast("Lender", Told(REST, view(2, S.APPROVED)))}
    Polling(Answers(office.store, office.terms, follow=fail), told).round_of(REST)
    assert office.standing(row_id) == before
    office.clock.advance(timedelta(hours=1))
    Polling(Answers(office.store, office.terms, follow=note), told).round_of(REST)
    office.clock.advance(timedelta(hours=1))
    Polling(Answers(office.store, office.terms, follow=note), told).round_of(REST)
    assert office.application(row_id).state == "approved" and followed == [row_id, row_id]
