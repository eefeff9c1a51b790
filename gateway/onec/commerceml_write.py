"""Order status and payments for 1C as CommerceML 2.10 (or 2.08), valid against the official schema.

2.10 carries each payment as a subordinate document "Выплата безналичных денег"; 2.08 and 2.09 have no such element
(2.09 knows Документ/Оплаты, 2.10 dropped it), so under "2.08" the payment stands in the named values alone, which
every stock configuration reads. UTF-8 with a byte order mark by default: 1C 8.3 loads no UTF-8 without one.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal
from zoneinfo import ZoneInfo

from lxml import etree

from gateway.core.clock import MOSCOW
from gateway.core.errors import Refused
from gateway.core.money import Money
from gateway.core.quantity import Quantity
from gateway.onec.written import Written
from gateway.onec.xml_write import Builder, inn_shaped, switch

NAMESPACE = "urn:1C.ru:commerceml_2"

Version = Literal["2.08", "2.10"]
Encoding = Literal["utf-8-sig", "utf-8", "cp1251"]

# Longest values of the 2.10 types
_ID, _PRODUCT_ID, _NAME, _COMMENT, _VALUE, _UNIT_CODE = 40, 80, 255, 3000, 1000, 4
_PAYMENT_IDS = uuid.UUID("3f6d0f5e-1c55-5b0e-9d3f-9a3b8c2f4a10")


@dataclass(frozen=True, slots=True)
class StatusParty:
    """The buyer, as the order named it; requisites that do not fit their type are left out."""

    id: str = ""
    name: str = ""
    full_name: str = ""
    inn: str = ""
    kpp: str = ""
    person: bool = False


@dataclass(frozen=True, slots=True)
class StatusLine:
    """A line of the order; `price` and `amount` may be None."""

    product_id: str
    name: str
    qty: Quantity
    sku: str = ""
    unit_code: str = "796"
    unit_name: str = "шт"
    price: Money | None = None
    amount: Money | None = None


@dataclass(frozen=True, slots=True)
class StatusPayment:
    """A payment allocated to the order.

    Attributes:
        id: ours, stable; longer than 40 characters it is replaced by a UUID made from it.
        number, paid_at: of the bank document; `paid_at` is the bank's time, aware.
        amount: the part allocated to this order.
    """

    id: str
    number: str
    paid_at: dt.datetime
    amount: Money


@dataclass(frozen=True, slots=True)
class OrderStatus:
    """What 1C is to know of one order.

    Attributes:
        id: Ид under which 1C knows the order: what it gave when it exported the order.
        made_at: date and time of the order, aware.
        amount: of the order.
        paid: the whole order is paid. 1C is told of payment only when it is complete (site exchange protocol).
        paid_at: time of the payment that completed it.
        status: text for "Статус заказа".
        changed_at: time of the status, for "Дата изменения статуса".
        requisites: further named values, written after the standard ones.
    """

    id: str
    number: str
    made_at: dt.datetime
    amount: Money
    buyer: StatusParty
    paid: bool
    status: str
    changed_at: dt.datetime
    lines: tuple[StatusLine, ...] = ()
    payments: tuple[StatusPayment, ...] = ()
    paid_at: dt.datetime | None = None
    cancelled: bool = False
    shipped: bool | None = None
    warehouse_id: str = ""
    comment: str = ""
    requisites: Mapping[str, str] = field(default_factory=dict)


def write_orders(
    orders: Sequence[OrderStatus],
    *,
    made_at: dt.datetime,
    version: Version = "2.10",
    encoding: Encoding = "utf-8-sig",
    currency: str = "RUB",
    zone: ZoneInfo = MOSCOW,
) -> Written:
    """A file with one document per order.

    Args:
        made_at: when the facts were so, aware; equal facts and instant give equal bytes.
        currency: three characters; "руб" for configurations that name the rouble so.
        zone: 1C reads local time.

    Raises:
        Refused: `onec.id_too_long` when an order's id has no room; cutting it would hit another order.
    """
    builder = Builder(NAMESPACE)
    root = builder.root(
        "КоммерческаяИнформация",
        {"ВерсияСхемы": version, "ДатаФормирования": _local(made_at, zone).isoformat(timespec="seconds")},
    )
    for order in orders:
        if len(order.id) > _ID:
            raise Refused("onec.id_too_long", id=order.id[:60])
        _document(builder, root, order, version, currency, zone)
    return builder.finish(root, encoding)


def _document(
    builder: Builder, root: etree._Element, order: OrderStatus, version: Version, currency: str, zone: ZoneInfo
) -> None:
    # The order of the elements is the schema's sequence
    made = _local(order.made_at, zone)
    node = builder.group(root, "Документ")
    builder.value(node, "Ид", order.id)
    builder.value(node, "Номер", order.number, _NAME)
    builder.value(node, "Дата", made.date().isoformat())
    builder.value(node, "ХозОперация", "Заказ товара")
    builder.value(node, "Роль", "Продавец")
    builder.value(node, "Валюта", currency)
    builder.value(node, "Курс", "1")
    builder.value(node, "Сумма", order.amount.decimal_text())
    _party(builder, builder.group(node, "Контрагенты"), order.buyer, order.number)
    builder.value(node, "Время", made.strftime("%H:%M:%S"))
    builder.optional(node, "Комментарий", order.comment, _COMMENT)
    if order.warehouse_id and len(order.warehouse_id) <= _ID:
        builder.value(builder.group(builder.group(node, "Склады"), "Склад"), "Ид", order.warehouse_id)
    if order.lines:
        goods = builder.group(node, "Товары")
        for line in order.lines:
            _line(builder, goods, line)
    values = builder.group(node, "ЗначенияРеквизитов")
    for name, value in _requisites(order, zone).items():
        item = builder.group(values, "ЗначениеРеквизита")
        builder.value(item, "Наименование", name, _NAME)
        builder.value(item, "Значение", value, _VALUE)
    if order.payments and version == "2.10":
        holder = builder.group(node, "ПодчиненныеДокументы")
        for payment in order.payments:
            _payment(builder, holder, payment, currency, zone)


def _party(builder: Builder, holder: etree._Element, party: StatusParty, order: str) -> None:
    node = builder.group(holder, "Контрагент")
    if party.id and len(party.id) <= _ID:
        builder.value(node, "Ид", party.id)
    name = party.name or party.full_name or f"Покупатель по заказу {order}"
    builder.value(node, "Наименование", name, _NAME)
    builder.value(
        node, "ПолноеНаименование" if party.person else "ОфициальноеНаименование", party.full_name or name, _NAME
    )
    if inn_shaped(party.inn):
        builder.value(node, "ИНН", party.inn)
    if len(party.kpp) == 9 and party.kpp.isalnum():
        builder.value(node, "КПП", party.kpp)
    builder.value(node, "Роль", "Покупатель")


def _line(builder: Builder, goods: etree._Element, line: StatusLine) -> None:
    node = builder.group(goods, "Товар")
    if line.product_id and len(line.product_id) <= _PRODUCT_ID:
        builder.value(node, "Ид", line.product_id)
    builder.optional(node, "Артикул", line.sku, _NAME)
    builder.value(node, "Наименование", line.name, _NAME)
    attributes: dict[str, str] = {}
    code = line.unit_code.strip()
    if 3 <= len(code) <= _UNIT_CODE:
        attributes["Код"] = code
    if line.unit_name.strip():
        attributes["НаименованиеКраткое"] = builder.fitting(line.unit_name, _NAME)
    builder.group(node, "БазоваяЕдиница", attributes)
    if line.price is not None:
        builder.value(node, "ЦенаЗаЕдиницу", line.price.decimal_text())
    builder.value(node, "Количество", str(line.qty))
    if line.amount is not None:
        builder.value(node, "Сумма", line.amount.decimal_text())


def _payment(builder: Builder, holder: etree._Element, payment: StatusPayment, currency: str, zone: ZoneInfo) -> None:
    paid = _local(payment.paid_at, zone)
    node = builder.group(holder, "ПодчиненныйДокумент")
    fits = len(payment.id) <= _ID
    builder.value(node, "Ид", payment.id if fits else str(uuid.uuid5(_PAYMENT_IDS, payment.id)))
    builder.value(node, "Номер", payment.number or payment.id, _NAME)
    builder.value(node, "Дата", paid.date().isoformat())
    builder.value(node, "ХозОперация", "Выплата безналичных денег")
    builder.value(node, "Роль", "Получатель")
    builder.value(node, "Валюта", currency)
    builder.value(node, "Курс", "1")
    builder.value(node, "Сумма", payment.amount.decimal_text())
    builder.value(node, "Время", paid.strftime("%H:%M:%S"))


def _requisites(order: OrderStatus, zone: ZoneInfo) -> dict[str, str]:
    """The named values stock configurations look for, in the order sites write them."""
    values = {"Статус заказа": order.status, "Заказ оплачен": switch(order.paid)}
    if order.payments:
        last = max(order.payments, key=lambda payment: (payment.paid_at, payment.id))
        values["Метод оплаты"] = "Безналичный расчет"
        values["Номер платежного документа"] = last.number or last.id
        values["Дата оплаты"] = _moment(order.paid_at or last.paid_at, zone)
    elif order.paid_at:
        values["Дата оплаты"] = _moment(order.paid_at, zone)
    values["Отменен"] = switch(order.cancelled)
    if order.shipped is not None:
        values["Отгружен"] = switch(order.shipped)
    values["Дата изменения статуса"] = _moment(order.changed_at, zone)
    return {**values, **order.requisites}


def _moment(at: dt.datetime, zone: ZoneInfo) -> str:
    return _local(at, zone).strftime("%Y-%m-%d %H:%M:%S")


def _local(at: dt.datetime, zone: ZoneInfo) -> dt.datetime:
    if at.tzinfo is None:
        raise ValueError("an instant needs a zone")
    return at.astimezone(zone).replace(tzinfo=None, microsecond=0)
