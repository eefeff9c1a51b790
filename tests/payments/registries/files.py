"""Registry files of several partners' making, written by hand and not by what reads them."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Callable, Sequence
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


_SHARED = "application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def changed(book: bytes, **members: Callable[[bytes], bytes]) -> bytes:
    """The workbook with members changed; each is named by its file name without the ending."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(book)) as old, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            change = members.get(name.rpartition("/")[2].partition(".")[0])
            new.writestr(name, change(old.read(name)) if change else old.read(name))
    return stream.getvalue()


def with_texts(texts: bytes, *, member: str = "xl/sharedStrings.xml") -> bytes:
    """A workbook of one cell, the first text of a table of texts; `texts` are its <si> elements."""

    def told(content: bytes) -> bytes:
        override = f'<Override PartName="/{member}" ContentType="{_SHARED}"/></Types>'
        return content.replace(b"</Types>", override.encode())

    def asked(content: bytes) -> bytes:
        start, end = content.index(b"<sheetData>"), content.index(b"</sheetData>")
        cell = b'<sheetData><row r="1"><c r="A1" t="s"><v>0</v></c></row>'
        return content[:start] + cell + content[end:]

    stream = io.BytesIO(changed(workbook([["a"]]), **{"[Content_Types]": told, "sheet1": asked}))
    with zipfile.ZipFile(stream, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(member, f'<sst xmlns="{_MAIN}">'.encode() + texts + b"</sst>")
    return stream.getvalue()
