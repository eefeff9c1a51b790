"""The account's door: in by a personal token, out again, and the language of the pages."""

from __future__ import annotations

from fastapi import APIRouter, Response

from gateway.core.errors import Refused
from gateway.loans import access
from gateway.web.access import TheAddress, TheLimits, TheRoom
from gateway.web.account.pages import go, show, style, told
from gateway.web.account.visits import LANGUAGE_COOKIE, LANGUAGES, PEOPLE, TheForm, TheSessions, TheVisit, Visit
from gateway.web.answers import Forbidden, status_of
from gateway.web.sessions import Sessions

router = APIRouter(tags=["account"])
HOME = "/shop/applications"
_OPEN_PAGES = ("/shop/register",)
_YEAR_S = 365 * 24 * 3600


@router.get("/", response_class=Response)
def root() -> Response:
    """People who type the bare name are led to the account."""
    return go(HOME)


@router.get("/shop/kvit.css", response_class=Response)
def css() -> Response:
    """How the pages look."""
    return Response(style(), media_type="text/css; charset=utf-8", headers={"Cache-Control": "public, max-age=3600"})


@router.get("/shop/login", response_class=Response)
def door(visit: TheVisit, sessions: TheSessions) -> Response:
    """Where a person shows the token."""
    return go(HOME) if visit.person is not None else _door(visit, sessions)


@router.post("/shop/login", response_class=Response)
def enter(
    visit: TheVisit, room: TheRoom, sessions: TheSessions, limits: TheLimits, address: TheAddress, form: TheForm
) -> Response:
    """Come in."""
    limits.entry.check(address)
    with room.store.reading() as connection:
        found = access.enter(connection, room.store.company, form.text("token"))
    if found is None or found.actor.role not in PEOPLE:
        limits.entry.take(address)
        return _door(visit, sessions, Forbidden("web.wrong_token"))
    # A session of one's own: whoever planted the one before does not share it.
    sessions.end(visit.session)
    response = go(HOME)
    sessions.carry(response, sessions.open(found.access_id))
    return response


@router.post("/shop/logout", response_class=Response)
def leave(visit: TheVisit, sessions: TheSessions, form: TheForm) -> Response:
    """Go out; the cookie opens nothing any more, wherever a copy of it may be."""
    sessions.end(visit.session)
    response = go("/shop/login")
    sessions.forget(response)
    return response


@router.post("/shop/language", response_class=Response)
def choose_language(visit: TheVisit, form: TheForm) -> Response:
    """Read the pages in the other language."""
    language = form.text("language")
    if language not in LANGUAGES:
        raise Refused("web.choose")
    response = go(form.text("back") if form.text("back") in _OPEN_PAGES else HOME)
    response.set_cookie(
        LANGUAGE_COOKIE, language, max_age=_YEAR_S, httponly=True, secure=visit.room.secure, samesite="strict"
    )
    return response


def _door(visit: Visit, sessions: Sessions, error: Refused | None = None) -> Response:
    page = show(
        visit,
        "login.html",
        status_of(error) if error else 200,
        error=told(error, visit.language) if error else None,
    )
    sessions.carry(page, visit.session)
    return page
