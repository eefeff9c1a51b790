"""Telling lenders, over real sockets: once at the lender however often a row leaves, and never under a new id."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from gateway.bank.transport import Limits
from gateway.flows.leaving import Drained, drain
from gateway.loans import agreement_rows, applications, submission
from gateway.loans.lenders.answers import Answers
from gateway.loans.lenders.calls import LenderCalls
from gateway.loans.lenders.polling import Polling
from gateway.loans.model import SigningWay
from gateway.loans.reasons import EndReason
from gateway.loans.sandbox.control import LENDERS
from gateway.loans.tables import documents
from gateway.store.schema import alarms, outbox
from gateway.store.schema import journal as journal_table
from gateway.tasks.tables import tasks
from tests.loans.lenders.house import House, houses
from tests.loans.lenders.office import Office


@dataclass
class Line:
    """Our office, one lender, and the outbox between them."""

    office: Office
    house: House
    calls: LenderCalls

    def leave(self) -> Drained:
        """One round of the outbox."""
        return drain(self.office.store, self.calls.sinks(), "test")

    def later(self, **delta: float) -> Drained:
        """The next try, after the pauses of the outbox and of a lender who was away."""
        self.office.clock.advance(timedelta(**(delta or {"minutes": 6})))
        return self.leave()

    def tell(self, topic: str, application_id: str, **more: object) -> None:
        with self.office.store.unit() as unit:
            agreement_rows.tell_lender(unit, topic, application_id, self.house.key, **more)
            unit.commit()

    def submitted(self) -> str:
        return self.office.submitted(self.house.key, number=len(self.house.sandbox.applications()) + 1)

    def approved(self) -> str:
        row_id = self.submitted()
        assert self.leave() == Drained(1, 0)
        self.house.sandbox.decide(self.house.key, row_id, "approve")
        self.look(row_id)
        return row_id

    def look(self, row_id: str) -> None:
        """Ask him once everything is due."""
        self.office.clock.advance(timedelta(hours=1))
        Polling(Answers(self.office.store, self.office.terms), {self.house.key: self.house.adapter}).round_of(
            self.house.key
        )

    def state(self, row_id: str) -> str:
        return str(self.office.decision(row_id, self.house.key).state)

    def operations(self) -> list[str]:
        return [operation for operation, _ in self.house.sandbox.calls(self.house.key)]


@pytest.fixture(params=LENDERS)
def line(request: pytest.FixtureRequest, tmp_path: Path, limits: Limits) -> Iterator[Line]:
    with houses(tmp_path / "bank", limits=limits) as both:
        house = both[request.param]
        tmp_path.joinpath("ours").mkdir()
        office = Office(tmp_path / "ours", house.clock)
        lenders = {house.key: house.adapter}
        yield Line(office, house, LenderCalls(Answers(office.store, office.terms), lenders))
        office.close()


def test_an_application_leaves_with_everything_and_the_journal_says_that_personal_data_left(line: Line) -> None:
    row_id = line.submitted()
    assert line.leave() == Drained(1, 0)
    (there,) = line.house.sandbox.applications()
    assert there.application_id == row_id
    row = line.office.decision(row_id, line.house.key)
    assert (row.state, row.external_id, row.failures) == ("sent", there.external_id, 0)
    assert [one.kind for one in line.office.rows(journal_table) if one.kind == "loan.personal_sent"]


@pytest.mark.usefixtures("hasty")
@pytest.mark.parametrize("trouble", ["silent", "lost-reply"])
def test_an_answer_that_was_lost_is_asked_for_and_nothing_is_sent_twice(line: Line, trouble: str) -> None:
    line.house.sandbox.behave(line.house.key, trouble, operation="submit")
    row_id = line.submitted()
    assert line.leave() == Drained(0, 1)
    row = line.office.decision(row_id, line.house.key)
    assert (row.state, row.failures) == ("queued", 1) and row.error in ("lender.slow", "lender.away")
    assert line.later() == Drained(1, 0)
    assert line.operations() == ["view", "submit", "view"]
    assert line.state(row_id) == "sent" and line.office.decision(row_id, line.house.key).error == ""
    assert len(line.house.sandbox.applications()) == 1


@pytest.mark.parametrize("trouble", ["not-received", "http-500", "busy"])
def test_a_call_that_did_not_arrive_is_made_again_under_the_same_id(line: Line, trouble: str) -> None:
    line.house.sandbox.behave(line.house.key, trouble, operation="submit")
    row_id = line.submitted()
    assert line.leave() == Drained(0, 1)
    assert line.later() == Drained(1, 0)
    assert [one.application_id for one in line.house.sandbox.applications()] == [row_id]


def test_an_unreadable_answer_is_kept_sealed_and_is_an_alarm(line: Line) -> None:
    line.house.sandbox.behave(line.house.key, "garbled", operation="submit")
    row_id = line.submitted()
    assert line.leave() == Drained(0, 1)
    (kept,) = line.office.raw_views(row_id, line.house.key)
    assert (kept.known, kept.status) == (0, "")
    assert [row.code for row in line.office.rows(alarms, state="open")] == ["lender.unreadable"]
    assert line.later() == Drained(1, 0)  # asked about, as after a time-out
    assert line.state(row_id) == "sent" and line.office.rows(alarms, state="open") == []


@pytest.mark.usefixtures("hasty")
def test_a_lender_who_was_away_rests_while_others_are_told(line: Line) -> None:
    line.house.sandbox.behave(line.house.key, "silent", operation="submit")
    first, second = line.submitted(), line.office.submitted(line.house.key, number=2)
    assert line.leave() == Drained(0, 2)
    assert line.operations() == ["view", "submit"]  # the second one did not wait for him, too
    assert line.office.decision(second, line.house.key).failures == 1
    assert line.later() == Drained(2, 0)
    assert line.state(first) == line.state(second) == "sent"


def test_a_lender_away_for_long_is_an_alarm_until_he_answers(line: Line) -> None:
    line.house.sandbox.behave(line.house.key, "not-received", count=3)
    row_id = line.submitted()
    line.leave()
    assert line.office.rows(alarms, state="open") == []
    line.later(minutes=10)
    assert line.office.rows(alarms, state="open") == []
    line.later(minutes=10)
    (raised,) = line.office.rows(alarms, state="open")
    assert raised.code == "lender.silent" and "20" in raised._mapping["values"]
    line.later(minutes=20)
    assert line.office.rows(alarms, state="open") == [] and line.state(row_id) == "sent"


def test_an_application_taken_back_before_it_left_never_arrives(line: Line) -> None:
    row_id = line.submitted()
    with line.office.store.unit() as unit:
        submission.withdraw_all(unit, applications.load(unit, row_id), EndReason.CHANGED_MIND)
        unit.commit()
    assert [line.leave(), line.leave()] == [Drained(1, 0), Drained(1, 0)]
    assert line.house.sandbox.applications() == []


def test_an_application_taken_back_later_is_taken_back_there(line: Line) -> None:
    row_id = line.approved()
    line.tell("loan.cancel", row_id, reason=EndReason.CHANGED_MIND)
    assert line.leave() == Drained(1, 0)
    assert [one.state for one in line.house.sandbox.applications()] == ["cancelled"]
    assert line.state(row_id) == "withdrawn"


def accepted(line: Line) -> str:
    row_id = line.approved()
    offer = line.house.sandbox.applications()[0].offers[0]
    line.office.accept(row_id, line.house.key, offer)
    return row_id


def test_an_accepted_offer_brings_the_agreement_and_its_pdf(line: Line) -> None:
    row_id = accepted(line)
    assert line.leave() == Drained(1, 0)
    assert line.office.application(row_id).state == "agreed"
    assert line.leave() == Drained(1, 0)
    (paper,) = line.office.rows(documents, application_id=row_id)
    assert paper.kind == "agreement" and paper.media_type == "application/pdf" and b"%PDF" not in paper.sealed
    assert getattr(line.office.agreement(row_id), "signing", "") == "documents_ready"


def test_a_changed_offer_is_chosen_anew_and_the_row_is_done(line: Line) -> None:
    line.house.sandbox.behave(line.house.key, "changed-offer")
    row_id = accepted(line)
    assert line.leave() == Drained(1, 0)
    row = line.office.application(row_id)
    assert (row.state, row.lender) == ("approved", "")
    assert [task.reason for task in line.office.rows(tasks)] == ["task.loan_reconsider"]


def test_a_choice_given_up_before_it_left_is_not_told(line: Line) -> None:
    row_id = accepted(line)
    line.house.sandbox.decide(line.house.key, row_id, "decline")
    line.look(row_id)
    before = line.operations().count("accept")
    assert line.leave().failed == 0
    assert line.operations().count("accept") == before


def test_a_late_refusal_is_seen_at_the_next_question(line: Line) -> None:
    line.house.sandbox.behave(line.house.key, "late-refusal")
    row_id = accepted(line)
    line.leave()
    line.look(row_id)
    assert line.office.application(row_id).state == "declined"
    assert line.state(row_id) == "revoked"


def test_papers_goods_and_returns_are_told(line: Line) -> None:
    row_id = accepted(line)
    line.leave()
    line.tell("loan.signed", row_id, at=line.office.store.clock.now().isoformat(), identity_checked=True)
    line.tell("loan.original_sent", row_id, waybill="RA123")
    line.tell("loan.commit", row_id)
    line.tell("loan.returned", row_id, **{"return": "r1", "amount": 10_000_00})
    for _ in range(6):
        assert line.later().failed == 0
    (there,) = line.house.sandbox.applications()
    assert there.state == "committed"
    assert line.operations()[-4:] == ["signed", "originals", "commit", "returned"]


def test_a_step_the_lender_refuses_is_a_persons(line: Line) -> None:
    row_id = line.approved()
    line.tell("loan.commit", row_id)
    assert line.leave() == Drained(0, 1)
    (dead,) = [row for row in line.office.rows(outbox) if row.dead_at]
    assert dead.topic == "loan.commit" and "refused" in dead.last_error


def test_a_lender_nobody_configured(line: Line) -> None:
    row_id = line.office.submitted("third")
    assert line.leave() == Drained(0, 1)
    assert [row.dead_at is not None for row in line.office.rows(outbox) if row_id in row.key] == [True]


@pytest.mark.usefixtures("hasty")
def test_no_secret_and_no_person_stands_in_what_is_kept_in_the_clear(line: Line) -> None:
    account = line.house.sandbox.account(line.house.key)
    for trouble in ("silent", "garbled", "busy"):
        line.house.sandbox.behave(line.house.key, trouble, operation="submit")
    line.submitted()
    for _ in range(5):
        line.later()
    kept = (line.office.store.url.removeprefix("sqlite:///"),)
    for path in (Path(kept[0]), Path(kept[0] + "-wal")):
        content = path.read_bytes() if path.exists() else b""
        for secret in (account.token, account.hint_secret, "4510123456", "Щёголев"):
            assert secret.encode() not in content


def test_the_ways_of_signing_reach_the_lender(line: Line) -> None:
    row_id = line.approved()
    offer = line.house.sandbox.applications()[0].offers[0]
    line.office.accept(row_id, line.house.key, offer, SigningWay.BRANCH)
    assert line.leave() == Drained(1, 0)
    with line.house.sandbox.books.read() as db:
        assert db.execute("SELECT way FROM loans").fetchone()["way"] == "branch"
