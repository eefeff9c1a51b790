"""The API over rows that the real flows wrote: what the screens show of a morning at the frame shop."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from gateway.core.catalogue import entries as catalogue
from gateway.flows.terms import Terms
from gateway.store import Store
from gui.api import types
from gui.api.decode import decode
from tests.flows.shop import OTHER, TERMS, Shop


@pytest.fixture
def trade(tmp_path: Path) -> Iterator[Shop]:
    made = Shop(tmp_path)
    yield made
    made.close()


@pytest.fixture
def store(trade: Shop) -> Store:
    return trade.store


@pytest.fixture
def terms() -> Terms:
    return TERMS


def only(client: httpx.Client, path: str) -> dict[str, object]:
    items = client.get(path).json()["items"]
    assert len(items) == 1, items
    return dict(items[0])


def words(value: object, found: list[str] | None = None) -> list[str]:
    """Every sentence of an answer."""
    found = [] if found is None else found
    if isinstance(value, dict):
        for key, part in value.items():
            if isinstance(part, str) and key.endswith(("_ru", "_en")):
                found.append(part)
            else:
                words(part, found)
    elif isinstance(value, list):
        for part in value:
            words(part, found)
    return found


def test_a_paid_order_is_followed_to_the_shelf_and_back(trade: Shop, as_role: Callable[[str], httpx.Client]) -> None:
    accountant, warehouse, manager = as_role("accountant"), as_role("warehouse"), as_role("manager")
    trade.goods("a4", main=10)
    order = trade.order("СР-101", {"a4": 2})
    trade.deliver(trade.line(200_000, "Оплата по счету СР-101 от 20.11.2026"))

    paid = only(accountant, "/v1/payments?state=auto")
    assert paid["invoices"] == ["СР-101"]
    assert paid["rest"] == 0
    shown = accountant.get(f"/v1/payments/{paid['id']}").json()
    purpose = str(shown["purpose"])
    spans = [purpose[r["span"][0] : r["span"][1]] for r in shown["decision"]["reasons"] if r["span"]]
    assert any("СР-101" in text for text in spans)
    assert shown["decision"]["sentence_ru"] == "Счёт оплачен точно."
    assert shown["undo"]["text_ru"] == "Отменить автоматическое разнесение"

    whole = accountant.get(f"/v1/orders/{order}").json()
    assert whole["headline"] == "picking"
    assert all(line["ok"] for line in whole["release"]["rule"])
    assert whole["payments"][0]["id"] == paid["id"]
    assert whole["sla"]["pick_list_s"] == 40.0
    assert whole["sla"]["call_task_s"] == 40.0

    pick = only(warehouse, "/v1/picks")
    assert only(warehouse, f"/v1/picks?q={pick['number']}")["id"] == pick["id"]
    assert only(warehouse, "/v1/picks?q=вернисаж")["id"] == pick["id"]
    assert only(warehouse, "/v1/picks?q=СР-101")["id"] == pick["id"]
    assert warehouse.get("/v1/picks?q=2000.00").json()["total"] == 0
    opened = warehouse.get(f"/v1/picks/{pick['id']}").json()
    assert opened["evidence"]["payment_ids"] == [paid["id"]]
    for step in ("take", "pick", "close"):
        version = opened["version"]
        reply = warehouse.post(f"/v1/picks/{pick['id']}/{step}", json={}, headers={"If-Match": f'"{version}"'})
        assert reply.status_code == 200, reply.text
        opened = reply.json()
    assert opened["state"] == "closed"
    assert accountant.get(f"/v1/orders/{order}").json()["headline"] == "ready"

    late = accountant.post(f"/v1/undo/{shown['undo']['event_id']}", json={})
    assert late.status_code == 422
    assert late.json()["error"]["code"] == "undo.too_late"

    call = only(manager, "/v1/tasks?kind=call")
    assert "СР-101" in str(call["title_ru"])
    done = manager.post(f"/v1/tasks/{call['id']}/done", json={"result": "will_collect"}).json()
    assert done["state"] == "done"
    assert manager.post(f"/v1/orders/{order}/ship", json={}).json()["headline"] == "shipped"
    pace = accountant.get("/v1/status").json()["sla"]
    assert pace == {"released_today": 1, "p50_s": 40.0, "p95_s": 40.0, "within_15_min": 1.0}


def test_one_press_accepts_a_suggestion_and_one_takes_it_back(
    trade: Shop, as_role: Callable[[str], httpx.Client]
) -> None:
    accountant, warehouse = as_role("accountant"), as_role("warehouse")
    trade.goods("a4", main=10)
    trade.order("СР-101", {"a4": 2})
    trade.deliver(trade.line(200_000, "за товар", payer=OTHER))
    waiting = only(accountant, "/v1/payments?state=needs_person")
    assert accountant.get("/v1/status").json()["needs"]["payments"] == 1
    shown = accountant.get(f"/v1/payments/{waiting['id']}").json()
    trade.clock.advance(timedelta(minutes=1))
    parts = [[only(accountant, "/v1/invoices")["id"], 200_000]]
    if shown["suggestions"]:
        parts = shown["suggestions"][0]["allocate"]
    headers = {"If-Match": f'"{shown["version"]}"', "Idempotency-Key": "form-1"}
    decided = accountant.post(
        f"/v1/payments/{waiting['id']}/allocate", json={"allocations": parts, "note": ""}, headers=headers
    ).json()
    assert decided["state"] == "manual"
    assert decided["history"][0]["by"] == "accountant:user-accountant"
    assert warehouse.get("/v1/picks").json()["total"] == 1
    assert accountant.get("/v1/status").json()["needs"]["payments"] == 0
    trade.clock.advance(timedelta(minutes=1))
    undone = accountant.post(f"/v1/undo/{decided['undo']['event_id']}", json={}).json()
    assert undone["payment"]["state"] == "needs_person"
    assert undone["payment"]["rest"] == 200_000
    assert [a["undone"] for a in undone["payment"]["allocations"]] == [True]
    assert warehouse.get("/v1/picks").json()["total"] == 0
    assert {name.partition(":")[0] for name in undone["changed"]} == {"payment", "order"}


def test_every_state_has_its_words(trade: Shop, as_role: Callable[[str], httpx.Client]) -> None:
    """Whatever the flows leave behind, no screen shows a bare code."""
    trade.goods("a4", main=4)
    for number in range(101, 107):
        trade.order(f"СР-{number}", {"a4": 3})
    trade.deliver(
        trade.line(300_000, "По счету СР-101", ref="storno-me"),
        trade.line(100_000, "По счету СР-102"),
        trade.line(350_000, "По счету СР-103"),
        trade.line(300_000, "Оплата", payer=OTHER),
        trade.line(300_000, "По счету СР-104", payer=OTHER),
        trade.line(300_000, "По счету СР-105", doc_no="9"),
    )
    trade.deliver(trade.line(300_000, "Возврат", reversal_of="storno-me"))
    trade.deliver(trade.line(300_000, "По счету СР-106"), evidence="file")
    for role in ("accountant", "manager", "warehouse", "director", "it"):
        client = as_role(role)
        told = words(client.get("/v1/status").json())
        for path in ("payments", "orders", "picks", "tasks", "invoices"):
            page = client.get(f"/v1/{path}?state=all")
            if page.status_code == 403:
                continue
            told += words(page.json())
            if path != "invoices":
                for item in page.json()["items"]:
                    told += words(client.get(f"/v1/{path}/{item['id']}").json())
        assert len(told) > 4 or role == "it"
        codes = [c for c in catalogue() if "." in c]
        bare = [text for text in told if "{" in text or any(text.startswith(c) for c in codes)]
        assert not bare, bare[:5]


def test_acts_of_people_have_their_words(trade: Shop, as_role: Callable[[str], httpx.Client]) -> None:
    accountant = as_role("accountant")
    for kind in ("other_income", "own_transfer", "refund"):
        trade.deliver(trade.line(100 + len(kind), "за товар", payer=OTHER))
        payment = only(accountant, "/v1/payments?state=needs_person")["id"]
        shown = accountant.post(f"/v1/payments/{payment}/not-ours", json={"kind": kind, "note": "звонил"}).json()
        assert "user-accountant" in shown["decision"]["reasons"][0]["text_ru"]
        assert "{" not in " ".join(words(shown))
        assert shown["history"][0]["text_ru"].endswith("«звонил»")
        trade.clock.advance(timedelta(seconds=1))


def test_the_tray_understands_every_answer(trade: Shop, as_role: Callable[[str], httpx.Client]) -> None:
    """The two sides of the contract, one against the other."""
    trade.goods("a4", main=4)
    for number in (101, 102):
        trade.order(f"СР-{number}", {"a4": 3})
    trade.deliver(trade.line(300_000, "По счету СР-101"), trade.line(300_000, "Оплата", payer=OTHER))
    lists = {
        "payments": (types.PaymentRow, types.Payment),
        "orders": (types.OrderRow, types.Order),
        "picks": (types.PickRow, types.Pick),
        "tasks": (types.Task, types.Task),
        "invoices": (types.Invoice, None),
    }
    for role in ("accountant", "warehouse", "manager", "it", "director"):
        client = as_role(role)
        assert decode(types.Me, client.get("/v1/me").json()).role == role
        decode(types.Status, client.get("/v1/status").json())
        health = client.get("/v1/health")
        if health.status_code == 200:
            decode(types.Health, health.json())
        for name, (row, whole) in lists.items():
            page = client.get(f"/v1/{name}?state=all")
            for item in page.json()["items"] if page.status_code == 200 else []:
                decode(row, item)
                if whole is not None:
                    decode(whole, client.get(f"/v1/{name}/{item['id']}").json())
    accountant = as_role("accountant")
    settled = only(accountant, "/v1/payments?state=auto")
    event = accountant.get(f"/v1/payments/{settled['id']}").json()["undo"]["event_id"]
    undone = decode(types.Undone, accountant.post(f"/v1/undo/{event}").json())
    assert undone.payment is not None
    assert undone.payment.suggestions
    assert undone.payment.suggestions[0].allocate[0][1] == 300_000
