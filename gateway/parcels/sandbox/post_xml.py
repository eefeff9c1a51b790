"""Messages of the Russian Post as it writes them: SOAP 1.2 of the single service, SOAP 1.1 of the batch one.

Shapes are those of recorded and documented replies. The first record says everything, later ones little: sums of 0, an
index of 0, no names. Names of people are never there.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta, timezone

from lxml import etree

from gateway.core.errors import Corrupt
from gateway.parcels.sandbox.counter import Answer
from gateway.parcels.sandbox.journey import Event, MoneyEvent, Plan
from gateway.parcels.sandbox.moments import attribute_name, type_name
from gateway.parcels.sandbox.offices import office
from gateway.signing.parsing import local_name, parse

SOAP12 = "http://www.w3.org/2003/05/soap-envelope"
SOAP11 = "http://schemas.xmlsoap.org/soap/envelope/"
HISTORY = "http://russianpost.org/operationhistory"
DATA = "http://russianpost.org/operationhistory/data"
ORDERS = "http://www.russianpost.org/RTM/DataExchangeESPP/Data"
SERVER = "http://fclient.russianpost.org/postserver"
ITEMS = "http://fclient.russianpost.org"
CONTENT_TYPE = {SOAP12: "application/soap+xml; charset=utf-8", SOAP11: "text/xml; charset=utf-8"}
UNREADABLE_DATE = "вчера"
_MAIL_TYPES = {4: "Посылка", 5: "Мелкий пакет", 7: "Отправление EMS", 23: "Посылка онлайн", 24: "Курьер онлайн"}
_COUNTRY = (("Id", "643"), ("Code2A", "RU"), ("Code3A", "RUS"), ("NameRU", "Российская Федерация"),
            ("NameEN", "Russian Federation"))  # fmt: skip
_PREFIXES = {
    "ns2": "http://russianpost.org/sms-info/data", "ns3": DATA, "ns4": SOAP11,
    "ns5": "http://www.russianpost.org/custom-duty-info/data", "ns6": ORDERS, "ns7": HISTORY,
}  # fmt: skip
_MONEY_NAMES = {1: "Приём", 3: "Оплата"}
_ACCEPT = "1"
_SORTED = frozenset({"8:3", "8:4"})


def request(body: bytes, envelope: str) -> etree._Element | None:
    """The one element of a SOAP body; None when it is no message of this version."""
    try:
        root = parse(body)
    except Corrupt:
        return None
    found = root.find(f"{{{envelope}}}Body")
    return found[0] if root.tag == f"{{{envelope}}}Envelope" and found is not None and len(found) == 1 else None


def text(node: etree._Element, *names: str) -> str:
    """The text of the first descendant that has one of these names in any namespace; "" for none."""
    for one in node.iter():
        if local_name(one) in names:
            return (one.text or "").strip()
    return ""


def fault(name: str, reason: str) -> Answer:
    """A fault of the single service: HTTP 500 with its detail."""
    node = etree.Element(f"{{{SOAP12}}}Fault", nsmap={"ns4": SOAP11})
    code = _add(node, f"{{{SOAP12}}}Code")
    _add(code, f"{{{SOAP12}}}Value", "S:Receiver")
    why = _add(node, f"{{{SOAP12}}}Reason")
    said = _add(why, f"{{{SOAP12}}}Text", name)
    said.set("{http://www.w3.org/XML/1998/namespace}lang", "en")
    detail = _add(node, f"{{{SOAP12}}}Detail")
    if name == "PostalOrderEventsForMailFault":
        inner = etree.SubElement(detail, f"{{{ORDERS}}}{name}", nsmap={"ns6": ORDERS})
        etree.SubElement(inner, "PostalOrderEventsForMailError", ErrorID=reason)
    else:
        etree.SubElement(detail, f"{{{DATA}}}{name}Reason", nsmap={"ns3": DATA}).text = reason
    return _sent(SOAP12, node, 500, name)


def history(plan: Plan | None, events: Sequence[Event]) -> Answer:
    """The reply of getOperationHistory; empty for a parcel nobody knows."""
    response = etree.Element(f"{{{HISTORY}}}getOperationHistoryResponse", nsmap=_PREFIXES)
    data = _add(response, f"{{{DATA}}}OperationHistoryData")
    if plan is not None:
        for event in events:
            _record(data, plan, event)
    return _sent(SOAP12, response)


def money_events(plan: Plan | None, events: Iterable[MoneyEvent]) -> Answer:
    """The reply of PostalOrderEventsForMail, with the Post's own spelling and an element in no namespace."""
    response = etree.Element(f"{{{HISTORY}}}PostalOrderEventsForMailResponse", nsmap=_PREFIXES)
    output = _add(response, f"{{{ORDERS}}}PostalOrderEventsForMaiOutput")
    if plan is not None:
        for event in events:
            _money_event(output, plan, event)
    return _sent(SOAP12, response)


def ticket(number: str) -> Answer:
    """The reply of getTicket."""
    response = _batch("ticketResponse")
    _add(response, "value", number)
    return _sent(SOAP11, response)


def batch_error(response: str, number: int, name: str) -> Answer:
    """An error in place of a ticket ("ticketResponse") or of an answer ("answerByTicketResponse")."""
    node = _batch(response)
    etree.SubElement(node, "error", ErrorTypeID=str(number), ErrorName=name)
    return _sent(SOAP11, node, outcome=f"error {number}")


def answer(prepared: datetime, items: Iterable[tuple[str, Sequence[Event]]], unknown: tuple[int, str]) -> Answer:
    """The reply of getResponseByTicket. Times are the offices' own, without offset.

    Args:
        prepared: by Moscow's clock.
        unknown: number and name of the error for a parcel without operations.
    """
    response = _batch("answerByTicketResponse")
    value = etree.SubElement(
        response, "value", FileName="", FileTypeID="2", FileNumber="1", RecipientID="1",
        DatePreparation=f"{prepared:%d.%m.%Y %H:%M:%S}",
    )  # fmt: skip
    for track, events in items:
        item = etree.SubElement(value, f"{{{ITEMS}}}Item", Barcode=track)
        for event in events:
            kind, _, attribute = event.code.partition(":")
            etree.SubElement(
                item, f"{{{ITEMS}}}Operation", OperTypeID=kind, OperCtgID=attribute, OperName=type_name(event.code),
                DateOper=UNREADABLE_DATE if event.spoilt else f"{_local(event.at, event.office):%d.%m.%Y %H:%M:%S}",
                IndexOper=event.office,
            )  # fmt: skip
        if not events:
            etree.SubElement(item, f"{{{ITEMS}}}Error", ErrorTypeID=str(unknown[0]), ErrorName=unknown[1])
    return _sent(SOAP11, response)


def _money_event(output: etree._Element, plan: Plan, event: MoneyEvent) -> None:
    etree.SubElement(
        output, "PostalOrderEvent",
        Number=plan.track[-6:-1],
        EventDateTime=_with_offset(event.at, event.office),
        EventType=str(event.kind),
        EventName=_MONEY_NAMES[event.kind],
        IndexTo=plan.origin,
        IndexEvent=event.office,
        SumPaymentForward=str(plan.cod.kopecks),
        CountryEventCode="RU",
        CountryToCode="RU",
    )  # fmt: skip


def _record(data: etree._Element, plan: Plan, event: Event) -> None:
    kind, _, attribute = event.code.partition(":")
    record = _add(data, f"{{{DATA}}}historyRecord")
    _addresses(_part(record, "AddressParameters"), plan, event)
    finance = _part(record, "FinanceParameters")
    for name, value in _sums(plan, event):
        _value(finance, name, value)
    _item(_part(record, "ItemParameters"), plan, event)
    operation = _part(record, "OperationParameters")
    _named(operation, "OperType", kind, type_name(event.code))
    _named(operation, "OperAttr", attribute, attribute_name(event.code))
    _value(operation, "OperDate", UNREADABLE_DATE if event.spoilt else _with_offset(event.at, event.office))
    user = _part(record, "UserParameters")
    if kind == _ACCEPT:
        _named(user, "SendCtg", "2", "Юридическое лицо")
    _value(user, "Sndr", "")
    _value(user, "Rcpn", "")


def _addresses(node: etree._Element, plan: Plan, event: Event) -> None:
    if event.code.startswith(f"{_ACCEPT}:"):
        _address(node, "DestinationAddress", plan.destination, office(plan.destination).name)
    elif event.code in _SORTED:
        _address(node, "DestinationAddress", "0", "")
    _address(node, "OperationAddress", event.office, office(event.office).name)
    for name in ("MailDirect", "CountryOper"):
        country = _part(node, name)
        for part, value in _COUNTRY:
            _value(country, part, value)


def _address(node: etree._Element, name: str, index: str, description: str) -> None:
    found = _part(node, name)
    _value(found, "Index", index)
    _value(found, "Description", description)


def _sums(plan: Plan, event: Event) -> list[tuple[str, str]]:
    """The first record says what is to be paid, those of sorting centres say 0, the others nothing."""
    known = {"Payment": plan.cod.kopecks, "Value": plan.declared.kopecks, "MassRate": 18_500 + 10 * plan.mass}
    found = []
    if event.code.startswith(f"{_ACCEPT}:") or event.code in _SORTED:
        first = event.code not in _SORTED
        names = ("Payment", "Value", "MassRate", "InsrRate", "AirRate", "Rate")
        found = [(name, str(known.get(name, 0) if first else 0)) for name in names]
    return [*found, ("CustomDuty", "0")]


def _item(node: etree._Element, plan: Plan, event: Event) -> None:
    _value(node, "Barcode", plan.track)
    _value(node, "ValidRuType", "false")
    _value(node, "ValidEnType", "false")
    if event.code in _SORTED:
        return
    name = _MAIL_TYPES.get(plan.mail_type, "")
    category = ("4", "С объявленной ценностью и наложенным платежом") if plan.cod else ("3", "Обыкновенное")
    _value(node, "ComplexItemName", f"{name} {category[1].lower()}".strip())
    _named(node, "MailRank", "0", "Без разряда")
    _named(node, "PostMark", "0", "Без отметки")
    _named(node, "MailType", str(plan.mail_type), name)
    _named(node, "MailCtg", *category)
    _value(node, "Mass", str(plan.mass))


def _named(node: etree._Element, name: str, number: str, words: str) -> None:
    found = _part(node, name)
    _value(found, "Id", number)
    if words:
        _value(found, "Name", words)


def _part(node: etree._Element, name: str) -> etree._Element:
    return _add(node, f"{{{DATA}}}{name}")


def _value(node: etree._Element, name: str, value: str) -> None:
    _add(node, f"{{{DATA}}}{name}", value)


def _add(node: etree._Element, tag: str, value: str | None = None) -> etree._Element:
    found = etree.SubElement(node, tag)
    found.text = value
    return found


def _batch(name: str) -> etree._Element:
    return etree.Element(f"{{{SERVER}}}{name}", nsmap={"ns2": SERVER, "ns3": ITEMS})


def _local(at: datetime, index: str) -> datetime:
    return at.astimezone(timezone(timedelta(minutes=office(index).offset_minutes)))


def _with_offset(at: datetime, index: str) -> str:
    return _local(at, index).isoformat(timespec="milliseconds")


def _sent(envelope: str, content: etree._Element, status: int = 200, outcome: str = "") -> Answer:
    root = etree.Element(f"{{{envelope}}}Envelope", nsmap={"S": envelope})
    etree.SubElement(root, f"{{{envelope}}}Body").append(content)
    declared = envelope == SOAP12
    body = etree.tostring(root, encoding="UTF-8", xml_declaration=declared)
    return Answer(body, status, CONTENT_TYPE[envelope], outcome=outcome)
