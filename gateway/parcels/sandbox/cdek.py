"""CDEK's counter, API v2: a token for an hour, orders by its number or the shop's, registries of cash on delivery.

Statuses come newest first. Sums are roubles. An order nobody knows is HTTP 400 with a code of its own, as there.
"""

from __future__ import annotations

import hmac
import json
import secrets
import sqlite3
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

from gateway.bank.sandbox.books import fact
from gateway.core.clock import to_text
from gateway.core.money import Money
from gateway.parcels.model import CarrierKey
from gateway.parcels.sandbox import behave, payouts
from gateway.parcels.sandbox.behave import Active
from gateway.parcels.sandbox.books import CarrierBooks, credentials, find_plan, plan_of_order, rules, world
from gateway.parcels.sandbox.counter import Action, Answer, serve
from gateway.parcels.sandbox.journey import Event, Plan, journey, until
from gateway.parcels.sandbox.moments import cdek_name
from gateway.parcels.sandbox.offices import office

ROOT = "/v2"
JSON = "application/json; charset=utf-8"
_UNREADABLE_DATE = "вчера"
_KEPT_DAYS = 7


@dataclass(frozen=True, slots=True)
class _Call:
    verb: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes


class CdekCounter:
    """Answers of CDEK."""

    def __init__(self, books: CarrierBooks) -> None:
        self._books = books

    def handle(self, verb: str, target: str, headers: Mapping[str, str], body: bytes) -> Answer:
        """One request; names of `headers` in lower case."""
        address = urlsplit(target)
        path = address.path.removeprefix(ROOT)
        given = body.decode(errors="replace") if path == "/oauth/token" else address.query
        call = _Call(verb, path, {name: values[-1] for name, values in parse_qs(given).items()}, headers, body)
        if (verb, path) == ("POST", "/oauth/token"):
            return self._serve("token", (), lambda db, now, wrong: _token(db, call, now))
        if (verb, path) == ("GET", "/orders"):
            about = (call.query.get("cdek_number") or call.query.get("im_number") or "",)
            return self._serve("order", about, lambda db, now, wrong: _order(db, call, now, wrong))
        if (verb, path) == ("GET", "/registries"):
            return self._serve("registries", (), lambda db, now, wrong: _registries(db, call, now))
        return Answer(b"", 404, JSON)

    def _serve(self, operation: str, about: Sequence[str], action: Action) -> Answer:
        return serve(self._books, CarrierKey.CDEK, operation, about, action)


def _token(db: sqlite3.Connection, call: _Call, now: datetime) -> Answer:
    known = credentials(db)
    given = f"{call.query.get('client_id', '')}\0{call.query.get('client_secret', '')}"
    ours = f"{known.cdek_account}\0{known.cdek_secret}"
    if call.query.get("grant_type") != "client_credentials" or not hmac.compare_digest(given.encode(), ours.encode()):
        return _json({"error": "invalid_client", "error_description": "Bad client credentials"}, 401, "not let in")
    token, lives = secrets.token_urlsafe(32), rules(db).token_seconds
    db.execute("DELETE FROM tokens WHERE until < ?", (to_text(now),))
    db.execute("INSERT INTO tokens VALUES (?, ?)", (token, to_text(now + timedelta(seconds=lives))))
    return _json({
        "access_token": token, "token_type": "bearer", "expires_in": lives - 1, "scope": "order:all payment:all",
        "jti": str(uuid.uuid4()),
    })  # fmt: skip


def _let_in(db: sqlite3.Connection, call: _Call, now: datetime) -> Answer | None:
    """Why the call is not let in; None when it is."""
    kind, _, token = call.headers.get("authorization", "").partition(" ")
    row = db.execute("SELECT until FROM tokens WHERE token = ?", (token,)).fetchone()
    if kind == "Bearer" and row is not None and row["until"] > to_text(now):
        return None
    return _json({"requests": [_request(now, "v2_token_expired", "Token is expired")]}, 401, "not let in")


def _order(db: sqlite3.Connection, call: _Call, now: datetime, active: Active) -> Answer:
    refusal = _let_in(db, call, now)
    if refusal is not None:
        return refusal
    number, of_shop = call.query.get("cdek_number", ""), call.query.get("im_number", "")
    if not number and not of_shop:
        return _json({"requests": [_request(now, "v2_field_is_empty", "cdek_number or im_number")]}, 400, "bad request")
    plan = find_plan(db, CarrierKey.CDEK, number) if number else plan_of_order(db, CarrierKey.CDEK, of_shop)
    events = behave.told(until(journey(plan, world(db).seed), now), plan.track, active, now) if plan else []
    if plan is None or not events:
        code = "v2_entity_not_found" if number else "v2_entity_not_found_im_number"
        said = f"Entity is not found by {'cdek_number' if number else 'im_number'} {number or of_shop}"
        return _json({"requests": [_request(now, code, said)], "related_entities": []}, 400, "unknown")
    body = {"entity": _entity(db, plan, events), "requests": [_request(now)], "related_entities": []}
    return _json(body)


def _entity(db: sqlite3.Connection, plan: Plan, events: Sequence[Event]) -> dict[str, Any]:
    arrived = next((event for event in events if event.code == "ACCEPTED_AT_PICK_UP_POINT"), None)
    delivered = next((event for event in events if event.code == "DELIVERED"), None)
    cod = _roubles(plan.cod)
    entity: dict[str, Any] = {
        "uuid": _uuid(db, plan.track),
        "type": 1,
        "is_return": False,
        "is_reverse": False,
        "cdek_number": plan.track,
        "number": plan.order,
        "tariff_code": 136,
        "shipment_point": plan.origin,
        "delivery_point": plan.destination,
        "from_location": _location(plan.origin),
        "to_location": _location(plan.destination),
        "packages": [{
            "number": "1", "weight": plan.mass,
            "items": [{"name": "Товар", "ware_key": "1", "amount": 1, "cost": _roubles(plan.declared),
                       "weight": plan.mass, "payment": {"value": cod}}],
        }],
        "statuses": [_status(event) for event in reversed(events)],
        "transacted_payment": False,
    }  # fmt: skip
    if arrived is not None:
        entity["keep_free_until"] = f"{arrived.at + timedelta(days=_KEPT_DAYS):%Y-%m-%d}"
    if delivered is not None:
        entity["delivery_detail"] = {
            "date": f"{delivered.at:%Y-%m-%d}", "recipient_name": "", "payment_sum": cod,
            "payment_info": [{"type": "CASH", "sum": cod}] if plan.cod else [],
        }  # fmt: skip
    return entity


def _status(event: Event) -> dict[str, Any]:
    return {
        "code": event.code,
        "name": cdek_name(event.code),
        "date_time": _UNREADABLE_DATE if event.spoilt else f"{event.at:%Y-%m-%dT%H:%M:%S}+0000",
        "city": office(event.office).city,
    }


def _registries(db: sqlite3.Connection, call: _Call, now: datetime) -> Answer:
    refusal = _let_in(db, call, now)
    if refusal is not None:
        return refusal
    try:
        day = date.fromisoformat(call.query.get("date", ""))
    except ValueError:
        return _json({"errors": [{"code": "v2_invalid_format", "message": "date"}]}, 400, "bad request")
    payouts.catch_up(db, now)
    found = [one for one in payouts.made(db, CarrierKey.CDEK) if one.day == day]
    return _json({"registries": [
        {
            "registry_number": one.number,
            "payment_date": one.day.isoformat(),
            "sum": _roubles(one.net),
            "payment_order_number": str(one.number),
            "orders": [{
                "cdek_number": line.track,
                "transfer_sum": _roubles(line.amount - line.fee),
                "payment_sum": _roubles(line.amount),
                "total_sum_without_agent": _roubles(line.amount),
                "agent_commission_sum": _roubles(line.fee),
            } for line in one.lines],
        }
        for one in found
    ]})  # fmt: skip


def _request(now: datetime, code: str = "", message: str = "") -> dict[str, Any]:
    """What CDEK says of the request itself, with an error where there is a code."""
    said: dict[str, Any] = {
        "request_uuid": str(uuid.uuid4()),
        "type": "GET",
        "date_time": f"{now:%Y-%m-%dT%H:%M:%S}+0000",
        "state": "INVALID" if code else "SUCCESSFUL",
    }
    return {**said, "errors": [{"code": code, "message": message}]} if code else said


def _location(index: str) -> dict[str, Any]:
    there = office(index)
    return {"code": int(index), "city": there.city, "country_code": "RU", "postal_code": index, "address": there.name}


def _uuid(db: sqlite3.Connection, track: str) -> str:
    """The same one at every look."""
    return str(uuid.uuid5(uuid.NAMESPACE_OID, f"{fact(db, 'seed')} {track}"))


def _roubles(amount: Money) -> float:
    """As CDEK writes sums; exact to the kopeck when it is rounded again."""
    return float(amount.decimal_text())


def _json(body: Mapping[str, Any], status: int = 200, outcome: str = "") -> Answer:
    return Answer(json.dumps(body, ensure_ascii=False).encode(), status, JSON, outcome=outcome)
