"""Folding of Russian text: one spelling for what people type in many.

Bank texts mix alphabets ("СФ" typed with a Latin C), cases, ё and е, five kinds of dash and quotation mark. `fold`
brings them to one form **character by character**: the folded text has the length of the original, so an offset found
in one is valid in the other and the words a decision rests on can be highlighted.
"""

from __future__ import annotations

import re
import unicodedata
from codecs import charmap_build, charmap_decode, charmap_encode
from functools import lru_cache

# Latin letters that look like a Cyrillic one in upper case or in lower case, after lower-casing.
_LOOKALIKES = dict(zip("abcehkmoptxy", "авсенкмортху", strict=True))
_DASHES = "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\u00ad\ufe58\ufe63\uff0d"
_QUOTES = "«»„“”‟‹›\u2033\uff02"
_APOSTROPHES = "’‘‛`´\u2032"
_SPECIAL = {
    **dict.fromkeys(_DASHES, "-"),
    **dict.fromkeys(_QUOTES, '"'),
    **dict.fromkeys(_APOSTROPHES, "'"),
    **_LOOKALIKES,
    "ё": "е",
    "ё".upper(): "е",
    "і": "i",
    "º": "°",
    "\u2044": "/",
    "\u2215": "/",
    "\u2116": "№",
}


class _Table(dict[int, int]):
    """Code point → folded code point, computed once for each."""

    def __missing__(self, point: int) -> int:
        character = chr(point)
        lower = character.lower()
        if len(lower) != 1:  # a few letters grow when lower-cased: keep the length, keep them as they are
            lower = character
        folded = _SPECIAL.get(lower, lower)
        if folded.isspace() or not folded.isprintable():
            folded = " "
        elif folded.isdecimal():
            folded = str(int(folded))  # full-width and other digits
        self[point] = ord(folded)
        return self[point]


_TABLE = _Table()
# Nearly every text has characters of Windows-1251 alone: through places in it folding is several times faster.
_COMMON = bytes(range(256)).decode("cp1251", errors="replace")
_COMMON_PLACES = charmap_build(_COMMON)
_COMMON_FOLDED = _COMMON.translate(_TABLE)
_LETTER_AT_DIGIT = re.compile(r"\d[озli|]|о\d")
_O_BEFORE_DIGIT = re.compile(r"(?<=[-/№\d])о+(?=\d)")
_O_AFTER_DIGIT = re.compile(r"(?<=\d)о+(?![а-яa-z\d])")
_THREE_INSIDE = re.compile(r"(?<=\d)з(?=\d)")
_ONE_INSIDE = re.compile(r"(?<=\d)[li|](?=\d)")


def no_control(text: str) -> str:
    """`text` with a space for every control or invisible character and lone surrogate; line ends and tabs stay.

    PostgreSQL stores no NUL, XML carries few of the others, and a direction mark makes a name read as another.
    """
    return "".join(c if c.isprintable() or c in "\n\t" else " " for c in text)


def one_line(text: str, longest: int) -> str:
    """What somebody typed, on one line, without control characters, cut to `longest`."""
    return " ".join(no_control(text).split())[:longest].rstrip()


def fold(text: str) -> str:
    """`text` in lower case, ё as е, Latin lookalikes as Cyrillic, one kind of space, dash and quote.

    The result has exactly the length of `text`. Letters without a Cyrillic twin (N, S, R, U, …) stay Latin.
    """
    try:
        places, _ = charmap_encode(text, "strict", _COMMON_PLACES)
    except UnicodeEncodeError:
        return text.translate(_TABLE)
    return charmap_decode(places, "strict", _COMMON_FOLDED)[0]


# Printable to Unicode, blank to an eye: fillers of Hangul, an empty Braille cell, a note without a head.
_BLANKS = frozenset("\u115f\u1160\u3164\uffa0\u2800\U0001d159")
_JOINER = "\u034f"
# Letters of other scripts that look like one `fold` knows, in the very case they stand in: Ν is N, and ν is v.
_STRANGERS = dict(
    zip(
        "ΑΒΓΕΖΗΙΚΜΝΟΠΡΤΥΦΧαγεικνοπρτυφχϲɑɩıѕјһԁԛԝӏӀ",
        "АВГЕZНIКМNОПРТУФХаyеiкvопртuфхсаiisjhdqwll",
        strict=True,
    )
)


class _Seen(dict[int, int | None]):
    """Code point → what an eye makes of it, computed once for each; None for nothing at all."""

    def __init__(self, unseen: frozenset[str]) -> None:
        super().__init__()
        self._unseen = unseen

    def __missing__(self, point: int) -> int | None:
        character = chr(point)
        unseen = unicodedata.category(character) in self._unseen or character in _BLANKS
        unseen = unseen or character == _JOINER or "VARIATION SELECTOR" in unicodedata.name(character, "")
        self[point] = None if unseen else ord(_STRANGERS.get(character, character))
        return self[point]


# What comes between a letter and its mark keeps them from becoming one letter, й or ё: it goes first, stray marks last.
_JOINED = _Seen(frozenset({"Cf", "Me"}))
_BARE = _Seen(frozenset({"Cf", "Mn", "Me"}))


@lru_cache(maxsize=4096)
def person_key(name: str) -> str:
    """A key under which spellings of one person's name meet that an eye cannot, or need not, tell apart."""
    whole = unicodedata.normalize("NFKC", name.translate(_JOINED))
    return " ".join(fold(whole.translate(_BARE)).split())


def fold_numbers(folded: str) -> str:
    """Letters typed in place of digits inside a number ("1О5", "СФ-ООО123") as digits; same length.

    Args:
        folded: what `fold` returned.
    """
    if _LETTER_AT_DIGIT.search(folded) is None:
        return folded
    folded = _O_BEFORE_DIGIT.sub(_zeros, folded)
    folded = _O_AFTER_DIGIT.sub(_zeros, folded)
    folded = _THREE_INSIDE.sub("3", folded)
    return _ONE_INSIDE.sub("1", folded)


def _zeros(found: re.Match[str]) -> str:
    return "0" * len(found[0])


def heading_key(heading: str) -> str:
    """A key under which spellings of one heading meet: no case, spaces or punctuation ("Трек-номер", "ТрекНомер")."""
    return "".join(letter for letter in fold(heading) if letter.isalnum())


_NOT_LETTER = re.compile(r"[^а-яa-z0-9]+")
_LEGAL_FORMS = re.compile(
    fold(
        r"общество с ограниченной ответственностью|(?:публичное |непубличное |закрытое |открытое )?акционерное общество"
        r"|индивидуальный предприниматель|глава (?:крестьянского|кфх)[^,(]*"
    )
)
_FORM_WORDS = frozenset(fold("ооо ао пао оао зао нао ип чп кфх тоо гражданин гражданка гр").split())


@lru_cache(maxsize=65536)
def name_key(name: str) -> str:
    """A key under which two spellings of the same name meet: no case, quotes, legal form or order of words.

    "ООО «Альфа-Трейд»" and "АЛЬФА ТРЕЙД, ООО" give one key, so do "Иванов Иван Петрович" and "ИВАН ПЕТРОВИЧ ИВАНОВ".
    Nothing is guessed: initials, inflected forms and misspellings give other keys. "" when nothing is left.
    """
    folded = _LEGAL_FORMS.sub(" ", fold(name))
    words = [w for w in _NOT_LETTER.split(folded) if w and w not in _FORM_WORDS]
    return " ".join(sorted(words))
