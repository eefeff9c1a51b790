"""Russian names and series in Latin letters: as they look, and as they sound."""

from __future__ import annotations

import re
from functools import lru_cache

from gateway.core.text import fold

_LATIN = re.compile("[a-z]")
# Latin letters without a Cyrillic twin, each for one letter: "KR" for "КР"
_ONE_FOR_ONE = str.maketrans("dfgijlnrsuvz", "дфгийлнрсувз")
# The passport's spelling (ICAO Doc 9303), and what people write besides.
_SPELT = str.maketrans(
    {
        **dict(zip("абвгдезийклмнопрстуфыэ", "abvgdeziiklmnoprstufye", strict=True)),
        "ё": "e",
        "ж": "zh",
        "х": "kh",
        "ц": "ts",
        "ч": "ch",
        "ш": "sh",
        "щ": "shch",
        "ъ": "",
        "ь": "",
        "ю": "iu",
        "я": "ia",
    }
)
_SPELT_OTHERWISE = str.maketrans({"х": "h", "ц": "c", "щ": "sch", "ю": "yu", "я": "ya", "й": "y", "в": "w", "ж": "j"})
_CYRILLIC = (
    *(("shch", "щ"), ("sch", "щ"), ("zh", "ж"), ("kh", "х"), ("ts", "ц"), ("ch", "ч"), ("sh", "ш"), ("yu", "ю")),
    *(("iu", "ю"), ("ya", "я"), ("ia", "я"), ("yo", "е"), ("ck", "к"), ("ph", "ф"), ("x", "кс"), ("w", "в")),
    *zip("abvgdezijklmnoprstufhcyq", "абвгдезийклмнопрстуфхсык", strict=True),
)  # fmt: skip


def sounds_like(quoted: str, series: str) -> bool:
    """Whether a series quoted in Latin letters is this one: "KR" and "КР", "PS" and "ПС", "MZH" and "МЖ".

    Args:
        quoted, series: folded: a Latin letter that looks like a Cyrillic one has become that.
    """
    if _LATIN.search(quoted) is None:
        return False
    return quoted.translate(_ONE_FOR_ONE) == series or quoted in _in_latin(series)


@lru_cache(maxsize=4096)
def _in_latin(series: str) -> tuple[str, str]:
    return fold(series.translate(_SPELT)), fold(series.translate(_SPELT_OTHERWISE).translate(_SPELT))


def in_cyrillic(latin: str) -> str:
    """A name in Latin letters as it sounds: "Beta" → "бета"; one reading of several."""
    text = latin.lower()
    for letters, letter in _CYRILLIC:
        text = text.replace(letters, letter)
    return text
