"""The signed paper has exactly one holder at any time, whatever happens in whatever order."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateway.core.errors import Refused
from gateway.loans import originals, signing
from gateway.loans.model import SigningWay
from gateway.loans.papers import ORIGINAL, OriginalEvent, OriginalState
from gateway.store import Unit
from tests.loans.house import MANAGER, House
from tests.loans.paperwork import Paperwork

Act = Callable[[Unit, Paperwork, str], Any]
_ACTS: dict[str, Act] = {
    "check": lambda u, p, a: p.check(a),
    "sign": lambda u, p, a: signing.sign(u, p.terms, a),
    "send": lambda u, p, a: originals.send(u, a, "Почта России", "RA123456789RU"),
    "arrive": lambda u, p, a: originals.arrive(u, a),
    "lose": lambda u, p, a: originals.lose(u, p.terms, a),
    "accepted": lambda u, p, a: originals.accepted(u, p.terms, a),
    "rejected": lambda u, p, a: originals.rejected(u, p.terms, a, "нет подписи"),
    "fault": lambda u, p, a: signing.find_fault(u, p.terms, a, "брак"),
    "resign": lambda u, p, a: signing.resign(u, a),
}
NOBODY = {OriginalState.NONE, OriginalState.NOT_NEEDED}


@pytest.fixture
def papers(house: House) -> Paperwork:
    return Paperwork(house)


def act(papers: Paperwork, name: str, application_id: str) -> str:
    """Try one thing; returns the code it was refused with, "" when it was done."""
    if name == "check":
        try:
            papers.check(application_id)
        except Refused as refused:
            return refused.code
        return ""
    try:
        papers.house.do(MANAGER, lambda u: _ACTS[name](u, papers, application_id))
    except Refused as refused:
        return refused.code
    return ""


def test_the_way_of_a_paper(papers: Paperwork) -> None:
    row = papers.signed(SigningWay.COURIER)
    holders = [row.holder]
    for name in ("send", "arrive", "accepted"):
        assert act(papers, name, row.application_id) == ""
        holders.append(papers.row(row.id).holder)
    assert holders == ["courier:Гонец", "carrier:Почта России", "lender:rest", "lender:rest"]
    row = papers.row(row.id)
    assert (row.original, row.waybill) == ("accepted", "RA123456789RU")
    assert row.sent_at and row.arrived_at
    (told,) = papers.house.left("loan.original_sent")
    assert json.loads(told.payload)["waybill"] == "RA123456789RU"
    passed = [json.loads(line.body) for line in papers.house.journalled("agreement.original_passed")]
    assert [body["before"] for body in passed[1:]] == [body["holder"] for body in passed[:-1]]


def test_a_lenders_branch_needs_nobody_to_send_it(papers: Paperwork) -> None:
    row = papers.signed(SigningWay.BRANCH)
    assert act(papers, "accepted", row.application_id) == ""
    assert (papers.row(row.id).original, papers.row(row.id).holder) == ("accepted", "lender:rest")


def test_a_rejected_paper_is_faulty_and_signed_anew(papers: Paperwork) -> None:
    row = papers.signed()
    act(papers, "send", row.application_id)
    assert act(papers, "rejected", row.application_id) == ""
    row = papers.row(row.id)
    assert (row.original, row.signing, row.holder) == ("rejected", "faulty", "lender:rest")
    assert act(papers, "resign", row.application_id) == ""
    row = papers.row(row.id)
    assert (row.original, row.signing, row.holder, row.waybill) == ("none", "resigning", "", "")


def test_a_lost_paper_is_claimed_from_who_had_it_last(papers: Paperwork) -> None:
    row = papers.signed()
    act(papers, "send", row.application_id)
    assert act(papers, "lose", row.application_id) == ""
    row = papers.row(row.id)
    assert (row.original, row.signing, row.holder) == ("lost", "faulty", "carrier:Почта России")
    (task,) = papers.tasks("task.loan_original_lost")
    assert "carrier:Почта России" in task.values


@pytest.mark.parametrize("word", ["accepted", "rejected"])
def test_a_lenders_word_said_twice_counts_once(papers: Paperwork, word: str) -> None:
    row = papers.signed()
    act(papers, "send", row.application_id)
    act(papers, word, row.application_id)
    once = papers.row(row.id)
    assert act(papers, word, row.application_id) == ""
    assert papers.row(row.id) == once


@pytest.mark.parametrize("word", ["accepted", "rejected"])
def test_a_word_about_a_paper_that_is_nowhere_is_for_a_person(papers: Paperwork, word: str) -> None:
    row = papers.agreed()
    assert act(papers, word, row.application_id) == ""
    assert papers.row(row.id) == row
    assert papers.tasks("task.loan_original_odd")


@pytest.mark.parametrize(
    ("carrier", "waybill", "code"), [("", "1", "loan.carrier_missing"), ("Почта", " ", "loan.waybill_missing")]
)
def test_it_leaves_with_a_carrier_and_a_waybill(papers: Paperwork, carrier: str, waybill: str, code: str) -> None:
    row = papers.signed()
    said = papers.house.refused(MANAGER, lambda u: originals.send(u, row.application_id, carrier, waybill))
    assert said.code == code


def test_a_shop_hands_over_nothing_it_does_not_have(papers: Paperwork) -> None:
    row, house = papers.signed(SigningWay.COURIER), papers.house
    for who in (house.boss, house.clerk):
        said = house.refused(who, lambda u: originals.send(u, row.application_id, "Почта", "RA1"))
        assert said.code == "loan.original_not_yours"
    at_the_shop = papers.signed(number="КД-2", order="З-2")
    house.do(house.clerk, lambda u: originals.send(u, at_the_shop.application_id, "По\x00чта\u202e", "RA\x1b 1"))
    sent = papers.row(at_the_shop.id)
    assert (sent.holder, sent.waybill) == ("carrier:По чта", "RA 1")


@pytest.mark.parametrize("state", list(OriginalState))
def test_every_event_in_every_state(papers: Paperwork, state: OriginalState) -> None:
    """Of people's events each moves as in the table or is refused by name."""
    row = papers.signed()
    acts = {OriginalEvent.SEND: "send", OriginalEvent.ARRIVE: "arrive", OriginalEvent.LOSE: "lose"}
    for event, name in acts.items():
        papers.put(row.id, original=state.value, holder="" if state in NOBODY else "x", signing="signed")
        step = ORIGINAL.table.get((state, event))
        assert act(papers, name, row.application_id) == ("" if step else "state.illegal")
        assert papers.row(row.id).original == (step.to if step else state)


@given(names=st.lists(st.sampled_from(sorted(_ACTS)), max_size=14))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_exactly_one_has_it_at_any_time(papers: Paperwork, names: list[str]) -> None:
    """Whatever is tried in whatever order: a signed paper has one holder, an unsigned one none; and what is refused
    moves nothing."""
    row = papers.put(
        papers.only().id, signing="documents_ready", original="none", holder="", signed_at=None, waybill=""
    )
    for name in names:
        before = papers.row(row.id)
        code = act(papers, name, row.application_id)
        after = papers.row(row.id)
        assert (after.holder == "") == (OriginalState(after.original) in NOBODY)
        assert ":" in after.holder or not after.holder
        if code:
            assert after == before
