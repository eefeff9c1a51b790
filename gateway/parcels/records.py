"""One operation of a carrier's list: what makes it the same one read again, and in which order operations happened."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from operator import attrgetter
from typing import Any

from gateway.core.clock import MOSCOW, from_text
from gateway.core.money import Money
from gateway.parcels.carriers.ports import Record
from gateway.parcels.model import Effect
from gateway.store.schema import AnyRow

_MINUTE = timedelta(minutes=1)
_AT = attrgetter("at")
_PLACE = attrgetter("place")
_NOTHING = Money.zero()
_BLANK = (None, "", 0)


def wall_time(record: Record) -> datetime:
    """What the clock at the office showed, to the second, without a zone.

    Moscow's where the carrier does not say: that is the zone such records are read in.
    """
    if record.offset_minutes is None:
        there = record.at.astimezone(MOSCOW)
    else:
        there = record.at.astimezone(UTC) + record.offset_minutes * _MINUTE
    return there.replace(tzinfo=None, microsecond=0)


def record_key(record: Record, number: int) -> str:
    """What a record is known again by: the clock at the office, the code, the office, and its number among equals.

    By the office's clock and to the second, because the Post's two services tell of one operation so: one with the
    offset and milliseconds, the other without both. Its place in the list is no part of it: the Post puts records in
    later.

    Args:
        number: among equal ones of one reply, from 1.
    """
    return f"{_key(record)} {number}"


def keyed(records: Sequence[Record]) -> dict[str, Record]:
    """The records of one reply by their keys, in the carrier's order."""
    seen: Counter[str] = Counter()
    found: dict[str, Record] = {}
    for record in sorted(records, key=_PLACE):
        equals = _key(record)
        seen[equals] += 1
        found[f"{equals} {seen[equals]}"] = record
    return found


def _key(record: Record) -> str:
    """What equal records have in common."""
    shown = wall_time(record).isoformat().replace("-", "").replace(":", "")
    return f"{shown} {record.code} {record.office_index}"


def merged(kept: Record, again: Record) -> Record:
    """`kept` with what it does not say filled in from the same record read `again`: the batch service tells less.

    Nothing that was said is overwritten: later readings have been seen to say 0 where the first said a sum.
    """
    filled: dict[str, Any] = {
        name: getattr(again, name)
        for name in ("offset_minutes", "keep_until", "text", "office", "country", "index_to", "mass", "mail_type")
        if getattr(kept, name) in _BLANK and getattr(again, name) not in (None, "")
    }
    if "offset_minutes" in filled:
        filled["at"] = again.at
    for name in ("cod", "declared"):
        if not getattr(kept, name):
            filled[name] = getattr(again, name)
    return replace(kept, **filled) if filled else kept


def in_order(records: Sequence[Record]) -> list[Record]:
    """Each record once, by time; by the carrier's own order where the time is the same.

    The rest of the order means nothing and is there so that equal sets of records have one order only.
    """
    by_time = sorted(records, key=_AT)
    if all(one.at < other.at for one, other in pairwise(by_time)):
        return by_time  # most histories: no two of a time, so none twice either
    return sorted(set(records), key=_order)


def _order(record: Record) -> tuple[Any, ...]:
    return (
        record.at,
        record.place,
        record.code,
        record.office_index,
        record.effect,
        record.cod,
        record.declared,
        record.mail_type,
        record.index_to,
        record.keep_until or date.min,
        record.mass,
        record.offset_minutes is not None,
        record.offset_minutes or 0,
        record.office,
        record.country,
        record.text,
    )


def record_of(row: AnyRow) -> Record:
    """A row of `parcel_operations` as the record it was written from."""
    return Record(
        at=from_text(row.at),
        offset_minutes=row.offset_minutes,
        place=row.place,
        code=row.code,
        text=row.text,
        effect=Effect(row.effect),
        office_index=row.office_index,
        office=row.office,
        country=row.country,
        mass=row.mass,
        cod=Money(row.cod) if row.cod else _NOTHING,
        declared=Money(row.declared) if row.declared else _NOTHING,
        mail_type=row.mail_type,
        index_to=row.index_to,
        keep_until=date.fromisoformat(row.keep_until) if row.keep_until else None,
    )
