"""Who am I, how is it going, and the machinery: me, status, health, poll, outbox, alarms, release mode, evidence."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Response

from gateway.api.access import TheCaller, TheRoom, needs
from gateway.api.errors import NotFound, described
from gateway.api.reads import health as health_reads
from gateway.api.reads import status as status_reads
from gateway.api.reads import trials as trial_reads
from gateway.api.schemas.common import NOTHING, Done, Id, Nothing
from gateway.api.schemas.health import HealthAnswer, Me, ReleaseMode, ReleaseModeAnswer, StatusAnswer
from gateway.api.tokens import permissions
from gateway.api.writing import Target, TheTerms, change
from gateway.core.authority import Right
from gateway.flows import by_hand
from gateway.store import Unit
from gateway.store import alarms as alarm_rows
from gateway.store import outbox as outbox_rows
from gateway.store.schema import alarms, outbox

router = APIRouter(prefix="/v1", tags=["house"])
OPERATE = [needs(Right.HEALTH_OPERATE)]
CHANGE = described(404, 409, 413)


@router.get("/me", response_model=Me, responses=described())
def me(room: TheRoom, caller: TheCaller) -> dict[str, Any]:
    """Whom this token belongs to and what they may do."""
    return {
        "user": caller.actor.name,
        "role": caller.actor.role.value,
        "permissions": permissions(caller.actor),
        "language": caller.language,
        "server_time": room.now(),
    }


@router.get("/status", response_model=StatusAnswer, responses=described())
def status(room: TheRoom, caller: TheCaller) -> dict[str, Any]:
    """How it is, as far as this caller may see it."""
    now = room.store.clock.now()
    with room.store.reading() as connection:
        found = status_reads.status(connection, room, caller, now)
    return {**found, "server_time": room.now()}


@router.get("/health", response_model=HealthAnswer, dependencies=[needs(Right.HEALTH_READ)], responses=described())
def health(room: TheRoom) -> dict[str, Any]:
    """Parts of the house, polls, messages, dead letters, journal."""
    with room.store.reading() as connection:
        found = health_reads.health(connection, room)
    return {**found, "server_time": room.now()}


@router.post("/health/poll", response_model=Done, dependencies=OPERATE, responses=described(413))
def poll(room: TheRoom, asked: Nothing = NOTHING) -> dict[str, Any]:
    """Ask the bank now; the answer comes as events."""
    room.poll_now()
    return {"server_time": room.now()}


@router.post("/outbox/{letter_id}/retry", response_model=Done, dependencies=OPERATE, responses=CHANGE)
def retry(room: TheRoom, caller: TheCaller, terms: TheTerms, letter_id: Id) -> dict[str, Any]:
    """Try a dead letter again."""

    def work(unit: Unit) -> None:
        outbox_rows.retry(unit, letter_id)

    change(room, caller, terms, "retry", Target(outbox, letter_id), {}, work)
    return {"server_time": room.now()}


@router.post("/alarms/{alarm_id}/acknowledge", response_model=Done, dependencies=OPERATE, responses=CHANGE)
def acknowledge(room: TheRoom, caller: TheCaller, terms: TheTerms, alarm_id: Id) -> dict[str, Any]:
    """Take an alarm off the list; it comes back when its cause does."""

    def work(unit: Unit) -> None:
        alarm_rows.acknowledge(unit, alarm_id)

    change(room, caller, terms, "acknowledge", Target(alarms, alarm_id), {}, work)
    return {"server_time": room.now()}


@router.post(
    "/settings/release",
    response_model=ReleaseModeAnswer,
    dependencies=[needs(Right.RELEASE_SWITCH)],
    responses=described(413),
)
def set_release_mode(room: TheRoom, caller: TheCaller, terms: TheTerms, asked: ReleaseMode) -> dict[str, Any]:
    """Switch automatic release on or off; the answer says what the newest back-test found."""

    def work(unit: Unit) -> None:
        by_hand.set_release_mode(unit, asked.mode, asked.note)

    change(room, caller, terms, "release", None, asked.model_dump(mode="json"), work)
    with room.store.reading() as connection:
        last = trial_reads.newest(connection, room.store.company)
    return {"release_mode": asked.mode, "last_trial": last, "server_time": room.now()}


@router.get(
    "/evidence/{message_id}",
    dependencies=[needs(Right.EVIDENCE_READ)],
    response_class=Response,
    responses={
        **described(404),
        200: {
            "description": "The bytes exactly as the bank sent them",
            "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
        },
    },
)
def evidence(room: TheRoom, message_id: Id) -> Response:
    """The bytes behind a payment, for whoever wants to verify them again."""
    with room.store.reading() as connection:
        found = health_reads.raw_message(connection, room.store.company, message_id)
    if found is None:
        raise NotFound("api.not_found")
    return Response(
        found.content,
        media_type="application/octet-stream",
        headers={
            "Content-Disposition": f'attachment; filename="{found.sha256[:16]}.bin"',
            "X-Content-Sha256": found.sha256,
        },
    )
