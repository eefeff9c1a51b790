"""Files of every kind become the same rows; what is no table is refused by name."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable

import pytest

from gateway.core.errors import Refused
from gateway.payments.registries.read import Limits, Row, read_rows
from tests.payments.registries.files import ACQUIRER, LOAN_XML, MARKETPLACE_ROWS, dbf, workbook


def rows(data: bytes, **how: str) -> list[Row]:
    return list(read_rows(data, **how))


def cells(data: bytes, **how: str) -> list[tuple[str, ...]]:
    return [row.cells for row in rows(data, **how)]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1251", "cp866", "koi8-r", "utf-16", "utf-16-le"])
def test_text_is_read_in_any_russian_encoding(encoding: str) -> None:
    text = ACQUIRER if encoding not in ("cp866", "koi8-r", "cp1251") else ACQUIRER.replace("№", "N")
    found = rows(text.encode(encoding))
    assert [row.number for row in found] == [1, 2, 4, 5, 6, 7, 8]
    assert found[2].cells[1:] == ("Номер заказа", "Сумма операции", "Комиссия")
    assert found[4].cells == ("2", "З-1002", "2 000,50", "30,01")


@pytest.mark.parametrize("delimiter", [";", "\t", "|", ","])
def test_the_delimiter_is_the_one_that_cuts_evenly(delimiter: str) -> None:
    table = [("Заказ", "Сумма, руб.", "Товар"), ("1001", "1500,50", "рама, белая"), ("1002", "20,00", "паспарту")]
    text = "\r\n".join(delimiter.join(f'"{cell}"' if delimiter == "," else cell for cell in row) for row in table)
    assert cells(text.encode("cp1251")) == table


def test_a_record_over_several_lines_is_numbered_by_its_first() -> None:
    found = rows('заказ;сумма\n1;"10\n00"\n2;20\n'.encode())
    assert [(row.number, row.cells) for row in found] == [
        (1, ("заказ", "сумма")),
        (2, ("1", "10 00")),
        (4, ("2", "20")),
    ]


def test_a_sheet_gives_numbers_and_days_as_text() -> None:
    found = rows(workbook(MARKETPLACE_ROWS, before="Скрытый"))
    assert [row.number for row in found] == [1, 2, 4, 5, 6, 7]
    assert found[1].cells == ("Дата выплаты:", "2026-11-18")
    assert found[3].cells == ("100201", "A-1", "1500", "-225", "1275")
    assert found[4].cells[2] == "999.99"


def test_a_sheet_can_be_named_and_a_wrong_name_is_told_with_the_right_ones() -> None:
    book = workbook(MARKETPLACE_ROWS, title="Выплата", before="Справка")
    assert cells(book, sheet="Справка") == [("ничего",)]
    with pytest.raises(Refused) as refused:
        rows(book, sheet="Нет")
    assert refused.value.code == "registry.sheet_missing" and "Выплата" in refused.value.text("ru")


@pytest.mark.parametrize(("encoding", "language"), [("cp866", 0), ("cp866", 0x65), ("cp1251", 0), ("cp1251", 0xC9)])
def test_a_dbase_table_is_read_without_its_deleted_records(encoding: str, language: int) -> None:
    records = [("14102192069353", "1500.00", "Самара почтамт"), ("*2", "1.00", "снято"), ("3", "20.50", "Тверь")]
    table = dbf(("SHPI", "SUMMA", "OPS"), records, encoding=encoding, language=language)
    assert rows(table) == [
        Row(0, ("SHPI", "SUMMA", "OPS")),
        Row(1, ("14102192069353", "1500.00", "Самара почтамт")),
        Row(3, ("3", "20.50", "Тверь")),
    ]


def test_elements_of_an_xml_are_rows_and_what_stands_around_them_is_heading() -> None:
    found = rows(LOAN_XML)
    head = next(at for at, row in enumerate(found) if row.number == 0)
    assert {row.cells for row in found[:head]} == {
        ("Номер", "17"),
        ("Дата", "2026-11-18"),
        ("КПеречислению", "9950.00"),
    }
    assert found[head].cells == ("НомерКредита", "Сумма", "Клиент/ФИО")
    assert [row.cells for row in found[head + 1 :]] == [
        ("70000201", "4000.00", "Иванов И."),
        ("70000202", "6000.00", "Петров П."),
    ]
    assert found[head + 2].number == 6
    assert cells(LOAN_XML, element="Клиент")[-1] == ("Петров П.",)


def _bomb() -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * 300_000_000)
    return stream.getvalue()


def _with_doctype() -> bytes:
    source, stream = io.BytesIO(workbook(MARKETPLACE_ROWS)), io.BytesIO()
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(stream, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            if name.endswith("sheet1.xml"):
                content = b'<!DOCTYPE x [<!ENTITY a "aaaa">]>' + content
            new.writestr(name, content)
    return stream.getvalue()


_ENTITY = (
    b'<?xml version="1.0"?><!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]><r><l a="1"/><l a="2">&x;</l></r>'
)


@pytest.mark.parametrize(
    ("make", "code"),
    [
        (lambda: b"", "registry.file_empty"),
        (lambda: b"\0" * 100, "registry.file_empty"),
        (lambda: b"\xd0\xcf\x11\xe0" + bytes(600), "registry.old_workbook"),
        (lambda: b"PK\x03\x04" + bytes(600), "registry.workbook_broken"),
        (lambda: workbook(MARKETPLACE_ROWS)[:-900], "registry.workbook_broken"),
        (_bomb, "registry.workbook_too_large"),
        (_with_doctype, "registry.workbook_broken"),
        (lambda: LOAN_XML[:-60], "registry.xml_broken"),
        (lambda: _ENTITY, "registry.xml_broken"),
        (lambda: b"<r>text</r>", "registry.element_missing"),
        (lambda: dbf(("A", "B"), [("1", "2"), ("3", "4")])[:-20], "registry.dbf_broken"),
        (lambda: "заказ;сумма\n1;2\x00\n".encode(), "registry.text_unreadable"),
    ],
)
def test_what_is_no_table_is_refused_by_name(make: Callable[[], bytes], code: str) -> None:
    with pytest.raises(Refused) as refused:
        rows(make())
    assert refused.value.code == code
    assert refused.value.text("ru") and refused.value.text("en")


def test_files_have_a_largest_size() -> None:
    text = "заказ;сумма\n" + "1;2\n" * 50
    limits = Limits(file_bytes=10_000, rows=20, columns=3)
    for data, code in (
        (text.encode(), "registry.too_many_rows"),
        (b"a" * 10_001, "registry.file_too_large"),
        (b"1;2;3;4\n" * 3, "registry.too_many_columns"),
    ):
        with pytest.raises(Refused) as refused:
            list(read_rows(data, limits))
        assert refused.value.code == code


def test_rows_come_one_by_one() -> None:
    walk = read_rows(("заказ;сумма\n" + "1;2\n" * 300_000).encode())
    assert next(walk).cells == ("заказ", "сумма")  # far below the limit that the whole file would break


def test_a_row_that_gives_itself_a_huge_number_keeps_nobody_busy() -> None:
    packed = io.BytesIO(workbook([["a", "b"]]))
    with zipfile.ZipFile(packed) as book:
        members = {name: book.read(name) for name in book.namelist()}
    far = members["xl/worksheets/sheet1.xml"].replace(b'<row r="1"', b'<row r="99999999999"')
    assert far != members["xl/worksheets/sheet1.xml"]
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as book:
        for name, content in {**members, "xl/worksheets/sheet1.xml": far}.items():
            book.writestr(name, content)
    with pytest.raises(Refused) as refused:
        list(read_rows(made.getvalue(), Limits(rows=1000)))
    assert refused.value.code == "registry.too_many_rows"
