"""What leaves for 1C: outbox rows written together with what they tell.

A payload carries everything its file needs, so the file says what was true when it was decided, however late it
leaves. Payments are the exception: they name entries, which never change.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select

from gateway.core.clock import to_text
from gateway.matching.tables import allocations
from gateway.orders.tables import buyers, invoices, order_lines, orders
from gateway.payments.tables import entries
from gateway.payments.tables import payments as payment_rows
from gateway.store import marks
from gateway.store.unit import Unit
from gateway.tasks.tables import tasks
from gateway.warehouse.tables import pick_lines, pick_lists, products, warehouses

PAYMENTS = "onec.payments"
PICK_LIST = "onec.pick_list"
ORDER_STATUS = "onec.order_status"
CALL_TASK = "onec.call_task"
VERSION = 1
MESSAGE_MARK = "onec.message_no"


def instant(at: datetime) -> str:
    """An instant as payloads carry it."""
    return to_text(at)


def payments(unit: Unit, entry_ids: Sequence[str]) -> None:
    """New incoming payments, for 1C's client-bank import."""
    unit.emit(PAYMENTS, PAYMENTS, {"version": VERSION, "entries": list(entry_ids)})


def pick_list(unit: Unit, pick_list_id: str) -> None:
    """A pick list as it stands now (new, or cancelled)."""
    row = unit.connection.execute(
        select(pick_lists, warehouses.c.name.label("warehouse_name"))
        .join(
            warehouses,
            (warehouses.c.company == pick_lists.c.company) & (warehouses.c.id == pick_lists.c.warehouse_id),
        )
        .where(pick_lists.c.id == pick_list_id)
    ).one()
    order = unit.connection.execute(select(orders).where(orders.c.id == row.order_id)).one()
    buyer = unit.connection.execute(select(buyers).where(buyers.c.id == order.buyer_id)).one()
    lines = unit.connection.execute(
        select(pick_lines, products.c.sku, order_lines.c.price)
        .join(order_lines, order_lines.c.id == pick_lines.c.line_id)
        .outerjoin(products, (products.c.company == row.company) & (products.c.id == pick_lines.c.product_id))
        .where(pick_lines.c.pick_list_id == pick_list_id)
        .order_by(pick_lines.c.position)
    ).all()
    unit.emit(
        PICK_LIST,
        f"pick_list:{pick_list_id}",
        {
            "version": VERSION,
            "message_no": _next_message(unit),
            "id": pick_list_id,
            "number": row.number,
            "state": row.state,
            "created_at": row.created_at,
            "due_at": row.due_at,
            "warehouse_id": row.warehouse_id,
            "warehouse": row.warehouse_name,
            "order": _order_head(order),
            "buyer": _buyer(buyer),
            "lines": [
                {
                    "product_id": line.product_id,
                    "sku": line.sku or "",
                    "name": line.name,
                    "unit": line.unit,
                    "qty": line.qty,
                    "price": line.price,
                }
                for line in lines
            ],
        },
    )


def order_status(unit: Unit, order_id: str) -> None:
    """An order's payment and shipment state, with the payments behind it."""
    order = unit.connection.execute(select(orders).where(orders.c.id == order_id)).one()
    buyer = unit.connection.execute(select(buyers).where(buyers.c.id == order.buyer_id)).one()
    paid = unit.connection.execute(
        select(
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
        .where(invoices.c.order_id == order_id, allocations.c.undone == 0)
        .order_by(allocations.c.id)
    ).all()
    lines = unit.connection.execute(
        select(order_lines).where(order_lines.c.order_id == order_id).order_by(order_lines.c.position)
    ).all()
    unit.emit(
        ORDER_STATUS,
        f"order:{order_id}",
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
            "buyer": _buyer(buyer),
            "lines": [
                {
                    "product_id": line.product_id,
                    "name": line.name,
                    "unit": line.unit,
                    "qty": line.qty,
                    "price": line.price,
                    "amount": line.amount,
                }
                for line in lines
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
                for row in paid
            ],
        },
    )


def call_task(unit: Unit, task_id: str) -> None:
    """A call task for the manager."""
    row = unit.connection.execute(select(tasks).where(tasks.c.id == task_id)).one()
    unit.emit(
        CALL_TASK,
        f"task:{task_id}",
        {
            "version": VERSION,
            "id": task_id,
            "kind": row.kind,
            "reason": row.reason,
            "values": row._mapping["values"],
            "state": row.state,
            "created_at": row.created_at,
            "due_at": row.due_at,
            "order_number": row.order_number,
            "buyer": row.buyer,
            "phone": row.phone,
            "kopecks": row.amount,
            "delivery": row.delivery,
        },
    )


def _next_message(unit: Unit) -> int:
    """The next number of an exchange message: 1C skips one it has had."""
    number = int(marks.get(unit.connection, unit.company, MESSAGE_MARK) or 0) + 1
    marks.put(unit, MESSAGE_MARK, number)
    return number


def _order_head(order: Any) -> dict[str, Any]:
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


def _buyer(buyer: Any) -> dict[str, Any]:
    return {
        "id": buyer.outer_id,
        "kind": buyer.kind,
        "name": buyer.name,
        "inn": buyer.inn,
        "kpp": buyer.kpp,
        "phone": buyer.phone,
        "email": buyer.email,
    }
