"""The matcher's invoice index on the database: each lookup is one indexed query, so nothing is loaded at a start and
nothing is rebuilt by a poll, and what a transaction has credited is seen by its next lookup."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import Connection, func, select

from gateway.core.money import Money
from gateway.core.text import name_key
from gateway.matching.index import Balance, InvoiceCard, Reference, reference_key
from gateway.orders.tables import buyer_accounts, buyers, invoices
from gateway.store.schema import AnyRow


class SqlIndex:
    """See `matching.InvoiceIndex`.

    Loan and track numbers are not on our invoices; those references find nothing here.
    """

    def __init__(self, connection: Connection, company: str) -> None:
        self._connection = connection
        self._company = company

    def by_counter(self, counter: int) -> Sequence[InvoiceCard]:
        return self._cards(invoices.c.counter == counter) if counter else ()

    def by_reference(self, kind: Reference, key: str) -> Sequence[InvoiceCard]:
        return self._cards(invoices.c.order_key == reference_key(key)) if kind is Reference.ORDER and key else ()

    def open_by_rest(self, party: str, rest: Money, limit: int = 4) -> Sequence[InvoiceCard]:
        return self._cards(
            invoices.c.party == party, invoices.c.state == "open", invoices.c.rest == rest.kopecks, limit=limit
        )

    def open_anywhere(self, rest: Money, limit: int) -> Sequence[InvoiceCard]:
        found = self._cards(invoices.c.state == "open", invoices.c.rest == rest.kopecks, limit=limit + 1)
        return found if len(found) <= limit else ()

    def open_of(self, party: str) -> Sequence[InvoiceCard]:
        return self._cards(invoices.c.party == party, invoices.c.state == "open", invoices.c.rest > 0)

    def balance(self, party: str) -> Balance:
        row = self._connection.execute(
            select(func.coalesce(func.sum(invoices.c.rest), 0), func.count()).where(
                invoices.c.company == self._company, invoices.c.party == party, invoices.c.state == "open"
            )
        ).one()
        return Balance(Money(int(row[0])), int(row[1]))

    def knows(self, party: str) -> bool:
        return (
            self._connection.execute(
                select(invoices.c.id).where(invoices.c.company == self._company, invoices.c.party == party).limit(1)
            ).first()
            is not None
        )

    def parties_by_name(self, key: str) -> Sequence[str]:
        if not key:
            return ()
        return self._parties(
            select(buyers.c.party).where(buyers.c.company == self._company, buyers.c.name_key == name_key(key))
        )

    def parties_by_account(self, account: str) -> Sequence[str]:
        if not account:
            return ()
        return self._parties(
            select(buyer_accounts.c.party).where(
                buyer_accounts.c.company == self._company, buyer_accounts.c.account == account
            )
        )

    def _parties(self, query: Any) -> list[str]:
        return sorted(set(self._connection.execute(query).scalars()))

    def _cards(self, *where: Any, limit: int | None = None) -> list[InvoiceCard]:
        query = select(invoices).where(invoices.c.company == self._company, *where)
        rows = self._connection.execute(query.order_by(invoices.c.date, invoices.c.id).limit(limit))
        return [_card(row) for row in rows]


def _card(row: AnyRow) -> InvoiceCard:
    return InvoiceCard(
        id=row.id,
        number=row.number,
        counter=row.counter,
        prefix=row.prefix,
        year=row.year,
        date=date.fromisoformat(row.date),
        amount=Money(row.amount),
        rest=Money(row.rest if row.state == "open" else 0),
        state=row.state,
        buyer_id=row.buyer_id,
        buyer_kind=row.buyer_kind,
        buyer_name=row.buyer_name,
        buyer_inn=row.buyer_inn,
        order_no=row.order_no,
    )
