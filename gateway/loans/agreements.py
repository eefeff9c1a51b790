"""A lender's agreement is taken in, checked, held where its sums do not fit, and called off.

The lender's figures rule, ours only warn; but an agreement whose sums do not add up with the basket, or that says
something else than before, is not signed and releases nothing until the lender corrects it or a named person says that
it is right as it stands.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from gateway.core.authority import Right, Role
from gateway.core.clock import business_date, to_text
from gateway.core.errors import Refused
from gateway.core.ids import new_id
from gateway.core.money import Money
from gateway.core.references import reference_key
from gateway.loans import agreement_rows, alerts, applications, dated, events, receivable, remarks, signing
from gateway.loans.agreement_checks import check, fee_of
from gateway.loans.desk import open_case
from gateway.loans.findings import CHANGED, REVOKED_LATE, Finding, holding, read, settled, written
from gateway.loans.lenders.ports import AgreementView
from gateway.loans.model import ApplicationEvent, SigningWay
from gateway.loans.papers import FundingState, GoodsState, OriginalEvent, OriginalState, SigningState
from gateway.loans.tables import agreements
from gateway.loans.terms import LoanTerms
from gateway.store.schema import AnyRow
from gateway.store.unit import Unit

HELD_TASK = "task.loan_held"
_BEING_SIGNED = frozenset({SigningState.IDENTITY_CHECKED, SigningState.SIGNED, SigningState.VERIFIED})
_LET_GO = agreement_rows.GOODS_OUT | agreement_rows.GOODS_LEFT
_LONGEST_NOTE = 500


def take(unit: Unit, terms: LoanTerms, application: AnyRow, decision: AnyRow, view: AgreementView) -> AnyRow:
    """Take in what a lender says of his agreement: a new one, the same again, or another in its place.

    The same again changes at most the end of the cooling-off period and the last day to sign. Another one makes the
    earlier one void; once the buyer has begun to sign, it is held against the agreement and a person looks.

    Returns:
        The live agreement's row.

    Raises:
        Refused: `loan.agreement_not_chosen` from a lender whose offer was not accepted, `loan.agreement_sums` for sums
            no loan can have, `state.illegal` when no agreement is waited for.
        Conflict: `loan.changed`.
    """
    if decision.lender != application.lender:
        raise Refused("loan.agreement_not_chosen", lender=decision.lender)
    if not Money.zero() <= view.discount <= view.loan or not view.loan:
        raise Refused("loan.agreement_sums", loan=str(view.loan), discount=str(view.discount))
    earlier = agreement_rows.live(unit, application.id)
    if earlier is None:
        application = applications.step(unit, application, ApplicationEvent.AGREE)
        return _write(unit, terms, application, decision, view)
    if _same(terms, earlier, view):
        return _refresh(unit, terms, earlier, view)
    if SigningState(earlier.signing) in _BEING_SIGNED or earlier.goods in _LET_GO:
        values = {"number": view.number[:80], "loan": str(view.loan), "discount": str(view.discount)}
        return contradict(unit, terms, application, earlier, Finding(CHANGED, values))
    agreement_rows.call_off(unit, application.id, "replaced")
    events.write(unit, application.id, "agreement_replaced", agreement=earlier.number)
    return _write(unit, terms, application, decision, view)


def confirm(
    unit: Unit, terms: LoanTerms, application_id: str, note: str, expected_version: int | None = None
) -> AnyRow:
    """A person says that a held agreement is right as it stands. Where its loan differs from goods less down payment,
    the down payment becomes what is missing: the lender's figures rule. Returns the agreement's row.

    Raises:
        Refused: `authority.missing`, `loan.not_found`, `loan.no_agreement`, `loan.person_needed`,
            `loan.reason_missing`, `loan.not_held`, `loan.sums_impossible` when the loan is more than the goods cost.
        Conflict: `loan.changed`.
    """
    application, row = open_case(unit, Right.LOANS_WORK, application_id, expected_version)
    if unit.actor.role is Role.SERVICE:
        raise Refused("loan.person_needed")
    if not note.strip():
        raise Refused("loan.reason_missing")
    held = holding(row.warnings)
    if not held:
        raise Refused("loan.not_held")
    if application.goods < row.loan:
        raise Refused("loan.sums_impossible", loan=str(Money(row.loan)), goods=str(Money(application.goods)))
    down = application.goods - row.loan
    if down != application.down:
        fee = fee_of(
            unit,
            application,
            row.lender,
            Money(row.loan),
            Money(row.discount),
            business_date(unit.now, terms.zone),
        )
        application = applications.change(unit, application, down=down, fee=fee.kopecks)
    row = agreement_rows.change(unit, row, warnings=settled(row.warnings, str(unit.actor), unit.at))
    codes = [one.code for one in held]
    unit.journal(
        "agreement.confirmed",
        agreement_rows.subject(row.id),
        application=application.id,
        codes=codes,
        down=down,
    )
    remarks.keep(unit, terms, application.id, remarks.Kind.SUMS, note)
    events.write(unit, application.id, "agreement_confirmed", agreement=row.number, down=str(Money(down)))
    alerts.end(unit, HELD_TASK, application, agreement=row.number)
    return signing.prepare_if_ready(unit, row)


def contradict(unit: Unit, terms: LoanTerms, application: AnyRow, row: AnyRow, finding: Finding) -> AnyRow:
    """Hold something a lender said against an agreement that is under way; said again, it counts once."""
    known = read(row.warnings)
    if any(one.code == finding.code and one.values == finding.values for one in known):
        return row
    row = agreement_rows.change(unit, row, warnings=written([*known, finding]))
    unit.journal(
        "agreement.contradicted", agreement_rows.subject(row.id), application=application.id, code=finding.code
    )
    events.write(unit, application.id, "agreement_contradicted", agreement=row.number)
    alerts.tell(unit, terms, HELD_TASK, application, agreement=row.number)
    return row


def revoked(unit: Unit, terms: LoanTerms, application: AnyRow) -> bool:
    """The chosen lender takes his yes back.

    Returns:
        True when the application may be moved on (its agreement is called off by that); False when the buyer may have
        the goods already: then nothing is undone, and people are told.
    """
    row = agreement_rows.live(unit, application.id)
    if row is None or row.goods not in agreement_rows.GOODS_GONE:
        return True
    contradict(unit, terms, application, row, Finding(REVOKED_LATE, {}))
    return False


def is_held(row: AnyRow) -> bool:
    """Whether something about an agreement waits for a person or for the lender's correction."""
    return bool(holding(row.warnings))


def _same(terms: LoanTerms, row: AnyRow, view: AgreementView) -> bool:
    passport = terms.sealer.mark("passport", view.passport)
    return bool(
        (row.number, row.date, row.loan, row.discount, row.months, row.rate, row.psk)
        == (
            view.number,
            view.dated.isoformat(),
            view.loan.kopecks,
            view.discount.kopecks,
            view.months,
            view.rate,
            view.psk,
        )
        and passport in ("", row.passport_hash)
    )


def _refresh(unit: Unit, terms: LoanTerms, row: AnyRow, view: AgreementView) -> AnyRow:
    """Take over the days a lender may still move."""
    values: dict[str, Any] = {}
    if view.cooling_until is not None and to_text(view.cooling_until) != row.lender_cooling_until:
        values["lender_cooling_until"] = to_text(view.cooling_until)
        if row.signed_at is not None:
            values["cooling_until"] = values["lender_cooling_until"]
    if view.sign_by is not None and view.sign_by.isoformat() != row.sign_by:
        values["sign_by"] = view.sign_by.isoformat()
    return agreement_rows.change(unit, row, **values) if values else row


def _write(unit: Unit, terms: LoanTerms, application: AnyRow, decision: AnyRow, view: AgreementView) -> AnyRow:
    checked = check(unit, terms, application, decision, view)
    transfer = view.loan - view.discount
    row_id = new_id()
    unit.insert(
        agreements,
        {
            "id": row_id,
            "company": unit.company,
            "version": 1,
            "application_id": application.id,
            "shop_id": application.shop_id,
            "live": 1,
            "lender": decision.lender,
            "number": view.number,
            "key": reference_key(view.number),
            "date": view.dated.isoformat(),
            "made_at": unit.at,
            "loan": view.loan.kopecks,
            "discount": view.discount.kopecks,
            "transfer": transfer.kopecks,
            "months": view.months,
            "rate": view.rate,
            "psk": view.psk,
            "psk_ours": checked.psk,
            "warnings": written(checked.findings),
            "lender_cooling_until": to_text(view.cooling_until) if view.cooling_until else None,
            "sign_by": _sign_by(unit, terms, view),
            "passport_hash": checked.passport_hash,
            "passport_tail": checked.passport_tail,
            "signing": SigningState.PLANNED.value,
            "signing_way": application.signing_way,
            "signing_cost": _signing_cost(unit, application, terms),
            "identity_failures": 0,
            "original": OriginalState.NONE.value,
            "holder": "",
            "waybill": "",
            "funding": FundingState.EXPECTED.value,
            "received": 0,
            "goods": GoodsState.HELD.value,
            "hold_reasons": "[]",
            "returned": 0,
        },
    )
    row = agreement_rows.load(unit, row_id)
    receivable.open_receivable(unit, row)
    applications.change(
        unit,
        application,
        agreement_no=view.number,
        agreement_key=row.key,
        loan=row.loan,
        discount=row.discount,
        transfer=row.transfer,
        fee=checked.fee.kopecks,
    )
    unit.journal(
        "agreement.taken",
        agreement_rows.subject(row_id),
        application=application.id,
        lender=decision.lender,
        number=view.number,
        loan=row.loan,
        discount=row.discount,
        transfer=row.transfer,
        warnings=[one.code for one in checked.findings],
    )
    events.write(unit, application.id, "agreement_taken", agreement=view.number, lender=decision.lender)
    agreement_rows.tell_lender(
        unit, "loan.fetch_document", application.id, decision.lender, agreement=row_id, document=view.document
    )
    row = agreement_rows.load(unit, row_id)
    if view.digital:
        row = agreement_rows.step(unit, row, OriginalEvent.SIGN_DIGITALLY)
    if is_held(row):
        alerts.tell(unit, terms, HELD_TASK, application, agreement=row.number)
    return row


def _sign_by(unit: Unit, terms: LoanTerms, view: AgreementView) -> str:
    last = view.sign_by or business_date(unit.now, terms.zone) + timedelta(days=terms.sign_days)
    return last.isoformat()


def _signing_cost(unit: Unit, application: AnyRow, terms: LoanTerms) -> int:
    """Of a clerk or a branch; a courier costs by the visit."""
    way = SigningWay(application.signing_way)
    if way is SigningWay.COURIER:
        return 0
    on = business_date(unit.now, terms.zone)
    found = dated.signing_terms_on(unit.connection, unit.company, way, application.lender, application.region, on)
    return found.cost.kopecks if found else 0
