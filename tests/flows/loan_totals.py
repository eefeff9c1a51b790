"""The money of all funded loans in one view: what must add up, and where it is.

    goods = down payments + lenders' discounts + received
    received = commission + paid to shops + outstanding + own sales, with what goes back to lenders apart

The left sides come from agreements and their purchases, the right ones from the register and from payment orders with
a debit line: that both agree is a check, not a definition.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, case, func, select

from gateway.core.money import Money
from gateway.loans.papers import FundingState
from gateway.loans.stage import settlement_subject
from gateway.loans.tables import agreements, applications, returns, shops
from gateway.settlement.model import LineKind, PartyKind
from gateway.settlement.tables import lines, payouts


@dataclass(frozen=True, slots=True)
class LoanTotals:
    """Sums over every agreement whose lender's transfer is here in full.

    Attributes:
        goods, down, discounts, received: what was bought, and who paid it; what a lender kept from his transfer for
            returned goods counts as received.
        returned: of `received`, what went or goes back to lenders for returned goods; its commission is taken back.
        commission: ours, with visits charged to shops.
        own: of our own shops' sales; nobody is paid for them.
        paid: to shops, by debit lines, less what came back.
        outstanding: owed to shops: by the register, or received and not due yet; below zero when shops owe us.
    """

    goods: Money
    down: Money
    discounts: Money
    received: Money
    returned: Money
    commission: Money
    own: Money
    paid: Money
    outstanding: Money

    @property
    def add_up(self) -> bool:
        """Whether both equations hold to the kopeck."""
        bought = self.goods == self.down + self.discounts + self.received
        kept = self.commission + self.own + self.paid + self.outstanding
        return bought and self.received - self.returned == kept


def loan_totals(connection: Connection, company: str) -> LoanTotals:
    """The sums as they stand now."""
    back = (
        select(
            returns.c.agreement_id,
            func.sum(returns.c.to_lender).label("to_lender"),
            func.sum(returns.c.to_lender * returns.c.netted).label("netted"),
        )
        .where(returns.c.company == company)
        .group_by(returns.c.agreement_id)
        .subquery()
    )
    owed = (
        select(lines.c.subject, func.sum(lines.c.gross).label("gross"))
        .where(lines.c.company == company, lines.c.kind == LineKind.LOAN)
        .group_by(lines.c.subject)
        .subquery()
    )
    received = agreements.c.received + func.coalesce(back.c.netted, 0)
    kept = received - func.coalesce(back.c.to_lender, 0)
    unsettled = and_(shops.c.own == 0, func.coalesce(owed.c.gross, 0) == 0)
    funded = connection.execute(
        select(
            _sum(applications.c.goods).label("goods"),
            _sum(applications.c.down).label("down"),
            _sum(agreements.c.discount).label("discounts"),
            _sum(received).label("received"),
            _sum(back.c.to_lender).label("returned"),
            _sum(case((shops.c.own == 1, kept), else_=0)).label("own"),
            _sum(case((unsettled, kept), else_=0)).label("unsettled"),
        )
        .select_from(agreements)
        .join(applications, applications.c.id == agreements.c.application_id)
        .join(shops, shops.c.id == agreements.c.shop_id)
        .outerjoin(back, back.c.agreement_id == agreements.c.id)
        .outerjoin(owed, owed.c.subject == settlement_subject("") + agreements.c.id)
        .where(agreements.c.company == company, agreements.c.funding == FundingState.RECEIVED.value)
    ).one()
    register = connection.execute(
        select(_sum(lines.c.fee).label("fee"), _sum(lines.c.net).label("net")).where(
            lines.c.company == company,
            lines.c.party_kind == PartyKind.SHOP.value,
            lines.c.kind.in_((LineKind.LOAN.value, LineKind.CHARGE.value)),
        )
    ).one()
    paid = connection.execute(
        select(_sum(payouts.c.amount)).where(
            payouts.c.company == company,
            payouts.c.party_kind == PartyKind.SHOP.value,
            payouts.c.entry_id.is_not(None),
            payouts.c.return_entry_id.is_(None),
        )
    ).scalar_one()
    return LoanTotals(
        goods=Money(int(funded.goods)),
        down=Money(int(funded.down)),
        discounts=Money(int(funded.discounts)),
        received=Money(int(funded.received)),
        returned=Money(int(funded.returned)),
        commission=Money(int(register.fee)),
        own=Money(int(funded.own)),
        paid=Money(int(paid)),
        outstanding=Money(int(register.net) - int(paid) + int(funded.unsettled)),
    )


def _sum(of: ColumnElement[Any]) -> ColumnElement[int]:
    return func.coalesce(func.sum(of), 0)
