"""The same engine on PostgreSQL: the whole way, and a register nobody can change."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy.exc import IntegrityError

from gateway.core.authority import SERVICE
from gateway.core.money import Money
from gateway.flows.settlement import close_period, send_open, settle_accounts
from gateway.settlement import queries, register
from gateway.settlement.tables import statement_lines
from tests.payments.outgoing.desk import TODAY
from tests.settlement.house import NAMES, OTHER, SHOP, House, line
from tests.settlement.test_register import TABLES, never_changed, refused
from tests.store import postgres


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    binaries = postgres.programs()
    if binaries is None:
        pytest.skip("PostgreSQL is not installed (Debian: apt-get install postgresql)")
    with postgres.running(binaries) as server:
        yield server.url(server.create())


@pytest.fixture
def house(url: str, tmp_path: Path) -> Iterator[House]:
    made = House(tmp_path, url=url)
    yield made
    made.close()


def test_the_whole_way(house: House) -> None:
    first, _ = house.append(line("e1"), line("o1", party=OTHER))
    house.do(register.reverse, first, "r1", TODAY, Money(33_33))
    house.do(register.reverse, first, "r2", TODAY, Money(33_33))
    refused("settlement.share_wrong", house.do, register.reverse, first, "r3", TODAY, Money(33_35))
    refused("settlement.event_differs", house.append, line("e1", net=1))
    for _ in range(2):
        assert close_period(house.store, NAMES, TODAY).statements == 2
    send_open(house.store, house.settling, TODAY)
    house.clock.advance(timedelta(days=8))
    settle_accounts(house.store, house.settling)
    with house.store.reading() as connection:
        paged = queries.statement_page(connection, "test", SERVICE, sort="net", limit=1)
        rest = queries.statement_page(connection, "test", SERVICE, sort="net", limit=1, after=paged.after)
        assert queries.statement_counts(connection, "test", SERVICE, q="диван")["paying"] == 1
        assert queries.balance(connection, "test", SERVICE, SHOP).owed == Money(30_01)
    assert [(row.party_id, row.state, row.net) for page in (paged, rest) for row in page.rows] == [
        ("S1", "drafted", 30_01),
        ("S2", "drafted", 90_00),
    ]
    statement = paged.rows[0]
    house.sign(statement.payment_order_id)
    house.execute(statement.payment_order_id)
    assert (house.follow(statement.id).state, house.paid(statement.id)) == ("paid", 30_01)
    house.give_back(statement.payment_order_id)
    assert house.follow(statement.id).state == "payable"
    for table in TABLES:
        never_changed(house, table)
    with pytest.raises(IntegrityError), house.store.unit() as unit:
        unit.insert(statement_lines, {"line_id": first, "statement_id": rest.rows[0].id})
