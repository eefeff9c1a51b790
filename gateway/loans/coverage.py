"""Ways of signing an application may take: who offers them, where they are to be had, at what cost; one is chosen."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, select

from gateway.core.authority import Right
from gateway.core.clock import business_date
from gateway.core.errors import Refused
from gateway.core.money import Money
from gateway.loans import agreement_rows, applications, dated, events, offers
from gateway.loans.agreement_checks import fee_of
from gateway.loans.lenders.ports import Offer
from gateway.loans.model import ApplicationEvent, DecisionState, SigningWay
from gateway.loans.tables import decisions
from gateway.loans.terms import LoanTerms
from gateway.store.schema import AnyRow
from gateway.store.unit import Unit

PICKUP = "pickup"


@dataclass(frozen=True, slots=True)
class Choice:
    """One offer of one lender, signed in one way.

    Attributes:
        cost: of signing, borne by us; of a courier, of one visit.
        partner: the courier's name, or where the branches are; "" for the shop's own clerk.
    """

    lender: str
    offer: Offer
    way: SigningWay
    cost: Money
    partner: str


def choices(connection: Connection, terms: LoanTerms, application: AnyRow, on: date) -> list[Choice]:
    """Everything the shop may choose from on a day, the cheapest way of each offer first."""
    standing = connection.execute(
        select(decisions)
        .where(decisions.c.application_id == application.id, decisions.c.state == DecisionState.APPROVED.value)
        .order_by(decisions.c.lender)
    ).all()
    found = [
        choice
        for decision in standing
        for offer in offers.read(decision.offers)
        if offer.until is None or offer.until >= on
        for choice in _ways(connection, application, decision.lender, offer, on)
    ]
    return sorted(found, key=lambda choice: (choice.lender, choice.offer.id, choice.cost, choice.way))


def accept(
    unit: Unit,
    terms: LoanTerms,
    application_id: str,
    lender: str,
    offer_id: str,
    way: SigningWay,
    expected_version: int | None = None,
) -> AnyRow:
    """The shop confirms: this offer, signed this way; the lender is told ("loan.accept"). Returns the row.

    Raises:
        Refused: `authority.missing`, `loan.not_found`, `state.illegal`; `loan.offer_unknown` for an offer that does
            not stand (any more), `loan.way_not_covered` for a way that is not to be had there.
        Conflict: `loan.changed`.
    """
    unit.actor.require(Right.LOANS_CONFIRM)
    row = applications.open_for(unit, application_id, expected_version)
    today = business_date(unit.now, terms.zone)
    standing = [
        choice
        for choice in choices(unit.connection, terms, row, today)
        if (choice.lender, choice.offer.id) == (lender, offer_id)
    ]
    chosen = next((choice for choice in standing if choice.way is way), None)
    if chosen is None:
        known = _is_offered(unit, row.id, lender, offer_id, today)
        raise Refused("loan.way_not_covered", way=way.value) if known else Refused("loan.offer_unknown")
    offer = chosen.offer
    fee = fee_of(unit, row, lender, offer.loan, offer.discount, today)
    row = applications.step(
        unit,
        row,
        ApplicationEvent.ACCEPT,
        lender=lender,
        offer_id=offer_id,
        signing_way=way.value,
        loan=offer.loan.kopecks,
        discount=offer.discount.kopecks,
        transfer=(offer.loan - offer.discount).kopecks,
        fee=fee.kopecks,
    )
    unit.journal(
        "loan.accepted",
        f"loan:{row.id}",
        lender=lender,
        offer=offer_id,
        way=way.value,
        cost=chosen.cost.kopecks,
        partner=chosen.partner,
    )
    values = {"lender": lender, "way": way.value, "cost": str(chosen.cost), "partner": chosen.partner or "—"}
    events.write(unit, row.id, "offer_chosen", **values)
    agreement_rows.tell_lender(unit, "loan.accept", row.id, lender, offer=offer_id, way=way.value)
    return row


def _ways(connection: Connection, application: AnyRow, lender: str, offer: Offer, on: date) -> list[Choice]:
    """The ways of an offer that are to be had where the buyer lives. Of those nobody has spoken of, the shop's clerk
    and the lender's branch are there and cost nothing; a courier is somebody we have an agreement with."""
    found = []
    for way in offer.ways:
        if way is SigningWay.CLERK and application.delivery != PICKUP:
            continue  # nobody of the shop meets the buyer
        terms = dated.signing_terms_on(connection, application.company, way, lender, application.region, on)
        if terms is None and way is not SigningWay.COURIER:
            found.append(Choice(lender, offer, way, Money.zero(), ""))
        elif terms is not None and terms.covered:
            found.append(Choice(lender, offer, way, terms.cost, terms.partner))
    return found


def _is_offered(unit: Unit, application_id: str, lender: str, offer_id: str, on: date) -> bool:
    row = unit.connection.execute(
        select(decisions).where(
            decisions.c.application_id == application_id,
            decisions.c.lender == lender,
            decisions.c.state == DecisionState.APPROVED.value,
        )
    ).one_or_none()
    standing = offers.read(row.offers) if row is not None else ()
    return any(offer.id == offer_id and (offer.until is None or offer.until >= on) for offer in standing)
