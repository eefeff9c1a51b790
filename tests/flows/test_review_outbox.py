"""What leaves: numbers without gaps, one bad row in nobody's way, alarms that end with their cause."""

from __future__ import annotations

import pytest

from gateway.core.authority import Actor, Role
from gateway.core.errors import Refused
from gateway.flows import paid_to_pick
from gateway.flows.leaving import drain
from gateway.store import Store, outbox
from gateway.store.schema import alarms
from gateway.store.schema import outbox as rows
from gateway.warehouse.tables import pick_lists
from tests.flows.shop import Shop
from tests.flows.test_paid_to_pick import one


def test_a_line_that_is_taken_back_leaves_no_gap_in_the_pick_lists(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    shop.goods("a4", main=10)
    shop.order("СР-101", {"a4": 1})
    shop.order("СР-102", {"a4": 1}, price=110_000)
    real = paid_to_pick.decide_payment

    def breaks_after(unit, terms, payment_id):
        monkeypatch.setattr(paid_to_pick, "decide_payment", real)
        real(unit, terms, payment_id)
        raise Refused("order.unknown", id="x")

    monkeypatch.setattr(paid_to_pick, "decide_payment", breaks_after)
    shop.deliver(shop.line(100_000, "По счету СР-101"), shop.line(110_000, "По счету СР-102"))
    assert one(shop.rows(pick_lists)).number == "PICK-2026-000001"


def test_a_dead_payments_file_does_not_hold_up_the_next_and_its_alarm_ends(shop: Shop) -> None:
    sent: list[str] = []

    def sink(parcel: outbox.Parcel) -> None:
        if not sent:
            sent.append("broken")
            raise Refused("order.unknown", id="x")
        sent.append(parcel.id)

    for kopecks in (10_000, 20_000):
        shop.deliver(shop.line(kopecks, "аванс"))
    drained = drain(shop.store, {"onec.payments": sink}, "w")
    assert (drained.done, drained.failed) == (1, 1)
    assert one(shop.rows(alarms)).state == "open"
    dead = next(row for row in shop.rows(rows) if row.dead_at)
    with shop.store.unit(Actor("admin", Role.IT)) as unit:
        outbox.retry(unit, dead.id)
        unit.commit()
    assert one(shop.rows(alarms)).state == "cleared"
    assert drain(shop.store, {"onec.payments": sink}, "w").done == 1


def test_rows_of_another_company_are_left_to_its_own_service(shop: Shop) -> None:
    shop.deliver(shop.line(10_000, "аванс"))
    other = Store(shop.store.url, shop.clock, "other")
    with other.unit() as unit:
        assert outbox.claim(unit, "w") == []
    other.close()
