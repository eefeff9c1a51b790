"""Numbers of a payer's own name ("Поликлиника № 8"): repeated in a purpose they are nobody's invoice."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from gateway.matching.quotes import Grade, Kind, Quote
from gateway.matching.words import Role, classify

_PIECE = re.compile(r"[а-яa-z]+|\d+")
_DIGIT = re.compile(r"\d")
_WORDS_BEFORE = 6
_SHORTEST_WORD = 3
_STEM = 4  # letters left of a word, at least, when its ending is taken off
_LONGEST_ACRONYM = 4
_LONGEST_NUMBER = 6  # digits; longer ones in a payer's name are accounts and ИНН
_BETWEEN = r"[\s\"№#./-]{0,4}(?:n[\s.]{0,2})?"
_NO_MORE = r"(?![\d/-]\d|\d)"
_ANCHOR = re.compile(r"(?:сч[а-я]*|зак[а-я]*|№|#)[\s.:№\"]*$")
_NO_NOUN = (Kind.BARE, Kind.OTHER)
_NAMING = frozenset({Role.ORDINARY, Role.OTHER_DOCUMENT, Role.UNIT})


def numbers_of_own_name(written: str, text: str) -> list[tuple[int, int]]:
    """Places in `text` where a number of the payer's name stands with a word of it.

    Args:
        written: the payer's name, folded. Behind a bank it holds an address, and is not asked.
        text: the painted purpose.
    """
    pattern = _pattern(written)
    if pattern is None:
        return []
    return [m.span() for m in pattern.finditer(text) if not (m[0][0].isdigit() and _ANCHOR.search(text, 0, m.start()))]


def without_own_numbers(written: str, quotes: Sequence[Quote]) -> Sequence[Quote]:
    """A number of the payer's name that no noun, series or date makes an invoice's: "п-ка № 8". It may still warn."""
    numbers = _numbers(written)
    if not numbers:
        return quotes
    return [
        q._replace(grade=Grade.MUTED) if q.counter in numbers and q.kind in _NO_NOUN and q.date is None else q
        for q in quotes
    ]


@lru_cache(maxsize=65536)
def _numbers(written: str) -> frozenset[int]:
    if _pattern(written) is None:
        return frozenset()
    return frozenset(int(n) for n in _PIECE.findall(written) if n.isdecimal() and len(n) <= _LONGEST_NUMBER)


@lru_cache(maxsize=65536)
def _pattern(written: str) -> re.Pattern[str] | None:
    if "//" in written or _DIGIT.search(written) is None:
        return None
    pieces = _PIECE.findall(written)
    found: list[str] = []
    for place, piece in enumerate(pieces):
        number = piece.lstrip("0")
        if not (number.isdecimal() and len(number) <= _LONGEST_NUMBER):
            continue
        words = [w for w in pieces[max(0, place - _WORDS_BEFORE) : place] if not w.isdecimal()]
        before = [_inflected(w) for w in words if _names(w)] + _acronyms(words)
        if before:
            found.append(rf"(?<![а-яa-z])(?:{'|'.join(before)}){_BETWEEN}0*{number}{_NO_MORE}")
        if place + 1 < len(pieces) and _names(pieces[place + 1]):
            found.append(rf"(?<![\d/-])0*{number}(?:-[а-я]{{1,3}})?[\s\"-]{{1,2}}{_inflected(pieces[place + 1])}")
    return re.compile("|".join(found)) if found else None


def _names(word: str) -> bool:
    return len(word) >= _SHORTEST_WORD and classify(word).role in _NAMING


def _inflected(word: str) -> str:
    """The word in any case."""
    return word if len(word) <= _STEM else f"{word[: max(_STEM, len(word) - 2)]}[а-яa-z]*"


def _acronyms(words: list[str]) -> list[str]:
    """ "сош", "в/ч": first letters of the last two words and more."""
    found = []
    for count in range(2, min(len(words), _LONGEST_ACRONYM) + 1):
        letters = [w[0] for w in words[-count:]]
        if classify("".join(letters)).role in _NAMING:
            found.append(r"[\s./]?".join(letters))
    return found
