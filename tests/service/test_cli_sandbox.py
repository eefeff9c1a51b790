"""The bundled bank moved by hand; its server need not run for that."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from gateway.bank.sandbox.behave import KINDS
from gateway.bank.sandbox.control import Sandbox
from tests.service.conftest import Kvit


def test_pay_books_and_offers_a_notification(kvit: Kvit, sandbox_home: Path) -> None:
    answer = kvit(
        "sandbox", "pay", "--home", sandbox_home, "--amount", "12 500,50", "--invoice", "125",
        "--payer", "ООО «Багет»", "--inn", "7728168971", "--json",
    )  # fmt: skip
    assert answer.code == 0
    assert answer.json["amount_kopecks"] == 1_250_050
    (file,) = Sandbox(sandbox_home).files()
    content = Sandbox(sandbox_home).content(file.reference).decode()
    assert "по счету № 125" in content and "ООО «Багет»" in content and answer.json["ref"] in content


def test_pay_out_and_reverse(kvit: Kvit, sandbox_home: Path) -> None:
    before = Sandbox(sandbox_home).state()["accounts"]
    out = kvit("sandbox", "pay", "--home", sandbox_home, "--amount", "100", "--out", "--payer", "Аренда", "--json")
    back = kvit("sandbox", "reverse", out.json["ref"], "--home", sandbox_home, "--json")
    assert back.json["reversed"] == out.json["ref"]
    after = Sandbox(sandbox_home).state()["accounts"]
    assert isinstance(before, list) and isinstance(after, list)
    assert (after[0]["balance_kopecks"], after[0]["operations"]) == (before[0]["balance_kopecks"], 2)
    assert kvit("sandbox", "reverse", out.json["ref"], "--home", sandbox_home).code == 1


@pytest.mark.parametrize("amount", ["0", "-5", "1.001", "much", ""])
def test_a_sum_that_is_none(kvit: Kvit, sandbox_home: Path, amount: str) -> None:
    answer = kvit("sandbox", "pay", "--home", sandbox_home, "--amount", amount)
    assert answer.code == 1
    assert "Traceback" not in answer.err and answer.err


def test_behaviours_are_listed_queued_and_ended(kvit: Kvit, sandbox_home: Path) -> None:
    listed = kvit("sandbox", "behave", "--json", "--home", sandbox_home).json["behaviours"]
    assert set(listed) == set(KINDS)
    assert kvit("sandbox", "behave", "slow", "seconds=5", "--count", "3", "--home", sandbox_home).code == 0
    (queued,) = kvit("sandbox", "state", "--home", sandbox_home, "--json").json["behaviours"]
    assert (queued["name"], queued["remaining"], queued["options"]["seconds"]) == ("slow", 3, "5")
    assert kvit("sandbox", "behave", "honest", "--home", sandbox_home).code == 0
    assert kvit("sandbox", "state", "--home", sandbox_home, "--json").json["behaviours"] == []


@pytest.mark.parametrize(
    ("arguments", "code"),
    [(("politely",), 1), (("slow", "minutes=5"), 1), (("slow", "seconds"), 2), (("slow", "seconds=soon"), 1)],
)
def test_a_behaviour_nobody_knows(kvit: Kvit, sandbox_home: Path, arguments: tuple[str, ...], code: int) -> None:
    assert kvit("sandbox", "behave", *arguments, "--home", sandbox_home).code == code


@pytest.mark.parametrize(
    ("given", "moved"),
    [
        ("1d", timedelta(days=1)),
        ("3h30m", timedelta(hours=3, minutes=30)),
        ("+90s", timedelta(seconds=90)),
        ("-2h", timedelta(hours=-2)),
    ],
)
def test_the_banks_clock_moves(kvit: Kvit, sandbox_home: Path, given: str, moved: timedelta) -> None:
    assert kvit("sandbox", "move-clock", "--home", sandbox_home, "--", given).code == 0
    offset = kvit("sandbox", "state", "--home", sandbox_home, "--json").json["clock_offset_s"]
    assert offset == moved.total_seconds()


@pytest.mark.parametrize("given", ["", "tomorrow", "5", "1h1d", "--1d"])
def test_a_span_that_is_none(kvit: Kvit, sandbox_home: Path, given: str) -> None:
    assert kvit("sandbox", "move-clock", "--home", sandbox_home, "--", given).code == 2


def test_a_closed_day_has_its_statement(kvit: Kvit, sandbox_home: Path) -> None:
    kvit("sandbox", "pay", "--home", sandbox_home, "--amount", "5")
    files = kvit("sandbox", "close-day", "--home", sandbox_home, "--json").json["files"]
    assert len(files) == 1


def test_the_state_in_one_screen(kvit: Kvit, sandbox_home: Path) -> None:
    kvit("sandbox", "pay", "--home", sandbox_home, "--amount", "5")
    shown = kvit("sandbox", "state", "--home", sandbox_home, "--language", "en").out
    assert "does not run" in shown
    assert "500 005,00 ₽".replace(" ", "\u00a0") in shown.replace(" ", "\u00a0")
    assert "1 new" in shown


@pytest.mark.parametrize("command", [("state",), ("pay", "--amount", "1"), ("close-day",), ("serve",)])
def test_a_home_without_a_sandbox(kvit: Kvit, home: Path, command: tuple[str, ...]) -> None:
    answer = kvit("sandbox", *command, "--home", home)
    assert answer.code == 1
    assert "kvit init --sandbox" in answer.err
