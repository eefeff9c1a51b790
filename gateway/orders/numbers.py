"""Counters of invoice numbers on record, as today's program reads them."""

from __future__ import annotations

from datetime import date

from sqlalchemy import bindparam, select, update

from gateway.matching.number import READING, counter_of
from gateway.orders.tables import invoices
from gateway.store import Store, marks

_MARK = "orders.number_reading"


def read_again(store: Store) -> int:
    """Take the numbers of recorded invoices apart again when the program has learned to read them otherwise.

    The matcher finds invoices by the counter kept beside the number: one kept by an older reading would not be found.

    Returns:
        How many invoices were changed.
    """
    with store.reading() as connection:
        if marks.get(connection, store.company, _MARK) == READING:
            return 0
    with store.unit() as unit:
        rows = unit.connection.execute(
            select(
                invoices.c.id,
                invoices.c.number,
                invoices.c.date,
                invoices.c.prefix,
                invoices.c.counter,
                invoices.c.year,
            ).where(invoices.c.company == store.company)
        ).all()
        changed = []
        for row in rows:
            prefix, counter, year = counter_of(row.number)
            now = (prefix, counter, year or date.fromisoformat(row.date).year)
            if now != (row.prefix, row.counter, row.year):
                changed.append(dict(zip(("row", "p", "c", "y"), (row.id, *now), strict=True)))
        if changed:
            unit.connection.execute(
                update(invoices)
                .where(invoices.c.id == bindparam("row"))
                .values(prefix=bindparam("p"), counter=bindparam("c"), year=bindparam("y")),
                changed,
            )
        marks.put(unit, _MARK, READING)
        unit.commit()
    return len(changed)
