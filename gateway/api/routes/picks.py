"""/v1/picks: the warehouse's work. No field here carries money."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends

from gateway.api.access import TheCaller, TheRoom, needs
from gateway.api.errors import NotFound, described
from gateway.api.reads import picks as pick_reads
from gateway.api.reads.paging import Window
from gateway.api.room import Room
from gateway.api.schemas.common import Id, window
from gateway.api.schemas.trade import NO_LINES, PickAct, PickAction, PickAnswer, PickFilter, PickPage
from gateway.api.tokens import Caller
from gateway.api.writing import Target, TheTerms, change
from gateway.core.authority import Right
from gateway.core.quantity import Quantity
from gateway.flows import picking
from gateway.store import Unit
from gateway.warehouse.tables import pick_lists

router = APIRouter(prefix="/v1/picks", tags=["picks"])
READ, WORK = [needs(Right.PICKS_READ)], [needs(Right.PICKS_WORK)]


@router.get("", response_model=PickPage, dependencies=READ, responses=described())
def list_picks(
    room: TheRoom,
    asked: Annotated[Window, Depends(window(pick_reads.LISTING))],
    state: PickFilter = "open",
) -> dict[str, Any]:
    """Pick lists, the most urgent first."""
    with room.store.reading() as connection:
        page = pick_reads.listed(connection, room.store.company, state, asked)
    return {**page, "server_time": room.now()}


@router.get("/{pick_id}", response_model=PickAnswer, dependencies=READ, responses=described(404))
def get_pick(room: TheRoom, caller: TheCaller, pick_id: Id) -> dict[str, Any]:
    """One pick list with its lines."""
    return _detail(room, caller, pick_id)


@router.post(
    "/{pick_id}/{action}", response_model=PickAnswer, dependencies=WORK, responses=described(404, 409, 412, 413)
)
def act(
    room: TheRoom, caller: TheCaller, terms: TheTerms, pick_id: Id, action: PickAction, asked: PickAct = NO_LINES
) -> dict[str, Any]:
    """Carry one action of the warehouse out."""
    found = [picking.PickedLine(line.id, Quantity.parse(line.picked), line.short_reason) for line in asked.lines]

    def work(unit: Unit) -> None:
        picking.act(unit, room.terms, pick_id, action, found, terms.version)

    change(room, caller, terms, action, Target(pick_lists, pick_id), asked.model_dump(mode="json"), work)
    return _detail(room, caller, pick_id)


def _detail(room: Room, caller: Caller, pick_id: str) -> dict[str, Any]:
    with room.store.reading() as connection:
        found = pick_reads.detail(connection, room.store.company, pick_id, caller.actor)
    if found is None:
        raise NotFound("api.not_found")
    return {**found, "server_time": room.now()}
