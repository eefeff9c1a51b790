"""VAT rates: a dated table."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from gateway.core.errors import Refused
from gateway.core.vat import RATES, VatKind, is_rate, parse_percent, rates_on, standard_rate


@pytest.mark.parametrize(
    ("day", "percent"),
    [
        (date(2018, 12, 31), 18),
        (date(2019, 1, 1), 20),
        (date(2025, 12, 31), 20),
        (date(2026, 1, 1), 22),
        (date(2026, 11, 21), 22),
    ],
)
def test_the_standard_rate_by_date(day: date, percent: int) -> None:
    assert standard_rate(day).percent == percent
    assert standard_rate(day).calculated == (percent, 100 + percent)


def test_each_day_has_exactly_one_standard_rate() -> None:
    day = date(2004, 1, 1)
    while day < date(2030, 1, 1):
        assert [rate.kind for rate in rates_on(day)].count(VatKind.STANDARD) == 1
        day += timedelta(days=1)


def test_small_firms_rates_began_in_2025() -> None:
    assert not is_rate(5, date(2024, 12, 31))
    assert is_rate(5, date(2025, 1, 1))
    assert is_rate(7, date(2027, 1, 1))
    assert not is_rate(20, date(2026, 1, 1))
    assert is_rate(10, date(2026, 1, 1))


def test_a_day_before_the_table_is_refused() -> None:
    with pytest.raises(Refused) as caught:
        standard_rate(date(2003, 12, 31))
    assert caught.value.code == "vat.no_rate"


def test_every_row_names_its_law() -> None:
    assert all(rate.source for rate in RATES)


@pytest.mark.parametrize(
    ("text", "percent"),
    [
        ("20", 20),
        ("22%", 22),
        ("22 %", 22),
        ("НДС 20%", 20),
        ("20/120", 20),
        ("22% / 122%", 22),
        ("0%", 0),
        ("Без НДС", None),
        ("без  налога (НДС)", None),
        ("НДС не облагается", None),
    ],
)
def test_reads_rates_as_files_write_them(text: str, percent: int | None) -> None:
    assert parse_percent(text) == percent


@pytest.mark.parametrize("text", ["", "сколько-то", "20/118", "200%", "-5%", "22,5%"])
def test_refuses_what_is_not_a_rate(text: str) -> None:
    with pytest.raises(Refused) as caught:
        parse_percent(text)
    assert caught.value.code == "vat.unreadable"
