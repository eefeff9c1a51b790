"""The Excel workbook of a statement: sheets, sums that add up, and texts that stay texts."""

from __future__ import annotations

import io
from datetime import date
from typing import Any

from openpyxl import load_workbook

from gateway.core.authority import SERVICE
from gateway.core.money import Money
from gateway.settlement import statements
from gateway.settlement.model import LineKind
from gateway.settlement.printed import Side, printed
from gateway.settlement.workbook import workbook
from tests.settlement.house import DAY, TODAY, House, line

OURS = Side("ООО «Светорама»", "7701234560", "770101001")


def book(house: House, statement_id: str, limit: int = 100) -> Any:
    with house.store.reading() as connection:
        found = printed(connection, house.store.company, SERVICE, statement_id, OURS, Side("=HYPERLINK(1)"), limit)
    return load_workbook(io.BytesIO(workbook(found)))


def rows(sheet: Any) -> dict[str, tuple[Any, ...]]:
    return {str(row[0]): row for row in sheet.iter_rows(values_only=True) if row and row[0] is not None}


def test_opening_and_lines_add_up_to_the_total_and_the_act_has_the_fee(house: House) -> None:
    house.append(line("old", net=-50_00, fee=0))
    first = house.opened(until=DAY)
    for step in (statements.send, statements.accept, statements.carry):
        house.do(step, first)
    house.append(line("e1", on=TODAY), line("e2", net=45_50, fee=4_50, on=TODAY))
    made = book(house, house.opened())
    assert made.sheetnames == ["Отчёт", "Акт"]
    found = rows(made["Отчёт"])
    assert found["Перенесено из прошлых отчётов"][6] == -50
    assert found["Итого"][3:7] == (150, 14.5, 2.61, 85.5)
    assert found["К перечислению"][6] == 85.5
    assert [row[0].date() for row in made["Отчёт"].iter_rows(min_row=7, max_row=8, values_only=True)] == [TODAY, TODAY]
    assert [row[2] for row in made["Акт"].iter_rows(values_only=True) if row[1] == "Всего"] == [14.5]
    assert any(OURS.inn in str(key) for key in found)


def test_a_text_is_never_a_formula_and_no_control_sign_breaks_the_file(house: House) -> None:
    evil = "=cmd|'/C calc'!A0"
    house.append(line("e1", document=evil, note="+1\x07"))
    made = book(house, house.opened())
    cells = [cell for row in made["Отчёт"].iter_rows() for cell in row if isinstance(cell.value, str)]
    assert {cell.data_type for cell in cells} == {"s"}
    assert [cell.quotePrefix for cell in cells if cell.value == evil] == [True]
    assert "+1" in [cell.value for cell in cells]


def test_a_statement_below_zero_says_who_pays_and_what_does_not_fit_is_counted(house: House) -> None:
    house.append(*(line(f"c{n}", net=-10_00, fee=10_00, kind=LineKind.CHARGE) for n in range(3)))
    made = book(house, house.opened(), limit=1)
    found = rows(made["Отчёт"])
    assert found["К оплате контрагентом"][6] == 30 and "Ещё строк в отчёте: 2" in found


def test_what_is_printed_keeps_the_turnover_apart_from_what_was_carried(house: House) -> None:
    house.append(line("e1", on=date(2026, 11, 20)))
    with house.store.reading() as connection:
        paper = printed(connection, house.store.company, SERVICE, house.opened(), OURS, Side("x"))
    assert (paper.opening, paper.turnover, paper.claim) == (Money.zero(), Money(100_00), "")
