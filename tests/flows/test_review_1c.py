"""What 1C sends in awkward order: nothing is released for too little money and nothing is forgotten."""

from __future__ import annotations

from gateway.orders.tables import orders
from gateway.tasks.tables import tasks
from gateway.warehouse.tables import pick_lists
from tests.flows.shop import Shop
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
