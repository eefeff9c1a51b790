"""Parcels over the API: entered, listed, shown whole, put right; lists taken in beside requests; texts and consents."""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from gateway.core.authority import SERVICE
from gateway.core.clock import FixedClock
from gateway.core.money import Money
from gateway.notify.model import NotificationChannel
from gateway.notify.queue import NewNotification, write
from gateway.notify.terms import NotifyTerms
from gateway.parcels import tracking
from gateway.parcels.carriers.ports import History, MoneyRecord
from gateway.parcels.terms import ParcelTerms
from gateway.store import Store
from tests.api.conftest import Desk
from tests.parcels.histories import START, record

TRACK, OTHER = "14102192069353", "62009147017544"
PARCEL = {
    "track": TRACK, "order_no": "К-17", "name": "Иванова Анна", "phone": "8 916 123-45-67",
    "email": "anna@example.ru", "cod": 99_000, "index_to": "170100", "consent": True,
}  # fmt: skip


@pytest.fixture
def parcel(manager: httpx.Client) -> str:
    done = manager.post("/v1/parcels", json=PARCEL).json()
    assert (done["outcome"], done["warnings"]) == ("taken", [])
    return str(done["id"])


def arrived(store: Store, parcel_id: str) -> None:
    said = (
        record("1:1", 0, "443063", place=1),
        record("8:2", 3, "170100", place=2),
        record("8:99", 3.1, "170100", place=3),
    )
    money = (MoneyRecord(START, "1", "Принят", Money(99_000), False),)
    with store.unit(SERVICE) as unit:
        tracking.take(unit, ParcelTerms(), parcel_id, History(TRACK, True, said, money), "R")
        unit.commit()


def message(store: Store, parcel_id: str) -> str:
    new = NewNotification(
        about=f"parcel:{parcel_id}", shop="", event="ready.170100#1", template="ready",
        channels=(NotificationChannel.EMAIL,), phone="", email="anna@example.ru",
        values={"track": TRACK, "unsubscribe": "https://x.example/u/1"}, offset_minutes=None, earliest=None,
        made_by="service",
    )  # fmt: skip
    with store.unit(SERVICE) as unit:
        made = write(unit, NotifyTerms("ООО «Багет»"), new)
        unit.commit()
    assert made
    return made


def test_a_parcel_whole(manager: httpx.Client, parcel: str, store: Store) -> None:
    arrived(store, parcel)
    message(store, parcel)
    card = manager.get(f"/v1/parcels/{parcel}").json()
    assert (card["stage"], card["stage_ru"], card["office_index"], card["region"]) == (
        "ready", "Ждёт получателя", "170100", "Тверская область",
    )  # fmt: skip
    assert [(one["code"], one["known"]) for one in card["operations"]] == [
        ("8:99", False), ("8:2", True), ("1:1", True),
    ]  # fmt: skip
    assert [one["amount"] for one in card["money_events"]] == [99_000]
    assert [line["text_ru"] for line in card["timeline"]] == [
        "Внесена", "Ждёт получателя: 170100 Отделение 170100",
    ]  # fmt: skip
    assert [(one["channel"], one["state"], one["can_resend"]) for one in card["messages"]] == [
        ("email", "queued", False),
    ]  # fmt: skip
    assert card["actions"] == ["delivered", "end", "ask", "contacts", "mute", "revoke_links", "search"]


def test_the_list_is_filtered_searched_and_counted(
    manager: httpx.Client, parcel: str, store: Store, clock: FixedClock
) -> None:
    other = manager.post("/v1/parcels", json={"track": OTHER, "order_no": "К-18", "shop": "mebel"}).json()["id"]
    arrived(store, parcel)

    def found(**asked: str) -> list[str]:
        return [one["id"] for one in manager.get("/v1/parcels", params=asked).json()["items"]]

    page = manager.get("/v1/parcels").json()
    assert {one["id"] for one in page["items"]} == {parcel, other}
    assert page["counts"] == {
        "all": 2, "watched": 2, "stuck": 1, "ready": 1, "returning": 0, "cod_due": 0, "cod_missing": 0,
        "delivered": 0, "ended": 0,
    }  # fmt: skip
    assert found(group="ready") == found(stage="ready") == [parcel]
    assert found(shop="mebel") == [other] and found(shop="") == [parcel]
    for typed in ("1410219206", "к-17", "иванова", "8 (916) 123-45-67", "1410 2192 0693 53", "anna@"):
        assert found(q=typed) == [parcel], typed
    assert found(q="никто") == []
    first = manager.get("/v1/parcels", params={"limit": 1, "sort": "track"}).json()
    then = manager.get("/v1/parcels", params={"limit": 1, "sort": "track", "after": first["next"]}).json()
    assert ([one["track"] for one in first["items"] + then["items"]], then["next"]) == ([TRACK, OTHER], None)
    assert found(group="stuck") == [parcel]  # it has waited longer than it is kept
    clock.at = clock.at.replace(year=2027)
    assert set(found(group="stuck")) == {parcel, other}
    assert manager.get("/v1/parcels", params={"group": "nobody"}).status_code == 422


def test_what_people_put_right(manager: httpx.Client, parcel: str, desk: Desk) -> None:
    version = manager.get(f"/v1/parcels/{parcel}").json()["version"]

    def post(path: str, body: Any = None, **headers: str) -> httpx.Response:
        return manager.post(f"/v1/parcels/{parcel}/{path}", json=body or {}, headers=headers)

    seen = {"If-Match": f'"{version}"', "Idempotency-Key": "once"}
    for _ in range(2):  # the second is the first one's answer
        card = post("delivered", {"note": "звонил"}, **seen).json()
        assert (card["stage"], card["ended_how"], card["cod_due"] is not None) == ("delivered", "clerk", True)
    assert post("end", **{"If-Match": f'"{version}"'}).status_code == 412
    assert post("end").json()["error"]["code"] == "parcel.ended"
    assert post("reopen", {"note": "ошибка"}).json()["watch"] == "active"
    assert post("mute", {"silent": True}).json()["no_messages"] is True
    changed = manager.put(f"/v1/parcels/{parcel}/contacts", json={"name": "Анна", "phone": "9260001122"}).json()
    assert (changed["name"], changed["phone"], changed["email"]) == ("Анна", "+79260001122", "")
    assert post("ask").status_code == 200 and desk.asked_about == [parcel]
    assert post("end", {"note": "не наша"}).json()["ended_how"] == "removed"
    assert manager.get("/v1/parcels/nothing").status_code == 404


def test_a_list_is_looked_at_taken_in_and_told_of_row_by_row(manager: httpx.Client, app: FastAPI) -> None:
    content = base64.b64encode(f"Трек;Кому\n{TRACK};Анна\nнет;Пётр\n{TRACK};Ольга\n".encode()).decode()
    seen = manager.post("/v1/parcel-lists/preview", json={"file_name": "список.csv", "content": content}).json()
    assert (seen["heads"], seen["mapping"], seen["row_count"], seen["remembered"]) == (
        ["Трек", "Кому"], {"track": "Трек"}, 3, False,
    )  # fmt: skip
    assert manager.get("/v1/parcels").json()["counts"]["all"] == 0
    asked = {"file_name": "список.csv", "content": content, "mapping": {"track": "Трек", "name": "Кому"}}
    started = manager.post("/v1/parcel-lists", json=asked).json()
    assert app.state.intake_run.wait(10)
    done = manager.get(f"/v1/parcel-lists/{started['id']}").json()
    assert (done["state"], done["done"], done["taken"], done["known"], done["refused"], done["running"]) == (
        "done", 3, 1, 1, 1, False,
    )  # fmt: skip
    rows = manager.get(f"/v1/parcel-lists/{started['id']}/rows").json()["items"]
    assert [(row["row"], row["outcome"], [one["code"] for one in row["remarks"]]) for row in rows] == [
        (2, "taken", []), (3, "refused", ["parcel.track_wrong"]), (4, "known", ["parcel.differs"]),
    ]  # fmt: skip
    refused = manager.get(f"/v1/parcel-lists/{started['id']}/rows", params={"outcome": "refused"}).json()
    assert len(refused["items"]) == 1 and "трек" in refused["items"][0]["remarks"][0]["text_ru"]
    assert manager.post("/v1/parcel-lists/preview", json={"file_name": "x", "content": content}).json()["remembered"]
    assert [one["id"] for one in manager.get("/v1/parcel-lists").json()["items"]] == [started["id"]]
    wrong = manager.post("/v1/parcel-lists", json={**asked, "mapping": {"name": "Кому"}})
    assert wrong.json()["error"]["code"] == "parcel.mapping_no_track"


def test_texts_are_looked_at_and_saved(manager: httpx.Client, as_role: Callable[[str], httpx.Client]) -> None:
    texts = manager.get("/v1/notification-texts").json()
    ready = next(one for one in texts["items"] if (one["event"], one["channel"]) == ("ready", "sms"))
    assert ready["version"] == 0 and {"track", "link"} <= {one["name"] for one in texts["macros"]}
    body = "Посылка {{ track }} ждёт: {{ link }}"
    seen = manager.post("/v1/notification-texts/preview", json={"channel": "sms", "body": body}).json()
    assert (seen["encoding"], seen["segments"] >= 1, TRACK in seen["text"]) == ("ucs2", True, True)
    broken = manager.post("/v1/notification-texts/preview", json={"channel": "sms", "body": "{{ nobody }}"}).json()
    assert [one["code"] for one in broken["problems"] if one["refused"]] == ["notify.text.macro"]
    asked = {"event": "ready", "channel": "sms", "version": 0, "body": body}
    assert manager.put("/v1/notification-texts", json=asked).json()["version"] == 1
    assert manager.put("/v1/notification-texts", json=asked).status_code == 409
    assert as_role("warehouse").put("/v1/notification-texts", json=asked).status_code == 403


def test_consents_spend_and_messages_sent_again(manager: httpx.Client, parcel: str, store: Store) -> None:
    asked = {"address": "8 916 123-45-67", "channel": "sms"}
    said = manager.get("/v1/consents", params=asked).json()
    assert (said["address"], said["may"], [one["source"] for one in said["words"]]) == (
        "+79161234567", True, ["shop"],
    )  # fmt: skip
    against = {**asked, "word": "withdrawn", "evidence": "звонок"}
    assert manager.post("/v1/consents", json=against).json()["may"] is False
    spend = manager.get("/v1/notifications/spend").json()
    assert (spend["month_messages"], spend["month_limit"], spend["day_left"]) == (0, None, None)
    made = message(store, parcel)
    early = manager.post(f"/v1/notifications/{made}/resend", json={"reason": "не дошло"})
    assert early.json()["error"]["code"] == "notify.under_way"
    assert manager.post("/v1/notifications/nothing/resend", json={"reason": "x"}).status_code == 404
    assert manager.get("/v1/notifications/unknown").json()["items"] == []
