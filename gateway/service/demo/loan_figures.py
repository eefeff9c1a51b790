"""What the loans story came to, read from the database; nothing here is told by the story.

Sums are in kopecks over the funded agreements, those whose lender's whole transfer is here:

    goods_total = down_payments + lender_discounts + received_from_lenders
    received_from_lenders = commission + paid_to_shops + outstanding

Each comes from rows of its own: goods, down payments and discounts from applications and agreements; what was received
and what went back from lines of the bank's statements (a lump sum a lender kept something from, as his registry divides
it); the commission from the settlement register; what shops were paid from debit lines. So an equation that holds says
that those rooms agree.

Goods that came back are out of every sum as soon as their lender has his money again: their price, the part of it the
buyer had paid, the part the lender forgives, and the money itself, which stands apart as `returned_to_lenders`. All
that ever came is `received_from_lenders` + `returned_to_lenders`. Money on its way back is outstanding.

Our own shop is paid by the money's being here: its loans stand whole in `paid_to_shops`, and apart in `own_shop`. What
couriers' visits cost a shop is a part of the commission.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import Column, Connection, func, select

from gateway.loans.papers import FundingState
from gateway.loans.stage import Stage, settlement_subject
from gateway.loans.tables import agreements, applications, returns, shops, visits
from gateway.loans.visits import Result
from gateway.matching.tables import allocations
from gateway.payments.outgoing.tables import payment_orders
from gateway.payments.tables import entries
from gateway.settlement.model import LineKind
from gateway.settlement.tables import lines, payouts, statements
from gateway.store.schema import AnyRow


class _Back(NamedTuple):
    """Goods that came back.

    Attributes:
        forgiven: of the lender's discount. went: what is proved to be at the lender again; 0 while it is not.
    """

    agreement_id: str
    goods: int
    to_lender: int
    to_buyer: int
    done: bool
    went: int

    @property
    def forgiven(self) -> int:
        return self.goods - self.to_lender - self.to_buyer


def figures(connection: Connection) -> dict[str, Any]:
    """Counts and sums; see the module."""
    funded = _funded(connection)
    ids = {row.id for row in funded}
    back = [one for one in _returned(connection) if one.agreement_id in ids]
    done, waiting = [one for one in back if one.done], [one for one in back if not one.done]
    came = _allocated(connection)
    went_back = sum(one.went for one in done)
    own_ids = {row.id for row in funded if row.own}
    own = sum(came.get(row.invoice_id, 0) for row in funded if row.own) - sum(
        one.to_lender for one in back if one.agreement_id in own_ids
    )
    paid = _debited(connection)
    net, fee, written = _register(connection)
    not_written = sum(row.transfer for row in funded if not row.own and settlement_subject(row.id) not in written)
    return {
        "applications": _count(connection, applications.c.id),
        "by_stage": dict.fromkeys(Stage, 0) | _by(connection, applications.c.stage),
        "by_state": _by(connection, applications.c.state),
        "by_lender": _by(connection, agreements.c.lender),
        "by_way": _by(connection, agreements.c.signing_way),
        "funded": len(funded),
        "goods_total": sum(row.goods for row in funded) - sum(one.goods for one in done),
        "down_payments": sum(row.down for row in funded) - sum(one.to_buyer for one in done),
        "lender_discounts": sum(row.discount for row in funded) - sum(one.forgiven for one in done),
        "received_from_lenders": sum(came.get(row.invoice_id, 0) for row in funded) - went_back,
        "returned_to_lenders": went_back,
        "commission": fee,
        "paid_to_shops": paid + own,
        "own_shop": own,
        "outstanding": net - paid + not_written + sum(one.to_lender for one in waiting),
        "visits": _count(connection, visits.c.id),
        "empty_visits": _by(connection, visits.c.result).get(Result.EMPTY.value, 0),
        "statements": _by(connection, statements.c.state),
        "payment_orders": _by(connection, payment_orders.c.state),
    }


def adds_up(result: dict[str, Any]) -> bool:
    """Whether both equations hold."""
    bought = result["down_payments"] + result["lender_discounts"] + result["received_from_lenders"]
    kept = result["commission"] + result["paid_to_shops"] + result["outstanding"]
    return bool(result["goods_total"] == bought and result["received_from_lenders"] == kept)


def _funded(connection: Connection) -> Sequence[AnyRow]:
    query = (
        select(
            agreements.c.id,
            agreements.c.invoice_id,
            agreements.c.discount,
            agreements.c.transfer,
            applications.c.goods,
            applications.c.down,
            shops.c.own,
        )
        .join(applications, applications.c.id == agreements.c.application_id)
        .join(shops, shops.c.id == agreements.c.shop_id)
        .where(agreements.c.funding == FundingState.RECEIVED.value)
    )
    return connection.execute(query).all()


def _returned(connection: Connection) -> list[_Back]:
    query = (
        select(returns, entries.c.amount.label("debited"))
        .outerjoin(payment_orders, payment_orders.c.id == returns.c.payment_order_id)
        .outerjoin(entries, (entries.c.id == payment_orders.c.entry_id) & (entries.c.direction == "out"))
    )
    return [
        _Back(
            row.agreement_id,
            row.goods,
            row.to_lender,
            row.to_buyer,
            row.executed_at is not None,
            row.to_lender if row.kept_by else row.debited or 0,
        )
        for row in connection.execute(query)
    ]


def _allocated(connection: Connection) -> dict[str, int]:
    """By invoice: what lines of the bank's statements have paid of it, and nobody has taken back."""
    query = (
        select(allocations.c.invoice_id, func.sum(allocations.c.amount).label("sum"))
        .join(entries, (entries.c.id == allocations.c.payment_id) & (entries.c.direction == "in"))
        .group_by(allocations.c.invoice_id)
    )
    return {row.invoice_id: int(row.sum) for row in connection.execute(query)}


def _debited(connection: Connection) -> int:
    """What debit lines prove to have been paid to shops."""
    query = (
        select(func.coalesce(func.sum(entries.c.amount), 0))
        .select_from(payouts)
        .join(entries, (entries.c.id == payouts.c.entry_id) & (entries.c.direction == "out"))
        .where(payouts.c.return_entry_id.is_(None))
    )
    return int(connection.execute(query).scalar_one())


def _register(connection: Connection) -> tuple[int, int, set[str]]:
    """What shops are owed in all, what we keep, and the agreements that are written down."""
    net = fee = 0
    written = set()
    for row in connection.execute(select(lines).where(lines.c.kind != LineKind.CARRIED)):
        net, fee = net + row.net, fee + row.fee
        if row.kind == LineKind.LOAN:
            written.add(row.subject)
    return net, fee, written


def _by(connection: Connection, column: Column[str]) -> dict[str, int]:
    found = connection.execute(select(column, func.count()).group_by(column).order_by(column))
    return {str(value): int(number) for value, number in found}


def _count(connection: Connection, column: Column[str]) -> int:
    return int(connection.execute(select(func.count(column))).scalar_one())
