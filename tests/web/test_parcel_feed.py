"""Programs tell of parcels on the public port, also where nobody brokers loans."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from gateway.core.authority import Actor, Role
from gateway.core.errors import Refused
from gateway.notify.terms import NotifyTerms
from gateway.parcels import feeds
from gateway.web.app import PARCELS_OPENAPI, create_web
from gateway.web.room import Pace, PublicRoom
from tests.parcels.house import OTHER, TERMS, THIRD, TRACK, House
from tests.web.parcel_web import parcels_web
from tests.web.world import Stage

IT = Actor("root", Role.IT)


class Feed:
    """A public port with parcels and nothing else, and two programs."""

    def __init__(self, folder: Path, stage: Stage, url: str) -> None:
        self.house = House(folder)
        self.stage = stage
        self.url = url
        self.changes = 0
        self._clients = ExitStack()
        self.room = PublicRoom(
            store=self.house.store, url=url, changed=self._changed, parcels=parcels_web(TERMS, NotifyTerms("Квит"))
        )
        self.shop, self.ours = (
            self.house.do(IT, lambda unit, n=name, s=shop: feeds.give(unit, n, s)).key
            for name, shop in (("mebel.example", "mebel"), ("Склад", ""))
        )

    def _changed(self) -> None:
        self.changes += 1

    def client(self, key: str, **headers: str) -> httpx.Client:
        self.stage.on = create_web(self.room)
        bearer = {"Authorization": f"Bearer {key}"} if key else {}
        made = httpx.Client(base_url=self.url, headers={**bearer, **headers}, trust_env=False, timeout=30)
        return self._clients.enter_context(made)

    def close(self) -> None:
        self._clients.close()
        self.house.close()


@pytest.fixture
def feed(tmp_path: Path, empty_web: Path, stage: tuple[Stage, str]) -> Iterator[Feed]:
    shutil.copyfile(empty_web, tmp_path / "kvit.db")
    made = Feed(tmp_path, *stage)
    yield made
    made.close()


def batch(*parcels: dict[str, Any]) -> dict[str, Any]:
    return {"parcels": list(parcels)}


def outcomes(reply: Any) -> list[tuple[str, list[str]]]:
    return [(one["outcome"], [remark["code"] for remark in one["remarks"]]) for one in reply.json()["items"]]


def test_a_program_tells_of_parcels_and_asks_where_they_are(feed: Feed) -> None:
    client = feed.client(feed.shop)
    sent = batch(
        {"track": TRACK, "order_no": "К-17", "phone": "8 916 123-45-67", "cod": 99_000, "consent": True},
        {"track": "нет"},
        {"track": OTHER, "phone": "12"},
    )
    reply = client.post("/parcels/v1/parcels", json=sent)
    assert outcomes(reply) == [
        ("taken", []), ("refused", ["parcel.track_wrong"]), ("taken", ["parcel.phone_wrong"]),
    ]  # fmt: skip
    assert feed.changes == 1
    again = outcomes(client.post("/parcels/v1/parcels", json=sent))
    assert again == [("known", []), ("refused", ["parcel.track_wrong"]), ("known", ["parcel.phone_wrong"])]
    found = client.get(f"/parcels/v1/parcels/{TRACK}").json()
    assert (found["stage"], found["order_no"], found["cod"], found["watched"]) == ("registered", "К-17", 99_000, True)
    assert not {"name", "phone", "email", "address"} & set(found)
    assert feed.house.debts() == [(TRACK, "open", 99_000)]  # its money is waited for at once


def test_each_sees_and_touches_his_own_only(feed: Feed) -> None:
    feed.client(feed.ours).post("/parcels/v1/parcels", json=batch({"track": TRACK}))
    shop = feed.client(feed.shop)
    assert shop.get(f"/parcels/v1/parcels/{TRACK}").status_code == 404
    assert outcomes(shop.post("/parcels/v1/parcels", json=batch({"track": TRACK, "name": "Я"}))) == [
        ("refused", ["parcel.foreign"])
    ]
    assert feed.client(feed.ours).get(f"/parcels/v1/parcels/{TRACK}").json()["track"] == TRACK
    assert shop.get(f"/parcels/v1/parcels/{THIRD}").status_code == 404


def test_the_same_key_is_the_same_request(feed: Feed) -> None:
    client = feed.client(feed.shop)
    once = {"Idempotency-Key": "один".encode().hex()}
    first = client.post("/parcels/v1/parcels", json=batch({"track": TRACK}), headers=once)
    again = client.post("/parcels/v1/parcels", json=batch({"track": TRACK}), headers=once)
    assert outcomes(first) == outcomes(again) == [("taken", [])]
    other = client.post("/parcels/v1/parcels", json=batch({"track": OTHER}), headers=once)
    assert (other.status_code, other.json()["error"]["code"]) == (422, "idempotency.mismatch")


def test_who_has_no_key_or_a_revoked_one_stays_outside(feed: Feed) -> None:
    for key, status in (("", 401), ("kvitparcels_unknown", 401)):
        reply = feed.client(key).get(f"/parcels/v1/parcels/{TRACK}")
        assert reply.status_code == status and reply.headers["www-authenticate"].startswith("Bearer")
    assert feed.client(feed.shop, Origin="https://mebel.example").get("/parcels/v1/parcels/1").status_code == 403
    with pytest.raises(Refused) as refused:
        feed.house.do(IT, lambda unit: feeds.give(unit, "MEBEL.example"))
    assert refused.value.code == "parcel.feed_taken"
    feed.house.do(IT, lambda unit: feeds.revoke(unit, "mebel.example"))
    assert feed.client(feed.shop).get(f"/parcels/v1/parcels/{TRACK}").status_code == 401
    with feed.house.store.reading() as connection:
        assert [one["name"] for one in feeds.listed(connection, "test")] == ["Склад"]


def test_too_much_is_refused(feed: Feed) -> None:
    client = feed.client(feed.shop)
    many = batch(*({"track": f"{10**13 + n}"} for n in range(501)))
    assert client.post("/parcels/v1/parcels", json=many).status_code == 422
    assert client.post("/parcels/v1/parcels", json=batch({"track": TRACK, "nobody": 1})).status_code == 422
    assert client.post("/parcels/v1/parcels", json=batch({"track": TRACK, "cod": "5"})).status_code == 422
    large = client.post("/parcels/v1/parcels", content=b"[" + b" " * 1_100_000 + b"]")
    assert large.status_code == 413
    feed.room = replace(feed.room, pace=replace(Pace(), feed=(1, 2)))
    client = feed.client(feed.shop)
    answers = [client.get("/parcels/v1/parcels/1").status_code for _ in range(3)]
    assert answers == [422, 422, 429]


def test_a_port_without_loans_serves_parcels_alone(feed: Feed) -> None:
    client = feed.client(feed.shop)
    paths = client.get(PARCELS_OPENAPI).json()["paths"]
    assert paths and all(path.startswith("/parcels/v1/") for path in paths)
    for path in ("/", "/shop/login", "/shop/v1/applications"):
        reply = client.get(path)
        assert (reply.status_code, reply.json()["error"]["code"]) == (404, "api.no_such_address"), path
        assert reply.headers["x-content-type-options"] == "nosniff"
