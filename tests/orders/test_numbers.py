"""Numbers on record are read again when the program reads them otherwise."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from gateway.core.money import Money
from gateway.orders.index import SqlIndex
from gateway.orders.numbers import read_again
from gateway.orders.tables import invoices
from tests.flows.shop import Shop


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    made = Shop(tmp_path)
    made.order("2026/11-015", {"R-1": 2})
    made.order("СР-001002", {"R-1": 1})
    yield made
    made.close()


def kept(shop: Shop) -> dict[str, tuple[str, int, int]]:
    with shop.store.reading() as connection:
        return {r.number: (r.prefix, r.counter, r.year) for r in connection.execute(select(invoices))}


def test_a_number_kept_by_an_older_reading_is_found_again(shop: Shop) -> None:
    right = kept(shop)
    with shop.store.unit() as unit:
        row = unit.connection.execute(select(invoices).where(invoices.c.number == "2026/11-015")).one()
        unit.update(invoices, row.id, prefix="", counter=2026, year=1915)
        unit.commit()
    assert kept(shop) != right
    assert read_again(shop.store) == 1
    assert kept(shop) == right
    with shop.store.reading() as connection:
        found = SqlIndex(connection, shop.store.company).by_counter(15)
    assert [(card.number, card.amount) for card in found] == [("2026/11-015", Money(200_000))]


def test_it_is_done_once(shop: Shop) -> None:
    assert read_again(shop.store) == 0
    with shop.store.unit() as unit:
        row = unit.connection.execute(select(invoices).where(invoices.c.number == "СР-001002")).one()
        unit.update(invoices, row.id, counter=77)
        unit.commit()
    assert read_again(shop.store) == 0
    assert kept(shop)["СР-001002"][1] == 77
