"""The down payment of an order of our own shop, where an invoice asks for it.

Another shop takes the down payment itself, and so does ours at the counter. But an invoice of exactly that sum says
that the buyer pays it to our account: then the goods wait for it as for the lender's money.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, exists, select

from gateway.core.money import Money
from gateway.flows import covering
from gateway.flows.covering import prove
from gateway.flows.terms import Terms
from gateway.loans.papers import GoodsState
from gateway.loans.tables import agreements, applications
from gateway.orders.tables import invoices
from gateway.orders.tables import orders as order_rows
from gateway.store import Unit
from gateway.store.schema import AnyRow


def is_paid(unit: Unit, terms: Terms, order_id: str, down: Money) -> bool:
    """Whether a down payment is here by evidence; also where there is none, or no invoice asks for it."""
    asked = unit.connection.execute(
        select(invoices.c.id).where(
            invoices.c.order_id == order_id, invoices.c.amount == down.kopecks, invoices.c.state != "cancelled"
        )
    ).scalars()
    found = list(asked) if down else []
    return not found or any(prove(terms, down, covering.of_invoice(unit, invoice_id)) for invoice_id in found)


def waiting_for(unit: Unit, outer_ids: Sequence[str]) -> Sequence[AnyRow]:
    """Agreements whose goods are still here, and whose order one of the invoices with these keys is for."""
    if not outer_ids:
        return []
    return unit.connection.execute(
        select(agreements)
        .join(applications, applications.c.id == agreements.c.application_id)
        .join(invoices, invoices.c.order_id == applications.c.order_id)
        .where(
            invoices.c.company == unit.company,
            invoices.c.outer_id.in_(outer_ids),
            applications.c.down > 0,
            agreements.c.live == 1,
            agreements.c.goods.in_([GoodsState.HELD.value, GoodsState.RELEASED.value]),
        )
        .distinct()
    ).all()


def is_missing() -> ColumnElement[bool]:
    """Whether an invoice for the down payment stands unpaid: a condition on an application and its order."""
    return exists().where(
        invoices.c.order_id == order_rows.c.id,
        invoices.c.amount == applications.c.down,
        invoices.c.state == "open",
        applications.c.down > 0,
    )
