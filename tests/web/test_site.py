"""What the program of a shop's site may do: apply once, ask about its own, calculate; and how it is refused."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from gateway.loans import access
from gateway.loans.lenders.ports import LenderStatus
from gateway.loans.tables import applications
from gateway.web.app import create_web
from gateway.web.room import Pace
from tests.loans.house import DIRECTOR, PHONE
from tests.web.world import OFFER, Stage, World

WHOLE = {
    "phone": "8 (916) 123-12-34",
    "order": "A-17",
    "name": "Иван",
    "goods": 4_599_000,
    "down": 500_000,
    "months": 12,
    "basket": [{"name": "Холодильник", "category": "appliances", "price": 4_599_000}],
}


def test_a_phone_number_is_enough(world: World) -> None:
    reply = world.site().post("/shop/v1/applications", json={"phone": PHONE})
    assert reply.status_code == 200
    row = world.house.row(reply.json()["id"])
    assert (row.state, row.origin, row.shop_id) == ("lead", "site", world.house.shop)
    assert row.call_due is not None
    assert world.told["changed"] == 1


def test_the_same_order_is_the_same_application(world: World) -> None:
    site = world.site()
    first, second = (site.post("/shop/v1/applications", json=WHOLE).json() for _ in range(2))
    assert (first["known"], second["known"]) == (False, True)
    assert first["id"] == second["id"]
    differs = site.post("/shop/v1/applications", json={**WHOLE, "phone": "+79161231299"})
    assert (differs.status_code, differs.json()["error"]["code"]) == (422, "loan.order_differs")
    assert world.house.count(applications) == 1


def test_the_same_idempotency_key_is_the_same_request(world: World) -> None:
    site = world.site()
    asked = {"phone": PHONE}
    key = {"Idempotency-Key": "form-1"}
    first, second = (site.post("/shop/v1/applications", json=asked, headers=key).json() for _ in range(2))
    assert first == second
    other = site.post("/shop/v1/applications", json={"phone": "+79161231299"}, headers=key)
    assert (other.status_code, other.json()["error"]["code"]) == (422, "idempotency.mismatch")
    theirs = world.site("foreign_site").post("/shop/v1/applications", json=asked, headers=key).json()
    assert theirs["id"] != first["id"], "keys of two shops never meet"
    assert world.house.count(applications) == 2


def test_a_bad_key_of_idempotency_is_told(world: World) -> None:
    reply = world.site().post("/shop/v1/applications", json={"phone": PHONE}, headers={"Idempotency-Key": "a b"})
    assert (reply.status_code, reply.json()["error"]["code"]) == (400, "web.bad_idempotency_key")


UNFIT: tuple[dict[str, Any], ...] = (
    {"phone": 79161231234},
    {"phone": "123"},
    {"goods": "4599000"},
    {"goods": 45990.5},
    {"goods": -1},
    {"goods": True},
    {"down": 9_999_999},
    {"months": 361},
    {"region": "Москва"},
    {"delivery": "drone"},
    {"basket": [{"name": "x", "price": 1, "colour": "red"}]},
    {"basket": [{"name": "", "price": 1}]},
    {"unknown": 1},
    {"order": "x" * 65},
    {"shop": "tehnika"},
)


def test_what_does_not_fit_is_refused_and_not_repeated(world: World) -> None:
    site = world.site()
    for changed in UNFIT:
        reply = site.post("/shop/v1/applications", json={**WHOLE, **changed})
        assert reply.status_code == 422, changed
        assert "1231234" not in reply.text, changed
    assert world.house.count(applications) == 0


def test_what_is_no_json_is_told(world: World) -> None:
    reply = world.site().post("/shop/v1/applications", content=b"{phone}", headers={"Content-Type": "application/json"})
    assert (reply.status_code, reply.json()["error"]["code"]) == (400, "api.not_json")


def test_a_body_over_the_limit_is_cut_off(world: World) -> None:
    reply = world.site().post("/shop/v1/applications", json={**WHOLE, "name": "x" * 70_000})
    assert (reply.status_code, reply.json()["error"]["code"]) == (413, "web.too_large")


def test_the_standing_names_nobody(world: World) -> None:
    application_id = world.approved(order="A-17")
    site = world.site()
    for path in (f"/shop/v1/applications/{application_id}", "/shop/v1/applications?order=A-17"):
        reply = site.get(path)
        told = reply.json()
        assert (told["state"], told["stage"], told["order"], told["goods_may_go"]) == (
            "approved",
            "decision",
            "A-17",
            False,
        )
        assert "1231234" not in reply.text and "Иван" not in reply.text
        assert set(told) == {
            "id", "number", "order", "state", "stage", "since", "made_at", "goods", "down", "months", "lender",
            "signing_way", "goods_may_go",
        }  # fmt: skip


def test_goods_may_go_once_they_are_released(world: World) -> None:
    application_id = world.agreed()
    clerk = world.person("clerk")
    card = f"/shop/applications/{application_id}"
    clerk.send(f"{card}/identity", f"{card}/identity", passport="4510123456", photo="yes", place="ТЦ")
    assert not world.site().get(f"/shop/v1/applications/{application_id}").json()["goods_may_go"]
    clerk.send(card, f"{card}/sign", signed="yes")
    assert world.site().get(f"/shop/v1/applications/{application_id}").json()["goods_may_go"]


def test_another_shop_s_application_is_not_there(world: World) -> None:
    application_id = world.approved(order="A-17")
    stranger = world.site("foreign_site")
    missing = stranger.get("/shop/v1/applications/01JZZZZZZZZZZZZZZZZZZZZZZZ")
    for path in (f"/shop/v1/applications/{application_id}", "/shop/v1/applications?order=A-17"):
        reply = stranger.get(path)
        assert (reply.status_code, reply.json()) == (404, missing.json())


def test_a_secret_key_in_a_browser_is_refused(world: World) -> None:
    reply = world.site(Origin="https://mebel.example").post("/shop/v1/applications", json={"phone": PHONE})
    assert (reply.status_code, reply.json()["error"]["code"]) == (403, "web.key_in_a_page")
    assert "access-control-allow-origin" not in reply.headers


def test_a_revoked_key_ends_at_once(world: World) -> None:
    site = world.site()
    assert site.get("/shop/v1/calculator?goods=4599000").status_code == 200
    with world.house.store.reading() as connection:
        listed = access.listed(connection, world.house.store.company, world.house.shop)
    key = next(one["id"] for one in listed if one["kind"] == "shop_site")
    world.house.do(DIRECTOR, lambda u: access.revoke(u, key))
    assert site.get("/shop/v1/calculator?goods=4599000").status_code == 401


def test_the_calculator_tells_terms_and_payments(world: World) -> None:
    site = world.site()
    told = site.get("/shop/v1/calculator", params={"goods": 10_000_000, "months": 12}).json()
    assert told["approximate"] is True and told["loan"] == 10_000_000
    assert [(q["months"], q["payment"], q["last_payment"], q["psk"]) for q in told["quotes"]] == [
        (12, 949_957, 949_953, "24.900")
    ]
    every = site.get("/shop/v1/calculator", params={"goods": 10_000_000}).json()
    assert [q["months"] for q in every["quotes"]] == [6, 10, 12, 24]
    small = site.get("/shop/v1/calculator", params={"goods": 100_000}).json()
    assert small["quotes"] == [] and small["reasons"][0]["code"] == "loan.misfit_least"
    wrong = site.get("/shop/v1/calculator", params={"goods": 100_000, "down": 200_000})
    assert wrong.status_code == 422


def test_a_key_is_slowed_down(world: World, stage: tuple[Stage, str]) -> None:
    most = 5
    stage[0].on = create_web(replace(world.room, pace=Pace(shop_key=(60, most))))
    site = world.site()
    statuses = [site.get("/shop/v1/calculator?goods=4599000&months=6").status_code for _ in range(most + 1)]
    assert statuses == [200] * most + [429]
    slowed = site.get("/shop/v1/calculator?goods=4599000&months=6")
    assert int(slowed.headers["retry-after"]) >= 1
    assert slowed.json()["error"]["code"] == "web.too_many"
    world.house.later(seconds=30)
    assert site.get("/shop/v1/calculator?goods=4599000&months=6").status_code == 200


def test_an_address_is_slowed_down_whatever_it_asks(world: World, stage: tuple[Stage, str]) -> None:
    most = 5
    stage[0].on = create_web(replace(world.room, pace=Pace(address=(60, most))))
    client = world.client()
    statuses = {client.get("/shop/v1/widget.js").status_code for _ in range(most)}
    assert statuses == {200}
    assert client.get("/shop/login").status_code == 429
    another = world.client(**{"X-Forwarded-For": "203.0.113.9, 198.51.100.8"})
    assert another.get("/shop/login").status_code == 200, "the proxy's word is the last address"


@pytest.mark.parametrize(
    ("told", "same"),
    [
        ("198.51.100.7:51234", "198.51.100.7:40"),
        ("[2001:db8:1:2::7]:51234", "2001:db8:1:2::9"),
        ("[2001:db8:1:2::7]", "[2001:db8:1:2::8]:443"),
        ("unknown", "_hidden"),  # told by the proxy, and no address: then it is the proxy's own
        ("[198.51.100.7", "198.51.100.7:x"),
    ],
)
def test_a_proxy_may_tell_the_port_too(world: World, stage: tuple[Stage, str], told: str, same: str) -> None:
    stage[0].on = create_web(replace(world.room, pace=Pace(address=(60, 1))))
    statuses = [
        world.client(**{"X-Forwarded-For": f"1.2.3.4, {one}"}).get("/shop/login").status_code
        for one in (told, same, "203.0.113.9:51234")
    ]
    assert statuses == [200, 429, 200]


def test_nobody_names_himself_where_no_proxy_stands(world: World, stage: tuple[Stage, str]) -> None:
    stage[0].on = create_web(replace(world.room, pace=Pace(address=(60, 1)), behind_proxy=False))
    clients = [world.client(**{"X-Forwarded-For": f"203.0.113.{n}:1"}) for n in range(2)]
    assert [client.get("/shop/login").status_code for client in clients] == [200, 429]


def test_another_host_name_is_not_answered(world: World) -> None:
    reply = world.client(Host="evil.example").get("/shop/login")
    assert (reply.status_code, reply.json()["error"]["code"]) == (400, "web.wrong_host")


def test_a_withdrawn_offer_shows_in_the_standing(world: World) -> None:
    application_id = world.approved()
    world.view(application_id, LenderStatus.REVOKED, 2, offers=(OFFER,))
    assert world.site().get(f"/shop/v1/applications/{application_id}").json()["state"] == "declined"
