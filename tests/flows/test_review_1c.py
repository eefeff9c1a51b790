"""What 1C sends in awkward order: nothing is released for too little money and nothing is forgotten."""

from __future__ import annotations

from datetime import timedelta

import pytest

from gateway.flows import from_1c, picking, second_look
from gateway.orders.tables import invoices, orders
from gateway.payments.tables import payments
from gateway.store.schema import alarms
from gateway.tasks.tables import tasks
from gateway.warehouse.tables import pick_lists
from tests.flows.shop import TERMS, Shop
from tests.flows.test_from_1c import document, invoice_of, line, take
from tests.flows.test_paid_to_pick import one


def test_an_order_that_grew_after_its_invoice_is_not_released_for_the_old_sum(shop: Shop) -> None:
    shop.goods("a4", main=50)
    take(shop, document("СР-101"), invoice_of("o-СР-101", "77"))
    take(shop, document("СР-101", "20000.00", lines=line("a4", 20)))
    shop.deliver(shop.line(200_000, "Оплата по счету № 77 от 20.11.2026"))
    assert one(shop.rows(orders)).pay_state == "part_paid"
    assert shop.rows(pick_lists) == []
    assert one(shop.rows(tasks, reason="task.not_invoiced")).role == "manager"
    take(shop, invoice_of("o-СР-101", "78", "18000.00"))
    shop.deliver(shop.line(1_800_000, "Оплата по счету № 78 от 20.11.2026"))
    assert one(shop.rows(pick_lists)).qty_total == 20_000
    assert one(shop.rows(tasks, reason="task.not_invoiced")).state == "done"


def test_an_invoice_before_its_order_in_the_file_is_tied_to_it(shop: Shop) -> None:
    shop.goods("a4", main=10)
    take(shop, invoice_of("o-СР-101", "77"), document("СР-101"))
    shop.deliver(shop.line(200_000, "Оплата по счету № 77 от 20.11.2026"))
    assert one(shop.rows(pick_lists)).state == "new"


def test_an_invoice_paid_before_its_order_came_releases_it_when_they_are_tied(shop: Shop) -> None:
    shop.goods("a4", main=10)
    take(shop, invoice_of("o-СР-101", "77"))
    shop.deliver(shop.line(200_000, "Оплата по счету № 77 от 20.11.2026"))
    assert shop.rows(pick_lists) == []
    take(shop, document("СР-101"), invoice_of("o-СР-101", "77"))
    assert one(shop.rows(pick_lists)).state == "new"


def test_a_paid_invoice_is_not_moved_to_another_order(shop: Shop) -> None:
    shop.goods("a4", main=10)
    take(shop, document("СР-101"), document("СР-102"), invoice_of("o-СР-101", "77"))
    shop.deliver(shop.line(200_000, "Оплата по счету № 77 от 20.11.2026"))
    [(number, error)] = take(shop, invoice_of("o-СР-102", "77")).refused
    assert (number, error.code) == ("77", "invoice.changed_after_payment")


def test_a_deleted_invoice_leaves_the_orders_own_number_payable(shop: Shop) -> None:
    shop.goods("a4", main=10)
    deleted = invoice_of("o-СР-101", "77").replace("<Номер>", "<ПометкаУдаления>true</ПометкаУдаления><Номер>")
    take(shop, document("СР-101"), deleted)
    assert {row.number: row.state for row in shop.rows(invoices)} == {"СР-101": "open", "77": "cancelled"}
    shop.deliver(shop.line(200_000, "По счету СР-101"))
    assert one(shop.rows(pick_lists)).state == "new"


def test_a_crash_before_the_second_look_does_not_forget_it(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    shop.goods("a4", main=10)
    shop.deliver(shop.line(200_000, "Оплата по счету СР-101 от 20.11.2026"))
    with monkeypatch.context() as patch:
        patch.setattr(from_1c, "decide_again", _crash)
        with pytest.raises(KeyboardInterrupt):
            take(shop, document("СР-101"))
    assert take(shop, document("СР-101")).decided == 1
    assert one(shop.rows(pick_lists)).state == "new"
    assert take(shop, document("СР-101")).decided == 0


def _crash(*_: object) -> None:
    raise KeyboardInterrupt


def test_a_document_we_break_on_is_reported_and_the_rest_goes_on(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    real = from_1c._buyer
    calls: list[int] = []

    def breaks_once(party):
        calls.append(1)
        if len(calls) == 1:
            raise ValueError("nobody foresaw this")
        return real(party)

    monkeypatch.setattr(from_1c, "_buyer", breaks_once)
    done = take(shop, document("СР-101"), document("СР-102"))
    assert [(number, error.code) for number, error in done.refused] == [("СР-101", "onec.document_broken")]
    assert one(shop.rows(orders)).number == "СР-102"
    assert one(shop.rows(alarms)).code == "onec.document_refused"


def test_old_money_nobody_looks_at_does_not_hide_fresh_money(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(second_look, "_AT_MOST", 2)
    shop.goods("a4", main=10)
    for number in range(3):
        shop.deliver(shop.line(70_000 + number, "непонятно"))
        shop.clock.advance(timedelta(minutes=1))
    shop.deliver(shop.line(200_000, "Оплата по счету СР-101 от 20.11.2026"))
    assert take(shop, document("СР-101")).decided == 1
    assert len(shop.rows(payments, state="auto")) == 1


def test_a_partly_filled_order_keeps_its_place_in_the_queue(shop: Shop) -> None:
    shop.goods("a4")
    for number, price in (("СР-101", 100_000), ("СР-102", 110_000)):
        shop.order(number, {"a4": 2}, price=price)
        shop.deliver(shop.line(2 * price, f"По счету {number}"))
        shop.clock.advance(timedelta(minutes=1))
    first = shop.rows(orders)[0].id
    for pieces in (1, 2):
        shop.goods("a4", main=pieces)
        with shop.store.unit() as unit:
            picking.goods_arrived(unit, TERMS, ["a4", *(f"p{n}" for n in range(300_000))])
            unit.commit()
    assert {row.order_id for row in shop.rows(pick_lists)} == {first}
