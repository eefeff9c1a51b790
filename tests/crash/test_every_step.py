"""The service dies at every commit boundary, every file and every parcel of one busy round, every other time once more
while it recovers; then it lives, and its books are those of a house that never died."""

from __future__ import annotations

import random
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from gateway.bank.sandbox.engine import Payment
from gateway.core.clock import SystemClock
from gateway.core.money import Money
from gateway.service.demo.shop import Order
from tests.crash.house import MUCH_LATER, NEXT_START, House, copy_home, orders_file, put_in, store_of
from tests.crash.truth import Books, check, differences, picture

pytestmark = pytest.mark.slow
SLICES = 8
# Seconds after the house was made: what is written once a minute is due in every round, the undisturbed one as well.
LATER = 120.0
# Kinds of points that must be among those passed, or this is not the round it claims to be.
KINDS = {
    "commit: nothing flushed", "commit: flushed", "commit: done", "bank: fetch done", "bank: prove done",
    "file: before .work", "file: in .work", "file: before out", "file: in out",
    "outbox: before onec.payments", "outbox: carried onec.payments", "outbox: before onec.pick_list",
    "outbox: carried onec.pick_list", "outbox: before onec.order_status", "outbox: carried onec.order_status",
    "outbox: before onec.call_task", "outbox: carried onec.call_task",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Morning:
    """A house in front of a busy round.

    Attributes:
        before: the house; copy it.
        points: what an undisturbed round passes.
        picture: the books after it.
    """

    house: House
    before: Path
    points: list[str]
    picture: dict[str, Any]


@pytest.fixture(scope="module")
def morning(a_house: House, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Morning]:
    folder = tmp_path_factory.mktemp("every-step")
    before = a_house.copy(folder / "before")
    orders, bank = a_house.shop.orders, a_house.bank
    small = [order for order in orders if order.pieces <= 5]
    large = next(order for order in orders if order.pieces > 5)

    (taken_back,) = bank.pay_many([payment_of(small[0])])
    a_house.workers.run(before)
    # the busy round: 1C brings an order, the bank three messages
    new = replace(small[1], id="order-new", number="СР-009001")
    put_in(before, "orders-new.xml", orders_file(SystemClock().now(), new))
    bank.pay_many(
        [
            payment_of(small[2]),
            payment_of(large),
            payment_of(new),
            payment_of(small[3], Money(small[3].amount.kopecks // 2)),
            Payment(Money(314_159), payer="ООО «Случайный Прохожий»", inn="9909876549", purpose="За товар"),
        ]
    )
    bank.reverse(taken_back)
    bank.report()

    a_house.workers.warm_up(copy_home(before, folder / "warm"), shift=LATER)
    control = copy_home(before, folder / "control")
    end = a_house.workers.run(control, shift=LATER)
    assert set(end.points) >= KINDS
    books = books_of(control)
    check(books, bank)
    yield Morning(a_house, before, end.points, picture(books))


def payment_of(order: Order, amount: Money | None = None) -> Payment:
    """The customer pays an order as 1C printed its invoice."""
    customer = order.customer
    return Payment(
        amount or order.amount,
        payer=customer.name,
        inn=customer.inn,
        kpp=customer.kpp,
        account=customer.account,
        purpose=f"Оплата по счету № {order.number}",
    )


def books_of(home: Path) -> Books:
    store = store_of(home)
    try:
        return Books(store, home / "exchange")
    finally:
        store.close()


@pytest.mark.parametrize("part", range(SLICES))
def test_dying_at_any_step_changes_nothing(morning: Morning, tmp_path: Path, part: int) -> None:
    kills = 0
    for die_at in range(part, len(morning.points), SLICES):
        where = f"{die_at}: {morning.points[die_at]}"
        home = copy_home(morning.before, tmp_path / str(die_at))
        assert morning.house.workers.run(home, shift=LATER, die_at=die_at).killed, where
        kills += 1
        again = None
        if die_at // SLICES % 2:
            again = random.Random(die_at).randrange(len(morning.points) // 2)
            kills += morning.house.workers.run(home, shift=LATER + NEXT_START, die_at=again).killed
        assert not morning.house.workers.run(home, shift=MUCH_LATER).killed
        books = books_of(home)
        check(books, morning.house.bank)
        assert differences(picture(books), morning.picture) == [], f"died at {where}, then at {again}"
        shutil.rmtree(home)
    assert kills >= len(morning.points) // SLICES
