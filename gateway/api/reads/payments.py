"""The list of payments."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, func, select

from gateway.api.reads.paging import Listing, Window, in_order, searched
from gateway.matching.tables import allocations
from gateway.orders.tables import invoices
from gateway.payments.model import PaymentState
from gateway.payments.tables import entries, payments
from gateway.store.schema import AnyRow

LISTING = Listing(
    id=payments.c.id,
    sorts={
        "bank_time": payments.c.bank_time,
        "amount": payments.c.amount,
        "payer_name": payments.c.payer,
        "state": payments.c.state,
        "outcome": payments.c.outcome,
        "allocated": payments.c.allocated,
        "rest": payments.c.amount - payments.c.allocated,
        # Facts of the entry: these orders cost a join over the whole list.
        "payer_inn": entries.c.party_inn,
        "purpose": entries.c.purpose,
        "received_at": entries.c.received_at,
    },
    default="-bank_time",
    joins=dict.fromkeys(("payer_inn", "purpose", "received_at"), entries.c.id == payments.c.id),
)

COLUMNS = (
    payments.c.id,
    payments.c.version,
    payments.c.bank_time,
    entries.c.booked,
    entries.c.received_at,
    payments.c.payer,
    entries.c.party_inn,
    entries.c.party_account,
    payments.c.amount,
    payments.c.allocated,
    entries.c.purpose,
    payments.c.state,
    payments.c.outcome,
    entries.c.evidence,
)


def listed(connection: Connection, company: str, state: str, window: Window) -> dict[str, Any]:
    """A slice of the payments in `state` ("all" for every one) that match the search, with counts by state."""
    where = [payments.c.company == company, *searched(payments.c.search, window.q)]
    by_state: dict[str, int] = {s.value: 0 for s in PaymentState}
    grouped = select(payments.c.state, func.count()).where(*where).group_by(payments.c.state)
    by_state.update({row[0]: row[1] for row in connection.execute(grouped)})
    counts = {"all": sum(by_state.values()), **by_state}
    if state != "all":
        where.append(payments.c.state == state)
    cut = LISTING.cut(connection, where, window)
    return {
        "items": items(connection, company, cut.ids),
        "total": counts.get(state, 0),
        "next": cut.next,
        "counts": counts,
    }


def items(connection: Connection, company: str, ids: Sequence[str]) -> list[dict[str, Any]]:
    """The payments `ids` as list items, in that order."""
    if not ids:
        return []
    rows = connection.execute(
        select(*COLUMNS)
        .join(entries, entries.c.id == payments.c.id)
        .where(payments.c.id.in_(ids), payments.c.company == company)
    )
    numbers = _invoice_numbers(connection, ids)
    return in_order(ids, {row.id: item(row, numbers.get(row.id, [])) for row in rows})


def item(row: AnyRow, numbers: Sequence[str]) -> dict[str, Any]:
    """One list item from a row of COLUMNS."""
    return {
        "id": row.id,
        "version": row.version,
        "bank_time": row.bank_time,
        "booked": row.booked,
        "received_at": row.received_at,
        "payer_name": row.payer,
        "payer_inn": row.party_inn,
        "payer_account": row.party_account,
        "amount": row.amount,
        "allocated": row.allocated,
        "rest": row.amount - row.allocated,
        "purpose": row.purpose,
        "state": row.state,
        "outcome": row.outcome,
        "invoices": list(numbers),
        "evidence": row.evidence,
        "reversed": row.state == PaymentState.REVERSED,
    }


def _invoice_numbers(connection: Connection, ids: Sequence[str]) -> dict[str, list[str]]:
    """Numbers of the invoices each payment is allocated to now."""
    rows = connection.execute(
        select(allocations.c.payment_id, invoices.c.number)
        .join(invoices, invoices.c.id == allocations.c.invoice_id)
        .where(allocations.c.payment_id.in_(ids), allocations.c.undone == 0)
        .order_by(allocations.c.payment_id, allocations.c.id)
    )
    found: dict[str, list[str]] = {}
    for payment_id, number in rows:
        of_payment = found.setdefault(payment_id, [])
        if number not in of_payment:
            of_payment.append(number)
    return found
