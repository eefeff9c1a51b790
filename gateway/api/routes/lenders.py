"""/v1/lenders: how it goes with lenders, what has not reached them, and asking one of them now."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Path

from gateway.api.access import needs_any
from gateway.api.errors import described
from gateway.api.loan_desk import TheDesk, TheView, View
from gateway.api.reads import loan_lenders as reads
from gateway.api.schemas.common import NOTHING, Nothing
from gateway.api.schemas.shops import LenderCalls, Lenders
from gateway.core.authority import Right
from gateway.core.errors import Refused
from gateway.loans.lenders import standing

router = APIRouter(prefix="/v1/lenders", tags=["lenders"])
READ = [needs_any(Right.LOANS_READ, Right.HEALTH_READ)]
ASK = [needs_any(Right.LOANS_WORK, Right.HEALTH_OPERATE)]

Lender = Annotated[str, Path(min_length=1, max_length=40, description="Short name of a lender")]


@router.get("", response_model=Lenders, dependencies=READ, responses=described(404))
def list_lenders(view: TheView) -> dict[str, Any]:
    """The lenders of this installation: their terms of today, how the talk with them stands, their tokens."""
    return _answer(view)


@router.get("/calls", response_model=LenderCalls, dependencies=READ, responses=described(404))
def list_calls(view: TheView) -> dict[str, Any]:
    """What has not reached lenders, and why: what was given up first, then the oldest, 200 at most."""
    with view.room.store.reading() as connection:
        return {"items": reads.calls(connection, view), "server_time": view.room.now()}


@router.post("/{lender}/ask", response_model=Lenders, dependencies=ASK, responses=described(404, 409, 413))
def ask(desk: TheDesk, lender: Lender, asked: Nothing = NOTHING) -> dict[str, Any]:
    """Ask a lender now about everything he owes an answer on; what he says comes as events."""
    if lender not in desk.loans.lenders:
        raise Refused("loan.lender_unknown", lender=lender)
    desk.perform(f"ask:{lender}", asked.model_dump(mode="json"), lambda unit: standing.ask_now(unit, lender))
    desk.broker.ask_lenders()
    return _answer(desk)


def _answer(view: View) -> dict[str, Any]:
    with view.room.store.reading() as connection:
        return {"items": reads.lenders(connection, view), "server_time": view.room.now()}
