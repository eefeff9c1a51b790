"""The index on the database answers exactly as the one in memory."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateway.core.money import Money
from gateway.core.references import Reference
from gateway.core.text import name_key
from gateway.matching.index import MemoryIndex, card
from gateway.orders import service
from gateway.orders.index import SqlIndex
from gateway.orders.model import Buyer, InvoiceIn
from gateway.orders.tables import invoices
from tests.flows.shop import Shop

BUYERS = [
    Buyer("1", "ul", "ООО «Вернисаж»", "7705123453", accounts=("40702810500000000001",)),
    Buyer("2", "ip", "ИП Орлова Анна Петровна", "770512345678", accounts=("40802810500000000002",)),
    Buyer("3", "fl", "Орлова Анна Петровна", ""),
    Buyer("4", "fl", "Белов Иван", "", accounts=("40817810500000000003", "40702810500000000001")),
]
invoice_lists = st.lists(
    st.tuples(
        st.sampled_from(["{}", "УТ-{:06d}", "СФ-{}/26", "З-{}"]),
        st.integers(1, 30),
        st.sampled_from(range(4)),
        st.sampled_from([100, 200, 300]),
        st.integers(0, 3),
        st.booleans(),
    ),
    max_size=14,
)


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    made = Shop(tmp_path)
    yield made
    made.close()


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(invoice_lists)
def test_both_indexes_answer_alike(shop: Shop, drawn: list) -> None:
    memory = MemoryIndex()
    with shop.store.unit() as unit:
        for key, (pattern, counter, who, kopecks, credited, cancelled) in enumerate(drawn):
            buyer, number = BUYERS[who], pattern.format(counter)
            given_in = InvoiceIn(
                str(key), number, date(2026, 11, 1 + key), buyer, Money(kopecks), order_number=f"З{counter}",
                cancelled=cancelled,
            )  # fmt: skip
            invoice_id, _ = service.put_invoice(unit, given_in)
            if credited and not cancelled:
                service.credit(unit, invoice_id, Money(min(kopecks, credited * 100)))
        rows = unit.connection.execute(invoices.select()).all()
        for row in rows:
            buyer = next(b for b in BUYERS if b.name == row.buyer_name)
            memory.add(
                card(
                    row.id,
                    row.number,
                    date.fromisoformat(row.date),
                    Money(row.amount),
                    Money(row.rest if row.state == "open" else 0),
                    row.state,
                    buyer_id=row.buyer_id,
                    buyer_kind=row.buyer_kind,
                    buyer_name=row.buyer_name,
                    buyer_inn=row.buyer_inn,
                    known_accounts=buyer.accounts,
                    order_no=row.order_no,
                )
            )
        sql = SqlIndex(unit.connection, unit.company)

        def ids(cards) -> list[str]:
            return [c.id for c in cards]

        for counter in range(32):
            assert ids(sql.by_counter(counter)) == ids(memory.by_counter(counter))
            key = f"З{counter}"
            assert ids(sql.by_reference(Reference.ORDER, key)) == ids(
                memory.by_reference(Reference.ORDER, str(counter).lstrip("0") or key)
            )
        numbers = ["", "nobody's", *(f"З{counter}" for counter in range(32)), *map(str, range(32))]
        for kind in Reference:
            at_once = sql.by_references(kind, numbers)
            assert {key: ids(found) for key, found in at_once.items()} == {
                key: ids(sql.by_reference(kind, key)) for key in numbers
            }
        parties = {memory[row.id].party for row in rows} | {"nobody"}
        for party in parties:
            assert ids(sql.open_of(party)) == ids(memory.open_of(party))
            assert sql.balance(party) == memory.balance(party)
            assert sql.knows(party) == memory.knows(party)
            for kopecks in (0, 100, 200, 300):
                assert ids(sql.open_by_rest(party, Money(kopecks))) == ids(memory.open_by_rest(party, Money(kopecks)))
        for kopecks in (100, 200, 300):
            assert ids(sql.open_anywhere(Money(kopecks), 3)) == ids(memory.open_anywhere(Money(kopecks), 3))
        for buyer in BUYERS:
            known = [p for p in sql.parties_by_name(name_key(buyer.name)) if memory.knows(p)]
            assert known == list(memory.parties_by_name(name_key(buyer.name)))
            for account in buyer.accounts:
                held = [p for p in sql.parties_by_account(account) if memory.knows(p)]
                assert held == list(memory.parties_by_account(account))
