"""How good guesses of forgotten arrivals are, measured on parcels whose arrival is known, and split by time.

Tables are made of what was known at the split, as the night run would have made them. Then each parcel accepted later
is gone through as if its arrival had been forgotten: the guess that would have been made is compared with the arrival.
Beside it stands what one does without tables: so many days after the last scan, the same for all, with the number of
days that was the best one on the earlier part.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

from gateway.core.errors import Refused
from gateway.parcels.guess_basis import Basis, Journey, Scan, build, places_of, reach
from gateway.parcels.intervals import Share, wilson
from gateway.parcels.terms import GuessTerms

_HOUR = timedelta(hours=1)
_DAY = timedelta(days=1)
_MOST_DAYS = 60
_SPLIT = 0.7

Waits = Callable[[Scan, str], timedelta | None]
"""How long after a scan of a parcel on its way there one guesses; None to abstain."""


@dataclass(frozen=True, slots=True)
class Quality:
    """How one way of guessing did.

    Attributes:
        parcels: gone through. abstained: of these, nothing could be said of.
        premature: share of the others told before they had arrived, those that never did among them.
        delay_hours: median of those told after it, from the arrival; None without any.
    """

    parcels: int
    abstained: int
    premature: Share
    delay_hours: float | None

    @property
    def coverage(self) -> float:
        """The share something was said of."""
        return 1 - self.abstained / self.parcels if self.parcels else 0.0


@dataclass(frozen=True, slots=True)
class RouteQuality:
    """One route, from region to region."""

    route: str
    quality: Quality


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What `evaluate` found.

    Attributes:
        split: parcels accepted until then made the tables; those later were guessed.
        wanted: the share of premature guesses asked for.
        trained, forgotten: parcels known at the split, and later ones whose arrival was never written down, of whom
            nothing can be measured.
        guess, baseline: the tables, and `baseline_days` after the last scan.
        routes: the tables, by route, the most parcels first.
    """

    split: datetime
    wanted: float
    trained: int
    forgotten: int
    guess: Quality
    baseline: Quality
    baseline_days: int
    routes: tuple[RouteQuality, ...]


def evaluate(journeys: Iterable[Journey], terms: GuessTerms, split: datetime | None = None) -> Evaluation:
    """Measure guesses.

    Args:
        split: an instant; None for one 70 % of the parcels were accepted by.

    Raises:
        Refused: `parcels.evaluate.nothing` without a single parcel.
    """
    ordered = sorted((each for each in journeys if each.scans), key=lambda each: each.scans[0].at)
    if not ordered:
        raise Refused("parcels.evaluate.nothing")
    split = split or ordered[int(len(ordered) * _SPLIT)].scans[0].at
    earlier = [each.as_known_at(split) for each in ordered if each.scans[0].at <= split]
    later = [each for each in ordered if each.scans[0].at > split]
    basis = build(earlier, terms)
    cases = [each for each in later if not each.forgotten]
    wanted = 1 - float(terms.share)
    days = _best_days([each for each in earlier if not each.forgotten], wanted)
    by_table = _by_table(basis, terms)
    return Evaluation(
        split=split,
        wanted=round(wanted, 4),
        trained=len(earlier),
        forgotten=sum(each.forgotten for each in later),
        guess=_quality(cases, by_table),
        baseline=_quality(cases, _after_days(days)),
        baseline_days=days,
        routes=tuple(_routes(cases, by_table)),
    )


def guessed_at(journey: Journey, waits: Waits) -> datetime | None:
    """When a parcel that is never seen to arrive would have been guessed; None when nothing can be said.

    Each scan starts the wait anew, so a guess is made at the first that is not followed by another in time.
    """
    following: list[datetime | None] = [scan.at for scan in journey.scans[1:]]
    for scan, then in zip(journey.scans, [*following, None], strict=True):
        wait = waits(scan, journey.index_to)
        if wait is not None and (then is None or scan.at + wait < then):
            return scan.at + wait
    return None


def _by_table(basis: Basis, terms: GuessTerms) -> Waits:
    def waits(scan: Scan, index_to: str) -> timedelta | None:
        found = reach(basis.get, scan, index_to, terms)
        return None if found is None else found.hours * _HOUR

    return waits


def _after_days(days: int) -> Waits:
    return lambda _scan, _index_to: days * _DAY


def _best_days(cases: Sequence[Journey], wanted: float) -> int:
    """The fewest days after the last scan that are premature for no more than the share wanted."""
    for days in range(1, _MOST_DAYS):
        if _quality(cases, _after_days(days)).premature.value <= wanted:
            return days
    return _MOST_DAYS


def _quality(cases: Sequence[Journey], waits: Waits) -> Quality:
    """Parcels still on their way when they would have been guessed are left out: nobody knows yet."""
    abstained = premature = 0
    delays = []
    for case in cases:
        guess = guessed_at(case, waits)
        if guess is None:
            abstained += 1
        elif guess < case.seen_until:
            premature += 1
        elif case.arrived_at:
            delays.append((guess - case.arrived_at) / _HOUR)
    told = premature + len(delays)
    return Quality(told + abstained, abstained, wilson(premature, told), round(median(delays), 1) if delays else None)


def _routes(cases: Sequence[Journey], waits: Waits) -> list[RouteQuality]:
    by_route: dict[str, list[Journey]] = {}
    for case in cases:
        regional = [place.route for place in places_of(case.scans[0], case.index_to) if place.scope == "region"]
        if regional:
            by_route.setdefault(regional[0].rpartition(" ")[2], []).append(case)
    found = [RouteQuality(route, _quality(its, waits)) for route, its in by_route.items()]
    return sorted(found, key=lambda each: (-each.quality.parcels, each.route))
