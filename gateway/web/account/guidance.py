"""Pages that explain: how to use it, how to check a passport, how to put the button into a page; and the consent."""

from __future__ import annotations

from fastapi import APIRouter, Response

from gateway.core.authority import Right
from gateway.core.clock import business_date
from gateway.web.account.annex import annex_of
from gateway.web.account.pages import show
from gateway.web.account.visits import TheDesk, TheVisit, desk_with

router = APIRouter(tags=["account"])


@router.get("/shop/help", response_class=Response)
def how_to(desk: TheDesk) -> Response:
    """How a purchase on credit goes, step by step, and what to tell the buyer beforehand."""
    return show(desk, f"help_{desk.language}.html", minutes=desk.room.loans.call_minutes)


@router.get("/shop/help/passport", response_class=Response)
def passport(desk: TheDesk) -> Response:
    """How to check that the person with the passport is the borrower."""
    return show(desk, f"passport_{desk.language}.html")


@router.get("/shop/help/passport/print", response_class=Response)
def passport_on_paper(desk: TheDesk) -> Response:
    """The same as an annex to the contract, on a sheet of A4."""
    store = desk.room.store
    today = business_date(store.clock.now(), desk.room.loans.zone)
    with store.reading() as connection:
        found = annex_of(connection, store.company, desk.room.terms.own, desk.person.actor.party, today)
    return show(desk, "annex.html", annex=found)


@router.get("/shop/button", dependencies=[desk_with(Right.LOANS_APPLY)], response_class=Response)
def button(desk: TheDesk) -> Response:
    """What to put into the shop's pages."""
    return show(desk, "button.html", url=desk.room.url.rstrip("/"))


@router.get("/consent", response_class=Response)
def consent(visit: TheVisit) -> Response:
    """What a buyer agrees to by leaving a phone number."""
    return show(visit, f"consent_{visit.language}.html", version=visit.room.loans.consent)
