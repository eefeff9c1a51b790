"""Orders, pick lists and tasks, as each role reads them."""

from __future__ import annotations

import json
from collections.abc import Callable

import httpx
import pytest

from gateway.core.clock import FixedClock
from gateway.store.schema import dumps
from tests.api.shop import NOW, Shop, at

MONEY = {"amount", "paid", "price", "rest", "allocated", "total_kopecks"}


def keys_of(value: object) -> set[str]:
    """Every key of a JSON value, at any depth."""
    if isinstance(value, dict):
        return set(value) | {k for v in value.values() for k in keys_of(v)}
    if isinstance(value, list):
        return {k for v in value for k in keys_of(v)}
    return set()


def story(shop: Shop) -> dict[str, str]:
    """One order, paid, released and being picked."""
    shop.goods()
    shop.warehouse()
    message = shop.message()
    order = shop.order(
        "З-7",
        paid=100_00,
        pay_state="paid",
        stock_state="reserved",
        ship_state="picking",
        headline="picking",
        bank_time=at(),
    )
    line = shop.order_line(order, qty=3000)
    invoice = shop.invoice("125", order_id=order, rest=0, state="paid")
    payment = shop.payment(message_id=message, allocated=100_00)
    shop.allocation(payment, invoice, 100_00)
    release = shop.release(order, message_ids=dumps([message]), payment_ids=dumps([payment]))
    shop.timeline(order, call_task_at=at(3.5))
    pick = shop.pick(order, release_id=release, state="short", taken_by="Николай")
    pick_line = shop.pick_line(pick, line, qty=2500, picked=2000, short_reason="missing")
    shop.reservation(order, line, pick, qty=2000, state="picked")
    shop.backorder(order, line, 500)
    task = shop.task(order_id=order, order_number="З-7")
    return {
        "order": order,
        "pick": pick,
        "pick_line": pick_line,
        "task": task,
        "payment": payment,
        "message": message,
    }


# --- orders ----------------------------------------------------------------------------------------------------------


def test_an_order_shows_all_that_belongs_to_it(shop: Shop, accountant: httpx.Client) -> None:
    made = story(shop)
    found = accountant.get(f"/v1/orders/{made['order']}").json()
    assert found["headline"] == "picking"
    assert found["headline_ru"] == "Собирается"
    assert found["lines"] == [
        {
            "sku": "SKU-p1",
            "name": "Рама А4",
            "qty": "3",
            "unit": "шт",
            "price": 5000,
            "amount": 10000,
            "reserved": "2",
            "picked": "2",
            "backorder": "0.5",
        }
    ]
    assert [i["number"] for i in found["invoices"]] == ["125"]
    assert [p["id"] for p in found["payments"]] == [made["payment"]]
    assert found["release"]["evidence"] == [made["message"]]
    assert found["release"]["rule"][0] == {
        "code": "fully_paid",
        "ok": True,
        "text_ru": "Оплачен полностью (или недостача в пределах допуска)",
        "text_en": "Paid in full (or short within the tolerance)",
    }
    assert [p["id"] for p in found["picks"]] == [made["pick"]]
    assert [t["id"] for t in found["tasks"]] == [made["task"]]
    assert found["sla"] == {
        "bank_time": at(),
        "received_s": 60.0,
        "allocated_s": 120.0,
        "pick_list_s": 180.0,
        "call_task_s": 210.0,
        "call_done_s": None,
    }
    assert found["address"] == "Москва"


def test_a_withdrawn_release_does_not_count(shop: Shop, accountant: httpx.Client) -> None:
    order = shop.order()
    shop.release(order, withdrawn_at=at(9), withdrawn_reason="undone")
    found = accountant.get(f"/v1/orders/{order}").json()
    assert found["release"] is None
    assert found["sla"] is None
    assert found["picks"] == found["tasks"] == found["payments"] == []


def test_a_manager_sees_the_order_and_not_the_payments(shop: Shop, manager: httpx.Client) -> None:
    made = story(shop)
    found = manager.get(f"/v1/orders/{made['order']}").json()
    assert found["amount"] == 100_00
    assert found["payments"] == []


def test_orders_are_counted_by_headline(shop: Shop, manager: httpx.Client) -> None:
    shop.order("А-1", headline="unpaid")
    held = shop.order("А-2", headline="on_hold", hold_reason="storno")
    shop.order("Б-3", headline="paid")
    page = manager.get("/v1/orders?state=on_hold").json()
    assert [o["id"] for o in page["items"]] == [held]
    assert page["counts"]["all"] == 3
    assert page["counts"]["unpaid"] == page["counts"]["on_hold"] == page["counts"]["paid"] == 1
    assert page["counts"]["shipped"] == 0
    assert manager.get("/v1/orders?q=а-").json()["total"] == 2


@pytest.mark.parametrize("sort", ["date", "number", "buyer", "amount", "paid", "headline", "delivery", "bank_time"])
def test_orders_walk_in_any_order(shop: Shop, manager: httpx.Client, sort: str) -> None:
    for n in range(7):
        shop.order(amount=n % 3, bank_time=at(n) if n % 2 else None, delivery="pickup" if n % 3 else "delivery")
    for sign in ("", "-"):
        whole = [o["id"] for o in manager.get(f"/v1/orders?sort={sign}{sort}").json()["items"]]
        seen: list[str] = []
        after: str | None = ""
        while after is not None:
            page = manager.get("/v1/orders", params={"sort": sign + sort, "limit": 2, "after": after}).json()
            seen += [o["id"] for o in page["items"]]
            after = page["next"]
        assert seen == whole
        assert len(whole) == 7


# --- picks -----------------------------------------------------------------------------------------------------------


def test_a_pick_list_shows_what_to_do_and_why_it_may(shop: Shop, warehouse: httpx.Client) -> None:
    made = story(shop)
    found = warehouse.get(f"/v1/picks/{made['pick']}").json()
    assert found["warehouse"] == "Главный"
    assert found["order_number"] == "З-7"
    assert found["buyer"] == "ООО «Рама»"
    assert found["lines"] == [
        {
            "id": made["pick_line"],
            "sku": "SKU-p1",
            "name": "Рама А4",
            "bin": "A-01",
            "unit": "шт",
            "qty": "2.5",
            "picked": "2",
            "short_reason": "missing",
        }
    ]
    assert found["evidence"]["message_ids"] == [made["message"]]
    assert found["evidence"]["payment_ids"] == [made["payment"]]
    assert len(found["evidence"]["sha256"]) == 64
    assert found["actions"] == ["close", "cancel", "printed"]


@pytest.mark.parametrize(
    ("state", "actions"),
    [
        ("to_confirm", ["confirm", "cancel", "printed"]),
        ("new", ["take", "start", "pick", "cancel", "printed"]),
        ("picking", ["pick", "cancel", "printed"]),
        ("closed", []),
        ("cancelled", []),
    ],
)
def test_actions_follow_the_state_and_the_role(
    shop: Shop, warehouse: httpx.Client, director: httpx.Client, state: str, actions: list[str]
) -> None:
    pick = shop.pick(shop.order(), state=state)
    assert warehouse.get(f"/v1/picks/{pick}").json()["actions"] == actions
    assert director.get(f"/v1/picks/{pick}").json()["actions"] == []


def test_tabs_of_the_warehouse(shop: Shop, warehouse: httpx.Client) -> None:
    order = shop.order()
    for state in ("to_confirm", "new", "new", "taken", "picking", "picked", "short", "closed", "cancelled"):
        shop.pick(order, state=state)
    page = warehouse.get("/v1/picks").json()
    assert page["total"] == 7
    assert page["counts"] == {
        "open": 7,
        "to_confirm": 1,
        "new": 2,
        "working": 3,
        "short": 1,
        "done": 1,
        "all": 9,
    }
    assert {p["state"] for p in warehouse.get("/v1/picks?state=working").json()["items"]} == {
        "taken",
        "picking",
        "picked",
    }


def test_urgent_lists_come_first(shop: Shop, warehouse: httpx.Client) -> None:
    order = shop.order()
    late = shop.pick(order, due_at=at(90))
    soon = shop.pick(order, due_at=at(10))
    never = shop.pick(order, due_at=None)
    urgent = shop.pick(order, due_at=at(80), priority=1)
    assert [p["id"] for p in warehouse.get("/v1/picks").json()["items"]] == [urgent, soon, late, never]


def test_the_warehouse_meets_no_money_anywhere(shop: Shop, warehouse: httpx.Client, director: httpx.Client) -> None:
    made = story(shop)
    own = shop.task(kind="stop", reason="task.stop_picking", role="warehouse", amount=100_00)
    seen: set[str] = set()
    for path in (
        "/v1/picks?state=all",
        f"/v1/picks/{made['pick']}",
        "/v1/tasks?state=all",
        f"/v1/tasks/{own}",
        "/v1/status",
        "/v1/me",
    ):
        reply = warehouse.get(path)
        assert reply.status_code == 200
        seen |= keys_of(reply.json())
        assert "100.00" not in reply.text and "100,00" not in reply.text
        assert "10000" not in reply.text
    assert not seen & MONEY
    assert warehouse.get("/v1/tasks?sort=amount").status_code == 400
    # The same task with the money, for those who may see it.
    assert director.get(f"/v1/tasks/{own}").json()["amount"] == 100_00


# --- tasks -----------------------------------------------------------------------------------------------------------


def test_a_task_speaks_from_the_catalogue(shop: Shop, manager: httpx.Client) -> None:
    task = shop.task()
    found = manager.get(f"/v1/tasks/{task}").json()
    assert found["title_ru"] == "Позвонить: заказ З-1 оплачен, товар собирают"
    assert "100,00" in found["script_ru"]
    assert found["title_en"].startswith("Call: order")
    assert found["amount"] == 100_00
    assert set(found) == {
        "id",
        "version",
        "kind",
        "title_ru",
        "title_en",
        "state",
        "due_at",
        "overdue",
        "created_at",
        "taken_by",
        "role",
        "order_id",
        "order_number",
        "payment_id",
        "buyer",
        "phone",
        "script_ru",
        "script_en",
        "amount",
        "delivery",
        "attempts",
        "server_time",
    }


def test_people_see_their_own_tasks_and_those_who_read_payments_see_all(
    shop: Shop, as_role: Callable[[str], httpx.Client]
) -> None:
    made = {
        role: shop.task(role=role, kind="review", reason="task.confirm_stock")
        for role in ("accountant", "warehouse", "manager")
    }
    for reader, owners in (
        ("accountant", {"accountant", "warehouse", "manager"}),
        ("director", {"accountant", "warehouse", "manager"}),
        ("manager", {"manager"}),
        ("warehouse", {"warehouse"}),
    ):
        client = as_role(reader)
        assert {t["role"] for t in client.get("/v1/tasks").json()["items"]} == owners
        for role, task in made.items():
            assert client.get(f"/v1/tasks/{task}").status_code == (200 if role in owners else 404)


def test_late_tasks_are_counted_by_the_services_clock(shop: Shop, manager: httpx.Client, clock: FixedClock) -> None:
    first = shop.task(due_at=at(15))
    second = shop.task(due_at=at(5))
    shop.task(due_at=at(5), state="done")
    shop.task(due_at=at(5), kind="short", reason="task.short")
    page = manager.get("/v1/tasks?kind=call").json()
    assert [t["id"] for t in page["items"]] == [second, first]
    assert page["counts"] == {"open": 2, "done": 1, "all": 3, "overdue": 0}
    clock.at = NOW.replace(minute=10)
    page = manager.get("/v1/tasks?kind=call").json()
    assert page["counts"]["overdue"] == 1
    assert [t["overdue"] for t in page["items"]] == [True, False]
    assert manager.get("/v1/tasks?kind=nothing").json()["items"] == []


@pytest.mark.parametrize("q", ["анна", "Анна", "з-1", "+7999", "000001"])
def test_calls_are_found_by_what_the_caller_says(shop: Shop, manager: httpx.Client, q: str) -> None:
    task = shop.task()
    shop.task(buyer="Пётр", phone="+70000000000", order_number="Х-2")
    assert [t["id"] for t in manager.get("/v1/tasks", params={"q": q}).json()["items"]] == [task]


def test_nothing_in_the_api_is_a_float_of_money(shop: Shop, accountant: httpx.Client) -> None:
    made = story(shop)
    raw = accountant.get(f"/v1/orders/{made['order']}").text
    found = json.loads(raw, parse_float=lambda text: f"float {text}")
    for key in ("amount", "paid"):
        assert isinstance(found[key], int)
    assert isinstance(found["lines"][0]["price"], int)
