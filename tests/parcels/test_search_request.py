"""A request that the carrier search for a parcel."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from gateway.core.authority import Actor, Role
from gateway.core.errors import Refused
from gateway.core.money import Money
from gateway.parcels.cod_claim import Claimant
from gateway.parcels.search_request import SearchRequest, months_later, prepare
from tests.parcels.histories import START, record
from tests.parcels.house import MANAGER, TRACK, House

SENDER = Claimant("ООО «Ромашка»", "7728168971", address="г. Самара, ул. Садовая, 1", signer="И. И. Петров")
ACCEPTED = ("1:1", 0.0, "443063")


def _prepared(house: House, parcel: str) -> SearchRequest:
    return house.do(MANAGER, lambda unit: prepare(unit, house.terms, parcel, SENDER))


def test_it_holds_what_the_form_asks_for(house: House) -> None:
    parcel = house.put(cod=Money(4560_00), declared=Money(5000_00), mail_type=4, address="г. Тверь, ул. Мира, 5").id
    house.clock.at = START + timedelta(days=20)
    house.tell(parcel, ACCEPTED, ("8:4", 1.0, "140980"))
    made = _prepared(house, parcel)
    assert (made.until, made.late) == (date(2027, 4, 5), False)
    for said in (
        "Кому: АО «Почта России»",
        "От кого (отправитель): ООО «Ромашка», ИНН 7728168971",
        "Вид отправления: посылка",
        f"Номер (ШПИ): {TRACK}",
        "Дата приёма: 05.10.2026",
        "Место приёма: 443063 Отделение 443063",
        "Объявленная ценность: 5\xa0000,00\xa0₽",
        "Наложенный платёж: 4\xa0560,00\xa0₽",
        "Адресат: Иванова Анна",
        "Адрес адресата: 170100, г. Тверь, ул. Мира, 5",
        "Вложение: ____",
        "последняя запись оператора связи сделана 06.10.2026 (140980 Отделение 140980)",
        "возместить объявленную ценность и плату за пересылку",
        "25.10.2026    ____________________ / И. И. Петров",
    ):
        assert said in made.text
    assert "Масса" not in made.text  # nobody said
    assert "search_prepared" in house.story(parcel)
    assert "Анна" not in repr(made)


def test_a_lost_one_says_so_and_a_late_request_too(house: House) -> None:
    parcel = house.put().id
    house.take(parcel, record("1:1", 0, "443063"), record("7:1", 45, "140980"))
    house.clock.at = START + timedelta(days=200)
    made = _prepared(house, parcel)
    assert made.late
    assert "отправление утрачено" in made.text
    assert "возместить ущерб" in made.text


def test_what_was_handed_over_or_never_posted_is_not_searched_for(house: House) -> None:
    parcel = house.put().id
    with pytest.raises(Refused) as refused:
        _prepared(house, parcel)
    assert refused.value.code == "parcel.nothing_to_search"
    house.tell(parcel, ACCEPTED, ("2:1", 5.0, "170100"))
    with pytest.raises(Refused):
        _prepared(house, parcel)
    with pytest.raises(Refused) as forbidden:
        house.do(Actor("Анна", Role.ACCOUNTANT), lambda unit: prepare(unit, house.terms, parcel, SENDER))
    assert forbidden.value.code == "authority.missing"


def test_six_months_end_with_the_month_where_it_is_shorter() -> None:
    assert months_later(date(2026, 8, 31), 6) == date(2027, 2, 28)
    assert months_later(date(2026, 11, 22), 6) == date(2027, 5, 22)
