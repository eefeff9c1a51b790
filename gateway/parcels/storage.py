"""How long the Post keeps a parcel for the buyer, and when he is reminded of it.

Rules of postal service (order of the Ministry of Communications of 31.07.2014 № 234, as amended by № 61 of 13.02.2018;
since 01.09.2023 order № 382 of 17.04.2023): letters, small packets and money orders 30 days, everything else 15 (30
before 09.04.2018), counted from the working day after the arrival. What a shop sends by a contract of its own is kept
as the contract says, from 5 days on; the shortest is reckoned with unless the settings say more, so that the buyer
hears in time. The Post's own countdown rules over all of this (`gateway.parcels.history`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from types import MappingProxyType

from gateway.core.workdays import add_workdays
from gateway.parcels.terms import ReminderTerms

# MailType of the Post (dictionary RTM-02).
_WRITTEN = frozenset({1, 2, 3, 5, 6, 8, 9, 15, 16, 19, 20, 22})  # money orders, letters, packets, cards, wrappers
_OF_SHOPS = frozenset({23, 24})  # "Посылка онлайн", "Курьер онлайн": sent by contract only

_WRITTEN_DAYS = 30
_SHOP_DAYS = 5
_LOCKER_DAYS = 3  # the Post's parcel lockers; what is not taken goes to the office and is kept there anew
_UNKNOWN_END_DAYS = 30  # nobody is reminded for longer when it is not known until when a parcel is kept

_NONE: Mapping[int, int] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class _Rule:
    """Days for everything that is neither written correspondence nor a shop's own contract, from `since` on."""

    since: date
    days: int


_RULES = (_Rule(date(2005, 4, 15), 30), _Rule(date(2018, 4, 9), 15))


def storage_days(mail_type: int, on: date, *, locker: bool = False, own: Mapping[int, int] = _NONE) -> int:
    """Days an arrival of that day is kept.

    Args:
        mail_type: the Post's; 0 for unknown, which is taken for a parcel.
        on: of the arrival.
        locker: whether it lies in a parcel locker.
        own: days by mail type as the company's contract with the Post says.
    """
    if locker:
        return _LOCKER_DAYS
    if mail_type in own:
        return own[mail_type]
    if mail_type in _WRITTEN:
        return _WRITTEN_DAYS
    if mail_type in _OF_SHOPS:
        return _SHOP_DAYS
    return max((rule for rule in _RULES if rule.since <= on), key=lambda rule: rule.since, default=_RULES[0]).days


def last_day(begin: date, days: int) -> date:
    """The last day of storage: the working day after `begin` is the first of `days`."""
    return add_workdays(begin, 1) + timedelta(days=days - 1)


def reminder_dates(arrived: date, keep_until: date | None, terms: ReminderTerms) -> tuple[date, ...]:
    """When the buyer of a parcel that waits is reminded, in order and without repeats.

    Every `terms.every_days` from the arrival, and when `terms.days_left` of storage are left; never on the day of the
    arrival or before it, which has a message of its own, and never after storage is over.
    """
    end = keep_until or arrived + timedelta(days=_UNKNOWN_END_DAYS)
    found: set[date] = set()
    if terms.every_days > 0:
        found.update(
            arrived + timedelta(days=days)
            for days in range(terms.every_days, (end - arrived).days + 1, terms.every_days)
        )
    if keep_until is not None:
        found.update(keep_until - timedelta(days=left) for left in terms.days_left)
    return tuple(sorted(day for day in found if arrived < day <= end))
