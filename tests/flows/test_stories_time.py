"""Days are the bank's days: no zone moves them, no year swallows them, and 1970 is a year."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from gateway.payments.tables import entries, payments
from tests.flows.desk import Desk, camt, line61, mt940, ntry
from tests.flows.shop import TERMS, Shop
from tests.flows.test_paid_to_pick import one


def test_the_same_week_read_in_another_zone_is_the_same_week(shop: Shop) -> None:
    """pecunia #339, #343: a whole week doubled after travelling."""
    week = [
        camt("camt.053", ntry(1_000, day=date(2026, 11, d)), id=f"S{d}", on=date(2026, 11, d)) for d in range(16, 23)
    ]
    for zone in ("Europe/Moscow", "Asia/Vladivostok", "America/New_York"):
        desk = Desk(shop, replace(TERMS, zone=ZoneInfo(zone)))
        for message in week:
            desk.send(message, name=f"bxd:{zone}")
    assert len(desk.payments()) == 7


@pytest.mark.parametrize("time", ["2026-11-23T00:20:00+03:00", "2026-11-22T21:20:00Z", "2026-11-23T00:20:00"])
def test_a_payment_after_midnight_is_of_the_new_day(shop: Shop, time: str) -> None:
    """bunq2ynab #46: rows between 00:00 and 02:00 were lost; ynab-bank-importer #16: N26 UTC against Berlin."""
    desk = Desk(shop)
    desk.send(camt("camt.053", ntry(1_000, ref="N", day=date(2026, 11, 23), time=time), id="S1"))
    assert one(shop.rows(entries)).booked == "2026-11-23"
    assert one(shop.rows(payments)).bank_time == "2026-11-22T21:20:00.000000Z"


def test_a_booking_date_with_a_zone_stays_what_it_says(shop: Shop) -> None:
    """DirectBank #76; Alfa writes 2021-05-26Z."""
    desk = Desk(shop)
    for written in ("2026-11-23Z", "2026-11-23+03:00", "2026-11-23"):
        desk.send(
            camt("camt.053", ntry(1_000, ref="Z"), id="S1").replace(
                b"<Dt>2026-11-23</Dt>", f"<Dt>{written}</Dt>".encode()
            )
        )
    assert one(shop.rows(entries)).booked == "2026-11-23"


def test_the_first_day_of_1970_is_a_day(shop: Shop) -> None:
    """securo #447: epoch 0 was taken for "no date"."""
    desk = Desk(shop)
    desk.send(camt("camt.053", ntry(1_000, ref="E", day=date(1970, 1, 1), time="1970-01-01T03:00:00+03:00"), id="S1"))
    assert one(shop.rows(entries)).booked == "1970-01-01"
    assert one(shop.rows(entries)).bank_time == "1970-01-01T00:00:00.000000Z"


def test_an_entry_date_over_the_new_year_is_of_its_own_year(shop: Shop) -> None:
    """python-fints #77: value date 31 December, entry date 2 January, and the other way round."""
    desk = Desk(shop)
    over = line61(1_000, bank_ref="A").replace(":61:2611231123", ":61:2612310102")
    back = line61(2_000, bank_ref="B").replace(":61:2611231123", ":61:2701021231")
    desk.send(mt940(over, back, closing=3_000))
    booked = {row.ref: (row.value_date, row.booked) for row in shop.rows(entries)}
    assert booked == {"A": ("2026-12-31", "2027-01-02"), "B": ("2027-01-02", "2026-12-31")}


def test_our_own_clock_dates_no_line(shop: Shop) -> None:
    shop.clock.at = datetime(2031, 5, 5, tzinfo=UTC)
    desk = Desk(shop)
    desk.send(camt("camt.053", ntry(1_000, ref="A"), id="S1"))
    shop.clock.at = datetime(2020, 5, 5, tzinfo=UTC)
    desk.send(camt("camt.053", ntry(1_000, ref="A"), id="S1 again"))
    assert one(shop.rows(entries)).booked == "2026-11-23"
