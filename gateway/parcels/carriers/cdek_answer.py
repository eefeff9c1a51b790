"""Answers of CDEK's API v2 → histories. Sums are in roubles, as numbers; statuses come newest first.

Names and phones of sender and recipient stand in the same answer and are never read.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from gateway.core.clock import MOSCOW
from gateway.core.errors import Refused
from gateway.core.money import Money, total
from gateway.parcels.carriers.errors import UnreadableReply
from gateway.parcels.carriers.ports import History, MoneyRecord, Record, can_be
from gateway.parcels.cdek_codes import effect_of
from gateway.parcels.model import CarrierKey, Effect

MOST_RECORDS = 1000
_LONGEST = 200
_NOTHING = Money.zero()


class _Unfit(Exception):
    """A record without which, when or what."""


@dataclass(frozen=True, slots=True)
class RegistryLine:
    """Cash on delivery of one order in a registry.

    Attributes:
        paid: by the buyer. transferred: of it, to us.
    """

    track: str
    paid: Money
    transferred: Money


@dataclass(frozen=True, slots=True)
class Registry:
    """One transfer of cash on delivery and the orders in it.

    Attributes:
        order_number: of CDEK's payment order.
        skipped: lines that could not be read.
    """

    number: str
    order_number: str
    amount: Money
    lines: tuple[RegistryLine, ...]
    skipped: int


def parsed(raw: bytes) -> dict[str, Any]:
    """The answer as an object; numbers stay text.

    Raises:
        Unavailable: `carrier.unreadable`.
    """
    try:
        found = json.loads(raw, parse_float=str, parse_int=str)
    except (ValueError, RecursionError) as error:
        raise UnreadableReply(CarrierKey.CDEK, type(error).__name__, raw) from None
    if not isinstance(found, dict):
        raise UnreadableReply(CarrierKey.CDEK, "no object", raw)
    return found


def error_codes(answer: Mapping[str, Any]) -> list[str]:
    """Codes of what is wrong: at the top, or of each request."""
    of = [answer, *_objects(answer, "requests")]
    return [_text(error, "code") for one in of for error in _objects(one, "errors")]


def read_order(track: str, raw: bytes) -> History:
    """The order's statuses, and what the buyer has paid for it.

    Raises:
        Unavailable: `carrier.unreadable`.
    """
    answer = parsed(raw)
    entity = answer.get("entity")
    if not isinstance(entity, dict):
        raise UnreadableReply(CarrierKey.CDEK, "no entity", raw)
    if _text(entity, "cdek_number") not in ("", track):
        raise UnreadableReply(CarrierKey.CDEK, "another number", raw)
    statuses = [status for status in _objects(entity, "statuses") if status.get("deleted") is not True]
    records, skipped = [], 0
    for number, status in enumerate(statuses[:MOST_RECORDS]):
        try:
            records.append(_record(entity, status, len(statuses) - number))
        except _Unfit:
            skipped += 1
    skipped += max(len(statuses) - MOST_RECORDS, 0)
    return History(track, bool(statuses), tuple(reversed(records)), _paid(entity, records), skipped)


def read_registries(raw: bytes) -> tuple[Registry, ...]:
    """The registries of one day.

    Raises:
        Unavailable: `carrier.unreadable`.
    """
    return tuple(_registry(one) for one in _objects(parsed(raw), "registries"))


def _registry(one: Mapping[str, Any]) -> Registry:
    orders = _objects(one, "orders")
    lines = []
    for order in orders:
        track, paid, transferred = _text(order, "cdek_number"), _sum(order, "payment_sum"), _sum(order, "transfer_sum")
        if track and paid is not None and transferred is not None:
            lines.append(RegistryLine(track, paid, transferred))
    return Registry(
        _text(one, "registry_number"),
        _text(one, "payment_order_number"),
        _sum(one, "sum") or _NOTHING,
        tuple(lines),
        len(orders) - len(lines),
    )


def _record(entity: Mapping[str, Any], status: Mapping[str, Any], place: int) -> Record:
    word = _text(status, "code").upper()
    if not word:
        raise _Unfit
    at, offset = _instant(_text(status, "date_time"))
    effect = effect_of(word)
    going_to = _object(entity, "to_location")
    city, there = _text(status, "city"), _text(going_to, "city")
    return Record(
        at=at,
        offset_minutes=offset,
        place=place,
        code=word[:_LONGEST],
        text=_text(status, "name"),
        effect=effect,
        # CDEK names cities; the index of where the order goes is good enough to know the buyer's clock by
        office_index=_text(going_to, "postal_code") if city and city == there else "",
        office=city,
        country=_text(going_to, "country_code")[:2],
        mass=sum(_whole(_text(package, "weight")) for package in _objects(entity, "packages")),
        cod=_to_collect(entity),
        index_to=_text(going_to, "postal_code"),
        keep_until=_day(_text(entity, "keep_free_until")) if effect is Effect.ARRIVE else None,
    )


def _to_collect(entity: Mapping[str, Any]) -> Money:
    """For the goods, by their number, and for the delivery."""
    for_goods = [
        Money((_sum(_object(item, "payment"), "value") or _NOTHING).kopecks * (_whole(_text(item, "amount")) or 1))
        for package in _objects(entity, "packages")
        for item in _objects(package, "items")
    ]
    return total([*for_goods, _sum(_object(entity, "delivery_recipient_cost"), "value") or _NOTHING])


def _paid(entity: Mapping[str, Any], records: list[Record]) -> tuple[MoneyRecord, ...]:
    """What the courier or the point took from the buyer, as of the day it was handed over."""
    detail = _object(entity, "delivery_detail")
    amount = _sum(detail, "payment_sum") or _NOTHING
    at = min((record.at for record in records if record.effect is Effect.DELIVER), default=None)
    if not amount or at is None:
        return ()
    return (MoneyRecord(at, "delivery_detail", _text(detail, "date"), amount, True),)


def _instant(text: str) -> tuple[datetime, int | None]:
    """ "2026-11-21T10:40:23+0000" → UTC. CDEK writes all times in UTC, which is no office's clock."""
    try:
        found = datetime.fromisoformat(text)
        told = found.utcoffset()
        at = (found.replace(tzinfo=MOSCOW) if told is None else found).astimezone(UTC)
    except (ValueError, OverflowError):
        raise _Unfit from None
    if not can_be(at):
        raise _Unfit
    return at, round(told.total_seconds() / 60) if told else None


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        return None


def _objects(parent: Mapping[str, Any], name: str) -> list[dict[str, Any]]:
    found = parent.get(name)
    return list(_only_objects(found)) if isinstance(found, list) else []


def _only_objects(found: list[Any]) -> Iterator[dict[str, Any]]:
    return (one for one in found if isinstance(one, dict))


def _object(parent: Mapping[str, Any], name: str) -> dict[str, Any]:
    found = parent.get(name)
    return found if isinstance(found, dict) else {}


def _text(parent: Mapping[str, Any], name: str) -> str:
    found = parent.get(name)
    return found.strip()[:_LONGEST] if isinstance(found, str) else ""


def _whole(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 9 else 0


def _sum(parent: Mapping[str, Any], name: str) -> Money | None:
    """A sum in roubles; None where it says none that can be read."""
    try:
        found = Money.parse(_text(parent, name))
    except Refused:
        return None
    return found if found.kopecks >= 0 else None
