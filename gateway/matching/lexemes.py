"""Words, numbers and signs of a painted purpose, and where a document number begins and ends among them."""

from __future__ import annotations

import re
from dataclasses import dataclass

from gateway.matching.masks import PAINTS
from gateway.matching.words import Role, classify

_LEXEMES = re.compile(
    rf"[а-яa-z]+|\d+(?:(?:-{{1,3}}|-?/-?)\d+)*|{'|'.join(f'{p}+' for p in PAINTS)}|-{{2,3}}|-?/-|-/|[^\s\x00-\x08]"
)
_KINDS = {  # by the first character; every other one is a sign
    **dict.fromkeys("абвгдежзийклмнопрстуфхцчшщъыьэюяabcdefghijklmnopqrstuvwxyz", "word"),
    **dict.fromkeys("0123456789", "num"),
    **dict.fromkeys(PAINTS, "paint"),
}
_LONGEST_PREFIX = 5
_LONGEST_SPACED_PREFIX = 4
_LONGEST_SUFFIX = 2
_LONGEST_JOINED_SUFFIX = 4  # "125/МСК"
JOINTS = frozenset(("-", "--", "---", "/", "-/", "/-", "-/-"))
# Words that are never a series, however close they stand to the number.
_NO_SERIES = frozenset({Role.INVOICES, Role.ORDER, Role.SIGN, Role.OF, Role.BREAK, Role.LINK, Role.PAY})
_LONG_NUMBER = 4
_LONGEST_UNIT = 3
# Letters that may be the end of a number though they stand for something else before a word.
_SUFFIX_ROLES = frozenset({Role.ORDINARY, Role.BREAK, Role.OTHER_DOCUMENT})
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
        super().__init__()
        self.source = text
        append, kind_of = self.append, _KINDS.get  # looked up once, as a text has a dozen pieces
        end = 0
        for piece in _LEXEMES.findall(text):  # faster than matches that know their places
            start = text.index(piece, end)
            end = start + len(piece)
            append(Lexeme(kind_of(piece[0], "sign"), piece, start, end))

    def after(self, place: int) -> Lexeme | None:
        """The piece behind `place`, None at the end."""
        return self[place + 1] if place + 1 < len(self) else None

    def is_series(self, place: int, expecting: bool, signed: bool = False) -> bool:
        """Whether the word at `place` is the series of the number that follows it ("УТ-125", "УТ125", "УТ 125").

        Args:
            expecting: a number is due here (after "счет", "№"): then even "К-125" is no "квартира".
            signed: a № stands right before.
        """
        if place + 1 >= len(self):
            return False
        word, following = self[place], self[place + 1]
        numeric = following.kind == "num"
        if len(word.text) > _LONGEST_PREFIX or not (numeric or following.text in JOINTS):
            return False
        glued = numeric and following.start == word.end
        hyphened = not numeric and self._joined_by_sign(place)
        spaced = numeric and following.start == word.end + 1 and len(word.text) <= _LONGEST_SPACED_PREFIX
        if not (glued or hyphened or spaced):
            return False
        meaning = classify(word.text)
        role = meaning.role
        if role is Role.ORDINARY:
            return meaning.mark is None or not spaced  # "пени 500" is no series
        if role is Role.INVOICE:
            return glued and signed and not word.text.startswith("сч")  # "№ INV00125"
        if role is Role.BREAK and len(word.text) == 1 and hyphened and following.text[0] == "-" and expecting:
            return True  # "В-1905": a preposition has no hyphen
        if role in _NO_SERIES:
            return False
        if role is Role.UNIT and hyphened and len(word.text) <= _LONGEST_UNIT and not self._counts(place - 1):
            return True  # "гр-5": no unit stands before its number
        if glued or (hyphened and following.text[0] == "-"):
            if hyphened and len(word.text) == 1 and len(self[place + 2].text) >= _LONG_NUMBER:
                return True  # "К-26-1486" is no building
            return expecting or _ACCOUNTING_NUMBER.match(self.source, word.end) is not None
        return expecting and spaced and len(word.text) == 1 and role is Role.OTHER_DOCUMENT

    def leads_series(self, place: int) -> bool:
        """Whether the word at `place` is the first half of a series in two: "КР/С-15"."""
        if place + 3 >= len(self) or self[place + 1].text != "/":
            return False
        word, slash, second = self[place : place + 3]
        if slash.start != word.end or second.start != slash.end or second.kind != "word":
            return False
        if len(word.text) > _LONGEST_PREFIX or len(second.text) > _LONGEST_PREFIX or not self.is_joined(place + 2):
            return False
        return classify(word.text).role is Role.ORDINARY

    def _counts(self, place: int) -> bool:
        return place >= 0 and self[place].kind == "num"

    def is_joined(self, place: int) -> bool:
        """Whether the word at `place` is joined to a number behind it, by nothing or by a hyphen."""
        following = self.after(place)
        if following is None or following.start != self[place].end:
            return False
        return following.kind == "num" or self._joined_by_sign(place)

    def _joined_by_sign(self, place: int) -> bool:
        word, following = self[place], self.after(place)
        if following is None or following.text not in JOINTS or following.start != word.end:
            return False
        number = self.after(place + 1)
        return number is not None and number.kind == "num" and number.start <= following.end + 1

    def suffix(self, place: int) -> int | None:
        """The place of letters that belong to the number at `place` ("125-А", "125а", "125/МСК", "7 К"), None if none.

        Letters that are a preposition or an abbreviation elsewhere ("к", "д") belong to it only where no word follows
        that they could stand with.
        """
        number, following = self[place], self.after(place)
        if following is None:
            return None
        if following.text in JOINTS and following.start == number.end:
            at = place + 2
            letters = self.after(place + 1)
            if letters is None or letters.start != following.end or len(letters.text) > _LONGEST_JOINED_SUFFIX:
                return None
        else:
            at, letters = place + 1, following
            spaces = letters.start - number.end
            if len(letters.text) > _LONGEST_SUFFIX or spaces > 1 or (spaces and len(letters.text) > 1):
                return None
        if letters.kind != "word" or not self._ends_here(letters):
            return None
        role = classify(letters.text).role
        if at == place + 1 and (letters.start > number.end or role is not Role.ORDINARY):
            return at if len(letters.text) == 1 and role in _SUFFIX_ROLES and self._stands_alone(at) else None
        return at if len(letters.text) == 1 or (role in _SUFFIX_ROLES and role is not Role.BREAK) else None

    def _ends_here(self, letters: Lexeme) -> bool:
        """No letter or digit goes on behind them."""
        behind = self.source[letters.end : letters.end + 2]
        return not (behind[:1].isalnum() or (behind[:1] in ("/", "-", ".") and behind[1:].isalnum()))

    def _stands_alone(self, place: int) -> bool:
        """Whether the letter at `place` can be no preposition: the text ends there, or "от", a comma follows."""
        behind = self.after(place)
        if behind is None:
            return True
        if behind.kind == "word":
            return classify(behind.text).role in (Role.OF, Role.INVOICE, Role.INVOICES) or behind.text == "за"
        return behind.text in (",", ";", ")")
