"""Recorded payments as the matcher sees them."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select

from gateway.core.money import Money
from gateway.matching.facts import PaymentIn
from gateway.payments.model import PaymentState
from gateway.payments.tables import entries, payments
from gateway.store.unit import Unit


def payment_in(unit: Unit, payment_id: str) -> PaymentIn:
    """The facts of one recorded payment."""
    row = unit.connection.execute(select(entries).where(entries.c.id == payment_id)).one()
    return PaymentIn(
        id=row.id,
        account=row.account,
        payer_name=row.party_name,
        payer_inn=row.party_inn,
        payer_kpp=row.party_kpp,
        payer_account=row.party_account,
        amount=Money(row.amount),
        purpose=row.purpose,
        doc_no=row.doc_no,
        doc_date=_day(row.doc_date),
        booked=_day(row.booked),
        evidence_kind=row.evidence,
        final=row.status == "BOOK",
    )


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


class SeenDocuments:
    """Looks for the same payment document on another, earlier line of ours.

    Args:
        payment_id: the line that is being decided; it never duplicates itself, nor something later.
    """

    def __init__(self, unit: Unit, payment_id: str) -> None:
        self._unit = unit
        self._payment_id = payment_id

    def same_document(self, payment: PaymentIn) -> str | None:
        """The earlier payment made by the same document (payer account, number, date, sum), or None."""
        if not (payment.payer_account and payment.doc_no and payment.doc_date):
            return None
        found = self._unit.connection.execute(
            select(payments.c.id)
            .join(entries, entries.c.id == payments.c.id)
            .where(
                entries.c.company == self._unit.company,
                entries.c.party_account == payment.payer_account,
                entries.c.doc_no == payment.doc_no,
                entries.c.doc_date == payment.doc_date.isoformat(),
                entries.c.amount == payment.amount.kopecks,
                payments.c.id < self._payment_id,
                payments.c.state.not_in((PaymentState.REVERSED, PaymentState.DUPLICATE)),
            )
            .order_by(payments.c.id)
            .limit(1)
        ).scalar_one_or_none()
        return None if found is None else str(found)
