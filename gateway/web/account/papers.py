"""The papers of an application: shown, brought in, signed after the passport check, handed over to a carrier."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Depends, Path, Response

from gateway.core.authority import Right
from gateway.core.errors import Refused
from gateway.flows import loan_release
from gateway.loans import agreement_rows, applications, documents, identity, originals, remarks, signing
from gateway.loans.reasons import EndReason
from gateway.store import Unit
from gateway.web.access import TheLimits
from gateway.web.account.acting import act, card_address, perform
from gateway.web.account.applications import Id
from gateway.web.account.pages import go, show, told
from gateway.web.account.visits import Desk, TheDesk, TheForm, desk_with
from gateway.web.answers import status_of

router = APIRouter(prefix="/shop/applications/{application_id}", tags=["account"])
SIGNS = [desk_with(Right.LOANS_SIGN)]
BROUGHT = (documents.Kind.SIGNED, documents.Kind.WAYBILL, documents.Kind.OTHER)
"""What people of a shop bring in."""
_NOT_HERE = 404


def _paced(desk: TheDesk, limits: TheLimits) -> None:
    """Before a file is read: it may be large, and each is kept for years."""
    desk.person.actor.require(Right.LOANS_SIGN)
    limits.upload.take(desk.person.actor.party)


@router.get("/documents/{document_id}", response_class=Response)
def download(
    desk: TheDesk, application_id: Id, document_id: Annotated[str, Path(pattern=r"^[0-9A-Za-z-]{1,64}$")]
) -> Response:
    """A paper's bytes; who has seen it is journalled."""
    with desk.room.store.unit(desk.person.actor) as unit:
        row = applications.open_for(unit, application_id)
        if document_id not in {paper.id for paper in documents.listed(unit.connection, unit.actor, row)}:
            raise Refused("loan.document_unknown")
        found = documents.opened(unit, desk.room.loans, document_id)
        unit.commit()
    return Response(
        found.content,
        media_type=found.media_type,
        headers={"Content-Disposition": f"attachment; filename*=UTF-8''{quote(found.name)}"},
    )


@router.post("/documents", dependencies=[Depends(_paced)], response_class=Response)
def bring(desk: TheDesk, application_id: Id, form: TheForm) -> Response:
    """A scan of the signed papers, of the waybill, or of something else."""

    def work(unit: Unit) -> None:
        kind = form.word("kind", documents.Kind)
        if kind not in BROUGHT:
            raise Refused("web.choose")
        name, content = form.files.get("file", ("", b""))
        documents.keep(unit, desk.room.loans, application_id, kind, name, content)

    return act(desk, form, "bring", application_id, work)


@router.get("/identity", dependencies=SIGNS, response_class=Response)
def compare(desk: TheDesk, application_id: Id) -> Response:
    """The form for the passport check. The agreement's number is nowhere on it: it is typed from the passport."""
    return _identity_page(desk, application_id)


@router.post("/identity", dependencies=SIGNS, response_class=Response)
def identify(desk: TheDesk, application_id: Id, form: TheForm) -> Response:
    """Compare what was typed, and the face, with the agreement's passport."""

    def work(unit: Unit) -> dict[str, bool]:
        if form.text("photo") not in ("yes", "no"):
            raise Refused("web.choose")
        compared = identity.check(
            unit,
            desk.room.loans,
            application_id,
            form.text("passport"),
            form.ticked("photo"),
            form.text("place"),
            form.version,
        )
        return {"ok": compared.ok, "stopped": compared.stopped}

    try:
        compared = perform(desk, form, "identity", application_id, work)
    except Refused as error:
        if status_of(error) == _NOT_HERE:
            raise
        return _identity_page(desk, application_id, error)
    verdict = "identity_ok" if compared["ok"] else "identity_stopped" if compared["stopped"] else "identity_failed"
    return go(card_address(application_id, verdict))


@router.post("/sign", dependencies=SIGNS, response_class=Response)
def sign(desk: TheDesk, application_id: Id, form: TheForm) -> Response:
    """The buyer has signed before a clerk of the shop."""

    def work(unit: Unit) -> None:
        if not form.ticked("signed"):
            raise Refused("web.choose")
        signing.sign(unit, desk.room.loans, application_id, form.version)
        loan_release.settle_application(unit, desk.room.terms, desk.room.loans, application_id)

    return act(desk, form, "sign", application_id, work)


@router.post("/miss", dependencies=SIGNS, response_class=Response)
def miss(desk: TheDesk, application_id: Id, form: TheForm) -> Response:
    """The buyer did not come."""

    def work(unit: Unit) -> None:
        signing.miss(unit, application_id, form.version)

    return act(desk, form, "miss", application_id, work)


@router.post("/refuse", dependencies=SIGNS, response_class=Response)
def refuse(desk: TheDesk, application_id: Id, form: TheForm) -> Response:
    """The buyer will not sign."""

    def work(unit: Unit) -> None:
        signing.refuse(unit, desk.room.loans, application_id, form.word("reason", EndReason), form.version)
        remarks.keep(unit, desk.room.loans, application_id, remarks.Kind.END, form.text("remark"))
        loan_release.settle_application(unit, desk.room.terms, desk.room.loans, application_id)

    return act(desk, form, "refuse", application_id, work)


@router.post("/original", dependencies=SIGNS, response_class=Response)
def hand_over(desk: TheDesk, application_id: Id, form: TheForm) -> Response:
    """The signed original left for the lender, with a waybill."""

    def work(unit: Unit) -> None:
        originals.send(unit, application_id, form.text("carrier"), form.text("waybill"), form.version)

    return act(desk, form, "original", application_id, work)


def _identity_page(desk: Desk, application_id: str, error: Refused | None = None) -> Response:
    with desk.room.store.reading() as connection:
        row = applications.visible(
            desk.person.actor, applications.read(connection, desk.room.store.company, application_id)
        )
        paper = agreement_rows.live(connection, row.id)
    if paper is None:
        raise Refused("loan.no_agreement")
    return show(
        desk,
        "identity.html",
        status_of(error) if error else 200,
        row=row,
        version=paper.version,
        left=identity.ATTEMPTS - paper.identity_failures,
        place=desk.person.shop_name,
        error=told(error, desk.language) if error else None,
    )
