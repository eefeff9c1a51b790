"""The call-back queue: the next one, one at a time, again later, and never for ever."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from gateway.core import catalogue
from gateway.core.authority import SERVICE
from gateway.core.clock import from_text
from gateway.loans import callbacks, ending, queries, reminders
from gateway.loans.callbacks import SCRIPT, CallResult
from gateway.loans.ending import By
from gateway.loans.personal import about_buyer
from gateway.loans.reasons import EndReason
from gateway.store.schema import AnyRow
from gateway.tasks.tables import tasks
from tests.loans.house import CALLER, MANAGER, NOW, OTHER_CALLER, House


def took(house: House, who: object = CALLER) -> int | None:
    row = house.do(who, lambda u: callbacks.take_next(u, house.terms))  # type: ignore[arg-type]
    return None if row is None else row.number


def told(house: House, application_id: str, result: CallResult, **more: object) -> AnyRow:
    return house.do(CALLER, lambda u: callbacks.record(u, house.terms, application_id, result, **more))  # type: ignore[arg-type]


def three(house: House) -> list[str]:
    ids = []
    for place in range(3):
        ids.append(house.apply(f"З-{place}", phone=f"+7916123120{place}").id)
        house.later(minutes=1)
    return ids


def open_reminders(house: House) -> list[AnyRow]:
    with house.store.reading() as connection:
        query = select(tasks).where(tasks.c.reason == reminders.OVERDUE_CALL, tasks.c.state == "new")
        return list(connection.execute(query))


def test_the_oldest_lead_is_called_first_and_a_lead_at_once(house: House) -> None:
    three(house)
    assert took(house) == 1
    assert took(house, OTHER_CALLER) == 2


def test_who_has_one_on_the_line_gets_it_again(house: House) -> None:
    ids = three(house)
    assert [took(house), took(house)] == [1, 1]
    told(house, ids[0], CallResult.REACHED)
    assert took(house) == 2


def test_nobody_to_call_is_said(house: House) -> None:
    assert took(house) is None


def test_what_somebody_has_on_the_line_is_skipped_for_ten_minutes(house: House) -> None:
    ids = three(house)
    took(house)
    refused = house.refused(OTHER_CALLER, lambda u: callbacks.take(u, house.terms, ids[0]))
    assert (refused.code, refused.values) == ("loan.on_the_line", {"number": 1, "by": "Катя"})
    house.later(minutes=9, seconds=59)
    assert took(house, OTHER_CALLER) == 2
    house.do(OTHER_CALLER, lambda u: callbacks.hang_up(u, house.terms, ids[1]))
    house.later(seconds=1)
    assert took(house, OTHER_CALLER) == 1


def test_one_put_back_is_the_next_again(house: House) -> None:
    ids = three(house)
    took(house)
    house.do(CALLER, lambda u: callbacks.hang_up(u, house.terms, ids[0]))
    assert took(house, OTHER_CALLER) == 1


def test_a_buyer_who_was_reached_is_asked_questions(house: House) -> None:
    ids = three(house)
    row = told(house, ids[0], CallResult.REACHED)
    assert (row.state, row.call_due, row.call_by, row.stage) == ("questionnaire", None, "", "application")
    assert told(house, ids[0], CallResult.REACHED).state == "questionnaire"
    assert house.history(ids[0]) == ["applied", "reached", "reached"]


@pytest.mark.parametrize("result", [CallResult.BUSY, CallResult.NO_ANSWER])
def test_unanswered_calls_come_back_after_growing_pauses_and_end(house: House, result: CallResult) -> None:
    application_id = house.apply("З-1").id
    pauses = []
    for attempt in range(1, 5):
        before = house.clock.now()
        row = told(house, application_id, result)
        assert (row.state, row.call_attempts) == ("callback", attempt)
        due = from_text(row.call_due)
        pauses.append(due - before)
        assert took(house) is None  # not before its time
        house.clock.at = due
        assert took(house) == 1
    assert pauses == sorted(pauses)
    assert pauses[0] == timedelta(minutes=15)
    row = told(house, application_id, result)
    assert (row.state, row.ended_by, row.end_reason, row.call_due) == ("expired", "us", "unanswered", None)
    assert took(house) is None


def test_a_pause_runs_in_work_hours_only(house: House) -> None:
    application_id = house.apply("З-1").id
    house.clock.at = datetime(2026, 11, 27, 14, 55, tzinfo=UTC)  # Friday, 17:55 in Moscow
    row = told(house, application_id, CallResult.NO_ANSWER)
    assert from_text(row.call_due) == datetime(2026, 11, 30, 6, 10, tzinfo=UTC)  # Monday, 9:10


def test_an_application_of_the_night_is_due_in_the_morning(house: House) -> None:
    house.clock.at = datetime(2026, 11, 23, 20, 0, tzinfo=UTC)
    row = house.row(house.apply("З-1").id)
    assert from_text(row.call_due) == datetime(2026, 11, 24, 6, 15, tzinfo=UTC)


def test_a_buyer_says_when_to_call(house: House) -> None:
    application_id = house.apply("З-1").id
    told(house, application_id, CallResult.BUSY)
    at = NOW + timedelta(hours=5)
    row = told(house, application_id, CallResult.LATER, at=at)
    assert (from_text(row.call_due), row.state, row.call_attempts) == (at, "callback", 1)
    assert took(house) is None
    house.clock.at = at
    assert took(house) == 1


@pytest.mark.parametrize("delta", [None, timedelta(0), timedelta(minutes=-1), timedelta(days=31)])
def test_a_time_to_call_lies_in_the_next_days(house: House, delta: timedelta | None) -> None:
    application_id = house.apply("З-1").id
    at = None if delta is None else NOW + delta
    call = lambda u: callbacks.record(u, house.terms, application_id, CallResult.LATER, at=at)  # noqa: E731
    assert house.refused(CALLER, call).code == "loan.call_time"


def test_a_questionnaire_broken_off_is_called_again(house: House) -> None:
    row = house.reached()
    after = told(house, row.id, CallResult.LATER, at=NOW + timedelta(hours=1))
    assert (after.state, from_text(after.call_due)) == ("callback", NOW + timedelta(hours=1))


@pytest.mark.parametrize(
    ("result", "by", "reason"),
    [(CallResult.REFUSED, "buyer", "refused"), (CallResult.WRONG_NUMBER, "us", "wrong_number")],
)
def test_a_call_may_end_it(house: House, result: CallResult, by: str, reason: str) -> None:
    application_id = house.apply("З-1").id
    row = told(house, application_id, result)
    assert (row.state, row.ended_by, row.end_reason) == ("cancelled", by, reason)
    call = lambda u: callbacks.record(u, house.terms, application_id, CallResult.REACHED)  # noqa: E731
    assert house.refused(CALLER, call).code == "loan.no_call"


def test_a_remark_is_sealed_and_read_with_the_buyers_data(house: House) -> None:
    application_id = house.apply("З-1").id
    row = told(house, application_id, CallResult.BUSY, remark="муж Сергей, звонить ему")
    assert house.terms.sealer.open(about_buyer(row.id), row.buyer)["remark"] == "муж Сергей, звонить ему"
    assert "Сергей" not in repr([r._mapping for r in house.journalled()])
    shown = house.do(CALLER, lambda u: queries.personal_of(u, house.terms, application_id))
    assert shown["remark"] == "муж Сергей, звонить ему"


def test_what_lenders_have_is_nothing_to_call_about(house: House) -> None:
    row = house.submitted()
    assert house.refused(CALLER, lambda u: callbacks.take(u, house.terms, row.id)).code == "loan.no_call"


# -- late calls ------------------------------------------------------------------------------------------------------


def test_a_late_call_is_a_task_of_the_managers_once(house: House) -> None:
    application_id = house.apply("З-1").id
    house.later(minutes=15)
    assert house.do(SERVICE, lambda u: reminders.remind(u, house.terms)) == 0
    house.later(seconds=1)
    assert house.do(SERVICE, lambda u: reminders.remind(u, house.terms)) == 1
    assert house.do(SERVICE, lambda u: reminders.remind(u, house.terms)) == 0
    (task,) = open_reminders(house)
    assert (task.kind, task.role, task.phone, task.buyer) == ("call", "manager", "", "")
    assert catalogue.sentence(task.reason, "en", {"number": 1}) == "Call back about the loan application 1: it is late"
    told(house, application_id, CallResult.BUSY)
    assert open_reminders(house) == []


def test_a_call_back_is_late_as_long_after_its_time_as_a_lead(house: House) -> None:
    application_id = house.apply("З-1").id
    row = told(house, application_id, CallResult.BUSY)
    house.clock.at = from_text(row.call_due) + timedelta(minutes=15)
    assert house.do(SERVICE, lambda u: reminders.remind(u, house.terms)) == 0
    house.later(seconds=1)
    assert house.do(SERVICE, lambda u: reminders.remind(u, house.terms)) == 1


def test_an_end_takes_the_task_away(house: House) -> None:
    application_id = house.apply("З-1").id
    house.later(hours=1)
    house.do(SERVICE, lambda u: reminders.remind(u, house.terms))
    house.do(MANAGER, lambda u: ending.cancel(u, application_id, By.US, EndReason.CHANGED_MIND))
    assert open_reminders(house) == []


def test_the_queue_in_figures(house: House) -> None:
    ids = three(house)
    took(house)
    told(house, ids[1], CallResult.BUSY)

    def figures() -> queries.Queue:
        with house.store.reading() as connection:
            return queries.call_queue(connection, house.store.company, house.terms, CALLER, house.clock.now())

    now = figures()
    assert (now.waiting, now.late, now.held) == (1, 0, 1)
    assert from_text(now.next_due) > house.clock.now()
    house.later(minutes=40)
    assert (figures().waiting, figures().late, figures().held, figures().next_due) == (3, 3, 0, "")


def test_the_script_has_its_words_in_both_languages() -> None:
    for code in SCRIPT:
        entry = catalogue.entries()[code]
        assert set(entry) == set(catalogue.FIELDS)
        assert "{" not in entry["ru"].replace("{own}", "").replace("{shop}", "")
    assert set(SCRIPT) == {code for code in catalogue.entries() if code.startswith("loan.script.")}
