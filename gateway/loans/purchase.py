"""What is bought on credit: the basket, its sum, the down payment, the term wished for."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from gateway.core.errors import Refused
from gateway.core.money import Money
from gateway.core.text import no_control
from gateway.loans.lenders.ports import BasketLine
from gateway.loans.schedule import MONTHS_LIMIT
from gateway.store.schema import AnyRow, dumps

DELIVERIES = frozenset({"", "pickup", "delivery"})
_REGION = re.compile(r"(?:[0-9]{2})?")
MOST = Money(10**11)
"""Of one purchase: a thousand million roubles. The sums of a board stay far from 64 bits, whoever applies."""
_MOST_LINES = 200
_THOUSAND = Decimal(1000)


@dataclass(frozen=True, slots=True)
class Purchase:
    """What a buyer wants; with nothing but a phone number known, all of it may be empty.

    Attributes:
        goods: price of everything; zero while unknown.
        down: paid by the buyer at the shop.
        months: wished for; 0 while unknown.
        region: where the buyer is: code of the subject of the federation, "" while unknown.
        delivery: "pickup", "delivery" or "".
    """

    basket: tuple[BasketLine, ...] = ()
    goods: Money = field(default_factory=Money.zero)
    down: Money = field(default_factory=Money.zero)
    months: int = 0
    region: str = ""
    delivery: str = ""

    def checked(self) -> Purchase:
        """The same, with the goods' sum taken from the basket where it was not told, and names as they can be written.

        Raises:
            Refused: `loan.basket_line`, `loan.basket_sum`, `loan.too_much`, `loan.bad_sums`, `loan.bad_months`,
                `loan.bad_region`, `loan.bad_delivery`.
        """
        basket = tuple(_named(line) for line in self.basket)
        total = Money(sum(_amount(place, line) for place, line in enumerate(basket, start=1)))
        if len(self.basket) > _MOST_LINES:
            raise Refused("loan.basket_line", line=_MOST_LINES + 1)
        if self.basket and self.goods and total != self.goods:
            raise Refused("loan.basket_sum", given=str(self.goods), expected=str(total))
        goods = total if self.basket else self.goods
        if goods > MOST:
            raise Refused("loan.too_much", amount=str(goods), most=str(MOST))
        if self.down.kopecks < 0 or goods < self.down:
            raise Refused("loan.bad_sums", given=str(self.down), amount=str(goods))
        if not 0 <= self.months <= MONTHS_LIMIT:
            raise Refused("loan.bad_months", longest=MONTHS_LIMIT)
        if not _REGION.fullmatch(self.region):
            raise Refused("loan.bad_region")
        if self.delivery not in DELIVERIES:
            raise Refused("loan.bad_delivery")
        return Purchase(basket, goods, self.down, self.months, self.region, self.delivery)

    def columns(self) -> dict[str, Any]:
        """The columns of an application."""
        return {
            "basket": dumps([_stored(line) for line in self.basket]),
            "goods": self.goods.kopecks,
            "down": self.down.kopecks,
            "months": self.months,
            "region": self.region,
            "delivery": self.delivery,
        }


def purchase_of(row: AnyRow) -> Purchase:
    """What stands in an application's row."""
    return Purchase(
        tuple(_read(line) for line in json.loads(row.basket)),
        Money(row.goods),
        Money(row.down),
        row.months,
        row.region,
        row.delivery,
    )


def _named(line: BasketLine) -> BasketLine:
    """The line with its words on one line each, of characters every lender's protocol can carry."""
    name, category = (" ".join(no_control(text).split()) for text in (line.name, line.category))
    return replace(line, name=name, category=category)


def _amount(place: int, line: BasketLine) -> int:
    """The kopecks of a line.

    Raises:
        Refused: `loan.basket_line`.
    """
    named = bool(line.name) and len(line.name) <= 300 and len(line.category) <= 60
    sound = line.qty > 0 and line.price.kopecks >= 0
    if not (named and sound) or line.price.times(Decimal(line.qty) / _THOUSAND) != line.amount:
        raise Refused("loan.basket_line", line=place)
    return line.amount.kopecks


def _stored(line: BasketLine) -> dict[str, Any]:
    return {
        "name": line.name,
        "category": line.category,
        "qty": line.qty,
        "price": line.price.kopecks,
        "amount": line.amount.kopecks,
    }


def _read(line: dict[str, Any]) -> BasketLine:
    return BasketLine(line["name"], line["category"], line["qty"], Money(line["price"]), Money(line["amount"]))
