"""Files of 1C taken by the service: once when they are dated, anew when they are not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from gateway.onec import read_file
from gateway.service.config import Home
from gateway.service.rounds import take_onec
from gateway.service.wiring import open_banks, open_installation
from gateway.warehouse.tables import stock
from tests.flows.shop import TERMS, Shop


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    made = Shop(tmp_path)
    made.goods("a4", main=1)
    yield made
    made.close()


def offers(pieces: int, made: str = "") -> bytes:
    date = f' ДатаФормирования="{made}"' if made else ""
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><КоммерческаяИнформация ВерсияСхемы="2.07"{date}>'
        '<ПакетПредложений СодержитТолькоИзменения="true"><Ид>p</Ид><Предложения><Предложение><Ид>a4</Ид>'
        f'<Наименование>Рама</Наименование><Склад ИдСклада="main" КоличествоНаСкладе="{pieces}"/></Предложение>'
        "</Предложения></ПакетПредложений></КоммерческаяИнформация>"
    ).encode()


def on_hand(shop: Shop) -> int:
    [row] = shop.rows(stock, product_id="a4", warehouse_id="main")
    return row.on_hand // 1000


def take(shop: Shop, content: bytes) -> bool:
    return take_onec(shop.store, TERMS, read_file(content, "offers.xml")) is not None


def test_an_undated_count_that_repeats_is_a_count_all_the_same(shop: Shop) -> None:
    for pieces in (10, 8, 10):
        assert take(shop, offers(pieces))
        assert on_hand(shop) == pieces


def test_a_dated_file_laid_down_again_does_not_turn_the_clock_back(shop: Shop) -> None:
    first, second = offers(10, "2026-11-23T09:00:00"), offers(8, "2026-11-23T09:30:00")
    assert [take(shop, f) for f in (first, second, first)] == [True, True, False]
    assert on_hand(shop) == 8


def test_each_bank_is_believed_by_its_own_habits(sandbox_home: Path) -> None:
    installation = open_installation(Home(sandbox_home))
    try:
        (bank,) = open_banks(installation)
        house = replace(installation.terms, ids_restart_yearly=True, ids_unstable=True)
        own = bank.terms(house)
        assert (own.ids_restart_yearly, own.ids_unstable, own.closing_always_debit) == (False, False, False)
        odd = bank.profile.model_copy(
            update={"facts": bank.profile.facts.model_copy(update={"closing_balance": "always_debit"})}
        )
        assert replace(bank, profile=odd).terms(house).closing_always_debit
        bank.channel.close()
    finally:
        installation.close()
