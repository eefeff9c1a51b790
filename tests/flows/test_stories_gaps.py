"""Missed days show: by balances, by numbers, by lines that do not add up; and "nothing new" is not "not asked"."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import insert

from gateway.bank.statements import days_known
from gateway.bank.tables import polls
from gateway.core.clock import to_text
from gateway.core.ids import new_id
from gateway.store import alarms
from tests.flows.desk import Desk, camt, line61, mt940, ntry, text_document, text_file
from tests.flows.shop import ACCOUNT, TERMS, Shop


def open_codes(shop: Shop) -> set[str]:
    with shop.store.reading() as connection:
        return {alarm.code for alarm in alarms.open_alarms(connection, "test")}


def statement(day: int, number: str = "", *, opening: int | None = None, month: int = 11) -> bytes:
    """Each day brings 10 roubles; the balance after day n of November is 10 n."""
    on = date(2026, month, day)
    before = 1_000 * (day - 1) if opening is None else opening
    line = ntry(1_000, ref=f"R{month}{day}", day=on)
    return camt("camt.053", line, id=f"S{day}", number=number, opening=before, closing=before + 1_000, on=on)


def test_a_missed_day_is_seen_and_forgotten_when_it_comes(shop: Shop) -> None:
    """hitobito #1916, podkrepi #516: payments of days without a sync were absent for good; alyf #170: gaps filled."""
    desk = Desk(shop)
    for day in (1, 2, 4):
        desk.send(statement(day))
    assert "bank.gap" in open_codes(shop)
    desk.send(statement(3))
    assert open_codes(shop) == set()
    assert len(desk.payments()) == 4


def test_late_packets_in_any_order_leave_no_gap(shop: Shop) -> None:
    """diadoc #342: a cursor by the last index missed what came late."""
    desk = Desk(shop)
    for day in (5, 2, 4, 1, 3, 2):
        desk.send(statement(day, str(day)))
    assert open_codes(shop) == set()
    assert len(desk.payments()) == 5


def test_a_missed_day_without_movement_of_the_balance_is_seen_by_its_number(shop: Shop) -> None:
    """What came in went out the same day: the balances chain, the numbers do not."""
    desk = Desk(shop)
    for day, number, opening in ((1, "41", 0), (2, "42", 1_000), (4, "44", 2_000)):
        desk.send(statement(day, number, opening=opening))
    assert open_codes(shop) == {"bank.gap_number"}
    quiet = date(2026, 11, 3)
    came, went = ntry(500, ref="X", day=quiet), ntry(500, ref="Y", day=quiet, incoming=False)
    desk.send(camt("camt.053", came, went, id="S3", number="43", opening=2_000, closing=2_000, on=quiet))
    assert open_codes(shop) == set()


@pytest.mark.parametrize(
    "numbers", [("1", "2", "3"), ("7", "100", "2500"), ("", "", ""), ("x1", "x5", "x9")], ids=" ".join
)
def test_numbers_that_are_none_raise_nothing(shop: Shop, numbers: tuple[str, ...]) -> None:
    desk = Desk(shop)
    for day, number in enumerate(numbers, start=1):
        desk.send(statement(day, number))
    assert open_codes(shop) == set()


def test_numbers_begin_again_with_the_year(shop: Shop) -> None:
    desk = Desk(shop)
    days = [
        (date(2026, 12, 30), "364"),
        (date(2026, 12, 31), "365"),
        (date(2027, 1, 11), "1"),
        (date(2027, 1, 12), "2"),
    ]
    for n, (on, number) in enumerate(days):
        line = ntry(1_000, ref=f"R{n}", day=on)
        desk.send(camt("camt.053", line, id=number, number=number, opening=1_000 * n, closing=1_000 * (n + 1), on=on))
    assert open_codes(shop) == set()


def test_lines_that_do_not_lead_from_one_balance_to_the_other(shop: Shop) -> None:
    desk = Desk(shop)
    desk.send(camt("camt.053", ntry(1_000, ref="A"), id="S1", opening=0, closing=3_000))
    assert open_codes(shop) == {"bank.statement_sum"}
    desk.send(camt("camt.053", ntry(1_000, ref="A"), ntry(2_000, ref="B"), id="S1", opening=0, closing=3_000))
    assert open_codes(shop) == set()


def test_a_bank_that_marks_every_closing_balance_as_debit(shop: Shop) -> None:
    """Alfa-Bank's camt.053; a fact of its profile."""
    desk = Desk(shop, replace(TERMS, closing_always_debit=True))
    for day in (1, 2, 3):
        on, before = date(2026, 11, day), 1_000 * (day - 1)
        line = ntry(1_000, ref=f"R{day}", day=on)
        desk.send(
            camt("camt.053", line, id=f"S{day}", opening=before, closing=before + 1_000, closing_mark="DBIT", on=on)
        )
    overdrawn = ntry(5_000, ref="out", day=date(2026, 11, 4), incoming=False)
    desk.send(camt("camt.053", overdrawn, id="S4", opening=3_000, closing=-2_000, on=date(2026, 11, 4)))
    desk.send(
        camt("camt.053", ntry(1, ref="in", day=date(2026, 11, 5)), id="S5", opening=-2_000, closing=-1_999,
             on=date(2026, 11, 5))
    )  # fmt: skip
    assert open_codes(shop) == set()


def test_a_file_fills_the_gap_the_channel_left(shop: Shop) -> None:
    """alyf banking #316. Statements of several formats make one chain; a longer one around them is no gap."""
    desk = Desk(shop)
    for day in (1, 4):
        desk.send(statement(day))
    assert open_codes(shop) == {"bank.gap"}
    second, third = date(2026, 11, 2), date(2026, 11, 3)
    desk.send(text_file(text_document(1_000, doc_no="2", day=second), opening=1_000, closing=2_000, day=second))
    assert open_codes(shop) == {"bank.gap"}
    desk.send(mt940(line61(1_000, day=third), opening=2_000, closing=3_000, day=third))
    assert open_codes(shop) == set()
    lines = [ntry(1_000, ref=f"R11{day}", day=date(2026, 11, day)) for day in (1, 4)]
    lines += [ntry(1_000, ref="X2", day=second), ntry(1_000, ref="X3", day=third)]
    last, since = date(2026, 11, 30), date(2026, 11, 1)
    desk.send(camt("camt.053", *lines, id="M", opening=0, closing=4_000, on=last, since=since))
    assert open_codes(shop) == set()
    assert len(desk.payments()) == 4


def test_copies_and_two_statements_of_one_day_are_no_gap(shop: Shop) -> None:
    desk = Desk(shop)
    on = date(2026, 11, 2)
    desk.send(statement(1))
    morning = camt("camt.053", ntry(400, ref="m", day=on), id="2a", opening=1_000, closing=1_400, on=on)
    evening = camt("camt.053", ntry(600, ref="e", day=on), id="2b", opening=1_400, closing=2_000, on=on)
    for message in (morning, evening, morning, statement(3), evening):
        desk.send(message)
    assert open_codes(shop) == set()


def poll(shop: Shop, at: datetime, result: str) -> None:
    with shop.store.unit() as unit:
        row = {"id": new_id(), "company": "test", "channel": "bxd:pretend", "at": to_text(at), "result": result}
        unit.connection.execute(insert(polls).values(**row, duration_ms=1, files=0, refused=0))
        unit.commit()


def test_nothing_new_is_told_apart_from_not_asked(shop: Shop) -> None:
    """Noviat account_ebics #149: an empty answer without error; sure #409: the connector had stopped, quietly."""
    desk = Desk(shop)
    desk.send(statement(1))
    first = date(2026, 11, 1)

    def known() -> list[str]:
        with shop.store.reading() as connection:
            found = days_known(connection, "test", "bxd:pretend", ACCOUNT, first, first + timedelta(days=3))
        assert list(found) == [first + timedelta(days=n) for n in range(4)]
        return list(found.values())

    assert known() == ["statement", "not_asked", "not_asked", "not_asked"]
    poll(shop, datetime(2026, 11, 2, 20, 30, tzinfo=UTC), "nothing_new")  # 23:30 in Moscow: the day goes on
    poll(shop, datetime(2026, 11, 4, 20, 0, tzinfo=UTC), "failed")
    assert known() == ["statement", "not_asked", "not_asked", "not_asked"]
    poll(shop, datetime(2026, 11, 3, 21, 30, tzinfo=UTC), "nothing_new")  # 00:30 of the 4th in Moscow
    assert known() == ["statement", "nothing_new", "nothing_new", "not_asked"]
