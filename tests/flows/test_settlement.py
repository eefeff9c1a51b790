"""The story of settlements, from a period to the debit line and, if it comes to that, back again."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from gateway.core.errors import Refused
from gateway.flows.settlement import Closed, close_period, follow_orders, send_open, settle_accounts
from gateway.payments.outgoing.tables import payment_orders
from gateway.settlement import payouts, queries, statements
from gateway.settlement.model import LineKind, Party, PartyKind
from gateway.settlement.tables import statement_lines
from gateway.settlement.tables import statements as rows
from gateway.store import journal
from gateway.store.engine import sqlite_url
from gateway.store.migrate import upgrade
from tests.flows.pay_out_bank import PretendBank
from tests.flows.test_pay_out import go
from tests.flows.test_pay_out_told import back, deliver
from tests.payments.outgoing.desk import ANNA, SERVICE, TODAY, debit
from tests.settlement.house import AGENT, NAMES, OTHER, POINT, SHOP, SHOP_PERSON, House, every, line, no_payee


@pytest.fixture(scope="module")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("settlement") / "empty.db"
    upgrade(sqlite_url(path))
    return path


@pytest.fixture
def house(tmp_path: Path, empty_database: Path) -> Iterator[House]:
    shutil.copyfile(empty_database, tmp_path / "desk.db")
    made = House(tmp_path)
    yield made
    made.close()


def states(house: House) -> dict[str, str]:
    """The state of each party's last statement."""
    return {row.party_id: row.state for row in every(house.store, select(rows).order_by(rows.c.until))}


def orders(house: House) -> list[str]:
    return [row.id for row in every(house.store, select(payment_orders).order_by(payment_orders.c.id))]


def settle(house: House) -> int:
    return settle_accounts(house.store, house.settling)


def test_from_a_period_to_money_in_their_accounts(house: House) -> None:
    house.append(line("e1"), line("e2", net=40_00, fee=0), line("p1", net=5_00, party=POINT))
    house.append(line("a1", net=-7_00, fee=7_00, party=AGENT, kind=LineKind.CHARGE))
    assert close_period(house.store, NAMES, TODAY) == Closed(4, 4, 3, 4)
    assert send_open(house.store, house.settling, TODAY) == 3
    assert settle(house) == 0  # nobody has answered, and the days of silence run

    mine = every(house.store, select(rows).where(rows.c.party_id == SHOP.id))[0]
    house.do(statements.accept, mine.id, by=SHOP_PERSON)
    settle(house)
    assert states(house) == {"S1": "drafted", "P1": "sent", "A1": "sent"}
    house.clock.advance(timedelta(days=8))
    settle(house)
    assert states(house) == {"S1": "drafted", "P1": "drafted", "A1": "carried"}

    bank = PretendBank()
    shop_order, point_order = orders(house)
    assert go(house, bank) == 0  # not by itself
    for order_id in (shop_order, point_order):
        house.sign(order_id)
    assert settle(house) == 2 and states(house)["S1"] == "ordered"
    assert go(house, bank) == 2 and len(bank.tries) == 2
    assert states(house)["S1"] == "ordered"
    day = TODAY + timedelta(days=8)
    deliver(house, debit(130_00, e2e=shop_order, day=day), evidence="file")
    assert settle(house) == 0 or states(house)["S1"] == "ordered"  # a file proves nothing
    deliver(house, debit(130_00, e2e=shop_order, day=day, ref="R1"), debit(5_00, e2e=point_order, day=day, ref="R2"))
    settle(house)
    assert states(house) == {"S1": "paid", "P1": "paid", "A1": "carried"}
    with house.store.reading() as connection:
        assert queries.statement(connection, "test", SHOP_PERSON, mine.id).paid_on == str(day)
        assert queries.balance(connection, "test", SERVICE, SHOP).paid.kopecks == 130_00
        assert journal.verify(connection).ok

    deliver(house, back(house.row(shop_order), original_ref="R1", ref="R3"))
    assert settle(house) == 1
    assert (states(house)["S1"], house.alarms()) == ("payable", ["settlement.bounced"])
    assert settle(house) == 0 and len(orders(house)) == 2  # the next order is a person's decision
    house.do(payouts.draft, house.settling, mine.id, by=ANNA)
    assert states(house)["S1"] == "drafted" and len(orders(house)) == 3
    assert settle(house) == 0


def test_every_round_again_changes_nothing(house: House) -> None:
    house.append(line("e1"), line("o1", party=OTHER))
    for _ in range(2):
        close_period(house.store, NAMES, TODAY)
    for _ in range(2):
        send_open(house.store, house.settling, TODAY)
    house.clock.advance(timedelta(days=8))
    before = [settle(house) > 0, settle(house)]
    assert before == [True, 0]
    assert len(orders(house)) == 2 and len(every(house.store, select(statement_lines))) == 2


def test_closing_tells_how_far_it_is_and_stops_when_asked(house: House) -> None:
    parties = {Party(PartyKind.SHOP, f"S{number:02d}"): f"Магазин {number}" for number in range(9)}
    house.append(*(line(party.id, party=party) for party in parties))
    told: list[tuple[int, int]] = []
    closed = close_period(
        house.store, parties, TODAY, lambda done, of: told.append((done, of)), stopped=lambda: len(told) == 4
    )
    assert (closed, closed.complete) == (Closed(4, 9, 4, 4), False)
    assert told == [(1, 9), (2, 9), (3, 9), (4, 9)]
    again = close_period(house.store, parties, TODAY)
    assert (again, again.complete) == (Closed(9, 9, 9, 9), True)
    numbers = [row.number for row in every(house.store, select(rows).order_by(rows.c.number))]
    assert numbers == list(range(1, 10))


def test_closing_asks_for_the_right(house: House) -> None:
    with pytest.raises(Refused) as caught:
        close_period(house.store, NAMES, TODAY, actor=SHOP_PERSON)
    assert caught.value.code == "authority.missing"


def test_a_party_that_cannot_be_paid_holds_up_no_other_and_is_drafted_once_it_can(house: House) -> None:
    house.append(line("e1"), line("o1", party=OTHER))
    close_period(house.store, NAMES, TODAY)
    send_open(house.store, house.settling, TODAY)
    house.clock.advance(timedelta(days=8))

    good = house.settling.payee_of
    picky = replace(house.settling, payee_of=lambda unit, party: (no_payee if party == SHOP else good)(unit, party))
    for _ in range(3):
        settle_accounts(house.store, picky)
    assert states(house) == {"S1": "payable", "S2": "drafted"}
    assert house.alarms() == ["settlement.not_drafted"]
    settle(house)
    assert (states(house), house.alarms()) == ({"S1": "drafted", "S2": "drafted"}, [])


def test_stopped_between_statements_the_rest_waits(house: House) -> None:
    house.append(line("e1"), line("o1", party=OTHER))
    close_period(house.store, NAMES, TODAY)
    asked = iter([False, True])
    assert send_open(house.store, house.settling, TODAY, stopped=lambda: next(asked)) == 1
    assert sorted(states(house).values()) == ["open", "sent"]
    assert settle_accounts(house.store, house.settling, stopped=lambda: True) == 0


def test_only_orders_that_moved_are_looked_at(house: House) -> None:
    _, order_id = house.drafted()
    assert follow_orders(house.store, house.settling) == 0
    house.sign(order_id)
    assert follow_orders(house.store, house.settling) == 1
    assert follow_orders(house.store, house.settling) == 0
