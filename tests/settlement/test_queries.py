"""Lists by key, in any sort, without losing or repeating a row; balances that agree with the register."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event

from gateway.core.authority import SERVICE
from gateway.core.money import Money
from gateway.settlement import payouts, queries, statements
from gateway.settlement.model import LineKind, Party, PartyKind
from tests.payments.outgoing.desk import TODAY
from tests.settlement.house import DAY, OTHER, SHOP, House, line


@pytest.fixture
def many(house: House) -> House:
    """Statements of twelve parties, some of them sent, with equal sums among them."""
    for number in range(12):
        party = Party(PartyKind.SHOP, f"S{number:02d}")
        house.append(line(f"e{number}", net=100 * (number % 5), fee=7, party=party))
        name = f"Магазин {('Ёж', 'Бор', 'Вид')[number % 3]} {number}"
        statement_id = house.do(statements.open_period, party, name, TODAY - timedelta(days=number % 2))
        if number % 3 == 0:
            house.do(statements.send, statement_id)
    return house


def ask(house: House, query: Any, *given: Any, **more: Any) -> Any:
    with house.store.reading() as connection:
        return query(connection, house.store.company, SERVICE, *given, **more)


@pytest.mark.parametrize("sort", [sign + name for name in queries.SORTS for sign in ("", "-")])
def test_a_walk_in_slices_meets_every_statement_once_and_in_order(many: House, sort: str) -> None:
    whole = ask(many, queries.statement_page, sort=sort)
    assert len(whole.rows) == 12 and whole.after is None
    keys = [row._mapping[queries.SORTS[sort.strip("-")]] for row in whole.rows]
    assert keys == sorted(keys, reverse=sort.startswith("-"))
    walked, after = [], None
    while True:
        page = ask(many, queries.statement_page, sort=sort, after=after, limit=5)
        walked += page.rows
        if (after := page.after) is None:
            break
    assert walked == list(whole.rows)


def test_groups_parties_and_words_narrow_the_list_and_the_counts_agree(many: House) -> None:
    assert ask(many, queries.statement_counts)["sent"] == 4
    for group, count in ask(many, queries.statement_counts).items():
        assert len(ask(many, queries.statement_page, group=group).rows) == count
    assert ask(many, queries.statement_counts, q="магазин еж")["all"] == 4
    assert len(ask(many, queries.statement_page, q="ЁЖ магазин", group="sent").rows) == 4
    assert len(ask(many, queries.statement_page, q="нет_такого%").rows) == 0
    party = Party(PartyKind.SHOP, "S03")
    assert [row.party_id for row in ask(many, queries.statement_page, party=party).rows] == ["S03"]
    assert ask(many, queries.statement_counts, party=party)["all"] == 1


def test_every_state_is_in_one_group(many: House) -> None:
    counts = ask(many, queries.statement_counts)
    assert sum(counts.values()) == 2 * counts["all"]


def test_lines_come_in_the_order_they_were_written(house: House) -> None:
    ids = house.append(*(line(f"e{number}", on=DAY - timedelta(days=number)) for number in range(7)))
    statement_id = house.opened()
    first = ask(house, queries.line_page, statement_id, limit=4)
    rest = ask(house, queries.line_page, statement_id, after=first.after[1], limit=4)
    assert [row.id for row in (*first.rows, *rest.rows)] == ids and rest.after is None


def test_balances_agree_with_the_register_through_carrying_and_paying(house: House) -> None:
    house.append(line("e1", net=-30_00, fee=30_00, kind=LineKind.CHARGE))
    statement_id = house.opened(until=DAY)
    house.do(statements.send, statement_id)
    house.do(statements.accept, statement_id)
    house.do(statements.settle, statement_id)
    assert kopecks(house) == (-30_00, -30_00, 0, 0)
    house.append(line("e2", net=100_00, on=TODAY))
    second = house.opened()
    assert kopecks(house) == (70_00, 0, 70_00, 0)
    house.do(statements.send, second)
    house.do(statements.accept, second)
    house.do(statements.settle, second)
    order_id = house.do(payouts.draft, house.settling, second)
    house.execute(order_id)
    house.follow(second)
    assert kopecks(house) == (0, 0, 0, 70_00)
    house.append(line("e3", party=OTHER))
    everybody = ask(house, queries.balance_page)
    assert [one.party for one in everybody] == [SHOP, OTHER]
    assert [one.party for one in ask(house, queries.balance_page, after=SHOP)] == [OTHER]
    assert ask(house, queries.balance_page, limit=1) == everybody[:1]
    assert [one.source_event for one in ask(house, queries.waiting_lines, OTHER).rows] == ["e3"]
    assert ask(house, queries.waiting_lines, SHOP).rows == []


def kopecks(house: House) -> tuple[int, ...]:
    balance = ask(house, queries.balance, SHOP)
    assert balance.owed == balance.waiting + balance.stated
    return tuple(sum_.kopecks for sum_ in (balance.owed, balance.waiting, balance.stated, balance.paid))


def test_a_party_without_a_line_owes_and_is_owed_nothing(house: House) -> None:
    assert ask(house, queries.balance, SHOP).owed == Money.zero()


def test_the_day_the_bank_booked_it_is_told(house: House) -> None:
    house.append(line("e1"))
    assert ask(house, queries.statement, house.opened()).paid_on is None


@pytest.mark.parametrize("sort", list(queries.SORTS))
def test_no_list_is_sorted_without_its_index(many: House, sort: str) -> None:
    seen: list[str] = []

    def watch(connection: Any, cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        if statement.startswith("SELECT settlement_statements"):
            plan = cursor.connection.execute(f"EXPLAIN QUERY PLAN {statement}", parameters).fetchall()
            seen.extend(row[3] for row in plan)

    engine = many.store._reader
    event.listen(engine, "before_cursor_execute", watch)
    ask(many, queries.statement_page, sort=sort, limit=5)
    event.remove(engine, "before_cursor_execute", watch)
    assert seen and not [step for step in seen if "TEMP B-TREE FOR ORDER" in step.upper()], seen
