"""/v1/parcel-report, /v1/parcel-sums, /v1/parcel-check."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query, Response

from gateway.api.access import needs
from gateway.api.errors import described
from gateway.api.parcel_desk import TheView
from gateway.api.reads import parcel_report as reads
from gateway.api.schemas.parcel_report import Report, Sums, TrackAsked, TrackChecked
from gateway.api.schemas.parcels import Group
from gateway.core.authority import Right
from gateway.parcels import report as reports
from gateway.parcels.model import CarrierKey, Stage
from gateway.parcels.queries import Filters
from gateway.parcels.stakes import stakes
from gateway.settlement.workbook import MEDIA_TYPE

router = APIRouter(prefix="/v1", tags=["parcels"])
READ, FEED = [needs(Right.PARCELS_READ)], [needs(Right.PARCELS_FEED)]


@router.get("/parcel-report", response_model=Report, dependencies=READ, responses=described(404))
def get_report(view: TheView) -> dict[str, Any]:
    """Parcels somebody should look at today, by trouble: whom to ring, and what is at stake."""
    with view.room.store.reading() as connection:
        found = reads.report(connection, view.company, view.terms, view.room.store.clock.now())
    return {**found, "server_time": view.room.now()}


@router.get(
    "/parcel-report.xlsx",
    dependencies=READ,
    response_class=Response,
    responses={200: {"content": {MEDIA_TYPE: {}}}, **described(404)},
)
def get_workbook(view: TheView) -> Response:
    """The same as an Excel workbook, a sheet for each trouble, in the user's language."""
    with view.room.store.reading() as connection:
        made = reports.make(connection, view.company, view.terms, view.room.store.clock.now())
    named = {"Content-Disposition": f'attachment; filename="parcels-{made.day}.xlsx"'}
    return Response(reports.workbook(made, view.caller.language), media_type=MEDIA_TYPE, headers=named)


@router.get("/parcel-sums", response_model=Sums, dependencies=READ, responses=described(404))
def get_sums(
    view: TheView,
    q: Annotated[str, Query(max_length=200)] = "",
    group: Group = "all",
    stage: Stage | None = None,
    carrier: CarrierKey | None = None,
    shop: Annotated[str | None, Query(max_length=60)] = None,
) -> dict[str, Any]:
    """What the parcels of a list come to; the filters are the list's own."""
    filters = Filters(group, stage.value if stage else "", carrier.value if carrier else "", shop, q)
    with view.room.store.reading() as connection:
        found = stakes(connection, view.company, view.terms, view.actor, filters, view.room.store.clock.now())
    return {"cod": found.cod.kopecks, "at_stake": found.at_stake.kopecks, "server_time": view.room.now()}


@router.post("/parcel-check", response_model=TrackChecked, dependencies=FEED, responses=described(404, 413))
def check_track(view: TheView, asked: TrackAsked) -> dict[str, Any]:
    """Look at a number while it is typed: whose it is, and what is odd about it. Keeps nothing."""
    with view.room.store.reading() as connection:
        found = reads.checked(connection, view.company, asked.track)
    return {**found, "server_time": view.room.now()}
