"""Classifier, catalogue and offers of CommerceML 2.03–2.10 and 3.1."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from gateway.core.problem import Problem
from gateway.core.quantity import Quantity
from gateway.onec.commerceml_values import (
    Unreadable,
    barcodes,
    characteristics,
    currency,
    money,
    quantity,
    requisites,
    switch,
    unit,
)
from gateway.onec.commerceml_xml import Node
from gateway.onec.model import (
    Catalogue,
    Extra,
    Group,
    Offer,
    Price,
    PriceType,
    Product,
    Stock,
    StockRow,
    Unit,
    Warehouse,
)


class GoodsReader:
    """Collects what the goods parts of one file say.

    Args:
        problems: where problems go; shared with the reader of the file.
    """

    def __init__(self, problems: list[Problem]) -> None:
        self._problems = problems
        self._products: list[Product] = []
        self._offers: list[Offer] = []
        self._rows: list[StockRow] = []
        self._groups: list[Group] = []
        self._units: list[Unit] = []
        self._warehouses: list[Warehouse] = []
        self._price_types: list[PriceType] = []
        self._catalogue_head: tuple[str, str, bool] | None = None
        self._catalogue_extras: list[Extra] = []
        self._classifier_seen = False
        self._package_head: tuple[str, bool] | None = None
        self._package_extras: list[Extra] = []
        self._package_warehouses: list[Warehouse] = []
        self._package_price_types: list[PriceType] = []

    # Sections

    def classifier(self, node: Node) -> None:
        """<Классификатор>: groups, and from 2.08 on warehouses, price types and units."""
        self._classifier_seen = True
        for holder in node.children("Группы"):
            self._groups.extend(_groups(holder, ""))
        self._warehouses.extend(_warehouses(node))
        self._price_types.extend(_price_types(node))
        self._units.extend(unit(item) for item in node.items("ЕдиницыИзмерения", "ЕдиницаИзмерения"))
        self._catalogue_extras.extend(_under("Классификатор", node))

    def catalogue(self, node: Node) -> None:
        """<Каталог>, its goods already read."""
        self._catalogue_head = (node.text("Ид"), node.text("Наименование"), _full(node))
        self._catalogue_extras.extend(_under("Каталог", node))

    def package(self, node: Node) -> None:
        """<ПакетПредложений> or <ИзмененияПакетаПредложений>, its offers already read."""
        # A package of changes is a full one only if it says so in so many words
        self._package_head = (node.text("ИдКаталога"), _full(node))
        self._package_warehouses.extend(_warehouses(node))
        self._package_price_types.extend(_price_types(node))
        self._package_extras.extend(_under(node.name, node))

    # Elements

    def product(self, node: Node) -> None:
        """One <Товар> of the catalogue."""
        outer_id = node.text("Ид")
        if not outer_id:
            self._skip(node, "onec.product_no_id", node.text("Наименование"))
            return
        values = requisites(node)
        kind = node.text("ТипНоменклатуры") or values.get("ТипНоменклатуры") or values.get("ВидНоменклатуры", "")
        self._products.append(
            Product(
                id=outer_id,
                sku=node.text("Артикул"),
                name=node.text("Наименование"),
                full_name=node.text("ПолноеНаименование") or values.get("Полное наименование", ""),
                unit=unit(node.child("БазоваяЕдиница")),
                barcodes=barcodes(node),
                group_ids=tuple(value for holder in node.children("Группы") for value in holder.texts("Ид")),
                characteristics=characteristics(node),
                properties=tuple(_properties(node)),
                requisites=values,
                vat_rate=vat_rate(node),
                service="услуг" in kind.lower(),
                deleted=bool(switch(node.text("ПометкаУдаления"))) or node.peek_attribute("Статус") == "Удален",
                line=node.line,
                extras=node.rest(),
            )
        )

    def offer(self, node: Node) -> None:
        """One <Предложение>; a bad price or quantity costs that price or quantity, not the offer."""
        product_id = node.text("Ид")
        if not product_id:
            self._skip(node, "onec.product_no_id", node.text("Наименование"))
            return
        if characteristic := node.text("ИдХарактеристики"):
            product_id = f"{product_id}#{characteristic}"
        total = self._quantity(node, node.text("Количество"), product_id)
        rows: list[StockRow] = []
        loose: Quantity | None = None
        for holder, warehouse_id, text in _stock_places(node):
            qty = self._quantity(holder, text, product_id)
            if qty is None:
                continue
            if warehouse_id:
                rows.append(StockRow(product_id, warehouse_id, qty, holder.line))
            else:
                loose = qty
        total = total if total is not None else loose
        if rows:
            self._rows.extend(rows)
            held = sum((row.qty for row in rows), Quantity(0))
            if total is not None and held != total:
                values = {"product": product_id, "total": str(total), "held": str(held)}
                self._problems.append(Problem(node.line, "onec.stock_total_differs", values, "", False, product_id))
        elif total is not None:
            self._rows.append(StockRow(product_id, "", total, node.line))
        self._offers.append(
            Offer(
                product_id=product_id,
                sku=node.text("Артикул"),
                name=node.text("Наименование"),
                unit=unit(node.child("БазоваяЕдиница")),
                barcodes=barcodes(node),
                characteristics=characteristics(node),
                prices=tuple(self._prices(node, product_id)),
                total=total,
                line=node.line,
                extras=node.rest(),
            )
        )

    # Results

    def result_catalogue(self) -> Catalogue | None:
        """None when the file has no catalogue and no classifier with something in it."""
        empty = not (self._groups or self._warehouses or self._price_types or self._units)
        if self._catalogue_head is None and not self._products and empty:
            if self._package_head is not None:
                # the classifier of an offers file often holds its owner and nothing else
                self._package_extras[:0] = self._catalogue_extras
                return None
            if not self._classifier_seen:
                return None
        outer_id, name, full = self._catalogue_head or ("", "", False)
        return Catalogue(
            id=outer_id,
            name=name,
            full=full,
            products=tuple(self._products),
            groups=tuple(self._groups),
            warehouses=tuple(self._warehouses),
            price_types=tuple(self._price_types),
            units=tuple(self._units),
            extras=tuple(self._catalogue_extras),
        )

    def result_stock(self, made_at: datetime | None) -> Stock | None:
        """Call after `result_catalogue`, which may leave the classifier's owner to the package."""
        if self._package_head is None:
            return None
        catalogue_id, full = self._package_head
        return Stock(
            rows=tuple(self._rows),
            offers=tuple(self._offers),
            warehouses=tuple(self._package_warehouses or self._warehouses),
            price_types=tuple(self._package_price_types or self._price_types),
            catalogue_id=catalogue_id,
            full=full,
            made_at=made_at,
            extras=tuple(self._package_extras),
        )

    # Parts

    def _prices(self, node: Node, product_id: str) -> Iterator[Price]:
        for item in node.items("Цены", "Цена"):
            type_id, code = item.text("ИдТипаЦены"), currency(item.text("Валюта"))
            try:
                amount = money(item, "ЦенаЗаЕдиницу")
            except Unreadable as error:
                self._problems.append(error.problem(product_id, skipped=True))
                continue
            if amount is None:
                continue
            if code != "RUB":
                values = {"currency": code, "what": product_id}
                self._problems.append(
                    Problem(item.line, "onec.currency_not_rouble", values, str(amount), True, product_id)
                )
                continue
            yield Price(type_id, amount, code, item.rest())

    def _quantity(self, node: Node, text: str, product_id: str) -> Quantity | None:
        try:
            return quantity(node, text)
        except Unreadable as error:
            self._problems.append(error.problem(product_id, skipped=True))
            return None

    def _skip(self, node: Node, code: str, fragment: str) -> None:
        self._problems.append(Problem(node.line, code, {}, fragment[:120], True))


def vat_rate(node: Node) -> str:
    """The VAT rate as written, "" when the element has none or only other taxes."""
    for item in node.items("СтавкиНалогов", "СтавкаНалога"):
        if "ндс" in item.peek("Наименование").lower():
            item.text("Наименование")
            return item.text("Ставка")
    return ""


def warehouse(node: Node) -> Warehouse:
    """<Склад> with name and address."""
    address = node.child("Адрес")
    return Warehouse(
        id=node.text("Ид"),
        name=node.text("Наименование"),
        address=address.text("Представление") if address else "",
        deleted=bool(switch(node.text("ПометкаУдаления"))),
        extras=node.rest(),
    )


def _warehouses(node: Node) -> list[Warehouse]:
    return [warehouse(item) for item in node.items("Склады", "Склад")]


def _price_types(node: Node) -> Iterator[PriceType]:
    for item in node.items("ТипыЦен", "ТипЦены"):
        tax = item.child("Налог")
        yield PriceType(
            id=item.text("Ид"),
            name=item.text("Наименование"),
            currency=currency(item.text("Валюта")),
            tax_included=switch(tax.text("УчтеноВСумме")) if tax else None,
            extras=item.rest(),
        )


def _groups(holder: Node, parent_id: str) -> Iterator[Group]:
    for node in holder.children("Группа"):
        group_id = node.text("Ид")
        deleted = bool(switch(node.text("ПометкаУдаления")))
        name = node.text("Наименование")
        below = [group for inner in node.children("Группы") for group in _groups(inner, group_id)]
        yield Group(group_id, name, parent_id, deleted, node.rest())
        yield from below


def _properties(node: Node) -> Iterator[tuple[str, str]]:
    for item in node.items("ЗначенияСвойств", "ЗначенияСвойства"):
        property_id = item.text("Ид")
        for value in item.texts("Значение") or ("",):
            yield property_id, value


def _stock_places(node: Node) -> Iterator[tuple[Node, str, str]]:
    """(element, warehouse id or "", quantity text) in each of the ways the versions write stock."""
    for item in node.children("Склад", "Склады"):  # 2.04–2.10; <Склады> in a package of changes
        yield item, item.attribute("ИдСклада") or item.text("Ид"), _held(item)
    for item in node.items("КоличествоНаСкладах", "КоличествоНаСкладе"):  # 2.05 of some configurations
        yield item, item.text("ИдСклада"), item.text("Количество")
    for item in node.items("Остатки", "Остаток"):  # 3.1
        places = item.children("Склад")
        for place in places:
            yield place, place.text("Ид"), place.text("Количество")
        if not places:
            yield item, "", item.text("Количество")


def _held(item: Node) -> str:
    return item.attribute("КоличествоНаСкладе") or item.text("Количество", "КоличествоНаСкладе")


def _full(node: Node) -> bool:
    return switch(node.attribute("СодержитТолькоИзменения")) is False


def _under(prefix: str, node: Node) -> Iterator[Extra]:
    for extra in node.rest():
        yield Extra(f"{prefix}/{extra.path}", extra.text)
