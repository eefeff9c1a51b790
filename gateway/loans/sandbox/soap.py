"""The SOAP counter: requests are read by the WSDL's own schema, sums are roubles with kopecks."""

from __future__ import annotations

import base64
import hmac
import sqlite3
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from functools import cache
from typing import Any

from lxml import etree

from gateway.core.errors import Corrupt
from gateway.core.money import Money
from gateway.loans.lenders.ports import LenderStatus
from gateway.loans.lenders.soap_wire import ENVELOPE, NAMESPACE, tag, wsdl_path
from gateway.loans.lenders.words import SOAP
from gateway.loans.model import SigningWay
from gateway.loans.sandbox import intake, lending
from gateway.loans.sandbox.books import Account, Books, account
from gateway.loans.sandbox.lending import Refusal
from gateway.loans.sandbox.service import Action, Answer, answer
from gateway.signing.parsing import parse

PATH = "/soap"
XML = "text/xml; charset=utf-8"
OPERATIONS = {
    "createApplication": "submit",
    "getStatus": "view",
    "acceptOffer": "accept",
    "getDocument": "document",
    "confirmSigning": "signed",
    "sendOriginals": "originals",
    "confirmIssue": "commit",
    "cancelApplication": "cancel",
    "returnGoods": "returned",
}
"""SOAP operation → operation of the sandbox."""
_NAMES = {ours: theirs for theirs, ours in OPERATIONS.items()}
_FAULTS = {
    "not_found": "NotFound",
    "offer_gone": "OfferGone",
    "wrong_state": "WrongState",
    "identity_not_checked": "PassportNotChecked",
    "cooling_off": "CoolingOff",
    "conflict": "Conflict",
    "too_much": "TooMuch",
    "bad_request": "BadRequest",
    "no_access": "Access",
}
_WORDS = {status: word for word, status in SOAP.statuses.items()} | {
    LenderStatus.DECLINED: SOAP.refusal,
    LenderStatus.REVOKED: SOAP.refusal,
}
_WAYS = {word: way for way, word in SOAP.ways.items()}
_ORIGINALS = {verdict: word for word, verdict in SOAP.originals.items()}


class SoapCounter:
    """Answers of the lender `key`."""

    def __init__(self, books: Books, key: str) -> None:
        self._books = books
        self._key = key

    def handle(self, body: bytes) -> Answer:
        """One request."""
        try:
            call = _call(body)
            self._let_in(call)
            name = etree.QName(call).localname
            action = _action(OPERATIONS[name], call)
        except Refusal as refusal:
            return self.refusal(refusal.code)
        return answer(self._books, self._key, OPERATIONS[name], self, action)

    def view(self, operation: str, view: Mapping[str, Any]) -> Answer:
        """See `service.Wire`."""
        return _answer(_node(f"{_NAMES[operation]}Response", _state(view)))

    def document(self, content: bytes) -> Answer:
        """See `service.Wire`."""
        return _answer(_node("getDocumentResponse", _node("content", base64.b64encode(content).decode())))

    def refusal(self, code: str) -> Answer:
        """See `service.Wire`."""
        fault = etree.Element(f"{{{ENVELOPE}}}Fault")
        etree.SubElement(fault, "faultcode").text = f"soapenv:Client.{_FAULTS[code]}"
        etree.SubElement(fault, "faultstring").text = f"Запрос отклонён: {code}"
        return _answer(fault, 500)

    def _let_in(self, call: etree._Element) -> None:
        with self._books.read() as db:
            known = account(db, self._key)
        given = f"{_text(call, 'userID')}\0{_text(call, 'userToken')}"
        if not hmac.compare_digest(given.encode(), f"{known.user}\0{known.token}".encode()):
            raise Refusal("no_access")


@cache
def schema() -> etree.XMLSchema:
    """The schema inside our WSDL."""
    types = parse(wsdl_path().read_bytes()).find("{http://schemas.xmlsoap.org/wsdl/}types")
    if types is None:
        raise ValueError("the WSDL has no types")
    return etree.XMLSchema(parse(etree.tostring(types[0])))  # written anew with the namespaces declared outside it


def _call(body: bytes) -> etree._Element:
    """The one element of the Body, valid by the schema."""
    try:
        root = parse(body)
    except Corrupt:
        raise Refusal("bad_request") from None
    found = root.find(f"{{{ENVELOPE}}}Body")
    if found is None or len(found) != 1:
        raise Refusal("bad_request")
    name = etree.QName(found[0])
    if name.namespace != NAMESPACE or name.localname not in OPERATIONS or not schema().validate(found[0]):
        raise Refusal("bad_request")
    return found[0]


def _action(operation: str, call: etree._Element) -> Action:
    if operation == "submit":
        request = _request(call[-1])
        return lambda db, lender, now: lending.submit(db, lender, request, now)
    given = _text(call, "creditID") or _text(call, "partnerID")
    if operation == "view":
        return lambda db, lender, now: lending.look(db, lender, given, now)
    if operation == "document":
        return lambda db, lender, now: lending.document(db, lender, given, _text(call, "documentID"))
    return _step(operation, given, call)


def _step(operation: str, given: str, call: etree._Element) -> Action:
    def take(db: sqlite3.Connection, lender: Account, now: datetime) -> sqlite3.Row:
        if operation == "accept":
            return lending.accept(db, lender, given, _text(call, "offerID"), _way(_text(call, "signing")), now)
        if operation == "signed":
            checked = _text(call, "passportChecked") in ("true", "1")
            return lending.signed(db, lender, given, _instant(_text(call, "signedAt")), checked, now)
        if operation == "originals":
            return lending.original_sent(db, lender, given, _text(call, "waybill"))
        if operation == "commit":
            return lending.commit(db, lender, given, now)
        if operation == "cancel":
            return lending.cancel(db, lender, given, _text(call, "reason"))
        return lending.returned(db, lender, given, _text(call, "returnID"), _kopecks(call, "amount"))

    return take


def _request(node: etree._Element) -> dict[str, Any]:
    request = {
        "id": _text(node, "partnerID"),
        "number": int(_text(node, "number")),
        "shop": _text(node, "shop"),
        "order": _text(node, "orderNumber"),
        "basket": [
            {
                "name": _text(good, "name"),
                "category": _text(good, "category"),
                "qty": int(Decimal(_text(good, "quantity")) * 1000),
                "price": _kopecks(good, "price"),
                "amount": _kopecks(good, "amount"),
            }
            for good in node.iterfind(tag("good"))
        ],
        "goods": _kopecks(node, "goodsAmount"),
        "down": _kopecks(node, "firstPayment"),
        "months": int(_text(node, "term")),
        "region": _text(node, "region"),
        "person": {_text(one, "name"): _text(one, "value") for one in node.iterfind(tag("clientField"))},
    }
    if intake.check(request):
        raise Refusal("bad_request")
    return request


def _text(node: etree._Element, name: str) -> str:
    return (node.findtext(tag(name)) or "").strip()


def _kopecks(node: etree._Element, name: str) -> int:
    return Money.parse(_text(node, name)).kopecks


def _way(word: str) -> SigningWay:
    if word not in _WAYS:
        raise Refusal("bad_request")
    return _WAYS[word]


def _instant(text: str) -> datetime:
    found = datetime.fromisoformat(text)
    return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)


def _answer(content: etree._Element, status: int = 200) -> Answer:
    envelope = etree.Element(f"{{{ENVELOPE}}}Envelope", nsmap={"soapenv": ENVELOPE})
    etree.SubElement(envelope, f"{{{ENVELOPE}}}Body").append(content)
    return Answer(etree.tostring(envelope, encoding="utf-8"), status, XML)


def _node(name: str, *content: str | etree._Element) -> etree._Element:
    """An element of the service with text or elements in it."""
    node = etree.Element(tag(name))
    for part in content:
        if isinstance(part, str):
            node.text = part
        else:
            node.append(part)
    return node


def _state(view: Mapping[str, Any]) -> etree._Element:
    state = _node(
        "state",
        _node("creditID", view["id"]),
        _node("partnerID", view["partner_id"]),
        _node("revision", str(view["version"])),
        _node("status", view["word"] or _WORDS[LenderStatus(view["state"])]),
        *([_node("reason", view["reason"])] if view["reason"] else []),
        *(_offer(one) for one in view["offers"]),
        *(_node("correction", _node("name", name), _node("value", text)) for name, text in view["wanted"].items()),
    )
    if view["agreement"]:
        state.append(_contract(view["agreement"]))
    if view["original"]:
        state.append(_node("originals", _ORIGINALS[view["original"]]))
    return state


def _offer(one: Mapping[str, Any]) -> etree._Element:
    return _node(
        "offer",
        _node("offerID", one["id"]),
        _node("amount", _roubles(one["loan"])),
        _node("term", str(one["months"])),
        _node("rate", one["rate"]),
        *([_node("fullCost", one["psk"])] if one["psk"] else []),
        _node("payment", _roubles(one["payment"])),
        _node("discount", _roubles(one["discount"])),
        *(_node("signing", SOAP.ways[SigningWay(way)]) for way in one["ways"]),
        _node("validTo", one["until"]),
    )


def _contract(made: Mapping[str, Any]) -> etree._Element:
    return _node(
        "contract",
        _node("number", made["number"]),
        _node("date", made["dated"]),
        _node("amount", _roubles(made["loan"])),
        _node("discount", _roubles(made["discount"])),
        _node("term", str(made["months"])),
        _node("rate", made["rate"]),
        *([_node("fullCost", made["psk"])] if made["psk"] else []),
        _node("documentID", made["document"]),
        _node("passport", made["passport"]),
        *([_node("coolingOffTo", made["cooling_until"])] if made["cooling_until"] else []),
        _node("signTo", made["sign_by"]),
        _node("digital", str(made["digital"]).lower()),
    )


def _roubles(kopecks: int) -> str:
    return Money(kopecks).decimal_text()
