"""What a carrier says becomes the parcel's row, once."""

from __future__ import annotations

from datetime import timedelta

import pytest

from gateway.core.errors import Refused
from gateway.core.money import Money
from gateway.parcels import ending
from gateway.parcels.carriers.ports import MoneyRecord
from gateway.parcels.model import EndedHow
from gateway.parcels.tables import money_events, operations
from tests.parcels.histories import START, record
from tests.parcels.house import FEED, MANAGER, OTHER, PACKER, TRACK, House

ACCEPTED = ("1:1", 0.0, "443063")
SORTED = ("8:4", 1.0, "140980")
ARRIVED = ("8:2", 3.0, "170100")
COLLECTED = ("2:1", 5.0, "170100")
PAID = MoneyRecord(START + timedelta(days=4), "3", "Оплачен", Money(99_000), True)


def test_a_parcel_goes_its_way_and_every_step_is_told_once(house: House) -> None:
    parcel = house.put().id
    taken = house.tell(parcel, ACCEPTED, SORTED)
    assert taken and (taken.accepted_anew, taken.arrived_anew, taken.row_after.stage) == (True, False, "in_transit")
    assert house.tell(parcel, ACCEPTED, SORTED) is None
    taken = house.tell(parcel, ACCEPTED, SORTED, ARRIVED)
    assert taken and (taken.arrived_anew, taken.accepted_anew, taken.collected_anew) == (True, False, False)
    assert taken.standing_after.arrival_key == "170100#1"
    row = house.row(parcel)
    assert (row.stage, row.office_index, row.keep_until, row.last_code, row.known) == (
        "ready", "170100", "2026-10-23", "8:2", 1,
    )  # fmt: skip
    taken = house.tell(parcel, ACCEPTED, SORTED, ARRIVED, COLLECTED)
    assert taken and taken.collected_anew
    row = house.row(parcel)
    assert (row.stage, row.watch, row.ended_how, row.keep_until) == ("delivered", "ended", "carrier", None)
    assert house.count(operations) == 4
    assert house.story(parcel) == ["entered", "in_transit", "ready", "delivered"]


def test_the_next_question_is_for_the_next_night(house: House) -> None:
    parcel = house.put().id
    assert house.take(parcel) is None
    row = house.row(parcel)
    assert (row.known, row.answered_at, row.ask_at) == (0, "2026-10-05T06:00:00.000000Z", "2026-10-05T23:00:00.000000Z")


def test_the_other_service_of_the_post_tells_the_same_and_adds_what_was_missing(house: House) -> None:
    parcel = house.put().id
    batch = record("8:2", 1.0, "170100", place=1, offset=None)
    single = record("8:2", 1.0, "170100", place=1, offset=180, mail_type=4)
    assert house.take(parcel, batch)
    house.take(parcel, single)
    assert house.count(operations) == 1
    assert house.row(parcel).mail_type == 4
    assert house.take(parcel, batch) is None  # tells less, and takes nothing back
    assert house.row(parcel).mail_type == 4


def test_cash_on_delivery_is_expected_collected_and_due(house: House) -> None:
    parcel = house.put(cod=Money(99_000)).id
    house.clock.at = START + timedelta(days=21)
    house.tell(parcel, ACCEPTED, ARRIVED)
    assert house.row(parcel).cod_due is None
    taken = house.take(parcel, money=(PAID,))
    assert taken and (taken.cod_collected_anew, taken.collected_anew) == (True, True)
    row = house.row(parcel)
    assert (row.cod_state, row.stage, row.watch, row.cod_due) == ("collected", "delivered", "ended", "2026-10-19")
    assert house.take(parcel, money=(PAID,)) is None
    assert house.count(money_events) == 1
    assert house.story(parcel)[-2:] == ["delivered", "cod_collected"]


def test_no_money_for_what_goes_back_and_again_when_that_was_a_slip(house: House) -> None:
    parcel = house.put(cod=Money(99_000)).id
    house.clock.at = START + timedelta(days=21)
    back = ("3:1", 20.0, "170100")
    house.tell(parcel, ACCEPTED, ARRIVED, back)
    row = house.row(parcel)
    assert (row.stage, row.back, row.cod_state) == ("return_started", 1, "void")
    paid = ("63:0", 21.0, "170100")
    taken = house.tell(parcel, ACCEPTED, ARRIVED, back, paid)
    row = house.row(parcel)
    assert taken and (row.stage, row.cod_state, row.back, row.cod_due) == ("delivered", "collected", 0, "2026-11-05")
    assert house.story(parcel)[-5:] == [
        "return_started",
        "cod_called_off",
        "delivered",
        "cod_expected",
        "cod_collected",
    ]


def test_the_carriers_own_sum_is_taken_where_nobody_named_one_and_told_where_it_differs(house: House) -> None:
    unsaid, said = house.put().id, house.put(OTHER, cod=Money(50_000)).id
    for parcel in (unsaid, said):
        house.take(parcel, record("1:1", 0, "443063", place=1, cod="990.00", index_to="170100"))
    assert (house.row(unsaid).cod, house.row(unsaid).cod_state) == (99_000, "expected")
    assert house.row(said).cod == 50_000
    assert house.story(said)[-1] == "cod_differs" and "cod_differs" not in house.story(unsaid)


def test_a_parcel_registered_anew_is_found_by_both_numbers(house: House) -> None:
    parcel = house.put().id
    house.take(parcel, record("1:1", 0, "443063", place=1), new_track="62009147017544")
    row = house.row(parcel)
    assert row.track == OTHER and TRACK in row.search and OTHER in row.search
    assert house.put(TRACK).id == parcel == house.put(OTHER).id
    house.take(parcel, record("1:1", 0, "443063", place=1), new_track="62009147017544")
    another = house.put("LK035658376US", order_no="К-18").id
    for _ in range(2):
        house.take(another, new_track=OTHER)
    assert house.row(another).track == "LK035658376US"
    assert house.story(another) == ["entered", "renumber_taken"]
    assert house.story(parcel).count("renumbered") == 1


def test_the_buyers_word_stands_until_the_carriers_last_one(house: House) -> None:
    parcel = house.put(cod=Money(99_000)).id
    house.tell(parcel, ACCEPTED, ARRIVED)
    house.do(MANAGER, lambda unit: ending.mark_delivered(unit, house.terms, parcel, EndedHow.BUYER, "звонил"))
    row = house.row(parcel)
    assert (row.stage, row.watch, row.ended_how, row.cod_due) == ("delivered", "ended", "buyer", "2026-10-15")
    house.tell(parcel, ACCEPTED, ARRIVED, ("8:13", 4.0, "170100"))
    assert house.row(parcel).stage == "delivered"
    house.tell(parcel, ACCEPTED, ARRIVED, ("8:13", 4.0, "170100"), ("3:1", 20.0, "170100"))
    row = house.row(parcel)
    assert (row.stage, row.watch, row.ended_how, row.cod_state) == ("return_started", "active", "", "void")
    house.tell(parcel, ACCEPTED, ARRIVED, ("3:1", 20.0, "170100"), ("2:2", 30.0, "443063"))
    with pytest.raises(Refused) as refused:
        house.do(MANAGER, lambda unit: ending.mark_delivered(unit, house.terms, parcel, EndedHow.CLERK))
    assert refused.value.code == "parcel.came_back"


def test_a_watch_ends_and_begins_again(house: House) -> None:
    parcel = house.put().id
    house.tell(parcel, ACCEPTED, ARRIVED)
    house.do(MANAGER, lambda unit: ending.mark_delivered(unit, house.terms, parcel, EndedHow.CLERK))
    house.do(MANAGER, lambda unit: ending.reopen(unit, house.terms, parcel, "ошибка"))
    row = house.row(parcel)
    assert (row.stage, row.watch, row.delivered_at, row.keep_until) == ("ready", "active", None, "2026-10-23")
    with pytest.raises(Refused) as refused:
        house.do(MANAGER, lambda unit: ending.reopen(unit, house.terms, parcel))
    assert refused.value.code == "parcel.watched"
    with pytest.raises(Refused) as refused:
        house.do(PACKER, lambda unit: ending.end(unit, parcel))
    assert refused.value.code == "authority.missing"
    house.do(MANAGER, lambda unit: ending.end(unit, parcel, EndedHow.REMOVED, "не наша"))
    with pytest.raises(Refused) as refused:
        house.do(MANAGER, lambda unit: ending.end(unit, parcel))
    assert refused.value.code == "parcel.ended"
    house.tell(parcel, ACCEPTED, ARRIVED, COLLECTED)
    assert house.row(parcel).ended_how == "removed"
    assert house.story(parcel)[-4:] == ["reopened", "ready", "removed", "delivered"]


def test_a_program_of_a_shop_moves_nothing(house: House) -> None:
    parcel = house.put().id
    with pytest.raises(Refused) as refused:
        house.do(FEED, lambda unit: ending.mark_delivered(unit, house.terms, parcel, EndedHow.CLERK))
    assert refused.value.code == "authority.missing"
