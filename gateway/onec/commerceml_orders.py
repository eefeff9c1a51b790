"""Documents of CommerceML: orders, invoices, and whatever else came in the file.

A document that cannot be used (no date, an unreadable quantity or sum, another currency) raises `Unreadable`; the
reader of the file reports it and goes on with the next.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from zoneinfo import ZoneInfo

from gateway.core.money import Money, total
from gateway.core.problem import Problem
from gateway.onec.commerceml_goods import vat_rate, warehouse
from gateway.onec.commerceml_values import (
    Unreadable,
    currency,
    day,
    moment,
    money,
    quantity,
    requisites,
    switch,
    unit,
)
from gateway.onec.commerceml_xml import Node
from gateway.onec.model_documents import BankAccount, Contact, Counterparty, OrderDocument, OrderLine

_ADDRESSES = ("Адрес", "АдресРегистрации", "ЮридическийАдрес")


def document(node: Node, zone: ZoneInfo, container: int, problems: list[Problem]) -> OrderDocument:
    """One <Документ>.

    Args:
        zone: where the dates and times of the file are meant.
        container: number of the <Контейнер> around it.
        problems: gets warnings about a document that is usable all the same.

    Raises:
        Unreadable: the document cannot be used; nothing of it has been added to `problems`.
    """
    number = node.text("Номер")
    outer_id = node.text("Ид") or number
    if not outer_id:
        raise Unreadable("onec.order_no_id", node.line, node.text("Дата"))
    warnings: list[Problem] = []
    code = currency(node.text("Валюта"))
    if code != "RUB":
        raise Unreadable("onec.currency_not_rouble", node.line, code, currency=code, what=number or outer_id)
    lines = tuple(_line(item, number or outer_id, warnings) for item in node.items("Товары", "Товар"))
    amount = money(node, "Сумма")
    operation = node.text("ХозОперация")
    if lines and amount is None and operation.lower().startswith(("заказ", "счет на", "счёт на")):
        raise Unreadable("onec.order_no_amount", node.line, outer_id, order=number or outer_id)
    values = requisites(node)
    made = day(node, "Дата", "onec.order_date")
    clock = node.text("Время")
    tax = _tax(node)
    found = OrderDocument(
        id=outer_id,
        number=number,
        date=made,
        made_at=moment(f"{made.isoformat()} {clock}", zone) if clock else None,
        operation=operation,
        role=node.text("Роль"),
        amount=amount,
        parties=tuple(_party(item) for item in node.items("Контрагенты", "Контрагент")),
        lines=lines,
        warehouses=tuple(warehouse(item) for item in node.items("Склады", "Склад")),
        due=_due(node, warnings),
        comment=node.text("Комментарий"),
        vat_amount=tax[0],
        requisites=values,
        status=values.get("Статус заказа") or values.get("Статуса заказа ИД", ""),
        paid=switch(values.get("Заказ оплачен") or values.get("Оплачен", "")),
        cancelled=switch(values.get("Отменен") or values.get("Отменён", "")),
        shipped=switch(values.get("Отгружен", "")),
        posted=switch(values.get("Проведен", "")),
        delivery_allowed=switch(values.get("Доставка разрешена", "")),
        deleted=bool(switch(node.text("ПометкаУдаления")) or switch(values.get("ПометкаУдаления", ""))),
        number_1c=node.text("Номер1С") or values.get("Номер по 1С", ""),
        date_1c=node.text("Дата1С") or values.get("Дата по 1С", ""),
        basis_id=node.text("Основание"),
        container=container,
        subordinates=tuple(_subordinates(node, zone, container, warnings)),
        line=node.line,
        extras=node.rest(),
    )
    _compare_sums(node, found, warnings)
    problems.extend(warnings)
    return found


def _subordinates(node: Node, zone: ZoneInfo, container: int, warnings: list[Problem]) -> Iterator[OrderDocument]:
    """ПодчиненныеДокументы; a bad one is left out and reported, the document above it stays."""
    for item in node.items("ПодчиненныеДокументы", "ПодчиненныйДокумент"):
        try:
            yield document(item, zone, container, warnings)
        except Unreadable as error:
            warnings.append(error.problem(item.peek("Номер") or item.peek("Ид"), skipped=True))


def _line(node: Node, order: str, warnings: list[Problem]) -> OrderLine:
    qty = quantity(node, node.text("Количество"))
    product_id, name = node.text("Ид"), node.text("Наименование")
    if qty is None:
        raise Unreadable("onec.line_no_qty", node.line, name or product_id, order=order)
    if not product_id and not name:
        raise Unreadable("onec.line_no_product", node.line, "", order=order)
    values = requisites(node)
    kind = node.text("ТипНоменклатуры") or values.get("ТипНоменклатуры") or values.get("ВидНоменклатуры", "")
    tax_amount, included, tax_rate = _tax(node)
    return OrderLine(
        product_id=product_id,
        sku=node.text("Артикул"),
        name=name,
        unit=unit(node.child("БазоваяЕдиница") or node.child("Единица")),
        qty=qty,
        price=_price(node, order, warnings),
        amount=money(node, "Сумма"),
        vat_rate=tax_rate or vat_rate(node),
        vat_amount=tax_amount,
        vat_included=included,
        service=product_id.startswith("ORDER_DELIVERY") or "услуг" in kind.lower(),
        requisites=values,
        line=node.line,
        extras=node.rest(),
    )


def _price(node: Node, order: str, warnings: list[Problem]) -> Money | None:
    """The price per unit; a price with part of a kopeck is left out with a warning, for the line's sum decides."""
    try:
        return money(node, "ЦенаЗаЕдиницу")
    except Unreadable as error:
        warnings.append(error.problem(order, skipped=False))
        return None


def _tax(node: Node) -> tuple[Money | None, bool | None, str]:
    """(sum, included in the price, rate as written) of the VAT of a document or line."""
    for item in node.items("Налоги", "Налог"):
        if "ндс" in item.peek("Наименование").lower():
            item.text("Наименование")
            return money(item, "Сумма"), switch(item.text("УчтеноВСумме")), item.text("Ставка")
    return None, None, ""


def _due(node: Node, warnings: list[Problem]) -> date | None:
    """СрокПлатежа; an unreadable one is a warning, for no decision hangs on it."""
    try:
        return day(node, "СрокПлатежа", "onec.order_due") if node.text("СрокПлатежа") else None
    except Unreadable as error:
        warnings.append(error.problem(node.peek("Номер"), skipped=False))
        return None


def _compare_sums(node: Node, found: OrderDocument, warnings: list[Problem]) -> None:
    """Warn when the lines do not add up to the document, unless discounts or expenses stand between them."""
    sums = [line.amount for line in found.lines if line.amount is not None]
    if found.amount is None or not found.lines or len(sums) != len(found.lines):
        return
    between = any(node.has(name) for name in ("Скидки", "ДопРасходы"))
    outside = any(line.vat_included is False for line in found.lines)
    if between or outside or total(sums) == found.amount:
        return
    values = {"order": found.number or found.id, "amount": str(found.amount), "lines": str(total(sums))}
    warnings.append(Problem(found.line, "onec.order_sum_differs", values, "", False, found.number))


def _party(node: Node) -> Counterparty:
    official = node.text("ОфициальноеНаименование")
    contacts = [
        Contact(item.text("Тип", "КонтактВид"), item.text("Значение"), item.text("Комментарий"))
        for item in node.items("Контакты", "Контакт")
    ]
    # 3.1 and some shops put them straight into the party
    for name in ("Телефон", "Телефоны", "ЭлектроннаяПочта", "Email", "email"):
        contacts.extend(Contact(name, value) for value in node.texts(name))
    return Counterparty(
        id=node.text("Ид"),
        name=node.text("Наименование"),
        full_name=official or node.text("ПолноеНаименование"),
        role=node.text("Роль"),
        person=not official and (node.has("Фамилия") or node.has("ПолноеНаименование")),
        inn=node.text("ИНН"),
        kpp=node.text("КПП"),
        contacts=tuple(contact for contact in contacts if contact.value),
        addresses=tuple(
            (item.name, text) for item in node.children(*_ADDRESSES) if (text := item.text("Представление"))
        ),
        accounts=tuple(
            _account(item) for item in (*node.items("РасчетныеСчета", "РасчетныйСчет"), *node.children("РасчетныйСчет"))
        ),
        line=node.line,
        extras=node.rest(),
    )


def _account(node: Node) -> BankAccount:
    bank = node.child("Банк")
    return BankAccount(
        number=node.text("НомерСчета"),
        bic=bank.text("БИК") if bank else "",
        bank_name=bank.text("Наименование") if bank else "",
        correspondent=bank.text("СчетКорреспондентский") if bank else "",
        extras=node.rest(),
    )
