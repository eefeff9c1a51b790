"""How many end how, when some have not ended yet: cumulative incidence under competing risks.

The estimator is Aalen and Johansen's (Scand. J. Stat. 5, 1978): parcels still under way count for as long as they were
watched, instead of being left out (which makes returns look frequent: collected parcels end sooner) or taken as
collected (which hides returns). Its variance is the delta-method one of Marubini and Valsecchi ("Analysing Survival
Data from Clinical Trials and Observational Studies", 1995, 10.3); where everything has ended it is the binomial one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from gateway.parcels.intervals import Share, wilson

OPEN = ""
"""The cause of what has not ended."""


@dataclass(frozen=True, slots=True)
class Observed:
    """One parcel: how long it was watched, and what ended it; `OPEN` when nothing has."""

    time: float
    cause: str


@dataclass(frozen=True, slots=True)
class Moment:
    """A time at which something ended.

    Attributes:
        at_risk: watched and open until then. ended: of these, by cause, at this time.
        before: the estimated share still open just before.
    """

    time: float
    at_risk: int
    ended: Counter[str]
    before: float

    @property
    def after(self) -> float:
        """The share still open after it."""
        return self.before * (1 - self.ended.total() / self.at_risk)


def moments(observed: Iterable[Observed]) -> list[Moment]:
    """The times at which something ended, in order. What was last seen open at such a time was at risk at it."""
    ordered = sorted(observed, key=lambda each: each.time)
    found: list[Moment] = []
    share, place = 1.0, 0
    while place < len(ordered):
        time, at_risk = ordered[place].time, len(ordered) - place
        ended: Counter[str] = Counter()
        while place < len(ordered) and ordered[place].time == time:
            ended[ordered[place].cause] += 1
            place += 1
        del ended[OPEN]
        if ended:
            moment = Moment(time, at_risk, ended, share)
            found.append(moment)
            share = moment.after
    return found


def incidence(observed: Sequence[Observed], causes: Sequence[str]) -> dict[str, Share]:
    """The share each of `causes` ends in the end, with its interval, and the share still open under `OPEN`.

    The shares add up to 1. The interval is Wilson's at the effective number of parcels: the one whose binomial
    variance is the estimator's.
    """
    steps = moments(observed)
    ended = _share(steps, frozenset(causes), len(observed))
    left = Share(1 - ended.value, 1 - ended.high, 1 - ended.low)
    return {**{cause: _share(steps, frozenset({cause}), len(observed)) for cause in causes}, OPEN: left}


def _share(steps: Sequence[Moment], causes: frozenset[str], number: int) -> Share:
    """The share that ends by any of `causes`."""
    reached = []
    share = 0.0
    for step in steps:
        share += step.before * _by(step, causes) / step.at_risk
        reached.append(share)
    variance = sum(_variance(step, causes, share - so_far) for step, so_far in zip(steps, reached, strict=True))
    effective = share * (1 - share) / variance if variance > 0 and 0 < share < 1 else number
    return wilson(share * effective, effective)


def _by(step: Moment, causes: frozenset[str]) -> int:
    return sum(step.ended[cause] for cause in causes)


def _variance(step: Moment, causes: frozenset[str], to_come: float) -> float:
    """What one moment adds to the variance of a share of which `to_come` comes after it."""
    ended, of_causes, at_risk = step.ended.total(), _by(step, causes), step.at_risk
    added = step.before**2 * of_causes * (at_risk - of_causes) / at_risk**3
    added -= 2 * to_come * step.before * of_causes / at_risk**2
    if at_risk > ended:  # after the last one nothing is to come
        added += to_come**2 * ended / (at_risk * (at_risk - ended))
    return added
