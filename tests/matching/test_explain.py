"""Every code the matcher can answer with has its sentences, and they can be filled in."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from gateway.core.catalogue import entries
from gateway.matching.decision import Outcome
from gateway.matching.explain import explain, outcome_text, reason_text
from tests.matching.test_purposes_exact import NAMED, ONE, PERSONS, SEVERAL
from tests.matching.test_purposes_other import CREDITED, PERSON
from tests.matching.world import decided

GATEWAY = Path(__file__).resolve().parents[2] / "gateway"
SOURCES = [*GATEWAY.glob("matching/*.py"), *GATEWAY.glob("flows/*.py")]
CODE = re.compile(r'"(matching\.[a-z_]+)"')
ROWS = [row[:3] for table in (ONE, SEVERAL, NAMED, PERSONS, CREDITED, PERSON) for row in table]


def test_every_outcome_has_a_sentence() -> None:
    assert [o for o in Outcome if f"outcome.{o.value}" not in entries()] == []


def test_every_reason_in_the_source_has_a_sentence_and_no_sentence_is_left_over() -> None:
    used = {code for path in SOURCES for code in CODE.findall(path.read_text(encoding="utf-8"))}
    known = {code for code in entries() if code.startswith("matching.")}
    assert used == known


@pytest.mark.parametrize("language", ["ru", "en"])
def test_sentences_are_filled_in(language: str) -> None:
    for payer, roubles, purpose in ROWS:
        decision = decided(payer, roubles, purpose)
        reasons = [*decision.reasons, *(r for s in decision.suggestions for r in s.reasons)]
        for text in [reason_text(r, language) for r in reasons] + [explain(decision, language)]:
            assert text and "{" not in text, text


def test_words_are_pointed_at_in_the_original_text() -> None:
    purpose = "Оплата по cчёту № СФ-000131 от 01.11.2026"
    decision = decided("alpha", "9990.00", purpose)
    places = {r.code: purpose[slice(*r.span)] for r in decision.reasons if r.span}
    assert places == {"matching.number_quoted": "СФ-000131", "matching.date_differs": "01.11.2026"}


def test_one_sentence_for_the_accountant() -> None:
    decision = decided("alpha", "12000.00", "Оплата по счету 125")
    assert explain(decision, "ru") == (
        "Счёт оплачен частично: плательщик известен по ИНН 7701000019; указан счёт 125 от 12.11.2026; "
        "к оплате 12\u00a0500,00, пришло 12\u00a0000,00, не хватает 500,00."
    )
    assert outcome_text(Outcome.REFUND, "en") == "Money coming back, not a sale."
