"""What can be found odd about an agreement a lender has drawn up, before anybody signs it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from gateway.core.clock import business_date
from gateway.core.errors import Refused
from gateway.core.money import Money
from gateway.core.references import reference_key
from gateway.loans import dated, offers, psk
from gateway.loans.findings import NUMBER_TAKEN, OFFER_DIFFERS, PASSPORT_DIFFERS, SUMS_DIFFER, Finding
from gateway.loans.lenders.ports import AgreementView
from gateway.loans.percent import read_percent
from gateway.loans.personal import about_questionnaire
from gateway.loans.schedule import DayCount, annuity
from gateway.loans.split import split
from gateway.loans.tables import agreements
from gateway.loans.terms import LoanTerms
from gateway.store.schema import AnyRow
from gateway.store.unit import Unit

_TAIL = 3


@dataclass(frozen=True, slots=True)
class Checked:
    """What we make of an agreement.

    Attributes:
        fee: ours, by the tariff of the day.
        psk: our own figure; "" where the figures make no schedule.
        passport_hash, passport_tail: of the number in the agreement, or in the questionnaire where the lender tells
            none; both "" where nobody does.
    """

    fee: Money
    psk: str
    passport_hash: str
    passport_tail: str
    findings: tuple[Finding, ...]


def check(unit: Unit, terms: LoanTerms, application: AnyRow, decision: AnyRow, view: AgreementView) -> Checked:
    """Hold an agreement against the application, the accepted offer and our own arithmetic."""
    passport = view.passport or _told(terms, application)
    digits = "".join(c for c in passport if c.isascii() and c.isdigit())
    ours, remark = _psk(unit, decision.lender, view)
    found = (
        _sums(application, view),
        _offer(application, decision, view),
        _number(unit, application, decision.lender, view),
        _person(terms, application, view),
        remark,
    )
    return Checked(
        fee=fee_of(unit, application, decision.lender, view.loan, view.discount, business_date(unit.now, terms.zone)),
        psk=ours,
        passport_hash=terms.sealer.mark("passport", passport),
        passport_tail=digits[-_TAIL:],
        findings=tuple(one for one in found if one is not None),
    )


def fee_of(unit: Unit, application: AnyRow, lender: str, loan: Money, discount: Money, on: date) -> Money:
    """Our fee for a loan of this application, by the tariff in force on a day; nothing for a loan that cannot be: of
    more than the goods cost, or with a discount above it."""
    goods = Money(application.goods)
    if not Money.zero() <= discount <= loan <= goods:
        return Money.zero()
    tariff = dated.tariff_on(unit.connection, unit.company, application.shop_id, lender, on)
    return split(goods, goods - loan, discount, tariff).fee


def _sums(application: AnyRow, view: AgreementView) -> Finding | None:
    due = Money(application.goods - application.down)
    if view.loan == due:
        return None
    apart = abs(view.loan - due)
    return Finding(SUMS_DIFFER, {"loan": str(view.loan), "due": str(due), "difference": str(apart)})


def _offer(application: AnyRow, decision: AnyRow, view: AgreementView) -> Finding | None:
    offer = next((one for one in offers.read(decision.offers) if one.id == application.offer_id), None)
    agreed = (view.loan, view.discount, view.months, view.rate)
    if offer is None or (offer.loan, offer.discount, offer.months, offer.rate) == agreed:
        return None
    offered = f"{offer.loan}, {offer.discount}, {offer.months}, {offer.rate} %"
    return Finding(OFFER_DIFFERS, {"offered": offered, "agreed": "{}, {}, {}, {} %".format(*agreed)})


def _number(unit: Unit, application: AnyRow, lender: str, view: AgreementView) -> Finding | None:
    """Two applications cannot have one agreement."""
    taken = unit.connection.execute(
        select(agreements.c.id).where(
            agreements.c.company == unit.company,
            agreements.c.lender == lender,
            agreements.c.key == reference_key(view.number),
            agreements.c.number == view.number,
            agreements.c.application_id != application.id,
        )
    ).first()
    return None if taken is None else Finding(NUMBER_TAKEN, {"number": view.number[:80]})


def _person(terms: LoanTerms, application: AnyRow, view: AgreementView) -> Finding | None:
    told = terms.sealer.mark("passport", view.passport)
    differs = bool(told and application.passport_hash) and told != application.passport_hash
    return Finding(PASSPORT_DIFFERS, {}) if differs else None


def _psk(unit: Unit, lender: str, view: AgreementView) -> tuple[str, Finding | None]:
    """Our own ПСК, and what there is to say of the lender's.

    Of an instalment plan the buyer borrows what the lender pays out: the discount is the interest the shop bears.
    """
    known = dated.lender_terms_on(unit.connection, unit.company, lender, view.dated)
    count = known.day_count if known else DayCount.MONTHS
    try:
        rate = read_percent(view.rate)
        principal = view.loan - view.discount if rate else view.loan
        schedule = annuity(principal, rate, view.months, view.dated, count)
        ours = psk.psk(psk.flows_of(principal, view.dated, schedule))
    except Refused as reason:
        return "", Finding(reason.code, {name: str(value) for name, value in reason.values.items()})
    remark = psk.compare(view.psk, ours)
    return str(ours), None if remark is None else Finding(remark.code, dict(remark.values))


def _told(terms: LoanTerms, application: AnyRow) -> str:
    """The passport's number as the buyer told it."""
    known = terms.sealer.open(about_questionnaire(application.id), application.questionnaire)
    return known.get("passport", "")
