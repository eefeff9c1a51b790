"""A statement of account as an Excel workbook: the statement, the commission act, the claim, each ready for A4."""

from __future__ import annotations

import io
from collections.abc import Sequence

from openpyxl import Workbook
from openpyxl.worksheet._write_only import WriteOnlyWorksheet
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from gateway.core.money import Money
from gateway.settlement.printed import Printed, Side
from gateway.settlement.sheets import add_row

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_KINDS = {
    "loan": "Кредит", "cod": "Наложенный платёж", "premium": "Вознаграждение", "charge": "Услуга",
    "correction": "Исправление",
}  # fmt: skip
_HEADS = ("Дата", "Документ", "Вид", "Поступило", "Комиссия", "в т. ч. НДС", "К перечислению", "Примечание")
_WIDTHS = (12, 24, 18, 15, 15, 13, 16, 40)


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
    add_row(sheet, f"Отчёт № {paper.number} за период {_period(paper)}", bold=True)
    _sides(sheet, paper)
    add_row(sheet, "Перенесено из прошлых отчётов", None, None, None, None, None, paper.opening)
    add_row(sheet)
    add_row(sheet, *_HEADS, bold=True)
    for line in paper.lines:
        kind = _KINDS.get(line.kind, line.kind)
        add_row(sheet, line.on, line.document, kind, line.gross, line.fee, line.vat, line.net, line.note)
    add_row(sheet, "Итого", None, None, paper.turnover, paper.fee, paper.vat, paper.net, bold=True)
    if paper.more:
        add_row(sheet, f"Ещё строк в отчёте: {paper.more}")
    add_row(sheet)
    due = "К перечислению" if paper.net >= Money.zero() else "К оплате контрагентом"
    add_row(sheet, due, None, None, None, None, None, abs(paper.net), bold=True)
    _signatures(sheet, paper)


def _act(sheet: WriteOnlyWorksheet, paper: Printed) -> None:
    add_row(sheet, f"Акт № {paper.number} от {paper.until:%d.%m.%Y} об оказании услуг", bold=True)
    _sides(sheet, paper)
    add_row(sheet)
    add_row(sheet, "№", "Услуга", "Сумма", bold=True)
    add_row(sheet, "1", f"Агентское вознаграждение за период {_period(paper)}", paper.fee)
    add_row(sheet, None, "в том числе НДС" if paper.vat else "НДС не облагается", paper.vat if paper.vat else None)
    add_row(sheet, None, "Всего", paper.fee, bold=True)
    _signatures(sheet, paper)


def _claim(sheet: WriteOnlyWorksheet, paper: Printed) -> None:
    add_row(sheet, f"Требование № {paper.claim} об оплате", bold=True)
    _sides(sheet, paper)
    add_row(sheet)
    add_row(sheet, "Основание", f"Отчёт № {paper.number} за период {_period(paper)}")
    add_row(sheet, "К оплате, руб.", abs(paper.net), bold=True)
    add_row(sheet, "Назначение платежа", f"Оплата по требованию № {paper.claim}")
    _signatures(sheet, paper)


def _sides(sheet: WriteOnlyWorksheet, paper: Printed) -> None:
    add_row(sheet, f"Исполнитель: {_named(paper.company)}")
    add_row(sheet, f"Контрагент: {_named(paper.party)}")


def _signatures(sheet: WriteOnlyWorksheet, paper: Printed) -> None:
    add_row(sheet)
    for name in (paper.company.name, paper.party.name):
        add_row(sheet, f"____________________ / ____________________ / {name}")
        add_row(sheet)


def _period(paper: Printed) -> str:
    return f"{paper.since:%d.%m.%Y} – {paper.until:%d.%m.%Y}"


def _named(side: Side) -> str:
    codes = [f"{code} {value}" for code, value in (("ИНН", side.inn), ("КПП", side.kpp)) if value]
    return ", ".join((side.name, *codes))
