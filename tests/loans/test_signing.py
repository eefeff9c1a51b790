"""Signing in three ways: what each event does in each state, faulty papers, and who may do what in whose shop."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest

from gateway.core.authority import RIGHTS, Actor, Right, Role
from gateway.core.errors import Refused
from gateway.loans import agreement_rows, agreements, coverage, documents, identity, originals, signing, visits
from gateway.loans.documents import Kind
from gateway.loans.model import SigningWay
from gateway.loans.papers import SIGNING, SigningEvent, SigningState
from gateway.loans.reasons import EndReason
from gateway.loans.visits import NewVisit
from gateway.store import Unit
from tests.loans.house import MANAGER, House
from tests.loans.paperwork import JPEG, PASSPORT, Paperwork, agreement_view

WAYS = list(SigningWay)
Act = Callable[[Unit, Paperwork, str], Any]


@pytest.fixture
def papers(house: House) -> Paperwork:
    return Paperwork(house)


@pytest.mark.parametrize(
    ("way", "holder"),
    [
        (SigningWay.CLERK, "shop:"),
        (SigningWay.BRANCH, "branch:rest"),
        (SigningWay.COURIER, "courier:Гонец"),
    ],
)
def test_a_signature_gives_the_paper_its_first_holder_and_tells_the_lender(
    papers: Paperwork, way: SigningWay, holder: str
) -> None:
    row = papers.signed(way)
    assert (row.signing, row.original) == ("signed", "with_signer")
    assert row.holder.startswith(holder)
    (told,) = papers.house.left("loan.signed")
    payload = json.loads(told.payload)
    assert (payload["application"], payload["lender"], payload["at"]) == (row.application_id, "rest", row.signed_at)
    assert payload["identity_checked"] is True


@pytest.mark.parametrize(
    ("way", "loan", "hours"),
    [
        (SigningWay.CLERK, 25_000_000, None),  # the buyer is in the shop: the law asks for no period
        (SigningWay.BRANCH, 5_000_000, None),
        (SigningWay.BRANCH, 5_000_001, 4),
        (SigningWay.COURIER, 20_000_000, 4),
        (SigningWay.COURIER, 20_000_001, 48),
    ],
)
def test_the_cooling_off_period_begins_with_the_signature(
    papers: Paperwork, way: SigningWay, loan: int, hours: int | None
) -> None:
    row = papers.agreed(way)
    papers.put(row.id, loan=loan)
    if way is SigningWay.COURIER:
        papers.courier_meets(row.application_id)
    papers.check(row.application_id)
    row = papers.sign(row.application_id)
    expected = None if hours is None else f"2026-11-{23 + (8 + hours) // 24:02}T{(8 + hours) % 24:02}:00"
    assert (row.cooling_until or "")[:16] == (expected or "")


def test_the_lenders_own_end_of_it_rules_also_at_the_counter(papers: Paperwork) -> None:
    until = datetime(2026, 11, 24, 20, 0, tzinfo=UTC)
    row = papers.signed(SigningWay.CLERK, view={"cooling_until": until})
    assert row.cooling_until.startswith("2026-11-24T20:00:00")
    assert papers.house.row(row.application_id).state == "agreed"  # the buyer may still decline


def test_without_such_a_period_the_loan_is_in_force_at_once(papers: Paperwork) -> None:
    row = papers.signed(SigningWay.CLERK)
    application = papers.house.row(row.application_id)
    assert (application.state, application.stage) == ("active", "original")


def test_nobody_signs_after_the_last_day_nor_while_it_is_held(papers: Paperwork) -> None:
    row = papers.agreed()
    papers.check(row.application_id)
    papers.put(row.id, sign_by="2026-11-22")
    sign = _ACTS[SigningEvent.SIGN]
    assert papers.house.refused(MANAGER, lambda u: sign(u, papers, row.application_id)).code == "loan.sign_by_passed"
    papers.put(row.id, sign_by="2026-11-23")
    papers.take(row.application_id, agreement_view("КД-2"))
    assert papers.house.refused(MANAGER, lambda u: sign(u, papers, row.application_id)).code == "loan.agreement_held"


def test_papers_are_verified_by_a_scan(papers: Paperwork) -> None:
    row = papers.signed()
    said = papers.house.refused(MANAGER, lambda u: signing.verify(u, row.application_id))
    assert said.code == "loan.document_missing"
    papers.house.do(MANAGER, lambda u: documents.keep(u, papers.terms, row.application_id, Kind.SIGNED, "s.jpg", JPEG))
    assert papers.house.do(MANAGER, lambda u: signing.verify(u, row.application_id)).signing == "verified"


@pytest.mark.parametrize("way", WAYS)
def test_faulty_papers_are_signed_anew_with_a_new_check_of_the_passport(papers: Paperwork, way: SigningWay) -> None:
    row = papers.signed(way)
    application = row.application_id
    papers.house.do(MANAGER, lambda u: signing.find_fault(u, papers.terms, application, "нет подписи на стр. 2"))
    assert papers.tasks("task.loan_faulty")
    row = papers.house.do(MANAGER, lambda u: signing.resign(u, application))
    assert (row.signing, row.original, row.holder) == ("resigning", "none", "")
    assert (row.identity_checked_at, row.signed_at, row.cooling_until) == (None, None, None)
    assert not papers.tasks("task.loan_faulty")
    assert papers.house.refused(MANAGER, lambda u: signing.sign(u, papers.terms, application)).code == "state.illegal"
    if way is SigningWay.COURIER:
        papers.courier_meets(application)
    papers.check(application)
    assert papers.sign(application).original == "with_signer"
    assert len(papers.house.left("loan.signed")) == 2


def test_a_faulty_paper_is_not_signed_anew_while_it_is_away(papers: Paperwork) -> None:
    row = papers.signed()
    papers.house.do(MANAGER, lambda u: originals.send(u, row.application_id, "Почта", "RA1"))
    papers.house.do(MANAGER, lambda u: signing.find_fault(u, papers.terms, row.application_id, "подпись"))
    said = papers.house.refused(MANAGER, lambda u: signing.resign(u, row.application_id))
    assert (said.code, said.values["holder"]) == ("loan.original_away", "carrier:Почта")


def test_no_fault_is_found_in_a_paper_the_lender_has_accepted(papers: Paperwork) -> None:
    row = papers.signed()
    papers.house.do(MANAGER, lambda u: originals.accepted(u, papers.terms, row.application_id))
    said = papers.house.refused(MANAGER, lambda u: signing.find_fault(u, papers.terms, row.application_id, "поздно"))
    assert said.code == "loan.original_accepted_before"


@pytest.mark.parametrize("way", WAYS)
def test_a_buyer_who_will_not_sign_cancels_his_application(papers: Paperwork, way: SigningWay) -> None:
    row = papers.met(way)
    who = papers.house.clerk if way is SigningWay.CLERK else MANAGER
    after = papers.house.do(who, lambda u: signing.refuse(u, papers.terms, row.application_id, EndReason.CHANGED_MIND))
    assert (after.state, after.ended_by) == ("cancelled", "buyer")
    assert (papers.row(row.id).live, papers.row(row.id).signing) == (0, "refused")
    assert papers.house.left("loan.cancel")


_AT_SIGNING: list[Act] = [
    lambda u, p, a: signing.miss(u, a),
    lambda u, p, a: signing.sign(u, p.terms, a),
    lambda u, p, a: signing.refuse(u, p.terms, a, EndReason.CHANGED_MIND),
    lambda u, p, a: identity.check(u, p.terms, a, PASSPORT, True, "магазин"),
]


@pytest.mark.parametrize("act", _AT_SIGNING)
@pytest.mark.parametrize("way", [SigningWay.BRANCH, SigningWay.COURIER])
def test_a_shops_people_meet_the_buyer_at_their_counter_only(papers: Paperwork, way: SigningWay, act: Act) -> None:
    row = papers.met(way)
    said = papers.house.refused(papers.house.clerk, lambda u: act(u, papers, row.application_id))
    assert said.code == "loan.not_at_shop"
    assert papers.row(row.id).signing == row.signing


def test_a_buyer_with_the_goods_who_will_not_sign_anew_is_a_persons_matter(papers: Paperwork) -> None:
    row = papers.signed()
    papers.put(row.id, goods="committed")
    papers.house.do(MANAGER, lambda u: signing.find_fault(u, papers.terms, row.application_id, "брак"))
    papers.house.do(MANAGER, lambda u: signing.refuse(u, papers.terms, row.application_id, EndReason.CHANGED_MIND))
    assert papers.house.row(row.application_id).state == "active"
    assert papers.tasks("task.loan_refused_late")


# Every event of the table through its use case, from every state.

_ACTS: dict[SigningEvent, Act] = {
    SigningEvent.ORDER: lambda u, p, a: visits.order(u, p.terms, a, NewVisit(date(2026, 11, 24), "10-14")),
    SigningEvent.DEPART: lambda u, p, a: visits.depart(u, a),
    SigningEvent.MEET: lambda u, p, a: visits.meet(u, a),
    SigningEvent.COME_BACK_EMPTY: lambda u, p, a: visits.come_back_empty(u, a, "никого"),
    SigningEvent.MISS: lambda u, p, a: signing.miss(u, a),
    SigningEvent.IDENTIFY: lambda u, p, a: identity.check(u, p.terms, a, PASSPORT, True, "здесь"),
    SigningEvent.MISIDENTIFY: lambda u, p, a: identity.check(u, p.terms, a, "1" * 10, True, "здесь"),
    SigningEvent.SIGN: lambda u, p, a: signing.sign(u, p.terms, a),
    SigningEvent.VERIFY: lambda u, p, a: signing.verify(u, a),
    SigningEvent.FAULT: lambda u, p, a: signing.find_fault(u, p.terms, a, "брак"),
    SigningEvent.RESIGN: lambda u, p, a: signing.resign(u, a),
    SigningEvent.REFUSE: lambda u, p, a: signing.refuse(u, p.terms, a, EndReason.CHANGED_MIND),
}

_BY_COURIER = {SigningState.ORDERED, SigningState.OUT, SigningState.MET, SigningState.RETURNED_EMPTY}


@pytest.mark.parametrize("way", [SigningWay.BRANCH, SigningWay.COURIER])
def test_every_event_in_every_state_moves_as_in_the_table_or_is_refused_by_name(
    papers: Paperwork, way: SigningWay
) -> None:
    """One agreement is put into each state, and each use case is tried on it in a unit that is not kept."""
    row = papers.agreed(way)
    papers.house.do(MANAGER, lambda u: documents.keep(u, papers.terms, row.application_id, Kind.SIGNED, "s.jpg", JPEG))
    tried = 0
    states = [state for state in SigningState if way is SigningWay.COURIER or state not in _BY_COURIER]
    for state in states:
        papers.put(row.id, signing=state.value, identity_failures=1, original="none", holder="")
        if state is SigningState.ORDERED:  # the visit the later states are about
            papers.put(row.id, signing="documents_ready")
            if way is SigningWay.COURIER:
                papers.house.do(MANAGER, lambda u: _ACTS[SigningEvent.ORDER](u, papers, row.application_id))
            papers.put(row.id, signing=state.value)
        for event, act in _ACTS.items():
            step = SIGNING.table.get((state, event))
            facts = agreement_rows.signing_facts(row)
            allowed = step is not None and (step.guard is None or step.guard(facts))
            with papers.house.store.unit(MANAGER) as unit:
                try:
                    act(unit, papers, row.application_id)
                except Refused as refused:
                    assert not allowed, (state, event, refused.code)
                    assert refused.code in ("state.illegal", "state.not_yet", "loan.no_visit"), (state, event)
                    assert refused.code != "loan.no_visit" or way is not SigningWay.COURIER
                else:
                    assert allowed, (state, event)
                    assert step is not None
                    assert agreement_rows.load(unit, row.id).signing == step.to
            tried += 1
    assert tried == len(states) * len(_ACTS)


# Who may do what, in whose shop.

_RIGHT: dict[str, tuple[Right, Act]] = {
    "accept": (
        Right.LOANS_CONFIRM,
        lambda u, p, a: coverage.accept(u, p.terms, a, "rest", "o1", SigningWay.BRANCH),
    ),
    "confirm": (Right.LOANS_WORK, lambda u, p, a: agreements.confirm(u, p.terms, a, "так")),
    "check": (Right.LOANS_SIGN, lambda u, p, a: identity.check(u, p.terms, a, PASSPORT, True, "здесь")),
    "sign": (Right.LOANS_SIGN, lambda u, p, a: signing.sign(u, p.terms, a)),
    "miss": (Right.LOANS_SIGN, lambda u, p, a: signing.miss(u, a)),
    "refuse": (Right.LOANS_SIGN, lambda u, p, a: signing.refuse(u, p.terms, a, EndReason.CHANGED_MIND)),
    "verify": (Right.LOANS_WORK, lambda u, p, a: signing.verify(u, a)),
    "fault": (Right.LOANS_WORK, lambda u, p, a: signing.find_fault(u, p.terms, a, "брак")),
    "resign": (Right.LOANS_WORK, lambda u, p, a: signing.resign(u, a)),
    "order": (Right.LOANS_WORK, _ACTS[SigningEvent.ORDER]),
    "depart": (Right.LOANS_WORK, _ACTS[SigningEvent.DEPART]),
    "meet": (Right.LOANS_WORK, _ACTS[SigningEvent.MEET]),
    "come_back_empty": (Right.LOANS_WORK, _ACTS[SigningEvent.COME_BACK_EMPTY]),
    "send": (Right.LOANS_SIGN, lambda u, p, a: originals.send(u, a, "Почта", "RA1")),
    "arrive": (Right.LOANS_WORK, lambda u, p, a: originals.arrive(u, a)),
    "lose": (Right.LOANS_WORK, lambda u, p, a: originals.lose(u, p.terms, a)),
    "accepted": (Right.LOANS_WORK, lambda u, p, a: originals.accepted(u, p.terms, a)),
    "rejected": (Right.LOANS_WORK, lambda u, p, a: originals.rejected(u, p.terms, a, "брак")),
    "keep agreement": (
        Right.LOANS_WORK,
        lambda u, p, a: documents.keep(u, p.terms, a, Kind.AGREEMENT, "a.pdf", b"%PDF-1.4"),
    ),
    "keep scan": (Right.LOANS_SIGN, lambda u, p, a: documents.keep(u, p.terms, a, Kind.SIGNED, "s.jpg", JPEG)),
}
_OUTSIDE = (Role.SHOP_MANAGER, Role.SHOP_CLERK, Role.SHOP_SITE)


def test_each_role_does_what_its_rights_say_and_only_in_its_own_shop(papers: Paperwork) -> None:
    """Every role × action × own or another's shop: a missing right is said, another's application is not found."""
    row = papers.agreed(SigningWay.BRANCH)
    combinations = 0
    for role in Role:
        own = papers.house.shop if role in _OUTSIDE else ""
        for party in (own, papers.house.other) if role in _OUTSIDE else (own,):
            actor = Actor("Кто-то", role, party=party)
            for name, (right, act) in _RIGHT.items():
                with papers.house.store.unit(actor) as unit:
                    try:
                        act(unit, papers, row.application_id)
                        code = ""
                    except Refused as refused:
                        code = refused.code
                if right not in RIGHTS[role]:
                    assert code == "authority.missing", (role, name)
                elif party == papers.house.other:
                    assert code == "loan.not_found", (role, name)
                else:
                    assert code not in ("authority.missing", "loan.not_found"), (role, name)
                combinations += 1
    assert combinations == (len(Role) + len(_OUTSIDE)) * len(_RIGHT)
    assert papers.row(row.id) == row  # nothing was kept
