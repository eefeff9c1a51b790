"""/v1/loan-terms: what holds from a day on."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Query

from gateway.api.access import needs
from gateway.api.errors import described
from gateway.api.loan_desk import Desk, TheDesk, TheView, View
from gateway.api.reads import shops as reads
from gateway.api.schemas.shops import LoanTerms, NewLenderTerms, NewSigningTerms, NewTariff
from gateway.core.authority import Right
from gateway.core.errors import Refused
from gateway.core.money import Money
from gateway.loans import dated
from gateway.loans.model import SigningWay
from gateway.loans.percent import read_percent
from gateway.loans.schedule import DayCount
from gateway.loans.tariffs import FeeBase, FeePayer, Tariff
from gateway.store import Unit

router = APIRouter(prefix="/v1", tags=["loan terms"])
READ, MANAGE = [needs(Right.LOANS_READ)], [needs(Right.SHOPS_MANAGE)]
CHANGE = described(404, 409, 412, 413)


@router.get("/loan-terms", response_model=LoanTerms, dependencies=READ, responses=described(404))
def get_terms(
    view: TheView, general: Annotated[bool, Query(description="No tariffs of single shops")] = False
) -> dict[str, Any]:
    """Tariffs, costs of signing and lenders' terms: every row there ever was, the newest first."""
    return _terms(view, "" if general else None)


@router.post("/loan-terms/tariffs", response_model=LoanTerms, dependencies=MANAGE, responses=CHANGE)
def set_tariff(desk: TheDesk, asked: NewTariff) -> dict[str, Any]:
    """From a day on this is what we take; earlier rows stay as they are."""

    def work(unit: Unit) -> str:
        tariff = Tariff(
            FeeBase(asked.base),
            read_percent(asked.percent),
            Money(asked.fixed),
            Money(asked.least),
            None if asked.most is None else Money(asked.most),
            FeePayer(asked.payer),
            asked.visits,
        )
        return dated.set_tariff(unit, asked.shop_id, asked.lender, _day(asked.since), tariff)

    return _set(desk, "tariff", asked, work, asked.shop_id)


@router.post("/loan-terms/signing", response_model=LoanTerms, dependencies=MANAGE, responses=CHANGE)
def set_signing_terms(desk: TheDesk, asked: NewSigningTerms) -> dict[str, Any]:
    """From a day on this is what a way of signing costs, and where it is to be had."""

    def work(unit: Unit) -> str:
        way, since, cost = SigningWay(asked.way), _day(asked.since), Money(asked.cost)
        terms = dated.SigningTerms(way, asked.lender, asked.region, since, asked.covered, cost, asked.partner)
        return dated.set_signing_terms(unit, terms)

    return _set(desk, "signing", asked, work)


@router.post("/loan-terms/lenders", response_model=LoanTerms, dependencies=MANAGE, responses=CHANGE)
def set_lender_terms(desk: TheDesk, asked: NewLenderTerms) -> dict[str, Any]:
    """From a day on this is what a lender lends for."""

    def work(unit: Unit) -> str:
        terms = dated.LenderTerms(
            lender=asked.lender,
            since=_day(asked.since),
            least=Money(asked.least),
            most=Money(asked.most),
            months=tuple(asked.months),
            rate=read_percent(asked.rate),
            day_count=DayCount(asked.day_count),
            categories=tuple(asked.categories),
            down_percent=read_percent(asked.down_percent),
            zero_rate=asked.zero_rate,
        )
        return dated.set_lender_terms(unit, terms)

    return _set(desk, "lender", asked, work)


def _set(desk: Desk, kind: str, asked: Any, work: Callable[[Unit], str], shop_id: str = "") -> dict[str, Any]:
    """Do it; the terms after it, of tariffs those of this shop and the general ones."""
    desk.perform(f"loan-terms-{kind}", asked.model_dump(mode="json"), work)
    return _terms(desk, shop_id)


def _terms(view: View, shop_id: str | None) -> dict[str, Any]:
    with view.room.store.reading() as connection:
        return {**reads.terms_rows(connection, view, shop_id), "server_time": view.room.now()}


def _day(text: str) -> date:
    """Raises Refused `api.invalid` for a date that is none."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Refused("api.invalid", where="since", reason="not a date") from None
