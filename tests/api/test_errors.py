from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from gateway.api import errors
from gateway.api.errors import BadRequest, NotFound, Stale, Unauthorized, body_of, status_of
from gateway.core.catalogue import entries
from gateway.core.errors import Conflict, Corrupt, KvitError, Refused, Unavailable
from tests.api.shop import Shop

FIELDS = {"code", "text_ru", "text_en", "hint_ru", "hint_en", "values"}


def check_body(reply: Any) -> dict[str, Any]:
    assert reply.headers["content-type"].startswith("application/json")
    assert set(reply.json()) == {"error"}
    error: dict[str, Any] = reply.json()["error"]
    assert set(error) == FIELDS
    assert error["text_ru"]
    assert error["text_en"]
    assert error["code"] in entries(), "every code has its sentence"
    return error


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (Refused("order.cannot_ship", number="1", state="x"), 422),
        (Refused("authority.missing", name="a", role="b", right="c"), 403),
        (Conflict("order.changed", number="1"), 409),
        (Stale("api.stale", version=2, given=1), 412),
        (Unavailable("store.unreachable", retry_after=4.2, reason="x"), 503),
        (Corrupt("message.bytes_changed", id="m"), 500),
        (NotFound("api.not_found"), 404),
        (BadRequest("api.bad_cursor"), 400),
        (Unauthorized("api.no_token"), 401),
    ],
)
def test_each_branch_of_the_tree_has_its_status(error: KvitError, status: int) -> None:
    assert status_of(error) == status
    reply = errors.answer(error)
    assert reply.status_code == status
    if status == 503:
        assert reply.headers["retry-after"] == "5"


def test_values_are_made_fit_for_json() -> None:
    body = body_of(KvitError("api.invalid", where=("a", 1), reason={"x": {1}}, other=object))
    assert body["error"]["values"]["where"] == ["a", 1]
    assert body["error"]["values"]["reason"] == {"x": [1]}
    assert isinstance(body["error"]["values"]["other"], str)


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "code"),
    [
        ("GET", "/v1/payments/nothing", None, 404, "api.not_found"),
        ("GET", "/v1/nothing", None, 404, "api.no_such_address"),
        ("GET", "/", None, 404, "api.no_such_address"),
        ("GET", "/docs", None, 404, "api.no_such_address"),
        ("DELETE", "/v1/payments", None, 405, "api.no_such_method"),
        ("GET", "/v1/payments?limit=0", None, 422, "api.invalid"),
        ("GET", "/v1/payments?limit=501", None, 422, "api.invalid"),
        ("GET", "/v1/payments?offset=-1", None, 422, "api.invalid"),
        ("GET", "/v1/payments?state=nothing", None, 422, "api.invalid"),
        ("GET", "/v1/payments?sort=secret", None, 400, "api.unknown_sort"),
        ("GET", "/v1/payments?after=!!!", None, 400, "api.bad_cursor"),
        ("GET", "/v1/payments?after=W10&offset=2", None, 400, "api.offset_and_after"),
        ("POST", "/v1/payments/x/allocate", b"{", 400, "api.not_json"),
        ("POST", "/v1/payments/x/allocate", b"[]", 422, "api.invalid"),
        ("POST", "/v1/payments/x/allocate", b'{"allocations":[]}', 422, "api.invalid"),
        ("POST", "/v1/payments/x/allocate", b'{"allocations":[["i",0]]}', 422, "api.invalid"),
        ("POST", "/v1/payments/x/allocate", b'{"allocations":[["i",1.5]]}', 422, "api.invalid"),
        ("POST", "/v1/payments/x/allocate", b'{"allocations":[["i",1]],"other":1}', 422, "api.invalid"),
        ("POST", "/v1/payments/x/allocate", b'{"allocations":[["i",99999999999999999999]]}', 422, "api.invalid"),
        ("POST", "/v1/payments/x/not-ours", b'{"kind":"gift"}', 422, "api.invalid"),
    ],
)
def test_mistakes_are_answered_in_one_form(
    accountant: httpx.Client, method: str, path: str, body: bytes | None, status: int, code: str
) -> None:
    headers = {"Content-Type": "application/json"} if body is not None else {}
    reply = accountant.request(method, path, content=body, headers=headers)
    assert reply.status_code == status, reply.text
    assert check_body(reply)["code"] == code


def test_the_input_is_not_repeated_in_the_answer(accountant: httpx.Client) -> None:
    reply = accountant.post("/v1/payments/x/not-ours", json={"kind": "kvit_a-token-pasted-by-mistake"})
    assert reply.status_code == 422
    assert "kvit_a" not in reply.text


def test_a_fault_shows_no_trace(
    app: FastAPI, accountant: httpx.Client, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("the inside of the program")

    monkeypatch.setattr("gateway.api.reads.payments.listed", broken)
    reply = accountant.get("/v1/payments")
    assert reply.status_code == 500
    assert check_body(reply)["code"] == "api.fault"
    assert "inside" not in reply.text
    assert "the inside of the program" in caplog.text


def test_an_away_database_is_told_with_a_wait(accountant: httpx.Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_: object) -> None:
        raise Unavailable("store.unreachable", retry_after=5, reason="disk I/O error")

    monkeypatch.setattr("gateway.api.reads.payments.listed", away)
    reply = accountant.get("/v1/payments")
    assert reply.status_code == 503
    assert reply.headers["retry-after"] == "5"
    assert check_body(reply)["hint_en"]


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "localhost.", "", "[::1", "169.254.1.1"])
def test_a_foreign_host_name_is_refused(accountant: httpx.Client, host: str) -> None:
    for path in ("/v1/me", "/healthz", "/metrics"):
        reply = accountant.get(path, headers={"Host": host})
        assert reply.status_code == 400, host
        assert check_body(reply)["code"] == "api.wrong_host"


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.1:8080", "localhost:1", "LOCALHOST", "[::1]", "[::1]:80"])
def test_our_own_names_are_answered(accountant: httpx.Client, host: str) -> None:
    assert accountant.get("/v1/me", headers={"Host": host}).status_code == 200


def test_every_answer_carries_the_same_armour(as_role: Callable[[str], httpx.Client]) -> None:
    for role, path in (("accountant", "/v1/payments"), ("", "/v1/me"), ("", "/healthz"), ("", "/nothing")):
        headers = as_role(role).get(path, headers={"Origin": "https://evil.example"}).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["cache-control"] == "no-store"
        assert "default-src 'none'" in headers["content-security-policy"]
        assert headers["x-frame-options"] == "DENY"
        assert "access-control-allow-origin" not in headers


def test_a_preflight_is_not_answered(as_role: Callable[[str], httpx.Client]) -> None:
    asked = {"Origin": "https://evil.example", "Access-Control-Request-Method": "POST"}
    reply = as_role("").options("/v1/payments", headers=asked)
    assert reply.status_code == 405
    assert "access-control-allow-methods" not in reply.headers


@pytest.mark.parametrize("told", [True, False])
def test_a_body_too_large_is_not_read(accountant: httpx.Client, shop: Shop, told: bool) -> None:
    content = b'{"kind":"refund","note":"' + b"x" * 300_000 + b'"}'
    sent: Any = content if told else iter([content[:150_000], content[150_000:]])
    reply = accountant.post("/v1/payments/x/not-ours", content=sent, headers={"Content-Type": "application/json"})
    assert reply.status_code == 413
    assert check_body(reply)["code"] == "api.too_large"


def test_the_description_names_errors_and_security(app: FastAPI, as_role: Callable[[str], httpx.Client]) -> None:
    spec = as_role("").get("/v1/openapi.json").json()
    for path, methods in spec["paths"].items():
        for method, operation in methods.items():
            assert operation["responses"]["200"], path
            if path.startswith("/v1"):
                assert {"401", "403", "422"} <= set(operation["responses"]), (method, path)
                assert operation["security"], path
                for status, response in operation["responses"].items():
                    if status != "200":
                        schema = response["content"]["application/json"]["schema"]
                        assert schema["$ref"].endswith("/ErrorBody"), (path, status)
