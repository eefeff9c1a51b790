"""Days of trade during which the service is killed over and over, wherever it happens to be."""

from __future__ import annotations

import random
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from gateway.bank.sandbox.control import Sandbox
from gateway.bank.sandbox.engine import Payment
from gateway.core.clock import SystemClock
from gateway.core.money import Money
from gateway.service.demo.shop import Order
from tests.crash.house import MUCH_LATER, NEXT_START, House, house, orders_file, put_in
from tests.crash.test_every_step import books_of, payment_of
from tests.crash.truth import check, differences, picture

pytestmark = pytest.mark.slow
KILLS = 40
_MOST_ROUNDS = 80


class Trade:
    """What happens at the bank and in 1C, a little at a time; the same again for the same seed.

    Args:
        homes: the houses 1C sends its files to.
    """

    def __init__(self, chance: random.Random, bank: Sandbox, orders: tuple[Order, ...], homes: list[Path]) -> None:
        self._chance = chance
        self._bank = bank
        self._unpaid = list(orders)
        self._orders: list[Order] = []
        self._homes = homes
        self._paid: list[str] = []
        self._made = 0

    def go_on(self) -> None:
        """Something happens at the bank."""
        happenings: list[tuple[int, Callable[[], None]]] = [
            (8, self._one_pays),
            (4, self._several_pay),
            (2, self._a_part_is_paid),
            (2, self._a_stranger_pays),
            (2, self._the_bank_takes_back),
            (1, self._a_notification_overlaps),
            (1, self._a_file_is_offered_again),
            (1, self._a_report_is_made),
            (1, self._the_day_is_closed),
        ]
        self._chance.choices([h for _, h in happenings], [weight for weight, _ in happenings])[0]()
        self._one_pays()

    def bring_an_order(self) -> None:
        """1C sends every house a new order; it may be paid from now on."""
        self._made += 1
        order = replace(
            self._chance.choice(self._orders), id=f"order-new-{self._made}", number=f"СР-{90_000 + self._made:06d}"
        )
        content = orders_file(SystemClock().now(), order)
        for home in self._homes:
            put_in(home, f"orders-{self._made}.xml", content)
        self._unpaid.insert(0, order)

    def _next(self) -> Order:
        """The next order to be paid; when all are, one is paid a second time."""
        order = self._unpaid.pop(0) if self._unpaid else self._chance.choice(self._orders)
        self._orders.append(order)
        return order

    def _one_pays(self) -> None:
        self._paid += self._bank.pay_many([payment_of(self._next())])

    def _several_pay(self) -> None:
        self._paid += self._bank.pay_many([payment_of(self._next()) for _ in range(self._chance.randint(2, 4))])

    def _a_part_is_paid(self) -> None:
        order = self._next()
        self._bank.pay_many([payment_of(order, Money(order.amount.kopecks // 3))])

    def _a_stranger_pays(self) -> None:
        amount = Money(self._chance.randint(100, 10**7) * 100 + 37)
        self._bank.pay_many([Payment(amount, payer="ООО «Случайный Прохожий»", inn="9909876549", purpose="За товар")])

    def _the_bank_takes_back(self) -> None:
        if self._paid:
            self._bank.reverse(self._paid.pop(self._chance.randrange(len(self._paid))))

    def _a_notification_overlaps(self) -> None:
        self._bank.behave("overlapping", lines=3)

    def _a_file_is_offered_again(self) -> None:
        if files := self._bank.files():
            self._bank.behave("duplicate-file", reference=self._chance.choice(files).reference)

    def _a_report_is_made(self) -> None:
        self._bank.report()

    def _the_day_is_closed(self) -> None:
        self._bank.close_day()


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.skipif(sys.platform == "win32", reason="workers are forked from a warm parent")
def test_killed_at_random_nothing_is_lost_and_nothing_doubled(tmp_path: Path, seed: int) -> None:
    with house(tmp_path / "house") as a_house:
        days_of_trade(a_house, tmp_path, random.Random(seed))


def days_of_trade(a_house: House, folder: Path, chance: random.Random) -> None:
    control, killed = a_house.copy(folder / "control"), a_house.copy(folder / "killed")
    trade = Trade(chance, a_house.bank, a_house.shop.orders, [control, killed])
    run = a_house.workers.run
    trade.go_on()
    a_house.workers.warm_up(a_house.copy(folder / "warm"))
    kills, shift = 0, 0.0
    for number in range(_MOST_ROUNDS):
        if kills >= KILLS:
            break
        if number % 6 == 5:
            # all caught up: what 1C sends next finds both houses in the same state
            shift += NEXT_START
            assert not run(killed, shift=shift).killed
            trade.bring_an_order()
        else:
            trade.go_on()
        usual = run(control, shift=shift).seconds
        for _ in range(3):
            shift += NEXT_START
            kills += run(killed, shift=shift, kill_after=chance.uniform(0, usual)).killed
    assert kills >= KILLS
    for home in (control, killed):
        assert not run(home, shift=shift + MUCH_LATER).killed
        check(books_of(home), a_house.bank)
    assert differences(picture(books_of(killed)), picture(books_of(control))) == []
