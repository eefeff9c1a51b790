"""When a shop's share is owed, and by which line of the register."""

from __future__ import annotations

import pytest

from gateway.loans.funding import due_in
from gateway.loans.papers import GoodsState
from gateway.loans.terms import LoanTerms, ShopDue
from tests.loans.house import TERMS


def terms(due: ShopDue) -> LoanTerms:
    return LoanTerms(TERMS.sealer, shop_due=due)


def test_funded_asks_nothing_of_the_goods() -> None:
    assert due_in(terms(ShopDue.FUNDED)) == frozenset(GoodsState)


@pytest.mark.parametrize("state", list(GoodsState))
def test_delivered_asks_that_the_buyer_has_or_had_them(state: GoodsState) -> None:
    had = state in (GoodsState.DELIVERED, GoodsState.COMMITTED, GoodsState.RETURNED)
    assert (state in due_in(terms(ShopDue.DELIVERED))) is had


def test_the_default_is_money_and_signature() -> None:
    assert TERMS.shop_due is ShopDue.FUNDED
