"""Goods on credit come back: the lender's money to the lender, our fee in proportion, nothing to a buyer's card."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from gateway.core.authority import Actor
from gateway.core.errors import Refused
from gateway.core.money import Money
from gateway.flows import by_hand, loan_return
from gateway.loans import returns
from gateway.loans.papers import GoodsState
from gateway.loans.reasons import ReturnReason
from gateway.loans.returns import of_agreement
from gateway.matching import service as matching
from gateway.payments.outgoing import service as outgoing
from gateway.payments.outgoing.model import OrderEvent
from tests.flows.loan_books import SIGNERS, Books
from tests.flows.shop import ACCOUNTANT
from tests.flows.test_loan_money import FEE, T

G, D = 4_599_000, 500_000


@pytest.fixture
def books(tmp_path: Path) -> Iterator[Books]:
    made = Books(tmp_path)
    yield made
    made.house.close()


def deducting(books: Books) -> None:
    books.with_terms(books.terms, deducting=frozenset({"rest"}))


def refused(books: Books, code: str, return_id: str, actor: Actor = ACCOUNTANT) -> None:
    assert books.house.refused(actor, lambda u: loan_return.draft(u, books.money, return_id)).code == code


def test_all_goods_come_back_and_everybody_gets_his_own(books: Books) -> None:
    row = books.loan("КД-101")
    books.paper_accepted(row)
    books.paid_for(("КД-101", T))
    one = books.gives_back(row, G)
    told = books.returned(one)
    assert (told.to_lender, told.to_buyer, told.fee_back) == (T, D, FEE)
    assert books.told() == [(T, FEE, T - FEE), (-T, -FEE, FEE - T)]
    assert books.row(row.id).goods == GoodsState.RETURNED and books.application(row).state == "active"
    [letter] = books.house.left("loan.returned")
    assert {**json.loads(letter.payload), "decision": ""} == {
        "application": row.application_id, "lender": "rest", "decision": "", "return": one, "amount": T,
    }  # fmt: skip
    [task] = books.tasks("task.loan_return_down")
    assert json.loads(task.values)["amount"] == "5000.00"

    assert books.round() == 1
    [order_id] = books.orders("draft")
    order = books.order(order_id)
    assert (order.amount, order.payee_inn, order.source) == (T, "7702070139", "settlement")
    assert order.purpose == (
        "Возврат средств по кредитному договору № КД-101 от 23.11.2026 в связи с возвратом товара. НДС не облагается"
    )
    assert order.approvals == "[]" and books.returned(one).executed_at is None
    refused(books, "loan.return_being_paid", one)
    books.sign_order(order_id)
    books.round()
    assert books.returned(one).executed_at is None
    books.debited(order_id)
    books.round()
    assert books.returned(one).executed_at is not None
    assert (books.application(row).state, books.application(row).stage) == ("returned", "ended")
    assert books.kinds(row)[-2:] == ["return_paid", "returned"] and books.round() == 0
    refused(books, "loan.return_closed", one)


def test_parts_come_back_one_by_one_and_add_up_to_the_kopeck(books: Books) -> None:
    row = books.loan("КД-101", view={"discount": Money(99_000)})
    transfer = row.transfer
    books.paid_for(("КД-101", transfer))
    for price in (333_333, 1, 1_999_999, G - 2_333_333):
        books.gives_back(row, price)
    assert sum(gross for gross, _, _ in books.told()) == 0 == sum(fee for _, fee, _ in books.told())
    with books.house.store.unit() as unit:
        found = of_agreement(unit, row.id)
    assert sum(one.to_lender for one in found) == transfer
    assert sum(one.to_buyer for one in found) == D
    assert sum(one.goods - one.to_lender - one.to_buyer for one in found) == 99_000
    assert sum(one.fee_back for one in found) == books.lines()[0].fee
    assert all(min(one.to_lender, one.to_buyer, one.fee_back) >= 0 for one in found)
    assert books.row(row.id).returned == G and books.row(row.id).goods == GoodsState.RETURNED
    books.round()
    books.paid_out()
    assert books.application(row).state == "returned"


@pytest.mark.parametrize(("kopecks", "code"), [(0, "loan.return_sum"), (G + 1, "loan.return_sum")])
def test_not_more_comes_back_than_the_buyer_has(books: Books, kopecks: int, code: str) -> None:
    row = books.loan("КД-101")
    with pytest.raises(Refused) as error:
        books.gives_back(row, kopecks)
    assert error.value.code == code


def test_goods_that_have_not_left_are_not_returned_but_cancelled(books: Books) -> None:
    row = books.loan("КД-101", handed_over=False)
    with pytest.raises(Refused) as error:
        books.gives_back(row, G)
    assert error.value.code == "loan.return_not_gone"


@pytest.mark.parametrize("who", ["clerk", "stranger"])
def test_only_the_shops_manager_reports_its_returns(books: Books, who: str) -> None:
    row = books.loan("КД-101")
    actor = getattr(books.house, who)
    error = books.house.refused(
        actor,
        lambda u: loan_return.return_goods(
            u, books.flow, books.terms, row.application_id, Money(G), ReturnReason.DEFECT
        ),
    )
    assert error.code == {"clerk": "authority.missing", "stranger": "loan.not_found"}[who]


def test_goods_that_come_back_before_the_money_wait_for_it(books: Books) -> None:
    row = books.loan("КД-101")
    one = books.gives_back(row, G)
    assert books.round() == 0 and books.lines() == []
    refused(books, "loan.return_no_money", one)
    books.paid_for(("КД-101", T))
    assert sum(net for _, _, net in books.told()) == 0
    assert books.returned(one).fee_back == FEE
    books.round()
    books.paid_out()
    assert books.application(row).state == "returned"


def test_a_lender_who_never_pays_wants_nothing_back(books: Books) -> None:
    row = books.loan("КД-101")
    one = books.gives_back(row, G)
    refusal = books.house.refused(books.house.boss, lambda u: returns.waive(u, one, "банк закрыл"))
    assert refusal.code == "authority.missing"
    books.house.do(ACCOUNTANT, lambda u: returns.waive(u, one, "банк закрыл договор без выдачи"))
    assert (books.application(row).state, books.row(row.id).funding) == ("returned", "void")
    again = books.house.refused(ACCOUNTANT, lambda u: returns.waive(u, one, "ещё раз"))
    assert again.code == "loan.return_closed"


def test_money_that_is_here_is_not_waived(books: Books) -> None:
    row = books.loan("КД-101")
    one = books.gives_back(row, G)
    books.paid_for(("КД-101", T))
    error = books.house.refused(ACCOUNTANT, lambda u: returns.waive(u, one, "не будем"))
    assert error.code == "loan.return_money_came"


def test_what_a_lender_keeps_from_his_lump_payment_settles_the_return(books: Books) -> None:
    deducting(books)
    first, second = books.loan("КД-101"), books.loan("КД-102")
    books.paid_for(("КД-101", T))
    one = books.gives_back(first, G)
    assert books.round() == 0
    refused(books, "loan.return_kept_by_lender", one)
    third = books.loan("КД-103")
    payment = books.paid_for(("КД-102", T), ("КД-103", T), ("КД-101", -T))
    assert books.last_payment().state == "auto" and "registry_kept_back" in books.reasons(payment)
    assert {books.row(row.id).funding for row in (first, second, third)} == {"received"}
    told = books.returned(one)
    assert (told.kept_by, told.payment_order_id) == (payment, None) and told.executed_at is not None
    assert books.application(first).state == "returned" and books.orders() == []
    assert books.last_payment().allocated == T


def test_a_return_kept_waits_again_when_that_payment_is_taken_back(books: Books) -> None:
    deducting(books)
    first = books.loan("КД-101")
    books.loan("КД-102")
    books.paid_for(("КД-101", T))
    one = books.gives_back(first, G // 2)
    kept = books.returned(one).to_lender
    payment = books.paid_for(("КД-102", T), ("КД-101", -kept))
    assert books.returned(one).kept_by == payment
    books.taken_back(payment)
    assert (books.returned(one).kept_by, books.returned(one).executed_at) == (None, None)
    assert books.kinds(first)[-1] == "return_open_again"


def test_a_person_may_follow_such_a_registry_by_hand(books: Books) -> None:
    deducting(books)
    first, second = books.loan("КД-101"), books.loan("КД-102")
    books.paid_for(("КД-101", T))
    one = books.gives_back(first, G // 2)
    kept = books.returned(one).to_lender
    payment = books.paid_for(("КД-102", T), ("КД-101", -kept))
    last = books.house.do(ACCOUNTANT, lambda u: matching.last_decision(u, payment))
    assert last is not None
    books.house.do(ACCOUNTANT, lambda u: by_hand.undo(u, books.flow, last.id))
    assert books.returned(one).kept_by is None and books.row(second.id).funding == "reversed"
    pairs = [(second.invoice_id, Money(T))]
    books.house.do(ACCOUNTANT, lambda u: by_hand.allocate(u, books.flow, payment, pairs, "по реестру"))
    assert books.returned(one).kept_by == payment and books.row(second.id).funding == "received"


def drafted(books: Books) -> tuple[str, str]:
    """(return, payment order) of goods that came back."""
    row = books.loan("КД-101")
    books.paid_for(("КД-101", T))
    one = books.gives_back(row, G)
    books.round()
    return one, books.orders("draft")[0]


def test_an_order_that_came_to_nothing_is_made_anew_by_a_person_alone(books: Books) -> None:
    one, first = drafted(books)
    books.sign_order(first)
    books.moved(first, OrderEvent.PREPARE)
    books.moved(first, OrderEvent.REFUSE, bank_code="AM04", bank_text="Нет средств")
    assert books.round() == 1 and books.round() == 0
    assert books.alarms() == ["loan.return_not_paid"]
    second = books.house.do(ACCOUNTANT, lambda u: loan_return.draft(u, books.money, one))
    assert second != first and books.alarms() == []
    books.sign_order(second)
    books.debited(second)
    books.round()
    assert books.returned(one).payment_order_id == second


def test_the_first_order_turns_up_and_the_second_does_not_leave(books: Books) -> None:
    one, first = drafted(books)
    books.sign_order(first)
    books.moved(first, OrderEvent.PREPARE)
    books.moved(first, OrderEvent.REFUSE)
    books.round()
    second = books.house.do(ACCOUNTANT, lambda u: loan_return.draft(u, books.money, one))
    books.moved(first, OrderEvent.EXECUTE, entry_id="late", executed_at="2026-11-24T07:00:00Z")
    books.round()
    assert books.returned(one).payment_order_id == first
    assert books.order(second).state == "withdrawn" and books.alarms() == []


def test_both_orders_were_carried_out_and_people_know(books: Books) -> None:
    one, first = drafted(books)
    books.moved(first, OrderEvent.WITHDRAW)
    second = books.house.do(ACCOUNTANT, lambda u: loan_return.draft(u, books.money, one))
    for order_id in (second, first):
        books.moved(order_id, OrderEvent.EXECUTE, entry_id=f"e-{order_id}", executed_at="2026-11-24T07:00:00Z")
        books.round()
    assert books.returned(one).payment_order_id == second and books.alarms() == ["loan.return_paid_twice"]


def test_money_that_comes_back_from_the_lender_opens_the_return_again(books: Books) -> None:
    one, order_id = drafted(books)
    books.paid_out()
    assert books.returned(one).executed_at is not None
    books.bounced(order_id)
    books.round()
    assert (books.returned(one).executed_at, books.alarms()) == (None, ["loan.return_bounced"])
    again = books.house.do(ACCOUNTANT, lambda u: loan_return.draft(u, books.money, one))
    assert books.alarms() == [] and again != order_id


def test_the_lender_keeps_what_an_order_was_made_for_and_the_order_does_not_leave(books: Books) -> None:
    one, order_id = drafted(books)
    books.loan("КД-102")
    books.loan("КД-103")
    books.paid_for(("КД-102", T), ("КД-103", T), ("КД-101", -T))
    assert books.returned(one).kept_by is not None
    books.round()
    assert books.order(order_id).state == "withdrawn"


def test_without_his_requisites_a_person_is_told_and_the_next_round_tries_again(books: Books) -> None:
    known, books.money = books.money, replace(books.money, lenders={})
    row = books.loan("КД-101")
    books.paid_for(("КД-101", T))
    books.gives_back(row, G)
    books.round()
    assert books.alarms() == ["loan.return_not_drafted"] and books.orders() == []
    books.money = known
    books.round()
    assert books.alarms() == [] and len(books.orders("draft")) == 1


def test_nobody_signs_for_himself_twice(books: Books) -> None:
    _, order_id = drafted(books)
    books.sign_order(order_id)
    version = books.order(order_id).version
    person = SIGNERS[0]
    error = books.house.refused(person, lambda u: outgoing.approve(u, books.flow.outgoing, order_id, version))
    assert error.code == "state.illegal"


def test_a_shop_that_was_paid_pays_back_out_of_its_next_statement(books: Books) -> None:
    row = books.loan("КД-101")
    books.paper_accepted(row)
    books.paid_for(("КД-101", T))
    books.month_end()
    books.paid_out()
    assert books.application(row).state == "closed"
    books.gives_back(row, G)
    books.round()
    books.paid_out()
    assert books.application(row).state == "returned"
    books.house.later(days=1)
    assert books.month_end() == []
    assert [line.net for line in books.lines()] == [T - FEE, FEE - T, FEE - T]  # the last is carried over
