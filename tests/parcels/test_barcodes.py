"""Tracking numbers as they come."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.core import catalogue
from gateway.core.errors import Refused
from gateway.parcels import barcodes
from gateway.parcels.barcodes import CHECK_DIGIT, DECIMAL, EXPONENT, LOOKALIKE, TrackKind, check, normalise
from gateway.parcels.model import CarrierKey, Stage


@pytest.mark.parametrize("track", ["14102192069353", "62009147017544"])
def test_a_number_of_the_post(track: str) -> None:
    assert check(track) == barcodes.Checked(track, TrackKind.DOMESTIC, CarrierKey.POST, ())


def test_an_international_number() -> None:
    assert check("LK035658376US") == barcodes.Checked("LK035658376US", TrackKind.S10, CarrierKey.POST, ())


@pytest.mark.parametrize("track", ["1106207812", "10028474389"])
def test_a_number_of_cdek(track: str) -> None:
    assert check(track) == barcodes.Checked(track, TrackKind.CDEK, CarrierKey.CDEK, ())


@pytest.mark.parametrize(
    "track", ["RA644000001RU", "EA123456789RU", "ZB005012591HK", "45008378901234", "10725878901235"]
)
def test_the_posts_own_examples_fail_their_check_and_are_taken(track: str) -> None:
    checked = check(track)
    assert (checked.track, checked.warnings) == (track, (CHECK_DIGIT,))


@pytest.mark.parametrize(
    ("typed", "track"),
    [
        (" lk 035 658 376 us ", "LK035658376US"),
        ("141021-92-06935-3", "14102192069353"),
        ("1410\u00a02192\u200b069353\ufeff", "14102192069353"),
        ("'14102192069353", "14102192069353"),
        ('="14102192069353"', "14102192069353"),
    ],
)
def test_spaces_hyphens_and_quotes_do_not_matter(typed: str, track: str) -> None:
    checked = check(typed)
    assert (checked.track, checked.warnings) == (track, ())
    assert normalise(typed) == track


def test_cyrillic_lookalikes_are_put_right_and_said_so() -> None:
    for typed in ("СМ035658376ТН", "см035658376тн"):
        checked = check(typed)
        assert checked.track == "CM035658376TH"
        assert LOOKALIKE in checked.warnings
    with pytest.raises(Refused) as refused:
        check("ЖЯ035658376US")
    assert refused.value.code == "parcel.track_wrong"


@pytest.mark.parametrize("typed", ["14102192069353.0", "14102192069353,00"])
def test_a_decimal_tail_of_a_spreadsheet_is_taken_off(typed: str) -> None:
    checked = check(typed)
    assert (checked.track, checked.warnings) == ("14102192069353", (DECIMAL,))
    assert normalise(typed) == "14102192069353"


def test_an_exponent_that_lost_nothing_is_read() -> None:
    checked = check("1.4102192069353E+13")
    assert (checked.track, checked.warnings) == ("14102192069353", (EXPONENT,))
    assert normalise("1,4102192069353e+13") == "14102192069353"


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("", "parcel.track_empty"),
        (" - ", "parcel.track_empty"),
        ("1.41E+13", "parcel.track_rounded"),
        ("1,41022E+13", "parcel.track_rounded"),
        ("1e13", "parcel.track_rounded"),
        ("4102192069353", "parcel.track_short"),
        ("+7 (916) 123-45-67", "parcel.track_is_phone"),
        ("+7 916 123-45-67", "parcel.track_is_phone"),
        ("89161234567", "parcel.track_is_phone"),
        ("9161234567", "parcel.track_is_phone"),
        ("443063", "parcel.track_is_index"),
        ("заказ 125", "parcel.track_wrong"),
        ("RA64400000RU", "parcel.track_wrong"),
        ("١٤١٠٢١٩٢٠٦٩٣٥٣", "parcel.track_wrong"),
    ],
)
def test_what_cannot_be_a_number_is_refused_by_name(typed: str, code: str) -> None:
    with pytest.raises(Refused) as refused:
        check(typed)
    assert refused.value.code == code
    assert refused.value.text("ru") != refused.value.text("en")
    assert "916" not in refused.value.text("ru")


@given(st.text(max_size=40))
def test_anything_at_all_is_taken_or_refused(text: str) -> None:
    try:
        checked = check(text)
    except Refused as refused:
        assert refused.code in catalogue.entries()
    else:
        again = check(checked.track)
        assert (again.track, again.kind) == (checked.track, checked.kind)
        assert set(checked.warnings) <= set(catalogue.entries())


@given(st.integers(0, 10**13 - 1), st.integers(1, 9), st.integers(0, 12))
def test_one_wrong_digit_never_passes_the_posts_check(start: int, by: int, place: int) -> None:
    body = f"{start:013}"
    whole = next(body + d for d in "0123456789" if barcodes.domestic_fits(body + d))
    wrong = whole[:place] + str((int(whole[place]) + by) % 10) + whole[place + 1 :]
    assert not barcodes.domestic_fits(wrong)


def test_every_stage_has_its_name_in_both_languages() -> None:
    for stage in Stage:
        assert {"ru", "en"} <= set(catalogue.entries()[f"parcel.stage.{stage}"])
