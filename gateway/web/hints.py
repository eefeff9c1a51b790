"""/lender: webhooks. A genuine one is worth a question to that lender, and nothing more."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Request

from gateway.core.errors import Refused
from gateway.loans.lenders import hints
from gateway.web.access import TheAddress, TheLimits, TheRoom
from gateway.web.schemas import ErrorBody, Taken

router = APIRouter(prefix="/lender", tags=["lenders"])
ANSWERS: dict[int | str, dict[str, Any]] = {
    status: {"model": ErrorBody, "description": text}
    for status, text in (
        (400, "It cannot be read"),
        (403, "Its signature does not hold; this is journalled"),
        (404, "No such lender"),
        (413, "The body is too large"),
        (429, "Too many requests; see Retry-After"),
    )
}


async def _body(request: Request, limits: TheLimits, address: TheAddress) -> bytes:
    limits.hint.take(address)
    return await request.body()


@router.post("/{key}/hint", status_code=202, response_model=Taken, responses=ANSWERS)
def hint(
    request: Request,
    room: TheRoom,
    limits: TheLimits,
    address: TheAddress,
    key: Annotated[str, Path(max_length=40)],
    body: Annotated[bytes, Depends(_body)],
) -> dict[str, Any]:
    """A lender has something new. The answer is the same whether or not it is about anything of ours."""
    limits.forged.check(address)
    try:
        known = hints.receive(room.store, room.lenders, key, request.headers, body)
    except Refused as refused:
        if refused.code == "lender.forged_hint":
            limits.forged.take(address)
        raise
    if known:
        room.asked()
    return {"accepted": True}
