"""Folding keeps every character's place; names meet under one key whatever their spelling."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.core.text import fold, fold_numbers, name_key, person_key


@given(st.text())
def test_folding_keeps_the_length(text: str) -> None:
    assert len(fold(text)) == len(text)
    assert len(fold_numbers(fold(text))) == len(text)


@given(st.text(st.characters(max_codepoint=0x2122)))
def test_a_rare_character_changes_nothing_beside_it(text: str) -> None:
    rare = "\u4e2d"  # no text with it is folded by way of Windows-1251
    assert fold(text) == fold(text + rare)[:-1] == "".join(fold(letter) for letter in text)


@given(st.text())
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("CЧЁТ", "счет"),  # Latin C
        ("cчeт", "счет"),  # Latin c, e
        ("УT-118", "ут-118"),  # Latin T
        ("«Альфа» – “Бета”", '"альфа" - "бета"'),
        ("№\u00a012\u2009500\t", "№ 12 500 "),
        ("N 125", "n 125"),
        ("１２５", "125"),
    ],
)
def test_one_spelling_for_many(typed: str, meant: str) -> None:
    assert fold(typed) == meant


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("СФ-ООО131", "сф-000131"),
        ("1О5", "105"),
        ("1ОО", "100"),
        ("12З4", "1234"),
        ("1l5", "115"),
        ("125 от", "125 от"),
        ("125от", "125от"),
        ("ООО 125", "ооо 125"),
    ],
)
def test_letters_typed_for_digits(typed: str, meant: str) -> None:
    assert fold_numbers(fold(typed)) == meant


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ООО «Альфа-Трейд»", "АЛЬФА ТРЕЙД, ООО"),
        ("Общество с ограниченной ответственностью «Альфа-Трейд»", "ООО Альфа-Трейд"),
        ('ПАО "Гамма"', "Публичное акционерное общество «Гамма»"),
        ("Иванов Иван Петрович", "ИВАН ПЕТРОВИЧ ИВАНОВ"),
        ("ИП Егоров Пётр Ильич", "Индивидуальный предприниматель Егоров Петр Ильич"),
    ],
)
def test_two_spellings_of_a_name_meet(one: str, other: str) -> None:
    assert name_key(one) == name_key(other) != ""


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Иванов Иван Петрович", "Иванов И.П."),
        ("Иванов Иван Петрович", "Иванов Иван"),
        ("Иванов Иван Петрович", "Иванова Ивана Петровича"),
        ("ООО «Альфа»", "ООО «Альфа-Трейд»"),
    ],
)
def test_a_like_name_is_another_name(one: str, other: str) -> None:
    assert name_key(one) != name_key(other)


def test_a_legal_form_alone_is_no_name() -> None:
    assert name_key("ООО") == ""


UNSEEN = "\u034f\ufe0f\u115f\u1160\u3164\uffa0\u2800\U000e0100\u200b\u00ad\u180e\u0335\u20dd\U0001d159"


@pytest.mark.parametrize("mark", UNSEEN, ids=ascii)
def test_what_no_eye_sees_makes_no_other_person(mark: str) -> None:
    for name in ("Иванова" + mark, "Ива" + mark + "нова", mark + "Иванова"):
        assert person_key(name) == person_key("Иванова")


@pytest.mark.parametrize("mark", ["", *UNSEEN], ids=ascii)
@pytest.mark.parametrize(("letter", "whole"), [("и\u0306", "й"), ("И\u0306", "Й"), ("е\u0308", "ё")])
def test_a_letter_in_two_pieces_is_the_letter(letter: str, whole: str, mark: str) -> None:
    assert person_key("Серге" + letter[0] + mark + letter[1]) == person_key("Серге" + whole)


def test_short_i_is_a_letter_of_its_own() -> None:
    assert person_key("Сергей") != person_key("Сергеи")
    assert person_key("Королёв") == person_key("Королев")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Сидоров", "Cидopoв"),
        ("ivanova", "іvаnova"),
        ("Гусев", "Γусев"),
        ("РОМАНОВ", "ΡΟΜΑΗΟВ"),
        ("ivan", "iνan"),
        ("sergey", "ѕergey"),
        ("  Анна\u00a0 Иванова ", "анна иванова"),
    ],
)
def test_letters_of_other_alphabets_make_no_other_person(one: str, other: str) -> None:
    assert person_key(one) == person_key(other)


@given(st.text())
def test_a_persons_key_does_not_depend_on_how_letters_are_composed(name: str) -> None:
    assert person_key(name) == person_key(unicodedata.normalize("NFD", name)) or not name.isprintable()
