"""/v1/parcel-missing, the money of one parcel, and parcels of orders."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query

from gateway.api.access import needs
from gateway.api.errors import described
from gateway.api.parcel_desk import TheDesk, TheView
from gateway.api.reads import parcel_money as reads
from gateway.api.reads.paging import DEFAULT_LIMIT, MAX_LIMIT
from gateway.api.reads.parcels import put_item
from gateway.api.schemas.common import NO_NOTE, Id, Noted
from gateway.api.schemas.parcel_money import ChainAnswer, MissingPage, TrackTyped
from gateway.api.schemas.parcels import ParcelAnswer, ParcelPut
from gateway.api.writing import Target
from gateway.core.authority import Right
from gateway.core.money import Money
from gateway.flows import parcel_cod_desk, shipped_to_parcel
from gateway.orders.tables import orders
from gateway.parcels.model import CarrierKey
from gateway.store import Unit

router = APIRouter(prefix="/v1", tags=["parcels"])
READ, FEED = [needs(Right.PARCELS_READ)], [needs(Right.PARCELS_FEED)]
MONEY, DECIDE = [needs(Right.PAYMENTS_READ)], [needs(Right.PAYMENTS_DECIDE)]


@router.get("/parcel-missing", response_model=MissingPage, dependencies=READ, responses=described(404))
def list_missing(
    view: TheView,
    carrier: CarrierKey | None = None,
    after: Annotated[str, Query(max_length=100, description="`next` of the slice before")] = "",
    limit: Annotated[int, Query(ge=1, le=MAX_LIMIT)] = DEFAULT_LIMIT,
) -> dict[str, Any]:
    """Parcels that were handed over and whose money is overdue, with what each carrier owes."""
    now = view.room.store.clock.now()
    with view.room.store.reading() as connection:
        found = reads.missing(
            connection, view.company, view.terms, now, carrier=carrier, after=after.replace("\0", " "), limit=limit
        )
    return {**found, "server_time": view.room.now()}


@router.get("/parcels/{parcel_id}/money", response_model=ChainAnswer, dependencies=MONEY, responses=described(404))
def get_chain(view: TheView, parcel_id: Id) -> dict[str, Any]:
    """From the parcel to the bank's message its cash on delivery stands in."""
    with view.room.store.reading() as connection:
        found = reads.chain(connection, view.company, parcel_id)
    return {**found, "server_time": view.room.now()}


@router.post(
    "/parcels/{parcel_id}/expect-again",
    response_model=ParcelAnswer,
    dependencies=DECIDE,
    responses=described(404, 409, 412, 413),
)
def expect_again(desk: TheDesk, parcel_id: Id, asked: Noted = NO_NOTE) -> dict[str, Any]:
    """The carrier pays for a parcel that went back: the money's word is taken, and what waited is decided anew."""
    return desk.change(
        parcel_id,
        "parcel-expect",
        asked.model_dump(mode="json"),
        lambda unit: parcel_cod_desk.expect_again(unit, desk.room.terms, parcel_id, asked.note),
    )


@router.post(
    "/orders/{order_id}/parcels",
    response_model=ParcelPut,
    dependencies=FEED,
    responses=described(404, 409, 412, 413),
)
def add_to_order(desk: TheDesk, order_id: Id, asked: TrackTyped) -> dict[str, Any]:
    """Enter the parcel an order was sent in; buyer, address and sum are the order's."""
    cod = Money(asked.cod) if asked.cod is not None else None

    def work(unit: Unit) -> dict[str, Any]:
        return put_item(shipped_to_parcel.typed(unit, desk.room.terms, order_id, asked.track, cod=cod))

    done = desk.perform("order-parcel", asked.model_dump(mode="json"), work, Target(orders, order_id))
    return {**done, "server_time": desk.room.now()}
