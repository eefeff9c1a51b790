"""/v1/loan-calls, /v1/loans/{loan_id}/call, /v1/loan-calculator: the call centre's desk."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query

from gateway.api.access import needs
from gateway.api.errors import described
from gateway.api.loan_desk import Desk, TheDesk, TheView
from gateway.api.reads import loan_quotes
from gateway.api.reads.texts import hinted, said
from gateway.api.schemas.common import NOTHING, Id, Nothing
from gateway.api.schemas.loan_cards import Call, LoanAnswer
from gateway.api.schemas.loans import Calculation, CallCount, Called
from gateway.api.writing import Target
from gateway.core.authority import Right
from gateway.core.errors import Refused
from gateway.core.money import Money
from gateway.loans import callbacks, queries
from gateway.loans.calculator import Purchase
from gateway.loans.callbacks import CallResult
from gateway.loans.tables import applications
from gateway.store import Unit

router = APIRouter(prefix="/v1", tags=["loan calls"])
CALL = [needs(Right.LOANS_CALL)]
CHANGE = described(404, 409, 412, 413)


@router.get("/loan-calls", response_model=CallCount, dependencies=CALL, responses=described())
def count_calls(view: TheView) -> dict[str, Any]:
    """How long the call-back queue is."""
    with view.room.store.reading() as connection:
        queue = queries.call_queue(connection, view.company, view.loans, view.actor, view.now)
    return {
        "waiting": queue.waiting,
        "late": queue.late,
        "held": queue.held,
        "next_due": queue.next_due or None,
        "server_time": view.room.now(),
    }


@router.post("/loan-calls/next", response_model=Call, dependencies=CALL, responses=described(409, 413))
def next_call(desk: TheDesk, asked: Nothing = NOTHING) -> dict[str, Any]:
    """Put the next one to be called on this person's line; the same one again while it is there."""

    def work(unit: Unit) -> str | None:
        row = callbacks.take_next(unit, desk.loans)
        return None if row is None else str(row.id)

    return _on_the_line(desk, desk.perform("loan-next-call", asked.model_dump(mode="json"), work))


@router.post("/loans/{loan_id}/call", response_model=Call, dependencies=CALL, responses=CHANGE)
def take_call(desk: TheDesk, loan_id: Id, asked: Nothing = NOTHING) -> dict[str, Any]:
    """Put one picked from the list on this person's line."""

    def work(unit: Unit) -> None:
        callbacks.take(unit, desk.loans, loan_id)

    desk.perform("loan-call", asked.model_dump(mode="json"), work, Target(applications, loan_id))
    return _on_the_line(desk, loan_id)


@router.post("/loans/{loan_id}/call/result", response_model=LoanAnswer, dependencies=CALL, responses=CHANGE)
def call_result(desk: TheDesk, loan_id: Id, asked: Called) -> dict[str, Any]:
    """Tell how the call went; who was not reached is called again later."""
    at = None if asked.at is None else _instant(asked.at)

    def work(unit: Unit) -> None:
        result = CallResult(asked.result)
        callbacks.record(unit, desk.loans, loan_id, result, at, asked.remark, desk.terms.version)

    return desk.act("loan-call-result", loan_id, asked.model_dump(mode="json"), work)


@router.post("/loans/{loan_id}/call/hang-up", response_model=LoanAnswer, dependencies=CALL, responses=CHANGE)
def hang_up(desk: TheDesk, loan_id: Id, asked: Nothing = NOTHING) -> dict[str, Any]:
    """Put it back into the queue without a result."""

    def work(unit: Unit) -> None:
        callbacks.hang_up(unit, desk.loans, loan_id)

    return desk.act("loan-hang-up", loan_id, asked.model_dump(mode="json"), work)


@router.get(
    "/loan-calculator", response_model=Calculation, dependencies=[needs(Right.LOANS_READ)], responses=described(404)
)
def calculate(
    view: TheView,
    goods: Annotated[int, Query(ge=1, le=10**12, description="Kopecks")],
    down: Annotated[int, Query(ge=0, le=10**12, description="Kopecks")] = 0,
    months: Annotated[Sequence[int], Query(max_length=20, description="All a lender offers when left out")] = (),
    category: Annotated[Sequence[str], Query(max_length=20, description="Of the goods")] = (),
    shop: Annotated[str, Query(max_length=80, description="Id of a shop: whose fee is counted too")] = "",
) -> dict[str, Any]:
    """What a loan would cost the buyer on each lender's terms, and what it would leave the shop; approximate."""
    purchase = Purchase(Money(goods), Money(down), frozenset(category))
    with view.room.store.reading() as connection:
        found = loan_quotes.calculate(connection, view, purchase, months, shop)
    return {**found, "server_time": view.room.now()}


def _on_the_line(desk: Desk, loan_id: str | None) -> dict[str, Any]:
    """The card, the buyer in full (the journal keeps that), and what to say."""
    if loan_id is None:
        return {"loan": None, "server_time": desk.room.now()}
    card = desk.card(loan_id)
    with desk.room.store.unit(desk.actor) as unit:
        shown = queries.personal_of(unit, desk.loans, loan_id)
        unit.commit()
    names = {"own": desk.loans.own, "shop": card["shop"]}
    script = [{"code": code, **said(code, names), **hinted(code, names)} for code in callbacks.SCRIPT]
    return {"loan": {"remark": "", **shown, "card": card, "script": script}, "server_time": desk.room.now()}


def _instant(text: str) -> datetime:
    """Raises Refused `api.invalid` for what is no instant with a zone."""
    with suppress(ValueError, OverflowError):
        at = datetime.fromisoformat(text)
        if at.tzinfo is not None:
            return at.astimezone(UTC)
    raise Refused("api.invalid", where="at", reason="not an instant")
