"""/v1/settlement: statements of account, their lines and payouts, balances, and the closing of a period."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response

from gateway.api.access import needs
from gateway.api.errors import BadRequest, described
from gateway.api.loan_desk import Desk, TheDesk, TheView, View
from gateway.api.period import PeriodRun
from gateway.api.reads import settlement as reads
from gateway.api.reads.paging import DEFAULT_LIMIT, MAX_LIMIT, Window
from gateway.api.schemas.common import NOTHING, Id, Nothing
from gateway.api.schemas.settlement import (
    Balances,
    Charge,
    ClosePeriod,
    Correction,
    Dispute,
    LineAnswer,
    LinePage,
    PartyWord,
    Period,
    StatementAnswer,
    StatementFilter,
    StatementPage,
    StatementSort,
    TakeBack,
)
from gateway.api.writing import Target
from gateway.core.authority import Right
from gateway.core.clock import business_date
from gateway.core.errors import Refused
from gateway.core.money import Money
from gateway.flows import parcel_settlement
from gateway.loans import payees
from gateway.settlement import claims, corrections, payouts, queries, statements
from gateway.settlement.model import Party, PartyKind
from gateway.settlement.printed import Side, printed
from gateway.settlement.steps import party_of
from gateway.settlement.tables import statements as statement_rows
from gateway.settlement.workbook import MEDIA_TYPE, workbook
from gateway.store import Unit

router = APIRouter(prefix="/v1/settlement", tags=["settlement"])
READ, WORK = [needs(Right.SETTLEMENT_READ)], [needs(Right.SETTLEMENT_WORK)]
CHANGE = described(404, 409, 412, 413)


def _run_of(request: Request, view: TheView) -> PeriodRun:
    run: PeriodRun = request.app.state.period_run
    return run


TheRun = Annotated[PeriodRun, Depends(_run_of)]


def _window(
    limit: Annotated[int, Query(ge=1, le=MAX_LIMIT)] = DEFAULT_LIMIT,
    after: Annotated[str, Query(max_length=2000, description="`next` of the slice before")] = "",
    q: Annotated[str, Query(max_length=200, description="Words of the number or the party's name")] = "",
    sort: Annotated[StatementSort, Query(description="Leading `-` for descending")] = "-until",
) -> Window:
    return Window(limit, 0, after, sort, q.replace("\0", " "))


@router.get("/statements", response_model=StatementPage, dependencies=READ, responses=described(404))
def list_statements(
    view: TheView,
    asked: Annotated[Window, Depends(_window)],
    state: StatementFilter = "all",
    party_kind: PartyWord = "shop",
    party_id: Annotated[str, Query(max_length=80, description="Of one party alone")] = "",
) -> dict[str, Any]:
    """Statements of account, the latest period first unless asked otherwise."""
    party = Party(PartyKind(party_kind), party_id.replace("\0", " ")) if party_id else None
    with view.room.store.reading() as connection:
        page = reads.listed(connection, view.company, view.actor, state, party, asked)
    return {**page, "server_time": view.room.now()}


@router.get("/statements/{statement_id}", response_model=StatementAnswer, dependencies=READ, responses=described(404))
def get_statement(view: TheView, statement_id: Id) -> dict[str, Any]:
    """One statement with its history, its payment orders and the bank's lines that prove them."""
    return _answer(view, statement_id)


@router.get("/statements/{statement_id}/lines", response_model=LinePage, dependencies=READ, responses=described(404))
def list_lines(
    view: TheView,
    statement_id: Id,
    limit: Annotated[int, Query(ge=1, le=MAX_LIMIT)] = DEFAULT_LIMIT,
    after: Annotated[str, Query(max_length=80, description="`next` of the slice before")] = "",
) -> dict[str, Any]:
    """What a statement holds, in the order it was written."""
    with view.room.store.reading() as connection:
        page = reads.line_page(
            connection, view.company, view.actor, statement_id, after.replace("\0", " "), limit
        )  # fmt: skip
    return {**page, "server_time": view.room.now()}


@router.get(
    "/statements/{statement_id}/statement.xlsx",
    dependencies=READ,
    response_class=Response,
    responses={200: {"content": {MEDIA_TYPE: {}}}, **described(404)},
)
def get_workbook(view: TheView, statement_id: Id) -> Response:
    """The statement with its commission act, and the claim where there is one, as an Excel workbook for printing."""
    own = view.room.terms.own
    with view.room.store.reading() as connection:
        row = queries.statement(connection, view.company, view.actor, statement_id)
        party = payees.side_of(connection, view.company, party_of(row), row.party_name)
        side = Side(own.name, own.inn, own.kpp)
        paper = printed(connection, view.company, view.actor, statement_id, side, party)
    named = {"Content-Disposition": f'attachment; filename="statement-{paper.number}.xlsx"'}
    return Response(workbook(paper), media_type=MEDIA_TYPE, headers=named)


@router.post("/statements/{statement_id}/send", response_model=StatementAnswer, dependencies=WORK, responses=CHANGE)
def send(desk: TheDesk, statement_id: Id, asked: Nothing = NOTHING) -> dict[str, Any]:
    """Show it to the party; from now on it is fixed, and the days of silence run."""
    terms = desk.broker.settlement

    def work(unit: Unit) -> None:
        statements.send(
            unit, statement_id, desk.terms.version, silence_days=terms.silence_days, zone=terms.outgoing.zone
        )

    return _act(desk, "send", statement_id, asked, work)


@router.post("/statements/{statement_id}/accept", response_model=StatementAnswer, dependencies=WORK, responses=CHANGE)
def accept(desk: TheDesk, statement_id: Id, asked: Nothing = NOTHING) -> dict[str, Any]:
    """The party agrees, on the paper somebody has in hand."""
    return _act(
        desk, "accept", statement_id, asked, lambda u: statements.accept(u, statement_id, desk.terms.version)
    )  # fmt: skip


@router.post("/statements/{statement_id}/dispute", response_model=StatementAnswer, dependencies=WORK, responses=CHANGE)
def dispute(desk: TheDesk, statement_id: Id, asked: Dispute) -> dict[str, Any]:
    """The party does not agree; silence counts no longer."""

    def work(unit: Unit) -> None:
        statements.dispute(unit, statement_id, asked.remark, desk.terms.version)

    return _act(desk, "dispute", statement_id, asked, work)


@router.post("/statements/{statement_id}/fix", response_model=StatementAnswer, dependencies=WORK, responses=CHANGE)
def fix(desk: TheDesk, statement_id: Id, asked: Nothing = NOTHING) -> dict[str, Any]:
    """An accepted statement with a sum above zero is to be paid."""
    return _act(desk, "fix", statement_id, asked, lambda u: statements.fix(u, statement_id, desk.terms.version))


@router.post("/statements/{statement_id}/carry", response_model=StatementAnswer, dependencies=WORK, responses=CHANGE)
def carry(desk: TheDesk, statement_id: Id, asked: Nothing = NOTHING) -> dict[str, Any]:
    """An accepted statement of nothing or less ends, or a claim is given up; the debt goes into its next one."""
    return _act(desk, "carry", statement_id, asked, lambda u: statements.carry(u, statement_id, desk.terms.version))


@router.post("/statements/{statement_id}/claim", response_model=StatementAnswer, dependencies=WORK, responses=CHANGE)
def claim(desk: TheDesk, statement_id: Id, asked: Nothing = NOTHING) -> dict[str, Any]:
    """Claim what an accepted statement is below zero; the party pays us under the claim's number."""
    debtor_of = desk.broker.settlement.debtor_of
    return _act(
        desk, "claim", statement_id, asked, lambda u: claims.claim(u, debtor_of, statement_id, desk.terms.version)
    )  # fmt: skip


@router.post("/statements/{statement_id}/draft", response_model=StatementAnswer, dependencies=WORK, responses=CHANGE)
def draft(desk: TheDesk, statement_id: Id, asked: Nothing = NOTHING) -> dict[str, Any]:
    """Put its payment before the two people who sign; needs If-Match."""

    def work(unit: Unit) -> None:
        payouts.draft(unit, desk.broker.settlement, statement_id, desk.seen())

    return _act(desk, "draft", statement_id, asked, work)


@router.get("/lines", response_model=LinePage, dependencies=READ, responses=described(404))
def list_waiting_lines(
    view: TheView,
    party_id: Annotated[str, Query(min_length=1, max_length=80)],
    party_kind: PartyWord = "shop",
    limit: Annotated[int, Query(ge=1, le=MAX_LIMIT)] = DEFAULT_LIMIT,
    after: Annotated[str, Query(max_length=80, description="`next` of the slice before")] = "",
) -> dict[str, Any]:
    """A party's lines that are in no statement yet, in the order they were written."""
    party = Party(PartyKind(party_kind), party_id.replace("\0", " "))
    with view.room.store.reading() as connection:
        page = reads.waiting_page(connection, view.company, view.actor, party, after.replace("\0", " "), limit)
    return {**page, "server_time": view.room.now()}


@router.post("/lines/{line_id}/take-back", response_model=LineAnswer, dependencies=WORK, responses=CHANGE)
def take_back(desk: TheDesk, line_id: Id, asked: TakeBack) -> dict[str, Any]:
    """Take a wrong line back, or a part of it; needs Idempotency-Key. The party reads the reason."""
    share = None if asked.share is None else Money(asked.share)

    def work(unit: Unit, key: str) -> str:
        return corrections.take_back(unit, line_id, key, asked.reason, share)

    return _write(desk, f"take-back:{line_id}", asked, work)


@router.post("/charges", response_model=LineAnswer, dependencies=WORK, responses=CHANGE)
def charge(desk: TheDesk, asked: Charge) -> dict[str, Any]:
    """What a party owes us by itself: a courier's visit, a monthly fee; needs Idempotency-Key."""

    def work(unit: Unit, key: str) -> str:
        party = _known(unit, asked.party_kind, asked.party_id)
        return corrections.charge(unit, party, Money(asked.fee), Money(asked.vat), asked.document, key, asked.reason)

    return _write(desk, "charge", asked, work)


@router.post("/corrections", response_model=LineAnswer, dependencies=WORK, responses=CHANGE)
def correct(desk: TheDesk, asked: Correction) -> dict[str, Any]:
    """A sum in a party's favour, or against it when negative; needs Idempotency-Key."""

    def work(unit: Unit, key: str) -> str:
        party = _known(unit, asked.party_kind, asked.party_id)
        return corrections.correct(unit, party, Money(asked.amount), asked.document, key, asked.reason)

    return _write(desk, "correction", asked, work)


@router.get("/balances", response_model=Balances, dependencies=READ, responses=described(404))
def list_balances(
    view: TheView,
    limit: Annotated[int, Query(ge=1, le=MAX_LIMIT)] = DEFAULT_LIMIT,
    after: Annotated[str, Query(max_length=2000, description="`next` of the slice before")] = "",
) -> dict[str, Any]:
    """What we owe to whom: by the register, by statements, by debit lines."""
    with view.room.store.reading() as connection:
        return {**reads.balances(connection, view.company, view.actor, after, limit), "server_time": view.room.now()}


@router.get("/period", response_model=Period, dependencies=READ, responses=described(404))
def get_period(view: TheView, run: TheRun) -> dict[str, Any]:
    """How far the closing of a period is."""
    return {**reads.period(run.progress), "server_time": view.room.now()}


@router.post("/period", response_model=Period, dependencies=WORK, responses=CHANGE)
def close_period(desk: TheDesk, run: TheRun, asked: ClosePeriod) -> dict[str, Any]:
    """Make everybody's statement up to a day; runs beside the requests. Begun again, it doubles nothing."""
    until = _day(asked.until)
    statements.need_day(until, business_date(desk.room.store.clock.now(), desk.room.terms.zone))
    with desk.room.store.reading() as connection:
        agents = parcel_settlement.parties(connection, desk.company, desk.room.terms.cod)
        parties = {**payees.parties(connection, desk.company), **agents}
    run.start(desk.actor, parties, until, asked.send)
    return get_period(desk, run)


@router.post("/period/stop", response_model=Period, dependencies=WORK, responses=CHANGE)
def stop_period(desk: TheDesk, run: TheRun, asked: Nothing = NOTHING) -> dict[str, Any]:
    """End it after the party it is at; what is made stays."""
    run.stop()
    return get_period(desk, run)


def _answer(view: View, statement_id: str) -> dict[str, Any]:
    with view.room.store.reading() as connection:
        found = reads.card(connection, view.company, view.actor, statement_id)
    return {**found, "server_time": view.room.now()}


def _act(desk: Desk, action: str, statement_id: str, asked: Any, work: Callable[[Unit], Any]) -> dict[str, Any]:
    def one(unit: Unit) -> None:
        work(unit)

    target = Target(statement_rows, statement_id)
    desk.perform(f"settlement-{action}", asked.model_dump(mode="json"), one, target)
    return _answer(desk, statement_id)


def _write(desk: Desk, action: str, asked: Any, work: Callable[[Unit, str], str]) -> dict[str, Any]:
    """Write a line by hand. Its key is the request's own, so that it is one line however often it comes.

    Raises:
        BadRequest: `api.key_needed`.
    """
    if desk.terms.key is None:
        raise BadRequest("api.key_needed")
    key = f"{desk.caller.user_id}:{action}:{desk.terms.key}"
    line_id = desk.perform(f"settlement-{action}", asked.model_dump(mode="json"), lambda unit: work(unit, key))
    with desk.room.store.reading() as connection:
        return {"line": reads.line(connection, line_id), "server_time": desk.room.now()}


def _known(unit: Unit, kind: str, party_id: str) -> Party:
    """A party that is there.

    Raises:
        Refused: `loan.not_a_shop`, `loan.own_shop`.
    """
    party = Party(PartyKind(kind), party_id)
    payees.need_party(unit, party)
    return party


def _day(text: str) -> date:
    """Raises Refused `api.invalid` for a date that is none."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Refused("api.invalid", where="until", reason="not a date") from None
