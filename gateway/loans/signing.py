"""The buyer signs: with the shop's clerk, in the lender's branch or with a courier; then the papers are looked through,
and signed anew where they are faulty."""

from __future__ import annotations

from gateway.core.authority import Right
from gateway.core.clock import business_date, from_text, to_text
from gateway.core.errors import Refused
from gateway.core.money import Money
from gateway.loans import agreement_rows, alerts, applications, documents, ending, events, remarks, visits
from gateway.loans.cooling import cooling_off
from gateway.loans.desk import Case, open_case, open_signing
from gateway.loans.findings import holding
from gateway.loans.model import ApplicationEvent, ApplicationState, SigningWay
from gateway.loans.papers import OriginalEvent, OriginalState, SigningEvent, SigningState
from gateway.loans.reasons import EndReason, chosen
from gateway.loans.terms import LoanTerms
from gateway.store.schema import AnyRow
from gateway.store.unit import Unit

FAULTY_TASK = "task.loan_faulty"
_AWAY = frozenset({OriginalState.IN_TRANSIT, OriginalState.AT_LENDER})


def prepare_if_ready(unit: Unit, row: AnyRow) -> AnyRow:
    """The papers are ready once the lender's PDF is here and nothing holds the agreement."""
    ready = (
        row.live
        and row.signing == SigningState.PLANNED
        and not holding(row.warnings)
        and documents.is_kept(unit, row.id, documents.Kind.AGREEMENT)
    )
    if not ready:
        return row
    row = agreement_rows.step(unit, row, SigningEvent.PREPARE)
    events.write(unit, row.application_id, "documents_ready", agreement=row.number)
    return row


def miss(unit: Unit, application_id: str, expected_version: int | None = None) -> AnyRow:
    """The buyer came neither to the shop nor to the branch. Returns the agreement's row.

    Raises:
        Refused: `authority.missing`, `loan.not_found`, `loan.not_at_shop`, `loan.no_agreement`, `state.illegal`,
            `state.not_yet`.
        Conflict: `loan.changed`.
    """
    application, row = open_signing(unit, application_id, expected_version)
    row = agreement_rows.step(unit, row, SigningEvent.MISS)
    events.write(unit, application.id, "no_show", agreement=row.number)
    return row


def sign(unit: Unit, terms: LoanTerms, application_id: str, expected_version: int | None = None) -> AnyRow:
    """The buyer has signed, after his passport was checked. The cooling-off period begins, the paper has its first
    holder, the lender is told ("loan.signed"). Returns the agreement's row.

    Raises:
        Refused: `authority.missing`, `loan.not_found`, `loan.no_agreement`, `state.illegal`, `loan.agreement_held`,
            `loan.sign_by_passed`.
        Conflict: `loan.changed`.
    """
    application, row = open_signing(unit, application_id, expected_version)
    if holding(row.warnings):
        raise Refused("loan.agreement_held", agreement=row.number)
    if row.sign_by and row.sign_by < business_date(unit.now, terms.zone).isoformat():
        raise Refused("loan.sign_by_passed", day=row.sign_by)
    until = _cooling_until(unit, terms, row)
    row = agreement_rows.step(unit, row, SigningEvent.SIGN, signed_at=unit.at, cooling_until=until)
    if row.original != OriginalState.NOT_NEEDED:
        row = agreement_rows.step(unit, row, OriginalEvent.SIGN, holder=_signer(unit, row))
    visits.end(unit, row.id, visits.Result.SIGNED)
    unit.journal(
        "agreement.signed",
        agreement_rows.subject(row.id),
        application=application.id,
        agreement=row.number,
        way=row.signing_way,
        at=unit.at,
        identity_checked_at=row.identity_checked_at,
        cooling_until=until,
    )
    events.write(unit, application.id, "signed", agreement=row.number, way=row.signing_way)
    agreement_rows.tell_lender(unit, "loan.signed", application.id, row.lender, at=unit.at, identity_checked=True)
    activate_if_bound(unit, row)
    return row


def verify(unit: Unit, application_id: str, expected_version: int | None = None) -> AnyRow:
    """The signed papers were looked through and are right. Returns the agreement's row.

    Raises:
        Refused: `authority.missing`, `loan.not_found`, `loan.no_agreement`, `state.illegal`, `loan.document_missing`
            while nobody has brought a scan of them.
        Conflict: `loan.changed`.
    """
    application, row = open_case(unit, Right.LOANS_WORK, application_id, expected_version)
    on_paper = row.original != OriginalState.NOT_NEEDED
    if on_paper and not documents.is_kept(unit, row.id, documents.Kind.SIGNED):
        raise Refused("loan.document_missing", number=application.number, kind=documents.Kind.SIGNED.value)
    row = agreement_rows.step(unit, row, SigningEvent.VERIFY, verified_at=unit.at)
    events.write(unit, application.id, "verified", agreement=row.number)
    return row


def find_fault(
    unit: Unit, terms: LoanTerms, application_id: str, remark: str, expected_version: int | None = None
) -> AnyRow:
    """The signed papers are faulty: they are to be signed anew. Returns the agreement's row.

    Args:
        remark: what is wrong; kept sealed.

    Raises:
        Refused: `authority.missing`, `loan.not_found`, `loan.no_agreement`, `loan.reason_missing`, `state.illegal`,
            `loan.original_accepted_before` once the lender has accepted the paper.
        Conflict: `loan.changed`.
    """
    case = open_case(unit, Right.LOANS_WORK, application_id, expected_version)
    if not remark.strip():
        raise Refused("loan.reason_missing")
    if case.agreement.original == OriginalState.ACCEPTED:
        raise Refused("loan.original_accepted_before")
    remarks.keep(unit, terms, case.application.id, remarks.Kind.FAULT, remark)
    return fault(unit, terms, case)


def fault(unit: Unit, terms: LoanTerms, case: Case) -> AnyRow:
    """The same, of papers a use case has loaded."""
    row = agreement_rows.step(unit, case.agreement, SigningEvent.FAULT)
    unit.journal("agreement.found_faulty", agreement_rows.subject(row.id), application=row.application_id)
    events.write(unit, row.application_id, "faulty", agreement=row.number)
    alerts.tell(unit, terms, FAULTY_TASK, case.application, agreement=row.number)
    return row


def resign(unit: Unit, application_id: str, expected_version: int | None = None) -> AnyRow:
    """Faulty papers are to be signed anew: the original is given back, the passport is checked again. Returns the
    agreement's row.

    Raises:
        Refused: `authority.missing`, `loan.not_found`, `loan.no_agreement`, `state.illegal`, `loan.original_away`
            while the faulty paper is on its way or at the lender, who has not sent it back.
        Conflict: `loan.changed`.
    """
    application, row = open_case(unit, Right.LOANS_WORK, application_id, expected_version)
    if OriginalState(row.original) in _AWAY:
        raise Refused("loan.original_away", holder=row.holder)
    row = agreement_rows.step(unit, row, SigningEvent.RESIGN, identity_failures=0, cooling_until=None)
    if row.original not in (OriginalState.NONE, OriginalState.NOT_NEEDED):
        row = agreement_rows.step(unit, row, OriginalEvent.GIVE_BACK, holder="")
    events.write(unit, application.id, "resigning", agreement=row.number)
    alerts.end(unit, FAULTY_TASK, application, agreement=row.number)
    return row


def refuse(
    unit: Unit, terms: LoanTerms, application_id: str, reason: EndReason, expected_version: int | None = None
) -> AnyRow:
    """The buyer will not sign: the application is cancelled on his wish. Returns the application's row.

    Where the goods have left and only a faulty paper is to be signed anew, nothing is cancelled: a person goes on, or
    their return does.

    Raises:
        Refused: `authority.missing`, `loan.not_found`, `loan.no_agreement`, `loan.reason_missing`, `state.illegal`.
        Conflict: `loan.changed`.
    """
    application, row = open_signing(unit, application_id, expected_version)
    chosen(reason)
    visits.end(unit, row.id, visits.Result.REFUSED)
    row = agreement_rows.step(unit, row, SigningEvent.REFUSE)
    events.write(unit, application.id, "signing_refused", agreement=row.number)
    if row.goods in agreement_rows.GOODS_GONE:
        alerts.tell(unit, terms, "task.loan_refused_late", application, agreement=row.number)
    if row.goods in agreement_rows.GOODS_LEFT:
        return application
    return ending.cancel_row(unit, applications.load(unit, application.id), ending.By.BUYER, reason)


def activate_if_bound(unit: Unit, row: AnyRow) -> None:
    """The loan is in force once it is signed and the buyer can no longer decline it without cost."""
    application = applications.load(unit, row.application_id)
    signed = row.signing in (SigningState.SIGNED, SigningState.VERIFIED)
    if not row.live or not signed or application.state != ApplicationState.AGREED:
        return
    if row.cooling_until is None or row.cooling_until <= unit.at:
        applications.step(unit, application, ApplicationEvent.ACTIVATE)
        events.write(unit, application.id, "in_force", agreement=row.number)


def _signer(unit: Unit, row: AnyRow) -> str:
    """Who has the paper once it is signed."""
    match SigningWay(row.signing_way):
        case SigningWay.CLERK:
            return f"shop:{row.shop_id}"
        case SigningWay.BRANCH:
            return f"branch:{row.lender}"
        case SigningWay.COURIER:
            return f"courier:{visits.current(unit, row.id).courier}"


def _cooling_until(unit: Unit, terms: LoanTerms, row: AnyRow) -> str | None:
    until = cooling_off(
        Money(row.loan),
        SigningWay(row.signing_way),
        unit.now,
        from_text(row.lender_cooling_until) if row.lender_cooling_until else None,
        terms.zone,
    )
    return None if until is None else to_text(until)
