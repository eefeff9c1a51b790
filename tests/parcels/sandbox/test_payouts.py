"""Lump sums: they add up, are paid once, and their registries are read by our own reader."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.core.clock import FixedClock
from gateway.core.errors import Refused
from gateway.core.money import Money, total
from gateway.core.references import Reference
from gateway.parcels.model import CarrierKey
from gateway.parcels.sandbox.control import CarrierSandbox
from gateway.parcels.sandbox.journey import Fate
from gateway.payments.registries.guess import propose
from gateway.payments.registries.model import PayoutSource
from tests.parcels.sandbox.house import COD, NOW

NEAR: dict[str, Any] = {
    "origin": "101000",
    "destination": "109004",
    "cod": COD,
    "waits_days": 1.0,
}  # collected within a week


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(NOW)


@pytest.fixture
def sandbox(tmp_path: Path, clock: FixedClock) -> CarrierSandbox:
    return CarrierSandbox.create(tmp_path, clock, seed=7)


def test_every_week_what_was_collected_is_paid_in_one_sum(sandbox: CarrierSandbox, clock: FixedClock) -> None:
    sent = [sandbox.send(**NEAR), sandbox.send(**NEAR)]
    sandbox.send(**{**NEAR, "fate": Fate.RETURNED})
    sandbox.send(**{**NEAR, "cod": Money(0)})
    assert sandbox.payouts() == []
    clock.advance(timedelta(days=6, hours=23))
    assert sandbox.payouts() == []
    clock.advance(timedelta(hours=1))
    (paid,) = sandbox.payouts()
    assert (paid.carrier, paid.number, paid.day) == (CarrierKey.POST, 1, date(2026, 11, 9))
    assert {line.track for line in paid.lines} == {plan.track for plan in sent}
    assert (paid.gross, paid.fee, paid.net) == (COD + COD, Money(93_60), COD + COD - Money(93_60))
    assert "реестру № 1 от 09.11.2026" in paid.purpose
    clock.advance(timedelta(days=60))
    assert sandbox.payouts() == [paid]


def test_a_clock_moved_by_a_month_pays_as_if_it_was_lived_through(tmp_path: Path) -> None:
    def lived(name: str, steps: int) -> list[tuple[int, date, Money]]:
        clock = FixedClock(NOW)
        sandbox = CarrierSandbox.create(tmp_path / name, clock, seed=7)
        sandbox.send_many(60, days=20)
        for _ in range(steps):
            sandbox.move_clock(timedelta(days=40 / steps))
            sandbox.payouts()
        return [(one.number, one.day, one.net) for one in sandbox.payouts()]

    at_once = lived("at once", 1)
    assert at_once == lived("bit by bit", 8)
    assert [day for _, day, _ in at_once] == [
        date(2026, 11, 16),
        date(2026, 11, 23),
        date(2026, 11, 30),
        date(2026, 12, 7),
    ]


def test_money_can_be_left_out(sandbox: CarrierSandbox, clock: FixedClock) -> None:
    kept, left = sandbox.send(**NEAR).track, sandbox.send(**NEAR).track
    sandbox.change(left, pays_out=False)
    clock.advance(timedelta(days=30))
    (paid,) = sandbox.payouts()
    assert [line.track for line in paid.lines] == [kept]
    assert sandbox.story(left)[-1].code == "63:0"  # and yet the Post says that it was paid
    sandbox.change(left, pays_out=True)
    late = sandbox.pay_out()
    assert late is not None and [line.track for line in late.lines] == [left]
    assert sandbox.pay_out() is None


def test_each_carrier_pays_for_himself(sandbox: CarrierSandbox, clock: FixedClock) -> None:
    for carrier in CarrierKey:
        sandbox.send(carrier, **NEAR)
    clock.advance(timedelta(days=7))
    assert [(one.carrier, one.number) for one in sandbox.payouts()] == [(CarrierKey.POST, 1), (CarrierKey.CDEK, 1)]
    (of_cdek,) = sandbox.payouts(CarrierKey.CDEK)
    assert of_cdek.payer != sandbox.payouts(CarrierKey.POST)[0].payer


def test_without_days_of_payment_only_what_is_asked_for(sandbox: CarrierSandbox, clock: FixedClock) -> None:
    sandbox.arrange(payout_days=0)
    sandbox.send(**NEAR)
    clock.advance(timedelta(days=90))
    assert sandbox.payouts() == []
    paid = sandbox.pay_out()
    assert paid is not None and paid.day == date(2027, 1, 31)


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_our_reader_reads_the_registry(sandbox: CarrierSandbox, clock: FixedClock, ending: str) -> None:
    sandbox.send_many(30)
    clock.advance(timedelta(days=28))
    payouts = sandbox.payouts(CarrierKey.POST)
    assert len(payouts) > 1
    for paid in payouts:
        file = paid.csv if ending == "csv" else paid.xlsx
        (read,) = propose(file, f"{paid.file_name}.{ending}", PayoutSource.POST).registries
        assert read.sound and not read.problems
        assert (read.number, read.date) == (str(paid.number), paid.day)
        assert (read.gross, read.fee, read.net) == (paid.gross, paid.fee, paid.net)
        assert [(line.kind, line.key, line.amount, line.fee) for line in read.lines] == [
            (Reference.TRACK, line.track, line.amount, line.fee) for line in paid.lines
        ]


def test_a_parcel_nobody_knows_has_no_future(sandbox: CarrierSandbox) -> None:
    for ask in (sandbox.plan, sandbox.story, sandbox.events, sandbox.change):
        with pytest.raises(Refused) as refused:
            ask("14102192069353")
        assert refused.value.code == "sandbox.unknown_parcel" and refused.value.text("ru")


@settings(max_examples=8, deadline=None)
@given(
    sums=st.lists(st.integers(1, 10**7), min_size=1, max_size=8),
    share=st.integers(0, 900),
    steps=st.lists(st.floats(0.1, 20), min_size=1, max_size=4),
)
def test_no_kopeck_is_lost_or_paid_twice(
    tmp_path_factory: pytest.TempPathFactory, sums: list[int], share: int, steps: list[float]
) -> None:
    clock = FixedClock(NOW)
    sandbox = CarrierSandbox.create(tmp_path_factory.mktemp("post"), clock)
    sandbox.arrange(fee_hundredths=share)
    for kopecks in sums:
        sandbox.send(**{**NEAR, "cod": Money(kopecks)})
    for days in steps:
        clock.advance(timedelta(days=days))
        sandbox.payouts()
    clock.advance(timedelta(days=60))
    paid = sandbox.payouts()
    assert sorted(line.amount.kopecks for one in paid for line in one.lines) == sorted(sums)
    for one in paid:
        assert one.gross == total([line.amount for line in one.lines]) == one.net + one.fee
        assert one.fee >= Money(0) and one.net > Money(0)
