"""A statement of account as an Excel workbook: the statement, the commission act, the claim, each ready for A4.

Texts of other people (numbers, remarks, names) are written as texts whatever they begin with, and marked as such: a
program that opens the file never takes one for a formula.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font
from openpyxl.worksheet._write_only import WriteOnlyWorksheet
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from gateway.core.money import Money
from gateway.settlement.printed import Printed, Side

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_KINDS = {
    "loan": "Кредит", "cod": "Наложенный платёж", "premium": "Вознаграждение", "charge": "Услуга",
    "correction": "Исправление",
}  # fmt: skip
_HEADS = ("Дата", "Документ", "Вид", "Поступило", "Комиссия", "в т. ч. НДС", "К перечислению", "Примечание")
_WIDTHS = (12, 24, 18, 15, 15, 13, 16, 40)
_SUMS = "#,##0.00"
_FORMULA_SIGNS = ("=", "+", "-", "@")
_BOLD = Font(bold=True)
Value = str | date | Money | None


def workbook(paper: Printed) -> bytes:
    """The file, .xlsx."""
    book = Workbook(write_only=True)
    _statement(_sheet(book, "Отчёт", _WIDTHS, landscape=True), paper)
    if paper.fee:
        _act(_sheet(book, "Акт", (6, 60, 18)), paper)
    if paper.claim:
        _claim(_sheet(book, "Требование", (30, 60)), paper)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def _sheet(book: Workbook, title: str, widths: Sequence[int], *, landscape: bool = False) -> WriteOnlyWorksheet:
    sheet = book.create_sheet(title)
    for letter, width in zip("ABCDEFGH", widths, strict=False):
        sheet.column_dimensions[letter].width = width
    sheet.page_setup.paperSize = Worksheet.PAPERSIZE_A4
    sheet.page_setup.orientation = "landscape" if landscape else "portrait"
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    return sheet


def _statement(sheet: WriteOnlyWorksheet, paper: Printed) -> None:
    sheet.print_title_rows = "6:6"  # the heads of the columns, on every page
    _row(sheet, f"Отчёт № {paper.number} за период {_period(paper)}", bold=True)
    _sides(sheet, paper)
    _row(sheet, "Перенесено из прошлых отчётов", None, None, None, None, None, paper.opening)
    _row(sheet)
    _row(sheet, *_HEADS, bold=True)
    for line in paper.lines:
        kind = _KINDS.get(line.kind, line.kind)
        _row(sheet, line.on, line.document, kind, line.gross, line.fee, line.vat, line.net, line.note)
    _row(sheet, "Итого", None, None, paper.turnover, paper.fee, paper.vat, paper.net, bold=True)
    if paper.more:
        _row(sheet, f"Ещё строк в отчёте: {paper.more}")
    _row(sheet)
    due = "К перечислению" if paper.net >= Money.zero() else "К оплате контрагентом"
    _row(sheet, due, None, None, None, None, None, abs(paper.net), bold=True)
    _signatures(sheet, paper)


def _act(sheet: WriteOnlyWorksheet, paper: Printed) -> None:
    _row(sheet, f"Акт № {paper.number} от {paper.until:%d.%m.%Y} об оказании услуг", bold=True)
    _sides(sheet, paper)
    _row(sheet)
    _row(sheet, "№", "Услуга", "Сумма", bold=True)
    _row(sheet, "1", f"Агентское вознаграждение за период {_period(paper)}", paper.fee)
    _row(sheet, None, "в том числе НДС" if paper.vat else "НДС не облагается", paper.vat if paper.vat else None)
    _row(sheet, None, "Всего", paper.fee, bold=True)
    _signatures(sheet, paper)


def _claim(sheet: WriteOnlyWorksheet, paper: Printed) -> None:
    _row(sheet, f"Требование № {paper.claim} об оплате", bold=True)
    _sides(sheet, paper)
    _row(sheet)
    _row(sheet, "Основание", f"Отчёт № {paper.number} за период {_period(paper)}")
    _row(sheet, "К оплате, руб.", abs(paper.net), bold=True)
    _row(sheet, "Назначение платежа", f"Оплата по требованию № {paper.claim}")
    _signatures(sheet, paper)


def _sides(sheet: WriteOnlyWorksheet, paper: Printed) -> None:
    _row(sheet, f"Исполнитель: {_named(paper.company)}")
    _row(sheet, f"Контрагент: {_named(paper.party)}")


def _signatures(sheet: WriteOnlyWorksheet, paper: Printed) -> None:
    _row(sheet)
    for name in (paper.company.name, paper.party.name):
        _row(sheet, f"____________________ / ____________________ / {name}")
        _row(sheet)


def _period(paper: Printed) -> str:
    return f"{paper.since:%d.%m.%Y} – {paper.until:%d.%m.%Y}"


def _named(side: Side) -> str:
    codes = [f"{code} {value}" for code, value in (("ИНН", side.inn), ("КПП", side.kpp)) if value]
    return ", ".join((side.name, *codes))


def _row(sheet: WriteOnlyWorksheet, *values: Value, bold: bool = False) -> None:
    sheet.append([_cell(sheet, value, bold=bold) for value in values])


def _cell(sheet: WriteOnlyWorksheet, value: Value, *, bold: bool) -> WriteOnlyCell | None:
    if value is None:
        return None
    if isinstance(value, Money):
        cell = WriteOnlyCell(sheet, value=Decimal(value.kopecks) / 100)
        cell.number_format = _SUMS
    elif isinstance(value, str):
        cell = WriteOnlyCell(sheet, value=ILLEGAL_CHARACTERS_RE.sub("", value))
        cell.data_type = "s"
        cell.quotePrefix = value.startswith(_FORMULA_SIGNS)
    else:
        cell = WriteOnlyCell(sheet, value=value)
        cell.number_format = "DD.MM.YYYY"
    if bold:
        cell.font = _BOLD
    return cell
