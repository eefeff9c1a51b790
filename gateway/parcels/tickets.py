"""Batches asked for and not yet answered.

A ticket is written down before the carrier is called and again when he has given his number for it. Between the two
nobody knows whether he has it: after a crash or a time-out there it is UNKNOWN and never fetched, and its parcels are
asked about again in another ticket. What is read twice is taken once, so all that costs is one more ticket.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from datetime import timedelta
from enum import StrEnum

from sqlalchemy import Connection, select, update

from gateway.core.clock import to_text
from gateway.core.ids import new_id
from gateway.parcels.carriers.ports import BatchRules
from gateway.parcels.model import CarrierKey, Watch
from gateway.parcels.tables import parcels, tickets
from gateway.store.schema import AnyRow, dumps
from gateway.store.unit import Unit


class TicketState(StrEnum):
    """What has become of a batch."""

    ASKING = "asking"  # the call is on its way
    WAITING = "waiting"  # the carrier works on it, or keeps the answer
    DONE = "done"
    FAILED = "failed"  # he says no, or no longer has it
    UNKNOWN = "unknown"  # whether he ever had it


def write(unit: Unit, carrier: CarrierKey, rows: Sequence[AnyRow], rules: BatchRules) -> str:
    """A ticket about to be ordered; its parcels are not due while it is open. Returns its id.

    Args:
        rows: id and track of each parcel.
    """
    ticket_id = new_id()
    until = to_text(unit.now + rules.keeps)
    unit.insert(
        tickets,
        {
            "id": ticket_id,
            "company": unit.company,
            "carrier": carrier.value,
            "ticket": "",
            "state": TicketState.ASKING.value,
            "tracks": dumps([row.track for row in rows]),
            "made_at": unit.at,
            "ask_at": to_text(unit.now + rules.first_ask),
            "asked": 0,
            "until": until,
            "error": "",
        },
    )
    ids = [row.id for row in rows]
    unit.connection.execute(update(parcels).where(parcels.c.id.in_(ids)).values(asked_at=unit.at, ask_at=until))
    return ticket_id


def placed(unit: Unit, ticket_id: str, number: str, rules: BatchRules) -> None:
    """The carrier has it, under his `number`; the terms count from now."""
    unit.update(
        tickets,
        ticket_id,
        ticket=number,
        state=TicketState.WAITING.value,
        ask_at=to_text(unit.now + rules.first_ask),
        until=to_text(unit.now + rules.keeps),
    )


def polled(unit: Unit, row: AnyRow, again: timedelta) -> None:
    """It is asked for now, and not sooner again than the carrier allows, whatever becomes of this call."""
    unit.update(tickets, row.id, asked=row.asked + 1, ask_at=to_text(unit.now + again))


def note(unit: Unit, row: AnyRow, error: str) -> None:
    """The last time it was asked for went wrong; it stays open."""
    unit.update(tickets, row.id, error=error)


def close(unit: Unit, row: AnyRow, state: TicketState, ask_at: str, error: str = "") -> None:
    """It is over. Parcels it told nothing of are asked about again at `ask_at`."""
    unit.update(tickets, row.id, state=state.value, error=error)
    unit.connection.execute(
        update(parcels)
        .where(
            parcels.c.company == unit.company,
            parcels.c.carrier == row.carrier,
            parcels.c.track.in_(tracks_of(row)),
            parcels.c.watch == Watch.ACTIVE,
            parcels.c.ask_at > ask_at,
            (parcels.c.answered_at.is_(None)) | (parcels.c.answered_at < parcels.c.asked_at),
        )
        .values(ask_at=ask_at)
    )


def settle_unknown(unit: Unit, carrier: CarrierKey, in_flight: Collection[str] = ()) -> int:
    """Tickets whose call was cut short, all but those this process is making; returns how many."""
    cut = [row for row in _of(unit.connection, unit.company, carrier, TicketState.ASKING) if row.id not in in_flight]
    for row in cut:
        close(unit, row, TicketState.UNKNOWN, unit.at)
    return len(cut)


def load(connection: Connection, ticket_id: str) -> AnyRow:
    """A ticket's row."""
    return connection.execute(select(tickets).where(tickets.c.id == ticket_id)).one()


def due(connection: Connection, company: str, carrier: CarrierKey, now: str) -> list[AnyRow]:
    """Tickets the carrier may be asked for, the longest due first."""
    return [row for row in _of(connection, company, carrier, TicketState.WAITING) if row.ask_at <= now]


def tracks_of(row: AnyRow) -> list[str]:
    """The numbers in a ticket."""
    found: list[str] = json.loads(row.tracks)
    return found


def _of(connection: Connection, company: str, carrier: CarrierKey, state: TicketState) -> list[AnyRow]:
    query = (
        select(tickets)
        .where(tickets.c.company == company, tickets.c.carrier == carrier, tickets.c.state == state)
        .order_by(tickets.c.ask_at, tickets.c.id)
    )
    return list(connection.execute(query))
