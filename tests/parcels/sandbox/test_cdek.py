"""CDEK's counter: tokens, orders by either number, registries."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from gateway.core.money import Money
from gateway.parcels.cdek_codes import meaning_of
from gateway.parcels.model import CarrierKey
from gateway.parcels.sandbox.journey import Fate
from tests.parcels.sandbox.house import COD, House, statuses

CDEK = CarrierKey.CDEK


@pytest.fixture
def token(house: House) -> str:
    return house.token()


def test_a_token_opens_for_an_hour(house: House, token: str) -> None:
    house.sandbox.send(CDEK, track="1105254112")
    assert house.cdek("orders", token, cdek_number="1105254112").status_code == 200
    house.clock.advance(timedelta(minutes=59, seconds=59))
    assert house.cdek("orders", token, cdek_number="1105254112").status_code == 200
    house.clock.advance(timedelta(seconds=1))
    for late in (token, "made-up"):
        refused = house.cdek("orders", late, cdek_number="1105254112")
        assert (refused.status_code, refused.json()["requests"][0]["state"]) == (401, "INVALID")
        assert house.cdek("registries", late, date="2026-11-09").status_code == 401
    assert house.cdek("orders", house.token(), cdek_number="1105254112").status_code == 200


def test_the_wrong_secret_gets_no_token(house: House) -> None:
    known = house.sandbox.credentials()
    given = {"grant_type": "client_credentials", "client_id": known.cdek_account, "client_secret": "x"}
    reply = house.client.post(f"{house.server.urls['cdek']}/oauth/token", data=given)
    assert (reply.status_code, reply.json()["error"]) == (401, "invalid_client")
    given |= {"client_secret": known.cdek_secret, "grant_type": "password"}
    assert house.client.post(f"{house.server.urls['cdek']}/oauth/token", data=given).status_code == 401


def test_an_order_is_found_by_either_number(house: House, token: str) -> None:
    plan = house.sandbox.send(CDEK, order="A-17", destination="620014", cod=COD)
    house.days_later(0.02)
    by_track = house.cdek("orders", token, cdek_number=plan.track).json()
    assert by_track["entity"] == house.cdek("orders", token, im_number="A-17").json()["entity"]
    entity = by_track["entity"]
    assert (entity["cdek_number"], entity["number"]) == (plan.track, "A-17")
    assert entity["packages"][0]["items"][0]["payment"]["value"] == 2340.0
    assert entity["to_location"]["city"] == "Екатеринбург"
    assert entity["statuses"][0] == {
        "code": "RECEIVED_AT_SHIPMENT_WAREHOUSE", "name": "Принят на склад отправителя",
        "date_time": "2026-11-02T06:00:00+0000", "city": "Москва",
    }  # fmt: skip


def test_statuses_come_newest_first_and_are_all_known(house: House, token: str) -> None:
    house.sandbox.arrange(token_seconds=10**7)
    token = house.token()
    taken = house.sandbox.send(CDEK, destination="620014", cod=COD).track
    refused = house.sandbox.send(CDEK, destination="620014", fate=Fate.REFUSED).track
    house.days_later(40)
    reply = house.cdek("orders", token, cdek_number=taken)
    words = statuses(reply)
    assert (words[0], words[-1]) == ("DELIVERED", "CREATED")
    assert all(meaning_of(word).known for word in words)
    assert reply.json()["entity"]["delivery_detail"]["payment_info"] == [{"type": "CASH", "sum": 2340.0}]
    assert statuses(house.cdek("orders", token, cdek_number=refused))[0] == "NOT_DELIVERED"
    assert "delivery_detail" not in house.cdek("orders", token, cdek_number=refused).json()["entity"]


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ({"cdek_number": "1105254112"}, "v2_entity_not_found"),
        ({"im_number": "A-18"}, "v2_entity_not_found_im_number"),
        ({}, "v2_field_is_empty"),
    ],
)
def test_an_order_nobody_knows_is_a_bad_request(house: House, token: str, query: dict[str, str], code: str) -> None:
    reply = house.cdek("orders", token, **query)
    assert reply.status_code == 400
    assert reply.json()["requests"][0]["errors"][0]["code"] == code


def test_a_parcel_of_the_post_is_none_of_cdek(house: House, token: str) -> None:
    assert house.cdek("orders", token, cdek_number=house.sandbox.send().track).status_code == 400
    lot = house.sandbox.stock(10, CDEK)
    assert house.cdek("orders", token, cdek_number=lot.track(9)).status_code == 200
    assert house.cdek("orders", token, cdek_number=f"1{lot.id:02d}0000010").status_code == 400


def test_registries_say_what_was_paid_for_which_orders(house: House) -> None:
    house.sandbox.arrange(token_seconds=10**7, fee_hundredths=250, payout_days=30)
    token = house.token()
    track = house.sandbox.send(CDEK, destination="101000", cod=COD).track
    house.days_later(30)
    day = date(2026, 12, 2)
    (registry,) = house.cdek("registries", token, date=day.isoformat()).json()["registries"]
    (payout,) = house.sandbox.payouts(CDEK)
    assert (payout.day, payout.net) == (day, COD - Money(58_50))
    assert registry["sum"] == 2281.5 and registry["payment_date"] == "2026-12-02"
    assert registry["orders"] == [{
        "cdek_number": track, "transfer_sum": 2281.5, "payment_sum": 2340.0, "total_sum_without_agent": 2340.0,
        "agent_commission_sum": 58.5,
    }]  # fmt: skip
    assert house.cdek("registries", token, date="2026-12-01").json() == {"registries": []}
    assert house.cdek("registries", token, date="soon").status_code == 400
    assert house.cdek("nothing", token).status_code == 404
