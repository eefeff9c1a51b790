"""/v1/notification-texts/{event}/{channel}, /v1/notification-settings: one text with its past, and the settings."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Path

from gateway.api.access import needs
from gateway.api.errors import described
from gateway.api.parcel_desk import TheView
from gateway.api.reads import message_texts as reads
from gateway.api.routes.notifications import Shop
from gateway.api.schemas.message_texts import TextDetail, TextSettings
from gateway.api.schemas.notifications import Channel
from gateway.core.authority import Right
from gateway.notify.model import NotificationChannel

router = APIRouter(prefix="/v1", tags=["notifications"])
READ = [needs(Right.PARCELS_READ)]


@router.get(
    "/notification-texts/{event}/{channel}", response_model=TextDetail, dependencies=READ, responses=described(404)
)
def get_text(
    view: TheView, event: Annotated[str, Path(max_length=40)], channel: Channel, shop: Shop = ""
) -> dict[str, Any]:
    """A shop's text: the one in force, its own versions, and the one that comes with Kvit."""
    with view.room.store.reading() as connection:
        found = reads.text(connection, view.company, shop, event, NotificationChannel(channel), view.terms.language)
    return {**found, "server_time": view.room.now()}


@router.get("/notification-settings", response_model=TextSettings, dependencies=READ, responses=described(404))
def get_settings(view: TheView) -> dict[str, Any]:
    """What all messages go by: it stands in kvit.toml."""
    with view.room.store.reading() as connection:
        found = reads.settings(connection, view.company, view.parcels.notify, view.terms)
    return {**found, "server_time": view.room.now()}
