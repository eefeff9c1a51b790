"""The button in a page speaks for anybody: it calculates and leaves a phone number, and learns nothing."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from gateway.loans.shops import ShopEvent, move
from gateway.loans.tables import applications
from gateway.web.app import create_web
from gateway.web.button import widget
from gateway.web.room import Pace
from tests.loans.house import DIRECTOR, PHONE
from tests.web.world import Stage, World

HERE = {"Origin": "https://mebel.example"}
DOOR = "/shop/v1/button/mebel"
WISH = {"phone": PHONE, "goods": 4_599_000, "months": 12, "consent": True}


def of_phone(place: int) -> dict[str, Any]:
    """A wish of somebody else."""
    return WISH | {"phone": f"+7916123{place:04d}"}


def test_a_page_may_ask_and_read_the_answer(world: World) -> None:
    client = world.client(**HERE)
    ahead = client.options(f"{DOOR}/applications", headers={"Access-Control-Request-Method": "POST"})
    assert ahead.status_code == 204
    assert ahead.headers["access-control-allow-origin"] == "https://mebel.example"
    assert "Idempotency-Key" in ahead.headers["access-control-allow-headers"]
    assert "access-control-allow-credentials" not in ahead.headers
    told = client.get(f"{DOOR}/calculator?goods=4599000&down=500000")
    assert told.json()["quotes"] and told.headers["vary"] == "Origin"
    refused = client.get(f"{DOOR}/calculator?goods=1&down=2")
    assert refused.status_code == 422
    assert refused.headers["access-control-allow-origin"] == "https://mebel.example", "so that the page can tell why"


def test_the_answer_is_the_same_whoever_it_is(world: World) -> None:
    client = world.client(**HERE)
    replies = [client.post(f"{DOOR}/applications", json=WISH) for _ in range(2)]
    assert [(r.status_code, r.json()) for r in replies] == [(202, {"accepted": True})] * 2
    assert world.house.count(applications) == 2, "the call centre sees that one is the other's double"


def test_a_repeat_with_the_same_key_is_one_application(world: World) -> None:
    client = world.client(**HERE, **{"Idempotency-Key": "dialog-1"})
    for _ in range(3):
        assert client.post(f"{DOOR}/applications", json=WISH).status_code == 202
    assert world.house.count(applications) == 1
    line = world.house.journalled("loan.button_consent")[0]
    assert "2026-11" in line.body and "mebel.example" in line.body


def test_nobody_takes_an_order_s_number_by_the_button(world: World) -> None:
    client = world.client(**HERE)
    assert client.post(f"{DOOR}/applications", json={**WISH, "order": "A-17"}).status_code == 422
    client.post(f"{DOOR}/applications", json=WISH)
    shop = world.site().post("/shop/v1/applications", json={"phone": "+79161231299", "order": "A-17"})
    assert shop.json()["known"] is False


def test_without_consent_nothing_is_kept(world: World) -> None:
    client = world.client(**HERE)
    for consent in ({"consent": False}, {"consent": "true"}, {"consent": None}):
        assert client.post(f"{DOOR}/applications", json={**WISH, **consent}).status_code == 422
    assert world.house.count(applications) == 0


def test_an_address_cannot_flood_the_call_centre(world: World) -> None:
    client = world.client(**HERE)
    most = world.room.pace.button[1]
    statuses = [client.post(f"{DOOR}/applications", json=of_phone(n)).status_code for n in range(most + 1)]
    assert statuses == [202] * most + [429]


def test_all_addresses_together_cannot_flood_a_shop(world: World, stage: tuple[Stage, str]) -> None:
    most = 7
    stage[0].on = create_web(replace(world.room, pace=Pace(button_shop=(10, most))))
    statuses = []
    client = world.client(**HERE)
    for place in range(most + 1):
        address = {"X-Forwarded-For": f"203.0.113.{place}"}
        statuses.append(client.post(f"{DOOR}/applications", json=of_phone(place), headers=address).status_code)
    assert statuses == [202] * most + [429]


def test_an_ipv6_customer_is_one_caller(world: World) -> None:
    client = world.client(**HERE)
    most = world.room.pace.button[1]
    statuses = [
        client.post(
            f"{DOOR}/applications", json=of_phone(n), headers={"X-Forwarded-For": f"2001:db8:1:2::{n}"}
        ).status_code
        for n in range(1, most + 2)
    ]
    assert statuses[-1] == 429


def test_a_shop_that_does_not_work_has_no_button(world: World) -> None:
    world.house.do(DIRECTOR, lambda u: move(u, world.house.shop, ShopEvent.SUSPEND))
    for path in (DOOR, "/shop/v1/button/nobody"):
        reply = world.client(**HERE).get(f"{path}/calculator?goods=100")
        assert (reply.status_code, reply.json()["error"]["code"]) == (404, "web.no_button")


def test_the_program_is_one_small_file_that_loads_nothing(world: World) -> None:
    reply = world.client().get("/shop/v1/widget.js")
    assert reply.headers["content-type"].startswith("text/javascript")
    assert reply.headers["cross-origin-resource-policy"] == "cross-origin"
    assert "set-cookie" not in reply.headers
    assert reply.content == widget()[0] and len(reply.content) < 30_000
    for word in (
        "cookie",
        "localStorage",
        "sessionStorage",
        "indexedDB",
        "sendBeacon",
        "innerHTML",
        "eval(",
        "import(",
    ):
        assert f"{word}" not in reply.text.replace("no cookies", ""), word
    again = world.client().get("/shop/v1/widget.js", headers={"If-None-Match": reply.headers["etag"]})
    assert again.status_code == 304
