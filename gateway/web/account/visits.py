"""Who looks at a page, and what a form brings: the dependencies of the account's routes."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Annotated, Any, TypeVar

from fastapi import Depends, Request
from python_multipart.multipart import parse_options_header
from starlette.datastructures import UploadFile

from gateway.core.authority import Right, Role
from gateway.core.errors import Refused
from gateway.core.money import Money
from gateway.core.text import no_control
from gateway.loans.access import Entrant
from gateway.web.access import TheRoom
from gateway.web.answers import BadRequest, Forbidden, Unauthorized
from gateway.web.html import LANGUAGES, preferred_language, require_own_page
from gateway.web.room import WebRoom
from gateway.web.sessions import Session, Sessions

PEOPLE = (Role.SHOP_MANAGER, Role.SHOP_CLERK)
LANGUAGE_COOKIE = "kvit-language"
_FORM = "application/x-www-form-urlencoded"
_FORM_WITH_FILE = "multipart/form-data"
_MOST_FIELDS = 60
_ROUBLES = re.compile(r"(\d{1,9})(?:[.,](\d{1,2}))?")
Word = TypeVar("Word", bound=StrEnum)


class NotEntered(Unauthorized):
    """Nobody is logged in: pages lead to the door."""


@dataclass(frozen=True, slots=True)
class Visit:
    """One request for a page.

    Attributes:
        person: None at the door.
        mark: for the hidden field of every form.
    """

    room: WebRoom
    session: Session
    person: Entrant | None
    language: str
    mark: str


@dataclass(frozen=True, slots=True)
class Desk(Visit):
    """A request of somebody who is logged in."""

    person: Entrant


def sessions_of(request: Request) -> Sessions:
    """The sessions of this application."""
    sessions: Sessions = request.app.state.sessions
    return sessions


TheSessions = Annotated[Sessions, Depends(sessions_of)]


def language_of(request: Request) -> str:
    """What was chosen, or what the browser prefers of the two."""
    chosen = request.cookies.get(LANGUAGE_COOKIE, "")
    if chosen in LANGUAGES:
        return chosen
    return preferred_language(request)


def visit_of(request: Request, room: TheRoom, sessions: TheSessions) -> Visit:
    """Whoever looks, logged in or not."""
    session = sessions.read(request) or sessions.open("")
    person = sessions.person(session)
    if person is None and session.access_id:
        session = sessions.open("")
    return Visit(room, session, person, language_of(request), sessions.mark(session))


TheVisit = Annotated[Visit, Depends(visit_of)]


def desk_of(request: Request, visit: TheVisit, sessions: TheSessions) -> Desk:
    """Somebody who is logged in; the session goes on.

    Raises:
        NotEntered: `web.not_entered`.
    """
    if visit.person is None:
        raise NotEntered("web.not_entered")
    request.state.session_cookie = sessions.renewed(visit.session)  # the door puts it on the answer, whatever it is
    return Desk(visit.room, visit.session, visit.person, visit.language, visit.mark)


TheDesk = Annotated[Desk, Depends(desk_of)]


def desk_with(right: Right) -> Any:
    """A dependency that refuses people without `right` before anything is read."""

    def check(desk: TheDesk) -> Desk:
        desk.person.actor.require(right)
        return desk

    return Depends(check)


@dataclass(frozen=True, slots=True)
class Form:
    """The fields of a form, as typed.

    Attributes:
        files: by field: name and bytes.
    """

    fields: dict[str, str]
    files: dict[str, tuple[str, bytes]] = field(default_factory=dict, repr=False)

    @property
    def key(self) -> str:
        """Made when the form was shown: sent twice it acts once."""
        return self.fields.get("key", "")[:200]

    @property
    def version(self) -> int | None:
        """Of the row, as the person saw it; 0, which no row has, for what is no version."""
        text = self.fields.get("version", "")
        if not text:
            return None
        return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0

    def text(self, name: str) -> str:
        return self.fields.get(name, "").strip()

    def ticked(self, name: str) -> bool:
        return self.fields.get(name) == "yes"

    def word(self, name: str, kind: type[Word]) -> Word:
        """
        Raises:
            Refused: `web.choose` for none of the words.
        """
        try:
            return kind(self.text(name))
        except ValueError:
            raise Refused("web.choose") from None

    def roubles(self, name: str) -> Money:
        """A sum as people type it: "45 990", "45990,50"; nothing is zero.

        Raises:
            Refused: `web.bad_sum`.
        """
        typed = "".join(self.text(name).split())
        found = _ROUBLES.fullmatch(typed)
        if typed and found is None:
            raise Refused("web.bad_sum")
        return Money.zero() if found is None else Money(int(found[1]) * 100 + int((found[2] or "0").ljust(2, "0")))

    def count(self, name: str) -> int:
        """A small number; nothing is zero.

        Raises:
            Refused: `web.bad_number`.
        """
        typed = self.text(name)
        if not typed:
            return 0
        if not (typed.isascii() and typed.isdigit()) or len(typed) > 4:
            raise Refused("web.bad_number")
        return int(typed)


async def form_of(request: Request, visit: TheVisit, sessions: TheSessions) -> Form:
    """The fields of a form that one of our own pages has sent.

    Raises:
        BadRequest: `web.no_form`.
        Forbidden: `web.foreign_form` when it comes from elsewhere, or from a session that is over.
    """
    if not _is_form(request.headers.get("content-type", "")):
        raise BadRequest("web.no_form")
    require_own_page(request, visit.room)
    async with request.form(max_files=1, max_fields=_MOST_FIELDS) as given:
        fields = {name: no_control(value) for name, value in given.items() if isinstance(value, str)}
        files = {
            name: (value.filename or "", await value.read())
            for name, value in given.items()
            if isinstance(value, UploadFile)
        }
    if not sessions.is_marked(visit.session, fields.pop("mark", "")):
        raise Forbidden("web.foreign_form")
    return Form(fields, files)


TheForm = Annotated[Form, Depends(form_of)]


def _is_form(content_type: str) -> bool:
    """Whether a body may be read as a form. Browsers name no charset; the slowest decoder one can name here takes
    minutes over one field."""
    kind, options = parse_options_header(content_type)
    charset = options.get(b"charset", b"utf-8").lower()
    return kind.decode("latin-1") in (_FORM, _FORM_WITH_FILE) and charset == b"utf-8"
