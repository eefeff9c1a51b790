"""The registry of a lump sum as a carrier sends it: a title, a table, a row of totals; as CSV and as a workbook."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from openpyxl import Workbook

from gateway.core.money import Money, total

_HEADINGS = ("№ п/п", "ШПИ", "Дата вручения", "Сумма наложенного платежа", "Плата за перевод", "К перечислению")
_TOTAL = "Итого"


@dataclass(frozen=True, slots=True)
class Line:
    """One parcel's money.

    Attributes:
        amount: what the buyer paid. fee: what the carrier keeps of it.
        collected: the day, Moscow's.
    """

    track: str
    amount: Money
    fee: Money
    collected: date


def title(number: int, day: date) -> str:
    """The first row, by which number and date are known."""
    return f"Реестр наложенных платежей № {number} от {day:%d.%m.%Y}"


def csv(head: str, lines: Sequence[Line]) -> bytes:
    """In Windows-1251 with semicolons and decimal commas, as Russian spreadsheets write it."""
    rows = [[head], list(_HEADINGS)]
    for place, line in enumerate(lines, start=1):
        rows.append([str(place), line.track, f"{line.collected:%d.%m.%Y}", *map(_comma, _sums(line))])
    rows.append([_TOTAL, "", "", *map(_comma, _totals(lines))])
    return "".join(";".join(row) + "\r\n" for row in rows).encode("cp1251")


def xlsx(head: str, lines: Sequence[Line]) -> bytes:
    """The same as a workbook; numbers of parcels are texts, sums are numbers."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Реестр")
    sheet.append([head])
    sheet.append(_HEADINGS)
    for place, line in enumerate(lines, start=1):
        sheet.append([place, line.track, f"{line.collected:%d.%m.%Y}", *map(_number, _sums(line))])
    sheet.append([_TOTAL, None, None, *map(_number, _totals(lines))])
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def _sums(line: Line) -> tuple[Money, Money, Money]:
    return line.amount, line.fee, line.amount - line.fee


def _totals(lines: Sequence[Line]) -> tuple[Money, Money, Money]:
    gross, fee = total([line.amount for line in lines]), total([line.fee for line in lines])
    return gross, fee, gross - fee


def _comma(amount: Money) -> str:
    return amount.decimal_text().replace(".", ",")


def _number(amount: Money) -> Decimal:
    return Decimal(amount.decimal_text())
