"""Quiet hours by the recipient's own clock."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, time, timedelta

import pytest

from gateway.notify.quiet import not_before
from gateway.notify.terms import QuietHours
from tests.notify.messages import TERMS


def utc(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-11-{text}+00:00")


@pytest.mark.parametrize(
    ("at", "offset", "leaves"),
    [
        ("23 09:00", 180, "23 09:00"),  # noon in Moscow
        ("23 18:00", 180, "24 06:00"),  # 21:00 sharp is quiet
        ("23 17:59", 180, "23 17:59"),
        ("23 22:00", 180, "24 06:00"),  # after midnight there
        ("24 05:59", 180, "24 06:00"),
        ("24 06:00", 180, "24 06:00"),  # 9:00 is not
        ("23 09:00", 720, "23 21:00"),  # Kamchatka sleeps at 21:00, until 9:00 of the 24th
        ("23 06:30", 120, "23 07:00"),  # Kaliningrad, 8:30
        ("23 02:00", 345, "23 03:15"),  # a quarter of an hour off
        ("23 18:30", None, "24 06:00"),  # the company's zone
        ("23 18:30", 9999, "24 06:00"),  # no such clock
    ],
)
def test_it_leaves_by_day(at: str, offset: int | None, leaves: str) -> None:
    assert not_before(TERMS, utc(at), offset) == utc(leaves)


def test_quiet_at_noon_or_never() -> None:
    siesta = replace(TERMS, quiet=QuietHours(time(13), time(16)))
    assert not_before(siesta, utc("23 10:30"), 180) == utc("23 13:00")
    assert not_before(siesta, utc("23 00:30"), 180) == utc("23 00:30")
    always = replace(TERMS, quiet=QuietHours(time(9), time(9)))
    assert not_before(always, utc("23 06:00"), 180) == utc("23 06:00")


def test_whatever_the_hour_it_is_day_when_it_leaves() -> None:
    for minutes in range(0, 24 * 60, 7):
        at = utc("23 00:00") + timedelta(minutes=minutes)
        for offset in (-720, -210, 0, 180, 345, 840):
            leaves = not_before(TERMS, at, offset)
            there = (leaves + timedelta(minutes=offset)).time()
            assert time(9) <= there < time(21)
            assert timedelta(0) <= leaves - at <= timedelta(hours=12)
