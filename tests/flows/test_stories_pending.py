"""Announced, then booked: one line, whatever the bank calls it in between."""

from __future__ import annotations

from datetime import date

from gateway.orders.tables import orders
from gateway.payments.tables import entries, payments
from gateway.tasks.tables import tasks
from gateway.warehouse.tables import pick_lists
from tests.flows.desk import DAY, Desk, camt, ntry
from tests.flows.shop import Shop
from tests.flows.test_paid_to_pick import one

NEXT = date(2026, 11, 24)


def test_pending_then_booked_under_another_id_and_day_is_one_payment(shop: Shop) -> None:
    """alyf banking #54, firefly-iii #9268, sure #1470, budget-tracker #643."""
    desk = Desk(shop)
    announced = ntry(100_000, ref="TMP-1", status="PDNG", day=DAY, doc_no="17", purpose="По счету СР-1")
    desk.send(camt("camt.052", announced, id="I1"))
    assert desk.payments() == []
    booked = ntry(100_000, ref="FINAL-9", day=NEXT, doc_no="17", purpose="По счету СР-1")
    desk.send(camt("camt.053", booked, id="S2", on=NEXT))
    assert len(desk.entries()) == len(desk.payments()) == 1
    entry = one(shop.rows(entries))
    assert (entry.status, entry.booked, entry.ref) == ("BOOK", "2026-11-24", "FINAL-9")


def test_a_week_of_copies_is_one_payment(shop: Shop) -> None:
    """alyf banking #54: four copies of one payment in a week."""
    desk = Desk(shop)
    for number, day in enumerate(range(23, 28)):
        on = date(2026, 11, day)
        pending = ntry(50_000, ref=f"P{number}", status="PDNG", day=on, doc_no="5")
        desk.send(camt("camt.052", pending, id=f"I{number}", on=on))
    booked = ntry(50_000, ref="B", day=date(2026, 11, 27), doc_no="5")
    for number in range(3):
        desk.send(camt("camt.053", booked, id=f"S{number}", on=date(2026, 11, 27)))
    assert desk.payments() == [(50_000, "needs_person")]


def test_an_announcement_that_comes_late_adds_nothing(shop: Shop) -> None:
    """diadoc #342: packets out of order."""
    desk = Desk(shop)
    desk.send(camt("camt.053", ntry(50_000, ref="B", doc_no="5"), id="S1"))
    desk.send(camt("camt.052", ntry(50_000, ref="TMP", status="PDNG", doc_no="5"), id="I1"))
    assert len(desk.entries()) == 1
    assert desk.payments() == [(50_000, "needs_person")]


def test_two_announced_and_two_booked_are_two(shop: Shop) -> None:
    desk = Desk(shop)
    desk.send(camt("camt.052", ntry(50_000, ref="a", status="PDNG"), ntry(50_000, ref="b", status="PDNG"), id="I1"))
    desk.send(camt("camt.053", ntry(50_000, ref="X"), ntry(50_000, ref="Y"), id="S1"))
    assert len(desk.entries()) == 2
    assert [amount for amount, _ in desk.payments()] == [50_000, 50_000]


def paid(shop: Shop) -> Desk:
    shop.goods("a4", main=10)
    shop.order("СР-101", {"a4": 2})
    desk = Desk(shop)
    desk.send(camt("camt.054", ntry(200_000, ref="GOOD", doc_no="1", purpose="По счету СР-101"), id="N1"))
    assert one(shop.rows(orders)).headline == "picking"
    return desk


def storno(status: str, ref: str = "ST") -> str:
    return ntry(
        200_000, ref=ref, incoming=False, reversal=True, original="GOOD", status=status, doc_no="1", purpose="Сторно"
    )


def test_an_announced_storno_undoes_nothing_until_it_is_booked(shop: Shop) -> None:
    desk = paid(shop)
    desk.send(camt("camt.052", storno("PDNG"), id="I1"))
    assert one(shop.rows(payments)).state == "auto"
    assert one(shop.rows(pick_lists)).state == "new"
    task = one(shop.rows(tasks, reason="task.reversal_announced"))
    assert task.role == "accountant" and "СР-101" in task.values
    desk.send(camt("camt.052", storno("PDNG"), id="I2"))
    assert len(shop.rows(tasks, reason="task.reversal_announced")) == 1
    desk.send(camt("camt.053", storno("BOOK", ref="ST-FINAL"), id="S1"))
    assert one(shop.rows(payments)).state == "reversed"
    assert one(shop.rows(pick_lists)).state == "cancelled"


def test_an_announced_storno_that_never_comes_leaves_all_as_it_was(shop: Shop) -> None:
    desk = paid(shop)
    desk.send(camt("camt.052", storno("PDNG"), id="I1"))
    received = ntry(200_000, ref="GOOD", doc_no="1", purpose="По счету СР-101")
    desk.send(camt("camt.053", received, id="S1", opening=0, closing=200_000))
    assert one(shop.rows(payments)).state == "auto"
    assert one(shop.rows(orders)).headline == "picking"
