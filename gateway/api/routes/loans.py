"""/v1/loans: the board, the list, one application, what is in trouble and how old the gaps are."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query

from gateway.api.access import needs
from gateway.api.errors import described
from gateway.api.loan_desk import TheView
from gateway.api.reads import loan_ageing
from gateway.api.reads import loans as reads
from gateway.api.reads.paging import DEFAULT_LIMIT, MAX_LIMIT, Window
from gateway.api.schemas.common import Id
from gateway.api.schemas.loan_cards import LoanAnswer
from gateway.api.schemas.loans import (
    Ageing,
    AgeingSort,
    Board,
    Buyer,
    LoanPage,
    Problems,
    ProblemWord,
    SortWord,
    StageWord,
    StateWord,
    Way,
)
from gateway.core.authority import Right
from gateway.loans import queries
from gateway.loans.queries import Filters

router = APIRouter(prefix="/v1/loans", tags=["loans"])
READ, PERSONAL = [needs(Right.LOANS_READ)], [needs(Right.LOANS_READ), needs(Right.LOANS_PERSONAL)]

Text = Annotated[str, Query(max_length=200)]


def _filters(
    stage: StageWord = "",
    state: StateWord = "",
    shop: Annotated[str, Query(max_length=80, description="Id of a shop")] = "",
    lender: Text = "",
    way: Way | None = None,
    number: Annotated[str, Query(max_length=12, description="Our number")] = "",
    order: Annotated[str, Query(max_length=200, description="The shop's number of the order")] = "",
    agreement: Annotated[str, Query(max_length=200, description="The lender's number of the agreement")] = "",
    phone: Annotated[str, Query(max_length=40, description="Whole")] = "",
    surname: Annotated[str, Query(max_length=120, description="Whole")] = "",
    since: Annotated[str, Query(max_length=10, description="Day of the application, the first")] = "",
    until: Annotated[str, Query(max_length=10, description="The last, included")] = "",
    problem: ProblemWord = "",
) -> Filters:
    texts = {"shop": shop, "lender": lender, "order": order, "agreement": agreement, "phone": phone, "surname": surname}
    return Filters(
        stage=stage,
        state=state,
        way=way or "",
        number=reads.number_of(number),
        since=since,
        until=until,
        problem=problem,
        **{name: text.replace("\0", " ") for name, text in texts.items()},
    )


def _window(
    limit: Annotated[int, Query(ge=1, le=MAX_LIMIT)] = DEFAULT_LIMIT,
    after: Annotated[str, Query(max_length=2000, description="`next` of the slice before")] = "",
    q: Annotated[
        str, Query(max_length=200, description="Our number, a whole phone or surname, an agreement or an order")
    ] = "",
    sort: Annotated[SortWord, Query(description="Leading `-` for descending")] = "-made_at",
) -> Window:
    return Window(limit, 0, after, sort, q.replace("\0", " "))


@router.get("", response_model=LoanPage, dependencies=READ, responses=described())
def list_loans(
    view: TheView, filters: Annotated[Filters, Depends(_filters)], asked: Annotated[Window, Depends(_window)]
) -> dict[str, Any]:
    """Applications, newest first unless asked otherwise. Names and phones are masked."""
    with view.room.store.reading() as connection:
        page = reads.listed(connection, view, filters, asked)
    return {**page, "server_time": view.room.now()}


@router.get("/board", response_model=Board, dependencies=READ, responses=described())
def board(view: TheView) -> dict[str, Any]:
    """Every stage from the phone number to money at the shop: how many, how much, how old."""
    with view.room.store.reading() as connection:
        return {"stages": reads.board(connection, view), "server_time": view.room.now()}


@router.get("/problems", response_model=Problems, dependencies=READ, responses=described())
def problems(view: TheView) -> dict[str, Any]:
    """How many applications a person has to look at, by what is wrong."""
    with view.room.store.reading() as connection:
        return {"items": reads.problems(connection, view), "server_time": view.room.now()}


@router.get("/ageing", response_model=Ageing, dependencies=READ, responses=described())
def ageing(
    view: TheView,
    gap: Annotated[loan_ageing.GapWord, Query(description="Which of the three is missing")] = "original",
    red: Annotated[bool, Query(description="Only those over the limit")] = False,
    shop: Annotated[str, Query(max_length=80, description="Id of a shop")] = "",
    limit: Annotated[int, Query(ge=1, le=MAX_LIMIT)] = DEFAULT_LIMIT,
    after: Annotated[str, Query(max_length=2000, description="`next` of the slice before")] = "",
    sort: Annotated[AgeingSort, Query(description="Leading `-` for descending")] = "-age",
) -> dict[str, Any]:
    """Signed, original accepted, money here: agreements with a gap, the oldest first unless asked otherwise."""
    asked = Window(limit, 0, after, sort)
    with view.room.store.reading() as connection:
        found = loan_ageing.ageing(connection, view, gap, red, shop.replace("\0", " "), asked)
    return {**found, "server_time": view.room.now()}


@router.get("/{loan_id}", response_model=LoanAnswer, dependencies=READ, responses=described(404))
def get_loan(view: TheView, loan_id: Id) -> dict[str, Any]:
    """One application with everything about it."""
    return view.answer(loan_id)


@router.get("/{loan_id}/buyer", response_model=Buyer, dependencies=PERSONAL, responses=described(404))
def get_buyer(view: TheView, loan_id: Id) -> dict[str, Any]:
    """The buyer's name and phone in full; the journal keeps who has seen them."""
    with view.room.store.unit(view.actor) as unit:
        shown = queries.personal_of(unit, view.loans, loan_id)
        unit.commit()
    return {"remark": "", **shown, "server_time": view.room.now()}
