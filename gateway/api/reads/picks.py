"""Pick lists. Nothing here carries money: the warehouse reads it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, case, func, or_, select

from gateway.api.reads.paging import Listing, Window, in_order, searched
from gateway.api.reads.texts import quantity, stored_list
from gateway.bank.tables import messages
from gateway.core.authority import Actor, Right
from gateway.orders.model import ShipState
from gateway.orders.tables import orders, releases
from gateway.store.schema import AnyRow
from gateway.warehouse.model import PICK_LIST, PickEvent, PickState
from gateway.warehouse.tables import pick_lines, pick_lists, products, warehouses

_S = PickState
# What a tab of the screen shows. "open" is all work that is left; the others do not overlap.
FILTERS: dict[str, tuple[PickState, ...]] = {
    "open": (_S.TO_CONFIRM, _S.NEW, _S.TAKEN, _S.PICKING, _S.PICKED, _S.SHORT),
    "to_confirm": (_S.TO_CONFIRM,),
    "new": (_S.NEW,),
    "working": (_S.TAKEN, _S.PICKING, _S.PICKED),
    "short": (_S.SHORT,),
    "done": (_S.CLOSED,),
}

LISTING = Listing(
    id=pick_lists.c.id,
    sorts={
        "created_at": pick_lists.c.created_at,
        # What is urgent stands before what is merely early.
        "due_at": case((pick_lists.c.priority > 0, "0"), else_="1") + func.coalesce(pick_lists.c.due_at, "9"),
        "number": pick_lists.c.number,
        "state": pick_lists.c.state,
        "priority": pick_lists.c.priority,
        "lines_count": pick_lists.c.lines_count,
    },
    default="due_at",
)


def listed(connection: Connection, company: str, state: str, window: Window) -> dict[str, Any]:
    """A slice of the pick lists behind a tab, with counts by tab."""
    where: list[ColumnElement[bool]] = [pick_lists.c.company == company, *_searched(window.q)]
    grouped = select(pick_lists.c.state, func.count()).where(*where).group_by(pick_lists.c.state)
    by_state: dict[str, int] = {row[0]: row[1] for row in connection.execute(grouped)}
    counts = {tab: sum(by_state.get(s, 0) for s in states) for tab, states in FILTERS.items()}
    counts["all"] = sum(by_state.values())
    if state != "all":
        where.append(pick_lists.c.state.in_(FILTERS[state]))
    cut = LISTING.cut(connection, where, window)
    return {
        "items": _items(connection, cut.ids),
        "total": counts[state],
        "next": cut.next,
        "counts": counts,
    }


def _searched(q: str) -> list[ColumnElement[bool]]:
    """As typed or folded: a scanned "PICK-2026-000123" is Latin, and folding would make half of it Cyrillic."""
    column = pick_lists.c.search
    words = dict.fromkeys(q.split())
    return [or_(column.contains(w.lower(), autoescape=True), *searched(column, w)) for w in words]


def of_order(connection: Connection, company: str, order_id: str) -> list[dict[str, Any]]:
    """All lists of one order, oldest first."""
    rows = connection.execute(
        select(pick_lists.c.id)
        .where(pick_lists.c.order_id == order_id, pick_lists.c.company == company)
        .order_by(pick_lists.c.id)
    )
    return _items(connection, [row.id for row in rows])


def _joined() -> Select[Any]:
    return (
        select(
            pick_lists,
            orders.c.number.label("order_number"),
            orders.c.delivery,
            orders.c.buyer_name,
            orders.c.phone,
            orders.c.comment,
            orders.c.ship_state,
            orders.c.hold_reason,
            warehouses.c.name.label("warehouse"),
        )
        .join(orders, orders.c.id == pick_lists.c.order_id)
        .outerjoin(
            warehouses, (warehouses.c.id == pick_lists.c.warehouse_id) & (warehouses.c.company == pick_lists.c.company)
        )
    )


def _items(connection: Connection, ids: Sequence[str]) -> list[dict[str, Any]]:
    rows = connection.execute(_joined().where(pick_lists.c.id.in_(ids)))
    return in_order(ids, {row.id: _item(row) for row in rows})


def _item(row: AnyRow) -> dict[str, Any]:
    return {
        "id": row.id,
        "version": row.version,
        "number": row.number,
        "order_id": row.order_id,
        "order_number": row.order_number,
        "warehouse": row.warehouse or row.warehouse_id,
        "state": row.state,
        "delivery": row.delivery,
        "lines_count": row.lines_count,
        "qty_total": quantity(row.qty_total),
        "due_at": row.due_at,
        "taken_by": row.taken_by,
        "created_at": row.created_at,
        "priority": bool(row.priority),
    }


def detail(connection: Connection, company: str, pick_list_id: str, actor: Actor) -> dict[str, Any] | None:
    """The pick list with its lines, what allowed it, and what this actor may do with it; or None."""
    row = connection.execute(
        _joined().where(pick_lists.c.id == pick_list_id, pick_lists.c.company == company)
    ).one_or_none()
    if row is None:
        return None
    lines = connection.execute(
        select(pick_lines, products.c.sku, products.c.bin)
        .outerjoin(products, (products.c.id == pick_lines.c.product_id) & (products.c.company == company))
        .where(pick_lines.c.pick_list_id == pick_list_id)
        .order_by(pick_lines.c.position)
    )
    return {
        **_item(row),
        "buyer": row.buyer_name,
        "phone": row.phone,
        "lines": [
            {
                "id": line.id,
                "sku": line.sku or "",
                "name": line.name,
                "bin": line.bin or "",
                "unit": line.unit,
                "qty": quantity(line.qty),
                "picked": quantity(line.picked),
                "short_reason": line.short_reason,
            }
            for line in lines
        ],
        "evidence": _evidence(connection, row.release_id),
        "comment": row.comment,
        "actions": actions(row.state, actor, stopped=row.ship_state == ShipState.CANCELLED or bool(row.hold_reason)),
    }


def _evidence(connection: Connection, release_id: str) -> dict[str, Any] | None:
    """The messages and payments that allowed this list; `sha256` is the first message's."""
    release = connection.execute(select(releases).where(releases.c.id == release_id)).one_or_none()
    if release is None:
        return None
    ids = stored_list(release.message_ids)
    sha256 = connection.execute(
        select(messages.c.sha256).where(messages.c.id == (ids[0] if ids else ""))
    ).scalar_one_or_none()
    return {"message_ids": ids, "payment_ids": stored_list(release.payment_ids), "sha256": sha256}


def actions(state: str, actor: Actor, *, stopped: bool = False) -> list[str]:
    """Events this actor may send now. "printed" is a note, possible while there is something to pick; the goods of a
    stopped order can only come back."""
    if not actor.may(Right.PICKS_WORK):
        return []
    allowed = PICK_LIST.allowed(PickState(state))
    if stopped:
        return [e.value for e in allowed if e is PickEvent.CANCEL]
    if state == PickState.CLOSED:
        return []
    events = [e.value for e in allowed if e is not PickEvent.SHORTEN]
    return [*events, "printed"] if state not in PICK_LIST.final else events
