"""Couriers' visits: ordered, out, met, empty, ordered again; what they cost; and that the buyer is told beforehand."""

from __future__ import annotations

from datetime import date

import pytest

from gateway.core.money import Money
from gateway.loans import signing, visits
from gateway.loans.model import SigningWay
from gateway.loans.reasons import EndReason
from gateway.loans.visits import NewVisit, Spent
from tests.loans.house import COMPANY, MANAGER, House
from tests.loans.paperwork import VISIT_COST, Paperwork

DAY = date(2026, 11, 24)


@pytest.fixture
def papers(house: House) -> Paperwork:
    return Paperwork(house)


def order(papers: Paperwork, application_id: str, visit: NewVisit | None = None) -> None:
    wanted = visit or NewVisit(DAY, "10-14")
    papers.house.do(MANAGER, lambda u: visits.order(u, papers.terms, application_id, wanted))


def test_an_empty_run_is_paid_for_and_another_one_ordered(papers: Paperwork) -> None:
    row = papers.agreed(SigningWay.COURIER)
    application = row.application_id
    order(papers, application)
    papers.house.do(MANAGER, lambda u: visits.depart(u, application))
    papers.house.do(MANAGER, lambda u: visits.come_back_empty(u, application, "никто не открыл"))
    assert papers.row(row.id).signing == "returned_empty"
    order(papers, application, NewVisit(DAY, "18-21", "\x1b Экс\u202eпресс\x00", Money(200_000)))
    papers.house.do(MANAGER, lambda u: visits.depart(u, application))
    papers.house.do(MANAGER, lambda u: visits.meet(u, application))
    papers.check(application)
    papers.sign(application)
    with papers.house.store.reading() as connection:
        first, second = visits.of_agreement(connection, row.id)
        spent = visits.spent(connection, COMPANY, DAY, DAY)
    assert (first.result, first.note, first.cost) == ("empty", "никто не открыл", VISIT_COST.kopecks)
    assert (second.result, second.courier, second.hours) == ("signed", "Экс пресс", "18-21"), (
        "nothing that hides in a text"
    )
    assert first.out_at and second.met_at
    assert papers.row(row.id).signing_cost == 350_000
    assert spent == [Spent("Гонец", 1, 1, VISIT_COST), Spent("Экс пресс", 1, 0, Money(200_000))]


def test_the_buyer_is_told_beforehand_without_his_name_in_the_task(papers: Paperwork) -> None:
    row = papers.agreed(SigningWay.COURIER)
    order(papers, row.application_id)
    (task,) = papers.tasks("task.loan_tell_visit")
    assert (task.kind, task.buyer, task.phone) == ("call", "", "")
    assert '"day":"2026-11-24"' in task.values.replace(" ", "")


@pytest.mark.parametrize("hours", ["", "10", "14-10", "10-10", "25-26", "10:00-14:00", "с утра"])
def test_hours_are_a_span(papers: Paperwork, hours: str) -> None:
    row = papers.agreed(SigningWay.COURIER)
    said = papers.house.refused(
        MANAGER, lambda u: visits.order(u, papers.terms, row.application_id, NewVisit(DAY, hours))
    )
    assert said.code == "loan.visit_hours"


@pytest.mark.parametrize("day", [date(2026, 11, 22), date(2026, 12, 4)])
def test_the_day_is_not_past_and_not_after_the_last_one_to_sign(papers: Paperwork, day: date) -> None:
    row = papers.agreed(SigningWay.COURIER)  # to be signed by 3 December
    said = papers.house.refused(
        MANAGER, lambda u: visits.order(u, papers.terms, row.application_id, NewVisit(day, "10-14"))
    )
    assert said.code == "loan.visit_day"


def test_a_visit_costs_no_less_than_nothing_and_has_a_courier(papers: Paperwork) -> None:
    row = papers.agreed(SigningWay.COURIER)
    wrong = NewVisit(DAY, "10-14", cost=Money(-1))
    said = papers.house.refused(MANAGER, lambda u: visits.order(u, papers.terms, row.application_id, wrong))
    assert said.code == "loan.visit_cost"
    papers.house.force(row.application_id, region="25")
    said = papers.house.refused(
        MANAGER, lambda u: visits.order(u, papers.terms, row.application_id, NewVisit(DAY, "10-14"))
    )
    assert said.code == "loan.no_courier"


@pytest.mark.parametrize("way", [SigningWay.CLERK, SigningWay.BRANCH])
def test_only_a_courier_is_sent_for(papers: Paperwork, way: SigningWay) -> None:
    row = papers.agreed(way)
    said = papers.house.refused(
        MANAGER, lambda u: visits.order(u, papers.terms, row.application_id, NewVisit(DAY, "10-14"))
    )
    assert said.code == "state.not_yet"


def test_a_visit_nobody_needs_any_more_is_called_off(papers: Paperwork) -> None:
    row = papers.agreed(SigningWay.COURIER)
    order(papers, row.application_id)
    papers.house.do(MANAGER, lambda u: signing.refuse(u, papers.terms, row.application_id, EndReason.CHANGED_MIND))
    with papers.house.store.reading() as connection:
        assert [visit.result for visit in visits.of_agreement(connection, row.id)] == ["refused"]
