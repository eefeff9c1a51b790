"""Who is calling, and may they: the dependencies every route stands behind."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from gateway.api.errors import NotFound, Unauthorized
from gateway.api.room import Broker, Room
from gateway.api.tokens import Caller, authenticate
from gateway.core.authority import Right

_bearer = HTTPBearer(auto_error=False, description="A personal token, made by `kvit user add`")


def room_of(request: Request) -> Room:
    """The room this application serves."""
    room: Room = request.app.state.room
    return room


TheRoom = Annotated[Room, Depends(room_of)]


def caller_of(room: TheRoom, credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]) -> Caller:
    """The user behind the token. Read anew for every request, so that a revoked token ends at once.

    Raises:
        Unauthorized: `api.no_token`, `api.unknown_token`.
    """
    if credentials is None or not credentials.credentials:
        raise Unauthorized("api.no_token")
    with room.store.reading() as connection:
        caller = authenticate(connection, room.store.company, credentials.credentials)
    if caller is None:
        raise Unauthorized("api.unknown_token")
    return caller


TheCaller = Annotated[Caller, Depends(caller_of)]


def broker_of(room: TheRoom) -> Broker:
    """What the company's loans go by.

    Raises:
        NotFound: `api.no_loans` in a company that brokers none.
    """
    if room.broker is None:
        raise NotFound("api.no_loans")
    return room.broker


TheBroker = Annotated[Broker, Depends(broker_of)]


def needs(right: Right) -> Any:
    """A dependency that refuses callers without `right` before anything is read."""

    def check(caller: TheCaller) -> Caller:
        caller.actor.require(right)
        return caller

    return Depends(check)


def needs_any(*rights: Right) -> Any:
    """A dependency that refuses callers with none of `rights`; the first is the one they are told they lack."""

    def check(caller: TheCaller) -> Caller:
        if not any(caller.actor.may(right) for right in rights):
            caller.actor.require(rights[0])
        return caller

    return Depends(check)
