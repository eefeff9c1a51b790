"""The register: known once, never changed, taken back to the kopeck and never further."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import inspect, text
from sqlalchemy.exc import DatabaseError

from gateway.core.errors import Refused
from gateway.core.money import Money
from gateway.settlement import register
from gateway.settlement.model import LineKind
from gateway.settlement.register import _Reversible, _Sums
from tests.payments.outgoing.desk import TODAY
from tests.settlement.house import DAY, OTHER, House, line


def refused(code: str, work: Any, *given_: Any, **more: Any) -> Refused:
    with pytest.raises(Refused) as caught:
        work(*given_, **more)
    assert caught.value.code == code
    assert caught.value.text("ru")
    assert caught.value.hint("en") or code.startswith("state.")
    return caught.value


def sums(row: Any) -> tuple[int, int, int, int]:
    return row.gross, row.fee, row.net, row.vat


def test_the_same_event_again_is_the_same_line(house: House) -> None:
    assert house.append(line("e1")) == house.append(line("e1"))
    assert [sums(row) for row in house.lines()] == [(100_00, 10_00, 90_00, 1_80)]


@pytest.mark.parametrize(
    "change",
    [
        {"net": 40_00},
        {"vat": Money(1)},
        {"party": OTHER},
        {"on": TODAY},
        {"kind": LineKind.PREMIUM},
        {"document": "КД-2"},
        {"subject": "loan_agreement:2"},
        {"payment_id": "P2"},
        {"note": "x"},
    ],
    ids=lambda change: next(iter(change)),
)
def test_the_same_event_with_another_content_is_refused(house: House, change: dict[str, Any]) -> None:
    house.append(line("e1"))
    error = refused("settlement.event_differs", house.append, line("e1", **change))
    assert error.values["event"] == "e1"
    assert len(house.lines()) == 1


def test_a_line_must_add_up() -> None:
    with pytest.raises(ValueError, match="less"):
        line("e1", net=1, fee=1, gross=Money(3))
    with pytest.raises(ValueError, match="source event"):
        line("")


def test_a_reversal_is_written_by_reverse_only(house: House) -> None:
    (line_id,) = house.append(line("e1"))
    with pytest.raises(ValueError, match="reverse"):
        house.append(line("e2", reverses=line_id))


def test_taken_back_whole_nothing_is_left(house: House) -> None:
    (line_id,) = house.append(line("e1"))
    back = house.do(register.reverse, line_id, "r1", TODAY, note="возврат товара")
    row = house.lines()[-1]
    assert (row.id, row.reverses, row.note, row.kind, row.on) == (back, line_id, "возврат товара", "loan", str(TODAY))
    assert sums(row) == (-100_00, -10_00, -90_00, -1_80)
    assert house.do(register.left_of, line_id) == Money.zero()
    error = refused("settlement.share_wrong", house.do, register.reverse, line_id, "r2", TODAY)
    assert error.values["left"] == "0.00"


def test_taken_back_again_by_the_same_event_is_the_same_line(house: House) -> None:
    (line_id,) = house.append(line("e1"))
    first = house.do(register.reverse, line_id, "r1", TODAY, Money(30_00))
    second = house.do(register.reverse, line_id, "r2", TODAY)
    assert house.do(register.reverse, line_id, "r1", TODAY, Money(30_00)) == first
    assert house.do(register.reverse, line_id, "r2", TODAY) == second
    assert len(house.lines()) == 3
    refused("settlement.event_differs", house.do, register.reverse, line_id, "r1", TODAY, Money(31_00))
    refused("settlement.event_differs", house.do, register.reverse, line_id, "r1", TODAY)
    refused("settlement.event_differs", house.do, register.reverse, line_id, "r1", DAY, Money(30_00))


@pytest.mark.parametrize("share", [0, -1, 100_01])
def test_a_share_that_is_none_is_refused(house: House, share: int) -> None:
    (line_id,) = house.append(line("e1"))
    refused("settlement.share_wrong", house.do, register.reverse, line_id, "r1", TODAY, Money(share))


def test_a_reversal_is_not_taken_back(house: House) -> None:
    (line_id,) = house.append(line("e1"))
    back = house.do(register.reverse, line_id, "r1", TODAY)
    refused("settlement.reverses_reversal", house.do, register.reverse, back, "r2", TODAY)
    refused("settlement.line_unknown", house.do, register.reverse, "none", "r3", TODAY)


def test_a_bare_charge_is_taken_back_by_its_fee(house: House) -> None:
    (line_id,) = house.append(line("e1", net=-15_00, fee=15_00, kind=LineKind.CHARGE))
    house.do(register.reverse, line_id, "r1", TODAY, Money(5_00))
    assert sums(house.lines()[-1]) == (0, -5_00, 5_00, -90)
    assert house.do(register.left_of, line_id) == Money(10_00)


def test_another_company_does_not_know_the_line(house: House) -> None:
    (line_id,) = house.append(line("e1"))
    house.store.company = "another"
    refused("settlement.line_unknown", house.do, register.reverse, line_id, "r1", TODAY)
    assert house.append(line("e1")) != [line_id]


kopecks = st.integers(-(10**9), 10**9)


@given(gross=kopecks, fee=kopecks, vat=kopecks, cuts=st.lists(st.integers(1, 10**6), max_size=30))
def test_parts_of_whatever_number_add_up_to_the_line(gross: int, fee: int, vat: int, cuts: list[int]) -> None:
    whole, taken = _Sums(gross, fee, vat), _Sums(0, 0, 0)
    if not (gross or fee):
        return
    for cut in [*cuts, None]:
        stood = _Reversible(whole, taken)
        assert stood.left >= 0
        share = stood.left if cut is None else min(cut, stood.left)
        if share == 0:
            break
        part = stood.part(share)
        # a part never has another sign than the line
        for name in ("gross", "fee", "vat"):
            assert getattr(part, name) * getattr(whole, name) >= 0
        taken = _Sums(taken.gross + part.gross, taken.fee + part.fee, taken.vat + part.vat)
    assert taken == whole


# Each table with a column to change, and the keys a row may be replaced by.
TABLES = {
    "settlement_lines": ("note", ["id", "source_event"]),
    "settlement_statement_lines": ("statement_id", ["line_id"]),
    "settlement_events": ("note", ["seq", "id"]),
}


@pytest.mark.parametrize("table", TABLES)
def test_what_is_written_stays_as_it_is(house: House, table: str) -> None:
    house.append(line("e1"))
    house.opened()
    never_changed(house, table)


def never_changed(house: House, table: str) -> None:
    column, keys = TABLES[table]
    attempts = [f"UPDATE {table} SET {column} = 'x'", f"DELETE FROM {table}"]
    if house.store.is_sqlite:
        attempts += [_replacing(house, table, key, keys) for key in keys]
    for attempt in attempts:
        with pytest.raises(DatabaseError, match="append-only"), house.store.unit() as unit:
            unit.connection.execute(text(attempt))
            unit.commit()


def _replacing(house: House, table: str, key: str, keys: Sequence[str]) -> str:
    """Every row written again under other keys but for one of them."""
    with house.store.reading() as connection:
        columns = [column["name"] for column in inspect(connection).get_columns(table)]
    other = {one: "NULL" if one == "seq" else f"{one} || '+'" for one in keys if one != key}
    chosen = ", ".join(other.get(name, f'"{name}"') for name in columns)
    return f"INSERT OR REPLACE INTO {table} SELECT {chosen} FROM {table} WHERE true"


def test_every_line_is_in_the_journal(house: House) -> None:
    (line_id,) = house.append(line("e1", on=DAY - timedelta(days=1)))
    with house.store.reading() as connection:
        rows = connection.execute(
            text("SELECT kind, body FROM journal WHERE subject = :s"), {"s": f"settlement_line:{line_id}"}
        )
        ((kind, body),) = rows.all()
    assert kind == "settlement_line.appended" and '"net":9000' in body
