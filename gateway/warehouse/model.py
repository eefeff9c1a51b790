"""Pick lists: their states, and where an order's goods are taken from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from gateway.core.quantity import Quantity
from gateway.core.states import Machine, Transition


class PickState(StrEnum):
    TO_CONFIRM = "to_confirm"
    NEW = "new"
    TAKEN = "taken"
    PICKING = "picking"
    PICKED = "picked"
    SHORT = "short"
    CLOSED = "closed"
    CANCELLED = "cancelled"


class PickEvent(StrEnum):
    """`PICK` with every line complete leads to picked, else to short: the service turns it into `SHORTEN`."""

    CONFIRM = "confirm"
    TAKE = "take"
    START = "start"
    PICK = "pick"
    SHORTEN = "shorten"
    CLOSE = "close"
    CANCEL = "cancel"


_S, _E = PickState, PickEvent


def _order_is_stopped(stopped: bool) -> bool:
    return stopped


PICK_LIST = Machine(
    "pick_list",
    {
        (_S.TO_CONFIRM, _E.CONFIRM): Transition(_S.NEW),
        (_S.TO_CONFIRM, _E.CANCEL): Transition(_S.CANCELLED),
        (_S.NEW, _E.TAKE): Transition(_S.TAKEN),
        (_S.NEW, _E.START): Transition(_S.PICKING),
        (_S.NEW, _E.PICK): Transition(_S.PICKED),
        (_S.NEW, _E.SHORTEN): Transition(_S.SHORT),
        (_S.NEW, _E.CANCEL): Transition(_S.CANCELLED),
        (_S.TAKEN, _E.TAKE): Transition(_S.TAKEN),
        (_S.TAKEN, _E.START): Transition(_S.PICKING),
        (_S.TAKEN, _E.PICK): Transition(_S.PICKED),
        (_S.TAKEN, _E.SHORTEN): Transition(_S.SHORT),
        (_S.TAKEN, _E.CANCEL): Transition(_S.CANCELLED),
        (_S.PICKING, _E.PICK): Transition(_S.PICKED),
        (_S.PICKING, _E.SHORTEN): Transition(_S.SHORT),
        (_S.PICKING, _E.CANCEL): Transition(_S.CANCELLED),
        (_S.PICKED, _E.CLOSE): Transition(_S.CLOSED),
        (_S.PICKED, _E.CANCEL): Transition(_S.CANCELLED),
        (_S.SHORT, _E.CLOSE): Transition(_S.CLOSED),
        (_S.SHORT, _E.CANCEL): Transition(_S.CANCELLED),
        # Packed goods of a stopped order go back to the shelf; of a live one they go to the customer.
        (_S.CLOSED, _E.CANCEL): Transition(_S.CANCELLED, guard=_order_is_stopped),
    },
    final=frozenset({_S.CANCELLED}),
)

# Nobody has touched the goods yet: the list may be taken back without asking the warehouse.
UNTOUCHED = frozenset({PickState.TO_CONFIRM, PickState.NEW})


@dataclass(frozen=True, slots=True)
class Want:
    """Goods an order line wants."""

    line_id: str
    product_id: str
    qty: Quantity


@dataclass(frozen=True, slots=True)
class Take:
    """Goods of one line to take from one warehouse."""

    line_id: str
    product_id: str
    warehouse_id: str
    qty: Quantity


@dataclass(frozen=True, slots=True)
class Plan:
    """Where everything comes from.

    Attributes:
        takes: what each warehouse gives.
        missing: what no warehouse has.
        one_warehouse: the whole order comes from a single warehouse.
    """

    takes: tuple[Take, ...]
    missing: tuple[Want, ...]

    @property
    def one_warehouse(self) -> bool:
        return not self.missing and len({t.warehouse_id for t in self.takes}) == 1


def plan(wants: Sequence[Want], free: Mapping[tuple[str, str], int], warehouses: Sequence[str]) -> Plan:
    """Choose warehouses for an order.

    One warehouse that has all of it is preferred (the first in `warehouses`' order); else each line is filled from
    the warehouses in order, and what is left is missing.

    Args:
        free: thousandths free by (product, warehouse).
        warehouses: ids, preferred first.
    """
    need: dict[str, int] = {}
    for want in wants:
        need[want.product_id] = need.get(want.product_id, 0) + want.qty.thousandths
    for warehouse in warehouses:
        if all(free.get((product, warehouse), 0) >= qty for product, qty in need.items()):
            return Plan(tuple(Take(w.line_id, w.product_id, warehouse, w.qty) for w in wants), ())
    left = dict(free)
    takes: list[Take] = []
    missing: list[Want] = []
    for want in wants:
        open_qty = want.qty.thousandths
        for warehouse in warehouses:
            available = max(0, left.get((want.product_id, warehouse), 0))
            part = min(open_qty, available)
            if part:
                left[(want.product_id, warehouse)] = available - part
                takes.append(Take(want.line_id, want.product_id, warehouse, Quantity(part)))
                open_qty -= part
        if open_qty:
            missing.append(Want(want.line_id, want.product_id, Quantity(open_qty)))
    return Plan(tuple(takes), tuple(missing))


def small_order(wants: Sequence[Want], chosen: Plan, limit: int) -> bool:
    """The small-order rule: at most `limit` pieces in all, everything free in one warehouse."""
    pieces = sum(w.qty.thousandths for w in wants)
    return chosen.one_warehouse and pieces <= limit * 1000
