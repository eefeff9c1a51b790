"""CDEK: its token, its statuses, its money."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, date, datetime
from typing import Any

import pytest

from gateway.core.errors import KvitError, Refused, Unavailable
from gateway.core.money import Money
from gateway.parcels.carriers.cdek import Cdek
from gateway.parcels.carriers.cdek_answer import RegistryLine, read_order
from gateway.parcels.carriers.errors import UnreadableReply
from gateway.parcels.history import standing
from gateway.parcels.model import CarrierKey, Effect, Stage
from tests.parcels.carriers.canned import JSON, LIMITS, PACE, Canned, Server

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
SECRET = "cdek-secret"
TRACK = "1106321645"


def canned(content: Any, status: int = 200) -> Canned:
    return Canned(json.dumps(content, ensure_ascii=False).encode(), status, JSON)


def token(name: str = "t1", seconds: int = 3599) -> Canned:
    return canned({"access_token": name, "token_type": "bearer", "expires_in": seconds})


def status(code: str, at: str, city: str = "Москва", **more: Any) -> dict[str, Any]:
    return {"code": code, "name": f"Слово {code}", "date_time": at, "city": city, **more}


ENTITY: dict[str, Any] = {
    "cdek_number": TRACK,
    "recipient": {"name": "Иванов Иван", "phones": [{"number": "+79161234567"}]},
    "to_location": {"code": 270, "city": "Новосибирск", "country_code": "RU", "postal_code": "630099"},
    "delivery_recipient_cost": {"value": 150.5},
    "packages": [{"weight": 900, "items": [{"payment": {"value": 1000.0}, "amount": 2, "cost": 1000.0}]}],
    "keep_free_until": "2026-11-27T00:00:00+0000",
    "statuses": [
        status("ACCEPTED_AT_PICK_UP_POINT", "2026-11-20T09:30:00+0000", "Новосибирск"),
        status("SENT_TO_RECIPIENT_CITY", "2026-11-18T10:00:00+0000"),
        status("RECEIVED_AT_SHIPMENT_WAREHOUSE", "2026-11-17T10:00:00+0000"),
        status("CREATED", "2026-11-16T10:00:00+0000"),
    ],
}


@pytest.fixture
def cdek(server: Server) -> Iterator[Cdek]:
    with closing(Cdek(server.url, "account", lambda: SECRET, (), LIMITS, PACE)) as made:
        yield made


def refusal(call: Any, *arguments: Any) -> KvitError:
    with pytest.raises(KvitError) as error:
        call(*arguments)
    assert SECRET not in f"{error.value} {error.value!r} {error.value.values}"
    return error.value


def test_an_order_at_the_pick_up_point(cdek: Cdek, server: Server) -> None:
    server.lay(token(), canned({"entity": ENTITY, "requests": []}))
    answer = cdek.history(TRACK)
    (found,) = answer.histories
    assert [one.code for one in found.records] == [one["code"] for one in reversed(ENTITY["statuses"])]
    assert [one.place for one in found.records] == [1, 2, 3, 4]
    arrived = found.records[-1]
    assert (arrived.effect, arrived.keep_until, arrived.office_index) == (Effect.ARRIVE, date(2026, 11, 27), "630099")
    assert arrived.offset_minutes is None  # "+0000" is how CDEK writes, and no office's clock
    reckoned = standing(found.records, now=NOW, carrier=CarrierKey.CDEK)
    assert (reckoned.stage, reckoned.cod, reckoned.offset_minutes) == (Stage.READY, Money(2_150_50), 420)
    assert "Иванов" not in str(found) and "Иванов" in answer.raw.decode()
    assert server.asked[1][0] == f"/orders?cdek_number={TRACK}" and SECRET not in server.asked[1][0]


def test_what_the_buyer_paid() -> None:
    paid = {
        **ENTITY,
        "statuses": [status("DELIVERED", "2026-11-21T07:00:00+0000", "Новосибирск"), *ENTITY["statuses"]],
        "delivery_detail": {"date": "2026-11-21", "payment_sum": 2150.5, "recipient_name": "Иванов"},
    }
    found = read_order(TRACK, json.dumps({"entity": paid}).encode())
    (event,) = found.money
    assert (event.amount, event.collected, event.at) == (Money(2_150_50), True, datetime(2026, 11, 21, 7, tzinfo=UTC))


def test_statuses_taken_back_and_broken_ones() -> None:
    statuses = [
        status("DELIVERED", "2026-11-21T07:00:00+0000", deleted=True),
        status("", "2026-11-20T07:00:00+0000"),
        status("POSTOMAT_POSTED", "yesterday"),
        status("TAKEN_BY_COURIER", "2026-11-19T07:00:00"),
        "nonsense",
    ]
    found = read_order(TRACK, json.dumps({"entity": {"statuses": statuses}}).encode())
    assert ([one.code for one in found.records], found.skipped) == (["TAKEN_BY_COURIER"], 2)
    assert found.records[0].at == datetime(2026, 11, 19, 4, tzinfo=UTC)


@pytest.mark.parametrize("code", ["v2_entity_not_found", "v2_order_not_found"])
@pytest.mark.parametrize("where", [400, 404])
def test_a_number_it_does_not_know(cdek: Cdek, server: Server, code: str, where: int) -> None:
    server.lay(token(), canned({"requests": [{"errors": [{"code": code, "message": "нет"}]}]}, where))
    (found,) = cdek.history(TRACK).histories
    assert (found.track, found.known) == (TRACK, False)


def test_one_token_serves_many_calls_and_a_refused_one_is_renewed_once(cdek: Cdek, server: Server) -> None:
    server.lay(token("one"), canned({"entity": ENTITY}))
    cdek.history(TRACK)
    cdek.history(TRACK)
    server.lay(canned({}, 401), token("two"), canned({"entity": ENTITY}))
    cdek.history(TRACK)
    assert [path.partition("?")[0] for path, _ in server.asked] == ["/oauth/token"] + ["/orders"] * 3 + [
        "/oauth/token", "/orders",
    ]  # fmt: skip
    assert [seen["Authorization"] for seen in server.seen if "Authorization" in seen] == ["Bearer one"] * 3 + [
        "Bearer two"
    ]
    server.lay(canned({}, 401), token("three"), canned({}, 401))
    assert refusal(cdek.history, TRACK).code == "carrier.not_authorised"


def test_a_token_is_renewed_before_it_ends(server: Server) -> None:
    now = [0.0]
    with closing(
        Cdek(server.url, "account", lambda: SECRET, (), LIMITS, PACE, monotonic=lambda: now[0])
    ) as cdek:  # fmt: skip
        server.lay(token("one", 3600), canned({"entity": ENTITY}))
        cdek.history(TRACK)
        now[0] = 3541.0
        server.lay(token("two"), canned({"entity": ENTITY}))
        cdek.history(TRACK)
    assert server.seen[-1]["Authorization"] == "Bearer two"
    assert b"client_secret=cdek-secret" in server.asked[0][1]


def test_a_wrong_secret(cdek: Cdek, server: Server) -> None:
    server.lay(canned({"error": "invalid_client"}, 401))
    error = refusal(cdek.history, TRACK)
    assert isinstance(error, Refused) and error.code == "carrier.not_authorised"


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (canned({"requests": [{"errors": [{"code": "v2_bad_request"}]}]}, 400), "carrier.refused"),
        (canned({}, 500), "carrier.fault"),
        (Canned(b"", 429, headers={"Retry-After": "9"}), "carrier.busy"),
        (Canned(b"<html/>", 200, "text/html"), "carrier.unreadable"),
        (canned([]), "carrier.unreadable"),
        (canned({"entity": None}), "carrier.unreadable"),
        (Canned(b"[" * 100_000, 200, JSON), "carrier.unreadable"),
    ],
)
def test_what_it_may_say(cdek: Cdek, server: Server, answer: Canned, code: str) -> None:
    server.lay(token(), answer)
    error = refusal(cdek.history, TRACK)
    assert error.code == code
    if isinstance(error, UnreadableReply):
        assert error.raw == answer.body
    if code == "carrier.busy":
        assert isinstance(error, Unavailable) and error.retry_after == 9


def test_registries_of_a_day(cdek: Cdek, server: Server) -> None:
    line = {"cdek_number": TRACK, "payment_sum": 2150.5, "transfer_sum": 2086.0, "agent_commission_sum": 64.5}
    registry = {
        "registry_number": 5,
        "payment_order_number": "117",
        "sum": 2086,
        "orders": [line, {"cdek_number": "x"}],
    }
    server.lay(token(), canned({"registries": [registry]}))
    (found,) = cdek.registries(date(2026, 11, 23))
    assert server.asked[-1][0] == "/registries?date=2026-11-23"
    assert (found.number, found.order_number, found.amount, found.skipped) == ("5", "117", Money(2_086_00), 1)
    assert found.lines == (RegistryLine(TRACK, Money(2_150_50), Money(2_086_00)),)


def test_it_has_neither_batches_nor_money_of_its_own(cdek: Cdek) -> None:
    assert cdek.batches is None and cdek.money(TRACK).histories == ()
    assert refusal(cdek.order, [TRACK]).code == refusal(cdek.collect, "x").code == "carrier.no_batches"


def test_an_order_of_another_number_is_nobodys() -> None:
    with pytest.raises(UnreadableReply):
        read_order("1106321646", json.dumps({"entity": ENTITY}).encode())


def test_a_date_that_cannot_be_is_a_record_left_out() -> None:
    """One such arrival would keep the whole history from ever being taken in."""
    dates = ["0001-01-01T00:00:00+0000", "9999-12-31T00:00:00+0000", "2026-11-20T09:30:00+0000"]
    order = {"cdek_number": TRACK, "statuses": [status("ACCEPTED_AT_PICK_UP_POINT", at) for at in dates]}
    found = read_order(TRACK, json.dumps({"entity": order}).encode())
    assert (len(found.records), found.skipped) == (1, 2)
