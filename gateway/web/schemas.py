"""What shops' sites and the button send, and what they are told. Money is whole kopecks, instants are UTC text.

Nothing beyond the named fields is taken, and nothing is converted: "5" is no number.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from gateway.core.money import Money
from gateway.loans import purchase
from gateway.loans.applying import NewApplication
from gateway.loans.lenders.ports import BasketLine

MOST_KOPECKS = purchase.MOST.kopecks
Kopecks = Annotated[int, Field(ge=0, le=MOST_KOPECKS)]
_THOUSAND = Decimal(1000)


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class Line(_Strict):
    """One thing bought."""

    name: str = Field(min_length=1, max_length=300)
    category: str = Field(default="", max_length=60, description='"appliances", "electronics", "furniture" or another')
    qty: int = Field(default=1000, gt=0, le=10**9, description="Thousandths: 1000 is one piece")
    price: Kopecks = Field(description="Of one piece")

    def bought(self) -> BasketLine:
        """The line with its sum."""
        price = Money(self.price)
        return BasketLine(self.name, self.category, self.qty, price, price.times(Decimal(self.qty) / _THOUSAND))


class Wish(_Strict):
    """What somebody leaves who wants to buy on credit; the phone number alone is enough."""

    phone: str = Field(min_length=5, max_length=40, examples=["+7 916 123-45-67"])
    name: str = Field(default="", max_length=120)
    basket: list[Line] = Field(default_factory=list, max_length=200)
    goods: Kopecks = Field(default=0, description="Price of everything; 0 while unknown")
    down: Kopecks = Field(default=0, description="Paid by the buyer at the shop")
    months: int = Field(default=0, ge=0, le=360, description="Wished for; 0 while unknown")
    region: str = Field(default="", max_length=2, description='Code of the subject of the federation, "77"')
    delivery: Literal["", "pickup", "delivery"] = ""

    def application(self, shop: str, order: str) -> NewApplication:
        """The application of a shop."""
        return NewApplication(
            shop=shop,
            shop_order=order,
            phone=self.phone,
            name=self.name,
            basket=tuple(line.bought() for line in self.basket),
            goods=Money(self.goods),
            down=Money(self.down),
            months=self.months,
            region=self.region,
            delivery=self.delivery,
        )


class Apply(Wish):
    """An application from the program of a shop's site."""

    order: str = Field(default="", max_length=64, description="The shop's number: the same one is the same application")


class ApplyByButton(Wish):
    """An application from the button in a page, which anybody may send."""

    consent: Literal[True] = Field(description="The buyer has ticked the consent")


class Applied(BaseModel):
    """An application as it stands."""

    id: str
    number: int
    known: bool = Field(description="It was there already; nothing has changed")


class Taken(BaseModel):
    """What the button is told: the same whether or not the buyer is known."""

    accepted: Literal[True] = True


class Standing(BaseModel):
    """How an application stands; nothing of its buyer."""

    id: str
    number: int
    order: str = Field(description="The shop's number of the order")
    state: str
    stage: str
    since: str = Field(description="At this stage since")
    made_at: str
    goods: int
    down: int
    months: int
    lender: str = Field(description="Whose offer was accepted, or empty")
    signing_way: str = Field(description="clerk, branch, courier, or empty")
    goods_may_go: bool = Field(description="The goods may be handed over or sent")


class Quoted(BaseModel):
    """One term; what it costs on the best terms lenders publish."""

    months: int
    payment: int = Field(description="Of one month")
    last_payment: int
    overpaid: int
    rate: str = Field(description="Percent a year")
    psk: str = Field(description="Полная стоимость кредита, percent a year")


class Reason(BaseModel):
    """Why there is no offer on some terms."""

    code: str
    text_ru: str
    text_en: str


class Calculated(BaseModel):
    """What a loan would cost; approximate, the lender's offer rules."""

    goods: int
    down: int
    loan: int
    approximate: Literal[True] = True
    quotes: list[Quoted]
    reasons: list[Reason] = Field(description="Filled when there is no quote")


class ErrorText(BaseModel):
    """What happened and what to do about it, in both languages."""

    code: str
    text_ru: str
    text_en: str
    hint_ru: str
    hint_en: str


class ErrorBody(BaseModel):
    """The body of every answer that is not a success."""

    error: ErrorText
