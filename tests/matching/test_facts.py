"""What is read from a purpose, and where it stands in the text as the bank sent it."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.matching.facts import Facts, Grade, Kind, Mark, read_facts
from tests.matching.world import ALPHA, payment


def facts(purpose: str, payer: str = "stranger") -> Facts:
    return read_facts(payment(payer, "100.00", purpose))


def grades(purpose: str) -> dict[str, str]:
    found = facts(purpose)
    return {purpose[q.start : q.end]: q.grade.value for q in found.quotes}


@pytest.mark.parametrize(
    ("purpose", "wanted"),
    [
        ("Оплата по счёту № СФ-000131 от 14.11.2026", {"СФ-000131": "strong"}),
        ("По договору № 126 счет № 125", {"126": "muted", "125": "strong"}),
        ("счета 125, 126 и 127 за 40 рамок", {"125": "strong", "126": "strong", "127": "strong", "40": "muted"}),
        ("Оплата 125", {"125": "loose"}),
        ("Оплата по тендеру № 125", {"125": "weak"}),
        ("УПД 125, акт 126, ТТН 127, п/п 128", {"125": "muted", "126": "muted", "127": "muted", "128": "muted"}),
        ("г. Москва, ул. Мира, д. 5, кв. 12", {"5": "muted", "12": "muted"}),
        ("счет-фактура № 125", {"125": "weak"}),
        ("расчетный счет 125", {"125": "muted"}),
        ("рамки 30х40 5 шт", {"30х40": "muted", "5": "muted"}),
        ("ООО «Пирамида 125» счет 7", {"125": "muted", "7": "strong"}),
        ("счет К-125", {"К-125": "strong"}),
        ("счет 125-А, 126", {"125-А": "strong", "126": "strong"}),
        ("МСК00-000124", {"МСК00-000124": "strong"}),
    ],
)
def test_how_far_a_number_is_believed(purpose: str, wanted: dict[str, str]) -> None:
    assert grades(purpose) == wanted


@pytest.mark.parametrize(
    "purpose",
    [
        "ИНН 7701000019 КПП 770101001",
        "тел. 8 831 125 22 11",
        "тел 223-22-11",
        "+7 (831) 125-22-11",
        "р/с 40702810100000000101",
        "В т.ч. НДС 22% - 2 254,10 руб.",
        "НДС(22%) 2254-10",
        "НДС не облагается",
        "на сумму 12500",
        "12 500,00 руб.",
        "175000-00",
        "50%",
        "от 12.11.2026",
        "12 ноября 2026 года",
        "за ноябрь 2026",
        "контракт 0132300001726000126",
    ],
)
def test_what_is_no_number(purpose: str) -> None:
    assert [q for q in facts(purpose).quotes if q.grade in (Grade.STRONG, Grade.WEAK, Grade.LOOSE)] == []


@pytest.mark.parametrize(
    ("purpose", "date"),
    [
        ("от 12.11.2026", (12, 11, 2026)),
        ("от 12.11.26г.", (12, 11, 2026)),
        ("от 2.11.26", (2, 11, 2026)),
        ("от 12/11/2026", (12, 11, 2026)),
        ("от 2026-11-12", (12, 11, 2026)),
        ("от 12 ноября 2026 г.", (12, 11, 2026)),
        ("от «12» ноября 2026", (12, 11, 2026)),
        ("от 12.11", (12, 11, None)),
        ("от 12 ноября", (12, 11, None)),
    ],
)
def test_dates_as_people_write_them(purpose: str, date: tuple[int, int, int | None]) -> None:
    (found,) = facts("счет 125 " + purpose).dates
    assert (found.day, found.month, found.year) == date


@pytest.mark.parametrize("purpose", ["от 45.11.2026", "29-06/20ДП", "125.99.12"])
def test_what_is_no_date(purpose: str) -> None:
    assert facts(purpose).dates == ()


def test_a_date_and_a_sum_belong_to_the_number_before() -> None:
    one, two = facts("сч. 125 от 12.11.2026 - 12500,00, сч. 126 - 7 340,50 руб.").quotes
    assert one.date is not None and (one.date.day, one.stated) == (12, 1_250_000)
    assert (two.date, two.stated) == (None, 734_050)


@pytest.mark.parametrize(
    ("purpose", "pair", "until"),
    [
        ("счета 141-143", (141, 143), 143),
        ("счета с 141 по 143", (141, 143), 143),
        ("счета №№ 141 - 143", (141, 143), 143),
        ("счета СФ-141 - СФ-143", (141, 143), 143),
        ("счета 141..143", (141, 143), 143),
        ("счета 141/143", (141, 143), None),
        ("счета 141/142/143", (141, 142, 143), None),
        ("счет 125-126", (125, 126), 126),
    ],
)
def test_ranges_and_pairs(purpose: str, pair: tuple[int, ...], until: int | None) -> None:
    (quote,) = facts(purpose).quotes
    assert (quote.listed, quote.until) == (pair, until)


@pytest.mark.parametrize(
    ("purpose", "mark"),
    [
        ("Возврат средств", Mark.REFUND),
        ("ВОЗРАТ", Mark.REFUND),
        ("вовзрат", Mark.REFUND),
        ("Ворат денжных средств", Mark.REFUND),
        ("Bозврaт", Mark.REFUND),
        ("ошибочно зачислено", Mark.REFUND),
        ("Собственные средства", Mark.OWN_TRANSFER),
        ("пополнение счета", Mark.OWN_TRANSFER),
        ("по договору займа", Mark.LOAN),
        ("проценты по вкладу", Mark.OTHER_INCOME),
        ("Аванс", Mark.ADVANCE),
        ("Предолпата", Mark.ADVANCE),
        ("Частичная оплата", Mark.PART),
    ],
)
def test_words_about_the_money(purpose: str, mark: Mark) -> None:
    assert mark in facts(purpose).marks


@pytest.mark.parametrize(
    ("purpose", "mark"),
    [
        ("оплата 50 процентов по счету 125", Mark.OTHER_INCOME),
        ("за счет собственных средств", Mark.OWN_TRANSFER),
        ("частник", Mark.PART),
        ("за гранит", Mark.OTHER_INCOME),
        ("Без налога (НДС)", Mark.DOUBTFUL),
    ],
)
def test_words_that_only_look_so(purpose: str, mark: Mark) -> None:
    assert mark not in facts(purpose).marks


@pytest.mark.parametrize(
    ("purpose", "wanted"),
    [
        (f"за ООО «Альфа-Трейд» ИНН {ALPHA} по счету 125", [(ALPHA, True)]),
        (f"Оплата за товар за ООО Альфа-Трейд, г. Москва, ИНН {ALPHA}", [(ALPHA, True)]),
        (f"счет 125 ООО Альфа-Трейд ИНН {ALPHA}", [(ALPHA, False)]),
        (f"за рамки фотографические деревянные и багет по счету 125, {ALPHA}", []),
        ("Оплата за товар за ООО Бета", [("", True)]),
        ("за третье лицо", [("", True)]),
        ("за Иванову М.П.", [("", True)]),
        ("за рамки и т.д.", []),
        ("за рамки г.Н.Новгород", []),
        ("за организацию выставки", []),
        ("за ООО Омега", []),  # the payer himself
        ("ИНН 6312000014 за товар", []),  # his own
    ],
)
def test_for_whom(purpose: str, wanted: list[tuple[str, bool]]) -> None:
    assert [(n.inn, n.cued) for n in facts(purpose).named] == wanted


def test_the_person_behind_a_bank() -> None:
    found = facts("СЧЕТ 180", payer="ivanova_transit")
    assert found.transit and found.persons == ("иванова мария петровна",)
    assert facts("ФИО: Иванова Мария Петровна; сч 180", payer="sber").persons == ("иванова мария петровна",)
    assert facts("ФИО: Петров Олег Юрьевич; сч 180", payer="ivanova_transit").persons_differ
    assert not facts("ФИО: ИВАНВОА МАРИЯ ПЕТРОВА; сч 180", payer="ivanova_transit").persons_differ


def test_a_number_cut_off_at_the_end_is_not_trusted() -> None:
    text = ("Оплата за поставленные товары " * 10)[:195] + " счет 000012345"
    (quote,) = facts(text[:210]).quotes
    assert quote.cut and quote.grade is Grade.WEAK


def test_a_series_without_a_noun_is_told_apart() -> None:
    (quote,) = facts("УТ-118/26 рамки").quotes
    assert (quote.kind, quote.prefix, quote.counter, quote.year) == (Kind.PREFIXED, "ут", 118, 2026)


@given(st.text(max_size=230))
def test_any_text_is_read_and_every_place_lies_in_it(text: str) -> None:
    found = facts(text)
    places = [(q.start, q.end) for q in found.quotes]
    places += [(d.start, d.end) for d in found.dates] + [(s.start, s.end) for s in found.sums]
    places += [(n.start, n.end) for n in found.named] + list(found.marks.values())
    assert all(0 <= start < end <= len(text) for start, end in places)


@given(
    st.lists(
        st.sampled_from(
            re.split(
                " ",
                "Оплата по счету № 125 126 от 12.11.2026 НДС 22% 1 234,56 руб. за ООО «Бета» ИНН 7701000019 - , ; / с "
                'и ( ) ФИО: договор УТ-118/26 30х40 шт 8 831 125 22 11 возврат 141-143 " N п/п д. 5',
            )
        ),
        max_size=30,
    )
)
def test_any_jumble_of_words_is_read(words: list[str]) -> None:
    text = " ".join(words)
    assert all(0 <= q.start < q.end <= len(text) for q in facts(text).quotes)
