"""/v1/notifications, /v1/notification-texts, /v1/consents."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query

from gateway.api.access import needs
from gateway.api.errors import described
from gateway.api.parcel_desk import TheDesk, TheView
from gateway.api.reads import notifications as reads
from gateway.api.schemas.common import Id
from gateway.api.schemas.notifications import (
    Channel,
    ConsentAnswer,
    ConsentAsked,
    Messages,
    Resend,
    Resent,
    Spend,
    TextAsked,
    TextDraft,
    TextPreview,
    Texts,
    TextSaved,
)
from gateway.api.writing import Target
from gateway.core.authority import Right
from gateway.notify import antispam, consents, templates
from gateway.notify.model import ConsentSource, ConsentWord, NotificationChannel
from gateway.notify.tables import notifications
from gateway.notify.templates import Text
from gateway.parcels import contacts

router = APIRouter(prefix="/v1", tags=["notifications"])
READ, WORK, SETUP = [needs(Right.PARCELS_READ)], [needs(Right.PARCELS_WORK)], [needs(Right.NOTIFY_SETUP)]
CHANGE = described(404, 409, 412, 413)
_LAST = 200
Shop = Annotated[str, Query(max_length=60, description="Whose texts; empty for all without their own")]


@router.get("/notifications/unknown", response_model=Messages, dependencies=READ, responses=described(404))
def list_unknown(view: TheView) -> dict[str, Any]:
    """Messages of which nobody knows whether the gateway took them; none is sent again by itself."""
    with view.room.store.reading() as connection:
        found = reads.unknown(connection, view.company, _LAST)
    return {"items": found, "server_time": view.room.now()}


@router.get("/notifications/spend", response_model=Spend, dependencies=READ, responses=described(404))
def get_spend(view: TheView) -> dict[str, Any]:
    """SMS of this month, what they cost, and what the limits leave."""
    with view.room.store.reading() as connection:
        found = reads.spent(connection, view.company, view.parcels.notify, view.room.store.clock.now())
    return {**found, "server_time": view.room.now()}


@router.post("/notifications/{notification_id}/resend", response_model=Resent, dependencies=WORK, responses=CHANGE)
def resend(desk: TheDesk, notification_id: Id, asked: Resend) -> dict[str, Any]:
    """Send a message again, as it was, to the buyer as he is reached now. Needs a reason."""
    done = desk.perform(
        "notification-resend",
        asked.model_dump(mode="json"),
        lambda unit: contacts.resend(unit, desk.parcels.notify, notification_id, asked.reason),
        Target(notifications, notification_id),
    )
    return {"id": done, "server_time": desk.room.now()}


@router.get("/notification-texts", response_model=Texts, dependencies=READ, responses=described(404))
def list_texts(view: TheView, shop: Shop = "") -> dict[str, Any]:
    """The texts in force, by event and channel, and what they may name."""
    with view.room.store.reading() as connection:
        found = reads.texts(connection, view.company, shop, view.terms.language)
    return {"items": found, "macros": reads.macros(), "server_time": view.room.now()}


@router.post(
    "/notification-texts/preview", response_model=TextPreview, dependencies=READ, responses=described(404, 413)
)
def preview_text(view: TheView, asked: TextDraft) -> dict[str, Any]:
    """A text as it would go out: parts, encoding, price, and what is wrong with it. Keeps nothing."""
    notify, channel = view.parcels.notify, NotificationChannel(asked.channel)
    made = templates.preview(notify, channel, asked.subject, asked.body, asked.values)
    stopped = antispam.doubts(notify, channel, asked.body)
    return {**reads.seen(made, stopped), "server_time": view.room.now()}


@router.put("/notification-texts", response_model=TextSaved, dependencies=SETUP, responses=CHANGE)
def put_text(desk: TheDesk, asked: TextAsked) -> dict[str, Any]:
    """Save a text as the next version; messages made before keep theirs."""
    given = asked.model_dump(mode="json")
    text = Text(**{**given, "channel": NotificationChannel(asked.channel)})
    saved = desk.perform("notification-text", given, lambda unit: templates.put(unit, desk.parcels.notify, text))
    return {"version": saved, "server_time": desk.room.now()}


@router.get("/consents", response_model=ConsentAnswer, dependencies=WORK, responses=described(404))
def get_consent(view: TheView, address: Annotated[str, Query(max_length=320)], channel: Channel) -> dict[str, Any]:
    """What is on record of an address, and whether it may be written to."""
    return _said(view, NotificationChannel(channel), address)


@router.post("/consents", response_model=ConsentAnswer, dependencies=WORK, responses=described(404, 413))
def put_consent(desk: TheDesk, asked: ConsentAsked) -> dict[str, Any]:
    """Put down what somebody said to one of ours."""
    channel, word = NotificationChannel(asked.channel), ConsentWord(asked.word)
    desk.perform(
        "consent",
        asked.model_dump(mode="json"),
        lambda unit: consents.put(unit, asked.address, channel, word, ConsentSource.CLERK, asked.evidence),
    )
    return _said(desk, channel, asked.address)


def _said(view: TheView, channel: NotificationChannel, address: str) -> dict[str, Any]:
    with view.room.store.reading() as connection:
        found = reads.said_of(connection, view.company, view.parcels.notify, channel, address)
    return {**found, "server_time": view.room.now()}
