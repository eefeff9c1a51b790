"""The procedure of checking a passport: in the account and in the annex to the contract it is one text."""

from __future__ import annotations

import re
from datetime import date

import pytest

from gateway.loans import shops
from gateway.web.account.annex import annex_of, as_file
from tests.loans.house import DIRECTOR, new_shop
from tests.web.world import World

STEPS = re.compile(r'<ol class="steps">.*?</ol>\n<div class="note warn">.*?</div>', re.DOTALL)


@pytest.mark.parametrize("language", ["ru", "en"])
def test_the_annex_says_what_the_account_says(world: World, language: str) -> None:
    clerk, store = world.person("clerk", language), world.house.store
    shown = STEPS.findall(clerk.get("/shop/help/passport").text)
    printed = clerk.get("/shop/help/passport/print").text
    with store.reading() as connection:
        found = annex_of(connection, store.company, world.room.terms.own, "mebel", date(2026, 12, 1))
    kept = as_file(found, language)
    assert len(shown) == 1 and shown[0].count("<li>") == 5
    for text in (printed, kept):
        assert STEPS.findall(text) == shown
        for told in ("17 от 01.10.2026", "ООО «Квит»", "7701000000", "Магазин mebel", "7707083893"):
            assert told in text
        assert text.count('<span class="line">') == 2
    assert "23.11.2026" in printed and "01.12.2026" in kept
    assert "@page { size: A4" in kept and "href=" not in kept and "src=" not in kept, "it stands alone"


def test_a_shop_s_name_stays_text_and_a_missing_contract_is_left_to_be_written(world: World) -> None:
    shop = new_shop("mebel", name="<b>Мебель</b></style><script>", contract="")
    world.house.do(DIRECTOR, lambda u: shops.amend(u, world.house.shop, shop))
    with world.house.store.reading() as connection:
        kept = as_file(
            annex_of(connection, world.house.store.company, world.room.terms.own, "mebel", date(2026, 12, 1)), "ru"
        )
    assert "<b>Мебель" not in kept and "&lt;b&gt;Мебель" in kept and "____________" in kept
