"""Index → region and clock."""

from __future__ import annotations

import pytest

from gateway.parcels.zones import offset_of, region_of, regions


@pytest.mark.parametrize(
    ("index", "number", "hours"),
    [
        ("101000", "77", 3),
        ("125362", "77", 3),
        ("140983", "50", 3),
        ("443063", "63", 4),
        ("170100", "69", 3),
        ("190000", "78", 3),
        ("188300", "47", 3),
        ("236000", "39", 2),
        ("450083", "02", 5),
        ("600000", "33", 3),
        ("603000", "52", 3),
        ("607220", "52", 3),
        ("618400", "59", 5),
        ("620000", "66", 5),
        ("628400", "86", 5),
        ("629008", "89", 5),
        ("644000", "55", 6),
        ("630099", "54", 7),
        ("647000", "24", 7),
        ("664000", "38", 8),
        ("667000", "17", 7),
        ("669001", "38", 8),
        ("677000", "14", 9),
        ("679000", "79", 10),
        ("687000", "75", 9),
        ("688000", "41", 12),
        ("689000", "87", 12),
        ("690091", "25", 10),
        ("693000", "65", 11),
        ("166000", "83", 3),
        ("295000", "91", 3),
        ("299011", "92", 3),
        ("283000", "93", 3),
        (" 468320 ", "99", 5),
    ],
)
def test_where_an_office_is(index: str, number: str, hours: int) -> None:
    region = region_of(index)
    assert region is not None
    assert (region.number, region.offset_minutes) == (number, hours * 60)
    assert offset_of(index) == hours * 60


@pytest.mark.parametrize("index", ["", "0", "10100", "1010000", "999999", "220030", "050000", "SW1A1A", "١٠١٠٠٠"])
def test_what_is_no_index_of_ours_is_nowhere(index: str) -> None:
    assert region_of(index) is None
    assert offset_of(index) is None


def test_all_89_subjects_and_baikonur_are_there() -> None:
    numbers = [region.number for region in regions()]
    assert len(numbers) == len(set(numbers)) == 90
    assert set(numbers) - {"99"} == {f"{n:02}" for n in range(1, 80)} | {"83", "86", "87"} | {
        "89", "90", "91", "92", "93", "94", "95",
    }  # fmt: skip
    assert len({region.name for region in regions()}) == 90
