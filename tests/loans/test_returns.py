"""The price of returned goods is divided to the kopeck, however many returns it takes."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from gateway.core.money import Money, total
from gateway.loans.returns import share

parts = st.integers(0, 10**9)


def test_a_part_of_each_in_proportion() -> None:
    assert share(Money(500), Money(700), Money(200), Money(100)) == (Money(350), Money(100), Money(50))


@given(parts, parts, parts, st.lists(st.integers(1, 10**6), min_size=1, max_size=8))
def test_any_returns_add_up_and_the_last_one_clears_every_part(
    transfer: int, down: int, discount: int, weights: list[int]
) -> None:
    left = [Money(transfer), Money(down), Money(discount)]
    goods = total(left)
    if not goods:
        return
    for price in (one for one in goods.split(weights) if one):
        given_back = share(price, *left)
        assert total(given_back) == price
        assert all(Money.zero() <= part <= most for part, most in zip(given_back, left, strict=True))
        left = [most - part for part, most in zip(given_back, left, strict=True)]
    assert left == [Money.zero()] * 3
