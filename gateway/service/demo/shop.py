"""A fictional frame shop: goods, stock in two warehouses, buyers and sixty open orders, as 1C would export them.

Everything is made from a fixed seed; names are invented, requisites are valid in form and belong to nobody on purpose.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from lxml import etree

from gateway.core.money import Money, total
from gateway.core.requisites import with_key

NAME, INN, KPP = "ООО «Светорама»", "7701234560", "770101001"
NAMESPACE = "urn:1C.ru:commerceml_2"
WAREHOUSES = (("wh-main", "Основной склад"), ("wh-shop", "Склад магазина"))
ORDERS = 60
_SEED = 20261121


@dataclass(frozen=True, slots=True)
class Goods:
    """A position of the catalogue; `stock` is pieces by warehouse."""

    id: str
    sku: str
    name: str
    price: Money
    stock: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Customer:
    """Who orders and pays; `kind` is "ul", "ip" or "fl"."""

    id: str
    kind: str
    name: str
    inn: str
    kpp: str
    phone: str
    account: str


@dataclass(frozen=True, slots=True)
class Line:
    """Goods and how many pieces."""

    goods: Goods
    pieces: int

    @property
    def amount(self) -> Money:
        return Money(self.goods.price.kopecks * self.pieces)


@dataclass(frozen=True, slots=True)
class Order:
    """An open order; it is paid by its own number."""

    id: str
    number: str
    date: date
    customer: Customer
    lines: tuple[Line, ...]
    delivery: bool

    @property
    def amount(self) -> Money:
        return total([line.amount for line in self.lines])

    @property
    def pieces(self) -> int:
        return sum(line.pieces for line in self.lines)


@dataclass(frozen=True, slots=True)
class Shop:
    """The whole shop on one day."""

    goods: tuple[Goods, ...]
    customers: tuple[Customer, ...]
    orders: tuple[Order, ...]


_FRAMES = (
    ("РМ-А4-ОРХ", "Рама деревянная А4, орех", 89000),
    ("РМ-А4-БЕЛ", "Рама деревянная А4, белая", 85000),
    ("РМ-А3-ОРХ", "Рама деревянная А3, орех", 129000),
    ("РМ-А3-ЧЕР", "Рама деревянная А3, чёрная", 125000),
    ("РМ-3040-ЗОЛ", "Рама 30×40, багет золото", 174000),
    ("РМ-4050-ЗОЛ", "Рама 40×50, багет золото", 219000),
    ("РМ-4050-СЕР", "Рама 40×50, багет серебро", 212000),
    ("РМ-5070-ВЕН", "Рама 50×70, венге", 298000),
    ("РМ-6080-ДУБ", "Рама 60×80, дуб", 389000),
    ("ЗР-5070", "Зеркало в раме 50×70", 549000),
    ("ЗР-6090", "Зеркало в раме 60×90", 689000),
    ("ПСП-А4", "Паспарту А4, слоновая кость", 24000),
    ("ПСП-А3", "Паспарту А3, слоновая кость", 36000),
    ("СТК-А4", "Стекло антиблик А4", 31000),
    ("СТК-А3", "Стекло антиблик А3", 52000),
    ("ФТР-1015", "Фоторамка 10×15, пластик", 19900),
    ("ФТР-1521", "Фоторамка 15×21, пластик", 25900),
    ("ПДР-3040", "Подрамник с холстом 30×40", 64000),
    ("ПДР-5070", "Подрамник с холстом 50×70", 112000),
    ("КРП-НБР", "Набор креплений для рам", 15000),
)
_FIRMS = (
    "Ателье Кадр", "Берег Света", "Вернисаж", "Галерея Полдень", "Дом Картин", "Ежевика Принт", "Живопись Плюс",
    "Золотой Багет", "Интерьер Сити", "Капитель", "Линия Декора", "Мастерская Холст", "Новый Формат", "Отражение",
    "Палитра Трейд", "Ракурс", "Студия Ольха", "Тёплый Дом", "Уют Сервис", "Фотомир",
)  # fmt: skip
_SURNAMES = (
    "Абрамова", "Белов", "Воронцова", "Гусев", "Дёмина", "Ершов", "Жукова", "Зимин", "Ильина", "Карпов", "Лаврова",
    "Мельников", "Назарова", "Орлов", "Панова", "Рябов", "Синицына", "Тарасов", "Уварова", "Фомин",
)  # fmt: skip
_GIVEN = (("Анна", "Петровна"), ("Иван", "Сергеевич"), ("Мария", "Олеговна"), ("Олег", "Иванович"))


def make_shop(today: date) -> Shop:
    """The shop as it stands on `today`; the same every time."""
    chance = random.Random(_SEED)  # noqa: S311 - a story, not a secret
    goods = tuple(
        Goods(f"goods-{n:03d}", sku, name, Money(price), (chance.randint(12, 40), chance.randint(0, 15)))
        for n, (sku, name, price) in enumerate(_FRAMES, start=1)
    )
    customers = tuple(_customers(chance))
    orders = tuple(_order(chance, number, today, customers, goods) for number in range(1, ORDERS + 1))
    return Shop(goods, customers, orders)


def _customers(chance: random.Random) -> list[Customer]:
    found = []
    for n, name in enumerate(_FIRMS, start=1):
        found.append(
            Customer(
                f"buyer-ul-{n:02d}", "ul", f"ООО «{name}»", _inn10(chance), "770501001", _phone(n), _account(n, "40702")
            )
        )
    for n, surname in enumerate(_SURNAMES[:12], start=1):
        given, patronymic = _GIVEN[(n - 1) % 4]
        female = surname.endswith("а")
        if female != (given in ("Анна", "Мария")):
            given, patronymic = ("Анна", "Петровна") if female else ("Олег", "Иванович")
        person = f"{surname} {given} {patronymic}"
        kind = "ip" if n % 2 else "fl"
        found.append(
            Customer(
                f"buyer-{kind}-{n:02d}",
                kind,
                f"ИП {person}" if kind == "ip" else person,
                _inn12(chance) if kind == "ip" else "",
                "",
                _phone(100 + n),
                _account(100 + n, "40802" if kind == "ip" else "40817"),
            )
        )
    return found


def _order(
    chance: random.Random, number: int, today: date, customers: Sequence[Customer], goods: Sequence[Goods]
) -> Order:
    large = number % 10 == 0
    lines: dict[str, Line] = {}
    for _ in range(chance.randint(3, 5) if large else chance.randint(1, 2)):
        chosen = chance.choice(goods)
        pieces = chance.randint(3, 6) if large else chance.randint(1, 2)
        lines[chosen.id] = Line(chosen, pieces)
    return Order(
        id=f"order-{number:05d}",
        number=f"СР-{1000 + number:06d}",
        date=date.fromordinal(today.toordinal() - chance.randint(0, 6)),
        customer=customers[number % len(customers)],
        lines=tuple(lines.values()),
        delivery=chance.random() < 0.35,
    )


def _inn10(chance: random.Random) -> str:
    body = "99" + "".join(str(chance.randint(0, 9)) for _ in range(7))
    return body + str(_weigh(body, (2, 4, 10, 3, 5, 9, 4, 6, 8)))


def _inn12(chance: random.Random) -> str:
    body = "99" + "".join(str(chance.randint(0, 9)) for _ in range(8))
    body += str(_weigh(body, (7, 2, 4, 10, 3, 5, 9, 4, 6, 8)))
    return body + str(_weigh(body, (3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8)))


def _weigh(body: str, weights: Sequence[int]) -> int:
    return sum(int(digit) * weight for digit, weight in zip(body, weights, strict=True)) % 11 % 10


def _phone(n: int) -> str:
    return f"+7 900 000-{n // 100:02d}-{n % 100:02d}"


def _account(n: int, kind: str) -> str:
    return with_key(f"{kind}8100{n:011d}", "044525225")


def catalogue_file(shop: Shop, made_at: datetime) -> bytes:
    """import.xml: the catalogue."""
    root = _root(made_at)
    classifier = _add(root, "Классификатор")
    _add(classifier, "Ид", "svetorama")
    _add(classifier, "Наименование", "Классификатор (Светорама)")
    catalogue = _add(root, "Каталог", attributes={"СодержитТолькоИзменения": "false"})
    _add(catalogue, "Ид", "svetorama-goods")
    _add(catalogue, "ИдКлассификатора", "svetorama")
    _add(catalogue, "Наименование", "Рамы и зеркала")
    products = _add(catalogue, "Товары")
    for goods in shop.goods:
        node = _add(products, "Товар")
        _add(node, "Ид", goods.id)
        _add(node, "Артикул", goods.sku)
        _add(node, "Наименование", goods.name)
        _unit(node)
    return _bytes(root)


def offers_file(shop: Shop, made_at: datetime) -> bytes:
    """offers.xml: prices and stock in two warehouses."""
    root = _root(made_at)
    package = _add(root, "ПакетПредложений", attributes={"СодержитТолькоИзменения": "false"})
    _add(package, "Ид", "svetorama-offers")
    _add(package, "Наименование", "Цены и остатки")
    _add(package, "ИдКаталога", "svetorama-goods")
    _add(package, "ИдКлассификатора", "svetorama")
    stores = _add(package, "Склады")
    for key, name in WAREHOUSES:
        node = _add(stores, "Склад")
        _add(node, "Ид", key)
        _add(node, "Наименование", name)
    offers = _add(package, "Предложения")
    for goods in shop.goods:
        node = _add(offers, "Предложение")
        _add(node, "Ид", goods.id)
        _add(node, "Артикул", goods.sku)
        _add(node, "Наименование", goods.name)
        _unit(node)
        _add(node, "Количество", str(sum(goods.stock)))
        for (key, _), pieces in zip(WAREHOUSES, goods.stock, strict=True):
            _add(node, "Склад", attributes={"ИдСклада": key, "КоличествоНаСкладе": str(pieces)})
    return _bytes(root)


def orders_file(shop: Shop, made_at: datetime) -> bytes:
    """orders.xml: the open orders."""
    root = _root(made_at)
    for order in shop.orders:
        _document(root, order)
    return _bytes(root)


def _document(root: etree._Element, order: Order) -> None:
    node = _add(root, "Документ")
    _add(node, "Ид", order.id)
    _add(node, "Номер", order.number)
    _add(node, "Дата", order.date.isoformat())
    _add(node, "ХозОперация", "Заказ товара")
    _add(node, "Роль", "Продавец")
    _add(node, "Валюта", "RUB")
    _add(node, "Курс", "1")
    _add(node, "Сумма", order.amount.decimal_text())
    _party(_add(_add(node, "Контрагенты"), "Контрагент"), order.customer)
    goods = _add(node, "Товары")
    for line in order.lines:
        item = _add(goods, "Товар")
        _add(item, "Ид", line.goods.id)
        _add(item, "Артикул", line.goods.sku)
        _add(item, "Наименование", line.goods.name)
        _unit(item)
        _add(item, "ЦенаЗаЕдиницу", line.goods.price.decimal_text())
        _add(item, "Количество", str(line.pieces))
        _add(item, "Сумма", line.amount.decimal_text())
    values = _add(node, "ЗначенияРеквизитов")
    wanted = [("Способ доставки", "Доставка курьером" if order.delivery else "Самовывоз")]
    if order.delivery:
        wanted.append(("Адрес доставки", f"г. Москва, ул. Примерная, д. {int(order.number[-2:]) + 1}"))
    for name, value in wanted:
        requisite = _add(values, "ЗначениеРеквизита")
        _add(requisite, "Наименование", name)
        _add(requisite, "Значение", value)


def _party(node: etree._Element, customer: Customer) -> None:
    _add(node, "Ид", customer.id)
    _add(node, "Наименование", customer.name)
    if customer.kind == "ul":
        _add(node, "ОфициальноеНаименование", customer.name)
        _add(node, "ИНН", customer.inn)
        _add(node, "КПП", customer.kpp)
    else:
        _add(node, "ПолноеНаименование", customer.name)
        if customer.inn:
            _add(node, "ИНН", customer.inn)
    contact = _add(_add(node, "Контакты"), "Контакт")
    _add(contact, "Тип", "Телефон мобильный")
    _add(contact, "Значение", customer.phone)
    _add(node, "Роль", "Покупатель")


def _unit(node: etree._Element) -> None:
    _add(node, "БазоваяЕдиница", "шт", {"Код": "796", "НаименованиеПолное": "Штука"})


def _root(made_at: datetime) -> etree._Element:
    spaces = {None: NAMESPACE}
    root = etree.Element(f"{{{NAMESPACE}}}КоммерческаяИнформация", nsmap=spaces)  # type: ignore[arg-type]
    root.set("ВерсияСхемы", "2.10")
    root.set("ДатаФормирования", made_at.strftime("%Y-%m-%dT%H:%M:%S"))
    return root


def _add(
    parent: etree._Element, name: str, text: str | None = None, attributes: dict[str, str] | None = None
) -> etree._Element:
    node = etree.SubElement(parent, f"{{{NAMESPACE}}}{name}", attributes or {})
    node.text = text
    return node


def _bytes(root: etree._Element) -> bytes:
    body: bytes = etree.tostring(root, encoding="UTF-8", xml_declaration=True, pretty_print=True)
    return b"\xef\xbb\xbf" + body
