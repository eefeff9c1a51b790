"""What the words before a number make of it: the noun in force, the list it continues, and the grade that follows."""

from __future__ import annotations

import re
from dataclasses import dataclass

from gateway.matching.lexemes import Lexeme, Lexemes
from gateway.matching.masks import DateMention
from gateway.matching.quotes import Grade, Kind
from gateway.matching.words import Role, classify

_COMMA_SUM = re.compile(r"\d+,\d\d(?!\d)")
_DIMENSION = re.compile(r"\d\s?[хx*×]\s?\d")
_AFTER_FEW = frozenset(("рамки", "коробки", "упаковки", "пары", "позиции", "штуки"))  # 2, 3 or 4 of them
_OURS = {Role.INVOICE: Kind.INVOICE, Role.ORDER: Kind.ORDER}

Graded = tuple[Grade, Kind, bool]
"""Grade, kind, and whether the number stands right after its noun or №."""


@dataclass(slots=True)
class Context:
    """Where the walk over a text stands.

    Attributes:
        role: the noun in force, None when there is none.
        noun_gap: ordinary words since the noun.
        taken: a number was read under this noun.
        open: the list of numbers may go on here.
        separated: a comma, "и" or the like stood since the last number.
        sign: a № stands right before; after_unknown: and before it a noun we do not know.
        of: "от" stands right before.
        broke: "за", "на" or a tax clause stood since the noun, before any number.
        account: "расчетный" stands right before.
        ordinary_before: the last word was an unknown noun.
        date: a date between the noun and its number.
    """

    role: Role | None = None
    noun_gap: int = 0
    taken: bool = False
    open: bool = False
    separated: bool = False
    sign: bool = False
    after_unknown: bool = False
    of: bool = False
    broke: bool = False
    plural: bool = False
    account: bool = False
    ordinary_before: bool = False
    date: DateMention | None = None

    @property
    def expecting(self) -> bool:
        """A number is due here."""
        return self.sign or (self.role in _OURS and (not self.taken or self.separated))

    def noun(self, role: Role, plural: bool = False) -> None:
        """A noun begins anew."""
        self.role, self.noun_gap, self.taken, self.open, self.separated = role, 0, False, False, False
        self.sign = self.of = self.broke = self.ordinary_before = False
        self.plural, self.date = plural, None

    def ordinary(self) -> None:
        """An ordinary word ends a list, and stands between a noun and its number."""
        self.sign = self.of = False
        self.noun_gap += 1
        self.ordinary_before = True
        if self.taken:
            self.close()

    def number(self, listed: bool) -> None:
        """A number was read; `listed`: others may follow it."""
        self.taken, self.open, self.separated, self.sign, self.of = True, listed, False, False, False
        self.ordinary_before, self.date = False, None

    def close(self) -> None:
        """The noun is no longer in force."""
        self.role, self.taken, self.open, self.sign, self.plural, self.date = None, False, False, False, False, None


@dataclass(slots=True, eq=False)
class Last:
    """The number before, under the same noun."""

    grade: Grade
    kind: Kind
    end: int


@dataclass(slots=True, eq=False)
class Sight:
    """A number among its neighbours.

    Attributes:
        prefixed: a series is written with it.
        named: it stands inside somebody's name.
    """

    lexemes: Lexemes
    place: int
    lexeme: Lexeme
    prefixed: bool
    named: bool

    def unit_follows(self) -> bool:
        """ "5 шт"."""
        following = self.lexemes.after(self.place)
        if following is None or following.kind != "word" or following.start > self.lexeme.end + 2:
            return False
        return classify(following.text).role is Role.UNIT

    def uncounted(self) -> bool:
        """ "80 рамки": a count of 80 would want "рамок", so the number belongs to what stands before it."""
        following, digits = self.lexemes.after(self.place), self.lexeme.text
        few = digits[-1:] in ("2", "3", "4") and digits[-2:-1] != "1"
        return following is not None and following.text in _AFTER_FEW and not few

    def noun_follows(self, context: Context) -> bool:
        """An ordinary noun right behind a number in a list: "счет 125, 40 рейсов"."""
        following = self.lexemes.after(self.place)
        if following is None or following.kind != "word" or following.start > self.lexeme.end + 1:
            return False
        if len(following.text) <= 2 or classify(following.text).role is not Role.ORDINARY:
            return False
        return not self.lexemes.is_series(self.place + 1, context.expecting)

    def dimension(self) -> bool:
        """ "30х40"."""
        source, lexeme = self.lexemes.source, self.lexeme
        return _DIMENSION.search(source, max(0, lexeme.start - 3), lexeme.end + 3) is not None

    def multiplied(self, context: Context) -> bool:
        """ "счет 125*3": no size stands there, and what does is left open (`phrases.piece_of_number`)."""
        starred = self.lexemes.source[self.lexeme.end : self.lexeme.end + 1] == "*"
        return starred and context.role is Role.INVOICE and not context.taken and context.noun_gap == 0

    def comma_sum(self) -> bool:
        """ "125,50" outside a list of numbers is a sum."""
        return _COMMA_SUM.match(self.lexemes.source, self.lexeme.start) is not None

    def year_like(self) -> bool:
        """ "2026"."""
        return len(self.lexeme.text) == 4 and "2015" <= self.lexeme.text <= "2039"


def grade(context: Context, sight: Sight, last: Last | None) -> Graded:
    """The grade of a number. Closes the context's noun when the number no longer belongs to it."""
    if sight.dimension() and not sight.multiplied(context):
        return Grade.MUTED, Kind.QUANTITY, False
    if sight.named or context.of:
        return Grade.MUTED, Kind.OTHER, False
    if context.taken and not context.open:
        context.close()
    ours = _OURS.get(context.role) if context.role is not None else None
    if context.taken and last is not None:
        return _continued(context, sight, last, ours)
    if context.role is Role.OTHER_DOCUMENT:
        return Grade.MUTED, Kind.OTHER, True
    if context.role is Role.CLOSING:
        return Grade.WEAK, Kind.OTHER, True
    if context.sign:
        if ours is not None:
            return Grade.STRONG, ours, True
        weak = context.after_unknown and not sight.prefixed
        return Grade.WEAK if weak else Grade.STRONG, Kind.BARE, True
    if ours is not None and not context.broke:
        if context.noun_gap == 0 or sight.prefixed:
            return Grade.STRONG, ours, True
        if context.noun_gap <= 2 and not sight.unit_follows():
            return Grade.WEAK, ours, True
    if sight.prefixed:
        return Grade.STRONG, Kind.PREFIXED, True
    if sight.unit_follows():
        return Grade.MUTED, Kind.QUANTITY, False
    if sight.year_like() or sight.comma_sum():
        return Grade.MUTED, Kind.OTHER, False
    return Grade.LOOSE, Kind.OTHER, False


def _continued(context: Context, sight: Sight, last: Last, ours: Kind | None) -> Graded:
    """The grade of a number that follows another one under the same noun, or under none."""
    if not sight.prefixed and sight.unit_follows():
        if context.separated and ours is not None and sight.uncounted():
            return Grade.LOOSE, Kind.OTHER, False
        return Grade.MUTED, Kind.QUANTITY, False
    if not sight.prefixed and sight.noun_follows(context):
        return Grade.LOOSE, Kind.OTHER, False
    if context.role is Role.OTHER_DOCUMENT:
        return Grade.MUTED, Kind.OTHER, False
    if context.role is Role.CLOSING:
        return Grade.WEAK, Kind.OTHER, False
    if ours is None and sight.prefixed:
        return Grade.STRONG, Kind.PREFIXED, False
    strong = last.grade is Grade.STRONG
    if ours is None:
        if strong and (context.separated or context.sign):
            return Grade.STRONG, last.kind, False
        return (Grade.STRONG, Kind.BARE, True) if context.sign else (Grade.LOOSE, Kind.OTHER, False)
    if context.separated or context.sign or sight.prefixed:
        return (Grade.STRONG, ours, False) if strong else (last.grade, last.kind, False)
    if strong and not sight.lexemes.source[last.end : sight.lexeme.start].strip():
        return Grade.STRONG, ours, False  # "счета 125 126 127"
    return Grade.LOOSE, Kind.OTHER, False
