"""Invoice numbers taken apart, the same way for what is printed and for what is typed."""

from __future__ import annotations

import pytest

from gateway.matching.number import counter_of, one_edit_apart


@pytest.mark.parametrize(
    ("number", "parts"),
    [
        ("123", ("", 123, None)),
        ("000123", ("", 123, None)),
        ("СФ-000123", ("сф", 123, None)),
        ("CФ-OOO123", ("сф", 123, None)),  # Latin C, letters O
        ("УТ-123/26", ("ут", 123, 2026)),
        ("ут 123/2026", ("ут", 123, 2026)),
        ("123/26", ("", 123, 2026)),
        ("26-000125", ("", 125, 2026)),
        ("З-123", ("з", 123, None)),
        ("3-123", ("з", 123, None)),  # the digit three for the letter
        ("0000-000524", ("", 524, None)),
        ("00УТ-000123", ("ут", 123, None)),
        ("BIT4238", ("вiт", 4238, None)),
        ("УТОО-000123", ("ут", 123, None)),  # letters O for the zeros
        ("ООНФ-000019", ("нф", 19, None)),
        ("ЗОО-15", ("зоо", 15, None)),
        ("2026/11-015", ("11", 15, 2026)),
        ("125/МСК", ("#мск", 125, None)),
        ("125/1", ("#1", 125, None)),
        ("125-А", ("#а", 125, None)),
        ("К-0045-2", ("к#2", 45, None)),
        ("б/н", ("бн", 0, None)),
        ("", ("", 0, None)),
        ("9" * 20, ("", 0, None)),
    ],
)
def test_prefix_counter_and_year(number: str, parts: tuple[str, int, int | None]) -> None:
    assert counter_of(number) == parts


@pytest.mark.parametrize(
    ("one", "other"), [("125", "126"), ("125", "215"), ("125", "1255"), ("125", "25"), ("10", "1")]
)
def test_one_slip_of_the_pen(one: str, other: str) -> None:
    assert one_edit_apart(one, other) and one_edit_apart(other, one)


@pytest.mark.parametrize(("one", "other"), [("125", "125"), ("125", "136"), ("125", "521"), ("125", "12555")])
def test_more_than_one_slip_or_none(one: str, other: str) -> None:
    assert not one_edit_apart(one, other)
