"""Who is asking, and what for: the dependencies the routes of the public port stand behind."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Path, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from sqlalchemy import select

from gateway.core.authority import Actor, Role
from gateway.loans import access
from gateway.loans.access import Entrant
from gateway.loans.shops import ShopState
from gateway.loans.tables import shops
from gateway.web.answers import Forbidden, NotFound, Unauthorized
from gateway.web.limits import Limiter, caller_of
from gateway.web.room import PublicRoom, WebRoom

BUTTON = "button"  # how an application from the button is signed in the journal
_bearer = HTTPBearer(auto_error=False, description="A secret key of a shop's site, made by `kvit shop access`")


@dataclass(frozen=True, slots=True)
class Limits:
    """The limiters of one server, one for each kind of caller."""

    shop_key: Limiter
    calculator: Limiter
    button: Limiter
    button_shop: Limiter
    button_phone: Limiter
    apply: Limiter
    upload: Limiter
    register: Limiter
    entry: Limiter
    feed: Limiter
    tracking: Limiter
    tracking_act: Limiter
    hint: Limiter
    forged: Limiter

    @classmethod
    def of(cls, room: PublicRoom) -> Limits:
        monotonic, pace = room.store.clock.monotonic, room.pace
        return cls(**{name: Limiter(monotonic, getattr(pace, name)) for name in cls.__dataclass_fields__})


def room_of(request: Request) -> WebRoom:
    """The room this application serves."""
    room: WebRoom = request.app.state.room
    return room


def limits_of(request: Request) -> Limits:
    """The limiters of this application."""
    limits: Limits = request.app.state.limits
    return limits


TheRoom = Annotated[WebRoom, Depends(room_of)]
TheLimits = Annotated[Limits, Depends(limits_of)]


def address_of(request: Request) -> str:
    """Whose line a request came by, as limiters count it; the door has seen to proxies."""
    return caller_of(request.client.host if request.client else "")


TheAddress = Annotated[str, Depends(address_of)]


def site_of(
    request: Request,
    room: TheRoom,
    limits: TheLimits,
    credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)],
) -> Entrant:
    """The program of a shop's site, by its secret key; read anew for every request.

    Raises:
        Unauthorized: `web.no_key`, `web.unknown_key`; a person's token is no key.
        Forbidden: `web.key_in_a_page` when a browser sends it: then everybody can read the key.
        TooMany: `web.too_many`.
    """
    if credentials is None or not credentials.credentials:
        raise Unauthorized("web.no_key")
    if "origin" in request.headers:
        raise Forbidden("web.key_in_a_page")
    with room.store.reading() as connection:
        found = access.enter(connection, room.store.company, credentials.credentials)
    if found is None or found.actor.role is not Role.SHOP_SITE:
        raise Unauthorized("web.unknown_key")
    limits.shop_key.take(found.access_id)
    return found


TheSite = Annotated[Entrant, Depends(site_of)]


@dataclass(frozen=True, slots=True)
class Page:
    """A page of a shop's site that carries the button.

    Attributes:
        origin: registered with the shop.
        actor: anybody, speaking to this shop.
    """

    origin: str
    shop_id: str
    actor: Actor


def page_of(
    request: Request,
    room: TheRoom,
    shop: Annotated[str, Path(pattern=r"^[a-z0-9-]{1,40}$", description="The shop's short name, which is no secret")],
) -> Page:
    """The page a request of the button comes from, by the Origin browsers put on it.

    What is not a browser can put any origin there: this keeps other sites' pages out, and nobody else. So whoever
    comes by here may calculate and leave a phone number, and reads nothing.

    Raises:
        NotFound: `web.no_button` for an unknown shop and one that does not work now.
        Forbidden: `web.foreign_origin`.
    """
    with room.store.reading() as connection:
        row = connection.execute(
            select(shops.c.id, shops.c.sites).where(
                shops.c.company == room.store.company, shops.c.key == shop, shops.c.state == ShopState.ACTIVE
            )
        ).one_or_none()
    if row is None:
        raise NotFound("web.no_button")
    origin = request.headers.get("origin", "").lower()
    if not origin or origin not in json.loads(row.sites):
        raise Forbidden("web.foreign_origin")
    request.state.shared_with = origin  # the door tells browsers so, on errors too
    return Page(origin, row.id, Actor(BUTTON, Role.SHOP_SITE, party=row.id))


ThePage = Annotated[Page, Depends(page_of)]
