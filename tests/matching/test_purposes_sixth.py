"""Excluded numbers that the sum confirms, short forms of lists, series that sound alike, and a debt that is traded."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from gateway.core.money import Money
from gateway.matching.decide import Decision, decide
from gateway.matching.duplicates import MemoryDuplicates
from gateway.matching.facts import read_facts
from gateway.matching.index import MemoryIndex, card
from gateway.matching.transliteration import in_cyrillic, sounds_like
from tests.matching.world import ALPHA, BETA, EGOROV, OUR_ACCOUNT, POLICY, decided, numbers, payment, world

BETAS = f"ООО Бета ИНН {BETA}"
CONFIRMED = [
    ("alpha", "7340.50", "счет 126 (не 125)", "126"),
    ("alpha", "7340.50", "счет 126 вместо 125", "126"),
    ("alpha", "7340.50", "счет 126 взамен 99", "126"),
    ("alpha", "7340.50", "счет 126 взамен аннулированного 124", "126"),
    ("beta", "17000.00", "счета с 140 по 142, кроме счета 141", "140 142"),
    ("beta", "18000.00", "счета 140-142", "140 141 142"),
    ("beta", "18000.00", "счета 140-42", "140 141 142"),
    ("beta", "18000.00", "счета 140-2", "140 141 142"),
    ("ivanova", "4500.00", "заказ 1001\u200b80 Иванова", "180"),
    ("alpha", "12500.00", "125|12.11.2026|12500.00", "125"),
    ("alpha", "12500.00", "оплата, не возврат. счет 125", "125"),
    ("alpha", "12500.00", "счет 125, оплата, не возврат", "125"),
    ("alpha", "12500.00", "счет 125, возврата товара не было", "125"),
    ("alpha", "12500.00", "счет 125 НДС десять процентов", "125"),
    ("alpha", "7340.50", f"счет 126, перевозчик ООО Стрела ИНН {EGOROV}", "126"),
]  # fmt: skip
DOUBTED = [
    ("alpha", "12500.00", "счет 126 (не 125)"),
    ("alpha", "7340.50", "счет 126 вместо 125, верно 131"),
    ("alpha", "7340.50", "счет 126 (не 125), ранее был оплачен"),
    ("alpha", "7340.50", "верно: 126, неверно: 125"),
    ("beta", "18000.00", "счета с 140 по 143, кроме счета 141"),
    ("beta", "17000.00", "счета с 140 по 142, помимо счета 141"),
    ("alpha", "12500.00", "за не возврат тары, счет 125"),
    ("alpha", "12500.00", "возврат по счету 125"),
    ("alpha", "12500.00", "десять процентов по счету 125"),
    ("stranger", "15000.00", f"Финансирование, дебитор {BETAS}, счет 140"),
    ("stranger", "15000.00", f"Финансирование поставки {BETAS}, счет 140"),
    ("stranger", "15000.00", f"Выплата финансирования за {BETAS} по счету 140"),
    ("stranger", "15000.00", f"факторинг за {BETAS}, счет 140"),
    ("stranger", "15000.00", f"Регресс {BETAS} счет 140"),
    ("stranger", "15000.00", f"аккредитив {BETAS} счет 140"),
    ("stranger", "15000.00", f"Финансирование по договору, цедент {BETAS} счет 140"),
]
SERIES = [
    (("В-1905",), "счет В-1905", True),
    (("И-1905",), "счет В-1905", False),
    (("ПС-1905",), "Счет PS-1905", True),
    (("ПА-1905",), "Счет PS-1905", False),
    (("МЖ-1905",), "invoice MZH-1905", True),
    (("ЛЗ-10", "ЛЗ-11", "ЛЗ-12"), "счета ЛЗ-10/11/12", True),
]


SOMEBODY = [
    ("alpha", "7340.50", "счет 126 ООО Ромашка"),
    ("alpha", "7340.50", "счет 126 от ООО «Ромашка»"),
    ("delta", "800.00", "счет 162 OOO Beta"),
    ("delta", "800.00", "Invoice 162 for Beta LLC"),
    ("ivanova", "4500.00", "сч 180 за Петрова"),
    ("ivanova", "4500.00", "сч 180 Петров Олег"),
    ("ivanova", "4500.00", "сч 180 от Петровой"),
    ("alpha", "7340.50", "счет 126 дочерней компании"),
    ("alpha", "7340.50", "счет 126 для сторонней организации"),
]
FRACTIONS = [
    "50% по счету 125", "1/2 по счету 125", "1/2 счета 125", "первая часть по счету 125", "аванс 50% по счету 125",
    "предоплата (30%) сч 125", "Счет 125 не полностью", "счет 125 не в полном объеме",
    "первая половина по счету 125",
]  # fmt: skip
OTHERS = [
    ("alpha", "12500.00", "счет 125 в архив, новый 301"),
    ("alpha", "12500.00", "счет 125, новый счет 301"),
    ("alpha", "12500.00", "счет 125,5"),
    ("alpha", "12500.00", "счет 125+1"),
    ("alpha", "12500.00", "счет 125*3"),
    ("alpha", "12500.00", "Зачет взаимных требований по счету 125"),
    ("alpha", "12500.00", "Взаимный зачет, счет 125"),
    ("beta", "21500.00", "сч с 140 по 144"),
    ("beta", "21500.00", "сч с 139 по 143"),
    ("alpha", "12500.00", "оплата долга за 2025 год"),
    ("alpha", "12500.00", "оплата за 4 кв. 2025 г."),
    ("zeta", "3333.00", "оплата долга за 2025 год"),
    ("alpha", "12500.00", "Перевод на счет 40817810100000000777"),
]
STILL = [
    ("alpha", "7340.50", "счет 126 ООО Рамка", "126"),
    ("alpha", "7340.50", "Оплата ООО «Рамка» по счету 126", "126"),
    ("alpha", "7340.50", "счет 126 поставщик ООО Ромашка", "126"),
    ("alpha", "7340.50", "счет 126 ООО Альфа Трейд", "126"),
    ("alpha", "7340.50", "счет 126 Alfa-Treyd", "126"),
    ("ivanova", "4500.00", "сч 180 Иванова Мария", "180"),
    ("ivanova", "4500.00", "сч 180 от Ивановой", "180"),
    ("alpha", "7340.50", "счет 126 за краску ООО Кнауф", "126"),
    ("alpha", "7340.50", "Источник финансирования: прибыль. Счет 126", "126"),
    ("stranger", "15000.00", f"по агентскому договору за {BETAS} счет 140", "140"),
    ("ivanova", "4500.00", "сч 180 за Иванову", "180"),
    ("alpha", "7340.50", "счет 126, менеджер Петров Олег", "126"),
    ("alpha", "7340.50", "счет 126, НДС 20% 1223.42", "126"),
    ("alpha", "7340.50", "счет 126, скидка 50%", "126"),
    ("alpha", "7340.50", "100% предоплата по счету 126", "126"),
    ("delta", "800.00", "доплата 50% по счету 162", "162"),
    ("alpha", "19840.50", "счет 125,126", "125 126"),
    ("alpha", "19840.50", "счет 125+126", "125 126"),
    ("alpha", "12500.00", "за рамки 125*3", "125"),
    ("alpha", "12500.00", "оплата по новому счету 125", "125"),
    ("alpha", "12500.00", "оплата за 2026 год", "125"),
    ("zeta", "3333.00", "оплата долга за 2026 год", "190 191"),
    ("alpha", "12500.00", "оплата по договору от 2025 г.", "125"),
    ("alpha", "12500.00", f"с р/с 40702810100000000101 на р/с {OUR_ACCOUNT} за товар", "125"),
    ("ivanova_transit", "4500.00", "заказ 180 Иванова Мария Петровна", "180"),
]

TOLD = replace(POLICY, own_names=("ООО «Рамка»",))


def _told(payer: str, roubles: str, purpose: str) -> Decision:
    """The decision where the policy says how we are called."""
    return decide(read_facts(payment(payer, roubles, purpose)), world(), TOLD, MemoryDuplicates())


@pytest.mark.parametrize(("payer", "roubles", "purpose", "expected"), CONFIRMED)
def test_what_the_sum_confirms_is_automatic(payer: str, roubles: str, purpose: str, expected: str) -> None:
    assert numbers(decided(payer, roubles, purpose)) == expected


@pytest.mark.parametrize(("payer", "roubles", "purpose"), DOUBTED)
def test_what_nothing_confirms_is_a_persons(payer: str, roubles: str, purpose: str) -> None:
    assert not decided(payer, roubles, purpose).automatic


@pytest.mark.parametrize(("payer", "roubles", "purpose"), SOMEBODY)
def test_somebody_named_who_is_neither_payer_nor_we_is_a_persons(payer: str, roubles: str, purpose: str) -> None:
    assert not _told(payer, roubles, purpose).automatic


def test_an_unknown_firm_is_not_doubted_where_nobody_said_how_we_are_called() -> None:
    assert decided("alpha", "7340.50", "счет 126 ООО Ромашка").automatic


@pytest.mark.parametrize("purpose", FRACTIONS)
def test_a_fraction_under_the_whole_sum_is_a_persons(purpose: str) -> None:
    assert not decided("alpha", "12500.00", purpose).automatic
    assert decided("alpha", "6250.00", purpose).automatic


@pytest.mark.parametrize(("payer", "roubles", "purpose"), OTHERS)
def test_a_number_that_is_not_all_there_is_or_not_meant_is_a_persons(payer: str, roubles: str, purpose: str) -> None:
    assert not decided(payer, roubles, purpose).automatic


@pytest.mark.parametrize(("payer", "roubles", "purpose", "expected"), STILL)
def test_plain_payments_stay_automatic(payer: str, roubles: str, purpose: str, expected: str) -> None:
    assert numbers(_told(payer, roubles, purpose)) == expected


@pytest.mark.parametrize(("owed", "purpose", "automatic"), SERIES)
def test_a_series_is_read_as_it_is_written_and_as_it_sounds(
    owed: tuple[str, ...], purpose: str, automatic: bool
) -> None:
    on, price = date(2026, 11, 12), Money.parse("100.00")
    cards = [
        card(n, n, on, price, price, "open", buyer_id="a", buyer_kind="ul", buyer_name="ООО «Альфа»", buyer_inn=ALPHA)
        for n in (*owed, "Ю-7")
    ]
    roubles = str(Money(price.kopecks * len(owed)).decimal_text())
    facts = read_facts(payment("alpha", roubles, purpose))
    decision = decide(facts, MemoryIndex(cards), POLICY, MemoryDuplicates())
    assert tuple(i for i, _ in decision.allocations) == (owed if automatic else ())


def test_letters_of_one_alphabet_are_not_taken_by_sound() -> None:
    assert sounds_like("кr", "кр")
    assert not sounds_like("рс", "пс")


@pytest.mark.parametrize(
    ("latin", "name"), [("Beta", "бета"), ("Zhukov", "жуков"), ("Alfa", "алфа"), ("Shchit", "щит")]
)
def test_a_latin_name_as_it_sounds(latin: str, name: str) -> None:
    assert in_cyrillic(latin) == name
