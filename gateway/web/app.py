"""The public port as one application: what shops that sell on credit have there, and what tells of parcels."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from typing import Any

from fastapi import APIRouter, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response

from gateway.core.errors import KvitError, Refused
from gateway.web import button, hints, parcel_feed, site, tracking
from gateway.web.access import Limits, room_of
from gateway.web.account import applications, entry, guidance, papers, registration, reports, statements
from gateway.web.account.pages import go, show_error
from gateway.web.account.visits import NotEntered, visit_of
from gateway.web.answers import BadRequest, Forbidden, NotFound, TooLarge, answer
from gateway.web.door import TOO_LARGE, Door, limit_of
from gateway.web.room import PublicRoom, WebRoom
from gateway.web.sessions import Sessions

OPENAPI = "/shop/v1/openapi.json"
PARCELS_OPENAPI = f"{parcel_feed.PREFIX}openapi.json"
_PROGRAMS = ("/shop/v1/", "/lender/", parcel_feed.PREFIX)
_PAGES = APIRouter(include_in_schema=False)
for _pages in (entry, applications, papers, reports, statements, guidance, registration):
    _PAGES.include_router(_pages.router)
_OF_LOANS = [*site.router.routes, *button.router.routes, *hints.router.routes, *_PAGES.routes]
_OF_PARCELS = [*parcel_feed.router.routes, *tracking.router.routes]


def create_web(room: PublicRoom) -> FastAPI:
    """The public port over one store; serve it over TLS, or on 127.0.0.1 behind a proxy that does.

    It shares nothing with the tray's API but the use cases: other routes, other tokens, other limits.

    Args:
        room: a `WebRoom` for a company that brokers loans; its `parcels` for one that watches parcels.
    """
    brokers = isinstance(room, WebRoom)
    app = FastAPI(
        title="Kvit for shops",
        description="Money is whole kopecks, instants UTC. A secret key stays on the shop's server.",
        openapi_url=OPENAPI if brokers else PARCELS_OPENAPI,
        # The interactive pages load their scripts from elsewhere; this port does not.
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        routes=[*(_OF_LOANS if brokers else ()), *(_OF_PARCELS if room.parcels else ())],
    )
    app.state.room = room
    app.state.events = ExitStack()  # the server closes it when it stops; nothing streams here
    app.state.limits = Limits.of(room)
    app.state.sessions = Sessions(room) if isinstance(room, WebRoom) else None
    app.add_exception_handler(KvitError, _on_kvit)
    app.add_exception_handler(RequestValidationError, _on_invalid)
    app.add_exception_handler(HTTPException, _on_http)
    app.add_middleware(Door, room=room)
    return app


def _on_kvit(request: Request, error: Exception) -> Response:
    assert isinstance(error, KvitError)
    return _told(request, error)


def _on_invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    problems: Sequence[Any] = error.errors()
    first = problems[0] if problems else {}
    if first.get("type") == "json_invalid":
        return _told(request, BadRequest("api.not_json"))
    where = ".".join(str(part) for part in first.get("loc", ()) if part not in ("body", "query", "path", "header"))
    # The input itself is not repeated: it may be a phone number.
    return _told(request, Refused("api.invalid", where=where or "body", reason=str(first.get("msg", "?"))[:200]))


def _on_http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    if error.status_code == TOO_LARGE:
        return _told(request, TooLarge("web.too_large", limit=limit_of(request.url.path)))
    if error.status_code == 404:
        return _told(request, NotFound("api.no_such_address"))
    response = _told(request, Forbidden("api.no_such_method") if error.status_code == 405 else BadRequest("web.unread"))
    response.status_code = error.status_code
    response.headers.update(error.headers or {})
    return response


def _told(request: Request, error: KvitError) -> Response:
    """An error as JSON to programs, as a page to people; who is not logged in is led to the door."""
    if room_of(request).parcels is not None and request.url.path.startswith(tracking.PREFIX):
        return tracking.told(request, error)
    if request.url.path.startswith(_PROGRAMS) or request.app.state.sessions is None:
        return answer(error)
    if isinstance(error, NotEntered):
        return go("/shop/login")
    return show_error(visit_of(request, room_of(request), request.app.state.sessions), error)
