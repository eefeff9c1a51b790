"""Cash on delivery for the screens: what of it is missing, and the chain to the bank's message."""

from __future__ import annotations

from dataclasses import fields
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection

from gateway.api.reads.parcels import item
from gateway.core.money import Money
from gateway.flows.parcel_chain import cod_chain
from gateway.parcels import cod_missing
from gateway.parcels.model import CarrierKey
from gateway.parcels.terms import ParcelTerms

_LINE, _CLAIM = ("id", "gross", "fee", "net"), ("id", "number", "date")


def missing(
    connection: Connection,
    company: str,
    terms: ParcelTerms,
    now: datetime,
    *,
    carrier: CarrierKey | None,
    after: str,
    limit: int,
) -> dict[str, Any]:
    """A slice of the parcels whose money is overdue, and what each carrier owes."""
    rows = cod_missing.listing(connection, company, carrier=carrier, after=after, limit=limit)
    return {
        "items": [item(row, terms, now) for row in rows],
        "totals": [_plain(one) for one in cod_missing.totals(connection, company)],
        "next": f"{rows[-1].cod_due}/{rows[-1].id}" if len(rows) == limit else None,
    }


def chain(connection: Connection, company: str, parcel_id: str) -> dict[str, Any]:
    """The chain of one parcel's cash on delivery.

    Raises:
        Refused: `parcel.not_found`.
    """
    found = cod_chain(connection, company, parcel_id)
    return {
        **_plain(found),
        "invoice": _plain(found.invoice) if found.invoice else None,
        "money": [_plain(one) for one in found.money],
        "told": [_plain(one) for one in found.told],
        "owed": [_named(_LINE, one) for one in found.owed],
        "claims": [_named(_CLAIM, one) for one in found.claims],
    }


def _plain(record: Any) -> dict[str, Any]:
    """The fields of a record as JSON has them; what is a record itself is left to the caller."""
    return {field.name: _value(getattr(record, field.name)) for field in fields(record)}


def _named(names: tuple[str, ...], values: tuple[Any, ...]) -> dict[str, Any]:
    return {name: _value(value) for name, value in zip(names, values, strict=True)}


def _value(value: Any) -> Any:
    if isinstance(value, Money):
        return value.kopecks
    return value.isoformat() if isinstance(value, date) else value
