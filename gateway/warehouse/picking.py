"""Pick lists as rows: written, worked on, closed; a short pick never loses demand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select, update

from gateway.core.authority import Right
from gateway.core.errors import Conflict, Refused
from gateway.core.ids import new_id
from gateway.core.quantity import Quantity
from gateway.core.text import fold
from gateway.store.schema import AnyRow
from gateway.store.unit import Unit
from gateway.warehouse import stock
from gateway.warehouse.model import PICK_LIST, PickEvent, PickState, Take, Want
from gateway.warehouse.tables import backorders, pick_lines, pick_lists, reservations


@dataclass(frozen=True, slots=True)
class Heading:
    """What a pick list says of its order."""

    order_id: str
    release_id: str
    search: str
    priority: bool
    due_at: str | None


@dataclass(frozen=True, slots=True)
class LineText:
    """How a line is printed."""

    name: str
    unit: str


@dataclass(frozen=True, slots=True)
class PickedLine:
    """What the warehouse found for one line of the list.

    Attributes:
        line_id: id of the pick line.
        picked: 0 … the wanted quantity.
        short_reason: why it is less: "missing", "damaged", "wrong_count", free text.
    """

    line_id: str
    picked: Quantity
    short_reason: str = ""


def write_list(
    unit: Unit,
    heading: Heading,
    warehouse_id: str,
    takes: Sequence[Take],
    texts: dict[str, LineText],
    state: PickState,
) -> str:
    """Reserve `takes` (all of one warehouse) and write the list for them; returns its id.

    Raises:
        Conflict: `stock.gone`.
    """
    pick_list_id = new_id()
    stock.reserve(unit, heading.order_id, takes, pick_list_id)
    number = f"PICK-{unit.now:%Y}-{unit.next_number('pick_list'):06d}"
    unit.insert(
        pick_lists,
        {
            "id": pick_list_id,
            "company": unit.company,
            "number": number,
            "order_id": heading.order_id,
            "release_id": heading.release_id,
            "warehouse_id": warehouse_id,
            "state": state,
            "created_at": unit.at,
            "due_at": heading.due_at,
            "lines_count": len(takes),
            "qty_total": sum(t.qty.thousandths for t in takes),
            "priority": int(heading.priority),
            "search": fold(f"{number} {heading.search}"),
            "version": 1,
        },
    )
    unit.insert(
        pick_lines,
        *[
            {
                "id": new_id(),
                "pick_list_id": pick_list_id,
                "position": position,
                "line_id": take.line_id,
                "product_id": take.product_id,
                "name": texts[take.line_id].name,
                "unit": texts[take.line_id].unit,
                "qty": take.qty.thousandths,
                "picked": 0,
                "short_reason": "",
            }
            for position, take in enumerate(takes, start=1)
        ],
    )
    unit.journal(
        "pick_list.written",
        f"pick_list:{pick_list_id}",
        number=number,
        order=heading.order_id,
        release=heading.release_id,
        state=state,
        takes=[[t.product_id, t.warehouse_id, t.qty.thousandths] for t in takes],
    )
    unit.changed("pick", pick_list_id)
    return pick_list_id


def write_backorder(unit: Unit, order_id: str, wants: Sequence[Want], reason: str, since: str | None = None) -> None:
    """Note demand that cannot be met now; it stays open until it is filled or cancelled.

    Args:
        since: when the order began to wait, if it waited before: it keeps its place in the queue.
    """
    for want in wants:
        unit.insert(
            backorders,
            {
                "id": new_id(),
                "company": unit.company,
                "order_id": order_id,
                "line_id": want.line_id,
                "product_id": want.product_id,
                "qty": want.qty.thousandths,
                "at": since or unit.at,
                "reason": reason,
                "state": "open",
            },
        )
    unit.journal(
        "backorder.opened",
        f"order:{order_id}",
        wants=[[w.line_id, w.product_id, w.qty.thousandths] for w in wants],
        reason=reason,
    )


def load(unit: Unit, pick_list_id: str, expected_version: int | None = None) -> AnyRow:
    """The list's row.

    Raises:
        Refused: `pick_list.unknown`.
        Conflict: `pick_list.changed`.
    """
    row = unit.connection.execute(
        select(pick_lists).where(pick_lists.c.id == pick_list_id, pick_lists.c.company == unit.company)
    ).one_or_none()
    if row is None:
        raise Refused("pick_list.unknown", id=pick_list_id)
    if expected_version is not None and row.version != expected_version:
        raise Conflict("pick_list.changed", number=row.number, state=row.state, by=row.taken_by or "?")
    return row


def lines_of(unit: Unit, pick_list_id: str) -> Sequence[AnyRow]:
    """The list's lines, in order."""
    return unit.connection.execute(
        select(pick_lines).where(pick_lines.c.pick_list_id == pick_list_id).order_by(pick_lines.c.position)
    ).all()


def move(unit: Unit, row: AnyRow, event: PickEvent, **values: Any) -> PickState:
    """Move a list by one event of its table; returns the new state.

    Raises:
        Refused: `state.illegal`, `authority.missing`.
    """
    unit.actor.require(Right.PICKS_WORK)
    to = PICK_LIST.step(PickState(row.state), event).to
    unit.update(pick_lists, row.id, state=to, version=row.version + 1, **values)
    unit.journal("pick_list.moved", f"pick_list:{row.id}", event=event, state=to)
    unit.changed("pick", row.id)
    return to


def enter_picked(unit: Unit, row: AnyRow, found: Sequence[PickedLine]) -> list[Want]:
    """Write down what was found; unnamed lines count as complete.

    The reservation of a short line shrinks to what was found; the missing part is returned, for the caller to find
    elsewhere or to put on back order.

    Raises:
        Refused: `pick_list.line_unknown`, `pick_list.too_much`, `pick_list.reason_missing`.
    """
    by_line = {line.line_id: line for line in found}
    lines = lines_of(unit, row.id)
    unknown = by_line.keys() - {line.id for line in lines}
    if unknown:
        raise Refused("pick_list.line_unknown", id=sorted(unknown)[0])
    missing: list[Want] = []
    for line in lines:
        entered = by_line.get(line.id, PickedLine(line.id, Quantity(line.qty)))
        picked = entered.picked.thousandths
        if not 0 <= picked <= line.qty:
            raise Refused(
                "pick_list.too_much", name=line.name, wanted=str(Quantity(line.qty)), given=str(entered.picked)
            )
        if picked < line.qty and not entered.short_reason.strip():
            raise Refused("pick_list.reason_missing", name=line.name)
        unit.update(pick_lines, line.id, picked=picked, short_reason=entered.short_reason.strip()[:200])
        reservation = unit.connection.execute(
            select(reservations).where(
                reservations.c.pick_list_id == row.id,
                reservations.c.line_id == line.line_id,
                reservations.c.state == "hard",
            )
        ).one()
        if picked < line.qty:
            stock.release(unit, reservation, Quantity(line.qty - picked))
            missing.append(Want(line.line_id, line.product_id, Quantity(line.qty - picked)))
        if picked:
            unit.update(reservations, reservation.id, state="picked")
    unit.journal(
        "pick_list.picked",
        f"pick_list:{row.id}",
        missing=[[w.line_id, w.product_id, w.qty.thousandths] for w in missing],
    )
    return missing


def cancel(unit: Unit, row: AnyRow, *, stopped: bool = False) -> None:
    """Take a list back and free its goods.

    Args:
        stopped: its order was cancelled or is held; only then a closed list may come back.

    Raises:
        Refused: `state.illegal` when it is cancelled already, `state.not_yet` when it is closed and goes out.
    """
    to = PICK_LIST.step(PickState(row.state), PickEvent.CANCEL, stopped).to
    for reservation in stock.live_of_pick_list(unit, row.id):
        stock.release(unit, reservation)
    unit.update(pick_lists, row.id, state=to, version=row.version + 1)
    unit.journal("pick_list.cancelled", f"pick_list:{row.id}", was=row.state)
    unit.changed("pick", row.id)


def lists_of_order(unit: Unit, order_id: str) -> Sequence[AnyRow]:
    """All lists of an order, oldest first."""
    return unit.connection.execute(
        select(pick_lists).where(pick_lists.c.order_id == order_id).order_by(pick_lists.c.id)
    ).all()


def open_backorders(unit: Unit, order_id: str) -> Sequence[AnyRow]:
    """What an order still misses."""
    return unit.connection.execute(
        select(backorders)
        .where(backorders.c.order_id == order_id, backorders.c.state == "open")
        .order_by(backorders.c.id)
    ).all()


def orders_waiting_for(unit: Unit, product_ids: Sequence[str]) -> list[str]:
    """Orders with open back orders for these goods, the longest waiting first."""
    arrived = set(product_ids)  # a count names far more goods than are waited for
    rows = unit.connection.execute(
        select(backorders.c.order_id, backorders.c.product_id)
        .where(backorders.c.company == unit.company, backorders.c.state == "open")
        .order_by(backorders.c.at, backorders.c.id)
    )
    return list(dict.fromkeys(str(row.order_id) for row in rows if row.product_id in arrived))


def end_backorders(unit: Unit, ids: Sequence[str], state: str) -> None:
    """Mark back orders "filled" or "cancelled"."""
    unit.connection.execute(update(backorders).where(backorders.c.id.in_(ids)).values(state=state))
