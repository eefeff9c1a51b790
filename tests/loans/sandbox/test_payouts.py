"""Lump sums: they add up, are paid once, and their registries are read by our own reader."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateway.core.errors import Refused
from gateway.core.money import Money
from gateway.core.references import Reference
from gateway.loans.model import SigningWay
from gateway.loans.sandbox.control import REST
from gateway.payments.registries.guess import propose
from gateway.payments.registries.model import PayoutSource
from tests.loans.lenders.house import NOW, House

L = Money(54_000_00)
X = Money(4_050_00)  # of the instalment plan


def lent(house: House, application_id: str, offer: int = 0) -> str:
    """A loan that runs; the lender's id."""
    approved = house.approved(application_id)
    view = house.adapter.accept(approved.external_id, approved.offers[offer].id, SigningWay.CLERK)
    house.adapter.signed(view.external_id, NOW, True)
    house.adapter.commit(view.external_id)
    return view.external_id


def test_nothing_lent_is_nothing_paid(house: House) -> None:
    house.approved("one")
    assert house.sandbox.close_day(house.key) is None and house.sandbox.payouts() == []


def test_a_day_is_paid_in_one_sum_and_once(house: House) -> None:
    lent(house, "one")
    lent(house, "two")
    paid = house.sandbox.close_day(house.key)
    assert paid is not None
    assert (paid.number, paid.day, paid.amount) == (1, date(2026, 11, 21), L + L)
    assert [line.amount for line in paid.lines] == [L, L]
    assert house.sandbox.close_day(house.key) is None
    lent(house, "three")
    again = house.sandbox.close_day(house.key)
    assert again is not None and (again.number, again.amount) == (2, L)
    assert house.sandbox.payouts(house.key) == [paid, again]


def test_a_discount_is_kept_by_the_lender(both: dict[str, House]) -> None:
    lent(both[REST], "one", offer=1)
    paid = both[REST].sandbox.close_day(REST)
    assert paid is not None and paid.amount == L - X


def test_our_reader_reads_the_registry(house: House) -> None:
    lent(house, "one")
    lent(house, "two")
    paid = house.sandbox.close_day(house.key)
    assert paid is not None
    (read,) = propose(paid.registry, paid.registry_name, PayoutSource.LOAN).registries
    assert (read.number, read.date) == ("1", date(2026, 11, 21))
    assert [(line.kind, line.key) for line in read.lines] == [(Reference.LOAN, one.agreement) for one in paid.lines]
    assert sum((line.amount for line in read.lines), Money.zero()) == paid.amount
    assert f"реестру № {paid.number}" in paid.purpose


def test_money_of_returned_goods_is_kept_from_the_next_sum(house: House) -> None:
    external_id = lent(house, "one")
    house.sandbox.close_day(house.key)
    house.adapter.returned(external_id, "r1", Money(10_000_00))
    assert house.sandbox.close_day(house.key) is None  # nothing to keep it from
    lent(house, "two")
    paid = house.sandbox.close_day(house.key)
    assert paid is not None and paid.amount == L - Money(10_000_00)
    assert [line.amount for line in paid.lines] == [L, -Money(10_000_00)]
    assert house.sandbox.due_back(house.key) == []


def test_or_it_is_waited_for(house: House) -> None:
    house.sandbox.arrange(house.key, returns="expect")
    external_id = lent(house, "one")
    paid = house.sandbox.close_day(house.key)
    house.adapter.returned(external_id, "r1", Money(10_000_00))
    (due,) = house.sandbox.due_back(house.key)
    assert paid is not None and (due.agreement, due.amount) == (paid.lines[0].agreement, Money(10_000_00))
    house.sandbox.money_came_back(house.key, "r1")
    assert house.sandbox.due_back(house.key) == []
    with pytest.raises(Refused):
        house.sandbox.money_came_back(house.key, "r1")


def test_or_a_loan_is_paid_before_the_goods_go(house: House) -> None:
    house.sandbox.arrange(house.key, pays="signed")
    signed = {}
    for way in SigningWay:
        approved = house.approved(way.value)
        view = house.adapter.accept(approved.external_id, approved.offers[0].id, way)
        house.adapter.signed(view.external_id, NOW, True)
        signed[way] = view.agreement.number if view.agreement else ""
    assert house.sandbox.close_day(house.key) is None  # a loan of 54,000 cools off for four hours
    house.sandbox.move_clock(timedelta(hours=4))
    paid = house.sandbox.close_day(house.key)
    assert paid is not None
    assert {line.agreement for line in paid.lines} == {signed[SigningWay.BRANCH], signed[SigningWay.COURIER]}
    house.adapter.commit(house.adapter.view(SigningWay.CLERK.value, "").external_id)
    later = house.sandbox.close_day(house.key)
    assert later is not None and [line.agreement for line in later.lines] == [signed[SigningWay.CLERK]]


@settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(days=st.lists(st.lists(st.integers(0, 2), max_size=2), min_size=1, max_size=3))
def test_what_was_paid_and_what_came_back_adds_up(both: dict[str, House], days: list[list[int]]) -> None:
    house = both[REST]
    before = sum(one.amount.kopecks for one in house.sandbox.payouts(REST))
    known = len(house.sandbox.applications())
    due = 0
    for day in days:
        for place, thousands in enumerate(day):
            known += 1
            external_id = lent(house, f"a{known}", offer=place % 2)
            due += (L if place % 2 == 0 else L - X).kopecks
            if thousands:
                house.adapter.returned(external_id, f"r{known}", Money(thousands * 1_000_00))
                due -= thousands * 1_000_00
        if day:
            house.sandbox.close_day(REST)
    assert sum(one.amount.kopecks for one in house.sandbox.payouts(REST)) - before == due
    assert all(sum(x.amount.kopecks for x in one.lines) == one.amount.kopecks for one in house.sandbox.payouts(REST))
