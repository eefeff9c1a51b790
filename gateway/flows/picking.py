"""The warehouse works on a pick list; a short pick looks elsewhere first and never loses demand."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import update

from gateway.core.authority import Right
from gateway.core.errors import Refused
from gateway.core.quantity import Quantity
from gateway.flows import release as gate
from gateway.flows import to_1c
from gateway.flows.terms import Terms
from gateway.orders import service as orders
from gateway.orders.model import ShipState, StockState
from gateway.store.schema import AnyRow
from gateway.store.unit import Unit
from gateway.tasks import service as tasks
from gateway.tasks.model import TaskKind
from gateway.warehouse import picking, stock
from gateway.warehouse.model import PickEvent, PickState, Want, plan
from gateway.warehouse.picking import PickedLine
from gateway.warehouse.tables import pick_lists

__all__ = ["PickedLine", "act", "goods_arrived"]

_DONE = (PickState.CLOSED, PickState.CANCELLED)


def act(
    unit: Unit,
    terms: Terms,
    pick_list_id: str,
    event: str,
    lines: Sequence[PickedLine] = (),
    expected_version: int | None = None,
) -> None:
    """Carry one action of the warehouse out.

    Args:
        event: "confirm", "take", "start", "pick", "close", "cancel" or "printed".
        lines: for "pick", what was found; lines not named are complete.

    Raises:
        Refused: `pick_list.unknown`, `pick_list.event_unknown`, `state.illegal`, `pick_list.*`, `authority.missing`.
        Conflict: `pick_list.changed`.
    """
    unit.actor.require(Right.PICKS_WORK)
    row = picking.load(unit, pick_list_id, expected_version)
    match event:
        case "confirm":
            _confirm(unit, row)
        case "take":
            picking.move(unit, row, PickEvent.TAKE, taken_by=unit.actor.name)
        case "start":
            picking.move(unit, row, PickEvent.START, taken_by=unit.actor.name)
        case "pick":
            _pick(unit, terms, row, lines)
        case "close":
            picking.move(unit, row, PickEvent.CLOSE, closed_at=unit.at)
            _settle(unit, row.order_id)
        case "cancel":
            _cancel(unit, terms, row)
        case "printed":
            _printed(unit, row)
        case _:
            raise Refused("pick_list.event_unknown", event=event[:40])
    if event in ("confirm", "close", "cancel", "pick"):
        to_1c.order_status(unit, row.order_id)


def _confirm(unit: Unit, row: AnyRow) -> None:
    picking.move(unit, row, PickEvent.CONFIRM)
    to_1c.pick_list(unit, row.id)
    waiting = [r for r in picking.lists_of_order(unit, row.order_id) if r.state == PickState.TO_CONFIRM]
    if not waiting:
        tasks.end_open(unit, order_id=row.order_id, kinds=(TaskKind.CONFIRM_STOCK,), cancel=False)
    _settle(unit, row.order_id)


def _printed(unit: Unit, row: AnyRow) -> None:
    unit.connection.execute(
        update(pick_lists).where(pick_lists.c.id == row.id).values(printed_at=unit.at, version=row.version + 1)
    )
    unit.journal("pick_list.printed", f"pick_list:{row.id}")
    unit.changed("pick", row.id)


def _pick(unit: Unit, terms: Terms, row: AnyRow, lines: Sequence[PickedLine]) -> None:
    complete = all(
        line.id not in {f.line_id for f in lines}
        or next(f.picked.thousandths for f in lines if f.line_id == line.id) == line.qty
        for line in picking.lines_of(unit, row.id)
    )
    picking.move(unit, row, PickEvent.PICK if complete else PickEvent.SHORTEN, taken_by=row.taken_by or unit.actor.name)
    missing = picking.enter_picked(unit, row, lines)
    if missing:
        _find_elsewhere(unit, terms, row, missing, "short_pick")
    _settle(unit, row.order_id)


def _find_elsewhere(unit: Unit, terms: Terms, row: AnyRow, missing: Sequence[Want], reason: str) -> None:
    """Another warehouse first; what nobody has becomes a back order and a manager's task."""
    order = orders.load(unit, row.order_id)
    others = [w for w in stock.warehouse_ids(unit) if w != row.warehouse_id]
    chosen = plan(missing, stock.free(unit, [w.product_id for w in missing]), others)
    lines = {line.id: line for line in orders.lines_of(unit, order.id)}
    gate.write_lists(unit, terms, order, lines, row.release_id, chosen, PickState.NEW)
    if chosen.missing:
        picking.write_backorder(unit, order.id, chosen.missing, reason)
        gate.write_short_task(unit, terms, order, [(lines[w.line_id].name, w.qty) for w in chosen.missing])


def _cancel(unit: Unit, terms: Terms, row: AnyRow) -> None:
    """The warehouse gives a list back. Its goods are wanted still, unless the order itself was stopped."""
    order = orders.load(unit, row.order_id)
    wanted = [Want(r.line_id, r.product_id, Quantity(r.qty)) for r in stock.live_of_pick_list(unit, row.id)]
    picking.cancel(unit, row)
    if row.state != PickState.TO_CONFIRM:
        to_1c.pick_list(unit, row.id)
    stopped = order.ship_state == ShipState.CANCELLED or bool(order.hold_reason)
    release = gate.live_release(unit, row.order_id)
    if stopped or release is None:
        tasks.end_open(unit, order_id=row.order_id, kinds=(TaskKind.STOP, TaskKind.CONFIRM_STOCK), cancel=False)
        _all_returned(unit, row.order_id, release)
        return
    _find_elsewhere(unit, terms, row, wanted, "refused_by_warehouse")
    _settle(unit, row.order_id)


def _all_returned(unit: Unit, order_id: str, release: AnyRow | None) -> None:
    """A stopped order whose last list came back is as if it had never been released."""
    if any(r.state not in _DONE for r in picking.lists_of_order(unit, order_id)):
        return
    order = orders.load(unit, order_id)
    if release is not None and order.hold_reason:
        gate.withdraw(unit, order_id, order.hold_reason)
        orders.set_states(unit, orders.load(unit, order_id), hold_reason="")


def _settle(unit: Unit, order_id: str) -> None:
    """Derive the order's stock and shipment states from its lists and back orders."""
    order = orders.load(unit, order_id)
    if order.ship_state in (ShipState.SHIPPED, ShipState.CANCELLED):
        return
    lists = [r for r in picking.lists_of_order(unit, order_id) if r.state != PickState.CANCELLED]
    short = bool(picking.open_backorders(unit, order_id))
    all_closed = bool(lists) and all(r.state == PickState.CLOSED for r in lists)
    if any(r.state == PickState.TO_CONFIRM for r in lists):
        stock_state, ship_state = StockState.TO_CONFIRM, order.ship_state
    elif all_closed and not short:
        stock_state, ship_state = StockState.PICKED, ShipState.READY
    else:
        stock_state = StockState.SHORT if short else StockState.RESERVED
        ship_state = ShipState.PICKING if lists else ShipState.NONE
    orders.set_states(unit, order, stock_state=stock_state, ship_state=ship_state)


def goods_arrived(unit: Unit, terms: Terms, product_ids: Sequence[str]) -> int:
    """Goods came in: fill back orders, the longest waiting first; returns how many orders got something."""
    served = 0
    for order_id in picking.orders_waiting_for(unit, product_ids):
        release = gate.live_release(unit, order_id)
        order = orders.load(unit, order_id)
        if release is None or order.hold_reason:
            continue
        waiting = picking.open_backorders(unit, order_id)
        wants = [Want(b.line_id, b.product_id, Quantity(b.qty)) for b in waiting]
        chosen = plan(wants, stock.free(unit, [w.product_id for w in wants]), stock.warehouse_ids(unit))
        if not chosen.takes:
            continue
        picking.end_backorders(unit, [b.id for b in waiting], "filled")
        if chosen.missing:
            picking.write_backorder(unit, order_id, chosen.missing, "no_stock")
        else:
            tasks.end_open(unit, order_id=order_id, kinds=(TaskKind.SHORT,), cancel=False)
        small = sum(t.qty.thousandths for t in chosen.takes) <= terms.small_order_pieces * 1000
        lines = {line.id: line for line in orders.lines_of(unit, order_id)}
        gate.write_lists(
            unit, terms, order, lines, release.id, chosen, PickState.NEW if small else PickState.TO_CONFIRM
        )
        _settle(unit, order_id)
        to_1c.order_status(unit, order_id)
        served += 1
    return served
