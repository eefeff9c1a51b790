"""A parcel's operations and money records as they are kept: each once, however often the carrier tells of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection, bindparam, select

from gateway.core.clock import from_text, to_text
from gateway.core.ids import new_id
from gateway.parcels.carriers.ports import History, MoneyRecord, Record
from gateway.parcels.model import Effect
from gateway.parcels.records import keyed, merged, record_of
from gateway.parcels.tables import money_events, operations
from gateway.store.driver import Query
from gateway.store.schema import AnyRow
from gateway.store.unit import Unit

_OPERATIONS = Query(select(operations).where(operations.c.parcel_id == bindparam("parcel")))
_MONEY = Query(
    select(money_events)
    .where(money_events.c.parcel_id == bindparam("parcel"))
    .order_by(money_events.c.at, money_events.c.key)
)
_PAID = "cod:"


@dataclass(frozen=True, slots=True)
class Known:
    """What carriers have said of a parcel.

    Attributes:
        records: operations in the order of `operations`, and the buyer's payment as the last of them where the
            carrier's money service tells of it.
        operations: rows by key. money: rows.
    """

    records: tuple[Record, ...]
    operations: dict[str, AnyRow]
    money: Sequence[AnyRow]


def read(connection: Connection, parcel_id: str) -> Known:
    """Everything known of a parcel."""
    rows = {row.key: row for row in _OPERATIONS.all(connection, parcel=parcel_id)}
    money = _MONEY.all(connection, parcel=parcel_id)
    return Known((*(record_of(row) for row in rows.values()), *_payments(money)), rows, money)


def keep(unit: Unit, parcel_id: str, history: History, known: Known, reply_id: str) -> Known:
    """Write down what is new in `history`, and what it tells more of than was known; returns all of it."""
    records = _keep_operations(unit, parcel_id, history, known, reply_id)
    money = _keep_money(unit, parcel_id, history.money, known.money, reply_id)
    return Known((*records, *_payments(money)), known.operations, money)


def _keep_operations(unit: Unit, parcel_id: str, history: History, known: Known, reply_id: str) -> Sequence[Record]:
    records = dict(zip(known.operations, known.records, strict=False))  # payments stand behind the operations
    fresh = []
    for key, record in keyed(history.records).items():
        had = records.get(key)
        if had is None:
            records[key] = record
            fresh.append(_new_row(unit, parcel_id, key, record, reply_id))
            continue
        if record == had:
            continue
        # The meaning of a code is ours, and a newer one than when it was first read.
        now = merged(had, record)
        if now.effect is not record.effect:
            now = replace(now, effect=record.effect)
        if now != had:
            records[key] = now
            unit.update(operations, known.operations[key].id, **_columns(now))
    unit.insert(operations, *fresh)
    return tuple(records.values())


def _new_row(unit: Unit, parcel_id: str, key: str, record: Record, reply_id: str) -> dict[str, Any]:
    return {
        "id": new_id(),
        "company": unit.company,
        "parcel_id": parcel_id,
        "key": key,
        **_columns(record),
        "seen_at": unit.at,
        "reply_id": reply_id,
    }


def _columns(record: Record) -> dict[str, Any]:
    return {
        "at": to_text(record.at),
        "offset_minutes": record.offset_minutes,
        "place": record.place,
        "code": record.code,
        "text": record.text,
        "effect": record.effect.value,
        "office_index": record.office_index,
        "office": record.office,
        "country": record.country,
        "mass": record.mass,
        "cod": record.cod.kopecks,
        "declared": record.declared.kopecks,
        "mail_type": record.mail_type,
        "index_to": record.index_to,
        "keep_until": record.keep_until.isoformat() if record.keep_until else None,
    }


def _keep_money(
    unit: Unit, parcel_id: str, told: Sequence[MoneyRecord], had: Sequence[AnyRow], reply_id: str
) -> Sequence[AnyRow]:
    keys = {row.key for row in had}
    seen: Counter[str] = Counter()
    fresh = []
    for record in told:
        equals = f"{to_text(record.at)} {record.kind} {record.amount.kopecks}"
        seen[equals] += 1
        key = f"{equals} {seen[equals]}"
        if key in keys:
            continue
        fresh.append(
            {
                "id": new_id(),
                "company": unit.company,
                "parcel_id": parcel_id,
                "key": key,
                "at": to_text(record.at),
                "kind": record.kind,
                "text": record.text,
                "amount": record.amount.kopecks,
                "collected": int(record.collected),
                "seen_at": unit.at,
                "reply_id": reply_id,
            }
        )
    unit.insert(money_events, *fresh)
    return _MONEY.all(unit.connection, parcel=parcel_id) if fresh else had


def _payments(money: Sequence[AnyRow]) -> tuple[Record, ...]:
    """That the buyer has paid is an operation like others: he has the parcel."""
    paid = next((row for row in money if row.collected), None)
    if paid is None:
        return ()
    return (Record(from_text(paid.at), None, 0, f"{_PAID}{paid.kind}", paid.text, Effect.COD_PAID),)
