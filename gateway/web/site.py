"""/shop/v1: what the program of a shop's site may do with its secret key: apply, ask how it stands, calculate."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query
from sqlalchemy import select

from gateway.core.authority import Right
from gateway.core.text import no_control
from gateway.loans import agreement_rows, applications, applying
from gateway.loans.papers import GoodsState
from gateway.loans.tables import applications as table
from gateway.store import Unit
from gateway.store.schema import AnyRow
from gateway.web.access import TheRoom, TheSite
from gateway.web.answers import NotFound
from gateway.web.quoting import quoted
from gateway.web.schemas import MOST_KOPECKS, Applied, Apply, Calculated, ErrorBody, Standing
from gateway.web.writing import TheKey, once

router = APIRouter(prefix="/shop/v1", tags=["site"])

_TEXTS = {
    400: "A header cannot be read",
    401: "No key, or an unknown one",
    403: "The key was sent from a browser",
    404: "No such application of this shop",
    413: "The body is too large",
    422: "Understood, and not possible",
    429: "Too many requests; see Retry-After",
}
ANSWERS: dict[int | str, dict[str, Any]] = {
    status: {"model": ErrorBody, "description": text} for status, text in _TEXTS.items()
}


@router.post("/applications", response_model=Applied, responses=ANSWERS)
def apply(room: TheRoom, site: TheSite, key: TheKey, asked: Apply) -> dict[str, Any]:
    """Leave an application; the call centre rings the buyer. The same order again is the same application."""

    def work(unit: Unit) -> dict[str, Any]:
        made = applying.apply(unit, room.loans, asked.application(site.actor.party, asked.order))
        return {"id": made.id, "number": made.number, "known": made.known}

    # Of what was sent only a keyed hash is kept: it holds a phone number.
    given = room.loans.sealer.digest(asked.model_dump_json())
    result: dict[str, Any] = once(room, site.actor, f"{site.access_id}:apply", key, given, work)
    return result


@router.get("/applications", response_model=Standing, responses=ANSWERS)
def standing_of_order(
    room: TheRoom, site: TheSite, order: Annotated[str, Query(min_length=1, max_length=64)]
) -> Standing:
    """How the application of an order stands."""
    site.actor.require(Right.LOANS_READ)
    with room.store.reading() as connection:
        row = connection.execute(
            select(table).where(
                table.c.company == room.store.company,
                table.c.shop_id == site.actor.party,
                table.c.shop_order == no_control(order).strip(),
            )
        ).one_or_none()
        if row is None:
            raise NotFound("loan.not_found")
        return _standing(row, agreement_rows.live(connection, row.id))


@router.get("/applications/{application_id}", response_model=Standing, responses=ANSWERS)
def standing(
    room: TheRoom, site: TheSite, application_id: Annotated[str, Path(pattern=r"^[0-9A-Za-z-]{1,64}$")]
) -> Standing:
    """How an application stands."""
    site.actor.require(Right.LOANS_READ)
    with room.store.reading() as connection:
        row = applications.visible(site.actor, applications.read(connection, room.store.company, application_id))
        return _standing(row, agreement_rows.live(connection, row.id))


@router.get("/calculator", response_model=Calculated, responses=ANSWERS)
def calculator(
    room: TheRoom,
    site: TheSite,
    goods: Annotated[int, Query(gt=0, le=MOST_KOPECKS)],
    down: Annotated[int, Query(ge=0, le=MOST_KOPECKS)] = 0,
    months: Annotated[int | None, Query(ge=1, le=360)] = None,
    category: Annotated[str, Query(max_length=60)] = "",
) -> Calculated:
    """What a loan would cost; approximate."""
    return quoted(room, goods, down, months, category)


def _standing(row: AnyRow, paper: AnyRow | None) -> Standing:
    return Standing(
        id=row.id,
        number=row.number,
        order="" if row.shop_order.startswith(applying.OWN_ORDER) else row.shop_order,
        state=row.state,
        stage=row.stage,
        since=row.stage_since,
        made_at=row.made_at,
        goods=row.goods,
        down=row.down,
        months=row.months,
        lender=row.lender,
        signing_way=row.signing_way,
        goods_may_go=paper is not None and paper.goods == GoodsState.RELEASED,
    )
