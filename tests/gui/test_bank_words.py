"""What a bank channel and a certificate say of themselves."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from gui.api.types import BankCertificate, BankLink
from gui.models import bank as words

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)


def test_nothing_new_is_told_apart_from_not_asked():
    asked = BankLink(channel="a", title="A", last_poll_at=NOW, last_good_at=NOW, last_result="nothing_new")
    never = BankLink(channel="b", title="B")
    assert words.link_pill(asked).text == "банк ответил: нового нет"
    assert words.link_pill(never).text == "ещё не спрашивали"
    assert words.link_pill(asked).tone != words.link_pill(never).tone
    assert words.polled(asked, NOW + timedelta(minutes=2)).endswith("(2 мин назад)")
    assert "ни разу" in words.polled(never, NOW)


def test_the_last_good_answer_is_told_when_the_last_poll_failed():
    link = BankLink(
        channel="a", title="A", last_poll_at=NOW, last_good_at=NOW - timedelta(hours=3), last_result="failed"
    )
    assert "последний ответ 3 ч назад" in words.polled(link, NOW)
    assert words.link_pill(link).tone == "bad"
    silent = BankLink(channel="a", title="A", last_poll_at=NOW, last_result="failed")
    assert "ни разу не ответил" in words.polled(silent, NOW)


@pytest.mark.parametrize(
    ("ahead", "text", "late"),
    [
        (timedelta(minutes=3, seconds=5), "следующий через 3:05", False),
        (timedelta(seconds=-30), "опрос сейчас", False),
        (timedelta(minutes=-10), "опрос опаздывает на 10:00", True),
    ],
)
def test_a_poll_that_does_not_come_is_noticed(ahead: timedelta, text: str, late: bool):
    assert words.next_poll(BankLink(channel="a", title="A", next_poll_at=NOW + ahead), NOW) == (text, late)


@pytest.mark.parametrize(
    ("left", "tone", "remedy"),
    [
        (83, "ok", ""),
        (61, "ok", ""),
        (60, "info", "сама"),
        (31, "info", "сама"),
        (30, "warn", "kvit bank renew"),
        (14, "warn", "ИТ"),
        (8, "warn", "kvit bank renew"),
        (7, "bad", "Срочно"),
        (2, "bad", "Срочно"),
        (1, "bad", "Последний день"),
        (0, "bad", "kvit bank renew"),
        (-1, "bad", "kvit bank enrol --replace"),
    ],
)
def test_a_certificate_gets_louder_and_says_what_to_do(left: int, tone: str, remedy: str):
    found = words.certificate(BankCertificate(channel="a", expires=NOW.date(), days_left=left), renewal_due=left <= 30)
    assert found.pill.tone == tone
    assert remedy in found.what_to_do
    assert bool(found.what_to_do) == bool(remedy)


def test_days_are_counted_in_russian():
    texts = [words.certificate(BankCertificate(channel="a", days_left=n)).pill.text for n in (1, 3, 12, 21)]
    assert texts == [
        "остался 1 день",
        "осталось 3 дня",
        "осталось 12 дней",
        "остался 21 день",
    ]
