"""The calculator: golden quotes, which lenders fit and why not, instalment plans."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.core.catalogue import sentence
from gateway.core.errors import Refused
from gateway.core.money import Money, total
from gateway.loans.calculator import Purchase, calculate, down_payment, quote
from gateway.loans.dated import LenderTerms
from gateway.loans.schedule import DayCount, annuity

ON = date(2026, 11, 21)
SOAP = LenderTerms(
    lender="soap",
    since=date(2026, 1, 1),
    categories=(),
    least=Money.parse("3000"),
    most=Money.parse("500000"),
    months=(6, 10, 12),
    rate=Decimal("24.9"),
    down_percent=Decimal(0),
    day_count=DayCount.MONTHS,
    zero_rate=False,
)
REST = replace(SOAP, lender="rest", rate=Decimal(35), months=(10, 12), day_count=DayCount.ACTUAL)
PLAN = replace(SOAP, lender="plan", months=(6,), zero_rate=True)


def purchase(goods: str, down: str = "0", *categories: str) -> Purchase:
    return Purchase(Money.parse(goods), Money.parse(down), frozenset(categories))


def test_the_golden_quotes() -> None:
    golden = quote(Money.parse("100000"), SOAP, 12, ON)
    assert (str(golden.payment), str(golden.last_payment), str(golden.overpaid)) == ("9499.57", "9499.53", "13994.80")
    assert (golden.psk, golden.discount, golden.approximate) == (Decimal("24.900"), Money.zero(), True)
    by_days = quote(Money.parse("100000"), replace(SOAP, day_count=DayCount.ACTUAL), 12, ON)
    assert (str(by_days.last_payment), str(by_days.overpaid)) == ("9446.29", "13941.56")
    assert by_days.psk == Decimal("24.818")


def test_all_that_fit_are_quoted_by_term_the_cheapest_first() -> None:
    found = calculate(purchase("55990", "10000", "electronics"), [REST, SOAP], ON)
    assert [(one.months, one.lender) for one in found.quotes] == [
        (6, "soap"), (10, "soap"), (10, "rest"), (12, "soap"), (12, "rest"),
    ]  # fmt: skip
    assert {one.loan for one in found.quotes} == {Money.parse("45990")}
    assert str(found.quotes[2].payment) == "5368.53"
    assert found.misfits == ()


def test_only_the_terms_asked_for() -> None:
    found = calculate(purchase("50000"), [SOAP, REST], ON, months=[6, 12])
    assert [(one.months, one.lender) for one in found.quotes] == [(6, "soap"), (12, "soap"), (12, "rest")]


@pytest.mark.parametrize(
    ("bought", "terms", "months", "code"),
    [
        (purchase("50000", "0", "furniture"), {"categories": ("electronics",)}, [], "loan.misfit_category"),
        (
            purchase("50000", "0", "furniture", "electronics"),
            {"categories": ("electronics",)},
            [],
            "loan.misfit_category",
        ),
        (purchase("2999.99"), {}, [], "loan.misfit_least"),
        (purchase("50000", "47000.01"), {}, [], "loan.misfit_least"),
        (purchase("50000", "50000"), {"least": Money(0)}, [], "loan.misfit_least"),
        (purchase("500000.01"), {}, [], "loan.misfit_most"),
        (purchase("50000", "4999.99"), {"down_percent": Decimal(10)}, [], "loan.misfit_down"),
        (purchase("50000"), {}, [7, 11], "loan.misfit_months"),
    ],
)
def test_what_does_not_fit_is_named(bought: Purchase, terms: dict[str, Any], months: list[int], code: str) -> None:
    found = calculate(bought, [replace(SOAP, **terms)], ON, months)
    assert found.quotes == ()
    assert [misfit.code for misfit in found.misfits] == [code]
    for language in ("ru", "en"):
        assert "{" not in sentence(code, language, found.misfits[0].values)


@pytest.mark.parametrize(
    ("bought", "terms"),
    [
        (purchase("3000"), {}),
        (purchase("500000"), {}),
        (purchase("500000.01", "0.01"), {}),
        (purchase("50000", "5000"), {"down_percent": Decimal(10)}),
        (purchase("50000", "0", "electronics"), {"categories": ("electronics", "furniture")}),
        (purchase("50000"), {"categories": ("electronics",)}),
    ],
)
def test_the_limits_themselves_fit(bought: Purchase, terms: dict[str, Any]) -> None:
    found = calculate(bought, [replace(SOAP, **terms)], ON)
    assert len(found.quotes) == 3
    assert found.misfits == ()


def test_a_lender_that_does_not_fit_leaves_the_others() -> None:
    found = calculate(purchase("50000"), [replace(SOAP, most=Money(1)), REST], ON)
    assert {one.lender for one in found.quotes} == {"rest"}
    assert [misfit.lender for misfit in found.misfits] == ["soap"]


def test_an_instalment_plan_costs_the_buyer_nothing_and_the_shop_the_interest() -> None:
    plan = quote(Money.parse("30000"), PLAN, 6, ON)
    assert str(plan.payment) == str(plan.last_payment) == "5000.00"
    assert (plan.overpaid, plan.rate, str(plan.psk)) == (Money.zero(), Decimal(0), "0.000")
    transfer = plan.loan - plan.discount
    assert annuity(transfer, PLAN.rate, 6, ON, DayCount.MONTHS).payment == plan.payment
    free = quote(Money.parse("30000"), replace(PLAN, rate=Decimal(0)), 6, ON)
    assert free.discount == Money.zero()


@given(
    st.integers(300_000, 50_000_000).map(Money),
    st.decimals(0, 90, places=1),
    st.integers(3, 60),
    st.booleans(),
    st.sampled_from(DayCount),
)
def test_a_quotes_figures_hold_together(
    loan: Money, rate: Decimal, months: int, zero_rate: bool, count: DayCount
) -> None:
    found = quote(loan, replace(SOAP, rate=rate, zero_rate=zero_rate, day_count=count), months, ON)
    rows = annuity(loan, found.rate, months, ON, count).rows
    assert total([row.payment for row in rows]) == loan + found.overpaid
    assert rows[-1].payment == found.last_payment
    assert Money.zero() <= found.discount < loan
    assert (found.discount > Money.zero()) == (zero_rate and rate > 0)
    assert (found.psk == 0) == (found.overpaid == Money.zero())


@pytest.mark.parametrize(
    ("percent", "down"), [("10", "4599.00"), ("0", "0.00"), ("100", "45990.00"), ("33.333", "15329.85")]
)
def test_a_down_payment_in_percent(percent: str, down: str) -> None:
    assert str(down_payment(Money.parse("45990"), Decimal(percent))) == down


@pytest.mark.parametrize(("goods", "down"), [("100", "100.01"), ("100", "-1")])
def test_a_down_payment_that_cannot_be_is_refused(goods: str, down: str) -> None:
    with pytest.raises(Refused) as caught:
        purchase(goods, down)
    assert caught.value.code == "loan.down_out_of_range"
