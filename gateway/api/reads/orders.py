"""Orders and invoices."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, func, select

from gateway.api.reads import order_parcels
from gateway.api.reads import payments as payment_lists
from gateway.api.reads import picks as pick_lists_read
from gateway.api.reads import tasks as task_lists
from gateway.api.reads.paging import Listing, Window, in_order, searched
from gateway.api.reads.texts import quantity, said, seconds_between, stored_list
from gateway.core.authority import Actor, Right
from gateway.matching.tables import allocations
from gateway.orders.tables import invoices, order_lines, orders, releases, timelines
from gateway.store.schema import AnyRow
from gateway.warehouse.tables import backorders, pick_lines, pick_lists, products, reservations

FILTERS = (
    "all",
    "unpaid",
    "part_paid",
    "paid",
    "released",
    "picking",
    "ready",
    "on_hold",
    "shipped",
    "cancelled",
)

ORDERS = Listing(
    id=orders.c.id,
    sorts={
        "date": orders.c.date,
        "number": orders.c.number,
        "buyer": orders.c.buyer_name,
        "amount": orders.c.amount,
        "paid": orders.c.paid,
        "headline": orders.c.headline,
        "delivery": orders.c.delivery,
        "bank_time": func.coalesce(orders.c.bank_time, ""),
    },
    default="-date",
)

INVOICES = Listing(
    id=invoices.c.id,
    sorts={
        "date": invoices.c.date,
        "number": invoices.c.number,
        "buyer": invoices.c.buyer_name,
        "amount": invoices.c.amount,
        "rest": invoices.c.rest,
    },
    default="-date",
)


def listed(connection: Connection, company: str, state: str, window: Window) -> dict[str, Any]:
    """A slice of the orders whose headline is `state`, with counts by headline."""
    where = [orders.c.company == company, *searched(orders.c.search, window.q)]
    counts = dict.fromkeys(FILTERS, 0)
    grouped = select(orders.c.headline, func.count()).where(*where).group_by(orders.c.headline)
    counts.update({row[0]: row[1] for row in connection.execute(grouped)})
    counts["all"] = sum(n for key, n in counts.items() if key != "all")
    if state != "all":
        where.append(orders.c.headline == state)
    cut = ORDERS.cut(connection, where, window)
    rows = connection.execute(select(orders).where(orders.c.id.in_(cut.ids)))
    items = in_order(cut.ids, {row.id: item(row) for row in rows})
    return {"items": items, "total": counts[state], "next": cut.next, "counts": counts}


def item(row: AnyRow) -> dict[str, Any]:
    """An order as a list shows it."""
    return {
        "id": row.id,
        "version": row.version,
        "number": row.number,
        "date": row.date,
        "buyer": row.buyer_name,
        "buyer_inn": row.buyer_inn,
        "phone": row.phone,
        "delivery": row.delivery,
        "amount": row.amount,
        "paid": row.paid,
        "pay_state": row.pay_state,
        "stock_state": row.stock_state,
        "ship_state": row.ship_state,
        "headline": row.headline,
        **said(f"api.headline.{row.headline}", name="headline"),
        "hold_reason": row.hold_reason,
        "bank_time": row.bank_time,
        "priority": bool(row.priority),
    }


def detail(connection: Connection, company: str, order_id: str, actor: Actor, now: str) -> dict[str, Any] | None:
    """The order with its lines, money, release, pick lists and tasks, or None.

    Payments are named to those who may read payments only.
    """
    row = connection.execute(select(orders).where(orders.c.id == order_id, orders.c.company == company)).one_or_none()
    if row is None:
        return None
    billed = connection.execute(
        select(invoices).where(invoices.c.order_id == order_id, invoices.c.company == company).order_by(invoices.c.id)
    ).all()
    money = payments_of(connection, company, [i.id for i in billed]) if actor.may(Right.PAYMENTS_READ) else []
    picks = pick_lists_read.of_order(connection, company, order_id) if actor.may(Right.PICKS_READ) else []
    calls = task_lists.of_order(connection, company, order_id, actor, now) if actor.may(Right.TASKS_READ) else []
    return {
        **item(row),
        "lines": _lines(connection, company, order_id),
        "invoices": [invoice_item(i) for i in billed],
        "payments": money,
        "release": _release(connection, order_id),
        "picks": picks,
        "tasks": calls,
        "parcels": order_parcels.of_order(connection, company, row) if actor.may(Right.PARCELS_READ) else [],
        "sla": _sla(connection, order_id),
        "address": row.address,
        "contact": row.contact,
        "comment": row.comment,
    }


def payments_of(connection: Connection, company: str, invoice_ids: list[str]) -> list[dict[str, Any]]:
    """Payments allocated to any of these invoices now, as lists show them."""
    rows = connection.execute(
        select(allocations.c.payment_id)
        .where(allocations.c.invoice_id.in_(invoice_ids), allocations.c.undone == 0)
        .group_by(allocations.c.payment_id)
        .order_by(func.min(allocations.c.id))
    )
    return payment_lists.items(connection, company, [row.payment_id for row in rows])


def _lines(connection: Connection, company: str, order_id: str) -> list[dict[str, Any]]:
    def sums(column: Any, key: Any, *where: Any) -> dict[str, int]:
        query = select(key, func.sum(column)).where(*where).group_by(key)
        return {row[0]: int(row[1]) for row in connection.execute(query)}

    held = sums(
        reservations.c.qty,
        reservations.c.line_id,
        reservations.c.order_id == order_id,
        reservations.c.state.in_(("hard", "picked")),
    )
    picked = sums(
        pick_lines.c.picked,
        pick_lines.c.line_id,
        pick_lines.c.pick_list_id == pick_lists.c.id,
        pick_lists.c.order_id == order_id,
        pick_lists.c.state != "cancelled",
    )
    waiting = sums(
        backorders.c.qty, backorders.c.line_id, backorders.c.order_id == order_id, backorders.c.state == "open"
    )
    rows = connection.execute(
        select(order_lines, products.c.sku)
        .outerjoin(products, (products.c.id == order_lines.c.product_id) & (products.c.company == company))
        .where(order_lines.c.order_id == order_id)
        .order_by(order_lines.c.position)
    )
    return [
        {
            "sku": row.sku or "",
            "name": row.name,
            "qty": quantity(row.qty),
            "unit": row.unit,
            "price": row.price,
            "amount": row.amount,
            "reserved": quantity(held.get(row.id)),
            "picked": quantity(picked.get(row.id)),
            "backorder": quantity(waiting.get(row.id)),
        }
        for row in rows
    ]


def _release(connection: Connection, order_id: str) -> dict[str, Any] | None:
    row = connection.execute(
        select(releases).where(releases.c.order_id == order_id, releases.c.withdrawn_at.is_(None))
    ).one_or_none()
    if row is None:
        return None
    return {
        "at": row.at,
        "rule": [{"code": code, "ok": ok, **said(f"release.{code}")} for code, ok in stored_list(row.rule)],
        "evidence": stored_list(row.message_ids),
    }


def _sla(connection: Connection, order_id: str) -> dict[str, Any] | None:
    row = connection.execute(select(timelines).where(timelines.c.order_id == order_id)).one_or_none()
    if row is None:
        return None
    since = row.bank_time
    return {
        "bank_time": since,
        "received_s": seconds_between(since, row.received_at),
        "allocated_s": seconds_between(since, row.allocated_at),
        "pick_list_s": seconds_between(since, row.pick_list_at),
        "call_task_s": seconds_between(since, row.call_task_at),
        "call_done_s": seconds_between(since, row.call_done_at),
    }


def invoices_listed(connection: Connection, company: str, state: str, buyer_inn: str, window: Window) -> dict[str, Any]:
    """A slice of the invoices, open ones or all, of one buyer or of everybody."""
    where = [invoices.c.company == company, *searched(invoices.c.search, window.q)]
    if buyer_inn:
        where.append(invoices.c.buyer_inn == buyer_inn)
    grouped = select(invoices.c.state, func.count()).where(*where).group_by(invoices.c.state)
    by_state = {row[0]: row[1] for row in connection.execute(grouped)}
    counts = {"all": sum(by_state.values()), "open": by_state.get("open", 0)}
    if state != "all":
        where.append(invoices.c.state == state)
    cut = INVOICES.cut(connection, where, window)
    rows = connection.execute(select(invoices).where(invoices.c.id.in_(cut.ids)))
    items = in_order(cut.ids, {row.id: invoice_item(row) for row in rows})
    return {"items": items, "total": counts[state], "next": cut.next, "counts": counts}


def invoice_item(row: AnyRow) -> dict[str, Any]:
    """An invoice as a list shows it."""
    return {
        "id": row.id,
        "number": row.number,
        "date": row.date,
        "buyer": row.buyer_name,
        "buyer_inn": row.buyer_inn,
        "amount": row.amount,
        "rest": row.rest,
        "state": row.state,
        "order_id": row.order_id,
    }
