"""What leaves for 1C: outbox rows written together with what they tell.

A payload carries everything its file needs, so the file says what was true when it was decided, however late it
leaves. Payments are the exception: they name entries, which never change.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select

from gateway.core.clock import to_text
from gateway.matching.tables import allocations
from gateway.orders.tables import buyers, invoices, order_lines, orders
from gateway.payments.tables import entries
from gateway.payments.tables import payments as payment_rows
from gateway.store.schema import AnyRow
from gateway.store.unit import Unit
from gateway.tasks.tables import tasks
from gateway.warehouse.tables import pick_lines, pick_lists, products, warehouses

PAYMENTS = "onec.payments"
PICK_LIST = "onec.pick_list"
ORDER_STATUS = "onec.order_status"
CALL_TASK = "onec.call_task"
VERSION = 1


def instant(at: datetime) -> str:
    """An instant as payloads carry it."""
    return to_text(at)


def payments(unit: Unit, entry_ids: Sequence[str]) -> None:
    """New incoming payments, for 1C's client-bank import. Each file stands alone: one that 1C's format cannot carry
    must not hold up the next."""
    unit.emit(PAYMENTS, f"payment:{entry_ids[0]}", {"version": VERSION, "entries": list(entry_ids)})


def pick_list(unit: Unit, pick_list_id: str) -> None:
    """A pick list as it stands when the unit ends."""
    unit.at_end(_emit_pick_lists, pick_list_id)


def order_status(unit: Unit, order_id: str) -> None:
    """An order's payment and shipment state when the unit ends, with the payments behind it."""
    unit.at_end(_emit_orders, order_id)


def call_task(unit: Unit, task_id: str) -> None:
    """A call task for the manager."""
    unit.at_end(_emit_calls, task_id)


def _emit_pick_lists(unit: Unit, ids: list[str]) -> None:
    connection = unit.connection
    rows = connection.execute(
        select(pick_lists, warehouses.c.name.label("warehouse_name"))
        .join(
            warehouses,
            (warehouses.c.company == pick_lists.c.company) & (warehouses.c.id == pick_lists.c.warehouse_id),
        )
        .where(pick_lists.c.id.in_(ids))
        .order_by(pick_lists.c.id)
    ).all()
    lines = _grouped(
        connection.execute(
            select(pick_lines, products.c.sku, order_lines.c.price)
            .join(order_lines, order_lines.c.id == pick_lines.c.line_id)
            .outerjoin(products, (products.c.company == unit.company) & (products.c.id == pick_lines.c.product_id))
            .where(pick_lines.c.pick_list_id.in_(ids))
            .order_by(pick_lines.c.position)
        ),
        "pick_list_id",
    )
    heads = {row.id: row for row in _orders_with_buyers(unit, sorted({row.order_id for row in rows}))}
    for row in rows:
        order = heads[row.order_id]
        unit.emit(
            PICK_LIST,
            f"pick_list:{row.id}",
            {
                "version": VERSION,
                "message_no": unit.next_number("onec.message"),  # 1C skips a number it has had
                "id": row.id,
                "number": row.number,
                "state": row.state,
                "created_at": row.created_at,
                "due_at": row.due_at,
                "warehouse_id": row.warehouse_id,
                "warehouse": row.warehouse_name,
                "order": _order_head(order),
                "buyer": _buyer(order),
                "lines": [
                    {
                        "product_id": line.product_id,
                        "sku": line.sku or "",
                        "name": line.name,
                        "unit": line.unit,
                        "qty": line.qty,
                        "price": line.price,
                    }
                    for line in lines.get(row.id, [])
                ],
            },
        )


def _emit_orders(unit: Unit, ids: list[str]) -> None:
    connection = unit.connection
    paid = _grouped(
        connection.execute(
            select(
                invoices.c.order_id,
                allocations.c.amount,
                allocations.c.payment_id,
                entries.c.doc_no,
                entries.c.doc_date,
                entries.c.booked,
                payment_rows.c.bank_time,
            )
            .join(invoices, invoices.c.id == allocations.c.invoice_id)
            .join(entries, entries.c.id == allocations.c.payment_id)
            .join(payment_rows, payment_rows.c.id == allocations.c.payment_id)
            .where(invoices.c.order_id.in_(ids), allocations.c.undone == 0)
            .order_by(allocations.c.id)
        ),
        "order_id",
    )
    lines = _grouped(
        connection.execute(select(order_lines).where(order_lines.c.order_id.in_(ids)).order_by(order_lines.c.position)),
        "order_id",
    )
    for order in _orders_with_buyers(unit, ids):
        unit.emit(
            ORDER_STATUS,
            f"order:{order.id}",
            {
                "version": VERSION,
                "at": unit.at,
                "order": {
                    **_order_head(order),
                    "amount": order.amount,
                    "paid": order.paid,
                    "pay_state": order.pay_state,
                    "ship_state": order.ship_state,
                    "headline": order.headline,
                },
                "buyer": _buyer(order),
                "lines": [
                    {
                        "product_id": line.product_id,
                        "name": line.name,
                        "unit": line.unit,
                        "qty": line.qty,
                        "price": line.price,
                        "amount": line.amount,
                    }
                    for line in lines.get(order.id, [])
                ],
                "payments": [
                    {
                        "id": row.payment_id,
                        "kopecks": row.amount,
                        "doc_no": row.doc_no,
                        "doc_date": row.doc_date,
                        "booked": row.booked,
                        "bank_time": row.bank_time,
                    }
                    for row in paid.get(order.id, [])
                ],
            },
        )


def _emit_calls(unit: Unit, ids: list[str]) -> None:
    rows = unit.connection.execute(
        select(tasks, orders.c.outer_id.label("order_outer_id"), orders.c.date.label("order_date"), orders.c.address)
        .outerjoin(orders, orders.c.id == tasks.c.order_id)
        .where(tasks.c.id.in_(ids))
        .order_by(tasks.c.id)
    )
    for row in rows:
        unit.emit(
            CALL_TASK,
            f"task:{row.id}",
            {
                "version": VERSION,
                "id": row.id,
                "kind": row.kind,
                "reason": row.reason,
                "values": row._mapping["values"],
                "state": row.state,
                "created_at": row.created_at,
                "due_at": row.due_at,
                "order_id": row.order_outer_id or "",
                "order_date": row.order_date,
                "order_number": row.order_number,
                "address": row.address or "",
                "buyer": row.buyer,
                "phone": row.phone,
                "kopecks": row.amount,
                "delivery": row.delivery,
            },
        )


def _orders_with_buyers(unit: Unit, ids: Sequence[str]) -> Sequence[AnyRow]:
    return unit.connection.execute(
        select(
            orders,
            buyers.c.outer_id.label("buyer_outer_id"),
            buyers.c.kind.label("buyer_kind"),
            buyers.c.kpp.label("buyer_kpp"),
            buyers.c.phone.label("buyer_phone"),
            buyers.c.email.label("buyer_email"),
        )
        .join(buyers, buyers.c.id == orders.c.buyer_id)
        .where(orders.c.id.in_(ids))
        .order_by(orders.c.id)
    ).all()


def _grouped(rows: Iterable[AnyRow], column: str) -> dict[str, list[AnyRow]]:
    found: dict[str, list[AnyRow]] = {}
    for row in rows:
        found.setdefault(row._mapping[column], []).append(row)
    return found


def _order_head(order: AnyRow) -> dict[str, Any]:
    return {
        "id": order.outer_id,
        "number": order.number,
        "date": order.date,
        "delivery": order.delivery,
        "address": order.address,
        "contact": order.contact,
        "phone": order.phone,
        "comment": order.comment,
    }


def _buyer(order: AnyRow) -> dict[str, Any]:
    return {
        "id": order.buyer_outer_id,
        "kind": order.buyer_kind,
        "name": order.buyer_name,
        "inn": order.buyer_inn,
        "kpp": order.buyer_kpp,
        "phone": order.buyer_phone,
        "email": order.buyer_email,
    }
