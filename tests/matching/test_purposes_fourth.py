"""Purposes with a number of the payer's own name, with an open choice, or with a name longer than the payer's.

Each row: sum, purpose, numbers allocated to ("" = a person decides).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date

import pytest

from gateway.core.money import Money
from gateway.matching.decide import Decision, decide
from gateway.matching.duplicates import MemoryDuplicates
from gateway.matching.facts import read_facts
from gateway.matching.index import InvoiceCard, MemoryIndex, card
from tests.matching.world import ALPHA, BETA, POLICY, numbers, payment


def _of(party: str, name: str, inn: str, *invoices: tuple[str, str, str]) -> list[InvoiceCard]:
    return [
        card(
            f"{party}:{number}:{on}", number, date.fromisoformat(on), Money.parse(due), Money.parse(due), "open",
            buyer_id=party, buyer_kind="ul", buyer_name=name, buyer_inn=inn,
        )
        for number, on, due in invoices
    ]  # fmt: skip


def _decided(name: str, roubles: str, purpose: str, cards: Iterable[InvoiceCard]) -> Decision:
    """What is decided on a payment of the firm with the ИНН of Alpha and this name."""
    paid = replace(payment("alpha", roubles, purpose), payer_name=name)
    return decide(read_facts(paid), MemoryIndex(cards), POLICY, MemoryDuplicates())


# name, its number, texts that repeat it and name no invoice
NUMBERED = [
    (
        "ГАУЗ «Поликлиника № 8»",
        "8",
        [
            "ГАУЗ Поликлиника №8 за рамки",
            "за рамки, поликлиника N 8",
            "Для поликлиники 8",
            "Поликл. №8",
            "п-ка № 8 рамки",
        ],
    ),
    ("МБОУ «Школа 1234»", "1234", ["МБОУ Школа 1234 за рамки", "рамки для школы № 1234", "Школа №1234, багет"]),
    (
        "МБДОУ «Детский сад №45»",
        "45",
        ["МБДОУ детский сад № 45 за рамки", "за рамки для детского сада 45", "МБДОУ №45"],
    ),
    ("МБОУ СОШ № 12", "12", ["МБОУ СОШ №12 за рамки", "СОШ 12 рамки", "шк.№12 рамки", "МБОУ СОШ N12: рамки"]),
    (
        "МБОУ «Средняя общеобразовательная школа № 12»",
        "12",
        ["СОШ № 12 за рамки", "С.О.Ш. №12", "школы №12 г. Перми, рамки"],
    ),
    ("ООО «Магнит-5»", "5", ["Магнит-5 за рамки", "ООО «Магнит-5» оплата рамок", "магнит 5, багет"]),
    ("ФКУ «Войсковая часть 03213»", "3213", ["Войсковая часть 03213 за рамки", "в/ч 03213, рамки", "в/ч № 3213"]),
    ("ООО «1000 мелочей»", "1000", ["1000 мелочей за рамки", "за рамки «1000 мелочей»"]),
    ("ООО СМУ-5", "5", ["СМУ-5 рамки", "оплата СМУ №5"]),
]
OWN_NAMES = [(name, number, text) for name, number, texts in NUMBERED for text in texts]


@pytest.mark.parametrize(("name", "number", "text"), OWN_NAMES)
def test_a_number_of_the_payers_own_name_chooses_no_invoice(name: str, number: str, text: str) -> None:
    cards = _of("one", name, ALPHA, (number, "2026-11-06", "15750.00"), ("980", "2026-11-11", "15750.00"))
    assert not _decided(name, "15750.00", text, cards).automatic


@pytest.mark.parametrize(("name", "number", "text"), OWN_NAMES)
def test_beside_the_own_name_a_quoted_number_counts(name: str, number: str, text: str) -> None:
    cards = _of("one", name, ALPHA, (number, "2026-11-06", "15750.00"), ("980", "2026-11-11", "15750.00"))
    for quoted in (number, "980"):
        assert numbers(_decided(name, "15750.00", f"{text}, счет № {quoted}", cards)) == quoted
        assert numbers(_decided(name, "15750.00", f"Оплата по счету {quoted}. {text}", cards)) == quoted
    assert numbers(_decided(name, "31500.00", f"счета № {number} и № 980. {text}", cards)).split() == sorted(
        [number, "980"]
    )


PAIR = [("91", "2026-11-06", "20480.00"), ("19", "2026-03-12", "20480.00"), ("77", "2026-11-09", "500.00")]
OPEN = [
    ("20480.00", "сч. 91 или 19 уточним", ""),
    ("20480.00", "сч. 91 либо 19", ""),
    ("20480.00", "Оплата по счету № 91 или № 19", ""),
    ("20480.00", "счет 91 от 06.11.2026 или счет 19 от 12.03.2026", ""),
    ("20480.00", "счет 91 от 06.11.2026 г. или 77", ""),
    ("20480.00", "счет 91 и/или 77", ""),
    ("20480.00", "то ли счет 91, то ли 19", ""),
    ("20480.00", "не то 91 не то 77 счет", ""),
    ("20480.00", "счет 91?", ""),
    ("20480.00", "счет 91 (?)", ""),
    ("20480.00", "счет 91 ? 19 за зеркала", ""),
    ("20480.00", "счет 91?19", ""),
    ("20480.00", "кажется счет 91", ""),
    ("20480.00", "счет 91, а может 19", ""),
    ("20480.00", "счет 91 иль 19", ""),
    ("20480.00", "счет № 91, если нет, то 19", ""),
    ("20480.00", "счет 91 от 06.11.26 или от 12.03.26 19", ""),
    ("20480.00", "schet 91 ili 19", ""),
    ("20480.00", "invoice 91 or 19", ""),
    ("20480.00", "счет, наверное, № 91", ""),
    ("20980.00", "счета 91 или 77", ""),
    # a № or a dash lost to an encoding, and words that choose between goods
    ("20480.00", "Оплата по счету ?91 от 06.11.2026", "91"),
    ("20480.00", "Оплата по счету ? 91", "91"),
    ("20480.00", "Счет 91 от 06.11.2026 ? за зеркала", "91"),
    ("20480.00", "счет 91 за зеркала или стекло", "91"),
    ("20480.00", "Оплата по счету 91, вопросы к Лидии", "91"),
]


@pytest.mark.parametrize(("roubles", "purpose", "expected"), OPEN)
def test_a_choice_the_text_leaves_open_is_a_persons(roubles: str, purpose: str, expected: str) -> None:
    name = "ООО «Зеркала»"
    decision = _decided(name, roubles, purpose, _of("one", name, ALPHA, *PAIR))
    assert numbers(decision) == expected
    assert decision.automatic == bool(expected)


# payer, another firm, texts that speak of the other
LONGER = [
    (
        "ООО «Парус»",
        "ООО «Парус-М»",
        ["ООО Парус-М", "ООО «Парус-М»", "Парус-М", "«Парус-М»", "ООО «ПАРУС М»", "Парус М", "фирму Парус-М"],
    ),
    ("ООО «Орион»", "ООО «Орион-Трейд»", ["ООО Орион-Трейд", "Орион-Трейд", "фирму «Орион-Трейд»", "ООО Орион Трейд"]),
    ("ООО «Орион-Трейд»", "ООО «Орион»", ["ООО Орион", "ООО «Орион»"]),
    ("ООО «Парус»", "ООО ТД «Парус»", ["ТД Парус", "ООО ТД «Парус»", "торговый дом «Парус»", "ТД «Парус»"]),
    ("ООО «Парус»", "ООО «Парус Плюс»", ["ООО Парус2", "ООО Парус Плюс", "ООО «Парус Плюс»"]),
]
FOR_ANOTHER = [(payer, other, named) for payer, other, texts in LONGER for named in texts]


@pytest.mark.parametrize(("payer", "other", "named"), FOR_ANOTHER)
def test_a_firm_whose_name_holds_the_payers_is_somebody_else(payer: str, other: str, named: str) -> None:
    cards = [
        *_of("one", payer, ALPHA, ("140", "2026-11-10", "26000.00")),
        *_of("two", other, BETA, ("140", "2026-11-11", "26000.00")),
    ]
    for text in (f"счет 140 за {named}", f"счет 140 от 11.11.2026 за {named}", f"оплата за {named}"):
        assert not _decided(payer, "26000.00", text, cards).automatic, text


@pytest.mark.parametrize("payer", ["ООО «Парус»", "ООО «Орион-Трейд»", "ООО ТД «Парус»", "МУП «Водоканал»"])
def test_the_payers_own_name_behind_za_is_the_payer(payer: str) -> None:
    cards = _of("one", payer, ALPHA, ("140", "2026-11-10", "26000.00"))
    for text in (f"за {payer} счет 140", f"счет 140 за {payer}", f"счет 140 за {payer} оплата рамок"):
        assert numbers(_decided(payer, "26000.00", text, cards)) == "140", text


def test_number_and_date_of_another_buyers_invoice_are_a_persons() -> None:
    cards = [
        *_of("one", "ООО «Парус»", ALPHA, ("140", "2026-11-10", "26000.00")),
        *_of("two", "ООО «Парус-М»", BETA, ("140", "2026-11-11", "26000.00")),
    ]
    asked = _decided("ООО «Парус»", "26000.00", "счет 140 от 11.11.2026", cards)
    assert not asked.automatic
    assert any(r.code == "matching.number_foreign" for r in asked.reasons)
    for own in ("счет 140 от 10.11.2026", "счет 140 от 12.11.2026", "счет 140"):
        assert numbers(_decided("ООО «Парус»", "26000.00", own, cards)) == "140", own


# ---- how numbers are written

ATLAS = [(f"АК-{n:06d}", "2026-08-03", f"{n * 211}.00") for n in range(701, 721)] + [
    (f"АМ-{n:06d}", "2026-08-03", f"{n * 173}.50") for n in range(701, 711)
]
KRONA = [("КР/С-15", "2026-11-03", "33500.00"), ("КР/Ю-15", "2026-11-03", "44700.00")]
K706_707 = f"{(706 + 707) * 211}.00"
M701_703 = f"{(701 + 702 + 703) * 173 + 1}.50"
K701_703 = f"{(701 + 702 + 703) * 211}.00"
K701_720 = f"{sum(range(701, 721)) * 211}.00"
M701_710 = f"{sum(range(701, 711)) * 173 + 5}.00"


def _series(letters: str, first: int, last: int) -> str:
    return " ".join(f"{letters}-{n:06d}" for n in range(first, last + 1))


WRITTEN = [
    # a series in two halves
    (KRONA, "33500.00", "счет КР/С-15", "КР/С-15"),
    (KRONA, "33500.00", "счет № КР/С-15 от 03.11.2026", "КР/С-15"),
    (KRONA, "33500.00", "КР/С-15 за багет", "КР/С-15"),
    (KRONA, "33500.00", "Опл.сч.кр/с-15 НДС20%", "КР/С-15"),
    (KRONA, "33500.00", "Payment inv KR/C-15", "КР/С-15"),
    (KRONA, "33500.00", "Payment inv KP/C-15", "КР/С-15"),
    (KRONA, "44700.00", "счет КР/Ю15", "КР/Ю-15"),
    (KRONA, "78200.00", "счета КР/С-15, КР/Ю-15", "КР/С-15 КР/Ю-15"),
    (KRONA, "78200.00", "сч. КР/С-15 и КР/Ю-15 от 3 ноября", "КР/С-15 КР/Ю-15"),
    (KRONA, "10000.00", "счет КР/С-15 частично", "КР/С-15"),
    (KRONA, "50000.00", "КР/С-15 закрыт 33500.00, КР/Ю-15 аванс 16500.00", "КР/С-15 КР/Ю-15"),
    (KRONA, "33500.00", "счет КР/З-15", ""),
    (KRONA, "33500.00", "счет РК/С-15", ""),
    # the second halves of a list written once
    (ATLAS, K706_707, "счета АК-000706/707", _series("АК", 706, 707)),
    (ATLAS, K706_707, "АК-000706/707 багет", _series("АК", 706, 707)),
    (ATLAS, K706_707, "счета АК-706/707", _series("АК", 706, 707)),
    (ATLAS, K706_707, "счета АМ-000706/707", ""),
    (ATLAS, K706_707, "счет АК-000706/7", ""),
    (ATLAS, M701_703, "сч. АМ-000701/702/703", _series("АМ", 701, 703)),
    (ATLAS, M701_710, "сч. АМ-000701/702/703/704/705/706/707/708/709/710", _series("АМ", 701, 710)),
    (ATLAS, M701_710, "сч. АК-000701/702/703/704/705/706/707/708/709/710", ""),
    # the series of the first number is the list's
    (ATLAS, K701_703, "По счетам АК 701,702,703", _series("АК", 701, 703)),
    (ATLAS, M701_703, "По счетам АМ-701, 702, 703", _series("АМ", 701, 703)),
    (ATLAS, K701_720, f"По счетам АК {','.join(map(str, range(701, 721)))} полностью", _series("АК", 701, 720)),
    (ATLAS, K701_720, f"По счетам АМ {','.join(map(str, range(701, 711)))} полностью", ""),
    # a form of the word that counts nothing
    ([("8", "2026-11-06", "150.00"), ("80", "2026-11-11", "160.00")], "310.00", "счета 8, 80 рамки", "8 80"),
    ([("8", "2026-11-06", "150.00"), ("80", "2026-11-11", "160.00")], "310.00", "счета 8, 80 рамок", ""),
    ([("8", "2026-11-06", "150.00"), ("3", "2026-11-11", "160.00")], "310.00", "счет 8, 3 рамки", ""),
    ([("8", "2026-11-06", "150.00"), ("80", "2026-11-11", "160.00")], "150.00", "счет 8, 80 рамки", "8"),
]


@pytest.mark.parametrize(("invoices", "roubles", "purpose", "expected"), WRITTEN)
def test_numbers_of_a_series_and_their_lists(
    invoices: list[tuple[str, str, str]], roubles: str, purpose: str, expected: str
) -> None:
    name = "ООО «Сеть»"
    assert numbers(_decided(name, roubles, purpose, _of("one", name, ALPHA, *invoices))) == expected


PARTS = [
    ("27500.00", "ВД-1001 полностью 10000, ВД-1004 частично 17500", "ВД-1001=10000.00 ВД-1004=17500.00"),
    ("27500.00", "счета ВД-1001 10000 и ВД-1004 17500", "ВД-1001=10000.00 ВД-1004=17500.00"),
    ("27500.00", "сч.ВД-1001 оплачен 10000.00; сч.ВД-1004 часть 17500.00", "ВД-1001=10000.00 ВД-1004=17500.00"),
    ("27500.00", "ВД-1001 полностью 10000, ВД-1004 частично 17000", ""),  # they do not add up
    ("27500.00", "ВД-1001 полностью 12500, ВД-1004 частично 15000", ""),  # more than is due
    ("27500.00", "ВД-1001 полностью 10000 5000, ВД-1004 частично 17500", ""),  # which of the two
    ("5000.00", "ГР-5 пока только часть, остальное в среду", "ГР-5=5000.00"),
    ("5000.00", "гр-5 частично", "ГР-5=5000.00"),
    ("11950.00", "ГР-5", "ГР-5=11950.00"),
    ("5000.00", "багет 40 гр-5 рулонов частично", ""),
    ("12700.00", "ГР-5 с предоплатой следующего", "ГР-5=11950.00"),
    ("12700.00", "счет ГР-5, остаток в аванс следующей поставки", "ГР-5=11950.00"),
    ("12700.00", "счет ГР-5 плюс аванс на следующий заказ", "ГР-5=11950.00"),
    ("12700.00", "аванс по счету ГР-5", ""),
]


@pytest.mark.parametrize(("roubles", "purpose", "expected"), PARTS)
def test_sums_said_in_words_around_the_numbers(roubles: str, purpose: str, expected: str) -> None:
    name = "ООО «Вятка»"
    owed = [
        ("ВД-1001", "2026-10-05", "10000.00"),
        ("ВД-1004", "2026-10-26", "40000.00"),
        ("ГР-5", "2026-11-12", "11950.00"),
    ]
    decision = _decided(name, roubles, purpose, _of("one", name, ALPHA, *owed))
    given = [f"{i.split(':')[1]}={money.decimal_text()}" for i, money in decision.allocations]
    assert " ".join(sorted(given)) == expected


SHOP = [
    ("заказ магазина № 20530", "З-20530"),
    ("ЗАКАЗ ИНТЕРНЕТ-МАГАЗИНА № 20530", "З-20530"),
    ("по заказу интернет магазина 20530", "З-20530"),
    ("Оплата (заказ интернет-магазина №20530)", "З-20530"),
    ("заказ для магазина № 20530", ""),
    ("заказ магазина № 53", ""),
]


@pytest.mark.parametrize(("purpose", "expected"), SHOP)
def test_an_order_of_the_shop_is_an_order(purpose: str, expected: str) -> None:
    name = "ООО «Заказчик»"
    owed = [("З-20530", "2026-11-11", "12700.00"), ("З-53", "2026-11-12", "12700.00")]
    assert numbers(_decided(name, "12700.00", purpose, _of("one", name, ALPHA, *owed))) == expected


WORDS = [
    # what the money is not
    ("33000.00", "Счёт ЮР-77/2026. Претензий нет.", True),
    ("33000.00", "счет ЮР-77, претензий не имеем", True),
    ("33000.00", "сч ЮР-77 за товар, пеня не начислялась", True),
    ("33000.00", "счет ЮР-77, неустойка отсутствует", True),
    ("33000.00", "счет ЮР-77, без признания пени", True),
    ("33000.00", "счет ЮР-77, оплата за счет кредитных средств", True),
    ("33000.00", "оплата за счет средств кредита по счету ЮР-77", True),
    ("11000.00", "2-й транш из 3-х по счету ЮР-77", True),
    # and what it is
    ("33000.00", "пеня по счету ЮР-77", False),
    ("33000.00", "Пени и неустойка по претензии, счет ЮР-77", False),
    ("33000.00", "претензий нет, пеня за просрочку, счет ЮР-77", False),
    ("33000.00", "погашение кредита, счет ЮР-77", False),
    ("33000.00", "транш по договору займа, счет ЮР-77", False),
    ("33000.00", "2-й транш займа по счету ЮР-77", False),
    ("33000.00", "Претензий нет.", False),
    ("33000.00", "оплата за счет кредитных средств", False),
    # a number replaced by another
    ("33000.00", "ЮР-77 (взамен аннулированного ЮР-78)", True),
    ("33000.00", "счет ЮР-77 вместо отмененного счета № 79", True),
    ("12000.00", "ЮР-77 взамен аннулированного ЮР-76", False),  # the sum of the replaced one
    ("33000.00", "взамен аннулированного ЮР-77", False),
    ("33000.00", "ЮР-77 взамен ЮР-78", False),
    ("33000.00", "аннулирован ЮР-77", False),
]


@pytest.mark.parametrize(("roubles", "purpose", "automatic"), WORDS)
def test_words_that_say_what_the_money_is_not(roubles: str, purpose: str, automatic: bool) -> None:
    name = "ООО «Фемида»"
    owed = [("ЮР-77/2026", "2026-10-27", "33000.00"), ("ЮР-76/2026", "2026-11-05", "12000.00")]
    decision = _decided(name, roubles, purpose, _of("one", name, ALPHA, *owed))
    assert numbers(decision) == ("ЮР-77/2026" if automatic else "")
    assert decision.automatic == automatic
