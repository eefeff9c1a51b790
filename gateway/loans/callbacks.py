"""The call-back queue: who is called next, by whom, how it went, and when to try again."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select

from gateway.core.authority import Right
from gateway.core.clock import to_text
from gateway.core.errors import Refused
from gateway.core.workdays import add_work_minutes
from gateway.loans import applications, ending, events, reminders
from gateway.loans.model import ApplicationEvent, ApplicationState
from gateway.loans.personal import about_buyer
from gateway.loans.reasons import EndReason
from gateway.loans.tables import applications as table
from gateway.loans.terms import LoanTerms
from gateway.store.schema import AnyRow
from gateway.store.unit import Unit

_LONGEST_REMARK = 500
_FARTHEST = timedelta(days=30)


class CallResult(StrEnum):
    """How a call went."""

    REACHED = "reached"  # on with the questionnaire
    BUSY = "busy"
    NO_ANSWER = "no_answer"
    LATER = "later"  # at a time the buyer named
    REFUSED = "refused"
    WRONG_NUMBER = "wrong_number"


_UNANSWERED = (CallResult.BUSY, CallResult.NO_ANSWER)
_CALLED = (ApplicationState.LEAD, ApplicationState.CALLBACK, ApplicationState.QUESTIONNAIRE)

SCRIPT = (
    "loan.script.greeting",
    "loan.script.purchase",
    "loan.script.terms",
    "loan.script.consent",
    "loan.script.passport",
    "loan.script.income",
    "loan.script.signing",
    "loan.script.farewell",
)
"""Steps of a call: catalogue codes; the hint of each is what to mind. They name the shop and our company."""


def take_next(unit: Unit, terms: LoanTerms) -> AnyRow | None:
    """Put the next one to be called on this person's line; the same one again while it is there.

    Returns:
        The application's row, None when there is nobody to call now.

    Raises:
        Refused: `authority.missing`.
    """
    unit.actor.require(Right.LOANS_CALL)
    mine = and_(table.c.call_by == unit.actor.name, table.c.call_since > _held_since(unit, terms))
    row = _first(unit, mine) or _first(unit, and_(due_now(unit.at), free(_held_since(unit, terms))))
    return None if row is None else _on_the_line(unit, row)


def take(unit: Unit, terms: LoanTerms, application_id: str) -> AnyRow:
    """Put one that was picked from the list on this person's line. Returns its row.

    Raises:
        Refused: `authority.missing`, `loan.not_found`, `loan.no_call` when there is nothing to call about,
            `loan.on_the_line` when somebody else has it.
    """
    unit.actor.require(Right.LOANS_CALL)
    row = _callable(unit, terms, application_id)
    return _on_the_line(unit, row)


def hang_up(unit: Unit, terms: LoanTerms, application_id: str) -> AnyRow:
    """Put it back into the queue without a result. Returns its row.

    Raises:
        Refused: as `take`.
    """
    unit.actor.require(Right.LOANS_CALL)
    row = _callable(unit, terms, application_id)
    return applications.change(unit, row, call_by="", call_since=None)


def record(
    unit: Unit,
    terms: LoanTerms,
    application_id: str,
    result: CallResult,
    at: datetime | None = None,
    remark: str = "",
    expected_version: int | None = None,
) -> AnyRow:
    """Somebody tells how the call went. Returns the application's row.

    Args:
        at: for `LATER`: when to call again.
        remark: kept sealed, with the buyer's data.

    Raises:
        Refused: as `take`; `loan.call_time` for a time to call again that is not in the next 30 days.
        Conflict: `loan.changed`.
    """
    unit.actor.require(Right.LOANS_CALL)
    row = _callable(unit, terms, application_id, expected_version)
    if remark.strip():
        row = _remarked(unit, terms, row, remark)
    unit.journal("loan.called", f"loan:{row.id}", result=result.value, attempt=row.call_attempts + 1)
    reminders.end(unit, row)
    if result is CallResult.REACHED:
        return _reached(unit, row)
    if result is CallResult.REFUSED:
        return ending.cancel_row(unit, row, ending.By.BUYER, EndReason.REFUSED)
    if result is CallResult.WRONG_NUMBER:
        return ending.cancel_row(unit, row, ending.By.US, EndReason.WRONG_NUMBER)
    if result is CallResult.LATER:
        return _later(unit, row, at)
    return _unanswered(unit, terms, row, result)


def due_now(at: str) -> ColumnElement[bool]:
    """Whom to call now: leads at once, everybody else at the time that was set."""
    return and_(
        table.c.call_due.is_not(None), or_(table.c.state == ApplicationState.LEAD.value, table.c.call_due <= at)
    )


def free(held_since: str) -> ColumnElement[bool]:
    """What nobody has on the line; a call taken before `held_since` was forgotten."""
    return or_(table.c.call_by == "", table.c.call_since <= held_since)


def _held_since(unit: Unit, terms: LoanTerms) -> str:
    return to_text(unit.now - terms.call_hold)


def _first(unit: Unit, condition: ColumnElement[bool]) -> AnyRow | None:
    return unit.connection.execute(
        select(table)
        .where(table.c.company == unit.company, table.c.call_due.is_not(None), condition)
        .order_by(table.c.call_due, table.c.id)
        .limit(1)
    ).one_or_none()


def _on_the_line(unit: Unit, row: AnyRow) -> AnyRow:
    return applications.change(unit, row, call_by=unit.actor.name, call_since=unit.at)


def _callable(unit: Unit, terms: LoanTerms, application_id: str, expected_version: int | None = None) -> AnyRow:
    """The row, when there is something to call about and nobody else is at it."""
    row = applications.open_for(unit, application_id, expected_version)
    if row.state not in _CALLED:
        raise Refused("loan.no_call", number=row.number)
    held = row.call_by and row.call_since and row.call_since > _held_since(unit, terms)
    if held and row.call_by != unit.actor.name:
        raise Refused("loan.on_the_line", number=row.number, by=row.call_by)
    return row


def _reached(unit: Unit, row: AnyRow) -> AnyRow:
    columns: dict[str, Any] = {"call_due": None, "call_by": "", "call_since": None, "call_attempts": 0}
    events.write(unit, row.id, "reached")
    if row.state == ApplicationState.QUESTIONNAIRE:
        return applications.change(unit, row, **columns)
    return applications.step(unit, row, ApplicationEvent.ANSWER, **columns)


def _later(unit: Unit, row: AnyRow, at: datetime | None) -> AnyRow:
    if at is None or not unit.now < at <= unit.now + _FARTHEST:
        raise Refused("loan.call_time", days=_FARTHEST.days)
    events.write(unit, row.id, "call_later", at=to_text(at))
    return _again(unit, row, at, row.call_attempts)


def _unanswered(unit: Unit, terms: LoanTerms, row: AnyRow, result: CallResult) -> AnyRow:
    attempts = row.call_attempts + 1
    events.write(unit, row.id, result.value, attempt=attempts)
    if attempts >= terms.call_attempts:
        return ending.expire_row(unit, row, EndReason.UNANSWERED)
    again = add_work_minutes(unit.now, terms.pause_after(attempts), terms.hours, terms.zone)
    return _again(unit, row, again, attempts)


def _again(unit: Unit, row: AnyRow, at: datetime, attempts: int) -> AnyRow:
    columns: dict[str, Any] = {"call_by": "", "call_since": None, "call_due": to_text(at), "call_attempts": attempts}
    return applications.step(unit, row, ApplicationEvent.CALL_LATER, **columns)


def _remarked(unit: Unit, terms: LoanTerms, row: AnyRow, remark: str) -> AnyRow:
    about = about_buyer(row.id)
    buyer = terms.sealer.open(about, row.buyer) | {"remark": remark.strip()[:_LONGEST_REMARK]}
    return applications.change(unit, row, buyer=terms.sealer.seal(about, buyer))
