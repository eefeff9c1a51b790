"""The split of one loan's money: nothing is lost for any goods, down payment, discount and tariff."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.core.errors import Refused
from gateway.core.money import Money
from gateway.core.vat import VatKind
from gateway.loans.split import fee_vat, split
from gateway.loans.tariffs import FREE, FeeBase, FeePayer, Tariff

NOTHING = Money.zero()
SUMS = st.integers(0, 10**10).map(Money)


@st.composite
def tariffs(draw: st.DrawFn) -> Tariff:
    least = draw(SUMS)
    return Tariff(
        base=draw(st.sampled_from(FeeBase)),
        percent=draw(st.decimals(0, 100, places=3)),
        fixed=draw(SUMS),
        least=draw(st.sampled_from([NOTHING, least])),
        most=draw(st.none() | SUMS.map(lambda more: least + more)),
        payer=draw(st.sampled_from(FeePayer)),
    )


@st.composite
def purchases(draw: st.DrawFn) -> tuple[Money, Money, Money]:
    goods = draw(st.integers(0, 10**10))
    down = draw(st.integers(0, goods))
    return Money(goods), Money(down), Money(draw(st.integers(0, goods - down)))


@given(purchases(), tariffs())
def test_the_parts_add_up_and_none_is_negative(purchase: tuple[Money, Money, Money], tariff: Tariff) -> None:
    goods, down, discount = purchase
    parts = split(goods, down, discount, tariff)
    assert parts.to_shop + parts.fee == parts.transfer
    assert parts.down + parts.to_shop + parts.fee + parts.discount == goods
    assert parts.loan == goods - down
    assert parts.transfer == parts.loan - discount
    assert min(parts.fee, parts.to_shop, parts.lender_fee) >= NOTHING
    assert max(parts.fee, parts.lender_fee) <= parts.transfer
    assert NOTHING in (parts.fee, parts.lender_fee)
    if tariff.payer is FeePayer.LENDER:
        assert parts.to_shop == parts.transfer
    assert split(goods, down, discount, tariff) == parts


@given(purchases(), tariffs())
def test_the_fee_is_within_its_limits_unless_the_transfer_is_smaller(
    purchase: tuple[Money, Money, Money], tariff: Tariff
) -> None:
    parts = split(*purchase, tariff)
    fee = max(parts.fee, parts.lender_fee)
    assert fee == parts.transfer or fee >= tariff.least
    assert tariff.most is None or fee <= tariff.most


@pytest.mark.parametrize(("base", "fee"), [(FeeBase.GOODS, 2_500), (FeeBase.LOAN, 2_000), (FeeBase.TRANSFER, 1_750)])
def test_the_percent_is_taken_of_its_base(base: FeeBase, fee: int) -> None:
    """G 1000, D 200, L 800, X 100, T 700, at 2.5 %."""
    parts = split(Money(100_000), Money(20_000), Money(10_000), Tariff(base, Decimal("2.5")))
    assert (parts.loan, parts.transfer) == (Money(80_000), Money(70_000))
    assert parts.fee == Money(fee)
    assert parts.to_shop == Money(70_000 - fee)


def test_two_and_a_half_percent_never_lose_a_kopeck() -> None:
    """Rounding 2.5 % and 97.5 % each on its own breaks 5000 sums below 2000 roubles, all multiples of 20 kopecks."""
    tariff = Tariff(percent=Decimal("2.5"))
    apart = 0
    for kopecks in range(20, 200_000, 20):
        parts = split(Money(kopecks), NOTHING, NOTHING, tariff)
        assert parts.fee + parts.to_shop == parts.goods
        apart += parts.fee + parts.goods.times(Decimal("0.975")) != parts.goods
    assert apart == 5_000


def test_a_lender_who_pays_apart_leaves_the_transfer_whole() -> None:
    parts = split(Money(100_000), NOTHING, NOTHING, Tariff(percent=Decimal(3), payer=FeePayer.LENDER))
    assert (parts.fee, parts.lender_fee, parts.to_shop) == (NOTHING, Money(3_000), Money(100_000))


def test_a_least_fee_takes_no_more_than_the_transfer() -> None:
    parts = split(Money(10_000), Money(9_000), NOTHING, Tariff(least=Money(5_000)))
    assert (parts.fee, parts.to_shop) == (Money(1_000), NOTHING)


def test_a_free_service_keeps_nothing() -> None:
    parts = split(Money(4_599_000), Money(99_000), Money(300_000), FREE)
    assert (parts.fee, parts.to_shop) == (NOTHING, Money(4_200_000))


@pytest.mark.parametrize(
    ("goods", "down", "discount", "code"),
    [
        (100, 101, 0, "loan.down_out_of_range"),
        (100, -1, 0, "loan.down_out_of_range"),
        (-1, 0, 0, "loan.down_out_of_range"),
        (100, 60, 41, "loan.discount_out_of_range"),
        (100, 60, -1, "loan.discount_out_of_range"),
    ],
)
def test_sums_that_do_not_fit_are_refused(goods: int, down: int, discount: int, code: str) -> None:
    with pytest.raises(Refused) as caught:
        split(Money(goods), Money(down), Money(discount), FREE)
    assert caught.value.code == code


@pytest.mark.parametrize(
    ("kind", "on", "percent", "vat"),
    [
        (VatKind.STANDARD, date(2025, 12, 31), None, "20.00"),
        (VatKind.STANDARD, date(2026, 1, 1), None, "21.64"),
        (VatKind.SIMPLIFIED, date(2026, 1, 1), 5, "5.71"),
        (VatKind.SIMPLIFIED, date(2026, 1, 1), 7, "7.85"),
        (VatKind.STANDARD, date(2026, 1, 1), 22, "21.64"),
        (VatKind.ZERO, date(2026, 1, 1), None, "0.00"),
        (None, date(2026, 1, 1), None, "0.00"),
    ],
)
def test_the_vat_in_a_fee_of_120_roubles(kind: VatKind | None, on: date, percent: int | None, vat: str) -> None:
    assert str(fee_vat(Money(12_000), kind, on, percent)) == vat


@pytest.mark.parametrize(
    ("kind", "on", "percent", "code"),
    [
        (VatKind.SIMPLIFIED, date(2026, 1, 1), None, "loan.vat_ambiguous"),
        (VatKind.SIMPLIFIED, date(2024, 12, 31), 5, "loan.vat_no_rate"),
        (VatKind.STANDARD, date(2026, 1, 1), 20, "loan.vat_no_rate"),
        (VatKind.STANDARD, date(2003, 12, 31), None, "loan.vat_no_rate"),
    ],
)
def test_a_rate_that_is_not_known_is_refused(kind: VatKind, on: date, percent: int | None, code: str) -> None:
    with pytest.raises(Refused) as caught:
        fee_vat(Money(12_000), kind, on, percent)
    assert caught.value.code == code
