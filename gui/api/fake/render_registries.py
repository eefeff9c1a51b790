"""Payout registries of the make-believe service as the contract's JSON."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from gui.api.fake.registry_files import Reading
from gui.api.fake.render import Json, instant

if TYPE_CHECKING:
    from gui.api.fake.world import World

LINES_AT_ONCE = 200
STATES = {
    "waiting": ("Ждёт выплаты", "Waits for its payout"),
    "used": ("По нему разнесена выплата", "A payout is explained by it"),
    "withdrawn": ("Отозван", "Withdrawn"),
}


@dataclass(slots=True)
class RegistryRecord:
    id: str
    source: str
    partner: str
    reading: Reading
    file_name: str
    received_at: datetime
    received_by: str
    sha256: str = ""
    state: str = "waiting"
    payment: str | None = None
    note: str = ""
    version: int = 1
    against: dict[int, Json] = field(default_factory=dict)
    """position → why that line finds no invoice"""


def row(world: World, one: RegistryRecord) -> Json:
    read = one.reading
    twins = [
        other
        for other in world.registries.values()
        if other.state == "waiting" and (other.partner, other.reading.number) == (one.partner, read.number)
    ]
    return {
        "id": one.id,
        "version": one.version,
        "source": one.source,
        "partner_inn": one.partner,
        "partner_name": world.partners[one.partner]["partner_name"],
        "number": read.number,
        "date": read.date,
        "gross": read.gross,
        "fee": read.fee,
        "net": read.net,
        "lines_total": read.lines_total,
        "difference": read.lines_total - read.gross,
        "line_count": len(read.lines),
        "bad_rows": len(read.problems),
        "sound": read.sound,
        "ambiguous": one.state == "waiting" and len(twins) > 1,
        "state": one.state,
        "state_ru": STATES[one.state][0],
        "state_en": STATES[one.state][1],
        "payment_id": one.payment,
        "file_name": one.file_name,
        "received_at": instant(one.received_at),
        "received_by": one.received_by,
        "note": one.note,
    }


def detail(world: World, one: RegistryRecord, query: dict[str, str]) -> Json:
    offset, limit = int(query.get("offset") or 0), int(query.get("limit") or LINES_AT_ONCE)
    lines = one.reading.lines[offset : offset + limit]
    end = offset + len(lines)
    return {
        **row(world, one),
        "problems": one.reading.problems,
        "lines": [
            {
                "position": position,
                "row": number,
                "kind": kind,
                "key": key,
                "amount": amount,
                "fee": fee,
                "against": one.against.get(position) if one.state == "waiting" else None,
            }
            for position, (number, kind, key, amount, fee) in enumerate(lines, start=offset + 1)
        ],
        "lines_next": end if end < len(one.reading.lines) else None,
        "server_time": instant(world.now()),
    }


def partners(world: World) -> Json:
    return {"items": list(world.partners.values()), "server_time": instant(world.now())}


def seen(one: Reading) -> Json:
    return {
        "number": one.number,
        "date": one.date,
        "gross": one.gross,
        "fee": one.fee,
        "net": one.net,
        "lines_total": one.lines_total,
        "line_count": len(one.lines),
        "bad_rows": len(one.problems),
        "sound": one.sound,
        "problems": one.problems,
    }
