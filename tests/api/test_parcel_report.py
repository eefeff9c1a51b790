"""What helps at the desk: the morning report, what lists come to, numbers as they are typed, letters to carriers."""

from __future__ import annotations

import httpx
from sqlalchemy import update

from gateway.core.authority import SERVICE
from gateway.core.clock import FixedClock
from gateway.parcels.tables import parcels
from gateway.store import Store
from tests.api.test_parcels import PARCEL, TRACK, arrived
from tests.api.test_parcels import parcel as parcel


def put(store: Store, parcel_id: str, **values: object) -> None:
    with store.unit(SERVICE) as unit:
        unit.connection.execute(update(parcels).where(parcels.c.id == parcel_id).values(**values))
        unit.commit()


def test_a_number_is_looked_at_while_it_is_typed(manager: httpx.Client, parcel: str) -> None:
    found = manager.post("/v1/parcel-check", json={"track": " 141021 92 06935 3 "}).json()
    assert (found["track"], found["carrier"], found["parcel_id"], found["warnings"]) == (TRACK, "post", parcel, [])
    odd = manager.post("/v1/parcel-check", json={"track": "RA644000002RU"}).json()
    assert odd["parcel_id"] is None
    assert [one["code"] for one in odd["warnings"]] == ["parcel.track_check_digit"]
    wrong = manager.post("/v1/parcel-check", json={"track": "привет"})
    assert (wrong.status_code, wrong.json()["error"]["code"]) == (422, "parcel.track_wrong")


def test_lists_come_to_sums_and_the_report_says_whom_to_ring(
    manager: httpx.Client, parcel: str, store: Store, clock: FixedClock
) -> None:
    put(store, parcel, postage=35_000)
    assert _sums(manager) == (99_000, 169_000)
    assert _sums(manager, q="нет такого") == (0, 0)
    arrived(store, parcel)
    put(store, parcel, stage="delivered", watch="ended", cod_state="missing", cod_due="2026-11-01", cod_received=9_000)
    assert _sums(manager, group="cod_missing") == (90_000, 90_000)
    found = manager.get("/v1/parcel-report").json()
    [section] = [one for one in found["sections"] if one["trouble"] == "cod_missing"]
    assert (section["count"], section["at_stake"], section["text_ru"] != "") == (1, 90_000, True)
    [line] = section["lines"]
    assert (line["parcel_id"], line["phone"], line["at_stake"]) == (parcel, "+79161234567", 90_000)
    assert found["at_stake"] >= 90_000


def test_money_is_claimed_once_and_a_parcel_searched_for(manager: httpx.Client, parcel: str, store: Store) -> None:
    arrived(store, parcel)
    searched = manager.post(f"/v1/parcels/{parcel}/search-request").json()
    assert TRACK in searched["text"] and PARCEL["name"] in searched["text"]
    assert searched["until"] > "2026" and searched["late"] is False
    put(store, parcel, stage="delivered", watch="ended", cod_state="missing", cod_due="2026-11-01")
    assert "claim" in manager.get(f"/v1/parcels/{parcel}").json()["actions"]
    key = {"Idempotency-Key": "claim-1"}
    first = manager.post("/v1/parcel-claims", json={"parcels": [parcel]}, headers=key).json()
    again = manager.post("/v1/parcel-claims", json={"parcels": [parcel]}, headers=key).json()
    assert (first["id"], first["amount"]) == (again["id"], 99_000)
    assert TRACK in first["text"] and PARCEL["name"] not in first["text"]
    card = manager.get(f"/v1/parcels/{parcel}").json()
    assert (card["cod_state"], [one["number"] for one in card["claims"]]) == ("claimed", [first["number"]])
    refused = manager.post("/v1/parcel-claims", json={"parcels": [parcel]})
    assert refused.json()["error"]["code"] == "parcel.claim_not_missing"


def _sums(manager: httpx.Client, **query: str) -> tuple[int, int]:
    found = manager.get("/v1/parcel-sums", params=query).json()
    return found["cod"], found["at_stake"]
