"""What a lender says becomes rows: once, by the newest view alone, and in any order."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateway.core.clock import from_text
from gateway.core.errors import Corrupt
from gateway.core.money import Money
from gateway.loans import remarks
from gateway.loans.lenders.decisions import AGREED_TO, about_view, steps, take_view
from gateway.loans.lenders.ports import LenderStatus, LenderView
from gateway.loans.model import DECISION, DecisionState
from gateway.loans.tables import events
from gateway.store import journal
from gateway.store.schema import alarms
from gateway.store.schema import journal as journal_table
from gateway.tasks.tables import tasks
from tests.loans.lenders.office import AGREEMENT, OFFER, SEALER, Office, view

S = LenderStatus
A, B = "sandbox-rest", "sandbox-soap"
OTHER = replace(OFFER, id="other", rate="29.9", payment=Money(5_253_00))


def take(office: Office, application_id: str, lender: str, *views: LenderView) -> list[bool]:
    taken = []
    number = office.application(application_id).number
    for one in views:
        said = one if number == 1 else replace(one, external_id=f"{one.external_id}-{number}")
        with office.store.unit() as unit:
            taken.append(take_view(unit, office.terms, office.decision(application_id, lender).id, said))
            unit.commit()
    return taken


def accepted(office: Office, *lenders: str) -> str:
    """An application whose offer of lender A is chosen."""
    row_id = office.submitted(*(lenders or (A,)))
    take(office, row_id, A, view(2, S.APPROVED))
    office.accept(row_id, A, OFFER.id)
    return row_id


def test_an_application_he_told_us_of_under_another_of_ours_is_not_taken(office: Office) -> None:
    """A lender who mixes two up would give one buyer the other's agreement and money."""
    first, second = office.submitted(A, number=1), office.submitted(A, number=2)
    take(office, first, A, view(2, S.APPROVED))
    mixed_up = replace(view(2, S.APPROVED), external_id="E1")
    with pytest.raises(Corrupt), office.store.unit() as unit:
        take_view(unit, office.terms, office.decision(second, A).id, mixed_up)
    assert office.decision(second, A).state == "queued"


def kinds(office: Office, row_id: str) -> list[str]:
    return [row.kind for row in office.rows(events, application_id=row_id)]


def test_the_first_answer_means_that_it_arrived(office: Office) -> None:
    row_id = office.submitted(A)
    assert take(office, row_id, A, view(1, S.RECEIVED)) == [True]
    row = office.decision(row_id, A)
    assert (row.state, row.external_id, row.seen_version, row.seen_status) == ("sent", "E1", "1", "word-received")
    assert row.asked_at == row.answered_at == row.polled_at
    assert from_text(row.poll_at) == office.clock.now() + timedelta(minutes=1)


def test_an_offer_approves_the_application(office: Office) -> None:
    row_id = office.submitted(A, B)
    take(office, row_id, A, view(2, S.APPROVED))
    assert office.application(row_id).state == "approved"
    assert office.decision(row_id, A).state == "approved" and OFFER.id in office.decision(row_id, A).offers
    assert "lender_approved" in kinds(office, row_id)


def test_one_no_is_not_yet_a_no(office: Office) -> None:
    row_id = office.submitted(A, B)
    take(office, row_id, A, view(2, S.DECLINED, reason="Скоринг"))
    assert office.application(row_id).state == "submitted"
    take(office, row_id, B, view(2, S.DECLINED))
    ended = office.application(row_id)
    assert (ended.state, ended.stage, ended.ended_by) == ("declined", "ended", "lender")
    assert (office.decision(row_id, A).reason, office.decision(row_id, A).poll_at) == ("", None)
    with office.store.reading() as connection:
        said = remarks.read(connection, office.terms, row_id)
    assert [(one.kind, one.by, one.text) for one in said] == [(remarks.Kind.LENDER, f"lender:{A}", "Скоринг")]


def test_the_same_view_twice_is_taken_once(office: Office) -> None:
    row_id = office.submitted(A, B)
    assert take(office, row_id, A, view(2, S.APPROVED), view(2, S.APPROVED)) == [True, False]
    assert len(office.raw_views(row_id, A)) == 1
    assert kinds(office, row_id).count("lender_approved") == 1


def test_an_older_view_changes_nothing_and_is_kept(office: Office) -> None:
    row_id = office.submitted(A)
    take(office, row_id, A, view(3, S.APPROVED))
    before = office.standing(row_id)
    assert take(office, row_id, A, view(2, S.NEEDS_INFO)) == [False]
    assert office.standing(row_id) == before
    assert len(office.raw_views(row_id, A)) == 2


def test_a_reply_is_kept_sealed_and_opens_for_this_application_only(office: Office) -> None:
    row_id = office.submitted(A)
    said = view(2, S.APPROVED)
    take(office, row_id, A, said)
    (kept,) = office.raw_views(row_id, A)
    assert said.raw not in kept.raw and b"word-approved" not in kept.raw
    assert SEALER.open_bytes(about_view(row_id), kept.raw) == said.raw
    with pytest.raises(Corrupt):
        SEALER.open_bytes(about_view("another"), kept.raw)


def test_an_unknown_word_is_noted_once_and_changes_nothing(office: Office) -> None:
    row_id = office.submitted(A, B)
    take(office, row_id, A, view(2, S.APPROVED))
    before = office.standing(row_id)
    strange = view(9, S.UNKNOWN, status_text="SCORING_2")
    assert take(office, row_id, A, strange, strange) == [False, False]
    assert office.standing(row_id) == before
    assert kinds(office, row_id).count("lender_unknown_status") == 1
    assert [row.known for row in office.raw_views(row_id, A)] == [1, 0]
    assert office.rows(alarms) == []
    assert take(office, row_id, A, view(3, S.REVOKED)) == [True]  # it did not count as a version


def test_an_answer_about_another_application_is_corrupt(office: Office) -> None:
    row_id = office.submitted(A)
    take(office, row_id, A, view(1, S.RECEIVED))
    before = office.standing(row_id)
    with pytest.raises(Corrupt) as corrupt:
        take(office, row_id, A, view(2, S.APPROVED, external_id="E2"))
    assert corrupt.value.code == "lender.unreadable"
    assert office.standing(row_id) == before


def test_what_a_lender_wants_put_right_is_kept_until_he_has_it(office: Office) -> None:
    row_id = office.submitted(A)
    take(office, row_id, A, view(2, S.NEEDS_INFO))
    assert office.decision(row_id, A).state == "needs_info" and "passport" in office.decision(row_id, A).wanted
    take(office, row_id, A, view(3, S.THINKING))
    assert (office.decision(row_id, A).state, office.decision(row_id, A).wanted) == ("sent", "{}")


def test_a_late_refusal_after_the_choice_gives_it_up_and_tells_a_person(office: Office) -> None:
    row_id = accepted(office, A, B)
    take(office, row_id, B, view(2, S.APPROVED, external_id="E2"))
    take(office, row_id, A, view(3, S.REVOKED))
    row = office.application(row_id)
    assert (row.state, row.lender, row.offer_id, row.loan) == ("approved", "", "", 0)
    assert [task.reason for task in office.rows(tasks)] == ["task.loan_reconsider"]
    assert "lender_revoked" in kinds(office, row_id)


def test_a_late_refusal_of_the_only_lender_ends_it(office: Office) -> None:
    row_id = accepted(office)
    take(office, row_id, A, view(3, S.AGREED), view(4, S.REVOKED, reason="Отказ"))
    row = office.application(row_id)
    assert (row.state, row.ended_by, row.agreement_no, row.end_reason) == ("declined", "lender", "", "declined")
    assert office.agreement(row_id) is None


def test_while_another_lender_thinks_a_lost_approval_is_waited_for(office: Office) -> None:
    row_id = office.submitted(A, B)
    take(office, row_id, A, view(2, S.APPROVED), view(3, S.REVOKED))
    assert office.application(row_id).state == "submitted"


@pytest.mark.parametrize(
    "offers",
    [(), (OTHER,), (replace(OFFER, rate="30"),), (replace(OFFER, payment=Money(1)),)],
    ids=["vanished", "another", "dearer", "other payment"],
)
def test_a_chosen_offer_that_changed_or_vanished_is_chosen_anew(office: Office, offers: tuple[Any, ...]) -> None:
    row_id = accepted(office)
    take(office, row_id, A, view(3, S.APPROVED, offers=offers))
    row = office.application(row_id)
    assert (row.state, row.lender) == ("approved" if offers else "submitted", "")
    assert [task.reason for task in office.rows(tasks)] == ["task.loan_reconsider"]


def test_the_last_day_of_the_offers_stands_beside_them(office: Office) -> None:
    row_id = office.submitted(A)
    short, long = replace(OFFER, until=date(2026, 12, 1)), replace(OTHER, until=date(2026, 12, 5))
    said = [(short, long), (short, replace(OTHER, until=None)), (short,), ()]
    found = []
    for number, offers in enumerate(said, start=1):
        take(office, row_id, A, view(number, S.APPROVED, offers=offers))
        found.append(office.decision(row_id, A).offers_until)
    assert found == ["2026-12-05", None, "2026-12-01", None]


def test_offers_beside_the_chosen_one_may_change(office: Office) -> None:
    row_id = accepted(office)
    take(office, row_id, A, view(3, S.APPROVED, offers=(OFFER, OTHER)))
    assert office.application(row_id).state == "accepted"
    assert office.rows(tasks) == []


def test_the_agreement_is_taken_and_its_paper_sent_for(office: Office) -> None:
    row_id = accepted(office)
    take(office, row_id, A, view(3, S.AGREED))
    row, paper = office.application(row_id), office.agreement(row_id)
    assert row.state == "agreed" and row.agreement_no == AGREEMENT.number
    assert paper is not None and (paper.loan, paper.psk, paper.funding) == (OFFER.loan.kopecks, "24.900", "expected")
    assert office.waiting()[-1] == "loan.fetch_document"


def test_an_agreement_nobody_chose_is_not_taken(office: Office) -> None:
    row_id = office.submitted(A, B)
    take(office, row_id, A, view(2, S.APPROVED), view(3, S.AGREED))
    assert office.agreement(row_id) is None and office.application(row_id).state == "approved"


def test_an_agreement_with_impossible_sums_is_an_alarm_and_the_rest_of_the_view_counts(office: Office) -> None:
    row_id = accepted(office)
    wrong = replace(AGREEMENT, discount=AGREEMENT.loan + Money(1))
    take(office, row_id, A, view(3, S.AGREED, agreement=wrong))
    assert [row.code for row in office.rows(alarms)] == ["lender.agreement_refused"]
    assert office.application(row_id).state == "accepted"
    assert office.decision(row_id, A).seen_version == "3"


def test_a_wrong_full_cost_is_a_warning(office: Office) -> None:
    row_id = accepted(office)
    take(office, row_id, A, view(3, S.AGREED, agreement=replace(AGREEMENT, psk="26.400")))
    paper = office.agreement(row_id)
    assert paper is not None and paper.psk_ours == "24.900" and "psk" in paper.warnings
    assert office.application(row_id).state == "agreed"


def test_an_agreement_that_went_back_to_an_offer_is_void(office: Office) -> None:
    row_id = accepted(office)
    take(office, row_id, A, view(3, S.AGREED), view(4, S.APPROVED))
    assert office.agreement(row_id) is None and office.application(row_id).state == "approved"


def test_a_loan_that_runs_after_a_no_is_an_alarm(office: Office) -> None:
    row_id = office.submitted(A)
    take(office, row_id, A, view(2, S.DECLINED), view(3, S.COMMITTED))
    assert [row.code for row in office.rows(alarms)] == ["lender.contradicts"]
    assert office.application(row_id).state == "declined" and office.decision(row_id, A).state == "declined"


def test_no_personal_data_stands_in_the_journal_or_the_history(office: Office) -> None:
    row_id = accepted(office)
    take(office, row_id, A, view(3, S.AGREED), view(4, S.REVOKED))
    told = " ".join(row.body for row in office.rows(journal_table)) + str(office.rows(events, application_id=row_id))
    assert "4510123456" not in told and "Щёголев" not in told and "+7916" not in told
    with office.store.reading() as connection:
        assert journal.verify(connection).ok


@pytest.mark.parametrize("state", DecisionState)
@pytest.mark.parametrize("status", [status for status in LenderStatus if status is not S.UNKNOWN])
def test_every_word_finds_its_way_from_every_state(state: DecisionState, status: LenderStatus) -> None:
    end = state
    for event in steps(state, status):
        end = DECISION.step(end, event).to  # raises where the table knows no such step
    if state in DECISION.final:
        assert end is state
    elif status in AGREED_TO:
        assert end is DecisionState.APPROVED
    elif status in (S.DECLINED, S.REVOKED, S.CANCELLED):
        assert end in DECISION.final


# The order of views: property 9 of the loans room


_THINKING = st.lists(st.sampled_from([S.RECEIVED, S.THINKING, S.NEEDS_INFO]), max_size=3)
_OFFERS = st.lists(st.sampled_from([(OFFER,), (OTHER,), (OFFER, OTHER)]), max_size=2)
_ENDS = st.sampled_from([None, S.REVOKED, S.CANCELLED])


@st.composite
def histories(draw: st.DrawFn, external_id: str) -> list[LenderView]:
    """What one lender says of one application, in the order he says it; unknown words in between."""
    said: list[tuple[LenderStatus, dict[str, Any]]] = [(status, {}) for status in draw(_THINKING)]
    approvals = draw(_OFFERS)
    said += [(S.APPROVED, {"offers": offers}) for offers in approvals]
    end = draw(_ENDS) if approvals else draw(st.sampled_from([None, S.DECLINED, S.CANCELLED]))
    said += [(end, {})] if end else []
    said = said or [(S.RECEIVED, {})]
    return [view(number, status, external_id=external_id, **more) for number, (status, more) in enumerate(said, 1)]


def shuffled(draw: st.DrawFn, history: Sequence[LenderView]) -> list[LenderView]:
    """The same as polls and hints bring it: dropped, twice, in any order, strange words in between; the last view is
    always read at some time, for asking never stops before it."""
    strange = [replace(one, status=S.UNKNOWN, raw=one.raw + b"?") for one in history]
    brought = draw(st.lists(st.sampled_from([*history, *strange]), max_size=6))
    place = draw(st.integers(0, len(brought)))
    return [*brought[:place], history[-1], *brought[place:]]


_counter = itertools.count()


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_the_state_is_the_same_whatever_came_in_whichever_order(office: Office, data: st.DataObject) -> None:
    told = {A: data.draw(histories("EA")), B: data.draw(histories("EB"))}
    straight = office.submitted(A, B, number=next(_counter) + 1)
    for lender, history in told.items():
        take(office, straight, lender, *history)
    wild = office.submitted(A, B, number=next(_counter) + 1)
    deliveries = {lender: data.draw(st.composite(shuffled)(history)) for lender, history in told.items()}
    turns = data.draw(st.permutations([A] * len(deliveries[A]) + [B] * len(deliveries[B])))
    for lender in turns:
        take(office, wild, lender, deliveries[lender].pop(0))
    assert office.standing(wild) == office.standing(straight)


_PAPERS = [S.AGREED, S.SIGNED, S.COMMITTED, S.PAID_OUT]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_after_the_choice_it_is_the_same_too(office: Office, data: st.DataObject) -> None:
    length = data.draw(st.integers(1, len(_PAPERS)))
    statuses = [*_PAPERS[:length], *([S.REVOKED] if length < 3 and data.draw(st.booleans()) else [])]
    history = [
        view(number, status, agreement=replace(AGREEMENT, number=f"26110{next(_counter):05d}"))
        for number, status in enumerate(statuses, 3)
    ]
    number = history[0].agreement
    assert number is not None
    ends = []
    for delivery in (history, data.draw(st.composite(shuffled)(history))):
        row_id = office.submitted(A, B, number=next(_counter) + 1)
        same = replace(number, number=f"2611{next(_counter):06d}")
        take(office, row_id, A, view(2, S.APPROVED))
        office.accept(row_id, A, OFFER.id)
        take(office, row_id, A, *(replace(one, agreement=same if one.agreement else None) for one in delivery))
        standing = office.standing(row_id)
        ends.append({**standing, "agreement": standing["agreement"] and standing["agreement"][1:]})
    assert ends[0] == ends[1]
