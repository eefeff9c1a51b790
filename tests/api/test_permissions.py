"""Who may call what. Every route of the application stands in the table; a new one fails here until it is added."""

from __future__ import annotations

from collections.abc import Callable

import httpx
import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute

from gateway.api.tokens import PERSONAL_ROLES, create_user
from gateway.core.authority import OUTSIDE, RIGHTS, Actor, Role
from gateway.core.errors import Refused
from gateway.service.commands.people import PersonalRole
from gateway.store import Store

A, W, M, C, IT, D = "accountant", "warehouse", "manager", "call_centre", "it", "director"
EVERYBODY = {A, W, M, C, IT, D}
OPEN = None  # needs no token

MATRIX: dict[tuple[str, str], set[str] | None] = {
    ("GET", "/healthz"): OPEN,
    ("GET", "/metrics"): OPEN,
    ("GET", "/v1/me"): EVERYBODY,
    ("GET", "/v1/status"): EVERYBODY,
    ("GET", "/v1/events"): EVERYBODY,
    ("GET", "/v1/health"): {A, M, IT, D},
    ("POST", "/v1/health/poll"): {IT},
    ("POST", "/v1/outbox/{letter_id}/retry"): {IT},
    ("POST", "/v1/alarms/{alarm_id}/acknowledge"): {IT},
    ("POST", "/v1/settings/release"): {D},
    ("GET", "/v1/trials"): {A, D},
    ("GET", "/v1/evidence/{message_id}"): {A, IT, D},
    ("GET", "/v1/payments"): {A, D},
    ("GET", "/v1/payments/{payment_id}"): {A, D},
    ("POST", "/v1/payments/{payment_id}/allocate"): {A},
    ("POST", "/v1/payments/{payment_id}/not-ours"): {A},
    ("POST", "/v1/payments/{payment_id}/release-confirm"): {A},
    ("POST", "/v1/undo/{event_id}"): {A},
    ("GET", "/v1/payer-rules"): {A, D},
    ("POST", "/v1/payer-rules"): {A},
    ("POST", "/v1/payer-rules/{rule_id}/revoke"): {A},
    ("GET", "/v1/registries"): {A, D},
    ("GET", "/v1/registries/{registry_id}"): {A, D},
    ("POST", "/v1/registries"): {A},
    ("POST", "/v1/registries/preview"): {A},
    ("POST", "/v1/registries/{registry_id}/withdraw"): {A},
    ("GET", "/v1/registry-mappings"): {A, D},
    ("GET", "/v1/registry-mappings/{partner_inn}"): {A, D},
    ("PUT", "/v1/registry-mappings/{partner_inn}"): {A},
    ("GET", "/v1/bank"): {A, M, IT, D},
    ("GET", "/v1/outgoing"): {A, D},
    ("GET", "/v1/outgoing/{payment_order_id}"): {A, D},
    ("POST", "/v1/outgoing"): {A, D},
    ("POST", "/v1/outgoing/{payment_order_id}/approve"): {A, D},
    ("POST", "/v1/outgoing/{payment_order_id}/reject"): {A, D},
    ("POST", "/v1/outgoing/{payment_order_id}/withdraw"): {A, D},
    ("POST", "/v1/outgoing/{payment_order_id}/send-again"): {A, D},
    ("POST", "/v1/outgoing/{payment_order_id}/did-not-go"): {A, D},
    ("GET", "/v1/invoices"): {A, M, D},
    ("GET", "/v1/orders"): {A, M, D},
    ("GET", "/v1/orders/{order_id}"): {A, M, D},
    ("POST", "/v1/orders/{order_id}/cancel"): {M},
    ("POST", "/v1/orders/{order_id}/ship"): {M},
    ("GET", "/v1/picks"): {A, W, M, D},
    ("GET", "/v1/picks/{pick_id}"): {A, W, M, D},
    ("POST", "/v1/picks/{pick_id}/{action}"): {W},
    ("GET", "/v1/tasks"): {A, W, M, C, D},
    ("GET", "/v1/tasks/{task_id}"): {A, W, M, C, D},
    ("POST", "/v1/tasks/{task_id}/take"): {A, W, M},
    ("POST", "/v1/tasks/{task_id}/done"): {A, W, M},
    ("POST", "/v1/tasks/{task_id}/snooze"): {A, W, M},
    ("GET", "/v1/loans"): {A, M, C, D},
    ("GET", "/v1/loans/board"): {A, M, C, D},
    ("GET", "/v1/loans/problems"): {A, M, C, D},
    ("GET", "/v1/loans/ageing"): {A, M, C, D},
    ("GET", "/v1/loans/{loan_id}"): {A, M, C, D},
    ("GET", "/v1/loans/{loan_id}/buyer"): {M, C},
    ("POST", "/v1/loans"): {M, C},
    ("PUT", "/v1/loans/{loan_id}/purchase"): {M, C},
    ("GET", "/v1/loans/{loan_id}/questionnaire"): {M, C},
    ("PUT", "/v1/loans/{loan_id}/questionnaire"): {M, C},
    ("POST", "/v1/loans/{loan_id}/consent"): {M, C},
    ("GET", "/v1/loans/{loan_id}/lenders"): {M, C},
    ("POST", "/v1/loans/{loan_id}/submit"): {M, C},
    ("POST", "/v1/loans/{loan_id}/send-again"): {M, C},
    ("POST", "/v1/loans/{loan_id}/withdraw"): {M, C},
    ("POST", "/v1/loans/{loan_id}/accept"): {M},
    ("POST", "/v1/loans/{loan_id}/cancel"): {M, C},
    ("GET", "/v1/loan-calls"): {M, C},
    ("POST", "/v1/loan-calls/next"): {M, C},
    ("POST", "/v1/loans/{loan_id}/call"): {M, C},
    ("POST", "/v1/loans/{loan_id}/call/result"): {M, C},
    ("POST", "/v1/loans/{loan_id}/call/hang-up"): {M, C},
    ("GET", "/v1/loan-calculator"): {A, M, C, D},
    ("POST", "/v1/loans/{loan_id}/identity"): {M},
    ("POST", "/v1/loans/{loan_id}/sign"): {M},
    ("POST", "/v1/loans/{loan_id}/no-show"): {M},
    ("POST", "/v1/loans/{loan_id}/refuse"): {M},
    ("POST", "/v1/loans/{loan_id}/verify"): {M},
    ("POST", "/v1/loans/{loan_id}/fault"): {M},
    ("POST", "/v1/loans/{loan_id}/resign"): {M},
    ("POST", "/v1/loans/{loan_id}/confirm-sums"): {M},
    ("POST", "/v1/loans/{loan_id}/visit/order"): {M},
    ("POST", "/v1/loans/{loan_id}/visit/out"): {M},
    ("POST", "/v1/loans/{loan_id}/visit/met"): {M},
    ("POST", "/v1/loans/{loan_id}/visit/empty"): {M},
    ("POST", "/v1/loans/{loan_id}/original/send"): {M},
    ("POST", "/v1/loans/{loan_id}/original/arrive"): {M},
    ("POST", "/v1/loans/{loan_id}/original/accept"): {M},
    ("POST", "/v1/loans/{loan_id}/original/reject"): {M},
    ("POST", "/v1/loans/{loan_id}/original/lost"): {M},
    ("POST", "/v1/loans/{loan_id}/goods/release"): {M},
    ("POST", "/v1/loans/{loan_id}/goods/ship"): {M},
    ("POST", "/v1/loans/{loan_id}/goods/deliver"): {M},
    ("POST", "/v1/loans/{loan_id}/goods/return"): {M},
    ("POST", "/v1/loan-returns/{return_id}/draft"): {A, D},
    ("POST", "/v1/loan-returns/{return_id}/waive"): {A, D},
    ("POST", "/v1/loan-documents"): {M},
    ("GET", "/v1/loan-documents/{document_id}"): {A, M, C, D},
    ("GET", "/v1/lenders"): {A, M, C, IT, D},
    ("GET", "/v1/lenders/calls"): {A, M, C, IT, D},
    ("POST", "/v1/lenders/{lender}/ask"): {M, IT},
    ("GET", "/v1/loan-terms"): {A, M, C, D},
    ("POST", "/v1/loan-terms/tariffs"): {D},
    ("POST", "/v1/loan-terms/signing"): {D},
    ("POST", "/v1/loan-terms/lenders"): {D},
    ("GET", "/v1/shops"): {A, M, C, D},
    ("GET", "/v1/shops/{shop_id}"): {A, M, C, D},
    ("POST", "/v1/shops"): {D},
    ("POST", "/v1/shops/check"): {D},
    ("PUT", "/v1/shops/{shop_id}"): {D},
    ("POST", "/v1/shops/{shop_id}/activate"): {D},
    ("POST", "/v1/shops/{shop_id}/suspend"): {D},
    ("POST", "/v1/shops/{shop_id}/close"): {D},
    ("POST", "/v1/shops/{shop_id}/access"): {D},
    ("POST", "/v1/shops/{shop_id}/access/{access_id}/revoke"): {D},
    ("GET", "/v1/settlement/statements"): {A, D},
    ("GET", "/v1/settlement/statements/{statement_id}"): {A, D},
    ("GET", "/v1/settlement/statements/{statement_id}/lines"): {A, D},
    ("POST", "/v1/settlement/statements/{statement_id}/send"): {A, D},
    ("POST", "/v1/settlement/statements/{statement_id}/accept"): {A, D},
    ("POST", "/v1/settlement/statements/{statement_id}/dispute"): {A, D},
    ("POST", "/v1/settlement/statements/{statement_id}/fix"): {A, D},
    ("POST", "/v1/settlement/statements/{statement_id}/carry"): {A, D},
    ("POST", "/v1/settlement/statements/{statement_id}/claim"): {A, D},
    ("POST", "/v1/settlement/statements/{statement_id}/draft"): {A, D},
    ("GET", "/v1/settlement/statements/{statement_id}/statement.xlsx"): {A, D},
    ("GET", "/v1/settlement/lines"): {A, D},
    ("POST", "/v1/settlement/lines/{line_id}/take-back"): {A, D},
    ("POST", "/v1/settlement/charges"): {A, D},
    ("POST", "/v1/settlement/corrections"): {A, D},
    ("GET", "/v1/settlement/balances"): {A, D},
    ("GET", "/v1/settlement/period"): {A, D},
    ("POST", "/v1/settlement/period"): {A, D},
    ("POST", "/v1/settlement/period/stop"): {A, D},
    ("GET", "/v1/parcels"): {A, W, M, D},
    ("GET", "/v1/parcels/{parcel_id}"): {A, W, M, D},
    ("POST", "/v1/parcels"): {W, M},
    ("POST", "/v1/parcels/{parcel_id}/ask"): {M},
    ("POST", "/v1/parcels/{parcel_id}/delivered"): {M},
    ("POST", "/v1/parcels/{parcel_id}/end"): {M},
    ("POST", "/v1/parcels/{parcel_id}/reopen"): {M},
    ("PUT", "/v1/parcels/{parcel_id}/contacts"): {M},
    ("POST", "/v1/parcels/{parcel_id}/mute"): {M},
    ("POST", "/v1/parcels/{parcel_id}/links/revoke"): {M},
    ("POST", "/v1/parcel-lists/preview"): {W, M},
    ("POST", "/v1/parcel-lists"): {W, M},
    ("GET", "/v1/parcel-lists"): {A, W, M, D},
    ("GET", "/v1/parcel-lists/{list_id}"): {A, W, M, D},
    ("GET", "/v1/parcel-lists/{list_id}/rows"): {A, W, M, D},
    ("POST", "/v1/parcel-lists/{list_id}/stop"): {W, M},
    ("GET", "/v1/parcel-report"): {A, W, M, D},
    ("GET", "/v1/parcel-report.xlsx"): {A, W, M, D},
    ("GET", "/v1/parcel-sums"): {A, W, M, D},
    ("GET", "/v1/parcel-missing"): {A, W, M, D},
    ("GET", "/v1/parcels/{parcel_id}/money"): {A, D},
    ("POST", "/v1/parcels/{parcel_id}/expect-again"): {A},
    ("POST", "/v1/orders/{order_id}/parcels"): {W, M},
    ("POST", "/v1/parcel-check"): {W, M},
    ("POST", "/v1/parcel-claims"): {M},
    ("POST", "/v1/parcels/{parcel_id}/search-request"): {M},
    ("GET", "/v1/notifications/unknown"): {A, W, M, D},
    ("GET", "/v1/notifications/spend"): {A, W, M, D},
    ("POST", "/v1/notifications/{notification_id}/resend"): {M},
    ("GET", "/v1/notification-texts"): {A, W, M, D},
    ("POST", "/v1/notification-texts/preview"): {A, W, M, D},
    ("GET", "/v1/notification-texts/{event}/{channel}"): {A, W, M, D},
    ("GET", "/v1/notification-settings"): {A, W, M, D},
    ("PUT", "/v1/notification-texts"): {M, D},
    ("GET", "/v1/consents"): {M},
    ("POST", "/v1/consents"): {M},
}
SHOP = {
    "key": "x", "name": "x", "inn": "0", "account": "0", "bic": "0", "bank_name": "x", "email": "x", "phone": "0",
    "region": "77",
}  # fmt: skip
BODIES = {
    "/v1/outgoing": {
        "account": "0",
        "payee": {"name": "x", "account": "0", "bic": "0"},
        "amount": 1,
        "purpose": "x",
    },
    "/v1/outgoing/{payment_order_id}/reject": {"note": "x"},
    "/v1/outgoing/{payment_order_id}/withdraw": {"note": "x"},
    "/v1/outgoing/{payment_order_id}/send-again": {"note": "x"},
    "/v1/outgoing/{payment_order_id}/did-not-go": {"note": "x"},
    "/v1/settings/release": {"mode": "manual"},
    "/v1/payments/{payment_id}/allocate": {"allocations": [["i", 1]]},
    "/v1/payments/{payment_id}/not-ours": {"kind": "refund"},
    "/v1/payer-rules": {"payment_id": "nothing", "party": "7707083893"},
    "/v1/registries": {"partner_inn": "7700000122", "file_name": "x", "content": ""},
    "/v1/registries/preview": {"partner_inn": "7700000122", "file_name": "x", "content": ""},
    "/v1/registry-mappings/{partner_inn}": {
        "key": ["x"],
        "kind": "order",
        "amount": "y",
        "number": {"column": "n"},
        "date": {"column": "d"},
    },
    "/v1/tasks/{task_id}/done": {"result": "resolved"},
    "/v1/loans": {"shop": "nothing", "phone": "+79160000000"},
    "/v1/loans/{loan_id}/questionnaire": {"values": {}},
    "/v1/loans/{loan_id}/submit": {"lenders": ["soap"]},
    "/v1/loans/{loan_id}/withdraw": {"lender": "soap", "reason": "other"},
    "/v1/loans/{loan_id}/accept": {"lender": "soap", "offer_id": "x", "way": "clerk"},
    "/v1/loans/{loan_id}/cancel": {"by": "buyer", "reason": "other"},
    "/v1/loans/{loan_id}/call/result": {"result": "busy"},
    "/v1/loans/{loan_id}/identity": {"passport": "x", "photo_matches": True, "place": "x"},
    "/v1/loans/{loan_id}/refuse": {"reason": "other"},
    "/v1/loans/{loan_id}/fault": {"reason": "x"},
    "/v1/loans/{loan_id}/confirm-sums": {"note": "x"},
    "/v1/loans/{loan_id}/visit/order": {"day": "2026-11-23", "hours": "10-14"},
    "/v1/loans/{loan_id}/goods/return": {"goods": 1, "reason": "defect"},
    "/v1/loans/{loan_id}/original/send": {"carrier": "x", "waybill": "x"},
    "/v1/loans/{loan_id}/original/reject": {"reason": "x"},
    "/v1/loan-returns/{return_id}/waive": {"note": "x"},
    "/v1/loan-terms/tariffs": {"shop_id": "nothing", "since": "2026-11-23"},
    "/v1/loan-terms/signing": {"way": "clerk", "since": "2026-11-23"},
    "/v1/loan-terms/lenders": {
        "lender": "soap",
        "since": "2026-11-23",
        "least": 1,
        "most": 2,
        "months": [6],
        "rate": "1",
    },
    "/v1/shops": SHOP,
    "/v1/shops/{shop_id}": SHOP,
    "/v1/shops/{shop_id}/access": {"kind": "shop_clerk", "name": "x"},
    "/v1/settlement/statements/{statement_id}/dispute": {"remark": "x"},
    "/v1/settlement/lines/{line_id}/take-back": {"reason": "x"},
    "/v1/settlement/charges": {"party_kind": "shop", "party_id": "x", "fee": 1, "document": "x", "reason": "x"},
    "/v1/settlement/corrections": {"party_kind": "shop", "party_id": "x", "amount": 1, "document": "x", "reason": "x"},
    "/v1/settlement/period": {"until": "2026-01-01"},
    "/v1/loan-documents": {"loan_id": "nothing", "kind": "other", "name": "x", "content": ""},
    "/v1/parcels": {"track": "x"},
    "/v1/parcels/{parcel_id}/mute": {"silent": True},
    "/v1/parcel-check": {"track": "x"},
    "/v1/orders/{order_id}/parcels": {"track": "x"},
    "/v1/parcel-claims": {"parcels": ["x"]},
    "/v1/parcel-lists/preview": {"file_name": "x", "content": ""},
    "/v1/parcel-lists": {"file_name": "x", "content": "", "mapping": {}},
    "/v1/notifications/{notification_id}/resend": {"reason": "x"},
    "/v1/notification-texts": {"event": "x", "channel": "sms", "version": 0, "body": "x"},
    "/v1/notification-texts/preview": {"channel": "sms", "body": "x"},
    "/v1/consents": {"address": "nobody", "channel": "sms", "word": "given", "evidence": "x"},
}
ROWS = (
    "payment", "payment_order", "event", "order", "pick", "task", "letter", "alarm", "message", "registry", "rule",
    "loan", "document", "shop", "access", "statement", "line", "return",
    "parcel", "list", "notification",
)  # fmt: skip


def enumerated(app: FastAPI) -> set[tuple[str, str]]:
    """Every (method, path) the application answers, the description of itself aside."""
    spec = app.openapi()["paths"]
    described = {(method.upper(), path) for path, methods in spec.items() for method in methods}
    hidden = {
        (method, route.path)
        for route in app.routes
        if isinstance(route, APIRoute)
        for method in route.methods
        if method != "HEAD"
    }
    return described | hidden


def call(client: httpx.Client, method: str, path: str) -> int:
    filled = path.replace("{action}", "take")
    for name in ROWS:
        filled = filled.replace(f"{{{name}_id}}", "nothing")
    filled = filled.replace("{partner_inn}", "7700000122").replace("{lender}", "nobody")
    if method == "GET":
        return client.get(filled).status_code
    headers = {"Idempotency-Key": f"{method} {path}".replace(" ", ":"), "If-Match": "*"}
    return client.request(method, filled, json=BODIES.get(path, {}), headers=headers).status_code


def test_every_route_stands_in_the_table(app: FastAPI) -> None:
    assert enumerated(app) == set(MATRIX)


@pytest.mark.parametrize("role", [r.value for r in PERSONAL_ROLES])
def test_each_role_gets_exactly_what_the_table_says(as_role: Callable[[str], httpx.Client], role: str) -> None:
    client = as_role(role)
    for (method, path), allowed in MATRIX.items():
        if path == "/v1/events":
            continue  # endless; its own tests open it
        status = call(client, method, path)
        if allowed is OPEN or role in allowed or role == "owner":
            # 422: the role may, and the thing itself is no good
            assert status in (200, 404, 422), (role, method, path, status)
        else:
            assert status == 403, (role, method, path, status)


def test_nothing_but_the_watchdog_answers_without_a_token(as_role: Callable[[str], httpx.Client]) -> None:
    client = as_role("")
    for (method, path), allowed in MATRIX.items():
        expected = 200 if allowed is OPEN else 401
        assert call(client, method, path) == expected, (method, path)


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer wrong", "Basic dXNlcjpw", "bearer\tx", "Bearer ü"])
def test_a_wrong_token_is_told_so_and_how_to_do_better(as_role: Callable[[str], httpx.Client], header: str) -> None:
    reply = as_role("").get("/v1/me", headers={"Authorization": header.encode("utf-8")})
    assert reply.status_code == 401
    assert reply.headers["www-authenticate"].startswith("Bearer")
    error = reply.json()["error"]
    assert error["code"] in ("api.no_token", "api.unknown_token")
    assert "wrong" not in reply.text


def test_me_names_the_rights(as_role: Callable[[str], httpx.Client]) -> None:
    for role in PERSONAL_ROLES:
        me = as_role(role.value).get("/v1/me").json()
        assert me["user"] == f"user-{role.value}"
        assert me["role"] == role.value
        assert me["language"] == "ru"
        assert {r.value for r in RIGHTS[role]} <= set(me["permissions"])
    assert "calls.work" in as_role("manager").get("/v1/me").json()["permissions"]
    assert "calls.read" not in as_role("warehouse").get("/v1/me").json()["permissions"]


def test_people_of_shops_get_no_token_of_the_house(store: Store) -> None:
    assert Role.CALL_CENTRE in PERSONAL_ROLES and not OUTSIDE & set(PERSONAL_ROLES)
    assert {role.value for role in PersonalRole} == {role.value for role in PERSONAL_ROLES}
    for role in sorted(OUTSIDE):
        with pytest.raises(Refused) as caught, store.unit(Actor("root", Role.IT)) as unit:
            create_user(unit, "Ольга", role.value)
        assert caught.value.code == "user.bad_role"


def test_the_gateway_itself_has_no_token(tokens: dict[str, str]) -> None:
    assert Role.SERVICE not in PERSONAL_ROLES
