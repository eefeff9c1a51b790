"""How applications end before their time: somebody cancels, or a deadline passes; and how the others are closed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from enum import StrEnum

from sqlalchemy import ColumnElement, exists, func, select

from gateway.core.authority import OUTSIDE, Right
from gateway.core.clock import business_date, to_text
from gateway.core.errors import Refused
from gateway.loans import agreement_rows, applications, events, funding, reminders, stage, submission
from gateway.loans.model import ApplicationEvent, ApplicationState, DecisionState
from gateway.loans.reasons import EndReason, chosen
from gateway.loans.tables import agreements, decisions
from gateway.loans.tables import applications as table
from gateway.loans.terms import LoanTerms
from gateway.store.schema import AnyRow
from gateway.store.unit import Unit

_AT_ONCE = 200
_S = ApplicationState


class By(StrEnum):
    """Who ended an application."""

    BUYER = "buyer"
    SHOP = "shop"
    LENDER = "lender"
    US = "us"


def cancel(unit: Unit, application_id: str, by: By, reason: EndReason, expected_version: int | None = None) -> AnyRow:
    """Cancel an application whose goods are still here; its agreement is called off, lenders who have it are told.
    Returns its row.

    Args:
        by: whose wish it is; people of a shop may speak for the buyer and the shop only.

    Raises:
        Refused: `authority.missing`, `loan.not_found`, `loan.reason_missing`, `loan.not_yours_to_say`,
            `state.illegal`, `loan.goods_left`.
        Conflict: `loan.changed`.
    """
    unit.actor.require(Right.LOANS_CALL if unit.actor.may(Right.LOANS_CALL) else Right.LOANS_CONFIRM)
    row = applications.open_for(unit, application_id, expected_version)
    allowed = (By.BUYER, By.SHOP) if unit.actor.role in OUTSIDE else (By.BUYER, By.SHOP, By.US)
    if by not in allowed:
        raise Refused("loan.not_yours_to_say")
    return cancel_row(unit, row, by, chosen(reason))


def cancel_row(unit: Unit, row: AnyRow, by: By, reason: EndReason) -> AnyRow:
    """Cancel an application a use case has loaded. Returns its row."""
    return _end(unit, row, ApplicationEvent.CANCEL, by, reason)


def expire_row(unit: Unit, row: AnyRow, reason: EndReason) -> AnyRow:
    """A deadline of an application has passed. Returns its row."""
    return _end(unit, row, ApplicationEvent.EXPIRE, By.US, reason)


def expire_due(unit: Unit, terms: LoanTerms) -> int:
    """End what nobody went on with: leads, offers nobody accepted, agreements nobody signed in time.

    At most 200 in one go; call again until it returns 0.

    Returns:
        How many ended.

    Raises:
        Refused: `authority.missing`.
    """
    unit.actor.require(Right.LOANS_WORK)
    today = business_date(unit.now, terms.zone)
    due = [
        *((row, EndReason.LEAD) for row in _stale_leads(unit, terms)),
        *((row, EndReason.OFFER) for row in _stale_offers(unit, terms, today)),
        *((row, EndReason.SIGNING) for row in _unsigned(unit, today)),
    ][:_AT_ONCE]
    for row, reason in due:
        expire_row(unit, row, reason)
        for paper in agreement_rows.void_with_money(unit, row.id):
            funding.call_off(unit, terms, paper)
    return len(due)


def close_if_done(unit: Unit, application_id: str) -> bool:
    """Close an active application that has no gap left: paper at the lender, goods with the buyer, money at the
    shop. Returns whether it is closed now."""
    row = applications.load(unit, application_id)
    if row.state != _S.ACTIVE or stage.refresh(unit, application_id) is not stage.Stage.DONE:
        return bool(row.state == _S.CLOSED)
    applications.step(unit, row, ApplicationEvent.CLOSE)
    events.write(unit, row.id, "closed")
    return True


def _end(unit: Unit, row: AnyRow, event: ApplicationEvent, by: By, reason: EndReason) -> AnyRow:
    after = applications.step(unit, row, event, ended_by=by.value, end_reason=reason.value)
    submission.withdraw_all(unit, row, reason)
    agreement_rows.call_off(unit, row.id, event.value)
    reminders.end(unit, row)
    unit.journal("loan.ended", f"loan:{row.id}", event=event.value, by=by.value, reason=reason.value)
    kind = "cancelled" if event is ApplicationEvent.CANCEL else "expired"
    events.write(unit, row.id, kind, by=by.value, reason=reason.value)
    return after


def _stale_leads(unit: Unit, terms: LoanTerms) -> Sequence[AnyRow]:
    """Applications no lender has seen, without a call that is still to come."""
    cutoff = to_text(unit.now - timedelta(days=terms.lead_days))
    states = (_S.LEAD, _S.CALLBACK, _S.QUESTIONNAIRE)
    quiet = func.coalesce(table.c.call_due, table.c.made_at) < cutoff
    return _some(unit, table.c.stage == stage.Stage.APPLICATION.value, _in(states), table.c.made_at < cutoff, quiet)


def _stale_offers(unit: Unit, terms: LoanTerms, today: date) -> Sequence[AnyRow]:
    """Approved applications whose offers have all run out, or which nobody accepted for long."""
    standing = exists().where(
        decisions.c.application_id == table.c.id, decisions.c.state == DecisionState.APPROVED.value
    )
    cutoff = to_text(unit.now - timedelta(days=terms.offer_days))
    fresh = standing.where(func.coalesce(decisions.c.answered_at, unit.at) >= cutoff)
    offered = standing.where(decisions.c.offers != "[]")
    open_still = offered.where(func.coalesce(decisions.c.offers_until, today.isoformat()) >= today.isoformat())
    ran_out = ~fresh | (offered & ~open_still)
    return _some(unit, table.c.stage == stage.Stage.DECISION.value, _in((_S.APPROVED,)), ran_out)


def _unsigned(unit: Unit, today: date) -> Sequence[AnyRow]:
    """Agreements that were to be signed before today."""
    late = exists().where(
        agreements.c.application_id == table.c.id,
        agreements.c.live == 1,
        agreements.c.sign_by < today.isoformat(),
        agreements.c.signed_at.is_(None),  # one that was signed in time may still be cooling off
    )
    return _some(unit, table.c.stage == stage.Stage.SIGNING.value, _in((_S.AGREED,)), late)


def _some(unit: Unit, *where: ColumnElement[bool]) -> Sequence[AnyRow]:
    query = select(table).where(table.c.company == unit.company, *where)
    return unit.connection.execute(query.order_by(table.c.stage_since, table.c.id).limit(_AT_ONCE)).all()


def _in(states: Sequence[ApplicationState]) -> ColumnElement[bool]:
    return table.c.state.in_([state.value for state in states])
