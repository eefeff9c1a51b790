"""The cooling-off period: by sum, way of signing and day; the lender's own end of it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from gateway.core.money import Money
from gateway.loans.cooling import RULES, cooling_off
from gateway.loans.model import SigningWay

SIGNED = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)
ELSEWHERE = (SigningWay.BRANCH, SigningWay.COURIER)


@pytest.mark.parametrize("way", ELSEWHERE)
@pytest.mark.parametrize(
    ("loan", "hours"),
    [("1.00", 0), ("50000.00", 0), ("50000.01", 4), ("200000.00", 4), ("200000.01", 48), ("3000000.00", 48)],
)
def test_how_long_it_lasts(way: SigningWay, loan: str, hours: int) -> None:
    expected = SIGNED + timedelta(hours=hours) if hours else None
    assert cooling_off(Money.parse(loan), way, SIGNED, None) == expected


@pytest.mark.parametrize("loan", ["50000.01", "200000.01"])
def test_there_is_none_where_the_buyer_stands_in_the_shop(loan: str) -> None:
    assert cooling_off(Money.parse(loan), SigningWay.CLERK, SIGNED, None) is None


@pytest.mark.parametrize("way", SigningWay)
@pytest.mark.parametrize("loan", ["1000.00", "100000.00", "300000.00"])
@pytest.mark.parametrize("hours", [-1, 1, 24, 100])
def test_the_lenders_own_end_rules(way: SigningWay, loan: str, hours: int) -> None:
    until = SIGNED + timedelta(hours=hours)
    assert cooling_off(Money.parse(loan), way, SIGNED, until) == until


@pytest.mark.parametrize("way", ELSEWHERE)
def test_it_began_on_the_first_of_september_2025_in_the_companys_zone(way: SigningWay) -> None:
    loan = Money.parse("100000.00")
    midnight = datetime(2025, 8, 31, 21, tzinfo=UTC)  # in Moscow
    assert cooling_off(loan, way, midnight - timedelta(microseconds=1), None) is None
    assert cooling_off(loan, way, midnight, None) == midnight + timedelta(hours=4)
    assert cooling_off(loan, way, midnight, None, ZoneInfo("Europe/Kaliningrad")) is None


def test_hours_are_hours_also_where_the_clock_is_put_back() -> None:
    """Europe/Berlin put its clock back at 03:00 on 25.10.2026: 48 hours later it is 23:30, not 00:30."""
    signed = datetime(2026, 10, 24, 0, 30, tzinfo=ZoneInfo("Europe/Berlin"))
    until = cooling_off(Money.parse("300000.00"), SigningWay.COURIER, signed, None)
    assert until == datetime(2026, 10, 25, 22, 30, tzinfo=UTC)


def test_an_instant_without_a_zone_is_a_fault() -> None:
    naive = SIGNED.replace(tzinfo=None)
    with pytest.raises(ValueError, match="zone"):
        cooling_off(Money(1), SigningWay.COURIER, naive, None)
    with pytest.raises(ValueError, match="zone"):
        cooling_off(Money(1), SigningWay.COURIER, SIGNED, naive)


def test_the_table_is_in_order_and_names_its_laws() -> None:
    assert [rule.since for rule in RULES] == sorted({rule.since for rule in RULES})
    assert RULES[0].since == date(2025, 9, 1)
    for rule in RULES:
        assert rule.source
        assert all(low < high for (low, _), (high, _) in pairwise(rule.steps))
