"""Purposes that name another buyer of ours without his ИНН, and ones that name somebody who changes nothing."""

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
from tests.matching.world import ALPHA, BETA, EGOROV, POLICY, decided, numbers, payment

# Alpha pays the sum of its own invoice 125.
ANOTHERS = [
    "Счет 125 ООО Бета",
    "ООО БЕТА СЧЕТ 125",
    "оплата счета 125 ооо бета",
    "счет 125 Бета ООО",
    "Бета, счет 125",
    "Бета счет 125",
    "счет 125 (Бета)",
    "счет 125 «Бета»",
    "за Бету по 125",
    "за Бету по счету 125",
    "за бету по счету 125",
    "ЗА БЕТУ СЧ 125",
    "За Дельту сч.125",
    "За Зету по сч 125",
    "ТД Зета сч 125",
    "за Гамму Принт счет 125",
    "счет 125 Гамма Принт",
    "счет 125 Гамма-Принт",
    "сч 125 для Беты",
    "счет 125 по договору с Бетой",
    "Оплата от ООО Бета по счету 125",
    "Оплата по счету 125 клиент Бета",
    "Оплата по счету № 125 от 12.11.2026 (плательщик ООО Бета)",
    "долг Беты сч 125",
    "сч 125 долг по Бете",
    "по требованию Беты, счет 125",
    "Согласно письму Беты счет 125",
    "Счет №125 от 12.11.2026г. Заказчик: Дельта",
    "Счет 125 / АО Гамма Принт",
    "за товар Бете по счету 125",
    "оплата товара ООО Бета, сч 125",
    "счет 125 ИП Егоров",
    "счет 125 ИП Егоров П.И.",
    "счет 125 ИП Егоров Петр Ильич",
    "Егоров Петр Ильич, счет 125",
    "счет 125 ИП Сидоров",
    "Егоров П.И. счет 125",
    "сч 125 за Егорова",
    "сч 125 за Егорова П.И.",
    "сч 125 от Егорова Петра",
    "за другую фирму сч 125",
    "за нашего партнера счет 125",
    "за дочернюю компанию счет 125",
    "за брата сч 125",
    "за соседей сч 125",
    "По счету 125 ООО Ромашка ИНН 6312000014",
    "сч 125 инн плательщика 5260000019",
]
HARMLESS = [
    "счет 125 ООО Альфа-Трейд",
    "ООО Альфа Трейд счет 125",
    "АЛЬФА-ТРЕЙД ООО СЧЕТ 125",
    "счет 125 для Альфы-Трейд",
    "Счет 125 поставщик ООО Рамка",
    "Счет 125, ООО «Рамка»",
    "счет 125, доставка ТК Бета",
    "счет 125, доставка ООО Бета",
    "счет 125 перевозчик ООО Бета",
    "счет 125 экспедитор ООО «Дельта»",
    "счет 125 через ООО Бета",
    "счет 125 через ИП Сидоров",
    "счет 125, грузополучатель ООО Бета",
    "счет 125 за краску «Бета»",
    "счет 125 за багет Гамма",
    "счет 125 багет производства Бета",
    "счет 125 за рамки бета",
    "счет 125 за бетон",
    "Счет 125 ул. Дельта 5",
    "счет 125, менеджер Егоров П.И.",
    "счет 125 за организацию выставки",
    "счет 125 за основу для картины",
    "По счету 125 ООО Рамка ИНН 7707083893",
    "сч 125 инн получателя 7707083893",
    "сч 125 инн плательщика 7701000019",
]


@pytest.mark.parametrize("purpose", ANOTHERS)
def test_a_text_that_names_another_buyer_is_a_persons(purpose: str) -> None:
    decision = decided("alpha", "12500.00", purpose)
    assert not decision.automatic
    assert any(
        r.code.startswith(("matching.for_somebody", "matching.named_inn", "matching.hint")) for r in decision.reasons
    )
    assert decision.suggestions[0].allocations[0][0] == "alpha:125:2026"


@pytest.mark.parametrize("purpose", HARMLESS)
def test_the_payer_the_seller_a_carrier_or_a_brand_is_no_other_buyer(purpose: str) -> None:
    assert numbers(decided("alpha", "12500.00", purpose)) == "125"


@pytest.mark.parametrize("contract", ["по договору с ООО Бета", "по договору с Бетой", "(договор ООО «Бета»)"])
@pytest.mark.parametrize("number", ["счет 125 ", ""])
def test_beside_a_buyer_named_with_his_inn_a_third_one_is_a_contradiction(number: str, contract: str) -> None:
    text = f"Оплата за ООО Альфа-Трейд ИНН {ALPHA} {number}"
    assert not decided("stranger", "12500.00", text + contract).automatic
    assert numbers(decided("stranger", "12500.00", text + "по договору с Альфа-Трейд")) == "125"
    assert numbers(decided("stranger", "12500.00", text + "плательщик ООО Омега")) == "125"


def test_a_sole_trader_in_the_text_may_be_us() -> None:
    paid = read_facts(payment("alpha", "12500.00", "счет 125 ИП Сидоров"))
    ours = replace(POLICY, own_inns=frozenset({EGOROV}))
    cards = _of("alpha", "ООО «Альфа-Трейд»", ALPHA, "125")
    assert decide(paid, MemoryIndex(cards), ours, MemoryDuplicates()).automatic
    assert not decide(paid, MemoryIndex(cards), POLICY, MemoryDuplicates()).automatic


def _of(party: str, name: str, inn: str, number: str) -> list[InvoiceCard]:
    due = Money.parse("12500.00")
    return [
        card(
            f"{party}:{number}", number, date(2026, 11, 10), due, due, "open",
            buyer_id=party, buyer_kind="ul", buyer_name=name, buyer_inn=inn,
        )
    ]  # fmt: skip


def _decided(name: str, purpose: str, cards: Iterable[InvoiceCard]) -> Decision:
    paid = replace(payment("alpha", "12500.00", purpose), payer_name=name)
    return decide(read_facts(paid), MemoryIndex(cards), POLICY, MemoryDuplicates())


# payer, another buyer, what stands behind "счет 140", whether it is automatic
NAMESAKES = [
    ("ООО «Парус»", "ООО «Парус-М»", "ООО Парус-М", False),
    ("ООО «Парус»", "ООО «Парус-М»", "ООО «Парус М»", False),
    ("ООО «Парус»", "ООО «Парус-М»", "ООО Парус", True),
    ("ООО «Парус»", "ООО «Парус-М»", "от Паруса", True),
    ("ООО «Парус»", "ООО «Заря»", "ООО Парус-М", False),
    ("ООО «Парус-М»", "ООО «Парус»", "ООО Парус-М", True),
    ("ООО «Парус-М»", "ООО «Парус»", "ООО Парус", False),
    ("ООО «Парус»", "ООО ТД «Парус»", "ТД Парус", False),
    ("ООО «Парус»", "ООО ТД «Парус»", "Парус", True),
    # names that are nouns as well
    ("ООО «Парус»", "ООО «Свет»", "за свет", True),
    ("ООО «Парус»", "ООО «Свет»", "Свет", True),
    ("ООО «Парус»", "ООО «Свет»", "ООО Свет", False),
    ("ООО «Парус»", "ООО «Свет»", "за «Свет»", False),
    ("ООО «Парус»", "ООО «Свет»", "за Свет", False),
    ("ООО «Парус»", "ООО «Рамка»", "за рамки и багет", True),
    ("ООО «Парус»", "ООО «Рамка»", "за рамку", True),
    ("ООО «Парус»", "ООО «Рамка»", "за Рамку", False),
    ("ООО «Парус»", "ООО «Рамка»", "ООО «Рамка»", False),
]


@pytest.mark.parametrize(("payer", "other", "named", "automatic"), NAMESAKES)
def test_likeness_of_names(payer: str, other: str, named: str, automatic: bool) -> None:
    cards = [*_of("one", payer, ALPHA, "140"), *_of("two", other, BETA, "150")]
    assert _decided(payer, f"счет 140 {named}", cards).automatic is automatic
