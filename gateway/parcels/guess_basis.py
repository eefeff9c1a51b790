"""How long parcels take from a scan on the way to the office of the buyer: what a forgotten arrival is guessed from.

For each scan of past parcels (its code, its place) the hours from there to the arrival are gathered by the office the
parcel went to, by the two regions, and by the code within a region and across regions. A parcel whose arrival was never
written down tells nothing of when it arrived: it is counted as forgotten, and not timed. Parcels still on their way,
lost or turned back count for as long as they were seen to travel (the curve is Kaplan and Meier's): leaving them out
would make the way look shorter than it is.
"""

from __future__ import annotations

import json
import math
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import groupby
from typing import NamedTuple

from sqlalchemy import Connection, bindparam, delete, select

from gateway.core.clock import from_text, to_text
from gateway.parcels.incidence import Observed, moments
from gateway.parcels.model import Effect
from gateway.parcels.tables import guess_basis, operations, parcels
from gateway.parcels.terms import GuessTerms
from gateway.parcels.zones import region_of
from gateway.store.driver import Query
from gateway.store.schema import AnyRow, dumps
from gateway.store.unit import Unit

LOOKS_BACK = timedelta(days=270)
"""Parcels accepted longer ago say little of how the carrier works now."""

ON_THE_WAY = frozenset({Effect.ACCEPT, Effect.MOVE, Effect.CUSTOMS, Effect.FORWARD})
_PROVES_ARRIVAL = frozenset({Effect.DELIVER, Effect.PARTIAL, Effect.COD_PAID, Effect.COUNTDOWN, Effect.PROLONG})
_ENDS = frozenset({Effect.COURIER, Effect.ATTEMPT, Effect.TURN_BACK, Effect.DELIVER_BACK, Effect.LOSE})
_PERCENT = 100
_HOUR = 3600.0
_AT_ONCE = 2000


class Scan(NamedTuple):
    """An operation, as far as guesses are concerned."""

    at: datetime
    code: str
    effect: Effect
    office_index: str
    index_to: str


@dataclass(frozen=True, slots=True)
class Journey:
    """A parcel's way to the buyer's office, up to its first arrival.

    Attributes:
        scans: on the way, by time. arrived_at: as written down. ended_at: when the way ended without one.
        seen_until: nothing is known of what came later.
        forgotten: it was handed to the buyer or waited for him, and no arrival was ever written down.
    """

    index_to: str
    scans: tuple[Scan, ...]
    arrived_at: datetime | None
    ended_at: datetime | None
    seen_until: datetime
    forgotten: bool = False

    def as_known_at(self, at: datetime) -> Journey:
        """What of it was known at an instant."""
        if at >= self.seen_until:
            return self
        return replace(
            self,
            scans=tuple(scan for scan in self.scans if scan.at <= at),
            arrived_at=self.arrived_at if self.arrived_at and self.arrived_at <= at else None,
            ended_at=self.ended_at if self.ended_at and self.ended_at <= at else None,
            seen_until=at,
            forgotten=self.forgotten and self.ended_at is not None and self.ended_at <= at,
        )


class Place(NamedTuple):
    """What a table of hours is for: (scope, route), as in `parcel_guess_basis`."""

    scope: str
    route: str


@dataclass(frozen=True, slots=True)
class Hours:
    """How long it took from there.

    Attributes:
        count: arrivals seen. forgotten: arrivals that were never written down.
        quantiles: hours at 0, 1, … 100 % of parcels; None where too few are known to say.
    """

    count: int
    forgotten: int
    quantiles: tuple[float | None, ...]


Basis = dict[Place, Hours]


def journey_of(scans: Iterable[Scan], now: datetime, index_to: str = "") -> Journey:
    """The way of a parcel.

    Args:
        scans: its operations by time.
        index_to: where it goes, as the sender told; where no operation says it.
    """
    way: list[Scan] = []
    arrived = ended = None
    forgotten = False
    for scan in scans:
        index_to = _real(scan.index_to) or index_to
        if scan.effect is Effect.ARRIVE:
            arrived = scan.at
            index_to = index_to or _real(scan.office_index)
        elif scan.effect in _ENDS or scan.effect in _PROVES_ARRIVAL:
            ended = scan.at
            forgotten = scan.effect in _PROVES_ARRIVAL
        elif scan.effect in ON_THE_WAY:
            way.append(scan)
        if arrived or ended:
            break
    return Journey(index_to, tuple(way), arrived, ended, arrived or ended or now, forgotten)


def places_of(scan: Scan, index_to: str) -> Iterator[Place]:
    """The tables a scan of a parcel on its way there belongs to, the nearest first."""
    if scan.office_index and index_to:
        yield Place("route", f"{scan.code} {scan.office_index}-{index_to}")
    here, there = region_of(scan.office_index), region_of(index_to)
    if here and there:
        yield Place("region", f"{scan.code} {here.number}-{there.number}")
        yield Place("all", f"{scan.code} {'within' if here == there else 'across'}")


def build(journeys: Iterable[Journey], terms: GuessTerms) -> Basis:
    """Tables of all places at least `terms.least` parcels arrived from."""
    found: dict[Place, list[Observed]] = defaultdict(list)
    forgotten: Counter[Place] = Counter()
    for journey in journeys:
        last = {place: scan.at for scan in journey.scans for place in places_of(scan, journey.index_to)}
        if journey.forgotten:
            forgotten.update(last.keys())
            continue
        for place, at in last.items():
            hours = max(0.0, (journey.seen_until - at).total_seconds() / _HOUR)
            found[place].append(Observed(hours, "arrived" if journey.arrived_at else ""))
    return {
        place: Hours(count, forgotten[place], _quantiles(observed, count))
        for place, observed in found.items()
        if (count := sum(1 for each in observed if each.cause)) >= terms.least
    }


def _quantiles(observed: Sequence[Observed], count: int) -> tuple[float | None, ...]:
    """Hours so long that the next parcel arrives within them with at least that chance.

    Of n parcels the k-th smallest time covers the next one with chance k / (n + 1), so k / n has to reach a little
    more than the share asked for (split conformal prediction; V. Vovk et al., "Algorithmic Learning in a Random
    World", 2005). What n cannot tell stays None: 93 % needs 14 parcels.
    """
    curve = [(step.time, 1 - step.after) for step in moments(observed)]
    found: list[float | None] = []
    place = 0
    for percent in range(_PERCENT + 1):
        wanted = percent / _PERCENT * (count + 1) / count - 1e-9
        while place < len(curve) and curve[place][1] < wanted:
            place += 1
        found.append(round(curve[place][0], 2) if place < len(curve) else None)
    return tuple(found)


def measure(connection: Connection, company: str, terms: GuessTerms, now: datetime) -> Basis:
    """The tables of the house's own parcels, reckoned outside any unit: it reads all their operations."""
    return build(own_journeys(connection, company, now), terms)


def own_journeys(connection: Connection, company: str, now: datetime) -> Iterator[Journey]:
    """The ways of the house's own parcels accepted in the last `LOOKS_BACK`."""
    wanted = (
        select(parcels.c.id, parcels.c.index_to)
        .where(parcels.c.company == company, parcels.c.accepted_at > to_text(now - LOOKS_BACK))
        .order_by(parcels.c.id)
    )
    last = ""
    while True:
        chunk = connection.execute(wanted.where(parcels.c.id > last).limit(_AT_ONCE)).all()
        if not chunk:
            return
        last = chunk[-1].id
        going_to = {row.id: row.index_to for row in chunk}
        rows = connection.execute(_SCANS.where(operations.c.parcel_id.between(chunk[0].id, last)))
        for parcel_id, its in groupby(rows, key=lambda row: str(row.parcel_id)):
            if parcel_id in going_to:
                yield journey_of((_scan(row) for row in its), now, going_to[parcel_id])


def scans_of(connection: Connection, parcel_id: str) -> list[Scan]:
    """All operations of one parcel, by time."""
    return [_scan(row) for row in connection.execute(_SCANS.where(operations.c.parcel_id == parcel_id))]


def _scan(row: AnyRow) -> Scan:
    return Scan(from_text(row.at), row.code, Effect(row.effect), row.office_index, row.index_to)


_SCANS = select(
    operations.c.parcel_id,
    operations.c.at,
    operations.c.code,
    operations.c.effect,
    operations.c.office_index,
    operations.c.index_to,
).order_by(operations.c.parcel_id, operations.c.at, operations.c.place)


def keep(unit: Unit, basis: Basis) -> None:
    """Put the tables of a night in place of those before."""
    unit.connection.execute(delete(guess_basis).where(guess_basis.c.company == unit.company))
    unit.insert(
        guess_basis,
        *(
            {
                "company": unit.company,
                "scope": place.scope,
                "route": place.route,
                "made_at": unit.at,
                "count": hours.count,
                "hours": dumps(list(hours.quantiles)),
                "forgotten": hours.forgotten,
            }
            for place, hours in basis.items()
        ),
    )
    unit.journal("parcel.guess_basis_made", "parcels:guess_basis", tables=len(basis))


_KEPT = Query(
    select(guess_basis.c["count"], guess_basis.c.forgotten, guess_basis.c.hours).where(
        guess_basis.c.company == bindparam("of"),
        guess_basis.c.scope == bindparam("within"),
        guess_basis.c.route == bindparam("on"),
    )
)


def kept(connection: Connection, company: str, place: Place) -> Hours | None:
    """The table in force; None where too few parcels were seen."""
    row = _KEPT.one_or_none(connection, of=company, within=place.scope, on=place.route)
    if row is None:
        return None
    return Hours(row._mapping["count"], row.forgotten, tuple(json.loads(row.hours)))


@dataclass(frozen=True, slots=True)
class Reach:
    """How long after a scan the share asked for has arrived, and what that rests on."""

    hours: float
    place: Place
    count: int


def reach(tables: Callable[[Place], Hours | None], scan: Scan, index_to: str, terms: GuessTerms) -> Reach | None:
    """By the nearest table there is; None without any, and where it says that so many never arrive."""
    for place in places_of(scan, index_to):
        hours = tables(place)
        if hours is not None and hours.count >= terms.least:
            within = hours.quantiles[math.ceil(terms.share * _PERCENT)]
            return None if within is None else Reach(within, place, hours.count)
    return None


def _real(index: str) -> str:
    return index if index.strip("0") else ""
