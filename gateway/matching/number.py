"""Invoice numbers: what is the counter in "УТ-000123/26", and does a quoted number mean that invoice."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from gateway.core.text import fold, fold_numbers

READING = 2  # raised whenever `counter_of` begins to read a number otherwise: what is on record is then read again
MAX_DIGITS = 15  # a longer run is an account, a barcode, an identifier; never a counter
_RUNS = re.compile(r"\d+|[а-яa-z]+|[^а-яa-z\d]+")
_YEAR_SEPARATORS = "-/."
_DIGIT_LOOKALIKES = str.maketrans({"3": "з", "0": "о", "6": "б"})
_ZEROS_AS_LETTERS = re.compile(r"^оо(?=[а-яa-z]{2}$)|(?<=^[а-яa-z]{2})оо$")  # "УТОО" for "УТ00"


class NumberParts(NamedTuple):
    """A document number taken apart; the same for what an invoice carries and for what a payer typed.

    Attributes:
        prefix: letters and digits before the counter, folded, without punctuation and zeros ("ут"); "" if none.
        counter: the running number; 0 when there is none.
        year: four digits when the number itself carries the year ("/26", "-2026", "26-000125"), else None.
        sub: what follows the counter ("1" in "125/1", "а" in "125-А"); "" if nothing.
    """

    prefix: str
    counter: int
    year: int | None
    sub: str


def parts_of(number: str) -> NumberParts:
    """Take a number apart. The longest run of digits is the counter; of equally long ones the last."""
    return parts_of_folded(fold_numbers(fold(number)))


def parts_of_folded(number: str) -> NumberParts:
    """`parts_of` for a number out of a text that is folded already."""
    if number.isdecimal():
        return NumberParts("", int(number) if len(number.lstrip("0")) <= MAX_DIGITS else 0, None, "")
    return _parts_of_runs(number)


@lru_cache(maxsize=65536)
def _parts_of_runs(number: str) -> NumberParts:
    """Of a number with more in it than digits."""
    runs = _RUNS.findall(number)
    digits = [i for i, run in enumerate(runs) if run[0].isdigit()]
    if not digits:
        return NumberParts("".join(r for r in runs if r[0].isalpha()), 0, None, "")
    year, used = _year(runs, digits)
    rest = [i for i in digits if i != used]
    significant = [i for i in rest if runs[i].strip("0")] or rest
    place = max(significant, key=lambda i: (len(runs[i]), i))
    counter = int(runs[place]) if len(runs[place].lstrip("0")) <= MAX_DIGITS else 0
    before = [runs[i] for i in range(place) if i != used and runs[i].isalnum() and runs[i].strip("0")]
    after = [runs[i] for i in range(place + 1, len(runs)) if i != used and runs[i].isalnum()]
    prefix = _ZEROS_AS_LETTERS.sub("", "".join(before).translate(_DIGIT_LOOKALIKES))
    return NumberParts(prefix, counter, year, "".join(after))


def _year(runs: list[str], digits: list[int]) -> tuple[int | None, int]:
    """The year among the runs, and its place (-1 if none): last after a separator, or first before a long counter.

    Four digits may also be followed by a short group ("2026/11-015").
    """
    if len(digits) < 2:
        return None, -1
    last, first = digits[-1], digits[0]
    others = any(runs[i].strip("0") for i in digits[:-1])
    if last == len(runs) - 1 and others and runs[last - 1] in _YEAR_SEPARATORS:
        year = _as_year(runs[last])
        if year is not None:
            return year, last
    long = len(runs[digits[1]]) >= 3 or (len(digits) >= 3 and len(runs[first]) == 4)
    if first == 0 and runs[1] in _YEAR_SEPARATORS and long:
        year = _as_year(runs[first])
        if year is not None:
            return year, first
    return None, -1


def _as_year(run: str) -> int | None:
    if len(run) == 2 and 18 <= int(run) <= 39:
        return 2000 + int(run)
    if len(run) == 4 and 2015 <= int(run) <= 2039:
        return int(run)
    return None


def counter_of(number: str) -> tuple[str, int, int | None]:
    """(prefix, counter, year) of an invoice number, as an index stores them.

    The prefix carries what follows the counter too, after "#" ("125/1" → "#1"), so that (prefix, counter, year)
    tells two numbers apart. The counter is 0 for a number without digits ("б/н"). Year None: the number has none,
    take the invoice's date.
    """
    parts = parts_of(number)
    return (f"{parts.prefix}#{parts.sub}" if parts.sub else parts.prefix), parts.counter, parts.year


def one_edit_apart(one: str, other: str) -> bool:
    """Whether two digit strings differ by one digit changed, added or lost, or by two neighbours swapped."""
    if one == other or abs(len(one) - len(other)) > 1:
        return False
    if len(one) == len(other):
        different = [i for i in range(len(one)) if one[i] != other[i]]
        if len(different) == 1:
            return True
        if len(different) != 2:
            return False
        i, j = different
        return j == i + 1 and one[i] == other[j] and one[j] == other[i]
    short, long = sorted((one, other), key=len)
    return any(long[:i] + long[i + 1 :] == short for i in range(len(long)))
