"""Applications go to lenders: to whom, and for whom it is not worth trying, and why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import Connection, select

from gateway.core.authority import Right
from gateway.core.clock import business_date
from gateway.core.errors import Refused
from gateway.core.ids import new_id
from gateway.loans import applications, dated, events, questionnaire, rows
from gateway.loans.applications import decisions_of
from gateway.loans.dated import LenderTerms
from gateway.loans.model import (
    DECISION,
    ApplicationEvent,
    ApplicationState,
    DecisionEvent,
    DecisionState,
    SigningWay,
)
from gateway.loans.purchase import Purchase, purchase_of
from gateway.loans.reasons import EndReason, chosen
from gateway.loans.tables import decisions
from gateway.loans.terms import LoanTerms
from gateway.store.schema import AnyRow
from gateway.store.unit import Unit

_S = ApplicationState
_WITH_LENDERS = (_S.SUBMITTED, _S.APPROVED)
_HUNDRED = Decimal(100)


@dataclass(frozen=True, slots=True)
class Fit:
    """Whether a lender may lend for an application.

    Attributes:
        against: catalogue codes of what speaks against it; empty when it fits.
    """

    lender: str
    against: tuple[str, ...]

    @property
    def fits(self) -> bool:
        return not self.against


def fits(connection: Connection, terms: LoanTerms, row: AnyRow, on: date) -> list[Fit]:
    """Every lender of this installation, and what speaks against him on a day."""
    purchase = purchase_of(row)
    found = {each.lender: each for each in dated.lenders_on(connection, row.company, on)}
    return [Fit(lender, _against(connection, row.company, found.get(lender), purchase, on)) for lender in terms.lenders]


def submit(
    unit: Unit, terms: LoanTerms, application_id: str, lenders: Sequence[str], expected_version: int | None = None
) -> AnyRow:
    """Send an application to lenders; also to more of them, while no offer is accepted. Returns its row.

    What leaves is "loan.submit" with {application, lender, decision}, one per lender.

    Raises:
        Refused: `authority.missing`, `loan.not_found`, `loan.no_lender`, `loan.lender_asked`, `loan.lender_unfit`,
            `loan.lender_unknown`,
            `loan.incomplete` while the questionnaire lacks something, `loan.no_consent`, `loan.no_goods`,
            `state.illegal`.
        Conflict: `loan.changed`.
    """
    unit.actor.require(Right.LOANS_CALL)
    row = applications.open_for(unit, application_id, expected_version)
    chosen = tuple(dict.fromkeys(lenders))
    if not chosen:
        raise Refused("loan.no_lender")
    if not row.goods or not row.months:
        raise Refused("loan.no_goods")
    questionnaire.need_complete(unit, terms, row)
    _need_new(unit, row, chosen)
    _need_fitting(unit, terms, row, chosen)
    if row.state not in _WITH_LENDERS:
        row = applications.step(unit, row, ApplicationEvent.SUBMIT)
    for lender in chosen:
        _queue(unit, row, lender)
    return applications.load(unit, row.id)


def send_again(unit: Unit, application_id: str) -> int:
    """The questionnaire was put right: lenders who asked for it get it anew. Returns how many.

    Raises:
        Refused: `authority.missing`, `loan.not_found`.
    """
    unit.actor.require(Right.LOANS_CALL)
    row = applications.open_for(unit, application_id)
    asking = [decision for decision in decisions_of(unit, row.id) if decision.state == DecisionState.NEEDS_INFO]
    for decision in asking:
        to = DECISION.step(DecisionState(decision.state), DecisionEvent.CORRECT).to
        rows.put(unit, decisions, decision, state=to.value, wanted="{}", poll_at=None)
        _emit(unit, "loan.submit", row.id, decision)
        events.write(unit, row.id, "sent_again", lender=decision.lender)
    return len(asking)


def withdraw(unit: Unit, application_id: str, lender: str, reason: EndReason) -> AnyRow:
    """Take an application back from one of several lenders. Returns the decision's row.

    Raises:
        Refused: `authority.missing`, `loan.not_found`, `loan.lender_not_asked`, `loan.lender_chosen` when his offer
            is accepted, `loan.last_lender` when no other one is thinking: cancel the application instead;
            `loan.reason_missing` for a reason people do not give.
    """
    unit.actor.require(Right.LOANS_CALL)
    row = applications.open_for(unit, application_id)
    found = {decision.lender: decision for decision in decisions_of(unit, row.id)}
    decision = found.get(lender)
    if decision is None:
        raise Refused("loan.lender_not_asked", lender=lender[:60])
    if row.lender == lender:
        raise Refused("loan.lender_chosen", lender=lender)
    live = [d for d in found.values() if d.state not in DECISION.final]
    if live == [decision]:
        raise Refused("loan.last_lender", lender=lender)
    return _withdraw(unit, row.id, decision, chosen(reason))


def withdraw_all(unit: Unit, row: AnyRow, reason: EndReason) -> None:
    """The application ended: every lender who still has it is told."""
    for decision in decisions_of(unit, row.id):
        if decision.state not in DECISION.final:
            _withdraw(unit, row.id, decision, reason)


def _withdraw(unit: Unit, application_id: str, decision: AnyRow, reason: EndReason) -> AnyRow:
    moved = DECISION.step(DecisionState(decision.state), DecisionEvent.WITHDRAW)
    cleared = rows.blank(decisions, moved.clears)
    after = rows.put(unit, decisions, decision, **cleared, state=moved.to.value, reason=reason.value, poll_at=None)
    _emit(unit, "loan.cancel", application_id, decision, reason=reason.value)
    unit.journal("loan.withdrawn", f"loan:{application_id}", lender=decision.lender)
    events.write(unit, application_id, "withdrawn", lender=decision.lender)
    return after


def _queue(unit: Unit, row: AnyRow, lender: str) -> None:
    decision_id = new_id()
    texts = ("external_id", "seen_version", "seen_status", "reason", "error")
    never = ("asked_at", "answered_at", "polled_at", "poll_at")
    unit.insert(
        decisions,
        {
            **dict.fromkeys(texts, ""),
            **dict.fromkeys(never, None),
            "id": decision_id,
            "company": unit.company,
            "version": 1,
            "application_id": row.id,
            "lender": lender,
            "state": DecisionState.QUEUED.value,
            "offers": "[]",
            "wanted": "{}",
            "failures": 0,
        },
    )
    decision = unit.connection.execute(select(decisions).where(decisions.c.id == decision_id)).one()
    _emit(unit, "loan.submit", row.id, decision)
    unit.journal("loan.submitted", f"loan:{row.id}", lender=lender)
    events.write(unit, row.id, "submitted", lender=lender)


def _emit(unit: Unit, topic: str, application_id: str, decision: AnyRow, **more: str) -> None:
    payload = {"application": application_id, "lender": decision.lender, "decision": decision.id, **more}
    unit.emit(topic, f"loan:{application_id}:{decision.lender}", payload)


def _need_new(unit: Unit, row: AnyRow, lenders: Sequence[str]) -> None:
    asked = {decision.lender for decision in decisions_of(unit, row.id)}
    for lender in lenders:
        if lender in asked:
            raise Refused("loan.lender_asked", lender=lender)


def _need_fitting(unit: Unit, terms: LoanTerms, row: AnyRow, lenders: Sequence[str]) -> None:
    today = business_date(unit.now, terms.zone)
    found = {fit.lender: fit for fit in fits(unit.connection, terms, row, today)}
    for lender in lenders:
        fit = found.get(lender)
        if fit is None:
            raise Refused("loan.lender_unknown", lender=lender[:60])
        if not fit.fits:
            raise Refused("loan.lender_unfit", lender=lender, reasons=", ".join(fit.against))


def _against(
    connection: Connection, company: str, terms: LenderTerms | None, purchase: Purchase, on: date
) -> tuple[str, ...]:
    """Catalogue codes of what keeps a lender from lending for this."""
    if terms is None:
        return ("loan.fit.no_terms",)
    loan = purchase.goods - purchase.down
    categories = {line.category for line in purchase.basket}
    least_down = purchase.goods.times(terms.down_percent / _HUNDRED)
    faults = {
        "loan.fit.category": bool(terms.categories) and not categories <= set(terms.categories),
        "loan.fit.least": loan < terms.least,
        "loan.fit.most": loan > terms.most,
        "loan.fit.months": purchase.months not in terms.months,
        "loan.fit.down": purchase.down < least_down,
        "loan.fit.region": not _signable(connection, company, terms.lender, purchase.region, on),
    }
    return tuple(code for code, holds in faults.items() if holds)


def _signable(connection: Connection, company: str, lender: str, region: str, on: date) -> bool:
    """Whether this lender's agreements can be signed in a region in any way; a way nobody has spoken of is open."""
    ways = (dated.signing_terms_on(connection, company, way, lender, region, on) for way in SigningWay)
    return any(way is None or way.covered for way in ways)
