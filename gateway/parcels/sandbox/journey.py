"""What becomes of one parcel, from posting to its end: everything at once, as if the future were known.

A journey depends on its plan and the seed alone. Whoever asks at an instant is told what happened until then.
"""

from __future__ import annotations

import math
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from gateway.core.money import Money
from gateway.parcels import cdek_codes, post_codes
from gateway.parcels.model import CarrierKey, Effect
from gateway.parcels.sandbox.moments import CODES, Moment
from gateway.parcels.sandbox.offices import median_days, office, offices
from gateway.parcels.storage import last_day, storage_days

SIGMA = 0.35
"""Of the logarithm of the time a parcel travels."""
_NOTHING = Money(0)
_DAY = timedelta(days=1)
_HOUR = timedelta(hours=1)
_COUNTDOWN_DAYS = 5
_LOST_AFTER = timedelta(days=45)
_MONEY_ORDER = timedelta(days=1)
_OPENS, _CLOSES = 10, 19  # hours in which parcels are collected, by the office's clock
_SHARES = (0.04, 0.12, 0.25, 0.72, 0.88)  # of the way, at each stop
_JITTER = 0.03
_HAS_PAID = frozenset({Effect.DELIVER, Effect.COD_PAID})


class Fate(StrEnum):
    """How it ends."""

    COLLECTED = "collected"
    RETURNED = "returned"  # waits until storage is over
    REFUSED = "refused"  # the buyer comes and does not take it
    MISROUTED = "misrouted"  # goes to a wrong office first; then collected
    STUCK = "stuck"  # nothing after the first sorting centre
    LOST = "lost"  # and the Post says so, 45 days later


class Step(NamedTuple):
    """One operation of a scripted journey; `office` is an index."""

    code: str
    after: timedelta  # since it was posted
    office: str


@dataclass(frozen=True, slots=True)
class Plan:
    """A parcel, and what is to become of it.

    Attributes:
        sent: UTC; operations come from then on.
        origin, destination: indexes of offices.
        waits_days: from the arrival to the buyer's coming, whether he takes it or not.
        cod, declared: kopecks. mass: grams.
        mail_type: the Post's, 4 a parcel, 7 EMS, 23 a parcel of an online shop.
        order: the shop's number for it, by which CDEK can be asked.
        forgotten: the arrival is never recorded.
        pays_out: the money collected is paid out. Where not, the carrier says all the same that it was paid.
        script: in place of what `fate` would make of it.
    """

    track: str
    sent: datetime
    origin: str
    destination: str
    carrier: CarrierKey = CarrierKey.POST
    fate: Fate = Fate.COLLECTED
    waits_days: float = 2.0
    cod: Money = _NOTHING
    declared: Money = _NOTHING
    mass: int = 1200
    mail_type: int = 4
    order: str = ""
    forgotten: bool = False
    pays_out: bool = True
    script: tuple[Step, ...] = field(default=(), repr=False)


class Event(NamedTuple):
    """An operation as the carrier records it.

    Attributes:
        office: its index.
        spoilt: its date is to come out unreadable.
    """

    at: datetime
    code: str
    office: str
    spoilt: bool = False


class MoneyEvent(NamedTuple):
    """An event of the money order by which the Post sends the shop its money: 1 accepted, 3 paid."""

    at: datetime
    kind: int
    office: str


class _Happening(NamedTuple):
    at: datetime
    moment: Moment
    office: str


def journey(plan: Plan, seed: int) -> tuple[Event, ...]:
    """All the carrier will ever record of it, by time."""
    if plan.script:
        return tuple(Event(plan.sent + step.after, step.code, step.office) for step in plan.script)
    codes = CODES[plan.carrier]
    return tuple(
        Event(one.at, codes[one.moment], one.office)
        for one in _happenings(plan, seed)
        if one.moment in codes and not (plan.forgotten and one.moment is Moment.ARRIVED)
    )


def until(events: Sequence[Event], now: datetime) -> tuple[Event, ...]:
    """What has happened by `now`."""
    return tuple(event for event in events if event.at <= now)


def arrival(plan: Plan, seed: int) -> datetime | None:
    """When it really came to the buyer's office, recorded or not; None when it never does, or is scripted."""
    if plan.script:
        return None
    return next((one.at for one in _happenings(plan, seed) if one.moment is Moment.ARRIVED), None)


def collected_at(plan: Plan, seed: int) -> datetime | None:
    """When the buyer pays what is to be collected; None when nothing is, or he never does."""
    if not plan.cod:
        return None
    effect_of = post_codes.effect_of if plan.carrier is CarrierKey.POST else cdek_codes.effect_of
    return next((event.at for event in journey(plan, seed) if effect_of(event.code) in _HAS_PAID), None)


def money_order(plan: Plan, seed: int) -> tuple[MoneyEvent, ...]:
    """The events of its money order, which the Post tells of."""
    paid = collected_at(plan, seed)
    if paid is None:
        return ()
    return (MoneyEvent(paid, 1, plan.destination), MoneyEvent(paid + _MONEY_ORDER, 3, plan.origin))


def _happenings(plan: Plan, seed: int) -> list[_Happening]:
    draw = random.Random(f"{seed} {plan.track}")  # noqa: S311 - no secret
    way = list(_there(plan, draw))
    if plan.fate in (Fate.STUCK, Fate.LOST):
        left = [one for one in way if one.moment not in _PAST_THE_FIRST_CENTRE]
        lost = _Happening(left[-1].at + _LOST_AFTER, Moment.LOST, left[-1].office)
        return [*left, lost] if plan.fate is Fate.LOST else left
    if plan.fate is Fate.MISROUTED:
        way = [*way[:-1], *_astray(plan, draw, way[-1].at)]
    end = _collected if plan.fate in (Fate.COLLECTED, Fate.MISROUTED) else _sent_back
    return [*way, *end(plan, draw, way[-1].at)]


_PAST_THE_FIRST_CENTRE = frozenset({Moment.FAR_HUB_IN, Moment.FAR_HUB_OUT, Moment.ARRIVED})


def _there(plan: Plan, draw: random.Random) -> Iterator[_Happening]:
    here, there = office(plan.origin), office(plan.destination)
    way = _DAY * median_days(here.index, there.index) * math.exp(draw.gauss(0, SIGMA))
    stops = [(Moment.LEFT, here.index), (Moment.NEAR_HUB_IN, here.hub), (Moment.NEAR_HUB_OUT, here.hub)]
    if there.hub != here.hub:
        stops += [(Moment.FAR_HUB_IN, there.hub), (Moment.FAR_HUB_OUT, there.hub)]
    yield _Happening(plan.sent - _HOUR, Moment.REGISTERED, here.index)
    yield _Happening(plan.sent, Moment.ACCEPTED, here.index)
    for share, (moment, index) in zip(_SHARES, stops, strict=False):
        yield _Happening(_whole(plan.sent + way * (share + draw.uniform(-_JITTER, _JITTER))), moment, index)
    yield _Happening(_whole(plan.sent + way), Moment.ARRIVED, there.index)


def _astray(plan: Plan, draw: random.Random, at: datetime) -> Iterator[_Happening]:
    right = office(plan.destination)
    near = [one for one in offices() if one.hub == right.hub and one != right] or list(offices())
    wrong = draw.choice(near).index
    noticed = _whole(at + _DAY * draw.uniform(0.5, 1.5))
    yield _Happening(at, Moment.ARRIVED_WRONGLY, wrong)
    yield _Happening(noticed, Moment.MISROUTED, wrong)
    yield _Happening(_whole(noticed + _DAY * draw.uniform(0.6, 2.0)), Moment.ARRIVED, right.index)


def _collected(plan: Plan, draw: random.Random, arrived: datetime) -> Iterator[_Happening]:
    taken = _in_hours(arrived + _DAY * plan.waits_days, plan.destination, draw)
    yield _Happening(taken, Moment.COLLECTED, plan.destination)
    if plan.cod:
        yield _Happening(taken + timedelta(minutes=draw.randint(1, 20)), Moment.COD_PAID, plan.destination)


def _sent_back(plan: Plan, draw: random.Random, arrived: datetime) -> Iterator[_Happening]:
    if plan.fate is Fate.REFUSED:
        turned = _in_hours(arrived + _DAY * plan.waits_days, plan.destination, draw)
        yield _Happening(turned, Moment.REFUSED, plan.destination)
    else:
        there = timedelta(minutes=office(plan.destination).offset_minutes)
        day = (arrived + there).date()
        kept = last_day(day, storage_days(plan.mail_type, day)) - day
        warned = kept - timedelta(days=_COUNTDOWN_DAYS)
        if warned > timedelta(0):
            yield _Happening(_in_hours(arrived + warned, plan.destination, draw), Moment.EXPIRING, plan.destination)
        turned = _in_hours(arrived + kept + _DAY, plan.destination, draw)
        yield _Happening(turned, Moment.EXPIRED, plan.destination)
    way = _DAY * median_days(plan.destination, plan.origin) * math.exp(draw.gauss(0, SIGMA))
    back = _whole(turned + way)
    yield _Happening(_whole(turned + 0.2 * way), Moment.BACK_OUT, office(plan.destination).hub)
    yield _Happening(_whole(turned + 0.8 * way), Moment.BACK_IN, office(plan.origin).hub)
    yield _Happening(back, Moment.BACK_ARRIVED, plan.origin)
    yield _Happening(_in_hours(back + _DAY, plan.origin, draw), Moment.HANDED_BACK, plan.origin)


def _in_hours(at: datetime, index: str, draw: random.Random) -> datetime:
    """`at`, or the next time this office is open."""
    local = at + timedelta(minutes=office(index).offset_minutes)
    if not _OPENS <= local.hour < _CLOSES:
        minutes = timedelta(hours=_OPENS, minutes=draw.randint(0, 59))
        day = local.replace(hour=0, minute=0, second=0) + (_DAY if local.hour >= _CLOSES else timedelta(0))
        local = day + minutes
    return _whole(local - timedelta(minutes=office(index).offset_minutes))


def _whole(at: datetime) -> datetime:
    return at.replace(microsecond=0)
