"""The money that stands behind an order or an invoice, with its proof: what the release rule is asked about."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import bindparam, select

from gateway.core.money import Money
from gateway.flows.terms import Terms
from gateway.matching.tables import allocations, decisions
from gateway.orders.release import Cover, release_rule
from gateway.orders.tables import invoices
from gateway.payments.model import PaymentState
from gateway.payments.tables import entries, payments
from gateway.store.driver import Query
from gateway.store.schema import AnyRow
from gateway.store.unit import Unit


@dataclass(frozen=True, slots=True)
class Covering:
    """What the release rule sees of an allocation, and when its money came."""

    cover: Cover
    bank_time: str
    received_at: str
    booked: date | None


_COVERINGS = (
    select(
        allocations.c.payment_id,
        allocations.c.invoice_id,
        allocations.c.amount,
        payments.c.state,
        payments.c.confirmed_by,
        payments.c.bank_time,
        entries.c.evidence,
        entries.c.message_id,
        entries.c.status,
        entries.c.warnings,
        entries.c.received_at,
        entries.c.booked,
        decisions.c.release_ok,
    )
    .join(invoices, invoices.c.id == allocations.c.invoice_id)
    .join(payments, payments.c.id == allocations.c.payment_id)
    .join(entries, entries.c.id == allocations.c.payment_id)
    .join(decisions, decisions.c.id == allocations.c.decision_id)
    .where(invoices.c.state != "cancelled", allocations.c.undone == 0)
    .order_by(allocations.c.id)
)
_OF_ORDER = Query(_COVERINGS.where(invoices.c.order_id == bindparam("order_id")))
_OF_INVOICE = Query(_COVERINGS.where(invoices.c.id == bindparam("invoice_id")))


def of_order(unit: Unit, order_id: str) -> list[Covering]:
    """Every live allocation behind an order's invoices, with the proof of its payment."""
    return _read(_OF_ORDER.all(unit.connection, order_id=order_id))


def of_invoice(unit: Unit, invoice_id: str) -> list[Covering]:
    """Every live allocation to one invoice, with the proof of its payment."""
    return _read(_OF_INVOICE.all(unit.connection, invoice_id=invoice_id))


def prove(terms: Terms, amount: Money, money: Sequence[Covering]) -> bool:
    """Whether money is here in full by the very rule a paid order is released on."""
    return release_rule(
        amount,
        [one.cover for one in money],
        accepts_channel=terms.accepts_channel,
        on_hold=False,
        cancelled=False,
        automatic=True,
    ).ok


def _read(rows: Sequence[AnyRow]) -> list[Covering]:
    return [
        Covering(
            Cover(
                payment_id=row.payment_id,
                message_id=row.message_id,
                amount=Money(row.amount),
                evidence=row.evidence,
                identified=row.invoice_id in json.loads(row.release_ok),
                confirmed_by=row.confirmed_by or "",
                reversed=row.state == PaymentState.REVERSED,
                final=row.status == "BOOK" and row.warnings == "[]",
            ),
            row.bank_time,
            row.received_at,
            date.fromisoformat(row.booked) if row.booked else None,
        )
        for row in rows
    ]
