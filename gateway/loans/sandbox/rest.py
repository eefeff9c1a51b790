"""The JSON counter: strict about what clients send, sums in kopecks."""

from __future__ import annotations

import hmac
import json
import re
import sqlite3
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from gateway.core.clock import from_text
from gateway.loans.lenders.ports import LenderStatus
from gateway.loans.lenders.words import REST
from gateway.loans.model import SigningWay
from gateway.loans.sandbox import intake, lending
from gateway.loans.sandbox.books import Account, Books, account
from gateway.loans.sandbox.lending import Refusal
from gateway.loans.sandbox.service import Action, Answer, answer

ROOT = "/rest/v1"
JSON = "application/json; charset=utf-8"
_HTTP = {"not_found": 404, "no_access": 401, "bad_request": 400}
_CONFLICT = 409
_WORDS = {status: word for word, status in REST.statuses.items()} | {
    LenderStatus.DECLINED: REST.refusal,
    LenderStatus.REVOKED: REST.refusal,
}
_WAYS = {word: way for way, word in REST.ways.items()}
_ORIGINALS = {verdict: word for word, verdict in REST.originals.items()}
_PATH = re.compile(rf"{ROOT}/applications(?:/([^/]+)(?:/([a-z]+)(?:/([^/]+))?)?)?")
_OPERATIONS = {
    "accept": "accept",
    "signed": "signed",
    "originals": "originals",
    "commit": "commit",
    "cancel": "cancel",
    "returns": "returned",
}
_FIELDS: dict[str, dict[str, type]] = {
    "accept": {"offerId": str, "signingType": str},
    "signed": {"signedAt": str, "identityChecked": bool},
    "originals": {"waybill": str},
    "commit": {},
    "cancel": {"reason": str},
    "returns": {"returnId": str, "amount": int},
}
_APPLICATION: dict[str, type] = {
    "externalId": str, "number": int, "shop": str, "orderNumber": str, "items": list, "goodsAmount": int,
    "downPayment": int, "termMonths": int, "region": str, "person": dict,
}  # fmt: skip
_ITEM: dict[str, type] = {"name": str, "category": str, "quantityThousandths": int, "price": int, "amount": int}


class RestCounter:
    """Answers of the lender `key`."""

    def __init__(self, books: Books, key: str) -> None:
        self._books = books
        self._key = key

    def handle(self, verb: str, target: str, headers: Mapping[str, str], body: bytes) -> Answer:
        """One request."""
        try:
            self._let_in(headers.get("Authorization", ""))
            operation, action = _asked(verb, target, headers, body)
        except Refusal as refusal:
            return self.refusal(refusal.code)
        return answer(self._books, self._key, operation, self, action)

    def view(self, operation: str, view: Mapping[str, Any]) -> Answer:
        """See `service.Wire`."""
        return Answer(json.dumps(_view(view), ensure_ascii=False).encode(), 200, JSON)

    def document(self, content: bytes) -> Answer:
        """See `service.Wire`."""
        return Answer(content, 200, "application/pdf")

    def refusal(self, code: str) -> Answer:
        """See `service.Wire`."""
        body = {"code": code, "message": f"Запрос отклонён: {code}"}
        return Answer(json.dumps(body, ensure_ascii=False).encode(), _HTTP.get(code, _CONFLICT), JSON)

    def _let_in(self, given: str) -> None:
        with self._books.read() as db:
            token = account(db, self._key).token
        if not hmac.compare_digest(given.encode(), f"Bearer {token}".encode()):
            raise Refusal("no_access")


def _asked(verb: str, target: str, headers: Mapping[str, str], body: bytes) -> tuple[str, Action]:
    """What a request asks for."""
    address = urlsplit(target)
    found = _PATH.fullmatch(address.path)
    if found is None:
        raise Refusal("bad_request")
    given, step, document_id = (unquote(part) if part else "" for part in found.groups())
    if verb == "GET":
        if step == "documents" and document_id:
            return "document", lambda db, lender, now: lending.document(db, lender, given, document_id)
        wanted = given or "".join(parse_qs(address.query).get("externalId", []))
        if step or not wanted:
            raise Refusal("bad_request")
        return "view", lambda db, lender, now: lending.look(db, lender, wanted, now)
    if verb != "POST" or document_id or headers.get("Content-Type", "").partition(";")[0] != "application/json":
        raise Refusal("bad_request")
    content = _content(body)
    if not given:
        request = _request(content)
        return "submit", lambda db, lender, now: lending.submit(db, lender, request, now)
    if step not in _FIELDS:
        raise Refusal("bad_request")
    _exactly(content, _FIELDS[step])
    return _OPERATIONS[step], _step(step, given, content)


def _step(step: str, given: str, content: dict[str, Any]) -> Action:
    def take(db: sqlite3.Connection, lender: Account, now: datetime) -> sqlite3.Row:
        if step == "accept":
            return lending.accept(db, lender, given, content["offerId"], _way(content["signingType"]), now)
        if step == "signed":
            return lending.signed(db, lender, given, _instant(content["signedAt"]), content["identityChecked"], now)
        if step == "originals":
            return lending.original_sent(db, lender, given, content["waybill"])
        if step == "commit":
            return lending.commit(db, lender, given, now)
        if step == "cancel":
            return lending.cancel(db, lender, given, content["reason"])
        return lending.returned(db, lender, given, content["returnId"], content["amount"])

    return take


def _content(body: bytes) -> dict[str, Any]:
    try:
        found = json.loads(body)
    except ValueError:
        raise Refusal("bad_request") from None
    if not isinstance(found, dict):
        raise Refusal("bad_request")
    return found


def _exactly(content: Mapping[str, Any], fields: Mapping[str, type]) -> None:
    """These fields and no others, each of its type; True is no number."""
    if content.keys() != fields.keys() or any(type(content[name]) is not kind for name, kind in fields.items()):
        raise Refusal("bad_request")


def _request(content: dict[str, Any]) -> dict[str, Any]:
    _exactly(content, _APPLICATION)
    for item in content["items"]:
        if not isinstance(item, dict):
            raise Refusal("bad_request")
        _exactly(item, _ITEM)
    if any(not isinstance(value, str) for value in content["person"].values()):
        raise Refusal("bad_request")
    request = {
        "id": content["externalId"],
        "number": content["number"],
        "shop": content["shop"],
        "order": content["orderNumber"],
        "basket": [
            {
                "name": item["name"],
                "category": item["category"],
                "qty": item["quantityThousandths"],
                "price": item["price"],
                "amount": item["amount"],
            }
            for item in content["items"]
        ],
        "goods": content["goodsAmount"],
        "down": content["downPayment"],
        "months": content["termMonths"],
        "region": content["region"],
        "person": content["person"],
    }
    if intake.check(request):
        raise Refusal("bad_request")
    return request


def _way(word: str) -> SigningWay:
    if word not in _WAYS:
        raise Refusal("bad_request")
    return _WAYS[word]


def _instant(text: str) -> datetime:
    try:
        return from_text(text)
    except ValueError:
        raise Refusal("bad_request") from None


def _view(view: Mapping[str, Any]) -> dict[str, Any]:
    told: dict[str, Any] = {
        "id": view["id"],
        "externalId": view["partner_id"],
        "version": view["version"],
        "status": view["word"] or _WORDS[LenderStatus(view["state"])],
        "reason": view["reason"],
        "offers": [_offer(one) for one in view["offers"]],
        "corrections": view["wanted"],
    }
    if view["agreement"]:
        told["agreement"] = _agreement(view["agreement"])
    if view["original"]:
        told["documents"] = _ORIGINALS[view["original"]]
    return told


def _offer(one: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "id": one["id"],
        "amount": one["loan"],
        "termMonths": one["months"],
        "rate": one["rate"],
        "psk": one["psk"],
        "monthlyPayment": one["payment"],
        "subsidy": one["discount"],
        "signingTypes": [REST.ways[SigningWay(way)] for way in one["ways"]],
        "validUntil": one["until"],
    }


def _agreement(made: Mapping[str, Any]) -> dict[str, Any]:
    told = {
        "number": made["number"],
        "date": made["dated"],
        "amount": made["loan"],
        "subsidy": made["discount"],
        "termMonths": made["months"],
        "rate": made["rate"],
        "psk": made["psk"],
        "documentId": made["document"],
        "passport": made["passport"],
        "signBefore": made["sign_by"],
        "digital": made["digital"],
    }
    return told | ({"commitCooldown": made["cooling_until"]} if made["cooling_until"] else {})
