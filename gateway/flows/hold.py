"""Goods for a released order: where they come from, the reservations, the pick lists, what nobody has."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from gateway.core.authority import Role
from gateway.core.quantity import Quantity
from gateway.core.workdays import add_work_minutes
from gateway.flows import to_1c
from gateway.flows.terms import Terms
from gateway.orders import service as orders
from gateway.orders.model import ShipState, StockState
from gateway.orders.service import OrderRow
from gateway.store.schema import AnyRow
from gateway.store.unit import Unit
from gateway.tasks import service as tasks
from gateway.tasks.model import NewTask, TaskKind
from gateway.warehouse import picking, stock
from gateway.warehouse.model import PickState, Plan, Want, plan, small_order
from gateway.warehouse.picking import Heading, LineText


@dataclass(frozen=True, slots=True)
class Held:
    """What holding an order's goods came to: pick lists written, and (name, quantity) of what nobody has."""

    lists: tuple[str, ...] = ()
    missing: tuple[tuple[str, Quantity], ...] = ()


def hold_goods(unit: Unit, terms: Terms, order: OrderRow, release_id: str) -> Held:
    """Reserve what a released order still wants and write its pick lists.

    A small order that one warehouse can serve is confirmed at once; any other waits for the warehouse's word.
    """
    lines = {line.id: line for line in orders.lines_of(unit, order.id)}
    wants = _still_wanted(unit, order, lines)
    if not wants:
        if not any(not line.service for line in lines.values()):
            orders.set_states(unit, order, ship_state=ShipState.READY)
        return Held()
    chosen = plan(wants, stock.free(unit, [w.product_id for w in wants]), stock.warehouse_ids(unit))
    small = small_order(wants, chosen, terms.small_order_pieces)
    state = PickState.NEW if small else PickState.TO_CONFIRM
    written = write_lists(unit, terms, order, lines, release_id, chosen, state)
    missing = tuple((lines[w.line_id].name, w.qty) for w in chosen.missing)
    if chosen.missing:
        picking.write_backorder(unit, order.id, chosen.missing, "no_stock")
        write_short_task(unit, terms, order, missing)
    orders.set_states(
        unit,
        order,
        stock_state=StockState.SHORT if chosen.missing else StockState.RESERVED if small else StockState.TO_CONFIRM,
        ship_state=ShipState.PICKING if small else order.ship_state,
    )
    return Held(tuple(written), missing)


def _still_wanted(unit: Unit, order: OrderRow, lines: dict[str, AnyRow]) -> list[Want]:
    """Lines that need goods, less what is held, shipped or on back order already."""
    have: dict[str, int] = {}
    if order.stock_state != StockState.NONE:
        for kept in (*stock.kept_of_order(unit, order.id), *picking.open_backorders(unit, order.id)):
            have[kept.line_id] = have.get(kept.line_id, 0) + kept.qty
    return [
        Want(line.id, line.product_id, Quantity(line.qty - line.cancelled - have.get(line.id, 0)))
        for line in lines.values()
        if not line.service and line.qty - line.cancelled > have.get(line.id, 0)
    ]


def write_lists(
    unit: Unit,
    terms: Terms,
    order: OrderRow,
    lines: Mapping[str, AnyRow],
    release_id: str,
    chosen: Plan,
    state: PickState,
) -> list[str]:
    """One pick list for each warehouse of the plan; confirmed ones go to 1C. `lines` are the order's, by id."""
    texts = {line.id: LineText(line.name, line.unit) for line in lines.values()}
    due = add_work_minutes(unit.now, 60, terms.hours, terms.zone)
    heading = Heading(
        order_id=order.id,
        release_id=release_id,
        search=f"{order.number} {order.buyer_name}",
        priority=bool(order.priority),
        due_at=to_1c.instant(due),
    )
    written = []
    for warehouse in dict.fromkeys(take.warehouse_id for take in chosen.takes):
        takes = [take for take in chosen.takes if take.warehouse_id == warehouse]
        pick_list_id = picking.write_list(unit, heading, warehouse, takes, texts, state)
        written.append(pick_list_id)
        if state == PickState.NEW:
            to_1c.pick_list(unit, pick_list_id)
    if written and state == PickState.TO_CONFIRM:
        tasks.write(
            unit,
            NewTask(
                kind=TaskKind.CONFIRM_STOCK,
                reason="task.confirm_stock",
                role=Role.WAREHOUSE,
                due_at=add_work_minutes(unit.now, terms.call_minutes, terms.hours, terms.zone),
                values={"order": order.number},
                order_id=order.id,
                order_number=order.number,
                buyer=order.buyer_name,
                delivery=order.delivery,
            ),
        )
    return written


def write_short_task(unit: Unit, terms: Terms, order: OrderRow, missing: Sequence[tuple[str, Quantity]]) -> None:
    """Tell the manager what is missing."""
    tasks.write(
        unit,
        NewTask(
            kind=TaskKind.SHORT,
            reason="task.short",
            role=Role.MANAGER,
            due_at=add_work_minutes(unit.now, terms.call_minutes, terms.hours, terms.zone),
            values={"order": order.number, "goods": goods_text(missing)},
            order_id=order.id,
            order_number=order.number,
            buyer=order.buyer_name,
            phone=order.phone,
            delivery=order.delivery,
        ),
    )


def goods_text(goods: Sequence[tuple[str, Quantity]]) -> str:
    """ "Рама А4 × 2, стекло × 1", cut to what fits a task's title."""
    return ", ".join(f"{name} × {qty}" for name, qty in goods)[:300]
