"""Registry files of several partners' making, written by hand and not by what reads them."""

from __future__ import annotations

import io
import struct
from collections.abc import Sequence
from datetime import date
from typing import Any

from openpyxl import Workbook

ACQUIRER = (
    "Реестр операций № 105 от 18.11.2026\n"
    "Терминал 10012345;;;\n"
    "\n"
    "№ п/п;Номер заказа;Сумма операции;Комиссия\n"
    "1;З-1001;1 500,00;22,50\n"
    '2;"З-1002";2 000,50;30,01\n'
    "Итого;;3 500,50;52,51\n"
    "К перечислению;;3 447,99\n"
)
HEADINGS = ("barcode", "summa", "tarif")


def dbf(names: Sequence[str], records: Sequence[Sequence[str]], *, encoding: str = "cp866", language: int = 0) -> bytes:
    """A dBASE III table of character fields of 30, the second one numeric; a record that begins with "*" is deleted."""
    width = 30
    fields = b"".join(
        name.encode("ascii").ljust(11, b"\0") + (b"N" if at == 1 else b"C") + bytes(4) + bytes([width, 0]) + bytes(14)
        for at, name in enumerate(names)
    )
    start = 32 + len(fields) + 1
    head = struct.pack("<BBBBIHH", 3, 126, 11, 18, len(records), start, 1 + width * len(names)) + bytes(17)
    head += bytes([language]) + bytes(2)
    body = b""
    for cells in records:
        deleted = cells[0].startswith("*")
        texts = [cells[0].removeprefix("*"), *cells[1:]]
        body += b"*" if deleted else b" "
        body += b"".join(
            text.encode(encoding).rjust(width) if at == 1 else text.encode(encoding).ljust(width)
            for at, text in enumerate(texts)
        )
    return head + fields + b"\r" + body + b"\x1a"


def workbook(rows: Sequence[Sequence[Any]], *, title: str = "Лист1", before: str = "") -> bytes:
    """A workbook; with `before`, another, hidden sheet stands first."""
    book = Workbook()
    page = book.active
    assert page is not None
    if before:
        page.title = before
        page.append(("ничего",))
        page.sheet_state = "hidden"
        page = book.create_sheet()
    page.title = title
    for row in rows:
        page.append(tuple(row))
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


MARKETPLACE_ROWS: tuple[tuple[Any, ...], ...] = (
    ("Отчёт о выплате № 77/26",),
    ("Дата выплаты:", date(2026, 11, 18)),
    (),
    ("Заказ", "Артикул", "Цена реализации", "Вознаграждение маркетплейса", "К перечислению"),
    (100201.0, "A-1", 1500.0, -225.0, 1275.0),
    (100202, "B-2", 999.99, -150.0, 849.99),
    ("Итого", None, 2499.99, -375.0, 2124.99),
)

LOAN_XML = """<?xml version="1.0" encoding="windows-1251"?>
<Реестр Номер="17" Дата="2026-11-18">
  <КПеречислению>9950.00</КПеречислению>
  <Заявки>
    <Заявка НомерКредита="70000201"><Сумма>4000.00</Сумма><Клиент><ФИО>Иванов И.</ФИО></Клиент></Заявка>
    <Заявка НомерКредита="70000202"><Сумма>6000.00</Сумма><Клиент><ФИО>Петров П.</ФИО></Клиент></Заявка>
  </Заявки>
</Реестр>
""".encode("cp1251")
