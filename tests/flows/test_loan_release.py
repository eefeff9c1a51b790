"""Goods on credit leave when the rule of their way of signing holds, and never otherwise."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from gateway.core.authority import RIGHTS, SERVICE, Actor, Right, Role
from gateway.core.errors import Refused
from gateway.core.money import Money
from gateway.flows import by_hand, loan_release, picking
from gateway.loans import agreements, ending, goods
from gateway.loans.ending import By
from gateway.loans.model import SigningWay
from gateway.loans.papers import FundingEvent, GoodsState
from gateway.loans.reasons import EndReason
from gateway.orders.tables import orders, timelines
from tests.flows.loans import PRICE, Trade
from tests.flows.shop import STOREMAN, TERMS
from tests.loans.house import COMPANY, MANAGER
from tests.loans.paperwork import agreement_view

CLERK, BRANCH, COURIER = SigningWay.CLERK, SigningWay.BRANCH, SigningWay.COURIER


@pytest.fixture
def trade(tmp_path: Path) -> Iterator[Trade]:
    made = Trade(tmp_path)
    yield made
    made.house.close()


def order(trade: Trade) -> Any:
    with trade.house.store.reading() as connection:
        return connection.execute(select(orders).where(orders.c.company == COMPANY)).one()


def act(trade: Trade, event: str) -> None:
    """The warehouse does something with its list."""
    (row,) = [one for one in trade.lists() if one.state != "cancelled"]
    trade.house.do(STOREMAN, lambda u: picking.act(u, TERMS, row.id, event))


def ship(trade: Trade) -> None:
    for event in ("take", "start", "pick", "close"):
        act(trade, event)
    trade.house.do(MANAGER, lambda u: by_hand.ship_order(u, TERMS, order(trade).id))


# By the way of signing.


def test_at_the_counter_the_signature_is_enough(trade: Trade) -> None:
    row = trade.settled(CLERK)
    assert (row.goods, row.funding) == ("released", "expected")
    (line,) = trade.house.journalled("goods.released")
    rule = dict(json.loads(line.body)["rule"])
    assert rule["loan_signed"] and rule["loan_identity_checked"] and rule["loan_within_risk_limit"]


@pytest.mark.parametrize("way", [BRANCH, COURIER])
def test_before_delivery_the_money_is_waited_for(trade: Trade, way: SigningWay) -> None:
    row = trade.settled(way)
    assert (row.goods, json.loads(row.hold_reasons)) == ("held", ["loan_money_received"])
    trade.lender_pays(row)
    assert trade.row(row.id).goods == "released"


@pytest.mark.parametrize("way", [BRANCH, COURIER])
def test_a_shop_that_trusts_the_lender_does_not_wait(trade: Trade, way: SigningWay) -> None:
    trade.shop_may(trusts_lender=1)
    assert trade.settled(way).goods == "released"


@pytest.mark.parametrize("way", [BRANCH, COURIER])
def test_the_cooling_off_period_is_waited_out_even_with_the_money_here(trade: Trade, way: SigningWay) -> None:
    row = trade.met(way)
    trade.house.force(row.application_id, goods=10_500_000)
    trade.put(row.id, loan=10_000_000, transfer=10_000_000)  # 4 hours
    trade.check(row.application_id)
    row = trade.sign(row.application_id)
    trade.put(row.id, transfer=4_099_000, discount=10_000_000 - 4_099_000)  # what the receivable is open for
    trade.lender_pays(trade.row(row.id))
    assert json.loads(trade.row(row.id).hold_reasons) == ["loan_cooling_off_over"]
    assert trade.house.row(row.application_id).state == "agreed"
    trade.house.later(hours=3, minutes=59)
    assert trade.due() == 0
    trade.house.later(minutes=1)
    assert trade.due() == 1
    assert (trade.row(row.id).goods, trade.house.row(row.application_id).state) == ("released", "active")
    assert trade.due() == 0


@pytest.mark.parametrize("evidence", ["file"])
def test_money_without_proof_is_no_money(trade: Trade, evidence: str) -> None:
    row = trade.settled(BRANCH)
    trade.lender_pays(row, evidence)
    assert trade.row(row.id).funding == "received"
    assert json.loads(trade.row(row.id).hold_reasons) == ["loan_money_received"]


def test_a_shop_keeps_its_limit_and_money_makes_room(trade: Trade) -> None:
    trade.shop_may(risk_limit=PRICE + PRICE // 2)
    first = trade.settled(CLERK, order="A-1", number="1")
    second = trade.settled(CLERK, order="A-2", number="2")
    assert (first.goods, second.goods) == ("released", "held")
    assert json.loads(second.hold_reasons) == ["loan_within_risk_limit"]
    with trade.house.store.reading() as connection:
        assert goods.exposure(connection, COMPANY, trade.house.shop) == Money(PRICE)
    trade.lender_pays(first)
    assert trade.due() == 1
    assert trade.row(second.id).goods == "released"


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"warnings": '[{"code":"loan.agreement_changed","values":{}}]'}, "loan_not_contradicted"),
        ({"warnings": '[{"code":"loan.sums_differ","values":{}}]'}, "loan_amounts_fit"),
        ({"transfer": 1}, "loan_amounts_fit"),
        ({"signing": "faulty"}, "loan_signed"),
        ({"identity_checked_at": None}, "loan_identity_checked"),
    ],
)
def test_what_is_wrong_holds_them_again_and_people_are_told(trade: Trade, change: dict[str, Any], reason: str) -> None:
    row = trade.settled(CLERK)
    trade.put(row.id, **change)
    assert trade.settle(row) is GoodsState.HELD
    assert json.loads(trade.row(row.id).hold_reasons) == [reason]
    assert trade.row(row.id).released_at is None
    assert len(trade.tasks("task.loan_goods_held")) == 1
    assert trade.settle(row) is GoodsState.HELD
    assert len(trade.house.journalled("goods.held_again")) == 1


def test_a_lender_who_took_his_yes_back_holds_them(trade: Trade) -> None:
    row = trade.settled(CLERK)
    trade.lender_says(row.application_id, state="revoked")
    assert trade.settle(row) is GoodsState.HELD
    assert json.loads(trade.row(row.id).hold_reasons) == ["loan_not_revoked"]


# What a shop reports.


def test_a_shop_ships_and_delivers_and_the_lender_is_told_once(trade: Trade) -> None:
    row = trade.settled(CLERK)
    boss = trade.house.boss
    trade.house.do(boss, lambda u: loan_release.report_shipped(u, TERMS, trade.terms, row.application_id))
    assert trade.row(row.id).goods == "shipped"
    assert not trade.house.left("loan.commit")
    state = trade.house.do(boss, lambda u: loan_release.report_delivered(u, TERMS, trade.terms, row.application_id))
    assert state is GoodsState.COMMITTED
    trade.settle(row)
    assert len(trade.house.left("loan.commit")) == 1
    said = trade.house.refused(boss, lambda u: loan_release.report_delivered(u, TERMS, trade.terms, row.application_id))
    assert said.code == "state.illegal"


@pytest.mark.parametrize("report", [loan_release.report_shipped, loan_release.report_delivered])
def test_what_is_held_is_not_shipped_and_says_why(trade: Trade, report: Any) -> None:
    row = trade.settled(BRANCH)
    said = trade.house.refused(trade.house.boss, lambda u: report(u, TERMS, trade.terms, row.application_id))
    assert (said.code, said.values["reasons"]) == ("loan.goods_held", "loan_money_received")


def test_the_rule_is_asked_at_the_moment_of_shipping(trade: Trade) -> None:
    """Whatever changed since the last look: released on paper is not enough."""
    row = trade.settled(CLERK)
    trade.lender_says(row.application_id, state="revoked")
    said = trade.house.refused(
        trade.house.boss, lambda u: loan_release.report_shipped(u, TERMS, trade.terms, row.application_id)
    )
    assert said.code == "loan.goods_held"


def test_faulty_papers_are_signed_anew_before_the_lender_is_told(trade: Trade) -> None:
    row = trade.settled(CLERK)
    trade.put(row.id, goods="delivered", delivered_at=row.signed_at, signing="resigning")
    trade.settle(row)
    assert not trade.house.left("loan.commit")
    trade.put(row.id, signing="signed")
    assert trade.settle(row) is GoodsState.COMMITTED


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("own", [True, False])
def test_who_reports_goods_and_whose(trade: Trade, role: Role, own: bool) -> None:
    outside = role in (Role.SHOP_MANAGER, Role.SHOP_CLERK, Role.SHOP_SITE)
    row = trade.settled(CLERK)
    actor = Actor("Кто-то", role, party=(trade.house.shop if own else trade.house.other) if outside else "")
    needed = {
        loan_release.report_shipped: {Right.LOANS_CONFIRM},
        loan_release.report_delivered: {Right.LOANS_CONFIRM, Right.LOANS_SIGN},
    }
    for report, rights in needed.items():
        try:
            with trade.house.store.unit(actor) as unit:
                report(unit, TERMS, trade.terms, row.application_id)
            code = ""
        except Refused as refused:
            code = refused.code
        if not rights & RIGHTS[role]:
            assert code == "authority.missing", report
        else:
            assert code == ("" if own or not outside else "loan.not_found"), report


def test_a_clerk_reports_only_what_he_hands_over_himself(trade: Trade) -> None:
    trade.shop_may(trusts_lender=1)
    row = trade.settled(BRANCH)
    said = trade.house.refused(
        trade.house.clerk, lambda u: loan_release.report_delivered(u, TERMS, trade.terms, row.application_id)
    )
    assert said.code == "authority.missing"


# Our own warehouse.


def test_our_own_order_goes_through_the_gate_once(trade: Trade) -> None:
    order_id = trade.own_order()
    row = trade.settled(CLERK, own=True)
    (release,) = trade.releases()
    assert (release.order_id, release.agreement_id) == (order_id, row.id)
    assert (json.loads(release.payment_ids), json.loads(release.message_ids)) == ([], [])
    assert [one.state for one in trade.lists()] == ["new"]
    (call,) = trade.tasks("task.call_loan_pickup")
    assert call.order_id == order_id
    with trade.house.store.reading() as connection:
        clock = connection.execute(select(timelines).where(timelines.c.order_id == order_id)).one()
    assert clock.bank_time == row.signed_at
    for _ in range(3):
        assert trade.settle(row) is GoodsState.RELEASED
        trade.due()
    assert len(trade.releases()) == len(trade.lists()) == 1


def test_with_the_lenders_money_the_release_names_it(trade: Trade) -> None:
    trade.own_order()
    row = trade.settled(BRANCH, own=True)
    assert trade.releases() == []
    payment = trade.lender_pays(row)
    (release,) = trade.releases()
    assert (json.loads(release.payment_ids), release.agreement_id) == ([payment], row.id)
    assert json.loads(release.message_ids)


def test_it_follows_the_warehouse_to_the_buyer(trade: Trade) -> None:
    trade.own_order()
    row = trade.settled(CLERK, own=True)
    for report in (loan_release.report_shipped, loan_release.report_delivered):
        said = trade.house.refused(
            MANAGER, partial(report, terms=TERMS, loan_terms=trade.terms, application_id=row.application_id)
        )
        assert said.code == "loan.goods_follow_order"
    ship(trade)
    assert trade.due() == 1
    assert trade.row(row.id).goods == "shipped"
    trade.house.do(MANAGER, lambda u: loan_release.report_delivered(u, TERMS, trade.terms, row.application_id))
    assert trade.row(row.id).goods == "committed"


def test_where_release_is_not_automatic_a_named_person_lets_them_go(trade: Trade) -> None:
    trade.switch("manual")
    trade.own_order()
    row = trade.settled(CLERK, own=True)
    assert (row.goods, json.loads(row.hold_reasons)) == ("held", ["switched_on"])
    assert len(trade.tasks("task.loan_confirm_release")) == 1
    by_person = loan_release.release_by_hand
    said = trade.house.refused(SERVICE, lambda u: by_person(u, TERMS, trade.terms, row.application_id))
    assert said.code == "loan.person_needed"
    trade.house.do(MANAGER, lambda u: by_person(u, TERMS, trade.terms, row.application_id))
    assert trade.row(row.id).goods == "released"
    assert not trade.tasks("task.loan_confirm_release")
    assert trade.settle(row) is GoodsState.RELEASED  # the switch does not take back what a person decided
    assert len(trade.releases()) == 1


def test_nobody_lets_go_by_hand_what_the_rest_of_the_rule_holds(trade: Trade) -> None:
    trade.switch("manual")
    trade.own_order()
    row = trade.settled(BRANCH, own=True)
    said = trade.house.refused(
        MANAGER, lambda u: loan_release.release_by_hand(u, TERMS, trade.terms, row.application_id)
    )
    assert (said.code, said.values["reasons"]) == ("loan.goods_held", "loan_money_received")


def test_money_taken_back_before_picking_undoes_everything(trade: Trade) -> None:
    trade.own_order()
    row = trade.settled(BRANCH, own=True)
    payment = trade.lender_pays(row)
    assert trade.bank_takes_back(row, payment) is GoodsState.HELD
    (release,) = trade.releases()
    assert release.withdrawn_reason == "loan"
    assert [one.state for one in trade.lists()] == ["cancelled"]
    assert len(trade.tasks("task.stop_loan")) == 1
    trade.lender_pays(trade.row(row.id))
    assert (trade.row(row.id).goods, len(trade.releases())) == ("released", 2)


def test_money_taken_back_while_they_pick_stops_the_order_and_money_again_lets_it_go_on(trade: Trade) -> None:
    trade.own_order()
    row = trade.settled(BRANCH, own=True)
    payment = trade.lender_pays(row)
    act(trade, "take")
    act(trade, "start")
    trade.bank_takes_back(row, payment)
    assert (order(trade).hold_reason, trade.releases()[0].withdrawn_at) == ("loan", None)
    with pytest.raises(Refused) as caught:
        act(trade, "pick")
    assert caught.value.code == "pick_list.stopped"
    trade.lender_pays(trade.row(row.id))
    assert (order(trade).hold_reason, trade.row(row.id).goods) == ("", "released")
    live = [one for one in trade.releases() if one.withdrawn_at is None]
    assert [one.agreement_id for one in live] == [row.id]
    assert {one.release_id for one in trade.lists()} == {live[0].id}


def test_money_taken_back_when_the_goods_have_left_is_told_to_a_person_once(trade: Trade) -> None:
    trade.own_order()
    row = trade.settled(BRANCH, own=True)
    payment = trade.lender_pays(row)
    ship(trade)
    trade.due()
    assert trade.bank_takes_back(row, payment) is GoodsState.SHIPPED
    trade.settle(row)
    assert len(trade.tasks("task.loan_goods_left")) == 1
    trade.funding(trade.row(row.id), FundingEvent.WHOLE)
    assert trade.row(row.id).hold_reasons == "[]"


@pytest.mark.parametrize("begun", [False, True])
def test_a_loan_that_dies_closes_the_gate(trade: Trade, begun: bool) -> None:
    """Also when whoever cancelled did not look: the next round does."""
    trade.own_order()
    row = trade.settled(CLERK, own=True)
    if begun:
        act(trade, "take")
        act(trade, "start")
    trade.house.do(MANAGER, lambda u: ending.cancel(u, row.application_id, By.BUYER, EndReason.CHANGED_MIND))
    assert trade.due() == 1
    assert trade.row(row.id).goods == "called_off"
    assert order(trade).hold_reason == ("loan" if begun else "")
    assert (trade.releases()[0].withdrawn_at is None) == begun
    assert trade.tasks("task.stop_loan")
    assert trade.due() == 0


def test_an_order_that_was_paid_is_not_stopped_when_its_loan_dies(trade: Trade) -> None:
    trade.own_order()
    trade.desk.deliver(trade.desk.line(PRICE, "Оплата по счету Z-1"))
    row = trade.settled(CLERK, own=True)
    (release,) = trade.releases()
    assert (row.goods, release.agreement_id) == ("released", None)
    trade.house.do(MANAGER, lambda u: ending.cancel(u, row.application_id, By.BUYER, EndReason.CHANGED_MIND))
    trade.house.do(SERVICE, lambda u: loan_release.settle_application(u, TERMS, trade.terms, row.application_id))
    assert trade.releases()[0].withdrawn_at is None
    assert not trade.tasks("task.stop_loan")


def test_an_order_that_is_cancelled_in_1c_holds_its_loan_too(trade: Trade) -> None:
    trade.own_order()
    row = trade.settled(CLERK, own=True)
    trade.house.do(MANAGER, lambda u: by_hand.cancel_order(u, TERMS, order(trade).id, "1C"))
    assert trade.due() == 1
    assert json.loads(trade.row(row.id).hold_reasons) == ["not_cancelled"]


def test_another_agreement_in_its_place_begins_with_held_goods(trade: Trade) -> None:
    row = trade.agreed(CLERK)
    new = trade.take(row.application_id, agreement_view("КД-2"))
    trade.house.do(SERVICE, lambda u: loan_release.settle_application(u, TERMS, trade.terms, row.application_id))
    assert (trade.row(row.id).goods, trade.row(new.id).goods) == ("called_off", "held")


def test_an_agreement_held_after_its_release_is_confirmed_and_goes_on(trade: Trade) -> None:
    trade.own_order()
    row = trade.settled(CLERK, own=True)
    trade.take(row.application_id, agreement_view("КД-9"))
    assert trade.settle(row) is GoodsState.HELD
    trade.house.do(MANAGER, lambda u: agreements.confirm(u, trade.terms, row.application_id, "опечатка банка"))
    assert trade.settle(row) is GoodsState.RELEASED
    assert len([one for one in trade.releases() if one.withdrawn_at is None]) == 1


def test_everything_done_closes_the_application(trade: Trade) -> None:
    row = trade.settled(CLERK)
    trade.put(row.id, original="accepted", funding="received", goods="committed")
    trade.settle(row)
    assert trade.house.row(row.application_id).state == "active"  # the shop has not its money yet
    trade.paid_to_shop(row)
    trade.settle(row)
    application = trade.house.row(row.application_id)
    assert (application.state, application.stage) == ("closed", "done")
