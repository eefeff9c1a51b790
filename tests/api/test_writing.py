"""Changes: once, on the version the caller saw, with the right errors."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import func, select

from gateway.core.clock import FixedClock
from gateway.matching.tables import allocations, decisions
from gateway.orders.tables import invoices
from gateway.store import Store, marks
from gateway.store.schema import alarms, idempotency, journal, outbox
from gateway.tasks.tables import tasks
from gateway.warehouse.tables import pick_lists
from tests.api.conftest import Desk
from tests.api.shop import COMPANY, Shop, at


def rows(store: Store, table: Any) -> int:
    with store.reading() as connection:
        return int(connection.execute(select(func.count()).select_from(table)).scalar_one())


def value(store: Store, column: Any, row_id: str) -> Any:
    with store.reading() as connection:
        return connection.execute(select(column).where(column.table.c.id == row_id)).scalar_one()


@pytest.fixture
def waiting(shop: Shop, clock: FixedClock) -> tuple[str, str]:
    """A payment that waits for a person since some minutes, and the invoice it is for."""
    clock.advance(timedelta(minutes=5))
    invoice = shop.invoice("125")
    payment = shop.payment(state="needs_person", outcome="ambiguous", message_id=shop.message())
    shop.decision(payment, "proposal", "ambiguous")
    return payment, invoice


def allocate(client: httpx.Client, payment: str, *pairs: tuple[str, int], **headers: str) -> httpx.Response:
    named = {name.replace("_", "-"): text for name, text in headers.items()}
    return client.post(
        f"/v1/payments/{payment}/allocate", json={"allocations": [list(p) for p in pairs]}, headers=named
    )


def test_a_payment_is_assigned_by_hand(store: Store, accountant: httpx.Client, waiting: tuple[str, str]) -> None:
    payment, invoice = waiting
    reply = accountant.post(
        f"/v1/payments/{payment}/allocate",
        json={"allocations": [[invoice, 60_00]], "note": "по звонку"},
        headers={"If-Match": '"1"', "Idempotency-Key": "form-1"},
    )
    assert reply.status_code == 200, reply.text
    found = reply.json()
    assert found["state"] == "manual"
    assert found["allocated"] == 60_00
    assert found["rest"] == 40_00
    assert found["invoices"] == ["125"]
    assert found["version"] == 2
    assert found["undo"] is not None
    assert "по звонку" in found["history"][0]["text_ru"]
    assert found["history"][0]["by"] == "accountant:user-accountant"
    assert value(store, invoices.c.rest, invoice) == 40_00


def test_a_repeat_with_the_same_key_has_no_second_effect(
    store: Store, accountant: httpx.Client, waiting: tuple[str, str]
) -> None:
    payment, invoice = waiting
    sent = {"If_Match": '"1"', "Idempotency_Key": "form-1"}
    first = allocate(accountant, payment, (invoice, 60_00), **sent)
    # The version is an old one by now; a repeat is still the same change and no conflict.
    again = allocate(accountant, payment, (invoice, 60_00), **sent)
    assert first.status_code == again.status_code == 200
    assert first.json() == again.json()
    assert rows(store, allocations) == 1
    assert rows(store, decisions) == 2
    assert rows(store, idempotency) == 1


def test_a_key_of_another_input_is_refused(store: Store, accountant: httpx.Client, waiting: tuple[str, str]) -> None:
    payment, invoice = waiting
    allocate(accountant, payment, (invoice, 60_00), Idempotency_Key="form-1")
    other = allocate(accountant, payment, (invoice, 50_00), Idempotency_Key="form-1")
    assert other.status_code == 422
    assert other.json()["error"]["code"] == "idempotency.mismatch"
    assert rows(store, allocations) == 1


def test_keys_of_different_rows_never_meet(shop: Shop, accountant: httpx.Client, waiting: tuple[str, str]) -> None:
    payment, invoice = waiting
    second = shop.payment(state="needs_person")
    assert allocate(accountant, payment, (invoice, 10_00), Idempotency_Key="k").status_code == 200
    assert allocate(accountant, second, (invoice, 10_00), Idempotency_Key="k").status_code == 200


def test_a_stale_version_changes_nothing(store: Store, accountant: httpx.Client, waiting: tuple[str, str]) -> None:
    payment, invoice = waiting
    reply = allocate(accountant, payment, (invoice, 60_00), If_Match='"7"', Idempotency_Key="form-1")
    assert reply.status_code == 412
    error = reply.json()["error"]
    assert error["code"] == "payment.changed"
    assert (error["values"]["version"], error["values"]["given"]) == (1, 7)
    assert rows(store, allocations) == rows(store, idempotency) == 0
    # The key is free: nothing happened under it.
    assert allocate(accountant, payment, (invoice, 60_00), If_Match='"1"', Idempotency_Key="form-1").status_code == 200


def test_a_refused_change_leaves_nothing_behind(
    store: Store, accountant: httpx.Client, waiting: tuple[str, str]
) -> None:
    payment, invoice = waiting
    before = rows(store, journal)
    reply = allocate(accountant, payment, (invoice, 60_00), ("nothing", 1_00), Idempotency_Key="k")
    assert reply.status_code == 422
    assert reply.json()["error"]["code"] == "invoice.unknown"
    assert rows(store, allocations) == 0
    assert rows(store, journal) == before
    assert value(store, invoices.c.rest, invoice) == 100_00


def test_somebody_was_faster(shop: Shop, accountant: httpx.Client, waiting: tuple[str, str]) -> None:
    payment, invoice = waiting
    other = shop.payment(state="needs_person")
    allocate(accountant, other, (invoice, 100_00))
    reply = allocate(accountant, payment, (invoice, 100_00))
    assert reply.status_code == 409
    assert reply.json()["error"]["code"] == "invoice.not_so_much_due"


def test_a_decision_is_taken_back_once(store: Store, accountant: httpx.Client, waiting: tuple[str, str]) -> None:
    payment, invoice = waiting
    event = allocate(accountant, payment, (invoice, 60_00)).json()["undo"]["event_id"]
    reply = accountant.post(f"/v1/undo/{event}", json={}, headers={"Idempotency-Key": "u"})
    assert reply.status_code == 200, reply.text
    found = reply.json()
    assert f"payment:{payment}" in found["changed"]
    assert found["payment"]["state"] == "needs_person"
    assert found["payment"]["allocated"] == 0
    assert found["payment"]["undo"] is None
    assert value(store, invoices.c.rest, invoice) == 100_00
    again = accountant.post(f"/v1/undo/{event}", json={}, headers={"Idempotency-Key": "u"})
    assert again.json()["changed"] == found["changed"]
    late = accountant.post(f"/v1/undo/{event}")
    assert late.status_code == 409
    assert late.json()["error"]["code"] == "undo.not_last"


def test_money_that_is_not_for_goods(accountant: httpx.Client, waiting: tuple[str, str]) -> None:
    payment, _ = waiting
    found = accountant.post(
        f"/v1/payments/{payment}/not-ours", json={"kind": "own_transfer", "note": "со своего\x00счёта"}
    ).json()
    assert found["state"] == "not_ours"
    assert found["outcome"] == "own_transfer"
    assert "\x00" not in found["history"][0]["text_ru"]


def test_a_person_vouches_only_for_what_is_allocated(accountant: httpx.Client, waiting: tuple[str, str]) -> None:
    payment, invoice = waiting
    refused = accountant.post(f"/v1/payments/{payment}/release-confirm", json={})
    assert refused.status_code == 422
    assert refused.json()["error"]["code"] == "payment.not_paid_for"
    allocate(accountant, payment, (invoice, 100_00))
    assert accountant.post(f"/v1/payments/{payment}/release-confirm", json={}).status_code == 200


@pytest.mark.parametrize("header", ['"x"', "x", "-1", '"1', '"99999999999"', '"1","2"'])
def test_an_unreadable_version_is_refused(accountant: httpx.Client, waiting: tuple[str, str], header: str) -> None:
    reply = allocate(accountant, waiting[0], (waiting[1], 1), If_Match=header)
    expected = 200 if header == '"1' else 400
    assert reply.status_code == expected, reply.text


@pytest.mark.parametrize("header", ['"1"', "1", 'W/"1"', "*"])
def test_a_version_may_be_written_in_the_usual_ways(
    accountant: httpx.Client, waiting: tuple[str, str], header: str
) -> None:
    assert allocate(accountant, waiting[0], (waiting[1], 1), If_Match=header).status_code == 200


def test_a_key_is_short_and_printable(accountant: httpx.Client, waiting: tuple[str, str]) -> None:
    for key in ("", "k" * 201, "a b"):
        assert allocate(accountant, waiting[0], (waiting[1], 1), Idempotency_Key=key).status_code == 400


# --- warehouse and calls ---------------------------------------------------------------------------------------------


def test_the_warehouse_takes_and_prints_a_list(store: Store, shop: Shop, warehouse: httpx.Client) -> None:
    pick = shop.pick(shop.order())
    taken = warehouse.post(f"/v1/picks/{pick}/take", json={}, headers={"If-Match": '"1"'}).json()
    assert (taken["state"], taken["taken_by"], taken["version"]) == ("taken", "user-warehouse", 2)
    assert warehouse.post(f"/v1/picks/{pick}/printed", json={}).status_code == 200
    assert value(store, pick_lists.c.printed_at, pick) == at()
    illegal = warehouse.post(f"/v1/picks/{pick}/close", json={})
    assert illegal.status_code == 422
    assert illegal.json()["error"]["code"] == "state.illegal"
    assert warehouse.post(f"/v1/picks/{pick}/burn", json={}).status_code == 422


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ({"picked": "x"}, "quantity.unreadable"),
        ({"picked": "-1"}, "pick_list.too_much"),
        ({"picked": "9"}, "pick_list.too_much"),
        ({"picked": "1"}, "pick_list.reason_missing"),
        ({"picked": "0.0001"}, "quantity.unreadable"),
        ({"id": "nothing", "picked": "1"}, "pick_list.line_unknown"),
    ],
)
def test_impossible_counts_are_refused(shop: Shop, warehouse: httpx.Client, line: dict[str, str], code: str) -> None:
    order = shop.order()
    wanted = shop.order_line(order)
    pick = shop.pick(order, state="taken")
    own = shop.pick_line(pick, wanted)
    reply = warehouse.post(f"/v1/picks/{pick}/pick", json={"lines": [{"id": own, **line}]})
    assert reply.status_code == 422, reply.text
    assert reply.json()["error"]["code"] == code


def test_a_line_is_named_once(shop: Shop, warehouse: httpx.Client) -> None:
    pick = shop.pick(shop.order(), state="taken")
    twice = {"lines": [{"id": "a", "picked": "1"}, {"id": "a", "picked": "2"}]}
    reply = warehouse.post(f"/v1/picks/{pick}/pick", json=twice)
    assert reply.status_code == 422
    assert reply.json()["error"]["code"] == "api.invalid"


def test_a_call_is_taken_put_off_and_done(store: Store, shop: Shop, manager: httpx.Client) -> None:
    task = shop.task()
    taken = manager.post(f"/v1/tasks/{task}/take", json={}, headers={"If-Match": '"1"'}).json()
    assert (taken["state"], taken["taken_by"]) == ("taken", "user-manager")
    snoozed = manager.post(f"/v1/tasks/{task}/snooze", json={"minutes": 5}).json()
    assert (snoozed["state"], snoozed["due_at"]) == ("snoozed", at(5))
    done = manager.post(
        f"/v1/tasks/{task}/done",
        json={"result": "agreed_delivery", "note": "завтра", "agreed_at": "2026-11-22T12:00:00+03:00"},
    ).json()
    assert done["state"] == "done"
    assert value(store, tasks.c.agreed_at, task) == "2026-11-22T09:00:00.000000Z"
    assert manager.post(f"/v1/tasks/{task}/take", json={}).status_code == 422


def test_an_instant_needs_its_zone(shop: Shop, manager: httpx.Client) -> None:
    task = shop.task()
    body = {"result": "agreed_delivery", "agreed_at": "2026-11-22T12:00:00"}
    assert manager.post(f"/v1/tasks/{task}/done", json=body).status_code == 422


def test_the_warehouse_cannot_answer_the_managers_calls(shop: Shop, warehouse: httpx.Client) -> None:
    task = shop.task()
    assert warehouse.post(f"/v1/tasks/{task}/take", json={}).status_code == 404


def test_the_manager_cancels_and_ships(shop: Shop, manager: httpx.Client) -> None:
    order = shop.order()
    early = manager.post(f"/v1/orders/{order}/ship", json={"note": ""})
    assert early.status_code == 422
    assert early.json()["error"]["code"] == "order.cannot_ship"
    found = manager.post(f"/v1/orders/{order}/cancel", json={"note": "передумал"}, headers={"If-Match": '"1"'}).json()
    assert found["headline"] == "cancelled"
    ready = shop.order(ship_state="ready", headline="ready")
    assert manager.post(f"/v1/orders/{ready}/ship", json={}).json()["headline"] == "shipped"


# --- machinery -------------------------------------------------------------------------------------------------------


def test_it_asks_the_bank_now(desk: Desk, administrator: httpx.Client) -> None:
    assert administrator.post("/v1/health/poll", json={}).json()["ok"] is True
    assert desk.polls == 1


def test_a_dead_letter_is_tried_again(store: Store, shop: Shop, administrator: httpx.Client) -> None:
    letter = shop.letter()
    assert administrator.post(f"/v1/outbox/{letter}/retry", json={}).status_code == 200
    assert value(store, outbox.c.dead_at, letter) is None
    again = administrator.post(f"/v1/outbox/{letter}/retry")
    assert again.status_code == 409
    assert again.json()["error"]["code"] == "outbox.not_dead"


def test_an_alarm_is_seen(store: Store, shop: Shop, administrator: httpx.Client) -> None:
    alarm = shop.alarm()
    assert administrator.post(f"/v1/alarms/{alarm}/acknowledge", json={}).status_code == 200
    assert value(store, alarms.c.state, alarm) == "acknowledged"
    assert value(store, alarms.c.ended_by, alarm) == "it:user-it"
    assert administrator.post(f"/v1/alarms/{alarm}/acknowledge", json={}).status_code == 409


def test_the_director_switches_automatic_release(store: Store, director: httpx.Client) -> None:
    assert director.get("/v1/status").json()["release_mode"] == "manual"
    reply = director.post("/v1/settings/release", json={"mode": "automatic"}, headers={"Idempotency-Key": "k"})
    assert reply.json()["release_mode"] == "automatic"
    assert director.get("/v1/status").json()["release_mode"] == "automatic"
    with store.reading() as connection:
        assert marks.get(connection, COMPANY, "release.mode") == "automatic"


def test_an_act_without_words_needs_no_body(shop: Shop, warehouse: httpx.Client, manager: httpx.Client) -> None:
    assert warehouse.post(f"/v1/picks/{shop.pick(shop.order())}/take").status_code == 200
    assert manager.post(f"/v1/tasks/{shop.task()}/take").status_code == 200
    assert manager.post(f"/v1/orders/{shop.order()}/cancel").status_code == 200


def test_a_version_means_nothing_where_none_is_counted(shop: Shop, administrator: httpx.Client) -> None:
    for path in (f"/v1/alarms/{shop.alarm()}/acknowledge", f"/v1/outbox/{shop.letter()}/retry"):
        assert administrator.post(path, headers={"If-Match": '"7"'}).status_code == 200
