"""What needs no token: /healthz and /metrics, for watchdogs. And /v1/events, the live stream, which does."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Annotated, Any

from fastapi import APIRouter, Header, Request, Response
from starlette.responses import JSONResponse, StreamingResponse

from gateway.api.access import TheCaller, TheRoom
from gateway.api.errors import BadRequest, described
from gateway.api.events import topics_of
from gateway.api.schemas.common import Alive
from gateway.api.tokens import still_valid
from gateway.core.errors import KvitError

router = APIRouter()


@router.get(
    "/healthz",
    response_model=Alive,
    responses={503: {"model": Alive, "description": "The work loop stands still"}},
    tags=["watch"],
)
def healthz(room: TheRoom) -> JSONResponse:
    """Whether the work loop goes round, by the age of its last good round."""
    ok, body = room.alive()
    return JSONResponse(body, 200 if ok else 503)


@router.get(
    "/metrics",
    response_class=Response,
    responses={200: {"content": {"text/plain": {"schema": {"type": "string"}}}, "description": "Prometheus text"}},
    tags=["watch"],
)
def metrics(request: Request) -> Response:
    """Counters for Prometheus; no names, no sums."""
    body, content_type = request.app.state.metrics.render()
    return Response(body, media_type=content_type)


@router.get(
    "/v1/events",
    response_class=StreamingResponse,
    responses={
        **described(),
        200: {
            "description": "Server-sent events: `change` {topic, ids, at}, `reset` when the gap is too old",
            "content": {"text/event-stream": {"schema": {"type": "string"}}},
        },
    },
    tags=["house"],
)
async def events(
    room: TheRoom,
    caller: TheCaller,
    last_event_id: Annotated[str | None, Header(description="The last event the client has")] = None,
) -> StreamingResponse:
    """What changes, as it changes; a hint to reload, never the data."""
    since = _number(last_event_id)
    stream = room.events.stream(topics_of(caller.actor), since, lambda: _welcome(room, caller))
    # The first block is made before the answer starts, so that "too many streams" can still be an error.
    first = await anext(stream)
    return StreamingResponse(
        _continued(first, stream), media_type="text/event-stream", headers={"X-Accel-Buffering": "no"}
    )


async def _continued(first: bytes, rest: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    yield first
    async for block in rest:
        yield block


def _number(text: str | None) -> int | None:
    if text is None or text == "":
        return None
    if not text.isascii() or not text.isdigit() or len(text) > 18:
        raise BadRequest("api.bad_event_id")
    return int(text)


def _welcome(room: Any, caller: Any) -> bool:
    try:
        with room.store.reading() as connection:
            return still_valid(connection, caller.user_id)
    except KvitError:
        # The database is away for a moment: no reason to cut everybody's stream.
        return True
