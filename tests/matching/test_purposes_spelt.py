"""Numbers as encodings and lazy hands leave them: entities, underscores, last digits alone, a table in a line."""

from __future__ import annotations

from datetime import date

import pytest

from gateway.core.money import Money
from gateway.matching.decide import Decision, decide
from gateway.matching.duplicates import MemoryDuplicates
from gateway.matching.facts import read_facts
from gateway.matching.index import MemoryIndex, card
from tests.matching.world import ALPHA, POLICY, decided, numbers, payment

SPELT = [
    ("alpha", "12500.00", "Оплата по счету &#8470;125", "125"),
    ("alpha", "12500.00", "Оплата по счету &#8470; 125 от 12.11.2026", "125"),
    ("alpha", "12500.00", "Счет&nbsp;125 от&#160;12.11.2026", "125"),
    ("alpha", "12500.00", "ООО &quot;Альфа-Трейд&quot; счет 125", "125"),
    ("alpha", "12500.00", "ООО &amp;quot;Альфа-Трейд&amp;quot; счет &quot;125&quot;", "125"),
    ("alpha", "12500.00", "счет 125 ООО &quot;Бета&quot;", ""),
    ("alpha", "12500.00", "счет 125 &laquo;Бета&raquo;", ""),
    ("alpha", "12500.00", "рамки &; багет; счет 125", "125"),
    ("alpha", "9990.00", "СФ_000131", "СФ-000131"),
    ("alpha", "9990.00", "счет СФ_000131_от 14.11.2026", "СФ-000131"),
    ("alpha", "9990.00", "счет СФ000131", "СФ-000131"),
    ("alpha", "9990.00", "СФ131", "СФ-000131"),
    ("alpha", "45000.00", "УТ_118_26", "УТ-118/26"),
    ("alpha", "12500.00", "счет_125", "125"),
    ("alpha", "17500.00", "№ 125 12500.00 № 126 5000.00", "125 126"),
    ("alpha", "19840.50", "№ 125 12500.00 № 126 7340.50", "125 126"),
    ("alpha", "17500.00", "счета: № 125 - 12500.00; № 126 - 5000.00", "125 126"),
    ("alpha", "17500.00", "№ 125 12500.00 № 126 4000.00", ""),
    ("alpha", "13000.00", "№ 125 8000.00 № 126 5000.00", ""),  # 8000.00 is last year's 125, paid
]


@pytest.mark.parametrize(("payer", "roubles", "purpose", "expected"), SPELT)
def test_a_number_is_read_however_it_came(payer: str, roubles: str, purpose: str, expected: str) -> None:
    assert numbers(decided(payer, roubles, purpose)) == expected


def test_words_are_pointed_at_behind_an_entity() -> None:
    purpose = "Оплата по счету &#8470;125"
    places = {r.code: purpose[slice(*r.span)] for r in decided("alpha", "12500.00", purpose).reasons if r.span}
    assert places == {"matching.number_quoted": "125"}


def _listed(roubles: str, purpose: str, *others: tuple[str, str]) -> Decision:
    """With invoices 4871 to 4874 over 1000, 2000, 4000 and 8000, and others."""
    owed = [(str(4871 + n), f"{1000 * 2**n}.00") for n in range(4)]
    index = MemoryIndex(
        card(
            f"a:{number}", number, date(2026, 11, 10), Money.parse(due), Money.parse(due), "open",
            buyer_id="a", buyer_kind="ul", buyer_name="ООО «Альфа-Трейд»", buyer_inn=ALPHA,
        )
        for number, due in (*owed, *others)
    )  # fmt: skip
    return decide(read_facts(payment("alpha", roubles, purpose)), index, POLICY, MemoryDuplicates())


@pytest.mark.parametrize(
    ("roubles", "purpose", "expected"),
    [
        ("7000.00", "счета 4871, 72, 73", "4871 4872 4873"),
        ("7000.00", "Оплата по счетам № 4871, 72, 73 от 10.11.2026", "4871 4872 4873"),
        ("3000.00", "сч. 4871 и 72", "4871 4872"),
        ("3000.00", "счета 4871, 2", "4871 4872"),
        ("9000.00", "счета 4871, 874", "4871 4874"),
        ("7000.00", "счета 4871, 72", ""),  # the sum is another one's
        ("5000.00", "счета 4871, 72, 73", ""),
        ("3000.00", "счета 4872, 71", ""),  # not going up
        ("6000.00", "счета 4872, 73 шт", ""),
        ("2000.00", "счета 4871, 99", ""),
    ],
)
def test_the_last_digits_of_a_list_count_with_the_exact_sum(roubles: str, purpose: str, expected: str) -> None:
    assert numbers(_listed(roubles, purpose)) == expected


def test_a_number_of_the_buyers_own_is_not_spelt_out() -> None:
    other = ("72", "500.00")
    assert numbers(_listed("1500.00", "счета 4871, 72", other)) == "4871 72"
    assert not _listed("3000.00", "счета 4871, 72", other).automatic
