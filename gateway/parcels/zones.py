"""Where a Russian postal index lies: region and offset from UTC, by its first three digits.

A region has the number the tax service gives it. Where a region has several zones (Yakutia) the most people's counts.
Offsets are those in force since December 2020; Russia does not change its clocks in spring and autumn.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

_INDEX = re.compile(r"[1-6]\d{5}")

# number, offset in hours, first digits of indices, name
_REGIONS = """
01 +3 385             Адыгея
02 +5 450-453         Башкортостан
03 +8 670-671         Бурятия
04 +7 649             Алтай
05 +3 367-368         Дагестан
06 +3 386             Ингушетия
07 +3 360-361         Кабардино-Балкария
08 +3 358-359         Калмыкия
09 +3 369             Карачаево-Черкесия
10 +3 185-186         Карелия
11 +3 167-169         Коми
12 +3 424-425         Марий Эл
13 +3 430-431         Мордовия
14 +9 677-678         Якутия
15 +3 362-363         Северная Осетия
16 +3 420-423         Татарстан
17 +7 667-668         Тыва
18 +4 426-427         Удмуртия
19 +7 655             Хакасия
20 +3 364-366         Чечня
21 +3 428-429         Чувашия
22 +7 656-659         Алтайский край
23 +3 350-354         Краснодарский край
24 +7 647-648,660-663 Красноярский край
25 +10 690-692        Приморский край
26 +3 355-357         Ставропольский край
27 +10 680-682        Хабаровский край
28 +9 675-676         Амурская область
29 +3 163-165         Архангельская область
30 +4 414-416         Астраханская область
31 +3 308-309         Белгородская область
32 +3 241-243         Брянская область
33 +3 600-602         Владимирская область
34 +3 400-404         Волгоградская область
35 +3 160-162         Вологодская область
36 +3 394-397         Воронежская область
37 +3 153-155         Ивановская область
38 +8 664-666,669     Иркутская область
39 +2 236-238         Калининградская область
40 +3 248-249         Калужская область
41 +12 683-684,688    Камчатский край
42 +7 650-654         Кемеровская область
43 +3 610-613         Кировская область
44 +3 156-157         Костромская область
45 +5 640-641         Курганская область
46 +3 305-307         Курская область
47 +3 187-188         Ленинградская область
48 +3 398-399         Липецкая область
49 +11 685-686        Магаданская область
50 +3 140-144         Московская область
51 +3 183-184         Мурманская область
52 +3 603-607         Нижегородская область
53 +3 173-175         Новгородская область
54 +7 630-633         Новосибирская область
55 +6 644-646         Омская область
56 +5 460-462         Оренбургская область
57 +3 302-303         Орловская область
58 +3 440-442         Пензенская область
59 +5 614-619         Пермский край
60 +3 180-182         Псковская область
61 +3 344-347         Ростовская область
62 +3 390-391         Рязанская область
63 +4 443-446         Самарская область
64 +4 410-413         Саратовская область
65 +11 693-694        Сахалинская область
66 +5 620-624         Свердловская область
67 +3 214-216         Смоленская область
68 +3 392-393         Тамбовская область
69 +3 170-172         Тверская область
70 +7 634-636         Томская область
71 +3 300-301         Тульская область
72 +5 625-627         Тюменская область
73 +4 432-433         Ульяновская область
74 +5 454-457         Челябинская область
75 +9 672-674,687     Забайкальский край
76 +3 150-152         Ярославская область
77 +3 101-135         Москва
78 +3 190-199         Санкт-Петербург
79 +10 679            Еврейская автономная область
83 +3 166             Ненецкий автономный округ
86 +5 628             Ханты-Мансийский автономный округ
87 +12 689            Чукотский автономный округ
89 +5 629             Ямало-Ненецкий автономный округ
90 +3 269-272         Запорожская область
91 +3 295-298         Крым
92 +3 299             Севастополь
93 +3 283-287         Донецкая Народная Республика
94 +3 291-294         Луганская Народная Республика
95 +3 273-275         Херсонская область
99 +5 468             Байконур
"""


@dataclass(frozen=True, slots=True)
class Region:
    """A subject of the Federation (or Baikonur).

    Attributes:
        number: the tax service's, "63".
        offset_minutes: of its clocks from UTC.
    """

    number: str
    name: str
    offset_minutes: int


def region_of(index: str) -> Region | None:
    """Where the office with this index is; None when it is no Russian index or in no region's range."""
    index = index.strip()
    return _by_prefix().get(index[:3]) if _INDEX.fullmatch(index) else None


def offset_of(index: str) -> int | None:
    """Minutes from UTC of the clock of the office with this index; None when it is not known."""
    region = region_of(index)
    return region.offset_minutes if region else None


@cache
def regions() -> tuple[Region, ...]:
    """All of them, by number."""
    return tuple(region for region, _ in _rows())


@cache
def _by_prefix() -> Mapping[str, Region]:
    found: dict[str, Region] = {}
    for region, ranges in _rows():
        for part in ranges.split(","):
            first, _, last = part.partition("-")
            for prefix in range(int(first), int(last or first) + 1):
                if str(prefix) in found:
                    raise ValueError(f"indices of {prefix} stand in two regions")
                found[str(prefix)] = region
    return MappingProxyType(found)


def _rows() -> Iterator[tuple[Region, str]]:
    for line in _REGIONS.strip().splitlines():
        number, hours, ranges, name = line.split(maxsplit=3)
        yield Region(number, name, int(hours) * 60), ranges
