"""Money: nothing is lost, nothing is rounded unasked."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.core.errors import Refused
from gateway.core.money import Money, total

SUMS = st.integers(min_value=-(10**15), max_value=10**15).map(Money)
WEIGHTS = st.lists(st.integers(min_value=0, max_value=10**6), min_size=1, max_size=12).filter(any)


@pytest.mark.parametrize(
    ("text", "kopecks"),
    [
        ("0", 0),
        ("1234.5", 123450),
        ("1234.50", 123450),
        ("1 234,50", 123450),
        ("1\u00a0234,50", 123450),
        ("1\u202f234.5", 123450),
        ("18.150", 1815),
        ("0.010000", 1),
        ("175000-00", 17500000),
        ("29166=67", 2916667),
        ("-5.25", -525),
        ("+5", 500),
        (" 40000.00 ", 4000000),
        ("900719925474099.01", 90071992547409901),
    ],
)
def test_reads_what_banks_and_1c_write(text: str, kopecks: int) -> None:
    assert Money.parse(text) == Money(kopecks)


@pytest.mark.parametrize(
    "text",
    ["", " ", "abc", "1.2.3", "1,234.50", "--5", "1e3", "NaN", "Infinity", "5.", ".5", "5 руб.", "1000000000000000.01"],
)
def test_refuses_what_is_not_a_sum(text: str) -> None:
    with pytest.raises(Refused) as caught:
        Money.parse(text)
    assert caught.value.code == "money.unreadable"


@pytest.mark.parametrize("text", ["0.001", "18.155", "1 234,505"])
def test_refuses_parts_of_a_kopeck(text: str) -> None:
    with pytest.raises(Refused) as caught:
        Money.parse(text)
    assert caught.value.code == "money.subkopeck"


def test_a_float_never_becomes_money() -> None:
    with pytest.raises(TypeError):
        Money(1.0)  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        Money(True)
    with pytest.raises(TypeError):
        Money(100) * 2


def test_adding_something_else_is_a_type_error() -> None:
    with pytest.raises(TypeError):
        Money(1) + 1  # type: ignore[operator]
    with pytest.raises(TypeError):
        Money(1) - 1  # type: ignore[operator]


@given(SUMS)
def test_text_and_back_is_the_same_sum(amount: Money) -> None:
    assert Money.parse(amount.decimal_text()) == amount
    assert str(amount) == amount.decimal_text()


@given(SUMS)
def test_the_screen_text_reads_back(amount: Money) -> None:
    assert Money.parse(amount.screen_text().removesuffix("₽").replace("−", "-")) == amount


@given(SUMS, WEIGHTS)
def test_a_split_adds_up_and_is_fair_to_a_kopeck(amount: Money, weights: list[int]) -> None:
    parts = amount.split(weights)
    assert total(parts) == amount
    whole = sum(weights)
    for part, weight in zip(parts, weights, strict=True):
        assert abs(part.kopecks * whole - amount.kopecks * weight) < whole
        assert part.kopecks * amount.kopecks >= 0


def test_the_odd_kopeck_goes_to_the_earlier_part() -> None:
    assert Money(100).split([1, 1, 1]) == [Money(34), Money(33), Money(33)]
    assert Money(-100).split([1, 1, 1]) == [Money(-34), Money(-33), Money(-33)]


@pytest.mark.parametrize("weights", [[], [0, 0], [1, -1]])
def test_a_split_needs_weights(weights: list[int]) -> None:
    with pytest.raises(ValueError, match="weights"):
        Money(100).split(weights)


@pytest.mark.parametrize(
    ("gross", "percent", "vat"),
    [("122.00", 22, "22.00"), ("175000.00", 20, "29166.67"), ("0.03", 22, "0.01"), ("100.00", 0, "0.00")],
)
def test_vat_inside_a_gross_sum(gross: str, percent: int, vat: str) -> None:
    assert Money.parse(gross).vat_inside(percent) == Money.parse(vat)


@given(st.integers(min_value=0, max_value=10**13), st.sampled_from([5, 7, 10, 18, 20, 22]))
def test_vat_inside_is_within_half_a_kopeck(kopecks: int, percent: int) -> None:
    vat = Money(kopecks).vat_inside(percent).kopecks
    assert abs(vat * (100 + percent) - kopecks * percent) * 2 <= 100 + percent


def test_times_rounds_half_up_away_from_zero() -> None:
    assert Money(5).times(Decimal("0.5")) == Money(3)
    assert Money(-5).times(Decimal("0.5")) == Money(-3)
    assert Money(199999).times(Decimal("0.025")) == Money(5000)


def test_sign_truth_and_order() -> None:
    assert -Money(5) == Money(-5)
    assert abs(Money(-5)) == Money(5)
    assert not Money.zero()
    assert Money(1) < Money(2)
    assert total([]) == Money.zero()


def test_screen_text_is_russian() -> None:
    assert Money(-123456789).screen_text() == "−1\u00a0234\u00a0567,89\u00a0₽"
