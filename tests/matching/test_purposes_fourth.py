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
    ("ГАУЗ «Поликлиника № 8»", "8", ["ГАУЗ Поликлиника №8 за рамки", "за рамки, поликлиника N 8", "Для поликлиники 8"]),
    ("МБОУ «Школа 1234»", "1234", ["МБОУ Школа 1234 за рамки", "рамки для школы № 1234", "Школа №1234, багет"]),
    (
        "МБДОУ «Детский сад №45»",
        "45",
        ["МБДОУ детский сад № 45 за рамки", "за рамки для детского сада 45", "МБДОУ №45"],
    ),
    ("МБОУ СОШ № 12", "12", ["МБОУ СОШ №12 за рамки", "СОШ 12 рамки", "МБОУ СОШ N12: рамки"]),
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
    ("ООО «Парус»", "ООО «Парус-М»", ["ООО Парус-М", "ООО «Парус-М»", "Парус-М", "«Парус-М»", "ООО «ПАРУС М»"]),
    ("ООО «Орион»", "ООО «Орион-Трейд»", ["ООО Орион-Трейд", "Орион-Трейд", "фирму «Орион-Трейд»", "ООО Орион Трейд"]),
    ("ООО «Орион-Трейд»", "ООО «Орион»", ["ООО Орион", "ООО «Орион»"]),
    ("ООО «Парус»", "ООО ТД «Парус»", ["ТД Парус", "ООО ТД «Парус»", "торговый дом «Парус»", "ТД «Парус»"]),
    ("ООО «Парус»", "ООО «Парус Плюс»", ["ООО Парус Плюс", "ООО «Парус Плюс»"]),
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
