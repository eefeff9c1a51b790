"""The morning that is played: who pays what, and what the bank does wrong meanwhile.

Each step says what it is and does it to the bank; nobody touches the service. What should come of it is written down
from the bank's side only, so it can be compared with what the service made of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from gateway.core.money import Money
from gateway.service.demo.prepare import Stage
from gateway.service.demo.shop import Customer, Order


@dataclass
class Truth:
    """What really happened at the bank.

    Attributes:
        paid: order number → kopecks honestly received for it and not taken back.
        reversed: orders whose money the bank took back.
        payments: operations that are somebody's payment to us.
    """

    paid: dict[str, int] = field(default_factory=dict)
    reversed: set[str] = field(default_factory=set)
    payments: int = 0


@dataclass(frozen=True, slots=True)
class Step:
    """One scene: what is told, what is done, what to wait for (order numbers that get released; payments in all)."""

    ru: str
    en: str
    act: Callable[[], None]
    payments: int = 0
    reversals: int = 0
    refusals: int = 0
    deliveries: int = 0


class Morning:
    """The story on one stage.

    Attributes:
        truth: kept up as the steps are played.
    """

    def __init__(self, stage: Stage) -> None:
        self._bank = stage.sandbox
        self._orders = stage.shop.orders
        self._refs: dict[str, str] = {}
        self.truth = Truth()

    def steps(self) -> Iterator[Step]:
        """The scenes in order."""
        clean = [o for o in self._orders if o.pieces <= 5 and not o.delivery][:5]
        brought = next(o for o in self._orders if o.pieces <= 5 and o.delivery)
        large = next(o for o in self._orders if o.pieces > 5)
        person = next(o for o in self._orders if o.customer.kind == "fl" and o not in clean)
        rest = [o for o in self._orders if o not in (*clean, brought, large, person) and o.customer.kind == "ul"]
        partial, over, repeated, forged, taken_back = rest[:5]
        for order in clean:
            yield self._pays(order, "чистая оплата", "a clean payment")
        yield self._pays(brought, "оплата заказа с доставкой", "an order with delivery")
        yield self._pays(large, "большой заказ: склад подтверждает", "a large order: the warehouse confirms")
        yield self._pays(person, "частное лицо через Сбербанк", "a private person through a bank", transit=True)
        yield Step(
            f"частичная оплата заказа {partial.number}",
            f"a part of order {partial.number} is paid",
            lambda: self._pay(partial, Money(partial.amount.kopecks // 2)),
            payments=1,
        )
        yield Step(
            f"переплата по заказу {over.number}",
            f"order {over.number} is paid too much",
            lambda: self._pay(over, over.amount + Money(50_000)),
            payments=1,
        )
        yield Step("неизвестный плательщик", "an unknown payer", self._stranger, payments=1)
        yield self._pays(repeated, "оплата, которую банк пришлёт дважды", "a payment the bank delivers twice")
        yield Step(
            "банк присылает тот же файл ещё раз",
            "the bank delivers the same file again",
            self._repeat_last_file,
            deliveries=1,
        )
        yield Step(
            "подделанное сообщение: сумма изменена по дороге",
            "a forged message: the sum was changed on the way",
            lambda: self._forge(forged),
            payments=1,
            refusals=1,
        )
        yield self._pays(taken_back, "оплата, которую банк отзовёт", "a payment the bank takes back")
        yield Step(
            f"банк отзывает оплату заказа {taken_back.number}",
            f"the bank takes the payment of order {taken_back.number} back",
            lambda: self._take_back(taken_back),
            reversals=1,
        )

    def _pays(self, order: Order, ru: str, en: str, *, transit: bool = False) -> Step:
        return Step(
            f"{ru}: {order.number}, {order.amount.screen_text()}",
            f"{en}: {order.number}, {order.amount.screen_text()}",
            lambda: self._pay(order, order.amount, transit=transit),
            payments=1,
        )

    def _pay(self, order: Order, amount: Money, *, transit: bool = False) -> None:
        customer = order.customer
        purpose = f"Оплата по счету № {order.number} от {order.date:%d.%m.%Y}. В том числе НДС 22 %"
        payer, inn, account = customer.name, customer.inn, customer.account
        if transit:
            payer, inn = f"ПАО СБЕРБАНК//{customer.name}//РОССИЯ, МОСКВА//", "7707083893"
            account = _transit_account()
            purpose = f"Оплата по заказу {order.number}, {_short(customer)}"
        self._refs[order.number] = self._bank.pay(
            amount=amount, payer=payer, inn=inn, kpp=customer.kpp, account=account, purpose=purpose
        )
        self.truth.payments += 1
        self.truth.paid[order.number] = self.truth.paid.get(order.number, 0) + amount.kopecks

    def _stranger(self) -> None:
        self._bank.pay(
            amount=Money.parse("3141.59"),
            payer="ООО «Случайный Прохожий»",
            inn="9909876549",
            purpose="Оплата за товар по договорённости",
        )
        self.truth.payments += 1

    def _repeat_last_file(self) -> None:
        self._bank.behave("duplicate-file", reference=self._bank.files()[-1].reference)

    def _forge(self, order: Order) -> None:
        self._bank.behave("forged-signature")
        self._pay(order, order.amount)

    def _take_back(self, order: Order) -> None:
        self._bank.reverse(self._refs[order.number])
        self.truth.paid[order.number] -= order.amount.kopecks
        self.truth.reversed.add(order.number)


def _short(customer: Customer) -> str:
    return f"плательщик {customer.name}"


def _transit_account() -> str:
    """A bank's account for transfers of people without an account there."""
    from gateway.core.requisites import with_key

    return with_key("30232810000000000001", "044525225")
