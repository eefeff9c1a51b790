"""/v1/loans: an application taken in, questioned, sent to lenders, confirmed or ended."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from fastapi import APIRouter

from gateway.api.access import needs, needs_any
from gateway.api.errors import described
from gateway.api.loan_desk import TheDesk, TheView
from gateway.api.reads.loan_card import coded
from gateway.api.schemas import loans as asked_for
from gateway.api.schemas.common import NOTHING, Id, Nothing
from gateway.api.schemas.loan_cards import Created, LoanAnswer
from gateway.api.schemas.loans import Answers, LenderFits, NewLoan, Sheet
from gateway.core.authority import Right
from gateway.core.clock import business_date
from gateway.core.money import Money
from gateway.core.quantity import Quantity
from gateway.flows import loan_release
from gateway.loans import applications, applying, coverage, ending, fields, questionnaire, remarks, submission
from gateway.loans.ending import By
from gateway.loans.lenders.ports import BasketLine
from gateway.loans.model import Origin, SigningWay
from gateway.loans.purchase import Purchase
from gateway.loans.reasons import EndReason
from gateway.store import Unit

router = APIRouter(prefix="/v1/loans", tags=["loans"])
APPLY, CALL, CONFIRM = ([needs(right)] for right in (Right.LOANS_APPLY, Right.LOANS_CALL, Right.LOANS_CONFIRM))
QUESTION = [needs(Right.LOANS_CALL), needs(Right.LOANS_PERSONAL)]
CHANGE = described(400, 404, 409, 412, 413)


@router.post("", response_model=Created, dependencies=APPLY, responses=CHANGE)
def create(desk: TheDesk, asked: NewLoan) -> dict[str, Any]:
    """Take an application in; its buyer is called back. The same order of a shop again is the same application."""
    new = applying.NewApplication(
        shop=asked.shop,
        shop_order=asked.shop_order,
        phone=asked.phone,
        name=asked.name,
        basket=_basket(asked.basket),
        goods=Money(asked.goods),
        down=Money(asked.down),
        months=asked.months,
        region=asked.region,
        delivery=asked.delivery,
        origin=Origin(asked.origin),
    )

    def work(unit: Unit) -> dict[str, Any]:
        made = applying.apply(unit, desk.loans, new)
        return {"id": made.id, "number": made.number, "known": made.known, "duplicates": list(made.duplicates)}

    made: dict[str, Any] = desk.perform("loan-create", asked.model_dump(mode="json"), work)
    return {**made, "loan": desk.card(made["id"]), "server_time": desk.room.now()}


@router.put("/{loan_id}/purchase", response_model=LoanAnswer, dependencies=CALL, responses=CHANGE)
def set_purchase(desk: TheDesk, loan_id: Id, asked: asked_for.Purchase) -> dict[str, Any]:
    """What is bought, while no lender has the application."""
    wished = Purchase(
        _basket(asked.basket), Money(asked.goods), Money(asked.down), asked.months, asked.region, asked.delivery
    )

    def work(unit: Unit) -> None:
        applying.set_purchase(unit, loan_id, wished, desk.terms.version)

    return desk.act("loan-purchase", loan_id, asked.model_dump(mode="json"), work)


@router.get(
    "/{loan_id}/questionnaire", response_model=Sheet, dependencies=[needs(Right.LOANS_PERSONAL)],
    responses=described(404),
)  # fmt: skip
def get_questionnaire(view: TheView, loan_id: Id) -> dict[str, Any]:
    """The questionnaire in full; the journal keeps who has seen it."""
    with view.room.store.unit(view.actor) as unit:
        sheet = questionnaire.read(unit, view.loans, loan_id)
        unit.commit()
    return {
        "version": sheet.version,
        "values": dict(sheet.values),
        "faults": [
            {"field": fault.field, "warning": fault.warning, **coded(fault.code)} for fault in sheet.faults
        ],
        "consent": sheet.consent,
        "consent_needed": view.loans.consent,
        "complete": sheet.complete and sheet.consent == view.loans.consent,
        "fields": [{"name": field.name, "needed": field.needed} for field in fields.FIELDS.values()],
        "server_time": view.room.now(),
    }  # fmt: skip


@router.put("/{loan_id}/questionnaire", response_model=Sheet, dependencies=QUESTION, responses=CHANGE)
def save_questionnaire(desk: TheDesk, loan_id: Id, asked: Answers) -> dict[str, Any]:
    """Keep what was typed so far, right or wrong; fields not named stay."""

    def work(unit: Unit) -> None:
        questionnaire.save(unit, desk.loans, loan_id, asked.values, desk.terms.version)

    desk.act("loan-questionnaire", loan_id, asked.model_dump(mode="json"), work)
    return get_questionnaire(desk, loan_id)


@router.post("/{loan_id}/consent", response_model=Sheet, dependencies=QUESTION, responses=CHANGE)
def consent(desk: TheDesk, loan_id: Id, asked: Nothing = NOTHING) -> dict[str, Any]:
    """The buyer has heard the text of the consent in force, and agreed."""

    def work(unit: Unit) -> None:
        questionnaire.consent(unit, desk.loans, loan_id, desk.terms.version)

    desk.act("loan-consent", loan_id, asked.model_dump(mode="json"), work)
    return get_questionnaire(desk, loan_id)


@router.get("/{loan_id}/lenders", response_model=LenderFits, dependencies=CALL, responses=described(404))
def lenders(view: TheView, loan_id: Id) -> dict[str, Any]:
    """Every lender, and what speaks against him for this application."""
    with view.room.store.reading() as connection:
        row = applications.visible(view.actor, applications.read(connection, view.company, loan_id))
        fits = submission.fits(connection, view.loans, row, business_date(view.now, view.loans.zone))
    asked = {decision["lender"] for decision in view.card(loan_id)["decisions"]}
    return {
        "items": [
            {
                "lender": fit.lender,
                "title": view.title(fit.lender),
                "fits": fit.fits,
                "against": [coded(code) for code in fit.against],
                "asked": fit.lender in asked,
            }
            for fit in fits
        ],
        "server_time": view.room.now(),
    }


@router.post("/{loan_id}/submit", response_model=LoanAnswer, dependencies=CALL, responses=CHANGE)
def submit(desk: TheDesk, loan_id: Id, asked: asked_for.Lenders) -> dict[str, Any]:
    """Send it to lenders; also to more of them, while no offer is accepted."""

    def work(unit: Unit) -> None:
        submission.submit(unit, desk.loans, loan_id, asked.lenders, desk.terms.version)

    return desk.act("loan-submit", loan_id, asked.model_dump(mode="json"), work)


@router.post("/{loan_id}/send-again", response_model=LoanAnswer, dependencies=CALL, responses=CHANGE)
def send_again(desk: TheDesk, loan_id: Id, asked: Nothing = NOTHING) -> dict[str, Any]:
    """The questionnaire was put right: lenders who asked for that get it anew."""
    return desk.act(
        "loan-send-again", loan_id, asked.model_dump(mode="json"), lambda unit: submission.send_again(unit, loan_id)
    )


@router.post("/{loan_id}/withdraw", response_model=LoanAnswer, dependencies=CALL, responses=CHANGE)
def withdraw(desk: TheDesk, loan_id: Id, asked: asked_for.Withdraw) -> dict[str, Any]:
    """Take it back from one of several lenders."""

    def work(unit: Unit) -> None:
        submission.withdraw(unit, loan_id, asked.lender, EndReason(asked.reason))
        remarks.keep(unit, desk.loans, loan_id, remarks.Kind.WITHDRAWN, asked.remark)

    return desk.act("loan-withdraw", loan_id, asked.model_dump(mode="json"), work)


@router.post("/{loan_id}/accept", response_model=LoanAnswer, dependencies=CONFIRM, responses=CHANGE)
def accept(desk: TheDesk, loan_id: Id, asked: asked_for.Accept) -> dict[str, Any]:
    """Choose an offer and the way it is signed; needs If-Match."""

    def work(unit: Unit) -> None:
        way = SigningWay(asked.way)
        coverage.accept(unit, desk.loans, loan_id, asked.lender, asked.offer_id, way, desk.seen())

    return desk.act("loan-accept", loan_id, asked.model_dump(mode="json"), work)


@router.post("/{loan_id}/cancel", response_model=LoanAnswer, responses=CHANGE,
             dependencies=[needs_any(Right.LOANS_CALL, Right.LOANS_CONFIRM)])  # fmt: skip
def cancel(desk: TheDesk, loan_id: Id, asked: asked_for.Cancel) -> dict[str, Any]:
    """End it while its goods are still here; lenders who have it are told."""

    def work(unit: Unit) -> None:
        ending.cancel(unit, loan_id, By(asked.by), EndReason(asked.reason), desk.terms.version)
        remarks.keep(unit, desk.loans, loan_id, remarks.Kind.END, asked.remark)
        loan_release.settle_application(unit, desk.room.terms, desk.loans, loan_id)

    return desk.act("loan-cancel", loan_id, asked.model_dump(mode="json"), work)


def _basket(lines: Sequence[asked_for.BasketLine]) -> tuple[BasketLine, ...]:
    """The lines as the rooms have them.

    Raises:
        Refused: `quantity.unreadable`.
    """
    return tuple(
        BasketLine(
            line.name, line.category, Quantity.parse(line.qty).thousandths, Money(line.price), Money(line.amount)
        )
        for line in lines
    )
