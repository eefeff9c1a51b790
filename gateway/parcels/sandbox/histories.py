"""Finished journeys in bulk, with what really happened: for measuring guesses of forgotten arrivals, and speed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from gateway.core.money import Money
from gateway.parcels.carriers.ports import History, Record
from gateway.parcels.model import CarrierKey
from gateway.parcels.post_codes import effect_of
from gateway.parcels.sandbox.journey import Event, Plan, arrival, journey
from gateway.parcels.sandbox.moments import attribute_name
from gateway.parcels.sandbox.offices import office
from gateway.parcels.sandbox.world import Lot, World

FROM = datetime(2026, 1, 12, 6, 0, tzinfo=UTC)
_LOT = 99
_COUNTRY = "RU"
_ACCEPT = "1:"


@dataclass(frozen=True, slots=True)
class Finished:
    """A parcel whose journey is over.

    Attributes:
        arrived_at: when it really came to the buyer's office, which the history may not say; None when it never did.
    """

    plan: Plan
    history: History
    arrived_at: datetime | None


def generate_histories(seed: int, count: int, days: float, first: datetime = FROM) -> Iterator[Finished]:
    """`count` finished journeys of the Post, posted over so many days, by posting time.

    The way takes a lognormal time by route; each office forgets its own share of arrivals, 8 % on average.
    """
    world, lot = World(seed), Lot(_LOT, CarrierKey.POST, count, first, days)
    for serial in range(count):
        plan = world.of_lot(lot, serial)
        records = tuple(record_of(plan, event, place) for place, event in enumerate(journey(plan, seed), start=1))
        yield Finished(plan, History(plan.track, True, records), arrival(plan, seed))


def record_of(plan: Plan, event: Event, place: int) -> Record:
    """An operation as an adapter reads it from the Post's single service: sums stand in the first record only."""
    there = office(event.office)
    accepted = event.code.startswith(_ACCEPT)
    return Record(
        at=event.at,
        offset_minutes=there.offset_minutes,
        place=place,
        code=event.code,
        text=attribute_name(event.code),
        effect=effect_of(event.code),
        office_index=event.office,
        office=there.name,
        country=_COUNTRY,
        mass=plan.mass if accepted else 0,
        cod=plan.cod if accepted else Money(0),
        declared=plan.declared if accepted else Money(0),
        mail_type=plan.mail_type if accepted else 0,
        index_to=plan.destination if accepted else "",
    )
