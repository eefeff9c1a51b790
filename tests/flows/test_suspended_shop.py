"""A suspended shop: nothing new begins, its goods are held, its money waits; let work again, all goes on by itself."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from gateway.api.reads import settlement as reads
from gateway.core.errors import Refused
from gateway.flows import loan_release
from gateway.flows import settlement as story
from gateway.loans import shops
from gateway.loans.applying import NewApplication, apply
from gateway.loans.model import SigningWay
from gateway.loans.shops import ShopEvent
from gateway.payments.outgoing.model import OrderEvent
from gateway.settlement.tables import statements
from gateway.store.schema import AnyRow
from tests.flows.loan_books import Books
from tests.loans.house import COMPANY, DIRECTOR, MANAGER, PHONE

T = 4_099_000
CLERK = SigningWay.CLERK


@pytest.fixture
def books(tmp_path: Path) -> Iterator[Books]:
    made = Books(tmp_path)
    yield made
    made.house.close()


def shop(books: Books, event: ShopEvent) -> None:
    books.house.do(DIRECTOR, lambda u: shops.move(u, books.house.shop, event))


def statements_of(books: Books) -> list[AnyRow]:
    return books.every_row(select(statements))


def card(books: Books) -> dict[str, Any]:
    """The only statement, as the tray shows it."""
    with books.house.store.reading() as connection:
        return reads.card(connection, COMPANY, DIRECTOR, statements_of(books)[0].id)


def release_round(books: Books) -> None:
    loan_release.release_due(books.house.store, books.flow, books.terms)


def test_goods_are_held_before_and_after_they_were_let_go_and_go_once_it_works_again(books: Books) -> None:
    let_go = books.signed(CLERK, number="КД-101", order="a")
    later = books.signed(CLERK, number="КД-102", order="b")
    assert books.settle(let_go) == "released"
    shop(books, ShopEvent.SUSPEND)
    assert books.settle(later) == "held"
    release_round(books)
    for row in (let_go, later):
        held = books.row(row.id)
        assert (held.goods, json.loads(held.hold_reasons)) == ("held", ["loan_shop_not_suspended"])
    with pytest.raises(Refused) as caught:
        books.hand_over(let_go)
    assert caught.value.code == "loan.goods_held"

    shop(books, ShopEvent.ACTIVATE)
    release_round(books)
    assert [books.row(row.id).goods for row in (let_go, later)] == ["released", "released"]
    release_round(books)
    assert books.kinds(let_go).count("goods_released") == 2


def test_no_application_is_taken(books: Books) -> None:
    shop(books, ShopEvent.SUSPEND)
    refused = books.house.refused(MANAGER, lambda u: apply(u, books.terms, NewApplication(books.house.shop, "", PHONE)))
    assert refused.code == "shop.not_active"


def test_its_statement_is_made_and_accepted_and_paid_once_when_it_works_again(books: Books) -> None:
    books.paper_accepted(books.loan("КД-101"))
    books.paid_for(("КД-101", T))
    shop(books, ShopEvent.SUSPEND)
    assert books.month_end() == []
    assert [(row.state, row.net > 0) for row in statements_of(books)] == [("payable", True)]
    assert books.alarms() == ["settlement.not_drafted"]
    held = card(books)["held"]
    assert held["code"] == "settlement.not_drafted" and "приостановлена" in held["text_ru"]
    books.round()

    shop(books, ShopEvent.ACTIVATE)
    books.round()
    assert books.alarms() == [] and card(books)["held"] is None
    books.paid_out()
    assert [row.state for row in statements_of(books)] == ["paid"]
    books.round()
    assert len(books.orders()) == 1 and books.paid_to_shops() == statements_of(books)[0].net


@pytest.mark.parametrize("signed", [False, True])
@pytest.mark.parametrize("at_once", [False, True])
def test_what_was_drafted_before_does_not_leave_and_is_drafted_once_more(
    books: Books, at_once: bool, signed: bool
) -> None:
    books.paper_accepted(books.loan("КД-101"))
    books.paid_for(("КД-101", T))
    [drafted] = books.month_end()
    if signed:
        books.sign_order(drafted)
        books.round()
    shop(books, ShopEvent.SUSPEND)
    if at_once:  # as the tray's API does it
        settlement, shop_id = books.money.settlement, books.house.shop
        books.house.do(DIRECTOR, lambda u: story.withhold_of(u, settlement, shop_id))
        assert books.order(drafted).state == "withdrawn"
    for _ in range(2):
        books.round()
    assert (books.order(drafted).state, statements_of(books)[0].state) == ("withdrawn", "payable")
    assert (books.orders(), books.alarms()) == ([drafted], ["settlement.not_drafted"])

    shop(books, ShopEvent.ACTIVATE)
    for _ in range(2):
        books.round()
    [anew] = books.orders("draft")
    books.paid_out()
    assert (books.orders(), books.paid_to_shops()) == ([drafted, anew], statements_of(books)[0].net)


def test_what_has_left_before_is_carried_out(books: Books) -> None:
    books.paper_accepted(books.loan("КД-101"))
    books.paid_for(("КД-101", T))
    [order_id] = books.month_end()
    books.sign_order(order_id)
    books.moved(order_id, OrderEvent.PREPARE)
    shop(books, ShopEvent.SUSPEND)
    books.round()
    assert (books.order(order_id).state, statements_of(books)[0].state) == ("sending", "ordered")
