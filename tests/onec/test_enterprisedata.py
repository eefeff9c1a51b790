"""Pick lists as EnterpriseData: the order of the elements is the format's, the bytes are the golden file's."""

from __future__ import annotations

import codecs
import datetime as dt
import re
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from gateway.core.money import Money
from gateway.core.quantity import Quantity
from gateway.onec.enterprisedata import FORMAT, MESSAGE, Firm, PickLine, PickListDocument, reference, write_pick_lists
from tests.standards import need

GOLDEN = Path(__file__).parent / "golden"
AT = dt.datetime(2026, 11, 21, 9, 16, 43, 279000, tzinfo=dt.UTC)
US = Firm("ООО Рамочная", "Общество с ограниченной ответственностью «Рамочная»", "7701234567", "770101001")
THEM = Firm("ООО Ромашка", "", "7707083893", "773601001", id="6F1D8A0E-0000-4000-8000-000000000010")
PRODUCT = "bd72d910-55bc-11d9-848a-00112f43529a"

# Sequences of the 1.17 and 1.19 types (equal for this document). An element may be missing, never out of place.
SEQUENCES = {
    "Документ.РаспоряжениеНаОтгрузку": (
        "Представление ВидОперации Склад Контрагент ОрганизацияПолучатель СкладПолучатель ОжидаемаяДатаОтгрузки "
        "ЦенаВключаетНДС Менеджер ДатаВыполнения Товары СведенияРНПТ Маркировка АкцизныеМарки КлючевыеСвойства "
        "ОбщиеСвойстваОбъектовФормата"
    ),
    "КлючевыеСвойства": "Дата Номер Организация Ссылка",
    "Организация": "Ссылка Наименование НаименованиеСокращенное НаименованиеПолное ИНН КПП ЮридическоеФизическоеЛицо",
    "Контрагент": "Ссылка Наименование НаименованиеПолное ИНН КПП ЮридическоеФизическоеЛицо",
    "Склад": "Ссылка Наименование",
    "Товары": "Строка",
    "Строка": (
        "ДанныеНоменклатуры ЕдиницаИзмерения Количество КоличествоУпаковок Цена Сумма СтавкаНДС СуммаНДС "
        "ИдентификаторСтроки"
    ),
    "ДанныеНоменклатуры": "Номенклатура Характеристика Серия Упаковка Штрихкод",
    "Номенклатура": "Ссылка НаименованиеПолное КодВПрограмме Артикул Наименование",
    "Характеристика": "Ссылка ВладелецХарактеристики НаименованиеПолное",
    "ВладелецХарактеристики": "Номенклатура",
    "ЕдиницаИзмерения": "Ссылка ДанныеКлассификатора",
    "ДанныеКлассификатора": "Код Наименование",
    "СтавкаНДС": "Ссылка Ставка РасчетнаяСтавка НеОблагается ВидСтавки Страна",
    "Менеджер": "Ссылка Наименование",
    "ОбщиеСвойстваОбъектовФормата": "Комментарий Ответственный СостояниеОбъекта",
}
REQUIRED = {
    "Документ.РаспоряжениеНаОтгрузку": {"ВидОперации", "Склад", "Товары", "КлючевыеСвойства"},
    "КлючевыеСвойства": {"Дата", "Номер", "Организация"},
    "Организация": {"Наименование", "ЮридическоеФизическоеЛицо"},
    "Контрагент": {"Наименование", "ЮридическоеФизическоеЛицо"},
    "Строка": {"ДанныеНоменклатуры", "ЕдиницаИзмерения", "Количество", "КоличествоУпаковок"},
    "СтавкаНДС": {"РасчетнаяСтавка", "НеОблагается", "ВидСтавки"},
}


def pick_list(**changes: object) -> PickListDocument:
    values: dict[str, object] = {
        "id": "01JD0000000000000000000001",
        "number": "Л-000017",
        "made_at": AT,
        "company": US,
        "warehouse_id": "b6112590-41ba-11dd-ac9d-0015e9b8c48d",
        "warehouse_name": "Основной склад",
        "buyer": THEM,
        "ship_by": dt.date(2026, 11, 21),
        "manager": "Иванова Анна",
        "comment": "Заказ УТ-125, оплачен 21.11.2026 12:14, подтверждено банком",
        "lines": (
            PickLine(
                "01JD0000000000000000000002",
                f"{PRODUCT}#90c55447-d3a8-11e4-9423-e0cb4ed5eed4",
                "Рамка 30x40 (орех)",
                Quantity.of(3),
                "R-3040",
                barcode="4600000000017",
                price=Money(122000),
                amount=Money(366000),
                vat_percent=22,
                vat_amount=Money(66000),
            ),
            PickLine("01JD0000000000000000000003", "свой-код", "Багет", Quantity.parse("2.5"), "B-1", "006", "м"),
        ),
    }
    return PickListDocument(**{**values, **changes})  # type: ignore[arg-type]  # values of any field


def message(*lists: PickListDocument, **how: Any) -> bytes:
    return write_pick_lists(
        lists or (pick_list(),), made_at=AT, message_no=17, **{"to": "УТ", "sender": "KVIT", **how}
    ).content


@pytest.mark.parametrize("version", ["1.17", "1.19"])
def test_the_message_is_the_golden_one(version: str) -> None:
    expected = (GOLDEN / f"pick_list_{version}.xml").read_bytes()
    assert message(version=version) == expected


def names(element: etree._Element) -> list[str]:
    return [etree.QName(child).localname for child in element]


@pytest.mark.parametrize("version", ["1.17", "1.19"])
def test_every_element_stands_in_its_place(version: str) -> None:
    root = etree.fromstring(message(pick_list(), pick_list(ship_by=None, manager="", comment=""), version=version))
    body = root.find(f"{{{FORMAT}{version}}}Body")
    assert body is not None and len(body) == 2
    checked = 0
    for element in body.iterdescendants():
        name = etree.QName(element).localname
        assert etree.QName(element).namespace == FORMAT + version
        if not len(element):
            assert element.text, f"{name} is empty"
            continue
        allowed = SEQUENCES[name].split()
        found = names(element)
        assert set(found) <= set(allowed), name
        assert found == sorted(found, key=allowed.index), name
        assert REQUIRED.get(name, set()) <= set(found), name
        checked += 1
    assert checked > 20


def test_the_envelope_is_1cs() -> None:
    data = message()
    assert data.startswith(codecs.BOM_UTF8)
    root = etree.fromstring(data)
    assert root.tag == "Message", "the envelope itself has no namespace"
    assert names(root) == ["Header", "Body"]
    header = root[0]
    assert header.tag == f"{{{MESSAGE}}}Header"
    assert names(header) == ["Format", "CreationDate", "Confirmation", "AvailableVersion"]
    assert header.findtext(f"{{{MESSAGE}}}Format") == FORMAT + "1.17"
    confirmation = header.find(f"{{{MESSAGE}}}Confirmation")
    assert confirmation is not None
    assert [child.text for child in confirmation] == [
        "СинхронизацияДанныхЧерезУниверсальныйФормат",
        "УТ",
        "KVIT",
        "17",
        "0",
    ]
    sample = etree.parse(str(need("commerceml/enterprisedata/invoice-out-ed1.6.xml"))).getroot()
    assert (sample.tag, sample[0].tag) == (root.tag, header.tag)
    assert names(sample) == names(root)


def test_without_a_node_there_is_no_confirmation() -> None:
    assert b"Confirmation" not in message(to="")


def shared_type(name: str) -> etree.XMLSchema:
    """One type of the public 1.0.1 schema as a schema of its own.

    The public schema does not compile: it imports 1C's library without saying where it is, and its wildcards make the
    content ambiguous. References of that library are strings; the wildcards (what later versions may add) are left out.
    """
    root = etree.parse(str(need("commerceml/enterprisedata/EnterpriseData_1_0_1.xsd"))).getroot()
    space = root.get("targetNamespace", "")
    xs = "http://www.w3.org/2001/XMLSchema"
    known = {str(found.get("name")): found for found in root}
    parts, wanted, done = "", [name], set[str]()
    while wanted:
        current = wanted.pop()
        if current not in done:
            done.add(current)
            text = etree.tostring(known[current], encoding="unicode").replace('"ns1:Ref"', '"xs:string"')
            text = re.sub(r"<xs:any [^>]*/>", "", text)
            wanted += re.findall(r'(?:type|base)="tns:([^"]+)"', text)
            parts += text
    schema = (
        f'<xs:schema xmlns:xs="{xs}" xmlns:tns="{space}" targetNamespace="{space}" elementFormDefault="qualified">'
        f'{parts}<xs:element name="checked" type="tns:{name}"/></xs:schema>'
    )
    return etree.XMLSchema(etree.fromstring(schema))


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("Склад", "КлючевыеСвойстваСклад"),
        ("Менеджер", "КлючевыеСвойстваПользователь"),
        ("КлючевыеСвойства/Номер", "ТипНомерДокумента"),
        ("Товары/Строка/Количество", "ТипКоличество"),
        ("Товары/Строка/КоличествоУпаковок", "ТипКоличество"),
        ("Товары/Строка/Цена", "ТипСумма"),
        ("Товары/Строка/Сумма", "ТипСумма"),
        ("Товары/Строка/СуммаНДС", "ТипСумма"),
    ],
)
def test_types_shared_with_the_public_schema_hold(path: str, name: str) -> None:
    schema = shared_type(name)
    text = message().decode("utf-8-sig").replace(FORMAT + "1.17", FORMAT + "1.0")
    document = etree.fromstring(text.encode()).find(f".//{{{FORMAT}1.0}}Документ.РаспоряжениеНаОтгрузку")
    assert document is not None
    found = document.findall("/".join(f"{{{FORMAT}1.0}}{step}" for step in path.split("/")))
    assert found
    for element in found:
        element.tag = f"{{{FORMAT}1.0}}checked"
        schema.assertValid(etree.fromstring(etree.tostring(element, encoding="unicode")))


def test_only_1cs_own_guids_become_references() -> None:
    """An invented reference to goods would make a second product in 1C."""
    root = etree.fromstring(message())
    products = root.iterfind(f".//{{{FORMAT}1.17}}ДанныеНоменклатуры/{{{FORMAT}1.17}}Номенклатура")
    assert [product.findtext(f"{{{FORMAT}1.17}}Ссылка") for product in products] == [PRODUCT, None]


def test_the_documents_reference_is_always_the_same() -> None:
    assert reference("01JD0000000000000000000001") == reference("01JD0000000000000000000001")
    assert reference(PRODUCT.upper()) == PRODUCT
    assert reference("a") != reference("b")


@pytest.mark.parametrize("rate", [5, 7, None])
def test_a_rate_without_a_sure_kind_is_left_out(rate: int | None) -> None:
    line = PickLine("l", PRODUCT, "Рамка", Quantity.of(1), vat_percent=rate)
    assert "СтавкаНДС".encode() not in message(pick_list(lines=(line,)))


def test_no_vat_is_said() -> None:
    line = PickLine("l", PRODUCT, "Рамка", Quantity.of(1), vat_percent=-1)
    root = etree.fromstring(message(pick_list(lines=(line,))))
    rate = root.find(f".//{{{FORMAT}1.17}}СтавкаНДС")
    assert rate is not None and [(etree.QName(c).localname, c.text) for c in rate] == [
        ("РасчетнаяСтавка", "false"),
        ("НеОблагается", "true"),
        ("ВидСтавки", "БезНДС"),
    ]


@pytest.mark.parametrize("lines", [(), (PickLine("l", PRODUCT, "Рамка", Quantity.of(0)),)])
def test_an_empty_pick_list_is_an_error(lines: tuple[PickLine, ...]) -> None:
    with pytest.raises(ValueError, match="no lines"):
        message(pick_list(lines=lines))
