"""Answers of the SOAP lender, read from a tree without DTD; elements we do not know are let be."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import TypeVar

from lxml import etree

from gateway.core.errors import Corrupt, Refused
from gateway.core.money import Money
from gateway.loans.lenders.errors import UnreadableAnswer
from gateway.loans.lenders.ports import AgreementView, LenderView, Offer
from gateway.loans.lenders.soap_wire import ENVELOPE, tag
from gateway.loans.lenders.words import SOAP
from gateway.signing.parsing import parse

T = TypeVar("T")
_NUMBER = re.compile(r"\d{1,6}(\.\d{1,6})?")
_LONGEST = 1000


class _Unfit(Exception):
    """An element is missing or is not what it should be."""


class Fault(Exception):
    """A SOAP fault.

    Attributes:
        code: of faultcode, without its prefix. The faultstring may quote the questionnaire: it is not read.
    """

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(code)


def read_view(lender: str, raw: bytes) -> LenderView:
    """The state in an answer.

    Raises:
        UnreadableAnswer, Fault.
    """
    try:
        return _view(_child(_answer(raw), "state"), raw)
    except (_Unfit, Corrupt) as error:
        raise UnreadableAnswer(lender, _detail(error), raw) from None


def read_content(lender: str, raw: bytes) -> bytes:
    """The document in an answer.

    Raises:
        UnreadableAnswer, Fault.
    """
    try:
        return base64.b64decode(_child(_answer(raw), "content").text or "", validate=True)
    except (_Unfit, Corrupt, binascii.Error) as error:
        raise UnreadableAnswer(lender, _detail(error), raw) from None


def read_hint(raw: bytes) -> str:
    """The lender's id of the application a notice is about; "" when it names none."""
    try:
        root = parse(raw)
        return _text(root, "creditID") if root.tag == tag("notice") else ""
    except (_Unfit, Corrupt):
        return ""


def _detail(error: Exception) -> str:
    return error.code if isinstance(error, Corrupt) else str(error)


def _answer(raw: bytes) -> etree._Element:
    root = parse(raw)
    body = root.find(f"{{{ENVELOPE}}}Body")
    if root.tag != f"{{{ENVELOPE}}}Envelope" or body is None or len(body) != 1:
        raise _Unfit("no SOAP answer")
    if body[0].tag == f"{{{ENVELOPE}}}Fault":
        raise Fault((body[0].findtext("faultcode") or "").strip().rpartition(":")[2])
    return body[0]


def _view(state: etree._Element, raw: bytes) -> LenderView:
    offers = tuple(_offer(node) for node in state.iterfind(tag("offer")))
    word = _text(state, "status")
    status = SOAP.status(word, offers)
    contract = state.find(tag("contract"))
    corrections = {_text(node, "name"): _text(node, "value") for node in state.iterfind(tag("correction"))}
    return LenderView(
        external_id=_text(state, "creditID"),
        version=_read(state, "revision", _whole),
        status=status,
        status_text=word,
        raw=raw,
        reason=_optional(state, "reason", str) or "",
        offers=offers,
        wanted=corrections,
        agreement=None if contract is None else _contract(contract),
        original=SOAP.original(_optional(state, "originals", str) or "", status),
    )


def _offer(node: etree._Element) -> Offer:
    return Offer(
        id=_text(node, "offerID"),
        loan=_read(node, "amount", _sum),
        months=_read(node, "term", _whole),
        rate=_read(node, "rate", _percent),
        psk=_optional(node, "fullCost", _percent) or "",
        payment=_read(node, "payment", _sum),
        discount=_read(node, "discount", _sum),
        ways=SOAP.signing_ways([(way.text or "").strip() for way in node.iterfind(tag("signing"))]),
        until=_optional(node, "validTo", date.fromisoformat),
    )


def _contract(node: etree._Element) -> AgreementView:
    return AgreementView(
        number=_text(node, "number"),
        dated=_read(node, "date", date.fromisoformat),
        loan=_read(node, "amount", _sum),
        discount=_read(node, "discount", _sum),
        months=_read(node, "term", _whole),
        rate=_read(node, "rate", _percent),
        psk=_optional(node, "fullCost", _percent) or "",
        document=_text(node, "documentID"),
        passport=_optional(node, "passport", str) or "",
        cooling_until=_optional(node, "coolingOffTo", _instant),
        sign_by=_optional(node, "signTo", date.fromisoformat),
        digital=_read(node, "digital", _flag),
    )


def _child(parent: etree._Element, name: str) -> etree._Element:
    found = parent.findall(tag(name))
    if len(found) != 1:
        raise _Unfit(name)
    return found[0]


def _text(parent: etree._Element, name: str) -> str:
    text = (_child(parent, name).text or "").strip()
    if not text or len(text) > _LONGEST:
        raise _Unfit(name)
    return text


def _read(parent: etree._Element, name: str, convert: Callable[[str], T]) -> T:
    try:
        return convert(_text(parent, name))
    except (ValueError, OverflowError, Refused):
        raise _Unfit(name) from None


def _optional(parent: etree._Element, name: str, convert: Callable[[str], T]) -> T | None:
    node = parent.find(tag(name))
    if node is None or not (node.text or "").strip():
        return None
    return _read(parent, name, convert)


def _whole(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 15):
        raise ValueError(text)
    return int(text)


def _sum(text: str) -> Money:
    found = Money.parse(text)
    if found < Money.zero():
        raise ValueError(text)
    return found


def _percent(text: str) -> str:
    if not _NUMBER.fullmatch(text):
        raise ValueError(text)
    return text


def _flag(text: str) -> bool:
    if text not in ("true", "false", "1", "0"):
        raise ValueError(text)
    return text in ("true", "1")


def _instant(text: str) -> datetime:
    found = datetime.fromisoformat(text)
    if found.tzinfo is None:
        raise ValueError(text)
    return found.astimezone(UTC)
