"""Whether the name written beside an ИНН can be that buyer's. It identifies nobody: it may only raise a doubt."""

from __future__ import annotations

import re

from gateway.core.text import fold, name_key
from gateway.matching.spelling import distance

_WORD = re.compile(r"[а-яa-z0-9]+")
# Words of every second firm: they tell nobody from anybody.
_COMMON = frozenset(
    fold(
        "тд торговый дом ук управляющая компания компании фирма группа групп гк холдинг организация общество"
        " индивидуальный предприниматель филиал ск рк ра тк пкф нпо нпф завод магазин клиент покупатель контрагент"
        " муп гуп фгуп мбу мку гбу тсж снт нко ано пк мбоу мбдоу мкоу гбоу фгбу фгбоу"
        " лицо лица третье третьих глава кфх инн кпп город москва спб россия рф им имени на для и по от г"
    ).split()
)
_SHORTEST = 2
_ACRONYM = 6  # longest


def contradicts(named: str, buyer: str) -> bool:
    """Whether two names have, each, a telling word that the other lacks.

    A shorter or longer form of a name does not contradict it, nor do cases, initials, acronyms and slips of the pen.

    Args:
        named: as a payer wrote it.
        buyer: as the accounting system has it.
    """
    ours, theirs = _telling(buyer), _telling(named)
    if not ours or not theirs:
        return False
    initials = "".join(w[0] for w in _WORD.findall(fold(buyer)) if w[0].isalpha())
    strange = [w for w in theirs if not _among(w, ours) and not (2 <= len(w) <= _ACRONYM and w in initials)]
    if not strange:
        return False
    return any(not _among(w, theirs) for w in ours)


def same_firm(named: str, buyer: str) -> bool:
    """Whether the names differ in nothing but legal form, case, order and slips of the pen."""
    ours, theirs = ([w for w in name_key(n).split() if w not in _COMMON] for n in (buyer, named))
    numbers = [sorted(w for w in words if w.isdecimal()) for words in (ours, theirs)]
    return numbers[0] == numbers[1] and all(_among(w, theirs) for w in ours) and all(_among(w, ours) for w in theirs)


def _telling(name: str) -> list[str]:
    return [w for w in name_key(name).split() if w not in _COMMON and not w.isdecimal()]


def _among(word: str, words: list[str]) -> bool:
    return any(_same(word, other) for other in words)


def _same(one: str, other: str) -> bool:
    """The same word in another case, with a slip of the pen, or as an initial."""
    short, long = sorted((one, other), key=len)
    if len(short) < _SHORTEST:
        return long.startswith(short)
    stem = max(3, len(short) - 2)
    if len(long) - len(short) <= 3 and len(short) >= 3 and long.startswith(short[:stem]):
        return True
    return distance(one, other, 2) <= (2 if len(short) >= 7 else 1 if len(short) >= 4 else 0)
