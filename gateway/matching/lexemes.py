"""Words, numbers and signs of a painted purpose, and where a document number begins and ends among them."""

from __future__ import annotations

import re
from dataclasses import dataclass

from gateway.matching.masks import PAINTS
from gateway.matching.words import Role, classify

_LEXEME = re.compile(
    rf"(?P<num>\d+(?:[-/]\d+)*)|(?P<word>[а-яa-z]+)|(?P<paint>([{PAINTS}])\4*)|(?P<sign>[^\s\x00-\x08])"
)
_LONGEST_PREFIX = 5
_LONGEST_SPACED_PREFIX = 4
_LONGEST_SUFFIX = 2
# Words that are never a series, however close they stand to the number.
_NO_SERIES = frozenset({Role.INVOICES, Role.ORDER, Role.SIGN, Role.OF, Role.BREAK, Role.LINK, Role.PAY})
# "МСК00-000124": a series by its look, whatever its letters mean elsewhere.
_ACCOUNTING_NUMBER = re.compile(r"(?:\d\d)?-0\d{4,}(?!\d)")


@dataclass(slots=True)
class Lexeme:
    """A piece of the text. Kinds: "num", "word", "paint" (set aside), "sign"."""

    kind: str
    text: str
    start: int
    end: int


class Lexemes(list[Lexeme]):
    """The pieces in order."""

    def __init__(self, text: str) -> None:
        super().__init__([Lexeme(m.lastgroup or "", m[0], *m.span()) for m in _LEXEME.finditer(text)])
        self.source = text

    def after(self, place: int) -> Lexeme | None:
        """The piece behind `place`, None at the end."""
        return self[place + 1] if place + 1 < len(self) else None

    def is_series(self, place: int, expecting: bool) -> bool:
        """Whether the word at `place` is the series of the number that follows it ("УТ-125", "УТ125", "УТ 125").

        Args:
            expecting: a number is due here (after "счет", "№"): then even "К-125" is no "квартира".
        """
        if place + 1 >= len(self):
            return False
        word, following = self[place], self[place + 1]
        if len(word.text) > _LONGEST_PREFIX or not (following.kind == "num" or following.text in ("-", "/")):
            return False
        glued = following.kind == "num" and following.start == word.end
        hyphened = self._joined_by_sign(place)
        spaced = (
            following.kind == "num" and following.start == word.end + 1 and len(word.text) <= _LONGEST_SPACED_PREFIX
        )
        if not (glued or hyphened or spaced):
            return False
        role = classify(word.text).role
        if role is Role.ORDINARY:
            return True
        if role in _NO_SERIES or role is Role.INVOICE:
            return False
        if glued or (hyphened and following.text == "-"):
            return expecting or _ACCOUNTING_NUMBER.match(self.source, word.end) is not None
        return expecting and spaced and len(word.text) == 1 and role is Role.OTHER_DOCUMENT

    def is_joined(self, place: int) -> bool:
        """Whether the word at `place` is joined to a number behind it, by nothing or by a hyphen."""
        following = self.after(place)
        if following is None or following.start != self[place].end:
            return False
        return following.kind == "num" or self._joined_by_sign(place)

    def _joined_by_sign(self, place: int) -> bool:
        word, following = self[place], self.after(place)
        if following is None or following.text not in ("-", "/") or following.start != word.end:
            return False
        number = self.after(place + 1)
        return number is not None and number.kind == "num" and number.start <= following.end + 1

    def suffix(self, place: int) -> int | None:
        """The place of a letter or two that belong to the number at `place` ("125-А", "125а"), None if none do."""
        number, following = self[place], self.after(place)
        if following is None or following.start != number.end:
            return None
        at = place + 1
        if following.text in ("-", "/"):
            at = place + 2
        letters = self[at] if at < len(self) else None
        if letters is None or letters.kind != "word" or len(letters.text) > _LONGEST_SUFFIX:
            return None
        if at == place + 2 and letters.start != following.end:
            return None
        ordinary = classify(letters.text).role is Role.ORDINARY
        if not ordinary and (at == place + 1 or len(letters.text) > 1):
            return None
        behind = self.source[letters.end : letters.end + 2]
        if behind[:1].isalnum() or (behind[:1] in ("/", "-", ".") and behind[1:].isalnum()):
            return None
        return at
