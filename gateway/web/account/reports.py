"""What the shop reports of its goods: on their way, with the buyer, back again."""

from __future__ import annotations

from fastapi import APIRouter, Response

from gateway.core.authority import Right
from gateway.flows import loan_release, loan_return
from gateway.loans import remarks
from gateway.loans.reasons import ReturnReason
from gateway.store import Unit
from gateway.web.account.acting import act
from gateway.web.account.applications import Id
from gateway.web.account.visits import TheDesk, TheForm, desk_with

router = APIRouter(prefix="/shop/applications/{application_id}", tags=["account"])


@router.post("/shipped", dependencies=[desk_with(Right.LOANS_CONFIRM)], response_class=Response)
def shipped(desk: TheDesk, application_id: Id, form: TheForm) -> Response:
    """The goods left for the buyer; the release rule is asked anew."""

    def work(unit: Unit) -> None:
        loan_release.report_shipped(unit, desk.room.terms, desk.room.loans, application_id, form.version)

    return act(desk, form, "shipped", application_id, work)


@router.post("/delivered", dependencies=[desk_with(Right.LOANS_SIGN)], response_class=Response)
def delivered(desk: TheDesk, application_id: Id, form: TheForm) -> Response:
    """The buyer has the goods."""

    def work(unit: Unit) -> None:
        loan_release.report_delivered(unit, desk.room.terms, desk.room.loans, application_id, form.version)

    return act(desk, form, "delivered", application_id, work)


@router.post("/returned", dependencies=[desk_with(Right.LOANS_CONFIRM)], response_class=Response)
def returned(desk: TheDesk, application_id: Id, form: TheForm) -> Response:
    """Goods came back, all or some: the lender's money goes to the lender."""

    def work(unit: Unit) -> None:
        goods, reason = form.roubles("goods"), form.word("reason", ReturnReason)
        loan_return.return_goods(unit, desk.room.terms, desk.room.loans, application_id, goods, reason, form.version)
        remarks.keep(unit, desk.room.loans, application_id, remarks.Kind.RETURN, form.text("remark"))

    return act(desk, form, "returned", application_id, work)
