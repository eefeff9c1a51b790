"""Offices and sorting centres of the sandbox's carriers, and how long the way between them takes.

Cities and the first digits of the indexes are real, so that zones come out right; the rest is made up.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from functools import cache

from gateway.parcels import zones

# sorting centre, offices, city
_CITIES = """
140980 101000,109004,115054,125362,125364 Москва
190960 190000,191036,196084,199034        Санкт-Петербург
170960 170000,170100,170034               Тверь
603960 603000,603022,603115               Нижний Новгород
420960 420111,420021,420066               Казань
443960 443063,443001,443010               Самара
344960 344002,344022,344113               Ростов-на-Дону
350960 350000,350015,350072               Краснодар
236960 236022,236039                      Калининград
450960 450077,450005,450083               Уфа
614960 614000,614068                      Пермь
620960 620014,620075,620137               Екатеринбург
454960 454091,454080                      Челябинск
644960 644024,644099                      Омск
630960 630099,630007,630048               Новосибирск
660960 660049,660017                      Красноярск
664960 664003,664025                      Иркутск
677960 677000,677027                      Якутск
680960 680000,680013                      Хабаровск
690960 690091,690001                      Владивосток
683960 683000,683031                      Петропавловск-Камчатский
"""
_MOSCOW_MINUTES = 180
_SAME_CITY_DAYS = 1.2
_NEAR_DAYS, _DAYS_A_ZONE, _WHIM_DAYS = 2.5, 0.8, 2.0
_FORGETS = (1.2, 13.8)  # beta distribution: 8 % on average, few offices far above it


@dataclass(frozen=True, slots=True)
class Office:
    """Where parcels are posted and collected, or sorted.

    Attributes:
        hub: index of the sorting centre it belongs to; its own for a sorting centre.
        offset_minutes: of its clock from UTC.
    """

    index: str
    name: str
    city: str
    hub: str
    offset_minutes: int


@cache
def offices() -> tuple[Office, ...]:
    """All offices parcels are sent from and to; no sorting centres."""
    return tuple(one for one in _known().values() if one.index != one.hub)


@cache
def office(index: str) -> Office:
    """The office with this index; one that is in no table is made up, in the region of its index."""
    known = _known().get(index)
    if known is not None:
        return known
    region = zones.region_of(index)
    city = region.name if region else ""
    return _office(index, f"{index[:3]}960", city)


@cache
def median_days(origin: str, destination: str) -> float:
    """How long half of all parcels from one office to the other take at most, in days."""
    here, there = office(origin), office(destination)
    if here.hub == there.hub:
        return _SAME_CITY_DAYS
    apart = abs(here.offset_minutes - there.offset_minutes) / 60
    return _NEAR_DAYS + _DAYS_A_ZONE * apart + random.Random(f"{here.hub} {there.hub}").uniform(0, _WHIM_DAYS)  # noqa: S311 - no secret


@cache
def forgetting_share(index: str) -> float:
    """The share of arrivals this office never records: 8 % on average, different at each."""
    return random.Random(f"forgets {index}").betavariate(*_FORGETS)  # noqa: S311 - no secret


@cache
def _known() -> dict[str, Office]:
    found: dict[str, Office] = {}
    for line in _CITIES.strip().splitlines():
        hub, indexes, city = line.split(maxsplit=2)
        for index in (hub, *indexes.split(",")):
            found[index] = _office(index, hub, city)
    return found


def _office(index: str, hub: str, city: str) -> Office:
    number = index[3:].lstrip("0")
    name = f"{city} МСЦ" if index == hub else f"{city} {number}"
    offset = zones.offset_of(index)
    return Office(index, name.strip(), city, hub, _MOSCOW_MINUTES if offset is None else offset)
