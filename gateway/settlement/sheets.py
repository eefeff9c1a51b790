"""Rows of Excel sheets.

Texts of other people (numbers, remarks, names) are written as texts whatever they begin with, and marked as such: a
program that opens the file never takes one for a formula.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font
from openpyxl.worksheet._write_only import WriteOnlyWorksheet

from gateway.core.money import Money

_SUMS = "#,##0.00"
_FORMULA_SIGNS = ("=", "+", "-", "@")
_BOLD = Font(bold=True)
Value = str | date | Money | None


def add_row(sheet: WriteOnlyWorksheet, *values: Value, bold: bool = False) -> None:
    """Append a row of cells."""
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
