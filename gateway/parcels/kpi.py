"""How many parcels come back, honestly: by the month they were posted, under competing risks, with intervals.

A month's figure is shown as settled only once all its parcels are over, or so long has passed that those still open
hardly matter; until then it says how many are open. What reminders are worth is said only by the control group: a rate
before and a rate after prove nothing. Calls saved are not claimed: nobody counts them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import TypeVar

from sqlalchemy import Connection, select

from gateway.core.clock import business_date, from_text, to_text
from gateway.core.money import Money, total
from gateway.parcels.incidence import OPEN, Observed, incidence
from gateway.parcels.intervals import Share, difference
from gateway.parcels.model import EndedHow, Stage, Watch
from gateway.parcels.tables import parcels
from gateway.parcels.terms import ParcelTerms
from gateway.store.schema import AnyRow

MATURE_DAYS = 60
"""After that few parcels are still open: travel, storage and the way back."""
LOOKS_BACK = timedelta(days=400)
_DAY = timedelta(days=1)
K = TypeVar("K")


class Fate(StrEnum):
    """How a parcel ends, as far as the shop's money goes."""

    DELIVERED = "delivered"  # wholly or in part: the buyer took it
    RETURNED = "returned"  # on its way back, or back
    LOST = "lost"


FATES = tuple(fate.value for fate in Fate)


class By(StrEnum):
    """What figures may be broken down by."""

    CARRIER = "carrier"
    REGION = "region"
    SHOP = "shop"


@dataclass(frozen=True, slots=True)
class Outcome:
    """One parcel, from its posting on.

    Attributes:
        fate: None while it is open, and for one nothing was heard of any more. days: until then, or until now.
        at_stake: while it is open, its cash on delivery and the postage both ways; else 0. lost: what its return or
            loss cost: the postage, both ways for a return.
    """

    accepted_on: date
    days: float
    fate: Fate | None
    control: bool
    carrier: str
    region: str
    shop: str
    cod: Money
    postage: Money

    @property
    def at_stake(self) -> Money:
        return self.cod + self.postage + self.postage if self.fate is None else Money.zero()

    @property
    def lost(self) -> Money:
        return {Fate.RETURNED: self.postage + self.postage, Fate.LOST: self.postage}.get(
            self.fate or Fate.DELIVERED, Money.zero()
        )


@dataclass(frozen=True, slots=True)
class Cohort:
    """Parcels posted in one month.

    Attributes:
        month: its first day; None for all months together.
        group: carrier, region or shop; "" for all.
        mature: all are over, or the month is long past.
        shares: by `Fate`, and "" for what is still open; they add up to 1.
    """

    month: date | None
    group: str
    parcels: int
    open: int
    mature: bool
    shares: Mapping[str, Share]
    cod_at_stake: Money
    at_stake: Money
    lost: Money


@dataclass(frozen=True, slots=True)
class ControlComparison:
    """Returns with and without reminders, of mature months in which there was a control group.

    Attributes:
        saved: the share that did not come back thanks to reminders: control less reminded. An interval that holds 0
            proves nothing.
    """

    reminded: int
    control: int
    reminded_returns: Share
    control_returns: Share
    saved: Share


@dataclass(frozen=True, slots=True)
class Figures:
    """All of it."""

    cohorts: tuple[Cohort, ...]
    overall: Cohort | None
    groups: Mapping[By, tuple[Cohort, ...]]
    comparison: ControlComparison | None


def figures(connection: Connection, company: str, terms: ParcelTerms, now: datetime) -> Figures:
    """Reckoned from the parcels accepted in the last 400 days."""
    return reckon(outcomes(connection, company, terms, now), business_date(now, terms.zone))


def reckon(found: Sequence[Outcome], today: date) -> Figures:
    """The figures of these parcels. Months that are not mature are in `cohorts` only."""
    months = _grouped(found, lambda each: _month(each.accepted_on))
    cohorts = {month: _cohort(month, "", its, today) for month, its in sorted(months.items())}
    settled = [each for each in found if cohorts[_month(each.accepted_on)].mature]
    return Figures(
        cohorts=tuple(cohorts.values()),
        overall=_cohort(None, "", settled, today) if settled else None,
        groups=MappingProxyType({by: _by(by, settled, today) for by in By}),
        comparison=_comparison(settled),
    )


def outcomes(connection: Connection, company: str, terms: ParcelTerms, now: datetime) -> list[Outcome]:
    """How the parcels accepted in the last 400 days stand; those entered by mistake are left out."""
    columns = (
        "accepted_at", "stage", "stage_since", "delivered_at", "returned_at", "watch", "ended_at", "ended_how",
        "control", "carrier", "region", "shop", "cod", "postage",
    )  # fmt: skip
    rows = connection.execute(
        select(*(parcels.c[name] for name in columns)).where(
            parcels.c.company == company,
            parcels.c.accepted_at > to_text(now - LOOKS_BACK),
            parcels.c.ended_how != EndedHow.REMOVED.value,
        )
    )
    return [_outcome(row, terms, now) for row in rows]


def _outcome(row: AnyRow, terms: ParcelTerms, now: datetime) -> Outcome:
    accepted = from_text(row.accepted_at)
    fate, at = _fate(row)
    if fate is None and row.watch == Watch.ENDED:
        at = row.ended_at  # nothing was heard of it any more: it counts for as long as it was watched
    until = from_text(at) if at else now
    return Outcome(
        accepted_on=business_date(accepted, terms.zone),
        days=max(0.0, (until - accepted) / _DAY),
        fate=fate,
        control=bool(row.control),
        carrier=row.carrier,
        region=row.region,
        shop=row.shop,
        cod=Money(row.cod),
        postage=Money(row.postage),
    )


def _fate(row: AnyRow) -> tuple[Fate | None, str | None]:
    """What became of it, and when that was decided."""
    if row.stage in (Stage.DELIVERED, Stage.PARTIAL):
        return Fate.DELIVERED, row.delivered_at or row.stage_since
    if row.stage == Stage.RETURN_STARTED:
        return Fate.RETURNED, row.stage_since
    if row.stage == Stage.RETURNED:
        return Fate.RETURNED, row.returned_at or row.stage_since
    if row.stage == Stage.LOST:
        return Fate.LOST, row.stage_since
    return None, None


def _cohort(month: date | None, group: str, its: Sequence[Outcome], today: date) -> Cohort:
    still_open = sum(each.fate is None for each in its)
    long_past = month is not None and (today - _month_after(month)).days >= MATURE_DAYS
    return Cohort(
        month=month,
        group=group,
        parcels=len(its),
        open=still_open,
        mature=month is None or long_past or (not still_open and today >= _month_after(month)),
        shares=_shares(its),
        cod_at_stake=total([each.cod for each in its if each.fate is None]),
        at_stake=total([each.at_stake for each in its]),
        lost=total([each.lost for each in its]),
    )


def _by(by: By, its: Sequence[Outcome], today: date) -> tuple[Cohort, ...]:
    groups = _grouped(its, lambda each: str(getattr(each, by.value)))
    made = (_cohort(None, name, members, today) for name, members in groups.items())
    return tuple(sorted(made, key=lambda cohort: (-cohort.parcels, cohort.group)))


def _comparison(settled: Sequence[Outcome]) -> ControlComparison | None:
    """Of months with a control group only: other months had other buyers."""
    months = {_month(each.accepted_on) for each in settled if each.control}
    within = [each for each in settled if _month(each.accepted_on) in months]
    control = _returns(each for each in within if each.control)
    reminded = _returns(each for each in within if not each.control)
    if control is None or reminded is None:
        return None
    return ControlComparison(
        reminded=sum(not each.control for each in within),
        control=sum(each.control for each in within),
        reminded_returns=reminded,
        control_returns=control,
        saved=difference(control, reminded),
    )


def _returns(its: Iterable[Outcome]) -> Share | None:
    of_group = list(its)
    return _shares(of_group)[Fate.RETURNED.value] if of_group else None


def _shares(its: Sequence[Outcome]) -> Mapping[str, Share]:
    return incidence([Observed(each.days, each.fate.value if each.fate else OPEN) for each in its], FATES)


def _grouped(its: Iterable[Outcome], key: Callable[[Outcome], K]) -> dict[K, list[Outcome]]:
    found: dict[K, list[Outcome]] = defaultdict(list)
    for each in its:
        found[key(each)].append(each)
    return found


def _month(day: date) -> date:
    return day.replace(day=1)


def _month_after(month: date) -> date:
    return (month.replace(day=28) + timedelta(days=4)).replace(day=1)
