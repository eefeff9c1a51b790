"""The matcher's invoice index on the database: each lookup is one indexed query, so nothing is loaded at a start and
nothing is rebuilt by a poll, and what a transaction has credited is seen by its next lookup."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Connection, Integer, bindparam, func, literal_column, select

from gateway.core.money import Money
from gateway.core.references import Reference, reference_key
from gateway.matching.index import Balance, InvoiceCard
from gateway.orders.tables import buyer_accounts, buyers, invoices
from gateway.store.driver import Query
from gateway.store.schema import AnyRow


def _cards(*where: Any) -> Query:
    """Built once: building a query costs more than running it.

    The date is sorted as an expression: by the bare column, a database that is in a hurry to fill the LIMIT walks all
    invoices by date instead of looking the few up.
    """
    return Query(
        select(invoices)
        .where(invoices.c.company == bindparam("company"), *where)
        .order_by(invoices.c.date.concat(""), invoices.c.id)
        .limit(bindparam("at_most", type_=Integer))
    )


_OPEN = invoices.c.state == literal_column("'open'")  # as the partial indexes say it
_REST = invoices.c.rest == bindparam("rest")
_PARTY = invoices.c.party == bindparam("party")
_BY_COUNTER = _cards(invoices.c.counter == bindparam("counter"))
_NONE: ColumnElement[str] = literal_column("''")  # as the partial indexes of loan and track numbers say it
_BY_ORDER = _cards(invoices.c.order_key == bindparam("key"))
_BY_LOAN = _cards(invoices.c.loan_key == bindparam("key"), invoices.c.loan_key != _NONE)
_BY_TRACK = _cards(invoices.c.track_key == bindparam("key"), invoices.c.track_key != _NONE)
_BY_REFERENCE = {Reference.ORDER: _BY_ORDER, Reference.LOAN: _BY_LOAN, Reference.TRACK: _BY_TRACK}
_KEYS = {
    Reference.ORDER: invoices.c.order_key,
    Reference.LOAN: invoices.c.loan_key,
    Reference.TRACK: invoices.c.track_key,
}
_BY_REST = _cards(_PARTY, _OPEN, _REST)
_ANYWHERE = _cards(_OPEN, _REST)
_OPEN_OF = _cards(_PARTY, _OPEN, invoices.c.rest > 0)
_BALANCE = Query(
    select(func.coalesce(func.sum(invoices.c.rest), 0).label("rest"), func.count().label("number")).where(
        invoices.c.company == bindparam("company"), _PARTY, _OPEN
    )
)
_KNOWS = Query(select(invoices.c.id).where(invoices.c.company == bindparam("company"), _PARTY).limit(1))
_NAMED = Query(
    select(buyers.c.party).where(buyers.c.company == bindparam("company"), buyers.c.name_key == bindparam("name_key"))
)
_WITH_ACCOUNT = Query(
    select(buyer_accounts.c.party).where(
        buyer_accounts.c.company == bindparam("company"), buyer_accounts.c.account == bindparam("account")
    )
)
_ALL = 1_000_000
_KEYS_AT_ONCE = 500


class SqlIndex:
    """See `matching.InvoiceIndex`."""

    def __init__(self, connection: Connection, company: str) -> None:
        self._connection = connection
        self._company = company

    def by_counter(self, counter: int) -> Sequence[InvoiceCard]:
        return self._found(_BY_COUNTER, counter=counter) if counter else ()

    def by_reference(self, kind: Reference, key: str) -> Sequence[InvoiceCard]:
        return self._found(_BY_REFERENCE[kind], key=reference_key(key)) if key else ()

    def by_references(self, kind: Reference, keys: Collection[str]) -> dict[str, Sequence[InvoiceCard]]:
        stored = {key: reference_key(key) for key in keys}
        wanted = sorted({key for key in stored.values() if key})
        found: dict[str, list[InvoiceCard]] = {}
        column = _KEYS[kind]
        for start in range(0, len(wanted), _KEYS_AT_ONCE):
            query = (
                select(invoices)
                .where(invoices.c.company == self._company, column.in_(wanted[start : start + _KEYS_AT_ONCE]))
                .where(column != _NONE)
                .order_by(invoices.c.date.concat(""), invoices.c.id)
            )
            for row in self._connection.execute(query):
                found.setdefault(row._mapping[column], []).append(_card(row))
        return {key: found.get(own, ()) for key, own in stored.items()}

    def open_by_rest(self, party: str, rest: Money, limit: int = 4) -> Sequence[InvoiceCard]:
        return self._found(_BY_REST, limit, party=party, rest=rest.kopecks)

    def open_anywhere(self, rest: Money, limit: int) -> Sequence[InvoiceCard]:
        found = self._found(_ANYWHERE, limit + 1, rest=rest.kopecks)
        return found if len(found) <= limit else ()

    def open_of(self, party: str) -> Sequence[InvoiceCard]:
        return self._found(_OPEN_OF, party=party)

    def balance(self, party: str) -> Balance:
        row = _BALANCE.one(self._connection, company=self._company, party=party)
        return Balance(Money(int(row.rest)), int(row.number))

    def knows(self, party: str) -> bool:
        return _KNOWS.first(self._connection, company=self._company, party=party) is not None

    def parties_by_name(self, key: str) -> Sequence[str]:
        return self._parties(_NAMED, name_key=key) if key else ()

    def parties_by_account(self, account: str) -> Sequence[str]:
        return self._parties(_WITH_ACCOUNT, account=account) if account else ()

    def _parties(self, query: Query, **values: str) -> list[str]:
        return sorted({str(row.party) for row in query.all(self._connection, company=self._company, **values)})

    def _found(self, query: Query, limit: int = _ALL, **values: Any) -> list[InvoiceCard]:
        rows = query.all(self._connection, company=self._company, at_most=limit, **values)
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
        loan_no=row.loan_no,
        track=row.track,
    )
