"""Keys other than its own number by which a text or a registry may mean an invoice."""

from __future__ import annotations

import re
from enum import StrEnum
from functools import lru_cache

from gateway.core.text import fold

_PARTS = re.compile(r"[^\W\d_]+|\d+")
_SPACED = re.compile(r"(?<=\d)\s+(?=\d)")


class Reference(StrEnum):
    """What kind of key it is."""

    ORDER = "order"
    LOAN = "loan"
    TRACK = "track"


def reference_key(text: str) -> str:
    """How order, loan and track numbers are compared: digits without leading zeros where there are any."""
    digits = "".join(c for c in text if c.isdigit()).lstrip("0")
    return digits or text


@lru_cache(maxsize=4096)  # the lines of a registry ask for the same few numbers again and again
def reference_parts(text: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The letters and the groups of digits of a number: "ИМ-12/03" → (("им",), ("12", "3")).

    `reference_key` finds what may be meant; numbers of two series share it ("ИМ-123", "ОПТ-123"; "12-3", "1-23").
    """
    parts = _PARTS.findall(_SPACED.sub("", fold(text)))
    letters = tuple(part for part in parts if not part.isdecimal())
    return letters, tuple(part.lstrip("0") or "0" for part in parts if part.isdecimal())


def may_mean(quoted: str, own: str) -> bool:
    """Whether a number as somebody else writes it may be this one of the same `reference_key`: bare digits may, and
    words may stand before it, but another series or other groups of digits may not."""
    (quoted_letters, quoted_digits), (letters, digits) = reference_parts(quoted), reference_parts(own)
    if quoted_letters and not set(letters) <= set(quoted_letters):
        return False
    return quoted_digits == digits or 1 in (len(quoted_digits), len(digits))
