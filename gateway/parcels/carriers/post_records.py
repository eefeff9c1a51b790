"""Replies of the Russian Post → histories. What cannot be read is left out and counted; the rest still counts.

Read are only the elements named here: the names of sender and recipient, which stand beside them, are never touched.
Values are taken as each record says them, 0 and "" where it does not: which of several counts is for the history to
tell (the Post says a sum once and 0 from then on, and "0" for an index it does not know).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import TypeVar

from lxml import etree

from gateway.core.clock import MOSCOW
from gateway.core.money import Money
from gateway.parcels.carriers.ports import History, MoneyRecord, Record, can_be
from gateway.parcels.carriers.post_xml import children, descend, text_at
from gateway.parcels.model import Effect
from gateway.parcels.post_codes import effect_of
from gateway.parcels.zones import offset_of
from gateway.signing.parsing import local_name

T = TypeVar("T")

MOST_RECORDS = 1000
"""Of one parcel; more are no history."""
NOT_KNOWN = 12
"""The batch service's error of a number it has not heard of yet."""

_COLLECTED = "3"  # EventType of a postal order: paid by the buyer
_NOTHING = Money.zero()
_LONGEST = 200
_WHOLE = re.compile(r"\d{1,15}", re.ASCII)
_NUMBER = re.compile(r"\d{1,4}", re.ASCII)
_BATCH_TIME = re.compile(r"(\d\d)\.(\d\d)\.(\d{4}) (\d\d):(\d\d):(\d\d)", re.ASCII)
_INDEX = re.compile(r"[0-9A-Za-z -]{1,12}", re.ASCII)


class _Unfit(Exception):
    """A record without which, when or what."""


def read_history(track: str, answer: etree._Element) -> History:
    """The item's history in the answer of getOperationHistory; an empty list is a number not known yet."""
    data = answer if local_name(answer) == "OperationHistoryData" else descend(answer, "OperationHistoryData")
    nodes = list(children(data, "historyRecord")) if data is not None else []
    records, skipped = _each(nodes, _single_record)
    return History(track, bool(nodes), records, skipped=skipped, new_track=_new_track(track, nodes))


def is_of_another(track: str, answer: etree._Element) -> bool:
    """Whether every number the history names is another's. A parcel registered anew has records of both numbers, or
    one that says so."""
    named = {text_at(node, "ItemParameters", "Barcode").upper() for node in answer.iter("{*}historyRecord")} - {""}
    return bool(named) and track not in named and not read_history(track, answer).new_track


def read_money(track: str, answer: etree._Element) -> History:
    """The postal order's events; the element around them is spelt "…MaiOutput" by the Post."""
    nodes = [event for output in answer for event in children(output, "PostalOrderEvent")]
    events, skipped = _each(nodes, _money_record)
    return History(track, bool(events), money=events, skipped=skipped)


def read_batch(value: etree._Element) -> tuple[History, ...]:
    """The items of a batch's answer; without those the Post could not look up, which are to be asked about again."""
    found = []
    for item in children(value, "Item"):
        track = (item.get("Barcode") or "").strip()
        if not 0 < len(track) <= _LONGEST:
            continue
        records, skipped = _each(list(children(item, "Operation")), _batch_record)
        errors = {error.get("ErrorTypeID") or str(NOT_KNOWN) for error in children(item, "Error")}
        if records or skipped or errors <= {str(NOT_KNOWN)}:
            found.append(History(track, bool(records or skipped), records, skipped=skipped))
    return tuple(found)


def _each(nodes: list[etree._Element], read: Callable[[etree._Element, int], T]) -> tuple[tuple[T, ...], int]:
    """What could be read of `nodes`, and how many could not."""
    found: list[T] = []
    for place, node in enumerate(nodes[:MOST_RECORDS], 1):
        try:
            found.append(read(node, place))
        except _Unfit:
            continue
    return tuple(found), len(nodes) - len(found)


def _single_record(node: etree._Element, place: int) -> Record:
    operation = descend(node, "OperationParameters")
    if operation is None:
        raise _Unfit
    code = _code(text_at(operation, "OperType", "Id"), text_at(operation, "OperAttr", "Id"))
    index = _index(text_at(node, "AddressParameters", "OperationAddress", "Index"))
    at, offset = _iso_time(text_at(operation, "OperDate"), index)
    return Record(
        at=at,
        offset_minutes=offset,
        place=place,
        code=code,
        text=(text_at(operation, "OperAttr", "Name") or text_at(operation, "OperType", "Name"))[:_LONGEST],
        effect=effect_of(code),
        office_index=index,
        office=text_at(node, "AddressParameters", "OperationAddress", "Description")[:_LONGEST],
        country=text_at(node, "AddressParameters", "CountryOper", "Code2A")[:2],
        mass=_whole(text_at(node, "ItemParameters", "Mass")),
        cod=Money(_whole(text_at(node, "FinanceParameters", "Payment"))),
        declared=Money(_whole(text_at(node, "FinanceParameters", "Value"))),
        mail_type=_whole(text_at(node, "ItemParameters", "MailType", "Id")),
        index_to=_index(text_at(node, "AddressParameters", "DestinationAddress", "Index")),
    )


def _batch_record(node: etree._Element, place: int) -> Record:
    code = _code(node.get("OperTypeID") or "", node.get("OperCtgID") or "")
    index = _index(node.get("IndexOper") or "")
    found = _BATCH_TIME.fullmatch((node.get("DateOper") or "").strip())
    if not found:
        raise _Unfit
    day, month, year, hour, minute, second = map(int, found.groups())
    try:
        shown = datetime(year, month, day, hour, minute, second, tzinfo=UTC)
    except ValueError:
        raise _Unfit from None
    at, offset = _at_the_office(shown, index)
    return Record(
        at=at,
        offset_minutes=offset,
        place=place,
        code=code,
        text=(node.get("OperName") or "").strip()[:_LONGEST],
        effect=effect_of(code),
        office_index=index,
    )


def _money_record(node: etree._Element, place: int) -> MoneyRecord:
    kind = (node.get("EventType") or "").strip()
    if not _NUMBER.fullmatch(kind):
        raise _Unfit
    at, _ = _iso_time((node.get("EventDateTime") or "").strip(), _index(node.get("IndexEvent") or ""))
    return MoneyRecord(
        at=at,
        kind=kind,
        text=(node.get("EventName") or "").strip()[:_LONGEST],
        amount=Money(_whole((node.get("SumPaymentForward") or "").strip())),
        collected=kind == _COLLECTED,
    )


def _new_track(track: str, nodes: Iterable[etree._Element]) -> str:
    """The number it was registered anew under: where such a record names another than the one asked about."""
    for node in nodes:
        kind = text_at(node, "OperationParameters", "OperType", "Id")
        attribute = text_at(node, "OperationParameters", "OperAttr", "Id")
        named = text_at(node, "ItemParameters", "Barcode").upper()
        if effect_of(f"{kind}:{attribute or 0}") is Effect.RENUMBER and named not in ("", track) and named.isalnum():
            return named[:_LONGEST]
    return ""


@lru_cache(maxsize=4_096)
def _code(kind: str, attribute: str) -> str:
    """ "8:2"; an operation without an attribute has 0."""
    kind, attribute = kind.strip(), attribute.strip() or "0"
    if not (_NUMBER.fullmatch(kind) and _NUMBER.fullmatch(attribute)):
        raise _Unfit
    return f"{int(kind)}:{int(attribute)}"


def _iso_time(text: str, index: str) -> tuple[datetime, int | None]:
    """ "2016-07-16T12:01:00.000+04:00" → UTC and the offset."""
    try:
        found = datetime.fromisoformat(text)
        told = found.utcoffset()
        if told is None:
            return _at_the_office(found.replace(tzinfo=UTC), index)
        at = found.astimezone(UTC)
    except (ValueError, OverflowError):
        raise _Unfit from None
    if not can_be(at):
        raise _Unfit
    return at, round(told.total_seconds() / 60)


def _at_the_office(shown: datetime, index: str) -> tuple[datetime, int | None]:
    """What the clock at the office with this index showed → UTC and the offset of that clock.

    Where nobody knows the index it is Moscow's clock, and None. Either way the reading of the clock can be had back:
    records of both services are known for the same by it.

    Args:
        shown: the clock's reading, as if it were UTC.
    """
    if not can_be(shown):
        raise _Unfit
    offset = _offset(index)
    if offset is None:
        return shown.replace(tzinfo=MOSCOW).astimezone(UTC), None
    return shown - timedelta(minutes=offset), offset


@lru_cache(maxsize=65_536)
def _offset(index: str) -> int | None:
    return offset_of(index)


def _index(text: str) -> str:
    text = text.strip()
    return text if text.strip("0") and _INDEX.fullmatch(text) else ""


def _whole(text: str) -> int:
    """A whole number, 0 for what is none: a garbled weight is no reason to lose the operation."""
    return int(text) if _WHOLE.fullmatch(text) else 0
