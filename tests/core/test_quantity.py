"""Quantities: exact to a thousandth."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.core.errors import Refused
from gateway.core.quantity import Quantity

QUANTITIES = st.integers(min_value=-(10**12), max_value=10**12).map(Quantity)


@pytest.mark.parametrize(
    ("text", "thousandths"),
    [
        ("5", 5000),
        ("2.5", 2500),
        ("2,5", 2500),
        ("1 000,250", 1000250),
        ("0.001", 1),
        ("3.", 3000),
        ("-1", -1000),
        ("1.5000", 1500),
    ],
)
def test_reads_quantities(text: str, thousandths: int) -> None:
    assert Quantity.parse(text) == Quantity(thousandths)


@pytest.mark.parametrize("text", ["", "пять", "1e3", "0.0001", "1.2.3", "NaN", "10000000000000.001"])
def test_refuses_what_is_not_a_quantity(text: str) -> None:
    with pytest.raises(Refused) as caught:
        Quantity.parse(text)
    assert caught.value.code == "quantity.unreadable"


@given(QUANTITIES)
def test_text_and_back_is_the_same(quantity: Quantity) -> None:
    assert Quantity.parse(str(quantity)) == quantity


@given(QUANTITIES, QUANTITIES)
def test_sums_are_exact(one: Quantity, other: Quantity) -> None:
    assert (one + other) - other == one
    assert one + -one == Quantity(0)
    assert bool(one) == (one.thousandths != 0)


def test_whole_units_have_no_tail() -> None:
    assert str(Quantity.of(5)) == "5"
    assert str(Quantity(-2500)) == "-2.5"
    assert Quantity.of(1) < Quantity.of(2)
