"""The three hundred parcels of the story: who waits for what, where, for how long, and what becomes of it.

Everything is drawn from one seed and from the parcel's place in the line, so that the story is the same whenever it is
played.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import time
from enum import StrEnum
from functools import cache

from gateway.core.money import Money
from gateway.parcels.model import CarrierKey
from gateway.parcels.sandbox.journey import Fate
from gateway.parcels.sandbox.offices import median_days, offices

PARCELS, COD_PARCELS, DAYS = 300, 60, 40
LISTED, FED, ORDERED = 100, 170, 30
ORIGIN = "101000"
POSTAGE = Money(350_00)
POSTED = time(16, 0)
"""When the day's parcels are handed over, in Moscow."""
_SEED = 6
_LISTED_A_DAY, _FED_A_DAY, _ORDERED_A_DAY = 20, 10, 3
_NEAR, _NOT_FAR = 3.4, 6.0  # days half of the parcels take at most
_LATE = 11  # what is posted later does not go far: it is to end within the story

_SURNAMES = ("Белов", "Гусев", "Дроздов", "Зайцев", "Комаров", "Лебедев", "Макаров", "Орлов", "Соколов", "Тихонов")
_GIVEN = ("Алексей", "Виктор", "Глеб", "Денис", "Егор", "Игорь", "Кирилл", "Максим", "Павел", "Роман")


class Told(StrEnum):
    """How we hear of a parcel."""

    LIST = "list"
    FEED = "feed"
    ORDER = "order"


class Role(StrEnum):
    """What is special about a parcel."""

    NONE = ""
    UNPAID = "unpaid"  # its cash on delivery is left out
    UNWRITTEN = "unwritten"  # the office never writes down that it was handed over
    SAYS_SO = "says_so"  # the same, and its buyer says on his page that he has it
    BY_LINK = "by_link"  # its buyer wants no messages, and says so on his page
    BY_SMS = "by_sms"  # the same, by an SMS
    UNREACHABLE = "unreachable"  # his telephone takes no SMS, his letters get there
    NOBODY = "nobody"  # his mail address does not exist


_ROLES = {
    1: Role.UNPAID, 5: Role.UNWRITTEN, 9: Role.UNWRITTEN, 12: Role.SAYS_SO, 14: Role.BY_LINK, 15: Role.BY_SMS,
    16: Role.UNREACHABLE, 18: Role.NOBODY, 40: Role.UNREACHABLE, 80: Role.UNREACHABLE,
}  # fmt: skip
_FATES = {
    **dict.fromkeys((2, 22, 42), Fate.STUCK), 62: Fate.LOST, 3: Fate.MISROUTED,
    **dict.fromkeys((7, 27, 47), Fate.REFUSED), **dict.fromkeys((10, 11, 30, 31, 50, 51), Fate.RETURNED),
}  # fmt: skip
STUCK = sum(fate in (Fate.STUCK, Fate.LOST) for fate in _FATES.values())
"""Nothing is heard of these at the end; that one is lost its carrier says only later."""
_OPTS_OUT = (Role.BY_LINK, Role.BY_SMS)
NOT_WRITTEN = (Role.UNWRITTEN, Role.SAYS_SO)
"""The office never writes down that these were handed over."""


@dataclass(frozen=True, slots=True)
class Box:
    """A parcel.

    Attributes:
        number: its place, from 0. day: it is posted on, from 0.
        order: the shop's number; of an order of 1C it is chosen later, and its buyer's contacts with it.
        waits_days: from the arrival to the buyer's coming.
        forgotten: its arrival is never recorded.
        consent: the buyer may be written to.
    """

    number: int
    told: Told
    day: int
    carrier: CarrierKey
    fate: Fate
    role: Role
    destination: str
    waits_days: float
    value: Money
    cod: Money
    forgotten: bool
    order: str
    name: str = field(repr=False)
    phone: str = field(repr=False)
    email: str = field(repr=False)
    consent: bool

    @property
    def pays_out(self) -> bool:
        return self.role is not Role.UNPAID


@cache
def boxes() -> tuple[Box, ...]:
    """All of them, in their order."""
    return tuple(_box(number) for number in range(PARCELS))


def _box(number: int) -> Box:
    draw = random.Random(f"{_SEED} {number}")  # noqa: S311 - no secret
    told, place = _line(number)
    day = _day(told, place)
    fate = _FATES.get(number, Fate.COLLECTED)
    role = _ROLES.get(number, Role.NONE)
    by_cdek = told is Told.FEED and place % 6 == 3
    paid_there = _is_cod(told, place)
    value = Money(100 * draw.randint(900, 9_000))
    letters_only = number % 10 == 8
    return Box(
        number=number,
        told=told,
        day=day,
        carrier=CarrierKey.CDEK if by_cdek else CarrierKey.POST,
        fate=fate,
        role=role,
        destination=_destination(draw, near=paid_there or fate is not Fate.COLLECTED, late=day > _LATE),
        waits_days=_wait(draw, number, role, in_time=paid_there),
        value=value,
        cod=value if paid_there else Money(0),
        forgotten=told is Told.FEED and place % 16 == 5 and not by_cdek,
        order=f"ИМ-{number + 1:06d}",
        name=f"{draw.choice(_SURNAMES)} {draw.choice(_GIVEN)}",
        phone="" if letters_only else f"+7 900 100-{number // 100:02d}-{number % 100:02d}",
        email=f"buyer{number}@mail.example" if letters_only or number % 2 == 0 else "",
        consent=number % 25 != 24,
    )


def _line(number: int) -> tuple[Told, int]:
    """How it is told of, and its place among those told of so."""
    if number < LISTED:
        return Told.LIST, number
    if number < LISTED + FED:
        return Told.FEED, number - LISTED
    return Told.ORDER, number - LISTED - FED


def _day(told: Told, place: int) -> int:
    if told is Told.LIST:
        return place // _LISTED_A_DAY
    return 1 + place // _FED_A_DAY if told is Told.FEED else 2 + place // _ORDERED_A_DAY


def _is_cod(told: Told, place: int) -> bool:
    """A quarter of the first list and of what is told of in the first twelve days, and five more."""
    if told is Told.LIST:
        return place % 4 == 1
    return told is Told.FEED and place < 120 and (place % 4 == 2 or place % 24 == 0)


def _destination(draw: random.Random, *, near: bool, late: bool) -> str:
    most = _NEAR if near else _NOT_FAR if late else float("inf")
    return draw.choice([one.index for one in offices() if median_days(ORIGIN, one.index) <= most])


def _wait(draw: random.Random, number: int, role: Role, *, in_time: bool) -> float:
    if role in _OPTS_OUT:
        return 9.0
    if in_time:
        return draw.uniform(0.5, 3.0)
    return draw.uniform(5.5, 10.0) if number % 4 == 0 else draw.uniform(0.3, 4.5)
