"""Pick lists for 1C as EnterpriseData: Документ.РаспоряжениеНаОтгрузку, format 1.17 or 1.19.

1C publishes the schema of 1.0.1 only. Names, types and the order of the elements follow the type descriptions of 1.17
and 1.19 (both the same for this document); 1C's XDTO reader insists on that order. Two things look odd and are right:
in this document КлючевыеСвойства come after Товары, and in them Ссылка comes last.

References are UUIDs. A product key of CommerceML is one already ("guid", or "guid#guid" with a characteristic); for
our own ids a UUID is made from the id, always the same.
"""

from __future__ import annotations

import datetime as dt
import re
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal
from zoneinfo import ZoneInfo

from lxml import etree

from gateway.core.clock import MOSCOW
from gateway.core.money import Money
from gateway.core.quantity import Quantity
from gateway.onec.written import Written
from gateway.onec.xml_write import Builder, inn_shaped, switch

MESSAGE = "http://www.1c.ru/SSL/Exchange/Message"
FORMAT = "http://v8.1c.ru/edi/edi_stnd/EnterpriseData/"
EXCHANGE_PLAN = "СинхронизацияДанныхЧерезУниверсальныйФормат"

FormatVersion = Literal["1.17", "1.19"]

_GUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_IDS = uuid.UUID("5f0c6a3e-8d0b-5a44-8a53-2f1f3c0e6b77")
_NUMBER, _ROW_ID, _BARCODE = 256, 36, 200
# Which rates of 1C's СтавкиНДС have one sure ВидСтавки; for others the rate is left out (it is optional)
_RATE_KINDS = {22: "Общая", 20: "Общая", 18: "Общая", 10: "Пониженная", 0: "Нулевая"}


@dataclass(frozen=True, slots=True)
class Firm:
    """An organisation or counterparty. `id` may be 1C's GUID; otherwise 1C finds it by ИНН and name."""

    name: str
    full_name: str = ""
    inn: str = ""
    kpp: str = ""
    person: bool = False
    id: str = ""


@dataclass(frozen=True, slots=True)
class PickLine:
    """A line to pick.

    Attributes:
        line_id: ours; comes back as ИдентификаторСтроки.
        price, amount: VAT included.
        vat_percent: None leaves the rate out, -1 is "без НДС".
    """

    line_id: str
    product_id: str
    name: str
    qty: Quantity
    sku: str = ""
    unit_code: str = "796"
    unit_name: str = "шт"
    barcode: str = ""
    price: Money | None = None
    amount: Money | None = None
    vat_percent: int | None = None
    vat_amount: Money | None = None


@dataclass(frozen=True, slots=True)
class PickListDocument:
    """A pick list as 1C is to see it.

    Attributes:
        id: ours, stable: the document's Ссылка is made from it, so a second delivery changes the same document.
        made_at: aware.
        company: us.
        ship_by: the day the customer expects the goods, None if not agreed.
        comment: free text: order, proof of payment.
    """

    id: str
    number: str
    made_at: dt.datetime
    company: Firm
    warehouse_id: str
    warehouse_name: str
    buyer: Firm
    lines: tuple[PickLine, ...]
    ship_by: dt.date | None = None
    manager: str = ""
    comment: str = ""


def write_pick_lists(
    pick_lists: Sequence[PickListDocument],
    *,
    made_at: dt.datetime,
    message_no: int,
    received_no: int = 0,
    to: str = "",
    sender: str = "",
    version: FormatVersion = "1.17",
    zone: ZoneInfo = MOSCOW,
) -> Written:
    """An exchange message with the pick lists, UTF-8 with a byte order mark.

    Args:
        made_at: CreationDate, aware; equal arguments give equal bytes.
        message_no: our number of this message, ascending; 1C skips one it has had.
        received_no: the last number we took from 1C.
        to, sender: node codes of the exchange plan; the Confirmation is left out when `to` is "".

    Raises:
        ValueError: a pick list without lines, a quantity not above zero, or an instant without a zone.
    """
    for pick_list in pick_lists:
        if not pick_list.lines or any(line.qty <= Quantity(0) for line in pick_list.lines):
            raise ValueError(f"pick list {pick_list.number} has no lines or a quantity that is not above zero")
    spaces: Any = {"msg": MESSAGE, "xs": "http://www.w3.org/2001/XMLSchema"}
    root = etree.Element("Message", nsmap=spaces)
    _header(root, made_at, message_no, received_no, to, sender, version, zone)
    builder = Builder(FORMAT + version)
    own: Any = {None: FORMAT + version}
    body = etree.SubElement(root, f"{{{FORMAT}{version}}}Body", nsmap=own)
    for pick_list in pick_lists:
        _document(builder, body, pick_list, zone)
    return builder.finish(root, "utf-8-sig")


def reference(outer_id: str) -> str:
    """A UUID for an id of ours, always the same; a GUID stays itself."""
    return outer_id.lower() if _GUID.fullmatch(outer_id) else str(uuid.uuid5(_IDS, outer_id))


def _header(
    root: etree._Element,
    made_at: dt.datetime,
    message_no: int,
    received_no: int,
    to: str,
    sender: str,
    version: str,
    zone: ZoneInfo,
) -> None:
    builder = Builder(MESSAGE)
    header = builder.group(root, "Header")
    builder.value(header, "Format", FORMAT + version)
    builder.value(header, "CreationDate", _moment(made_at, zone))
    if to:
        confirmation = builder.group(header, "Confirmation")
        builder.value(confirmation, "ExchangePlan", EXCHANGE_PLAN)
        builder.value(confirmation, "To", to)
        builder.value(confirmation, "From", sender)
        builder.value(confirmation, "MessageNo", str(message_no))
        builder.value(confirmation, "ReceivedNo", str(received_no))
    builder.value(header, "AvailableVersion", version)


def _document(builder: Builder, body: etree._Element, pick_list: PickListDocument, zone: ZoneInfo) -> None:
    # The order of the elements is the type's sequence
    node = builder.group(body, "Документ.РаспоряжениеНаОтгрузку")
    made = pick_list.made_at.astimezone(zone)
    builder.value(node, "Представление", f"Лист сборки {pick_list.number} от {made:%d.%m.%Y}")
    builder.value(node, "ВидОперации", "ОтгрузкаКлиенту")
    warehouse = builder.group(node, "Склад")
    _reference(builder, warehouse, pick_list.warehouse_id)
    builder.value(warehouse, "Наименование", pick_list.warehouse_name or pick_list.warehouse_id)
    _counterparty(builder, node, pick_list.buyer)
    if pick_list.ship_by:
        builder.value(node, "ОжидаемаяДатаОтгрузки", pick_list.ship_by.isoformat())
    if any(line.price is not None for line in pick_list.lines):
        builder.value(node, "ЦенаВключаетНДС", switch(True))
    if pick_list.manager:
        builder.value(builder.group(node, "Менеджер"), "Наименование", pick_list.manager)
    goods = builder.group(node, "Товары")
    for line in pick_list.lines:
        _line(builder, goods, line)
    keys = builder.group(node, "КлючевыеСвойства")
    builder.value(keys, "Дата", _moment(pick_list.made_at, zone))
    builder.value(keys, "Номер", pick_list.number, _NUMBER)
    _organisation(builder, keys, pick_list.company)
    builder.value(keys, "Ссылка", reference(pick_list.id))
    if pick_list.comment:
        builder.value(builder.group(node, "ОбщиеСвойстваОбъектовФормата"), "Комментарий", pick_list.comment)


def _line(builder: Builder, goods: etree._Element, line: PickLine) -> None:
    node = builder.group(goods, "Строка")
    data = builder.group(node, "ДанныеНоменклатуры")
    base, _, characteristic = line.product_id.partition("#")
    product = builder.group(data, "Номенклатура")
    _reference(builder, product, base)
    builder.value(product, "НаименованиеПолное", line.name)
    builder.optional(product, "Артикул", line.sku)
    builder.value(product, "Наименование", line.name)
    if _GUID.fullmatch(characteristic):
        variant = builder.group(data, "Характеристика")
        _reference(builder, variant, characteristic)
        owner = builder.group(builder.group(variant, "ВладелецХарактеристики"), "Номенклатура")
        _reference(builder, owner, base)
        builder.value(owner, "Наименование", line.name)
        builder.value(variant, "НаименованиеПолное", line.name)
    if len(line.barcode) <= _BARCODE:
        builder.optional(data, "Штрихкод", line.barcode)
    unit = builder.group(builder.group(node, "ЕдиницаИзмерения"), "ДанныеКлассификатора")
    builder.value(unit, "Код", line.unit_code)
    builder.optional(unit, "Наименование", line.unit_name)
    builder.value(node, "Количество", str(line.qty))
    builder.value(node, "КоличествоУпаковок", str(line.qty))
    if line.price is not None:
        builder.value(node, "Цена", line.price.decimal_text())
    if line.amount is not None:
        builder.value(node, "Сумма", line.amount.decimal_text())
    _vat(builder, node, line)
    builder.value(node, "ИдентификаторСтроки", line.line_id, _ROW_ID)


def _vat(builder: Builder, node: etree._Element, line: PickLine) -> None:
    percent = line.vat_percent
    if percent == -1:
        rate = builder.group(node, "СтавкаНДС")
        builder.value(rate, "РасчетнаяСтавка", switch(False))
        builder.value(rate, "НеОблагается", switch(True))
        builder.value(rate, "ВидСтавки", "БезНДС")
    elif percent is not None and percent in _RATE_KINDS:
        rate = builder.group(node, "СтавкаНДС")
        builder.value(rate, "Ставка", str(percent))
        builder.value(rate, "РасчетнаяСтавка", switch(False))
        builder.value(rate, "НеОблагается", switch(False))
        builder.value(rate, "ВидСтавки", _RATE_KINDS[percent])
    if line.vat_amount is not None:
        builder.value(node, "СуммаНДС", line.vat_amount.decimal_text())


def _counterparty(builder: Builder, parent: etree._Element, firm: Firm) -> None:
    node = builder.group(parent, "Контрагент")
    _reference(builder, node, firm.id)
    builder.value(node, "Наименование", firm.name or firm.full_name)
    builder.optional(node, "НаименованиеПолное", firm.full_name)
    _requisites(builder, node, firm)


def _organisation(builder: Builder, parent: etree._Element, firm: Firm) -> None:
    node = builder.group(parent, "Организация")
    _reference(builder, node, firm.id)
    builder.value(node, "Наименование", firm.name or firm.full_name)
    builder.optional(node, "НаименованиеСокращенное", firm.name)
    builder.optional(node, "НаименованиеПолное", firm.full_name)
    _requisites(builder, node, firm)


def _requisites(builder: Builder, node: etree._Element, firm: Firm) -> None:
    if inn_shaped(firm.inn):
        builder.value(node, "ИНН", firm.inn)
    if len(firm.kpp) == 9:
        builder.value(node, "КПП", firm.kpp)
    builder.value(node, "ЮридическоеФизическоеЛицо", "ФизическоеЛицо" if firm.person else "ЮридическоеЛицо")


def _reference(builder: Builder, node: etree._Element, outer_id: str) -> None:
    """Ссылка, only when the id is 1C's own GUID: an invented one would make a second object in 1C."""
    if _GUID.fullmatch(outer_id):
        builder.value(node, "Ссылка", outer_id.lower())


def _moment(at: dt.datetime, zone: ZoneInfo) -> str:
    if at.tzinfo is None:
        raise ValueError("an instant needs a zone")
    return at.astimezone(zone).replace(tzinfo=None, microsecond=0).isoformat()
