"""One text of messages with its past over the API, what all of them go by, and what operators hold against one."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from gateway.core.authority import SERVICE
from gateway.notify import antispam
from gateway.notify.model import NotificationChannel
from gateway.notify.terms import NotifyTerms
from gateway.parcels.model import Source
from gateway.parcels.parcels import NewParcel, put
from gateway.parcels.terms import ParcelTerms
from gateway.store import Store

READY = "/v1/notification-texts/ready/sms"
BODY = "Ждёт вас: {{ track }} {{ link }}"
SMS, LETTER = NotificationChannel.SMS, NotificationChannel.EMAIL


def save(client: httpx.Client, version: int, **differently: Any) -> httpx.Response:
    asked = {"event": "ready", "channel": "sms", "version": version, "body": BODY}
    return client.put("/v1/notification-texts", json=asked | differently)


def test_a_shop_s_text_its_past_and_what_it_falls_back_to(manager: httpx.Client) -> None:
    fresh = manager.get(READY, params={"shop": "mebel"}).json()
    assert (fresh["base"], fresh["versions"], fresh["in_force"]) == (0, [], fresh["kvits"])
    assert save(manager, 0, body="Для всех: {{ track }}").json()["version"] == 1
    common = manager.get(READY, params={"shop": "mebel"}).json()
    assert (common["in_force"]["body"], common["base"]) == ("Для всех: {{ track }}", 0), "the company's, not its own"
    assert save(manager, 0, shop="mebel").json()["version"] == 1
    assert save(manager, 1, shop="mebel", active=False).json()["version"] == 2
    own = manager.get(READY, params={"shop": "mebel"}).json()
    assert (own["base"], own["in_force"]["body"], own["in_force"]["active"]) == (2, BODY, False)
    assert [(one["version"], one["active"]) for one in own["versions"]] == [(2, False), (1, True)]
    assert own["versions"][0]["made_by"].startswith("manager:")
    back = save(manager, 2, shop="mebel", body=own["kvits"]["body"])
    assert back.json()["version"] == 3, "Kvit's own text back is one more version: the past stays"
    assert manager.get("/v1/notification-texts/nothing/sms").json()["error"]["code"] == "notify.text.event"


def test_what_messages_go_by_and_whose_goods_are_sent(manager: httpx.Client, store: Store) -> None:
    with store.unit(SERVICE) as unit:
        put(unit, ParcelTerms(), NewParcel("14102192069353", Source.ORDER, shop="mebel"))
        unit.commit()
    assert save(manager, 0, shop="agent").json()["version"] == 1
    found = manager.get("/v1/notification-settings").json()
    assert (found["quiet_from"], found["quiet_to"], found["consent_needed"]) == ("21:00", "09:00", True)
    assert found["guess"] == {"on": False, "share": "0.93", "least": 20}
    assert [(one["key"], one["own_texts"]) for one in found["shops"]] == [("agent", 1), ("mebel", 0)]


def test_the_preview_tells_what_operators_would_stop(manager: httpx.Client) -> None:
    asked = {"channel": "sms", "body": "Скидки: shop.ru/sale\nПосылка {{ track }}"}
    seen = manager.post("/v1/notification-texts/preview", json=asked).json()
    assert [(one["code"], one["refused"]) for one in seen["problems"]] == [
        ("notify.text.no_sender", False),
        ("notify.text.foreign_link", False),
    ]
    wrong = manager.post("/v1/notification-texts/preview", json={"channel": "sms", "body": "а\nб {% for %}"}).json()
    assert [(one["refused"], one["line"]) for one in wrong["problems"] if one["refused"]] == [(True, 2)]


@pytest.mark.parametrize(
    ("sender", "body", "codes"),
    [
        ("Romashka", "Ждёт {{ link }}", []),
        ("Romashka", "https://bit.ly/x", ["foreign_link"]),
        ("Romashka", "см. WWW.shop.рф", ["foreign_link"]),
        ("Romashka", "{% if link %}{{ link }}{% endif %} 12.05.2026 д.3/4", []),
        ("Ромашка", "да", ["sender_odd"]),
        ("79161234567", "да", ["sender_odd"]),
        ("", "да", ["no_sender"]),
    ],
)
def test_senders_and_links_operators_know(sender: str, body: str, codes: list[str]) -> None:
    terms = NotifyTerms("Ромашка", sender=sender)
    found = [one.code.rpartition(".")[2] for one in antispam.doubts(terms, SMS, body)]
    assert found == codes
    assert antispam.doubts(terms, LETTER, body) == ()
