"""What a courier's visits cost the shop, where its tariff says that it bears them."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select

from gateway.core.clock import business_date, from_text
from gateway.core.money import Money
from gateway.loans import agreement_rows, dated, events
from gateway.loans.split import fee_vat
from gateway.loans.tables import visits
from gateway.loans.terms import LoanTerms
from gateway.settlement import register
from gateway.settlement.model import LineKind, NewLine, Party, PartyKind
from gateway.store.unit import Unit

EVENT = "loan:visit:"
"""Before a visit's id, the source event of its charge."""


def charge(unit: Unit, terms: LoanTerms, visit_id: str) -> str | None:
    """Charge a visit that has ended to the shop: also one the courier came back from empty, for he was out.

    Returns:
        The register line's id; None where the shop does not bear visits, by the tariff of the visit's day.

    Raises:
        Refused: `loan.vat_no_rate`, `loan.vat_ambiguous`.
    """
    visit = unit.connection.execute(
        select(visits).where(visits.c.id == visit_id, visits.c.company == unit.company)
    ).one()
    row = agreement_rows.load(unit, visit.agreement_id)
    on = date.fromisoformat(visit.day)
    tariff = dated.tariff_on(unit.connection, unit.company, row.shop_id, row.lender, on)
    if not tariff.visits or not visit.cost or visit.ended_at is None:
        return None
    cost = Money(visit.cost)
    ended = business_date(from_text(visit.ended_at), terms.zone)
    line_id = register.append(
        unit,
        NewLine(
            kind=LineKind.CHARGE,
            party=Party(PartyKind.SHOP, row.shop_id),
            source_event=EVENT + visit.id,
            subject=agreement_rows.subject(row.id),
            document=row.number,
            on=ended,
            gross=Money.zero(),
            fee=cost,
            net=-cost,
            vat=fee_vat(cost, terms.vat, ended, terms.vat_percent),
        ),
    )
    events.write(unit, row.application_id, "visits_charged", agreement=row.number, amount=str(cost))
    return line_id
