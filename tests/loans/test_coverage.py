"""Which ways of signing are open, what they cost, and what the shop's confirmation leaves behind."""

from __future__ import annotations

import json
from datetime import date
from functools import partial
from typing import Any

import pytest

from gateway.core.money import Money
from gateway.loans import coverage, dated, offers
from gateway.loans.coverage import Choice
from gateway.loans.dated import SigningTerms
from gateway.loans.model import SigningWay
from tests.loans.house import DIRECTOR, MANAGER, House
from tests.loans.paperwork import VISIT_COST, Paperwork, offer

TODAY = date(2026, 11, 23)
CLERK, BRANCH, COURIER = SigningWay.CLERK, SigningWay.BRANCH, SigningWay.COURIER


@pytest.fixture
def papers(house: House) -> Paperwork:
    return Paperwork(house)


def open_ways(papers: Paperwork, application_id: str, on: date = TODAY) -> list[Choice]:
    with papers.house.store.reading() as connection:
        return coverage.choices(connection, papers.terms, papers.house.row(application_id), on)


def test_every_way_has_its_cost_and_partner_the_cheapest_first(papers: Paperwork) -> None:
    found = open_ways(papers, papers.approved().id)
    assert [(one.way, one.cost, one.partner) for one in found] == [
        (BRANCH, Money(0), "Отделения банка"),
        (CLERK, Money(0), ""),
        (COURIER, VISIT_COST, "Гонец"),
    ]


@pytest.mark.parametrize(
    ("application", "terms", "ways"),
    [
        ({"delivery": "delivery"}, {}, {BRANCH, COURIER}),  # nobody of the shop meets the buyer
        ({"region": "25"}, {}, {CLERK, BRANCH}),  # no courier goes there
        ({}, {"way": COURIER, "region": "77", "covered": False}, {CLERK, BRANCH}),
        ({}, {"way": BRANCH, "lender": "rest", "covered": False}, {CLERK, COURIER}),
        ({}, {"way": BRANCH, "lender": "soap", "covered": False}, {CLERK, BRANCH, COURIER}),
        ({}, {"way": COURIER, "region": "77", "covered": False, "since": date(2026, 12, 1)}, {CLERK, BRANCH, COURIER}),
    ],
)
def test_what_is_to_be_had_depends_on_lender_region_delivery_and_day(
    papers: Paperwork, application: dict[str, str], terms: dict[str, Any], ways: set[SigningWay]
) -> None:
    if terms:
        given: dict[str, Any] = {
            "lender": "",
            "region": "",
            "since": date(2026, 6, 1),
            "covered": True,
            "cost": Money(0),
        }
        papers.house.do(DIRECTOR, partial(dated.set_signing_terms, terms=SigningTerms(**(given | terms))))
    row = papers.approved()
    papers.house.force(row.id, **({"region": "77"} | application))
    assert {one.way for one in open_ways(papers, row.id)} == ways


def test_only_offers_that_stand_are_open(papers: Paperwork) -> None:
    standing, over = offer(until=TODAY), offer(id="o2", until=date(2026, 11, 22))
    row = papers.approved(offers=(standing, over, offer(id="o3", ways=(BRANCH,))))
    assert [(one.offer.id, one.way) for one in open_ways(papers, row.id) if one.way is BRANCH] == [
        ("o1", BRANCH),
        ("o3", BRANCH),
    ]
    papers.lender_says(row.id, state="revoked")
    assert open_ways(papers, row.id) == []


def test_offers_come_back_as_they_were_written() -> None:
    told = (offer(until=TODAY), offer(id="o2", discount=Money(7), ways=(CLERK,)))
    assert offers.read(offers.written(told)) == told
    assert offers.read("[]") == ()


def test_a_choice_is_kept_with_its_sums_and_told_to_the_lender(papers: Paperwork) -> None:
    row = papers.approved(offers=(offer(discount=Money(99_000)),))
    after = papers.house.do(
        papers.house.boss, lambda u: coverage.accept(u, papers.terms, row.id, "rest", "o1", COURIER, row.version)
    )
    assert (after.state, after.lender, after.offer_id, after.signing_way) == ("accepted", "rest", "o1", "courier")
    assert (after.loan, after.discount, after.transfer, after.fee) == (4_099_000, 99_000, 4_000_000, 100_000)
    (told,) = papers.house.left("loan.accept")
    payload = json.loads(told.payload)
    assert (payload["offer"], payload["way"], payload["lender"]) == ("o1", "courier", "rest")
    assert told.key == f"loan:{row.id}:rest"
    (line,) = papers.house.journalled("loan.accepted")
    assert json.loads(line.body)["cost"] == VISIT_COST.kopecks


@pytest.mark.parametrize(
    ("lender", "offer_id", "way", "code"),
    [
        ("soap", "o1", BRANCH, "loan.offer_unknown"),
        ("rest", "o9", BRANCH, "loan.offer_unknown"),
        ("rest", "o1", COURIER, "loan.way_not_covered"),
    ],
)
def test_what_is_not_open_is_refused_by_name(
    papers: Paperwork, lender: str, offer_id: str, way: SigningWay, code: str
) -> None:
    row = papers.approved(offers=(offer(ways=(BRANCH, CLERK)),))
    said = papers.house.refused(
        papers.house.boss, lambda u: coverage.accept(u, papers.terms, row.id, lender, offer_id, way)
    )
    assert said.code == code


def test_a_choice_is_made_once_and_by_who_answers_for_the_shop(papers: Paperwork) -> None:
    row = papers.accepted(BRANCH)
    accept = coverage.accept
    said = papers.house.refused(MANAGER, lambda u: accept(u, papers.terms, row.id, "rest", "o1", BRANCH))
    assert said.code == "state.illegal"
    said = papers.house.refused(papers.house.clerk, lambda u: accept(u, papers.terms, row.id, "rest", "o1", BRANCH))
    assert said.code == "authority.missing"
    said = papers.house.refused(papers.house.stranger, lambda u: accept(u, papers.terms, row.id, "rest", "o1", BRANCH))
    assert said.code == "loan.not_found"
