"""/v1/parcels."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query

from gateway.api.access import needs
from gateway.api.errors import described
from gateway.api.parcel_desk import TheDesk, TheView
from gateway.api.reads import parcels as reads
from gateway.api.reads.paging import Window
from gateway.api.schemas.common import NOTHING, Id, Noted, Nothing, window
from gateway.api.schemas.parcels import (
    Contacts,
    Group,
    Mute,
    NewParcelAsked,
    ParcelAnswer,
    ParcelPage,
    ParcelPut,
)
from gateway.core.authority import Right
from gateway.core.money import Money
from gateway.parcels import contacts, ending, links
from gateway.parcels.model import CarrierKey, EndedHow, Source, Stage
from gateway.parcels.parcels import NewParcel, put
from gateway.parcels.queries import Filters
from gateway.store import Unit

router = APIRouter(prefix="/v1", tags=["parcels"])
READ, FEED, WORK = [needs(Right.PARCELS_READ)], [needs(Right.PARCELS_FEED)], [needs(Right.PARCELS_WORK)]
CHANGE = described(404, 409, 412, 413)
_SUMS = ("order_sum", "declared", "cod", "postage")


@router.get("/parcels", response_model=ParcelPage, dependencies=READ, responses=described(404))
def list_parcels(
    view: TheView,
    asked: Annotated[Window, Depends(window(reads.LISTING))],
    group: Group = "all",
    stage: Stage | None = None,
    carrier: CarrierKey | None = None,
    shop: Annotated[str | None, Query(max_length=60, description="Whose goods; empty for ours")] = None,
) -> dict[str, Any]:
    """Parcels, the newest first unless asked otherwise, with how many there are behind each filter."""
    filters = Filters(group, stage.value if stage else "", carrier.value if carrier else "", shop, asked.q)
    now = view.room.store.clock.now()
    with view.room.store.reading() as connection:
        page = reads.listed(connection, view.company, view.terms, view.actor, filters, asked, now)
    return {**page, "server_time": view.room.now()}


@router.get("/parcels/{parcel_id}", response_model=ParcelAnswer, dependencies=READ, responses=described(404))
def get_parcel(view: TheView, parcel_id: Id) -> dict[str, Any]:
    """One parcel: what its carrier says, what became of it here, its messages, its order and its money."""
    return view.card(parcel_id)


@router.post("/parcels", response_model=ParcelPut, dependencies=FEED, responses=described(404, 413))
def add_parcel(desk: TheDesk, asked: NewParcelAsked) -> dict[str, Any]:
    """Enter a parcel; one that is known is filled in where it was empty."""
    given = asked.model_dump(mode="json")

    def work(unit: Unit) -> dict[str, Any]:
        told: dict[str, Any] = {name: value for name, value in given.items() if name not in ("track", "carrier")}
        told |= {name: Money(given[name]) for name in _SUMS}
        carrier = CarrierKey(asked.carrier) if asked.carrier else None
        done = put(unit, desk.terms, NewParcel(asked.track, Source.HAND, carrier=carrier, **told))
        desk.follow(unit, done.id)
        return reads.put_item(done)

    return {**desk.perform("parcel", given, work), "server_time": desk.room.now()}


@router.post("/parcels/{parcel_id}/ask", response_model=ParcelAnswer, dependencies=WORK, responses=CHANGE)
def ask_now(desk: TheDesk, parcel_id: Id, asked: Nothing = NOTHING) -> dict[str, Any]:
    """Ask the carrier about it now; spends a call of the day."""
    desk.parcels.ask(parcel_id, desk.actor)
    desk.room.events.notify()
    return desk.card(parcel_id)


@router.post("/parcels/{parcel_id}/delivered", response_model=ParcelAnswer, dependencies=WORK, responses=CHANGE)
def mark_delivered(desk: TheDesk, parcel_id: Id, asked: Noted) -> dict[str, Any]:
    """The buyer has it, whatever the carrier wrote down."""
    return desk.change(
        parcel_id,
        "parcel-delivered",
        asked.model_dump(mode="json"),
        lambda unit: ending.mark_delivered(unit, desk.terms, parcel_id, EndedHow.CLERK, asked.note),
    )


@router.post("/parcels/{parcel_id}/end", response_model=ParcelAnswer, dependencies=WORK, responses=CHANGE)
def end(desk: TheDesk, parcel_id: Id, asked: Noted) -> dict[str, Any]:
    """Watch it no longer: it was entered by mistake, or is not wanted any more."""
    return desk.change(
        parcel_id,
        "parcel-end",
        asked.model_dump(mode="json"),
        lambda unit: ending.end(unit, parcel_id, EndedHow.REMOVED, asked.note),
    )


@router.post("/parcels/{parcel_id}/reopen", response_model=ParcelAnswer, dependencies=WORK, responses=CHANGE)
def reopen(desk: TheDesk, parcel_id: Id, asked: Noted) -> dict[str, Any]:
    """Watch it again, from where its carrier's records say it is."""
    return desk.change(
        parcel_id,
        "parcel-reopen",
        asked.model_dump(mode="json"),
        lambda unit: ending.reopen(unit, desk.terms, parcel_id, asked.note),
    )


@router.put("/parcels/{parcel_id}/contacts", response_model=ParcelAnswer, dependencies=WORK, responses=CHANGE)
def set_contacts(desk: TheDesk, parcel_id: Id, asked: Contacts) -> dict[str, Any]:
    """Who waits for it, as a whole."""
    given = asked.model_dump(mode="json")
    return desk.change(
        parcel_id,
        "parcel-contacts",
        given,
        lambda unit: contacts.set_contacts(unit, desk.parcels.notify, parcel_id, **given),
    )


@router.post("/parcels/{parcel_id}/mute", response_model=ParcelAnswer, dependencies=WORK, responses=CHANGE)
def mute(desk: TheDesk, parcel_id: Id, asked: Mute) -> dict[str, Any]:
    """Write to its buyer no more, or again."""
    return desk.change(
        parcel_id,
        "parcel-mute",
        asked.model_dump(mode="json"),
        lambda unit: contacts.mute(unit, desk.terms, parcel_id, asked.silent),
    )


@router.post("/parcels/{parcel_id}/links/revoke", response_model=ParcelAnswer, dependencies=WORK, responses=CHANGE)
def revoke_links(desk: TheDesk, parcel_id: Id, asked: Nothing = NOTHING) -> dict[str, Any]:
    """End all links to its page: somebody has one who should not."""
    return desk.change(
        parcel_id, "parcel-links", asked.model_dump(mode="json"), lambda unit: links.revoke(unit, parcel_id)
    )
