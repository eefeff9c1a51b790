"""The first look for rare phrases: it may find too much, never too little."""

from __future__ import annotations

import re

import pytest

from gateway.core.text import fold
from gateway.matching import objections, phrases
from gateway.matching.hints import any_of, has_any


@pytest.mark.parametrize("text", ["счет 125 и т.д", "итд", "п.", "вопрос?", "?", "", "др", "д р"])
def test_one_pattern_finds_what_the_hints_find_one_by_one(text: str) -> None:
    hints = ("т.д", "тп", "др", "дал", "?", "(")
    assert (re.search(any_of(hints), text) is not None) == has_any(text, hints)


@pytest.mark.parametrize(
    "text",
    [
        "счет 125 и др.",
        "счета 125, 126 и иные",
        "счет 125, остальные",
        "счет 125...",
        "оплата согласно реестру 5",
        "125 в  т. ч. счет 126",
        "в том числе по счету 12",
        "кроме счета 45",
        "счет 125 отменен",
        "91 или 19",
        "91?",
        "счет 5 уже оплачен",
        "не отгружать по счету 5",
        "по счету на хранение",
        "за эквайринг 5",
        "1/2 счета 5",
        "первая часть по счету 5",
        "счет 5 не полностью",
        "счет 5, новый счет 6",
        "счет 5 в архив",
        "взаимный зачет, счет 5",
    ],
)
def test_where_a_phrase_is_found_a_hint_is_too(text: str) -> None:
    folded = fold(text)
    found = (
        phrases.incomplete_list(folded, 0),
        phrases.denied_number(folded),
        phrases.left_open(folded),
        phrases.named_fraction(folded),
        objections.settled_number(folded),
        objections.maybe_no_sale(folded),
    )
    assert any(found)
    assert re.search(f"{objections.HINTS}|{phrases.HINTS}", folded) is not None
