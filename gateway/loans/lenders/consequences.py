"""What a lender's decision means for the application, its agreement and its papers."""

from __future__ import annotations

from gateway.core.errors import Refused
from gateway.loans import agreement_rows, agreements, alerts, applications, ending, events, offers, originals
from gateway.loans.agreement_rows import GOODS_LEFT
from gateway.loans.findings import REVOKED_LATE, Finding
from gateway.loans.lenders.ports import AgreementView, LenderStatus, LenderView, Offer, OriginalVerdict
from gateway.loans.model import DECISION, ApplicationEvent, ApplicationState, DecisionState
from gateway.loans.papers import OriginalState
from gateway.loans.reasons import EndReason
from gateway.loans.terms import LoanTerms
from gateway.store import alarms
from gateway.store.schema import AnyRow
from gateway.store.unit import Unit

RECONSIDER_TASK = "task.loan_reconsider"
CONTRADICTS = "lender.contradicts"
_A, _S = ApplicationState, LenderStatus
_CHOSEN = (_A.ACCEPTED, _A.AGREED)
_LENT = (_S.COMMITTED, _S.PAID_OUT)
# A lender may go on calling a paper rejected until he has the next one: while that is with us, it is old news.
_OUT_OF_HAND = frozenset({OriginalState.IN_TRANSIT, OriginalState.AT_LENDER})
_REFUSED = frozenset({DecisionState.DECLINED, DecisionState.REVOKED, DecisionState.WITHDRAWN})


def follow(unit: Unit, terms: LoanTerms, before: AnyRow, after: AnyRow, view: LenderView) -> AnyRow:
    """Bring an application to what its lenders say now. Returns its row.

    Args:
        before, after: the decision's row without and with this view.
    """
    application = applications.load(unit, after.application_id)
    if after.state in _REFUSED and view.status in _LENT:
        _contradicts(unit, after, view)
    if application.lender == after.lender:
        application = _of_the_chosen(unit, terms, application, before, after, view)
    if application.state in (_A.SUBMITTED, _A.APPROVED):
        application = _decided(unit, application, after)
        if before.offers != after.offers and after.offers != "[]":
            events.write(unit, application.id, "lender_offers", lender=after.lender, count=len(view.offers))
    return application


def _of_the_chosen(
    unit: Unit, terms: LoanTerms, application: AnyRow, before: AnyRow, after: AnyRow, view: LenderView
) -> AnyRow:
    """What the lender whose offer was accepted says."""
    if after.state in _REFUSED:
        return _taken_back(unit, terms, application)
    if application.state in _CHOSEN and _is_off(application, before, view):
        return _reconsider(unit, terms, application, "lender_offer_changed")
    if view.agreement is not None and application.state in (*_CHOSEN, _A.ACTIVE):
        application = _take_agreement(unit, terms, application, after, view.agreement)
    _take_papers(unit, terms, application, view)
    return applications.load(unit, application.id)


def _is_off(application: AnyRow, before: AnyRow, view: LenderView) -> bool:
    """Whether what was accepted is not to be had any more: the offer went, costs something else, or the agreement
    that was drawn up is void."""
    if view.status not in (_S.RECEIVED, _S.THINKING, _S.NEEDS_INFO, _S.APPROVED):
        return False
    if application.state == _A.AGREED or view.status is not _S.APPROVED:
        return True
    now = _offer(view.offers, application.offer_id)
    return now is None or now != (_offer(offers.read(before.offers), application.offer_id) or now)


def _offer(among: tuple[Offer, ...], offer_id: str) -> Offer | None:
    return next((one for one in among if one.id == offer_id), None)


def _taken_back(unit: Unit, terms: LoanTerms, application: AnyRow) -> AnyRow:
    """The chosen lender says no after all: the application moves on; once the goods are gone people are told."""
    if application.state in _CHOSEN and agreements.revoked(unit, terms, application):
        return _reconsider(unit, terms, application, "lender_revoked")
    if application.state == _A.ACTIVE and agreements.revoked(unit, terms, application):
        paper = agreement_rows.live(unit, application.id)
        if paper is not None:  # signed, and the goods are still here: held until a person has decided
            agreements.contradict(unit, terms, application, paper, Finding(REVOKED_LATE, {}))
    return applications.load(unit, application.id)


def _reconsider(unit: Unit, terms: LoanTerms, application: AnyRow, event: str) -> AnyRow:
    """The choice is gone; which offers stand now is for a person, who chooses anew."""
    lender = application.lender
    paper = agreement_rows.live(unit, application.id)
    if paper is not None and paper.goods in GOODS_LEFT:
        return application
    agreement_rows.call_off(unit, application.id, event)
    application = applications.step(unit, applications.load(unit, application.id), ApplicationEvent.RECONSIDER)
    events.write(unit, application.id, event, lender=lender)
    alerts.tell(unit, terms, RECONSIDER_TASK, application, lender=lender)
    return application


def _decided(unit: Unit, application: AnyRow, decision: AnyRow) -> AnyRow:
    """While nothing is chosen: approved when any offer stands, declined when every lender has said no, else open."""
    found = applications.decisions_of(unit, application.id)
    stands = any(one.state == DecisionState.APPROVED and one.offers != "[]" for one in found)
    if stands:
        if application.state == _A.SUBMITTED:
            application = applications.step(unit, application, ApplicationEvent.APPROVE)
            events.write(unit, application.id, "lender_approved", lender=decision.lender)
        return application
    if all(one.state in DECISION.final for one in found):
        application = applications.step(
            unit, application, ApplicationEvent.DECLINE, ended_by="lender", end_reason=EndReason.DECLINED.value
        )
        unit.journal("loan.ended", f"loan:{application.id}", event="decline", by="lender")
        events.write(unit, application.id, "lender_declined", lenders=", ".join(one.lender for one in found))
        return application
    if application.state == _A.APPROVED:
        application = applications.step(unit, application, ApplicationEvent.RECONSIDER)
        events.write(unit, application.id, "lender_thinks_again", lender=decision.lender)
    return application


def _take_agreement(
    unit: Unit, terms: LoanTerms, application: AnyRow, decision: AnyRow, agreement: AgreementView
) -> AnyRow:
    """Hand the agreement on; one that cannot be taken is told to people, and the rest of the view still counts."""
    try:
        with unit.step():
            agreements.take(unit, terms, application, decision, agreement)
    except Refused as refused:
        alarms.raise_alarm(
            unit,
            "lender.agreement_refused",
            f"loan:{application.id}",
            {"lender": decision.lender, "number": application.number, "reason": refused.code},
        )
    return applications.load(unit, application.id)


def _take_papers(unit: Unit, terms: LoanTerms, application: AnyRow, view: LenderView) -> None:
    """What he makes of the signed paper; with it the last gap may be closed."""
    paper = agreement_rows.live(unit, application.id)
    if paper is None:
        return
    if view.original is OriginalVerdict.ACCEPTED:
        originals.accepted(unit, terms, application.id)
    elif view.original is OriginalVerdict.REJECTED and paper.original in _OUT_OF_HAND:
        originals.rejected(unit, terms, application.id)
    ending.close_if_done(unit, application.id)


def _contradicts(unit: Unit, decision: AnyRow, view: LenderView) -> None:
    """He says that a loan runs which he had refused, or which we took back."""
    alarms.raise_alarm(
        unit,
        CONTRADICTS,
        f"loan_decision:{decision.id}",
        {"lender": decision.lender, "status": view.status.value, "state": decision.state},
    )
