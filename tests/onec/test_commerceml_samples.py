"""The published CommerceML samples import with the expected counts and lose nothing."""

from __future__ import annotations

import dataclasses
import html
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from typing import Any

import pytest
from lxml import etree

from gateway.core.errors import Refused
from gateway.core.money import Money
from gateway.core.quantity import Quantity
from gateway.onec.commerceml_read import read
from gateway.onec.model_documents import CommerceML
from tests.standards import need

FOLDER = "commerceml/samples"

# sample: version, encoding, then how many of each; "full" is what СодержитТолькоИзменения says
EXPECTED: dict[str, dict[str, Any]] = {
    "bitrix-3.1-import-classifier.xml": {
        "version": "3.1", "encoding": "utf-8", "products": 0, "groups": 25, "warehouses": 13, "units": 10,
        "offers": None, "rows": None, "documents": 0, "lines": 0, "full": False, "problems": [],
    },
    "carono-2.07-import-wo-classifier.xml": {
        "version": "2.07", "encoding": "utf-8", "products": 2, "groups": 0, "warehouses": 0, "units": 0,
        "offers": None, "rows": None, "documents": 0, "lines": 0, "full": True, "problems": [],
    },
    "carono-2.07-offers-with-warehouses.xml": {
        "version": "2.07", "encoding": "utf-8", "products": None, "groups": None, "warehouses": None, "units": None,
        "offers": 5, "rows": 5, "documents": 0, "lines": 0, "full": True, "problems": [],
    },
    "cscart-2.04-import.xml": {
        "version": "2.04", "encoding": "utf-8", "products": 27, "groups": 4, "warehouses": 0, "units": 0,
        "offers": None, "rows": None, "documents": 0, "lines": 0, "full": True, "problems": [],
    },
    "official-2.03-order-from-site.cp1251.xml": {
        "version": "2.03", "encoding": "cp1251", "products": None, "groups": None, "warehouses": None, "units": None,
        "offers": None, "rows": None, "documents": 1, "lines": 2, "full": None, "problems": ["onec.double_escaped"],
    },
    "official-2.03-orders-both-ways.xml": {
        "version": "2.03", "encoding": "utf-8", "products": None, "groups": None, "warehouses": None, "units": None,
        "offers": None, "rows": None, "documents": 3, "lines": 2, "full": None, "problems": [],
    },
    "official-2.04-import.xml": {
        "version": "2.04", "encoding": "utf-8", "products": 4, "groups": 1, "warehouses": 0, "units": 0,
        "offers": None, "rows": None, "documents": 0, "lines": 0, "full": True, "problems": [],
    },
    "umi-2.04-offers.xml": {
        "version": "2.04", "encoding": "utf-8", "products": None, "groups": None, "warehouses": None, "units": None,
        "offers": 14, "rows": 14, "documents": 0, "lines": 0, "full": True, "problems": [],
    },
}  # fmt: skip


def sample(name: str) -> bytes:
    return need(f"{FOLDER}/{name}").read_bytes()


def counts(found: CommerceML) -> dict[str, Any]:
    catalogue, stock = found.catalogue, found.stock
    part = catalogue or stock
    return {
        "version": found.version,
        "encoding": found.encoding,
        "products": len(catalogue.products) if catalogue else None,
        "groups": len(catalogue.groups) if catalogue else None,
        "warehouses": len(catalogue.warehouses) if catalogue else None,
        "units": len(catalogue.units) if catalogue else None,
        "offers": len(stock.offers) if stock else None,
        "rows": len(stock.rows) if stock else None,
        "documents": len(found.documents),
        "lines": sum(len(document.lines) for document in found.documents),
        "full": part.full if part else None,
        "problems": [problem.code for problem in found.problems],
    }


@pytest.mark.parametrize("name", EXPECTED)
def test_sample_imports_with_the_expected_counts(name: str) -> None:
    assert counts(read(sample(name))) == EXPECTED[name]


def test_no_sample_is_left_out_of_the_table() -> None:
    assert {path.name for path in need(FOLDER).iterdir()} == set(EXPECTED)


def said(value: object) -> Iterator[object]:
    """Every value reachable in the parsed facts."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        if isinstance(value, Money | Quantity):
            yield value
            return
        for field in dataclasses.fields(value):
            yield from said(getattr(value, field.name))
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            yield key
            yield from said(inner)
    elif isinstance(value, tuple | list):
        for inner in value:
            yield from said(inner)
    elif value is not None:
        yield value


def written(data: bytes) -> Iterator[tuple[str, str]]:
    """(element or attribute, text) of every value in the file."""
    root = etree.fromstring(data)
    for element in root.iter():
        name = etree.QName(element).localname
        for attribute, text in element.attrib.items():
            if str(text).strip():
                yield f"@{attribute!s}", html.unescape(str(text).strip())
        if element.text and element.text.strip():
            yield name, html.unescape(element.text.strip())


@pytest.mark.parametrize("name", EXPECTED)
def test_sample_imports_without_loss(name: str) -> None:
    data = sample(name)
    found = read(data)
    values = list(said(found))
    texts = Counter(value for value in values if isinstance(value, str))
    # a characteristic and requisites of one product share a string with others, so occurrences are counted
    lost: list[tuple[str, str]] = []
    for what, text in written(data):
        if kept_as_value(what, text, values):
            continue
        if texts[text] > 0:
            texts[text] -= 1
        else:
            lost.append((what, text))
    assert lost == []


def kept_as_value(what: str, text: str, values: list[object]) -> bool:
    """Whether a text became a sum, a quantity, a date, a switch or a normal form."""
    if what in ("Дата", "@ДатаФормирования", "Время"):
        return any(isinstance(value, date | datetime) for value in values)
    switches = [value for value in values if isinstance(value, bool)]
    if what in ("УчтеноВСумме", "ПометкаУдаления"):
        return (text == "true") in switches
    if what == "@СодержитТолькоИзменения":
        return (text == "false") in switches
    if text == "НДС":
        return True  # the name of the tax is the name of the field
    if what not in ("Сумма", "ЦенаЗаЕдиницу", "Количество", "@КоличествоНаСкладе", "Валюта"):
        return False
    if what == "Валюта":
        return text in ("руб", "RUB") and ("RUB" in values or "Валюта" not in values)
    for kind in (Money, Quantity):
        try:
            if kind.parse(text) in values:
                return True
        except Refused:
            continue
    return False


def test_offers_carry_stock_per_warehouse_and_prices() -> None:
    stock = read(sample("carono-2.07-offers-with-warehouses.xml")).stock
    assert stock is not None
    assert [str(row.qty) for row in stock.rows] == ["20", "19", "120", "15", "45"]
    assert {row.warehouse_id for row in stock.rows} == {"b6112590-41ba-11dd-ac9d-0015e9b8c48d"}
    assert [w.name for w in stock.warehouses][:2] == ['Магазин "Обувь"', 'Магазин "Продукты"']
    assert stock.offers[0].prices[0].amount == Money.parse("1719")
    assert stock.offers[0].characteristics[0] == ("Размер", "40")
    assert stock.made_at == datetime(2017, 7, 13, 11, 45, 41, tzinfo=UTC)


def test_offers_without_warehouses_give_the_total() -> None:
    stock = read(sample("umi-2.04-offers.xml")).stock
    assert stock is not None
    assert {row.warehouse_id for row in stock.rows} == {""}
    assert str(stock.rows[0].qty) == "26"
    assert len(stock.offers[0].prices) == 5
    assert len(stock.price_types) == 5


def test_order_from_the_site_is_read_whole() -> None:
    found = read(sample("official-2.03-order-from-site.cp1251.xml"))
    document = found.documents[0]
    assert document.is_order and document.number == "36"
    assert document.amount == Money.parse("6734.47")
    assert document.made_at == datetime(2007, 10, 30, 12, 19, 27, tzinfo=UTC)
    assert document.paid is False and document.cancelled is False and document.status == "[N] Принят"
    assert document.buyer is not None and document.buyer.kind == "fl" and document.buyer.address == "ггг"
    delivery, television = document.lines
    assert delivery.service and not television.service
    assert television.name == 'Телевизор "JVC"', "the double escaping is undone"
    assert document.delivery


def test_states_from_1c_come_as_documents_without_lines() -> None:
    documents = read(sample("official-2.03-orders-both-ways.xml")).documents
    assert [d.state_only for d in documents] == [False, True, True]
    assert (documents[1].number_1c, documents[1].posted, documents[1].status) == ("MM92", True, "Открыт")


def test_a_wrong_hour_in_the_files_time_is_read() -> None:
    """ДатаФормирования="2014-06-01T0:36:33" is no xs:dateTime, and real."""
    assert read(sample("cscart-2.04-import.xml")).made_at == datetime(2014, 5, 31, 20, 36, 33, tzinfo=UTC)


def test_our_template_reads_with_its_payment() -> None:
    data = need("commerceml/templates/order_with_payment_2.10.xml").read_bytes()
    document = read(data).documents[0]
    assert document.paid is True and document.vat_amount == Money.parse("2200")
    assert [d.operation for d in document.subordinates] == ["Выплата безналичных денег", "Отпуск товара"]
    assert document.subordinates[0].amount == Money.parse("12200")
    assert document.lines[0].unit.code == "796" and document.lines[0].unit.label == "шт"


@pytest.mark.parametrize("chunk", [1, 7, 1000])
@pytest.mark.parametrize("name", EXPECTED)
def test_where_the_pieces_are_cut_does_not_matter(name: str, chunk: int, monkeypatch: pytest.MonkeyPatch) -> None:
    data = sample(name)
    whole = read(data)
    monkeypatch.setattr("gateway.onec.commerceml_xml._CHUNK", chunk)
    assert read(data) == whole
