"""/v1/orders."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Depends

from gateway.api.access import TheCaller, TheRoom, needs
from gateway.api.errors import NotFound, described
from gateway.api.reads import orders as order_reads
from gateway.api.reads.paging import Window
from gateway.api.room import Room
from gateway.api.schemas.common import NO_NOTE, Id, Noted, window
from gateway.api.schemas.trade import OrderAnswer, OrderFilter, OrderPage
from gateway.api.tokens import Caller
from gateway.api.writing import Target, TheTerms, change
from gateway.core.authority import Right
from gateway.flows import by_hand
from gateway.orders.tables import orders
from gateway.store import Unit

router = APIRouter(prefix="/v1/orders", tags=["orders"])
READ, WORK = [needs(Right.ORDERS_READ)], [needs(Right.ORDERS_WORK)]
CHANGE = described(404, 409, 412, 413)


@router.get("", response_model=OrderPage, dependencies=READ, responses=described())
def list_orders(
    room: TheRoom,
    asked: Annotated[Window, Depends(window(order_reads.ORDERS))],
    state: OrderFilter = "all",
) -> dict[str, Any]:
    """Orders, by what they wait for."""
    with room.store.reading() as connection:
        page = order_reads.listed(connection, room.store.company, state, asked)
    return {**page, "server_time": room.now()}


@router.get(
    "/{order_id}",
    response_model=OrderAnswer,
    response_model_exclude_unset=True,
    dependencies=READ,
    responses=described(404),
)
def get_order(room: TheRoom, caller: TheCaller, order_id: Id) -> dict[str, Any]:
    """One order: lines, money, what allowed it, pick lists, tasks, its clock."""
    return _detail(room, caller, order_id)


@router.post(
    "/{order_id}/cancel",
    response_model=OrderAnswer,
    response_model_exclude_unset=True,
    dependencies=WORK,
    responses=CHANGE,
)
def cancel_order(
    room: TheRoom, caller: TheCaller, terms: TheTerms, order_id: Id, asked: Noted = NO_NOTE
) -> dict[str, Any]:
    """Cancel an order; goods nobody has touched are freed at once."""

    def work(unit: Unit) -> None:
        by_hand.cancel_order(unit, room.terms, order_id, asked.note, terms.version)

    return _worked(room, caller, terms, "cancel", order_id, asked, work)


@router.post(
    "/{order_id}/ship",
    response_model=OrderAnswer,
    response_model_exclude_unset=True,
    dependencies=WORK,
    responses=CHANGE,
)
def ship_order(
    room: TheRoom, caller: TheCaller, terms: TheTerms, order_id: Id, asked: Noted = NO_NOTE
) -> dict[str, Any]:
    """The goods were handed over."""

    def work(unit: Unit) -> None:
        by_hand.ship_order(unit, room.terms, order_id, asked.note, terms.version)

    return _worked(room, caller, terms, "ship", order_id, asked, work)


def _worked(
    room: Room,
    caller: Caller,
    terms: TheTerms,
    action: str,
    order_id: str,
    asked: Noted,
    work: Callable[[Unit], None],
) -> dict[str, Any]:
    change(room, caller, terms, action, Target(orders, order_id), asked.model_dump(mode="json"), work)
    return _detail(room, caller, order_id)


def _detail(room: Room, caller: Caller, order_id: str) -> dict[str, Any]:
    now = room.now()
    with room.store.reading() as connection:
        found = order_reads.detail(connection, room.store.company, order_id, caller.actor, now)
    if found is None:
        raise NotFound("api.not_found")
    return {**found, "server_time": now}
