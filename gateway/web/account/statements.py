"""What the shop is owed: statements sent to it, their lines, and its answer."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Response

from gateway.core.authority import Right
from gateway.core.errors import Refused
from gateway.core.text import no_control
from gateway.loans import payees
from gateway.settlement import queries, statements
from gateway.settlement.model import Party, PartyKind, StatementState
from gateway.settlement.printed import EVERY_LINE, Printed, Side, printed
from gateway.settlement.steps import party_of
from gateway.settlement.workbook import MEDIA_TYPE, workbook
from gateway.store import Unit
from gateway.store.schema import AnyRow
from gateway.web.account.acting import perform
from gateway.web.account.applications import Id
from gateway.web.account.pages import go, show, told
from gateway.web.account.visits import Desk, Form, TheDesk, TheForm, desk_with
from gateway.web.answers import status_of

router = APIRouter(prefix="/shop/statements", tags=["account"], dependencies=[desk_with(Right.SETTLEMENT_READ)])
_PAGE = 100
_TO_ANSWER = (StatementState.SENT, StatementState.DISPUTED)
_NOT_HERE = 404
_PRINTED = 2_000  # lines of a page; the workbook holds them all
_TO_BE_PAID = (StatementState.ACCEPTED, StatementState.ACCEPTED_BY_SILENCE, StatementState.PAYABLE)


@router.get("", response_class=Response)
def listed(desk: TheDesk) -> Response:
    """Statements, the latest first, and how we stand."""
    store, actor = desk.room.store, desk.person.actor
    with store.reading() as connection:
        page = queries.statement_page(connection, store.company, actor, limit=_PAGE)
        balance = queries.balance(connection, store.company, actor, Party(PartyKind.SHOP, actor.party))
    return show(desk, "statements.html", rows=page.rows, balance=balance)


@router.get("/{statement_id}", response_class=Response)
def one(
    desk: TheDesk,
    statement_id: Id,
    after: Annotated[str, Query(max_length=64)] = "",
    done: Annotated[str, Query(max_length=20)] = "",
) -> Response:
    """One statement with its lines."""
    return _page(desk, statement_id, after=after, done=done if done in ("accept", "dispute") else "")


@router.get("/{statement_id}/print", response_class=Response)
def paper(desk: TheDesk, statement_id: Id) -> Response:
    """The statement, its commission act and its claim, each on sheets of A4."""
    row, found = _printed(desk, statement_id, _PRINTED)
    return show(desk, "statement_print.html", row=row, paper=found)


@router.get("/{statement_id}/statement.xlsx", response_class=Response)
def table(desk: TheDesk, statement_id: Id) -> Response:
    """The same as an Excel workbook."""
    _, found = _printed(desk, statement_id)
    named = {"Content-Disposition": f'attachment; filename="statement-{found.number}.xlsx"'}
    return Response(workbook(found), media_type=MEDIA_TYPE, headers=named)


@router.post("/{statement_id}/accept", response_class=Response)
def accept(desk: TheDesk, statement_id: Id, form: TheForm) -> Response:
    """The shop agrees."""
    return _answer(desk, form, "accept", statement_id)


@router.post("/{statement_id}/dispute", response_class=Response)
def dispute(desk: TheDesk, statement_id: Id, form: TheForm) -> Response:
    """The shop does not agree, and says with what."""
    return _answer(desk, form, "dispute", statement_id)


def _printed(desk: Desk, statement_id: str, limit: int = EVERY_LINE) -> tuple[AnyRow, Printed]:
    store, actor, own = desk.room.store, desk.person.actor, desk.room.terms.own
    with store.reading() as connection:
        row = queries.statement(connection, store.company, actor, statement_id)
        party = payees.side_of(connection, store.company, party_of(row), row.party_name)
        company = Side(own.name, own.inn, own.kpp)
        return row, printed(connection, store.company, actor, statement_id, company, party, limit)


def _answer(desk: Desk, form: Form, verb: str, statement_id: str) -> Response:
    def work(unit: Unit) -> None:
        if verb == "accept":
            statements.accept(unit, statement_id, form.version)
        else:
            statements.dispute(unit, statement_id, form.text("remark"), form.version)

    try:
        perform(desk, form, f"statement-{verb}", statement_id, work)
    except Refused as error:
        if status_of(error) == _NOT_HERE:
            raise
        return _page(desk, statement_id, error=error)
    return go(f"/shop/statements/{statement_id}?done={verb}")


def _page(desk: Desk, statement_id: str, *, after: str = "", done: str = "", error: Refused | None = None) -> Response:
    store, actor = desk.room.store, desk.person.actor
    with store.reading() as connection:
        row = queries.statement(connection, store.company, actor, statement_id)
        lines = queries.line_page(connection, store.company, actor, statement_id, after=no_control(after), limit=_PAGE)
        history = queries.history(connection, store.company, actor, statement_id)
        waits = row.state in _TO_BE_PAID and row.net > 0 and payees.is_suspended(connection, store.company, actor.party)
    return show(
        desk,
        "statement.html",
        status_of(error) if error else 200,
        row=row,
        lines=lines.rows,
        next=lines.after[1] if lines.after else "",
        history=history,
        suspended=waits,
        may_accept=row.state in _TO_ANSWER,
        may_dispute=row.state == StatementState.SENT,
        done=done,
        error=told(error, desk.language) if error else None,
    )
