"""/parcels/v1: what a program that tells of parcels may do with its secret key: enter parcels, ask where they are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Path, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from pydantic import BaseModel, ConfigDict, Field

from gateway.core.catalogue import sentence
from gateway.core.errors import Refused
from gateway.core.money import Money
from gateway.parcels import feeds, queries
from gateway.parcels.feeds import Entrant
from gateway.parcels.model import CarrierKey, Source, Watch
from gateway.parcels.parcels import MOST, NewParcel, Remark, put
from gateway.store import Unit, idempotency
from gateway.store.schema import AnyRow
from gateway.web.access import TheLimits
from gateway.web.answers import Forbidden, Unauthorized
from gateway.web.room import ParcelsWeb, PublicRoom
from gateway.web.schemas import ErrorBody
from gateway.web.writing import TheKey, once

PREFIX = "/parcels/v1/"
MAX_BODY = 1024 * 1024
"""Bytes of a batch of parcels."""

router = APIRouter(prefix="/parcels/v1", tags=["parcels"])
_BATCH = 500
_SUMS = ("order_sum", "declared", "cod", "postage")
_TEXTS = {
    400: "A header cannot be read",
    401: "No key, or an unknown one",
    403: "The key was sent from a browser",
    404: "No such parcel of this sender",
    413: "The body is too large",
    422: "Understood, and not possible",
    429: "Too many requests; see Retry-After",
}
ANSWERS: dict[int | str, dict[str, Any]] = {
    status: {"model": ErrorBody, "description": text} for status, text in _TEXTS.items()
}
_bearer = HTTPBearer(auto_error=False, description="A program's key, made by `kvit parcels key`")
Sum = Annotated[int, Field(ge=0, le=MOST.kopecks, description="Whole kopecks")]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class FedParcel(_Strict):
    """A parcel told of."""

    track: str = Field(min_length=1, max_length=60)
    carrier: Literal["", "post", "cdek"] = Field(default="", description="Told from the number when left out")
    order_no: str = Field(default="", max_length=64)
    name: str = Field(default="", max_length=200)
    phone: str = Field(default="", max_length=40, examples=["+7 916 123-45-67"])
    email: str = Field(default="", max_length=320)
    address: str = Field(default="", max_length=500)
    index_to: str = Field(default="", max_length=20)
    order_sum: Sum = 0
    declared: Sum = 0
    cod: Sum = Field(default=0, description="To be collected from the buyer")
    postage: Sum = 0
    mail_type: int = Field(default=0, ge=0, le=999, description="The Post's; 0 unknown")
    consent: bool = Field(default=False, description="The shop has the buyer's consent to messages")

    def told(self) -> NewParcel:
        """The parcel as it is entered."""
        given: dict[str, Any] = self.model_dump()
        given |= {name: Money(given[name]) for name in _SUMS}
        given["carrier"] = CarrierKey(self.carrier) if self.carrier else None
        return NewParcel(source=Source.API, **given)


class Batch(_Strict):
    """Parcels told of, each for itself: what is wrong with one keeps no other out."""

    parcels: list[FedParcel] = Field(min_length=1, max_length=_BATCH)


class Told(BaseModel):
    """Something to look at."""

    code: str
    text_ru: str
    text_en: str


class Fed(BaseModel):
    """What came of one parcel."""

    track: str = Field(description="As it was sent")
    outcome: Literal["taken", "known", "changed", "refused"]
    remarks: list[Told] = Field(description="Why it was refused; what was put right or left out")


class FedBatch(BaseModel):
    """What came of each parcel, in the order they were sent."""

    items: list[Fed]


class Whereabouts(BaseModel):
    """Where a parcel is; nothing of its buyer."""

    track: str
    carrier: str
    order_no: str
    stage: str
    stage_since: str
    moved_at: str
    known: bool = Field(description="The carrier has said anything of it")
    watched: bool
    office_index: str
    keep_until: str | None
    delivered_at: str | None
    returned_at: str | None
    cod: int
    cod_state: str


@dataclass(frozen=True, slots=True)
class Program:
    """A program that came in, and the room it came into."""

    room: PublicRoom
    parcels: ParcelsWeb
    entrant: Entrant


def program_of(
    request: Request,
    limits: TheLimits,
    credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)],
) -> Program:
    """The program behind a key; read anew for every request, so that a revoked key ends at once.

    Raises:
        Unauthorized: `web.no_key`, `web.unknown_key`.
        Forbidden: `web.key_in_a_page` when a browser sends it: then everybody can read the key.
        TooMany: `web.too_many`.
    """
    room: PublicRoom = request.app.state.room
    assert room.parcels is not None, "these routes are served where parcels are watched"
    if credentials is None or not credentials.credentials:
        raise Unauthorized("web.no_key")
    if "origin" in request.headers:
        raise Forbidden("web.key_in_a_page")
    with room.store.reading() as connection:
        found = feeds.enter(connection, room.store.company, credentials.credentials)
    if found is None:
        raise Unauthorized("web.unknown_key")
    limits.feed.take(found.feed_id)
    return Program(room, room.parcels, found)


TheProgram = Annotated[Program, Depends(program_of)]


@router.post("/parcels", response_model=FedBatch, responses=ANSWERS)
def enter_parcels(program: TheProgram, key: TheKey, asked: Batch) -> dict[str, Any]:
    """Tell of parcels, up to 500 at once. One that is known is filled in where it was empty."""

    def work(unit: Unit) -> dict[str, Any]:
        return {"items": [_enter(unit, program.parcels, one) for one in asked.parcels]}

    # Of what was sent only a hash is kept: it holds phone numbers.
    given = idempotency.input_hash(asked.model_dump(mode="json"))
    result: dict[str, Any] = once(
        program.room, program.entrant.actor, f"{program.entrant.feed_id}:parcels", key, given, work
    )
    return result


@router.get("/parcels/{track}", response_model=Whereabouts, responses=ANSWERS)
def whereabouts(program: TheProgram, track: Annotated[str, Path(min_length=1, max_length=60)]) -> Whereabouts:
    """Where a parcel is, by its number."""
    store = program.room.store
    with store.reading() as connection:
        row = queries.by_track(connection, store.company, program.entrant.actor, track)
    return _whereabouts(row)


def _enter(unit: Unit, parcels: ParcelsWeb, asked: FedParcel) -> dict[str, Any]:
    try:
        with unit.step():
            done = put(unit, parcels.terms, asked.told())
            parcels.follow(unit, done.id)
    except Refused as refused:
        return {"track": asked.track, "outcome": "refused", "remarks": _told([Remark(refused.code, refused.values)])}
    return {"track": asked.track, "outcome": done.outcome.value, "remarks": _told(done.warnings)}


def _told(remarks: Sequence[Remark]) -> list[dict[str, str]]:
    return [
        {"code": one.code, **{f"text_{tongue}": sentence(one.code, tongue, one.values) for tongue in ("ru", "en")}}
        for one in remarks
    ]


def _whereabouts(row: AnyRow) -> Whereabouts:
    return Whereabouts(
        track=row.track,
        carrier=row.carrier,
        order_no=row.order_no,
        stage=row.stage,
        stage_since=row.stage_since,
        moved_at=row.moved_at,
        known=bool(row.known),
        watched=row.watch == Watch.ACTIVE,
        office_index=row.office_index,
        keep_until=row.keep_until,
        delivered_at=row.delivered_at,
        returned_at=row.returned_at,
        cod=row.cod,
        cod_state=row.cod_state,
    )
