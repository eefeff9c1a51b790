"""Numbers spelt apart, and names beside an ИНН: the two readings that are allowed to forgive something."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.core.text import fold, fold_numbers
from gateway.matching.naming import contradicts, same_firm
from gateway.matching.tighten import tighten


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("счет NoЦБ-929", "счет № цб-929"),
        ("счет NТК-2879", "счет №тк-2879"),
        ("по с/ч 125", "по счт 125"),
        ("счет н-р 125", "счет №   125"),
        ("счет ЦБ - 1061", "счет цб---1061"),
        ("счет К - 26 - 1756", "счет к---26---1756"),
        ("счет ТК00 - 000995", "счет тк00---000995"),
        ("счет 2026 - 00981", "счет 2026---00981"),
        ("счет 1346 / Н от 1.1", "счет 1346-/-н от 1.1"),
        # no numbers
        ("number 125", None),
        ("счета 125 - 128", None),
        ("УТ125 - 128", None),
        ("К-26 - 28", None),
        ("счет 125 - за рамки", None),
        ("счет 125 / 12.11.2026", None),
        ("НДС - 125", "ндс---125"),
        ("шт - 125", None),
        ("р/с/ч 125", None),
    ],
)
def test_a_number_is_joined_and_a_word_is_not(text: str, wanted: str | None) -> None:
    folded = fold_numbers(fold(text))
    assert tighten(folded) == (folded if wanted is None else fold(wanted))


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet="nосчцбнр№ -/.,02и15", max_size=40))
def test_every_place_stays(text: str) -> None:
    folded = fold_numbers(fold(text))
    tight = tighten(folded)
    assert len(tight) == len(folded)
    assert [c for c in tight if c.isdigit()] == [c for c in folded if c.isdigit()]


SAME = [
    ("Альфа-Трейд", "ООО «Альфа-Трейд»"),
    ("АЛЬФА ТРЕЙД, ООО", "ООО «Альфа-Трейд»"),
    ("Альфу-Трейд", "ООО «Альфа-Трейд»"),
    ("Алфа-Трейд", "ООО «Альфа-Трейд»"),
    ("Альфа", "ООО «Альфа-Трейд»"),
    ("Альфа-Трейд Москва Центр", "ООО «Альфа-Трейд»"),
    ("ИП Егорова П.И.", "ИП Егоров Пётр Ильич"),
    ("МБОУ СОШ № 15", "МБОУ «Средняя общеобразовательная школа № 15»"),
    ("Щит и Ключ", "МУП «Щит и Ключ»"),
    ("багетной мастерской", "ООО «Багетная мастерская на Арбате»"),
    ("", "ООО «Альфа-Трейд»"),
]
OTHER = [
    ("Бета", "ООО «Альфа-Трейд»"),
    ("Альфа-Маркет", "ООО «Альфа-Трейд»"),
    ("Орион Торг", "ООО «Орион Трейд»"),
    ("ИП Сидорова А.А.", "ИП Егоров Пётр Ильич"),
    ("рамки", "ООО «Альфа-Трейд»"),
]


@pytest.mark.parametrize(("named", "buyer"), SAME)
def test_a_name_in_another_form_contradicts_nothing(named: str, buyer: str) -> None:
    assert not contradicts(named, buyer)


@pytest.mark.parametrize(("named", "buyer"), OTHER)
def test_another_name_does(named: str, buyer: str) -> None:
    assert contradicts(named, buyer)


def test_the_same_firm_but_for_its_form() -> None:
    assert same_firm("щит и ключ", "МУП «Щит и Ключ»")
    assert same_firm("промкомплект 2", "ООО ПКФ «Промкомплект 2»")
    assert not same_firm("промкомплект 2", "ООО ПКФ «Промкомплект»")
    assert not same_firm("вега", "ООО «Вега Плюс»")
