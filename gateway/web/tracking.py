"""/t: the buyer's own page, by a link nobody can guess and without a login.

Opening it changes nothing, because programs that preview links open them too; what he says is sent by a form. Whoever
holds the link may say it: that is what keeps other sites' forms out, beside what browsers tell of themselves. A wrong
link, one that has ended and one that was revoked are answered alike.

Letters carry the same address in their List-Unsubscribe header, so it takes the one-click refusal of RFC 8058 as well.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated
from urllib.parse import parse_qs

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response

from gateway.core.clock import to_text
from gateway.core.errors import KvitError
from gateway.notify.model import NotificationChannel
from gateway.parcels import buyer, links
from gateway.store import Unit
from gateway.store.schema import AnyRow
from gateway.web.access import TheAddress, TheLimits
from gateway.web.answers import BadRequest, NotFound, headers_of, status_of
from gateway.web.html import preferred_language, require_own_page
from gateway.web.room import ParcelsWeb, PublicRoom
from gateway.web.tracking_page import CSP, gone, page

PREFIX = links.PATH
router = APIRouter(tags=["parcels"], include_in_schema=False)
_ONE_CLICK = {"List-Unsubscribe": ["One-Click"]}
_HEADERS = {
    "Content-Security-Policy": CSP,
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex, nofollow, noarchive",
}

Work = Callable[[Unit, AnyRow], None]


def _room(request: Request, limits: TheLimits, address: TheAddress) -> PublicRoom:
    limits.tracking.take(address)
    room: PublicRoom = request.app.state.room
    return room


Room = Annotated[PublicRoom, Depends(_room)]


@router.get(f"{PREFIX}{{token}}", response_class=Response)
def show(request: Request, room: Room, token: str, done: str = "") -> Response:
    """Where the parcel is."""
    language = preferred_language(request)
    with room.store.reading() as connection:
        row = links.follow(connection, room.store.company, token, _at(room))
        content = page(connection, room, _of(room), row, token, language, done) if row is not None else ""
    return _answer(content, language) if content else _gone(language)


@router.post(f"{PREFIX}{{token}}/received", response_class=Response)
def received(request: Request, room: Room, limits: TheLimits, token: str) -> Response:
    """He has it."""
    parcels = _of(room)

    def work(unit: Unit, row: AnyRow) -> None:
        if buyer.can_receive(row):
            buyer.received(unit, parcels.terms, row)
            parcels.follow(unit, row.id)

    return _act(request, room, limits, token, "received", work)


@router.post(f"{PREFIX}{{token}}/silence", response_class=Response)
def silence(request: Request, room: Room, limits: TheLimits, token: str) -> Response:
    """He wants no more messages."""
    notify = _of(room).notify
    return _act(request, room, limits, token, "silence", lambda unit, row: buyer.silence(unit, notify, row, token))


@router.post(f"{PREFIX}{{token}}/write", response_class=Response)
def write(request: Request, room: Room, limits: TheLimits, token: str) -> Response:
    """He wants messages again."""
    notify = _of(room).notify
    return _act(request, room, limits, token, "write", lambda unit, row: buyer.write_again(unit, notify, row, token))


async def _body(request: Request) -> bytes:
    return await request.body()


@router.post(f"{PREFIX}{{token}}", response_class=Response)
def one_click(room: Room, limits: TheLimits, token: str, body: Annotated[bytes, Depends(_body)]) -> Response:
    """No more letters, said by a mail program for its user (RFC 8058): it sends no cookie, comes from a server of its
    own, follows no redirect, and may come twice."""
    if not _is_one_click(body):
        raise BadRequest("web.no_form")
    notify, letters = _of(room).notify, (NotificationChannel.EMAIL,)
    _do(room, limits, token, lambda unit, row: buyer.silence(unit, notify, row, token, letters))
    return PlainTextResponse("", headers=_HEADERS)


def told(request: Request, error: KvitError) -> Response:
    """An error under this address, as a page for people."""
    language = preferred_language(request)
    if status_of(error) == 404:
        return _gone(language)
    answer = _answer(gone(language, error), language, status_of(error))
    answer.headers.update(headers_of(error))
    return answer


def _act(request: Request, room: PublicRoom, limits: TheLimits, token: str, done: str, work: Work) -> Response:
    require_own_page(request, room)
    _do(room, limits, token, work)
    return RedirectResponse(f"{PREFIX}{token}?done={done}", 303, _HEADERS)


def _do(room: PublicRoom, limits: TheLimits, token: str, work: Work) -> None:
    with room.store.unit(buyer.BUYER) as unit:
        row = links.follow(unit.connection, unit.company, token, unit.at)
        if row is None:
            raise NotFound("tracking.gone")
        limits.tracking_act.take(row.id)  # each word of consent is kept for good
        work(unit, row)
        unit.commit()
    room.changed()


def _of(room: PublicRoom) -> ParcelsWeb:
    assert room.parcels is not None  # these routes are served where parcels are
    return room.parcels


def _at(room: PublicRoom) -> str:
    return to_text(room.store.clock.now())


def _is_one_click(body: bytes) -> bool:
    """Whether a body says what RFC 8058 has it say, as a form of either kind."""
    text = body.decode("utf-8", "replace")
    if text.startswith("--"):
        return 'name="List-Unsubscribe"' in text and "One-Click" in text
    return parse_qs(text, max_num_fields=5) == _ONE_CLICK


def _answer(content: str, language: str, status: int = 200) -> HTMLResponse:
    return HTMLResponse(content, status, {**_HEADERS, "Content-Language": language})


def _gone(language: str) -> HTMLResponse:
    return _answer(gone(language), language, 404)
