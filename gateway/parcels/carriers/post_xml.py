"""SOAP of the Russian Post: envelopes are built and replies opened by local name, without its WSDL.

The WSDL imports schemas over the network and declares optional elements required, so it is of no use to a reader. The
single service speaks SOAP 1.2, the batch service SOAP 1.1; the header with login and password sits in the body, and its
mustUnderstand is an attribute of SOAP 1.1 in both.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from lxml import etree

from gateway.bank.transport import HttpReply
from gateway.core.errors import Corrupt, KvitError, Refused, Unavailable
from gateway.parcels.carriers.errors import UnreadableReply
from gateway.parcels.carriers.https import CarrierHttps
from gateway.parcels.model import CarrierKey
from gateway.signing.parsing import local_name, parse

SOAP11 = "http://schemas.xmlsoap.org/soap/envelope/"
SOAP12 = "http://www.w3.org/2003/05/soap-envelope"
OPERATION = "http://russianpost.org/operationhistory"
DATA = "http://russianpost.org/operationhistory/data"
MONEY = "http://www.russianpost.org/RTM/DataExchangeESPP/Data"
BATCH = "http://fclient.russianpost.org/postserver"
ITEMS = "http://fclient.russianpost.org"
REPLY_LIMIT = 32 * 1024 * 1024

_SPENT = re.compile(r"превыш|лимит|limit|exceed", re.IGNORECASE)
_NOT_AUTHORISED = re.compile(r"InvalidLogin|пароль|авториза", re.IGNORECASE)
_LONGEST_REASON = 200


def history_request(track: str, login: str, password: str) -> bytes:
    """getOperationHistory of the item itself (MessageType 0), in Russian."""
    call, body = _single("getOperationHistory")
    request = etree.SubElement(call, _tag(DATA, "OperationHistoryRequest"))
    for name, text in (("Barcode", track), ("MessageType", "0"), ("Language", "RUS")):
        etree.SubElement(request, _tag(DATA, name)).text = text
    _authorise(call, login, password)
    return _bytes(body)


def money_request(track: str, login: str, password: str) -> bytes:
    """PostalOrderEventsForMail: what became of the cash on delivery."""
    call, body = _single("PostalOrderEventsForMail")
    _authorise(call, login, password)
    wanted = etree.SubElement(call, _tag(MONEY, "PostalOrderEventsForMailInput"))
    wanted.set("Barcode", track)
    wanted.set("Language", "RUS")
    return _bytes(body)


def ticket_request(tracks: Sequence[str], login: str, password: str) -> bytes:
    """getTicket: have a batch prepared."""
    call, body = _batch("ticketRequest")
    request = etree.SubElement(call, "request")
    for track in tracks:
        etree.SubElement(request, _tag(ITEMS, "Item")).set("Barcode", track)
    for name, text in (("login", login), ("password", password), ("language", "RUS")):
        etree.SubElement(call, name).text = text
    return _bytes(body)


def answer_request(ticket: str, login: str, password: str) -> bytes:
    """getResponseByTicket: fetch the batch."""
    call, body = _batch("answerByTicketRequest")
    for name, text in (("ticket", ticket), ("login", login), ("password", password)):
        etree.SubElement(call, name).text = text
    return _bytes(body)


def opened(https: CarrierHttps, reply: HttpReply) -> etree._Element:
    """What stands in the body of a reply; HTTP 500 with an envelope is an answer and no outage.

    Raises:
        Unavailable: `carrier.unreadable`, `carrier.fault`.
        Refused: `carrier.not_authorised`, `carrier.quota_spent`, `carrier.refused`.
    """
    status = reply.seen["status"]
    if status not in ("200", "500") or (status == "500" and "xml" not in reply.seen["kind"]):
        raise https.failure(reply)
    answer = content_of(reply.content)
    if local_name(answer) == "Fault":
        raise _meaning(answer, status)
    if status == "500":
        raise https.failure(reply)
    return answer


def content_of(raw: bytes) -> etree._Element:
    """The first element of the body of an envelope.

    Raises:
        Unavailable: `carrier.unreadable` for what is not well-formed, has a DTD, is too large or no envelope.
    """
    try:
        root = parse(raw, REPLY_LIMIT)
    except Corrupt as error:
        raise UnreadableReply(CarrierKey.POST, error.code, raw) from None
    body = next(children(root, "Body"), None) if local_name(root) == "Envelope" else None
    if body is None or len(body) == 0:
        raise UnreadableReply(CarrierKey.POST, "no SOAP body", raw)
    return body[0]


def children(parent: etree._Element, name: str) -> Iterator[etree._Element]:
    """Child elements of this local name, whatever their namespace."""
    return parent.iterchildren(f"{{*}}{name}")


def descend(parent: etree._Element, *path: str) -> etree._Element | None:
    """The first element at the end of a path of local names; None where a step is missing."""
    found: etree._Element | None = parent
    for name in path:
        if found is None:
            return None
        found = next(children(found, name), None)
    return found


def text_at(parent: etree._Element, *path: str) -> str:
    """Its text without spaces around it; "" where there is none."""
    found = descend(parent, *path)
    return ((found.text if found is not None else None) or "").strip()


def reason_of(text: str) -> str:
    """The Post's own words, short enough for a sentence."""
    return " ".join(text.split())[:_LONGEST_REASON] or "—"


def _meaning(fault: etree._Element, status: str) -> KvitError:
    """The error of a SOAP fault of either version."""
    detail = next((child for child in fault if local_name(child).lower() == "detail"), None)
    told = detail[0] if detail is not None and len(detail) else None
    if told is None:
        return Unavailable("carrier.fault", retry_after=300.0, carrier=CarrierKey.POST, status=status)
    words = " ".join(
        (
            *(str(text) for text in told.itertext()),
            *(str(value) for node in told.iter() for value in node.attrib.values()),
            text_at(fault, "Reason", "Text"),
            text_at(fault, "faultstring"),
        )
    )
    if _SPENT.search(words):
        return Refused("carrier.quota_spent", carrier=CarrierKey.POST)
    if local_name(told).startswith("AuthorizationFault") or _NOT_AUTHORISED.search(words):
        return Refused("carrier.not_authorised", carrier=CarrierKey.POST)
    return Refused("carrier.refused", carrier=CarrierKey.POST, reason=reason_of(words))


def _single(name: str) -> tuple[etree._Element, etree._Element]:
    """The call's element and its envelope, SOAP 1.2."""
    names = {"soap": SOAP12, "oper": OPERATION, "data": DATA, "soapenv": SOAP11}
    envelope = etree.Element(_tag(SOAP12, "Envelope"), nsmap=names)
    etree.SubElement(envelope, _tag(SOAP12, "Header"))
    body = etree.SubElement(envelope, _tag(SOAP12, "Body"))
    return etree.SubElement(body, _tag(OPERATION, name)), envelope


def _batch(name: str) -> tuple[etree._Element, etree._Element]:
    """The call's element and its envelope, SOAP 1.1."""
    envelope = etree.Element(_tag(SOAP11, "Envelope"), nsmap={"soapenv": SOAP11, "pos": BATCH, "fcl": ITEMS})
    etree.SubElement(envelope, _tag(SOAP11, "Header"))
    body = etree.SubElement(envelope, _tag(SOAP11, "Body"))
    return etree.SubElement(body, _tag(BATCH, name)), envelope


def _authorise(call: etree._Element, login: str, password: str) -> None:
    header = etree.SubElement(call, _tag(DATA, "AuthorizationHeader"))
    header.set(_tag(SOAP11, "mustUnderstand"), "1")
    etree.SubElement(header, _tag(DATA, "login")).text = login
    etree.SubElement(header, _tag(DATA, "password")).text = password


def _tag(namespace: str, name: str) -> str:
    return f"{{{namespace}}}{name}"


def _bytes(envelope: etree._Element) -> bytes:
    return etree.tostring(envelope, xml_declaration=True, encoding="utf-8")
