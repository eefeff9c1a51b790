"""A partner's file between the service's mapping and the choices on the screen."""

from __future__ import annotations

from typing import Any

import pytest

from gui.api.types import RegistryPreview, ShownRow
from gui.models.registry_mapping import NO_HEADINGS, Reading, missing_title, reading_of, role_title

HEADINGS = ("Дата", "Номер заказа", "Сумма операции", "Комиссия", "К перечислению")
ROWS = (
    ShownRow(number=1, cells=("Реестр № 120 от 21.11.2026",)),
    ShownRow(number=3, cells=HEADINGS),
    ShownRow(number=4, cells=("20.11.2026", "1001", "1 000,00", "18,00", "982,00")),
)
MAPPING: dict[str, Any] = {
    "key": ["номер  заказа"],
    "kind": "order",
    "amount": "Сумма операции",
    "fee": "Комиссия",
    "net_column": "",
    "number": {"column": "", "heading": r"№\s*(\d+)", "file_name": ""},
    "date": {"column": "Дата", "heading": "", "file_name": ""},
    "header_row": 0,
    "unit": "roubles",
    "total_row": "^итого",
    "skip_column": "#3",
    "skip": "отказ",
}


def look(mapping: dict[str, Any] | None = None, **more: Any) -> RegistryPreview:
    return RegistryPreview(mapping=mapping, headings=HEADINGS, rows=ROWS, **more)


def test_a_saved_mapping_is_shown_and_comes_back_whole():
    reading = reading_of(look(MAPPING))
    assert reading.roles == ["date", "order", "amount", "fee", ""]
    assert reading.number.kind == "heading"
    assert reading.date.kind == "column"
    made = reading.mapping()
    assert made == {
        "key": ["Номер заказа"],
        "kind": "order",
        "amount": "Сумма операции",
        "fee": "Комиссия",
        "number": {"heading": r"№\s*(\d+)"},
        "date": {"column": "Дата"},
        "header_row": 0,
        "unit": "roubles",
        "total_row": "^итого",
        "skip_column": "#3",
        "skip": "отказ",
    }


def test_what_was_found_is_shown_although_something_is_missing():
    reading = reading_of(look(found={"amount": "Сумма операции", "number": {"file_name": r"(\d+)"}}))
    assert reading.roles == ["", "", "amount", "", ""]
    assert reading.missing() == ["key", "date"]
    assert reading.mapping() is None
    reading.assign(1, "order")
    reading.assign(0, "date")
    assert reading.missing() == []
    assert reading.mapping() == {
        "key": ["Номер заказа"],
        "kind": "order",
        "amount": "Сумма операции",
        "number": {"file_name": r"(\d+)"},
        "date": {"column": "Дата"},
        "header_row": 0,
        "unit": "roubles",
    }


def test_one_column_has_a_role_and_one_kind_names_the_invoice():
    reading = reading_of(look(MAPPING))
    reading.assign(4, "amount")
    assert reading.roles == ["date", "order", "", "fee", "amount"]
    reading.assign(2, "loan")
    assert reading.roles == ["date", "", "loan", "fee", "amount"]
    reading.assign(1, "loan")
    made = reading.mapping()
    assert made is not None
    assert (made["kind"], made["key"]) == ("loan", ["Номер заказа", "Сумма операции"])


def test_a_date_taken_from_its_column_is_looked_for_in_the_text_again():
    reading = reading_of(look(MAPPING))
    reading.assign(0, "")
    assert reading.date.kind == "heading"
    assert reading.missing() == []
    made = reading.mapping()
    assert made is not None
    assert "heading" in made["date"]


def test_a_file_without_headings_is_read_by_position():
    rows = (ShownRow(number=1, cells=("1001", "500,00")), ShownRow(number=2, cells=("1002", "700,00")))
    reading = reading_of(RegistryPreview(rows=rows, found={"number": {"file_name": r"(\d+)"}}))
    assert reading.header_row == NO_HEADINGS
    reading.assign(0, "order")
    reading.assign(1, "amount")
    reading.date.kind, reading.date.pattern = "file_name", r"(\d{8})"
    made = reading.mapping()
    assert made is not None
    assert (made["key"], made["amount"], made["header_row"]) == (["#1"], "#2", -1)
    reading.use_headings(rows[0])
    made = reading.mapping()
    assert made is not None
    assert (made["key"], made["amount"], made["header_row"]) == (["1001"], "500,00", 0)


def test_a_heading_that_stands_twice_goes_by_position():
    reading = Reading(["order", "amount", ""], headings=("Номер", "Сумма", "сумма:"), header_row=5)
    reading.number.pattern = reading.date.pattern = "x"
    made = reading.mapping()
    assert made is not None
    assert (made["key"], made["amount"], made["header_row"]) == (["Номер"], "#2", 0)
    reading.headings = ("", "Сумма", "Сумма")
    made = reading.mapping()
    assert made is not None
    assert (made["key"], made["amount"], made["header_row"]) == (["#1"], "#2", 5)


def test_a_fee_is_a_column_or_a_share():
    reading = reading_of(look({**MAPPING, "fee": "", "fee_percent": "1.8"}))
    made = reading.mapping()
    assert made is not None
    assert made["fee_percent"] == "1.8"
    assert "fee" not in made
    reading.assign(3, "fee")
    made = reading.mapping()
    assert made is not None
    assert made["fee"] == "Комиссия"
    assert "fee_percent" not in made


@pytest.mark.parametrize("part", ["key", "amount", "number", "date"])
def test_what_is_missing_has_words(part: str):
    assert missing_title(part) != part
    assert len({role_title(role) for role in ("", "order", "loan", "track", "amount", "fee", "net_column")}) == 7
