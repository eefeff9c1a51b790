"""A number written as several: "125-128", "125/126", "с 125 по 128"."""

from __future__ import annotations

import re

from gateway.matching.masks import DATE
from gateway.matching.number import NumberParts
from gateway.matching.quotes import Grade, Kind, Quote

_LONGEST_RANGE = 60
_DIGITS = re.compile(r"\d+")
_FILLINGS = re.compile(r"[-/]{2,}|\s+")
_RANGE_WORDS = frozenset({"-", "..", "...", "…", "по", "до"})
_BETWEEN_RANGE = re.compile(rf"от|[№n{DATE}\s]")


def tight(number: str) -> str:
    """A number without the fillings of `tighten`, and without the space before its letter ("7 К")."""
    if "--" in number or "-/" in number or "/-" in number or " " in number:
        return _FILLINGS.sub(lambda m: "/" if "/" in m[0] else m[0].strip()[:1], number)
    return number


def readings(text: str, parts: NumberParts) -> tuple[int | None, tuple[int, ...]]:
    """ "125-128", "3512-14" may be a range, "125/126" a list: the end of the range, and the counters."""
    if "-" not in text and "/" not in text:
        return None, ()
    written = _DIGITS.findall(text)
    runs = [int(r) for r in written]
    if len(runs) == 2 and "-" in text and parts.year is None and len(written[1]) < len(written[0]):
        runs[1] = int(written[0][: -len(written[1])] + written[1])  # "3512-14"
    elif not all(runs) or (parts.sub and not _of_one_length(text, runs)):
        return None, ()
    if "-" not in text:
        return None, tuple(runs)
    if len(runs) != 2:
        return None, ()
    first, second = runs
    return (second, (first, second)) if first < second <= first + _LONGEST_RANGE else (None, ())


def _of_one_length(text: str, runs: list[int]) -> bool:
    """ "000701/702/703": what follows the first number are numbers too, and no parts of it."""
    return "-" not in text and len({len(str(run)) for run in runs}) == 1


def join_ranges(quotes: list[Quote], text: str) -> list[Quote]:
    """ "с 125 по 128", "125 - 128", "СФ-125 - СФ-128" as one quote."""
    if len(quotes) < 2:
        return quotes
    joined: list[Quote] = quotes[:1]
    for quote in quotes[1:]:
        last = joined[-1]
        if not _is_range(last, quote, text):
            joined.append(quote)
            continue
        joined[-1] = last._replace(
            end=quote.end,
            text=text[last.start : quote.end],
            until=quote.counter,
            listed=(last.counter, quote.counter),
            counter=0,
            grade=last.grade if last.grade in (Grade.STRONG, Grade.WEAK) else quote.grade,
            kind=last.kind if last.kind is not Kind.OTHER else quote.kind,
            plural=True,
        )
    return joined


def _is_range(last: Quote, quote: Quote, text: str) -> bool:
    if last.until is not None or quote.until is not None or Grade.MUTED in (last.grade, quote.grade):
        return False
    if not 0 < quote.counter - last.counter <= _LONGEST_RANGE or quote.prefix not in ("", last.prefix):
        return False
    return last.counter > 0 and _BETWEEN_RANGE.sub("", text[last.end : quote.start]) in _RANGE_WORDS
