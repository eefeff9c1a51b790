"""Cash on delivery over the API: debts that follow parcels, what is missing, the chain, parcels of orders."""

from __future__ import annotations

import base64
import io
from typing import Any

import httpx
import openpyxl
from fastapi import FastAPI

from gateway.store import Store
from tests.api.shop import Shop
from tests.api.test_parcel_report import put
from tests.api.test_parcels import OTHER, PARCEL, TRACK
from tests.api.test_parcels import parcel as parcel


def card(client: httpx.Client, parcel_id: str) -> dict[str, Any]:
    found: dict[str, Any] = client.get(f"/v1/parcels/{parcel_id}").json()
    return found


def debt(client: httpx.Client, parcel_id: str) -> tuple[str, str, int]:
    """Number, state and rest of the invoice its money is waited for by."""
    invoice = card(client, parcel_id)["invoice"]
    return invoice["number"], invoice["state"], invoice["rest"]


def test_a_debt_opens_and_closes_with_its_parcel(manager: httpx.Client, parcel: str) -> None:
    assert debt(manager, parcel) == (TRACK, "open", 99_000)
    manager.post(f"/v1/parcels/{parcel}/end", json={"note": "не наша"})
    assert debt(manager, parcel)[1] == "cancelled"
    manager.post(f"/v1/parcels/{parcel}/reopen", json={"note": "наша"})
    assert debt(manager, parcel) == (TRACK, "open", 99_000)


def test_a_list_opens_the_debts_of_its_parcels(manager: httpx.Client, app: FastAPI) -> None:
    content = base64.b64encode(f"Трек;НП\n{TRACK};990\n{OTHER};\n".encode()).decode()
    asked = {"file_name": "список.csv", "content": content, "mapping": {"track": "Трек", "cod": "НП"}}
    manager.post("/v1/parcel-lists", json=asked)
    assert app.state.intake_run.wait(10)
    ids = {one["track"]: one["id"] for one in manager.get("/v1/parcels").json()["items"]}
    assert debt(manager, ids[TRACK]) == (TRACK, "open", 99_000)
    assert card(manager, ids[OTHER])["invoice"] is None


def test_what_is_missing_is_listed_by_carrier(manager: httpx.Client, parcel: str, store: Store) -> None:
    other = manager.post("/v1/parcels", json={"track": OTHER, "cod": 10_000}).json()["id"]
    missing = {"stage": "delivered", "watch": "ended", "cod_state": "missing"}
    put(store, parcel, **missing, cod_due="2026-11-02", cod_received=9_000)
    put(store, other, **missing, cod_due="2026-11-01")
    first = manager.get("/v1/parcel-missing", params={"limit": 1}).json()
    assert first["totals"] == [{"carrier": "post", "count": 2, "amount": 100_000, "since": "2026-11-01"}]
    then = manager.get("/v1/parcel-missing", params={"limit": 1, "after": first["next"]}).json()
    assert [one["id"] for one in first["items"] + then["items"]] == [other, parcel]
    assert manager.get("/v1/parcel-missing", params={"carrier": "cdek"}).json()["items"] == []


def test_the_moneys_word_is_taken_by_who_decides_on_payments(
    manager: httpx.Client, accountant: httpx.Client, parcel: str, store: Store
) -> None:
    put(store, parcel, stage="returned", watch="ended", ended_how="carrier", cod_state="void")
    assert card(accountant, parcel)["actions"] == ["expect_again"]
    assert "expect_again" not in card(manager, parcel)["actions"]
    path, body = f"/v1/parcels/{parcel}/expect-again", {"note": "почта подтвердила"}
    assert manager.post(path, json=body).status_code == 403
    stale = accountant.post(path, json=body, headers={"If-Match": '"99"'})
    assert stale.status_code == 412
    assert accountant.post(path, json=body).json()["cod_state"] == "expected"
    assert "почта подтвердила" in card(manager, parcel)["timeline"][-1]["text_ru"]
    assert accountant.post(path, json=body).json()["error"]["code"] == "parcel.cod_not_void"


def test_the_chain_leads_to_the_banks_message(
    manager: httpx.Client, accountant: httpx.Client, parcel: str, shop: Shop
) -> None:
    path = f"/v1/parcels/{parcel}/money"
    assert manager.get(path).status_code == 403  # it names payers
    before = accountant.get(path).json()
    assert (before["missing"], before["money"], before["invoice"]["own"]) == (99_000, [], True)
    message = shop.message()
    payment = shop.payment(message_id=message)
    shop.allocation(payment, before["invoice"]["id"], 40_000, decision_id=shop.decision(payment, "manual"))
    [money] = accountant.get(path).json()["money"]
    assert (money["payment_id"], money["amount"], money["message_id"], money["kind"]) == (
        payment, 40_000, message, "manual",
    )  # fmt: skip
    assert accountant.get("/v1/parcels/nothing/money").status_code == 404


def test_an_orders_parcel_takes_its_buyer_from_the_order(manager: httpx.Client, shop: Shop) -> None:
    order = shop.order()
    key = {"Idempotency-Key": "typed"}
    made = manager.post(f"/v1/orders/{order}/parcels", json={"track": TRACK, "cod": 50_000}, headers=key).json()
    again = manager.post(f"/v1/orders/{order}/parcels", json={"track": TRACK, "cod": 50_000}, headers=key).json()
    assert (made["outcome"], made["id"]) == ("taken", again["id"])
    found = manager.get(f"/v1/orders/{order}").json()
    assert [(one["id"], one["track"], one["cod"], one["stage_ru"]) for one in found["parcels"]] == [
        (made["id"], TRACK, 50_000, card(manager, made["id"])["stage_ru"])
    ]
    assert (card(manager, made["id"])["order_no"], debt(manager, made["id"])[2]) == (found["number"], 50_000)
    wrong = manager.post(f"/v1/orders/{order}/parcels", json={"track": "посылка"})
    assert wrong.json()["error"]["code"] == "parcel.track_wrong"
    assert manager.post("/v1/orders/nothing/parcels", json={"track": OTHER}).status_code == 404


def test_the_morning_report_is_handed_out_as_a_workbook(manager: httpx.Client, parcel: str, store: Store) -> None:
    put(store, parcel, stage="delivered", watch="ended", cod_state="missing", cod_due="2026-11-01")
    reply = manager.get("/v1/parcel-report.xlsx")
    assert reply.headers["content-type"].startswith("application/vnd.openxmlformats")
    assert "parcels-20" in reply.headers["content-disposition"]
    cells = [cell.value for sheet in openpyxl.load_workbook(io.BytesIO(reply.content)) for row in sheet for cell in row]
    assert TRACK in cells and PARCEL["name"] in cells
