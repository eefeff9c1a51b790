"""What carriers answered, as it came: kept before anything is read out of it into a parcel."""

from __future__ import annotations

import zlib

from sqlalchemy import Connection, select

from gateway.core.ids import new_id
from gateway.parcels.model import CarrierKey
from gateway.parcels.tables import replies
from gateway.store.unit import Unit

_LEVEL = 3  # half a megabyte of XML in some milliseconds, to less than a tenth


def keep(unit: Unit, carrier: CarrierKey, call: str, about: str, raw: bytes, error: str = "") -> str:
    """Store a reply; returns its id.

    Args:
        about: the track, or the ticket.
        error: code of what was wrong with it, "" for nothing.
    """
    reply_id = new_id()
    unit.insert(
        replies,
        {
            "id": reply_id,
            "company": unit.company,
            "carrier": carrier.value,
            "call_name": call,
            "at": unit.at,
            "about": about,
            "error": error,
            "body": zlib.compress(raw, _LEVEL),
        },
    )
    return reply_id


def body(connection: Connection, company: str, reply_id: str) -> bytes:
    """The bytes of a reply; empty once its retention period is over, or where there is none."""
    query = select(replies.c.body).where(replies.c.company == company, replies.c.id == reply_id)
    packed: bytes = connection.execute(query).scalar_one_or_none() or b""
    return zlib.decompress(packed) if packed else b""
