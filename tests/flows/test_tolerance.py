"""A company that forgives kopecks: the goods go, the rest stays due and somebody is told. Zero forgives nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from gateway.core.money import Money
from gateway.flows import by_hand
from gateway.flows.terms import DatedPolicy
from gateway.matching.tables import decisions
from gateway.orders.tables import invoices, orders, releases
from gateway.payments.tables import payments
from gateway.tasks.tables import tasks
from gateway.warehouse.tables import pick_lists
from tests.flows.shop import ACCOUNTANT, TERMS, Shop
from tests.flows.test_paid_to_pick import one


def forgiving(kopecks: int, since: date = date(2026, 1, 1)):
    return replace(TERMS, policies=(DatedPolicy(since, replace(TERMS.policy, tolerance=Money(kopecks))),))


def short_by(shop: Shop, kopecks: int, terms: object, evidence: str = "signed") -> None:
    shop.goods("a4", main=10)
    shop.order("СР-101", {"a4": 2})
    shop.deliver(shop.line(200_000 - kopecks, "По счету СР-101"), terms=terms, evidence=evidence)


def open_reasons(shop: Shop) -> set[str]:
    return {row.reason for row in shop.rows(tasks) if row.state in ("new", "taken", "snoozed")}


@pytest.mark.parametrize(("kopecks", "released"), [(1, True), (100, True), (101, False)])
def test_so_much_may_be_missing_and_not_a_kopeck_more(shop: Shop, kopecks: int, released: bool) -> None:
    short_by(shop, kopecks, forgiving(100))
    assert bool(shop.rows(releases)) == bool(shop.rows(pick_lists)) == released
    assert one(shop.rows(invoices)).rest == kopecks
    assert one(shop.rows(orders)).pay_state == "part_paid"
    assert ("task.left_short" in open_reasons(shop)) == released
    assert ("task.underpaid" in open_reasons(shop)) != released


def test_the_default_forgives_nothing(shop: Shop) -> None:
    short_by(shop, 1, TERMS)
    assert shop.rows(releases) == []
    assert one(shop.rows(tasks, reason="task.underpaid")).state == "new"


def test_the_policy_is_that_of_the_day_the_payment_was_booked(shop: Shop) -> None:
    short_by(shop, 50, forgiving(100, since=date(2026, 11, 24)))  # the line is booked on the 23rd
    assert shop.rows(releases) == []


def test_parts_that_leave_too_little_open_release_together(shop: Shop) -> None:
    terms = forgiving(100)
    shop.goods("a4", main=10)
    shop.order("СР-101", {"a4": 2})
    shop.deliver(shop.line(120_000, "По счету СР-101, часть"), terms=terms)
    assert shop.rows(releases) == []
    shop.deliver(shop.line(79_950, "По счету СР-101, остаток"), terms=terms)
    assert len(shop.rows(releases)) == 1
    assert one(shop.rows(tasks, reason="task.left_short")).amount == 50


def test_the_rest_that_comes_later_settles_the_task_and_releases_nothing_twice(shop: Shop) -> None:
    terms = forgiving(100)
    short_by(shop, 100, terms)
    shop.deliver(shop.line(100, "Доплата по счету СР-101"), terms=terms)
    second = shop.rows(payments)[-1]
    if second.state != "auto":  # so small a sum is a person's to place
        with shop.store.unit(ACCOUNTANT) as unit:
            by_hand.allocate(unit, terms, second.id, [(one(shop.rows(invoices)).id, Money(100))])
            unit.commit()
    assert one(shop.rows(invoices)).rest == 0
    assert one(shop.rows(orders)).pay_state == "paid"
    assert one(shop.rows(tasks, reason="task.left_short")).state == "done"
    assert len(shop.rows(releases)) == 1


def test_a_file_within_the_tolerance_still_needs_its_person(shop: Shop) -> None:
    terms = forgiving(100)
    short_by(shop, 100, terms, evidence="file")
    assert shop.rows(releases) == []
    with shop.store.unit(ACCOUNTANT) as unit:
        by_hand.confirm_release(unit, terms, one(shop.rows(payments)).id, "видел в банке")
        unit.commit()
    assert len(shop.rows(releases)) == 1
    assert open_reasons(shop) & {"task.left_short", "task.confirm_release"} == {"task.left_short"}


def test_undo_takes_the_release_and_its_task_back(shop: Shop) -> None:
    terms = forgiving(100)
    short_by(shop, 100, terms)
    with shop.store.unit(ACCOUNTANT) as unit:
        by_hand.undo(unit, terms, one(shop.rows(decisions)).id)
        unit.commit()
    assert one(shop.rows(releases)).withdrawn_reason == "undone"
    assert one(shop.rows(tasks, reason="task.left_short")).state == "cancelled"
    assert one(shop.rows(invoices)).rest == 200_000


def test_a_tolerance_larger_than_the_order_gives_no_order_away(shop: Shop) -> None:
    terms = forgiving(100_000)
    shop.goods("a4", main=10)
    shop.order("СР-101", {"a4": 1}, price=90_000)
    shop.deliver(shop.line(5_001, "Частично по счету СР-101"), terms=terms)
    assert one(shop.rows(payments)).outcome == "partial"
    assert shop.rows(releases) == []
