"""What the button in a shop's page talks to: its program, the calculator, and a place to leave a phone number.

The shop's short name is all a page knows, so whoever comes by here is anybody. He may calculate and be called back. He
names no order of the shop (a stranger could take its number before the buyer does), and is told nothing of what is
there already.
"""

from __future__ import annotations

import hashlib
from functools import cache
from importlib import resources
from typing import Annotated, Any

from fastapi import APIRouter, Header, Query, Response

from gateway.loans import applying
from gateway.store import Unit
from gateway.web.access import TheAddress, TheLimits, ThePage, TheRoom
from gateway.web.quoting import quoted
from gateway.web.schemas import MOST_KOPECKS, ApplyByButton, Calculated, ErrorBody, Taken
from gateway.web.writing import TheKey, once

router = APIRouter(prefix="/shop/v1", tags=["button"])
_PREFLIGHT_S = 600
_WIDGET_S = 3600
ANSWERS: dict[int | str, dict[str, Any]] = {
    status: {"model": ErrorBody, "description": text}
    for status, text in (
        (403, "The page's origin is not registered with the shop"),
        (404, "No such shop, or it does not work now"),
        (413, "The body is too large"),
        (422, "Understood, and not possible"),
        (429, "Too many requests; see Retry-After"),
    )
}


@cache
def widget() -> tuple[bytes, str]:
    """The button's program and its entity tag."""
    content = (resources.files("gateway.web") / "static" / "widget.js").read_bytes()
    return content, f'"{hashlib.sha256(content).hexdigest()[:32]}"'


@router.get("/widget.js", response_class=Response, responses={304: {"description": "Not changed"}})
def widget_js(if_none_match: Annotated[str, Header()] = "") -> Response:
    """The "Buy on credit" button: one file, no cookies, no tracking, nothing loaded from elsewhere."""
    content, tag = widget()
    headers = {
        "Cache-Control": f"public, max-age={_WIDGET_S}",
        "ETag": tag,
        "Cross-Origin-Resource-Policy": "cross-origin",
        "Access-Control-Allow-Origin": "*",
    }
    if tag in if_none_match:
        return Response(None, 304, headers)
    return Response(content, media_type="text/javascript; charset=utf-8", headers=headers)


@router.options("/button/{shop}/applications", status_code=204, response_class=Response, responses=ANSWERS)
@router.options("/button/{shop}/calculator", status_code=204, response_class=Response, responses=ANSWERS)
def preflight(page: ThePage) -> Response:
    """Whether a page may ask at all."""
    return Response(
        None,
        204,
        {
            "Access-Control-Allow-Methods": "GET, POST",
            "Access-Control-Allow-Headers": "Content-Type, Idempotency-Key",
            "Access-Control-Max-Age": str(_PREFLIGHT_S),
        },
    )


@router.get("/button/{shop}/calculator", response_model=Calculated, responses=ANSWERS)
def calculator(
    room: TheRoom,
    page: ThePage,
    limits: TheLimits,
    address: TheAddress,
    goods: Annotated[int, Query(gt=0, le=MOST_KOPECKS)],
    down: Annotated[int, Query(ge=0, le=MOST_KOPECKS)] = 0,
    months: Annotated[int | None, Query(ge=1, le=360)] = None,
    category: Annotated[str, Query(max_length=60)] = "",
) -> Calculated:
    """What a loan would cost; approximate."""
    limits.calculator.take(address)
    return quoted(room, goods, down, months, category)


@router.post("/button/{shop}/applications", status_code=202, response_model=Taken, responses=ANSWERS)
def apply(
    room: TheRoom, page: ThePage, limits: TheLimits, address: TheAddress, key: TheKey, asked: ApplyByButton
) -> dict[str, Any]:
    """Leave a phone number to be called back on."""
    limits.button.take(address)
    if phone := room.loans.sealer.mark("phone", asked.phone):  # what is no number is refused as one
        limits.button_phone.take(phone)
    limits.button_shop.take(page.shop_id)

    def work(unit: Unit) -> dict[str, Any]:
        made = applying.apply(unit, room.loans, asked.application(page.shop_id, order=""))
        unit.journal("loan.button_consent", f"loan:{made.id}", text=room.loans.consent, origin=page.origin)
        return {"accepted": True}

    given = room.loans.sealer.digest(asked.model_dump_json())
    result: dict[str, Any] = once(room, page.actor, f"{page.shop_id}:button", key, given, work)
    return result
