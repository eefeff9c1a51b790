"""The warehouse works on a pick list; a short pick looks elsewhere first and never loses demand."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import update

from gateway.core.authority import Right
from gateway.core.errors import Refused
from gateway.core.quantity import Quantity
from gateway.flows import hold, to_1c
from gateway.flows import release as gate
from gateway.flows.terms import Terms
from gateway.orders import service as orders
from gateway.orders.model import ShipState, StockState
from gateway.store.schema import AnyRow
from gateway.store.unit import Unit
from gateway.tasks import service as tasks
from gateway.tasks.model import TaskKind
from gateway.warehouse import picking, stock
from gateway.warehouse.model import PICK_LIST, PickEvent, PickState, Want, plan
from gateway.warehouse.picking import PickedLine
from gateway.warehouse.tables import pick_lists

__all__ = ["PickedLine", "act", "goods_arrived"]

_IN_A_STOPPED_ORDER = ("cancel", "printed")


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
        Refused: `pick_list.unknown`, `pick_list.event_unknown`, `pick_list.stopped` when the order was cancelled or is
            held, `state.illegal`, `state.not_yet`, `pick_list.*`, `authority.missing`.
        Conflict: `pick_list.changed`.
    """
    unit.actor.require(Right.PICKS_WORK)
    row = picking.load(unit, pick_list_id, expected_version)
    order = orders.load(unit, row.order_id)
    if event not in _IN_A_STOPPED_ORDER and _is_stopped(order):
        raise Refused("pick_list.stopped", number=row.number, order=order.number)
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
            _cancel(unit, terms, row, order)
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
    PICK_LIST.step(PickState(row.state), PickEvent.PICK)  # before anything is written down
    missing = picking.enter_picked(unit, row, lines)
    event = PickEvent.SHORTEN if missing else PickEvent.PICK
    picking.move(unit, row, event, taken_by=row.taken_by or unit.actor.name)
    if missing:
        _find_elsewhere(unit, terms, row, missing, "short_pick")
    _settle(unit, row.order_id)


def _find_elsewhere(unit: Unit, terms: Terms, row: AnyRow, missing: Sequence[Want], reason: str) -> None:
    """Another warehouse first; what nobody has becomes a back order and a manager's task."""
    order = orders.load(unit, row.order_id)
    others = [w for w in stock.warehouse_ids(unit) if w != row.warehouse_id]
    chosen = plan(missing, stock.free(unit, [w.product_id for w in missing]), others)
    lines = {line.id: line for line in orders.lines_of(unit, order.id)}
    hold.write_lists(unit, terms, order, lines, row.release_id, chosen, PickState.NEW)
    if chosen.missing:
        picking.write_backorder(unit, order.id, chosen.missing, reason)
        hold.write_short_task(unit, terms, order, [(lines[w.line_id].name, w.qty) for w in chosen.missing])


def _is_stopped(order: AnyRow) -> bool:
    return order.ship_state == ShipState.CANCELLED or bool(order.hold_reason)


def _cancel(unit: Unit, terms: Terms, row: AnyRow, order: AnyRow) -> None:
    """The warehouse gives a list back. Its goods are wanted still, unless the order itself was stopped."""
    wanted = [Want(r.line_id, r.product_id, Quantity(r.qty)) for r in stock.live_of_pick_list(unit, row.id)]
    picking.cancel(unit, row, stopped=_is_stopped(order))
    if row.state != PickState.TO_CONFIRM:
        to_1c.pick_list(unit, row.id)
    if _is_stopped(order):
        _returned(unit, terms, order)
        return
    _find_elsewhere(unit, terms, row, wanted, "refused_by_warehouse")
    _settle(unit, row.order_id)


def _returned(unit: Unit, terms: Terms, order: AnyRow) -> None:
    """Once all its goods are back, a stopped order is as if it had never been released; money that came again in the
    meantime opens the gate anew."""
    if any(r.state != PickState.CANCELLED for r in picking.lists_of_order(unit, order.id)):
        return
    tasks.end_open(unit, order_id=order.id, kinds=(TaskKind.STOP, TaskKind.CONFIRM_STOCK), cancel=False)
    if order.ship_state == ShipState.CANCELLED:
        orders.set_states(unit, order, stock_state=StockState.NONE)
        return
    gate.withdraw(unit, order.id, order.hold_reason)
    orders.set_states(unit, orders.load(unit, order.id), hold_reason="")
    gate.settle_order(unit, terms, order.id)


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
            picking.write_backorder(unit, order_id, chosen.missing, "no_stock", since=min(b.at for b in waiting))
        else:
            tasks.end_open(unit, order_id=order_id, kinds=(TaskKind.SHORT,), cancel=False)
        small = sum(t.qty.thousandths for t in chosen.takes) <= terms.small_order_pieces * 1000
        lines = {line.id: line for line in orders.lines_of(unit, order_id)}
        hold.write_lists(
            unit, terms, order, lines, release.id, chosen, PickState.NEW if small else PickState.TO_CONFIRM
        )
        _settle(unit, order_id)
        to_1c.order_status(unit, order_id)
        served += 1
    return served
