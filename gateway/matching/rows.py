"""Recorded payments as the matcher sees them."""

from __future__ import annotations

from datetime import date

from sqlalchemy import bindparam, select

from gateway.core.money import Money
from gateway.matching.duplicates import document_key
from gateway.matching.facts import PaymentIn
from gateway.payments.model import PaymentState
from gateway.payments.tables import entries, payments
from gateway.store.driver import Query
from gateway.store.schema import AnyRow
from gateway.store.unit import Unit

_ENTRY = Query(select(entries).where(entries.c.id == bindparam("id")))
_SAME = Query(
    select(entries)
    .join(payments, payments.c.id == entries.c.id)
    .where(
        entries.c.company == bindparam("company"),
        entries.c.party_account == bindparam("party_account"),
        entries.c.amount == bindparam("amount"),
        entries.c.doc_date == bindparam("doc_date"),
        payments.c.id < bindparam("before"),
        payments.c.state != PaymentState.REVERSED,
        payments.c.state != PaymentState.DUPLICATE,
    )
    .order_by(payments.c.id)
)


def payment_in(unit: Unit, payment_id: str) -> PaymentIn:
    """The facts of one recorded payment."""
    return _payment(_ENTRY.one(unit.connection, id=payment_id))


def _payment(row: AnyRow) -> PaymentIn:
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

    def earlier(self, payment: PaymentIn) -> str | None:
        """See `matching.DuplicateLookup`."""
        key = document_key(payment)
        if key is None or payment.doc_date is None:
            return None
        rows = _SAME.all(
            self._unit.connection,
            company=self._unit.company,
            party_account=payment.payer_account,
            amount=payment.amount.kopecks,
            doc_date=payment.doc_date.isoformat(),
            before=self._payment_id,
        )
        return next((str(row.id) for row in rows if document_key(_payment(row)) == key), None)
