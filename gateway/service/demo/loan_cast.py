"""Who wants what in the loans story: twelve buyers, what they buy, from whom, and how it is to end.

Names are invented; numbers are valid in form and belong to nobody on purpose.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from gateway.core.money import Money
from gateway.loans.lenders.ports import BasketLine
from gateway.loans.model import SigningWay
from gateway.loans.purchase import Purchase
from gateway.loans.sandbox.control import LENDERS, REST, SOAP
from gateway.service.demo import shop as trade
from gateway.service.demo.loan_house import ELECTRONICS, FURNITURE, OWN

PLAIN, INSTALMENTS = "standard", "instalments"
OWN_ORDER = "СР-002001"
_MIRROR = trade.Goods("goods-901", "ЗР-12080", "Зеркало напольное 120×80", Money(2_445_000), (6, 0))
_PIECE = 1000
BRACKET = Money(5_990_00)
"""Of the television's price; it comes back."""


@dataclass(frozen=True, slots=True)
class Person:
    """A buyer. `passport` is its series and number."""

    surname: str
    name: str
    patronymic: str
    phone: str = field(repr=False)
    passport: str = field(repr=False)

    @property
    def answers(self) -> Mapping[str, str]:
        """What the buyer tells the call centre."""
        return {
            "surname": self.surname,
            "name": self.name,
            "patronymic": self.patronymic,
            "birth_date": "11.02.1985",
            "passport": self.passport,
            "passport_issued_by": "Отделом внутренних дел района Примерный города Москвы",
            "passport_issued_on": "12.03.2010",
            "passport_code": "770-001",
            "registration_address": "г. Москва, ул. Примерная, д. 5, кв. 17",
            "phone": self.phone,
            "income": "85 000",
            "employer": "ООО «Пример»",
        }


@dataclass(frozen=True, slots=True)
class Wish:
    """One application of the story.

    Attributes:
        key: what the story calls it.
        shop: its short name. order: the shop's number.
        lender, offer, way: what the shop will choose; "" and None where it does not come to that.
        asked: lenders it is sent to.
        ru, en: what is special about it.
    """

    key: str
    shop: str
    order: str
    buyer: Person
    line: BasketLine
    down: Money
    ru: str
    en: str
    lender: str = ""
    offer: str = PLAIN
    way: SigningWay | None = None
    months: int = 12
    asked: tuple[str, ...] = LENDERS

    @property
    def purchase(self) -> Purchase:
        delivery = "pickup" if self.way is SigningWay.CLERK else "delivery"
        return Purchase((self.line,), self.line.amount, self.down, self.months, "77", delivery)


def _one(name: str, category: str, roubles: int) -> BasketLine:
    return BasketLine(name, category, _PIECE, Money(roubles * 100), Money(roubles * 100))


def _person(number: int, surname: str, name: str, patronymic: str) -> Person:
    return Person(surname, name, patronymic, f"+7900000{number:04d}", f"4599{number:06d}")


WISHES = (
    Wish(
        "phone_alone", FURNITURE, "МД-1001", _person(101, "Абрамова", "Анна", "Петровна"),
        _one("Диван угловой", "furniture", 64_900), Money(6_490_00),
        "один номер телефона; курьер вернулся пустым и поехал снова",
        "a phone number alone; the courier came back empty and went again",
        REST, way=SigningWay.COURIER,
    ),
    Wish(
        "refused", FURNITURE, "МД-1002", _person(102, "Белов", "Олег", "Иванович"),
        _one("Кровать двуспальная", "furniture", 52_400), Money(0),
        "отказали оба банка", "both lenders refuse",
    ),
    Wish(
        "one_refusal", ELECTRONICS, "ТП-501", _person(103, "Воронцова", "Мария", "Олеговна"),
        _one("Телевизор 55 дюймов с кронштейном", "electronics", 89_990), Money(9_000_00),
        "один банк отказал, другой одобрил; кронштейн вернули, банк удержал его из следующего платежа",
        "one lender refuses, the other offers; the bracket comes back and is kept from his next payment",
        REST, way=SigningWay.CLERK,
    ),
    Wish(
        "changed_mind", ELECTRONICS, "ТП-502", _person(104, "Гусев", "Иван", "Сергеевич"),
        _one("Стиральная машина", "appliances", 41_990), Money(0),
        "покупатель передумал", "the buyer changes his mind",
    ),
    Wish(
        "faulty", ELECTRONICS, "ТП-503", _person(105, "Дёмина", "Анна", "Олеговна"),
        _one("Ноутбук", "electronics", 124_990), Money(0),
        "в бумагах ошибка: подписаны заново", "faulty papers: signed anew",
        SOAP, way=SigningWay.BRANCH,
    ),
    Wish(
        "cooling", FURNITURE, "МД-1003", _person(106, "Ершов", "Олег", "Петрович"),
        _one("Кухонный гарнитур", "furniture", 310_000), Money(62_000_00),
        "период охлаждения 48 часов", "a cooling-off period of 48 hours",
        REST, way=SigningWay.BRANCH,
    ),
    Wish(
        "instalments", ELECTRONICS, "ТП-504", _person(107, "Жукова", "Мария", "Ивановна"),
        _one("Смартфон", "electronics", 74_990), Money(0),
        "рассрочка: скидка магазина остаётся у банка", "instalments: the lender keeps the shop's discount",
        REST, INSTALMENTS, SigningWay.CLERK, 10,
    ),
    Wish(
        "returned", FURNITURE, "МД-1004", _person(108, "Зимин", "Иван", "Олегович"),
        _one("Шкаф-купе", "furniture", 45_000), Money(5_000_00),
        "товар вернули: деньги идут обратно в банк", "the goods come back: the money goes back to the lender",
        SOAP, way=SigningWay.CLERK,
    ),
    Wish(
        "wrong_passport", ELECTRONICS, "ТП-505", _person(109, "Ильина", "Анна", "Сергеевна"),
        _one("Холодильник", "appliances", 59_990), Money(5_990_00),
        "паспорт не сошёлся дважды", "the passport does not fit, twice",
        SOAP, way=SigningWay.CLERK,
    ),
    Wish(
        "own_shop", OWN, OWN_ORDER, _person(110, "Карпов", "Иван", "Петрович"),
        BasketLine(_MIRROR.name, "furniture", 2 * _PIECE, _MIRROR.price, Money(2 * _MIRROR.price.kopecks)), Money(0),
        "наш магазин: товар со своего склада", "our own shop: goods of our own warehouse",
        REST, way=SigningWay.COURIER,
    ),
    Wish(
        "courier", ELECTRONICS, "ТП-506", _person(111, "Лаврова", "Мария", "Петровна"),
        _one("Пылесос-робот", "appliances", 36_990), Money(3_990_00),
        "курьер подписал с первого раза, магазин верит банку",
        "signed with a courier at once; the shop trusts the lender",
        SOAP, way=SigningWay.COURIER,
    ),
    Wish(
        "paper_rejected", FURNITURE, "МД-1005", _person(112, "Мельников", "Олег", "Сергеевич"),
        _one("Комод", "furniture", 38_700), Money(3_870_00),
        "банк не принял оригинал: подписан ещё раз", "the lender rejects the original: signed once more",
        SOAP, way=SigningWay.CLERK,
    ),
)  # fmt: skip
BY_KEY: Mapping[str, Wish] = {wish.key: wish for wish in WISHES}


def own_trade(today: date) -> trade.Shop:
    """What 1C exports of our own shop: mirrors in stock and the order that is bought on credit."""
    buyer = BY_KEY["own_shop"].buyer
    name = f"{buyer.surname} {buyer.name} {buyer.patronymic}"
    customer = trade.Customer("buyer-fl-901", "fl", name, "", "", buyer.phone, "")
    order = trade.Order("order-02001", OWN_ORDER, today, customer, (trade.Line(_MIRROR, 2),), delivery=True)
    return trade.Shop((_MIRROR,), (customer,), (order,))
