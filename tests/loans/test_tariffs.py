"""Which tariff is in force, and what it takes."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from itertools import permutations
from typing import Any

import pytest

from gateway.core.errors import Refused
from gateway.core.money import Money
from gateway.loans.tables import shop_tariffs
from gateway.loans.tariffs import FREE, FeeBase, FeePayer, Tariff, in_force, tariff_of
from gateway.store.schema import AnyRow
from tests.loans.rows import selected


def line(number: int, shop: str, lender: str, since: str, percent: str, **values: Any) -> dict[str, Any]:
    return {
        "id": f"t{number}", "company": "own", "shop_id": shop, "lender": lender, "since": since, "base": "transfer",
        "percent": percent, "fixed": 0, "least": 0, "most": None, "payer": "shop", "visits": 0,
        "made_at": "2026-01-01T00:00:00.000000Z", "made_by": "anna", **values,
    }  # fmt: skip


@pytest.fixture(scope="module")
def rows() -> list[AnyRow]:
    return selected(
        shop_tariffs,
        line(1, "", "", "2026-01-01", "1"),
        line(2, "", "", "2026-06-01", "2"),
        line(3, "", "soap", "2026-01-01", "3"),
        line(4, "shop", "", "2026-03-01", "4"),
        line(5, "shop", "soap", "2026-02-01", "5"),
        line(6, "shop", "soap", "2026-09-01", "6"),
    )


@pytest.mark.parametrize(
    ("shop", "lender", "day", "percent"),
    [
        ("shop", "soap", "2026-11-21", "6"),
        ("shop", "soap", "2026-08-31", "5"),  # the last day of the earlier row
        ("shop", "soap", "2026-09-01", "6"),  # the first day of the later one
        ("shop", "soap", "2026-01-15", "3"),  # before the shop had any row of its own
        ("shop", "rest", "2026-11-21", "4"),  # of the shop, though the general row began later
        ("shop", "rest", "2026-02-28", "1"),
        ("other", "soap", "2026-11-21", "3"),
        ("other", "rest", "2026-11-21", "2"),
        ("other", "rest", "2026-05-31", "1"),
    ],
)
def test_the_narrower_then_the_latest_begun_is_in_force(
    rows: list[AnyRow], shop: str, lender: str, day: str, percent: str
) -> None:
    for order in permutations(rows, len(rows)) if day == "2026-11-21" else [tuple(rows)]:
        assert in_force(order, shop, lender, date.fromisoformat(day)).percent == Decimal(percent)


def test_before_the_first_row_and_without_rows_it_is_free(rows: list[AnyRow]) -> None:
    assert in_force(rows, "shop", "soap", date(2025, 12, 31)) is FREE
    assert in_force([], "shop", "soap", date(2026, 11, 21)) is FREE
    assert FREE.fee(Money(10**9)) == Money.zero()


def test_of_two_that_begin_on_one_day_the_one_written_later_holds() -> None:
    two = selected(
        shop_tariffs,
        line(1, "shop", "", "2026-01-01", "7", made_at="2026-01-02T00:00:00.000000Z"),
        line(2, "shop", "", "2026-01-01", "8"),
    )
    assert in_force(two, "shop", "soap", date(2026, 1, 1)).percent == Decimal(7)


def test_a_row_is_read_whole() -> None:
    (row,) = selected(
        shop_tariffs,
        line(
            1, "", "", "2026-01-01", "2,5", base="goods", fixed=100, least=5_000, most=900_000, payer="lender", visits=1
        ),
    )
    assert tariff_of(row) == Tariff(
        FeeBase.GOODS, Decimal("2.5"), Money(100), Money(5_000), Money(900_000), FeePayer.LENDER, visits=True
    )


@pytest.mark.parametrize(
    ("tariff", "base", "fee"),
    [
        (Tariff(percent=Decimal("2.5")), 10_000_000, 250_000),
        (Tariff(percent=Decimal("2.5")), 20, 1),  # half a kopeck goes up
        (Tariff(percent=Decimal("2.5")), 19, 0),
        (Tariff(percent=Decimal("1"), fixed=Money(5_000)), 10_000_000, 105_000),
        (Tariff(percent=Decimal("1"), least=Money(30_000)), 1_000_000, 30_000),
        (Tariff(percent=Decimal("1"), most=Money(90_000)), 10_000_000, 90_000),
        (Tariff(percent=Decimal("1"), fixed=Money(1), most=Money(100_000)), 10_000_000, 100_000),
        (Tariff(fixed=Money(50_000)), 10_000_000, 50_000),
    ],
)
def test_what_a_tariff_takes(tariff: Tariff, base: int, fee: int) -> None:
    assert tariff.fee(Money(base)) == Money(fee)


@pytest.mark.parametrize("percent", ["100.01", "-1", "NaN"])
def test_an_impossible_percent_is_refused(percent: str) -> None:
    with pytest.raises(Refused) as caught:
        Tariff(percent=Decimal(percent))
    assert caught.value.code == "loan.tariff_percent"


@pytest.mark.parametrize(
    "sums",
    [{"fixed": Money(-1)}, {"least": Money(-1)}, {"least": Money(2), "most": Money(1)}, {"most": Money(-1)}],
)
def test_impossible_sums_are_refused(sums: dict[str, Money]) -> None:
    with pytest.raises(Refused) as caught:
        replace(FREE, **sums)
    assert caught.value.code == "loan.tariff_limits"


def test_a_row_with_an_unreadable_percent_is_refused_by_name() -> None:
    (row,) = selected(shop_tariffs, line(1, "", "", "2026-01-01", "two"))
    with pytest.raises(Refused) as caught:
        tariff_of(row)
    assert caught.value.code == "loan.percent_unreadable"
