"""Numbers spelt apart or run together are brought to the form in which they are read; every place stays the same.

"№ЦБ" typed "NoЦБ", "с/ч" for "сч", spaces round the hyphens inside a number. A longer hyphen fills the spaces.
"""

from __future__ import annotations

import re
from html import unescape

from gateway.matching.hints import has_any
from gateway.matching.words import Role, classify

_W = "а-яa-z"
# A look behind that follows a literal: such a pattern is found much faster.
_SIGN_GLUED = re.compile(rf"n(?<![{_W}\d]n)[{_W}]{{1,5}}(?=[-/ ]{{0,3}}\d)")
_LONGEST_SERIES = 4
_ENTITY = re.compile(r"&(?:amp;)?(?:#\d{2,5}|#x[0-9a-fA-F]{2,4}|[a-zA-Z]{2,8});", re.IGNORECASE)
_UNSEEN = ("\u200b", "\u2060", "\ufeff")
_SPLIT_BY_UNSEEN = re.compile(rf"\d+(?:[{''.join(_UNSEEN)}]+\d+)+")
_COLUMNS = 2
_UNDERSCORED = re.compile(rf"(?<=[{_W}\d])_(?=\d)|(?<=\d)_(?=[{_W}])")
_ABBREVIATED_INVOICE = re.compile(rf"(?<![{_W}/])с/ч(?![{_W}/])")
_ABBREVIATED_SIGN = re.compile(rf"(?<![{_W}])н-р(?![{_W}])\.?")
_SERIES_APART = re.compile(
    rf"(?<![{_W}\d])(?P<letters>[{_W}]{{1,4}})(?:00)?(?P<first>\s?-\s?)"
    r"(?:(?:\d\d|20\d\d)(?P<second>\s?-\s?)(?=\d{3}))?(?=\d)"
)
_HYPHEN_APART = re.compile(rf"-(?:(?<=[{_W}0]\s-)\s?\d|(?<=[{_W}0]-)\s\d)")
_BEFORE_SUFFIX = re.compile(rf"[-/](?:(?<=\d\s.)\s?[{_W}]|(?<=\d.)\s[{_W}])")
_YEAR_APART = re.compile(r"20(?<![\d./-]20)[1-3]\d(\s-\s?|\s?-\s)(?=0\d{2,})")
_SUFFIX_APART = re.compile(
    rf"(?<=\d)(?P<join>\s[-/]\s?|[-/]\s)(?P<letters>[{_W}]{{1,4}})(?=\s*(?:$|[,;()]|(?:от|дата|на|в|без|за)(?![{_W}])))"
)
_ANCHORED = re.compile(r"(?:сч[а-я]*|зак[а-я]*|№|(?<![а-яa-z])nо?|номер[а-я]*)[\s.:]*$")


def without_entities(purpose: str) -> str:
    """Characters left as HTML wrote them ("&#8470;125", "&quot;Альфа&quot;") as themselves; as long as before."""
    if "&" not in purpose or ";" not in purpose:
        return purpose
    return _ENTITY.sub(_character, purpose)


def plain(purpose: str) -> str:
    """The purpose without what no reader sees: entities, spaces of no width in a number, and columns drawn by "|"."""
    purpose = without_entities(purpose)
    if has_any(purpose, _UNSEEN):
        purpose = _SPLIT_BY_UNSEEN.sub(_shown, purpose)
    if purpose.count("|") >= _COLUMNS:  # a single one may be a digit 1
        purpose = purpose.replace("|", ";")
    return purpose


def _shown(found: re.Match[str]) -> str:
    return "".join(c for c in found[0] if c.isdigit()).ljust(len(found[0]))


def _character(found: re.Match[str]) -> str:
    character = unescape(unescape(found[0]))  # "&amp;quot;" was written so twice
    if len(character) != 1:
        return found[0]
    # what stands right behind or before stays beside it
    behind = found.string[found.end() : found.end() + 1]
    return character.rjust(len(found[0])) if behind.isalnum() else character.ljust(len(found[0]))


def tighten(folded: str) -> str:
    """The text with such numbers joined; as long as before."""
    text = folded
    if "n" in text:
        text = _SIGN_GLUED.sub(_sign_apart, text)
    if "_" in text:
        text = _UNDERSCORED.sub("-", text)
    if "с/ч" in text:
        text = _ABBREVIATED_INVOICE.sub("счт", text)
    if "н-р" in text:
        text = _ABBREVIATED_SIGN.sub(lambda m: "№".ljust(len(m[0])), text)
    if "- " in text or " -" in text:
        if _HYPHEN_APART.search(text) is not None:
            text = _SERIES_APART.sub(_series, text)
        text = _YEAR_APART.sub(lambda m: m[0].replace(" ", "-"), text)
    if _BEFORE_SUFFIX.search(text) is not None:
        text = _SUFFIX_APART.sub(_suffix, text)
    return text


def _sign_apart(found: re.Match[str]) -> str:
    """ "nоцб" → "№ цб"; a word that only begins so stays."""
    word = found[0]
    if classify(word).role is not Role.ORDINARY:
        return word
    rest = word[2:] if word[1] == "о" else word[1:]
    if not 0 < len(rest) <= _LONGEST_SERIES:
        return word
    return "№".ljust(len(word) - len(rest)) + rest


def _series(found: re.Match[str]) -> str:
    """ "цб - 1061" → "цб---1061", unless the letters are a word."""
    if " " not in found["first"] and " " not in (found["second"] or ""):
        return found[0]
    if classify(found["letters"]).role is not Role.ORDINARY:
        text = found.string
        one_letter = len(found["letters"]) == 1
        if not (one_letter and _ANCHORED.search(text, max(0, found.start() - 12), found.start())):
            return found[0]
    return found[0].replace(" ", "-")


def _suffix(found: re.Match[str]) -> str:
    """ "1346 / н" → "1346-/-н"."""
    if classify(found["letters"]).role is not Role.ORDINARY:
        return found[0]
    return found["join"].replace(" ", "-") + found["letters"]
