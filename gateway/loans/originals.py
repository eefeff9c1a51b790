"""The signed paper on its way to the lender: with exactly one holder at any time."""

from __future__ import annotations

from gateway.core.authority import Right
from gateway.core.errors import Refused
from gateway.core.text import one_line
from gateway.loans import agreement_rows, alerts, events, remarks, signing
from gateway.loans.desk import Case, open_case
from gateway.loans.papers import OriginalEvent, OriginalState, SigningState
from gateway.loans.terms import LoanTerms
from gateway.store.schema import AnyRow
from gateway.store.unit import Unit

ODD_TASK = "task.loan_original_odd"
LOST_TASK = "task.loan_original_lost"
_LONGEST = 120
_O = OriginalState


def send(unit: Unit, application_id: str, carrier: str, waybill: str, expected_version: int | None = None) -> AnyRow:
    """The paper was handed to a carrier; the lender is told ("loan.original_sent"). Returns the agreement's row.

    Raises:
        Refused: `authority.missing`, `loan.not_found`, `loan.no_agreement`, `loan.carrier_missing`,
            `loan.waybill_missing`, `state.illegal`; `loan.original_not_yours` for people of a shop who have no such
            paper.
        Conflict: `loan.changed`.
    """
    application, row = open_case(unit, Right.LOANS_SIGN, application_id, expected_version)
    carrier, waybill = one_line(carrier, _LONGEST), one_line(waybill, _LONGEST)
    if not carrier:
        raise Refused("loan.carrier_missing")
    if not waybill:
        raise Refused("loan.waybill_missing")
    if unit.actor.party and row.holder not in ("", f"shop:{unit.actor.party}"):
        raise Refused("loan.original_not_yours", agreement=row.number)
    row = _pass(unit, row, OriginalEvent.SEND, f"carrier:{carrier}", waybill=waybill, sent_at=unit.at)
    events.write(unit, application.id, "original_sent", waybill=waybill)
    agreement_rows.tell_lender(unit, "loan.original_sent", application.id, row.lender, waybill=waybill)
    return row


def arrive(unit: Unit, application_id: str, expected_version: int | None = None) -> AnyRow:
    """The carrier has delivered it. Returns the agreement's row.

    Raises:
        Refused: `authority.missing`, `loan.not_found`, `loan.no_agreement`, `state.illegal`.
        Conflict: `loan.changed`.
    """
    application, row = open_case(unit, Right.LOANS_WORK, application_id, expected_version)
    row = _pass(unit, row, OriginalEvent.ARRIVE, _lender(row), arrived_at=unit.at)
    events.write(unit, application.id, "original_arrived")
    return row


def lose(unit: Unit, terms: LoanTerms, application_id: str, expected_version: int | None = None) -> AnyRow:
    """It did not arrive; whoever had it last answers for it. The papers are to be signed anew. Returns the agreement's
    row.

    Raises:
        Refused: `authority.missing`, `loan.not_found`, `loan.no_agreement`, `state.illegal`.
        Conflict: `loan.changed`.
    """
    application, row = open_case(unit, Right.LOANS_WORK, application_id, expected_version)
    row = _pass(unit, row, OriginalEvent.LOSE, row.holder)
    events.write(unit, application.id, "original_lost", holder=row.holder)
    alerts.tell(unit, terms, LOST_TASK, application, agreement=row.number, holder=row.holder)
    return _faulty(unit, terms, Case(application, row))


def accepted(unit: Unit, terms: LoanTerms, application_id: str) -> AnyRow:
    """The lender says that he has accepted the paper; said again, it changes nothing. Returns the agreement's row.

    A lender whose own branch had it signed tells only this.

    Raises:
        Refused: `authority.missing`, `loan.not_found`, `loan.no_agreement`.
    """
    application, row = open_case(unit, Right.LOANS_WORK, application_id)
    if row.original in (_O.ACCEPTED, _O.NOT_NEEDED):
        return row
    row = _at_lender(unit, row)
    if row.original not in (_O.IN_TRANSIT, _O.AT_LENDER):
        return _odd(unit, terms, application, row)
    row = _pass(unit, row, OriginalEvent.ACCEPT, _lender(row), arrived_at=row.arrived_at or unit.at)
    events.write(unit, application.id, "original_accepted")
    return row


def rejected(unit: Unit, terms: LoanTerms, application_id: str, remark: str = "") -> AnyRow:
    """The lender does not accept the paper: it is signed anew. Said again, it changes nothing. Returns the agreement's
    row.

    Args:
        remark: why, where a person tells it; kept sealed. What the lender tells himself is kept with his answer.

    Raises:
        Refused: `authority.missing`, `loan.not_found`, `loan.no_agreement`.
    """
    application, row = open_case(unit, Right.LOANS_WORK, application_id)
    resigning = row.signing in (SigningState.FAULTY, SigningState.RESIGNING)
    if row.original == _O.REJECTED or resigning:
        return row
    row = _at_lender(unit, row)
    if row.original not in (_O.IN_TRANSIT, _O.AT_LENDER):
        return _odd(unit, terms, application, row)
    row = _pass(unit, row, OriginalEvent.REJECT, _lender(row), arrived_at=row.arrived_at or unit.at)
    events.write(unit, application.id, "original_rejected")
    remarks.keep(unit, terms, application.id, remarks.Kind.ORIGINAL, remark)
    return _faulty(unit, terms, Case(application, row))


def _at_lender(unit: Unit, row: AnyRow) -> AnyRow:
    """Of a paper nobody told us was sent: the lender has it all the same."""
    if row.original != _O.WITH_SIGNER:
        return row
    return _pass(unit, row, OriginalEvent.SEND, _lender(row), sent_at=unit.at)


def _pass(unit: Unit, row: AnyRow, event: OriginalEvent, holder: str, **columns: str | None) -> AnyRow:
    """Move the paper; whoever has it afterwards is its only holder."""
    before = row.holder
    row = agreement_rows.step(unit, row, event, holder=holder, **columns)
    unit.journal(
        "agreement.original_passed",
        agreement_rows.subject(row.id),
        application=row.application_id,
        event=event.value,
        before=before,
        holder=holder,
        waybill=row.waybill,
    )
    return row


def _faulty(unit: Unit, terms: LoanTerms, case: Case) -> AnyRow:
    if case.agreement.signing in (SigningState.SIGNED, SigningState.VERIFIED):
        return signing.fault(unit, terms, case)
    return case.agreement


def _odd(unit: Unit, terms: LoanTerms, application: AnyRow, row: AnyRow) -> AnyRow:
    """The lender speaks of a paper that is nowhere: nothing is changed, a person looks."""
    alerts.tell(unit, terms, ODD_TASK, application, agreement=row.number)
    return row


def _lender(row: AnyRow) -> str:
    return f"lender:{row.lender}"
