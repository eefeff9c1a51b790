"""The stage: one word from every machine's state, stored and kept true."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from enum import StrEnum

import pytest
from sqlalchemy import update

from gateway.core import catalogue
from gateway.core.authority import SERVICE
from gateway.core.clock import from_text
from gateway.loans import applications, stage
from gateway.loans.model import APPLICATION, DECISION, ApplicationEvent, ApplicationState, Origin, SigningWay
from gateway.loans.papers import (
    FUNDING,
    GOODS,
    ORIGINAL,
    SIGNING,
    FundingState,
    GoodsState,
    OriginalState,
    SigningState,
)
from gateway.loans.problems import Problem
from gateway.loans.shops import SHOP
from gateway.loans.stage import Stage, stage_of
from gateway.loans.tables import agreements
from gateway.settlement.tables import statements
from tests.loans.house import House

F, G, O, S, A = FundingState, GoodsState, OriginalState, SigningState, ApplicationState  # noqa: E741


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        (A.LEAD, Stage.APPLICATION),
        (A.CALLBACK, Stage.APPLICATION),
        (A.QUESTIONNAIRE, Stage.APPLICATION),
        (A.SUBMITTED, Stage.DECISION),
        (A.APPROVED, Stage.DECISION),
        (A.ACCEPTED, Stage.SIGNING),
        (A.AGREED, Stage.SIGNING),
        (A.CLOSED, Stage.DONE),
        (A.DECLINED, Stage.ENDED),
        (A.CANCELLED, Stage.ENDED),
        (A.EXPIRED, Stage.ENDED),
        (A.RETURNED, Stage.ENDED),
    ],
)
def test_before_and_after_the_signature_the_state_alone_decides(state: A, expected: Stage) -> None:
    papers = itertools.product((None, S.SIGNED), (None, O.ACCEPTED), (None, F.RECEIVED), (None, G.DELIVERED))
    assert {stage_of(state, *each, paid_to_shop=True) for each in papers} == {expected}


@pytest.mark.parametrize(
    ("signing", "original", "funding", "goods", "paid", "expected"),
    [
        (S.IDENTITY_CHECKED, O.NONE, F.EXPECTED, G.HELD, False, Stage.SIGNING),
        (S.FAULTY, O.WITH_SIGNER, F.RECEIVED, G.DELIVERED, True, Stage.SIGNING),
        (S.RESIGNING, O.NONE, F.EXPECTED, G.HELD, False, Stage.SIGNING),
        (S.SIGNED, O.WITH_SIGNER, F.RECEIVED, G.DELIVERED, True, Stage.ORIGINAL),
        (S.VERIFIED, O.IN_TRANSIT, F.EXPECTED, G.HELD, False, Stage.ORIGINAL),
        (S.VERIFIED, O.AT_LENDER, F.EXPECTED, G.HELD, False, Stage.ORIGINAL),
        (S.VERIFIED, O.REJECTED, F.RECEIVED, G.HELD, False, Stage.ORIGINAL),
        (S.VERIFIED, O.ACCEPTED, F.EXPECTED, G.DELIVERED, False, Stage.MONEY),
        (S.SIGNED, O.NOT_NEEDED, F.PARTLY, G.HELD, False, Stage.MONEY),
        (S.SIGNED, O.ACCEPTED, F.REVERSED, G.DELIVERED, True, Stage.MONEY),
        (S.SIGNED, O.ACCEPTED, F.RECEIVED, G.DELIVERED, False, Stage.SHOP),
        (S.SIGNED, O.ACCEPTED, F.RECEIVED, G.RELEASED, True, Stage.SHOP),
        (S.SIGNED, O.ACCEPTED, F.RECEIVED, G.DELIVERED, True, Stage.DONE),
        (S.SIGNED, O.ACCEPTED, F.RECEIVED, G.COMMITTED, True, Stage.DONE),
        (S.SIGNED, O.ACCEPTED, F.RECEIVED, G.RETURNED, True, Stage.SHOP),
    ],
)
def test_of_an_active_one_the_first_gap_counts(
    signing: S, original: O, funding: F, goods: G, paid: bool, expected: Stage
) -> None:
    assert stage_of(A.ACTIVE, signing, original, funding, goods, paid) is expected


def test_every_combination_has_a_stage() -> None:
    every = itertools.product(S, O, F, G, (False, True))
    found = {stage_of(A.ACTIVE, *each) for each in every}
    assert found == {Stage.SIGNING, Stage.ORIGINAL, Stage.MONEY, Stage.SHOP, Stage.DONE}


def test_the_stored_stage_follows_and_its_time_moves_with_it_only(house: House) -> None:
    row = house.reached()
    assert from_text(row.stage_since) == house.clock.now()
    house.later(hours=1)
    row = house.filled(order="З-2")
    began = row.stage_since
    house.later(hours=1)
    assert house.do(SERVICE, lambda u: stage.refresh(u, row.id)) is Stage.APPLICATION
    assert house.row(row.id).stage_since == began
    house.do(SERVICE, lambda u: applications.step(u, house.row(row.id), ApplicationEvent.SUBMIT))
    assert (house.row(row.id).stage, from_text(house.row(row.id).stage_since)) == ("decision", house.clock.now())


def test_it_is_derived_from_the_live_agreement_and_the_settlement(house: House) -> None:
    row = house.submitted(("soap",))
    house.force(row.id, state="active")
    agreement_id = house.agreement(row.id, signing="signed", original="with_signer", goods="delivered")

    def now(**columns: object) -> str:
        with house.store.unit() as unit:
            if columns:
                unit.connection.execute(update(agreements).where(agreements.c.id == agreement_id).values(**columns))
            found = stage.refresh(unit, row.id)
            unit.commit()
        assert house.row(row.id).stage == found
        return found.value

    assert now() == "original"
    assert now(original="accepted") == "money"
    assert now(funding="received") == "shop"
    house.paid_to_shop(row.id, state="payable")
    assert now() == "shop"
    with house.store.unit() as unit:
        unit.connection.execute(update(statements).values(state="paid"))
        unit.commit()
    assert now() == "done"
    assert now(live=0) == "signing"  # another agreement has to come


@pytest.mark.parametrize(
    ("prefix", "words"),
    [
        ("loan.stage", Stage),
        ("loan.state", APPLICATION.states),
        ("loan.decision", DECISION.states),
        ("loan.signing", SIGNING.states),
        ("loan.original", ORIGINAL.states),
        ("loan.funding", FUNDING.states),
        ("loan.goods", GOODS.states),
        ("shop.state", SHOP.states),
        ("loan.way", SigningWay),
        ("loan.origin", Origin),
        ("loan.problem", Problem),
    ],
)
def test_every_word_of_the_screens_has_its_text(prefix: str, words: Iterable[StrEnum]) -> None:
    named = {code.removeprefix(prefix + ".") for code in catalogue.entries() if code.startswith(prefix + ".")}
    assert {word.value for word in words} <= named
