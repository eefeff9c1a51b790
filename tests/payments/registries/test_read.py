"""Files of every kind become the same rows; what is no table is refused by name."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable

import pytest
from lxml import etree

from gateway.core.errors import Refused
from gateway.payments.registries.read import Limits, Row, read_rows
from gateway.payments.registries.read import workbook as workbook_reader
from tests.payments.registries.files import (
    ACQUIRER,
    LOAN_XML,
    MARKETPLACE_ROWS,
    changed,
    dbf,
    with_texts,
    workbook,
)


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


def _with_doctype(before: bytes = b"") -> bytes:
    declared = before + b'<!DOCTYPE x [<!ENTITY a "aaaa">]>'
    return changed(workbook(MARKETPLACE_ROWS), sheet1=lambda content: declared + content)


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
        (lambda: _with_doctype(b"<!--" + b" " * 3_000_000 + b"-->"), "registry.workbook_broken"),
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
    far = changed(workbook([["a", "b"]]), sheet1=lambda c: c.replace(b'<row r="1"', b'<row r="99999999999"'))
    with pytest.raises(Refused) as refused:
        list(read_rows(far, Limits(rows=1000)))
    assert refused.value.code == "registry.too_many_rows"


TIGHT = Limits(members=12, elements=2_000, held_elements=400, unpacked_bytes=200_000)


def _row_of(cells: int) -> bytes:
    """A workbook with a row of so many empty cells below its table."""
    row = b"<row>" + b"<c/>" * cells + b"</row></sheetData>"
    return changed(workbook([["a", "b"]]), sheet1=lambda content: content.replace(b"</sheetData>", row))


def _rows_of(cells: int, rows: int, *, prefix: str = "", encoding: str = "utf-8") -> bytes:
    one = f"<{prefix}row>" + f"<{prefix}c/>" * cells + f"</{prefix}row>"
    name = f" xmlns:{prefix.rstrip(':')}" if prefix else " xmlns"
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    sheet = (
        f'<?xml version="1.0" encoding="{encoding}"?><{prefix}worksheet{name}="{main}"><{prefix}sheetData>'
        f"{one * rows}</{prefix}sheetData></{prefix}worksheet>"
    )
    return changed(workbook([["a"]]), sheet1=lambda _: sheet.encode(encoding))


def _many_members() -> bytes:
    stream = io.BytesIO(workbook([["a"]]))
    with zipfile.ZipFile(stream, "a") as archive:
        for number in range(20):
            archive.writestr(f"xl/media/{number}.png", b"")
    return stream.getvalue()


@pytest.mark.parametrize(
    ("make", "code"),
    [
        (lambda: with_texts(b"<si><t>1</t></si>" * 300), "registry.workbook_crowded"),
        (lambda: with_texts(b"<si/>" * 500), "registry.workbook_crowded"),
        (lambda: with_texts(b"<si/>" * 500, member="xl/worksheets/table.bin"), "registry.workbook_crowded"),
        (lambda: with_texts("т".encode() * 150_000), "registry.workbook_too_large"),
        (lambda: _row_of(500), "registry.workbook_crowded"),
        (lambda: _rows_of(100, 30), "registry.too_many_cells"),
        (lambda: _rows_of(100, 30, prefix="x:"), "registry.too_many_cells"),
        (lambda: _rows_of(500, 1, prefix="x:", encoding="utf-16"), "registry.workbook_crowded"),
        (_many_members, "registry.workbook_broken"),
        (lambda: b"<r>" + b"<a/>" * 400 + b"</r>", "registry.xml_crowded"),
        (lambda: ("<r>" + "<a/>" * 400 + "</r>").encode("utf-16"), "registry.xml_crowded"),
    ],
)
def test_what_would_fill_the_memory_is_refused_before_it_is_opened(
    make: Callable[[], bytes], code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def opened(*_: object, **__: object) -> None:
        raise AssertionError("opened")

    data = make()
    monkeypatch.setattr(workbook_reader, "load_workbook", opened)
    monkeypatch.setattr(etree, "iterparse", opened)
    with pytest.raises(Refused) as refused:
        list(read_rows(data, TIGHT))
    assert refused.value.code == code
    assert all(refused.value.hint(language) for language in ("ru", "en"))


def test_what_is_just_small_enough_is_read() -> None:
    assert list(read_rows(with_texts(b"<si><t>1</t></si>" * 190), TIGHT)) == [Row(1, ("1",))]
    assert list(read_rows(_row_of(150), TIGHT)) == [Row(1, ("a", "b"))]
    assert list(read_rows(_rows_of(100, 15, prefix="x:"), TIGHT)) == []
    assert len(list(read_rows(b"<r>" + b'<a n="1"/>' * 390 + b"</r>", TIGHT))) == 391


def test_tags_are_counted_alike_wherever_the_portions_are_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    data = _rows_of(3, 5, prefix="x:")
    for size in (1, 2, 3, 5, 7, 11, 64):
        monkeypatch.setattr(workbook_reader, "_CHUNK", size)
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            member = archive.getinfo("xl/worksheets/sheet1.xml")
            counted = workbook_reader._elements(archive, member, Limits(held_elements=7))
        assert counted == 1 + 2 + 5 * 4


@pytest.mark.parametrize(
    ("fields", "records", "code"), [(300, 1, "registry.too_many_columns"), (2, 500, "registry.too_many_rows")]
)
def test_a_dbase_table_of_nameless_fields_and_blank_records_keeps_nobody_busy(
    fields: int, records: int, code: str
) -> None:
    table = dbf([""] * fields, [[""] * fields] * records)
    with pytest.raises(Refused) as refused:
        list(read_rows(table, Limits(rows=400)))
    assert refused.value.code == code
