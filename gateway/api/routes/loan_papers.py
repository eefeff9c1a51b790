"""/v1/loans/{loan_id}/…: the passport checked, the agreement signed, the paper on its way, the goods; and the files.

If-Match is of the agreement here, not of the application.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Callable
from datetime import date
from typing import Any
from urllib.parse import quote

from fastapi import APIRouter, Response

from gateway.api.access import needs, needs_any
from gateway.api.errors import described
from gateway.api.loan_desk import Desk, TheDesk, TheView
from gateway.api.reads import loan_card
from gateway.api.schemas.common import NO_NOTE, NOTHING, Id, Noted, Nothing
from gateway.api.schemas.loan_cards import LoanAnswer
from gateway.api.schemas.loan_papers import (
    MAX_BODY,
    Compared,
    GoodsReturned,
    Identity,
    Kept,
    NewDocument,
    NewVisit,
    Reasoned,
    Refusal,
    Remarked,
    Sent,
)
from gateway.api.writing import Target
from gateway.core.authority import Right
from gateway.core.errors import Refused
from gateway.core.money import Money
from gateway.flows import loan_release, loan_return
from gateway.loans import (
    agreement_rows,
    agreements,
    applications,
    documents,
    identity,
    originals,
    remarks,
    returns,
    signing,
    visits,
)
from gateway.loans.documents import Kind
from gateway.loans.reasons import EndReason, ReturnReason
from gateway.loans.tables import applications as application_rows
from gateway.loans.tables import returns as return_rows
from gateway.store import Unit

router = APIRouter(prefix="/v1", tags=["loan papers"])
SIGN, WORK, CONFIRM = ([needs(right)] for right in (Right.LOANS_SIGN, Right.LOANS_WORK, Right.LOANS_CONFIRM))
CHANGE = described(404, 409, 412, 413)
LARGER = {"/v1/loan-documents": MAX_BODY}
"""Requests that carry a file, and how many bytes they may have."""

Step = Callable[[Unit], Any]


@router.post("/loans/{loan_id}/identity", response_model=Compared, dependencies=SIGN, responses=CHANGE)
def check_identity(desk: TheDesk, loan_id: Id, asked: Identity) -> dict[str, Any]:
    """Compare the number typed blind from the passport with the agreement's; two failures stop the signing."""

    def work(unit: Unit) -> dict[str, bool]:
        found = identity.check(
            unit, desk.loans, loan_id, asked.passport, asked.photo_matches, asked.place, desk.terms.version
        )
        return {
            "number_matches": found.number_matches,
            "photo_matches": found.photo_matches,
            "stopped": found.stopped,
        }

    compared = desk.act_on_paper("loan-identity", loan_id, asked.model_dump(mode="json"), work)
    return {**compared, "loan": desk.card(loan_id), "server_time": desk.room.now()}


@router.post("/loans/{loan_id}/sign", response_model=LoanAnswer, dependencies=SIGN, responses=CHANGE)
def sign(desk: TheDesk, loan_id: Id, asked: Nothing = NOTHING) -> dict[str, Any]:
    """The buyer has signed, after the passport was checked; the cooling-off period begins."""
    return _step(desk, "sign", loan_id, asked, lambda u: signing.sign(u, desk.loans, loan_id, desk.terms.version))


@router.post("/loans/{loan_id}/no-show", response_model=LoanAnswer, dependencies=SIGN, responses=CHANGE)
def no_show(desk: TheDesk, loan_id: Id, asked: Nothing = NOTHING) -> dict[str, Any]:
    """The buyer came neither to the shop nor to the branch."""
    return _step(desk, "no-show", loan_id, asked, lambda u: signing.miss(u, loan_id, desk.terms.version))


@router.post("/loans/{loan_id}/refuse", response_model=LoanAnswer, dependencies=SIGN, responses=CHANGE)
def refuse(desk: TheDesk, loan_id: Id, asked: Refusal) -> dict[str, Any]:
    """The buyer will not sign: the application is cancelled on his wish."""

    def step(unit: Unit) -> None:
        signing.refuse(unit, desk.loans, loan_id, EndReason(asked.reason), desk.terms.version)
        remarks.keep(unit, desk.loans, loan_id, remarks.Kind.END, asked.remark)

    return _step(desk, "refuse", loan_id, asked, step)


@router.post("/loans/{loan_id}/verify", response_model=LoanAnswer, dependencies=WORK, responses=CHANGE)
def verify(desk: TheDesk, loan_id: Id, asked: Nothing = NOTHING) -> dict[str, Any]:
    """The signed papers were looked through and are right."""
    return _step(desk, "verify", loan_id, asked, lambda u: signing.verify(u, loan_id, desk.terms.version))


@router.post("/loans/{loan_id}/fault", response_model=LoanAnswer, dependencies=WORK, responses=CHANGE)
def fault(desk: TheDesk, loan_id: Id, asked: Reasoned) -> dict[str, Any]:
    """The signed papers are faulty."""

    def step(unit: Unit) -> None:
        signing.find_fault(unit, desk.loans, loan_id, asked.reason, desk.terms.version)

    return _step(desk, "fault", loan_id, asked, step)


@router.post("/loans/{loan_id}/resign", response_model=LoanAnswer, dependencies=WORK, responses=CHANGE)
def resign(desk: TheDesk, loan_id: Id, asked: Nothing = NOTHING) -> dict[str, Any]:
    """Faulty papers are to be signed anew."""
    return _step(desk, "resign", loan_id, asked, lambda u: signing.resign(u, loan_id, desk.terms.version))


@router.post("/loans/{loan_id}/confirm-sums", response_model=LoanAnswer, dependencies=WORK, responses=CHANGE)
def confirm_sums(desk: TheDesk, loan_id: Id, asked: Remarked) -> dict[str, Any]:
    """A person says that a held agreement is right as it stands; needs If-Match."""

    def step(unit: Unit) -> None:
        agreements.confirm(unit, desk.loans, loan_id, asked.note, desk.seen())

    return _step(desk, "confirm-sums", loan_id, asked, step)


@router.post("/loans/{loan_id}/visit/order", response_model=LoanAnswer, dependencies=WORK, responses=CHANGE)
def order_visit(desk: TheDesk, loan_id: Id, asked: NewVisit) -> dict[str, Any]:
    """Order a courier; somebody tells the buyer what to have ready."""
    cost = None if asked.cost is None else Money(asked.cost)
    visit = visits.NewVisit(_day(asked.day), asked.hours, asked.courier, cost)

    def step(unit: Unit) -> None:
        visits.order(unit, desk.loans, loan_id, visit, desk.terms.version)

    return _step(desk, "visit-order", loan_id, asked, step)


@router.post("/loans/{loan_id}/visit/out", response_model=LoanAnswer, dependencies=WORK, responses=CHANGE)
def visit_out(desk: TheDesk, loan_id: Id, asked: Nothing = NOTHING) -> dict[str, Any]:
    """The courier is on his way."""
    return _step(desk, "visit-out", loan_id, asked, lambda u: visits.depart(u, loan_id, desk.terms.version))


@router.post("/loans/{loan_id}/visit/met", response_model=LoanAnswer, dependencies=WORK, responses=CHANGE)
def visit_met(desk: TheDesk, loan_id: Id, asked: Nothing = NOTHING) -> dict[str, Any]:
    """The courier has met the buyer; the passport is checked next."""
    return _step(desk, "visit-met", loan_id, asked, lambda u: visits.meet(u, loan_id, desk.terms.version))


@router.post("/loans/{loan_id}/visit/empty", response_model=LoanAnswer, dependencies=WORK, responses=CHANGE)
def visit_empty(desk: TheDesk, loan_id: Id, asked: Noted = NO_NOTE) -> dict[str, Any]:
    """Nobody was there, or nothing was signed."""

    def step(unit: Unit) -> None:
        visits.come_back_empty(unit, loan_id, asked.note, desk.terms.version)

    return _step(desk, "visit-empty", loan_id, asked, step)


@router.post("/loans/{loan_id}/original/send", response_model=LoanAnswer, dependencies=SIGN, responses=CHANGE)
def send_original(desk: TheDesk, loan_id: Id, asked: Sent) -> dict[str, Any]:
    """The signed paper was handed to a carrier."""

    def step(unit: Unit) -> None:
        originals.send(unit, loan_id, asked.carrier, asked.waybill, desk.terms.version)

    return _step(desk, "original-send", loan_id, asked, step)


@router.post("/loans/{loan_id}/original/arrive", response_model=LoanAnswer, dependencies=WORK, responses=CHANGE)
def original_arrived(desk: TheDesk, loan_id: Id, asked: Nothing = NOTHING) -> dict[str, Any]:
    """The carrier has delivered it to the lender."""
    return _step(desk, "original-arrive", loan_id, asked, lambda u: originals.arrive(u, loan_id, desk.terms.version))


@router.post("/loans/{loan_id}/original/accept", response_model=LoanAnswer, dependencies=WORK, responses=CHANGE)
def original_accepted(desk: TheDesk, loan_id: Id, asked: Nothing = NOTHING) -> dict[str, Any]:
    """The lender has accepted it, and told a person."""
    return _step(desk, "original-accept", loan_id, asked, lambda u: originals.accepted(u, desk.loans, loan_id))


@router.post("/loans/{loan_id}/original/reject", response_model=LoanAnswer, dependencies=WORK, responses=CHANGE)
def original_rejected(desk: TheDesk, loan_id: Id, asked: Reasoned) -> dict[str, Any]:
    """The lender does not accept it, and told a person why: it is signed anew."""

    def step(unit: Unit) -> None:
        originals.rejected(unit, desk.loans, loan_id, asked.reason)

    return _step(desk, "original-reject", loan_id, asked, step)


@router.post("/loans/{loan_id}/original/lost", response_model=LoanAnswer, dependencies=WORK, responses=CHANGE)
def original_lost(desk: TheDesk, loan_id: Id, asked: Nothing = NOTHING) -> dict[str, Any]:
    """It did not arrive; whoever had it last answers for it."""

    def step(unit: Unit) -> None:
        originals.lose(unit, desk.loans, loan_id, desk.terms.version)

    return _step(desk, "original-lost", loan_id, asked, step)


@router.post("/loans/{loan_id}/goods/release", response_model=LoanAnswer, dependencies=WORK, responses=CHANGE)
def release_goods(desk: TheDesk, loan_id: Id, asked: Nothing = NOTHING) -> dict[str, Any]:
    """A named person lets goods of our own warehouse go while automatic release is off; the rest of the rule holds."""

    def step(unit: Unit) -> None:
        loan_release.release_by_hand(unit, desk.room.terms, desk.loans, loan_id)

    return _step(desk, "goods-release", loan_id, asked, step)


@router.post("/loans/{loan_id}/goods/ship", response_model=LoanAnswer, dependencies=CONFIRM, responses=CHANGE)
def goods_shipped(desk: TheDesk, loan_id: Id, asked: Nothing = NOTHING) -> dict[str, Any]:
    """A shop's goods are on their way to the buyer; the rule is asked anew at this moment."""

    def step(unit: Unit) -> None:
        loan_release.report_shipped(unit, desk.room.terms, desk.loans, loan_id, desk.terms.version)

    return _step(desk, "goods-ship", loan_id, asked, step)


@router.post("/loans/{loan_id}/goods/deliver", response_model=LoanAnswer, responses=CHANGE,
             dependencies=[needs_any(Right.LOANS_CONFIRM, Right.LOANS_SIGN)])  # fmt: skip
def goods_delivered(desk: TheDesk, loan_id: Id, asked: Nothing = NOTHING) -> dict[str, Any]:
    """The buyer has the goods; the lender is told."""

    def step(unit: Unit) -> None:
        loan_release.report_delivered(unit, desk.room.terms, desk.loans, loan_id, desk.terms.version)

    return _step(desk, "goods-deliver", loan_id, asked, step)


@router.post("/loans/{loan_id}/goods/return", response_model=LoanAnswer, dependencies=CONFIRM, responses=CHANGE)
def goods_returned(desk: TheDesk, loan_id: Id, asked: GoodsReturned) -> dict[str, Any]:
    """Goods came back to the shop: the lender's money goes back to the lender, never to the buyer's card."""
    goods = Money(asked.goods)

    def step(unit: Unit) -> None:
        loan_return.return_goods(
            unit, desk.room.terms, desk.loans, loan_id, goods, ReturnReason(asked.reason), desk.terms.version
        )  # fmt: skip
        remarks.keep(unit, desk.loans, loan_id, remarks.Kind.RETURN, asked.remark)

    return _step(desk, "goods-return", loan_id, asked, step)


@router.post(
    "/loan-returns/{return_id}/draft", response_model=LoanAnswer, dependencies=[needs(Right.SETTLEMENT_WORK)],
    responses=CHANGE,
)  # fmt: skip
def draft_return(desk: TheDesk, return_id: Id, asked: Nothing = NOTHING) -> dict[str, Any]:
    """Put what a lender gets back before the two people who sign."""

    def work(unit: Unit) -> str:
        loan_return.draft(unit, desk.broker.giving_back, return_id)
        return str(returns.load(unit, return_id).application_id)

    target = Target(return_rows, return_id)
    return desk.answer(desk.perform("loan-return-draft", asked.model_dump(mode="json"), work, target))


@router.post(
    "/loan-returns/{return_id}/waive", response_model=LoanAnswer, dependencies=[needs(Right.SETTLEMENT_WORK)],
    responses=CHANGE,
)  # fmt: skip
def waive_return(desk: TheDesk, return_id: Id, asked: Remarked) -> dict[str, Any]:
    """A named person says that the lender pays so much less, or nothing, and wants nothing back."""

    def work(unit: Unit) -> str:
        loan_id = str(returns.waive(unit, return_id, asked.note).application_id)
        loan_release.settle_application(unit, desk.room.terms, desk.loans, loan_id)
        return loan_id

    target = Target(return_rows, return_id)
    return desk.answer(desk.perform("loan-return-waive", asked.model_dump(mode="json"), work, target))


@router.post("/loan-documents", response_model=Kept, dependencies=SIGN, responses=CHANGE)
def keep_document(desk: TheDesk, asked: NewDocument) -> dict[str, Any]:
    """Keep a paper of an application, sealed; the same bytes again are the same document."""
    content = _content(asked.content)
    given = {**asked.model_dump(mode="json"), "content": hashlib.sha256(content).hexdigest()}
    kind = Kind(asked.kind)

    def work(unit: Unit) -> str:
        kept = documents.keep(unit, desk.loans, asked.loan_id, kind, asked.name, content)
        agreement = agreement_rows.live(unit, asked.loan_id)
        if agreement is not None:
            signing.prepare_if_ready(unit, agreement)
        return kept

    document_id = desk.perform("loan-document", given, work, Target(application_rows, asked.loan_id))
    with desk.room.store.reading() as connection:
        row = applications.read(connection, desk.company, asked.loan_id)
        papers = loan_card.papers_of(connection, desk.actor, row)
    return {"id": document_id, "documents": papers, "server_time": desk.room.now()}


@router.get(
    "/loan-documents/{document_id}",
    dependencies=[needs(Right.LOANS_READ)],
    response_class=Response,
    responses={
        **described(404),
        200: {
            "description": "The paper as it was brought",
            "content": {
                media_type: {"schema": {"type": "string", "format": "binary"}}
                for media_type in ("application/pdf", "image/jpeg", "image/png")
            },
        },
    },
)
def get_document(view: TheView, document_id: Id) -> Response:
    """A paper, for those who may open it; the journal keeps who has."""
    with view.room.store.unit(view.actor) as unit:
        found = documents.opened(unit, view.loans, document_id)
        unit.commit()
    return Response(
        found.content,
        media_type=found.media_type,
        headers={
            "Content-Disposition": f"attachment; filename*=UTF-8''{quote(found.name)}",
            "X-Content-Sha256": hashlib.sha256(found.content).hexdigest(),
        },
    )


def _step(desk: Desk, action: str, loan_id: str, asked: Any, step: Step) -> dict[str, Any]:
    """One step of an agreement, and what follows from it for the goods; the card after it."""

    def work(unit: Unit) -> None:
        step(unit)
        loan_release.settle_application(unit, desk.room.terms, desk.loans, loan_id)

    desk.act_on_paper(f"loan-{action}", loan_id, asked.model_dump(mode="json"), work)
    return desk.answer(loan_id)


def _day(text: str) -> date:
    """Raises Refused `api.invalid` for a date that is none."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Refused("api.invalid", where="day", reason="not a date") from None


def _content(text: str) -> bytes:
    """The bytes of a file as it was sent.

    Raises:
        Refused: `loan.document_unreadable`.
    """
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise Refused("loan.document_unreadable") from None
