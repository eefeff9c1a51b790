"""Damage done to a text on its way; none of these changes what a careful reader understands."""

from __future__ import annotations

import re
from collections.abc import Callable
from random import Random

_LATIN = dict(zip("АВЕКМНОРСТХаеорсух", "ABEKMHOPCTXaeopcyx", strict=True))
_OCR = {"0": "ОO", "3": "З", "1": "lI", "6": "б"}


def homoglyphs(r: Random, text: str, share: float = 0.5) -> str:
    return "".join(_LATIN[c] if c in _LATIN and r.random() < share else c for c in text)


def shouting(_r: Random, text: str) -> str:
    return text.upper()


def whispered(_r: Random, text: str) -> str:
    return text.lower()


def wide_spaces(r: Random, text: str) -> str:
    return "".join(r.choice((" ", "  ", "   ", "\t")) if c == " " else c for c in text)


def hard_spaces(r: Random, text: str) -> str:
    return "".join(r.choice(("\u00a0", "\u202f", " ")) if c == " " else c for c in text)


def no_spaces(_r: Random, text: str) -> str:
    """Every space lost, except between two digits."""
    return re.sub(r"(?<!\d) | (?!\d)", "", text)


def glued(_r: Random, text: str) -> str:
    """Spaces after signs lost."""
    return re.sub(r"(?<=[.,;:№)]) (?!\d)", "", text)


def wrapped(r: Random, text: str) -> str:
    """Line breaks of a form with narrow lines, at spaces only."""
    out, width = "", 0
    for word in text.split(" "):
        if width > r.randrange(25, 60):
            out, width = out + r.choice(("\n", "\r\n")) + word, 0
        else:
            out += (" " if out else "") + word
        width += len(word) + 1
    return out


def no_yo(_r: Random, text: str) -> str:
    return text.replace("ё", "е").replace("Ё", "Е")


def question_marks(_r: Random, text: str) -> str:
    """Signs a code page does not have."""
    return text.replace("№", "?").replace("«", "?").replace("»", "?").replace("—", "?")


def misspelt(r: Random, text: str) -> str:
    """Two letters of long words lost, doubled or swapped; digits untouched."""
    spots = [m.start() + 2 for m in re.finditer(r"(?<![^\W\d_])[а-яё]{6,}", text)]
    for i in sorted(r.sample(spots, min(2, len(spots))), reverse=True):
        text = r.choice(
            (text[:i] + text[i + 1 :], text[:i] + text[i] + text[i:], text[:i] + text[i + 1] + text[i] + text[i + 2 :])
        )
    return text


MILD: tuple[Callable[[Random, str], str], ...] = (
    homoglyphs, shouting, whispered, wide_spaces, hard_spaces, glued, wrapped, no_yo, misspelt,
)  # fmt: skip


def mildly(r: Random, text: str, chance: float = 0.25) -> str:
    return r.choice(MILD)(r, text) if r.random() < chance else text


def scanned(r: Random, number: str) -> str:
    """One digit of a number read as a letter."""
    spots = [i for i, c in enumerate(number) if c in _OCR]
    if not spots:
        return number
    i = r.choice(spots)
    return number[:i] + r.choice(_OCR[number[i]]) + number[i + 1 :]
